/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* One vocabulary of vectors for three instruction sets: AVX-512, AVX2 with FMA, and plain GCC
 * vectors (SSE2, NEON, whatever there is). cpu-vector*.c are written in it and compiled once for
 * each set, with FOVEA_SET naming the copy.
 *
 * Contraction by the compiler is off in those files and every fused product is written out as
 * v_fma(): the same loop gives the same bits wherever it is inlined, which is what lets optional
 * outputs leave the others untouched. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "kernels/dtype.h"

/* Always: a call for each vector would cost more than what it does, and arguments that are constants
 * must stay so. */
#define INLINE static inline __attribute__ ((always_inline))

#if defined(__AVX512F__)
#include <immintrin.h>

/* LANES floats a vector; GROUP vectors are worked on together: 4 x GROUP accumulators, GROUP
 * operands and a broadcast fit the register file. */
enum {
    LANES = 16,
    GROUP = 4
};
typedef __m512 V;
typedef __mmask16 M;

/* Rows of odd widths begin anywhere. An unaligned load of an aligned address costs nothing extra. */
INLINE V
v_load (const float *p)
{
    return _mm512_loadu_ps (p);
}
INLINE void
v_store (float *p, V a)
{
    _mm512_storeu_ps (p, a);
}
/* The first n lanes, 0 in the others; memory behind them is not read, for a buffer may end there. */
INLINE V
v_load_part (const float *p, int n)
{
    return _mm512_maskz_loadu_ps ((M) ((1u << n) - 1), p);
}
INLINE void
v_store_part (float *p, V a, int n)
{
    _mm512_mask_storeu_ps (p, (M) ((1u << n) - 1), a);
}
INLINE V
v_all (float x)
{
    return _mm512_set1_ps (x);
}
INLINE V
v_fma (V a, V b, V c)
{
    return _mm512_fmadd_ps (a, b, c);
}
/* The second operand if either is NaN. */
INLINE V
v_max (V a, V b)
{
    return _mm512_max_ps (a, b);
}
INLINE V
v_min (V a, V b)
{
    return _mm512_min_ps (a, b);
}
INLINE V
v_abs (V a)
{
    return _mm512_abs_ps (a);
}
INLINE V
v_sqrt (V a)
{
    return _mm512_sqrt_ps (a);
}
/* where a <= b take x, else y */
INLINE V
v_pick_le (V a, V b, V x, V y)
{
    return _mm512_mask_blend_ps (_mm512_cmp_ps_mask (a, b, _CMP_LE_OQ), y, x);
}
/* To the nearest whole number, halves to even. */
INLINE V
v_round (V a)
{
    return _mm512_roundscale_ps (a, 0);
}
/* p * 2^n, n whole, the result a normal number */
INLINE V
v_scale (V p, V n)
{
    return _mm512_scalef_ps (p, n);
}
/* In an order of the set's own: sums of two sets may differ in the last bit. */
INLINE float
v_sum (V a)
{
    return _mm512_reduce_add_ps (a);
}
INLINE float
v_largest (V a)
{
    return _mm512_reduce_max_ps (a);
}
/* bf16 is the upper half of an f32. */
INLINE V
v_load_bf16 (const uint16_t *p)
{
    __m512i wide = _mm512_cvtepu16_epi32 (_mm256_loadu_si256 ((const __m256i *) p));
    return _mm512_castsi512_ps (_mm512_slli_epi32 (wide, 16));
}
INLINE V
v_load_f16 (const uint16_t *p)
{
    return _mm512_cvtph_ps (_mm256_loadu_si256 ((const __m256i *) p));
}

#elif defined(__AVX2__)
#include <immintrin.h>

/* 16 registers hold 4 x 2 accumulators, 2 operands and a broadcast, but not 4 x 4. */
enum {
    LANES = 8,
    GROUP = 2
};
typedef __m256 V;

INLINE V
v_load (const float *p)
{
    return _mm256_loadu_ps (p);
}
INLINE void
v_store (float *p, V a)
{
    _mm256_storeu_ps (p, a);
}
/* All bits in lanes below n. */
INLINE __m256i
v_part_mask (int n)
{
    __m256i lane = _mm256_setr_epi32 (0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32 (_mm256_set1_epi32 (n), lane);
}
INLINE V
v_load_part (const float *p, int n)
{
    return _mm256_maskload_ps (p, v_part_mask (n));
}
INLINE void
v_store_part (float *p, V a, int n)
{
    _mm256_maskstore_ps (p, v_part_mask (n), a);
}
INLINE V
v_all (float x)
{
    return _mm256_set1_ps (x);
}
INLINE V
v_fma (V a, V b, V c)
{
    return _mm256_fmadd_ps (a, b, c);
}
INLINE V
v_max (V a, V b)
{
    return _mm256_max_ps (a, b);
}
INLINE V
v_min (V a, V b)
{
    return _mm256_min_ps (a, b);
}
INLINE V
v_abs (V a)
{
    return _mm256_andnot_ps (_mm256_set1_ps (-0.0f), a);
}
INLINE V
v_sqrt (V a)
{
    return _mm256_sqrt_ps (a);
}
INLINE V
v_pick_le (V a, V b, V x, V y)
{
    return _mm256_blendv_ps (y, x, _mm256_cmp_ps (a, b, _CMP_LE_OQ));
}
INLINE V
v_round (V a)
{
    return _mm256_round_ps (a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
/* 2^n by its exponent's bits, which is why the result must be a normal number. */
INLINE V
v_scale (V p, V n)
{
    __m256i exponent = _mm256_add_epi32 (_mm256_cvtps_epi32 (n), _mm256_set1_epi32 (127));
    return _mm256_mul_ps (p, _mm256_castsi256_ps (_mm256_slli_epi32 (exponent, 23)));
}
INLINE float
v_sum (V a)
{
    __m128 s = _mm_add_ps (_mm256_castps256_ps128 (a), _mm256_extractf128_ps (a, 1));
    s = _mm_add_ps (s, _mm_movehl_ps (s, s));
    return _mm_cvtss_f32 (_mm_add_ss (s, _mm_shuffle_ps (s, s, 1)));
}
INLINE float
v_largest (V a)
{
    __m128 s = _mm_max_ps (_mm256_castps256_ps128 (a), _mm256_extractf128_ps (a, 1));
    s = _mm_max_ps (s, _mm_movehl_ps (s, s));
    return _mm_cvtss_f32 (_mm_max_ss (s, _mm_shuffle_ps (s, s, 1)));
}
INLINE V
v_load_bf16 (const uint16_t *p)
{
    __m256i wide = _mm256_cvtepu16_epi32 (_mm_loadu_si128 ((const __m128i *) p));
    return _mm256_castsi256_ps (_mm256_slli_epi32 (wide, 16));
}
INLINE V
v_load_f16 (const uint16_t *p)
{
    return _mm256_cvtph_ps (_mm_loadu_si128 ((const __m128i *) p));
}

#else

/* GCC lowers these to whatever the processor has, one lane at a time if need be. */
enum {
    LANES = 4,
    GROUP = 2
};
typedef float V __attribute__ ((vector_size (16)));
typedef int32_t VI __attribute__ ((vector_size (16)));

INLINE V
v_load (const float *p)
{
    V a;
    memcpy (&a, p, sizeof a);
    return a;
}
INLINE void
v_store (float *p, V a)
{
    memcpy (p, &a, sizeof a);
}
INLINE V
v_load_part (const float *p, int n)
{
    V a = {0, 0, 0, 0};
    memcpy (&a, p, (size_t) n * sizeof *p);
    return a;
}
INLINE void
v_store_part (float *p, V a, int n)
{
    memcpy (p, &a, (size_t) n * sizeof *p);
}
INLINE V
v_all (float x)
{
    return (V){x, x, x, x};
}
/* Rounds twice where the other sets round once: bits are promised within a set only. */
INLINE V
v_fma (V a, V b, V c)
{
    return a * b + c;
}
/* x where the mask is all ones, y where it is 0: what a comparison of vectors gives. */
INLINE V
v_pick (VI mask, V x, V y)
{
    return (V) ((mask & (VI) x) | (~mask & (VI) y));
}
/* A comparison with NaN is false, so the second operand comes out, as in the other sets. */
INLINE V
v_max (V a, V b)
{
    return v_pick (a > b, a, b);
}
INLINE V
v_min (V a, V b)
{
    return v_pick (a < b, a, b);
}
INLINE V
v_abs (V a)
{
    return (V) ((VI) a & 0x7fffffff);
}
INLINE V
v_sqrt (V a)
{
    return (V){sqrtf (a[0]), sqrtf (a[1]), sqrtf (a[2]), sqrtf (a[3])};
}
INLINE V
v_pick_le (V a, V b, V x, V y)
{
    return v_pick (a <= b, x, y);
}
/* Adding 1.5 * 2^23 leaves no bits for a fraction: right for |a| < 2^22. */
INLINE V
v_round (V a)
{
    V magic = v_all (12582912.0f);
    return (a + magic) - magic;
}
INLINE V
v_scale (V p, V n)
{
    VI exponent = __builtin_convertvector(n, VI) + 127;
    return p * (V) (exponent << 23);
}
INLINE float
v_sum (V a)
{
    return (a[0] + a[2]) + (a[1] + a[3]);
}
INLINE float
v_largest (V a)
{
    return fmaxf (fmaxf (a[0], a[1]), fmaxf (a[2], a[3]));
}
INLINE V
v_load_bf16 (const uint16_t *p)
{
    uint32_t bits[4];
    for (int i = 0; i < 4; i++)
        bits[i] = (uint32_t) p[i] << 16;
    V a;
    memcpy (&a, bits, sizeof a);
    return a;
}
INLINE V
v_load_f16 (const uint16_t *p)
{
    float a[4];
    fovea_dtype_to_f32 (p, FOVEA_F16, 4, a);
    return v_load (a);
}
#endif

/* Below this exp() is taken as 0: the smallest normal number. */
static const float exp_lowest = -87.33654f;

/* e^x for exp_lowest <= x <= 88.3, relative error under 1e-7: x = n ln 2 + r, |r| <= 0.347, and a
 * polynomial of degree 6 in r fitted to relative error 3e-9 (Lawson's iteration). ln 2 is split in
 * two parts, the first short enough for an exact n * part. */
INLINE V
v_exp_in_range (V x)
{
    V n = v_round (x * v_all (1.44269504f));
    V r = v_fma (n, v_all (-0.693359375f), x);
    r = v_fma (n, v_all (2.12194440e-4f), r);
    V p = v_fma (r, v_all (1.3814602e-3f), v_all (8.368716e-3f));
    p = v_fma (p, r, v_all (4.1668389e-2f));
    p = v_fma (p, r, v_all (1.66665211e-1f));
    p = v_fma (p, r, v_all (4.9999994e-1f));
    p = v_fma (p, r, v_all (1.0f));
    p = v_fma (p, r, v_all (1.0f));
    return v_scale (p, n);
}

/* e^x for any x; saturates at 2.2e38; NaN stays NaN. */
INLINE V
v_exp (V x)
{
    V bounded = v_min (v_all (88.3f), v_max (v_all (exp_lowest), x));
    return v_pick_le (x, v_all (exp_lowest), v_all (0.0f), v_exp_in_range (bounded));
}

/* tanh to 2e-7 of itself: an odd polynomial near 0, where 1 - 2/(e^2x + 1) would cancel. */
INLINE V
v_tanh (V x)
{
    V a = v_abs (x), u = x * x;
    V p = v_fma (u, v_all (-5.6607877e-3f), v_all (2.0602006e-2f));
    p = v_fma (p, u, v_all (-5.3729229e-2f));
    p = v_fma (p, u, v_all (1.33313283e-1f));
    p = v_fma (p, u, v_all (-3.33332777e-1f));
    V small = v_fma (p * u, x, x);
    V large = v_all (1.0f) - v_all (2.0f) / (v_exp (a + a) + v_all (1.0f));
    large = v_pick_le (v_all (0.0f), x, large, v_all (0.0f) - large);
    return v_pick_le (a, v_all (0.625f), small, large);
}

/* erfc (x) for x >= 0, relative error 1.5e-7 + |x|^2 6e-8: t e^(-x^2 + P(t)), t = 2/(2 + x), with P
 * fitted to absolute error 6e-8 on x <= 14. */
INLINE V
v_erfc (V x)
{
    static const float c[] = {0.160991862f, -0.768007338f, 1.361021757f,  -0.966671526f,
                              0.141802162f, -0.115633048f, 0.0738810226f, 0.378552437f,
                              0.999554992f, -1.265492201f};
    V t = v_all (2.0f) / (v_all (2.0f) + x);
    V p = v_all (c[0]);
    for (int i = 1; i < 10; i++)
        p = v_fma (p, t, v_all (c[i]));
    return t * v_exp (p - x * x);
}

/* One vector of weights as f32; @dtype is a constant wherever this is inlined. */
INLINE V
v_load_weight (const void *data, FoveaDtype dtype, int64_t at)
{
    if (dtype == FOVEA_BF16)
        return v_load_bf16 ((const uint16_t *) data + at);
    if (dtype == FOVEA_F16)
        return v_load_f16 ((const uint16_t *) data + at);
    return v_load ((const float *) data + at);
}
