/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What matters in a row is one number: the weight of the last key that does. Keys above it matter,
 * and of those that weigh the same the lower ones do, up to one key. So a row that was seen costs 12
 * bytes and its cells need only their own weights. One lock guards rows and scratch: two threads that
 * draw the same mask take turns, and leave a core to the window. */
#include "analysis/mask-judge.h"

#include <math.h>
#include <string.h>

#include "analysis/mask-rows.h"
#include "analysis/pattern-rows.h"
#include "analysis/sparse-row.h"

enum {
    NEAR = 8 /* queries from one row of a report to the next */
};

struct _FoveaMaskJudge {
    FoveaSparseHead head; /* no vectors: rows are asked for mass, never for outputs */
    FoveaMask *mask;
    FoveaMaskCursor *cursor;
    FoveaSparseRow *row;
    double share;
    GMutex lock;
    float *thresholds;  /* (T) weight of the last key that matters, negative = not seen yet */
    gint64 *last_ties;  /* (T) last key of that weight that matters */
    float *weights;     /* (T) scratch */
    FoveaKeyRange *top; /* (T) scratch */
    FoveaPatternRows *rows;
};

FoveaMaskJudge *
fovea_mask_judge_new (FoveaAttention *attention, guint head, FoveaMask *mask, double share)
{
    FoveaMaskJudge *judge = g_new0 (FoveaMaskJudge, 1);
    gsize T = (gsize) fovea_mask_get_n_tokens (mask);
    judge->head = (FoveaSparseHead){.attention = attention,
                                    .head = head,
                                    .n_tokens = (gint64) T,
                                    .rule = fovea_attention_get_rule (attention)};
    judge->mask = fovea_mask_ref (mask);
    judge->cursor = fovea_mask_cursor_new (mask);
    judge->row = fovea_sparse_row_new (&judge->head);
    judge->share = share;
    judge->thresholds = g_new (float, T);
    judge->last_ties = g_new (gint64, T);
    judge->weights = g_new (float, T);
    judge->top = g_new (FoveaKeyRange, T);
    judge->rows = fovea_pattern_rows_new (attention, head, (gint64) T);
    for (gsize i = 0; i < T; i++)
        judge->thresholds[i] = -1;
    g_mutex_init (&judge->lock);
    return judge;
}

void
fovea_mask_judge_free (FoveaMaskJudge *judge)
{
    if (judge == NULL)
        return;
    fovea_mask_cursor_free (judge->cursor);
    fovea_sparse_row_free (judge->row);
    fovea_mask_unref (judge->mask);
    g_free (judge->thresholds);
    g_free (judge->last_ties);
    g_free (judge->weights);
    g_free (judge->top);
    fovea_pattern_rows_free (judge->rows);
    g_mutex_clear (&judge->lock);
    g_free (judge);
}

/* Whether a key of a row that was seen is among the fewest that hold the share. */
static gboolean
matters (const FoveaMaskJudge *judge, gint64 query, gint64 key, float weight)
{
    float threshold = judge->thresholds[query];
    return weight > threshold || (weight == threshold && key <= judge->last_ties[query]);
}

/* A whole row. Where the next ones are wanted, too (@near), it comes in a block with them. */
static const float *
read_row (FoveaMaskJudge *judge, gint64 query, gboolean near, GError **error)
{
    if (near)
        return fovea_pattern_rows_get (judge->rows, query, error);
    gboolean read =
        fovea_attention_read_pattern (judge->head.attention, judge->head.head, query, query + 1, 0,
                                      judge->head.n_tokens, judge->weights, error);
    return read ? judge->weights : NULL;
}

/* Loads a whole row and finds its threshold; gives the row. */
static const float *
load_row (FoveaMaskJudge *judge, gint64 query, gboolean near, GError **error)
{
    gint64 T = judge->head.n_tokens;
    gint64 first = fovea_score_rule_first_key (judge->head.rule, query);
    gint64 end = fovea_score_rule_end_key (judge->head.rule, query, T), count = 0;
    const float *weights = read_row (judge, query, near, error);
    if (weights == NULL)
        return NULL;
    fovea_sparse_row_load (judge->row, weights, first, end);
    const double *sums = fovea_sparse_row_get_sums (judge->row);
    while (count < end - first && sums[count] < judge->share * sums[end - first])
        count++;
    gsize n = fovea_sparse_row_list_heaviest (judge->row, count, judge->top);
    float least = INFINITY; /* nothing matters in a row without mass */
    gint64 last = -1;
    for (gsize i = 0; i < n; i++)
        for (gint64 k = judge->top[i].from; k < judge->top[i].to; k++)
            if (weights[k] <= least) {
                least = weights[k];
                last = k; /* ranges ascend, so the last of equal ones wins */
            }
    judge->thresholds[query] = least;
    judge->last_ties[query] = last;
    return weights;
}

/* @weights begin at key @k0. */
static void
judge_keys (FoveaMaskJudge *judge,
            gint64 query,
            gint64 k0,
            gint64 k1,
            const float *weights,
            guint8 *verdicts)
{
    const FoveaKeyRange *ranges;
    gsize n = fovea_mask_cursor_read (judge->cursor, query, &ranges);
    for (gint64 k = k0; k < k1; k++)
        verdicts[k - k0] = !fovea_score_rule_allows (judge->head.rule, query, k)
                               ? FOVEA_VERDICT_FUTURE
                           : matters (judge, query, k, weights[k - k0]) ? FOVEA_VERDICT_MISSED
                                                                        : FOVEA_VERDICT_NONE;
    for (gsize i = 0; i < n; i++)
        for (gint64 k = MAX (ranges[i].from, k0); k < MIN (ranges[i].to, k1); k++)
            verdicts[k - k0] = verdicts[k - k0] == FOVEA_VERDICT_MISSED ? FOVEA_VERDICT_KEPT
                                                                        : FOVEA_VERDICT_WASTED;
}

static gboolean
check_range (const FoveaMaskJudge *judge, gint64 query, gint64 k0, gint64 k1, GError **error)
{
    gint64 T = judge->head.n_tokens;
    if (query >= 0 && query < T && k0 >= 0 && k0 <= k1 && k1 <= T)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "mask: query %" G_GINT64_FORMAT ", keys %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT
                 " of %" G_GINT64_FORMAT " tokens",
                 query, k0, k1, T);
    return FALSE;
}

static gboolean
read_locked (
    FoveaMaskJudge *judge, gint64 query, gint64 k0, gint64 k1, guint8 *verdicts, GError **error)
{
    if (judge->thresholds[query] < 0) {
        const float *weights = load_row (judge, query, TRUE, error);
        if (weights != NULL)
            judge_keys (judge, query, k0, k1, weights + k0, verdicts);
        return weights != NULL;
    }
    if (!fovea_attention_read_pattern (judge->head.attention, judge->head.head, query, query + 1,
                                       k0, k1, judge->weights, error))
        return FALSE;
    judge_keys (judge, query, k0, k1, judge->weights, verdicts);
    return TRUE;
}

gboolean
fovea_mask_judge_read (
    FoveaMaskJudge *judge, gint64 query, gint64 k0, gint64 k1, guint8 *verdicts, GError **error)
{
    if (!check_range (judge, query, k0, k1, error))
        return FALSE;
    if (k0 == k1)
        return TRUE;
    g_mutex_lock (&judge->lock);
    gboolean done = read_locked (judge, query, k0, k1, verdicts, error);
    g_mutex_unlock (&judge->lock);
    return done;
}

/* Keeps the heaviest missed pairs in order; of equal ones the earlier. */
static void
note_missed (FoveaMaskReport *report, gint64 query, gint64 key, float weight)
{
    guint at = report->n_missed;
    while (at > 0 && report->missed[at - 1].weight < weight)
        at--;
    if (at == FOVEA_N_MISSED)
        return;
    guint n = MIN (report->n_missed, FOVEA_N_MISSED - 1);
    memmove (&report->missed[at + 1], &report->missed[at], (n - at) * sizeof *report->missed);
    report->missed[at] = (FoveaMissedPair){query, key, weight};
    report->n_missed = n + 1;
}

/* One whole row into the report. */
static gboolean
report_row (FoveaMaskJudge *judge,
            gint64 query,
            gboolean near,
            guint8 *verdicts,
            FoveaMaskReport *report,
            FoveaMaskRow *row,
            GError **error)
{
    gint64 T = judge->head.n_tokens;
    const float *weights = load_row (judge, query, near, error);
    if (weights == NULL)
        return FALSE;
    judge_keys (judge, query, 0, T, weights, verdicts);
    const FoveaKeyRange *ranges;
    gsize n = fovea_mask_cursor_read (judge->cursor, query, &ranges);
    gint64 first = fovea_score_rule_first_key (judge->head.rule, query);
    gint64 end = fovea_score_rule_end_key (judge->head.rule, query, T);
    double total = fovea_sparse_row_get_sums (judge->row)[end - first];
    double mass = fovea_sparse_row_get_mass (judge->row, ranges, n);
    *row = (FoveaMaskRow){.recall = total > 0 ? mass / total : 1};
    for (gint64 k = first; k < end; k++) {
        row->n_kept += verdicts[k] == FOVEA_VERDICT_KEPT;
        row->n_wasted += verdicts[k] == FOVEA_VERDICT_WASTED;
        if (verdicts[k] == FOVEA_VERDICT_MISSED)
            note_missed (report, query, k, weights[k]);
    }
    return TRUE;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return x < y ? -1 : x > y;
}

/* Means, extremes and centile from what the rows gave; @recalls is sorted here. */
static void
finish_report (
    FoveaMaskJudge *judge, FoveaMaskReport *report, double *recalls, gint64 n_kept, gint64 n_wasted)
{
    gsize n = (gsize) report->n_rows;
    double sum = 0;
    qsort (recalls, n, sizeof *recalls, compare_doubles);
    for (gsize i = 0; i < n; i++)
        sum += recalls[i];
    report->kept_mass = sum / (double) n;
    report->low_recall = recalls[(n + 9) / 10 - 1]; /* nearest rank */
    report->wasted = n_kept + n_wasted > 0 ? (double) n_wasted / (double) (n_kept + n_wasted) : 0;
    report->n_pairs = fovea_mask_count (judge->mask);
    report->n_allowed = fovea_mask_count_allowed (judge->mask);
}

gboolean
fovea_mask_judge_report (FoveaMaskJudge *judge,
                         gint64 max_rows,
                         FoveaMaskReport *report,
                         FoveaMaskRow *rows,
                         GCancellable *cancellable,
                         GError **error)
{
    gint64 T = judge->head.n_tokens, n = MIN (MAX (max_rows, 1), T), n_kept = 0, n_wasted = 0;
    g_autofree double *recalls = g_new (double, (gsize) n);
    g_autofree guint8 *verdicts = g_new (guint8, (gsize) T);
    *report = (FoveaMaskReport){.n_rows = n, .least_recall = INFINITY};
    for (gint64 q = 0; rows != NULL && q < T; q++)
        rows[q] = (FoveaMaskRow){.recall = NAN};
    for (gint64 i = 0; i < n; i++) {
        gint64 query = i * T / n;
        FoveaMaskRow row;
        if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
        /* Row by row, so that tiles of the same mask are not held up. */
        g_mutex_lock (&judge->lock);
        gboolean done = report_row (judge, query, T / n < NEAR, verdicts, report, &row, error);
        g_mutex_unlock (&judge->lock);
        if (!done)
            return FALSE;
        recalls[i] = row.recall;
        n_kept += row.n_kept;
        n_wasted += row.n_wasted;
        if (rows != NULL)
            rows[query] = row;
        if (row.recall < report->least_recall) {
            report->least_recall = row.recall;
            report->least_query = query;
        }
    }
    finish_report (judge, report, recalls, n_kept, n_wasted);
    return TRUE;
}
