/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One pass over rows of the pattern. Long texts are sampled evenly, and n_rows says how many rows
 * the numbers are of. */
#include "ui/head-facts.h"
#include "ui/row-facts.h"
#include "ui/trace-source.h"

#include <math.h>
#include <string.h>

/* For counts. */
static int
compare_rising (gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
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
static FoveaRowFacts
fold_row (FoveaHeadFacts *facts, const float *row, gint64 query, gint64 first, gint64 end)
{
    FoveaRowFacts of = fovea_row_facts_measure (row, query, first, end);
    for (gint64 k = first; k < end; k++)
        if (k != 0 && k != query)
            offer_pair (facts, query, k, row[k]);
    facts->entropy_share += of.n_allowed > 1 ? of.entropy / log ((double) of.n_allowed) : 0;
    facts->mean_distance += of.mean_distance;
    facts->first_weight += of.first_weight;
    facts->largest = MAX (facts->largest, of.largest);
    return of;
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
        FoveaRowFacts of = fold_row (facts, row, q, first, end);
        keys[i] = (double) of.n_keys;
        keys[n_rows + i] = (double) of.n_allowed;
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
