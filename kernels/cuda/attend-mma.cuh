/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* One 64 x 64 tile of scores in bf16 by mma.sync, the tensor-core instruction of every GPU since
 * sm_80, under every score rule. 128 threads; a warp owns 16 rows of the tile, and lane l of it rows
 * l/4 and l/4 + 8, columns 8 n + 2 (l % 4) and the next for n < 8. Rows are queries and columns keys,
 * or (column mass) the other way round.
 *
 * Products of bf16 are exact and their sums f32, so that scores differ from the general kernel's by
 * the order of sums only. */
#include <cuda_bf16.h>

#include "kernels/cuda/attend-tile.cuh"

enum {
    MMA_THREADS = 128,
    MMA_COLUMNS = 8, /* groups of 8 columns in a tile */
    MMA_PAD = 8      /* elements behind a row of shared memory: ldmatrix meets no bank twice */
};

/* The arguments as kernels take them. Rows of @q, @k and @v are padded with zeros to the kernel's
 * width: (rows, H, P), (n_keys, G, P). */
typedef struct {
    FoveaAttendArgs args;
    const __nv_bfloat16 *q, *k, *v;
    RowNorm *norms;    /* (rows, H) */
    int64_t first_row; /* first_query % 64 */
} MmaAttend;

/* A tile: position of its first query and key, and the first query's row number, which may be
 * negative in the first block of a call. */
typedef struct {
    int64_t head, query, key, row;
} MmaTile;

typedef struct {
    float s[MMA_COLUMNS][4];
} MmaScores;

static __device__ inline uint32_t
shared_address (const void *pointer)
{
    return (uint32_t) __cvta_generic_to_shared (pointer);
}

/* 16 bytes into shared memory, zeros unless @inside. */
static __device__ inline void
copy_16 (void *to, const void *from, bool inside)
{
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;\n" ::"r"(shared_address (to)),
                 "l"(from), "r"(inside ? 16 : 0));
}

static __device__ inline void
commit_copies ()
{
    asm volatile("cp.async.commit_group;\n" ::);
}

template <int N>
static __device__ inline void
wait_copies ()
{
    asm volatile("cp.async.wait_group %0;\n" ::"n"(N));
}

static __device__ inline void
load_4 (uint32_t *r, const __nv_bfloat16 *from)
{
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];\n"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(shared_address (from)));
}

static __device__ inline void
load_4_turned (uint32_t *r, const __nv_bfloat16 *from)
{
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];\n"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(shared_address (from)));
}

static __device__ inline void
multiply_16 (float *c, const uint32_t *a, const uint32_t *b)
{
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, "
                 "{%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};\n"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

/* exp (x) for x <= 0; -inf gives 0. Two units in the last place. */
static __device__ inline float
exp_below (float x)
{
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x * 1.4426950408889634f));
    return y;
}

/* tanh (x) = 1 - 2 / (1 + exp (2 x)), within 2^-22 of it: of a cap of 50 that is 1.2e-5, three times the
 * rounding of a score near the cap. tanhf() took as long as all the rest. */
static __device__ inline float
quick_tanh (float x)
{
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x * 2.8853900817779268f));
    asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(1 + y));
    return fmaf (-2, y, 1);
}

/* Begins to copy rows [first, first + 64) of one head, P elements each; rows outside [0, n) are
 * zeros. @stride: elements between rows. */
template <int P>
static __device__ inline void
begin_tile (__nv_bfloat16 *to, const __nv_bfloat16 *from, int64_t stride, int64_t first, int64_t n)
{
    /* A thread keeps its column where rows divide evenly, and steps over rows. */
    constexpr int CHUNKS = P / 8, STEP = MMA_THREADS / CHUNKS, COPIES = STEP * CHUNKS;
    int c = (int) threadIdx.x % CHUNKS, r0 = (int) threadIdx.x / CHUNKS;
    const __nv_bfloat16 *source = from + (first + r0) * stride + 8 * c;
    __nv_bfloat16 *target = to + r0 * (P + MMA_PAD) + 8 * c;
    int row = (int) first + r0, rows = (int) n;
    if (COPIES < MMA_THREADS && threadIdx.x >= COPIES)
        return;
#pragma unroll
    for (int r = 0; r < TILE; r += STEP) {
        if (TILE % STEP != 0 && r + r0 >= TILE)
            return;
        bool inside = (unsigned) (row + r) < (unsigned) rows;
        copy_16 (target + r * (P + MMA_PAD), inside ? source : from, inside);
        source += STEP * stride;
    }
}

/* A warp's 16 rows as operands, 16 elements of P at a time. */
template <int P>
static __device__ inline void
load_down (uint32_t (*down)[4], const __nv_bfloat16 *tile)
{
    int lane = (int) threadIdx.x % 32, warp = (int) threadIdx.x / 32;
#pragma unroll
    for (int step = 0; step < P / 16; step++)
        load_4 (down[step],
                tile + (16 * warp + lane % 16) * (P + MMA_PAD) + 16 * step + 8 * (lane / 16));
}

/* Dots of the warp's rows with all 64 columns; both in shared memory. Rows come from registers where
 * there is room for them (@down not NULL). */
template <int P>
static __device__ inline void
tile_product (const uint32_t (*down)[4],
              const __nv_bfloat16 *down_tile,
              const __nv_bfloat16 *across,
              MmaScores *t)
{
    int lane = (int) threadIdx.x % 32, warp = (int) threadIdx.x / 32;
#pragma unroll
    for (int n = 0; n < MMA_COLUMNS; n++)
        t->s[n][0] = t->s[n][1] = t->s[n][2] = t->s[n][3] = 0;
#pragma unroll
    for (int step = 0; step < P / 16; step++) {
        uint32_t a[4], b[4];
        if (down == NULL)
            load_4 (a, down_tile + (16 * warp + lane % 16) * (P + MMA_PAD) + 16 * step +
                           8 * (lane / 16));
        const uint32_t *rows = down != NULL ? down[step] : a;
#pragma unroll
        for (int n = 0; n < MMA_COLUMNS; n += 2) {
            load_4 (b, across + (8 * n + lane / 16 * 8 + lane % 8) * (P + MMA_PAD) + 16 * step +
                           8 * (lane / 8 % 2));
            multiply_16 (t->s[n], rows, b);
            multiply_16 (t->s[n + 1], rows, b + 2);
        }
    }
}

/* Whether some cell of a tile is forbidden or lies outside of the call. */
static __device__ inline bool
has_edge (const FoveaAttendArgs &args, const MmaTile &at)
{
    const FoveaScoreRule &rule = args.rule;
    bool outside = at.row < 0 || at.row + TILE > args.rows || at.key + TILE > args.n_keys;
    bool late = rule.causal && at.key + TILE - 1 > at.query;
    bool far = rule.window > 0 && (at.query + TILE - 1 - at.key >= rule.window ||
                                   at.key + TILE - 1 - at.query >= rule.window);
    return outside || late || far || rule.segments != NULL;
}

/* Query and key of a lane's element, within the tile. */
template <bool KEYS_DOWN>
static __device__ inline void
cell_of (int n, int e, int *query, int *key)
{
    int lane = (int) threadIdx.x % 32, warp = (int) threadIdx.x / 32;
    int down = 16 * warp + lane / 4 + e / 2 * 8, across = 8 * n + 2 * (lane % 4) + e % 2;
    *query = KEYS_DOWN ? across : down;
    *key = KEYS_DOWN ? down : across;
}

/* Scores from dots, as rule_score() makes them; only tiles with an edge look at every cell. */
template <bool KEYS_DOWN>
static __device__ inline void
apply_rule (const FoveaAttendArgs &args, const MmaTile &at, bool edge, MmaScores *t)
{
    const FoveaScoreRule &rule = args.rule;
    int ahead = (int) (at.key - at.query), query, key;
#pragma unroll
    for (int n = 0; n < MMA_COLUMNS; n++)
#pragma unroll
        for (int e = 0; e < 4; e++)
            t->s[n][e] = rule.scale * t->s[n][e];
    if (rule.alibi_slopes != NULL) {
        float slope = rule.alibi_slopes[at.head];
        cell_of<KEYS_DOWN> (0, 0, &query, &key);
        float first = (float) (ahead + key - query);
#pragma unroll
        for (int n = 0; n < MMA_COLUMNS; n++)
#pragma unroll
            for (int e = 0; e < 4; e++) {
                int further = 8 * n + e % 2 - e / 2 * 8; /* across less down */
                t->s[n][e] += slope * (first + (float) (KEYS_DOWN ? -further : further));
            }
    }
    if (rule.distance_bias != NULL)
#pragma unroll
        for (int n = 0; n < MMA_COLUMNS; n++)
#pragma unroll
            for (int e = 0; e < 4; e++) {
                cell_of<KEYS_DOWN> (n, e, &query, &key);
                t->s[n][e] += distance_bias_of (rule, at.head, ahead + key - query);
            }
    if (rule.soft_cap > 0) {
        float inverse = 1 / rule.soft_cap;
#pragma unroll
        for (int n = 0; n < MMA_COLUMNS; n++)
#pragma unroll
            for (int e = 0; e < 4; e++)
                t->s[n][e] = rule.soft_cap * quick_tanh (t->s[n][e] * inverse);
    }
    if (!edge)
        return;
#pragma unroll
    for (int n = 0; n < MMA_COLUMNS; n++)
#pragma unroll
        for (int e = 0; e < 4; e++) {
            cell_of<KEYS_DOWN> (n, e, &query, &key);
            int64_t row = at.row + query, k = at.key + key;
            bool allowed = row >= 0 && row < args.rows && k < args.n_keys &&
                           rule_allows (rule, at.query + query, k);
            t->s[n][e] = allowed ? t->s[n][e] : -CUDART_INF_F;
        }
}

static __device__ inline float
sum_of_4 (float x)
{
    x += __shfl_xor_sync (~0u, x, 1);
    return x + __shfl_xor_sync (~0u, x, 2);
}

extern "C" {

/**
 * fovea_cuda_attend_mma_scratch:
 *
 * Bytes of device memory that the call below needs.
 */
size_t fovea_cuda_attend_mma_scratch (const FoveaAttendArgs *args);

/**
 * fovea_cuda_attend_mma:
 * @args: as for `attend`, all pointers (the rule's too) device memory; queries, keys and values hold
 * values of bf16; dense rows are not written
 *
 * Enqueues attention of any rule, D <= 256, on tensor cores.
 */
cudaError_t fovea_cuda_attend_mma (const FoveaAttendArgs *args, void *scratch, cudaStream_t stream);

/* Its part for the column mass, with the norms of all rows. @padded: P. */
cudaError_t
fovea_cuda_attend_mma_columns (const MmaAttend *attend, int padded, cudaStream_t stream);
}
