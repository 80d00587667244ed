/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Rows of the softmax for kernels that go over the scores once. A row belongs to some lanes side by
 * side, each with columns of its own in every tile. Its sums are relative to a reference, which all
 * its lanes agree on and which rises only when the largest score has left it far behind: most tiles
 * rescale nothing. When the row is finished, one factor makes all of it the true softmax's.
 * Sums go over a lane's columns in order and then over lanes in a fixed tree: same input, same bits. */
#include <cuda_runtime.h>
#include <math_constants.h>
#include <stdint.h>

extern "C" {
#include "kernels/ops.h"
}

#define ROW_LOG2E  1.4426950408889634f
#define ROW_LN2    0.69314718055994531f
#define ROW_RISE   8.0f /* how far a reference may lag behind: weights up to exp (8) */
#define ROW_LOWEST 1e3f /* log2 of a weight: below it, it is 0, and a product with it must be */

/* What a finished row leaves for a second pass: weight = exp2 (score * log2 e - shift) * inverse. */
typedef struct {
    float shift, inverse;
} RowNorm;

/* What a lane knows of a row. Weights are exp2 (log2 e * (score - reference)). */
typedef struct {
    float reference, sum;
    float bits, distance, local, first; /* @bits: of weight times its log2 */
    float largest;                      /* score, and its key or -1 */
    int32_t key;
} RowState;

/* The softmax's sum of a row, sink included, relative to @base. */
typedef struct {
    float base, sum, inverse; /* weights so far, times @inverse, are the softmax's */
} RowTotal;

/* 2^x, two units in the last place; -inf gives 0. */
static __device__ inline float
exp2_quick (float x)
{
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

/* Lanes that share a row are neighbours, LANES of them; each gets the result, in the same order everywhere. */
template <int LANES>
static __device__ inline float
sum_of_lanes (float x)
{
#pragma unroll
    for (int other = 1; other < LANES; other *= 2)
        x += __shfl_xor_sync (~0u, x, other);
    return x;
}

template <int LANES>
static __device__ inline float
max_of_lanes (float x)
{
#pragma unroll
    for (int other = 1; other < LANES; other *= 2)
        x = fmaxf (x, __shfl_xor_sync (~0u, x, other));
    return x;
}

static __device__ inline RowState
new_row ()
{
    return RowState{-CUDART_INF_F, 0, 0, 0, 0, 0, -CUDART_INF_F, -1};
}

/* Raises a row's reference to @top, the largest score of all its lanes, if that has left it behind.
 * Returns what sums so far are multiplied by. */
template <bool ROWS>
static __device__ inline float
raise_reference (float top, RowState *row)
{
    float old = row->reference;
    /* NaN does not raise it: a row with one keeps it in its sums, and nothing else of it changes. */
    if (!(top > old + ROW_RISE))
        return 1;
    row->reference = top;
    if (old == -CUDART_INF_F)
        return 1; /* all sums are 0 */
    float behind = (old - top) * ROW_LOG2E, factor = exp2_quick (behind);
    if (ROWS) {
        /* Each log2 falls by what the reference rises. */
        row->bits = factor * fmaf (row->sum, behind, row->bits);
        row->distance *= factor;
        row->local *= factor;
        row->first *= factor;
    }
    row->sum *= factor;
    return factor;
}

/* Of a row that no key was allowed to yet, 0: -inf less -inf would be NaN. */
static __device__ inline float
shift_of (const RowState &row)
{
    return row.reference == -CUDART_INF_F ? 0 : row.reference * ROW_LOG2E;
}

/* The weight of a score, and what it adds to the row's statistics. @back: query less key. */
template <bool ROWS>
static __device__ inline float
weigh_score (float score, float back, float shift, RowState *row)
{
    float x = fmaf (score, ROW_LOG2E, -shift), weight = exp2_quick (x);
    if (ROWS) {
        /* 0 times -inf would be NaN where a key is forbidden. */
        row->bits = fmaf (weight, fmaxf (x, -ROW_LOWEST), row->bits);
        row->distance = fmaf (weight, fabsf (back), row->distance);
    }
    return weight;
}

/* Joins the largest scores that a row's lanes know; of equal ones the lowest key stays. */
template <int LANES>
static __device__ inline void
join_largest (RowState *row)
{
    for (int other = 1; other < LANES; other *= 2) {
        float largest = __shfl_xor_sync (~0u, row->largest, other);
        int32_t key = __shfl_xor_sync (~0u, row->key, other);
        bool better = key >= 0 && (largest > row->largest ||
                                   (largest == row->largest && (row->key < 0 || key < row->key)));
        row->largest = better ? largest : row->largest;
        row->key = better ? key : row->key;
    }
}

/* @sum: of all lanes. */
static __device__ inline RowTotal
total_of (const FoveaScoreRule &rule, int32_t head, float reference, float sum)
{
    bool none = reference == -CUDART_INF_F;
    if (rule.sink_logits == NULL)
        return RowTotal{none ? 0 : reference, sum, sum == 0 ? 0 : 1 / sum};
    /* A sink larger than every score is the base itself, or the others' exponentials would overflow. */
    float sink = rule.sink_logits[head], base = none ? sink : fmaxf (reference, sink);
    float factor = none ? 1 : expf (reference - base);
    float total = fmaf (sum, factor, expf (sink - base));
    return RowTotal{base, total, factor / total};
}

/* Statistics of a row; all its lanes call it, and one @writes. */
template <int LANES>
static __device__ inline void
write_statistics (const FoveaAttendArgs &args,
                  int64_t to,
                  bool writes,
                  const RowTotal &total,
                  float sum,
                  RowState *row)
{
    float bits = sum_of_lanes<LANES> (row->bits), distance = sum_of_lanes<LANES> (row->distance);
    float local = sum_of_lanes<LANES> (row->local), first = sum_of_lanes<LANES> (row->first);
    join_largest<LANES> (row);
    if (!writes)
        return;
    /* -sum w log w, with log w = log2 of the weight so far, * ln 2, less what the sum lies above. */
    float above = total.base - row->reference + logf (total.sum), mass = sum * total.inverse;
    if (args.entropy != NULL)
        args.entropy[to] = mass == 0 ? 0 : mass * above - ROW_LN2 * bits * total.inverse;
    if (args.mean_distance != NULL)
        args.mean_distance[to] = distance * total.inverse;
    if (args.first_mass != NULL)
        args.first_mass[to] = first * total.inverse;
    if (args.local_mass != NULL)
        args.local_mass[to] = local * total.inverse;
    if (args.max_weight != NULL)
        args.max_weight[to] =
            row->key < 0 ? 0 : expf (row->largest - row->reference) * total.inverse;
    if (args.max_key != NULL)
        args.max_key[to] = row->key;
}

/* Ends row @row of @head, which all its lanes call and one, if it lies @inside the call, writes:
 * statistics, the norm for a second pass and the log-sum-exp. Gives what values are multiplied by. */
template <int LANES, bool ROWS>
static __device__ inline float
finish_row (const FoveaAttendArgs &args,
            int32_t head,
            int32_t row,
            bool inside,
            RowNorm *norms,
            RowState *state)
{
    float sum = sum_of_lanes<LANES> (state->sum);
    RowTotal total = total_of (args.rule, head, state->reference, sum);
    int64_t to = (int64_t) row * args.heads + head;
    bool writes = inside && threadIdx.x % LANES == 0; /* the row's first lane */
    if (ROWS)
        write_statistics<LANES> (args, to, writes, total, sum, state);
    if (writes) {
        norms[to] = RowNorm{shift_of (*state), total.inverse};
        if (args.lse != NULL)
            args.lse[to] = total.base + logf (total.sum);
    }
    return total.inverse;
}

/* Whether a call asks for statistics of rows. */
static inline bool
wants_rows (const FoveaAttendArgs *args)
{
    return args->entropy != NULL || args->max_weight != NULL || args->max_key != NULL ||
           args->mean_distance != NULL || args->first_mass != NULL || args->local_mass != NULL;
}

/* Whether it asks for what only a second pass gives. */
static inline bool
wants_second_pass (const FoveaAttendArgs *args)
{
    return args->column_mass != NULL || args->block_mass != NULL || args->block_max != NULL;
}
