/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* General attention in f32, second pass: what each key receives from all rows of a call, and mass and
 * largest weight of blocks. A block owns 64 keys of one head and walks the rows in order, so that the
 * sums need no atomics and come out the same every time. Cost: the scores once more. */
#include "kernels/cuda/attend-general.cuh"

enum {
    LANES = 16,
    WARPS = TILE_THREADS / 32
};

/* Mass and largest weight of each warp's part of a tile. */
typedef struct {
    float mass[WARPS], largest[WARPS];
} BlockParts;

/* Weights in place of scores, and what they add to the thread's keys. */
static __device__ inline void
weigh (const GeneralAttend &a, const TilePlace &at, TileScores *t, double *mass)
{
#pragma unroll
    for (int i = 0; i < TILE_SIDE; i++) {
        int32_t row = at.row + TILE_SIDE * ((int) threadIdx.x / LANES) + i;
        bool inside = row >= 0 && row < a.args.rows;
        RowNorm norm = inside ? a.norms[row * a.args.heads + at.head] : RowNorm{0, 0};
#pragma unroll
        for (int j = 0; j < TILE_SIDE; j++) {
            /* Against the row's final norm: what was forbidden is exp2 (-inf), a true 0. */
            float x = fmaf (t->s[i][j], ROW_LOG2E, -norm.shift);
            t->s[i][j] = exp2_quick (x) * norm.inverse;
            mass[j] += (double) t->s[i][j];
        }
    }
}

/* The warp's part of a tile, for join_block(). */
static __device__ inline void
sum_block (const TileScores &w, BlockParts *parts)
{
    float sum = 0, top = 0;
#pragma unroll
    for (int i = 0; i < TILE_SIDE; i++)
#pragma unroll
        for (int j = 0; j < TILE_SIDE; j++) {
            sum += w.s[i][j];
            top = fmaxf (top, w.s[i][j]);
        }
    sum = sum_of_lanes<32> (sum);
    top = max_of_lanes<32> (top);
    if (threadIdx.x % 32 == 0) {
        parts->mass[threadIdx.x / 32] = sum;
        parts->largest[threadIdx.x / 32] = top;
    }
}

/* Joins a tile's parts with what is there: a row of blocks may have begun in an earlier call. A block
 * has one writer in a call: the atomics are there because nothing waits for them, and weights order
 * as their bits do. */
static __device__ inline void
join_block (const GeneralAttend &a, int32_t head, int64_t tile, const BlockParts *parts)
{
    int64_t row_blocks = (a.first_row + a.args.rows + TILE - 1) / TILE;
    int64_t to = (head * row_blocks + tile) * a.args.block_stride + blockIdx.x;
    float sum = 0, top = 0;
    for (int warp = 0; warp < WARPS; warp++) {
        sum += parts->mass[warp];
        top = fmaxf (top, parts->largest[warp]);
    }
    if (a.args.block_mass != NULL)
        atomicAdd (&a.args.block_mass[to], sum);
    if (a.args.block_max != NULL)
        atomicMax ((int *) &a.args.block_max[to], __float_as_int (top));
}

/* Adds the sums of the 16 threads that share a key to what earlier calls gave it. */
static __device__ inline void
write_mass (const FoveaAttendArgs &args, const TilePlace &at, const double *mass)
{
    __shared__ double sums[LANES][TILE];
    int x = (int) threadIdx.x % LANES, y = (int) threadIdx.x / LANES;
    for (int j = 0; j < TILE_SIDE; j++)
        sums[y][TILE_SIDE * x + j] = mass[j];
    __syncthreads ();
    if (args.column_mass == NULL || threadIdx.x >= TILE || at.key + threadIdx.x >= args.n_keys)
        return;
    /* In double: up to millions of weights are added for a key, chunk by chunk. */
    double total = 0;
    for (int i = 0; i < LANES; i++)
        total += sums[i][threadIdx.x];
    args.column_mass[at.head * args.column_stride + at.key + threadIdx.x] += total;
}

/* Does: column mass of 64 keys of a head over the rows of the call, and mass and largest weight of their
 * blocks, from each row's norm.
 * Tiles: 64 rows x 64 keys, f32, as in the first pass, whose scores these have the bits of.
 * Moves: k and q once per tile, from L2, 8 T H B of sums.   Work: T T H D flop if causal. */
static __global__ void
__launch_bounds__ (TILE_THREADS) columns_kernel (const __grid_constant__ GeneralAttend a)
{
    __shared__ TileInputs in;
    __shared__ BlockParts parts;
    const FoveaAttendArgs &args = a.args;
    TilePlace at = {(int32_t) blockIdx.y, 0, 0, (int32_t) blockIdx.x * TILE};
    int64_t group = at.head / (int32_t) (args.heads / args.kv_heads), from, to;
    TileRows q = {args.q + at.head * args.width, args.heads * args.width, args.rows};
    TileRows k = {args.k + group * args.width, args.kv_heads * args.width, args.n_keys};
    bool blocks = args.block_mass != NULL || args.block_max != NULL;
    double mass[TILE_SIDE] = {};
    row_tiles (a.args, a.first_row, at.key, &from, &to);
    for (int64_t tile = from; tile < to; tile++) {
        TileScores t;
        at.row = (int32_t) (tile * TILE - a.first_row);
        at.query = (int32_t) args.first_query + at.row;
        tile_dot (&in, q, at.row, k, at.key, args.width, &t);
        tile_rule (args, at, &t);
        weigh (a, at, &t, mass);
        if (!blocks)
            continue;
        sum_block (t, &parts);
        __syncthreads (); /* the parts are there; the next product's barrier keeps them until used */
        if (threadIdx.x == 0)
            join_block (a, at.head, tile, &parts);
    }
    write_mass (args, at, mass);
}

cudaError_t
fovea_cuda_attend_columns (const GeneralAttend *attend, cudaStream_t stream)
{
    dim3 grid ((unsigned) ((attend->args.n_keys + TILE - 1) / TILE), (unsigned) attend->args.heads);
    columns_kernel<<<grid, TILE_THREADS, 0, stream>>> (*attend);
    return cudaGetLastError ();
}
