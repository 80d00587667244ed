/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Masks of blocks from positions alone: PowerAttention (a local window, power-of-two distances, the
 * first block), S2-Attention (a local window and a vertical stride whose phase differs by head) and
 * MoA's span of a head (methods/prefill.md 15, 17.1, 18). Models must be trained for the first two
 * to work well; here they only show how much of an untrained model's attention they would hold. */
#include <math.h>

#include "analysis/sparse-method.h"

/* Whether row @I of blocks holds block @J <= I. */
typedef gboolean (*Keeps) (
    const FoveaSparseHead *head, const double *knobs, gint64 nb, gint64 I, gint64 J);

static gboolean
select_rows (
    FoveaSparseHead *head, const double *knobs, gint64 B, Keeps keeps, FoveaSparseSelection *out)
{
    gint64 nb = fovea_sparse_head_count_blocks (head, B);
    g_autofree gint64 *blocks = g_new (gint64, (gsize) nb);
    out->tile = B;
    out->executed = fovea_mask_new (head->n_tokens, head->rule);
    for (gint64 I = 0; I < nb; I++) {
        gsize n = 0;
        for (gint64 J = 0; J <= I; J++)
            if (keeps (head, knobs, nb, I, J))
                blocks[n++] = J;
        fovea_mask_add_blocks (out->executed, I * B, (I + 1) * B, B, blocks, n);
    }
    fovea_mask_finish (out->executed);
    return TRUE;
}

enum {
    POWER_WINDOW,
    POWER_BLOCK,
};

static gboolean
keeps_power (const FoveaSparseHead *head, const double *knobs, gint64 nb, gint64 I, gint64 J)
{
    gint64 distance = I - J;
    return (double) distance < knobs[POWER_WINDOW] || (distance & (distance - 1)) == 0 || J == 0;
}

static gboolean
select_power (FoveaSparseHead *head, const double *knobs, FoveaSparseSelection *out, GError **error)
{
    return select_rows (head, knobs, (gint64) knobs[POWER_BLOCK], keeps_power, out);
}

enum {
    S2_STRIDE,
    S2_LOCAL,
    S2_BLOCK,
    S2_DENSE,
};

/* Query heads of a group share the phase of their key head. */
static gboolean
keeps_s2 (const FoveaSparseHead *head, const double *knobs, gint64 nb, gint64 I, gint64 J)
{
    gint64 stride = (gint64) knobs[S2_STRIDE], local = (gint64) knobs[S2_LOCAL];
    gint64 kv_head = head->head / (head->n_heads / head->n_kv_heads);
    gint64 step = MAX (1, stride / head->n_heads);
    gboolean dense = kv_head >= head->n_kv_heads - (gint64) knobs[S2_DENSE];
    return dense || I - J < local || (J + kv_head * step) % stride == 0;
}

static gboolean
select_s2 (FoveaSparseHead *head, const double *knobs, FoveaSparseSelection *out, GError **error)
{
    return select_rows (head, knobs, (gint64) knobs[S2_BLOCK], keeps_s2, out);
}

enum {
    MOA_BETA,
    MOA_ALPHA,
    MOA_BLOCK,
};

static gboolean
keeps_span (const FoveaSparseHead *head, const double *knobs, gint64 nb, gint64 I, gint64 J)
{
    double own = floor (knobs[MOA_ALPHA] / knobs[MOA_BLOCK] + knobs[MOA_BETA] * (double) nb);
    return (double) (I - J) <= MAX (own, 1) - 1 || J == 0;
}

static gboolean
select_moa (FoveaSparseHead *head, const double *knobs, FoveaSparseSelection *out, GError **error)
{
    return select_rows (head, knobs, (gint64) knobs[MOA_BLOCK], keeps_span, out);
}

const FoveaSparseMethod fovea_sparse_power = {
    .id = "power",
    .name = "PowerAttention",
    .paper = "Chen et al. 2025, arXiv:2503.03588",
    .unit = "block",
    .kind = FOVEA_SPARSE_STATIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {{"window", "blocks", "local blocks, the own one included", 5, 5, 1, 1e9, TRUE},
              {"block", "tokens", "side of a block", 256, 16, 1, 65536, TRUE}},
    .sweep = {1, 2, 5, 9, 17, 33, 65, -1},
    .select = select_power,
};

const FoveaSparseMethod fovea_sparse_s2 = {
    .id = "s2",
    .name = "S2-Attention",
    .paper = "Lin et al. 2024, arXiv:2407.17678",
    .unit = "block",
    .kind = FOVEA_SPARSE_STATIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {{"stride", "blocks", "distance of kept block columns", 8, 8, 1, 1e9, TRUE},
              {"local", "blocks", "local blocks, the own one included", 32, 4, 1, 1e9, TRUE},
              {"block", "tokens", "side of a block", 64, 16, 1, 65536, TRUE},
              {"dense", "heads", "last key heads, which stay dense", 0, 0, 0, 1e9, TRUE}},
    .sweep = {2, 4, 8, 16, 32, 64, -1},
    .select = select_s2,
};

const FoveaSparseMethod fovea_sparse_moa_span = {
    .id = "moa-span",
    .name = "MoA, one span for all heads",
    .paper = "Fu et al. 2024, arXiv:2406.14909",
    .unit = "block",
    .note = "one rule for every head in place of a plan from gradients",
    .kind = FOVEA_SPARSE_STATIC,
    .honesty = FOVEA_HONESTY_SURROGATE,
    .knobs = {{"beta", "share", "of the length that a head spans", 0.25, 0.25, 0, 1, FALSE},
              {"alpha", "tokens", "span beside that", 0, 0, -1e9, 1e9, TRUE},
              {"block", "tokens", "side of a block", 64, 16, 1, 65536, TRUE}},
    .sweep = {0, 1 / 32., 1 / 16., 1 / 8., 1 / 4., 1 / 2., 3 / 4., 1, -1},
    .select = select_moa,
};
