/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rules that look at all products, element by element: what a product becomes as a code, and what the
 * loss's gradient by that code means for the product and its latent (methods/features-and-sparsity.md
 * 3.2, 3.3; the CPU's are analysis/sae-loss-rows.c). Sums over rows are made in fixed parts, in order.
 * Moves: 8 B a product forward, 16 B backward.   Roof: memory. */
#include "kernels/cuda/sae-products.cuh"
#include "kernels/cuda/sae-step.cuh"

enum {
    THREADS = 256,
    NORM_WARPS = 4
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
    run.norm[j] = sqrtf (squares);
    if (a.w.log_threshold != NULL)
        run.full.threshold[j] = expf (a.w.log_threshold[j]);
}

cudaError_t
cuda_step_norms (const StepRun *run, cudaStream_t stream)
{
    unsigned grid = (unsigned) ((run->args.n_latents + NORM_WARPS - 1) / NORM_WARPS);
    norms_kernel<<<grid, 32 * NORM_WARPS, 0, stream>>> (*run);
    return cudaGetLastError ();
}

/* A latent's numbers, the same for all rows. */
typedef struct {
    float bias, norm, threshold, scale, shift; /* scale and shift: of a gated one's magnitude */
    bool dead;
} Latent;

static __device__ inline Latent
read_latent (const StepRun &run, int64_t j)
{
    const FoveaSaeStepArgs &a = run.args;
    bool gated = a.rule == FOVEA_STEP_GATE;
    Latent l = {a.w.b_enc[j], run.norm[j]};
    l.threshold = a.w.log_threshold != NULL ? run.full.threshold[j] : 0;
    l.scale = gated ? expf (a.w.r_mag[j]) : 1;
    l.shift = gated ? a.w.b_mag[j] : 0;
    l.dead = a.pre_act != 0 && a.since[j] >= a.dead_window;
    return l;
}

static __device__ inline float
code_of (FoveaStepRule rule, const Latent &l, float p)
{
    if (rule == FOVEA_STEP_GATE)
        return p > 0 ? fmaxf ((p - l.bias) * l.scale + l.shift, 0) : 0;
    return p > (rule == FOVEA_STEP_RELU ? 0 : l.threshold) ? p : 0;
}

/* A column a thread, a part of the rows a block. A gated one's second decode takes what its gate lets
 * through for codes, which stands in `slope` until gradients do. */
static __global__ void
__launch_bounds__ (THREADS) codes_kernel (const __grid_constant__ StepRun run)
{
    const FoveaSaeStepArgs &a = run.args;
    const StepFull &f = run.full;
    int64_t j = (int64_t) blockIdx.x * THREADS + threadIdx.x, F = a.n_latents;
    int64_t from = a.rows * blockIdx.y / FULL_PARTS, to = a.rows * (blockIdx.y + 1) / FULL_PARTS;
    if (j >= F)
        return;
    Latent l = read_latent (run, j);
#pragma unroll 4
    for (int64_t i = from * F + j; i < to * F; i += F) {
        float p = f.products[i] + l.bias;
        f.products[i] = p;
        f.codes[i] = code_of (a.rule, l, p);
        if (a.rule == FOVEA_STEP_GATE)
            f.slope[i] = p > 0 ? p : 0;
    }
}

cudaError_t
cuda_step_full_codes (const StepRun *run, cudaStream_t stream)
{
    dim3 grid ((unsigned) ((run->args.n_latents + THREADS - 1) / THREADS), FULL_PARTS);
    codes_kernel<<<grid, THREADS, 0, stream>>> (*run);
    return cudaGetLastError ();
}

/* What one product gives its latent. */
typedef struct {
    float pre, norm, other, mag, term;
} Give;

static __device__ inline Give
give_gated (float a, const Latent &l, float p, float code, float d_code, float d_gate)
{
    Give g = {};
    if (!(p > 0))
        return g;
    g.term = a * p * l.norm;
    g.norm = a * p;
    g.mag = code > 0 ? d_code : 0;
    g.other = g.mag * (p - l.bias) * l.scale;
    g.pre = d_gate + a * l.norm + g.mag * l.scale;
    return g;
}

/* Straight-through: a threshold feels products within half a bandwidth. Its parameter is the logarithm. */
static __device__ inline Give
give_jump (const FoveaSaeStepArgs &a, const Latent &l, float p, float code, float d_code)
{
    Give g = {};
    float off = p - l.threshold, width = (float) a.bandwidth, c = (float) a.sparsity, by = 0;
    bool near = fabsf (off) < width / 2;
    if (a.rule == FOVEA_STEP_JUMP) {
        g.term = off > 0 ? c : 0;
        by -= near ? c / width : 0;
    } else {
        float v = tanhf (4 * code * l.norm), slope = 4 * c * (1 - v * v);
        g.term = c * v;
        g.norm = slope * code;
        d_code += slope * l.norm;
    }
    g.pre = off > 0 ? d_code : 0;
    if (l.dead && off < 0 && a.rule == FOVEA_STEP_JUMP_TANH) {
        float pull = (float) a.pre_act;
        g.term -= pull * off * l.norm;
        g.norm -= pull * off;
        g.pre -= pull * l.norm;
        by += pull * l.norm;
    }
    by -= near ? l.threshold / width * d_code : 0;
    g.other = by * l.threshold;
    return g;
}

static __device__ inline Give
give (const FoveaSaeStepArgs &a, const Latent &l, float p, float code, float d_code, float d_gate)
{
    float c = (float) a.sparsity;
    Give g = {}; /* member by member: an initialiser of fewer than all left the others undefined */
    if (a.rule == FOVEA_STEP_GATE)
        return give_gated (c, l, p, code, d_code, d_gate);
    if (a.rule == FOVEA_STEP_JUMP || a.rule == FOVEA_STEP_JUMP_TANH)
        return give_jump (a, l, p, code, d_code);
    g.pre = code != 0 ? d_code : 0;
    if (a.rule != FOVEA_STEP_RELU || !(p > 0))
        return g;
    g.pre = d_code + c * l.norm;
    g.norm = c * code;
    g.term = c * code * l.norm;
    return g;
}

/* A column a thread, a part of the rows a block. */
static __global__ void
__launch_bounds__ (THREADS) backward_kernel (const __grid_constant__ StepRun run)
{
    const FoveaSaeStepArgs &a = run.args;
    const StepFull &f = run.full;
    int64_t j = (int64_t) blockIdx.x * THREADS + threadIdx.x, F = a.n_latents;
    int64_t from = a.rows * blockIdx.y / FULL_PARTS, to = a.rows * (blockIdx.y + 1) / FULL_PARTS;
    double sums[FULL_SUMS] = {};
    if (j >= F)
        return;
    Latent l = read_latent (run, j);
#pragma unroll 4
    for (int64_t i = from * F + j; i < to * F; i += F) {
        float code = f.codes[i];
        Give g = give (a, l, f.products[i], code, f.slope[i], f.gate != NULL ? f.gate[i] : 0);
        f.slope[i] = g.pre;
        sums[FULL_PRE] += (double) g.pre;
        sums[FULL_NORM] += (double) g.norm;
        sums[FULL_OTHER] += (double) g.other;
        sums[FULL_MAG] += (double) g.mag;
        sums[FULL_TERM] += (double) g.term;
        sums[FULL_COUNT] += code != 0;
    }
#pragma unroll
    for (int i = 0; i < FULL_SUMS; i++)
        f.parts[((int64_t) blockIdx.y * FULL_SUMS + i) * F + j] = sums[i];
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
    dim3 grid ((unsigned) ((F + THREADS - 1) / THREADS), FULL_PARTS);
    backward_kernel<<<grid, THREADS, 0, stream>>> (*run);
    sums_kernel<<<(unsigned) ((FULL_SUMS * F + THREADS - 1) / THREADS), THREADS, 0, stream>>> (
        *run);
    return cudaGetLastError ();
}
