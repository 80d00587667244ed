/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Numbers of f32 as two of f16, so that tensor cores multiply them: x = unit * (high + low), where high is
 * what f16 holds of x / unit and low what f16 holds of the rest. A unit is a power of two. Two times 11 bits
 * are 22 of f32's 24, down to 2^-37 of the largest; a product is high high + high low + low high, and what is
 * left out, low low, is 2^-22 of it. Three products of f16 take a fifth of the time of one of f32.
 *
 * Lines of x, errors and weights are three in a row, so that the three products are one where their sum runs
 * along the line: high, low, high of a row by low, high, high of a latent. Matrices of rows by latents are two
 * matrices. What is small comes first: each sixteen terms that a tensor core adds cut the sum at 24 bits.
 *
 * Where 11 bits will do, as tf32 has, lines are high alone, and there is one product. */
#include <cuda_fp16.h>
#include <cuda_runtime.h>
#include <stdint.h>

/* Largest |number|, as bits; they order as the floats do. NaN is above all. */
typedef struct {
    unsigned x, errors, side; /* of rows; errors of all prefixes; of a gate's decode */
    unsigned reach,
        bias; /* of latents: |w_enc| and |bias| times the decoder's unit, both times what a
                           * gated one's magnitude may be */
} StepRanges;

/* The power of two that brings @most to 2^12 .. 2^13; 1 for what has no size. */
static __device__ inline float
codes_unit_of (float most)
{
    int exponent = (int) (__float_as_uint (most) >> 23) - 127;
    if (!(most > 0) || exponent == 128)
        return 1;
    return ldexpf (1, max (min (exponent - 12, 100), -100));
}

/* @x in units. */
static __device__ inline void
split (float x, __half *high, __half *low)
{
    *high = __float2half_rn (x);
    *low = __float2half_rn (x - __half2float (*high));
}

/* Numbers of a line: whole eights, which is what cuBLAS reads at once. */
static __host__ __device__ inline int64_t
split_width (int64_t n)
{
    return (n + 7) / 8 * 8;
}

/* Parts of a line. */
static __host__ __device__ inline int
split_parts (bool rounded)
{
    return rounded ? 1 : 3;
}

/**
 * cuda_split_range:
 * @most: becomes the larger of it and the largest |number| of @n
 */
cudaError_t cuda_split_range (const float *from, int64_t n, unsigned *most, cudaStream_t stream);

/**
 * cuda_split_lines:
 * @most: of the unit of all
 * @rounded: high alone
 * @to: (lines, 3 split_width (n)): high, low, high
 */
cudaError_t cuda_split_lines (const float *from,
                              int64_t lines,
                              int64_t n,
                              const unsigned *most,
                              bool rounded,
                              __half *to,
                              cudaStream_t stream);

/**
 * cuda_split_rows:
 * @to: (rows, 3 split_width (n)): high, low, high
 * @unit: (rows) out: each row has its own
 */
cudaError_t cuda_split_rows (const float *x,
                             int64_t stride,
                             int64_t rows,
                             int64_t n,
                             __half *to,
                             float *unit,
                             cudaStream_t stream);

/**
 * cuda_split_latents:
 * @to: (n_latents, 3 split_width (n)): low, high, high
 * @unit: (n_latents) out
 */
cudaError_t cuda_split_latents (
    const float *w, int64_t n_latents, int64_t n, __half *to, float *unit, cudaStream_t stream);
