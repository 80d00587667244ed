/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Which key has a row's largest score. While keys go by, a lane only notes the group of eight that
 * holds its largest score so far (note_place()); here, once a row, the eight scores are made anew
 * and the lowest key of the largest wins. Equal keys give equal bits, because every score is summed in
 * the same order. The quad that has a row looks at its keys, each lane at two.
 * Cost: 4 D products a lane and D / 16 waits for the L2 cache. */
#include <limits.h>

#include "kernels/cuda/attend-hopper-softmax.cuh"
#include "kernels/cuda/attend-hopper.h"

/* Whole numbers in the order of the floats. */
static __device__ inline int
ordered_bits (float x)
{
    int bits = __float_as_int (x);
    return bits ^ (bits >> 31 & 0x7fffffff);
}

/* @sum + the products of two pairs of bf16. */
static __device__ inline float
add_products (float sum, uint32_t a, uint32_t b)
{
    sum = fmaf (__uint_as_float (a << 16), __uint_as_float (b << 16), sum);
    return fmaf (__uint_as_float (a & 0xffff0000u), __uint_as_float (b & 0xffff0000u), sum);
}

/* Unscaled scores of a quad's query with the keys @key0 + 8j and the next, j < 4: of the pair of j = its
 * place in the quad, each lane gets the sums. The quad reads a key side by side, because what lanes read
 * from places of their own takes the cache a clock each: 14,000 a row block, where this takes a few
 * thousand. @q, @k: the lane's first 16 bytes of every 64. */
template <class X>
static __device__ inline void
pair_scores (const uint4 *q, const uint4 *k, int64_t stride, int key0, int last, float (&sum)[2])
{
    enum {
        KEYS = 8,
        LANES = 4
    };
    float part[KEYS];
#pragma unroll
    for (int n = 0; n < KEYS; n++)
        part[n] = 0;
#pragma unroll
    for (int i = 0; i < X::WIDTH / 8; i += LANES) {
        uint4 x = __ldg (q + i), y[KEYS];
#pragma unroll
        for (int n = 0; n < KEYS; n++)
            y[n] = __ldg (k + min (key0 + 8 * (n / 2) + n % 2, last) * stride + i);
#pragma unroll
        for (int n = 0; n < KEYS; n++) {
            part[n] = add_products (part[n], x.x, y[n].x);
            part[n] = add_products (part[n], x.y, y[n].y);
            part[n] = add_products (part[n], x.z, y[n].z);
            part[n] = add_products (part[n], x.w, y[n].w);
        }
    }
    /* Each exchange halves what a lane still looks after. */
    bool low = threadIdx.x & 2, odd = threadIdx.x & 1;
#pragma unroll
    for (int n = 0; n < 4; n++) {
        float mine = low ? part[n + 4] : part[n], theirs = low ? part[n] : part[n + 4];
        part[n] = mine + __shfl_xor_sync (~0u, theirs, 2);
    }
#pragma unroll
    for (int n = 0; n < 2; n++) {
        float mine = odd ? part[n + 2] : part[n], theirs = odd ? part[n] : part[n + 2];
        sum[n] = mine + __shfl_xor_sync (~0u, theirs, 1);
    }
}

/* The best key so far of a row. */
typedef struct {
    int score; /* ordered bits */
    int key;   /* the lowest of equals */
} BestKey;

static __device__ inline void
take_better (BestKey *best, int score, int key)
{
    if (score > best->score || (score == best->score && key < best->key)) {
        best->score = score;
        best->key = key;
    }
}

/* Of the eight keys @key0 + 8j and the next, j < 4, the two that this lane of the quad looks at. Whole
 * warps call it. */
template <class X>
static __device__ inline void
look_at_two (
    const FoveaHopperAttend &a, const uint4 *q, int query, int group, int key0, BestKey *best)
{
    int lane = (int) threadIdx.x % 4, last = (int) a.n_keys - 1, key = key0 + 8 * lane;
    const uint4 *k = (const uint4 *) a.k + group * (X::WIDTH / 8) + lane;
    float sum[2];
    pair_scores<X> (q + lane, k, a.kv_heads * (X::WIDTH / 8), key0, last, sum);
#pragma unroll
    for (int n = 0; n < 2; n++)
        if (key + n <= last && !(a.causal && key + n > query))
            take_better (best, ordered_bits (sum[n]), key + n);
}

/* Writes max_key of the warp's rows; @row0 is the first of its 16. Whole warps call it; a quad of lanes
 * serves the two rows it had all along. */
template <class X>
static __device__ inline void
finish_keys (const FoveaHopperAttend &a, int head, int row0, const RowState &r)
{
    constexpr int D = X::WIDTH;
    int lane = (int) threadIdx.x % 32, quad = lane / 4, group = head / (int) (a.heads / a.kv_heads);
#pragma unroll 1
    for (int i = 0; i < 2; i++) {
        int row = row0 + 8 * i + quad, readable = min (max (row, 0), (int) a.rows - 1);
        const uint4 *q = (const uint4 *) a.q + ((int64_t) readable * a.heads + head) * (D / 8);
        float mine = i == 0 ? r.top[0] : r.top[1];
        int place = i == 0 ? r.place[0] : r.place[1];
        float top = fmaxf (mine, __shfl_xor_sync (~0u, mine, 1));
        top = fmaxf (top, __shfl_xor_sync (~0u, top, 2));
        unsigned held = __ballot_sync (~0u, mine == top) >> (4 * quad) & 15;
        BestKey best = {INT_MIN, INT_MAX};
        /* Once, but for ties between lanes, keys far apart. */
        do {
            int holder = max (__ffs ((int) held) - 1, 0);
            int from = __shfl_sync (~0u, place, quad * 4 + holder);
            look_at_two<X> (a, q, row + (int) a.first_query, group,
                            from * HOPPER_GROUP_KEYS + 2 * holder, &best);
            held &= held - 1;
        } while (__any_sync (~0u, held != 0));
#pragma unroll
        for (int other = 1; other < 4; other *= 2) {
            int score = __shfl_xor_sync (~0u, best.score, other);
            take_better (&best, score, __shfl_xor_sync (~0u, best.key, other));
        }
        if (lane % 4 == 0 && row >= 0 && row < a.rows)
            a.max_key[(int64_t) row * a.heads + head] = best.key;
    }
}
