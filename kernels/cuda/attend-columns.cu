/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Column mass: what each key receives from all rows of a call. A block owns 64 keys of one head and
 * walks the rows in order, so that the sums need no atomics and come out the same every time.
 * Cost: the scores once more. */
#include "kernels/cuda/attend-general.cuh"

/* Moves: k once, q once per key block, 8 T H B of sums.   Work: T T H D flop if causal. */
static __global__ void
__launch_bounds__ (TILE_THREADS) columns_kernel (const __grid_constant__ GeneralAttend a)
{
    __shared__ TileInputs in;
    __shared__ double sums[16][TILE];
    const FoveaAttendArgs &args = a.args;
    int32_t head = (int32_t) blockIdx.y, share = (int32_t) (args.heads / args.kv_heads);
    int64_t group = head / share, k0 = blockIdx.x * TILE;
    int x = (int) threadIdx.x % 16, y = (int) threadIdx.x / 16;
    TileRows q = {args.q + head * args.width, args.heads * args.width, args.rows};
    TileRows k = {args.k + group * args.width, args.kv_heads * args.width, args.n_keys};
    double mass[TILE_SIDE] = {};
    int64_t from, to;
    row_tiles (a.args, a.first_row, k0, &from, &to);
    for (int64_t tile = from; tile < to; tile++) {
        TileScores t;
        int64_t row0 = tile * TILE - a.first_row;
        tile_dot (&in, q, row0, k, k0, args.width, &t);
        tile_rule (
            args,
            TilePlace{head, (int32_t) (args.first_query + row0), (int32_t) row0, (int32_t) k0}, &t);
#pragma unroll
        for (int i = 0; i < TILE_SIDE; i++) {
            int64_t row = row0 + TILE_SIDE * y + i;
            bool inside = row >= 0 && row < args.rows;
            RowNorm norm = inside ? a.norms[row * args.heads + head] : RowNorm{0, 0};
            float largest = norm.largest == -CUDART_INF_F ? 0 : norm.largest;
#pragma unroll
            for (int j = 0; j < TILE_SIDE; j++)
                mass[j] += (double) (tile_weight (t.s[i][j] - largest) * norm.inverse);
        }
    }
    for (int j = 0; j < TILE_SIDE; j++)
        sums[y][TILE_SIDE * x + j] = mass[j];
    __syncthreads ();
    if (threadIdx.x >= TILE || k0 + threadIdx.x >= args.n_keys)
        return;
    double total = 0;
    for (int i = 0; i < 16; i++)
        total += sums[i][threadIdx.x];
    args.column_mass[head * args.column_stride + k0 + threadIdx.x] += total;
}

cudaError_t
fovea_cuda_attend_columns (const GeneralAttend *attend, cudaStream_t stream)
{
    dim3 grid ((unsigned) ((attend->args.n_keys + TILE - 1) / TILE), (unsigned) attend->args.heads);
    columns_kernel<<<grid, TILE_THREADS, 0, stream>>> (*attend);
    return cudaGetLastError ();
}
