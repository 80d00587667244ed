/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Sums and largest values over a block of 256 threads, in a fixed tree: the same bits every time, and
 * the same value in every thread; counts in front of a thread of a block of any size. All threads of the block
 * call them together. */
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

/* Sum over the threads before this one of a block of @WARPS warps. @total: of all. */
template <int WARPS>
static __device__ inline int
block_before (int own, int *total)
{
    __shared__ int shared[WARPS];
    int lane = (int) threadIdx.x % 32, warp = (int) threadIdx.x / 32, sum = own, before = 0;
    for (int step = 1; step < 32; step *= 2) {
        int other = __shfl_up_sync (~0u, sum, step);
        sum += lane >= step ? other : 0;
    }
    __syncthreads (); /* the last call's sums were read */
    if (lane == 31)
        shared[warp] = sum;
    __syncthreads ();
    *total = 0;
    for (int other = 0; other < WARPS; other++) {
        before += other < warp ? shared[other] : 0;
        *total += shared[other];
    }
    return before + sum - own;
}
