/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Sums and largest values over a block of 256 threads, in a fixed tree: the same bits every time, and
 * the same value in every thread. All threads of the block call them together. */
#include <cuda_runtime.h>

enum {
    REDUCE_THREADS = 256,
    REDUCE_WARPS = REDUCE_THREADS / 32
};

/* Eight sums of warps are added by every thread: cheaper than a second round of exchanges and a barrier. */
static __device__ inline float
block_sum (float x)
{
    __shared__ float shared[REDUCE_WARPS];
    for (int other = 16; other > 0; other /= 2)
        x += __shfl_xor_sync (~0u, x, other);
    __syncthreads (); /* the last call's values were read */
    if (threadIdx.x % 32 == 0)
        shared[threadIdx.x / 32] = x;
    __syncthreads ();
    float sum = 0;
    for (int warp = 0; warp < REDUCE_WARPS; warp++)
        sum += shared[warp];
    return sum;
}

/* NaN is passed over, as fmaxf() does. */
static __device__ inline float
block_max (float x)
{
    __shared__ float shared[REDUCE_WARPS];
    for (int other = 16; other > 0; other /= 2)
        x = fmaxf (x, __shfl_xor_sync (~0u, x, other));
    __syncthreads ();
    if (threadIdx.x % 32 == 0)
        shared[threadIdx.x / 32] = x;
    __syncthreads ();
    float top = shared[0];
    for (int warp = 1; warp < REDUCE_WARPS; warp++)
        top = fmaxf (top, shared[warp]);
    return top;
}
