/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The common block types on AVX-512: a small integer is an index into the values that it can have,
 * which one instruction looks up for 16 elements. A table of 16 values costs two instructions for 32
 * or more elements; it looks at the lowest four bits of an index only, so nothing is masked.
 * Does:  the same values as cpu-blocks.c, to the bit: a table is made by the same two roundings.
 * Cost:  0.06 to 0.1 ns an element (0.3 where the compiler makes the vectors, NOTES-quantised.md);
 *        moves 0.3 to 1.1 bytes in, 4 out.   Twin: cpu-blocks.c. */
#include "kernels/cpu-blocks-avx512.h"

#include <immintrin.h>

#include "kernels/block-bytes.h"

enum {
    LANES = 16
};

static inline __m512
count_to_sixteen (void)
{
    return _mm512_setr_ps (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

/* 0 to 3 over and over: of an index of two bits the two above it do not matter. */
static inline __m512
count_to_four (void)
{
    return _mm512_setr_ps (0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3);
}

/* The 16 values of the non-linear 4-bit types. */
static inline __m512
nonlinear_values (void)
{
    return _mm512_setr_ps (-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89,
                           113);
}

static inline __m512
half_all (const uint8_t *bytes)
{
    return _mm512_set1_ps (half_at (bytes));
}

static inline __m512i
load_bytes (const uint8_t *from)
{
    return _mm512_cvtepu8_epi32 (_mm_loadu_si128 ((const __m128i *) (const void *) from));
}

static inline void
look_up (__m512i index, __m512 table, float *out)
{
    _mm512_storeu_ps (out, _mm512_permutexvar_ps (index, table));
}

/* Of two tables the second where @high has a bit. */
static inline void
look_up_high (__m512i index, __m512 table, __mmask16 high, __m512 table_high, float *out)
{
    __m512 low = _mm512_permutexvar_ps (index, table);
    _mm512_storeu_ps (out, _mm512_mask_permutexvar_ps (low, high, index, table_high));
}

/* 16 bytes: low nibbles, then high ones. */
static inline void
look_up_nibbles (const uint8_t *from, __m512 table, float *out)
{
    __m512i index = load_bytes (from);
    look_up (index, table, out);
    look_up (_mm512_srli_epi32 (index, 4), table, out + LANES);
}

/* The same with 32 fifth bits. */
static inline void
look_up_five (const uint8_t *from, uint32_t high, __m512 table, __m512 table_high, float *out)
{
    __m512i index = load_bytes (from);
    look_up_high (index, table, (__mmask16) high, table_high, out);
    look_up_high (_mm512_srli_epi32 (index, 4), table, (__mmask16) (high >> 16), table_high,
                  out + LANES);
}

/* counts * scale + least, or - least, in two roundings. */
static inline __m512
make_table (__m512 counts, __m512 scale, __m512 least)
{
    return _mm512_add_ps (_mm512_mul_ps (counts, scale), least);
}

static inline __m512
make_table_less (__m512 counts, float scale, float least)
{
    return _mm512_sub_ps (_mm512_mul_ps (_mm512_set1_ps (scale), counts), _mm512_set1_ps (least));
}

static void
unpack_q4_0 (const uint8_t *block, size_t n, float *out)
{
    const __m512 values = _mm512_sub_ps (count_to_sixteen (), _mm512_set1_ps (8));
    for (; n > 0; n--, block += 18, out += 32)
        look_up_nibbles (block + 2, _mm512_mul_ps (values, half_all (block)), out);
}

static void
unpack_q4_1 (const uint8_t *block, size_t n, float *out)
{
    for (; n > 0; n--, block += 20, out += 32)
        look_up_nibbles (block + 4,
                         make_table (count_to_sixteen (), half_all (block), half_all (block + 2)),
                         out);
}

static void
unpack_q5_0 (const uint8_t *block, size_t n, float *out)
{
    const __m512 high = count_to_sixteen (), low = _mm512_sub_ps (high, _mm512_set1_ps (16));
    for (; n > 0; n--, block += 22, out += 32) {
        const __m512 d = half_all (block);
        look_up_five (block + 6, bits_at (block + 2), _mm512_mul_ps (low, d),
                      _mm512_mul_ps (high, d), out);
    }
}

static void
unpack_q5_1 (const uint8_t *block, size_t n, float *out)
{
    const __m512 low = count_to_sixteen (), high = _mm512_add_ps (low, _mm512_set1_ps (16));
    for (; n > 0; n--, block += 24, out += 32) {
        const __m512 d = half_all (block), m = half_all (block + 2);
        look_up_five (block + 8, bits_at (block + 4), make_table (low, d, m),
                      make_table (high, d, m), out);
    }
}

static void
unpack_q8_0 (const uint8_t *block, size_t n, float *out)
{
    for (; n > 0; n--, block += 34, out += 32) {
        const __m512 d = half_all (block);
        for (int i = 0; i < 32; i += LANES) {
            __m128i bytes = _mm_loadu_si128 ((const __m128i *) (const void *) (block + 2 + i));
            __m512 q = _mm512_cvtepi32_ps (_mm512_cvtepi8_epi32 (bytes));
            _mm512_storeu_ps (out + i, _mm512_mul_ps (q, d));
        }
    }
}

static void
unpack_iq4_nl (const uint8_t *block, size_t n, float *out)
{
    for (; n > 0; n--, block += 18, out += 32)
        look_up_nibbles (block + 2, _mm512_mul_ps (half_all (block), nonlinear_values ()), out);
}

static void
unpack_iq4_xs (const uint8_t *block, size_t n, float *out)
{
    for (; n > 0; n--, block += 136, out += 256) {
        const float d = half_at (block);
        const int high = block[2] | block[3] << 8;
        for (int part = 0; part < 8; part++) {
            int s = (block[4 + part / 2] >> part % 2 * 4 & 15) | (high >> 2 * part & 3) << 4;
            const __m512 scale = _mm512_set1_ps (d * (float) (s - 32));
            look_up_nibbles (block + 8 + part * 16, _mm512_mul_ps (scale, nonlinear_values ()),
                             out + part * 32);
        }
    }
}

/* Parts are 16 elements: side by side in 32 bytes, four times two bits of them. */
static void
unpack_q2_k (const uint8_t *block, size_t n, float *out)
{
    for (; n > 0; n--, block += 84, out += 256) {
        const float d = half_at (block + 80), min = half_at (block + 82);
        for (int part = 0; part < 16; part++) {
            __m512i index = load_bytes (block + 16 + part / 8 * 32 + part % 2 * 16);
            look_up (_mm512_srli_epi32 (index, (unsigned) (part / 2 % 4 * 2)),
                     make_table_less (count_to_four (), d * (float) (block[part] & 15),
                                      min * (float) (block[part] >> 4)),
                     out + part * 16);
        }
    }
}

static void
unpack_q3_k (const uint8_t *block, size_t n, float *out)
{
    const __m512 high = count_to_four (), low = _mm512_sub_ps (high, _mm512_set1_ps (4));
    for (; n > 0; n--, block += 110, out += 256) {
        const float d = half_at (block + 108);
        int scales[16];
        unpack_scales_q3 (block + 96, scales);
        for (int part = 0; part < 16; part++) {
            const __m512 scale = _mm512_set1_ps (d * (float) scales[part]);
            __m512i index = load_bytes (block + 32 + part / 8 * 32 + part % 2 * 16);
            __mmask16 bits = _mm512_test_epi32_mask (load_bytes (block + part % 2 * 16),
                                                     _mm512_set1_epi32 (1 << part / 2));
            look_up_high (_mm512_srli_epi32 (index, (unsigned) (part / 2 % 4 * 2)),
                          _mm512_mul_ps (scale, low), bits, _mm512_mul_ps (scale, high),
                          out + part * 16);
        }
    }
}

/* Two parts of 32 elements at a time: low and high nibbles of 32 bytes. */
static void
unpack_q4_k (const uint8_t *block, size_t n, float *out)
{
    for (; n > 0; n--, block += 144, out += 256) {
        const float d = half_at (block), min = half_at (block + 2);
        for (int part = 0; part < 8; part++) {
            const uint8_t *q = block + 16 + part / 2 * 32;
            int s, m;
            unpack_scale_k4 (block + 4, part, &s, &m);
            const __m512 table =
                make_table_less (count_to_sixteen (), d * (float) s, min * (float) m);
            const unsigned shift = (unsigned) (part % 2 * 4);
            look_up (_mm512_srli_epi32 (load_bytes (q), shift), table, out + part * 32);
            look_up (_mm512_srli_epi32 (load_bytes (q + LANES), shift), table,
                     out + part * 32 + LANES);
        }
    }
}

static void
unpack_q5_k (const uint8_t *block, size_t n, float *out)
{
    const __m512 low = count_to_sixteen (), high = _mm512_add_ps (low, _mm512_set1_ps (16));
    for (; n > 0; n--, block += 176, out += 256) {
        const float d = half_at (block), min = half_at (block + 2);
        for (int part = 0; part < 8; part++) {
            int s, m;
            unpack_scale_k4 (block + 4, part, &s, &m);
            const float scale = d * (float) s, least = min * (float) m;
            const __m512 table = make_table_less (low, scale, least),
                         table_high = make_table_less (high, scale, least);
            for (int i = 0; i < 32; i += LANES) {
                __m512i index = load_bytes (block + 48 + part / 2 * 32 + i);
                __mmask16 bits = _mm512_test_epi32_mask (load_bytes (block + 16 + i),
                                                         _mm512_set1_epi32 (1 << part));
                look_up_high (_mm512_srli_epi32 (index, (unsigned) (part % 2 * 4)), table, bits,
                              table_high, out + part * 32 + i);
            }
        }
    }
}

static void
unpack_q6_k (const uint8_t *block, size_t n, float *out)
{
    for (; n > 0; n--, block += 210, out += 256) {
        const float d = half_at (block + 208);
        for (int part = 0; part < 16; part++) {
            int half = part / 8, quarter = part / 2 % 4, side = part % 2 * 16;
            __m512i low = load_bytes (block + half * 64 + quarter % 2 * 32 + side);
            __m512i high = load_bytes (block + 128 + half * 32 + side);
            low = _mm512_and_si512 (_mm512_srli_epi32 (low, (unsigned) (quarter / 2 * 4)),
                                    _mm512_set1_epi32 (15));
            high = _mm512_and_si512 (_mm512_srli_epi32 (high, (unsigned) (2 * quarter)),
                                     _mm512_set1_epi32 (3));
            __m512i q = _mm512_sub_epi32 (_mm512_or_si512 (low, _mm512_slli_epi32 (high, 4)),
                                          _mm512_set1_epi32 (32));
            const __m512 scale = _mm512_set1_ps (d * (float) (int8_t) block[192 + part]);
            _mm512_storeu_ps (out + part * 16, _mm512_mul_ps (scale, _mm512_cvtepi32_ps (q)));
        }
    }
}

const FoveaUnpackRun fovea_unpack_run_avx512[FOVEA_N_STORED_DTYPES] = {
    [FOVEA_Q4_0] = unpack_q4_0,     [FOVEA_Q4_1] = unpack_q4_1, [FOVEA_Q5_0] = unpack_q5_0,
    [FOVEA_Q5_1] = unpack_q5_1,     [FOVEA_Q8_0] = unpack_q8_0, [FOVEA_IQ4_NL] = unpack_iq4_nl,
    [FOVEA_IQ4_XS] = unpack_iq4_xs, [FOVEA_Q2_K] = unpack_q2_k, [FOVEA_Q3_K] = unpack_q3_k,
    [FOVEA_Q4_K] = unpack_q4_k,     [FOVEA_Q5_K] = unpack_q5_k, [FOVEA_Q6_K] = unpack_q6_k,
};
