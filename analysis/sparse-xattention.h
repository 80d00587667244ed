/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* XAttention's scores, and the share that one head needs (methods/prefill.md 7). */
#include "analysis/sparse-method.h"

/**
 * fovea_xattention_get_scores:
 * @stride: S, which divides @block
 *
 * Sums over antidiagonals, as a softmax by rows of tiles, added up by blocks: (nb, nb). Rows of
 * complete blocks add up to block / stride.
 *
 * Errors: FOVEA_ERROR_RANGE if the stride does not divide the block; G_IO_ERROR_CANCELLED.
 * Thread: one at a time.   Owner: the layer's heads, or this one alone.
 */
const double *
fovea_xattention_get_scores (FoveaSparseHead *head, gint64 stride, gint64 block, GError **error);

/**
 * fovea_xattention_select:
 * @share: the knob "share"
 * @out: (inout): gets tile, flops, margin and the executed mask
 *
 * The mask of the intended rule.
 *
 * Errors: as fovea_xattention_get_scores().   Thread: the head's; blocks.
 */
gboolean fovea_xattention_select (FoveaSparseHead *head,
                                  double share,
                                  gint64 stride,
                                  gint64 block,
                                  FoveaSparseSelection *out,
                                  GError **error);

/**
 * fovea_xattention_get_ranks:
 *
 * For each row of blocks I the blocks before I by falling score, then a negative: (nb, nb).
 *
 * Errors: as fovea_xattention_get_scores().   Thread: one at a time.
 * Owner: the layer's heads, or this one alone.
 */
const gint64 *
fovea_xattention_get_ranks (FoveaSparseHead *head, gint64 stride, gint64 block, GError **error);

/**
 * fovea_xattention_choose:
 * @row: scores of blocks 0 .. I
 * @ranks: row I of fovea_xattention_get_ranks()
 * @target: score that the chosen ones cover
 * @order: (out caller-allocates): (I + 2)
 *
 * Blocks that the intended rule takes for one row of blocks; gives how many.
 *
 * Thread: any.
 */
gsize fovea_xattention_choose (const double *row,
                               const gint64 *ranks,
                               gint64 I,
                               double target,
                               gint64 *order,
                               FoveaMargin *margin);

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
