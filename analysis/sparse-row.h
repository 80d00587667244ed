/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* One row of weights with its running sums, so that the mass and the output of any set of key ranges
 * cost what the ranges cost, not what the row does. Many masks are measured against one row. */
#include "analysis/mask-rows.h"
#include "analysis/sparse-head.h"

typedef struct _FoveaSparseRow FoveaSparseRow;

enum {
    FOVEA_SPARSE_MOST_ROWS = 4, /* that are measured together */
};

/**
 * fovea_sparse_row_new:
 *
 * Outputs can be asked for if the head has values. Memory O(T + T D / 16).
 *
 * Thread: any.   Owner: caller frees with fovea_sparse_row_free(); autoptr.
 */
FoveaSparseRow *fovea_sparse_row_new (const FoveaSparseHead *head);

/**
 * fovea_sparse_row_new_beside:
 * @row: of the same head; outlives the new one
 *
 * Another row, with what depends on the head alone.
 *
 * Thread: any.   Owner: caller frees with fovea_sparse_row_free(); autoptr.
 */
FoveaSparseRow *fovea_sparse_row_new_beside (const FoveaSparseHead *head,
                                             const FoveaSparseRow *row);

/**
 * fovea_sparse_row_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @row.
 */
void fovea_sparse_row_free (FoveaSparseRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSparseRow, fovea_sparse_row_free)

/**
 * fovea_sparse_row_load:
 * @weights: (array length=n): of keys 0 .. n-1, not negative, 0 where forbidden; kept by address
 * @first: first key that the row may see
 *
 * Running sums, and the weights in falling order.
 *
 * Thread: one at a time.
 */
void fovea_sparse_row_load (FoveaSparseRow *row, const float *weights, gint64 first, gint64 n);

/**
 * fovea_sparse_row_load_beyond:
 * @end: one past the last key that the row may see
 * @n: one past the last key that a row beside it may see; weights between are 0
 *
 * As fovea_sparse_row_load(), for rows that are measured together.
 *
 * Thread: one at a time.
 */
void fovea_sparse_row_load_beyond (
    FoveaSparseRow *row, const float *weights, gint64 first, gint64 end, gint64 n);

/**
 * fovea_sparse_row_get_sums:
 *
 * Mass of the c heaviest keys, c = 0 .. n - first.
 *
 * Thread: any.   Owner: the row.
 */
const double *fovea_sparse_row_get_sums (const FoveaSparseRow *row);

/**
 * fovea_sparse_row_get_mass:
 *
 * Sum of weights over ranges.
 *
 * Thread: any.
 */
double fovea_sparse_row_get_mass (const FoveaSparseRow *row, const FoveaKeyRange *ranges, gsize n);

/* What a set of keys of a row holds. */
typedef struct {
    gint64 n_keys;
    double mass, value_mass; /* value_mass: sum of weight times length of the value */
} FoveaRowShare;

/**
 * fovea_sparse_row_get_share:
 * @out: (out caller-allocates) (nullable): (D) sum of weight times value over ranges
 *
 * Without @out there is no value mass.
 *
 * Thread: one at a time.
 */
FoveaRowShare
fovea_sparse_row_get_share (FoveaSparseRow *row, const FoveaKeyRange *ranges, gsize n, double *out);

/**
 * fovea_sparse_rows_get_shares:
 * @rows: (array length=FOVEA_SPARSE_MOST_ROWS): of one head, loaded up to the same key
 * @ranges: keys that the last row sees; an earlier one sees those of them before its end
 * @shares: (out caller-allocates): (rows)
 * @out: (out caller-allocates) (nullable): (rows, D)
 *
 * As fovea_sparse_row_get_share() for each, to rounding: keys are gone through and values read once.
 *
 * Thread: one at a time.
 */
void fovea_sparse_rows_get_shares (FoveaSparseRow *const *rows,
                                   const FoveaKeyRange *ranges,
                                   gsize n,
                                   FoveaRowShare *shares,
                                   double *out);

/**
 * fovea_sparse_row_list_heaviest:
 * @count: how many
 * @ranges: (out caller-allocates): (count)
 *
 * The heaviest keys as ranges, ascending; of equal weights the lower key. Gives how many ranges.
 *
 * Thread: any.
 */
gsize
fovea_sparse_row_list_heaviest (const FoveaSparseRow *row, gint64 count, FoveaKeyRange *ranges);

/**
 * fovea_sparse_row_get_heaviest:
 * @counts: (array length=n): ascending, 0 .. keys of the row
 * @shares: (out caller-allocates): (n)
 * @outputs: (out caller-allocates) (nullable): (n, D) sums of weight times value
 *
 * The same for every number of heaviest keys in one walk over the row, as each such set holds the
 * one before it. Of equal weights the lower key.
 *
 * Thread: one at a time.
 */
void fovea_sparse_row_get_heaviest (
    FoveaSparseRow *row, const gint64 *counts, gsize n, FoveaRowShare *shares, double *outputs);
