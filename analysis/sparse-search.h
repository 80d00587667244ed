/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Which of MInference's patterns suits a head: each is scaled until its mask is as dense as wanted,
 * and then judged on the head itself (methods/prefill.md 6.4). */
#include "analysis/sparse-method.h"

enum {
    FOVEA_N_SEARCH_PATTERNS = 6,
};

typedef enum {
    FOVEA_SEARCH_RECALL,
    FOVEA_SEARCH_ERROR, /* needs values */
} FoveaSearchMetric;

typedef struct {
    double density;
    FoveaSearchMetric metric;
    gint64 n_rows; /* queries that are looked at, evenly spread, 16 T bytes each; 0 = all */
} FoveaSearchOptions;

/* One pattern at its scaled budget. */
typedef struct {
    const char *pattern; /* as published: "vertical-slash 30:2048" */
    const FoveaSparseMethod *method;
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
    double density;   /* infinity: it cannot apply to the head */
    gboolean matched; /* within 2 % of the wanted density; steps of blocks may leave it below */
    double recall;    /* over the rows that were looked at */
    double error;     /* NaN unless it is what they are judged by */
} FoveaSearchCandidate;

/**
 * fovea_sparse_search:
 * @candidates: (out caller-allocates): (FOVEA_N_SEARCH_PATTERNS) the whole table
 * @best: (out): index of the winner: the best by the metric of those that are no denser than wanted,
 * or if all are denser the sparsest
 *
 * Budgets are published for 131,072 tokens and are scaled to the length at hand before the search.
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED without queries and keys, or for the error without values; the
 * backend's. Thread: the head's; blocks.
 */
gboolean fovea_sparse_search (FoveaSparseHead *head,
                              const FoveaSearchOptions *options,
                              FoveaSearchCandidate *candidates,
                              guint *best,
                              GError **error);
