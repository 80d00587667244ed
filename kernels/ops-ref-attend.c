/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Attention by its formulas, for one head and one query at a time: a row of scores, its softmax,
 * the weighted sum of values, and what capture wants to know of the row. Sums in double. */
#include "kernels/ops-ref.h"

#include <glib.h>
#include <math.h>

#include "kernels/device-private.h"

/* One query of one head. */
typedef struct {
    const FoveaAttendArgs *args;
    int64_t row, head;
    int64_t query;   /* position */
    const double *s; /* (n_keys) scores, -inf where forbidden */
    const double *a; /* (n_keys) weights */
    double lse;
} Row;

/* In the order of the models that have all three: scale, then slope, then cap. The distance of a
 * slope is that of the key from the query, so it lowers keys that lie behind. */
static double
score_ref (const FoveaScoreRule *rule,
           int64_t head,
           int64_t query,
           int64_t key,
           const float *q,
           const float *k,
           int64_t D)
{
    if (!fovea_score_rule_allows (rule, query, key))
        return -INFINITY;
    double dot = 0;
    for (int64_t d = 0; d < D; d++)
        dot += (double) q[d] * k[d];
    double s = rule->scale * dot;
    if (rule->alibi_slopes != NULL)
        s += rule->alibi_slopes[head] * (double) (key - query);
    if (rule->distance_bias != NULL)
        s += (double) fovea_score_rule_distance_bias (rule, head, query, key);
    return rule->soft_cap > 0 ? rule->soft_cap * tanh (s / rule->soft_cap) : s;
}

/* Natural log-sum-exp of a row and the sink logit, -inf if nothing is allowed. A NaN counts as the
 * largest: so it comes through to the result, where comparisons would lose it. */
static double
log_sum_exp (const double *s, int64_t n, const float *sink)
{
    double largest = sink != NULL ? *sink : -INFINITY;
    for (int64_t j = 0; j < n; j++)
        largest = s[j] > largest || isnan (s[j]) ? s[j] : largest;
    if (largest == -INFINITY)
        return -INFINITY;
    double sum = sink != NULL ? exp (*sink - largest) : 0;
    for (int64_t j = 0; j < n; j++)
        sum += exp (s[j] - largest);
    return largest + log (sum);
}

/* The largest weight is looked for among weights rounded to f32, as the other tables see them: two
 * that differ in double alone are a tie, and the lower key wins it. 0 ln 0 is 0. */
static void
write_statistics (const Row *r)
{
    const FoveaAttendArgs *args = r->args;
    int64_t at = r->row * args->heads + r->head;
    int64_t max_key = -1;
    double entropy = 0, distance = 0, local = 0;
    for (int64_t j = 0; j < args->n_keys; j++) {
        double a = r->a[j];
        if (r->s[j] > -INFINITY && (max_key < 0 || (float) a > (float) r->a[max_key]))
            max_key = j;
        entropy -= a > 0 ? a * log (a) : 0;
        distance += a * (double) ABS (r->query - j);
        local += j <= r->query && j > r->query - FOVEA_LOCAL_WINDOW ? a : 0;
    }
    if (args->lse != NULL)
        args->lse[at] = (float) r->lse;
    if (args->entropy != NULL)
        args->entropy[at] = (float) entropy;
    if (args->max_weight != NULL)
        args->max_weight[at] = max_key < 0 ? 0 : (float) r->a[max_key];
    if (args->max_key != NULL)
        args->max_key[at] = (int32_t) max_key;
    if (args->mean_distance != NULL)
        args->mean_distance[at] = (float) distance;
    if (args->first_mass != NULL)
        args->first_mass[at] = args->n_keys > 0 ? (float) r->a[0] : 0;
    if (args->local_mass != NULL)
        args->local_mass[at] = (float) local;
}

/* Sums are added to what earlier chunks left. Those of columns are double, for a key collects a small
 * weight from each of many thousand queries. */
static void
write_sums (const Row *r)
{
    const FoveaAttendArgs *args = r->args;
    int64_t first_block = args->first_query / FOVEA_BLOCK;
    int64_t n_row_blocks = (args->first_query + args->rows - 1) / FOVEA_BLOCK - first_block + 1;
    int64_t block_row = r->head * n_row_blocks + r->query / FOVEA_BLOCK - first_block;
    for (int64_t j = 0; j < args->n_keys; j++) {
        int64_t block = block_row * args->block_stride + j / FOVEA_BLOCK;
        if (args->column_mass != NULL)
            args->column_mass[r->head * args->column_stride + j] += r->a[j];
        if (args->block_mass != NULL)
            args->block_mass[block] += (float) r->a[j];
        if (args->block_max != NULL)
            args->block_max[block] = fmaxf (args->block_max[block], (float) r->a[j]);
    }
}

/* -inf and 0 where the mask forbids, which is what TransformerLens records there. */
static void
write_dense (const Row *r)
{
    const FoveaAttendArgs *args = r->args;
    int64_t at = (r->head * args->rows + r->row) * args->n_keys;
    for (int64_t j = 0; j < args->n_keys; j++) {
        if (args->scores != NULL)
            args->scores[at + j] = (float) r->s[j];
        if (args->pattern != NULL)
            args->pattern[at + j] = (float) r->a[j];
    }
}

enum {
    STRIP = 64 /* elements of z whose sums fit the stack */
};

/* z of a row whose weights are known, rounded to f16 if @half. Values are read in the order in which
 * they lie; each element's sum runs over the keys all the same. */
static void
weigh_values (const FoveaAttendArgs *args, const double *a, int64_t group, bool half, float *z)
{
    int64_t D = args->width, kv_stride = args->kv_heads * D;
    for (int64_t first = 0; first < D; first += STRIP) {
        int64_t n = MIN (STRIP, D - first);
        double sums[STRIP] = {0};
        for (int64_t j = 0; j < args->n_keys; j++) {
            const float *v = args->v + j * kv_stride + group * D + first;
            double weight = half ? (double) fovea_round_half ((float) a[j]) : a[j];
            for (int64_t d = 0; d < n; d++)
                sums[d] += weight * v[d];
        }
        for (int64_t d = 0; d < n; d++)
            z[first + d] = (float) sums[d];
    }
}

/* Query heads that share a key head are neighbours. In a row without allowed keys the normaliser is
 * -inf too, so weights are set to 0 there and not computed. */
static void
attend_row (const FoveaAttendArgs *args, int64_t row, int64_t head, bool half, double *s, double *a)
{
    int64_t D = args->width, group = head / (args->heads / args->kv_heads);
    int64_t kv_stride = args->kv_heads * D, query = args->first_query + row;
    const float *q = args->q + (row * args->heads + head) * D;
    float *z = args->z + (row * args->heads + head) * D;
    for (int64_t j = 0; j < args->n_keys; j++)
        s[j] = score_ref (&args->rule, head, query, j, q, args->k + j * kv_stride + group * D, D);
    const float *sinks = args->rule.sink_logits;
    double lse = log_sum_exp (s, args->n_keys, sinks != NULL ? &sinks[head] : NULL);
    for (int64_t j = 0; j < args->n_keys; j++)
        a[j] = s[j] == -INFINITY ? 0 : exp (s[j] - lse);
    weigh_values (args, a, group, half, z);
    Row r = {args, row, head, query, s, a, lse};
    write_statistics (&r);
    write_sums (&r);
    write_dense (&r);
}

static void
attend_rows (const FoveaAttendArgs *args, bool half, double *s)
{
    for (int64_t head = 0; head < args->heads; head++)
        for (int64_t row = 0; row < args->rows; row++)
            attend_row (args, row, head, half, s, s + args->n_keys);
}

/* One row at a time: two rows of doubles are all the memory there is, whatever T. */
void
fovea_attend_ref (FoveaDevice *device, const FoveaAttendArgs *args)
{
    size_t bytes = (size_t) args->n_keys * sizeof (double);
    if (!fovea_device_reserve (device, "attend", 2 * bytes, 0))
        return;
    attend_rows (args, false, fovea_device_scratch (device, 0));
}

/* Puts @n rounded values behind those at *@to, which then points past them. */
static const float *
round_values (const float *from, int64_t n, float **to)
{
    float *out = *to;
    for (int64_t i = 0; i < n; i++)
        out[i] = fovea_round_half (from[i]);
    *to += n;
    return out;
}

/* Rounded copies of what is multiplied, then the plain way. */
void
fovea_attend_half_ref (FoveaDevice *device, const FoveaAttendArgs *args)
{
    int64_t n_q = args->rows * args->heads * args->width;
    int64_t n_kv = args->n_keys * args->kv_heads * args->width;
    size_t row_bytes = 2 * (size_t) args->n_keys * sizeof (double);
    if (!fovea_device_reserve (device, "attend", row_bytes,
                               (size_t) (n_q + 2 * n_kv) * sizeof (float)))
        return;
    float *to = fovea_device_scratch (device, -1);
    FoveaAttendArgs rounded = *args;
    rounded.q = round_values (args->q, n_q, &to);
    rounded.k = round_values (args->k, n_kv, &to);
    rounded.v = round_values (args->v, n_kv, &to);
    attend_rows (&rounded, true, fovea_device_scratch (device, 0));
}

/* The kept normaliser makes weights of scores, so a rectangle needs no key outside itself. */
void
fovea_rectangle_ref (FoveaDevice *device, const FoveaRectangleArgs *args)
{
    for (int64_t i = 0; i < args->n_queries; i++) {
        for (int64_t j = 0; j < args->n_keys; j++) {
            double s =
                score_ref (&args->rule, args->head, args->q0 + i, args->k0 + j,
                           args->q + i * args->q_stride, args->k + j * args->k_stride, args->width);
            if (args->lse != NULL)
                s = s == -INFINITY ? 0 : exp (s - args->lse[i]);
            args->out[i * args->n_keys + j] = (float) s;
        }
    }
}
