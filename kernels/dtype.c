/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Element types: one table of names and sizes, and conversions of runs of elements.
 *
 * Elements are read byte-wise through memcpy because a tensor inside a mapped file may start at any
 * offset. The half types are decoded with integer arithmetic, so subnormals, infinities and NaN
 * payloads survive on every processor. Cost: about 1 ns an element for f16, memory speed for the
 * rest. */
#include "kernels/dtype.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "kernels/cpu-blocks.h"

static const struct {
    const char *name;       /* safetensors, GGML */
    const char *short_name; /* command line */
    size_t size;
    size_t block; /* elements that share scales; 0 = elements stand alone */
} dtypes[FOVEA_N_STORED_DTYPES] = {
    [FOVEA_F32] = {"F32", "float32", 4, 0},       [FOVEA_F16] = {"F16", "float16", 2, 0},
    [FOVEA_BF16] = {"BF16", "bfloat16", 2, 0},    [FOVEA_F64] = {"F64", "float64", 8, 0},
    [FOVEA_I64] = {"I64", "int64", 8, 0},         [FOVEA_I32] = {"I32", "int32", 4, 0},
    [FOVEA_I16] = {"I16", "int16", 2, 0},         [FOVEA_I8] = {"I8", "int8", 1, 0},
    [FOVEA_U8] = {"U8", "uint8", 1, 0},           [FOVEA_BOOL] = {"BOOL", "bool", 1, 0},
    [FOVEA_Q4_0] = {"Q4_0", NULL, 18, 32},        [FOVEA_Q4_1] = {"Q4_1", NULL, 20, 32},
    [FOVEA_Q5_0] = {"Q5_0", NULL, 22, 32},        [FOVEA_Q5_1] = {"Q5_1", NULL, 24, 32},
    [FOVEA_Q8_0] = {"Q8_0", NULL, 34, 32},        [FOVEA_Q2_K] = {"Q2_K", NULL, 84, 256},
    [FOVEA_Q3_K] = {"Q3_K", NULL, 110, 256},      [FOVEA_Q4_K] = {"Q4_K", NULL, 144, 256},
    [FOVEA_Q5_K] = {"Q5_K", NULL, 176, 256},      [FOVEA_Q6_K] = {"Q6_K", NULL, 210, 256},
    [FOVEA_IQ4_NL] = {"IQ4_NL", NULL, 18, 32},    [FOVEA_IQ4_XS] = {"IQ4_XS", NULL, 136, 256},
    [FOVEA_TQ1_0] = {"TQ1_0", NULL, 54, 256},     [FOVEA_TQ2_0] = {"TQ2_0", NULL, 66, 256},
    [FOVEA_MXFP4] = {"MXFP4", NULL, 17, 32},      [FOVEA_IQ1_S] = {"IQ1_S", NULL, 50, 256},
    [FOVEA_IQ1_M] = {"IQ1_M", NULL, 56, 256},     [FOVEA_IQ2_XXS] = {"IQ2_XXS", NULL, 66, 256},
    [FOVEA_IQ2_XS] = {"IQ2_XS", NULL, 74, 256},   [FOVEA_IQ2_S] = {"IQ2_S", NULL, 82, 256},
    [FOVEA_IQ3_XXS] = {"IQ3_XXS", NULL, 98, 256}, [FOVEA_IQ3_S] = {"IQ3_S", NULL, 110, 256},
};

size_t
fovea_dtype_size (FoveaDtype dtype)
{
    return dtypes[dtype].size;
}

size_t
fovea_dtype_block (FoveaDtype dtype)
{
    return dtypes[dtype].block > 0 ? dtypes[dtype].block : 1;
}

size_t
fovea_dtype_bytes (FoveaDtype dtype, size_t n)
{
    return n / fovea_dtype_block (dtype) * dtypes[dtype].size;
}

const char *
fovea_dtype_name (FoveaDtype dtype)
{
    return dtypes[dtype].name;
}

bool
fovea_dtype_from_name (const char *name, FoveaDtype *dtype)
{
    for (int i = 0; i < FOVEA_N_DTYPES; i++) {
        if (strcasecmp (name, dtypes[i].name) == 0 || strcmp (name, dtypes[i].short_name) == 0) {
            *dtype = (FoveaDtype) i;
            return true;
        }
    }
    return false;
}

/* By memcpy, which is the way that aliasing rules allow; it compiles to a move. */
static float
float_of_bits (uint32_t bits)
{
    float value;
    memcpy (&value, &bits, sizeof value);
    return value;
}

static uint32_t
bits_of_float (float value)
{
    uint32_t bits;
    memcpy (&bits, &value, sizeof bits);
    return bits;
}

/* f16: 1 sign, 5 exponent (bias 15), 10 mantissa bits. A subnormal is mantissa * 2^-24, which f32
 * holds exactly, so the multiplication does the normalising. */
static float
f16_to_f32 (uint16_t half)
{
    uint32_t sign = (uint32_t) (half & 0x8000) << 16;
    uint32_t exponent = (half >> 10) & 0x1f;
    uint32_t mantissa = half & 0x3ff;
    if (exponent == 0)
        return float_of_bits (sign | bits_of_float ((float) mantissa * 0x1p-24f));
    if (exponent == 0x1f)
        return float_of_bits (sign | 0x7f800000 | mantissa << 13);
    return float_of_bits (sign | (exponent + 112) << 23 | mantissa << 13);
}

/* Rounds to nearest even. Adding 0.5 to a magnitude below 2^-14 puts the ulp of the sum at 2^-24,
 * the step of f16 subnormals: the addition itself rounds correctly. */
static uint16_t
f32_to_f16 (float value)
{
    uint32_t bits = bits_of_float (value);
    uint16_t sign = (uint16_t) (bits >> 16 & 0x8000);
    uint32_t magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) /* NaN: keep it quiet */
        return sign | 0x7e00;
    if (magnitude >= 0x477ff000) /* 65520, the first value that rounds to infinity */
        return sign | 0x7c00;
    if (magnitude < 0x38800000) {
        uint32_t sum = bits_of_float (float_of_bits (magnitude) + 0.5f);
        return sign | (uint16_t) (sum - bits_of_float (0.5f));
    }
    uint32_t odd = magnitude >> 13 & 1;
    return sign | (uint16_t) ((magnitude + 0xfff + odd - (112u << 23)) >> 13);
}

static uint16_t
f32_to_bf16 (float value)
{
    uint32_t bits = bits_of_float (value);
    if ((bits & 0x7fffffff) > 0x7f800000)
        return (uint16_t) (bits >> 16 | 0x40); /* quiet, so that truncation cannot make infinity */
    return (uint16_t) ((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

#define CONVERT_RUN(type, expression)                                                              \
    for (size_t i = 0; i < n; i++) {                                                               \
        type e;                                                                                    \
        memcpy (&e, (const char *) in + i * sizeof e, sizeof e);                                   \
        out[i] = (expression);                                                                     \
    }                                                                                              \
    break

void
fovea_dtype_to_f32 (const void *in, FoveaDtype dtype, size_t n, float *out)
{
    switch (dtype) {
    case FOVEA_F32:
        memcpy (out, in, n * sizeof *out);
        break;
    case FOVEA_F16:
        CONVERT_RUN (uint16_t, f16_to_f32 (e));
    case FOVEA_BF16:
        CONVERT_RUN (uint16_t, float_of_bits ((uint32_t) e << 16));
    case FOVEA_F64:
        CONVERT_RUN (double, (float) e);
    case FOVEA_I64:
        CONVERT_RUN (int64_t, (float) e);
    case FOVEA_I32:
        CONVERT_RUN (int32_t, (float) e);
    case FOVEA_I16:
        CONVERT_RUN (int16_t, (float) e);
    case FOVEA_I8:
        CONVERT_RUN (int8_t, (float) e);
    case FOVEA_U8:
        CONVERT_RUN (uint8_t, (float) e);
    case FOVEA_BOOL:
        CONVERT_RUN (uint8_t, e != 0 ? 1.0f : 0.0f);
    default:
        fovea_unpack_blocks_generic (in, dtype, n / fovea_dtype_block (dtype), out);
    }
}

void
fovea_dtype_from_f32 (const float *in, size_t n, FoveaDtype dtype, void *out)
{
    if (dtype == FOVEA_F32) {
        memcpy (out, in, n * sizeof *in);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        uint16_t half = dtype == FOVEA_F16 ? f32_to_f16 (in[i]) : f32_to_bf16 (in[i]);
        memcpy ((char *) out + i * sizeof half, &half, sizeof half);
    }
}
