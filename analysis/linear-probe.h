/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A linear probe trained in small batches by AdamW, as SAEBench's measurements of spurious correlation
 * and absorption want it (methods/features-and-sparsity.md 6.2 and 6.3): how far a probe follows a
 * correlation depends on the batch size, so a probe at the optimum (analysis/probe.h) would measure
 * something else. */
#include "analysis/probe.h"
#include "analysis/sae-codes.h"

typedef struct {
    gint64 batch, epochs;
    double rate, last_rate; /* falls linearly, step by step, to the second */
    double l1;              /* weight of the sum of |w| */
    double decay;           /* AdamW's */
    guint64 seed;           /* of the order of rows */
} FoveaLinearOptions;

/* Rows of inputs, dense or sparse: one of the two. */
typedef struct {
    gint64 n, d;
    const float *x;             /* (n, d) */
    const FoveaSaeCodes *codes; /* (n) over d */
} FoveaLinearRows;

/**
 * fovea_linear_options_init:
 *
 * Those of 6.2: batch 16, 20 epochs, 1e-3 throughout, L1 1e-3, decay 0.01.   Thread: any.
 */
void fovea_linear_options_init (FoveaLinearOptions *options);

/**
 * fovea_linear_train:
 * @labels: (n) 1 or 0
 *
 * Begins at 0; the loss is the mean over a batch of logistic losses, and the penalty. objective is that of
 * the last epoch, a mean over its batches.
 *
 * Errors: FOVEA_ERROR_RANGE unless both labels occur; FOVEA_ERROR_NUMERIC for an input that is not
 * finite.
 * Thread: any; blocks.   Owner: caller, fovea_probe_free().
 */
FoveaProbe *fovea_linear_train (const FoveaLinearRows *rows,
                                const guint8 *labels,
                                const FoveaLinearOptions *options,
                                GError **error);
