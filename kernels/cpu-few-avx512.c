/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A few rows of x times quantised weights on AVX-512: blocks become floats in registers and are
 * multiplied there, so that what is written nowhere need not be read again. Packing for tile
 * registers only pays for itself from some 16 rows on.
 * Does:  out(o,r) = sum_i x(r,i) w(o,i), w = s q + m in one rounding, and in one more to what the
 *        precision says.
 * Work:  2 rows n_in flop an output, 8 to 26 instructions to unpack 64 elements.
 * Moves: 0.3 to 1.1 bytes an element, once for all rows; x from the first-level cache, 32 KiB of it
 *        at a time.
 * Measured: NOTES-quantised.md.   Twin: cpu-blocks.c and linear_ref(). */
#include "kernels/cpu-few.h"

#include <immintrin.h>
#include <stdbool.h>

#include "kernels/cpu-block-scales.h"

enum {
    STEP = FOVEA_FEW_STEP,
    GROUP = 4, /* outputs that share a load of x; half of them for 8 rows, for want of registers */
    CACHED = 8192 /* floats of x that stay in the first-level cache: 32 of 48 KiB */
};

/* 32 weights. */
typedef struct {
    __m512 low, high;
} Pair;

/* What weights are rounded to; F32 is a constant, the others share their loops. */
INLINE __m512
narrow (__m512 x, FoveaDtype rounded)
{
    if (rounded == FOVEA_F32)
        return x;
    if (rounded == FOVEA_F16)
        return _mm512_cvtph_ps (_mm512_cvtps_ph (x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
    /* To nearest, ties to even: weights are finite, so that no carry leaves the exponent. */
    const __m512i bits = _mm512_castps_si512 (x), odd = _mm512_set1_epi32 (0x10000);
    const __m512i up = _mm512_add_epi32 (bits, _mm512_set1_epi32 (0x7fff));
    const __m512i even =
        _mm512_mask_add_epi32 (up, _mm512_test_epi32_mask (bits, odd), up, _mm512_set1_epi32 (1));
    return _mm512_castsi512_ps (_mm512_and_si512 (even, _mm512_set1_epi32 ((int) 0xffff0000)));
}

INLINE Pair
narrow_pair (Pair w, FoveaDtype rounded)
{
    return (Pair){narrow (w.low, rounded), narrow (w.high, rounded)};
}

INLINE __m512
count_from (float zero)
{
    return _mm512_sub_ps (_mm512_setr_ps (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                          _mm512_set1_ps (zero));
}

INLINE __m512
nonlinear_values (void)
{
    return _mm512_setr_ps (-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89,
                           113);
}

/* 16 bytes of nibbles, low ones first, through a table: it looks at four bits only. */
INLINE Pair
look_up_halves (const uint8_t *from, __m512 table)
{
    const __m512i index = _mm512_cvtepu8_epi32 (load_16 (from));
    return (Pair){_mm512_permutexvar_ps (index, table),
                  _mm512_permutexvar_ps (_mm512_srli_epi32 (index, 4), table)};
}

/* One nibble of each of 32 bytes. */
INLINE Pair
look_up_nibbles (const uint8_t *from, bool high, __m512 table)
{
    const unsigned shift = high ? 4 : 0;
    const __m512i a = _mm512_cvtepu8_epi32 (load_16 (from)),
                  b = _mm512_cvtepu8_epi32 (load_16 (from + LANES));
    return (Pair){_mm512_permutexvar_ps (_mm512_srli_epi32 (a, shift), table),
                  _mm512_permutexvar_ps (_mm512_srli_epi32 (b, shift), table)};
}

/* 32 signed bytes q as s q + m, with scales of their own for each half. */
INLINE Pair
scale_halves (__m256i q, __m512 s_low, __m512 m_low, __m512 s_high, __m512 m_high)
{
    return (Pair){_mm512_fmadd_ps (widen (_mm256_castsi256_si128 (q)), s_low, m_low),
                  _mm512_fmadd_ps (widen (_mm256_extracti128_si256 (q, 1)), s_high, m_high)};
}

INLINE Pair
scale_bytes (__m256i q, __m512 s, __m512 m)
{
    return scale_halves (q, s, m, s, m);
}

/* 16 bytes of nibbles, low ones first, and 32 bits that are their fifth. */
INLINE __m256i
join_five (const uint8_t *nibbles, uint32_t fifth)
{
    const __m128i bytes = load_16 (nibbles);
    const __m256i both = _mm256_and_si256 (_mm256_set_m128i (_mm_srli_epi16 (bytes, 4), bytes),
                                           _mm256_set1_epi8 (15));
    return _mm256_mask_add_epi8 (both, fifth, both, _mm256_set1_epi8 (16));
}

/* A block of 32 elements of scale @d, and minimum @m; the layouts are those of cpu-blocks.c. Of types
 * with few values those are rounded, of the others the elements. */
INLINE Pair
load_small (const uint8_t *b, __m512 d, __m512 m, FoveaDtype dtype, FoveaDtype rounded)
{
    switch (dtype) {
    case FOVEA_Q4_0:
        return look_up_halves (b + 2, narrow (_mm512_mul_ps (count_from (8), d), rounded));
    case FOVEA_Q4_1:
        return look_up_halves (b + 4, narrow (_mm512_fmadd_ps (count_from (0), d, m), rounded));
    case FOVEA_Q5_0:
        return narrow_pair (scale_bytes (join_five (b + 6, bits_at (b + 2)), d,
                                         _mm512_mul_ps (d, _mm512_set1_ps (-16))),
                            rounded);
    case FOVEA_Q5_1:
        return narrow_pair (scale_bytes (join_five (b + 8, bits_at (b + 4)), d, m), rounded);
    case FOVEA_IQ4_NL:
        return look_up_halves (b + 2, narrow (_mm512_mul_ps (nonlinear_values (), d), rounded));
    default: /* Q8_0 */
        return narrow_pair ((Pair){_mm512_mul_ps (widen (load_16 (b + 2)), d),
                                   _mm512_mul_ps (widen (load_16 (b + 2 + LANES)), d)},
                            rounded);
    }
}

INLINE __m256i
load_q6 (const uint8_t *b, int half, int quarter)
{
    __m256i low = load_32 (b + half * 64 + quarter % 2 * 32);
    const __m256i high = take_two_bits (load_32 (b + 128 + half * 32), quarter);
    if (quarter >= 2)
        low = _mm256_srli_epi16 (low, 4);
    low = _mm256_and_si256 (low, _mm256_set1_epi8 (15));
    return _mm256_sub_epi8 (_mm256_or_si256 (low, _mm256_slli_epi16 (high, 4)),
                            _mm256_set1_epi8 (32));
}

/* Two bits, less four where the third bit is not set. */
INLINE __m256i
load_q3 (const uint8_t *b, int half, int quarter)
{
    const __m256i q = take_two_bits (load_32 (b + 32 + half * 32), quarter);
    const __mmask32 less =
        _mm256_testn_epi8_mask (load_32 (b), _mm256_set1_epi8 ((char) (1 << (half * 4 + quarter))));
    return _mm256_mask_sub_epi8 (q, less, q, _mm256_set1_epi8 (4));
}

/* A part of a large block whose elements are bytes: as such, with the scales and minima of its halves. */
INLINE Pair
load_bytes (const uint8_t *b, int half, int quarter, const float *at, FoveaDtype dtype)
{
    const int part = half * 4 + quarter;
    const __m512 s = _mm512_set1_ps (at[0]), none = _mm512_setzero_ps ();
    switch (dtype) {
    case FOVEA_Q2_K:
        return scale_halves (take_two_bits (load_32 (b + 16 + half * 32), quarter), s,
                             _mm512_set1_ps (at[LANES]), _mm512_set1_ps (at[1]),
                             _mm512_set1_ps (at[LANES + 1]));
    case FOVEA_Q3_K:
        return scale_halves (load_q3 (b, half, quarter), s, none, _mm512_set1_ps (at[1]), none);
    case FOVEA_Q6_K:
        return scale_halves (load_q6 (b, half, quarter), s, none, _mm512_set1_ps (at[1]), none);
    default: { /* Q5_K */
        __m256i q = load_32 (b + 48 + part / 2 * 32);
        if (quarter % 2 == 1)
            q = _mm256_srli_epi16 (q, 4);
        q = _mm256_and_si256 (q, _mm256_set1_epi8 (15));
        const __mmask32 fifth =
            _mm256_test_epi8_mask (load_32 (b + 16), _mm256_set1_epi8 ((char) (1 << part)));
        return scale_bytes (_mm256_mask_add_epi8 (q, fifth, q, _mm256_set1_epi8 (16)), s,
                            _mm512_set1_ps (at[PARTS]));
    }
    }
}

/* Quarter @quarter of half @half of a block of 256, or of eight of 32. @quarter is a constant. */
INLINE Pair
load_part (const uint8_t *b,
           int half,
           int quarter,
           const Scales *scales,
           FoveaDtype dtype,
           FoveaDtype rounded)
{
    const int part = half * 4 + quarter;
    const float *at = scales->values + (is_scaled_by_sixteen (dtype) ? 2 * part : part);
    const __m512 s = _mm512_set1_ps (at[0]);
    if (!is_big (dtype))
        return load_small (b + part * small_size (dtype), s, _mm512_set1_ps (at[PARTS]), dtype,
                           rounded);
    if (dtype == FOVEA_Q4_K) {
        const __m512 values = _mm512_fmadd_ps (count_from (0), s, _mm512_set1_ps (at[PARTS]));
        return look_up_nibbles (b + 16 + part / 2 * 32, quarter % 2 == 1, narrow (values, rounded));
    }
    if (dtype == FOVEA_IQ4_XS)
        return look_up_halves (b + 8 + part * 16,
                               narrow (_mm512_mul_ps (nonlinear_values (), s), rounded));
    return narrow_pair (load_bytes (b, half, quarter, at, dtype), rounded);
}

/* sums(o,r) of one step for @n outputs. */
INLINE void
add_products (const Pair *w, int n, const float *x, int rows, __m512 *sums)
{
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++) {
        const __m512 low = _mm512_loadu_ps (x + r * STEP),
                     high = _mm512_loadu_ps (x + r * STEP + LANES);
#pragma GCC unroll 4
        for (int o = 0; o < n; o++) {
            __m512 *sum = &sums[o * rows + r];
            *sum = _mm512_fmadd_ps (w[o].high, high, _mm512_fmadd_ps (w[o].low, low, *sum));
        }
    }
}

/* Small blocks behind the last eight. */
INLINE void
add_small (const uint8_t *const *lines,
           int64_t at,
           FoveaDtype dtype,
           FoveaDtype rounded,
           int n,
           const float *x,
           int rows,
           __m512 *sums)
{
    Pair w[GROUP];
#pragma GCC unroll 4
    for (int o = 0; o < n; o++) {
        const uint8_t *b = lines[o] + at;
        w[o] = load_small (b, half_all (b), half_all (b + 2), dtype, rounded);
    }
    add_products (w, n, x, rows, sums);
}

/* 256 elements. */
INLINE void
add_big (const uint8_t *const *lines,
         int64_t at,
         FoveaDtype dtype,
         FoveaDtype rounded,
         int n,
         const float *x,
         int rows,
         __m512 *sums)
{
    Scales scales[GROUP];
#pragma GCC unroll 4
    for (int o = 0; o < n; o++)
        if (is_big (dtype))
            load_scales (lines[o] + at, dtype, &scales[o]);
        else
            load_scales_small (lines[o] + at, dtype, &scales[o]);
    for (int half = 0; half < 2; half++) {
#pragma GCC unroll 4
        for (int quarter = 0; quarter < 4; quarter++, x += rows * STEP) {
            Pair w[GROUP];
#pragma GCC unroll 4
            for (int o = 0; o < n; o++)
                w[o] = load_part (lines[o] + at, half, quarter, &scales[o], dtype, rounded);
            add_products (w, n, x, rows, sums);
        }
    }
}

/* Elements [@from, @to) of @n outputs times @rows rows, added to @out (n, rows). The same of the @next
 * outputs is asked for: a few short rows are no stream that the processor would see. */
INLINE void
multiply (const FoveaFewRows *few,
          const uint8_t *const *lines,
          const uint8_t *const *next,
          int64_t from,
          int64_t to,
          FoveaDtype dtype,
          FoveaDtype rounded,
          int n,
          int rows,
          float *out)
{
    const int64_t bytes = is_big (dtype) ? (int64_t) fovea_dtype_size (dtype) : small_size (dtype);
    const int64_t run = is_big (dtype) ? bytes : bytes * PARTS;
    int64_t at = from / (is_big (dtype) ? BIG : STEP) * bytes;
    const float *x = few->x + from * rows;
    __m512 sums[GROUP * FOVEA_FEW_ROWS];
#pragma GCC unroll 16
    for (int i = 0; i < n * rows; i++)
        sums[i] = _mm512_setzero_ps ();
    for (; from + BIG <= to; from += BIG, at += run, x += BIG * rows) {
#pragma GCC unroll 4
        for (int o = 0; o < n; o++)
            for (int64_t i = 0; i < run; i += 64)
                _mm_prefetch (next[o] + at + i, _MM_HINT_T0);
        add_big (lines, at, dtype, rounded, n, x, rows, sums);
    }
    for (; from < to && !is_big (dtype); from += STEP, at += bytes, x += STEP * rows)
        add_small (lines, at, dtype, rounded, n, x, rows, sums);
#pragma GCC unroll 16
    for (int i = 0; i < n * rows; i++)
        out[i] += _mm512_reduce_add_ps (sums[i]);
}

/* Outputs in groups whose sums fit into registers, for a run of x that fits into the cache. */
INLINE void
multiply_lines (const FoveaFewRows *few,
                const uint8_t *const *lines,
                int n,
                FoveaDtype dtype,
                FoveaDtype rounded,
                int rows,
                float *out)
{
    const int group = rows == FOVEA_FEW_ROWS ? GROUP / 2 : GROUP;
    const int64_t run = CACHED / rows;
    for (int64_t from = 0; from < few->n_in; from += run) {
        const int64_t to = from + run < few->n_in ? from + run : few->n_in;
        for (int o = 0; o < n; o += group)
            multiply (few, lines + o, lines + (o + group < n ? o + group : o), from, to, dtype,
                      rounded, group, rows, out + o * rows);
    }
}

void
fovea_few_product_avx512 (const FoveaFewRows *few, const uint8_t *const *lines, int n, float *out)
{
#define TYPE(type)                                                                                 \
    case type:                                                                                     \
        if (few->rounded != FOVEA_F32 && few->rows == 1)                                           \
            multiply_lines (few, lines, n, type, few->rounded, 1, out);                            \
        else if (few->rounded != FOVEA_F32)                                                        \
            multiply_lines (few, lines, n, type, few->rounded, 8, out);                            \
        else if (few->rows == 1)                                                                   \
            multiply_lines (few, lines, n, type, FOVEA_F32, 1, out);                               \
        else if (few->rows == 4)                                                                   \
            multiply_lines (few, lines, n, type, FOVEA_F32, 4, out);                               \
        else                                                                                       \
            multiply_lines (few, lines, n, type, FOVEA_F32, 8, out);                               \
        break
    switch (few->dtype) {
        TYPE (FOVEA_Q4_0);
        TYPE (FOVEA_Q4_1);
        TYPE (FOVEA_Q5_0);
        TYPE (FOVEA_Q5_1);
        TYPE (FOVEA_Q8_0);
        TYPE (FOVEA_IQ4_NL);
        TYPE (FOVEA_IQ4_XS);
        TYPE (FOVEA_Q2_K);
        TYPE (FOVEA_Q3_K);
        TYPE (FOVEA_Q4_K);
        TYPE (FOVEA_Q5_K);
        TYPE (FOVEA_Q6_K);
    default: /* the caller has none else */
        break;
    }
#undef TYPE
}
