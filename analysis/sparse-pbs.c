/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* PBS-Attn: within each segment, keys are put in the order of what the last queries give them, so
 * that heavy keys of a segment share blocks; blocks are then chosen by mean products, in the permuted
 * order (methods/prefill.md 11). Blocks of a query's own segment are always computed, for the
 * permutation may have moved any of its keys there. Cost: B L d + nb^2 d. */
#include <math.h>
#include <string.h>

#include "analysis/sparse-method.h"

enum {
    SHARE,
    BLOCK,
    SEGMENT,
    PERMUTE,
    FIRST,
};

/* One selection under way. */
typedef struct {
    FoveaSparseHead *head;
    const double *knobs;
    gint64 T, D, B, G, nb;
    gint64 *order;       /* (T) key at each place */
    double *queries;     /* (nb, D) mean queries, in their own order */
    double *keys;        /* (nb, D) mean keys, in the permuted order */
    gint64 first_key_at; /* block that holds key 0 */
} Pbs;

/* Mean weight on each key of complete segments, seen from the last B queries; later queries than a
 * key are not told from earlier ones. */
static double *
weigh_keys (const Pbs *pbs, gint64 n_keys)
{
    gint64 n = MIN (pbs->B, pbs->T);
    double *weights = g_new0 (double, (gsize) n_keys);
    g_autofree double *row = g_new (double, (gsize) n_keys);
    for (gint64 q = pbs->T - n; q < pbs->T; q++) {
        fovea_sparse_head_get_products (pbs->head, pbs->head->q + q * pbs->D, pbs->head->k, pbs->D,
                                        n_keys, row);
        for (gint64 j = 0; j < n_keys; j++)
            row[j] *= (double) pbs->head->rule->scale;
        fovea_select_softmax (row, (gsize) n_keys);
        for (gint64 j = 0; j < n_keys; j++)
            weights[j] += row[j] / (double) n;
    }
    return weights;
}

static void
set_order (Pbs *pbs, FoveaMargin *margin)
{
    gint64 n_keys = pbs->T / pbs->G * pbs->G;
    for (gint64 p = 0; p < pbs->T; p++)
        pbs->order[p] = p;
    if (pbs->knobs[PERMUTE] == 0)
        return;
    g_autofree double *weights = weigh_keys (pbs, n_keys);
    for (gint64 start = 0; start < n_keys; start += pbs->G) {
        const double *own = weights + start;
        fovea_select_rank (own, (gsize) pbs->G, pbs->order + start);
        for (gint64 p = 1; p < pbs->G; p++)
            fovea_margin_compare (margin, own[pbs->order[start + p - 1]],
                                  own[pbs->order[start + p]]);
        for (gint64 p = 0; p < pbs->G; p++)
            pbs->order[start + p] += start;
    }
}

/* Means of blocks before and after the permutation. */
static void
pool (Pbs *pbs)
{
    gsize row = (gsize) pbs->D * sizeof (float);
    g_autofree float *permuted = g_malloc ((gsize) pbs->T * row);
    for (gint64 p = 0; p < pbs->T; p++) {
        memcpy (permuted + p * pbs->D, pbs->head->k + pbs->order[p] * pbs->D, row);
        if (pbs->order[p] == 0)
            pbs->first_key_at = p / pbs->B;
    }
    pbs->queries = fovea_sparse_head_pool (pbs->head, pbs->head->q, pbs->B, TRUE);
    pbs->keys = fovea_sparse_head_pool (pbs->head, permuted, pbs->B, TRUE);
}

/* Blocks of earlier segments that cover the share; gives how many. */
static gsize
choose_earlier (const Pbs *pbs, gint64 I, gint64 n_earlier, gint64 *blocks, FoveaMargin *margin)
{
    g_autofree double *scores = g_new (double, (gsize) n_earlier + 1);
    fovea_sparse_head_multiply (pbs->head, pbs->queries + I * pbs->D, pbs->keys, n_earlier, scores);
    for (gint64 J = 0; J < n_earlier; J++)
        scores[J] *= (double) pbs->head->rule->scale;
    fovea_select_softmax (scores, (gsize) n_earlier);
    gsize n = fovea_select_rank (scores, (gsize) n_earlier, blocks);
    /* A sum of shares may round to less than 1, and would then reach nothing. */
    return pbs->knobs[SHARE] >= 1
               ? n
               : fovea_select_cover_reach (scores, blocks, n, pbs->knobs[SHARE], margin);
}

/* Whether any query of row @I of blocks may see a key of block @J in the permuted order. */
static gboolean
is_visited (const Pbs *pbs, gint64 I, gint64 J)
{
    for (gint64 p = J * pbs->B; p < MIN ((J + 1) * pbs->B, pbs->T); p++)
        if (pbs->order[p] < MIN ((I + 1) * pbs->B, pbs->T))
            return TRUE;
    return FALSE;
}

static void
add_row (const Pbs *pbs, gint64 I, gint64 *blocks, FoveaSparseSelection *out)
{
    gint64 per_segment = pbs->G / pbs->B, own = I / per_segment * per_segment;
    gint64 end = MIN (own + per_segment, pbs->nb), n_visited = 0;
    gsize n = choose_earlier (pbs, I, own, blocks, &out->margin);
    gboolean has_first = FALSE;
    for (gsize i = 0; i < n; i++)
        has_first = has_first || blocks[i] == pbs->first_key_at;
    if (pbs->knobs[FIRST] > 0 && !has_first && pbs->first_key_at < own)
        blocks[n++] = pbs->first_key_at;
    for (gint64 J = own; J < end; J++)
        blocks[n++] = J;
    for (gsize i = 0; i < n; i++)
        n_visited += is_visited (pbs, I, blocks[i]);
    out->kernel_cells += (double) n_visited * (double) pbs->B * (double) pbs->B;
    fovea_mask_add_permuted (out->executed, I * pbs->B, (I + 1) * pbs->B, pbs->B, blocks, n);
}

static gboolean
check_segment (gint64 segment, gint64 block, GError **error)
{
    if (segment % block == 0)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "pbs: segment is %" G_GINT64_FORMAT " tokens, which blocks of %" G_GINT64_FORMAT
                 " do not divide",
                 segment, block);
    return FALSE;
}

static gboolean
select_pbs (FoveaSparseHead *head, const double *knobs, FoveaSparseSelection *out, GError **error)
{
    Pbs pbs = {.head = head,
               .knobs = knobs,
               .T = head->n_tokens,
               .D = head->width,
               .B = (gint64) knobs[BLOCK],
               .G = (gint64) knobs[SEGMENT]};
    double B = (double) pbs.B, T = (double) pbs.T, D = (double) pbs.D;
    if (!check_segment (pbs.G, pbs.B, error))
        return FALSE;
    pbs.nb = fovea_sparse_head_count_blocks (head, pbs.B);
    out->tile = pbs.B;
    out->flops = 2 * B * T * D + (double) pbs.nb * (double) pbs.nb * D;
    out->executed = fovea_mask_new (pbs.T, head->rule);
    if (pbs.T <= pbs.G) {
        fovea_mask_add_rectangle (out->executed, 0, pbs.T, 0, pbs.T);
        fovea_mask_finish (out->executed);
        return TRUE;
    }
    g_autofree gint64 *order = g_new (gint64, (gsize) pbs.T);
    g_autofree gint64 *blocks = g_new (gint64, (gsize) pbs.nb);
    pbs.order = order;
    set_order (&pbs, &out->margin);
    pool (&pbs);
    fovea_mask_set_order (out->executed, order);
    for (gint64 I = 0; I < pbs.nb; I++)
        add_row (&pbs, I, blocks, out);
    fovea_mask_finish (out->executed);
    g_free (pbs.queries);
    g_free (pbs.keys);
    return TRUE;
}

const FoveaSparseMethod fovea_sparse_pbs = {
    .id = "pbs",
    .name = "PBS-Attn",
    .paper = "Wang et al. 2025, arXiv:2510.21270",
    .unit = "permuted block",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {{"share", "share", "of the blocks' score that is covered", 0.9, 0.9, 0, 1, FALSE},
              {"block", "tokens", "side of a block", 128, 16, 1, 65536, TRUE},
              {"segment", "tokens", "keys that are put in order together", 256, 32, 1, 1e9, TRUE},
              {"permute", "", "1 = order the keys of a segment, 0 = leave them", 1, 1, 0, 1, TRUE},
              {"first", "", "1 = always keep the block of the first key", 1, 1, 0, 1, TRUE}},
    .sweep = {0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, -1},
    .products = TRUE,
    .select = select_pbs,
};
