/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The curves of the Sparsity view as rows, all points of the large plot or the selected one in every layer and
 * head: what is drawn, to be read, sorted and chosen from. */
#include "ui/sparse-model.h"

#include <gtk/gtk.h>

#define FOVEA_TYPE_POINT_TABLE (fovea_point_table_get_type ())
G_DECLARE_FINAL_TYPE (FoveaPointTable, fovea_point_table, FOVEA, POINT_TABLE, GtkBox)

/**
 * fovea_point_table_new:
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_point_table_new (FoveaSparseModel *model);

/**
 * fovea_point_table_new_of_layers:
 *
 * Of the selected point: the mean of each layer, and each head.
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_point_table_new_of_layers (FoveaSparseModel *model, FoveaSelection *selection);

/**
 * fovea_point_table_get_rows:
 *
 * As sorted; one a point of a chosen method, or a layer's mean or head.   Thread: main.   Owner: the table.
 */
GListModel *fovea_point_table_get_rows (FoveaPointTable *self);

/**
 * fovea_point_table_focus:
 *
 * The selected point's row takes the focus; FALSE if it is not there yet.   Thread: main.
 */
gboolean fovea_point_table_focus (FoveaPointTable *self);
