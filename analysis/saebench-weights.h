/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What an autoencoder's weights say by themselves (methods/features-and-sparsity.md 5.1 and 6.6): how long
 * its rows are, how far encoder and decoder agree, and how close latents lie to each other. */
#include "analysis/sae.h"
#include "analysis/table.h"
#include "kernels/device.h"

/**
 * fovea_sae_bench_weights:
 * @device: of the CPU
 *
 * The table "sae_weights": of decoder norms, encoder norms, cosines between a latent's encoder and its
 * decoder, cosines of decoder rows with their nearest and their most opposite other row, encoder biases
 * and thresholds, a row each: how many latents have one, mean, standard deviation, least, largest, and
 * the 5th, 50th and 95th percentile (the value at that share of the sorted list, rounded down). Blank
 * latents have no cosines.
 *
 * Errors: those of fovea_sae_find_kin().   Cost: 2 F^2 d flops.
 * Thread: the device's; blocks.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_sae_bench_weights (const FoveaSae *sae,
                                     FoveaDevice *device,
                                     GCancellable *cancellable,
                                     GError **error);
