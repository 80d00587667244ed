/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A small plot of curves for each layer, side by side: means as in the large plot, the heads of one
 * method as thin lines behind them. */
#include "ui/sparse-model.h"

#include <gtk/gtk.h>

#define FOVEA_TYPE_LAYER_CURVES (fovea_layer_curves_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLayerCurves, fovea_layer_curves, FOVEA, LAYER_CURVES, GtkWidget)

/**
 * fovea_layer_curves_new:
 *
 * Scrolls sideways.   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_layer_curves_new (FoveaSparseModel *model, FoveaSelection *selection);

/**
 * fovea_layer_curves_describe:
 *
 * "Each layer, mean of 12 heads; thin lines are heads (StreamingLLM)".   Thread: main.   Owner: caller
 * frees with g_free().
 */
char *fovea_layer_curves_describe (FoveaSparseModel *model, FoveaSelection *selection);

/**
 * fovea_layer_curves_locate_point:
 *
 * Where a point of a head's thin line is drawn, widget pixels; FALSE if there is none.   Thread: main.
 */
gboolean fovea_layer_curves_locate_point (
    FoveaLayerCurves *self, guint layer, guint head, guint index, double *x, double *y);

/**
 * fovea_layer_curves_locate:
 * @x, @width: (out): of the panel of a layer
 *
 * Thread: main.
 */
void fovea_layer_curves_locate (FoveaLayerCurves *self, guint layer, int *x, int *width);
