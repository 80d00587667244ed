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

#include "kernels/cpu-linear.h"
#include "kernels/device-private.h"
#include "kernels/ops-ref.h"
#include "kernels/weight.h"

enum {
    BLOCK = 32,
    OUTPUTS = 16 /* of an item */
};

/* A block as integers: value i is scale q(i) + least. Of activations least is scale times the sum of
 * q, as rounded. */
typedef struct {
    float scale, least;
    int8_t q[BLOCK];
} Block;

typedef struct {
    FoveaDevice *device;
    const FoveaLinearArgs *args;
    int64_t n_blocks; /* of a row */
    Block *x;         /* (rows, n_blocks) */
} Linear;

static float
half_at (const uint8_t *bytes)
{
    float value;
    fovea_dtype_to_f32 (bytes, FOVEA_F16, 1, &value);
    return value;
}

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

/* 16 bytes of nibbles, low ones first, and where there are any, 32 bits that are their fifth. */
static void
unpack_nibbles (const uint8_t *nibbles, const uint8_t *fifth, int zero, int8_t *q)
{
    uint32_t high = 0;
    if (fifth != NULL)
        memcpy (&high, fifth, sizeof high);
    high = GUINT32_FROM_LE (high);
    for (int i = 0; i < BLOCK / 2; i++) {
        q[i] = (int8_t) ((nibbles[i] & 15) + (int) (high >> i & 1) * 16 - zero);
        q[16 + i] = (int8_t) ((nibbles[i] >> 4) + (int) (high >> (16 + i) & 1) * 16 - zero);
    }
}

/* A block of weights; the layouts are those of cpu-blocks.c. */
static void
unpack (const uint8_t *block, FoveaDtype dtype, Block *out)
{
    out->scale = half_at (block);
    out->least = 0;
    switch (dtype) {
    case FOVEA_Q4_0:
        unpack_nibbles (block + 2, NULL, 8, out->q);
        break;
    case FOVEA_Q4_1:
        out->least = half_at (block + 2);
        unpack_nibbles (block + 4, NULL, 0, out->q);
        break;
    case FOVEA_Q5_0:
        unpack_nibbles (block + 6, block + 2, 16, out->q);
        break;
    case FOVEA_Q5_1:
        out->least = half_at (block + 2);
        unpack_nibbles (block + 8, block + 4, 0, out->q);
        break;
    default: /* Q8_0 */
        memcpy (out->q, block + 2, BLOCK);
    }
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

static float
multiply (const Block *w, const Block *x, int64_t n_blocks)
{
    float sum = 0;
    for (int64_t b = 0; b < n_blocks; b++) {
        int dot = 0;
        for (int i = 0; i < BLOCK; i++)
            dot += w[b].q[i] * x[b].q[i];
        sum += w[b].scale * x[b].scale * (float) dot + w[b].least * x[b].least;
    }
    return sum;
}

static void
multiply_outputs (void *data, int64_t i, int worker)
{
    const Linear *l = data;
    const FoveaLinearArgs *a = l->args;
    const FoveaWeight *weight = &a->weight;
    Block *w = fovea_device_scratch (l->device, worker);
    size_t bytes = fovea_dtype_size (weight->dtype);
    for (int64_t o = i * OUTPUTS; o < MIN ((i + 1) * OUTPUTS, weight->n_out); o++) {
        const uint8_t *line = fovea_weight_line (weight, fovea_weight_row (weight, o));
        float bias = a->bias != NULL ? a->bias[o] : 0;
        for (int64_t b = 0; b < l->n_blocks; b++)
            unpack (line + (size_t) b * bytes, weight->dtype, &w[b]);
        for (int64_t t = 0; t < a->rows; t++)
            a->y[t * a->y_stride + o] = multiply (w, l->x + t * l->n_blocks, l->n_blocks) + bias;
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
