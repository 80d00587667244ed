/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A latent's page as rows: the next tokens it pushes up and its strongest contexts, to be read, sorted
 * and gone to. */
#include "ui/feature-model.h"

#include <gtk/gtk.h>

#define FOVEA_TYPE_LATENT_TABLE (fovea_latent_table_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLatentTable, fovea_latent_table, FOVEA, LATENT_TABLE, GtkBox)

/**
 * fovea_latent_table_new:
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_latent_table_new (FoveaFeatureModel *model);

/**
 * fovea_latent_table_get_rows:
 *
 * As sorted.   Thread: main.   Owner: the table.
 */
GListModel *fovea_latent_table_get_rows (FoveaLatentTable *self);
