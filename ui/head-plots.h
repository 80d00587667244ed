/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Two plots under the head grid: a scatter of any two scores, and heads ranked by one with error
 * bars. Click selects a head; a drag chooses those in a rectangle, with Shift those in the loop it
 * draws, with Ctrl beside the ones chosen before. */
#include <gtk/gtk.h>

#include "ui/head-item.h"
#include "ui/kept.h"
#include "ui/selection.h"

typedef enum {
    FOVEA_PLOT_SCATTER,
    FOVEA_PLOT_RANKED,
} FoveaPlotKind;

#define FOVEA_TYPE_HEAD_PLOT (fovea_head_plot_get_type ())
G_DECLARE_FINAL_TYPE (FoveaHeadPlot, fovea_head_plot, FOVEA, HEAD_PLOT, GtkWidget)

/**
 * fovea_head_plot_new:
 * @items: of #FoveaHeadItem
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_head_plot_new (FoveaPlotKind kind, FoveaSelection *selection, GListModel *items);

/**
 * fovea_head_plot_set_scores:
 * @x: score across; the ranked one
 * @y: (nullable): score up of a scatter
 * @x_title, @y_title: in words
 *
 * Thread: main.
 */
void fovea_head_plot_set_scores (
    FoveaHeadPlot *self, const char *x, const char *x_title, const char *y, const char *y_title);

/**
 * fovea_head_plot_locate:
 * @x, @y: (out): of the mark of the selected head, in pixels of the plot
 *
 * FALSE if it has none.   Thread: main.
 */
gboolean fovea_head_plot_locate (FoveaHeadPlot *self, double *x, double *y);

/**
 * fovea_head_plots_new:
 *
 * Both plots with the lists that choose their scores.   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_head_plots_new (FoveaSelection *selection, GListModel *items);

/**
 * fovea_head_plots_focus:
 * @plots: as fovea_head_plots_new() gave them
 *
 * The keys go to the scatter, and what it has no use for to whoever holds it.   Thread: main.
 */
void fovea_head_plots_focus (GtkWidget *plots);

/**
 * fovea_head_plots_keep:
 * @plots: as fovea_head_plots_new() gave them
 * @kept: gets which scores they show
 *
 * Thread: main.
 */
void fovea_head_plots_keep (GtkWidget *plots, FoveaKept *kept);
