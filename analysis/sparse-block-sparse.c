/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The best blocks of each row by products of mean queries and mean keys: MInference's Block-Sparse,
 * and The Sparse Frontier's form with three forced blocks (methods/prefill.md 6.3, 9.2). Products
 * are not scaled: only their order within a row counts. Cost: L d + nb^2 d. */
#include "analysis/sparse-block-sparse.h"

#include <math.h>

#include "analysis/sparse-method.h"

enum {
    K,
    BLOCK,
};

double
fovea_frontier_get_sparsity (gint64 n_blocks, gint64 k)
{
    double nb = (double) n_blocks, kept = (double) MIN (k, n_blocks);
    return 1 - (kept * (kept + 1) / 2 + (nb - kept) * kept) / (nb * (nb + 1) / 2);
}

gint64
fovea_frontier_choose_k (gint64 n_blocks, double sparsity)
{
    gint64 low = MIN (3, n_blocks), high = n_blocks; /* sparsity falls as k grows */
    while (low < high) {
        gint64 middle = (low + high) / 2;
        if (fovea_frontier_get_sparsity (n_blocks, middle) > sparsity)
            low = middle + 1;
        else
            high = middle;
    }
    if (low <= 3)
        return low;
    double below = sparsity - fovea_frontier_get_sparsity (n_blocks, low);
    double above = fovea_frontier_get_sparsity (n_blocks, low - 1) - sparsity;
    return above <= below ? low - 1 : low;
}

/* Scores of the blocks of every row, and behind them their ranking, (2, nb, nb): what does not depend
 * on how many are taken. A row of a ranking that is shorter than I + 1 ends with a negative. */
static const double *
get_ranked (FoveaSparseHead *head, gint64 B, gboolean forced)
{
    gint64 nb = fovea_sparse_head_count_blocks (head, B), D = head->width;
    g_autofree char *name =
        g_strdup_printf ("block-sparse %" G_GINT64_FORMAT "%s", B, forced ? " forced" : "");
    const double *found = fovea_sparse_head_find (head, name);
    if (found != NULL)
        return found;
    g_autofree double *q = fovea_sparse_head_pool (head, head->q, B, TRUE);
    g_autofree double *k = fovea_sparse_head_pool (head, head->k, B, TRUE);
    g_autofree gint64 *order = g_new (gint64, (gsize) nb);
    double *ranked = g_new (double, (gsize) (2 * nb * nb));
    for (gint64 I = 0; I < nb; I++) {
        double *scores = ranked + I * nb, *ranks = ranked + (nb + I) * nb;
        fovea_sparse_head_multiply (head, q + I * D, k, I + 1, scores);
        if (forced)
            scores[0] = scores[MAX (I - 1, 0)] = scores[I] = INFINITY;
        gint64 n = (gint64) fovea_select_rank (scores, (gsize) (I + 1), order);
        for (gint64 i = 0; i <= I; i++)
            ranks[i] = i < n ? (double) order[i] : -1;
    }
    return fovea_sparse_head_keep (head, name, ranked);
}

/* The best of one row; gives how many there are. */
static gsize
take_best (const double *scores,
           const double *ranks,
           gint64 n,
           gint64 most,
           gint64 *blocks,
           FoveaMargin *margin)
{
    gint64 kept = 0;
    for (; kept < MIN (n, most) && ranks[kept] >= 0; kept++)
        blocks[kept] = (gint64) ranks[kept];
    if (kept > 0 && kept < n && ranks[kept] >= 0)
        fovea_margin_compare (margin, scores[blocks[kept - 1]], scores[(gint64) ranks[kept]]);
    return (gsize) kept;
}

static gboolean
select_blocks (FoveaSparseHead *head,
               const double *knobs,
               gboolean forced,
               FoveaSparseSelection *out)
{
    gint64 B = (gint64) knobs[BLOCK], nb = fovea_sparse_head_count_blocks (head, B);
    const double *ranked = get_ranked (head, B, forced);
    g_autofree gint64 *blocks = g_new (gint64, (gsize) nb);
    out->tile = B;
    out->flops =
        2 * (double) head->width * ((double) head->n_tokens + (double) nb * (double) nb / 2);
    out->executed = fovea_mask_new (head->n_tokens, head->rule);
    for (gint64 I = 0; I < nb; I++) {
        gsize n = take_best (ranked + I * nb, ranked + (nb + I) * nb, I + 1, (gint64) knobs[K],
                             blocks, &out->margin);
        fovea_mask_add_blocks (out->executed, I * B, (I + 1) * B, B, blocks, n);
    }
    fovea_mask_finish (out->executed);
    return TRUE;
}

static gboolean
select_plain (FoveaSparseHead *head, const double *knobs, FoveaSparseSelection *out, GError **error)
{
    return select_blocks (head, knobs, FALSE, out);
}

static gboolean
select_forced (FoveaSparseHead *head,
               const double *knobs,
               FoveaSparseSelection *out,
               GError **error)
{
    return select_blocks (head, knobs, TRUE, out);
}

const FoveaSparseMethod fovea_sparse_block_sparse = {
    .id = "block-sparse",
    .name = "MInference Block-Sparse",
    .paper = "Jiang et al. 2024, arXiv:2407.02490",
    .unit = "block",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {{"k", "blocks", "best blocks of every row of blocks", 100, 16, 1, 1e9, TRUE},
              {"block", "tokens", "side of a block", 64, 16, 1, 65536, TRUE}},
    .sweep = FOVEA_SPARSE_SHARES,
    .sweep_of = FOVEA_SWEEP_BLOCKS,
    .products = TRUE,
    .select = select_plain,
};

const FoveaSparseMethod fovea_sparse_frontier_block_sparse = {
    .id = "frontier-block-sparse",
    .name = "Sparse Frontier Block-Sparse",
    .paper = "Nawrot et al. 2025, arXiv:2504.17768",
    .unit = "block",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {{"k", "blocks", "best blocks, the three forced ones among them", 64, 16, 3, 1e9,
               TRUE},
              {"block", "tokens", "side of a block", 16, 16, 1, 65536, TRUE}},
    .sweep = FOVEA_SPARSE_SHARES,
    .sweep_of = FOVEA_SWEEP_BLOCKS,
    .products = TRUE,
    .select = select_forced,
};
