/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rectangles of scores or pattern from kept queries and keys: a block owns a 64 x 64 tile. */
#include "kernels/cuda/attend-tile.cuh"
#include "kernels/cuda/rectangle.cuh"

/* Moves: 4 (n_queries n_keys / 32 D + n_queries n_keys) B.   Work: 2 n_queries n_keys D flop. */
static __global__ void
__launch_bounds__ (TILE_THREADS) rectangle_kernel (const __grid_constant__ FoveaRectangleArgs args)
{
    __shared__ TileInputs in;
    int64_t k0 = (int64_t) blockIdx.x * TILE, q0 = (int64_t) blockIdx.y * TILE;
    int x = (int) threadIdx.x % 16, y = (int) threadIdx.x / 16;
    TileScores t;
    tile_dot (&in, TileRows{args.q, args.q_stride, args.n_queries}, q0,
              TileRows{args.k, args.k_stride, args.n_keys}, k0, args.width, &t);
#pragma unroll
    for (int i = 0; i < TILE_SIDE; i++)
#pragma unroll
        for (int j = 0; j < TILE_SIDE; j++) {
            int64_t row = q0 + TILE_SIDE * y + i, key = k0 + TILE_SIDE * x + j;
            if (row >= args.n_queries || key >= args.n_keys)
                continue;
            float s = rule_score (args.rule, args.head, args.q0 + row, args.k0 + key, t.s[i][j]);
            if (args.lse != NULL)
                s = s == -CUDART_INF_F ? 0 : expf (s - args.lse[row]);
            args.out[row * args.n_keys + key] = s;
        }
}

cudaError_t
fovea_cuda_rectangle (const FoveaRectangleArgs *args, cudaStream_t stream)
{
    dim3 grid ((unsigned) ((args->n_keys + TILE - 1) / TILE),
               (unsigned) ((args->n_queries + TILE - 1) / TILE));
    rectangle_kernel<<<grid, TILE_THREADS, 0, stream>>> (*args);
    return cudaGetLastError ();
}
