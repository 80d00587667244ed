/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The large plot of the Sparsity view: a curve a method, named beside it, the selected point ringed,
 * the goal as a line that can be dragged. */
#include "ui/sparse-model.h"

#include <gtk/gtk.h>

#define FOVEA_TYPE_CURVE_VIEW (fovea_curve_view_get_type ())
G_DECLARE_FINAL_TYPE (FoveaCurveView, fovea_curve_view, FOVEA, CURVE_VIEW, GtkWidget)

/**
 * fovea_curve_view_new:
 *
 * Signal: "open" (the mask of the point is wanted on the map).   Thread: main.   Owner: caller
 * (floating).
 */
GtkWidget *fovea_curve_view_new (FoveaSparseModel *model, FoveaSelection *selection);

/**
 * fovea_curve_view_get_sentence:
 *
 * "Mass recall against density, 4 methods. Selected: ..."; what the accessible label says.
 *
 * Thread: main.   Owner: caller frees with g_free().
 */
char *fovea_curve_view_get_sentence (FoveaCurveView *self);

/**
 * fovea_curve_view_locate:
 *
 * Where a point is drawn, widget pixels; FALSE if it is not.   Thread: main.
 */
gboolean
fovea_curve_view_locate (FoveaCurveView *self, guint method, guint index, double *x, double *y);
