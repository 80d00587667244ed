/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Moving scales between arrays, so that codes of different autoencoders compare. Reconstructions
 * stay what they were. */
#include "analysis/sae.h"

/**
 * fovea_sae_fold_decoder_norm:
 *
 * Makes the rows of W_dec unit vectors; codes grow by the norms, which are kept in folded_norm.
 * Blank latents stay as they are. Folding twice changes nothing.
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED where it would change which latents win: top-k rules that do not
 * rescale, and matching pursuit.
 * Thread: one at a time.   Source: methods/features-and-sparsity.md 2.
 */
gboolean fovea_sae_fold_decoder_norm (FoveaSae *sae, GError **error);

/**
 * fovea_sae_fold_scaler:
 * @scaler: sqrt (d) / mean |x|, above 0
 *
 * Moves the scale of inputs into the weights; the setting becomes "none".
 *
 * Thread: one at a time.   Source: methods/features-and-sparsity.md 1.4.
 */
void fovea_sae_fold_scaler (FoveaSae *sae, double scaler);
