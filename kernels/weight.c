/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Reading of weights element by element: what the reference table, uploads and analyses do. Fast
 * products have their own loops. Blocks that a range cuts are unpacked whole and copied in part. */
#include "kernels/weight.h"

#include <string.h>

const void *
fovea_weight_line (const FoveaWeight *weight, int64_t line)
{
    return (const char *) weight->data +
           fovea_dtype_bytes (weight->dtype, (size_t) (line * weight->stride));
}

static int64_t
least (int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* @n elements of a line from element @i on. */
static void
read_line (const FoveaWeight *weight, const char *line, int64_t i, int64_t n, float *out)
{
    const int64_t block = (int64_t) fovea_dtype_block (weight->dtype);
    const size_t bytes = fovea_dtype_size (weight->dtype);
    while (n > 0) {
        float whole[FOVEA_MAX_BLOCK];
        int64_t skip = i % block, part = least (block - skip, n);
        const char *from = line + (size_t) (i / block) * bytes;
        if (skip == 0 && part == block) {
            part = n / block * block;
            fovea_dtype_to_f32 (from, weight->dtype, (size_t) part, out);
        } else {
            fovea_dtype_to_f32 (from, weight->dtype, (size_t) block, whole);
            memcpy (out, whole + skip, (size_t) part * sizeof *out);
        }
        i += part;
        out += part;
        n -= part;
    }
}

void
fovea_weight_read (const FoveaWeight *weight, int64_t o, int64_t i, int64_t n, float *out)
{
    int64_t row = fovea_weight_row (weight, o);
    if (!weight->input_major) {
        read_line (weight, fovea_weight_line (weight, row), i, n, out);
        return;
    }
    for (int64_t j = 0; j < n; j++)
        read_line (weight, fovea_weight_line (weight, i + j), row, 1, out + j);
}
