/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A latent as a pair of directions: the one it reads and the one it writes. Where a latent is on, its
 * code is linear in the row once the row's own norm is held still; that is what attributions follow
 * (methods/features-and-sparsity.md 7.2 and 7.3). */
#include "analysis/sae-codes.h"

/**
 * fovea_sae_read_latent:
 * @x: (nullable): (d) the row; needed if the autoencoder normalises
 * @weights: (out caller-allocates): (d)
 * @offset: (out): biases, and what normalising takes off
 *
 * code = weights . x + offset on this row, with mean and scale of the normalising held at their values
 * here; of a gated latent the magnitude; in the units that fovea_sae_encode() gives.
 *
 * Errors: FOVEA_ERROR_RANGE for a latent outside 0 .. F-1; FOVEA_ERROR_UNSUPPORTED for matching
 * pursuit, whose codes depend on each other, and for rows that are not at hand.   Thread: any.
 */
gboolean fovea_sae_read_latent (const FoveaSae *sae,
                                gint32 latent,
                                const float *x,
                                double *weights,
                                double *offset,
                                GError **error);

/**
 * fovea_sae_get_write_factor:
 * @norms: (nullable): (F) decoder norms, if codes are in units of them
 *
 * What a unit of code multiplies the latent's decoder row by in the reconstruction of @row.
 *
 * Thread: any.
 */
double fovea_sae_get_write_factor (const FoveaSaeCodes *codes,
                                   const float *norms,
                                   gint64 row,
                                   gint32 latent);

/**
 * fovea_sae_parse_site:
 * @suffix: "attn.hook_z"
 * @layer: (out):
 *
 * Whether @site is that point of a layer.   Thread: any.
 */
gboolean fovea_sae_parse_site (const char *site, const char *suffix, guint *layer);
