/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* AnchorAttention: each super-block of queries computes its own keys, the block before them and the
 * first block; the largest score found there is the anchor, and a key elsewhere is added, for the
 * whole super-block, if the mean query of any of its blocks comes within theta of the mean anchor
 * (methods/prefill.md 10). Theta is a difference of scores in nats. Cost: L^2 d / 2B. */
#include <math.h>

#include "analysis/sparse-method.h"

enum {
    THETA,
    BLOCK,
    STEP,
};

/* Largest score over the anchor region of each row of a super-block that begins at @start. */
static gboolean
read_anchors (FoveaSparseHead *head, gint64 B, gint64 start, gint64 end, double *x, GError **error)
{
    gint64 before = MAX (start - B, 0), n = end - start;
    g_autofree float *near = g_new (float, (gsize) (n * (end - before)));
    g_autofree float *first = g_new (float, (gsize) (n * B));
    if (!fovea_attention_read_scores (head->attention, head->head, start, end, before, end, near,
                                      error) ||
        !fovea_attention_read_scores (head->attention, head->head, start, end, 0, B, first, error))
        return FALSE;
    for (gint64 i = 0; i < n; i++) {
        x[i] = -INFINITY;
        for (gint64 j = 0; j < end - before; j++)
            x[i] = MAX (x[i], (double) near[i * (end - before) + j]);
        for (gint64 j = 0; j < B; j++)
            x[i] = MAX (x[i], (double) first[i * B + j]);
    }
    return TRUE;
}

/* Scaled product of the mean query of one block with each candidate key, less the mean anchor; the
 * largest over the blocks of the super-block stays. */
static void
compare_keys (const FoveaSparseHead *head,
              gint64 B,
              gint64 row,
              const double *anchors,
              gint64 end,
              double *excess)
{
    gint64 D = head->width;
    double anchor = 0;
    g_autofree double *query = g_new0 (double, (gsize) D);
    for (gint64 i = 0; i < B; i++) {
        anchor += anchors[i] / (double) B;
        for (gint64 d = 0; d < D; d++)
            query[d] += (double) head->q[(row + i) * D + d] / (double) B;
    }
    for (gint64 j = B; j < end; j++) {
        double product = 0;
        for (gint64 d = 0; d < D; d++)
            product += query[d] * (double) head->k[j * D + d];
        excess[j] = MAX (excess[j], product * (double) head->rule->scale - anchor);
    }
}

/* (super-blocks, T): how far each key lies above the anchor; -inf for what is no candidate. It does
 * not depend on theta. */
static const double *
get_excess (FoveaSparseHead *head, gint64 B, gint64 step, GError **error)
{
    gint64 T = head->n_tokens, G = B * step, n = T / G;
    g_autofree char *key =
        g_strdup_printf ("anchor %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, B, step);
    const double *found = fovea_sparse_head_find (head, key);
    if (found != NULL)
        return found;
    g_autofree double *excess = g_new (double, (gsize) (n * T) + 1);
    g_autofree double *anchors = g_new (double, (gsize) G);
    for (gint64 i = 0; i < n * T; i++)
        excess[i] = -INFINITY;
    for (gint64 u = 1; u < n; u++) {
        if (g_cancellable_set_error_if_cancelled (head->cancellable, error) ||
            !read_anchors (head, B, u * G, (u + 1) * G, anchors, error))
            return NULL;
        for (gint64 b = 0; b < step; b++)
            compare_keys (head, B, u * G + b * B, anchors + b * B, u * G - B, excess + u * T);
    }
    return fovea_sparse_head_keep (head, key, g_steal_pointer (&excess));
}

/* Stripes of one super-block; gives how many. */
static gsize
add_stripes (
    const double *excess, gint64 from, gint64 end, double theta, gint64 *keys, FoveaMargin *m)
{
    gsize n = 0;
    for (gint64 j = from; j < end; j++) {
        fovea_margin_compare (m, excess[j], -theta);
        if (excess[j] + theta >= 0)
            keys[n++] = j;
    }
    return n;
}

static gboolean
select_anchor (FoveaSparseHead *head,
               const double *knobs,
               FoveaSparseSelection *out,
               GError **error)
{
    gint64 T = head->n_tokens, B = (gint64) knobs[BLOCK], step = (gint64) knobs[STEP], G = B * step;
    const double *excess = get_excess (head, B, step, error);
    if (excess == NULL)
        return FALSE;
    g_autofree gint64 *keys = g_new (gint64, (gsize) T);
    double tile = (double) B * (double) B, triangle = (double) (step * (step + 1)) / 2;
    out->tile = B;
    out->flops = (double) T * (double) T * (double) head->width / (double) B;
    out->executed = fovea_mask_new (T, head->rule);
    fovea_mask_add_rectangle (out->executed, 0, G, 0, T); /* the first super-block is dense */
    /* The first super-block, or what there is of it. */
    double first = (double) MIN (step, fovea_sparse_head_count_blocks (head, B));
    out->kernel_cells = first * (first + 1) / 2 * tile;
    for (gint64 u = 1; u < T / G; u++) {
        gsize n = add_stripes (excess + u * T, B, u * G - B, knobs[THETA], keys, &out->margin);
        fovea_mask_add_rectangle (out->executed, u * G, (u + 1) * G, 0, B);
        fovea_mask_add_rectangle (out->executed, u * G, (u + 1) * G, u * G - B, (u + 1) * G);
        fovea_mask_add_blocks (out->executed, u * G, (u + 1) * G, 1, keys, n);
        gint64 outer = u * G - B > 0 ? 2 : 1; /* first block, and the one before */
        out->kernel_cells += tile * (triangle + (double) (outer * step)) + (double) n * (double) G;
    }
    /* A tail that fills no super-block is dense. */
    gint64 tail = T / G * G;
    fovea_mask_add_rectangle (out->executed, tail, T, 0, T);
    for (gint64 I = tail / B; I * B < T && tail > 0; I++)
        out->kernel_cells += tile * (double) (I + 1);
    fovea_mask_finish (out->executed);
    return TRUE;
}

const FoveaSparseMethod fovea_sparse_anchor = {
    .id = "anchor",
    .name = "AnchorAttention",
    .paper = "Zhang et al. 2025, arXiv:2505.23520",
    .unit = "stripe",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {{"theta", "nats", "how far below the anchor a key may lie", 12, 12, -1000, 1000,
               FALSE},
              {"block", "tokens", "side of a block", 128, 16, 1, 65536, TRUE},
              {"step", "blocks", "blocks of a super-block", 16, 4, 1, 65536, TRUE}},
    .sweep = {0, 4, 6, 8, 10, 12, 14, 16, -1},
    .products = TRUE,
    .select = select_anchor,
};
