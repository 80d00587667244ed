/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A few rows of x times quantised weights: the loop over rows and outputs around the inner loops of
 * an instruction set (cpu-few-avx512.c).
 * Memory: x once more, in shared scratch, in the order of use.
 * Bits: an output's sum does not depend on how outputs are shared among threads. */
#include "kernels/cpu-few.h"

#include <string.h>

#include "kernels/cpu-kernels.h"
#include "kernels/cpu-linear.h"
#include "kernels/device-private.h"
#include "kernels/weight.h"

enum {
    ROWS = FOVEA_FEW_ROWS,
    STEP = FOVEA_FEW_STEP,
    OUTPUTS = FOVEA_FEW_OUTPUTS,
    /* Above it packing for BLAS costs less than unpacking once more. */
    MOST_ROWS = 2 * ROWS,
    /* And above it unpacking for tiles; where weights have to be rounded, tiles take them as rows
     * of floats, which costs as much as three passes here. */
    MOST_BESIDE_TILES = 4,
    /* Bytes take as long to become bf16 as their products in registers. */
    MOST_BYTES_BESIDE_TILES = ROWS,
    MOST_ROUNDED_BESIDE_TILES = ROWS
};

typedef struct {
    FoveaDevice *device;
    const FoveaLinearArgs *args;
    int64_t row0, n_rows; /* the slab at work */
    FoveaFewRows few;
} Few;

bool
fovea_linear_has_blocks (const FoveaWeight *weight)
{
    switch (weight->dtype) {
    case FOVEA_Q4_0:
    case FOVEA_Q4_1:
    case FOVEA_Q5_0:
    case FOVEA_Q5_1:
    case FOVEA_Q8_0:
    case FOVEA_Q2_K:
    case FOVEA_Q3_K:
    case FOVEA_Q4_K:
    case FOVEA_Q5_K:
    case FOVEA_Q6_K:
    case FOVEA_IQ4_NL:
    case FOVEA_IQ4_XS:
        return true;
    default:
        return false;
    }
}

bool
fovea_linear_is_few (FoveaDevice *device, const FoveaLinearArgs *args)
{
    const FoveaCpuKernels *kernels = device->kernels;
    const bool tiles = kernels->linear != NULL, rounds = args->precision != FOVEA_PRECISION_F32;
    const int64_t most = !tiles                             ? MOST_ROWS
                         : rounds                           ? MOST_ROUNDED_BESIDE_TILES
                         : args->weight.dtype == FOVEA_Q8_0 ? MOST_BYTES_BESIDE_TILES
                                                            : MOST_BESIDE_TILES;
    return kernels->few_product != NULL && args->rows <= most &&
           fovea_linear_has_blocks (&args->weight);
}

size_t
fovea_linear_few_shared (int64_t n_in)
{
    return (size_t) (ROWS * n_in) * sizeof (float);
}

static FoveaDtype
rounded_type (FoveaPrecision precision)
{
    return precision == FOVEA_PRECISION_BF16  ? FOVEA_BF16
           : precision == FOVEA_PRECISION_F16 ? FOVEA_F16
                                              : FOVEA_F32;
}

/* One row needs no other order. */
static void
arrange_rows (Few *l, float *out)
{
    const FoveaLinearArgs *a = l->args;
    const float *x = a->x + l->row0 * a->x_stride;
    const bool rounds = a->precision != FOVEA_PRECISION_F32;
    const int rows = l->n_rows == 1 ? 1 : l->n_rows <= ROWS / 2 && !rounds ? ROWS / 2 : ROWS;
    const bool as_it_is = rows == 1 && !rounds;
    l->few = (FoveaFewRows){as_it_is ? x : out, rows, a->weight.n_in, a->weight.dtype,
                            rounded_type (a->precision)};
    if (as_it_is)
        return;
    for (int64_t i = 0; i < a->weight.n_in; i += STEP) {
        for (int64_t r = 0; r < rows; r++, out += STEP) {
            const float *from = x + r * a->x_stride + i;
            if (r >= l->n_rows)
                memset (out, 0, STEP * sizeof *out);
            else if (rounds)
                fovea_linear_round (a->precision, from, STEP, out);
            else
                memcpy (out, from, STEP * sizeof *out);
        }
    }
}

static void
run_outputs (void *data, int64_t i, int worker)
{
    const Few *l = data;
    const FoveaLinearArgs *a = l->args;
    const int64_t o0 = i * OUTPUTS, n = MIN (OUTPUTS, a->weight.n_out - o0);
    const uint8_t *lines[OUTPUTS];
    float sums[OUTPUTS * ROWS] = {0};
    for (int64_t o = 0; o < OUTPUTS; o++)
        lines[o] =
            fovea_weight_line (&a->weight, fovea_weight_row (&a->weight, o0 + MIN (o, n - 1)));
    l->device->kernels->few_product (&l->few, lines, (int) n, sums);
    for (int64_t r = 0; r < l->n_rows; r++) {
        float *y = a->y + (l->row0 + r) * a->y_stride + o0;
        for (int64_t o = 0; o < n; o++)
            y[o] = sums[o * l->few.rows + r] + (a->bias != NULL ? a->bias[o0 + o] : 0);
    }
}

void
fovea_linear_few (FoveaDevice *device, const FoveaLinearArgs *args)
{
    Few l = {.device = device, .args = args};
    if (!fovea_device_reserve (device, "linear", 0, fovea_linear_few_shared (args->weight.n_in)))
        return;
    for (l.row0 = 0; l.row0 < args->rows; l.row0 += ROWS) {
        l.n_rows = MIN (ROWS, args->rows - l.row0);
        arrange_rows (&l, fovea_device_scratch (device, -1));
        fovea_threads_loop (device->threads, (args->weight.n_out + OUTPUTS - 1) / OUTPUTS,
                            run_outputs, &l);
    }
}
