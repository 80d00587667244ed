/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* One 64 x 64 tile of scores in f32, shared by every general attention kernel and by rectangles.
 * 256 threads; thread (x = id % 16, y = id / 16) owns rows 4y..4y+3 and columns 4x..4x+3.
 *
 * Invariant: a score is one chain of fused multiply-adds over d in rising order, whatever kernel
 * computes it, so that a rectangle has the bits of the pass that it repeats. */
#include <cuda_runtime.h>
#include <math_constants.h>
#include <stdint.h>

extern "C" {
#include "kernels/ops.h"
}

enum {
    TILE = FOVEA_BLOCK, /* rows and keys: a tile is a block of the pyramid */
    TILE_THREADS = 256,
    TILE_DEPTH = 32, /* elements of D in shared memory at a time */
    TILE_PAD = 4,    /* keeps rows of 64 floats 16-byte aligned and spreads their banks */
    TILE_SIDE = 4    /* rows and columns of a thread */
};

/* Queries or keys of one head: row i at data + i * stride, rows outside [0, n) read as zero. */
typedef struct {
    const float *data;
    int64_t stride;
    int64_t n;
} TileRows;

typedef struct {
    float q[TILE_DEPTH][TILE + TILE_PAD];
    float k[TILE_DEPTH][TILE + TILE_PAD];
} TileInputs;

typedef struct {
    float s[TILE_SIDE][TILE_SIDE];
} TileScores;

/* 32 elements of each of 64 rows, turned so that one element's 64 rows lie side by side. A warp
 * brings eight elements (32 bytes, what memory gives at once) of four rows, so that its stores meet
 * every bank once. */
static __device__ inline void
tile_load (float (*to)[TILE + TILE_PAD], TileRows rows, int64_t first, int64_t d0, int64_t width)
{
    int lane = (int) threadIdx.x % 32, warp = (int) threadIdx.x / 32;
    int r0 = 4 * warp + lane / 8, depth = (int) (width - d0);
#pragma unroll
    for (int half = 0; half < 2; half++) {
        int r = r0 + TILE / 2 * half;
        /* One comparison for both ends: what is negative is huge without a sign. */
        bool inside = (uint64_t) (first + r) < (uint64_t) rows.n;
        const float *from = rows.data + (first + r) * rows.stride + d0;
#pragma unroll
        for (int d = lane % 8; d < TILE_DEPTH; d += 8)
            to[d][r] = inside && d < depth ? from[d] : 0.0f;
    }
}

/* out += q.k over @depth elements of 64 rows and 64 keys in shared memory. */
static __device__ inline void
tile_multiply (const float (*q)[TILE + TILE_PAD],
               const float (*k)[TILE + TILE_PAD],
               int depth,
               TileScores *out)
{
    int x = (int) threadIdx.x % 16, y = (int) threadIdx.x / 16;
#pragma unroll 8
    for (int d = 0; d < depth; d++) {
        float4 a = *(const float4 *) &q[d][TILE_SIDE * y];
        float4 b = *(const float4 *) &k[d][TILE_SIDE * x];
        const float left[TILE_SIDE] = {a.x, a.y, a.z, a.w};
        const float right[TILE_SIDE] = {b.x, b.y, b.z, b.w};
#pragma unroll
        for (int i = 0; i < TILE_SIDE; i++)
#pragma unroll
            for (int j = 0; j < TILE_SIDE; j++)
                out->s[i][j] = fmaf (left[i], right[j], out->s[i][j]);
    }
}

/* q.k of rows [q0, q0+64) and keys [k0, k0+64). All threads of the block call it together. */
static __device__ inline void
tile_dot (
    TileInputs *in, TileRows q, int64_t q0, TileRows k, int64_t k0, int64_t D, TileScores *out)
{
    *out = TileScores{};
    for (int64_t d0 = 0; d0 < D; d0 += TILE_DEPTH) {
        __syncthreads ();
        tile_load (in->q, q, q0, d0, D);
        tile_load (in->k, k, k0, d0, D);
        __syncthreads ();
        tile_multiply (in->q, in->k, D - d0 < TILE_DEPTH ? (int) (D - d0) : (int) TILE_DEPTH, out);
    }
}

static __device__ inline bool
rule_has_box (const FoveaScoreRule &rule)
{
    return rule.query_from > 0 || rule.query_to > 0 || rule.key_from > 0 || rule.key_to > 0;
}

static __device__ inline bool
rule_holds (const FoveaScoreRule &rule, int64_t query, int64_t key)
{
    return query >= rule.query_from && (rule.query_to == 0 || query < rule.query_to) &&
           key >= rule.key_from && (rule.key_to == 0 || key < rule.key_to);
}

static __device__ inline bool
rule_allows (const FoveaScoreRule &rule, int64_t query, int64_t key)
{
    /* Windows reach both ways; under a causal rule only one of them is left. */
    int64_t distance = query > key ? query - key : key - query;
    return (!rule.causal || key <= query) && (rule.window == 0 || distance < rule.window) &&
           (rule.segments == NULL || rule.segments[query] == rule.segments[key]) &&
           rule_holds (rule, query, key);
}

/* Bias of a key @ahead of its query. */
static __device__ inline float
distance_bias_of (const FoveaScoreRule &rule, int64_t head, int64_t ahead)
{
    /* Beyond the reach the last bias holds for all. */
    int64_t at = ahead < -rule.reach ? -rule.reach : ahead > rule.reach ? rule.reach : ahead;
    return rule.distance_bias[head * (2 * rule.reach + 1) + at + rule.reach];
}

/* A score from q.k, @ahead = key less query, were it allowed. Each step rounds by itself wherever the
 * function stands, so that two kernels give a score the same bits; tile_rule() takes the same steps. */
static __device__ inline float
rule_value (const FoveaScoreRule &rule, int64_t head, int64_t ahead, float dot)
{
    float s = __fmul_rn (rule.scale, dot);
    if (rule.alibi_slopes != NULL)
        s = __fmaf_rn (rule.alibi_slopes[head], (float) ahead, s);
    if (rule.distance_bias != NULL)
        s = __fadd_rn (s, distance_bias_of (rule, head, ahead));
    return rule.soft_cap > 0 ? __fmul_rn (rule.soft_cap, tanhf (__fdiv_rn (s, rule.soft_cap))) : s;
}

/* A score from q.k; -inf where the rule forbids. */
static __device__ inline float
rule_score (const FoveaScoreRule &rule, int64_t head, int64_t query, int64_t key, float dot)
{
    return rule_allows (rule, query, key) ? rule_value (rule, head, key - query, dot)
                                          : -CUDART_INF_F;
}

/* Where a tile of attention stands: its head, position and row number of its first query (the latter
 * may be negative in the first block of a call), and its first key. */
typedef struct {
    int32_t head, query, row, key;
} TilePlace;

/* Whether some cell of a tile is forbidden or lies outside of the call. */
static __device__ inline bool
tile_has_edge (const FoveaAttendArgs &args, const TilePlace &at)
{
    const FoveaScoreRule &rule = args.rule;
    int32_t ahead = at.key - at.query; /* of the tile's first cell; corners are TILE - 1 from it */
    bool outside = at.row < 0 || at.row + TILE > args.rows || at.key + TILE > args.n_keys;
    bool late = rule.causal && ahead + TILE - 1 > 0;
    bool far =
        rule.window > 0 && (TILE - 1 - ahead >= rule.window || ahead + TILE - 1 >= rule.window);
    return outside || late || far || rule.segments != NULL || rule_has_box (rule);
}

/* Scores of the thread's 16 cells from their dots; only tiles with an edge look at every cell. */
static __device__ inline void
tile_rule (const FoveaAttendArgs &args, const TilePlace &at, TileScores *t)
{
    const FoveaScoreRule &rule = args.rule;
    int32_t row = at.row + TILE_SIDE * ((int) threadIdx.x / 16);
    int32_t key = at.key + TILE_SIDE * ((int) threadIdx.x % 16);
    int32_t origin = at.query - at.row, ahead = key - origin - row;
    /* The same for all cells of a call: no lanes part. */
    bool plain = rule.alibi_slopes == NULL && rule.distance_bias == NULL && rule.soft_cap == 0;
#pragma unroll
    for (int i = 0; i < TILE_SIDE; i++)
#pragma unroll
        for (int j = 0; j < TILE_SIDE; j++)
            t->s[i][j] = plain ? __fmul_rn (rule.scale, t->s[i][j])
                               : rule_value (rule, at.head, ahead + j - i, t->s[i][j]);
    if (!tile_has_edge (args, at))
        return;
#pragma unroll
    for (int i = 0; i < TILE_SIDE; i++)
#pragma unroll
        for (int j = 0; j < TILE_SIDE; j++) {
            bool allowed = row + i >= 0 && row + i < args.rows && key + j < args.n_keys &&
                           rule_allows (rule, origin + row + i, key + j);
            t->s[i][j] = allowed ? t->s[i][j] : -CUDART_INF_F;
        }
}

/* Keys that some query in [query, last] may see, as key tiles [*from, *to). */
static __device__ inline void
rule_tiles (const FoveaScoreRule &rule,
            int64_t query,
            int64_t last,
            int64_t n_keys,
            int64_t *from,
            int64_t *to)
{
    int64_t first = rule.window == 0 || query < rule.window ? 0 : query - rule.window + 1;
    int64_t end = n_keys;
    if (rule.causal && last + 1 < end)
        end = last + 1;
    else if (rule.window > 0 && last + rule.window < end)
        end = last + rule.window;
    first = first > rule.key_from ? first : rule.key_from;
    end = rule.key_to > 0 && rule.key_to < end ? rule.key_to : end;
    *from = first / TILE;
    *to = (end + TILE - 1) / TILE;
}

/* Rows of the call that may see a key of [k0, k0+64), as row tiles [*from, *to). */
static __device__ inline void
row_tiles (const FoveaAttendArgs &args, int64_t first_row, int64_t k0, int64_t *from, int64_t *to)
{
    const FoveaScoreRule &rule = args.rule;
    int64_t last_key = k0 + TILE - 1;
    int64_t first = rule.causal ? k0 : rule.window > 0 ? k0 - rule.window + 1 : 0;
    int64_t end = args.first_query + args.rows, origin = args.first_query - first_row;
    if (rule.window > 0 && last_key + rule.window < end)
        end = last_key + rule.window;
    *from = first > origin ? (first - origin) / TILE : 0;
    *to = end > origin ? (end - origin + TILE - 1) / TILE : 0;
}
