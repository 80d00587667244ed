/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Sums over the rows of a mask, and the measures that follow from them: the same whoever looked at
 * the rows, the processor's threads (sparse-measures.c) or a device (sparse-scorer.c). */
#include "analysis/mask-rows.h"
#include "analysis/sparse-measures.h"

enum {
    FOVEA_SPARSE_ROWS = 128, /* a block of rows: tiles that divide it are counted along with them */
};

/* Sums of one subject. */
typedef struct {
    gint64 cells, allowed, n_queries, n_late, n_empty;
    double recall, late_recall, value_recall, oracle_recall;
    double squared_error, squared_output, error, largest_error;
    gint64 n_outputs;
    gint64 n_tiles; /* visited, where they are counted along with the rows */
} FoveaSparseSums;

/* What a subject keeps of one row. */
typedef struct {
    gint64 n_keys, n_allowed;
    gboolean is_late; /* of the second half */
    double recall, oracle_recall;
    gboolean has_output; /* the rest is there */
    double value_recall;
    double squared_loss, squared_output; /* |full - kept|^2, |full|^2 */
} FoveaSparseRowFigures;

/**
 * fovea_sparse_sums_add:
 *
 * Thread: one at a time.
 */
void fovea_sparse_sums_add (FoveaSparseSums *sums, const FoveaSparseRowFigures *row);

/**
 * fovea_sparse_sums_join:
 *
 * Adds sums over other rows.
 *
 * Thread: one at a time.
 */
void fovea_sparse_sums_join (FoveaSparseSums *to, const FoveaSparseSums *from);

/**
 * fovea_sparse_sums_finish:
 * @recalls: (array length=T): of each query, NaN for one that does not count; moved about
 * @out: (out caller-allocates):
 *
 * Thread: any.
 */
void fovea_sparse_sums_finish (const FoveaSparseSums *sums,
                               const FoveaSparseHead *head,
                               const FoveaSparseSubject *subject,
                               float *recalls,
                               FoveaSparseMeasures *out);

/* Tiles of one mask that the rows at hand touch. */
typedef struct {
    int shift; /* their side is 2^shift */
    gint64 n_tokens;
    guint64 *bits; /* (ceil (T / side) bits), NULL = counted apart */
} FoveaSparseTiles;

/**
 * fovea_sparse_tiles_init:
 *
 * Thread: any.   Owner: caller clears with fovea_sparse_tiles_clear().
 */
void fovea_sparse_tiles_init (FoveaSparseTiles *tiles,
                              const FoveaSparseSubject *subject,
                              gint64 n_tokens);

/**
 * fovea_sparse_tiles_clear:
 *
 * Thread: any.
 */
void fovea_sparse_tiles_clear (FoveaSparseTiles *tiles);

/**
 * fovea_sparse_tiles_add_row:
 * @ranges: (array length=n): keys of @query; rows come in order
 *
 * Counts the tiles of a row of them with its last query.
 *
 * Thread: one at a time.
 */
void fovea_sparse_tiles_add_row (FoveaSparseTiles *tiles,
                                 gint64 query,
                                 const FoveaKeyRange *ranges,
                                 gsize n,
                                 FoveaSparseSums *sums);
