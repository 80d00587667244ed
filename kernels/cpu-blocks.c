/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* GGML's quantised blocks as floats. A block holds 32 or 256 elements as small integers beside one
 * or two f16 scales; blocks of 256 have a second level of small integer scales for parts of 16 or
 * 32. Each function below unpacks one block in the order of the formula that GGML uses, so that
 * results are its own to the bit: no fused products (the build turns contraction off), scale times
 * scale first. Loops run over bytes with constant bounds and nothing aliases, which is what makes
 * compilers turn them into vectors. Cost: about 0.3 ns an element with AVX-512; moves 0.2 to 1.1 bytes in, 4 out. */
#include "kernels/cpu-blocks.h"

#include <string.h>

#include "kernels/block-bytes.h"
#include "kernels/cpu-blocks-avx512.h"
#include "kernels/cpu-blocks-iq.h"

/* The 16 values of the non-linear 4-bit types. */
static const int8_t nonlinear[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                     1,    13,   25,  38,  53,  69,  89,  113};

/* f16 d; 16 bytes of nibbles, low ones first: (q - 8) d. */
static void
unpack_q4_0 (const uint8_t *restrict block, float *restrict out)
{
    const float d = half_at (block);
    for (int i = 0; i < 16; i++) {
        out[i] = (float) ((block[2 + i] & 15) - 8) * d;
        out[16 + i] = (float) ((block[2 + i] >> 4) - 8) * d;
    }
}

/* f16 d, m; 16 bytes of nibbles: q d + m. */
static void
unpack_q4_1 (const uint8_t *restrict block, float *restrict out)
{
    const float d = half_at (block), m = half_at (block + 2);
    for (int i = 0; i < 16; i++) {
        out[i] = (float) (block[4 + i] & 15) * d + m;
        out[16 + i] = (float) (block[4 + i] >> 4) * d + m;
    }
}

/* f16 d; 32 high bits; 16 bytes of nibbles: (q - 16) d. */
static void
unpack_q5_0 (const uint8_t *restrict block, float *restrict out)
{
    const float d = half_at (block);
    const uint32_t high = bits_at (block + 2);
    for (int i = 0; i < 16; i++) {
        int low = (block[6 + i] & 15) | (int) (high >> i & 1) << 4;
        int top = block[6 + i] >> 4 | (int) (high >> (16 + i) & 1) << 4;
        out[i] = (float) (low - 16) * d;
        out[16 + i] = (float) (top - 16) * d;
    }
}

/* f16 d, m; 32 high bits; 16 bytes of nibbles: q d + m. */
static void
unpack_q5_1 (const uint8_t *restrict block, float *restrict out)
{
    const float d = half_at (block), m = half_at (block + 2);
    const uint32_t high = bits_at (block + 4);
    for (int i = 0; i < 16; i++) {
        int low = (block[8 + i] & 15) | (int) (high >> i & 1) << 4;
        int top = block[8 + i] >> 4 | (int) (high >> (16 + i) & 1) << 4;
        out[i] = (float) low * d + m;
        out[16 + i] = (float) top * d + m;
    }
}

/* f16 d; 32 signed bytes. */
static void
unpack_q8_0 (const uint8_t *restrict block, float *restrict out)
{
    const float d = half_at (block);
    for (int i = 0; i < 32; i++)
        out[i] = (float) (int8_t) block[2 + i] * d;
}

/* 16 bytes of scale (low nibble) and minimum (high) of 16 elements each; 64 bytes of two bits; f16
 * d, dmin. Two bits of 32 neighbouring bytes, four times, make half a block. */
static void
unpack_q2_k (const uint8_t *restrict block, float *restrict out)
{
    const float d = half_at (block + 80), min = half_at (block + 82);
    for (int part = 0; part < 16; part++) {
        const uint8_t *q = block + 16 + part / 8 * 32 + part % 2 * 16;
        const float scale = d * (float) (block[part] & 15),
                    least = min * (float) (block[part] >> 4);
        const int shift = part / 2 % 4 * 2;
        for (int i = 0; i < 16; i++)
            out[part * 16 + i] = scale * (float) (q[i] >> shift & 3) - least;
    }
}

/* 32 bytes of third bits; 64 bytes of two bits; 12 bytes of scales; f16 d: (q - 4) d scale. */
static void
unpack_q3_k (const uint8_t *restrict block, float *restrict out)
{
    const float d = half_at (block + 108);
    int scales[16];
    unpack_scales_q3 (block + 96, scales);
    for (int part = 0; part < 16; part++) {
        const uint8_t *q = block + 32 + part / 8 * 32 + part % 2 * 16,
                      *high = block + part % 2 * 16;
        const float scale = d * (float) scales[part];
        const int shift = part / 2 % 4 * 2, bit = part / 2;
        for (int i = 0; i < 16; i++)
            out[part * 16 + i] =
                scale * (float) ((q[i] >> shift & 3) - ((high[i] >> bit & 1) != 0 ? 0 : 4));
    }
}

/* f16 d, dmin; 12 bytes of scales; 128 bytes of nibbles, 32 low ones, then 32 high ones. */
static void
unpack_q4_k (const uint8_t *restrict block, float *restrict out)
{
    const float d = half_at (block), min = half_at (block + 2);
    for (int part = 0; part < 8; part++) {
        const uint8_t *q = block + 16 + part / 2 * 32;
        int s, m;
        unpack_scale_k4 (block + 4, part, &s, &m);
        const float scale = d * (float) s, least = min * (float) m;
        const int shift = part % 2 * 4;
        for (int i = 0; i < 32; i++)
            out[part * 32 + i] = scale * (float) (q[i] >> shift & 15) - least;
    }
}

/* As Q4_K, with 32 bytes of fifth bits, one bit a part, before the nibbles. */
static void
unpack_q5_k (const uint8_t *restrict block, float *restrict out)
{
    const float d = half_at (block), min = half_at (block + 2);
    for (int part = 0; part < 8; part++) {
        const uint8_t *q = block + 48 + part / 2 * 32, *high = block + 16;
        int s, m;
        unpack_scale_k4 (block + 4, part, &s, &m);
        const float scale = d * (float) s, least = min * (float) m;
        const int shift = part % 2 * 4;
        for (int i = 0; i < 32; i++) {
            int value = (q[i] >> shift & 15) + (high[i] >> part & 1) * 16;
            out[part * 32 + i] = scale * (float) value - least;
        }
    }
}

/* 128 bytes of nibbles; 64 bytes of two high bits; 16 signed scales of 16 elements; f16 d. */
static void
unpack_q6_k (const uint8_t *restrict block, float *restrict out)
{
    const float d = half_at (block + 208);
    for (int part = 0; part < 16; part++) {
        int half = part / 8, quarter = part / 2 % 4, side = part % 2 * 16;
        const uint8_t *low = block + half * 64 + quarter % 2 * 32 + side;
        const uint8_t *high = block + 128 + half * 32 + side;
        const float scale = d * (float) (int8_t) block[192 + part];
        const int shift = quarter / 2 * 4;
        for (int i = 0; i < 16; i++) {
            int value = (low[i] >> shift & 15) | (high[i] >> (2 * quarter) & 3) << 4;
            out[part * 16 + i] = scale * (float) (value - 32);
        }
    }
}

/* f16 d; 16 bytes of nibbles that index 16 values. */
static void
unpack_iq4_nl (const uint8_t *restrict block, float *restrict out)
{
    const float d = half_at (block);
    for (int i = 0; i < 16; i++) {
        out[i] = d * (float) nonlinear[block[2 + i] & 15];
        out[16 + i] = d * (float) nonlinear[block[2 + i] >> 4];
    }
}

/* f16 d; 16 bits and 4 bytes of six-bit scales of 32 elements; 128 bytes as in IQ4_NL. */
static void
unpack_iq4_xs (const uint8_t *restrict block, float *restrict out)
{
    const float d = half_at (block);
    const int high = block[2] | block[3] << 8;
    for (int part = 0; part < 8; part++) {
        const uint8_t *q = block + 8 + part * 16;
        int s = (block[4 + part / 2] >> part % 2 * 4 & 15) | (high >> 2 * part & 3) << 4;
        const float scale = d * (float) (s - 32);
        for (int i = 0; i < 16; i++) {
            out[part * 32 + i] = scale * (float) nonlinear[q[i] & 15];
            out[part * 32 + 16 + i] = scale * (float) nonlinear[q[i] >> 4];
        }
    }
}

/* Digit @power of @n bytes that hold five ternary digits each as a fraction of 256. */
static void
unpack_digits (const uint8_t *restrict q, int n, int power, float d, float *restrict out)
{
    static const uint8_t powers[5] = {1, 3, 9, 27, 81};
    for (int i = 0; i < n; i++) {
        uint8_t digit = (uint8_t) (q[i] * powers[power]);
        out[i] = (float) ((digit * 3 >> 8) - 1) * d;
    }
}

/* 48 bytes of five digits, 4 bytes of four digits, f16 d. */
static void
unpack_tq1_0 (const uint8_t *restrict block, float *restrict out)
{
    const float d = half_at (block + 52);
    for (int power = 0; power < 5; power++)
        unpack_digits (block, 32, power, d, out + power * 32);
    for (int power = 0; power < 5; power++)
        unpack_digits (block + 32, 16, power, d, out + 160 + power * 16);
    for (int power = 0; power < 4; power++)
        unpack_digits (block + 48, 4, power, d, out + 240 + power * 4);
}

/* 64 bytes of two bits, f16 d: (q - 1) d. */
static void
unpack_tq2_0 (const uint8_t *restrict block, float *restrict out)
{
    const float d = half_at (block + 64);
    for (int part = 0; part < 8; part++)
        for (int i = 0; i < 32; i++)
            out[part * 32 + i] = (float) ((block[part / 4 * 32 + i] >> part % 4 * 2 & 3) - 1) * d;
}

/* Eight bits of exponent; 16 bytes of four-bit floats (1 sign, 2 exponent, 1 mantissa), whose values
 * are doubled here and the scale halved. */
static void
unpack_mxfp4 (const uint8_t *restrict block, float *restrict out)
{
    static const int8_t doubled[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};
    const uint32_t bits = block[0] < 2 ? 0x00200000u << block[0] : (uint32_t) (block[0] - 1) << 23;
    float d;
    memcpy (&d, &bits, sizeof d);
    for (int i = 0; i < 16; i++) {
        out[i] = d * (float) doubled[block[1 + i] & 15];
        out[16 + i] = d * (float) doubled[block[1 + i] >> 4];
    }
}

static const FoveaUnpackBlock unpack[FOVEA_N_STORED_DTYPES] = {
    [FOVEA_Q4_0] = unpack_q4_0,   [FOVEA_Q4_1] = unpack_q4_1,     [FOVEA_Q5_0] = unpack_q5_0,
    [FOVEA_Q5_1] = unpack_q5_1,   [FOVEA_Q8_0] = unpack_q8_0,     [FOVEA_Q2_K] = unpack_q2_k,
    [FOVEA_Q3_K] = unpack_q3_k,   [FOVEA_Q4_K] = unpack_q4_k,     [FOVEA_Q5_K] = unpack_q5_k,
    [FOVEA_Q6_K] = unpack_q6_k,   [FOVEA_IQ4_NL] = unpack_iq4_nl, [FOVEA_IQ4_XS] = unpack_iq4_xs,
    [FOVEA_TQ1_0] = unpack_tq1_0, [FOVEA_TQ2_0] = unpack_tq2_0,   [FOVEA_MXFP4] = unpack_mxfp4,
};

void
JOIN (fovea_unpack_blocks,
      FOVEA_SET) (const void *in, FoveaDtype dtype, size_t n_blocks, float *out)
{
    const size_t bytes = fovea_dtype_size (dtype), elements = fovea_dtype_block (dtype);
#ifdef __AVX512F__
    if (fovea_unpack_run_avx512[dtype] != NULL) {
        fovea_unpack_run_avx512[dtype](in, n_blocks, out);
        return;
    }
#endif
    const FoveaUnpackBlock grid = JOIN (fovea_unpack_iq, FOVEA_SET)[dtype];
    const FoveaUnpackBlock unpack_one = grid != NULL ? grid : unpack[dtype];
    const uint8_t *block = in;
    for (size_t i = 0; i < n_blocks; i++, block += bytes, out += elements)
        unpack_one (block, out);
}
