/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A few rows of x times quantised weights: decoding, and prompts of some words. */
#include "kernels/dtype.h"

enum {
    FOVEA_FEW_ROWS = 8,    /* of x in one pass over the weights */
    FOVEA_FEW_STEP = 32,   /* elements of a row that lie together */
    FOVEA_FEW_OUTPUTS = 64 /* of a call */
};

/* @rows of x as (n_in / 32, rows, 32): what a step of all rows needs is side by side. There are 1, 4
 * or 8, below f32 not 4; rows that a caller does not have are zeros. */
typedef struct {
    const float *x;
    int rows;
    int64_t n_in;
    FoveaDtype dtype;   /* of the weight */
    FoveaDtype rounded; /* what weights are rounded to, as x is already; F32 = not at all */
} FoveaFewRows;

/**
 * fovea_few_product_avx512:
 * @lines: stored rows of 64 outputs; a row again behind those that there are
 * @n: outputs that there are
 * @out: (64, rows) sums, to which products are added; those behind @n mean nothing
 *
 * Thread: any.   Twin: linear_ref().
 */
void
fovea_few_product_avx512 (const FoveaFewRows *few, const uint8_t *const *lines, int n, float *out);
