/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Codes by levels from products of all latents (sae-above.cuh). A block a row; each of its warps has latents
 * side by side, so that codes go out in their order.
 * Moves, a row: 4 B a latent, three times, and 8 B a code.   Roof: memory, L2 where a row's products are there still. */
#include "kernels/cuda/block-reduce.cuh"
#include "kernels/cuda/sae-above.cuh"
#include "kernels/cuda/sae-products.cuh"

enum {
    WARPS = DENSE_THREADS / 32
};

/* A row's products and what they are held against. */
typedef struct {
    const float *products;
    FoveaCodesWeights weights;
    const float *unit; /* (n_latents) */
    float row_unit;
} DenseRow;

static __device__ inline DenseRow
open_row (const AboveRun &run, int64_t t, int64_t at)
{
    const FoveaCodesWeights &w = run.codes.args.weights;
    DenseRow r = {run.products + at * w.n_latents, w};
    r.unit = w.rounded ? run.codes.prepared.unit : run.weight_unit;
    r.row_unit = w.rounded ? run.codes.row[t].unit : run.line_unit[at];
    return r;
}

/* Whether latent @j has a code, and that; false for what is no latent. */
static __device__ inline bool
find_code (const DenseRow &r, int64_t j, float *code)
{
    if (j >= r.weights.n_latents)
        return false;
    float p = r.products[j] * r.row_unit * r.unit[j];
    p += r.weights.bias != NULL ? r.weights.bias[j] : 0;
    *code = p;
    return p > r.weights.level[j];
}

/* Latents of a warp, whole thirty-twos. */
static __device__ inline int64_t
share_of_warp (const DenseRow &r)
{
    return (r.weights.n_latents + DENSE_THREADS - 1) / DENSE_THREADS * 32;
}

/* Codes of the warp's latents, and of all warps before it; all threads call it together. */
static __device__ inline int
count_codes (const DenseRow &r, int *total)
{
    int64_t share = share_of_warp (r), base = (int64_t) (threadIdx.x / 32) * share;
    int own = 0;
    float code;
    for (int64_t i = lane_id (); i < share; i += 32)
        own += find_code (r, base + i, &code);
    int before = block_before<WARPS> (own, total);
    return __shfl_sync (~0u, before, 0);
}

static __global__ void
__launch_bounds__ (DENSE_THREADS)
    dense_count_kernel (const __grid_constant__ AboveRun run, int64_t first)
{
    int total;
    count_codes (open_row (run, first + blockIdx.x, blockIdx.x), &total);
    if (threadIdx.x == 0)
        run.n_codes[blockIdx.x] = total;
}

static __global__ void
__launch_bounds__ (DENSE_THREADS)
    dense_fill_kernel (const __grid_constant__ AboveRun run, int64_t first)
{
    int64_t t = first + blockIdx.x;
    codes_begin ();
    if (run.offset[t + 1] > run.room)
        return;
    int total;
    DenseRow r = open_row (run, t, blockIdx.x);
    int64_t to = run.offset[t] + count_codes (r, &total);
    int64_t share = share_of_warp (r), base = (int64_t) (threadIdx.x / 32) * share;
    for (int64_t i = lane_id (); i < share; i += 32) {
        float code = 0;
        bool in = find_code (r, base + i, &code);
        unsigned all = __ballot_sync (~0u, in);
        if (in) {
            int64_t own = to + __popc (all & ((1u << lane_id ()) - 1));
            run.latent[own] = (int32_t) (base + i);
            run.value[own] = code;
        }
        to += __popc (all);
    }
}

cudaError_t
cuda_above_dense_count (const AboveRun *run, int64_t first, int n, cudaStream_t stream)
{
    dense_count_kernel<<<(unsigned) n, DENSE_THREADS, 0, stream>>> (*run, first);
    return cudaGetLastError ();
}

cudaError_t
cuda_above_dense_fill (const AboveRun *run, int64_t first, int n, cudaStream_t stream)
{
    return codes_follow (dense_fill_kernel, (unsigned) n, DENSE_THREADS, 0, stream, *run, first);
}
