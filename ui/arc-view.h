/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A short text twice, queries at the left and keys at the right, with a line for each weight: the
 * stronger, the darker. The selected query's lines are in the accent colour. */
#include <gtk/gtk.h>

#include "ui/arc-model.h"
#include "ui/cell-model.h"

#define FOVEA_TYPE_ARC_VIEW (fovea_arc_view_get_type ())
G_DECLARE_FINAL_TYPE (FoveaArcView, fovea_arc_view, FOVEA, ARC_VIEW, GtkWidget)

/**
 * fovea_arc_view_new:
 * @cells: the selected row, which strong cells are found in
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *
fovea_arc_view_new (FoveaSelection *selection, FoveaArcModel *model, FoveaCellModel *cells);

/**
 * fovea_arc_view_count_lines:
 *
 * Weights that are drawn now; 0 while they are being read.   Thread: main.
 */
guint fovea_arc_view_count_lines (FoveaArcView *self);
