/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The loop of a consumer, a warpgroup with 64 query rows, down the key tiles of an item. Scores become
 * weights in registers and go back as an operand; sums are attend-hopper-softmax.cuh. Wide heads take
 * a tile of 128 keys at once, whose products overlap with those of its neighbours; narrow ones
 * half a tile, and leave the overlap to the other consumers.
 * Invariant: what a row gets does not depend on what capture wants.
 * Budget of 128 x 128 cells on one multiprocessor, in clocks: products 8 D + 8 D, half that for D = 64;
 * exponentials 1024 whatever the width; instructions 650 a warp and 64 rows, two warps of which share a
 * scheduler. Nothing is full: what counts is how long a warp's own chain of instructions takes, and
 * how many warps there are to run in its gaps (NOTES.md). */
#include "kernels/cuda/attend-hopper-item.cuh"
#include "kernels/cuda/attend-hopper-softmax.cuh"

/* Everything a consumer's loop needs to know. */
template <class X> struct Consumer {
    uint32_t q, k, v; /* descriptors' low words */
    Control *c;
    float2 *blocks; /* scratch of the row and block that the lane looks after */
    BlockPlace place;
    Ring keys, values;
    bool leader; /* arrives on empty barriers for its warp */
    bool keeper; /* stores what its row leaves of a block */
};

/* S = Q K^T of @B blocks of the tile in stage @stage, from block @FIRST on. */
template <class X, int FIRST, int B>
static __device__ inline void
multiply_keys (const Consumer<X> &me, int stage, float (&s)[B][32])
{
    uint32_t k = me.k + stage * (X::KV_BYTES >> 4) + (FIRST * HOPPER_BLOCK * X::ROW_BYTES >> 4);
#pragma unroll
    for (int kk = 0; kk < X::WIDTH / 16; kk++) {
        int panel = kk * 16 / X::PANEL, step = kk * 16 % X::PANEL * 2;
        uint32_t qo = (panel * X::TILE_ROWS * X::ROW_BYTES + step) >> 4;
        uint32_t ko = (panel * HOPPER_KEYS * X::ROW_BYTES + step) >> 4;
        product_ss (s, descriptor (X::HIGH, me.q + qo), descriptor (X::HIGH, k + ko), kk > 0);
    }
}

/* O += P V of the same blocks. */
template <class X, int FIRST, int B>
static __device__ inline void
multiply_values (const Consumer<X> &me,
                 int stage,
                 const uint32_t (&p)[B][16],
                 float (&o)[X::WIDTH / 2])
{
    uint32_t v = me.v + stage * (X::KV_BYTES >> 4) + (FIRST * HOPPER_BLOCK * X::ROW_BYTES >> 4);
#pragma unroll
    for (int kk = 0; kk < B * HOPPER_BLOCK / 16; kk++)
        product_rs (o, p[kk / 4] + 4 * (kk % 4),
                    descriptor (X::HIGH, v + ((kk * 16 * X::ROW_BYTES) >> 4)));
}

/* Weights as the other product wants them. Its operand has rows and columns where the scores have them:
 * no lane needs what another holds. */
template <int B>
static __device__ inline void
pack_weights (const float (&s)[B][32], uint32_t (&p)[B][16])
{
#pragma unroll
    for (int b = 0; b < B; b++)
#pragma unroll
        for (int i = 0; i < 16; i++)
            p[b][i] = pack_bf16 (s[b][2 * i], s[b][2 * i + 1]);
}

/* Brings the output to the new references. */
template <class X>
static __device__ inline void
rescale_output (float (&o)[X::WIDTH / 2], const float (&factor)[2])
{
#pragma unroll
    for (int i = 0; i < X::WIDTH / 2; i++)
        o[i] *= factor[i / 2 % 2];
}

/* The weights of the blocks from key @key0 on. Where a reference rises, seldom, the output waits for
 * the product in flight (@BUSY). */
template <class X, int FEATURES, bool NEAR, bool BUSY>
static __device__ inline void
make_weights (Consumer<X> &me,
              int key0,
              float (&s)[X::BLOCKS][32],
              uint32_t (&p)[X::BLOCKS][16],
              float (&o)[X::WIDTH / 2],
              RowState *r,
              BlockSums<X::BLOCKS> *sums)
{
    float row_top[2], factor[2];
    me.place.key0 = key0;
    if (NEAR)
        mask_blocks (s, me.place);
    find_tops<FEATURES> (s, me.place, r, sums, row_top);
    if (any_leaves_slack (row_top, me.place, *r)) {
        if (BUSY) {
            product_wait<0> ();
            pin (o), pin (p);
        }
        raise_references<FEATURES> (row_top, me.place, r, factor);
        rescale_output<X> (o, factor);
    }
    /* Each its own code: comparisons a cell are the price of the few blocks that need them. */
    if (!NEAR)
        weigh_blocks<FEATURES, BLOCKS_FAR> (s, me.place, r, sums);
    else if (!(FEATURES & WITH_ROWS) || me.place.causal)
        weigh_blocks<FEATURES, BLOCKS_ONE_SIDED> (s, me.place, r, sums);
    else
        weigh_blocks<FEATURES, BLOCKS_ANYWHERE> (s, me.place, r, sums);
}

/* Adds what blocks leave behind, beside products: exchanges and a store that nothing waits for. */
template <class X, int FEATURES>
static __device__ inline void
leave_blocks (Consumer<X> &me, const BlockSums<X::BLOCKS> &sums, RowState *r)
{
    add_sums (sums, r);
    if (!(FEATURES & WITH_BLOCKS))
        return;
    float2 result = block_result (sums, me.place, *r);
    store_pair_if (me.blocks, result, me.keeper);
    me.blocks -= X::BLOCKS * HOPPER_ROWS;
}

/* Tile @n of wide heads: its scores beside the values of tile @n + 1, whose sums are in @sums. These are
 * added where the warp would wait for the scores: their exchanges cost nothing there. The values of
 * tile @n + 1 are waited for before their weights are overwritten. */
template <class X, int FEATURES, bool NEAR>
static __device__ inline void
whole_step (Consumer<X> &me,
            int n,
            float (&s)[2][32],
            uint32_t (&p)[2][16],
            float (&o)[X::WIDTH / 2],
            RowState *r,
            BlockSums<2> *sums)
{
    int stage = me.keys.stage;
    barrier_wait (&me.c->k_full[stage], me.keys.phase);
    pin (s), pin (p), pin (o);
    product_fence ();
    multiply_keys<X, 0> (me, stage, s);
    product_commit ();
    /* A group of its own: scores are waited for alone. */
    barrier_wait (&me.c->v_full[me.values.stage], me.values.phase);
    multiply_values<X, 0> (me, me.values.stage, p, o);
    product_commit ();
    leave_blocks<X, FEATURES> (me, *sums, r);
    product_wait<1> ();
    pin (s);
    barrier_arrive_if (&me.c->k_empty[stage], me.leader);
    make_weights<X, FEATURES, NEAR, true> (me, n * HOPPER_KEYS, s, p, o, r, sums);
    product_wait<0> ();
    pin (o), pin (p);
    barrier_arrive_if (&me.c->v_empty[me.values.stage], me.leader);
    pack_weights (s, p);
    ring_next<X::STAGES> (&me.keys);
    ring_next<X::STAGES> (&me.values);
}

/* All tiles of an item of wide heads, from @n down; the near ones end with @far + 1. The first has no
 * values in front of it and the last no scores behind it: both stand outside of the loops, whose
 * products are the same in every turn, as the compiler needs it to leave them under way. */
template <class X, int FEATURES>
static __device__ inline void
walk_wholes (
    Consumer<X> &me, int n, int far, float (&s)[2][32], float (&o)[X::WIDTH / 2], RowState *r)
{
    uint32_t p[2][16];
    BlockSums<2> sums;
    int stage = me.keys.stage;
    barrier_wait (&me.c->k_full[stage], me.keys.phase);
    pin (s);
    product_fence ();
    multiply_keys<X, 0> (me, stage, s);
    product_commit ();
    product_wait<0> ();
    pin (s);
    barrier_arrive_if (&me.c->k_empty[stage], me.leader);
    ring_next<X::STAGES> (&me.keys);
    make_weights<X, FEATURES, true, false> (me, n * HOPPER_KEYS, s, p, o, r, &sums);
    pack_weights (s, p);
    for (n--; n > far && n >= 0; n--)
        whole_step<X, FEATURES, true> (me, n, s, p, o, r, &sums);
    for (; n >= 0; n--)
        whole_step<X, FEATURES, false> (me, n, s, p, o, r, &sums);
    barrier_arrive_if (&me.c->q_empty, me.leader);
    barrier_wait (&me.c->v_full[me.values.stage], me.values.phase);
    pin (p), pin (o);
    product_fence ();
    multiply_values<X, 0> (me, me.values.stage, p, o);
    product_commit ();
    leave_blocks<X, FEATURES> (me, sums, r);
    product_wait<0> ();
    pin (o), pin (p);
    barrier_arrive_if (&me.c->v_empty[me.values.stage], me.leader);
    ring_next<X::STAGES> (&me.values);
}

/* Half @HALF of tile @n of narrow heads: its scores, in @s, become weights; then its values and the
 * scores of the half after it (@MORE: there is one below the tile) are multiplied. @stage: of the
 * tile's keys. */
template <class X, int FEATURES, bool NEAR, int HALF, bool MORE>
static __device__ inline void
half_step (
    Consumer<X> &me, int n, int stage, float (&s)[1][32], float (&o)[X::WIDTH / 2], RowState *r)
{
    uint32_t p[1][16];
    BlockSums<1> sums;
    make_weights<X, FEATURES, NEAR, false> (me, n * HOPPER_KEYS + HALF * HOPPER_BLOCK, s, p, o, r,
                                            &sums);
    if (HALF == 1)
        barrier_wait (&me.c->v_full[me.values.stage], me.values.phase);
    if (HALF == 0 && MORE)
        barrier_wait (&me.c->k_full[me.keys.stage], me.keys.phase);
    pack_weights (s, p);
    pin (s), pin (p), pin (o);
    product_fence ();
    multiply_values<X, HALF> (me, me.values.stage, p, o);
    if (HALF == 1)
        multiply_keys<X, 0> (me, stage, s);
    else if (MORE)
        multiply_keys<X, 1> (me, me.keys.stage, s);
    product_commit ();
    leave_blocks<X, FEATURES> (me, sums, r);
    product_wait<0> ();
    pin (s), pin (o), pin (p);
    /* The half that ends a use of keys or values gives their stage back: keys are read a half ahead. */
    barrier_arrive_if (HALF == 1 ? &me.c->k_empty[stage] : &me.c->v_empty[me.values.stage],
                       me.leader);
}

/* Both halves, the upper first: keys fall throughout, so that of equal scores the later has the lower
 * key. @stage: of the tile's keys, afterwards of those of the next. */
template <class X, int FEATURES, bool NEAR, bool MORE>
static __device__ inline void
halves_step (
    Consumer<X> &me, int n, int *stage, float (&s)[1][32], float (&o)[X::WIDTH / 2], RowState *r)
{
    half_step<X, FEATURES, NEAR, 1, MORE> (me, n, *stage, s, o, r);
    if (!MORE)
        barrier_arrive_if (&me.c->q_empty, me.leader);
    half_step<X, FEATURES, NEAR, 0, MORE> (me, n, *stage, s, o, r);
    *stage = me.keys.stage;
    if (MORE)
        ring_next<X::STAGES> (&me.keys);
    ring_next<X::STAGES> (&me.values);
}

/* Scores of half @HALF of the tile in stage @stage, nothing beside them: an item's first, for which
 * there is nothing to do meanwhile. */
template <class X, int HALF>
static __device__ inline void
first_scores (Consumer<X> &me, int stage, float (&s)[1][32])
{
    pin (s);
    product_fence ();
    multiply_keys<X, HALF> (me, stage, s);
    product_commit ();
    product_wait<0> ();
    pin (s);
}

/* The tile of an item's last keys where its rows see the lower half alone. @stage: as above. */
template <class X, int FEATURES>
static __device__ inline void
lower_step (
    Consumer<X> &me, int n, int *stage, float (&s)[1][32], float (&o)[X::WIDTH / 2], RowState *r)
{
    barrier_arrive_if (&me.c->k_empty[*stage], me.leader);
    barrier_wait (&me.c->v_full[me.values.stage], me.values.phase);
    if (n > 0) {
        half_step<X, FEATURES, true, 0, true> (me, n, *stage, s, o, r);
        *stage = me.keys.stage;
        ring_next<X::STAGES> (&me.keys);
    } else {
        barrier_arrive_if (&me.c->q_empty, me.leader);
        half_step<X, FEATURES, true, 0, false> (me, n, *stage, s, o, r);
    }
    ring_next<X::STAGES> (&me.values);
}

/* All blocks of an item of narrow heads, from @last down. Tile 0 is apart, because no scores follow it: a
 * condition in the loop would make the compiler wait for every product at once. */
template <class X, int FEATURES>
static __device__ inline void
walk_halves (
    Consumer<X> &me, int last, int far, float (&s)[1][32], float (&o)[X::WIDTH / 2], RowState *r)
{
    int stage = me.keys.stage, n = last / 2;
    barrier_wait (&me.c->k_full[stage], me.keys.phase);
    ring_next<X::STAGES> (&me.keys);
    if (last % 2 == 0) {
        first_scores<X, 0> (me, stage, s);
        lower_step<X, FEATURES> (me, n--, &stage, s, o, r);
        if (n < 0)
            return;
    } else
        first_scores<X, 1> (me, stage, s);
    for (; 2 * n + 1 > far && n > 0; n--)
        halves_step<X, FEATURES, true, true> (me, n, &stage, s, o, r);
    for (; n > 0; n--)
        halves_step<X, FEATURES, false, true> (me, n, &stage, s, o, r);
    if (far < 1)
        halves_step<X, FEATURES, true, false> (me, 0, &stage, s, o, r);
    else
        halves_step<X, FEATURES, false, false> (me, 0, &stage, s, o, r);
}

/* Down the keys, the first tile of wide heads or block of narrow ones that is wholly before the rows'
 * diagonal and local window. */
template <class X>
static __device__ inline int
first_far (const HopperShape &s, const Item &item, int query0)
{
    constexpr int STEP = HOPPER_BLOCK * X::BLOCKS;
    int near = query0 - HOPPER_LOCAL + 1;
    int before = near >= STEP ? near / STEP - 1 : -1;
    return min (before, (int) s.args.n_keys / STEP - 1);
}

/* Gives @n tiles back unused. Each is waited for first: an arrival for a stage that is not full yet would
 * count for the use before. */
template <class X>
static __device__ inline void
skip_tiles (Consumer<X> &me, int n)
{
    for (; n > 0; n--) {
        barrier_wait (&me.c->k_full[me.keys.stage], me.keys.phase);
        barrier_wait (&me.c->v_full[me.values.stage], me.values.phase);
        if (me.leader) {
            barrier_arrive (&me.c->k_empty[me.keys.stage]);
            barrier_arrive (&me.c->v_empty[me.values.stage]);
        }
        ring_next<X::STAGES> (&me.keys);
        ring_next<X::STAGES> (&me.values);
    }
}
