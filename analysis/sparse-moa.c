/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* MoA on one layer: spans of its heads from a plan under a bound on density, with lost mass in the
 * place of influence on the loss (methods/prefill.md 17). A plan of several layers is for
 * moa-plan.h. Cost: the pyramid's first level, then the plan, once a head and bound. */
#include "analysis/moa-plan.h"
#include "analysis/sparse-method.h"

enum {
    BOUND,
    BLOCK,
};

static const double *
get_losses (FoveaSparseHead *head, const GArray *spans, GError **error)
{
    const double *found = fovea_sparse_head_find (head, "moa");
    if (found != NULL)
        return found;
    g_autofree double *losses = g_new (double, (gsize) head->n_heads * spans->len);
    if (!fovea_moa_read_losses (head->attention, spans, losses, error))
        return NULL;
    return fovea_sparse_head_keep (head, "moa", g_steal_pointer (&losses));
}

static gboolean
select_plan (FoveaSparseHead *head, const double *knobs, FoveaSparseSelection *out, GError **error)
{
    gint64 T = head->n_tokens, B = (gint64) knobs[BLOCK];
    g_autoptr (GArray) spans = fovea_moa_list_spans (T, MAX (T / 2, 1), 2 * T, B);
    const double *losses = get_losses (head, spans, error);
    if (losses == NULL)
        return FALSE;
    g_autofree double *densities = g_new (double, spans->len);
    g_autofree guint *chosen = g_new (guint, (gsize) head->n_heads);
    for (guint p = 0; p < spans->len; p++)
        densities[p] = g_array_index (spans, FoveaMoaSpan, p).density;
    fovea_moa_choose (losses, densities, 1, (gsize) head->n_heads, spans->len, knobs[BOUND],
                      chosen);
    gint64 blocks = g_array_index (spans, FoveaMoaSpan, chosen[head->head]).blocks;
    out->tile = B;
    out->executed = fovea_mask_new (T, head->rule);
    for (gint64 I = 0; I * B < T; I++)
        fovea_mask_add_rectangle (out->executed, I * B, (I + 1) * B, (I - blocks + 1) * B,
                                  (I + 1) * B);
    fovea_mask_add_rectangle (out->executed, 0, T, 0, B);
    fovea_mask_finish (out->executed);
    return TRUE;
}

const FoveaSparseMethod fovea_sparse_moa = {
    .id = "moa",
    .name = "MoA (recall proxy)",
    .paper = "Fu et al. 2024, arXiv:2406.14909",
    .unit = "block",
    .note = "lost mass in place of the loss's gradient by each weight, which no pass here computes",
    .kind = FOVEA_SPARSE_STATIC,
    .honesty = FOVEA_HONESTY_SURROGATE,
    .knobs = {{"density", "share", "mean over the layer's heads, of their widest rows", 0.5, 0.5, 0,
               1, FALSE},
              {"block", "tokens", "side of a block, which is the pyramid's", FOVEA_BLOCK,
               FOVEA_BLOCK, FOVEA_BLOCK, FOVEA_BLOCK, TRUE}},
    .sweep = {0.1, 0.25, 0.5, 0.75, -1},
    .select = select_plan,
};
