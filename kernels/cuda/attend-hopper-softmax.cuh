/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The softmax of one warpgroup's 64 rows, tile by tile, and what capture sums on the way.
 * Scores stay in registers as the product left them: of lane l in warp w, registers 4i and 4i+1 are
 * row 16w + l/4, columns 8i + 2(l%4) and the next; 4i+2 and 4i+3 the row 8 below. A quad of lanes
 * shares two rows. Sums are kept per lane, relative to a reference score in units of log2, and joined
 * over the quad at the end. The reference is a score of the row that the largest one so far exceeds
 * by less than HOPPER_SLACK: it rises seldom, where the largest rises in every other tile of a long
 * row. Keys are walked downwards. */
#include "kernels/cuda/hopper-tiles.cuh"

enum {
    HOPPER_BLOCK = 64,
    HOPPER_LOCAL = 16, /* FOVEA_LOCAL_WINDOW */
    HOPPER_SLACK = 8,  /* log2 of how far weights may exceed 1 before everything is rescaled */
    HOPPER_GROUPS = 4  /* of a lane's columns in a tile, to say where its largest score was */
};

/* What a variant of the kernel computes beside z and lse. */
enum {
    WITH_ROWS = 1,  /* row statistics */
    WITH_BLOCKS = 2 /* block mass and largest weight */
};

/* Marks a forbidden score. A power of two: its product with any scale is exact, so that the
 * difference of two of them is 0 and not a rounding error of 2^60; finite, so that no sum becomes
 * 0 * inf. */
#define FOVEA_MASKED (-1.2676506002282294e30f)

/* The two rows of a lane. */
typedef struct {
    float m[2];     /* reference, unscaled */
    float sum[2];   /* of 2^(c (s - m)) over the lane's columns */
    float plogp[2]; /* of the same times c (s - m) */
    float distance[2], local[2];
    float top[2];     /* the lane's largest score so far, unscaled */
    int place[2];     /* where it was: HOPPER_GROUPS tile + group, the lowest of equals */
    float rescale[2]; /* what the tile at hand multiplies older sums with */
    bool rescaled;    /* whether any row of the warp has a factor other than 1 */
} RowState;

/* Where the tile at hand lies. */
typedef struct {
    int query;  /* position of the lane's first row */
    int key0;   /* first key of the tile */
    int column; /* 2 (l % 4) */
    int n_keys;
    bool causal;
    float c;     /* scale * log2 e */
    float slack; /* HOPPER_SLACK / c */
} TilePlace;

static __device__ inline void
rows_begin (RowState *r)
{
#pragma unroll
    for (int i = 0; i < 2; i++) {
        r->m[i] = r->top[i] = FOVEA_MASKED;
        r->sum[i] = r->plogp[i] = r->distance[i] = r->local[i] = 0;
        r->place[i] = 0;
        r->rescale[i] = 1;
    }
    r->rescaled = false;
}

static __device__ inline void
mask_tile (float (&s)[64], const TilePlace &p)
{
#pragma unroll
    for (int i = 0; i < 64; i++) {
        int key = p.key0 + p.column + 8 * (i / 4) + i % 2, query = p.query + 8 * (i / 2 % 2);
        if (key >= p.n_keys || (p.causal && key > query))
            s[i] = FOVEA_MASKED;
    }
}

/* Of four values of a lane (row, block), the largest over the quad of the pair (lane>>1&1, lane&1).
 * Three shuffles instead of eight: each exchange halves what a lane still looks after. */
static __device__ inline float
quad_max (const float (&x)[2][2])
{
    bool low = threadIdx.x & 2, odd = threadIdx.x & 1;
    float keep[2];
#pragma unroll
    for (int b = 0; b < 2; b++) {
        float mine = low ? x[1][b] : x[0][b], theirs = low ? x[0][b] : x[1][b];
        keep[b] = fmaxf (mine, __shfl_xor_sync (~0u, theirs, 2));
    }
    float mine = odd ? keep[1] : keep[0], theirs = odd ? keep[0] : keep[1];
    return fmaxf (mine, __shfl_xor_sync (~0u, theirs, 1));
}

static __device__ inline float
quad_sum (const float (&x)[2][2])
{
    bool low = threadIdx.x & 2, odd = threadIdx.x & 1;
    float keep[2];
#pragma unroll
    for (int b = 0; b < 2; b++) {
        float mine = low ? x[1][b] : x[0][b], theirs = low ? x[0][b] : x[1][b];
        keep[b] = mine + __shfl_xor_sync (~0u, theirs, 2);
    }
    float mine = odd ? keep[1] : keep[0], theirs = odd ? keep[0] : keep[1];
    return mine + __shfl_xor_sync (~0u, theirs, 1);
}

/* Largest scores of one row in groups of 32 columns. */
typedef struct {
    float of[2][HOPPER_GROUPS];
} GroupTops;

static __device__ inline void
find_group_tops (const float (&s)[64], GroupTops *tops)
{
    constexpr int EIGHTS = 16 / HOPPER_GROUPS; /* of eight columns */
#pragma unroll
    for (int row = 0; row < 2; row++)
#pragma unroll
        for (int g = 0; g < HOPPER_GROUPS; g++) {
            float x = s[4 * EIGHTS * g + 2 * row];
#pragma unroll
            for (int i = EIGHTS * g; i < EIGHTS * (g + 1); i++)
                x = fmaxf (x, fmaxf (s[4 * i + 2 * row], s[4 * i + 2 * row + 1]));
            tops->of[row][g] = x;
        }
}

/* Remembers the group of eight keys that holds the lane's largest score. Which of the eight it was is
 * found out once, at the end of the row: a search here costs a warpgroup a fifth of a tile whenever
 * one of its 64 rows rises, which is nearly always in a short row. Without a branch or a vote this
 * runs beside the exponentials. Keys fall: an equal score in a later tile has the lower key. */
static __device__ inline void
note_places (const GroupTops &tops, const TilePlace &p, RowState *r)
{
#pragma unroll
    for (int row = 0; row < 2; row++) {
        const float *of = tops.of[row];
        float top = fmaxf (fmaxf (of[0], of[1]), fmaxf (of[2], of[3]));
        int group = of[0] == top ? 0 : of[1] == top ? 1 : of[2] == top ? 2 : 3;
        int place = p.key0 / (HOPPER_KEYS / HOPPER_GROUPS) + group;
        r->place[row] = top >= r->top[row] ? place : r->place[row];
        r->top[row] = fmaxf (r->top[row], top);
    }
}

/* References of rows whose largest score left the slack, and factors for everything summed so far.
 * Each row goes by itself, so that its bits do not depend on its neighbours. */
template <int FEATURES>
static __device__ inline void
raise_references (const float (&row_top)[2], const TilePlace &p, RowState *r)
{
#pragma unroll
    for (int row = 0; row < 2; row++) {
        float m = row_top[row] > r->m[row] + p.slack ? row_top[row] : r->m[row];
        float fall = (r->m[row] - m) * p.c, a = exp2_fast (fall);
        if (FEATURES & WITH_ROWS) {
            r->plogp[row] = a * fmaf (r->sum[row], fall, r->plogp[row]);
            r->distance[row] *= a;
            r->local[row] *= a;
        }
        r->sum[row] *= a;
        r->rescale[row] = a;
        r->m[row] = m;
    }
}

/* Largest scores of the tile, and what follows from them. @block_top: c times the largest score of
 * the (row, block) that the lane looks after. */
template <int FEATURES>
static __device__ inline void
raise_rows (const float (&s)[64], const TilePlace &p, RowState *r, float *block_top)
{
    GroupTops tops;
    float top[2][2], row_top[2];
    find_group_tops (s, &tops);
#pragma unroll
    for (int row = 0; row < 2; row++)
#pragma unroll
        for (int b = 0; b < 2; b++)
            top[row][b] = fmaxf (tops.of[row][2 * b], tops.of[row][2 * b + 1]);
    float mine = quad_max (top);
    *block_top = mine * p.c;
    mine = fmaxf (mine, __shfl_xor_sync (~0u, mine, 1));
    float other = __shfl_xor_sync (~0u, mine, 2);
    row_top[0] = threadIdx.x & 2 ? other : mine;
    row_top[1] = threadIdx.x & 2 ? mine : other;
    if (FEATURES & WITH_ROWS)
        note_places (tops, p, r);
    r->rescaled =
        __any_sync (~0u, row_top[0] > r->m[0] + p.slack || row_top[1] > r->m[1] + p.slack);
    if (r->rescaled)
        raise_references<FEATURES> (row_top, p, r);
}

/* Distances of a tile that lies on one side of the lane's rows: base distance times the sum, less
 * what the columns' offsets make of it. Exact small whole numbers, nothing cancels. */
static __device__ inline void
add_distance (const float (&offsets)[2], const float (&sums)[2], const TilePlace &p, RowState *r)
{
#pragma unroll
    for (int row = 0; row < 2; row++) {
        int base = p.query + 8 * row - p.key0 - p.column;
        float sign = base >= 0 ? 1.0f : -1.0f;
        r->distance[row] += sign * fmaf (sums[row], (float) base, -offsets[row]);
    }
}

/* Distances and local mass of a tile at the diagonal, cell by cell. */
static __device__ inline void
add_near (const float (&w)[64], const TilePlace &p, RowState *r)
{
#pragma unroll
    for (int i = 0; i < 64; i++) {
        int row = i / 2 % 2, d = p.query + 8 * row - p.key0 - p.column - 8 * (i / 4) - i % 2;
        r->distance[row] = fmaf (w[i], (float) abs (d), r->distance[row]);
        if (d >= 0 && d < HOPPER_LOCAL)
            r->local[row] += w[i];
    }
}

/* Scores become weights relative to the reference. NEAR tiles may hold the diagonal or the
 * end of the keys. Gives c times the largest, and log2 of the sum, of the lane's (row, block). */
template <int FEATURES, bool NEAR>
static __device__ inline float2
softmax_tile (float (&s)[64], const TilePlace &p, RowState *r)
{
    float block_top, sums[2][2], offsets[2][2], logs[2][2], shift[2];
    if (NEAR)
        mask_tile (s, p);
    raise_rows<FEATURES> (s, p, r, &block_top);
#pragma unroll
    for (int row = 0; row < 2; row++) {
        shift[row] = -r->m[row] * p.c;
#pragma unroll
        for (int b = 0; b < 2; b++)
            sums[row][b] = offsets[row][b] = logs[row][b] = 0;
    }
#pragma unroll
    for (int i = 0; i < 64; i++) {
        int row = i / 2 % 2, b = i / 32;
        float z = fmaf (s[i], p.c, shift[row]), w = exp2_fast (z);
        s[i] = w;
        sums[row][b] += w;
        if (FEATURES & WITH_ROWS)
            logs[row][b] = fmaf (w, z, logs[row][b]);
        if ((FEATURES & WITH_ROWS) && !NEAR)
            offsets[row][b] = fmaf (w, (float) (8 * (i / 4) + i % 2), offsets[row][b]);
    }
    float both[2] = {sums[0][0] + sums[0][1], sums[1][0] + sums[1][1]};
#pragma unroll
    for (int row = 0; row < 2; row++) {
        r->sum[row] += both[row];
        r->plogp[row] += logs[row][0] + logs[row][1];
    }
    const float far[2] = {offsets[0][0] + offsets[0][1], offsets[1][0] + offsets[1][1]};
    if ((FEATURES & WITH_ROWS) && NEAR)
        add_near (s, p, r);
    if ((FEATURES & WITH_ROWS) && !NEAR)
        add_distance (far, both, p, r);
    if (!(FEATURES & WITH_BLOCKS))
        return make_float2 (0, 0);
    float m = threadIdx.x & 2 ? r->m[1] : r->m[0];
    return make_float2 (block_top, fmaf (m, p.c, log2_fast (quad_sum (sums))));
}
