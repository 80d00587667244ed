/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Calls of attention that the suites of it share: inputs of a shape under a rule, everything that one
 * call can give, and how near two such answers must be. */
#include "kernels/device.h"

enum {
    ATTEND_N_STATISTICS = 6
};

typedef struct {
    int64_t rows, first_query, heads, kv_heads, width;
} AttendShape;

/* Each rule alone, then all that go together. */
enum {
    ATTEND_CAUSAL,
    ATTEND_BIDIRECTIONAL,
    ATTEND_WINDOW,
    ATTEND_TWO_SIDED_WINDOW,
    ATTEND_SOFT_CAP,
    ATTEND_ALIBI,
    ATTEND_SINK,
    ATTEND_SEGMENTS,
    ATTEND_DISTANCE,
    ATTEND_BOX,
    ATTEND_EVERYTHING,
    ATTEND_N_RULES
};

/* Inputs of one shape and rule, seeded and spiked. */
typedef struct {
    FoveaAttendArgs args;
    float *q, *k, *v;
} AttendInputs;

/* All that one call gives. */
typedef struct {
    float *z, *statistics[ATTEND_N_STATISTICS], *block_mass, *block_max, *scores, *pattern;
    int32_t *max_key;
    double *column_mass;
    int64_t n_z, n_rows, n_columns, n_blocks, n_dense;
} AttendOutputs;

/* Largest errors allowed, relative to 1 + the value. */
typedef struct {
    double z_nmse, z, statistics[ATTEND_N_STATISTICS], column, block_mass, block_max, scores,
        pattern;
} AttendBounds;

extern const AttendBounds attend_f32_bounds, attend_reduced_bounds;

/* Which outputs a call asks for besides z. */
enum {
    ATTEND_ALL,
    ATTEND_NO_DENSE,
    ATTEND_SOME, /* one of things that kernels like to give together */
    ATTEND_NOTHING,
    ATTEND_N_WISHES
};

/**
 * attend_new_inputs:
 * @kind: one of the rules above; heads at most 6, keys at most 1,000 where it has arrays by them
 *
 * Outputs are not attached yet. The rule's arrays are shared by all inputs.
 *
 * Owner: caller, attend_free_inputs().
 */
AttendInputs attend_new_inputs (const AttendShape *shape, int kind);

/**
 * attend_free_inputs:
 */
void attend_free_inputs (AttendInputs *in);

/**
 * attend_round_inputs:
 *
 * In place, as they enter the attention of a device (fovea_device_attend_dtype()).
 */
void attend_round_inputs (AttendInputs *in, FoveaDtype dtype);

/**
 * attend_new_outputs:
 *
 * Room for what a call of @a's shape gives: zeroed sums, NaN where every element must be written.
 * Rows of columns and blocks are two longer than needed, so that a write behind them shows.
 *
 * Owner: caller, attend_free_outputs().
 */
AttendOutputs attend_new_outputs (const FoveaAttendArgs *a);

/**
 * attend_free_outputs:
 */
void attend_free_outputs (AttendOutputs *o);

/**
 * attend_attach:
 *
 * The next call with @a fills all of @o.
 */
void attend_attach (FoveaAttendArgs *a, const AttendOutputs *o);

/**
 * attend_wish:
 *
 * Takes away what is attached but not wished for.
 */
void attend_wish (FoveaAttendArgs *a, int wishes);

/**
 * attend_compare_summaries:
 * @what: names the case where it fails
 *
 * All but the dense rows.
 */
void attend_compare_summaries (const char *what,
                               const FoveaAttendArgs *a,
                               const AttendOutputs *got,
                               const AttendOutputs *want,
                               const AttendBounds *allowed);

/**
 * attend_compare_dense:
 *
 * Scores and pattern.
 */
void attend_compare_dense (const char *what,
                           const AttendOutputs *got,
                           const AttendOutputs *want,
                           const AttendBounds *allowed);

/**
 * attend_check_bits:
 * @first: what the device gave for @args before
 *
 * A repeat must give the same bits, whatever else is asked for.
 */
void attend_check_bits (const char *what,
                        FoveaDevice *device,
                        FoveaAttendArgs args,
                        const AttendOutputs *first);

/**
 * attend_name_case:
 *
 * Owner: caller, g_free().
 */
char *attend_name_case (int kind, int shape, FoveaDevice *device);
