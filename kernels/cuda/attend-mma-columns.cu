/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Column mass on tensor cores: a block owns 64 keys of one head and walks the queries in order, so
 * that sums need no atomics and come out the same every time. Keys are the rows of its tiles.
 * Cost: the scores once more. */
#include "kernels/cuda/attend-mma.cuh"

/* Sums of f32 within a tile, of double over tiles.
 * Moves: k once, q once per key block, 8 T H B of sums.   Work: T T H P flop if causal. */
template <int P>
static __global__ void
__launch_bounds__ (MMA_THREADS,
                   P <= 64    ? 4
                   : P <= 128 ? 3
                              : 2) columns_kernel (const __grid_constant__ MmaAttend a)
{
    extern __shared__ __align__ (16) __nv_bfloat16 shared[];
    __shared__ RowNorm norms[2][TILE];
    constexpr int TILE_SIZE = TILE * (P + MMA_PAD);
    const FoveaAttendArgs &args = a.args;
    int lane = (int) threadIdx.x % 32, warp = (int) threadIdx.x / 32;
    int64_t head = blockIdx.y, group = head / (args.heads / args.kv_heads), k0 = blockIdx.x * TILE;
    int64_t from, to;
    double mass[2] = {};
    row_tiles (args, a.first_row, k0, &from, &to);
    begin_tile<P> (shared, a.k + group * P, args.kv_heads * P, k0, args.n_keys);
    for (int64_t tile = from; tile <= to; tile++) {
        /* This turn begins to bring a tile and uses the one before. */
        if (tile < to) {
            int64_t row = tile * TILE - a.first_row;
            begin_tile<P> (shared + (1 + tile % 2) * TILE_SIZE, a.q + head * P, args.heads * P, row,
                           args.rows);
            row += threadIdx.x;
            if (threadIdx.x < TILE)
                norms[tile % 2][threadIdx.x] =
                    row >= 0 && row < args.rows ? a.norms[row * args.heads + head] : RowNorm{0, 0};
        }
        commit_copies ();
        if (tile == from)
            continue;
        wait_copies<1> ();
        __syncthreads ();
        int used = (int) ((tile - 1) % 2);
        int64_t row = (tile - 1) * TILE - a.first_row;
        MmaTile at = {head, args.first_query + row, k0, row};
        MmaScores t;
        tile_product<P> (NULL, shared, shared + (1 + used) * TILE_SIZE, &t);
        apply_rule<true> (args, at, has_edge (args, at), &t);
        float sum[2] = {};
#pragma unroll
        for (int n = 0; n < MMA_COLUMNS; n++)
#pragma unroll
            for (int e = 0; e < 4; e++) {
                RowNorm norm = norms[used][8 * n + 2 * (lane % 4) + e % 2];
                sum[e / 2] += exp_below (t.s[n][e] - norm.largest) * norm.inverse;
            }
        mass[0] += (double) sum[0];
        mass[1] += (double) sum[1];
        __syncthreads (); /* the tile may be written */
    }
#pragma unroll
    for (int r = 0; r < 2; r++) {
        mass[r] += __shfl_xor_sync (~0u, mass[r], 1);
        mass[r] += __shfl_xor_sync (~0u, mass[r], 2);
        int64_t key = k0 + 16 * warp + lane / 4 + 8 * r;
        if (lane % 4 == 0 && key < args.n_keys)
            args.column_mass[head * args.column_stride + key] += mass[r];
    }
}

template <int P>
static cudaError_t
launch (const MmaAttend &a, cudaStream_t stream)
{
    constexpr int BYTES = 3 * TILE * (P + MMA_PAD) * (int) sizeof (__nv_bfloat16);
    dim3 grid ((unsigned) ((a.args.n_keys + TILE - 1) / TILE), (unsigned) a.args.heads);
    cudaError_t status = cudaFuncSetAttribute (columns_kernel<P>,
                                               cudaFuncAttributeMaxDynamicSharedMemorySize, BYTES);
    if (status != cudaSuccess)
        return status;
    columns_kernel<P><<<grid, MMA_THREADS, BYTES, stream>>> (a);
    return cudaGetLastError ();
}

cudaError_t
fovea_cuda_attend_mma_columns (const MmaAttend *attend, int padded, cudaStream_t stream)
{
    switch (padded) {
    case 32:
        return launch<32> (*attend, stream);
    case 64:
        return launch<64> (*attend, stream);
    case 80:
        return launch<80> (*attend, stream);
    case 96:
        return launch<96> (*attend, stream);
    case 128:
        return launch<128> (*attend, stream);
    default:
        return launch<256> (*attend, stream);
    }
}
