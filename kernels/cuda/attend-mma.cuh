/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Tiles of scores in bf16 or f16 by mma.sync, the tensor-core instruction of every GPU since sm_80,
 * under every score rule. A warp owns 16 rows of a tile of 64 columns, and lane l of it rows l/4 and
 * l/4 + 8, columns 8 n + 2 (l % 4) and the next for n < 8. Rows are queries and columns keys, or (in the
 * second pass) the other way round.
 *
 * Products of two such numbers are exact and their sums f32, so that scores differ from the general
 * kernel's by the order of sums only. Positions are 32 bits wide here: 64-bit divisions and
 * comparisons cost more than the products that they go with. */
#include "kernels/cuda/attend-rows.cuh"
#include "kernels/cuda/attend-tile.cuh"
#include "kernels/cuda/mma.cuh"

enum {
    MMA_COLUMNS = 8,              /* groups of 8 columns in a tile */
    MMA_DOWN = 16,                /* rows of a warp */
    MMA_SHARED_BYTES = 103 << 10, /* of a block at the widest rows */
    MMA_PAD = 8 /* elements behind a row of shared memory: ldmatrix meets no bank twice */
};

/* Warps of a thread block: eight share each tile of keys where their registers let two such blocks
 * stand on a processor, which halves what comes from the L2 cache. */
static __host__ __device__ constexpr int
mma_warps (int padded)
{
    return padded <= 64 ? 8 : 4;
}

/* The arguments as kernels take them. Rows of @q, @k and @v are bf16 or f16, padded with zeros to the
 * kernel's width: (rows, H, P), (n_keys, G, P). */
typedef struct {
    FoveaAttendArgs args;
    const void *q, *k, *v;
    RowNorm *norms;             /* (rows, H) */
    int32_t first_row;          /* first_query % 64 */
    int32_t rows, n_keys;       /* those of @args */
    int32_t first_query, share; /* @share: query heads of a key head */
} MmaAttend;

/* A warp's part of a tile: position of its first query and key, and the first query's row number,
 * which may be negative in the first block of a call. */
typedef struct {
    int32_t head, query, key, row;
} MmaTile;

typedef struct {
    float s[MMA_COLUMNS][4];
} MmaScores;

/* tanh (x) = 1 - 2 / (1 + exp (2 x)), within 2^-22 of it: of a cap of 50 that is 1.2e-5, three times the
 * rounding of a score near the cap. tanhf() took as long as all the rest. */
static __device__ inline float
quick_tanh (float x)
{
    float y = exp2_quick (x * (2 * ROW_LOG2E));
    asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(1 + y));
    return fmaf (-2, y, 1);
}

/* Begins to copy LINES rows from @first on of one head, P elements each, by THREADS threads; rows
 * outside [0, n) are zeros. @stride: elements between rows. */
template <int P, int LINES, int THREADS, typename T>
static __device__ inline void
begin_tile (T *to, const T *from, int64_t stride, int32_t first, int32_t n)
{
    /* A thread keeps its column where rows divide evenly, and steps over rows. */
    constexpr int CHUNKS = P / 8, STEP = THREADS / CHUNKS, COPIES = STEP * CHUNKS;
    int c = (int) threadIdx.x % CHUNKS, r0 = (int) threadIdx.x / CHUNKS;
    const T *source = from + (int64_t) (first + r0) * stride + 8 * c;
    T *target = to + r0 * (P + MMA_PAD) + 8 * c;
    if (COPIES < THREADS && threadIdx.x >= COPIES)
        return;
#pragma unroll
    for (int r = 0; r < LINES; r += STEP) {
        if (LINES % STEP != 0 && r + r0 >= LINES)
            return;
        bool inside = (unsigned) (first + r0 + r) < (unsigned) n;
        copy_async<16> (target + r * (P + MMA_PAD), inside ? source : from, inside);
        source += STEP * stride;
    }
}

/* A warp's 16 rows as operands, 16 elements of P at a time. */
template <int P, typename T>
static __device__ inline void
load_down (uint32_t (*down)[4], const T *tile)
{
    int lane = (int) threadIdx.x % 32, warp = (int) threadIdx.x / 32;
#pragma unroll
    for (int step = 0; step < P / 16; step++)
        load_4 (down[step],
                tile + (MMA_DOWN * warp + lane % 16) * (P + MMA_PAD) + 16 * step + 8 * (lane / 16));
}

/* Dots of the warp's rows with all 64 columns; both in shared memory. Rows come from registers where
 * there is room for them (IN_REGISTERS). */
template <int P, bool IN_REGISTERS, typename T>
static __device__ inline void
tile_product (const uint32_t (*down)[4], const T *down_tile, const T *across, MmaScores *t)
{
    int lane = (int) threadIdx.x % 32, warp = (int) threadIdx.x / 32;
    const T *line = across + (lane / 16 * 8 + lane % 8) * (P + MMA_PAD) + 8 * (lane / 8 % 2);
#pragma unroll
    for (int n = 0; n < MMA_COLUMNS; n++)
        t->s[n][0] = t->s[n][1] = t->s[n][2] = t->s[n][3] = 0;
#pragma unroll
    for (int step = 0; step < P / 16; step++) {
        uint32_t a[4], b[4];
        if (!IN_REGISTERS)
            load_4 (a, down_tile + (MMA_DOWN * warp + lane % 16) * (P + MMA_PAD) + 16 * step +
                           8 * (lane / 16));
        const uint32_t *rows = IN_REGISTERS ? down[step] : a;
#pragma unroll
        for (int n = 0; n < MMA_COLUMNS; n += 2) {
            load_4 (b, line + 8 * n * (P + MMA_PAD) + 16 * step);
            multiply_16<T> (t->s[n], rows, b);
            multiply_16<T> (t->s[n + 1], rows, b + 2);
        }
    }
}

/* Whether some cell of a warp's part of a tile is forbidden or lies outside of the call. */
template <bool KEYS_DOWN>
static __device__ inline bool
has_edge (const MmaAttend &a, const MmaTile &at)
{
    constexpr int QUERIES = KEYS_DOWN ? TILE : MMA_DOWN, KEYS = KEYS_DOWN ? MMA_DOWN : TILE;
    int32_t window = (int32_t) a.args.rule.window, ahead = at.key - at.query;
    bool outside = at.row < 0 || at.row + QUERIES > a.rows || at.key + KEYS > a.n_keys;
    bool late = a.args.rule.causal && ahead + KEYS - 1 > 0;
    bool far = window > 0 && (QUERIES - 1 - ahead >= window || ahead + KEYS - 1 >= window);
    return outside || late || far || a.args.rule.segments != NULL || rule_has_box (a.args.rule);
}

/* How far element (n, e) of a lane lies from its first: across, and down. */
static __device__ constexpr int
across_of (int n, int e)
{
    return 8 * n + e % 2;
}

static __device__ constexpr int
down_of (int e)
{
    return e / 2 * 8;
}

/* -inf where the rule forbids, and outside of the call. */
template <bool KEYS_DOWN>
static __device__ inline void
forbid (const MmaAttend &a, const MmaTile &at, int32_t row, int32_t key, MmaScores *t)
{
    const FoveaScoreRule &rule = a.args.rule;
    int32_t furthest = rule.window > 0 ? (int32_t) rule.window - 1 : INT32_MAX;
    int32_t origin = at.query - at.row; /* position of row 0 */
#pragma unroll
    for (int n = 0; n < MMA_COLUMNS; n++)
#pragma unroll
        for (int e = 0; e < 4; e++) {
            int32_t r = row + (KEYS_DOWN ? across_of (n, e) : down_of (e));
            int32_t k = key + (KEYS_DOWN ? down_of (e) : across_of (n, e));
            int32_t ahead = k - (origin + r);
            bool allowed = (unsigned) r < (unsigned) a.rows && k < a.n_keys &&
                           ahead <= (rule.causal ? 0 : furthest) && -ahead <= furthest;
            if (allowed && rule.segments != NULL)
                allowed = rule.segments[origin + r] == rule.segments[k];
            if (allowed && rule_has_box (rule))
                allowed = rule_holds (rule, origin + r, k);
            t->s[n][e] = allowed ? t->s[n][e] : -CUDART_INF_F;
        }
}

/* Scores from dots, as rule_score() makes them; only tiles with an edge look at every cell. */
template <bool KEYS_DOWN>
static __device__ inline void
apply_rule (const MmaAttend &a, const MmaTile &at, MmaScores *t)
{
    const FoveaScoreRule &rule = a.args.rule;
    int lane = (int) threadIdx.x % 32, down = lane / 4, across = 2 * (lane % 4);
    int32_t row = at.row + (KEYS_DOWN ? across : down), key = at.key + (KEYS_DOWN ? down : across);
    int32_t ahead = key - (at.query - at.row + row); /* of the lane's first element */
#pragma unroll
    for (int n = 0; n < MMA_COLUMNS; n++)
#pragma unroll
        for (int e = 0; e < 4; e++)
            t->s[n][e] = rule.scale * t->s[n][e];
    if (rule.alibi_slopes != NULL) {
        float slope = rule.alibi_slopes[at.head], first = (float) ahead;
#pragma unroll
        for (int n = 0; n < MMA_COLUMNS; n++)
#pragma unroll
            for (int e = 0; e < 4; e++) {
                int further = across_of (n, e) - down_of (e);
                t->s[n][e] += slope * (first + (float) (KEYS_DOWN ? -further : further));
            }
    }
    if (rule.distance_bias != NULL)
#pragma unroll
        for (int n = 0; n < MMA_COLUMNS; n++)
#pragma unroll
            for (int e = 0; e < 4; e++) {
                int further = across_of (n, e) - down_of (e);
                t->s[n][e] +=
                    distance_bias_of (rule, at.head, ahead + (KEYS_DOWN ? -further : further));
            }
    if (rule.soft_cap > 0) {
        float inverse = 1 / rule.soft_cap;
#pragma unroll
        for (int n = 0; n < MMA_COLUMNS; n++)
#pragma unroll
            for (int e = 0; e < 4; e++)
                t->s[n][e] = rule.soft_cap * quick_tanh (t->s[n][e] * inverse);
    }
    if (has_edge<KEYS_DOWN> (a, at))
        forbid<KEYS_DOWN> (a, at, row, key, t);
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
 * @args: as for `attend`, all pointers (the rule's too) device memory; precision bf16 or f16, and
 * queries, keys and values hold values of that type; dense rows are not written
 *
 * Enqueues attention of any rule, D <= 256, on tensor cores.
 */
cudaError_t fovea_cuda_attend_mma (const FoveaAttendArgs *args, void *scratch, cudaStream_t stream);

/* Its second pass, for the column mass and sums of blocks, with the norms of all rows. @padded: P. */
cudaError_t
fovea_cuda_attend_mma_columns (const MmaAttend *attend, int padded, cudaStream_t stream);
}
