/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A latent's page: histogram, next tokens, contexts. A token of a context is looked at by a click, or
 * with arrow keys and Enter. */
#include <gtk/gtk.h>

#include "ui/feature-model.h"

#define FOVEA_TYPE_LATENT_VIEW (fovea_latent_view_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLatentView, fovea_latent_view, FOVEA, LATENT_VIEW, GtkWidget)

/**
 * fovea_latent_view_new:
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_latent_view_new (FoveaFeatureModel *model);

/**
 * fovea_latent_view_get_sentence:
 *
 * What is shown and where the cursor is, in words; the accessible label.
 *
 * Thread: main.   Owner: caller, g_free().
 */
char *fovea_latent_view_get_sentence (FoveaLatentView *self);

/**
 * fovea_latent_view_locate:
 * @row: of contexts, plus first, then minus
 * @position: of its sequence
 * @x, @y: (out): the middle of the token, in the view's coordinates
 *
 * FALSE if it is not drawn.   Thread: main.
 */
gboolean
fovea_latent_view_locate (FoveaLatentView *self, guint row, gint64 position, double *x, double *y);

/**
 * fovea_latent_view_locate_bin:
 * @x, @y: (out): the middle of a bin of the histogram, in the view's coordinates
 *
 * FALSE if it is not drawn.   Thread: main.
 */
gboolean fovea_latent_view_locate_bin (FoveaLatentView *self, guint bin, double *x, double *y);
