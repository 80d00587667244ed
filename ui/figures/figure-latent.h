/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* One latent of a sparse autoencoder on a page. */
#include "analysis/sae-latent.h"
#include "ui/figures/figure.h"

typedef struct {
    gboolean has_signs;  /* codes may be negative: both sides are shown even if one is empty */
    guint n_examples;    /* a side; 0 = 5 */
    guint n_tokens;      /* a side; 0 = 6 */
    const char *caption; /* what the autoencoder is, on how many tokens */
} FoveaLatentOptions;

/**
 * fovea_figure_latent_new:
 *
 * How strongly it fires (two-sided, logarithmic), the next tokens that it pushes on either side, and
 * its strongest contexts, lined up on the firing token. Like shared picture figure-latent.
 *
 * Errors: FOVEA_ERROR_RANGE for a style without room.
 * Thread: any.   Owner: caller, fovea_figure_unref().
 */
FoveaFigure *fovea_figure_latent_new (const FoveaSaeLatent *latent,
                                      const FoveaLatentOptions *options,
                                      const FoveaFigureStyle *style,
                                      GError **error);
