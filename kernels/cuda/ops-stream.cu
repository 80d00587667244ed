/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What some families do to their stream beside adding to it: scaled embeddings, capped logits, and
 * experts that add to the rows which chose them. Bound by memory: 8 B an element, 12 B where it is
 * added. */
#include "kernels/cuda/cuda-device.h"
#include "kernels/cuda/elementwise.cuh"

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

/* A block owns a row of @x and with it the row of @out: no two blocks meet, so no atomics. The
 * product is rounded before the sum, as the CPU table does. */
static __global__ void
__launch_bounds__ (ELEMENT_THREADS) add_rows_kernel (
    const float *x, const int32_t *rows, const float *weights, int64_t width, float *out)
{
    int64_t i = blockIdx.x;
    float weight = weights[i];
    float *row = out + rows[i] * width;
    for (int64_t c = threadIdx.x; c < width; c += ELEMENT_THREADS)
        row[c] = __fadd_rn (row[c], __fmul_rn (weight, x[i * width + c]));
}

void
fovea_cuda_add_rows (FoveaDevice *device,
                     const float *x,
                     const int32_t *rows,
                     const float *weights,
                     int64_t n,
                     int64_t width,
                     float *out)
{
    CudaState *state = cuda_begin (device);
    if (state == NULL || n <= 0)
        return;
    size_t bytes = (size_t) n * sizeof (int32_t);
    char *lists = (char *) cuda_scratch (device, state, "add_rows", 2 * bytes);
    if (lists == NULL ||
        !cuda_check (device, "add_rows", cuda_upload (state, lists, rows, bytes)) ||
        !cuda_check (device, "add_rows", cuda_upload (state, lists + bytes, weights, bytes)))
        return;
    add_rows_kernel<<<(unsigned) n, ELEMENT_THREADS, 0, state->stream>>> (
        x, (const int32_t *) lists, (const float *) (lists + bytes), width, out);
    cuda_check (device, "add_rows", cudaGetLastError ());
}
