/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The Picture view as a table: what the selected position looks at, a line for each position. */
#include <gtk/gtk.h>

#include "ui/picture-model.h"

#define FOVEA_TYPE_PATCH_TABLE (fovea_patch_table_get_type ())
G_DECLARE_FINAL_TYPE (FoveaPatchTable, fovea_patch_table, FOVEA, PATCH_TABLE, GtkBox)

/**
 * fovea_patch_table_new:
 *
 * Filled while it is mapped; choosing a line selects its key.   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_patch_table_new (FoveaPictureModel *model, FoveaSelection *selection);

/**
 * fovea_patch_table_get_rows:
 *
 * As sorted.   Thread: main.   Owner: the table.
 */
GListModel *fovea_patch_table_get_rows (FoveaPatchTable *self);

/**
 * fovea_patch_table_focus:
 *
 * FALSE as long as there are no lines.   Thread: main.
 */
gboolean fovea_patch_table_focus (FoveaPatchTable *self);
