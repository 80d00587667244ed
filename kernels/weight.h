/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Where the elements of a weight lie, whatever its type and order. */
#include "kernels/ops.h"

/**
 * fovea_weight_row:
 *
 * The stored row of output @o. Files that turn neighbouring elements (2i, 2i + 1) of a head store
 * its rows in that order; everywhere else elements i and i + D/2 are a pair.
 *
 * Thread: any.
 */
static inline int64_t
fovea_weight_row (const FoveaWeight *weight, int64_t o)
{
    int64_t D = weight->pair_width;
    if (D == 0)
        return o;
    int64_t d = o % D;
    return o - d + (d < D / 2 ? 2 * d : 2 * (d - D / 2) + 1);
}

/**
 * fovea_weight_line:
 * @line: stored row of an output-major weight, input of an input-major one
 *
 * Address of its first element.
 *
 * Thread: any.   Owner: the weight.
 */
const void *fovea_weight_line (const FoveaWeight *weight, int64_t line);

/**
 * fovea_weight_read:
 * @o: an output
 * @i: first of @n inputs, not necessarily at a block's start
 * @out: (out caller-allocates): @n floats
 *
 * w(o,i) .. w(o,i+n-1) as f32.
 *
 * Thread: any.
 */
void fovea_weight_read (const FoveaWeight *weight, int64_t o, int64_t i, int64_t n, float *out);
