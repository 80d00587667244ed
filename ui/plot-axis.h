/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* An axis whose ends are on ticks. */

typedef struct {
    double low, high, step;
} FoveaPlotAxis;

/**
 * fovea_plot_axis_make:
 *
 * 3 to 6 ticks at 1-2-5 steps round @low to @high.   Thread: any.
 */
FoveaPlotAxis fovea_plot_axis_make (double low, double high);

/**
 * fovea_plot_axis_print:
 *
 * With as many digits as the step needs, the same for all ticks of an axis.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_plot_axis_print (double value, double step);
