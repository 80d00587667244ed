/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The box of axes in which curves over density are drawn on screen: where a point lands, ticks, lines
 * and marks. The large plot and the small ones of each layer share it. */
#include "ui/figures/method-style.h"
#include "ui/palette.h"
#include "ui/sparse-model.h"

typedef struct {
    double x, y, width, height; /* of the axes' box, pixels */
    double low;                 /* left end of the axis of density */
    FoveaAcross across;
    gboolean flipped; /* zero at the top: errors */
} FoveaCurveFrame;

/**
 * fovea_curve_frame_get_x:
 * @index: of a point
 *
 * By its density, or across knobs by its step: every curve then runs from side to side.
 *
 * Thread: any.
 */
double fovea_curve_frame_get_x (const FoveaCurveFrame *frame, const FoveaCurve *curve, guint index);

/**
 * fovea_curve_frame_get_y:
 *
 * Values beyond 0 to 1 lie on the box's edge.   Thread: any.
 */
double fovea_curve_frame_get_y (const FoveaCurveFrame *frame, double value);

/**
 * fovea_curve_frame_place:
 *
 * Points of a curve that have a value, (n, 2) pixels; @n says how many.
 *
 * Thread: main.   Owner: caller frees with g_free().
 */
double *fovea_curve_frame_place (const FoveaCurveFrame *frame,
                                 FoveaSparseModel *model,
                                 const FoveaCurve *curve,
                                 guint *n);

/**
 * fovea_curve_frame_measure:
 * @points: (n, 2) pixels
 *
 * How far a place is from the line through them; INFINITY if there are none.   Thread: any.
 */
double fovea_curve_frame_measure (const double *points, guint n, double x, double y);

/**
 * fovea_curve_frame_stroke:
 * @points: (n, 2) pixels
 * @opacity: 0 .. 1
 *
 * Thread: main.
 */
void fovea_curve_frame_stroke (cairo_t *cr,
                               const double *points,
                               guint n,
                               const FoveaMethodStyle *style,
                               double width,
                               double opacity);

/**
 * fovea_curve_frame_list_ticks:
 * @fine: as for fovea_curve_frame_draw_axes()
 *
 * Densities that have their number on the axis: 1 always, then decades, then what is between them, as far as
 * numbers do not touch.
 *
 * Thread: any.   Owner: caller, g_array_unref(); (element-type double).
 */
GArray *fovea_curve_frame_list_ticks (const FoveaCurveFrame *frame, gboolean fine);

/**
 * fovea_curve_frame_draw_axes:
 * @curve: (nullable): whose knob is written below, if knobs run across
 * @fine: ticks at 1, 2 and 5 of each decade and five on the left; else the ends and decades
 * @numbers_left: write the values at the left
 *
 * Thread: main.
 */
void fovea_curve_frame_draw_axes (GtkWidget *widget,
                                  GtkSnapshot *snapshot,
                                  const FoveaPalette *palette,
                                  const FoveaCurveFrame *frame,
                                  const FoveaCurve *curve,
                                  gboolean fine,
                                  gboolean numbers_left);

/**
 * fovea_curve_frame_find_low:
 *
 * Left end of an axis on which all chosen curves of what is shown have room; of all there are, where what is
 * shown has none.   Thread: main.
 */
double fovea_curve_frame_find_low (FoveaSparseModel *model);

/**
 * fovea_curve_frame_get_styles:
 * @methods: (array length=n):
 * @styles: (out caller-allocates): (n)
 *
 * Thread: main.
 */
void fovea_curve_frame_get_styles (const guint *methods,
                                   guint n,
                                   FoveaTheme theme,
                                   FoveaMethodStyle *styles);
