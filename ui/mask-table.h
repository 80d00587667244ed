/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The mask of the selected point as a table: what it does to each query. */
#include <gtk/gtk.h>

#include "ui/sparse-model.h"

/**
 * fovea_mask_table_new:
 *
 * A #FoveaLineTable; of long texts, queries that were looked at.   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_mask_table_new (FoveaSparseModel *model, FoveaSelection *selection);
