/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* 32 quantised integers as words of bf16, in the order that takes fewest instructions: a sum of products
 * does not mind where an element stands, if x is put into the same order, which is done once for all
 * outputs. What decides is the one port that moves elements between places: bytes that are broadcast
 * by the load and shifted by another number of bits in each lane need it for the table alone.
 * Everything is inlined, with a constant type. */
#include "kernels/cpu-block-scales.h"
#include "kernels/cpu-block-tiles.h"

/* Which element of its 32 stands in word @i. */
static inline int
element_of_word (FoveaDtype dtype, int i)
{
    switch (dtype) {
    case FOVEA_Q4_0: /* lanes of eight words: low halves of even bytes, high ones, those of odd bytes */
    case FOVEA_Q4_1:
    case FOVEA_Q5_0:
    case FOVEA_Q5_1:
    case FOVEA_IQ4_NL:
    case FOVEA_IQ4_XS:
        return i % 8 * 2 + i / 16 + i / 8 % 2 * 16;
    case FOVEA_Q4_K: /* even bytes, odd ones */
    case FOVEA_Q5_K:
        return i % 16 * 2 + i / 16;
    case FOVEA_Q8_0: /* two halves in turn */
        return i % 2 * 16 + i / 2;
    default:
        return i;
    }
}

/* A value for the words of each lane. */
INLINE __m512i
by_lane (int a, int b, int c, int d)
{
    const __m512i lanes = _mm512_setr_epi32 (a, a, a, a, b, b, b, b, c, c, c, c, d, d, d, d);
    return _mm512_or_si512 (lanes, _mm512_slli_epi32 (lanes, 16));
}

/* 16 bytes of nibbles: words whose low four bits are an element's. */
INLINE __m512i
nibble_words (const uint8_t *from)
{
    return _mm512_srlv_epi16 (_mm512_broadcast_i32x4 (load_16 (from)), by_lane (0, 4, 8, 12));
}

/* The low or the high nibbles of 32 bytes. */
INLINE __m512i
half_words (const uint8_t *from, bool high)
{
    const int low = high ? 4 : 0;
    return _mm512_srlv_epi16 (_mm512_broadcast_i64x4 (load_32 (from)),
                              by_lane (low, low, low + 8, low + 8));
}

/* Four bits of each word, and a fifth where @fifth says so. */
INLINE __m512i
join_words (__m512i words, __mmask32 fifth)
{
    const __m512i four = _mm512_and_si512 (words, _mm512_set1_epi16 (15));
    return _mm512_mask_add_epi16 (four, fifth, four, _mm512_set1_epi16 (16));
}

/* 32 bits in the order of nibble_words(): a lane tests the lower or the upper half of them. */
INLINE __mmask32
small_fifths (const uint8_t *bits)
{
    const __m512i halves = _mm512_shuffle_epi8 (_mm512_set1_epi32 ((int) bits_at (bits)),
                                                by_lane (0x0100, 0x0302, 0x0100, 0x0302));
    const __m512i even = _mm512_broadcast_i32x4 (
        _mm_setr_epi16 (1 << 0, 1 << 2, 1 << 4, 1 << 6, 1 << 8, 1 << 10, 1 << 12, 1 << 14));
    return _mm512_test_epi16_mask (halves, _mm512_mask_slli_epi16 (even, 0xffff0000, even, 1));
}

/* Bytes of eight bits: floats of so small integers are zero in the lower half. */
INLINE __m512i
byte_words (const uint8_t *from)
{
    const __m512i even = _mm512_castps_si512 (widen (load_16 (from))),
                  odd = _mm512_castps_si512 (widen (load_16 (from + LANES)));
    return _mm512_or_si512 (_mm512_srli_epi32 (even, 16), odd);
}

INLINE __m512i
load_small_words (const uint8_t *b, FoveaDtype dtype)
{
    switch (dtype) {
    case FOVEA_Q4_0:
        return look_up (nibble_words (b + 2), count_twice (8));
    case FOVEA_Q4_1:
        return look_up (nibble_words (b + 4), count_twice (8));
    case FOVEA_Q5_0:
        return look_up (join_words (nibble_words (b + 6), small_fifths (b + 2)), count_from (16));
    case FOVEA_Q5_1:
        return look_up (join_words (nibble_words (b + 8), small_fifths (b + 4)), count_from (16));
    case FOVEA_IQ4_NL:
        return look_up (nibble_words (b + 2), nonlinear_table ());
    default: /* Q8_0 */
        return byte_words (b + 2);
    }
}

/* Bytes of six bits as bf16 less 32: a table of 64 in two registers. */
INLINE __m512i
look_up_six (__m256i bytes)
{
    return _mm512_permutex2var_epi16 (count_from (32), _mm512_cvtepu8_epi16 (bytes),
                                      count_from (0));
}

INLINE __m512i
load_q6_words (const uint8_t *b, int part)
{
    const int half = part / 4, quarter = part % 4;
    __m256i low = load_32 (b + half * 64 + quarter % 2 * 32);
    const __m256i high = take_two_bits (load_32 (b + 128 + half * 32), quarter);
    if (quarter >= 2)
        low = _mm256_srli_epi16 (low, 4);
    low = _mm256_and_si256 (low, _mm256_set1_epi8 (15));
    return look_up_six (_mm256_or_si256 (low, _mm256_slli_epi16 (high, 4)));
}

/* Two bits, and a third that says that nothing is to be taken off. */
INLINE __m512i
load_q3_words (const uint8_t *b, int part)
{
    const __m256i q = take_two_bits (load_32 (b + 32 + part / 4 * 32), part % 4);
    const __mmask32 third =
        _mm256_test_epi8_mask (load_32 (b), _mm256_set1_epi8 ((char) (1 << part)));
    return look_up (_mm512_cvtepu8_epi16 (_mm256_mask_add_epi8 (q, third, q, _mm256_set1_epi8 (4))),
                    count_from (4));
}

INLINE __m512i
load_q5_words (const uint8_t *b, int part)
{
    const int even = 1 << part;
    const __mmask32 fifth = _mm512_test_epi16_mask (_mm512_broadcast_i64x4 (load_32 (b + 16)),
                                                    by_lane (even, even, even << 8, even << 8));
    return look_up (join_words (half_words (b + 48 + part / 2 * 32, part % 2 == 1), fifth),
                    count_from (16));
}

/* Part @part of eight of a block of 256; it is a constant. */
INLINE __m512i
load_part_words (const uint8_t *b, int part, FoveaDtype dtype)
{
    switch (dtype) {
    case FOVEA_Q2_K:
        return look_up (
            _mm512_cvtepu8_epi16 (take_two_bits (load_32 (b + 16 + part / 4 * 32), part % 4)),
            count_from (2));
    case FOVEA_Q3_K:
        return load_q3_words (b, part);
    case FOVEA_Q4_K:
        return look_up (half_words (b + 16 + part / 2 * 32, part % 2 == 1), count_twice (8));
    case FOVEA_Q5_K:
        return load_q5_words (b, part);
    case FOVEA_Q6_K:
        return load_q6_words (b, part);
    default: /* IQ4_XS */
        return look_up (nibble_words (b + 8 + part * 16), nonlinear_table ());
    }
}
