/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* GGML's blocks of one to three bits as floats: 256 elements that are points of a grid
 * (block-grids.h), eight or four elements at a time, with signs or a shift beside them and a small
 * integer scale for 16 or 32 of them. As in cpu-blocks.c every value is formed in GGML's order, to
 * its bits. Cost: a look-up a point, 0.3 to 0.6 ns an element; moves 0.2 to 0.4 bytes in, 4 out. */
#include "kernels/cpu-blocks-iq.h"

#include "kernels/block-grids.h"
#include "kernels/block-bytes.h"

enum {
    PART = 32, /* elements of a part; 8 parts */
    N_PARTS = 8
};

/* Values of a two-bit code; the fourth is never used. */
static const int8_t values_of_iq2[4] = {8, 25, 43, 0}, values_of_iq1[4] = {-1, 0, 1, 0};
static const int8_t values_of_iq3_xxs[8] = {4, 12, 20, 28, 36, 44, 52, 62};
static const int8_t values_of_iq3_s[8] = {1, 3, 5, 7, 9, 11, 13, 15};

/* Signs of eight elements of which seven are stored: the number of minus signs is even. */
static unsigned
signs_of (unsigned stored)
{
    unsigned seven = stored & 127;
    return seven | (unsigned) (__builtin_popcount (seven) & 1) << 7;
}

/* Eight elements: @scale times the value of a code of two bits, minus where @signs has a bit. */
static void
put_eight (unsigned codes, unsigned signs, float scale, float *restrict out)
{
    for (int i = 0; i < 8; i++) {
        float value = scale * (float) values_of_iq2[codes >> 2 * i & 3];
        out[i] = (signs >> i & 1) != 0 ? -value : value;
    }
}

/* Four elements of codes of three bits. */
static void
put_four (unsigned codes, const int8_t *values, unsigned signs, float scale, float *restrict out)
{
    for (int i = 0; i < 4; i++) {
        float value = scale * (float) values[codes >> 3 * i & 7];
        out[i] = (signs >> i & 1) != 0 ? -value : value;
    }
}

/* f16 d; a part is 4 bytes that name points, and 32 bits: four times seven signs, then the scale. */
static void
unpack_iq2_xxs (const uint8_t *restrict block, float *restrict out)
{
    const float d = half_at (block);
    for (int part = 0; part < N_PARTS; part++) {
        const uint8_t *q = block + 2 + part * 8;
        const uint32_t bits = bits_at (q + 4);
        const float scale = d * (0.5f + (float) (bits >> 28)) * 0.25f;
        for (int i = 0; i < 4; i++)
            put_eight (fovea_grid_iq2_xxs[q[i]], signs_of (bits >> 7 * i), scale,
                       out + part * PART + i * 8);
    }
}

/* f16 d; 32 times 16 bits: nine name a point, seven are signs; 16 nibbles of scale. */
static void
unpack_iq2_xs (const uint8_t *restrict block, float *restrict out)
{
    const float d = half_at (block);
    for (int i = 0; i < 32; i++) {
        const unsigned bits = block[2 + 2 * i] | (unsigned) block[3 + 2 * i] << 8;
        const int nibble = block[66 + i / 4] >> i % 4 / 2 * 4 & 15;
        put_eight (fovea_grid_iq2_xs[bits & 511], signs_of (bits >> 9),
                   d * (0.5f + (float) nibble) * 0.25f, out + i * 8);
    }
}

/* f16 d; 32 bytes of points, 32 bytes of signs, 8 bytes with two more bits of four points each, 16
 * nibbles of scale. */
static void
unpack_iq2_s (const uint8_t *restrict block, float *restrict out)
{
    const float d = half_at (block);
    for (int i = 0; i < 32; i++) {
        const unsigned high = block[66 + i / 4] >> i % 4 * 2 & 3;
        const int nibble = block[74 + i / 4] >> i % 4 / 2 * 4 & 15;
        put_eight (fovea_grid_iq2_s[block[2 + i] | high << 8], block[34 + i],
                   d * (0.5f + (float) nibble) * 0.25f, out + i * 8);
    }
}

/* f16 d; 64 bytes of points of four elements; then 32 bits a part as in IQ2_XXS. */
static void
unpack_iq3_xxs (const uint8_t *restrict block, float *restrict out)
{
    const float d = half_at (block);
    for (int part = 0; part < N_PARTS; part++) {
        const uint32_t bits = bits_at (block + 66 + part * 4);
        const float scale = d * (0.5f + (float) (bits >> 28)) * 0.5f;
        for (int i = 0; i < 8; i++)
            put_four (fovea_grid_iq3_xxs[block[2 + part * 8 + i]], values_of_iq3_xxs,
                      signs_of (bits >> i / 2 * 7) >> i % 2 * 4, scale, out + part * PART + i * 4);
    }
}

/* f16 d; 64 bytes of points, 8 bytes with their ninth bits, 32 bytes of signs, 8 nibbles of scale. */
static void
unpack_iq3_s (const uint8_t *restrict block, float *restrict out)
{
    const float d = half_at (block);
    for (int part = 0; part < N_PARTS; part++) {
        const int nibble = block[106 + part / 2] >> part % 2 * 4 & 15;
        const float scale = d * (float) (1 + 2 * nibble);
        for (int i = 0; i < 8; i++) {
            const unsigned high = block[66 + part] >> i & 1;
            put_four (fovea_grid_iq3_s[block[2 + part * 8 + i] | high << 8], values_of_iq3_s,
                      block[74 + part * 4 + i / 2] >> i % 2 * 4, scale, out + part * PART + i * 4);
        }
    }
}

/* Eight elements of one bit and a half: @scale times -1, 0 or 1 and an eighth more or less. */
static void
put_shifted (unsigned codes, unsigned minus, float scale, float *restrict out)
{
    const float shift = minus != 0 ? -0.125f : 0.125f;
    for (int i = 0; i < 8; i++)
        out[i] = scale * ((float) values_of_iq1[codes >> 2 * i & 3] + shift);
}

/* f16 d; 32 bytes of points; 16 bits a part: four times three more bits of a point, three of scale,
 * and the shift's sign. */
static void
unpack_iq1_s (const uint8_t *restrict block, float *restrict out)
{
    const float d = half_at (block);
    for (int part = 0; part < N_PARTS; part++) {
        const unsigned bits = block[34 + part * 2] | (unsigned) block[35 + part * 2] << 8;
        const float scale = d * (float) (2 * (bits >> 12 & 7) + 1);
        for (int i = 0; i < 4; i++)
            put_shifted (fovea_grid_iq1_s[block[2 + part * 4 + i] | (bits >> 3 * i & 7) << 8],
                         bits >> 15, scale, out + part * PART + i * 8);
    }
}

/* 32 bytes of points; 32 nibbles: three more bits of a point and the shift's sign; 8 bytes: 16 times
 * three bits of scale, four in each 16 bits, whose upper nibbles make the f16 d. */
static void
unpack_iq1_m (const uint8_t *restrict block, float *restrict out)
{
    const uint8_t *scales = block + 48;
    const uint8_t bytes[2] = {(uint8_t) (scales[1] >> 4 | (scales[3] & 0xf0)),
                              (uint8_t) (scales[5] >> 4 | (scales[7] & 0xf0))};
    const float d = half_at (bytes);
    for (int i = 0; i < 32; i++) {
        const unsigned bits = scales[i / 8 * 2] | (unsigned) scales[i / 8 * 2 + 1] << 8;
        const unsigned nibble = block[32 + i / 2] >> i % 2 * 4 & 15;
        const float scale = d * (float) (2 * (bits >> i / 2 % 4 * 3 & 7) + 1);
        put_shifted (fovea_grid_iq1_s[block[i] | (nibble & 7) << 8], nibble >> 3, scale,
                     out + i * 8);
    }
}

const FoveaUnpackBlock JOIN (fovea_unpack_iq, FOVEA_SET)[FOVEA_N_STORED_DTYPES] = {
    [FOVEA_IQ1_S] = unpack_iq1_s,   [FOVEA_IQ1_M] = unpack_iq1_m, [FOVEA_IQ2_XXS] = unpack_iq2_xxs,
    [FOVEA_IQ2_XS] = unpack_iq2_xs, [FOVEA_IQ2_S] = unpack_iq2_s, [FOVEA_IQ3_XXS] = unpack_iq3_xxs,
    [FOVEA_IQ3_S] = unpack_iq3_s,
};
