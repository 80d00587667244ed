/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How long a repeated prefix an induction head wants (methods/features-and-sparsity.md 7.5): in random
 * texts without any other repetition a block of m tokens comes again, and the weight on what followed it
 * the first time is read. A head that copies after one token is high from m = 1 on; one that wants a
 * longer match rises later. */
#include "capture/session.h"

typedef struct {
    gint64 n_sequences; /* a prefix length; 0 = 45, so that nine of them are 405 */
    gint64 length;      /* tokens of a text, the first special one not counted; 0 = 128 */
    guint most_prefix;  /* m from 1 on; 0 = 9 */
    guint64 seed;
} FoveaPrefixOptions;

/**
 * fovea_induction_prefix_draw:
 * @bos: id put in front, -1 = none
 * @first_id: ids are drawn from [first_id, vocabulary), all different
 * @prefix: m
 * @ids: (out caller-allocates): (bos >= 0) + @length
 * @query: (out): last token of the block's second copy
 * @key: (out): what followed its first copy
 *
 * A text. Sequence @index never depends on the others.   Thread: any.
 */
void fovea_induction_prefix_draw (guint64 seed,
                                  guint64 index,
                                  gint32 bos,
                                  gint32 first_id,
                                  gint32 vocabulary,
                                  gint64 length,
                                  guint prefix,
                                  gint32 *ids,
                                  gint64 *query,
                                  gint64 *key);

/**
 * fovea_induction_prefix_run:
 * @options: (nullable): NULL = all as usual
 * @progress: (nullable) (scope call): counts texts
 *
 * Mean weight of each head at the cell, by prefix length.
 *
 * Shape:  (most_prefix, L, H); NaN where a layer has no softmax attention.
 * Errors: FOVEA_ERROR_RANGE for a vocabulary with too few ids or a text without room; the session's.
 * Thread: the session's; blocks.   Owner: caller, g_free().
 */
double *fovea_induction_prefix_run (FoveaSession *session,
                                    const FoveaPrefixOptions *options,
                                    FoveaProgress progress,
                                    gpointer progress_data,
                                    GCancellable *cancellable,
                                    GError **error);
