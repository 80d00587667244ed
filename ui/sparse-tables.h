/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the Sparsity view draws, as tables: the points of its curves, what the mask does to each query, and the
 * selected point in every layer and head. One of them is in sight, which a list above chooses. */
#include <gtk/gtk.h>

#include "ui/sparse-model.h"

#define FOVEA_TYPE_SPARSE_TABLES (fovea_sparse_tables_get_type ())
G_DECLARE_FINAL_TYPE (FoveaSparseTables, fovea_sparse_tables, FOVEA, SPARSE_TABLES, GtkBox)

/**
 * fovea_sparse_tables_new:
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_sparse_tables_new (FoveaSparseModel *model, FoveaSelection *selection);

/**
 * fovea_sparse_tables_focus:
 *
 * The selected row of the table in sight, or the list above it.   Thread: main.
 */
void fovea_sparse_tables_focus (FoveaSparseTables *self);

/**
 * fovea_sparse_tables_keep:
 *
 * @kept gets which is in sight.   Thread: main.
 */
void fovea_sparse_tables_keep (FoveaSparseTables *self, FoveaKept *kept);
