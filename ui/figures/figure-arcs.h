/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A short text twice, queries at the left and keys at the right, with a line for each weight. */
#include "ui/figures/figure.h"

enum {
    FOVEA_ARCS_MOST = 96, /* tokens a side: more lines would be a grey mass */
};

#define FOVEA_ARCS_LEAST 0.02 /* weights below would not be seen and have no line */

/**
 * fovea_figure_arcs_new:
 * @options: head, rectangle, and the query whose lines are in colour; nothing else is looked at
 *
 * One head's pattern as lines from queries to keys, the stronger the darker and thicker, as the window's
 * arcs show it.
 *
 * Errors: FOVEA_ERROR_RANGE for more than FOVEA_ARCS_MOST tokens a side, a part that is none, a head that
 * is not there, and a page too low for its rows; FOVEA_ERROR_NUMERIC for a weight that is NaN; the trace's.
 * Thread: any; blocks.   Owner: caller, fovea_figure_unref().
 */
FoveaFigure *fovea_figure_arcs_new (FoveaTrace *trace,
                                    const FoveaMapOptions *options,
                                    const FoveaFigureStyle *style,
                                    GError **error);
