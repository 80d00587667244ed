/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* An MLP of experts where buffers are host memory. Experts run one after the other over the rows that
 * chose them, in rising order, so that sums have the same bits whatever else is in the chunk.
 * Cost: 2 flops a weight of the chosen experts and row; the choice is O(E K) a row. */
#include "kernels/device-experts.h"

#include <glib.h>
#include <math.h>

#include "kernels/device-private.h"

/* Softmax of a row of @n scores. */
static void
softmax (const float *scores, int64_t n, float *out)
{
    double largest = scores[0], sum = 0;
    for (int64_t e = 1; e < n; e++)
        largest = MAX (largest, (double) scores[e]);
    for (int64_t e = 0; e < n; e++)
        sum += exp (scores[e] - largest);
    for (int64_t e = 0; e < n; e++)
        out[e] = (float) (exp (scores[e] - largest) / sum);
}

/* A weight by itself, which need not add to one with others. */
static float
sigmoid (float x)
{
    return (float) (1 / (1 + exp (-(double) x)));
}

/* Best of a group's values, or with @two the sum of its best two. */
static double
judge_group (const double *values, int64_t n, bool two)
{
    double first = -INFINITY, second = -INFINITY;
    for (int64_t e = 0; e < n; e++)
        if (values[e] > first) {
            second = first;
            first = values[e];
        } else if (values[e] > second) {
            second = values[e];
        }
    return two && n > 1 ? first + second : first;
}

/* Takes away the values of all groups but the best few; the lower index wins a tie. @judged: room
 * for a value a group. */
static void
keep_groups (const FoveaRouteArgs *args, double *values, double *judged)
{
    int64_t n = args->n_groups, each = args->n_experts / MAX (n, 1);
    if (n == 0 || args->n_groups_used == n)
        return;
    for (int64_t g = 0; g < n; g++)
        judged[g] = judge_group (values + g * each, each, args->sigmoid);
    for (int64_t g = 0; g < n; g++) {
        int64_t better = 0;
        for (int64_t o = 0; o < n; o++)
            better += judged[o] > judged[g] || (judged[o] == judged[g] && o < g);
        for (int64_t e = 0; e < each && better >= args->n_groups_used; e++)
            values[g * each + e] = -INFINITY;
    }
}

/* The largest value that is left, which leaves with it. Taken ones are NaN, -inf is still a value. */
static int32_t
take_best (double *values, int64_t n)
{
    int32_t best = -1;
    for (int32_t e = 0; e < n; e++)
        if (!isnan (values[e]) && (best < 0 || values[e] > values[best]))
            best = e;
    values[best] = NAN;
    return best;
}

static void
route_row (const FoveaRouteArgs *args, int64_t t, float *weights, double *values, double *judged)
{
    int64_t E = args->n_experts, K = args->n_used;
    const float *scores = args->scores + t * E;
    int32_t *chosen = args->chosen + t * K;
    float *shares = args->shares + t * K;
    double sum = 0;
    if (!args->sigmoid)
        softmax (scores, E, weights);
    for (int64_t e = 0; e < E; e++) {
        if (args->sigmoid)
            weights[e] = sigmoid (scores[e]);
        double value = (double) weights[e] + (args->added != NULL ? (double) args->added[e] : 0);
        values[e] = isnan (value) ? INFINITY : value;
    }
    keep_groups (args, values, judged);
    for (int64_t k = 0; k < K; k++) {
        chosen[k] = take_best (values, E);
        shares[k] = weights[chosen[k]];
        sum += shares[k];
    }
    for (int64_t k = 0; k < K; k++)
        shares[k] =
            (float) ((double) args->scale * (args->add_to_one ? shares[k] / sum : shares[k]));
}

void
fovea_host_route (FoveaDevice *device, const FoveaRouteArgs *args)
{
    int64_t E = args->n_experts;
    if (device->failed)
        return;
    g_autofree double *values = g_new (double, (gsize) (E + args->n_groups));
    g_autofree float *room = g_new (float, (gsize) E);
    for (int64_t t = 0; t < args->rows; t++) {
        float *weights = args->weights != NULL ? args->weights + t * E : room;
        route_row (args, t, weights, values, values + E);
    }
}

/* Weighted rows that go to chosen rows of a sum. Chosen ones rise, so each is met once. */
typedef struct {
    const float *x, *weights;
    const int32_t *rows; /* NULL = every row */
    int64_t n, width;
    int64_t step; /* rows of an item: less than a run's work is not worth waking a thread */
    float *out;
} Sum;

static void
add_item (void *data, int64_t item, int worker)
{
    const Sum *sum = data;
    for (int64_t i = item * sum->step; i < MIN ((item + 1) * sum->step, sum->n); i++) {
        const float *x = sum->x + i * sum->width, weight = sum->weights[i];
        float *out = sum->out + (sum->rows != NULL ? sum->rows[i] : i) * sum->width;
        for (int64_t c = 0; c < sum->width; c++)
            out[c] += weight * x[c];
    }
}

static void
add_rows (FoveaDevice *device, Sum *sum)
{
    enum {
        RUN = 16384 /* elements of an item */
    };
    sum->step = MAX (RUN / sum->width, 1);
    fovea_threads_loop (device->threads, (sum->n + sum->step - 1) / sum->step, add_item, sum);
}

void
fovea_host_add_gated (FoveaDevice *device,
                      const float *x,
                      const float *gates,
                      int64_t rows,
                      int64_t width,
                      float *out)
{
    if (device->failed || rows == 0)
        return;
    g_autofree float *weights = g_new (float, (gsize) rows);
    for (int64_t t = 0; t < rows; t++)
        weights[t] = sigmoid (gates[t]);
    Sum sum = {.x = x, .weights = weights, .n = rows, .width = width, .out = out};
    add_rows (device, &sum);
}

/* Rows that chose @expert, and with which share. */
static int64_t
list_rows (const FoveaExpertsArgs *args, int32_t expert, int32_t *rows, float *shares)
{
    int64_t K = args->n_used, n = 0;
    for (int64_t at = 0; at < args->rows * K; at++) {
        if (args->chosen[at] != expert)
            continue;
        rows[n] = (int32_t) (at / K);
        shares[n++] = args->shares[at];
    }
    return n;
}

static void
multiply (FoveaDevice *device,
          const FoveaExpertsArgs *args,
          int role,
          int64_t expert,
          int64_t n,
          const float *x,
          float *y)
{
    const FoveaWeight *weight = &args->weights[role * args->n_experts + expert];
    const float *biases = args->bias[role];
    const FoveaLinearArgs product = {
        .precision = args->precision,
        .rows = n,
        .x = x,
        .x_stride = weight->n_in,
        .weight = *weight,
        .bias = biases != NULL ? biases + expert * weight->n_out : NULL,
        .y = y,
        .y_stride = weight->n_out,
    };
    device->ops->linear (device, &product);
}

void
fovea_host_experts (FoveaDevice *device, const FoveaExpertsArgs *args)
{
    const FoveaOps *ops = device->ops;
    int64_t C = args->weights[0].n_in, M = args->weights[0].n_out;
    const FoveaWeight table = {
        .data = args->x, .dtype = FOVEA_F32, .n_out = args->rows, .n_in = C, .stride = C};
    g_autofree int32_t *rows = g_new (int32_t, (gsize) args->rows);
    g_autofree float *shares = g_new (float, (gsize) args->rows);
    Sum sum = {.x = args->gathered, .weights = shares, .rows = rows, .width = C, .out = args->out};
    ops->zero (device, args->out, (size_t) (args->rows * C) * sizeof (float));
    for (int32_t e = 0; e < args->n_experts && !device->failed; e++) {
        int64_t n = list_rows (args, e, rows, shares);
        if (n == 0)
            continue;
        ops->embed (device, &table, rows, n, args->gathered);
        multiply (device, args, FOVEA_EXPERT_GATE, e, n, args->gathered, args->pre);
        multiply (device, args, FOVEA_EXPERT_IN, e, n, args->gathered, args->up);
        ops->activate (device, args->activation, args->pre, args->up, n * M, args->pre);
        multiply (device, args, FOVEA_EXPERT_OUT, e, n, args->pre, args->gathered);
        sum.n = n;
        add_rows (device, &sum);
    }
}
