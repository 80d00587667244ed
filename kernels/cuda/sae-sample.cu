/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A row's threshold from its sample (sae-codes.cuh). A warp a row: it finds the bits of the rank-th
 * largest among the largest of runs of eight scores. These are at most as many as scores, so that the
 * threshold can only be lower than the sample's own rank-th.
 *
 * Why that rank: of the k best latents, about m = k sampled / all are in the sample, and by chance
 * hardly ever m + 4 sqrt (m) + 3 of them: so the threshold is below the k-th, whatever scores are like.
 *
 * Moves, a row: 4 B a run of the sample.   Roof: L2. */
#include "kernels/cuda/sae-products.cuh"

enum {
    WARPS = 4,
    THREADS = 32 * WARPS,
    LAST_BIT = 15 /* a threshold a little low does no harm */
};

/* @EACH: runs of a lane, at most. */
template <int EACH>
static __device__ inline float
find_threshold (const CodesRun &run, const float *largest)
{
    int n = run.sampled * CODES_RUNS;
    unsigned order[EACH], found = 0;
#pragma unroll
    for (int i = 0; i < EACH; i++) {
        int at = 32 * i + lane_id ();
        order[i] = at < n ? codes_order (largest[at]) : 0;
    }
    for (unsigned bit = 1u << 31; bit >= 1u << LAST_BIT; bit >>= 1) {
        int reached = 0;
#pragma unroll
        for (int i = 0; i < EACH; i++)
            reached += order[i] >= (found | bit);
        if ((int) __reduce_add_sync (~0u, (unsigned) reached) >= run.rank)
            found |= bit;
    }
    if (found < 1u << LAST_BIT)
        return INFINITY; /* fewer numbers than that */
    float threshold = codes_float (found);
    return run.args.only_positive ? fmaxf (threshold, 0) : threshold;
}

template <int EACH>
static __global__ void
__launch_bounds__ (THREADS)
    threshold_kernel (const __grid_constant__ CodesRun run, int64_t first, int n)
{
    int64_t at = (int64_t) blockIdx.x * WARPS + threadIdx.x / 32;
    codes_begin ();
    if (at >= n)
        return;
    float least = find_threshold<EACH> (run, run.largest + at * run.sampled * CODES_RUNS);
    if (lane_id () == 0)
        run.row[first + at].least = least;
}

cudaError_t
cuda_codes_threshold (const CodesRun *run, int64_t first, int n, cudaStream_t stream)
{
    auto kernel = run->sampled <= CODES_SAMPLE ? threshold_kernel<CODES_SAMPLE>
                                               : threshold_kernel<CODES_SAMPLE_MOST>;
    return codes_follow (kernel, (unsigned) ((n + WARPS - 1) / WARPS), THREADS, 0, stream, *run,
                         first, n);
}
