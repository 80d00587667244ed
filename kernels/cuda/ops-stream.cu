/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What some families do to their stream beside adding to it: scaled embeddings, capped logits,
 * clipped queries. Bound by memory: 8 B an element. */
#include "kernels/cuda/cuda-device.h"
#include "kernels/cuda/elementwise.cuh"

/* Does: out = factor * x, rounded once, as every table does.   Moves: 8 B an element.   Roof: memory. */
static __global__ void
__launch_bounds__ (ELEMENT_THREADS)
    scale_kernel (const float *x, float factor, int64_t n, float *out)
{
    int64_t stride = element_step ();
    for (int64_t i = element_first (); i < n; i += stride)
        out[i] = factor * x[i];
}

void
fovea_cuda_scale (FoveaDevice *device, const float *x, float factor, int64_t n, float *out)
{
    CudaState *state = cuda_begin (device);
    if (state == NULL || n <= 0)
        return;
    scale_kernel<<<element_grid (state->n_processors, n), ELEMENT_THREADS, 0, state->stream>>> (
        x, factor, n, out);
    cuda_check (device, "scale", cudaGetLastError ());
}

/* Does: out = cap tanh (x / cap). tanhf() and not the quick form that scores have: this is once a logit,
 * and memory is what it waits for.   Moves: 8 B an element.   Roof: memory. */
static __global__ void
__launch_bounds__ (ELEMENT_THREADS)
    soft_cap_kernel (const float *x, float cap, int64_t n, float *out)
{
    int64_t stride = element_step ();
    for (int64_t i = element_first (); i < n; i += stride)
        out[i] = cap * tanhf (x[i] / cap);
}

void
fovea_cuda_soft_cap (FoveaDevice *device, const float *x, float cap, int64_t n, float *out)
{
    CudaState *state = cuda_begin (device);
    if (state == NULL || n <= 0)
        return;
    soft_cap_kernel<<<element_grid (state->n_processors, n), ELEMENT_THREADS, 0, state->stream>>> (
        x, cap, n, out);
    cuda_check (device, "soft_cap", cudaGetLastError ());
}

/* Does: x within [-limit, limit]. Two comparisons and not fminf(), which would turn NaN into the limit.
 * Moves: 8 B an element.   Roof: memory. */
static __global__ void
__launch_bounds__ (ELEMENT_THREADS) clip_kernel (const float *x, float limit, int64_t n, float *out)
{
    int64_t stride = element_step ();
    for (int64_t i = element_first (); i < n; i += stride)
        out[i] = x[i] > limit ? limit : x[i] < -limit ? -limit : x[i];
}

void
fovea_cuda_clip (FoveaDevice *device, const float *x, float limit, int64_t n, float *out)
{
    CudaState *state = cuda_begin (device);
    if (state == NULL || n <= 0)
        return;
    clip_kernel<<<element_grid (state->n_processors, n), ELEMENT_THREADS, 0, state->stream>>> (
        x, limit, n, out);
    cuda_check (device, "clip", cudaGetLastError ());
}
