/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Integer arithmetic as in the public implementation. */
#include "analysis/lean-schedule.h"

enum {
    TILE_QUERIES = 64,
    PER_PROCESSOR = 2, /* thread blocks that a processor holds */
    MOST_SPLITS = 32,
};

static gint64
divide_up (gint64 a, gint64 b)
{
    return (a + b - 1) / b;
}

static gint64
count_tiles_of_head (const FoveaLeanProblem *problem, gint64 tile_keys)
{
    gint64 nm = divide_up (problem->n_queries, TILE_QUERIES), tiles = 0;
    if (!problem->causal)
        return nm * divide_up (problem->n_keys, tile_keys);
    for (gint64 a = 0; a < nm; a++)
        tiles += divide_up ((a + 1) * TILE_QUERIES, tile_keys);
    return tiles;
}

static gint64
choose_workers (const FoveaLeanProblem *problem, gint64 total, gint64 nn)
{
    gint64 nm = divide_up (problem->n_queries, TILE_QUERIES);
    gint64 workers = total <= 2 * PER_PROCESSOR * problem->processors
                         ? MIN ((total + 1) / 2, divide_up (MOST_SPLITS * total, nn))
                         : MIN (PER_PROCESSOR * problem->processors,
                                MOST_SPLITS * problem->kv_heads * problem->batch * nm);
    return CLAMP (workers, 1, total);
}

static gint64
count_splits (gint64 total, gint64 workers, gint64 nn, gint64 most)
{
    if (total % workers == 0)
        return 1 + (nn + most - 2) / most;
    return most > 1 ? 1 + (nn + most - 3) / (most - 1) : 1;
}

FoveaLeanSchedule
fovea_lean_schedule_plan (const FoveaLeanProblem *problem)
{
    FoveaLeanSchedule s = {.tile_queries = TILE_QUERIES,
                           .tile_keys = problem->width <= 64    ? 256
                                        : problem->width <= 128 ? 128
                                                                : 64};
    gint64 nn = divide_up (problem->n_keys, s.tile_keys);
    s.tiles_per_head = count_tiles_of_head (problem, s.tile_keys);
    s.total = s.tiles_per_head * problem->batch * problem->kv_heads;
    s.workers = choose_workers (problem, s.total, nn);
    s.most_tiles = divide_up (s.total, s.workers);
    s.n_most = s.total - (s.most_tiles - 1) * s.workers;
    s.splits = count_splits (s.total, s.workers, nn, s.most_tiles);
    s.efficiency = (double) s.total / ((double) s.most_tiles * (double) s.workers);
    return s;
}

void
fovea_lean_schedule_get_run (const FoveaLeanSchedule *schedule,
                             gint64 worker,
                             gint64 *first,
                             gint64 *end)
{
    gint64 less = schedule->most_tiles - 1;
    *first = worker * less + MIN (worker, schedule->n_most);
    *end = *first + less + (worker < schedule->n_most);
}

double
fovea_lean_schedule_get_fixed_efficiency (const FoveaLeanProblem *problem,
                                          gint64 splits,
                                          gint64 occupancy)
{
    gint64 blocks = problem->batch * problem->kv_heads * splits;
    gint64 wave = problem->processors * occupancy;
    return (double) blocks / (double) (divide_up (blocks, wave) * wave);
}
