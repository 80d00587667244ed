/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Which key has a row's largest score. While keys go by, a lane only notes the group of eight that
 * holds its largest score so far (note_places()); here, once a row, the eight scores are made anew
 * and the lowest key of the largest wins. Equal keys give equal bits, because every score is summed in
 * the same order. A warp serves its 16 rows, four at a time: 8 keys x 4 parts of the width.
 * Cost: 16 D products a lane, four waits for the L2 cache; a few thousand cycles per row block. */
#include <math_constants.h>

#include "kernels/cuda/attend-hopper-softmax.cuh"
#include "kernels/cuda/attend-hopper.h"

/* What a lane holds of a query and of its key: every fourth 16 bytes. */
template <int D> struct RowAndKey {
    uint4 q[D / 32], k[D / 32];
    int key;
};

/* One of a warp's rows in search of its key. */
typedef struct {
    int head, row; /* of the call */
    int query;     /* position */
} KeyRow;

/* @place and @column name the eight keys: those of a lane's group. */
template <int D>
static __device__ inline void
load_row_and_key (
    const FoveaHopperAttend &a, const KeyRow &at, int place, int column, RowAndKey<D> *x)
{
    int lane = (int) threadIdx.x % 32, nth = lane / 4;
    x->key = place * (HOPPER_KEYS / HOPPER_GROUPS) + column + nth / 2 * 8 + nth % 2;
    int key = min (x->key, (int) a.n_keys - 1), group = at.head / (int) (a.heads / a.kv_heads);
    const uint4 *q = (const uint4 *) a.q + ((int64_t) at.row * a.heads + at.head) * (D / 8);
    const uint4 *k = (const uint4 *) a.k + ((int64_t) key * a.kv_heads + group) * (D / 8);
#pragma unroll
    for (int i = 0; i < D / 32; i++) {
        x->q[i] = __ldg (q + lane % 4 + 4 * i);
        x->k[i] = __ldg (k + lane % 4 + 4 * i);
    }
}

/* @sum + the products of two pairs of bf16. */
static __device__ inline float
add_products (float sum, uint32_t a, uint32_t b)
{
    sum = fmaf (__uint_as_float (a << 16), __uint_as_float (b << 16), sum);
    return fmaf (__uint_as_float (a & 0xffff0000u), __uint_as_float (b & 0xffff0000u), sum);
}

/* Unscaled score of the best of the eight keys, and in @key which it is: the lowest of equals. */
template <int D>
static __device__ inline float
best_of_eight (const FoveaHopperAttend &a, const KeyRow &at, const RowAndKey<D> &x, int *key)
{
    float sum = 0;
#pragma unroll
    for (int i = 0; i < D / 32; i++) {
        sum = add_products (sum, x.q[i].x, x.k[i].x);
        sum = add_products (sum, x.q[i].y, x.k[i].y);
        sum = add_products (sum, x.q[i].z, x.k[i].z);
        sum = add_products (sum, x.q[i].w, x.k[i].w);
    }
    sum = quad_total (sum);
    *key = x.key;
    if (*key >= a.n_keys || (a.causal && *key > at.query))
        sum = -CUDART_INF_F;
#pragma unroll
    for (int other = 4; other < 32; other *= 2) {
        float score = __shfl_xor_sync (~0u, sum, other);
        int its_key = __shfl_xor_sync (~0u, *key, other);
        if (score > sum || (score == sum && its_key < *key)) {
            sum = score;
            *key = its_key;
        }
    }
    return sum;
}

/* Key of one row whose first holder's keys are in @x. @others: the quad's further lanes with the same
 * largest score, a bit each; rare, ties between keys far apart. */
template <int D>
static __device__ inline int
settle_key (const FoveaHopperAttend &a,
            const KeyRow &at,
            const RowAndKey<D> &x,
            unsigned others,
            int place,
            int quad)
{
    int key;
    float best = best_of_eight<D> (a, at, x, &key);
    for (; others != 0; others &= others - 1) {
        int lane = __ffs ((int) others) - 1, its_key;
        RowAndKey<D> y;
        load_row_and_key<D> (a, at, __shfl_sync (~0u, place, quad * 4 + lane), 2 * lane, &y);
        float score = best_of_eight<D> (a, at, y, &its_key);
        if (score > best || (score == best && its_key < key)) {
            best = score;
            key = its_key;
        }
    }
    return key;
}

/* Writes max_key of the warp's rows; @row0 is the first of its 16. Whole warps call it. */
template <int D>
static __device__ inline void
finish_keys (const FoveaHopperAttend &a, int head, int row0, const RowState &r)
{
    enum {
        AT_ONCE = 4 /* rows: their loads wait for the L2 cache together */
    };
#pragma unroll
    for (int i = 0; i < 2; i++) {
        float top = fmaxf (r.top[i], __shfl_xor_sync (~0u, r.top[i], 1));
        top = fmaxf (top, __shfl_xor_sync (~0u, top, 2));
        unsigned holders = __ballot_sync (~0u, r.top[i] == top);
#pragma unroll 1
        for (int first = 0; first < 8; first += AT_ONCE) {
            RowAndKey<D> x[AT_ONCE];
            KeyRow at[AT_ONCE];
#pragma unroll
            for (int j = 0; j < AT_ONCE; j++) {
                int quad = first + j, row = row0 + 8 * i + quad;
                int lane = max (__ffs ((int) (holders >> (4 * quad) & 15)) - 1, 0);
                at[j] =
                    KeyRow{head, min (max (row, 0), (int) a.rows - 1), row + (int) a.first_query};
                load_row_and_key<D> (a, at[j], __shfl_sync (~0u, r.place[i], quad * 4 + lane),
                                     2 * lane, &x[j]);
            }
#pragma unroll
            for (int j = 0; j < AT_ONCE; j++) {
                int quad = first + j, row = row0 + 8 * i + quad;
                unsigned held = holders >> (4 * quad) & 15;
                int key = settle_key<D> (a, at[j], x[j], held & (held - 1), r.place[i], quad);
                if ((int) threadIdx.x % 32 == 4 * quad && row >= 0 && row < a.rows)
                    a.max_key[(int64_t) row * a.heads + head] = key;
            }
        }
    }
}
