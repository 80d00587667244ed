/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The k largest of all products of a row, whatever k is: a block finds the bits of the k-th largest,
 * eight at a time, by counting; then it takes what is above, and of what equals it the first.
 * Whole numbers alone are counted by atomics: same input, same bits.
 * Moves: 20 B a product, from the cache if the rows of a wave fit.   Roof: L2. */
#include "kernels/cuda/sae-products.cuh"

enum {
    THREADS = 256,
    WARPS = THREADS / 32,
    DIGITS = 256
};

typedef struct {
    int bins[DIGITS];
    int scan[WARPS];
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

/* Sum over the threads before this one; all threads call it together. @total: of all. */
static __device__ inline int
scan_block (int own, Shared *shared, int *total)
{
    int lane = lane_id (), warp = (int) threadIdx.x / 32, sum = own, before = 0;
    for (int step = 1; step < 32; step *= 2) {
        int other = __shfl_up_sync (~0u, sum, step);
        sum += lane >= step ? other : 0;
    }
    __syncthreads (); /* the last call's sums were read */
    if (lane == 31)
        shared->scan[warp] = sum;
    __syncthreads ();
    *total = 0;
    for (int other = 0; other < WARPS; other++) {
        before += other < warp ? shared->scan[other] : 0;
        *total += shared->scan[other];
    }
    return before + sum - own;
}

/* The bin, from the largest down, in which the @k-th lies. A thread is a bin. */
static __device__ inline void
find_digit (int k, Shared *shared)
{
    int total, bin = DIGITS - 1 - (int) threadIdx.x, own = shared->bins[bin];
    int before = scan_block (own, shared, &total);
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
        int total, before = scan_block ((above ? 1 : 0) | (equal ? 1 << 16 : 0), shared, &total);
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

/* Blocks share the rows of the list; how many there are is known here only. */
template <bool ROUNDED, bool VECTORS>
static __global__ void
__launch_bounds__ (THREADS) redo_kernel (const __grid_constant__ CodesRun run)
{
    using P = Products<ROUNDED, VECTORS>;
    __shared__ Shared shared;
    const FoveaCodesArgs &a = run.args;
    int64_t n = a.weights.n_latents;
    float *products = run.products + blockIdx.x * n;
    DenseRows r = {.products = products, .n = n, .stride = n, .bias = a.weights.bias};
    r.scale = a.weights.scale;
    r.k = a.k;
    r.by_magnitude = a.by_magnitude;
    r.only_positive = a.only_positive;
    r.latent = a.latent;
    r.count = a.count;
    r.value = a.value;
    for (int at = (int) blockIdx.x; at < run.redo[0]; at += (int) gridDim.x) {
        int64_t t = run.redo[1 + at];
        for (int64_t i = (int64_t) threadIdx.x / 32 * P::BATCH; i < n; i += WARPS * P::BATCH) {
            auto name = [&] (int b) { return (int) (i + b < n ? i + b : n - 1); };
            float p = P::make (run, t, name);
            if (lane_id () < P::BATCH && i + lane_id () < n)
                products[i + lane_id ()] = p;
        }
        __syncthreads ();
        select_row (r, products, t, &shared);
        __syncthreads ();
    }
}

cudaError_t
cuda_codes_redo (const CodesRun *run, cudaStream_t stream)
{
    unsigned grid = (unsigned) run->n_processors;
    if (run->args.weights.rounded)
        redo_kernel<true, true><<<grid, THREADS, 0, stream>>> (*run);
    else if (codes_has_vectors (run))
        redo_kernel<false, true><<<grid, THREADS, 0, stream>>> (*run);
    else
        redo_kernel<false, false><<<grid, THREADS, 0, stream>>> (*run);
    return cudaGetLastError ();
}
