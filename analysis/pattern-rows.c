/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A block of rows ends at a multiple of 64 queries, where the tiles of the forward pass do. Only keys that
 * its last query may see are read: of a causal map half. */
#include "analysis/pattern-rows.h"

enum {
    ROWS = 64,
    MOST_VALUES = 1 << 20
};

struct _FoveaPatternRows {
    FoveaAttention *attention;
    guint head;
    gint64 n_tokens, at_once;
    gint64 first, end, n_keys; /* what is kept: queries, and keys of each */
    float *weights;
};

FoveaPatternRows *
fovea_pattern_rows_new (FoveaAttention *attention, guint head, gint64 n_tokens)
{
    FoveaPatternRows *rows = g_new0 (FoveaPatternRows, 1);
    rows->attention = attention;
    rows->head = head;
    rows->n_tokens = n_tokens;
    rows->at_once = CLAMP (MOST_VALUES / MAX (n_tokens, 1), 1, ROWS);
    rows->weights = g_new (float, (gsize) (rows->at_once * MAX (n_tokens, 1)));
    return rows;
}

void
fovea_pattern_rows_free (FoveaPatternRows *rows)
{
    if (rows == NULL)
        return;
    g_free (rows->weights);
    g_free (rows);
}

static gboolean
read_block (FoveaPatternRows *rows, gint64 query, GError **error)
{
    const FoveaScoreRule *rule = fovea_attention_get_rule (rows->attention);
    gint64 border = (query / ROWS + 1) * ROWS;
    gint64 end = MIN (MIN (query + rows->at_once, border), rows->n_tokens), n_keys = 0;
    for (gint64 q = query; q < end; q++)
        n_keys = MAX (n_keys, fovea_score_rule_end_key (rule, q, rows->n_tokens));
    rows->first = rows->end = 0; /* nothing, if reading fails */
    if (n_keys > 0 && !fovea_attention_read_pattern (rows->attention, rows->head, query, end, 0,
                                                     n_keys, rows->weights, error))
        return FALSE;
    rows->first = query;
    rows->end = end;
    rows->n_keys = n_keys;
    return TRUE;
}

const float *
fovea_pattern_rows_get (FoveaPatternRows *rows, gint64 query, GError **error)
{
    g_return_val_if_fail (query >= 0 && query < rows->n_tokens, NULL);
    if ((query < rows->first || query >= rows->end) && !read_block (rows, query, error))
        return NULL;
    return rows->weights + (query - rows->first) * rows->n_keys;
}
