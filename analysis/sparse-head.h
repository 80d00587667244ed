/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* One attention head as the methods of the sparsity lab see it: its queries, keys and values side by
 * side, and what several methods ask for, computed once: probe rows, block masses. Used by one
 * thread at a time. Notation and formulas: methods/prefill.md. */
#include "capture/attention.h"

typedef struct {
    FoveaAttention *attention; /* borrowed */
    guint layer, head;
    gint64 n_tokens, width;     /* T, D */
    gint64 n_heads, n_kv_heads; /* H, G */
    const FoveaScoreRule *rule;
    const float *q, *k; /* (T, D), NULL if only a pattern was kept */
    const float *v;     /* (T, D) or NULL */
    GCancellable *cancellable;
    struct _FoveaSparseShared *shared;     /* of the layer's heads, or NULL; borrowed */
    const struct _FoveaSeerWeights *gates; /* trained gates (seer-weights.h), or NULL; borrowed */
} FoveaSparseHead;

typedef struct _FoveaSparseShared FoveaSparseShared;

/**
 * fovea_sparse_shared_new:
 *
 * What rules that look at a whole layer have worked out, for all of its heads: set as a head's
 * `shared`.
 *
 * Thread: any.   Owner: caller frees with fovea_sparse_shared_free(), after the heads; autoptr.
 */
FoveaSparseShared *fovea_sparse_shared_new (void);

/**
 * fovea_sparse_shared_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @shared.
 */
void fovea_sparse_shared_free (FoveaSparseShared *shared);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSparseShared, fovea_sparse_shared_free)

/**
 * fovea_sparse_head_new:
 * @cancellable: (nullable): asked by everything that walks over rows
 *
 * Memory: 12 T D bytes.
 *
 * Errors: FOVEA_ERROR_RANGE for a head that does not exist; the backend's.
 * Thread: any; blocks.   Owner: caller frees with fovea_sparse_head_free(); autoptr.
 */
FoveaSparseHead *fovea_sparse_head_new (
    FoveaAttention *attention, guint layer, guint head, GCancellable *cancellable, GError **error);

/**
 * fovea_sparse_head_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @head.
 */
void fovea_sparse_head_free (FoveaSparseHead *head);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSparseHead, fovea_sparse_head_free)

/**
 * fovea_sparse_head_find:
 *
 * What fovea_sparse_head_keep() kept under @key, or NULL.
 *
 * Thread: one at a time.   Owner: the head.
 */
const double *fovea_sparse_head_find (const FoveaSparseHead *head, const char *key);

/**
 * fovea_sparse_head_keep:
 * @values: (transfer full): g_free()d with the head
 *
 * Keeps intermediate results that do not depend on a swept knob.
 *
 * Thread: one at a time.   Owner: the head; gives @values.
 */
const double *fovea_sparse_head_keep (FoveaSparseHead *head, const char *key, double *values);

/**
 * fovea_sparse_head_find_in_layer:
 *
 * As fovea_sparse_head_find(), for what does not depend on the head.
 *
 * Thread: any.   Owner: the layer's heads, or this one alone.
 */
const double *fovea_sparse_head_find_in_layer (const FoveaSparseHead *head, const char *key);

/**
 * fovea_sparse_head_keep_in_layer:
 * @values: (transfer full): the same whichever head works it out
 *
 * Gives what is kept: @values, or what another head's thread kept meanwhile.
 *
 * Thread: any.
 */
const double *
fovea_sparse_head_keep_in_layer (FoveaSparseHead *head, const char *key, double *values);

/**
 * fovea_sparse_head_get_block_mass:
 * @block: B
 *
 * W[I,J], the sum of weights of each block: (nb, nb), nb = ceil (T/B). Computed once for a B.
 *
 * Errors: the backend's; G_IO_ERROR_CANCELLED.   Thread: one at a time; blocks.
 * Owner: the layer's heads, or this one alone.   Source: methods/prefill.md 5.3.
 */
const double *
fovea_sparse_head_get_block_mass (FoveaSparseHead *head, gint64 block, GError **error);

/**
 * fovea_sparse_head_get_block_max:
 *
 * X[I,J], the largest weight of each block; as fovea_sparse_head_get_block_mass().
 *
 * Shape: (nb, nb), nb = ceil (T / block).
 * Errors: the backend's.
 * Thread: the head's; blocks.   Owner: the head.
 * Source: methods/prefill.md 12.1.
 */
const double *fovea_sparse_head_get_block_max (FoveaSparseHead *head, gint64 block, GError **error);

/**
 * fovea_sparse_head_get_lines:
 * @n_probes: n, cut to T
 *
 * VSprobe: over the last n queries, vert[j] is the mass on key j and slash[d] the mass at distance
 * d: (2, T), vert first.
 *
 * Errors: the backend's.   Thread: one at a time; blocks.
 * Owner: the head.   Source: methods/prefill.md 3.
 */
const double *fovea_sparse_head_get_lines (FoveaSparseHead *head, gint64 n_probes, GError **error);

/**
 * fovea_sparse_head_pool:
 * @vectors: (T, D)
 * @pad: divide a partial last block by B (as if zero rows followed) instead of by its rows
 *
 * Means of blocks of @block vectors, (nb, D).
 *
 * Thread: any.   Owner: caller, g_free().   Source: methods/prefill.md 3.
 */
double *fovea_sparse_head_pool (const FoveaSparseHead *head,
                                const float *vectors,
                                gint64 block,
                                gboolean pad);

/**
 * fovea_sparse_head_count_blocks:
 *
 * nb = ceil (T/B).
 *
 * Thread: any.
 */
gint64 fovea_sparse_head_count_blocks (const FoveaSparseHead *head, gint64 block);

/**
 * fovea_sparse_head_multiply:
 * @query: (D)
 * @vectors: (n, D)
 * @out: (out caller-allocates): (n)
 *
 * Plain products of one vector with many, not scaled.
 *
 * Thread: any.
 */
void fovea_sparse_head_multiply (
    const FoveaSparseHead *head, const double *query, const double *vectors, gint64 n, double *out);

/**
 * fovea_sparse_head_product:
 *
 * Plain product of a query and a key, not scaled; in double.
 *
 * Thread: any.
 */
double fovea_sparse_head_product (const FoveaSparseHead *head, gint64 query, gint64 key);

/**
 * fovea_sparse_head_get_products:
 * @one: (D)
 * @others: vectors @stride floats apart
 * @out: (out caller-allocates): (n)
 *
 * Products as above of one query with many keys, or the other way round, to the same bits.
 *
 * Thread: any.
 */
void fovea_sparse_head_get_products (const FoveaSparseHead *head,
                                     const float *one,
                                     const float *others,
                                     gint64 stride,
                                     gint64 n,
                                     double *out);

/**
 * fovea_sparse_head_read_other:
 * @other: any head of the layer
 *
 * Vectors of another head, (T, D), for rules that look at a group or at the whole layer.
 *
 * Errors: the backend's.   Thread: one at a time.   Owner: caller, g_free().
 */
float *fovea_sparse_head_read_other (const FoveaSparseHead *head,
                                     guint other,
                                     FoveaAttentionVector which,
                                     GError **error);
