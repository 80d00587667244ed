/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The map as a table: the selected query's row, a line for each key that it may see. */
#include <gtk/gtk.h>

#include "ui/cell-model.h"

#define FOVEA_TYPE_ROW_TABLE (fovea_row_table_get_type ())
G_DECLARE_FINAL_TYPE (FoveaRowTable, fovea_row_table, FOVEA, ROW_TABLE, GtkBox)

/**
 * fovea_row_table_new:
 *
 * Filled while it is mapped; choosing a line selects its key.   Thread: main.   Owner: caller
 * (floating).
 */
GtkWidget *fovea_row_table_new (FoveaSelection *selection, FoveaCellModel *cells);

/**
 * fovea_row_table_get_rows:
 *
 * As sorted.   Thread: main.   Owner: the table.
 */
GListModel *fovea_row_table_get_rows (FoveaRowTable *self);
