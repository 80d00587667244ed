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
#include <stdbool.h>
#include <stdint.h>

enum {
    TILE = 16,  /* rows of a tile, floats in a row */
    DEPTH = 32, /* bf16 in a row of a tile */
    TILE_BF16 = TILE * DEPTH,
    MAX_PIECES = 3
};

/* Tile loads are opaque to the compiler: what they read must have been stored before. */
#define TILES_READ_MEMORY() __asm__ volatile("" ::: "memory")

/* Rows and bytes of a row of each of eight tiles. */
static inline void
load_tile_shapes (const uint8_t *rows, const uint16_t *bytes)
{
    struct {
        uint8_t palette, start_row, reserved[14];
        uint16_t bytes[16];
        uint8_t rows[16];
    } config = {.palette = 1};
    for (int i = 0; i < 8; i++) {
        config.bytes[i] = bytes[i];
        config.rows[i] = rows[i];
    }
    /* GCC 12 takes only the first eight bytes for read. */
    __asm__ volatile("" ::"r"(&config) : "memory");
    _tile_loadconfig (&config);
}

/* Tiles 4 and 5 with rows of @left_bytes, 6 and 7 with @right_rows rows: less than all for products
 * of half the depth. */
static inline void
configure_tile_shapes (uint16_t left_bytes, uint8_t right_rows)
{
    load_tile_shapes ((uint8_t[]){TILE, TILE, TILE, TILE, TILE, TILE, right_rows, right_rows},
                      (uint16_t[]){64, 64, 64, 64, left_bytes, left_bytes, 64, 64});
}

/* All but 6 and 7 with @rows rows: a product takes about as many cycles. */
static inline void
configure_left_rows (uint8_t rows)
{
    load_tile_shapes ((uint8_t[]){rows, rows, rows, rows, rows, rows, TILE, TILE},
                      (uint16_t[]){64, 64, 64, 64, 64, 64, 64, 64});
}

static inline void
configure_tiles (void)
{
    configure_tile_shapes (64, TILE);
}

/* The leading bf16 of 16 floats, truncated, in the upper halves; @x keeps the remainder, which is
 * exact. Infinity keeps none, so that it does not become NaN; @finite (a constant) says that there
 * is none. */
static inline __m512i
take_piece (__m512 *x, bool finite)
{
    __m512i piece =
        _mm512_and_si512 (_mm512_castps_si512 (*x), _mm512_set1_epi32 ((int) 0xffff0000));
    __m512 rest = _mm512_sub_ps (*x, _mm512_castsi512_ps (piece));
    if (!finite)
        rest = _mm512_mask_mov_ps (rest, _mm512_fpclass_ps_mask (*x, 0x18), _mm512_setzero_ps ());
    *x = rest;
    return piece;
}

/* 32 floats as @n rows of 32 bf16: rounded to nearest even if @n is 1, else pieces whose sum they
 * are. */
static inline void
split_row (__m512 low, __m512 high, int n, __m512i *rows)
{
    if (n == 1) {
        rows[0] = (__m512i) _mm512_cvtne2ps_pbh (high, low);
        return;
    }
    __m512i upper =
        _mm512_set_epi16 (63, 61, 59, 57, 55, 53, 51, 49, 47, 45, 43, 41, 39, 37, 35, 33, 31, 29,
                          27, 25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1);
    for (int p = 0; p < n; p++) {
        __m512i a = take_piece (&low, false);
        rows[p] = _mm512_permutex2var_epi16 (a, upper, take_piece (&high, false));
    }
}

/* The same with elements of @even and @odd side by side: a row of a right-hand tile holds pairs. */
static inline void
split_pairs (__m512 even, __m512 odd, int n, bool finite, __m512i *rows)
{
    if (n == 1) {
        __m512i a = _mm512_cvtepu16_epi32 ((__m256i) _mm512_cvtneps_pbh (even));
        __m512i b = _mm512_cvtepu16_epi32 ((__m256i) _mm512_cvtneps_pbh (odd));
        rows[0] = _mm512_or_si512 (a, _mm512_slli_epi32 (b, 16));
        return;
    }
    for (int p = 0; p < n; p++) {
        __m512i a = take_piece (&even, finite);
        rows[p] = _mm512_or_si512 (_mm512_srli_epi32 (a, 16), take_piece (&odd, finite));
    }
}

/* Transposes 16 x 16 elements of 32 bits. */
static inline void
transpose (__m512i *r)
{
    __m512i t[TILE];
    for (int i = 0; i < TILE; i += 2) {
        t[i] = _mm512_unpacklo_epi32 (r[i], r[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi32 (r[i], r[i + 1]);
    }
    for (int i = 0; i < TILE; i += 4) {
        r[i] = _mm512_unpacklo_epi64 (t[i], t[i + 2]);
        r[i + 1] = _mm512_unpackhi_epi64 (t[i], t[i + 2]);
        r[i + 2] = _mm512_unpacklo_epi64 (t[i + 1], t[i + 3]);
        r[i + 3] = _mm512_unpackhi_epi64 (t[i + 1], t[i + 3]);
    }
    for (int i = 0; i < 4; i++) {
        __m512i a = _mm512_shuffle_i32x4 (r[i], r[i + 4], 0x88);
        __m512i b = _mm512_shuffle_i32x4 (r[i], r[i + 4], 0xdd);
        __m512i c = _mm512_shuffle_i32x4 (r[i + 8], r[i + 12], 0x88);
        __m512i d = _mm512_shuffle_i32x4 (r[i + 8], r[i + 12], 0xdd);
        t[i] = _mm512_shuffle_i32x4 (a, c, 0x88);
        t[i + 8] = _mm512_shuffle_i32x4 (a, c, 0xdd);
        t[i + 4] = _mm512_shuffle_i32x4 (b, d, 0x88);
        t[i + 12] = _mm512_shuffle_i32x4 (b, d, 0xdd);
    }
    memcpy (r, t, sizeof t);
}

/* Mask of the first @n of 16 lanes. */
static inline __mmask16
first_lanes (int64_t n)
{
    return n >= TILE ? 0xffff : n > 0 ? (__mmask16) ((1u << n) - 1) : 0;
}

/* @n floats from @x on as a vector; the rest is zero and not touched. */
static inline __m512
load_floats (const float *x, int64_t n)
{
    return _mm512_maskz_loadu_ps (first_lanes (n), x);
}
