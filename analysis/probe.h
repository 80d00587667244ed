/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A linear probe: logistic regression with a quadratic penalty, as measurements of features use it
 * (methods/features-and-sparsity.md 6.1 and 8.4). Labels are 1 and 0. */
#include "kernels/error.h"

typedef struct {
    double c;              /* weight of the losses against the penalty; 0 = 1 */
    guint most_iterations; /* of L-BFGS; 0 = 1000 */
    gboolean raw;          /* inputs as they are; else each is brought to mean 0 and deviation 1 */
} FoveaProbeOptions;

typedef struct {
    gint64 n_inputs;
    double *weights;  /* (d) on inputs as they are, whatever they were trained on */
    double bias;      /* adds to it */
    double objective; /* |w|^2 / 2 + c sum of losses, w on what was trained on */
    guint iterations;
    gboolean converged;
} FoveaProbe;

/**
 * fovea_probe_train:
 * @x: (n, d)
 * @labels: (n)
 * @options: (nullable): NULL = the usual ones
 *
 * The bias carries no penalty. An input that never varies gets weight 0.
 *
 * Errors: FOVEA_ERROR_RANGE unless both labels occur; FOVEA_ERROR_NUMERIC with row and column.
 * Thread: any; blocks. Cost: 4 n d flops a step.
 * Owner: caller frees with fovea_probe_free(); autoptr.
 */
FoveaProbe *fovea_probe_train (gint64 n,
                               gint64 d,
                               const float *x,
                               const guint8 *labels,
                               const FoveaProbeOptions *options,
                               GError **error);

/**
 * fovea_probe_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @probe.
 */
void fovea_probe_free (FoveaProbe *probe);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaProbe, fovea_probe_free)

/**
 * fovea_probe_score:
 * @row: (d)
 *
 * Log odds of label 1.   Thread: any.
 */
double fovea_probe_score (const FoveaProbe *probe, const float *row);

/**
 * fovea_probe_measure:
 * @auroc: (out) (optional): NaN with one label only
 *
 * Share of rows whose label is the likelier one; 0 log odds count as label 0.   Thread: any.
 */
double fovea_probe_measure (
    const FoveaProbe *probe, gint64 n, const float *x, const guint8 *labels, double *auroc);
