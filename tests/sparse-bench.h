/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Curves of a random trace behind a selection, as the Sparsity view has them. */
#include "ui/sparse-model.h"

enum {
    T = 160,
    LAYERS = 2,
    HEADS = 2,
    SPARSE_BENCH_MEASURED = 4,
};

typedef struct {
    FoveaTraceSource *source;
    FoveaTable *table;
    FoveaSelection *selection;
    FoveaSparseModel *model;
    char *failure;
} SparseBench;

/* The methods that have curves. */
extern const char *const sparse_bench_measured[SPARSE_BENCH_MEASURED];

/**
 * sparse_bench_new:
 *
 * Head 1.0 at its last query, with the curves of all heads.   Owner: caller, sparse_bench_free().
 */
SparseBench *sparse_bench_new (void);

/**
 * sparse_bench_measure:
 * @ids: (array length=n): methods
 *
 * Their curves, swept, of every head of @trace.   Owner: caller.
 */
FoveaTable *sparse_bench_measure (FoveaTrace *trace, const char *const *ids, guint n);

/**
 * sparse_bench_free:
 *
 * Owner: takes @bench.
 */
void sparse_bench_free (SparseBench *bench);

/**
 * sparse_bench_find_method:
 *
 * The place of a method, which must exist, in the list of all.
 */
guint sparse_bench_find_method (const char *id);
