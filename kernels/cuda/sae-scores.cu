/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The quick pass of sparse codes on Hopper (sae-codes.cuh): a persistent grid of one block per
 * multiprocessor. Warpgroup 0 loads, two warpgroups multiply 64 rows by 256 latents each. A lane holds
 * two rows of a tile, 64 columns of each: these are a group, so the largest of a group costs no
 * exchange.
 *
 * Scores leave as bf16, in the order in which lanes hold them: of a row and a tile, eight runs of
 * 64 B; run c has 16 B of each lane of the quad, columns 8 (4c + i) + 2 lane + {0, 1}, i < 4.
 *
 * Tiles: 128 rows x 256 latents x 64 wide, four stages of 48 KiB. Neighbouring blocks take the rows of
 * one band before the next latents, so that a wave reads few of both.
 * Moves: 2 B a score and the inputs.   Work: 2 rows F d flop.   Roof: tensor cores, 989 TFLOP/s
 * nominal on an H100. */
#include "kernels/cuda/hopper-tiles.cuh"
#include "kernels/cuda/hopper-wide.cuh"
#include "kernels/cuda/sae-codes.cuh"

enum {
    SCORE_ROWS = 128,
    SCORE_STAGES = 4,
    ROW_BYTES = 2 * FOVEA_CODES_PANEL,
    X_BYTES = SCORE_ROWS * ROW_BYTES,
    STAGE_BYTES = X_BYTES + FOVEA_CODES_TILE * ROW_BYTES,
    SCORE_SHARED = 1024 + SCORE_STAGES * STAGE_BYTES + 256,
    BAND = 16 /* row blocks */
};

/* The swizzle's group of eight rows, and the 128-byte swizzle itself. */
static const uint32_t DESCRIPTOR_HIGH = (8 * ROW_BYTES) >> 4 | 1u << 30;

typedef struct {
    const float4 *affine; /* (F/2) */
    const CodesRow *row;
    uint4 *scores;
    float *largest;
    int steps;
    int rows;
    int row_blocks, tiles; /* of rows and latents */
    bool by_magnitude;
} ScoreShape;

typedef struct {
    uint64_t full[SCORE_STAGES], empty[SCORE_STAGES];
} ScoreControl;

/* A row block and a tile of latents. */
static __device__ inline int2
find_item (const ScoreShape &s, int item)
{
    int per_band = BAND * s.tiles, band = item / per_band, at = item % per_band;
    int blocks = min (BAND, s.row_blocks - band * BAND);
    return make_int2 (band * BAND + at % blocks, at / blocks);
}

static __device__ void
produce (
    const ScoreShape &s, const CUtensorMap *x, const CUtensorMap *w, char *memory, ScoreControl *c)
{
    Ring ring = {0, 1};
    for (int item = (int) blockIdx.x; item < s.row_blocks * s.tiles; item += (int) gridDim.x) {
        int2 at = find_item (s, item);
        for (int step = 0; step < s.steps; step++) {
            char *stage = memory + ring.stage * STAGE_BYTES;
            uint64_t *full = &c->full[ring.stage];
            barrier_wait (&c->empty[ring.stage], ring.phase);
            barrier_expect (full, STAGE_BYTES);
            tensor_load (x, stage, full, step * FOVEA_CODES_PANEL, 0, at.x * SCORE_ROWS);
            tensor_load (w, stage + X_BYTES, full, step * FOVEA_CODES_PANEL, 0,
                         at.y * FOVEA_CODES_TILE);
            ring_next<SCORE_STAGES> (&ring);
        }
    }
}

/* Scores of a lane's two rows: stored as bf16, and the largest of each. There is room for whole row
 * blocks, so rows beyond the last are written too. */
template <bool MAGNITUDE>
static __device__ inline void
store_scores (const ScoreShape &s, int2 at, int row, const float (&d)[128])
{
    int quad = (int) threadIdx.x % 4, n_groups = 4 * s.tiles;
    const float4 *affine = s.affine + at.y * (FOVEA_CODES_TILE / 2) + quad;
    int64_t line = (int64_t) s.tiles * (FOVEA_CODES_TILE / 8); /* 16-byte pieces of a row */
    uint4 *to = s.scores + row * line + at.y * (FOVEA_CODES_TILE / 8) + quad;
    float most[2] = {-INFINITY, -INFINITY};
    float unit[2] = {s.row[min (row, s.rows - 1)].unit, s.row[min (row + 8, s.rows - 1)].unit};
#pragma unroll
    for (int c = 0; c < 8; c++) {
        uint32_t piece[2][4];
#pragma unroll
        for (int i = 0; i < 4; i++) {
            int j = 4 * c + i;
            float4 f = __ldg (affine + 4 * j);
#pragma unroll
            for (int half = 0; half < 2; half++) {
                float a = fmaf (d[4 * j + 2 * half], f.x * unit[half], f.y);
                float b = fmaf (d[4 * j + 2 * half + 1], f.z * unit[half], f.w);
                if (MAGNITUDE) {
                    a = fabsf (a);
                    b = fabsf (b);
                }
                most[half] = fmaxf (most[half], fmaxf (a, b));
                piece[half][i] = pack_bf16 (a, b);
            }
        }
#pragma unroll
        for (int half = 0; half < 2; half++)
            __stcs (to + 8 * half * line + 4 * c,
                    make_uint4 (piece[half][0], piece[half][1], piece[half][2], piece[half][3]));
    }
#pragma unroll
    for (int half = 0; half < 2; half++)
        s.largest[(int64_t) (row + 8 * half) * n_groups + 4 * at.y + quad] = most[half];
}

/* The product of one item: 64 rows of it. Stages are given back a step late, when their product is
 * known to be over. */
static __device__ inline void
multiply_item (
    const ScoreShape &s, uint32_t x, uint32_t w, ScoreControl *c, Ring *ring, float (&d)[128])
{
    bool leader = threadIdx.x % 32 == 0;
    int before = -1;
    for (int step = 0; step < s.steps; step++) {
        uint32_t at = (uint32_t) ring->stage * (STAGE_BYTES >> 4);
        barrier_wait (&c->full[ring->stage], ring->phase);
        pin (d);
        product_fence ();
#pragma unroll
        for (int k = 0; k < FOVEA_CODES_PANEL / 16; k++)
            product_wide (d, descriptor (DESCRIPTOR_HIGH, x + at + 2 * k),
                          descriptor (DESCRIPTOR_HIGH, w + at + 2 * k), step > 0 || k > 0);
        product_commit ();
        product_wait<1> ();
        pin (d);
        if (leader && before >= 0)
            barrier_arrive (&c->empty[before]);
        before = ring->stage;
        ring_next<SCORE_STAGES> (ring);
    }
    product_wait<0> ();
    pin (d);
    if (leader)
        barrier_arrive (&c->empty[before]);
}

static __device__ void
consume (const ScoreShape &s, int consumer, char *memory, ScoreControl *c)
{
    uint32_t x = descriptor_low (memory + consumer * HOPPER_ROWS * ROW_BYTES, 16);
    uint32_t w = descriptor_low (memory + X_BYTES, 16);
    int lane_row =
        consumer * HOPPER_ROWS + 16 * ((int) threadIdx.x % 128 / 32) + (int) threadIdx.x % 32 / 4;
    Ring ring = {0, 0};
    float d[128];
    for (int item = (int) blockIdx.x; item < s.row_blocks * s.tiles; item += (int) gridDim.x) {
        int2 at = find_item (s, item);
        multiply_item (s, x, w, c, &ring, d);
        if (s.by_magnitude)
            store_scores<true> (s, at, at.x * SCORE_ROWS + lane_row, d);
        else
            store_scores<false> (s, at, at.x * SCORE_ROWS + lane_row, d);
    }
}

static __global__ void
__launch_bounds__ (HOPPER_THREADS, 1) scores_kernel (const __grid_constant__ ScoreShape s,
                                                     const __grid_constant__ CUtensorMap x,
                                                     const __grid_constant__ CUtensorMap w)
{
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
    extern __shared__ char raw[];
    char *memory = (char *) (((uintptr_t) raw + 1023) & ~(uintptr_t) 1023);
    ScoreControl *c = (ScoreControl *) (memory + SCORE_STAGES * STAGE_BYTES);
    if (threadIdx.x == 0) {
        for (int i = 0; i < SCORE_STAGES; i++) {
            barrier_init (&c->full[i], 1);
            barrier_init (&c->empty[i], 4 * CONSUMERS);
        }
        barrier_fence_init ();
    }
    __syncthreads ();
    int warpgroup = __shfl_sync (~0u, (int) threadIdx.x / 128, 0);
    if (warpgroup == 0) {
        asm volatile("setmaxnreg.dec.sync.aligned.u32 24;");
        if (threadIdx.x == 0)
            produce (s, &x, &w, memory, c);
    } else {
        asm volatile("setmaxnreg.inc.sync.aligned.u32 240;");
        consume (s, warpgroup - 1, memory, c);
    }
#endif
}

cudaError_t
cuda_codes_scores (const CodesRun *run, int64_t first, int n, cudaStream_t stream)
{
    const CodesPrepared *p = &run->prepared;
    ScoreShape s = {.affine = (const float4 *) p->affine,
                    .row = run->row + first,
                    .scores = run->scores,
                    .largest = run->largest,
                    .steps = (int) (p->d / FOVEA_CODES_PANEL),
                    .rows = n,
                    .row_blocks = (n + SCORE_ROWS - 1) / SCORE_ROWS,
                    .tiles = (int) (p->F / FOVEA_CODES_TILE),
                    .by_magnitude = run->args.by_magnitude};
    CUtensorMap x, w;
    cudaError_t status = make_map (&x, run->rounded + first * p->d, n, 1, p->d, SCORE_ROWS);
    if (status == cudaSuccess)
        status = make_map (&w, p->w, p->F, 1, p->d, FOVEA_CODES_TILE);
    if (status == cudaSuccess)
        status = cudaFuncSetAttribute (scores_kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                       SCORE_SHARED);
    if (status != cudaSuccess)
        return status;
    int items = s.row_blocks * s.tiles;
    unsigned grid = (unsigned) (items < run->n_processors ? items : run->n_processors);
    scores_kernel<<<grid, HOPPER_THREADS, SCORE_SHARED, stream>>> (s, x, w);
    return cudaGetLastError ();
}
