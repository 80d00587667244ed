/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The chrome's colours for widgets that draw themselves, and the few drawing habits they share:
 * text, role marks, boxes. Colours come from the style sheet, so light, dark and high contrast are
 * decided in one place. Data colours are in ui/figures/color-map.h. */
#include <gtk/gtk.h>

#include "ui/figures/color-map.h"

typedef struct {
    FoveaTheme theme;
    GdkRGBA view, text, quiet, rule, grid, accent, accent_text, selected, header, button;
} FoveaPalette;

typedef enum {
    FOVEA_LABEL_NORMAL = 0,
    FOVEA_LABEL_BOLD = 1 << 0,
    FOVEA_LABEL_RIGHT = 1 << 1,  /* x is the right end */
    FOVEA_LABEL_CENTER = 1 << 2, /* x is the middle */
} FoveaLabelFlags;

/**
 * fovea_palette_load:
 * @palette: (out caller-allocates):
 *
 * Thread: main.
 */
void fovea_palette_load (GtkWidget *widget, FoveaPalette *palette);

/**
 * fovea_palette_rgba:
 * @color: 0xAARRGGBB of a colour map
 *
 * Thread: any.
 */
GdkRGBA fovea_palette_rgba (guint32 color);

/**
 * fovea_palette_argb:
 *
 * The other way round.   Thread: any.
 */
guint32 fovea_palette_argb (const GdkRGBA *color);

/**
 * fovea_label_layout:
 * @size: pixels at text scale 1; grows with the desktop's text scaling
 *
 * Laid out once for the same words and font; not to be changed.   Thread: main.   Owner: caller.
 */
PangoLayout *
fovea_label_layout (GtkWidget *widget, double size, FoveaLabelFlags flags, const char *text);

/**
 * fovea_label_width:
 *
 * Pixels that the words take.   Thread: main.
 */
int fovea_label_width (GtkWidget *widget, double size, FoveaLabelFlags flags, const char *text);

/**
 * fovea_label_draw:
 * @y: middle of the line
 * @max_width: 0 = any; longer text gets an ellipsis
 *
 * Width that was drawn.   Thread: main.
 */
int fovea_label_draw (GtkWidget *widget,
                      GtkSnapshot *snapshot,
                      const char *text,
                      double size,
                      FoveaLabelFlags flags,
                      const GdkRGBA *color,
                      double x,
                      double y,
                      double max_width);

/**
 * fovea_mark_path:
 *
 * Path of a class mark with radius @r round (@x, @y); rings are to be stroked, all else filled.
 *
 * Thread: any.
 */
void fovea_mark_path (cairo_t *cr, FoveaMark mark, double x, double y, double r);

/**
 * fovea_mark_draw:
 *
 * A role's mark in its colour.   Thread: main.
 */
void fovea_mark_draw (
    GtkSnapshot *snapshot, FoveaTheme theme, const char *role, double x, double y, double r);

/**
 * fovea_outline_draw:
 * @widget: that it is drawn on, inside of
 * @corners: (array length=2*n): x and y of each
 *
 * Closed, thinly filled by the even-odd rule.   Thread: main.
 */
void fovea_outline_draw (
    GtkWidget *widget, GtkSnapshot *snapshot, const double *corners, guint n, const GdkRGBA *color);

/**
 * fovea_box_draw:
 *
 * Outline of @width inside the given rectangle.   Thread: main.
 */
void fovea_box_draw (GtkSnapshot *snapshot,
                     double x,
                     double y,
                     double width,
                     double height,
                     double radius,
                     double stroke,
                     const GdkRGBA *color);

/**
 * fovea_palette_is_contrast:
 *
 * Whether edges must be seen: the desktop asks for high contrast.   Thread: any.
 */
gboolean fovea_palette_is_contrast (const FoveaPalette *palette);

/**
 * fovea_selected_draw:
 *
 * Ground of something selected; in high contrast it has an edge of 2 px too (ui.md 3), since a tint is
 * not enough there.   Thread: main.
 */
void fovea_selected_draw (GtkSnapshot *snapshot,
                          double x,
                          double y,
                          double width,
                          double height,
                          double radius,
                          const FoveaPalette *palette);

/**
 * fovea_fill_draw:
 *
 * Filled rectangle with round corners.   Thread: main.
 */
void fovea_fill_draw (GtkSnapshot *snapshot,
                      double x,
                      double y,
                      double width,
                      double height,
                      double radius,
                      const GdkRGBA *color);
