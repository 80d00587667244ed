/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A strip of rows is at most 4 MiB of scores, or one row. Its rows are shared among the threads, each
 * with room of its own; a row's result does not depend on who made it. */
#include "kernels/top-rows.h"

#include <glib.h>
#include <math.h>

#include "kernels/device-private.h"
#include "kernels/top-mass.h"

enum {
    STRIP_CELLS = 1 << 20,
};

/* Rows under way. */
typedef struct {
    const FoveaTopRowsArgs *args;
    FoveaRectangleArgs tile; /* their scores */
    FoveaTopMass top_mass;
    float *room; /* (threads, 3, n + FOVEA_TOP_PAD) */
} Strip;

/* Up to FOVEA_TOP_MOST numbers of keys that one row has for itself, in any order. */
static void
measure_own (FoveaTopMass top_mass, FoveaTopMassArgs row, const int32_t *own, float *out)
{
    int64_t counts[FOVEA_TOP_MOST];
    int places[FOVEA_TOP_MOST];
    for (int c = 0; c < row.n_counts; c++) {
        int at = c;
        for (; at > 0 && counts[at - 1] > own[c]; at--) {
            counts[at] = counts[at - 1];
            places[at] = places[at - 1];
        }
        counts[at] = own[c];
        places[at] = c;
    }
    row.counts = counts;
    top_mass (&row);
    for (int c = 0; c < row.n_counts; c++)
        out[places[c]] = (float) row.mass[c];
}

/* FoveaLoopBody over the rows of a strip. */
static void
measure_row (void *data, int64_t i, int worker)
{
    const Strip *strip = data;
    const FoveaTopRowsArgs *args = strip->args;
    int64_t n = strip->tile.n_keys, at = (strip->tile.q0 + i - args->q0) * args->n_counts;
    float *room = strip->room + worker * 3 * (n + FOVEA_TOP_PAD);
    double mass[FOVEA_TOP_MOST];
    const float *sinks = args->rule.sink_logits;
    FoveaTopMassArgs row = {.scores = strip->tile.out + i * n,
                            .n = n,
                            .sink = sinks != NULL ? sinks[args->head] : -INFINITY,
                            .counts = args->counts,
                            .n_counts = args->n_counts,
                            .weights = room,
                            .close = room + n + FOVEA_TOP_PAD,
                            .list = room + 2 * (n + FOVEA_TOP_PAD),
                            .mass = mass};
    for (int c = 0; args->counts == NULL && c < args->n_counts; c += FOVEA_TOP_MOST) {
        row.n_counts = MIN (args->n_counts - c, FOVEA_TOP_MOST);
        measure_own (strip->top_mass, row, args->row_counts + at + c, args->mass + at + c);
    }
    if (args->counts == NULL)
        return;
    strip->top_mass (&row);
    for (int c = 0; c < args->n_counts; c++)
        args->mass[at + c] = (float) mass[c];
}

static void
run_strip (FoveaDevice *device, Strip *strip, const FoveaOps *ops)
{
    int64_t n = strip->tile.n_keys, rows = strip->tile.n_queries;
    gsize threads = device->threads != NULL ? (gsize) fovea_threads_count (device->threads) : 1;
    g_autofree float *scores = g_new (float, (gsize) (rows * n));
    g_autofree float *room = g_new (float, threads * 3 * (gsize) (n + FOVEA_TOP_PAD));
    strip->tile.out = scores;
    strip->room = room;
    ops->rectangle (device, &strip->tile);
    if (device->failed)
        return;
    if (device->threads != NULL)
        fovea_threads_loop (device->threads, rows, measure_row, strip);
    for (int64_t i = 0; device->threads == NULL && i < rows; i++)
        measure_row (strip, i, 0);
}

static void
run (FoveaDevice *device, const FoveaTopRowsArgs *args, const FoveaOps *ops, FoveaTopMass top_mass)
{
    int64_t rows = MAX (STRIP_CELLS / MAX (args->n_keys, 1), 1);
    for (int64_t i = 0; i < args->n_queries && !device->failed; i += rows) {
        int64_t n = MIN (rows, args->n_queries - i), q0 = args->q0 + i;
        int64_t k0 = fovea_score_rule_first_key (&args->rule, q0);
        int64_t k1 = fovea_score_rule_end_key (&args->rule, q0 + n - 1, args->n_keys);
        Strip strip = {.args = args,
                       .tile = {.rule = args->rule,
                                .head = args->head,
                                .q0 = q0,
                                .n_queries = n,
                                .k0 = k0,
                                .n_keys = k1 - k0,
                                .width = args->width,
                                .q = args->q + i * args->q_stride,
                                .q_stride = args->q_stride,
                                .k = args->k + k0 * args->k_stride,
                                .k_stride = args->k_stride},
                       .top_mass = top_mass};
        run_strip (device, &strip, ops);
    }
}

void
fovea_top_rows_ref (FoveaDevice *device, const FoveaTopRowsArgs *args)
{
    run (device, args, &fovea_ops_ref, fovea_top_mass_ref);
}

void
fovea_top_rows_cpu (FoveaDevice *device, const FoveaTopRowsArgs *args)
{
    run (device, args, &fovea_ops_cpu, fovea_top_mass_choose ());
}
