/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* SeerAttention by its published gates, if their weights are given, or by one distilled on the very
 * head that it is then used on: what this form of gate can express. Nothing is forced but the last
 * rows (methods/prefill.md 12.2). */
#include <math.h>

#include "analysis/seer-gate.h"
#include "analysis/seer-weights.h"
#include "analysis/sparse-method.h"

enum {
    THRESHOLD,
    RATIO,
    BLOCK,
    DENSE,
    STEPS,
    RATE,
};

/* What a gate foretells, kept under @key. */
static const double *
keep_scores (FoveaSparseHead *head, const char *key, FoveaSeerGate *gate)
{
    gint64 nb = fovea_seer_gate_get_size (gate);
    double *scores = g_new (double, (gsize) (nb * nb));
    fovea_seer_gate_score (gate, scores);
    return fovea_sparse_head_keep (head, key, scores);
}

static const double *
get_published_scores (FoveaSparseHead *head, const double *knobs, GError **error)
{
    gint64 B = (gint64) knobs[BLOCK];
    g_autofree char *key = g_strdup_printf ("seer %g", knobs[BLOCK]);
    const double *found = fovea_sparse_head_find (head, key);
    if (found != NULL)
        return found;
    g_autofree double *k = NULL, *q = NULL;
    g_autoptr (FoveaSeerGate) gate = fovea_seer_gate_new (head, B, error);
    if (gate == NULL || !fovea_seer_weights_read (head->gates, head, &k, &q, error))
        return NULL;
    fovea_seer_gate_set_weights (gate, k, q);
    return keep_scores (head, key, gate);
}

static const double *
get_distilled_scores (FoveaSparseHead *head, const double *knobs, GError **error)
{
    gint64 B = (gint64) knobs[BLOCK];
    g_autofree char *key =
        g_strdup_printf ("seer-gate %g %g %g", knobs[BLOCK], knobs[STEPS], knobs[RATE]);
    const double *found = fovea_sparse_head_find (head, key);
    if (found != NULL)
        return found;
    g_autoptr (FoveaSeerGate) gate = fovea_seer_gate_new (head, B, error);
    g_autofree double *target = gate != NULL ? fovea_seer_gate_make_target (head, B, error) : NULL;
    if (target == NULL || isnan (fovea_seer_gate_distill (gate, target, (guint) knobs[STEPS],
                                                          knobs[RATE], head->cancellable, error)))
        return NULL;
    return keep_scores (head, key, gate);
}

/* Blocks of a row of logits: those above the threshold of their softmax, or the best by ratio. */
static gsize
choose (const double *logits, gint64 nb, const double *knobs, gint64 *order, FoveaMargin *margin)
{
    gsize n = 0;
    if (knobs[RATIO] > 0) {
        gint64 k = MAX (1, (gint64) ((1 - sqrt (1 - knobs[RATIO])) * (double) nb));
        return fovea_select_top (logits, (gsize) nb, k, order, margin);
    }
    g_autofree double *shares = g_memdup2 (logits, (gsize) nb * sizeof *logits);
    fovea_select_softmax (shares, (gsize) nb);
    for (gint64 J = 0; J < nb; J++) {
        fovea_margin_compare (margin, shares[J], knobs[THRESHOLD]);
        if (shares[J] > knobs[THRESHOLD])
            order[n++] = J;
    }
    return n;
}

/* The mask of a gate's scores. */
static void
draw (const FoveaSparseHead *head,
      const double *scores,
      const double *knobs,
      FoveaSparseSelection *out)
{
    gint64 T = head->n_tokens, B = (gint64) knobs[BLOCK];
    gint64 nb = fovea_sparse_head_count_blocks (head, B);
    gint64 dense = MAX (nb - (gint64) knobs[DENSE], 0);
    g_autofree gint64 *order = g_new (gint64, (gsize) nb);
    out->tile = B;
    out->flops = (double) head->width * (3 * (double) T + 2 * (double) nb * (double) nb);
    out->executed = fovea_mask_new (T, head->rule);
    for (gint64 I = 0; I < dense; I++) {
        gsize n = choose (scores + I * nb, nb, knobs, order, &out->margin);
        fovea_mask_add_blocks (out->executed, I * B, (I + 1) * B, B, order, n);
    }
    fovea_mask_add_rectangle (out->executed, dense * B, T, 0, T);
    fovea_mask_finish (out->executed);
}

static gboolean
select_published (FoveaSparseHead *head,
                  const double *knobs,
                  FoveaSparseSelection *out,
                  GError **error)
{
    const double *scores = get_published_scores (head, knobs, error);
    if (scores == NULL)
        return FALSE;
    draw (head, scores, knobs, out);
    return TRUE;
}

static gboolean
select_distilled (FoveaSparseHead *head,
                  const double *knobs,
                  FoveaSparseSelection *out,
                  GError **error)
{
    const double *scores = get_distilled_scores (head, knobs, error);
    if (scores == NULL)
        return FALSE;
    draw (head, scores, knobs, out);
    return TRUE;
}

const FoveaSparseMethod fovea_sparse_seer = {
    .id = "seer",
    .name = "SeerAttention, published gate",
    .paper = "Gao et al. 2024, arXiv:2410.13276",
    .unit = "block",
    .note = "needs the trained gates of the model: --gates FILE",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {{"threshold", "share", "blocks above it are kept", 2e-3, 2e-3, 0, 1, FALSE},
              {"ratio", "share", "of blocks kept instead; 0 = by threshold", 0, 0, 0, 1, FALSE},
              {"block", "tokens", "side of a block", 64, 64, 1, 65536, TRUE},
              {"dense", "blocks", "last rows of blocks, which stay dense", 2, 2, 0, 1e9, TRUE}},
    .sweep = {1e-4, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1, 0.2, -1},
    .products = TRUE,
    .gates = TRUE,
    .select = select_published,
};

const FoveaSparseMethod fovea_sparse_seer_gate = {
    .id = "seer-gate",
    .name = "SeerAttention, gate distilled here",
    .paper = "Gao et al. 2024, arXiv:2410.13276",
    .unit = "block",
    .note = "a gate fitted to the capture at hand in place of a trained one",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_FITTED,
    .knobs = {{"threshold", "share", "blocks above it are kept", 2e-3, 2e-3, 0, 1, FALSE},
              {"ratio", "share", "of blocks kept instead; 0 = by threshold", 0, 0, 0, 1, FALSE},
              {"block", "tokens", "side of a block", 64, 64, 1, 65536, TRUE},
              {"dense", "blocks", "last rows of blocks, which stay dense", 2, 2, 0, 1e9, TRUE},
              {"steps", "", "of distillation", 300, 300, 0, 100000, TRUE},
              {"rate", "", "of learning", 1e-3, 1e-2, 0, 1, FALSE}},
    .sweep = {1e-4, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1, 0.2, -1},
    .products = TRUE,
    .select = select_distilled,
};
