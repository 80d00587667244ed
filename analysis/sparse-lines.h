/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Whole columns and whole diagonals: the mask that they name, and the larger one that a kernel of
 * tiles computes for them (methods/prefill.md 6.2). */
#include "analysis/sparse-method.h"

typedef struct {
    gint64 columns, distances;               /* v and s: how many of each */
    gint64 forced_columns, forced_distances; /* 0 .. n-1 come first, inside the budget */
    gint64 tile;
} FoveaLineBudget;

/**
 * fovea_sparse_lines_select:
 * @name: under which the head keeps @lines; their order is kept beside them
 * @lines: (2, T): scores of columns, then of distances
 *
 * Chooses by score and fills both masks, the margin and the kernel's cells of @out.
 *
 * Thread: any.   Source: methods/prefill.md 6.2.
 */
void fovea_sparse_lines_select (FoveaSparseHead *head,
                                const char *name,
                                const double *lines,
                                const FoveaLineBudget *budget,
                                FoveaSparseSelection *out);

/**
 * fovea_sparse_lines_count:
 *
 * Cells of the executed mask that fovea_sparse_lines_select() would draw, which a search over budgets
 * asks for without it. The head's rule has no segments.
 *
 * Thread: any.
 */
gint64 fovea_sparse_lines_count (FoveaSparseHead *head,
                                 const char *name,
                                 const double *lines,
                                 const FoveaLineBudget *budget);

/**
 * fovea_sparse_lines_execute:
 * @columns: ascending
 * @distances: ascending
 * @kernel_cells: (out): tiles times their cells, plus @tile for each single column; of a row of tiles
 * no more than all of it
 *
 * The executed mask of given lines.
 *
 * Thread: any.   Owner: caller.
 */
FoveaMask *fovea_sparse_lines_execute (const FoveaSparseHead *head,
                                       gint64 tile,
                                       const gint64 *columns,
                                       gsize n_columns,
                                       const gint64 *distances,
                                       gsize n_distances,
                                       double *kernel_cells);
