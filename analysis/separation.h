/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How well numbers tell two groups apart, and the direction in which their means differ
 * (methods/features-and-sparsity.md 8.4). Labels are 1 (positive) and 0 (negative). */
#include "kernels/error.h"

/**
 * fovea_separation_auroc:
 * @scores: (n)
 * @labels: (n)
 *
 * Chance that a positive has a larger score than a negative, ties counted half: by ranks, with the
 * mean rank of a tie. NaN with one group only.   Cost: sorting.   Thread: any.
 */
double fovea_separation_auroc (const double *scores, const guint8 *labels, gsize n);

/**
 * fovea_separation_difference:
 * @x: (n, d)
 * @direction: (out caller-allocates): (d) mean of positives - mean of negatives, of length 1
 * @length: (out) (optional): what the length was
 *
 * The difference in means. Zeros where the means are equal.
 *
 * Errors: FOVEA_ERROR_RANGE for a group without rows; FOVEA_ERROR_NUMERIC with row and column.
 * Thread: any.
 */
gboolean fovea_separation_difference (gint64 n,
                                      gint64 d,
                                      const float *x,
                                      const guint8 *labels,
                                      float *direction,
                                      double *length,
                                      GError **error);

/**
 * fovea_separation_shuffle:
 * @labels: (inout): (n)
 *
 * The control: the same labels in an order that means nothing.   Thread: any.
 */
void fovea_separation_shuffle (guint8 *labels, gsize n, guint64 seed);

/**
 * fovea_separation_check:
 *
 * Whether both groups have rows and every number is finite.
 *
 * Errors: as fovea_separation_difference().   Thread: any.
 */
gboolean
fovea_separation_check (gint64 n, gint64 d, const float *x, const guint8 *labels, GError **error);
