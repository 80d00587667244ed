/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to analysis/: a row as sparse-row.c sums it and sparse-heaviest.c sorts it. */
#include "analysis/sparse-row.h"

struct _FoveaSparseRow {
    gint64 T, D;
    gint64 first, n;      /* keys of the row at hand */
    gint64 end;           /* the row may see; those from here to n weigh nothing */
    const float *weights; /* borrowed */
    const float *v;       /* (T, D) or NULL, borrowed */
    double *lengths;      /* (T) of the values, or NULL */
    gboolean owns_lengths;
    double *mass;              /* (T+1) sum of weights before each key */
    double *value_mass;        /* (T+1) */
    double *outputs;           /* (T/GROUP + 1, D) sum of weight * value before each group */
    float *group;              /* (D) */
    guint32 *bits;             /* (T) of the weights, from the first key on */
    guint32 *sorted, *scratch; /* (T) the same, falling */
    double *sums;              /* (T+1) */
    gint32 *levels;            /* (T) */
    gint32 *by_level;          /* (T) keys, those of a level side by side */
    gint32 *listed;            /* (T) keys that no whole group holds */
};

/**
 * fovea_sparse_row_sort:
 *
 * The weights at hand in falling order, and their running sums.
 *
 * Thread: one at a time.
 */
void fovea_sparse_row_sort (FoveaSparseRow *row);

/**
 * fovea_sparse_row_add_listed:
 * @keys: (array length=n): ascending
 * @out: (inout): (D) sum of weight times value
 *
 * Thread: any.
 */
void
fovea_sparse_row_add_listed (const FoveaSparseRow *row, const gint32 *keys, gint64 n, double *out);
