/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Scores to e = exp (s - max) and the sums of e, for one vector of queries and the keys of one
 * 64-key block; the vector and the tile version of attention share it. What capture adds reads e
 * and changes nothing that z depends on. About 17 vector operations a score, 24 with capture. */
#include "kernels/cpu-simd.h"

#include "kernels/cpu-kernels.h"

typedef struct {
    V max;
    V sum;           /* of e */
    V large, at;     /* first largest e, and i - j of its key */
    V es, ed;        /* sums of e (s - max) and e |i - j| */
    V distance, one; /* i - j of the key at hand */
} WeighLane;

static const float lane_numbers[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/* Queries from @lane on, keys from the tile's @j-th on. */
INLINE WeighLane
weigh_start (const FoveaScoreTile *t, int64_t j, int lane)
{
    V zero = v_all (0);
    V distance = v_load (lane_numbers) + v_all ((float) (t->q0 + lane - t->k0 - j));
    return (WeighLane){
        v_load (t->max + lane), zero, zero, zero, zero, zero, distance, v_all (1.0f)};
}

/* Turns the scores of the next key at @s into e. */
INLINE V
weigh_key (WeighLane *l, float *s, bool capture)
{
    V lowest = v_all (exp_lowest), x = v_max (lowest, v_load (s) - l->max);
    V e = v_pick_le (x, lowest, v_all (0), v_exp_in_range (x));
    v_store (s, e);
    l->sum = l->sum + e;
    if (capture) {
        l->at = v_pick_le (e, l->large, l->at, l->distance);
        l->large = v_max (l->large, e);
        l->es = v_fma (e, x, l->es);
        l->ed = v_fma (e, v_abs (l->distance), l->ed);
        l->distance = l->distance - l->one;
    }
    return e;
}

INLINE void
weigh_add (float *total, V part)
{
    v_store (total, v_load (total) + part);
}

/* Adds the block's sums to those of the tile. */
INLINE void
weigh_finish (FoveaScoreTile *t, const WeighLane *l, int64_t j, int lane, bool capture)
{
    weigh_add (t->sum + lane, l->sum);
    if (!capture)
        return;
    int64_t block = (t->k0 + j) / FOVEA_BLOCK - t->k0 / FOVEA_BLOCK;
    V before = v_load (t->largest + lane), before_at = v_load (t->largest_at + lane);
    v_store (t->largest_at + lane, v_pick_le (l->large, before, before_at, l->at));
    v_store (t->largest + lane, v_max (before, l->large));
    v_store (t->block_sum + block * t->lanes + lane, l->sum);
    v_store (t->block_max + block * t->lanes + lane, l->large);
    weigh_add (t->sum_es + lane, l->es);
    weigh_add (t->sum_ed + lane, l->ed);
}

/* Zeroes the tile's sums before its first block. */
INLINE void
weigh_clear (FoveaScoreTile *t)
{
    size_t row_bytes = (size_t) t->lanes * sizeof (float);
    memset (t->sum, 0, row_bytes);
    if (t->block_sum == NULL)
        return;
    memset (t->sum_es, 0, row_bytes);
    memset (t->sum_ed, 0, row_bytes);
    memset (t->largest, 0, row_bytes);
    memset (t->largest_at, 0, row_bytes);
}
