/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The latents of the dictionary as rows: id, how often on either side, strongest tokens of each. */
#include <gtk/gtk.h>

#include "ui/feature-model.h"
#include "ui/latent-model.h"

#define FOVEA_TYPE_LATENT_LIST_VIEW (fovea_latent_list_view_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLatentListView, fovea_latent_list_view, FOVEA, LATENT_LIST_VIEW, GtkBox)

/**
 * fovea_latent_list_view_new:
 *
 * A row that is selected becomes the model's latent, and the other way round.
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_latent_list_view_new (FoveaFeatureModel *model, FoveaLatentModel *latents);

/**
 * fovea_latent_list_view_show_words:
 *
 * Whether rows have their tokens, too, as they have at first.   Thread: main.
 */
void fovea_latent_list_view_show_words (FoveaLatentListView *self, gboolean shown);
