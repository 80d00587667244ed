/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* SparseD, for models that denoise text in both directions: blocks by mean weight from one full
 * softmax, in two passes: over the prompt, and over what is being generated. In use the mask is made
 * once and kept for later steps (methods/prefill.md 16). The public code divides scores by the root
 * of the number of heads; both scales are here. Cost: one full product. */
#include <math.h>

#include "analysis/sparse-method.h"

enum {
    SHARE,
    BLOCK,
    NEW,
    SCALE,
};

enum {
    TILE_CELLS = 1 << 20,
};

/* Softmax over keys [from,T) of each row, summed into blocks of keys counted from @from: adds to
 * @mass (nb, n). @factor turns captured scores into those that the method ranks. */
static void
add_row (const float *scores, gint64 from, gint64 T, double factor, gint64 B, double *mass)
{
    double largest = -INFINITY, sum = 0;
    for (gint64 j = from; j < T; j++)
        largest = MAX (largest, (double) scores[j] * factor);
    if (!isfinite (largest))
        return;
    for (gint64 j = from; j < T; j++)
        sum += exp ((double) scores[j] * factor - largest);
    for (gint64 j = from; j < T; j++)
        mass[(j - from) / B] += exp ((double) scores[j] * factor - largest) / sum;
}

/* One selection under way: block masses over all keys, and over keys from @last on. */
typedef struct {
    FoveaSparseHead *head;
    gint64 B, nb, last, n_late;
    double factor;
    double *all;  /* (nb, nb) */
    double *late; /* (nb, n_late) */
} Sparsed;

static gboolean
weigh_blocks (Sparsed *s, GError **error)
{
    FoveaSparseHead *head = s->head;
    gint64 T = head->n_tokens, rows = CLAMP (TILE_CELLS / T, 1, 256);
    g_autofree float *tile = g_new (float, (gsize) (rows * T));
    for (gint64 q0 = 0; q0 < T; q0 += rows) {
        gint64 q1 = MIN (q0 + rows, T);
        if (g_cancellable_set_error_if_cancelled (head->cancellable, error) ||
            !fovea_attention_read_scores (head->attention, head->head, q0, q1, 0, T, tile, error))
            return FALSE;
        for (gint64 q = q0; q < q1; q++) {
            const float *scores = tile + (q - q0) * T;
            gint64 I = q / s->B;
            add_row (scores, 0, T, s->factor, s->B, s->all + I * s->nb);
            add_row (scores, s->last * s->B, T, s->factor, s->B, s->late + I * s->n_late);
        }
    }
    return TRUE;
}

/* The best blocks of a row, those from @end on dropped afterwards; their indices get @shift. */
static void
add_best (const Sparsed *s,
          gint64 I,
          const double *scores,
          gint64 n,
          double share,
          gint64 end,
          gint64 shift,
          FoveaSparseSelection *out)
{
    g_autofree gint64 *order = g_new (gint64, (gsize) n);
    gint64 wanted = MAX (1, (gint64) ((double) n * share) + 1);
    gsize found = fovea_select_top (scores, (gsize) n, wanted, order, &out->margin), kept = 0;
    for (gsize i = 0; i < found; i++)
        if (order[i] < end)
            order[kept++] = order[i] + shift;
    fovea_mask_add_blocks (out->executed, I * s->B, (I + 1) * s->B, s->B, order, kept);
}

/* First block that lies within the generated part; the last one if that is shorter than a block. */
static gint64
find_generated (gint64 T, gint64 B, gint64 nb, gint64 n_new)
{
    for (gint64 I = 0; I < nb; I++)
        if (T - I * B <= n_new)
            return I;
    return nb - 1;
}

static gboolean
select_sparsed (FoveaSparseHead *head,
                const double *knobs,
                FoveaSparseSelection *out,
                GError **error)
{
    Sparsed s = {.head = head, .B = (gint64) knobs[BLOCK]};
    double D = (double) head->width, H = (double) head->n_heads, T = (double) head->n_tokens;
    s.nb = fovea_sparse_head_count_blocks (head, s.B);
    s.last = find_generated (head->n_tokens, s.B, s.nb, (gint64) knobs[NEW]);
    s.n_late = s.nb - s.last;
    s.factor = 1 / sqrt (knobs[SCALE] > 0 ? D : H) / (double) head->rule->scale;
    g_autofree double *all = g_new0 (double, (gsize) (s.nb * s.nb));
    g_autofree double *late = g_new0 (double, (gsize) (s.nb * s.n_late));
    s.all = all;
    s.late = late;
    if (!weigh_blocks (&s, error))
        return FALSE;
    out->tile = s.B;
    out->flops = 2 * T * T * D;
    out->executed = fovea_mask_new (head->n_tokens, head->rule);
    for (gint64 I = 0; I < s.nb; I++) {
        add_best (&s, I, all + I * s.nb, s.nb, knobs[SHARE], s.last, 0, out);
        add_best (&s, I, late + I * s.n_late, s.n_late, knobs[SHARE], s.n_late, s.last, out);
    }
    fovea_mask_finish (out->executed);
    return TRUE;
}

const FoveaSparseMethod fovea_sparse_sparsed = {
    .id = "sparsed",
    .name = "SparseD",
    .paper = "Wang et al. 2025, arXiv:2509.24014",
    .unit = "block",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {{"share", "share", "of the blocks that a row keeps", 0.3, 0.5, 0, 1, FALSE},
              {"block", "tokens", "side of a block", 128, 32, 1, 65536, TRUE},
              {"new", "tokens", "at the end, that are being generated", 128, 128, 0, 1e9, TRUE},
              {"scale", "", "scores over the root of: 0 = heads, 1 = head width", 0, 0, 0, 1,
               TRUE}},
    .sweep = {0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, -1},
    .products = TRUE,
    .both_ways = TRUE,
    .ahead_only = TRUE,
    .select = select_sparsed,
};
