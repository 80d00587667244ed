/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Blocks of GGML as rows of tile registers: 32 small integers as bf16, which holds them exactly, beside
 * what they are multiplied by and added. Everything is inlined, with a constant type. */
#include <immintrin.h>

#include "kernels/block-bytes.h"

#define INLINE static inline __attribute__ ((always_inline))

/* A block's 32 integers as bf16, and what they are multiplied by and added. */
typedef struct {
    __m512i q;
    float scale, least;
} Block;

/* bf16 of -@zero, 1 - @zero, ... 31 - @zero. */
INLINE __m512i
count_from (float zero)
{
    const __m512 low =
        _mm512_sub_ps (_mm512_setr_ps (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                       _mm512_set1_ps (zero));
    return (__m512i) _mm512_cvtne2ps_pbh (_mm512_add_ps (low, _mm512_set1_ps (16)), low);
}

INLINE __m512i
nonlinear_table (void)
{
    const __m512 values =
        _mm512_setr_ps (-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);
    return (__m512i) _mm512_cvtne2ps_pbh (values, values);
}

/* -@zero, 1 - @zero, ... 15 - @zero, twice: bits beyond the fourth are of no account. */
INLINE __m512i
count_twice (float zero)
{
    const __m512 values =
        _mm512_sub_ps (_mm512_setr_ps (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                       _mm512_set1_ps (zero));
    return (__m512i) _mm512_cvtne2ps_pbh (values, values);
}

/* 16 bytes of nibbles, low ones first. */
INLINE __m512i
split_nibbles (const uint8_t *from)
{
    const __m128i bytes = _mm_loadu_si128 ((const __m128i *) (const void *) from);
    const __m128i high = _mm_srli_epi16 (bytes, 4);
    const __m256i both = _mm256_and_si256 (_mm256_set_m128i (high, bytes), _mm256_set1_epi8 (15));
    return _mm512_cvtepu8_epi16 (both);
}

/* One nibble of each of 32 bytes. */
INLINE __m512i
take_nibbles (const uint8_t *from, bool high)
{
    __m256i bytes = _mm256_loadu_si256 ((const __m256i *) (const void *) from);
    if (high)
        bytes = _mm256_srli_epi16 (bytes, 4);
    return _mm512_cvtepu8_epi16 (_mm256_and_si256 (bytes, _mm256_set1_epi8 (15)));
}

INLINE __m512i
add_fifth (__m512i nibbles, __mmask32 fifth)
{
    return _mm512_mask_add_epi16 (nibbles, fifth, nibbles, _mm512_set1_epi16 (16));
}

INLINE __m512i
look_up (__m512i index, __m512i table)
{
    return _mm512_permutexvar_epi16 (index, table);
}

INLINE __m512i
widen_bytes (const uint8_t *from)
{
    const __m128i *halves = (const __m128i *) (const void *) from;
    __m512i low = _mm512_cvtepi8_epi32 (_mm_loadu_si128 (halves));
    __m512i high = _mm512_cvtepi8_epi32 (_mm_loadu_si128 (halves + 1));
    return (__m512i) _mm512_cvtne2ps_pbh (_mm512_cvtepi32_ps (high), _mm512_cvtepi32_ps (low));
}

/* A block of 32 elements; the layouts are those of cpu-blocks.c. */
INLINE Block
load_small (const uint8_t *b, FoveaDtype dtype)
{
    const float d = half_at (b);
    switch (dtype) {
    case FOVEA_Q4_0:
        return (Block){look_up (split_nibbles (b + 2), count_from (8)), d, 0};
    case FOVEA_Q4_1:
        return (Block){look_up (split_nibbles (b + 4), count_from (8)), d, half_at (b + 2) + 8 * d};
    case FOVEA_Q5_0:
        return (Block){
            look_up (add_fifth (split_nibbles (b + 6), bits_at (b + 2)), count_from (16)), d, 0};
    case FOVEA_Q5_1:
        return (Block){
            look_up (add_fifth (split_nibbles (b + 8), bits_at (b + 4)), count_from (16)), d,
            half_at (b + 2) + 16 * d};
    case FOVEA_IQ4_NL:
        return (Block){look_up (split_nibbles (b + 2), nonlinear_table ()), d, 0};
    default: /* Q8_0 */
        return (Block){widen_bytes (b + 2), d, 0};
    }
}

/* Part @part of eight of a block of 256. */
INLINE Block
load_part (const uint8_t *b, int part, FoveaDtype dtype)
{
    const float d = half_at (b);
    int s, m;
    if (dtype == FOVEA_IQ4_XS) {
        const int high = b[2] | b[3] << 8;
        s = (b[4 + part / 2] >> part % 2 * 4 & 15) | (high >> 2 * part & 3) << 4;
        return (Block){look_up (split_nibbles (b + 8 + part * 16), nonlinear_table ()),
                       d * (float) (s - 32), 0};
    }
    unpack_scale_k4 (b + 4, part, &s, &m);
    const float scale = d * (float) s, least = half_at (b + 2) * (float) m;
    if (dtype == FOVEA_Q4_K)
        return (Block){
            look_up (take_nibbles (b + 16 + part / 2 * 32, part % 2 == 1), count_from (8)), scale,
            8 * scale - least};
    const __m256i bits = _mm256_loadu_si256 ((const __m256i *) (const void *) (b + 16));
    const __mmask32 fifth = _mm256_test_epi8_mask (bits, _mm256_set1_epi8 ((char) (1 << part)));
    return (Block){look_up (add_fifth (take_nibbles (b + 48 + part / 2 * 32, part % 2 == 1), fifth),
                            count_from (16)),
                   scale, 16 * scale - least};
}
