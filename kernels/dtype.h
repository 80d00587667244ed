/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Element types of weights and captured arrays, and conversion of runs of elements.
 * Safetensors' names are the field's names for them ("F32", "BF16", ...). Types from FOVEA_Q4_0 on
 * are GGML's: whole blocks of elements that share scales, read only, and only of weights. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    FOVEA_F32,
    FOVEA_F16,
    FOVEA_BF16,
    FOVEA_F64,
    FOVEA_I64,
    FOVEA_I32,
    FOVEA_I16,
    FOVEA_I8,
    FOVEA_U8,
    FOVEA_BOOL,
    FOVEA_N_DTYPES, /* types of single elements end here */
    FOVEA_Q4_0,
    FOVEA_Q4_1,
    FOVEA_Q5_0,
    FOVEA_Q5_1,
    FOVEA_Q8_0,
    FOVEA_Q2_K,
    FOVEA_Q3_K,
    FOVEA_Q4_K,
    FOVEA_Q5_K,
    FOVEA_Q6_K,
    FOVEA_IQ4_NL,
    FOVEA_IQ4_XS,
    FOVEA_TQ1_0,
    FOVEA_TQ2_0,
    FOVEA_MXFP4,
    FOVEA_IQ1_S,
    FOVEA_IQ1_M,
    FOVEA_IQ2_XXS,
    FOVEA_IQ2_XS,
    FOVEA_IQ2_S,
    FOVEA_IQ3_XXS,
    FOVEA_IQ3_S,
    FOVEA_N_STORED_DTYPES,
} FoveaDtype;

enum {
    FOVEA_MAX_BLOCK = 256 /* elements */
};

/**
 * fovea_dtype_size:
 *
 * Bytes of one element; of one block for a type of blocks.
 *
 * Thread: any.
 */
size_t fovea_dtype_size (FoveaDtype dtype);

/**
 * fovea_dtype_block:
 *
 * Elements of a block: 32 or 256, 1 for types of single elements.
 *
 * Thread: any.
 */
size_t fovea_dtype_block (FoveaDtype dtype);

/**
 * fovea_dtype_bytes:
 * @n: elements, whole blocks of them
 *
 * Thread: any.
 */
size_t fovea_dtype_bytes (FoveaDtype dtype, size_t n);

/**
 * fovea_dtype_name:
 *
 * The safetensors name, "F32", or GGML's, "Q4_K"; static text.
 *
 * Thread: any.
 */
const char *fovea_dtype_name (FoveaDtype dtype);

/**
 * fovea_dtype_from_name:
 * @name: a safetensors name ("BF16") or the lower-case short form of the command line ("bf16")
 * @dtype: (out): the type, never one of blocks
 *
 * False if no such type is known.
 *
 * Thread: any.
 */
bool fovea_dtype_from_name (const char *name, FoveaDtype *dtype);

/**
 * fovea_dtype_to_f32:
 * @in: @n elements of @dtype, whole blocks of them, any alignment
 * @out: (out caller-allocates): @n floats
 *
 * Exact for f16, bf16, i8, i16, u8 and bool, and bit for bit GGML's own values for its blocks;
 * rounds to nearest even otherwise.
 *
 * Thread: any.
 */
void fovea_dtype_to_f32 (const void *in, FoveaDtype dtype, size_t n, float *out);

/**
 * fovea_dtype_from_f32:
 * @dtype: FOVEA_F32, FOVEA_F16 or FOVEA_BF16
 * @out: (out caller-allocates): @n elements of @dtype
 *
 * Rounds to nearest even; NaN stays NaN, overflow becomes infinity.
 *
 * Thread: any.
 */
void fovea_dtype_from_f32 (const float *in, size_t n, FoveaDtype dtype, void *out);
