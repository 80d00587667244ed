/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Helpers of the files that work on AMX tile registers: eight tiles of 16 rows of 64 bytes. A
 * product of two tiles of bf16 adds 16 x 16 sums of 32 products in 16 cycles.
 *
 * f32 accuracy from bf16 products: an f32 has 24 significant bits and is exactly the sum of three
 * bf16 (8 bits each). Of the nine products of pieces those below 2^-24 are left out. */
#include <glib.h>
#include <immintrin.h>
#include <stdint.h>

enum {
    TILE = 16,  /* rows of a tile, floats in a row */
    DEPTH = 32, /* bf16 in a row of a tile */
    TILE_BF16 = TILE * DEPTH,
    MAX_PIECES = 3
};

/* Tile loads are opaque to the compiler: what they read must have been stored before. */
#define TILES_READ_MEMORY() __asm__ volatile("" ::: "memory")

static inline void
configure_tiles (void)
{
    struct {
        uint8_t palette, start_row, reserved[14];
        uint16_t bytes[16];
        uint8_t rows[16];
    } config = {.palette = 1};
    for (int i = 0; i < 8; i++) {
        config.bytes[i] = 64;
        config.rows[i] = TILE;
    }
    _tile_loadconfig (&config);
}

/* 16 floats as @n bf16 pieces whose sum they are. A value that rounds to infinity keeps no
 * remainder, so that infinity does not become NaN. */
static inline void
split (__m512 x, int n, __m256i *pieces)
{
    for (int p = 0; p < n; p++) {
        pieces[p] = (__m256i) _mm512_cvtneps_pbh (x);
        __m512i wide = _mm512_slli_epi32 (_mm512_cvtepu16_epi32 (pieces[p]), 16);
        __m512 value = _mm512_castsi512_ps (wide);
        __mmask16 infinite = _mm512_fpclass_ps_mask (value, 0x18);
        x = _mm512_maskz_sub_ps ((__mmask16) ~infinite, x, value);
    }
}

/* Two rows of 16 bf16 interleaved: a row of a right-hand tile holds pairs. */
static inline __m512i
interleave (__m256i even, __m256i odd)
{
    __m512i high = _mm512_slli_epi32 (_mm512_cvtepu16_epi32 (odd), 16);
    return _mm512_or_si512 (_mm512_cvtepu16_epi32 (even), high);
}

/* Mask of the first @n of 16 lanes. */
static inline __mmask16
first_lanes (int64_t n)
{
    return n >= TILE ? 0xffff : n > 0 ? (__mmask16) ((1u << n) - 1) : 0;
}
