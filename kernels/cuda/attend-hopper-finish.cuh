/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Results of a consumer's 64 rows once all keys went by: the rows' own, and their share of blocks. While
 * keys go by, a block's sum is relative to a reference that may still rise, so that only its logarithm
 * is kept, 8 bytes a row and block; with the row's log-sum-exp known, weights of the true softmax
 * are one subtraction and one exponential away.
 * Cost: half a kilobyte a block, read once; 5 % of the time at D = 128 where consumers read it
 * themselves, because nothing else of theirs runs beside the waits. */
#include <math_constants.h>

#include "kernels/cuda/attend-hopper-item.cuh"
#include "kernels/cuda/attend-hopper-softmax.cuh"

/* Row results: z, lse and statistics. @first: unscaled weights of key 0, in lanes of column 0.
 * Leaves log2 of the rows' sums in shared memory for the blocks. */
template <class X, int FEATURES>
static __device__ inline void
finish_rows (const HopperShape &s,
             const Item &item,
             int consumer,
             const BlockPlace &p,
             float (&o)[X::WIDTH / 2],
             RowState *r,
             const float (&first)[2],
             float *shared_lse)
{
    const FoveaHopperAttend &a = s.args;
#pragma unroll
    for (int i = 0; i < 2; i++) {
        float sum = quad_total (r->sum[i]), top = -r->shift[i];
        float log_sum = top + log2f (sum);
        if (a.sink_logits != NULL) {
            float sink = a.sink_logits[item.head] * 1.4426950408889634f;
            float most = fmaxf (sink, log_sum);
            log_sum = most + log2f (exp2f (sink - most) + exp2f (log_sum - most));
        }
        float inverse = a.sink_logits != NULL ? exp2f (top - log_sum) : 1 / sum;
        int lane_row = 16 * ((int) threadIdx.x % 128 / 32) + (int) threadIdx.x % 32 / 4 + 8 * i;
        int row = item.row0 + consumer * HOPPER_ROWS + lane_row;
        bool valid = row >= 0 && row < a.rows;
        if (FEATURES & WITH_BLOCKS)
            shared_lse[lane_row] = valid ? log_sum : CUDART_INF_F;
        /* Every lane takes part in the exchanges, also for rows that are not there. */
        float plogp = 0, distance = 0, local = 0, largest = 0;
        if (FEATURES & WITH_ROWS) {
            plogp = quad_total (r->plogp[i]);
            distance = quad_total (r->distance[i]);
            local = quad_total (r->local[i]);
            largest = fmaxf (r->top[i], __shfl_xor_sync (~0u, r->top[i], 1));
            largest = fmaxf (largest, __shfl_xor_sync (~0u, largest, 2));
        }
        if (!valid)
            continue;
        int64_t at = (int64_t) row * a.heads + item.head;
        /* For one reading elsewhere: it need not push keys and values out of the cache. */
        float *z = a.z + at * X::WIDTH + p.column;
#pragma unroll
        for (int j = 0; j < X::WIDTH / 8; j++)
            __stcs ((float2 *) (z + 8 * j),
                    make_float2 (o[4 * j + 2 * i] * inverse, o[4 * j + 2 * i + 1] * inverse));
        if (p.column != 0)
            continue;
        if (a.lse != NULL)
            a.lse[at] = log_sum * 0.6931471805599453f;
        if (!(FEATURES & WITH_ROWS))
            continue;
        a.entropy[at] = 0.6931471805599453f * ((log_sum - top) * (sum * inverse) - plogp * inverse);
        a.max_weight[at] = exp2f (fmaf (largest, p.c, r->shift[i])) * inverse;
        a.mean_distance[at] = distance * inverse;
        a.first_mass[at] = first[i] * inverse;
        a.local_mass[at] = local * inverse;
    }
}

/* Of N values of each lane, N a power of two, the sum over all lanes of the value lane / (32 / N). */
template <int N>
static __device__ inline float
join_groups (float (&x)[N])
{
#pragma unroll
    for (int n = N / 2, width = 16; width > 0; n /= 2, width /= 2) {
        bool upper = threadIdx.x & width;
        if (n == 0) {
            x[0] += __shfl_xor_sync (~0u, x[0], width);
            continue;
        }
#pragma unroll
        for (int i = 0; i < n; i++) {
            float mine = upper ? x[i + n] : x[i], theirs = upper ? x[i] : x[i + n];
            x[i] = mine + __shfl_xor_sync (~0u, theirs, width);
        }
    }
    return x[0];
}

/* What a consumer's tiles leave of their blocks: where spare warps end them, two items' worth, the
 * second written while the first is ended. */
template <class X>
static __device__ inline float2 *
consumer_scratch (const HopperShape &s, int consumer)
{
    int64_t nth = (int64_t) blockIdx.x * X::CONSUMERS + consumer;
    return s.blocks + nth * (X::FINISHERS ? 2 : 1) * s.block_count * HOPPER_ROWS;
}

/* Block sums of a consumer's 64 rows from what its tiles left: mass = sum of 2^(y - lse). @warp of
 * @N_WARPS takes AT_ONCE blocks at a time, lane l of it the rows 2l and 2l+1. */
template <class X, int AT_ONCE, int N_WARPS>
static __device__ inline void
finish_blocks (const HopperShape &s,
               const Item &item,
               int consumer,
               const float2 *scratch,
               const float *shared_lse,
               int warp)
{
    enum {
        LANES = 32 / AT_ONCE /* that share a block when its sums are joined */
    };
    const FoveaHopperAttend &a = s.args;
    int lane = (int) threadIdx.x % 32;
    int row_block = (item.row0 + s.lead) / HOPPER_BLOCK + consumer;
    int n_row_blocks = (s.lead + (int) a.rows + HOPPER_BLOCK - 1) / HOPPER_BLOCK;
    int query0 = item.row0 + consumer * HOPPER_ROWS + (int) a.first_query;
    int n_blocks = blocks_seen<X> (s, item, query0);
    int n_kept = min (n_blocks, (int) ((a.n_keys + HOPPER_BLOCK - 1) / HOPPER_BLOCK));
    float2 lse = *(const float2 *) (shared_lse + 2 * lane);
    /* The last tile of rows may hold fewer blocks than consumers. */
    if (row_block >= n_row_blocks)
        return;
    int64_t base = ((int64_t) item.head * n_row_blocks + row_block) * a.block_stride;
    const float4 *from = (const float4 *) scratch + lane;
#pragma unroll 1
    for (int first = AT_ONCE * warp; first < n_kept; first += N_WARPS * AT_ONCE) {
        float4 two[AT_ONCE];
        float mass[AT_ONCE], largest = 0;
#pragma unroll
        for (int i = 0; i < AT_ONCE; i++)
            two[i] = __ldcg (from + min (first + i, n_blocks - 1) * (HOPPER_ROWS / 2));
        int at = first + lane / LANES;
        /* Read before the exchanges, added behind them: chunks of a row block add up. */
        bool writer = lane % LANES == 0 && at < n_kept;
        float old_mass = writer ? a.block_mass[base + at] : 0;
        float old_top = writer ? a.block_max[base + at] : 0;
#pragma unroll
        for (int i = 0; i < AT_ONCE; i++) {
            mass[i] = exp2_fast (two[i].y - lse.x) + exp2_fast (two[i].w - lse.y);
            /* Masked cells left a power of two so low that it is 0 here, whatever the row's sum. */
            float top = fmaxf (exp2_fast (two[i].x - lse.x), exp2_fast (two[i].z - lse.y));
            /* Floats that are not negative are in order as whole numbers; a NaN would be the largest. */
            top = fmaxf (top, 0);
            top = __uint_as_float (__reduce_max_sync (~0u, __float_as_uint (top)));
            largest = lane / LANES == i ? top : largest;
        }
        float sum = join_groups<AT_ONCE> (mass);
        if (writer) {
            a.block_mass[base + at] = old_mass + sum;
            a.block_max[base + at] = fmaxf (old_top, largest);
        }
    }
}

/* A consumer's blocks, ended by itself: its rows left the scratch to each other, so that all four warps
 * meet before it is read and before the next item writes there. */
template <class X>
static __device__ inline void
end_own_blocks (const HopperShape &s, const Item &item, int consumer, Control *c)
{
    __threadfence_block ();
    named_sync (4 + consumer, 128);
    finish_blocks<X, 8, 4> (s, item, consumer, consumer_scratch<X> (s, consumer), c->lse[consumer],
                            (int) threadIdx.x % 128 / 32);
    named_sync (4 + consumer, 128);
}

/* Tells the warp that ends a consumer's blocks that item @ticket is ready, or that there is no more.
 * Every thread arrives for what it wrote itself, log-sum-exps and scratch: once an item, it costs
 * nothing, and the order needs no thread to speak for another. */
static __device__ inline void
hand_blocks_over (int ticket, int consumer, Control *c)
{
    if (threadIdx.x % 128 == 0)
        *(volatile int *) &c->done_ticket[consumer] = ticket;
    barrier_arrive (&c->rows_done[consumer]);
}

/* Spare warp @consumer of the producer's ends that consumer's blocks, an item behind it: what it waits
 * for from memory costs the consumer nothing. */
template <class X>
static __device__ inline void
end_blocks (const HopperShape &s, int consumer, Control *c)
{
    const float2 *scratch = consumer_scratch<X> (s, consumer);
    for (uint32_t turn = 0;; turn ^= 1) {
        barrier_wait (&c->rows_done[consumer], turn);
        int ticket = *(volatile int *) &c->done_ticket[consumer];
        if (ticket >= s.tickets.n_items)
            return;
        Item item = decode_ticket (s, ticket, X::TILE_ROWS);
        finish_blocks<X, 4, 1> (s, item, consumer, scratch + turn * s.block_count * HOPPER_ROWS,
                                c->lse[consumer], 0);
        barrier_arrive (&c->blocks_done[consumer]);
    }
}
