/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The k largest of all products of a row, whatever k is: a block finds the bits of the k-th largest,
 * eight at a time, by counting; then it takes what is above, and of what equals it the first.
 * Whole numbers alone are counted by atomics: same input, same bits.
 * Moves: 20 B a product, from the cache if the rows of a wave fit.   Roof: L2. */
#include "kernels/cuda/block-reduce.cuh"
#include "kernels/cuda/sae-products.cuh"

enum {
    THREADS = 256,
    WARPS = THREADS / 32,
    DIGITS = 256
};

typedef struct {
    int bins[DIGITS];
    int digit, above; /* of the bin found, and what is in bins above it */
} Shared;

static __device__ inline unsigned
rank_of (const DenseRows &r, const float *products, float unit, int64_t i, float *value)
{
    int64_t j = r.members != NULL ? r.members[i] : i;
    float p = r.unit != NULL ? products[i] * unit * r.unit[i] : products[i];
    *value = p + (r.bias != NULL ? r.bias[j] : 0);
    return codes_rank (*value, r.scale != NULL ? r.scale[j] : 1, r.by_magnitude, r.only_positive);
}

/* The bin, from the largest down, in which the @k-th lies. A thread is a bin. */
static __device__ inline void
find_digit (int k, Shared *shared)
{
    int total, bin = DIGITS - 1 - (int) threadIdx.x, own = shared->bins[bin];
    int before = block_before<WARPS> (own, &total);
    if (threadIdx.x == 0 && total < k) {
        shared->digit = 0;
        shared->above = total - shared->bins[0];
    }
    if (before < k && k <= before + own) {
        shared->digit = bin;
        shared->above = before;
    }
    __syncthreads ();
}

/* Rank of the @k-th largest, 0 if fewer compete; @ties: how many that equal it are in. */
static __device__ inline unsigned
find_last (const DenseRows &r, const float *products, float unit, int *ties, Shared *shared)
{
    unsigned found = 0;
    int k = (int) r.k;
    for (int shift = 24; shift >= 0; shift -= 8) {
        shared->bins[threadIdx.x] = 0;
        __syncthreads ();
        for (int64_t i = threadIdx.x; i < r.n; i += THREADS) {
            float value;
            unsigned rank = rank_of (r, products, unit, i, &value);
            bool in = rank > 0 && (shift == 24 || rank >> (shift + 8) == found >> (shift + 8));
            if (in)
                atomicAdd (&shared->bins[rank >> shift & (DIGITS - 1)], 1);
        }
        __syncthreads ();
        find_digit (k, shared);
        found |= (unsigned) shared->digit << shift;
        k -= shared->above;
        __syncthreads ();
    }
    *ties = k;
    return found;
}

/* A block does one row. */
static __device__ void
select_row (const DenseRows &r, const float *products, int64_t row, Shared *shared)
{
    int ties, n_above = 0, n_equal = 0;
    float unit = r.row != NULL ? r.row[row].unit : 1;
    unsigned last = find_last (r, products, unit, &ties, shared);
    for (int64_t first = 0; first < r.n; first += THREADS) {
        int64_t i = first + threadIdx.x;
        float value = 0;
        unsigned rank = i < r.n ? rank_of (r, products, unit, i, &value) : 0;
        bool above = rank > last, equal = rank > 0 && rank == last;
        int total, before = block_before<WARPS> ((above ? 1 : 0) | (equal ? 1 << 16 : 0), &total);
        int equal_before = n_equal + (before >> 16);
        int at = n_above + (before & 0xffff) + min (equal_before, ties);
        if (above || (equal && equal_before < ties)) {
            r.latent[row * r.k + at] = r.members != NULL ? r.members[i] : (int) i;
            r.value[row * r.k + at] = value;
        }
        n_above += total & 0xffff;
        n_equal += total >> 16;
    }
    if (threadIdx.x == 0)
        r.count[row] = n_above + min (n_equal, ties);
}

static __global__ void
__launch_bounds__ (THREADS) dense_kernel (const __grid_constant__ DenseRows r)
{
    __shared__ Shared shared;
    select_row (r, r.products + (int64_t) blockIdx.x * r.stride, blockIdx.x, &shared);
}

cudaError_t
cuda_codes_dense (const DenseRows *dense, int64_t n, cudaStream_t stream)
{
    dense_kernel<<<(unsigned) n, THREADS, 0, stream>>> (*dense);
    return cudaGetLastError ();
}

/* Rows of the list that blocks make products of together, so that one row does not take as long as all
 * its weights through one multiprocessor; there is room for as many. */
static __device__ inline int
shared_rows (const CodesRun &run)
{
    return min (run.redo[0], run.n_processors);
}

/* Products of one batch of latents with row @t. */
template <bool ROUNDED, bool VECTORS>
static __device__ inline void
make_batch (const CodesRun &run, int64_t t, int64_t first, float *products)
{
    using P = Products<ROUNDED, VECTORS>;
    int64_t n = run.args.weights.n_latents;
    auto name = [&] (int b) { return (int) (first + b < n ? first + b : n - 1); };
    float p = P::make (run, t, name);
    if (lane_id () < P::BATCH && first + lane_id () < n)
        products[first + lane_id ()] = p;
}

/* All blocks' share of the first rows' products. */
template <bool ROUNDED, bool VECTORS>
static __device__ inline void
make_shared (const CodesRun &run)
{
    constexpr int BATCH = Products<ROUNDED, VECTORS>::BATCH;
    int64_t n = run.args.weights.n_latents, batches = (n + BATCH - 1) / BATCH;
    int64_t end = shared_rows (run) * batches, warp = threadIdx.x / 32;
    for (int64_t i = blockIdx.x * WARPS + warp; i < end; i += gridDim.x * WARPS) {
        int64_t at = i / batches;
        make_batch<ROUNDED, VECTORS> (run, run.redo[2 + at], i % batches * BATCH,
                                      run.products + at * n);
    }
    __syncthreads ();
    if (threadIdx.x == 0) {
        __threadfence ();
        atomicAdd (&run.redo[1], 1);
    }
}

/* Until all blocks have. Blocks that wait are a quarter of them, so that there is always room for the rest. */
static __device__ inline void
wait_for_shared (const CodesRun &run)
{
    if (threadIdx.x == 0) {
        while (*(const volatile int *) &run.redo[1] < (int) gridDim.x)
            __nanosleep (500);
        __threadfence ();
    }
    __syncthreads ();
}

/* Blocks share the rows of the list; how many there are is known here only. */
template <bool ROUNDED, bool VECTORS>
static __global__ void
__launch_bounds__ (THREADS) redo_kernel (const __grid_constant__ CodesRun run)
{
    constexpr int BATCH = Products<ROUNDED, VECTORS>::BATCH;
    __shared__ Shared shared;
    codes_begin ();
    if (run.redo[0] == 0)
        return;
    make_shared<ROUNDED, VECTORS> (run);
    if (blockIdx.x >= run.n_processors || blockIdx.x >= run.redo[0])
        return;
    wait_for_shared (run);
    const FoveaCodesArgs &a = run.args;
    int64_t n = a.weights.n_latents, warp = threadIdx.x / 32;
    float *products = run.products + blockIdx.x * n;
    DenseRows r = {.products = products, .n = n, .stride = n, .bias = a.weights.bias};
    r.scale = a.weights.scale;
    r.k = a.k;
    r.by_magnitude = a.by_magnitude;
    r.only_positive = a.only_positive;
    r.latent = a.latent;
    r.count = a.count;
    r.value = a.value;
    for (int at = (int) blockIdx.x; at < run.redo[0]; at += run.n_processors) {
        int64_t t = run.redo[2 + at];
        for (int64_t i = warp * BATCH; at >= shared_rows (run) && i < n; i += WARPS * BATCH)
            make_batch<ROUNDED, VECTORS> (run, t, i, products);
        __syncthreads ();
        select_row (r, products, t, &shared);
        __syncthreads ();
    }
}

template <bool ROUNDED, bool VECTORS>
static cudaError_t
launch_redo (const CodesRun *run, cudaStream_t stream)
{
    return codes_follow (redo_kernel<ROUNDED, VECTORS>, 4 * (unsigned) run->n_processors, THREADS,
                         0, stream, *run);
}

cudaError_t
cuda_codes_redo (const CodesRun *run, cudaStream_t stream)
{
    if (run->args.weights.rounded)
        return launch_redo<true, true> (run, stream);
    return codes_has_vectors (run) ? launch_redo<false, true> (run, stream)
                                   : launch_redo<false, false> (run, stream);
}
