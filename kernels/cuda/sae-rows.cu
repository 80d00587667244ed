/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Training's pass over rows: a block decodes a row from the dictionary rows that its code names, keeps
 * the error in shared memory, and multiplies it with the same dictionary rows for their gradients.
 * Moves, a row: 8 B k d_out, the second half mostly from the cache.   Roof: L2. */
#include "kernels/cuda/sae-products.cuh"
#include "kernels/cuda/sae-step.cuh"

enum {
    THREADS = 64,
    WARPS = THREADS / 32,
    BATCH = 4 /* entries of a warp at once */
};

typedef struct {
    StepEntries e;
    int64_t d_out;
    const float *w_dec, *base, *wanted;
    bool dead;
} DecodePass;

static __device__ inline void
add_scaled (float4 *to, float a, float4 x)
{
    to->x = fmaf (a, x.x, to->x);
    to->y = fmaf (a, x.y, to->y);
    to->z = fmaf (a, x.z, to->z);
    to->w = fmaf (a, x.w, to->w);
}

/* Four of the decoder's bias, which stands behind F numbers: at any place. */
static __device__ inline float4
read_base (const float *base)
{
    return make_float4 (base[0], base[1], base[2], base[3]);
}

/* Four columns of the row's error: codes in the order of their list. */
static __device__ inline float4
decode_columns (const DecodePass &p, int64_t t, int64_t column, int n)
{
    const int32_t *latent = p.e.latent + first_entry (p.e, t);
    const float *value = p.e.value + first_entry (p.e, t), *w = p.w_dec + column;
    float4 sum = p.base != NULL ? read_base (p.base + column) : make_float4 (0, 0, 0, 0);
    int i = 0;
    for (; i + 4 <= n; i += 4) {
        float4 rows[4];
#pragma unroll
        for (int b = 0; b < 4; b++)
            rows[b] = __ldg ((const float4 *) (w + latent[i + b] * p.d_out));
#pragma unroll
        for (int b = 0; b < 4; b++)
            add_scaled (&sum, value[i + b], rows[b]);
    }
    for (; i < n; i++)
        add_scaled (&sum, value[i], __ldg ((const float4 *) (w + latent[i] * p.d_out)));
    /* Dead latents explain what is missing, which is minus the main error. */
    float4 y = *(const float4 *) (p.wanted + t * p.d_out + column);
    add_scaled (&sum, p.dead ? 1 : -1, y);
    return sum;
}

/* Gradients of the row's entries, BATCH at a time by a warp. */
static __device__ inline void
differentiate (const DecodePass &p, int64_t t, const float *error, int n)
{
    int64_t begin = first_entry (p.e, t);
    const int32_t *latent = p.e.latent + begin;
    for (int first = (int) threadIdx.x / 32 * BATCH; first < n; first += WARPS * BATCH) {
        float sum[BATCH] = {0};
        for (int64_t c = 4 * lane_id (); c < p.d_out; c += 128) {
            float4 e = *(const float4 *) (error + c), w[BATCH];
#pragma unroll
            for (int b = 0; b < BATCH; b++)
                w[b] = __ldg (
                    (const float4 *) (p.w_dec + latent[min (first + b, n - 1)] * p.d_out + c));
#pragma unroll
            for (int b = 0; b < BATCH; b++)
                sum[b] = fmaf (e.w, w[b].w,
                               fmaf (e.z, w[b].z, fmaf (e.y, w[b].y, fmaf (e.x, w[b].x, sum[b]))));
        }
#pragma unroll
        for (int b = 0; b < BATCH; b++) {
            float d = p.e.slope * warp_sum (sum[b]);
            if (lane_id () == b && first + b < n)
                p.e.d_code[begin + first + b] = d;
        }
    }
}

static __global__ void
__launch_bounds__ (THREADS) decode_kernel (const __grid_constant__ DecodePass p)
{
    extern __shared__ float4 shared[];
    __shared__ double parts[WARPS];
    float *error = (float *) shared;
    int64_t t = blockIdx.x;
    int n = p.e.count[t];
    double squares = 0;
    for (int64_t c = 4 * threadIdx.x; c < p.d_out; c += 4 * THREADS) {
        float4 e = decode_columns (p, t, c, n);
        *(float4 *) (error + c) = e;
        *(float4 *) (p.e.error + t * p.d_out + c) = e;
        squares += (double) e.x * (double) e.x + (double) e.y * (double) e.y +
                   (double) e.z * (double) e.z + (double) e.w * (double) e.w;
    }
    for (int other = 16; other > 0; other /= 2)
        squares += __shfl_xor_sync (~0u, squares, other);
    if (lane_id () == 0)
        parts[threadIdx.x / 32] = squares;
    __syncthreads ();
    if (threadIdx.x == 0)
        p.e.row_errors[t] = parts[0] + parts[1];
    differentiate (p, t, error, n);
}

cudaError_t
cuda_step_decode (const StepRun *run,
                  const StepEntries *entries,
                  const float *base,
                  const float *wanted,
                  bool dead,
                  cudaStream_t stream)
{
    const FoveaSaeStepArgs *a = &run->args;
    DecodePass p = {*entries, a->d_out, a->w.w_dec, base, wanted, dead};
    size_t bytes = (size_t) a->d_out * sizeof (float);
    cudaError_t status = cudaFuncSetAttribute (
        decode_kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int) bytes);
    if (status != cudaSuccess)
        return status;
    decode_kernel<<<(unsigned) a->rows, THREADS, bytes, stream>>> (p);
    return cudaGetLastError ();
}
