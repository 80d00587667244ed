/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A few vectors of a head, laid out so that many others are multiplied with all of them quickly: queries
 * of a block, which a search asks about one key after the other. */
#include "analysis/sparse-head.h"

typedef struct _FoveaPackedVectors FoveaPackedVectors;

/**
 * fovea_packed_vectors_new:
 * @head: borrowed
 * @most: vectors that are packed at a time
 *
 * Thread: any.   Owner: caller frees with fovea_packed_vectors_free(); autoptr.
 */
FoveaPackedVectors *fovea_packed_vectors_new (const FoveaSparseHead *head, gint64 most);

/**
 * fovea_packed_vectors_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @packed.
 */
void fovea_packed_vectors_free (FoveaPackedVectors *packed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaPackedVectors, fovea_packed_vectors_free)

/**
 * fovea_packed_vectors_set:
 * @vectors: @stride floats apart; stay where they are
 * @n: at most as many as there is room for
 *
 * Replaces what was packed before.
 *
 * Thread: one at a time.
 */
void fovea_packed_vectors_set (FoveaPackedVectors *packed,
                               const float *vectors,
                               gint64 stride,
                               gint64 n);

/**
 * fovea_packed_vectors_find_best:
 * @other: (D)
 *
 * The largest product, not scaled, of @other with one of the vectors, to the bits of
 * fovea_sparse_head_get_products(); -inf without vectors.
 *
 * Thread: one at a time.
 */
double fovea_packed_vectors_find_best (FoveaPackedVectors *packed, const float *other);
