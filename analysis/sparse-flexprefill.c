/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* FlexPrefill: block columns and block diagonals that cover a share of what the last queries see;
 * where mean keys already tell what they see, free blocks besides (methods/prefill.md 8). Slashes are
 * pooled in the public code's order, which shifts them when the block does not divide the length.
 * Cost: B L d + nb^2 d. */
#include <math.h>

#include "analysis/sparse-method.h"

enum {
    SHARE,
    DIVERGENCE,
    LEAST,
    BLOCK,
};

/* One selection under way. */
typedef struct {
    FoveaSparseHead *head;
    gint64 B, nb;
    double share;
    double *columns, *distances; /* (nb) pooled shares */
    double *keys;                /* (nb, D) mean keys */
    FoveaMargin *margin;
} Flex;

static gint64
count_blocks (const Flex *flex, const double *shares)
{
    gsize T = (gsize) flex->head->n_tokens;
    g_autofree gint64 *order = g_new (gint64, T);
    gsize n = fovea_select_rank (shares, T, order);
    gint64 tokens =
        (gint64) fovea_select_cover_within (shares, order, n, flex->share, flex->margin) + 1;
    return tokens / flex->B + 1;
}

/* Distance d sits at place L-1-d of the public code's array; zeros follow its end. */
static void
pool_lines (Flex *flex, const double *columns, const double *distances)
{
    gint64 T = flex->head->n_tokens;
    for (gint64 j = 0; j < T; j++)
        flex->columns[j / flex->B] += columns[j];
    for (gint64 place = 0; place < T; place++)
        flex->distances[flex->nb - 1 - place / flex->B] += distances[T - 1 - place];
}

/* Scaled products of a mean query with the first @n mean keys, as a softmax. */
static void
score_blocks (const Flex *flex, const double *query, gint64 n, double *out)
{
    fovea_sparse_head_multiply (flex->head, query, flex->keys, n, out);
    for (gint64 J = 0; J < n; J++)
        out[J] *= (double) flex->head->rule->scale;
    fovea_select_softmax (out, (gsize) n);
}

/* Root of the Jensen-Shannon divergence, natural logarithm; terms of probability 0 are 0. */
static double
get_divergence (const double *p, const double *q, gint64 n)
{
    double sum = 0;
    for (gint64 i = 0; i < n; i++) {
        sum += p[i] > 0 ? p[i] * log (2 * p[i] / (p[i] + q[i])) / 2 : 0;
        sum += q[i] > 0 ? q[i] * log (2 * q[i] / (p[i] + q[i])) / 2 : 0;
    }
    return sqrt (MAX (sum, 0));
}

/* Whether mean keys foretell what the last B queries see. */
static gboolean
is_query_aware (const Flex *flex, double limit)
{
    const FoveaSparseHead *head = flex->head;
    gint64 T = head->n_tokens, D = head->width, n = MIN (flex->B, T);
    g_autofree double *mean = g_new0 (double, (gsize) D);
    g_autofree double *foretold = g_new (double, (gsize) flex->nb);
    for (gint64 t = T - n; t < T; t++)
        for (gint64 d = 0; d < D; d++)
            mean[d] += (double) head->q[t * D + d] / (double) n;
    score_blocks (flex, mean, flex->nb, foretold);
    double divergence = get_divergence (foretold, flex->columns, flex->nb);
    fovea_margin_compare (flex->margin, divergence, limit);
    return divergence < limit;
}

/* Blocks of all rows compete for one budget. */
static void
add_free_blocks (const Flex *flex, FoveaMask *mask)
{
    gint64 nb = flex->nb, B = flex->B, D = flex->head->width;
    g_autofree double *queries = fovea_sparse_head_pool (flex->head, flex->head->q, B, FALSE);
    g_autofree double *scores = g_new (double, (gsize) (nb * nb));
    g_autofree gint64 *order = g_new (gint64, (gsize) (nb * nb));
    for (gint64 i = 0; i < nb * nb; i++)
        scores[i] = -INFINITY;
    for (gint64 I = 0; I < nb; I++)
        score_blocks (flex, queries + I * D, I + 1, scores + I * nb);
    gsize n = fovea_select_rank (scores, (gsize) (nb * nb), order);
    gsize kept =
        fovea_select_cover_within (scores, order, n, flex->share * (double) nb, flex->margin);
    for (gsize t = 0; t < kept; t++) {
        gint64 I = order[t] / nb, J = order[t] % nb;
        fovea_mask_add_rectangle (mask, I * B, (I + 1) * B, J * B, (J + 1) * B);
    }
}

/* The best block columns, and for each row the blocks at the best distances. */
static void
add_lines (Flex *flex, gint64 n_columns, gint64 n_distances, FoveaMask *mask)
{
    gint64 nb = flex->nb, B = flex->B;
    g_autofree gint64 *columns = g_new (gint64, (gsize) nb);
    g_autofree gint64 *distances = g_new (gint64, (gsize) nb);
    flex->columns[0] = flex->distances[0] = INFINITY;
    gsize v = fovea_select_top (flex->columns, (gsize) nb, n_columns, columns, flex->margin);
    gsize s = fovea_select_top (flex->distances, (gsize) nb, n_distances, distances, flex->margin);
    fovea_mask_add_blocks (mask, 0, flex->head->n_tokens, B, columns, v);
    for (gint64 I = 0; I < nb; I++)
        for (gsize t = 0; t < s; t++)
            if (distances[t] <= I)
                fovea_mask_add_rectangle (mask, I * B, (I + 1) * B, (I - distances[t]) * B,
                                          (I - distances[t] + 1) * B);
}

static gboolean
fill (Flex *flex, const double *knobs, FoveaMask *mask, GError **error)
{
    gint64 T = flex->head->n_tokens, least = (gint64) ceil (knobs[LEAST] / knobs[BLOCK]);
    const double *lines = fovea_sparse_head_get_lines (flex->head, flex->B, error);
    if (lines == NULL)
        return FALSE;
    g_autofree double *shares = g_new (double, (gsize) (2 * T));
    for (gint64 i = 0; i < 2 * T; i++)
        shares[i] = lines[i] / (double) MIN (flex->B, T);
    gint64 n_columns = CLAMP (count_blocks (flex, shares), least, MAX (least, flex->nb));
    gint64 n_distances = CLAMP (count_blocks (flex, shares + T), least, MAX (least, flex->nb));
    pool_lines (flex, shares, shares + T);
    if (is_query_aware (flex, knobs[DIVERGENCE])) {
        n_columns = n_distances = least;
        add_free_blocks (flex, mask);
    }
    add_lines (flex, n_columns, n_distances, mask);
    return TRUE;
}

static gboolean
select_flex (FoveaSparseHead *head, const double *knobs, FoveaSparseSelection *out, GError **error)
{
    gint64 T = head->n_tokens, B = (gint64) knobs[BLOCK];
    gint64 nb = fovea_sparse_head_count_blocks (head, B);
    g_autofree double *columns = g_new0 (double, (gsize) nb);
    g_autofree double *distances = g_new0 (double, (gsize) nb);
    g_autofree double *keys = fovea_sparse_head_pool (head, head->k, B, FALSE);
    Flex flex = {head, B, nb, knobs[SHARE], columns, distances, keys, &out->margin};
    g_autoptr (FoveaMask) mask = fovea_mask_new (T, head->rule);
    out->tile = B;
    out->flops = 2 * (double) head->width * ((double) B * (double) T + (double) (nb * nb));
    if (T <= MAX (2 * B, (gint64) ceil (knobs[LEAST] / knobs[BLOCK]) * B))
        fovea_mask_add_rectangle (mask, 0, T, 0, T); /* short inputs are dense */
    else if (!fill (&flex, knobs, mask, error))
        return FALSE;
    fovea_mask_finish (mask);
    out->executed = g_steal_pointer (&mask);
    return TRUE;
}

const FoveaSparseMethod fovea_sparse_flexprefill = {
    .id = "flexprefill",
    .name = "FlexPrefill",
    .paper = "Lai et al. 2025, arXiv:2502.20766",
    .unit = "block columns + block diagonals, or block",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {{"share", "share", "of the mass that is covered", 0.9, 0.9, 0, 1, FALSE},
              {"divergence", "", "under it a head is query-aware", 0.1, 0.1, 0, 1, FALSE},
              {"least", "tokens", "least budget", 1024, 32, 1, 1e9, TRUE},
              {"block", "tokens", "side of a block", 128, 16, 1, 65536, TRUE}},
    .sweep = {0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, -1},
    .products = TRUE,
    .select = select_flex,
};
