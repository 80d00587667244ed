/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a mask costs and what it loses on one head: density, recall and its spread, output error, the
 * gap to an oracle with as many keys. All masks of a head are measured in one sweep over its rows:
 * rectangles of exact weights, never a map. Definitions: methods/prefill.md 2. */
#include "analysis/sparse-method.h"
#include "kernels/threads.h"

enum {
    FOVEA_RECALL_BINS = 20,
    FOVEA_N_COVERAGES = 5,
};

/* Means are over queries. Numbers that values are needed for are NaN without them. */
typedef struct {
    gint64 cells, allowed; /* of the queries that count */
    gint64 n_queries;
    gint64 n_empty; /* queries left without a key: recall 0, output 0 */
    double density, sparsity, block_density;
    double recall, late_recall; /* late: queries of the second half */
    double least_recall;
    double low_recall;                   /* 5th percentile, nearest rank */
    gint64 histogram[FOVEA_RECALL_BINS]; /* of recall, by twentieths; 1 is in the last */
    double value_recall;
    double error;                     /* |O - O~| / |O|, Frobenius */
    double mean_error, largest_error; /* of one query's output */
    double oracle_recall;             /* of each query's heaviest keys, as many as the mask has */
    double oracle_gap; /* what the mask misses of that; never negative but for rounding */
} FoveaSparseMeasures;

/* One thing to measure: a selection, or an oracle by rows. */
typedef struct {
    const FoveaSparseSelection *selection; /* NULL: the oracle */
    FoveaMask *mask;                       /* of it, executed or selected; NULL: the oracle */
    const FoveaSparseMethod *oracle;
    const double *knobs;
} FoveaSparseSubject;

/* Keys needed to reach each share of the mass, as a density: the best that any choice of keys could
 * do. */
typedef struct {
    double shares[FOVEA_N_COVERAGES]; /* 0.5 0.8 0.9 0.95 0.99 */
    double density[FOVEA_N_COVERAGES];
} FoveaSparseCoverage;

/**
 * fovea_sparse_measure:
 * @subjects: (array length=n):
 * @threads: (nullable): shares blocks of rows; the result does not depend on their number
 * @out: (out caller-allocates): (n)
 * @coverage: (out) (optional):
 *
 * Cost: T^2 (2 D + a sort's) once, and for each subject what its ranges cost.
 *
 * Errors: the backend's; G_IO_ERROR_CANCELLED by the head's cancellable.
 * Thread: the head's; blocks.
 */
gboolean fovea_sparse_measure (FoveaSparseHead *head,
                               const FoveaSparseSubject *subjects,
                               gsize n,
                               FoveaThreads *threads,
                               FoveaSparseMeasures *out,
                               FoveaSparseCoverage *coverage,
                               GError **error);

/**
 * fovea_sparse_measure_middle:
 *
 * What fovea_sparse_measure() does once, for the rows in the middle of the text alone and thrown away: for
 * whoever wants to know how long that takes.
 *
 * Errors: as fovea_sparse_measure().   Thread: the head's; blocks.
 * Returns: cells of the map that were read, 0 on error.
 */
double fovea_sparse_measure_middle (FoveaSparseHead *head, GError **error);
