/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The map as a table: the selected query's row, a line for each key that it may see. */
#include "ui/cell-model.h"
#include "ui/line-table.h"

/**
 * fovea_row_table_new:
 *
 * A FoveaLineTable.   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_row_table_new (FoveaSelection *selection, FoveaCellModel *cells);
