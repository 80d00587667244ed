/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Elementwise and row operations, and vector times matrix, for the instruction set FOVEA_SET.
 *
 * All are bound by memory: add moves 12 bytes an element, an activation with a gate 12, a norm 8
 * (its row stays in the first-level cache between passes), a vector-matrix product 2 to 4 bytes a
 * weight. */
#include "kernels/cpu-simd.h"

#include "kernels/cpu-blocks.h"
#include "kernels/cpu-kernels.h"
#include "kernels/cpu-vector-attend.h"

static void
add (const float *a, const float *b, int64_t n, float *out)
{
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        v_store (out + i, v_load (a + i) + v_load (b + i));
    for (; i < n; i++)
        out[i] = a[i] + b[i];
}

/* Sum of (x - shift), or of its square, over a row; @square is a constant. The last few elements are
 * summed one by one, since empty lanes of a vector would add the shift's square. */
INLINE float
sum_row (const float *x, int64_t n, float shift, bool square)
{
    V sum = v_all (0), from = v_all (shift);
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        V a = v_load (x + i) - from;
        sum = v_fma (a, square ? a : v_all (1.0f), sum);
    }
    float rest = 0;
    for (; i < n; i++)
        rest += square ? (x[i] - shift) * (x[i] - shift) : x[i] - shift;
    return v_sum (sum) + rest;
}

/* One vector, or the last part of one, of a row: normalized, then gain and bias. */
INLINE void
norm_part (const FoveaNormArgs *args, int64_t row, int64_t c, int n, float mean, float scale)
{
    int64_t at = row * args->width + c;
    bool whole = n == LANES;
    V x = whole ? v_load (args->x + at) : v_load_part (args->x + at, n);
    V y = (x - v_all (mean)) / v_all (scale);
    if (args->normalized != NULL)
        v_store_part (args->normalized + at, y, n);
    if (args->gain != NULL) {
        const float *from = args->gain + c;
        if (args->gain_rows > 1)
            from += row % args->gain_rows * args->width;
        V gain = whole ? v_load (from) : v_load_part (from, n);
        y = y * (gain + v_all (args->gain_offset));
    }
    if (args->bias != NULL)
        y = y + (whole ? v_load (args->bias + c) : v_load_part (args->bias + c, n));
    if (whole)
        v_store (args->out + at, y);
    else
        v_store_part (args->out + at, y, n);
}

/* Mean first, then squares about it: one pass would cancel where the mean is large. */
static void
norm_row (const FoveaNormArgs *args, int64_t row)
{
    const float *x = args->x + row * args->width;
    float width = (float) args->width;
    float mean = args->kind == FOVEA_NORM_LAYER ? sum_row (x, args->width, 0, false) / width : 0;
    float scale = sqrtf (sum_row (x, args->width, mean, true) / width + args->eps);
    if (args->scale != NULL)
        args->scale[row] = scale;
    for (int64_t c = 0; c < args->width; c += LANES) {
        int64_t n = args->width - c;
        norm_part (args, row, c, n < LANES ? (int) n : LANES, mean, scale);
    }
}

/* Pairs (i, i + R/2); in place is fine, both of a pair are read before either is written. */
static void
turn_halves (const float *x, const float *cos, const float *sin, int64_t half, float *out)
{
    for (int64_t i = 0; i < half; i += LANES) {
        int n = half - i < LANES ? (int) (half - i) : LANES;
        V a = v_load_part (x + i, n), b = v_load_part (x + half + i, n);
        V c = v_load_part (cos + i, n), s = v_load_part (sin + i, n);
        v_store_part (out + i, a * c - b * s, n);
        v_store_part (out + half + i, b * c + a * s, n);
    }
}

/* Pairs (2i, 2i + 1), one by one: few models have them, and turning is little beside the products. */
static void
turn_pairs (const float *x, const float *cos, const float *sin, int64_t half, float *out)
{
    for (int64_t i = 0; i < half; i++) {
        float a = x[2 * i], b = x[2 * i + 1];
        out[2 * i] = a * cos[i] - b * sin[i];
        out[2 * i + 1] = b * cos[i] + a * sin[i];
    }
}

/* All heads of a position turn by the same angles. */
static void
rotary_row (const FoveaRotaryArgs *args, int64_t row)
{
    int64_t half = args->rotary_width / 2, at = row * args->heads * args->width;
    int64_t angle = (args->first_position + row) * half;
    for (int64_t h = 0; h < args->heads; h++, at += args->width) {
        const float *x = args->x + at;
        float *out = args->out + at;
        if (args->interleaved)
            turn_pairs (x, args->cos + angle, args->sin + angle, half, out);
        else
            turn_halves (x, args->cos + angle, args->sin + angle, half, out);
        if (out != x)
            memcpy (out + 2 * half, x + 2 * half, (size_t) (args->width - 2 * half) * sizeof *x);
    }
}

/* x Phi(x), from the side on which erfc does not cancel. */
INLINE V
gelu (V x)
{
    V half_tail = v_all (0.5f) * v_erfc (v_abs (x) * v_all (0.70710678f));
    return v_pick_le (v_all (0), x, v_fma (v_all (-1.0f) * half_tail, x, x), x * half_tail);
}

/* @kind is a constant wherever this is inlined. */
INLINE V
activated (FoveaActivation kind, V x)
{
    V zero = v_all (0), one = v_all (1.0f);
    switch (kind) {
    case FOVEA_ACTIVATION_GELU:
        return gelu (x);
    case FOVEA_ACTIVATION_GELU_NEW: { /* (1 + tanh u) / 2 = 1 / (1 + e^-2u) */
        V u = v_fma (x * x * x, v_all (0.044715f), x) * v_all (-1.59576912f);
        return x / (one + v_exp (u));
    }
    case FOVEA_ACTIVATION_SILU:
        return x / (one + v_exp (zero - x));
    case FOVEA_ACTIVATION_RELU:
        return v_max (zero, x);
    case FOVEA_ACTIVATION_RELU_SQUARED:
        x = v_max (zero, x);
        return x * x;
    case FOVEA_ACTIVATION_CLAMPED:
        x = v_pick_le (v_all (7.0f), x, v_all (7.0f), x);
        return x / (one + v_exp (x * v_all (-1.702f)));
    case FOVEA_N_ACTIVATIONS:
        break;
    }
    return x;
}

/* What the activation is multiplied by; NaN stays NaN. */
INLINE V
gated (FoveaActivation kind, V up)
{
    V most = v_all (7.0f), least = v_all (-7.0f);
    if (kind != FOVEA_ACTIVATION_CLAMPED)
        return up;
    up = v_pick_le (most, up, most, up);
    return v_pick_le (up, least, least, up) + v_all (1.0f);
}

INLINE void
activate_run (FoveaActivation kind, const float *x, const float *up, int64_t n, float *out)
{
    for (int64_t i = 0; i < n; i += LANES) {
        int part = n - i < LANES ? (int) (n - i) : LANES;
        V y = activated (kind, part == LANES ? v_load (x + i) : v_load_part (x + i, part));
        if (up != NULL)
            y = y * gated (kind, part == LANES ? v_load (up + i) : v_load_part (up + i, part));
        if (part == LANES)
            v_store (out + i, y);
        else
            v_store_part (out + i, y, part);
    }
}

/* One loop an activation, so that the choice is made once and not for each vector. */
static void
activate (FoveaActivation kind, const float *x, const float *up, int64_t n, float *out)
{
    switch (kind) {
    case FOVEA_ACTIVATION_GELU:
        activate_run (FOVEA_ACTIVATION_GELU, x, up, n, out);
        break;
    case FOVEA_ACTIVATION_GELU_NEW:
        activate_run (FOVEA_ACTIVATION_GELU_NEW, x, up, n, out);
        break;
    case FOVEA_ACTIVATION_SILU:
        activate_run (FOVEA_ACTIVATION_SILU, x, up, n, out);
        break;
    case FOVEA_ACTIVATION_RELU:
        activate_run (FOVEA_ACTIVATION_RELU, x, up, n, out);
        break;
    case FOVEA_ACTIVATION_CLAMPED:
        activate_run (FOVEA_ACTIVATION_CLAMPED, x, up, n, out);
        break;
    case FOVEA_ACTIVATION_RELU_SQUARED:
        activate_run (FOVEA_ACTIVATION_RELU_SQUARED, x, up, n, out);
        break;
    case FOVEA_N_ACTIVATIONS:
        break;
    }
}

/* Two passes, the second on a row that the first has brought into the cache. */
static float
log_sum_exp (const float *x, int64_t n)
{
    V large = v_all (-INFINITY);
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        large = v_max (large, v_load (x + i));
    float largest = v_largest (large);
    for (int64_t j = i; j < n; j++)
        largest = x[j] > largest ? x[j] : largest;
    if (largest == -INFINITY)
        largest = 0;
    V sum = v_all (0), shift = v_all (largest);
    for (i = 0; i + LANES <= n; i += LANES)
        sum = sum + v_exp (v_load (x + i) - shift);
    double total = v_sum (sum);
    for (; i < n; i++)
        total += exp (x[i] - largest);
    return (float) (largest + log (total));
}

/* Scores of one row as weights; lanes behind the last score work on what forbids a key. */
static void
weights_row (float *scores, int64_t n, float lse)
{
    V shift = v_all (lse == -INFINITY ? 0 : lse); /* no key at all: every weight is 0 */
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        v_store (scores + i, v_exp (v_load (scores + i) - shift));
    if (i == n)
        return;
    float rest[LANES];
    for (int64_t j = 0; j < LANES; j++)
        rest[j] = i + j < n ? scores[i + j] : -INFINITY;
    v_store (rest, v_exp (v_load (rest) - shift));
    memcpy (scores + i, rest, (size_t) (n - i) * sizeof *rest);
}

INLINE void
widen_run (const void *in, FoveaDtype dtype, int64_t n, float *out)
{
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        v_store (out + i, v_load_weight (in, dtype, i));
    if (i < n)
        fovea_dtype_to_f32 ((const char *) in + (size_t) i * fovea_dtype_size (dtype), dtype,
                            (size_t) (n - i), out + i);
}

/* Weights as f32: copied where they are that already, unpacked by whole blocks if quantised. */
static void
widen (const void *in, FoveaDtype dtype, int64_t n, float *out)
{
    if (dtype == FOVEA_BF16)
        widen_run (in, FOVEA_BF16, n, out);
    else if (dtype == FOVEA_F16)
        widen_run (in, FOVEA_F16, n, out);
    else if (dtype != FOVEA_F32)
        FOVEA_IN_SET (fovea_unpack_blocks) (in, dtype, (size_t) n / fovea_dtype_block (dtype), out);
    else
        memcpy (out, in, (size_t) n * sizeof *out);
}

/* One element of a weight, for the ends of rows. */
INLINE float
weight_at (const FoveaWeight *w, FoveaDtype dtype, int64_t at)
{
    float value;
    size_t size = dtype == FOVEA_F32 ? 4 : 2;
    fovea_dtype_to_f32 ((const char *) w->data + (size_t) at * size, dtype, 1, &value);
    return value;
}

/* Dots of @n (a constant, 1 or 4) neighbouring rows of the weight with x. Four rows keep four
 * streams of memory and eight sums in flight. */
INLINE void
dot_rows (const FoveaWeight *w, FoveaDtype dtype, const float *x, int64_t o, int n, float *y)
{
    V sum[4][2];
    int64_t i = 0, at = o * w->stride;
    for (int r = 0; r < n; r++)
        sum[r][0] = sum[r][1] = v_all (0);
    for (; i + 2 * LANES <= w->n_in; i += 2 * LANES) {
        for (int r = 0; r < n; r++) {
            for (int p = 0; p < 2; p++) {
                V a = v_load_weight (w->data, dtype, at + r * w->stride + i + p * LANES);
                sum[r][p] = v_fma (a, v_load (x + i + p * LANES), sum[r][p]);
            }
        }
    }
    for (int r = 0; r < n; r++) {
        float rest = 0;
        for (int64_t l = i; l < w->n_in; l++)
            rest += weight_at (w, dtype, at + r * w->stride + l) * x[l];
        y[r] = v_sum (sum[r][0] + sum[r][1]) + rest;
    }
}

/* Outputs [o, o + n*LANES) of an input-major weight: every input adds its scaled row. */
INLINE void
add_columns (const FoveaWeight *w, FoveaDtype dtype, const float *x, int64_t o, int n, float *y)
{
    V sum[4];
    for (int p = 0; p < n; p++)
        sum[p] = v_all (0);
    for (int64_t i = 0; i < w->n_in; i++) {
        V xi = v_all (x[i]);
        for (int p = 0; p < n; p++) {
            V a = v_load_weight (w->data, dtype, i * w->stride + o + p * LANES);
            sum[p] = v_fma (a, xi, sum[p]);
        }
    }
    for (int p = 0; p < n; p++)
        v_store (y + p * LANES, sum[p]);
}

/* Rows by fours, then one by one; input-major weights by four vectors of columns, by one, and by
 * single columns at the end. @dtype is a constant. */
INLINE void
vector_product_run (
    const FoveaWeight *w, FoveaDtype dtype, const float *x, int64_t o0, int64_t o1, float *y)
{
    int64_t o = o0;
    if (!w->input_major) {
        for (; o + 4 <= o1; o += 4)
            dot_rows (w, dtype, x, o, 4, y + o);
        for (; o < o1; o++)
            dot_rows (w, dtype, x, o, 1, y + o);
        return;
    }
    for (; o + 4 * LANES <= o1; o += 4 * LANES)
        add_columns (w, dtype, x, o, 4, y + o);
    for (; o + LANES <= o1; o += LANES)
        add_columns (w, dtype, x, o, 1, y + o);
    for (; o < o1; o++) {
        y[o] = 0;
        for (int64_t i = 0; i < w->n_in; i++)
            y[o] += weight_at (w, dtype, i * w->stride + o) * x[i];
    }
}

static void
vector_product (
    const FoveaWeight *weight, const float *x, const float *bias, int64_t o0, int64_t o1, float *y)
{
    if (weight->dtype == FOVEA_BF16)
        vector_product_run (weight, FOVEA_BF16, x, o0, o1, y);
    else if (weight->dtype == FOVEA_F16)
        vector_product_run (weight, FOVEA_F16, x, o0, o1, y);
    else
        vector_product_run (weight, FOVEA_F32, x, o0, o1, y);
    for (int64_t o = o0; o < o1 && bias != NULL; o++)
        y[o] += bias[o];
}

#define FOVEA_QUOTE2(x) #x
#define FOVEA_QUOTE(x)  FOVEA_QUOTE2 (x)

const struct _FoveaCpuKernels FOVEA_IN_SET (fovea_cpu_kernels) = {
    .name = FOVEA_QUOTE (FOVEA_SET),
    .title = FOVEA_SET_TITLE,
    .n_lanes = LANES,
    .add = add,
    .norm_row = norm_row,
    .rotary_row = rotary_row,
    .activate = activate,
    .log_sum_exp = log_sum_exp,
    .weights_row = weights_row,
    .widen = widen,
    .vector_product = vector_product,
    .score_tile = FOVEA_IN_SET (fovea_score_tile),
    .weigh_tile = FOVEA_IN_SET (fovea_weigh_tile),
    .column_tile = FOVEA_IN_SET (fovea_column_tile),
    .top_mass = FOVEA_IN_SET (fovea_top_mass),
    .sparse = &FOVEA_IN_SET (fovea_sparse_loops),
    .integers = &FOVEA_IN_SET (fovea_int_loops),
#ifdef __AVX512BW__
    .few_product = fovea_few_product_avx512,
#endif
};
