/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The second half of attention of a few rows: slices of a row are joined in their order, a block a row
 * and head, by the factors that their largest scores stand below the row's. Sums are relative to it
 * throughout, and entropy is a sum of two terms that are never negative, so that nothing cancels.
 * Moves: 4 (D + 8) B a slice, row and head.   Roof: latency, some 3 us whatever the length. */
#include "kernels/cuda/attend-decode.cuh"
#include "kernels/cuda/attend-general.cuh"
#include "kernels/cuda/early.cuh"

/* Sums over a block, and the lowest key with the largest score, in every thread: one barrier for all of
 * them, as each would be a tenth of the kernel. -1 if no key is allowed. */
static __device__ inline void
block_join (SliceRow *r, float *best)
{
    /* Of warps: sums of lanes by exchanges, of warps by every thread, which costs no second barrier. */
    __shared__ SliceRow shared[REDUCE_WARPS];
    __shared__ float shared_best[REDUCE_WARPS];
    for (int other = 16; other > 0; other /= 2) {
        r->sum += __shfl_xor_sync (~0u, r->sum, other);
        r->spread += __shfl_xor_sync (~0u, r->spread, other);
        r->distance += __shfl_xor_sync (~0u, r->distance, other);
        r->local += __shfl_xor_sync (~0u, r->local, other);
        float b = __shfl_xor_sync (~0u, *best, other);
        int32_t k = __shfl_xor_sync (~0u, r->key, other);
        if (k >= 0 && (r->key < 0 || b > *best || (b == *best && k < r->key)))
            *best = b, r->key = k;
    }
    if (threadIdx.x % 32 == 0) {
        shared[threadIdx.x / 32] = *r;
        shared_best[threadIdx.x / 32] = *best;
    }
    __syncthreads ();
    SliceRow all = {r->m, 0, 0, 0, 0, r->first, -1, 0};
    *best = -CUDART_INF_F;
    for (int warp = 0; warp < REDUCE_WARPS; warp++) {
        SliceRow one = shared[warp];
        all.sum += one.sum;
        all.spread += one.spread;
        all.distance += one.distance;
        all.local += one.local;
        float b = shared_best[warp];
        if (one.key >= 0 && (all.key < 0 || b > *best || (b == *best && one.key < all.key)))
            *best = b, all.key = one.key;
    }
    *r = all;
}

/* Statistics of row @at from sums over its keys, all relative to r.m; @total has the sink besides. */
static __device__ inline void
write_statistics (const FoveaAttendArgs &args, int64_t at, SliceRow r, float best, float total)
{
    float inverse = total == 0 ? 0 : 1 / total, log_sum = logf (total);
    if (args.lse != NULL)
        args.lse[at] = r.m == -CUDART_INF_F ? r.m : r.m + log_sum;
    if (args.entropy != NULL) /* two terms that are never negative: nothing cancels */
        args.entropy[at] = total == 0 ? 0 : (log_sum * r.sum - r.spread) * inverse;
    if (args.max_weight != NULL)
        args.max_weight[at] = r.key < 0 ? 0 : expf (best - r.m) * inverse;
    if (args.max_key != NULL)
        args.max_key[at] = r.key;
    if (args.mean_distance != NULL)
        args.mean_distance[at] = r.distance * inverse;
    if (args.first_mass != NULL)
        args.first_mass[at] = r.first == -CUDART_INF_F ? 0 : expf (r.first - r.m) * inverse;
    if (args.local_mass != NULL)
        args.local_mass[at] = r.local * inverse;
}

/* z of row @at: groups of threads have every few of the slices, and are joined in order. */
static __device__ inline void
join_values (const Decode &c, int64_t at, const float *factors, float inverse)
{
    __shared__ float room[DECODE_THREADS];
    /* As many groups as D leaves room for: a thread alone would add up all slices. */
    int D = (int) c.args.width, groups = DECODE_THREADS / D;
    int group = (int) threadIdx.x / D, d = (int) threadIdx.x % D;
    float sum = 0;
    if (group < groups)
#pragma unroll 8
        for (int slice = group; slice < c.n_slices; slice += groups)
            sum = fmaf (factors[slice], c.partial[(at * c.n_slices + slice) * D + d], sum);
    room[threadIdx.x] = sum;
    __syncthreads ();
    if (group > 0)
        return;
    for (int other = 1; other < groups; other++)
        sum += room[other * D + d];
    c.args.z[at * D + d] = sum * inverse;
}

/* A row and head from its slices, a thread each. The sink, if there is one, is part of the norm alone. */
static __global__ void
__launch_bounds__ (DECODE_THREADS) decode_join_kernel (const __grid_constant__ Decode c)
{
    __shared__ float factors[DECODE_THREADS]; /* (slices) */
    const FoveaAttendArgs &args = c.args;
    int64_t at = blockIdx.x, head = at % args.heads;
    float sink = args.rule.sink_logits != NULL ? args.rule.sink_logits[head] : -CUDART_INF_F;
    SliceRow r = {-CUDART_INF_F, 0, 0, 0, 0, -CUDART_INF_F, -1, 0};
    early_wait ();
    early_admit ();
    if ((int) threadIdx.x < c.n_slices)
        r = c.rows[at * c.n_slices + threadIdx.x];
    float own = r.m, best = own; /* a slice without keys has -inf, and joins with nothing */
    r.m = block_max (fmaxf (own, sink));
    /* By how much a slice's sums shrink; its spread also moves with the reference. */
    float factor = own == -CUDART_INF_F ? 0 : expf (own - r.m);
    factors[threadIdx.x] = factor;
    r.spread = factor == 0 ? 0 : factor * (r.spread + (own - r.m) * r.sum);
    r.sum *= factor;
    r.distance *= factor;
    r.local *= factor;
    block_join (&r, &best); /* and factors are there */
    float total = r.sum + (sink == -CUDART_INF_F ? 0 : expf (sink - r.m));
    float inverse = total == 0 ? 0 : 1 / total;
    if (threadIdx.x == 0) { /* whose slice has key 0, if any */
        write_statistics (args, at, r, best, total);
        c.norms[at] = DecodeNorm{r.m, inverse};
    }
    join_values (c, at, factors, inverse);
}

/* Scores become weights where they stand, and dense rows. */
static __global__ void
__launch_bounds__ (DECODE_THREADS) decode_weights_kernel (const __grid_constant__ Decode c)
{
    const FoveaAttendArgs &args = c.args;
    int64_t key = (int64_t) blockIdx.x * DECODE_THREADS + threadIdx.x, at = blockIdx.y;
    if (key >= args.n_keys)
        return;
    int64_t head = at % args.heads, row = at / args.heads;
    int64_t dense = (head * args.rows + row) * args.n_keys + key;
    DecodeNorm norm = c.norms[at];
    /* Nobody sees keys before the first slice, and so nobody wrote their scores. */
    float score = key < c.from ? -CUDART_INF_F : c.scores[at * args.n_keys + key];
    float weight = score == -CUDART_INF_F ? 0 : expf (score - norm.m) * norm.inverse;
    c.scores[at * args.n_keys + key] = weight;
    if (args.scores != NULL)
        args.scores[dense] = score;
    if (args.pattern != NULL)
        args.pattern[dense] = weight;
}

/* Column mass and block sums: a warp owns 64 keys of a head and takes the rows in order. */
static __global__ void
decode_sums_kernel (const __grid_constant__ Decode c)
{
    const FoveaAttendArgs &args = c.args;
    int64_t block = blockIdx.x, head = blockIdx.y;
    int64_t first_block = args.first_query / TILE;
    int64_t n_row_blocks = (args.first_query + args.rows - 1) / TILE - first_block + 1;
    for (int64_t row = 0; row < args.rows; row++) {
        const float *w = c.scores + (row * args.heads + head) * args.n_keys;
        float mass = 0, top = 0;
        for (int half = 0; half < 2; half++) {
            int64_t key = block * TILE + 32 * half + threadIdx.x;
            if (key >= args.n_keys)
                continue;
            mass += w[key];
            top = fmaxf (top, w[key]);
            if (args.column_mass != NULL)
                args.column_mass[head * args.column_stride + key] += (double) w[key];
        }
        for (int other = 16; other > 0; other /= 2) {
            mass += __shfl_xor_sync (~0u, mass, other);
            top = fmaxf (top, __shfl_xor_sync (~0u, top, other));
        }
        int64_t row_block = head * n_row_blocks + (args.first_query + row) / TILE - first_block;
        int64_t at = row_block * args.block_stride + block;
        if (threadIdx.x == 0 && args.block_mass != NULL)
            args.block_mass[at] += mass;
        if (threadIdx.x == 0 && args.block_max != NULL)
            args.block_max[at] = fmaxf (args.block_max[at], top);
    }
}

/* Dense rows and sums over columns and blocks need each weight, and so the row's norm first. */
static void
keep_keys (const Decode *c, cudaStream_t stream)
{
    const FoveaAttendArgs *args = &c->args;
    unsigned rows = (unsigned) (args->rows * args->heads);
    unsigned blocks = (unsigned) ((args->n_keys + DECODE_THREADS - 1) / DECODE_THREADS);
    /* Launched as ever: who asks for single keys moves far more than a launch costs. */
    decode_weights_kernel<<<dim3 (blocks, rows), DECODE_THREADS, 0, stream>>> (*c);
    if (args->column_mass == NULL && args->block_mass == NULL && args->block_max == NULL)
        return;
    dim3 tiles ((unsigned) ((args->n_keys + TILE - 1) / TILE), (unsigned) args->heads);
    decode_sums_kernel<<<tiles, 32, 0, stream>>> (*c);
}

cudaError_t
cuda_decode_join (const Decode *c, cudaStream_t stream)
{
    unsigned rows = (unsigned) (c->args.rows * c->args.heads);
    cudaError_t status = early_launch (decode_join_kernel, rows, DECODE_THREADS, stream, *c);
    if (status == cudaSuccess && c->scores != NULL)
        keep_keys (c, stream);
    return status == cudaSuccess ? cudaGetLastError () : status;
}
