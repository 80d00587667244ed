/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* SeerAttention's target: what its gate is trained to foretell, the largest weight of each block,
 * normalised by rows of blocks (methods/prefill.md 12.1). No gate weights are needed, so its curves
 * are a bound on what a gate could do. Nothing is forced but the last rows: a row may come out
 * empty. */
#include "analysis/sparse-method.h"

enum {
    THRESHOLD,
    TOP,
    BLOCK,
    DENSE,
};

/* Blocks of one row; gives how many. */
static gsize
choose (const double *row, gint64 I, const double *knobs, gint64 *order, FoveaMargin *margin)
{
    g_autofree double *shares = g_new (double, (gsize) (I + 1));
    double sum = 0;
    gsize n = 0;
    for (gint64 J = 0; J <= I; J++)
        sum += row[J];
    for (gint64 J = 0; J <= I; J++)
        shares[J] = row[J] / sum;
    if (knobs[TOP] > 0)
        return fovea_select_top (shares, (gsize) (I + 1), (gint64) knobs[TOP], order, margin);
    for (gint64 J = 0; J <= I; J++) {
        fovea_margin_compare (margin, shares[J], knobs[THRESHOLD]);
        if (shares[J] > knobs[THRESHOLD])
            order[n++] = J;
    }
    return n;
}

static gboolean
select_target (FoveaSparseHead *head,
               const double *knobs,
               FoveaSparseSelection *out,
               GError **error)
{
    gint64 B = (gint64) knobs[BLOCK], nb = fovea_sparse_head_count_blocks (head, B);
    gint64 T = head->n_tokens, dense = MAX (nb - (gint64) knobs[DENSE], 0);
    const double *largest = fovea_sparse_head_get_block_max (head, B, error);
    if (largest == NULL)
        return FALSE;
    g_autofree gint64 *order = g_new (gint64, (gsize) nb);
    out->tile = B;
    out->executed = fovea_mask_new (T, head->rule);
    for (gint64 I = 0; I < dense; I++) {
        gsize n = choose (largest + I * nb, I, knobs, order, &out->margin);
        fovea_mask_add_blocks (out->executed, I * B, (I + 1) * B, B, order, n);
    }
    fovea_mask_add_rectangle (out->executed, dense * B, T, 0, T);
    fovea_mask_finish (out->executed);
    return TRUE;
}

const FoveaSparseMethod fovea_sparse_seer_target = {
    .id = "seer-target",
    .name = "SeerAttention (target)",
    .paper = "Gao et al. 2024, arXiv:2410.13276",
    .unit = "block",
    .kind = FOVEA_SPARSE_ORACLE,
    .honesty = FOVEA_HONESTY_MEASUREMENT,
    .knobs = {{"threshold", "share", "blocks above it are kept", 2e-3, 2e-3, 0, 1, FALSE},
              {"top", "blocks", "keep the best instead; 0 = by threshold", 0, 0, 0, 1e9, TRUE},
              {"block", "tokens", "side of a block", 64, 16, 1, 65536, TRUE},
              {"dense", "blocks", "last rows of blocks, which stay dense", 2, 2, 0, 1e9, TRUE}},
    .sweep = {1e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1, -1},
    .select = select_target,
};
