/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The limit must not depend on what is shown, or panning would recolour; reading every score to find
 * it would cost T^2 D. Evenly spaced pairs are a fair sample of a head, and the same pairs give the
 * same limit to window and command. The largest half percent is left out, or one lone score would
 * bleach the rest; what lies beyond takes the end colours. Cost: N_SAMPLES T D products, about 20 ms
 * at 4,096 tokens of width 32. */
#include "ui/figures/map-image.h"

#include <math.h>

#define N_SAMPLES 256 /* rows, and keys of a row */
#define SHARE     0.995

static int
compare (gconstpointer a, gconstpointer b)
{
    float x = *(const float *) a, y = *(const float *) b;
    return (x > y) - (x < y);
}

/* The i-th of n evenly spaced whole numbers from 0 to last, both ends among them. */
static gint64
pick (gint64 i, gint64 n, gint64 last)
{
    return n > 1 ? i * last / (n - 1) : last;
}

/* Adds absolute scores of one row, @row has room for T. */
static gboolean
sample_row (FoveaAttention *attention,
            guint head,
            gint64 query,
            gint64 n_tokens,
            float *row,
            GArray *sizes,
            GError **error)
{
    const FoveaScoreRule *rule = fovea_attention_get_rule (attention);
    gint64 first = fovea_score_rule_first_key (rule, query);
    gint64 end = fovea_score_rule_end_key (rule, query, n_tokens);
    if (!fovea_attention_read_scores (attention, head, query, query + 1, first, end, row, error))
        return FALSE;
    gint64 n = MIN (end - first, N_SAMPLES);
    for (gint64 i = 0; i < n; i++) {
        float size = fabsf (row[pick (i, n, end - first - 1)]);
        if (isfinite (size))
            g_array_append_val (sizes, size);
    }
    return TRUE;
}

/* Up to the next number that reads well; finer than 1-2-5, which would waste half of the colours. */
static double
round_up (double value)
{
    static const double steps[] = {1, 1.5, 2, 3, 4, 5, 6, 8, 10};
    if (!(value > 0))
        return 1;
    double decade = pow (10, floor (log10 (value)));
    for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
        if (steps[i] * decade >= value * (1 - 1e-9))
            return steps[i] * decade;
    return 10 * decade;
}

gboolean
fovea_score_limit_read (FoveaAttention *attention,
                        guint head,
                        gint64 n_tokens,
                        double *limit,
                        GCancellable *cancellable,
                        GError **error)
{
    g_return_val_if_fail (n_tokens > 0, FALSE);
    g_autofree float *row = g_new (float, (gsize) n_tokens);
    g_autoptr (GArray) sizes = g_array_new (FALSE, FALSE, sizeof (float));
    gint64 n = MIN (n_tokens, N_SAMPLES);
    for (gint64 i = 0; i < n; i++)
        if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
            !sample_row (attention, head, pick (i, n, n_tokens - 1), n_tokens, row, sizes, error))
            return FALSE;
    g_array_sort (sizes, compare);
    guint at = (guint) ceil (SHARE * (sizes->len - 1.0));
    *limit = round_up (sizes->len > 0 ? g_array_index (sizes, float, at) : 0);
    return TRUE;
}
