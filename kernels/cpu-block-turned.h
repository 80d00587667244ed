/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* 32 elements of 16 outputs as a right-hand tile: 16 rows of 16 pairs of bf16, a pair's elements of
 * all outputs beside each other. What is turned are the packed nibbles, a quarter of the elements'
 * size, so turning takes 8 shuffles and not 64; which elements make a pair is up to what is cheap,
 * if x is put into the same order. Everything is inlined, with a constant type. */
#include "kernels/cpu-block-scales.h"
#include "kernels/cpu-block-tiles.h"

/* Types that gain by it: bytes of eight bits take so many instructions to become bf16 that turning
 * them before or after makes no difference. */
static inline bool
can_turn (FoveaDtype dtype)
{
    return dtype == FOVEA_Q4_0 || dtype == FOVEA_IQ4_NL;
}

/* Which element of its 32 is the @i-th of x beside a turned tile: a word's low halves of even
 * bytes, their high halves, those of odd bytes. */
static inline int
element_of_turned (int i)
{
    const int row = i / 2;
    return row / 4 * 4 + row % 4 / 2 + row % 2 * 16 + i % 2 * 2;
}

/* 16 bytes at @at of 16 lines: four words of them, each of all lines. */
INLINE void
turn_bytes (const uint8_t *const *lines, int64_t at, __m512i *words)
{
    __m512i rows[4]; /* lanes: every fourth line */
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        rows[i] = _mm512_castsi128_si512 (load_16 (lines[i] + at));
        rows[i] = _mm512_inserti32x4 (rows[i], load_16 (lines[4 + i] + at), 1);
        rows[i] = _mm512_inserti32x4 (rows[i], load_16 (lines[8 + i] + at), 2);
        rows[i] = _mm512_inserti32x4 (rows[i], load_16 (lines[12 + i] + at), 3);
    }
    const __m512i low01 = _mm512_unpacklo_epi32 (rows[0], rows[1]),
                  low23 = _mm512_unpacklo_epi32 (rows[2], rows[3]),
                  high01 = _mm512_unpackhi_epi32 (rows[0], rows[1]),
                  high23 = _mm512_unpackhi_epi32 (rows[2], rows[3]);
    words[0] = _mm512_unpacklo_epi64 (low01, low23);
    words[1] = _mm512_unpackhi_epi64 (low01, low23);
    words[2] = _mm512_unpacklo_epi64 (high01, high23);
    words[3] = _mm512_unpackhi_epi64 (high01, high23);
}

/* A small block at @at of each of 16 lines. */
INLINE void
turn_block (const uint8_t *const *lines, int64_t at, FoveaDtype dtype, uint16_t *tile)
{
    const __m512i table = dtype == FOVEA_Q4_0 ? count_twice (8) : nonlinear_table ();
    __m512i words[4];
    turn_bytes (lines, at + 2, words);
#pragma GCC unroll 16
    for (int r = 0; r < LANES; r++)
        _mm512_store_si512 (
            tile + r * 32,
            look_up (_mm512_srli_epi16 (words[r / 4], (unsigned) (r % 4 * 4)), table));
}

/* Offsets of 16 lines from the first. */
INLINE __m512i
offsets_of (const uint8_t *const *lines)
{
    int32_t offsets[LANES] __attribute__ ((aligned (64)));
    for (int o = 0; o < LANES; o++)
        offsets[o] = (int32_t) (lines[o] - lines[0]);
    return _mm512_load_si512 (offsets);
}

/* The f16 at @at of 16 lines that are @offsets bytes from the first. */
INLINE __m512
turned_scales (const uint8_t *first, __m512i offsets, int64_t at)
{
    const __m512i words = _mm512_i32gather_epi32 (offsets, first + at, 1);
    return _mm512_cvtph_ps (_mm512_cvtepi32_epi16 (words));
}
