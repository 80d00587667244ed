/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One pass over rows of the pattern. Long texts are sampled evenly, and n_rows says how many rows
 * the numbers are of. */
#include "ui/head-facts.h"
#include "ui/trace-source.h"

#include <math.h>
#include <string.h>

/* For weights, which are never NaN: the trace refuses them. */
static int
compare_descending (gconstpointer a, gconstpointer b)
{
    float x = *(const float *) a, y = *(const float *) b;
    return (x < y) - (x > y);
}

/* For counts. */
static int
compare_rising (gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

/* Keys that hold 95 % of a row; sorts @row. */
static double
count_keys (float *row, gint64 n)
{
    double sum = 0, mass = 0;
    for (gint64 k = 0; k < n; k++)
        sum += row[k];
    qsort (row, (size_t) n, sizeof *row, compare_descending);
    for (gint64 k = 0; k < n; k++) {
        mass += row[k];
        if (mass >= 0.95 * sum)
            return (double) (k + 1);
    }
    return (double) n;
}

/* Keeps the seven largest in order; ties stay with the earlier query. */
static void
offer_pair (FoveaHeadFacts *facts, gint64 query, gint64 key, float weight)
{
    guint n = facts->n_pairs;
    if (n == FOVEA_N_PAIRS && weight <= facts->pairs[n - 1].weight)
        return;
    guint at = n < FOVEA_N_PAIRS ? facts->n_pairs++ : n - 1;
    for (; at > 0 && facts->pairs[at - 1].weight < weight; at--)
        facts->pairs[at] = facts->pairs[at - 1];
    facts->pairs[at] = (FoveaPair){query, key, weight};
}

/* Folds one row into the sums of @facts. */
static void
fold_row (FoveaHeadFacts *facts, const float *row, gint64 query, gint64 first, gint64 end)
{
    double entropy = 0, distance = 0;
    for (gint64 k = first; k < end; k++) {
        float w = row[k];
        if (w > 0) {
            entropy -= w * log (w);
            distance += w * (double) ABS (query - k);
        }
        facts->largest = MAX (facts->largest, w);
        if (k != 0 && k != query)
            offer_pair (facts, query, k, w);
    }
    facts->entropy_share += end - first > 1 ? entropy / log ((double) (end - first)) : 0;
    facts->mean_distance += distance;
    facts->first_weight += first == 0 ? row[0] : 0;
}

gboolean
fovea_head_facts_read (FoveaTraceSource *source,
                       guint layer,
                       guint head,
                       gint64 max_rows,
                       FoveaHeadFacts *facts,
                       GCancellable *cancellable,
                       GError **error)
{
    memset (facts, 0, sizeof *facts);
    FoveaAttention *attention = fovea_trace_source_get_layer (source, layer, error);
    if (attention == NULL)
        return FALSE;
    gint64 n = fovea_trace_get_info (fovea_trace_source_get_trace (source))->n_tokens;
    gint64 n_rows = facts->n_rows = MIN (n, max_rows);
    const FoveaScoreRule *rule = fovea_attention_get_rule (attention);
    g_autofree float *row = g_new (float, (gsize) n);
    g_autofree double *keys = g_new (double, (gsize) n_rows * 2);
    facts->layer = layer;
    facts->head = head;
    for (gint64 i = 0; i < n_rows; i++) {
        gint64 q = (i + 1) * n / n_rows - 1;
        gint64 first = fovea_score_rule_first_key (rule, q);
        gint64 end = fovea_score_rule_end_key (rule, q, n);
        if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
            !fovea_attention_read_pattern (attention, head, q, q + 1, 0, n, row, error))
            return FALSE;
        fold_row (facts, row, q, first, end);
        keys[i] = count_keys (row + first, end - first);
        keys[n_rows + i] = (double) (end - first);
    }
    qsort (keys, (size_t) n_rows, sizeof *keys, compare_rising);
    qsort (keys + n_rows, (size_t) n_rows, sizeof *keys, compare_rising);
    facts->median_keys = keys[n_rows / 2];
    facts->median_allowed = keys[n_rows + n_rows / 2];
    facts->entropy_share /= (double) n_rows;
    facts->mean_distance /= (double) n_rows;
    facts->first_weight /= (double) n_rows;
    return TRUE;
}
