/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "capture/score-parts.h"

#include <math.h>

#include "capture/attention-private.h"

/* The first of the heaviest. */
static gint64
find_heaviest (const float *row, gint64 n)
{
    gint64 best = 0;
    for (gint64 k = 1; k < n; k++)
        if (row[k] > row[best])
            best = k;
    return best;
}

gboolean
fovea_score_parts_choose_cell (FoveaAttention *attention,
                               guint head,
                               gint64 *query,
                               gint64 *key,
                               double *weight,
                               GError **error)
{
    gint64 n;
    fovea_attention_get_shape (attention, &n, NULL, NULL, NULL);
    g_autofree float *row = g_new (float, (gsize) n);
    if (*query < 0)
        *query = n - 1;
    if (!fovea_attention_read_pattern (attention, head, *query, *query + 1, 0, n, row, error))
        return FALSE;
    if (*key < 0)
        *key = find_heaviest (row, n);
    if (!fovea_attention_check_span ("keys", *key, *key + 1, n, error))
        return FALSE;
    *weight = (double) row[*key];
    if (fovea_score_rule_allows (&attention->rule, *query, *key))
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "query %" G_GINT64_FORMAT " may not see key %" G_GINT64_FORMAT
                 " in layer %u, so there is no score",
                 *query, *key, attention->layer);
    return FALSE;
}

static double
get_position (const FoveaScoreRule *rule, guint head, gint64 query, gint64 key)
{
    double bias = 0;
    if (rule->alibi_slopes != NULL)
        bias += (double) rule->alibi_slopes[head] * (double) (key - query);
    if (rule->distance_bias != NULL)
        bias += (double) fovea_score_rule_distance_bias (rule, head, query, key);
    return bias;
}

/* What turns comes first in every family, whatever its files hold. */
static void
find_turn (FoveaScoreParts *parts, const FoveaAttention *attention)
{
    const FoveaArchitecture *a = attention->architecture;
    if (a->position != FOVEA_POSITION_ROTARY ||
        fovea_architecture_rotary_angles (a, attention->layer) == FOVEA_ANGLES_STILL)
        return;
    parts->n_pairs = a->rotary_width / 2;
    parts->interleaved = a->rotary_interleaved;
}

static void
add_up (FoveaScoreParts *parts, const FoveaScoreRule *rule)
{
    for (gint64 d = 0; d < parts->width; d++) {
        double product = parts->scale * (double) parts->query[d] * (double) parts->key[d];
        parts->products[d] = (float) product;
        parts->sum += product;
    }
    double raw = parts->sum + parts->position, cap = (double) rule->soft_cap;
    parts->has_cap = cap > 0;
    parts->score = parts->has_cap ? cap * tanh (raw / cap) : raw;
    parts->cap = parts->score - raw;
}

FoveaScoreParts *
fovea_score_parts_read (
    FoveaAttention *attention, guint head, gint64 query, gint64 key, GError **error)
{
    const FoveaScoreRule *rule = fovea_attention_get_rule (attention);
    g_autoptr (FoveaScoreParts) parts = g_new0 (FoveaScoreParts, 1);
    fovea_attention_get_shape (attention, NULL, NULL, NULL, &parts->width);
    parts->query = g_new (float, (gsize) parts->width);
    parts->key = g_new (float, (gsize) parts->width);
    parts->products = g_new (float, (gsize) parts->width);
    if (!fovea_attention_read_vectors (attention, head, FOVEA_VECTOR_QUERY, query, 1, parts->query,
                                       error) ||
        !fovea_attention_read_vectors (attention, head, FOVEA_VECTOR_KEY, key, 1, parts->key,
                                       error))
        return NULL;
    parts->scale = (double) rule->scale;
    parts->has_position = rule->alibi_slopes != NULL || rule->distance_bias != NULL;
    parts->position = get_position (rule, head, query, key);
    find_turn (parts, attention);
    add_up (parts, rule);
    return g_steal_pointer (&parts);
}

void
fovea_score_parts_free (FoveaScoreParts *parts)
{
    if (parts == NULL)
        return;
    g_free (parts->query);
    g_free (parts->key);
    g_free (parts->products);
    g_free (parts);
}

void
fovea_score_parts_get_pair (const FoveaScoreParts *parts,
                            gint64 pair,
                            gint64 *first,
                            gint64 *second)
{
    *first = parts->interleaved ? 2 * pair : pair;
    *second = parts->interleaved ? 2 * pair + 1 : pair + parts->n_pairs;
}

gint64
fovea_score_parts_find_pair (const FoveaScoreParts *parts, gint64 dimension)
{
    if (dimension >= 2 * parts->n_pairs)
        return -1;
    return parts->interleaved ? dimension / 2 : dimension % parts->n_pairs;
}
