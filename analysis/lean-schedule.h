/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How LeanAttention shares out the tiles of a decode step: one line of tiles through all heads, cut
 * into equal runs whatever heads they cross, partial results merged afterwards; and what a fixed
 * split per head wastes beside it (methods/prefill.md 21). Exact attention: a schedule and its cost. */
#include <glib.h>

typedef struct {
    gint64 batch, kv_heads, n_queries, n_keys, width;
    gboolean causal;   /* a prefill: later tiles of queries see more keys */
    gint64 processors; /* SMs */
} FoveaLeanProblem;

typedef struct {
    gint64 tile_queries, tile_keys; /* tokens */
    gint64 tiles_per_head, total;
    gint64 workers;    /* thread blocks */
    gint64 most_tiles; /* of one worker */
    gint64 n_most;     /* workers that do so many; the rest do one less */
    gint64 splits;     /* partial results an output may have */
    double efficiency; /* total / (most_tiles workers) */
} FoveaLeanSchedule;

/**
 * fovea_lean_schedule_plan:
 *
 * Thread: any.   Source: Sanovar et al. 2024 (arXiv:2405.10480).
 */
FoveaLeanSchedule fovea_lean_schedule_plan (const FoveaLeanProblem *problem);

/**
 * fovea_lean_schedule_get_run:
 * @worker: 0 .. workers-1
 * @first: (out): tile
 * @end: (out): one past the last
 *
 * Thread: any.
 */
void fovea_lean_schedule_get_run (const FoveaLeanSchedule *schedule,
                                  gint64 worker,
                                  gint64 *first,
                                  gint64 *end);

/**
 * fovea_lean_schedule_get_fixed_efficiency:
 * @splits: of every head
 * @occupancy: thread blocks that a processor holds
 *
 * Of FlashDecoding: the last wave of thread blocks is seldom full.
 *
 * Thread: any.
 */
double fovea_lean_schedule_get_fixed_efficiency (const FoveaLeanProblem *problem,
                                                 gint64 splits,
                                                 gint64 occupancy);
