/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* One softmax layer of a trace: exact rectangles of scores and pattern, single cells, row
 * statistics, column mass and pyramid. The only code that touches kept queries and keys. Also works
 * on a trace that holds a dense pattern or an import of just q, k (and v): what is missing is
 * computed. */
#include "capture/trace.h"

typedef struct _FoveaAttention FoveaAttention;

typedef enum {
    FOVEA_ROW_LSE,
    FOVEA_ROW_ENTROPY,
    FOVEA_ROW_MAX,
    FOVEA_ROW_ARGMAX,
    FOVEA_ROW_DISTANCE,
    FOVEA_ROW_FIRST,
    FOVEA_ROW_LOCAL,
    FOVEA_N_ROW_STATISTICS,
} FoveaRowStatistic;

typedef enum {
    FOVEA_BLOCK_MEAN, /* over allowed pairs */
    FOVEA_BLOCK_MAX,
} FoveaBlockValue;

/**
 * fovea_attention_open:
 * @layer: 0 .. L-1
 *
 * Errors: FOVEA_ERROR_RANGE, FOVEA_ERROR_NOT_FOUND if the trace keeps nothing that attention
 * follows from. Thread: any; reads nothing large yet.   Owner: caller frees with
 * fovea_attention_free(); autoptr. Safe to share.
 */
FoveaAttention *fovea_attention_open (FoveaTrace *trace, guint layer, GError **error);

/**
 * fovea_attention_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @attention.
 */
void fovea_attention_free (FoveaAttention *attention);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaAttention, fovea_attention_free)

/**
 * fovea_attention_has_pattern:
 *
 * Whether fovea_attention_open() finds what it needs of a layer.   Thread: any.
 */
gboolean fovea_attention_has_pattern (FoveaTrace *trace, guint layer);

/**
 * fovea_attention_has_scores:
 *
 * Whether scores of a layer can be read: its queries and keys were kept, or they themselves.
 *
 * Thread: any.
 */
gboolean fovea_attention_has_scores (FoveaTrace *trace, guint layer);

/**
 * fovea_attention_get_rule:
 *
 * Thread: any.   Owner: the attention.
 */
const FoveaScoreRule *fovea_attention_get_rule (FoveaAttention *attention);

/**
 * fovea_attention_read_pattern:
 * @head: 0 .. H-1
 * @out: (out caller-allocates): (q1-q0, k1-k0) weights, 0 where forbidden
 *
 * Exact rectangle [q0,q1) x [k0,k1) of one head's pattern; O((q1-q0 + k1-k0) D) bytes read.
 *
 * Errors: FOVEA_ERROR_RANGE; the backend's.
 * Thread: any; blocks.
 */
gboolean fovea_attention_read_pattern (FoveaAttention *attention,
                                       guint head,
                                       gint64 q0,
                                       gint64 q1,
                                       gint64 k0,
                                       gint64 k1,
                                       float *out,
                                       GError **error);

/**
 * fovea_attention_read_scores:
 *
 * As fovea_attention_read_pattern(), before the softmax: scaled, biased, -inf where forbidden.
 *
 * Shape: @out is (q1-q0, k1-k0).
 * Errors: as fovea_attention_read_pattern(); FOVEA_ERROR_NOT_FOUND if only a pattern was kept.
 * Thread: any; blocks.
 */
gboolean fovea_attention_read_scores (FoveaAttention *attention,
                                      guint head,
                                      gint64 q0,
                                      gint64 q1,
                                      gint64 k0,
                                      gint64 k1,
                                      float *out,
                                      GError **error);

/**
 * fovea_attention_read_offset:
 * @offset: key = query + offset, so -1 is the previous token
 * @out: (out caller-allocates): (T) weights; 0 where query + offset is no allowed key
 *
 * One diagonal of one head; O(T D).
 *
 * Errors: FOVEA_ERROR_RANGE for a head that is not there; the backend's.
 * Thread: any; blocks.
 */
gboolean fovea_attention_read_offset (
    FoveaAttention *attention, guint head, gint64 offset, float *out, GError **error);

typedef enum {
    FOVEA_VECTOR_QUERY, /* as it enters the product: turned where the family turns it */
    FOVEA_VECTOR_KEY,
    FOVEA_VECTOR_VALUE,
} FoveaAttentionVector;

/**
 * fovea_attention_read_vectors:
 * @head: of queries; its keys and values are those of its group
 * @out: (out caller-allocates): (n, D)
 *
 * Queries, keys or values of tokens first .. first+n of one head.
 *
 * Errors: FOVEA_ERROR_RANGE; FOVEA_ERROR_NOT_FOUND if they were not kept; the backend's.
 * Thread: any; blocks.
 */
gboolean fovea_attention_read_vectors (FoveaAttention *attention,
                                       guint head,
                                       FoveaAttentionVector which,
                                       gint64 first,
                                       gint64 n,
                                       float *out,
                                       GError **error);

/**
 * fovea_attention_get_shape:
 * @n_tokens: (out) (optional): T
 * @n_heads: (out) (optional): H
 * @n_kv_heads: (out) (optional): G
 * @width: (out) (optional): D
 *
 * Thread: any.
 */
void fovea_attention_get_shape (FoveaAttention *attention,
                                gint64 *n_tokens,
                                gint64 *n_heads,
                                gint64 *n_kv_heads,
                                gint64 *width);

/**
 * fovea_attention_count_bytes:
 * @n_queries: rows that a reader asks for at a time
 * @held: (out): of the layer, once it has been read
 * @each: (out): that a reader needs beside the rows it gets
 *
 * What reading rows over all keys takes.   Units: bytes.   Thread: any.
 */
void fovea_attention_count_bytes (const FoveaAttention *attention,
                                  gint64 n_queries,
                                  guint64 *held,
                                  guint64 *each);

/**
 * fovea_attention_read_row_statistic:
 * @out: (out caller-allocates): (T); see trace.h for units
 *
 * Errors: FOVEA_ERROR_RANGE for a head that is not there; FOVEA_ERROR_NUMERIC for a NaN; the
 * backend's.
 * Thread: any; blocks.
 */
gboolean fovea_attention_read_row_statistic (
    FoveaAttention *attention, guint head, FoveaRowStatistic statistic, float *out, GError **error);

/**
 * fovea_attention_read_column_mass:
 * @out: (out caller-allocates): (T) sum of weights that each key receives
 *
 * Errors: FOVEA_ERROR_RANGE for a head that is not there; FOVEA_ERROR_NUMERIC for a NaN; the
 * backend's.
 * Thread: any; blocks.
 */
gboolean fovea_attention_read_column_mass (FoveaAttention *attention,
                                           guint head,
                                           float *out,
                                           GError **error);

/**
 * fovea_attention_get_n_levels:
 *
 * Pyramid levels; level n has blocks of 64*2^n tokens, the last is one cell.
 *
 * Thread: any.
 */
guint fovea_attention_get_n_levels (FoveaAttention *attention);

/**
 * fovea_attention_read_level:
 * @out: (out caller-allocates): (r1-r0, c1-c0) block values
 *
 * Rectangle of blocks of one pyramid level.
 *
 * Errors: FOVEA_ERROR_RANGE; the backend's.
 * Thread: any; blocks.
 */
gboolean fovea_attention_read_level (FoveaAttention *attention,
                                     guint head,
                                     guint level,
                                     FoveaBlockValue value,
                                     gint64 r0,
                                     gint64 r1,
                                     gint64 c0,
                                     gint64 c1,
                                     float *out,
                                     GError **error);
