/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The softmax of one warpgroup's 64 rows, one or two blocks of 64 keys at a time, and what capture
 * sums on the way. Scores stay in registers as the product left them: of lane l in warp w, registers 4i
 * and 4i+1 are row 16w + l/4, columns 8i + 2(l%4) and the next; 4i+2 and 4i+3 the row 8 below. A quad
 * of lanes shares two rows. Sums are kept per lane, relative to a reference score in units of log2, and joined
 * over the quad at the end. The reference is a score of the row that the largest one so far exceeds
 * by less than HOPPER_SLACK: it rises seldom, where the largest rises in every other tile of a long
 * row. Keys are walked downwards. */
#include "kernels/cuda/hopper-tiles.cuh"

enum {
    HOPPER_BLOCK = 64,
    HOPPER_LOCAL = 16, /* FOVEA_LOCAL_WINDOW */
    HOPPER_SLACK = 8,  /* log2 of how far weights may exceed 1 before everything is rescaled */
    HOPPER_GROUP_KEYS =
        32 /* keys among which a lane has eight, to say where its largest score was */
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
    float shift[2]; /* - c times the reference */
    float sum[2];   /* of 2^(c s + shift) over the lane's columns */
    float plogp[2]; /* of the same times c s + shift */
    float distance[2], local[2];
    float top[2]; /* the lane's largest score so far, unscaled */
    int place[2]; /* where it was: key / HOPPER_GROUP_KEYS, the lowest of equals */
} RowState;

/* Where the block at hand lies. */
typedef struct {
    int query0; /* position of the warpgroup's first row */
    int query;  /* of the lane's */
    int key0;   /* first key of the block */
    int column; /* 2 (l % 4) */
    int n_keys;
    bool causal;
    float c; /* scale * log2 e */
} BlockPlace;

/* No key yet: the reference is as low as a forbidden score, so that the first allowed one raises it. */
static __device__ inline void
rows_begin (const BlockPlace &p, RowState *r)
{
#pragma unroll
    for (int i = 0; i < 2; i++) {
        r->top[i] = FOVEA_MASKED;
        r->shift[i] = -FOVEA_MASKED * p.c;
        r->sum[i] = r->plogp[i] = r->distance[i] = r->local[i] = 0;
        r->place[i] = 0;
    }
}

/* Column of register @i, less the lane's own. */
static __device__ constexpr int
column_of (int i)
{
    return 8 * (i / 4) + i % 2;
}

/* Forbids keys behind the rows, or behind the last. By index: what a copy leaves of keys that are not
 * there is zeros, which score like others. */
template <int B>
static __device__ inline void
mask_blocks (float (&s)[B][32], const BlockPlace &p)
{
    int open = p.causal ? min (p.query0 + 1, p.n_keys) : p.n_keys;
    if (p.key0 + B * HOPPER_BLOCK <= open)
        return;
    int last[2]; /* allowed column of each row */
#pragma unroll
    for (int row = 0; row < 2; row++) {
        int key = p.causal ? min (p.query + 8 * row, p.n_keys - 1) : p.n_keys - 1;
        last[row] = key - p.key0 - p.column;
    }
#pragma unroll
    for (int b = 0; b < B; b++)
#pragma unroll
        for (int i = 0; i < 32; i++)
            s[b][i] = HOPPER_BLOCK * b + column_of (i) > last[i / 2 % 2] ? FOVEA_MASKED : s[b][i];
}

/* Largest over the four lanes that share a row. */
static __device__ inline float
quad_most (float x)
{
    x = fmaxf (x, __shfl_xor_sync (~0u, x, 1));
    return fmaxf (x, __shfl_xor_sync (~0u, x, 2));
}

/* Of four values of a lane, [block][row], what @join makes of the pair (row lane>>1&1, block lane&1)
 * over the quad. Three shuffles instead of eight: each exchange halves what a lane still looks after. */
template <bool SUM>
static __device__ inline float
join_quad (const float (&x)[2][2])
{
    bool low = threadIdx.x & 2, odd = threadIdx.x & 1;
    float keep[2];
#pragma unroll
    for (int b = 0; b < 2; b++) {
        float mine = low ? x[b][1] : x[b][0], theirs = low ? x[b][0] : x[b][1];
        theirs = __shfl_xor_sync (~0u, theirs, 2);
        keep[b] = SUM ? mine + theirs : fmaxf (mine, theirs);
    }
    float mine = odd ? keep[1] : keep[0], theirs = odd ? keep[0] : keep[1];
    theirs = __shfl_xor_sync (~0u, theirs, 1);
    return SUM ? mine + theirs : fmaxf (mine, theirs);
}

/* The same of two values, [row], for the row lane&1: two shuffles. */
template <bool SUM>
static __device__ inline float
join_quad (const float (&x)[1][2])
{
    bool odd = threadIdx.x & 1;
    float theirs = __shfl_xor_sync (~0u, odd ? x[0][0] : x[0][1], 1),
          mine = odd ? x[0][1] : x[0][0];
    mine = SUM ? mine + theirs : fmaxf (mine, theirs);
    theirs = __shfl_xor_sync (~0u, mine, 2);
    return SUM ? mine + theirs : fmaxf (mine, theirs);
}

/* Which of a lane's two rows it looks after when @B blocks are joined. */
template <int B>
static __device__ inline bool
keeps_second_row (void)
{
    return threadIdx.x & (B == 2 ? 2 : 1);
}

/* Remembers the group of eight keys that holds the lane's largest score. Which of the eight it was is
 * found out once, at the end of the row: a search here costs a warpgroup a fifth of a tile whenever
 * one of its 64 rows rises, which is nearly always in a short row. Without a branch or a vote this
 * runs beside the exponentials. Keys fall: an equal score in a later block has the lower key. */
static __device__ inline void
note_place (float low, float high, int row, int key0, RowState *r)
{
    float top = fmaxf (low, high);
    int place = key0 / HOPPER_GROUP_KEYS + (low >= high ? 0 : 1);
    r->place[row] = top >= r->top[row] ? place : r->place[row];
    r->top[row] = fmaxf (top, r->top[row]);
}

/* What blocks add to a lane's rows, when nothing waits for it any more. */
template <int B> struct BlockSums {
    float weight[B][2], plogp[2], distance[2];
    float top; /* the largest score of the row and block that the lane looks after */
};

/* Sum of a row's weights over both blocks. */
template <int B>
static __device__ inline float
weight_of (const BlockSums<B> &sums, int row)
{
    return B == 2 ? sums.weight[0][row] + sums.weight[B - 1][row] : sums.weight[0][row];
}

/* Largest scores of the rows, over the quad, in @row_top. */
template <int FEATURES, int B>
static __device__ inline void
find_tops (const float (&s)[B][32],
           const BlockPlace &p,
           RowState *r,
           BlockSums<B> *sums,
           float (&row_top)[2])
{
    float top[B][2];
#pragma unroll
    for (int b = B - 1; b >= 0; b--)
#pragma unroll
        for (int row = 0; row < 2; row++) {
            float half[2];
#pragma unroll
            for (int g = 0; g < 2; g++) {
                const float *x = s[b] + 16 * g + 2 * row;
                half[g] = fmaxf (fmaxf (fmaxf (x[0], x[1]), fmaxf (x[4], x[5])),
                                 fmaxf (fmaxf (x[8], x[9]), fmaxf (x[12], x[13])));
            }
            top[b][row] = fmaxf (half[0], half[1]);
            if (FEATURES & WITH_ROWS)
                note_place (half[0], half[1], row, p.key0 + HOPPER_BLOCK * b, r);
        }
    if constexpr (B == 2) {
        sums->top = join_quad<false> (top);
        float mine = fmaxf (sums->top, __shfl_xor_sync (~0u, sums->top, 1));
        float other = __shfl_xor_sync (~0u, mine, 2);
        row_top[0] = keeps_second_row<B> () ? other : mine;
        row_top[1] = keeps_second_row<B> () ? mine : other;
    } else {
        /* One exchange more, but one less behind the other: everything waits for these. */
        row_top[0] = quad_most (top[0][0]);
        row_top[1] = quad_most (top[0][1]);
        sums->top = keeps_second_row<B> () ? row_top[1] : row_top[0];
    }
}

/* Whether the largest score of a row left the slack of its reference. */
static __device__ inline bool
leaves_slack (float row_top, int row, const BlockPlace &p, const RowState &r)
{
    return fmaf (row_top, p.c, r.shift[row]) > HOPPER_SLACK;
}

/* Whether that is so for any row of the warp: the same for all its lanes. */
static __device__ inline bool
any_leaves_slack (const float (&row_top)[2], const BlockPlace &p, const RowState &r)
{
    return __any_sync (~0u,
                       leaves_slack (row_top[0], 0, p, r) || leaves_slack (row_top[1], 1, p, r));
}

/* New references of such rows, and in @factor what everything summed so far is multiplied with.
 * Each row goes by itself, so that its bits do not depend on its neighbours. */
template <int FEATURES>
static __device__ inline void
raise_references (const float (&row_top)[2], const BlockPlace &p, RowState *r, float (&factor)[2])
{
#pragma unroll
    for (int row = 0; row < 2; row++) {
        float shift = leaves_slack (row_top[row], row, p, *r) ? -row_top[row] * p.c : r->shift[row];
        float fall = shift - r->shift[row], a = exp2_fast (fall);
        if (FEATURES & WITH_ROWS) {
            r->plogp[row] = a * fmaf (r->sum[row], fall, r->plogp[row]);
            r->distance[row] *= a;
            r->local[row] *= a;
        }
        r->sum[row] *= a;
        r->shift[row] = shift;
        factor[row] = a;
    }
}

/* Distance and local mass of a weight at the diagonal, @d keys before its query. */
static __device__ inline void
add_near (float w, float d, int row, RowState *r, float *distance)
{
    *distance = fmaf (w, fabsf (d), *distance);
    if (d >= 0 && d < HOPPER_LOCAL)
        r->local[row] += w;
}

/* How blocks lie to their rows. One-sided ones hold nothing that counts behind the rows, or nothing
 * before them: their distances have one sign, and come from the sum of weights and that of weights
 * times columns, exact small whole numbers. Under a causal rule near ones are one-sided, too. */
enum {
    BLOCKS_FAR,       /* one-sided, no local mass */
    BLOCKS_ONE_SIDED, /* local mass as well */
    BLOCKS_ANYWHERE
};

/* Scores become weights relative to the reference. */
template <int FEATURES, int LIE, int B>
static __device__ inline void
weigh_blocks (float (&s)[B][32], const BlockPlace &p, RowState *r, BlockSums<B> *sums)
{
    int local = p.query - p.key0 - p.column;
    float base = (float) local, offset[2] = {0, 0};
#pragma unroll
    for (int row = 0; row < 2; row++)
        sums->plogp[row] = sums->distance[row] = 0;
#pragma unroll
    for (int b = 0; b < B; b++) {
        sums->weight[b][0] = sums->weight[b][1] = 0;
#pragma unroll
        for (int i = 0; i < 32; i++) {
            int row = i / 2 % 2, column = HOPPER_BLOCK * b + column_of (i);
            float z = fmaf (s[b][i], p.c, r->shift[row]), w = exp2_fast (z);
            s[b][i] = w;
            sums->weight[b][row] += w;
            if (!(FEATURES & WITH_ROWS))
                continue;
            sums->plogp[row] = fmaf (w, z, sums->plogp[row]);
            if (LIE == BLOCKS_ANYWHERE)
                add_near (w, base + (float) (8 * row - column), row, r, &sums->distance[row]);
            else
                offset[row] = fmaf (w, (float) column, offset[row]);
            /* Keys behind the query weigh nothing. */
            if (LIE == BLOCKS_ONE_SIDED && local < HOPPER_LOCAL + column - 8 * row)
                r->local[row] += w;
        }
    }
    if (LIE != BLOCKS_ANYWHERE && (FEATURES & WITH_ROWS)) {
#pragma unroll
        for (int row = 0; row < 2; row++)
            sums->distance[row] =
                fabsf (fmaf (weight_of (*sums, row), base + (float) (8 * row), -offset[row]));
    }
}

/* Adds what blocks gave to what the rows have: apart from their weights, so that it can wait for a product
 * to be under way. */
template <int B>
static __device__ inline void
add_sums (const BlockSums<B> &sums, RowState *r)
{
#pragma unroll
    for (int row = 0; row < 2; row++) {
        r->sum[row] += weight_of (sums, row);
        r->plogp[row] += sums.plogp[row];
        r->distance[row] += sums.distance[row];
    }
}

/* What blocks leave for their mean and largest weight: c times the largest score, and log2 of the sum,
 * of the row and block that the lane looks after. */
template <int B>
static __device__ inline float2
block_result (const BlockSums<B> &sums, const BlockPlace &p, const RowState &r)
{
    float shift = keeps_second_row<B> () ? r.shift[1] : r.shift[0];
    return make_float2 (sums.top * p.c, log2_fast (join_quad<true> (sums.weight)) - shift);
}
