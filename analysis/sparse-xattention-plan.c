/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Every head's threshold begins at 0.9, and each step multiplies it by 0.9; a dynamic programme finds how
 * many steps each head takes. The paper judges a plan by the model's score in a task; here the heads'
 * recall on the capture at hand stands in, and the plan is one of a layer: as many tiles as the same
 * number of steps for every head would keep, but shared out so that they hold the most. Recalls follow
 * from sums of weights by blocks, without a mask. */
#include "analysis/sparse-xattention-plan.h"

#include <math.h>

#include "analysis/sparse-method.h"
#include "analysis/sparse-xattention.h"

enum {
    STEPS,
    STRIDE,
    BLOCK,

    LEVELS = 13,  /* 0.9 to 0.9^13 = 0.25 */
    UNITS = 1024, /* that all tiles of a head cost */
};

static double
get_share (guint level)
{
    return pow (0.9, (double) level + 1);
}

/* best[b], the largest sum within b units, of the heads so far becomes that with one more; chosen[b] is
 * this head's level in it. */
static void
add_head (const double *recalls,
          const guint *costs,
          gsize n_levels,
          gsize budget,
          double *best,
          guint *chosen)
{
    for (gsize b = budget + 1; b-- > 0;) {
        double largest = -INFINITY;
        for (gsize level = 0; level < n_levels; level++) {
            double sum = costs[level] <= b ? best[b - costs[level]] + recalls[level] : -INFINITY;
            if (sum > largest) {
                largest = sum;
                chosen[b] = (guint) level;
            }
        }
        best[b] = largest;
    }
}

void
fovea_xattention_plan (const double *recalls,
                       const guint *costs,
                       gsize n_heads,
                       gsize n_levels,
                       gsize budget,
                       guint *levels)
{
    gsize row = budget + 1, left = budget;
    g_autofree double *best = g_new0 (double, row);
    g_autofree guint *chosen = g_new0 (guint, n_heads * row);
    for (gsize h = 0; h < n_heads; h++)
        add_head (recalls + h * n_levels, costs + h * n_levels, n_levels, budget, best,
                  chosen + h * row);
    for (gsize h = n_heads; h-- > 0;) {
        levels[h] = chosen[h * row + left];
        left -= costs[h * n_levels + levels[h]];
    }
}

/* Recall and share of tiles of one head at each level: (2, LEVELS). */
static gboolean
measure_levels (FoveaSparseHead *head, gint64 S, gint64 B, double *out, GError **error)
{
    gint64 nb = fovea_sparse_head_count_blocks (head, B), n = (head->n_tokens + S - 1) / S;
    const double *scores = fovea_xattention_get_scores (head, S, B, error);
    const gint64 *ranks = scores != NULL ? fovea_xattention_get_ranks (head, S, B, error) : NULL;
    const double *mass = ranks != NULL ? fovea_sparse_head_get_block_mass (head, B, error) : NULL;
    if (mass == NULL)
        return FALSE;
    g_autofree gint64 *order = g_new (gint64, (gsize) nb + 2);
    for (guint level = 0; level < LEVELS; level++) {
        FoveaMargin margin;
        double *recall = &out[level], *share = &out[LEVELS + level];
        fovea_margin_init (&margin);
        *recall = *share = 0;
        for (gint64 I = 0; I < nb; I++) {
            double target = get_share (level) * (double) MIN (B / S, n - I * (B / S));
            gsize kept = fovea_xattention_choose (scores + I * nb, ranks + I * nb, I, target, order,
                                                  &margin);
            *share += (double) kept / ((double) (nb * (nb + 1)) / 2);
            for (gsize i = 0; i < kept; i++)
                *recall += mass[I * nb + order[i]] / (double) head->n_tokens;
        }
    }
    return TRUE;
}

/* (2, LEVELS) of head @h of the layer. */
static const double *
get_levels (FoveaSparseHead *head, guint h, gint64 S, gint64 B, GError **error)
{
    g_autofree char *key = g_strdup_printf (
        "xattention-plan %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " of %u", S, B, h);
    const double *found = fovea_sparse_head_find_in_layer (head, key);
    if (found != NULL)
        return found;
    g_autofree double *levels = g_new (double, 2 * LEVELS);
    g_autoptr (FoveaSparseHead) other = NULL;
    if (h != head->head) {
        other = fovea_sparse_head_new (head->attention, head->layer, h, head->cancellable, error);
        if (other == NULL)
            return NULL;
        other->shared = head->shared;
    }
    if (!measure_levels (other != NULL ? other : head, S, B, levels, error))
        return NULL;
    return fovea_sparse_head_keep_in_layer (head, key, g_steal_pointer (&levels));
}

/* Recalls and costs of all heads. Odd heads go through the layer the other way round: two threads do
 * not work out the same. */
static gboolean
read_layer (
    FoveaSparseHead *head, gint64 S, gint64 B, double *recalls, guint *costs, GError **error)
{
    guint H = (guint) head->n_heads;
    for (guint i = 0; i < H; i++) {
        guint h = head->head % 2 == 0 ? (head->head + i) % H : (head->head + H - i) % H;
        const double *own = get_levels (head, h, S, B, error);
        if (own == NULL)
            return FALSE;
        for (guint level = 0; level < LEVELS; level++) {
            recalls[h * LEVELS + level] = own[level];
            costs[h * LEVELS + level] = (guint) ceil (own[LEVELS + level] * UNITS);
        }
    }
    return TRUE;
}

/* Level of each head, (H), the same whichever head asks. */
static const double *
get_plan (FoveaSparseHead *head, gint64 S, gint64 B, guint steps, GError **error)
{
    g_autofree char *key = g_strdup_printf (
        "xattention-plan %" G_GINT64_FORMAT " %" G_GINT64_FORMAT ": %u", S, B, steps);
    const double *found = fovea_sparse_head_find_in_layer (head, key);
    if (found != NULL)
        return found;
    gsize H = (gsize) head->n_heads, budget = 0;
    g_autofree double *recalls = g_new (double, H *LEVELS);
    g_autofree guint *costs = g_new (guint, H * LEVELS), *levels = g_new (guint, H);
    if (!read_layer (head, S, B, recalls, costs, error))
        return NULL;
    for (gsize h = 0; h < H; h++)
        budget += costs[h * LEVELS + steps];
    fovea_xattention_plan (recalls, costs, H, LEVELS, budget, levels);
    double *plan = g_new (double, H);
    for (gsize h = 0; h < H; h++)
        plan[h] = (double) levels[h];
    return fovea_sparse_head_keep_in_layer (head, key, plan);
}

static gboolean
select_planned (FoveaSparseHead *head,
                const double *knobs,
                FoveaSparseSelection *out,
                GError **error)
{
    gint64 S = (gint64) knobs[STRIDE], B = (gint64) knobs[BLOCK];
    const double *plan = get_plan (head, S, B, (guint) knobs[STEPS], error);
    return plan != NULL &&
           fovea_xattention_select (head, get_share ((guint) plan[head->head]), S, B, out, error);
}

const FoveaSparseMethod fovea_sparse_xattention_planned = {
    .id = "xattention-planned",
    .name = "XAttention, thresholds planned over a layer",
    .paper = "Xu et al. 2025, arXiv:2503.16428",
    .unit = "block",
    .note = "heads' recall on the capture at hand in place of a task's score",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_FITTED,
    .knobs = {{"steps", "", "times that the share of 0.9 is multiplied by 0.9 for as many tiles", 1,
               1, 0, LEVELS - 1, TRUE},
              {"stride", "tokens", "side of the tiles that are scored", 8, 4, 1, 65536, TRUE},
              {"block", "tokens", "side of a block", 128, 16, 1, 65536, TRUE}},
    .sweep = {0, 1, 2, 3, 4, 6, 8, 12, -1},
    .products = TRUE,
    .select = select_planned,
};
