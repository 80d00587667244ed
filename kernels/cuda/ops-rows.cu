/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Operations on rows of the stream: embedding, norms, rotary turns, activations, sums, losses. All
 * are bound by memory: one thread block a row, or a grid-wide loop over elements. */
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <math_constants.h>

#include "kernels/cuda/block-reduce.cuh"
#include "kernels/cuda/cuda-device.h"
#include "kernels/cuda/early.cuh"
#include "kernels/cuda/elementwise.cuh"

enum {
    ROW_THREADS = REDUCE_THREADS /* also those of loops over elements */
};

/* An element of a table of any type, as f32. The branch is the same for a whole grid. */
static __device__ inline float
load_element (const void *data, FoveaDtype dtype, int64_t at)
{
    if (dtype == FOVEA_BF16)
        return __bfloat162float (((const __nv_bfloat16 *) data)[at]);
    if (dtype == FOVEA_F16)
        return __half2float (((const __half *) data)[at]);
    return ((const float *) data)[at];
}

/* Does: out[t,:] = table row ids[t]. Tables that are stored input-major are read across, a sector of
 * memory an element: no model of a size where it would matter stores its embedding so.
 * Moves: one row of the table and 4 C B a token.   Roof: memory. */
static __global__ void
__launch_bounds__ (ROW_THREADS)
    embed_kernel (const __grid_constant__ FoveaWeight table, const int32_t *ids, float *out)
{
    int64_t t = blockIdx.x, id = ids[t];
    for (int64_t c = threadIdx.x; c < table.n_in; c += ROW_THREADS) {
        int64_t at = table.input_major ? c * table.stride + id : id * table.stride + c;
        out[t * table.n_in + c] = load_element (table.data, table.dtype, at);
    }
}

void
fovea_cuda_embed (
    FoveaDevice *device, const FoveaWeight *table, const int32_t *ids, int64_t n, float *out)
{
    CudaState *state = cuda_begin (device);
    if (state == NULL || n <= 0)
        return;
    size_t bytes = (size_t) n * sizeof (int32_t);
    /* Ids are the host's: below 64 KiB the driver has them when the call returns. */
    int32_t *list = (int32_t *) cuda_scratch (device, state, "embed", bytes);
    if (list == NULL || !cuda_check (device, "embed", cuda_upload (state, list, ids, bytes)))
        return;
    embed_kernel<<<(unsigned) n, ROW_THREADS, 0, state->stream>>> (*table, list, out);
    cuda_check (device, "embed", cudaGetLastError ());
}

/* Does: out = a + b; out may be either.
 * Moves: 12 B an element.   Roof: memory, of which 88 % were measured. */
static __global__ void
__launch_bounds__ (ROW_THREADS) add_kernel (const float *a, const float *b, int64_t n, float *out)
{
    int64_t stride = element_step ();
    early_wait ();
    early_admit ();
    for (int64_t i = element_first (); i < n; i += stride)
        out[i] = a[i] + b[i];
}

void
fovea_cuda_add (FoveaDevice *device, const float *a, const float *b, int64_t n, float *out)
{
    CudaState *state = cuda_begin (device);
    if (state == NULL || n <= 0)
        return;
    cuda_check (device, "add",
                early_launch (add_kernel, element_grid (state->n_processors, n), ROW_THREADS,
                              state->stream, a, b, n, out));
}

/* The gains of row @t; norms of heads within a row have gains of their own. */
static __device__ inline const float *
gains_of (const FoveaNormArgs &args, int64_t t)
{
    bool several = args.gain != NULL && args.gain_rows > 1;
    return several ? args.gain + t % args.gain_rows * args.width : args.gain;
}

/* Element @at of all rows, @c of its own. Divided, not multiplied by an inverse, which would be rounded
 * twice. */
static __device__ inline void
write_normed (
    const FoveaNormArgs &args, int64_t at, int64_t c, float difference, float scale, float gain)
{
    float normalized = difference / scale;
    if (args.normalized != NULL)
        args.normalized[at] = normalized;
    args.out[at] = normalized * gain + (args.bias != NULL ? args.bias[c] : 0);
}

/* The scale of a row from its thread's part of the squares, as IEEE has roots and quotients: it is captured,
 * and compared to the CPU's. */
static __device__ inline float
finish_scale (const FoveaNormArgs &args, int64_t t, float square)
{
    float scale = sqrtf (block_sum (square) / (float) args.width + args.eps);
    if (threadIdx.x == 0 && args.scale != NULL)
        args.scale[t] = scale;
    return scale;
}

/* Does: the norm of a row of up to HELD ROW_THREADS elements, which stay in registers: of a single row three
 * readings would be three latencies. Gains are weights, and are asked for before the row is there. Squares are
 * those of differences from the mean, as a sum of squares less a square would cancel.
 * Moves: 8 C B a row and what is asked for.   Roof: memory; of one row latency, some 3 us. */
template <int HELD>
static __global__ void
__launch_bounds__ (ROW_THREADS) norm_kernel (const __grid_constant__ FoveaNormArgs args)
{
    int64_t t = blockIdx.x, C = args.width, first = t * C;
    const float *gains = gains_of (args, t);
    float x[HELD], gain[HELD], mean = 0, square = 0;
#pragma unroll
    for (int i = 0; i < HELD; i++) {
        int64_t c = threadIdx.x + i * ROW_THREADS;
        gain[i] = gains != NULL && c < C ? gains[c] + args.gain_offset : 1;
    }
    early_wait ();
    early_admit ();
#pragma unroll
    for (int i = 0; i < HELD; i++) {
        int64_t c = threadIdx.x + i * ROW_THREADS;
        x[i] = c < C ? args.x[first + c] : 0;
        mean += x[i];
    }
    mean = args.kind == FOVEA_NORM_LAYER ? block_sum (mean) / (float) C : 0;
#pragma unroll
    for (int i = 0; i < HELD; i++) {
        /* What is not there must not become minus the mean. */
        x[i] = threadIdx.x + i * ROW_THREADS < C ? x[i] - mean : 0;
        square += x[i] * x[i];
    }
    float scale = finish_scale (args, t, square);
#pragma unroll
    for (int i = 0; i < HELD; i++) {
        int64_t c = threadIdx.x + i * ROW_THREADS;
        if (c < C)
            write_normed (args, first + c, c, x[i], scale, gain[i]);
    }
}

/* Does: the same of longer rows. The row is read three times, twice of them from the cache. */
static __global__ void
__launch_bounds__ (ROW_THREADS) long_norm_kernel (const __grid_constant__ FoveaNormArgs args)
{
    int64_t t = blockIdx.x, C = args.width;
    const float *x = args.x + t * C, *gains = gains_of (args, t);
    float mean = 0, square = 0;
    early_wait ();
    early_admit ();
    if (args.kind == FOVEA_NORM_LAYER) {
        for (int64_t c = threadIdx.x; c < C; c += ROW_THREADS)
            mean += x[c];
        mean = block_sum (mean) / (float) C;
    }
    for (int64_t c = threadIdx.x; c < C; c += ROW_THREADS)
        square += (x[c] - mean) * (x[c] - mean);
    float scale = finish_scale (args, t, square);
    for (int64_t c = threadIdx.x; c < C; c += ROW_THREADS)
        write_normed (args, t * C + c, c, x[c] - mean, scale,
                      gains != NULL ? gains[c] + args.gain_offset : 1);
}

void
fovea_cuda_norm (FoveaDevice *device, const FoveaNormArgs *args)
{
    CudaState *state = cuda_begin (device);
    if (state == NULL || args->rows <= 0)
        return;
    /* As few registers as the width allows: of many rows more blocks run at once. */
    auto kernel = args->width <= 4 * ROW_THREADS    ? norm_kernel<4>
                  : args->width <= 8 * ROW_THREADS  ? norm_kernel<8>
                  : args->width <= 16 * ROW_THREADS ? norm_kernel<16>
                                                    : long_norm_kernel;
    cuda_check (device, "norm",
                early_launch (kernel, (unsigned) args->rows, ROW_THREADS, state->stream, *args));
}

/* A thread turns one pair, or copies one element behind the pairs. Products are rounded one by one,
 * as the CPU tables do: a fused form would differ in the last bit of what is kept.
 * Moves: 8 B an element and the tables, which caches hold for all heads.   Roof: memory. */
static __global__ void
__launch_bounds__ (ROW_THREADS)
    rotary_kernel (const __grid_constant__ FoveaRotaryArgs args, int64_t n)
{
    /* Units of a row: pairs first, then the elements that are not turned. */
    int64_t half = args.rotary_width / 2, units = args.width - half;
    int64_t stride = element_step ();
    early_wait ();
    early_admit ();
    for (int64_t at = element_first (); at < n; at += stride) {
        int64_t i = at % units, row = at / units, t = row / args.heads;
        const float *x = args.x + row * args.width;
        float *out = args.out + row * args.width;
        if (i >= half) { /* behind the elements that turn */
            out[half + i] = x[half + i];
            continue;
        }
        int64_t turn = (args.first_position + t) * half + i;
        int64_t first = args.interleaved ? 2 * i : i;
        int64_t second = args.interleaved ? 2 * i + 1 : i + half;
        float a = x[first], b = x[second], cosine = args.cos[turn], sine = args.sin[turn];
        out[first] = __fsub_rn (__fmul_rn (a, cosine), __fmul_rn (b, sine));
        out[second] = __fadd_rn (__fmul_rn (b, cosine), __fmul_rn (a, sine));
    }
}

void
fovea_cuda_rotary (FoveaDevice *device, const FoveaRotaryArgs *args)
{
    CudaState *state = cuda_begin (device);
    int64_t n = args->rows * args->heads * (args->width - args->rotary_width / 2);
    if (state == NULL || n <= 0)
        return;
    cuda_check (device, "rotary",
                early_launch (rotary_kernel, element_grid (state->n_processors, n), ROW_THREADS,
                              state->stream, *args, n));
}

/* The CPU tables' formulas; expf() and erff() are within 2 units in the last place. */
template <FoveaActivation KIND>
static __device__ inline float
activation (float x)
{
    if (KIND == FOVEA_ACTIVATION_GELU)
        return 0.5f * x * (1 + erff (x * 0.70710678118654752f));
    if (KIND == FOVEA_ACTIVATION_GELU_NEW)
        return 0.5f * x * (1 + tanhf (0.79788456080286536f * (x + 0.044715f * x * x * x)));
    if (KIND == FOVEA_ACTIVATION_SILU)
        return x / (1 + expf (-x));
    if (KIND == FOVEA_ACTIVATION_CLAMPED) {
        x = x > 7 ? 7 : x; /* a comparison, not fminf(): NaN is to stay NaN */
        return x / (1 + expf (-1.702f * x));
    }
    x = x > 0 ? x : x < 0 ? 0 : x; /* NaN stays NaN */
    return KIND == FOVEA_ACTIVATION_RELU_SQUARED ? x * x : x;
}

/* What the activation is multiplied by. */
template <FoveaActivation KIND>
static __device__ inline float
gate (const float *up, int64_t i)
{
    if (up == NULL)
        return 1;
    if (KIND != FOVEA_ACTIVATION_CLAMPED)
        return up[i];
    return (up[i] > 7 ? 7 : up[i] < -7 ? -7 : up[i]) + 1;
}

/* Does: out = act (x) * up. The kind is a template's so that no element branches.
 * Moves: 8 B an element, 12 with @up.   Roof: memory. */
template <FoveaActivation KIND>
static __global__ void
__launch_bounds__ (ROW_THREADS)
    activate_kernel (const float *x, const float *up, int64_t n, float *out)
{
    int64_t stride = element_step ();
    early_wait ();
    early_admit ();
    for (int64_t i = element_first (); i < n; i += stride)
        out[i] = activation<KIND> (x[i]) * gate<KIND> (up, i);
}

template <FoveaActivation KIND>
static cudaError_t
launch_activate (const CudaState *state, const float *x, const float *up, int64_t n, float *out)
{
    return early_launch (activate_kernel<KIND>, element_grid (state->n_processors, n), ROW_THREADS,
                         state->stream, x, up, n, out);
}

void
fovea_cuda_activate (FoveaDevice *device,
                     FoveaActivation kind,
                     const float *x,
                     const float *up,
                     int64_t n,
                     float *out)
{
    CudaState *state = cuda_begin (device);
    if (state == NULL || n <= 0)
        return;
    cudaError_t status;
    switch (kind) {
    case FOVEA_ACTIVATION_GELU:
        status = launch_activate<FOVEA_ACTIVATION_GELU> (state, x, up, n, out);
        break;
    case FOVEA_ACTIVATION_GELU_NEW:
        status = launch_activate<FOVEA_ACTIVATION_GELU_NEW> (state, x, up, n, out);
        break;
    case FOVEA_ACTIVATION_SILU:
        status = launch_activate<FOVEA_ACTIVATION_SILU> (state, x, up, n, out);
        break;
    case FOVEA_ACTIVATION_RELU:
        status = launch_activate<FOVEA_ACTIVATION_RELU> (state, x, up, n, out);
        break;
    case FOVEA_ACTIVATION_RELU_SQUARED:
        status = launch_activate<FOVEA_ACTIVATION_RELU_SQUARED> (state, x, up, n, out);
        break;
    case FOVEA_ACTIVATION_CLAMPED:
        status = launch_activate<FOVEA_ACTIVATION_CLAMPED> (state, x, up, n, out);
        break;
    default:
        cuda_fail (device, FOVEA_CUDA_FAILED, "activate", "an activation that has no kernel");
        return;
    }
    cuda_check (device, "activate", status);
}

/* Lowest row with a NaN; an integer minimum is the same in any order.
 * Moves: 4 B an element.   Roof: memory. */
static __global__ void
__launch_bounds__ (ROW_THREADS)
    find_nan_kernel (const float *x, int64_t n, int64_t width, int32_t *first)
{
    int64_t stride = element_step ();
    for (int64_t i = element_first (); i < n; i += stride)
        if (isnan (x[i]))
            atomicMin (first, (int32_t) (i / width));
}

void
fovea_cuda_find_nan (
    FoveaDevice *device, const float *x, int64_t rows, int64_t width, int32_t *first)
{
    /* It writes no input of a product: what was rounded stays good. */
    CudaState *state = cuda_begin_product (device);
    int64_t n = rows * width;
    if (state == NULL || n <= 0)
        return;
    find_nan_kernel<<<element_grid (state->n_processors, n), ROW_THREADS, 0, state->stream>>> (
        x, n, width, first);
    cuda_check (device, "find_nan", cudaGetLastError ());
}

/* Largest logit so far and the sum of exponentials beneath it: one pass, and no overflow. */
typedef struct {
    float largest, sum;
} LogitSum;

/* Four logits at once: the sum is scaled anew only where the largest rises, which after the first few of a
 * row is rare. */
static __device__ inline void
add_logits (LogitSum *s, float4 x)
{
    float top = fmaxf (fmaxf (x.x, x.y), fmaxf (x.z, x.w));
    if (top > s->largest) {
        s->sum *= expf (s->largest - top);
        s->largest = top;
    }
    /* Nothing but -inf and NaN yet: their exponentials, 0 and NaN, are those beneath 0. */
    float m = s->largest == -CUDART_INF_F ? 0 : s->largest;
    s->sum += (expf (x.x - m) + expf (x.y - m)) + (expf (x.z - m) + expf (x.w - m));
}

/* Each logit is read once.
 * Moves: 4 V B a row.   Roof: memory. */
static __global__ void
__launch_bounds__ (ROW_THREADS)
    cross_entropy_kernel (const float *logits, const int32_t *targets, int64_t V, float *nll)
{
    const float *row = logits + (int64_t) blockIdx.x * V;
    LogitSum s = {-CUDART_INF_F, 0};
    int64_t fours = (uintptr_t) row % sizeof (float4) == 0 ? V / 4 : 0;
    /* Four loads on their way: each thread's sum is a chain that would wait for every one. */
#pragma unroll 4
    for (int64_t i = threadIdx.x; i < fours; i += ROW_THREADS)
        add_logits (&s, ((const float4 *) row)[i]);
    for (int64_t v = 4 * fours + threadIdx.x; v < V; v += ROW_THREADS)
        add_logits (&s, float4{row[v], -CUDART_INF_F, -CUDART_INF_F, -CUDART_INF_F});
    /* Threads whose largest logit lies below the row's scale what they have once. */
    float largest = block_max (s.largest);
    float sum = block_sum (s.largest == -CUDART_INF_F ? s.sum : s.sum * expf (s.largest - largest));
    if (threadIdx.x == 0)
        nll[blockIdx.x] = largest + logf (sum) - row[targets[blockIdx.x]];
}

void
fovea_cuda_cross_entropy (FoveaDevice *device,
                          const float *logits,
                          const int32_t *targets,
                          int64_t rows,
                          int64_t V,
                          float *nll)
{
    CudaState *state = cuda_begin (device);
    if (state == NULL || rows <= 0)
        return;
    size_t bytes = (size_t) rows * sizeof (int32_t);
    int32_t *list = (int32_t *) cuda_scratch (device, state, "cross_entropy", bytes);
    if (list == NULL ||
        !cuda_check (device, "cross_entropy", cuda_upload (state, list, targets, bytes)))
        return;
    cross_entropy_kernel<<<(unsigned) rows, ROW_THREADS, 0, state->stream>>> (logits, list, V, nll);
    cuda_check (device, "cross_entropy", cudaGetLastError ());
}
