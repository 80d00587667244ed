/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the panels of one score share (figure-qk.c), and the panel of its running sum
 * (figure-qk-sum.c). */
#include "capture/score-parts.h"
#include "ui/figures/figure-private.h"

typedef struct {
    double x, y, width, height; /* of the axes' box, points */
    double low, high, step;     /* of the value axis */
} FoveaQkPanel;

typedef struct {
    FoveaMapOptions place; /* with query and key that are there */
    const FoveaTraceInfo *info;
    FoveaScoreParts *parts;
    double weight; /* of the cell */
    FoveaFigureMeasures measures;
    FoveaScene *scene;
    FoveaQkPanel query, key, product, sum;
    double left;      /* where all panels begin */
    guint n_decimals; /* of values that are to add up */
} FoveaQkLayout;

/**
 * fovea_qk_panel_set_range:
 * @least, @most: of its values; zero is on the axis whatever they are
 * @n_steps: at most, three or more
 *
 * Ends at multiples of a 1-2-5 step.
 *
 * Thread: any.
 */
void fovea_qk_panel_set_range (FoveaQkPanel *panel, double least, double most, guint n_steps);

/**
 * fovea_qk_panel_get_y:
 *
 * Units: points.   Thread: any.
 */
double fovea_qk_panel_get_y (const FoveaQkPanel *panel, double value);

/**
 * fovea_qk_panel_make_ticks:
 *
 * Thread: any.   Owner: caller, as fovea_ticks_new().
 */
GArray *fovea_qk_panel_make_ticks (const FoveaQkPanel *panel, double text);

/**
 * fovea_qk_add_frame:
 * @heading: above the axis
 * @remark: (nullable): quiet, at the right end
 *
 * Value axis, zero line and words over a panel.   Thread: as the scene.
 */
void fovea_qk_add_frame (FoveaQkLayout *layout,
                         const FoveaQkPanel *panel,
                         const char *heading,
                         const char *remark);

/**
 * fovea_qk_add_bar:
 * @x, @width: of its place, which it does not fill
 *
 * From one value to another, in the colour of its direction.   Units: points.   Thread: as the scene.
 */
void fovea_qk_add_bar (FoveaQkLayout *layout,
                       const FoveaQkPanel *panel,
                       double x,
                       double width,
                       double from,
                       double to);

/**
 * fovea_qk_spell:
 *
 * "+4.20": with its sign, of as many decimals as all that add up.   Thread: any.   Owner: caller.
 */
char *fovea_qk_spell (const FoveaQkLayout *layout, double value);

/**
 * fovea_qk_sum_measure:
 *
 * Range of the panel of the running sum.   Thread: any.
 */
void fovea_qk_sum_measure (FoveaQkLayout *layout);

/**
 * fovea_qk_sum_get_room:
 *
 * Width that its steps have beside what comes after them.   Units: points.   Thread: any.
 */
double fovea_qk_sum_get_room (const FoveaQkLayout *layout);

/**
 * fovea_qk_sum_add:
 *
 * Gives the lowest baseline.   Units: points.   Thread: as the scene.
 */
double fovea_qk_sum_add (FoveaQkLayout *layout);
