/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rows and weights of a training step as two of f16 (sae-split.cuh).
 * Moves: 10 B a number of weights and 14 of rows.   Roof: memory. */
#include "kernels/cuda/sae-split.cuh"
#include "kernels/cuda/sae-products.cuh"
#include "kernels/cuda/sae-step.cuh"

enum {
    THREADS = 256,
    WARPS = 4,
    RANGE_BLOCKS = 264
};

static __device__ inline float
warp_most (float x)
{
    for (int other = 16; other > 0; other /= 2) {
        float y = __shfl_xor_sync (~0u, x, other);
        x = x != x || x > y ? x : y; /* NaN stays */
    }
    return x;
}

static __global__ void
__launch_bounds__ (THREADS) range_kernel (const float *from, int64_t n, unsigned *most)
{
    float own = 0;
    for (int64_t i = (int64_t) blockIdx.x * THREADS + threadIdx.x; i < n;
         i += (int64_t) gridDim.x * THREADS) {
        float x = fabsf (from[i]);
        own = own != own || own > x ? own : x;
    }
    own = warp_most (own);
    if (lane_id () == 0)
        atomicMax (most, __float_as_uint (own));
}

cudaError_t
cuda_split_range (const float *from, int64_t n, unsigned *most, cudaStream_t stream)
{
    range_kernel<<<RANGE_BLOCKS, THREADS, 0, stream>>> (from, n, most);
    return cudaGetLastError ();
}

/* Two of a line's parts, the first @n of them, which begin at an even place. */
static __device__ inline void
write_two (__half *line, int64_t width, int64_t c, int n, const int (&places)[3], float x, float y)
{
    __half2 high, low;
    split (x, &high.x, &low.x);
    split (y, &high.y, &low.y);
#pragma unroll
    for (int i = 0; i < 3; i++)
        if (i < n)
            *(__half2 *) (line + i * width + c) = places[i] == 0 ? high : low;
}

/* A block a line. */
static __global__ void
__launch_bounds__ (THREADS)
    lines_kernel (const float *from, int64_t n, const unsigned *most, int parts, __half *to)
{
    int64_t width = split_width (n), line = blockIdx.x;
    float inverse = 1 / codes_unit_of (__uint_as_float (*most));
    from += line * n;
    to += line * parts * width;
    for (int64_t c = 2 * threadIdx.x; c < width; c += 2 * THREADS) {
        float x = c < n ? from[c] * inverse : 0, y = c + 1 < n ? from[c + 1] * inverse : 0;
        write_two (to, width, c, parts, {0, 1, 0}, x, y);
    }
}

cudaError_t
cuda_split_lines (const float *from,
                  int64_t lines,
                  int64_t n,
                  const unsigned *most,
                  bool rounded,
                  __half *to,
                  cudaStream_t stream)
{
    lines_kernel<<<(unsigned) lines, THREADS, 0, stream>>> (from, n, most, split_parts (rounded),
                                                            to);
    return cudaGetLastError ();
}

/* A line in a unit of its own, by a warp; its first @parts in these @places. Gives its unit and length. */
static __device__ inline float
split_line (
    const float *from, int64_t n, int parts, const int (&places)[3], __half *to, float *length)
{
    int64_t width = split_width (n);
    float most = 0, squares = 0;
    for (int64_t c = lane_id (); c < n; c += 32) {
        most = fmaxf (most, fabsf (from[c])); /* a line with NaN is NaN in any unit */
        squares = fmaf (from[c], from[c], squares);
    }
    float unit = codes_unit_of (warp_most (most)), inverse = 1 / unit;
    for (int64_t c = 2 * lane_id (); c < width; c += 64) {
        float x = c < n ? from[c] * inverse : 0, y = c + 1 < n ? from[c + 1] * inverse : 0;
        write_two (to, width, c, parts, places, x, y);
    }
    *length = sqrtf (warp_sum (squares));
    return unit;
}

/* A latent's weights: low, high, high; or high alone. */
static __device__ inline float
split_weights (const float *from, int64_t n, bool rounded, __half *to, float *length)
{
    return split_line (from, n, split_parts (rounded), {rounded ? 0 : 1, 0, 0}, to, length);
}

/* A warp a line, of rows or of latents. */
static __global__ void __launch_bounds__ (32 * WARPS) own_lines_kernel (
    const float *from, int64_t stride, int64_t lines, int64_t n, bool rows, __half *to, float *unit)
{
    int64_t i = (int64_t) blockIdx.x * WARPS + threadIdx.x / 32;
    float length, own;
    if (i >= lines)
        return;
    from += i * stride;
    to += i * 3 * split_width (n);
    own = split_line (from, n, 3, {rows ? 0 : 1, rows ? 1 : 0, 0}, to, &length);
    if (lane_id () == 0)
        unit[i] = own;
}

cudaError_t
cuda_split_rows (const float *x,
                 int64_t stride,
                 int64_t rows,
                 int64_t n,
                 __half *to,
                 float *unit,
                 cudaStream_t stream)
{
    own_lines_kernel<<<(unsigned) ((rows + WARPS - 1) / WARPS), 32 * WARPS, 0, stream>>> (
        x, stride, rows, n, true, to, unit);
    return cudaGetLastError ();
}

cudaError_t
cuda_split_latents (
    const float *w, int64_t n_latents, int64_t n, __half *to, float *unit, cudaStream_t stream)
{
    own_lines_kernel<<<(unsigned) ((n_latents + WARPS - 1) / WARPS), 32 * WARPS, 0, stream>>> (
        w, n, n_latents, n, false, to, unit);
    return cudaGetLastError ();
}

/* A warp a latent. */
static __global__ void __launch_bounds__ (32 * WARPS)
    weights_kernel (const __grid_constant__ StepRun run)
{
    const FoveaSaeStepArgs &a = run.args;
    const StepFull &f = run.full;
    int64_t j = (int64_t) blockIdx.x * WARPS + threadIdx.x / 32, d = a.d_in, n = a.d_out;
    if (j >= a.n_latents)
        return;
    float reach, norm = 1, unit;
    int parts = split_parts (a.rounded);
    __half *enc = f.enc + j * parts * split_width (d), *dec = f.dec + j * parts * split_width (n);
    unit = split_weights (a.w.w_enc + j * d, d, a.rounded, enc, &reach);
    if (lane_id () == 0)
        f.enc_unit[j] = unit;
    if (!f.on)
        return;
    unit = split_weights (a.w.w_dec + j * n, n, a.rounded, dec, &norm);
    if (lane_id () != 0)
        return;
    float scale = a.w.r_mag != NULL ? fmaxf (expf (a.w.r_mag[j]), 1) : 1;
    float bias = fabsf (a.w.b_enc[j]) * scale + (a.w.b_mag != NULL ? fabsf (a.w.b_mag[j]) : 0);
    f.dec_unit[j] = unit;
    atomicMax (&f.ranges->reach, __float_as_uint (reach * scale * unit));
    atomicMax (&f.ranges->bias, __float_as_uint (bias * unit));
    if (a.w.log_threshold != NULL)
        f.threshold[j] = expf (a.w.log_threshold[j]);
    run.norm[j] = norm;
}

cudaError_t
cuda_split_weights (const StepRun *run, cudaStream_t stream)
{
    unsigned grid = (unsigned) ((run->args.n_latents + WARPS - 1) / WARPS);
    weights_kernel<<<grid, 32 * WARPS, 0, stream>>> (*run);
    return cudaGetLastError ();
}
