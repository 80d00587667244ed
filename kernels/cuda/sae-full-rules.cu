/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rules that look at all products (sae-rules.cuh), element by element. Sums over rows are made in fixed parts,
 * in order.
 * Moves: 8 B a product forward, 12 B backward; 4 B more of a gated one.   Roof: memory. */
#include "kernels/cuda/sae-products.cuh"
#include "kernels/cuda/sae-rules.cuh"
#include "kernels/cuda/sae-step.cuh"

enum {
    THREADS = 256,
    NORM_WARPS = 4,
    FULL_BATCH = 4 /* rows that are read at once, and summed in f32 */
};

/* A warp a latent. */
static __global__ void __launch_bounds__ (32 * NORM_WARPS)
    norms_kernel (const __grid_constant__ StepRun run)
{
    const FoveaSaeStepArgs &a = run.args;
    int64_t j = (int64_t) blockIdx.x * NORM_WARPS + threadIdx.x / 32;
    float squares = 0;
    if (j >= a.n_latents)
        return;
    for (int64_t c = lane_id (); c < a.d_out; c += 32) {
        float w = a.w.w_dec[j * a.d_out + c];
        squares = fmaf (w, w, squares);
    }
    squares = warp_sum (squares);
    if (lane_id () != 0)
        return;
    float threshold = a.w.log_threshold != NULL ? expf (a.w.log_threshold[j]) : 0;
    run.norm[j] = sqrtf (squares);
    if (run.full.threshold != NULL)
        run.full.threshold[j] = threshold;
    if (run.level != NULL) /* of products that a threshold feels, too */
        run.level[j] = a.w.log_threshold != NULL ? threshold - (float) a.bandwidth / 2 : 0;
}

cudaError_t
cuda_step_norms (const StepRun *run, cudaStream_t stream)
{
    unsigned grid = (unsigned) ((run->args.n_latents + NORM_WARPS - 1) / NORM_WARPS);
    norms_kernel<<<grid, 32 * NORM_WARPS, 0, stream>>> (*run);
    return cudaGetLastError ();
}

/* Two numbers of a row that are used once. */
static __device__ inline float2
read_two (const float *from, int64_t i)
{
    return __ldcs ((const float2 *) (from + i));
}

/* And two that are written. */
static __device__ inline void
put_two (__half *const (&to)[2], int64_t i, float x, float y)
{
    __half high[2], low[2];
    __half *const parts[2] = {high, to[1] != NULL ? low : NULL};
    put_code (parts, 0, x);
    put_code (parts, 1, y);
    *(__half2 *) (to[0] + i) = __halves2half2 (high[0], high[1]);
    if (to[1] != NULL)
        *(__half2 *) (to[1] + i) = __halves2half2 (low[0], low[1]);
}

/* Two columns a thread, a part of the rows a block. A column that is none stands for the last one, behind
 * which there is room. */
template <FoveaStepRule RULE>
static __global__ void
__launch_bounds__ (THREADS) codes_kernel (const __grid_constant__ StepRun run)
{
    const FoveaSaeStepArgs &a = run.args;
    const StepFull &f = run.full;
    int64_t j = 2 * ((int64_t) blockIdx.x * THREADS + threadIdx.x), F = a.n_latents;
    int64_t from = a.rows * blockIdx.y / FULL_PARTS, to = a.rows * (blockIdx.y + 1) / FULL_PARTS;
    if (j >= F)
        return;
    int64_t next = min (j + 1, F - 1);
    Latent l = read_latent<RULE> (run.args, run.norm, run.full.threshold, j),
           m = read_latent<RULE> (run.args, run.norm, run.full.threshold, next);
    float unit = code_unit (run), u = f.dec_unit[j] / unit, v = f.dec_unit[next] / unit;
    float l_unit = product_unit (f, j), m_unit = product_unit (f, next);
    for (int64_t t = from; t < to; t += FULL_BATCH) {
        float2 s[FULL_BATCH];
#pragma unroll
        for (int e = 0; e < FULL_BATCH; e++)
            s[e] = read_two (f.products, min (t + e, to - 1) * f.stride + j);
#pragma unroll
        for (int e = 0; e < FULL_BATCH; e++) {
            float p = fmaf (s[e].x, l_unit, l.bias), q = fmaf (s[e].y, m_unit, m.bias);
            int64_t i = (t + e) * f.stride + j;
            if (t + e >= to)
                continue;
            put_two (f.codes, i, code_of<RULE> (l, p) * u, code_of<RULE> (m, q) * v);
            if (RULE == FOVEA_STEP_GATE)
                put_two (f.gate_codes, i, fmaxf (p, 0) * u, fmaxf (q, 0) * v);
        }
    }
}

/* Blocks of two columns a thread. */
static dim3
full_grid (const StepRun *run)
{
    int64_t n = (run->args.n_latents + 1) / 2;
    return dim3 ((unsigned) ((n + THREADS - 1) / THREADS), FULL_PARTS);
}

cudaError_t
cuda_step_full_codes (const StepRun *run, cudaStream_t stream)
{
    FoveaStepRule rule = run->args.rule;
    auto kernel = rule == FOVEA_STEP_GATE   ? codes_kernel<FOVEA_STEP_GATE>
                  : rule == FOVEA_STEP_RELU ? codes_kernel<FOVEA_STEP_RELU>
                                            : codes_kernel<FOVEA_STEP_JUMP>;
    kernel<<<full_grid (run), THREADS, 0, stream>>> (*run);
    return cudaGetLastError ();
}

/* Sums of a few products of a column, and of all. */
typedef struct {
    float some[FULL_SUMS];
    double all[FULL_SUMS];
} Sums;

static __device__ inline void
add_give (Sums *s, const Give &g, bool is_code)
{
    s->some[FULL_PRE] += g.pre;
    s->some[FULL_NORM] += g.norm;
    s->some[FULL_OTHER] += g.other;
    s->some[FULL_MAG] += g.mag;
    s->some[FULL_TERM] += g.term;
    s->some[FULL_COUNT] += is_code;
}

static __device__ inline void
close_some (Sums *s)
{
#pragma unroll
    for (int i = 0; i < FULL_SUMS; i++) {
        s->all[i] += (double) s->some[i];
        s->some[i] = 0;
    }
}

/* What column @j needs beside its latent. */
typedef struct {
    Latent l;
    float unit;        /* of products */
    float slope, gate; /* of gradients by codes */
    float inverse;     /* of gradients by products */
} Column;

template <FoveaStepRule RULE>
static __device__ inline Column
read_column (const StepRun &run, int64_t j)
{
    const StepFull &f = run.full;
    Column c = {read_latent<RULE> (run.args, run.norm, run.full.threshold, j)};
    c.unit = product_unit (f, j);
    c.slope = slope_unit (f, f.ranges->errors, j);
    c.gate = slope_unit (f, f.ranges->side, j);
    c.inverse = 1 / gradient_unit (run, j);
    return c;
}

/* Gradient by one product, in its unit; @had: the code itself, or what is not 0 if that is not. */
template <FoveaStepRule RULE>
static __device__ inline float
differentiate (
    const StepRun &run, const Column &c, float s, float had, float d_code, float d_gate, Sums *sums)
{
    bool whole = RULE == FOVEA_STEP_BATCH; /* products have their bias */
    float p = whole ? s : fmaf (s, c.unit, c.l.bias), code = whole ? had : code_of<RULE> (c.l, p);
    Give g = give<RULE> (run.args, c.l, p, code, d_code * c.slope, d_gate * c.gate);
    add_give (sums, g, code != 0);
    return g.pre * c.inverse;
}

static __device__ inline float2
read_parts (__half *const (&from)[2], int64_t i)
{
    float2 high = __half22float2 (*(const __half2 *) (from[0] + i));
    float2 low = {0, 0};
    if (from[1] != NULL)
        low = __half22float2 (*(const __half2 *) (from[1] + i));
    return make_float2 (high.x + low.x, high.y + low.y);
}

/* As codes_kernel(). */
template <FoveaStepRule RULE>
static __global__ void
__launch_bounds__ (THREADS) backward_kernel (const __grid_constant__ StepRun run)
{
    const FoveaSaeStepArgs &a = run.args;
    const StepFull &f = run.full;
    int64_t j = 2 * ((int64_t) blockIdx.x * THREADS + threadIdx.x), F = a.n_latents;
    int64_t from = a.rows * blockIdx.y / FULL_PARTS, to = a.rows * (blockIdx.y + 1) / FULL_PARTS;
    Sums x = {}, y = {};
    if (j >= F)
        return;
    Column l = read_column<RULE> (run, j), m = read_column<RULE> (run, min (j + 1, F - 1));
    for (int64_t t = from; t < to; t += FULL_BATCH) {
        float2 s[FULL_BATCH], d[FULL_BATCH], gate[FULL_BATCH] = {}, had[FULL_BATCH] = {};
#pragma unroll
        for (int e = 0; e < FULL_BATCH; e++) {
            int64_t i = min (t + e, to - 1) * f.stride + j;
            s[e] = read_two (f.products, i);
            d[e] = read_two (f.slope, i);
            if (RULE == FOVEA_STEP_GATE)
                gate[e] = read_two (f.gate, i);
            if (RULE == FOVEA_STEP_BATCH)
                had[e] = read_parts (f.codes, i);
        }
#pragma unroll
        for (int e = 0; e < FULL_BATCH && t + e < to; e++)
            put_two (f.codes, (t + e) * f.stride + j,
                     differentiate<RULE> (run, l, s[e].x, had[e].x, d[e].x, gate[e].x, &x),
                     differentiate<RULE> (run, m, s[e].y, had[e].y, d[e].y, gate[e].y, &y));
        close_some (&x);
        close_some (&y);
    }
#pragma unroll
    for (int i = 0; i < FULL_SUMS; i++) {
        double *part = f.parts + ((int64_t) blockIdx.y * FULL_SUMS + i) * F + j;
        part[0] = x.all[i];
        if (j + 1 < F)
            part[1] = y.all[i];
    }
}

static __global__ void
__launch_bounds__ (THREADS) sums_kernel (const __grid_constant__ StepRun run)
{
    int64_t i = (int64_t) blockIdx.x * THREADS + threadIdx.x, n = FULL_SUMS * run.args.n_latents;
    double sum = 0;
    if (i >= n)
        return;
    for (int64_t part = 0; part < FULL_PARTS; part++)
        sum += run.full.parts[part * n + i];
    run.full.sums[i] = sum;
}

cudaError_t
cuda_step_full_backward (const StepRun *run, cudaStream_t stream)
{
    int64_t F = run->args.n_latents;
    FoveaStepRule rule = run->args.rule;
    auto kernel = rule == FOVEA_STEP_GATE        ? backward_kernel<FOVEA_STEP_GATE>
                  : rule == FOVEA_STEP_RELU      ? backward_kernel<FOVEA_STEP_RELU>
                  : rule == FOVEA_STEP_JUMP      ? backward_kernel<FOVEA_STEP_JUMP>
                  : rule == FOVEA_STEP_JUMP_TANH ? backward_kernel<FOVEA_STEP_JUMP_TANH>
                                                 : backward_kernel<FOVEA_STEP_BATCH>;
    kernel<<<full_grid (run), THREADS, 0, stream>>> (*run);
    sums_kernel<<<(unsigned) ((FULL_SUMS * F + THREADS - 1) / THREADS), THREADS, 0, stream>>> (
        *run);
    return cudaGetLastError ();
}
