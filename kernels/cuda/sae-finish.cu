/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The end of a training step: sums over the batch and over latents in fixed parts, the result, Adam with
 * the decoder's norms, and who is dead. Whether the step is taken at all is decided here, on the GPU,
 * so that the host waits once a step.
 * Moves: 28 B a parameter.   Roof: memory. */
#include <math_constants.h>

#include "kernels/cuda/sae-products.cuh"
#include "kernels/cuda/sae-step.cuh"

enum {
    THREADS = 256,
    SINGLE = 1024, /* threads of passes by one block */
    ADAM_WARPS = 4
};

/* A column a thread, a part of the rows a block: sums of error, target and its square. */
static __global__ void
__launch_bounds__ (THREADS) columns_kernel (const __grid_constant__ StepRun run)
{
    const FoveaSaeStepArgs &a = run.args;
    int64_t c = (int64_t) blockIdx.x * THREADS + threadIdx.x, part = blockIdx.y;
    int64_t from = a.rows * part / STEP_ROW_PARTS, to = a.rows * (part + 1) / STEP_ROW_PARTS;
    double error = 0, sum = 0, squares = 0;
    if (c >= a.d_out)
        return;
#pragma unroll 4
    for (int64_t t = from; t < to; t++) {
        double y = (double) a.target[t * a.d_out + c];
        error += (double) run.main.error[t * a.d_out + c];
        sum += y;
        squares += y * y;
    }
    double *out = run.columns + part * 3 * a.d_out + c;
    out[0] = error;
    out[a.d_out] = sum;
    out[2 * a.d_out] = squares;
}

/* W_enc^T times the sums of latents' gradients: what b_dec feels through the encoder. */
static __global__ void
__launch_bounds__ (THREADS) bias_kernel (const __grid_constant__ StepRun run)
{
    const FoveaSaeStepArgs &a = run.args;
    int64_t c = (int64_t) blockIdx.x * THREADS + threadIdx.x, part = blockIdx.y, F = a.n_latents;
    int64_t from = F * part / STEP_LATENT_PARTS, to = F * (part + 1) / STEP_LATENT_PARTS;
    float sum = 0;
    if (c >= a.d_in)
        return;
#pragma unroll 8
    for (int64_t j = from; j < to; j++)
        sum = fmaf (run.d_pre[j], a.w.w_enc[j * a.d_in + c], sum);
    run.bias_parts[part * a.d_in + c] = sum;
}

/* In every thread; SINGLE threads call it together. */
static __device__ double
sum_single (double x)
{
    __shared__ double parts[32];
    for (int other = 16; other > 0; other /= 2)
        x += __shfl_xor_sync (~0u, x, other);
    __syncthreads ();
    if (lane_id () == 0)
        parts[threadIdx.x / 32] = x;
    __syncthreads ();
    x = parts[lane_id ()];
    for (int other = 16; other > 0; other /= 2)
        x += __shfl_xor_sync (~0u, x, other);
    return x;
}

/* Gradient of one column of b_dec; @spread: of the target about its mean. */
static __device__ inline float
finish_column (const StepRun &run, int64_t c, double *spread)
{
    const FoveaSaeStepArgs &a = run.args;
    double error = 0, sum = 0, squares = 0, through = 0;
    for (int64_t part = 0; part < STEP_ROW_PARTS; part++) {
        const double *from = run.columns + part * 3 * a.d_out + c;
        error += from[0];
        sum += from[a.d_out];
        squares += from[2 * a.d_out];
    }
    for (int64_t part = 0; a.subtracts_b_dec && part < STEP_LATENT_PARTS; part++)
        through += (double) run.bias_parts[part * a.d_in + c];
    *spread = squares - sum * sum / (double) a.rows;
    return (float) ((double) run.main.slope * error - through);
}

static __global__ void
__launch_bounds__ (SINGLE) result_kernel (const __grid_constant__ StepRun run)
{
    const FoveaSaeStepArgs &a = run.args;
    double spread = 0, norm = 0, errors = 0, dead = 0, codes = 0;
    double losses = 0, gate = 0, sparsity = 0;
    const StepFull &f = run.full;
    for (int64_t c = threadIdx.x; c < a.d_out; c += SINGLE) {
        double own;
        float g = finish_column (run, c, &own);
        a.gradient.b_dec[c] = g;
        spread += own;
        norm += (double) g * (double) g;
    }
    for (int64_t j = threadIdx.x; j < a.n_latents; j += SINGLE) {
        norm += run.squares[j];
        codes += run.counts[j];
        sparsity += f.sums != NULL ? f.sums[FULL_TERM * a.n_latents + j] : 0;
    }
    for (int64_t t = threadIdx.x; t < a.rows; t += SINGLE) {
        errors += run.main.row_errors[t];
        losses += f.on ? f.row_losses[t] : run.main.row_errors[t];
        gate += f.row_sides != NULL ? f.row_sides[t] : 0;
        dead += run.dead.k > 0 ? run.dead.row_errors[t] : 0;
    }
    spread = sum_single (spread);
    norm = sqrt (sum_single (norm));
    errors = sum_single (errors);
    dead = sum_single (dead);
    codes = sum_single (codes);
    losses = sum_single (losses);
    gate = sum_single (gate);
    sparsity = sum_single (sparsity);
    if (threadIdx.x != 0)
        return;
    FoveaSaeStepResult *r = a.result;
    r->squared_error = errors;
    r->aux = a.aux * dead + a.weight * gate;
    r->sparsity = sparsity;
    r->loss = a.weight * losses + r->sparsity + r->aux;
    bool kept = a.rule == FOVEA_STEP_BATCH && f.choice->smallest != ~0u;
    r->smallest_kept = kept ? (double) __uint_as_float (f.choice->smallest) : 0;
    r->norm = norm;
    r->spread = spread;
    r->n_codes = (int64_t) codes;
    r->finite = isfinite (r->loss) && isfinite (norm);
    *run.scale = !r->finite                    ? CUDART_NAN_F
                 : a.clip > 0 && norm > a.clip ? (float) (a.clip / norm)
                                               : 1;
}

static __device__ inline float
adam (const FoveaAdamStep &s, float scale, float g, float w, float *m, float *v)
{
    g *= scale;
    *m = s.beta1 * *m + (1 - s.beta1) * g;
    *v = s.beta2 * *v + (1 - s.beta2) * g * g;
    return w - s.rate * *m / (sqrtf (*v) * s.root + s.eps);
}

/* One of an array that not all rules have. */
static __device__ inline void
step_one (
    const FoveaAdamStep &s, float scale, int64_t j, const float *g, float *w, float *m, float *v)
{
    if (w != NULL)
        w[j] = adam (s, scale, g[j], w[j], &m[j], &v[j]);
}

/* Four parameters. */
static __device__ inline float4
adam_four (const FoveaAdamStep &s, float scale, const float *g, const float *w, float *m, float *v)
{
    float4 gs = __ldcs ((const float4 *) g), ws = *(const float4 *) w;
    float4 ms = __ldcs ((const float4 *) m), vs = __ldcs ((const float4 *) v);
    ws.x = adam (s, scale, gs.x, ws.x, &ms.x, &vs.x);
    ws.y = adam (s, scale, gs.y, ws.y, &ms.y, &vs.y);
    ws.z = adam (s, scale, gs.z, ws.z, &ms.z, &vs.z);
    ws.w = adam (s, scale, gs.w, ws.w, &ms.w, &vs.w);
    __stcs ((float4 *) m, ms);
    __stcs ((float4 *) v, vs);
    return ws;
}

/* A warp a latent: its encoder, its decoder and their bias. */
static __device__ inline void
step_latent (const StepRun &run, float scale, int64_t j, float *line)
{
    const FoveaSaeStepArgs &a = run.args;
    int64_t at = j * a.d_in, squares_at = j * a.d_out;
    float squares = 0;
#pragma unroll 2
    for (int64_t c = 4 * lane_id (); c < a.d_in; c += 128)
        *(float4 *) (a.w.w_enc + at + c) =
            adam_four (a.adam, scale, a.gradient.w_enc + at + c, a.w.w_enc + at + c,
                       a.mean.w_enc + at + c, a.square.w_enc + at + c);
#pragma unroll 2
    for (int64_t c = 4 * lane_id (); c < a.d_out; c += 128) {
        int64_t i = squares_at + c;
        float4 w = adam_four (a.adam, scale, a.gradient.w_dec + i, a.w.w_dec + i, a.mean.w_dec + i,
                              a.square.w_dec + i);
        squares += w.x * w.x + w.y * w.y + w.z * w.z + w.w * w.w;
        *(float4 *) (line + c) = w;
    }
    squares = warp_sum (squares);
    float factor = !a.unit_norm ? 1 : squares > 0 ? 1 / sqrtf (squares) : 0;
    for (int64_t c = 4 * lane_id (); c < a.d_out; c += 128) {
        float4 w = *(float4 *) (line + c);
        *(float4 *) (a.w.w_dec + squares_at + c) =
            make_float4 (factor * w.x, factor * w.y, factor * w.z, factor * w.w);
    }
    if (lane_id () != 0)
        return;
    const FoveaSaeBlock &w = a.w, &g = a.gradient, &m = a.mean, &v = a.square;
    step_one (a.adam, scale, j, g.b_enc, w.b_enc, m.b_enc, v.b_enc);
    step_one (a.adam, scale, j, g.b_mag, w.b_mag, m.b_mag, v.b_mag);
    step_one (a.adam, scale, j, g.r_mag, w.r_mag, m.r_mag, v.r_mag);
    step_one (a.adam, scale, j, g.log_threshold, w.log_threshold, m.log_threshold, v.log_threshold);
    a.since[j] = run.counts[j] > 0 ? 0 : min (a.since[j], INT32_MAX - 1) + 1;
}

static __global__ void __launch_bounds__ (32 * ADAM_WARPS)
    adam_kernel (const __grid_constant__ StepRun run)
{
    extern __shared__ float4 lines[];
    const FoveaSaeStepArgs &a = run.args;
    float scale = *run.scale;
    int64_t warp = threadIdx.x / 32, j = (int64_t) blockIdx.x * ADAM_WARPS + warp;
    if (isnan (scale))
        return;
    if (j < a.n_latents)
        step_latent (run, scale, j, (float *) lines + warp * a.d_out);
    if (blockIdx.x != 0)
        return;
    for (int64_t c = threadIdx.x; c < a.d_out; c += 32 * ADAM_WARPS)
        a.w.b_dec[c] = adam (a.adam, scale, a.gradient.b_dec[c], a.w.b_dec[c], &a.mean.b_dec[c],
                             &a.square.b_dec[c]);
}

/* One block lists the dead in the order of latents: a thread has a run of them. */
static __global__ void
__launch_bounds__ (SINGLE) dead_kernel (const __grid_constant__ StepRun run)
{
    __shared__ int warps[SINGLE / 32];
    const FoveaSaeStepArgs &a = run.args;
    int64_t each = (a.n_latents + SINGLE - 1) / SINGLE, first = each * threadIdx.x;
    int64_t end = min (first + each, a.n_latents);
    int own = 0, lane = lane_id (), warp = (int) threadIdx.x / 32, before = 0, total = 0;
    for (int64_t j = first; j < end; j++)
        own += a.since[j] >= a.dead_window;
    int sum = own;
    for (int step = 1; step < 32; step *= 2) {
        int other = __shfl_up_sync (~0u, sum, step);
        sum += lane >= step ? other : 0;
    }
    if (lane == 31)
        warps[warp] = sum;
    __syncthreads ();
    for (int other = 0; other < SINGLE / 32; other++) {
        before += other < warp ? warps[other] : 0;
        total += warps[other];
    }
    int at = before + sum - own;
    for (int64_t j = first; j < end && own > 0; j++)
        if (a.since[j] >= a.dead_window)
            a.dead[at++] = (int32_t) j;
    if (threadIdx.x == 0)
        a.result->n_dead = total;
}

cudaError_t
cuda_step_finish (const StepRun *run, cudaStream_t stream)
{
    const FoveaSaeStepArgs *a = &run->args;
    dim3 rows ((unsigned) ((a->d_out + THREADS - 1) / THREADS), STEP_ROW_PARTS);
    dim3 latents ((unsigned) ((a->d_in + THREADS - 1) / THREADS), STEP_LATENT_PARTS);
    size_t bytes = ADAM_WARPS * (size_t) a->d_out * sizeof (float);
    cudaError_t status = cudaFuncSetAttribute (
        adam_kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int) bytes);
    if (status != cudaSuccess)
        return status;
    columns_kernel<<<rows, THREADS, 0, stream>>> (*run);
    if (a->subtracts_b_dec)
        bias_kernel<<<latents, THREADS, 0, stream>>> (*run);
    result_kernel<<<1, SINGLE, 0, stream>>> (*run);
    adam_kernel<<<(unsigned) ((a->n_latents + ADAM_WARPS - 1) / ADAM_WARPS), 32 * ADAM_WARPS, bytes,
                  stream>>> (*run);
    dead_kernel<<<1, SINGLE, 0, stream>>> (*run);
    return cudaGetLastError ();
}
