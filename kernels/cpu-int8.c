/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Blocks of 32 integers for the instruction set FOVEA_SET. Bytes are
 * multiplied as 16 bits, whose neighbours one instruction adds; the sums of four blocks are folded
 * together. Each set gives the same bits, for sums of integers are exact and scales are not fused.
 * Cost: a block is multiplied in about 2 ns (AVX2), 5 without vectors of bytes. */
#include "kernels/cpu-int8.h"

#include <string.h>

#include "kernels/block-bytes.h"

enum {
    BLOCK = FOVEA_INT_BLOCK
};

/* 16 bytes of nibbles, low ones first, and where there are any, 32 bits that are their fifth. */
static void
unpack_nibbles (const uint8_t *restrict nibbles, uint32_t fifth, int zero, int8_t *restrict q)
{
#ifdef __AVX2__
    const __m128i bytes = _mm_loadu_si128 ((const __m128i *) (const void *) nibbles);
    const __m256i both = _mm256_set_m128i (_mm_srli_epi16 (bytes, 4), bytes);
    const __m256i values = _mm256_sub_epi8 (_mm256_and_si256 (both, _mm256_set1_epi8 (15)),
                                            _mm256_set1_epi8 ((char) zero));
    _mm256_storeu_si256 ((__m256i *) (void *) q, values);
#else
    for (int i = 0; i < BLOCK / 2; i++) {
        q[i] = (int8_t) ((nibbles[i] & 15) - zero);
        q[BLOCK / 2 + i] = (int8_t) ((nibbles[i] >> 4) - zero);
    }
#endif
    for (int i = 0; fifth != 0 && i < BLOCK; i++)
        q[i] = (int8_t) (q[i] + (int) (fifth >> i & 1) * 16);
}

/* The layouts are those of cpu-blocks.c. */
static void
unpack_one (const uint8_t *block, FoveaDtype dtype, FoveaIntBlock *out)
{
    out->scale = half_at (block);
    out->least = 0;
    switch (dtype) {
    case FOVEA_Q4_0:
        unpack_nibbles (block + 2, 0, 8, out->q);
        break;
    case FOVEA_Q4_1:
        out->least = half_at (block + 2);
        unpack_nibbles (block + 4, 0, 0, out->q);
        break;
    case FOVEA_Q5_0:
        unpack_nibbles (block + 6, bits_at (block + 2), 16, out->q);
        break;
    case FOVEA_Q5_1:
        out->least = half_at (block + 2);
        unpack_nibbles (block + 8, bits_at (block + 4), 0, out->q);
        break;
    default: /* Q8_0 */
        memcpy (out->q, block + 2, BLOCK);
    }
}

static void
unpack (const uint8_t *line, FoveaDtype dtype, int64_t n, FoveaIntBlock *out)
{
    const size_t bytes = fovea_dtype_size (dtype);
    for (int64_t b = 0; b < n; b++)
        unpack_one (line + (size_t) b * bytes, dtype, &out[b]);
}

enum {
    TOGETHER = 4 /* blocks whose sums are folded at one time */
};

#ifdef __AVX2__
/* Eight partial sums of a block's 32 products: bytes as 16 bits, neighbours added by the product. */
static inline __m256i
add_products (const int8_t *w, const int8_t *x)
{
    const __m128i *a = (const __m128i *) (const void *) w, *b = (const __m128i *) (const void *) x;
    __m256i low = _mm256_madd_epi16 (_mm256_cvtepi8_epi16 (_mm_loadu_si128 (a)),
                                     _mm256_cvtepi8_epi16 (_mm_loadu_si128 (b)));
    __m256i high = _mm256_madd_epi16 (_mm256_cvtepi8_epi16 (_mm_loadu_si128 (a + 1)),
                                      _mm256_cvtepi8_epi16 (_mm_loadu_si128 (b + 1)));
    return _mm256_add_epi32 (low, high);
}

static inline void
add_blocks (const FoveaIntBlock *w, const FoveaIntBlock *x, int32_t *dots)
{
    __m256i first =
        _mm256_hadd_epi32 (add_products (w[0].q, x[0].q), add_products (w[1].q, x[1].q));
    __m256i last = _mm256_hadd_epi32 (add_products (w[2].q, x[2].q), add_products (w[3].q, x[3].q));
    __m256i all = _mm256_hadd_epi32 (first, last);
    _mm_storeu_si128 ((__m128i *) (void *) dots, _mm_add_epi32 (_mm256_castsi256_si128 (all),
                                                                _mm256_extracti128_si256 (all, 1)));
}
#else
static inline void
add_blocks (const FoveaIntBlock *w, const FoveaIntBlock *x, int32_t *dots)
{
    for (int b = 0; b < TOGETHER; b++) {
        dots[b] = 0;
        for (int i = 0; i < BLOCK; i++)
            dots[b] += w[b].q[i] * x[b].q[i];
    }
}
#endif

static inline float
scale_dot (const FoveaIntBlock *w, const FoveaIntBlock *x, int32_t dot)
{
    return w->scale * x->scale * (float) dot + w->least * x->least;
}

static float
multiply (const FoveaIntBlock *restrict w, const FoveaIntBlock *restrict x, int64_t n)
{
    float sum = 0;
    int64_t b = 0;
    for (; b + TOGETHER <= n; b += TOGETHER) {
        int32_t dots[TOGETHER];
        add_blocks (w + b, x + b, dots);
        for (int k = 0; k < TOGETHER; k++)
            sum += scale_dot (&w[b + k], &x[b + k], dots[k]);
    }
    for (; b < n; b++) {
        int32_t dot = 0;
        for (int i = 0; i < BLOCK; i++)
            dot += w[b].q[i] * x[b].q[i];
        sum += scale_dot (&w[b], &x[b], dot);
    }
    return sum;
}

const FoveaIntLoops JOIN (fovea_int_loops, FOVEA_SET) = {unpack, multiply};
