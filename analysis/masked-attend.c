/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A row at a time: products with the kept keys, their softmax, the weighted sum of their values. Keys
 * of a range lie side by side, so the inner loops run over D, eight at a time. */
#include "analysis/masked-attend.h"

#include <math.h>
#include <string.h>

typedef float Four __attribute__ ((vector_size (16), aligned (4)));

/* One head under way. */
typedef struct {
    const FoveaAttendArgs *args;
    guint head;
    const float *k, *v; /* of key 0 */
    gint64 stride;      /* of keys and values */
    float *weights;     /* (n_keys) of the kept cells of a row, in order */
} Attend;

static float
multiply (const float *a, const float *b, gint64 D)
{
    Four even = {0}, odd = {0};
    gint64 d = 0;
    float rest = 0;
    for (; d + 8 <= D; d += 8) {
        even += *(const Four *) (a + d) * *(const Four *) (b + d);
        odd += *(const Four *) (a + d + 4) * *(const Four *) (b + d + 4);
    }
    for (; d < D; d++)
        rest += a[d] * b[d];
    even += odd;
    return (even[0] + even[1]) + (even[2] + even[3]) + rest;
}

static void
add_scaled (float factor, const float *v, gint64 D, float *out)
{
    for (gint64 d = 0; d < D; d++)
        out[d] += factor * v[d];
}

static float
score (const Attend *a, const float *q, gint64 query, gint64 key)
{
    const FoveaScoreRule *rule = &a->args->rule;
    float s = rule->scale * multiply (q, a->k + key * a->stride, a->args->width);
    if (rule->alibi_slopes != NULL)
        s += rule->alibi_slopes[a->head] * (float) (key - query);
    if (rule->distance_bias != NULL)
        s += fovea_score_rule_distance_bias (rule, a->head, query, key);
    return rule->soft_cap > 0 ? rule->soft_cap * tanhf (s / rule->soft_cap) : s;
}

/* Turns scores into exp (score - largest); gives their sum, the sink's part included. */
static double
weigh (const Attend *a, gint64 n)
{
    const float *sinks = a->args->rule.sink_logits;
    float largest = sinks != NULL ? sinks[a->head] : -INFINITY;
    for (gint64 i = 0; i < n; i++)
        largest = MAX (largest, a->weights[i]);
    double sum = sinks != NULL ? exp ((double) sinks[a->head] - (double) largest) : 0;
    for (gint64 i = 0; i < n; i++)
        sum += (double) (a->weights[i] = expf (a->weights[i] - largest));
    return sum;
}

/* Gives how many keys were kept. */
static gint64
attend_row (const Attend *a, gint64 row, const FoveaKeyRange *ranges, gsize n_ranges)
{
    const FoveaAttendArgs *args = a->args;
    gint64 D = args->width, query = args->first_query + row, n = 0, at = 0;
    const float *q = args->q + (row * args->heads + a->head) * D;
    float *z = args->z + (row * args->heads + a->head) * D;
    for (gsize i = 0; i < n_ranges; i++)
        for (gint64 j = ranges[i].from; j < ranges[i].to; j++)
            a->weights[n++] = score (a, q, query, j);
    memset (z, 0, (gsize) D * sizeof *z);
    if (n == 0)
        return 0;
    double sum = weigh (a, n);
    for (gsize i = 0; i < n_ranges; i++)
        for (gint64 j = ranges[i].from; j < ranges[i].to; j++)
            add_scaled ((float) ((double) a->weights[at++] / sum), a->v + j * a->stride, D, z);
    return n;
}

gint64
fovea_masked_attend (const FoveaAttendArgs *args, guint head, FoveaMask *mask, gint64 first_row)
{
    g_autoptr (FoveaMaskCursor) cursor = fovea_mask_cursor_new (mask);
    g_autofree float *weights = g_new (float, (gsize) args->n_keys);
    gint64 group = head / (args->heads / args->kv_heads), cells = 0;
    const Attend attend = {.args = args,
                           .head = head,
                           .k = args->k + group * args->width,
                           .v = args->v + group * args->width,
                           .stride = args->kv_heads * args->width,
                           .weights = weights};
    for (gint64 row = MAX (first_row - args->first_query, 0); row < args->rows; row++) {
        const FoveaKeyRange *ranges;
        gsize n = fovea_mask_cursor_read (cursor, args->first_query + row, &ranges);
        cells += attend_row (&attend, row, ranges, n);
    }
    return cells;
}
