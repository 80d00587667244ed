/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Sparse probing: how much of a class a handful of latents knows (methods/features-and-sparsity.md 6.1).
 * Latents are ranked by the difference of their mean codes between the classes, by magnitude, so
 * that a latent that speaks by its negative side counts; a logistic probe reads the best k. */
#include "analysis/saebench-rows.h"

typedef struct {
    gint64 k;
    double accuracy, auroc; /* on rows it was not trained on */
    gint32 best;            /* the latent ranked first */
} FoveaSparseProbe;

/**
 * fovea_sparse_probe:
 * @train_labels: (train->n) 1 or 0
 * @ks: (n_ks) rising, the last at most F
 * @probes: (out caller-allocates): (n_ks)
 * @reference: (out): accuracy of the same probe on the activations
 *
 * Errors: FOVEA_ERROR_RANGE unless both labels occur in training and k is within 1 .. F; those of
 * analysis/probe.h.
 * Thread: any; blocks.   Source: SAEBench, sparse probing; C = 1, inputs as they are.
 */
gboolean fovea_sparse_probe (const FoveaBenchRows *train,
                             const guint8 *train_labels,
                             const FoveaBenchRows *test,
                             const guint8 *test_labels,
                             const gint64 *ks,
                             guint n_ks,
                             FoveaSparseProbe *probes,
                             double *reference,
                             GError **error);
