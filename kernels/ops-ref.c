/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The reference table: every operation as its formula, one thread, sums in double. It is the oracle
 * of tests and what a reader should look at first; speed is of no concern. Attention stands in
 * ops-ref-attend.c, sparse codes in ops-ref-codes.c. */
#include "kernels/ops-ref.h"

#include <math.h>
#include <string.h>

#include "kernels/device-experts.h"
#include "kernels/device-private.h"
#include "kernels/mask-rows.h"
#include "kernels/top-rows.h"
#include "kernels/weight.h"

/* What a product of @precision sees of a value. Only its inputs are rounded; sums stay wide, as they
 * do on every device. */
static float
round_to (FoveaPrecision precision, float x)
{
    if (precision == FOVEA_PRECISION_F32)
        return x;
    FoveaDtype dtype = precision == FOVEA_PRECISION_BF16 ? FOVEA_BF16 : FOVEA_F16;
    uint16_t half;
    fovea_dtype_from_f32 (&x, 1, dtype, &half);
    fovea_dtype_to_f32 (&half, dtype, 1, &x);
    return x;
}

/* Through fovea_weight_read(), because a table may be quantised or stored input-major. */
static void
embed_ref (FoveaDevice *device, const FoveaWeight *table, const int32_t *ids, int64_t n, float *out)
{
    for (int64_t t = 0; t < n; t++)
        fovea_weight_read (table, ids[t], 0, table->n_in, out + t * table->n_in);
}

static void
add_ref (FoveaDevice *device, const float *a, const float *b, int64_t n, float *out)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = a[i] + b[i];
}

static void
scale_ref (FoveaDevice *device, const float *x, float factor, int64_t n, float *out)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = factor * x[i];
}

/* Near the identity for small x, and never past the cap. */
static void
soft_cap_ref (FoveaDevice *device, const float *x, float cap, int64_t n, float *out)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = (float) (cap * tanh (x[i] / (double) cap));
}

static void
clip_ref (FoveaDevice *device, const float *x, float limit, int64_t n, float *out)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = x[i] > limit ? limit : x[i] < -limit ? -limit : x[i];
}

/* Both kinds are one formula: an RMS norm is a layer norm whose mean is taken to be 0. The scale is a
 * divisor, as TransformerLens's hook_scale is, and eps stands under the root. */
static void
norm_row_ref (const FoveaNormArgs *args, int64_t t)
{
    const float *x = args->x + t * args->width;
    const float *gains = args->gain != NULL && args->gain_rows > 1
                             ? args->gain + t % args->gain_rows * args->width
                             : args->gain;
    double mean = 0, square = 0;
    for (int64_t c = 0; c < args->width && args->kind == FOVEA_NORM_LAYER; c++)
        mean += x[c] / (double) args->width;
    for (int64_t c = 0; c < args->width; c++)
        square += (x[c] - mean) * (x[c] - mean);
    double scale = sqrt (square / (double) args->width + args->eps);
    if (args->scale != NULL)
        args->scale[t] = (float) scale;
    for (int64_t c = 0; c < args->width; c++) {
        double normalized = (x[c] - mean) / scale;
        double gain = gains != NULL ? gains[c] + (double) args->gain_offset : 1;
        if (args->normalized != NULL)
            args->normalized[t * args->width + c] = (float) normalized;
        args->out[t * args->width + c] =
            (float) (normalized * gain + (args->bias != NULL ? args->bias[c] : 0));
    }
}

static void
norm_ref (FoveaDevice *device, const FoveaNormArgs *args)
{
    for (int64_t t = 0; t < args->rows; t++)
        norm_row_ref (args, t);
}

static void
round_all (FoveaPrecision precision, float *x, int64_t n)
{
    for (int64_t i = 0; i < n && precision != FOVEA_PRECISION_F32; i++)
        x[i] = round_to (precision, x[i]);
}

/* Rows of x behind one another, rounded once and not for each output. */
static float *
round_rows (const FoveaLinearArgs *args)
{
    int64_t n_in = args->weight.n_in;
    float *rows = g_new (float, (gsize) MAX (args->rows * n_in, 1));
    for (int64_t t = 0; t < args->rows; t++)
        memcpy (rows + t * n_in, args->x + t * args->x_stride, (gsize) n_in * sizeof *rows);
    round_all (args->precision, rows, args->rows * n_in);
    return rows;
}

static double
dot_ref (const float *x, const float *weights, int64_t n, double sum)
{
    for (int64_t i = 0; i < n; i++)
        sum += (double) x[i] * weights[i];
    return sum;
}

/* Weights come in parts of a block: a quantised one can be unpacked by whole blocks only, and a row
 * of it is too long for the stack. Each part is unpacked once for all rows. */
static void
linear_ref (FoveaDevice *device, const FoveaLinearArgs *args)
{
    const FoveaWeight *w = &args->weight;
    g_autofree float *x = round_rows (args);
    g_autofree double *sums = g_new (double, (gsize) MAX (args->rows, 1));
    for (int64_t o = 0; o < w->n_out; o++) {
        float part[FOVEA_MAX_BLOCK];
        for (int64_t t = 0; t < args->rows; t++)
            sums[t] = args->bias != NULL ? args->bias[o] : 0;
        for (int64_t i = 0; i < w->n_in; i += FOVEA_MAX_BLOCK) {
            int64_t n = MIN (FOVEA_MAX_BLOCK, w->n_in - i);
            fovea_weight_read (w, o, i, n, part);
            round_all (args->precision, part, n);
            for (int64_t t = 0; t < args->rows; t++)
                sums[t] = dot_ref (x + t * w->n_in + i, part, n, sums[t]);
        }
        for (int64_t t = 0; t < args->rows; t++)
            args->y[t * args->y_stride + o] = (float) sums[t];
    }
}

/* Turns one head's row; elements from R on are copied. Works in place: both of a pair are read before
 * either is written. */
static void
rotary_row_ref (const FoveaRotaryArgs *args, int64_t position, const float *x, float *out)
{
    int64_t half = args->rotary_width / 2;
    const float *cos_row = args->cos + position * half;
    const float *sin_row = args->sin + position * half;
    for (int64_t i = 0; i < half; i++) {
        int64_t first = args->interleaved ? 2 * i : i;
        int64_t second = args->interleaved ? 2 * i + 1 : i + half;
        double a = x[first], b = x[second];
        out[first] = (float) (a * cos_row[i] - b * sin_row[i]);
        out[second] = (float) (b * cos_row[i] + a * sin_row[i]);
    }
    for (int64_t d = 2 * half; d < args->width; d++)
        out[d] = x[d];
}

static void
rotary_ref (FoveaDevice *device, const FoveaRotaryArgs *args)
{
    for (int64_t t = 0; t < args->rows; t++) {
        for (int64_t h = 0; h < args->heads; h++) {
            int64_t at = (t * args->heads + h) * args->width;
            rotary_row_ref (args, args->first_position + t, args->x + at, args->out + at);
        }
    }
}

static void
convert_ref (FoveaDevice *device, const float *from, FoveaDtype dtype, int64_t n, void *to)
{
    fovea_dtype_from_f32 (from, (size_t) n, dtype, to);
}

/* *first may hold an earlier find, which a later row does not replace. */
static void
find_nan_ref (FoveaDevice *device, const float *x, int64_t rows, int64_t width, int32_t *first)
{
    for (int64_t t = 0; t < rows && t < *first; t++)
        for (int64_t c = 0; c < width; c++)
            if (isnan (x[t * width + c]) && t < *first)
                *first = (int32_t) t;
}

/* gelu is x Phi(x); gelu_new its tanh form, with sqrt (2 / pi) before the cubic. */
static double
activation_ref (FoveaActivation kind, double x)
{
    switch (kind) {
    case FOVEA_ACTIVATION_GELU:
        return 0.5 * x * (1 + erf (x * M_SQRT1_2));
    case FOVEA_ACTIVATION_GELU_NEW:
        return 0.5 * x * (1 + tanh (sqrt (M_2_PI) * (x + 0.044715 * x * x * x)));
    case FOVEA_ACTIVATION_SILU:
        return x / (1 + exp (-x));
    case FOVEA_ACTIVATION_RELU:
        return x > 0 ? x : x < 0 ? 0 : x; /* NaN stays NaN */
    case FOVEA_ACTIVATION_RELU_SQUARED:
        return x > 0 ? x * x : x < 0 ? 0 : x;
    case FOVEA_ACTIVATION_CLAMPED:
        x = x > 7 ? 7 : x;
        return x / (1 + exp (-1.702 * x));
    case FOVEA_N_ACTIVATIONS:
        break;
    }
    return NAN;
}

/* What the activation is multiplied by. */
static double
gate_ref (FoveaActivation kind, const float *up, int64_t i)
{
    if (up == NULL)
        return 1;
    if (kind != FOVEA_ACTIVATION_CLAMPED)
        return up[i];
    return (up[i] > 7 ? 7 : up[i] < -7 ? -7 : up[i]) + 1.0;
}

static void
activate_ref (FoveaDevice *device,
              FoveaActivation kind,
              const float *x,
              const float *up,
              int64_t n,
              float *out)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = (float) (activation_ref (kind, x[i]) * gate_ref (kind, up, i));
}

/* Exponents are taken from the largest logit, so that none overflows. */
static void
cross_entropy_ref (FoveaDevice *device,
                   const float *logits,
                   const int32_t *targets,
                   int64_t rows,
                   int64_t V,
                   float *nll)
{
    for (int64_t t = 0; t < rows; t++) {
        const float *row = logits + t * V;
        double largest = row[0], sum = 0;
        for (int64_t v = 1; v < V; v++)
            largest = fmax (largest, row[v]);
        for (int64_t v = 0; v < V; v++)
            sum += exp (row[v] - largest);
        nll[t] = (float) (largest + log (sum) - row[targets[t]]);
    }
}

/* Copies that other devices enqueue are done here when they return, so order and wait have nothing
 * to do. */
const FoveaOps fovea_ops_ref = {
    .name = "ref",
    .host_memory = true,
    .alloc = fovea_host_alloc,
    .free = fovea_host_free,
    .write = fovea_host_copy_in,
    .read = fovea_host_copy_out,
    .zero = fovea_host_zero,
    .copy_rows = fovea_host_copy_rows,
    .alloc_pinned = fovea_host_alloc,
    .free_pinned = fovea_host_free,
    .copy_out = fovea_host_enqueue_copy,
    .order = fovea_host_order,
    .wait = fovea_host_wait,
    .convert = convert_ref,
    .find_nan = find_nan_ref,
    .embed = embed_ref,
    .add = add_ref,
    .scale = scale_ref,
    .soft_cap = soft_cap_ref,
    .clip = clip_ref,
    .add_gated = fovea_host_add_gated,
    .route = fovea_host_route,
    .experts = fovea_host_experts,
    .norm = norm_ref,
    .linear = linear_ref,
    .rotary = rotary_ref,
    .activate = activate_ref,
    .attend = fovea_attend_ref,
    .rectangle = fovea_rectangle_ref,
    .top_rows = fovea_top_rows_ref,
    .mask_rows = fovea_mask_rows_ref,
    .cross_entropy = cross_entropy_ref,
    .top_prepare = fovea_top_prepare_ref,
    .codes_above = fovea_codes_above_ref,
};
