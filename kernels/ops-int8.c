/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Products of quantised weights with activations in 8 bits.
 * Does:  y(t,o) = sum over blocks of 32 of dw dx sum (qw qx) + mw s, with qx = round (x / dx),
 *        dx = max |x| / 127 kept as f16, s = dx sum qx as f16. Sums of integers are exact; those of
 *        blocks are f32, in the order of the file.
 * Work:  2 T n_in n_out integer operations; a row of weights is unpacked once for all rows of x.
 * Memory: x as integers in shared scratch, a row of weights in a worker's.
 * Twin:  linear_ref() of the rounded values, within f32 rounding. */
#include "kernels/ops-int8.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "kernels/cpu-int8.h"
#include "kernels/cpu-kernels.h"
#include "kernels/cpu-linear.h"
#include "kernels/device-private.h"
#include "kernels/ops-ref.h"
#include "kernels/weight.h"

enum {
    BLOCK = FOVEA_INT_BLOCK,
    OUTPUTS = 16 /* of an item */
};

typedef FoveaIntBlock Block;

typedef struct {
    FoveaDevice *device;
    const FoveaLinearArgs *args;
    int64_t n_blocks; /* of a row */
    Block *x;         /* (rows, n_blocks) */
} Linear;

/* 32 activations. The integers come of the scale before it is rounded. */
static void
quantise (const float *x, Block *out)
{
    float largest = 0;
    for (int i = 0; i < BLOCK; i++)
        largest = fmaxf (largest, fabsf (x[i]));
    float scale = largest / 127, inverse = scale > 0 ? 1 / scale : 0;
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
        out->q[i] = (int8_t) rintf (x[i] * inverse);
        sum += out->q[i];
    }
    out->scale = fovea_round_half (scale);
    out->least = fovea_round_half (scale * (float) sum);
}

static void
quantise_row (void *data, int64_t t, int worker)
{
    const Linear *l = data;
    for (int64_t b = 0; b < l->n_blocks; b++)
        quantise (l->args->x + t * l->args->x_stride + b * BLOCK, &l->x[t * l->n_blocks + b]);
}

static bool
has_integers (const FoveaWeight *weight)
{
    switch (weight->dtype) {
    case FOVEA_Q4_0:
    case FOVEA_Q4_1:
    case FOVEA_Q5_0:
    case FOVEA_Q5_1:
    case FOVEA_Q8_0:
        return weight->n_in % BLOCK == 0;
    default:
        return false;
    }
}

static void
multiply_outputs (void *data, int64_t i, int worker)
{
    const Linear *l = data;
    const FoveaLinearArgs *a = l->args;
    const FoveaWeight *weight = &a->weight;
    const FoveaIntLoops *loops = l->device->kernels->integers;
    Block *w = fovea_device_scratch (l->device, worker);
    for (int64_t o = i * OUTPUTS; o < MIN ((i + 1) * OUTPUTS, weight->n_out); o++) {
        const uint8_t *line = fovea_weight_line (weight, fovea_weight_row (weight, o));
        float bias = a->bias != NULL ? a->bias[o] : 0;
        loops->unpack (line, weight->dtype, l->n_blocks, w);
        for (int64_t t = 0; t < a->rows; t++)
            a->y[t * a->y_stride + o] =
                loops->multiply (w, l->x + t * l->n_blocks, l->n_blocks) + bias;
    }
}

static void
linear_int8 (FoveaDevice *device, const FoveaLinearArgs *args)
{
    if (device->failed || args->rows == 0)
        return;
    if (!has_integers (&args->weight)) {
        fovea_linear_cpu (device, args);
        return;
    }
    Linear l = {.device = device, .args = args, .n_blocks = args->weight.n_in / BLOCK};
    size_t row = (size_t) l.n_blocks * sizeof (Block);
    if (!fovea_device_reserve (device, "linear", row, row * (size_t) args->rows))
        return;
    l.x = fovea_device_scratch (device, -1);
    fovea_threads_loop (device->threads, args->rows, quantise_row, &l);
    fovea_threads_loop (device->threads, (args->weight.n_out + OUTPUTS - 1) / OUTPUTS,
                        multiply_outputs, &l);
}

/* A copy of the CPU's made at run time, so that the two cannot drift apart. */
const FoveaOps *
fovea_ops_int8 (void)
{
    static FoveaOps ops;
    static gsize once = 0;
    if (g_once_init_enter (&once)) {
        ops = fovea_ops_cpu;
        ops.name = "int8";
        ops.linear = linear_int8;
        ops.attend = fovea_attend_half_ref;
        g_once_init_leave (&once, 1);
    }
    return &ops;
}
