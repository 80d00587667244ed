/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Training's pass over latents: a block sums what a latent's entries give its encoder and decoder rows.
 * Entries come sorted by latent, then by row. A latent that fires everywhere would hold up the pass,
 * so runs of 64 entries that begin at a multiple of 64 and belong to one latent are summed before, each
 * by a block of its own.
 * Moves, an entry: 4 B (d + d_out) from the L2 cache, where the batch lies.   Roof: L2. */
#include "kernels/cuda/sae-products.cuh"
#include "kernels/cuda/sae-rules.cuh"
#include "kernels/cuda/sae-step.cuh"

enum {
    THREADS = 64,
    WARPS = THREADS / 32
};

/* Entries at hand; and what is summed, (d_out + d) floats behind it. Terms are those of rules by value: of them
 * FULL_NORM to FULL_TERM. */
typedef struct alignas (16) {
    int row[STEP_SEGMENT];
    float code[STEP_SEGMENT], d_code[STEP_SEGMENT];
    float give[FULL_SUMS][STEP_SEGMENT];
    double parts[WARPS], d_pre, terms[FULL_SUMS];
    int count;
} Shared;

static __device__ inline float *
sums_of (Shared *shared)
{
    return (float *) (shared + 1);
}

/* What a listed product gives its latent @j, by the step's rule. */
static __device__ inline Give
give_listed (const StepRun &run, int64_t j, unsigned entry, float code, float d_code)
{
    const FoveaSaeStepArgs &a = run.args;
    float p = run.pre[entry];
    switch (a.rule) {
    case FOVEA_STEP_GATE:
        return give<FOVEA_STEP_GATE> (
            a, read_latent<FOVEA_STEP_GATE> (run.args, run.norm, run.full.threshold, j), p, code,
            d_code, run.gate.d_code[entry]);
    case FOVEA_STEP_RELU:
        return give<FOVEA_STEP_RELU> (
            a, read_latent<FOVEA_STEP_RELU> (run.args, run.norm, run.full.threshold, j), p, code,
            d_code, 0);
    case FOVEA_STEP_JUMP:
        return give<FOVEA_STEP_JUMP> (
            a, read_latent<FOVEA_STEP_JUMP> (run.args, run.norm, run.full.threshold, j), p, code,
            d_code, 0);
    default:
        return give<FOVEA_STEP_JUMP_TANH> (
            a, read_latent<FOVEA_STEP_JUMP_TANH> (run.args, run.norm, run.full.threshold, j), p,
            code, d_code, 0);
    }
}

static __device__ inline void
put_give (Shared *shared, int i, const Give &g)
{
    shared->d_code[i] = g.pre;
    shared->give[FULL_NORM][i] = g.norm;
    shared->give[FULL_OTHER][i] = g.other;
    shared->give[FULL_MAG][i] = g.mag;
    shared->give[FULL_TERM][i] = g.term;
}

/* The @n entries from place @first of the sorted list, of one latent. */
template <bool BY_VALUE>
static __device__ inline void
load_entries (const StepRun &run, const StepEntries &e, int64_t first, int n, Shared *shared)
{
    __syncthreads (); /* the last ones were used */
    if ((int) threadIdx.x < n) {
        unsigned entry = e.order[first + threadIdx.x];
        shared->row[threadIdx.x] = e.row != NULL ? e.row[entry] : (int) (entry / (unsigned) e.k);
        float code = e.value[entry], d_code = e.d_code[entry];
        shared->code[threadIdx.x] = code;
        shared->d_code[threadIdx.x] = d_code;
        if (BY_VALUE)
            put_give (shared, (int) threadIdx.x,
                      give_listed (run, e.key[first], entry, code, d_code));
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

/* A term a thread of the second warp. */
static __device__ inline void
add_terms (Shared *shared, int n)
{
    int term = (int) threadIdx.x - 32;
    if (term < FULL_NORM || term > FULL_TERM)
        return;
    double sum = shared->terms[term];
    for (int i = 0; i < n; i++)
        sum += (double) shared->give[term][i];
    shared->terms[term] = sum;
}

template <bool BY_VALUE>
static __device__ inline void
add_entries (const StepRun &run, const StepEntries &e, int64_t first, int n, Shared *shared)
{
    float *sums = sums_of (shared);
    load_entries<BY_VALUE> (run, e, first, n, shared);
    add_rows (shared, shared->code, e.slope, e.error, run.args.d_out, n, sums);
    add_rows (shared, shared->d_code, 1, run.x, run.args.d_in, n, sums + run.args.d_out);
    if (BY_VALUE)
        add_terms (shared, n);
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
    if (threadIdx.x < FULL_SUMS)
        shared->terms[threadIdx.x] = 0;
    if (threadIdx.x == 0) {
        shared->d_pre = 0;
        shared->count = 0;
    }
    __syncthreads ();
}

/* Whole runs within one latent. */
template <bool BY_VALUE>
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
    add_entries<BY_VALUE> (run, e, first, STEP_SEGMENT, shared);
    for (int64_t c = 4 * threadIdx.x; c < run.args.d_out; c += 4 * THREADS)
        *(float4 *) (e.segment_sums + at * width + c) = *(float4 *) (sums_of (shared) + c);
    for (int64_t c = run.args.d_out + 4 * threadIdx.x; c < width; c += 4 * THREADS)
        *(float4 *) (e.segment_sums + at * width + c) = *(float4 *) (sums_of (shared) + c);
    if (threadIdx.x == 0) {
        e.segment_d[at] = shared->d_pre;
        e.segment_counts[at] = shared->count;
    }
    if (!BY_VALUE)
        return;
    __syncthreads ();
    if (threadIdx.x < FULL_SUMS)
        e.segment_terms[at * FULL_SUMS + threadIdx.x] = shared->terms[threadIdx.x];
}

template <bool BY_VALUE>
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
    if (BY_VALUE && threadIdx.x < FULL_SUMS)
        shared->terms[threadIdx.x] += e.segment_terms[at * FULL_SUMS + threadIdx.x];
    __syncthreads ();
}

/* All entries of latent @j. */
template <bool BY_VALUE>
static __device__ inline void
add_latent (const StepRun &run, const StepEntries &e, int64_t j, Shared *shared)
{
    int64_t end = e.start[j + 1];
    for (int64_t at = e.start[j]; at < end;) {
        int64_t next = (at / STEP_SEGMENT + 1) * STEP_SEGMENT;
        if (at % STEP_SEGMENT == 0 && next <= end)
            add_segment<BY_VALUE> (run, e, at / STEP_SEGMENT, shared);
        else
            add_entries<BY_VALUE> (run, e, at, (int) (min (next, end) - at), shared);
        at = next;
    }
    __syncthreads ();
}

/* What products of whole matrices gave latent @j, in units, with what its decoder's norm feels. */
static __device__ inline void
add_full (const StepRun &run, int64_t j, Shared *shared)
{
    const FoveaSaeStepArgs &a = run.args;
    const double *sums = run.full.sums + j;
    float *to = sums_of (shared), norm = run.norm[j];
    bool feels = a.rule != FOVEA_STEP_BATCH && norm > 0;
    float along = feels ? (float) (sums[FULL_NORM * a.n_latents] / (double) norm) : 0;
    float of_dec = codes_unit_of (__uint_as_float (run.full.ranges->errors)) *
                   (code_unit (run) / run.full.dec_unit[j]);
    float of_enc = codes_unit_of (__uint_as_float (run.full.ranges->x)) * gradient_unit (run, j);
    for (int64_t c = threadIdx.x; c < a.d_out; c += THREADS)
        to[c] =
            fmaf (along, a.w.w_dec[j * a.d_out + c], of_dec * a.gradient.w_dec[j * a.d_out + c]);
    for (int64_t c = threadIdx.x; c < a.d_in; c += THREADS)
        to[a.d_out + c] = of_enc * a.gradient.w_enc[j * a.d_in + c];
    if (threadIdx.x == 0) {
        shared->d_pre = sums[FULL_PRE * a.n_latents];
        shared->count = (int) sums[FULL_COUNT * a.n_latents];
    }
    __syncthreads ();
}

/* What is summed of listed products goes where that of whole matrices is, with what the decoder's norm feels. */
static __device__ inline void
close_listed (const StepRun &run, int64_t j, Shared *shared)
{
    const FoveaSaeStepArgs &a = run.args;
    float norm = run.norm[j];
    float along = norm > 0 ? (float) (shared->terms[FULL_NORM] / (double) norm) : 0;
    for (int64_t c = threadIdx.x; c < a.d_out; c += THREADS)
        sums_of (shared)[c] = fmaf (along, a.w.w_dec[j * a.d_out + c], sums_of (shared)[c]);
    if (threadIdx.x == 0)
        for (int i = FULL_NORM; i <= FULL_TERM; i++)
            run.full.sums[i * a.n_latents + j] = shared->terms[i];
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

template <bool BY_VALUE>
static __global__ void
__launch_bounds__ (THREADS) latents_kernel (const __grid_constant__ StepRun run)
{
    extern __shared__ double raw[];
    Shared *shared = (Shared *) raw;
    const FoveaSaeStepArgs &a = run.args;
    int64_t j = blockIdx.x;
    clear_sums (run, shared);
    if (!BY_VALUE && run.full.on)
        add_full (run, j, shared);
    else
        add_latent<BY_VALUE> (run, run.main, j, shared);
    if (BY_VALUE)
        close_listed (run, j, shared);
    int count = shared->count;
    if (run.dead.k > 0)
        add_latent<false> (run, run.dead, j, shared);
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

template <bool BY_VALUE>
static cudaError_t
run_segments (const StepRun *run, const StepEntries *e, cudaStream_t stream)
{
    unsigned segments = (unsigned) (e->n / STEP_SEGMENT);
    size_t bytes = shared_bytes (run);
    auto kernel = segments_kernel<BY_VALUE>;
    cudaError_t status =
        cudaFuncSetAttribute (kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int) bytes);
    if (status != cudaSuccess || segments == 0)
        return status;
    kernel<<<segments, THREADS, bytes, stream>>> (*run, *e);
    return cudaGetLastError ();
}

template <bool BY_VALUE>
static cudaError_t
run_latents (const StepRun *run, cudaStream_t stream)
{
    size_t bytes = shared_bytes (run);
    auto kernel = latents_kernel<BY_VALUE>;
    cudaError_t status =
        cudaFuncSetAttribute (kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int) bytes);
    if (status == cudaSuccess && !run->full.on)
        status = run_segments<BY_VALUE> (run, &run->main, stream);
    if (status == cudaSuccess && run->dead.k > 0)
        status = run_segments<false> (run, &run->dead, stream);
    if (status != cudaSuccess)
        return status;
    kernel<<<(unsigned) run->args.n_latents, THREADS, bytes, stream>>> (*run);
    return cudaGetLastError ();
}

cudaError_t
cuda_step_latents (const StepRun *run, cudaStream_t stream)
{
    return run->by_value ? run_latents<true> (run, stream) : run_latents<false> (run, stream);
}
