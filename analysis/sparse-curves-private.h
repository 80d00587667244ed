/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to analysis/: measurements as sparse-curves.c gathers them, and the tables that
 * sparse-curves-table.c makes of them. */
#include "analysis/sparse-curves.h"
#include "analysis/sparse-measures.h"

typedef struct {
    const FoveaSparseMethod *method;
    int step;          /* of the sweep, -1 = defaults */
    gboolean selected; /* series: what was chosen, not what is computed */
    gsize executed;    /* the point of what is computed for it; itself, if it is that */
} FoveaSparsePoint;

typedef struct {
    gboolean measured;
    const char *reason; /* why not, NULL = not asked for */
    double value;       /* of the swept knob */
    FoveaSparseMeasures measures;
    FoveaMargin margin;
    double flops;
    guint64 hash;
} FoveaSparseResult;

typedef struct {
    const FoveaSparsePoint *points;
    gsize n_points;
    gint64 n_layers, n_heads;
    gint64 n_whole_layers;                     /* the rest were cut short: no means over them */
    const FoveaSparseResult *const *sequences; /* (S) of (L, H, points) */
    guint n_sequences;
    gboolean hashes, histograms;
    guint64 seed;
    gint64 first_tokens; /* 0 = all: no column of them */
} FoveaSparseCurvesData;

/**
 * fovea_sparse_results_pack:
 * @results: (n)
 *
 * Thread: any.   Owner: caller.
 */
GBytes *fovea_sparse_results_pack (const FoveaSparseResult *results, gsize n);

/**
 * fovea_sparse_results_unpack:
 * @results: (n) (out): left alone if it fails
 * @texts: gets the reasons
 *
 * FALSE for bytes that are not of so many.   Thread: one at a time.
 */
gboolean fovea_sparse_results_unpack (GBytes *bytes,
                                      FoveaSparseResult *results,
                                      gsize n,
                                      GStringChunk *texts);

/**
 * fovea_sparse_curves_tabulate:
 *
 * The table "recall" of sparse-curves.h.
 *
 * Thread: any.
 * Owner: caller.
 */
FoveaTable *fovea_sparse_curves_tabulate (const FoveaSparseCurvesData *data);
