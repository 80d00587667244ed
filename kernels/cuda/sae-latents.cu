/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Training's pass over latents: a block sums what a latent's entries give its encoder and decoder rows.
 * Entries come sorted by latent, then by row. A latent that fires everywhere would hold up the pass,
 * so runs of 64 entries that begin at a multiple of 64 and belong to one latent are summed before, each
 * by a block of its own.
 * Moves, an entry: 4 B (d + d_out) from the L2 cache, where the batch lies.   Roof: L2. */
#include "kernels/cuda/sae-products.cuh"
#include "kernels/cuda/sae-step.cuh"

enum {
    THREADS = 64,
    WARPS = THREADS / 32
};

/* Entries at hand; and what is summed, (d_out + d) floats behind it. */
typedef struct alignas (16) {
    int row[STEP_SEGMENT];
    float code[STEP_SEGMENT], d_code[STEP_SEGMENT];
    double parts[WARPS], d_pre;
    int count;
} Shared;

static __device__ inline float *
sums_of (Shared *shared)
{
    return (float *) (shared + 1);
}

/* The @n entries from place @first of the sorted list. */
static __device__ inline void
load_entries (const StepEntries &e, int64_t first, int n, Shared *shared)
{
    __syncthreads (); /* the last ones were used */
    if ((int) threadIdx.x < n) {
        unsigned entry = e.order[first + threadIdx.x];
        shared->row[threadIdx.x] = e.row != NULL ? e.row[entry] : (int) (entry / (unsigned) e.k);
        shared->code[threadIdx.x] = e.value[entry];
        shared->d_code[threadIdx.x] = e.d_code[entry];
    }
    __syncthreads ();
}

/* to[c] += sum of factor * weight[i] * rows[row[i]][c] */
static __device__ inline void
add_rows (const Shared *shared,
          const float *weight,
          float factor,
          const float *rows,
          int64_t width,
          int n,
          float *to)
{
    for (int64_t c = 4 * threadIdx.x; c < width; c += 4 * THREADS) {
        float4 sum = *(const float4 *) (to + c);
#pragma unroll 4
        for (int i = 0; i < n; i++) {
            float4 x = __ldg ((const float4 *) (rows + shared->row[i] * width + c));
            float a = factor * weight[i];
            sum.x = fmaf (a, x.x, sum.x);
            sum.y = fmaf (a, x.y, sum.y);
            sum.z = fmaf (a, x.z, sum.z);
            sum.w = fmaf (a, x.w, sum.w);
        }
        *(float4 *) (to + c) = sum;
    }
}

static __device__ inline void
add_entries (const StepRun &run, const StepEntries &e, int64_t first, int n, Shared *shared)
{
    float *sums = sums_of (shared);
    load_entries (e, first, n, shared);
    add_rows (shared, shared->code, e.slope, e.error, run.args.d_out, n, sums);
    add_rows (shared, shared->d_code, 1, run.x, run.args.d_in, n, sums + run.args.d_out);
    if (threadIdx.x != 0)
        return;
    for (int i = 0; i < n; i++) {
        shared->d_pre += (double) shared->d_code[i];
        shared->count += shared->code[i] != 0;
    }
}

static __device__ inline void
clear_sums (const StepRun &run, Shared *shared)
{
    for (int64_t c = threadIdx.x; c < run.args.d_out + run.args.d_in; c += THREADS)
        sums_of (shared)[c] = 0;
    if (threadIdx.x == 0) {
        shared->d_pre = 0;
        shared->count = 0;
    }
    __syncthreads ();
}

/* Whole runs within one latent. */
static __global__ void
__launch_bounds__ (THREADS)
    segments_kernel (const __grid_constant__ StepRun run, const __grid_constant__ StepEntries e)
{
    extern __shared__ double raw[];
    Shared *shared = (Shared *) raw;
    int64_t at = blockIdx.x, first = at * STEP_SEGMENT, width = run.args.d_out + run.args.d_in;
    unsigned key = e.key[first];
    if (key >= (unsigned) run.args.n_latents || key != e.key[first + STEP_SEGMENT - 1])
        return;
    clear_sums (run, shared);
    add_entries (run, e, first, STEP_SEGMENT, shared);
    for (int64_t c = 4 * threadIdx.x; c < run.args.d_out; c += 4 * THREADS)
        *(float4 *) (e.segment_sums + at * width + c) = *(float4 *) (sums_of (shared) + c);
    for (int64_t c = run.args.d_out + 4 * threadIdx.x; c < width; c += 4 * THREADS)
        *(float4 *) (e.segment_sums + at * width + c) = *(float4 *) (sums_of (shared) + c);
    if (threadIdx.x == 0) {
        e.segment_d[at] = shared->d_pre;
        e.segment_counts[at] = shared->count;
    }
}

static __device__ inline void
add_segment (const StepRun &run, const StepEntries &e, int64_t at, Shared *shared)
{
    int64_t d_out = run.args.d_out, width = d_out + run.args.d_in;
    const float *from = e.segment_sums + at * width;
    float *sums = sums_of (shared);
    __syncthreads (); /* add_rows() has other columns for a thread */
    for (int64_t c = 4 * threadIdx.x; c < width; c += 4 * THREADS) {
        float4 a = *(float4 *) (sums + c), b = *(const float4 *) (from + c);
        *(float4 *) (sums + c) = make_float4 (a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w);
    }
    if (threadIdx.x == 0) {
        shared->d_pre += e.segment_d[at];
        shared->count += e.segment_counts[at];
    }
    __syncthreads ();
}

/* All entries of latent @j. */
static __device__ inline void
add_latent (const StepRun &run, const StepEntries &e, int64_t j, Shared *shared)
{
    int64_t end = e.start[j + 1];
    for (int64_t at = e.start[j]; at < end;) {
        int64_t next = (at / STEP_SEGMENT + 1) * STEP_SEGMENT;
        if (at % STEP_SEGMENT == 0 && next <= end)
            add_segment (run, e, at / STEP_SEGMENT, shared);
        else
            add_entries (run, e, at, (int) (min (next, end) - at), shared);
        at = next;
    }
    __syncthreads ();
}

/* What products of whole matrices gave latent @j, with what its decoder's norm feels. */
static __device__ inline void
add_full (const StepRun &run, int64_t j, Shared *shared)
{
    const FoveaSaeStepArgs &a = run.args;
    const double *sums = run.full.sums + j;
    float *to = sums_of (shared), norm = run.norm[j];
    bool feels = a.rule != FOVEA_STEP_BATCH && norm > 0;
    float along = feels ? (float) (sums[FULL_NORM * a.n_latents] / (double) norm) : 0;
    for (int64_t c = threadIdx.x; c < a.d_out; c += THREADS)
        to[c] = fmaf (along, a.w.w_dec[j * a.d_out + c], a.gradient.w_dec[j * a.d_out + c]);
    for (int64_t c = threadIdx.x; c < a.d_in; c += THREADS)
        to[a.d_out + c] = a.gradient.w_enc[j * a.d_in + c];
    if (threadIdx.x == 0) {
        shared->d_pre = sums[FULL_PRE * a.n_latents];
        shared->count = (int) sums[FULL_COUNT * a.n_latents];
    }
    __syncthreads ();
}

static __device__ inline double
sum_block (Shared *shared, double x)
{
    for (int other = 16; other > 0; other /= 2)
        x += __shfl_xor_sync (~0u, x, other);
    __syncthreads ();
    if (lane_id () == 0)
        shared->parts[threadIdx.x / 32] = x;
    __syncthreads ();
    return shared->parts[0] + shared->parts[1];
}

/* Takes the part of the decoder's gradient that would only change its norm. */
static __device__ inline void
project (const StepRun &run, int64_t j, Shared *shared)
{
    float *g = sums_of (shared);
    const float *w = run.args.w.w_dec + j * run.args.d_out;
    double along = 0;
    for (int64_t c = threadIdx.x; c < run.args.d_out; c += THREADS)
        along += (double) g[c] * (double) w[c];
    float factor = (float) sum_block (shared, along);
    for (int64_t c = threadIdx.x; c < run.args.d_out; c += THREADS)
        g[c] -= factor * w[c];
}

/* Gradients that are one number a latent; gives the sum of their squares. */
static __device__ inline double
store_scalars (const StepRun &run, int64_t j, double d_pre)
{
    const FoveaSaeStepArgs &a = run.args;
    const double *sums = run.full.sums + j; /* of rules that have any */
    float bias = (float) d_pre, other = 0, magnitude = 0;
    if (a.rule == FOVEA_STEP_GATE) {
        double through = sums[FULL_MAG * a.n_latents];
        magnitude = (float) through;
        other = (float) sums[FULL_OTHER * a.n_latents];
        bias = (float) (d_pre - through * (double) expf (a.w.r_mag[j])); /* the gate's alone */
        a.gradient.b_mag[j] = magnitude;
        a.gradient.r_mag[j] = other;
    } else if (a.w.log_threshold != NULL) {
        other = (float) sums[FULL_OTHER * a.n_latents];
        a.gradient.log_threshold[j] = other;
    }
    a.gradient.b_enc[j] = bias;
    return (double) bias * (double) bias + (double) other * (double) other +
           (double) magnitude * (double) magnitude;
}

static __global__ void
__launch_bounds__ (THREADS) latents_kernel (const __grid_constant__ StepRun run)
{
    extern __shared__ double raw[];
    Shared *shared = (Shared *) raw;
    const FoveaSaeStepArgs &a = run.args;
    int64_t j = blockIdx.x;
    clear_sums (run, shared);
    if (run.full.on)
        add_full (run, j, shared);
    else
        add_latent (run, run.main, j, shared);
    int count = shared->count;
    if (run.dead.k > 0)
        add_latent (run, run.dead, j, shared);
    if (a.unit_norm)
        project (run, j, shared);
    const float *sums = sums_of (shared);
    double squares = 0;
    for (int64_t c = threadIdx.x; c < a.d_out; c += THREADS) {
        float g = sums[c];
        a.gradient.w_dec[j * a.d_out + c] = g;
        squares += (double) g * (double) g;
    }
    for (int64_t c = threadIdx.x; c < a.d_in; c += THREADS) {
        float g = sums[a.d_out + c];
        a.gradient.w_enc[j * a.d_in + c] = g;
        squares += (double) g * (double) g;
    }
    squares = sum_block (shared, squares);
    if (threadIdx.x != 0)
        return;
    run.d_pre[j] = (float) shared->d_pre;
    run.counts[j] = count;
    run.squares[j] = squares + store_scalars (run, j, shared->d_pre);
}

static size_t
shared_bytes (const StepRun *run)
{
    return sizeof (Shared) + (size_t) (run->args.d_out + run->args.d_in) * sizeof (float);
}

static cudaError_t
run_segments (const StepRun *run, const StepEntries *e, cudaStream_t stream)
{
    unsigned segments = (unsigned) (e->n / STEP_SEGMENT);
    if (segments > 0)
        segments_kernel<<<segments, THREADS, shared_bytes (run), stream>>> (*run, *e);
    return cudaGetLastError ();
}

cudaError_t
cuda_step_latents (const StepRun *run, cudaStream_t stream)
{
    int bytes = (int) shared_bytes (run);
    cudaError_t status =
        cudaFuncSetAttribute (segments_kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes);
    if (status == cudaSuccess)
        status = cudaFuncSetAttribute (latents_kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                       bytes);
    if (status == cudaSuccess)
        status = run->full.on ? cudaSuccess : run_segments (run, &run->main, stream);
    if (status == cudaSuccess && run->dead.k > 0)
        status = run_segments (run, &run->dead, stream);
    if (status != cudaSuccess)
        return status;
    latents_kernel<<<(unsigned) run->args.n_latents, THREADS, (size_t) bytes, stream>>> (*run);
    return cudaGetLastError ();
}
