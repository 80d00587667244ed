/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Codes of a batch that competes as a whole: the smallest that is kept is found by its bits, eleven, ten
 * and ten of them at a time, from counts of all products. Ties with it go to the earlier row, then to the
 * lower latent, so rows first count theirs. Counts are whole numbers: their order does not matter.
 * Moves: 4 B a product a pass, five passes, and 8 B once.   Roof: memory. */
#include "kernels/cuda/sae-products.cuh"
#include "kernels/cuda/sae-step.cuh"

enum {
    THREADS = 256,
    SINGLE = 1024,
    FIRST_BITS = 11, /* of 31: what competes is above 0 */
    NEXT_BITS = 10
};

/* What product @p of latent @j competes by, as bits; 0 = not at all. */
static __device__ inline unsigned
rank_bits (const StepRun &run, float p, int64_t j)
{
    float q = run.args.rescales ? p * run.norm[j] : p;
    q = run.args.by_magnitude ? fabsf (q) : q;
    return q > 0 ? __float_as_uint (q) : 0;
}

static __global__ void
begin_kernel (const __grid_constant__ StepRun run)
{
    *run.full.choice = {0, ~0u, (unsigned long long) run.args.keep, 0};
}

/* Counts products by @width bits from bit @shift on, of those that agree in the higher bits. Before the
 * first pass they are in units and without their bias. */
static __global__ void
__launch_bounds__ (THREADS)
    count_kernel (const __grid_constant__ StepRun run, int shift, int width, bool first)
{
    __shared__ unsigned bins[STEP_BINS];
    const StepFull &f = run.full;
    int64_t F = run.args.n_latents;
    unsigned known = f.choice->bits >> (shift + width);
    for (int i = (int) threadIdx.x; i < 1 << width; i += THREADS)
        bins[i] = 0;
    __syncthreads ();
    for (int64_t t = blockIdx.x; t < run.args.rows; t += gridDim.x)
        for (int64_t j = threadIdx.x; j < F; j += THREADS) {
            float p = f.products[t * f.stride + j];
            if (first) {
                p = fmaf (p, product_unit (f, j), run.args.w.b_enc[j]);
                f.products[t * f.stride + j] = p;
            }
            unsigned rank = rank_bits (run, p, j);
            if (rank != 0 && rank >> (shift + width) == known)
                atomicAdd (&bins[rank >> shift & ((1u << width) - 1)], 1u);
        }
    __syncthreads ();
    for (int i = (int) threadIdx.x; i < 1 << width; i += THREADS)
        if (bins[i] != 0)
            atomicAdd (&f.bins[i], (unsigned long long) bins[i]);
}

/* The bin of the smallest that is kept, by one warp: a lane has a run of bins, from the highest on. */
static __global__ void __launch_bounds__ (32)
    pick_kernel (const __grid_constant__ StepRun run, int shift, int width)
{
    BatchChoice *c = run.full.choice;
    unsigned long long *bins = run.full.bins, own = 0, left = c->left;
    int lane = lane_id (), each = (1 << width) / 32, top = (1 << width) - 1 - lane * each;
    for (int i = 0; i < each; i++)
        own += bins[top - i];
    unsigned long long sum = own;
    for (int step = 1; step < 32; step *= 2) {
        unsigned long long other = __shfl_up_sync (~0u, sum, step);
        sum += lane >= step ? other : 0;
    }
    unsigned reached = __ballot_sync (~0u, sum >= left);
    if (reached == 0 && lane == 0)
        c->all = 1; /* can only be in the first pass */
    if (reached != 0 && lane == __ffs ((int) reached) - 1) {
        left -= sum - own;
        int i = 0;
        for (; left > bins[top - i]; i++)
            left -= bins[top - i];
        c->bits |= (unsigned) (top - i) << shift;
        c->left = left;
    }
    __syncwarp ();
    for (int i = 0; i < each; i++)
        bins[top - i] = 0;
}

/* Ties of each row with the smallest. */
static __global__ void
__launch_bounds__ (THREADS) ties_kernel (const __grid_constant__ StepRun run)
{
    const StepFull &f = run.full;
    int64_t F = run.args.n_latents, t = blockIdx.x;
    unsigned smallest = f.choice->bits;
    int n = 0;
    for (int64_t first = 0; first < F && f.choice->all == 0; first += THREADS) {
        int64_t j = first + threadIdx.x;
        bool tie = j < F && rank_bits (run, f.products[t * f.stride + j], j) == smallest;
        n += __syncthreads_count (tie);
    }
    if (threadIdx.x == 0)
        f.ties[t] = n;
}

/* Turns (rows) counts into how many are before each row; @counts[rows] becomes all. */
static __global__ void
__launch_bounds__ (SINGLE) before_kernel (int *counts, int64_t rows)
{
    __shared__ int sums[SINGLE];
    int64_t each = (rows + SINGLE - 1) / SINGLE, first = each * threadIdx.x;
    int64_t end = min (first + each, rows);
    int own = 0, before = 0;
    for (int64_t t = first; t < end; t++)
        own += counts[t];
    sums[threadIdx.x] = own;
    __syncthreads ();
    for (int i = 0; i < (int) threadIdx.x; i++)
        before += sums[i];
    for (int64_t t = first; t < end; t++) {
        int n = counts[t];
        counts[t] = before;
        before += n;
    }
    if (threadIdx.x == SINGLE - 1)
        counts[rows] = before; /* the last thread's rows, or none, are behind all others */
}

/* Of threads with @in, how many are before, of the block; all threads call it. */
static __device__ inline int
threads_before (bool in, int *warps)
{
    int warp = (int) threadIdx.x / 32, before = 0;
    unsigned all = __ballot_sync (~0u, in);
    __syncthreads ();
    if (lane_id () == 0)
        warps[warp] = __popc (all);
    __syncthreads ();
    for (int i = 0; i < warp; i++)
        before += warps[i];
    return before + __popc (all & ((1u << lane_id ()) - 1));
}

/* What becomes of what is kept. */
typedef enum {
    AS_MATRIX,
    AS_COUNTS, /* of rows */
    AS_LIST
} KeepAs;

/* A block a row. */
template <KeepAs AS>
static __global__ void
__launch_bounds__ (THREADS) keep_kernel (const __grid_constant__ StepRun run)
{
    __shared__ int warps[THREADS / 32];
    const StepFull &f = run.full;
    const StepEntries &e = run.main;
    const BatchChoice choice = *f.choice;
    int64_t F = run.args.n_latents, t = blockIdx.x, to = AS == AS_LIST ? e.first[t] : 0;
    float unit = AS == AS_MATRIX ? code_unit (run) : 1;
    unsigned smallest = ~0u;
    unsigned long long before = (unsigned long long) f.ties[t];
    int n = 0;
    for (int64_t first = 0; first < F; first += THREADS) {
        int64_t j = first + threadIdx.x;
        float p = j < F ? f.products[t * f.stride + j] : 0;
        unsigned rank = j < F ? rank_bits (run, p, j) : 0;
        bool tie = rank != 0 && choice.all == 0 && rank == choice.bits;
        int ties = __syncthreads_count (tie);
        bool in = rank != 0 && (choice.all != 0 || rank > choice.bits);
        if (ties > 0) { /* the same for all threads */
            unsigned own = (unsigned) threads_before (tie, warps);
            in = in || (tie && before + own < choice.left);
        }
        before += (unsigned) ties;
        smallest = in ? min (smallest, rank) : smallest;
        if (AS == AS_MATRIX && j < F)
            put_code (f.codes, t * f.stride + j, in ? p * (f.dec_unit[j] / unit) : 0);
        if (AS == AS_MATRIX)
            continue;
        int kept = __syncthreads_count (in);
        n += kept;
        if (AS == AS_COUNTS || kept == 0)
            continue;
        int64_t at = to + threads_before (in, warps);
        if (in) {
            e.latent[at] = (int32_t) j;
            e.value[at] = p;
            e.row[at] = (int) t;
        }
        to += kept;
    }
    if (AS == AS_COUNTS && threadIdx.x == 0)
        e.first[t] = e.count[t] = n;
    smallest = __reduce_min_sync (~0u, smallest);
    if (lane_id () == 0 && smallest != ~0u)
        atomicMin (&f.choice->smallest, smallest);
}

cudaError_t
cuda_step_batch_codes (const StepRun *run, cudaStream_t stream)
{
    unsigned rows = (unsigned) run->args.rows, grid = rows < 2048 ? rows : 2048;
    static_assert (1 << FIRST_BITS <= STEP_BINS, "bins of the first pass");
    cudaError_t status =
        cudaMemsetAsync (run->full.bins, 0, STEP_BINS * sizeof *run->full.bins, stream);
    if (status != cudaSuccess)
        return status;
    begin_kernel<<<1, 1, 0, stream>>> (*run);
    for (int shift = 31 - FIRST_BITS; shift >= 0; shift -= NEXT_BITS) {
        bool first = shift == 31 - FIRST_BITS;
        int width = first ? FIRST_BITS : NEXT_BITS;
        count_kernel<<<grid, THREADS, 0, stream>>> (*run, shift, width, first);
        pick_kernel<<<1, 32, 0, stream>>> (*run, shift, width);
    }
    ties_kernel<<<rows, THREADS, 0, stream>>> (*run);
    before_kernel<<<1, SINGLE, 0, stream>>> (run->full.ties, run->args.rows);
    if (run->full.on) {
        keep_kernel<AS_MATRIX><<<rows, THREADS, 0, stream>>> (*run);
        return cudaGetLastError ();
    }
    keep_kernel<AS_COUNTS><<<rows, THREADS, 0, stream>>> (*run);
    before_kernel<<<1, SINGLE, 0, stream>>> (run->main.first, run->args.rows);
    keep_kernel<AS_LIST><<<rows, THREADS, 0, stream>>> (*run);
    return cudaGetLastError ();
}
