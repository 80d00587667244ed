/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Methods brought to like density, so that what they keep can be compared. */
#include "analysis/sparse-method.h"

/**
 * fovea_sparse_fit:
 * @density: wanted, of what is executed
 * @knobs: (inout): (FOVEA_SPARSE_MAX_KNOBS) the first is set, the others stay
 * @out: (out caller-allocates): cleared with fovea_sparse_selection_clear()
 *
 * The value of the swept knob whose mask comes nearest to @density, on a logarithmic scale: the best
 * point of the sweep, refined by bisection. Methods with coarse knobs may stay far from it.
 *
 * Errors: those of fovea_sparse_method_select(); FOVEA_ERROR_UNSUPPORTED if the sweep has no point
 * at this length.
 * Thread: the head's; blocks.
 */
gboolean fovea_sparse_fit (const FoveaSparseMethod *method,
                           FoveaSparseHead *head,
                           double density,
                           double *knobs,
                           FoveaSparseSelection *out,
                           GError **error);
