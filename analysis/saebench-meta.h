/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How far an autoencoder's latents are themselves combinations of others: a small one is trained on its
 * decoder rows, and what that explains is the answer (methods/features-and-sparsity.md 6.6). */
#include "analysis/sae-metrics.h"
#include "kernels/device.h"

typedef struct {
    gint64 n_latents; /* of the small one; 0 = a sixteenth of the rows, 8 at least */
    double k;         /* codes a row on average; 4 */
    gint64 batch;     /* rows of a step, cut at the rows there are; 512 */
    gint64 steps;     /* 2,000 */
    guint64 seed;
} FoveaMetaOptions;

typedef struct {
    gint64 n_rows;    /* decoder rows that are not 0 */
    gint64 n_latents; /* of the small one */
    double k;
    FoveaSaeQuality quality; /* over all rows, codes by its threshold */
} FoveaMetaResult;

/**
 * fovea_meta_options_init:
 *
 * The numbers above, seed 42.   Thread: any.
 */
void fovea_meta_options_init (FoveaMetaOptions *options);

/**
 * fovea_sae_bench_meta:
 * @device: of the CPU
 * @result: (out)
 *
 * Trains by BatchTopK on decoder rows of length 1, in an order that the seed shuffles anew every pass. What
 * is explained is measured about the rows' mean.
 *
 * Errors: FOVEA_ERROR_RANGE for fewer than two rows or more latents than rows; those of sae-train.h;
 * G_IO_ERROR_CANCELLED.
 * Cost: 6 steps batch n_latents d flops.   Thread: the device's; blocks.
 */
gboolean fovea_sae_bench_meta (const FoveaSae *sae,
                               FoveaDevice *device,
                               const FoveaMetaOptions *options,
                               FoveaMetaResult *result,
                               GCancellable *cancellable,
                               GError **error);
