/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* XAttention's scores, and the share that one head needs (methods/prefill.md 7). */
#include "analysis/sparse-head.h"

/**
 * fovea_xattention_get_scores:
 * @stride: S, which divides @block
 *
 * Sums over antidiagonals, as a softmax by rows of tiles, added up by blocks: (nb, nb). Rows of
 * complete blocks add up to block / stride.
 *
 * Errors: FOVEA_ERROR_RANGE if the stride does not divide the block; G_IO_ERROR_CANCELLED.
 * Thread: one at a time.   Owner: the head.
 */
const double *
fovea_xattention_get_scores (FoveaSparseHead *head, gint64 stride, gint64 block, GError **error);

/**
 * fovea_xattention_find_share:
 * @coverage: 0.9
 * @share: (out): a value for the knob "share"
 *
 * The share of the score that this head needs so that the heaviest blocks by true mass, as many as
 * cover @coverage of each row, are all among those that score as high as the least of them.
 *
 * Errors: as fovea_xattention_get_scores(); the backend's.   Thread: one at a time; blocks.
 */
gboolean fovea_xattention_find_share (FoveaSparseHead *head,
                                      gint64 stride,
                                      gint64 block,
                                      double coverage,
                                      double *share,
                                      GError **error);
