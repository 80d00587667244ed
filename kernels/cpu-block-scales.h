/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Scales of GGML's blocks of 256 elements, all of a block at one time, and pieces of bytes that two
 * products of blocks share. Everything is inlined, with a constant type. */
#include <immintrin.h>
#include <stdbool.h>

#include "kernels/block-bytes.h"

#define INLINE static inline __attribute__ ((always_inline))

enum {
    LANES = 16,
    BIG = 256, /* elements of a large block */
    PARTS = 8  /* of 32 elements */
};

INLINE bool
is_big (FoveaDtype dtype)
{
    return dtype >= FOVEA_Q2_K && dtype != FOVEA_IQ4_NL;
}

/* Parts of 16 elements have their own scale, else of 32. */
INLINE bool
is_scaled_by_sixteen (FoveaDtype dtype)
{
    return dtype == FOVEA_Q2_K || dtype == FOVEA_Q3_K || dtype == FOVEA_Q6_K;
}

/* Bytes of a block of 32, as a constant. */
INLINE int
small_size (FoveaDtype dtype)
{
    switch (dtype) {
    case FOVEA_Q4_1:
        return 20;
    case FOVEA_Q5_0:
        return 22;
    case FOVEA_Q5_1:
        return 24;
    case FOVEA_Q8_0:
        return 34;
    default: /* Q4_0, IQ4_NL */
        return 18;
    }
}

INLINE bool
small_has_least (FoveaDtype dtype)
{
    return dtype == FOVEA_Q4_1 || dtype == FOVEA_Q5_1;
}

/* Scales of a large block: up to 16 of them, then as many minima with their sign turned. */
typedef struct {
    float values[2 * LANES] __attribute__ ((aligned (64)));
} Scales;

INLINE __m512
half_all (const uint8_t *bytes)
{
    return _mm512_set1_ps (half_at (bytes));
}

INLINE __m128i
load_16 (const uint8_t *from)
{
    return _mm_loadu_si128 ((const __m128i *) (const void *) from);
}

INLINE __m256i
load_32 (const uint8_t *from)
{
    return _mm256_loadu_si256 ((const __m256i *) (const void *) from);
}

INLINE __m512
widen (__m128i bytes)
{
    return _mm512_cvtepi32_ps (_mm512_cvtepi8_epi32 (bytes));
}

/* 16 small integers times @d. */
INLINE void
store_scales (__m128i integers, __m512 d, float *out)
{
    _mm512_store_ps (out, _mm512_mul_ps (widen (integers), d));
}

/* Four bytes at a time: scales and minima 0 to 3 are the low six bits of a byte each, 4 to 7 a nibble
 * below the two bits that those have left. */
INLINE void
load_scales_k4 (const uint8_t *b, Scales *out)
{
    const uint32_t a = bits_at (b + 4), m = bits_at (b + 8), c = bits_at (b + 12);
    const uint32_t six = 0x3f3f3f3f, nibble = 0x0f0f0f0f, two = 0x30303030;
    const uint64_t scales = (a & six) | (uint64_t) ((c & nibble) | (a >> 2 & two)) << 32;
    const uint64_t least = (m & six) | (uint64_t) ((c >> 4 & nibble) | (m >> 2 & two)) << 32;
    const __m512 d = _mm512_mask_mov_ps (half_all (b), 0xff00,
                                         _mm512_mul_ps (half_all (b + 2), _mm512_set1_ps (-1)));
    store_scales (_mm_set_epi64x ((int64_t) least, (int64_t) scales), d, out->values);
}

/* 16 scales of four low bits and two high ones, less 32. */
INLINE void
load_scales_q3 (const uint8_t *b, Scales *out)
{
    const uint32_t low0 = bits_at (b + 96), low1 = bits_at (b + 100), high = bits_at (b + 104);
    const uint32_t nibble = 0x0f0f0f0f, two = 0x30303030;
    const __m128i q = _mm_setr_epi32 ((int) ((low0 & nibble) | (high << 4 & two)),
                                      (int) ((low1 & nibble) | (high << 2 & two)),
                                      (int) ((low0 >> 4 & nibble) | (high & two)),
                                      (int) ((low1 >> 4 & nibble) | (high >> 2 & two)));
    store_scales (_mm_sub_epi8 (q, _mm_set1_epi8 (32)), half_all (b + 108), out->values);
}

INLINE void
load_scales_iq4 (const uint8_t *b, Scales *out)
{
    const float d = half_at (b);
    const int high = b[2] | b[3] << 8;
    for (int part = 0; part < PARTS; part++) {
        const int s = (b[4 + part / 2] >> part % 2 * 4 & 15) | (high >> 2 * part & 3) << 4;
        out->values[part] = d * (float) (s - 32);
    }
}

INLINE void
load_scales (const uint8_t *b, FoveaDtype dtype, Scales *out)
{
    switch (dtype) {
    case FOVEA_Q2_K: {
        const __m128i both = load_16 (b), nibble = _mm_set1_epi8 (15);
        store_scales (_mm_and_si128 (both, nibble), half_all (b + 80), out->values);
        store_scales (_mm_and_si128 (_mm_srli_epi16 (both, 4), nibble),
                      _mm512_mul_ps (half_all (b + 82), _mm512_set1_ps (-1)), out->values + LANES);
        break;
    }
    case FOVEA_Q3_K:
        load_scales_q3 (b, out);
        break;
    case FOVEA_Q4_K:
    case FOVEA_Q5_K:
        load_scales_k4 (b, out);
        break;
    case FOVEA_Q6_K:
        store_scales (load_16 (b + 192), half_all (b + 208), out->values);
        break;
    default: /* IQ4_XS */
        load_scales_iq4 (b, out);
    }
}

/* Four f16 numbers @bytes apart: word by word, which takes less than a gather. */
INLINE uint64_t
four_halves (const uint8_t *b, int bytes)
{
    return (uint64_t) bits_16_at (b) | (uint64_t) bits_16_at (b + bytes) << 16 |
           (uint64_t) bits_16_at (b + 2 * bytes) << 32 |
           (uint64_t) bits_16_at (b + 3 * bytes) << 48;
}

/* Eight small blocks in a row begin with d, and some have m behind it: as scales and minima. */
INLINE void
load_scales_small (const uint8_t *b, FoveaDtype dtype, Scales *out)
{
    const int bytes = small_size (dtype);
    if (!small_has_least (dtype)) {
        const __m128i d = _mm_set_epi64x ((int64_t) four_halves (b + 4 * bytes, bytes),
                                          (int64_t) four_halves (b, bytes));
        _mm256_store_ps (out->values, _mm256_cvtph_ps (d));
        return;
    }
    const __m256i at =
        _mm256_mullo_epi32 (_mm256_setr_epi32 (0, 1, 2, 3, 4, 5, 6, 7), _mm256_set1_epi32 (bytes));
    const __m256i both = _mm256_i32gather_epi32 ((const int *) (const void *) b, at, 1);
    _mm256_store_ps (out->values, _mm256_cvtph_ps (_mm256_cvtepi32_epi16 (both)));
    _mm256_store_ps (out->values + PARTS,
                     _mm256_cvtph_ps (_mm256_cvtepi32_epi16 (_mm256_srli_epi32 (both, 16))));
}

/* Two bits of each byte, number @i of four. */
INLINE __m256i
take_two_bits (__m256i bytes, int i)
{
    return _mm256_and_si256 (_mm256_srli_epi16 (bytes, 2 * i), _mm256_set1_epi8 (3));
}
