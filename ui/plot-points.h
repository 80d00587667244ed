/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Heads as points of a plot of their scores. */
#include "ui/head-item.h"
#include "ui/head-plots.h"
#include "ui/plot-axis.h"

typedef struct {
    FoveaHeadItem *item; /* of the list, which outlives the drawing */
    double x, y, error;  /* values */
    double px, py;       /* place, pixels, where the plot put it */
} FoveaPlotPoint;

/**
 * fovea_plot_points_collect:
 * @items: of FoveaHeadItem
 * @of_x: score; of ranks, the one that is ranked
 * @of_y: score; not used for ranks
 * @across, @up: (out): axes that hold all of them, error bars upwards, too
 *
 * Heads without the score are left out rather than put at zero.
 *
 * Thread: main.   Owner: caller (element-type FoveaPlotPoint).
 */
GArray *fovea_plot_points_collect (GListModel *items,
                                   FoveaPlotKind kind,
                                   const char *of_x,
                                   const char *of_y,
                                   FoveaPlotAxis *across,
                                   FoveaPlotAxis *up);

/**
 * fovea_plot_points_list_roles:
 *
 * Roles that occur, in the order of the classes; "" (no role) last.   Owner: caller (of static strings).
 */
GPtrArray *fovea_plot_points_list_roles (GArray *points);
