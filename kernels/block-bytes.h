/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the files that unpack GGML's blocks share: numbers inside a block, which has no alignment, and
 * the name of the copy that is compiled. */
#include <stdint.h>

#include "kernels/dtype.h"

#ifndef FOVEA_SET /* readers that are built without the other sets */
#define FOVEA_SET generic
#endif
#define JOIN2(a, b) a##_##b
#define JOIN(a, b)  JOIN2 (a, b)

static inline uint16_t
bits_16_at (const uint8_t *bytes)
{
    return (uint16_t) (bytes[0] | bytes[1] << 8);
}

#ifdef __F16C__
#include <immintrin.h>

static inline float
half_at (const uint8_t *bytes)
{
    return _cvtsh_ss (bits_16_at (bytes));
}
#else
static inline float
half_at (const uint8_t *bytes)
{
    float value;
    fovea_dtype_to_f32 (bytes, FOVEA_F16, 1, &value);
    return value;
}
#endif

/* 32 bits, little-endian. */
static inline uint32_t
bits_at (const uint8_t *bytes)
{
    return bytes[0] | (uint32_t) bytes[1] << 8 | (uint32_t) bytes[2] << 16 |
           (uint32_t) bytes[3] << 24;
}

/* Sixteen six-bit scales from 12 bytes: nibbles of the first 8, two bits of the last 4. */
static inline void
unpack_scales_q3 (const uint8_t *packed, int *scales)
{
    for (int i = 0; i < 16; i++) {
        int low = packed[i % 8] >> (i < 8 ? 0 : 4) & 15;
        int high = packed[8 + i % 4] >> (i / 4 * 2) & 3;
        scales[i] = (low | high << 4) - 32;
    }
}

/* Scale and minimum number @i of eight, six bits each, from 12 bytes. */
static inline void
unpack_scale_k4 (const uint8_t *packed, int i, int *scale, int *min)
{
    if (i < 4) {
        *scale = packed[i] & 63;
        *min = packed[i + 4] & 63;
        return;
    }
    *scale = (packed[i + 4] & 15) | packed[i - 4] >> 6 << 4;
    *min = packed[i + 4] >> 4 | packed[i] >> 6 << 4;
}
