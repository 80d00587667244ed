/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What became of the features of a model, as a sparse autoencoder of its activations tells them. */
#include "analysis/sae.h"
#include "analysis/table.h"
#include "capture/trace.h"
#include "kernels/device.h"

/**
 * fovea_compare_latents:
 * @sae: of A's activations, with its "hook_name"; both models are read by it
 * @device: of the CPU
 *
 * The table "compare-features", one row a latent that fires in either, those first whose codes changed
 * most: latent; tokens_a, tokens_b, both: at how many tokens it fires; code_a, code_b: mean of its code
 * over the tokens where it fires in either; change: root of the sum of (B - A)^2 over tokens; error:
 * that as a share of A's own, infinite where it fires in B alone. Special tokens are left out. Notes:
 * hook, tokens, kept_firings (share of A's firings that B has) and error over all latents.
 *
 * Errors: FOVEA_ERROR_SHAPE if the traces are of other tokens or rows of another width than the
 * autoencoder reads; FOVEA_ERROR_NOT_FOUND without a hook name, or such a point; those of encoding.
 * Thread: the one that uses the device; blocks.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_compare_latents (
    const FoveaSae *sae, FoveaDevice *device, FoveaTrace *a, FoveaTrace *b, GError **error);
