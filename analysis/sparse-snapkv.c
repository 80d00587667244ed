/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The last queries of the prompt vote on its keys. The prefill itself stays dense, so only rows after
 * the prompt count: a captured text is cut, and its tail stands for what is generated. Cost: g w L d
 * once a prompt. */
#include "analysis/sparse-snapkv.h"

#include <math.h>

#include "analysis/sparse-method.h"

enum {
    CAPACITY,
    PROBES,
    SMOOTH,
    LOCAL,
    PREFIX,
    TAIL,
    FLOOR,
};

static guint
group_size (const FoveaSparseHead *head)
{
    return (guint) (head->n_heads / head->n_kv_heads);
}

/* Adds one query head's votes: the sum over probes of its weights divided by the group, or the
 * largest. */
static gboolean
add_votes (const FoveaSparseHead *head,
           guint query_head,
           const FoveaSnapkvBudget *budget,
           double *votes,
           GError **error)
{
    gint64 T = budget->prompt, q0 = T - MIN (budget->probes, T);
    double share = 1 / (double) group_size (head);
    g_autofree float *tile = g_new (float, (gsize) ((T - q0) * T));
    g_autofree double *row = g_new (double, (gsize) T);
    if (!fovea_attention_read_scores (head->attention, query_head, q0, T, 0, T, tile, error))
        return FALSE;
    for (gint64 q = 0; q < T - q0; q++) {
        for (gint64 j = 0; j < T; j++)
            row[j] = (double) tile[q * T + j];
        fovea_select_softmax (row, (gsize) T);
        for (gint64 j = 0; j < T; j++)
            votes[j] = budget->shared ? MAX (votes[j], row[j]) : votes[j] + row[j] * share;
    }
    return TRUE;
}

/* Average over @width keys, always divided by @width: keys beyond the ends count as 0. */
static double *
smooth (const double *votes, gint64 T, gint64 width)
{
    double *out = g_new0 (double, (gsize) T);
    for (gint64 j = 0; j < T; j++)
        for (gint64 i = MAX (j - width / 2, 0); i < MIN (j + width / 2 + 1, T); i++)
            out[j] += votes[i] / (double) width;
    return out;
}

const double *
fovea_snapkv_get_importance (FoveaSparseHead *head,
                             guint kv_head,
                             const FoveaSnapkvBudget *budget,
                             GError **error)
{
    g_autofree char *key = g_strdup_printf (
        "snapkv %u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %d", kv_head,
        budget->prompt, budget->probes, budget->smooth, budget->shared);
    const double *found = fovea_sparse_head_find (head, key);
    if (found != NULL)
        return found;
    g_autofree double *votes = g_new0 (double, (gsize) budget->prompt);
    for (guint i = 0; i < group_size (head); i++)
        if (!add_votes (head, kv_head * group_size (head) + i, budget, votes, error))
            return NULL;
    return fovea_sparse_head_keep (head, key, smooth (votes, budget->prompt, budget->smooth));
}

/* Importance with the forced keys raised: their place in the ranking is sure. */
static double *
raise_forced (const double *importance, const FoveaSnapkvBudget *budget)
{
    gint64 T = budget->prompt;
    double *raised = g_memdup2 (importance, (gsize) T * sizeof *importance);
    for (gint64 j = 0; j < T; j++)
        if (j < budget->prefix || j >= T - budget->local)
            raised[j] = INFINITY;
    return raised;
}

/* What every head keeps of its own before they compete. */
static gint64
get_own (const FoveaSnapkvBudget *budget)
{
    gint64 floor = (gint64) (budget->floor * (double) budget->capacity);
    return MIN (MAX (floor, budget->local + budget->prefix), budget->prompt);
}

/* Ranks what the heads have left, and marks (G, T) what each keeps in all. */
static gboolean
share_capacity (FoveaSparseHead *head,
                const FoveaSnapkvBudget *budget,
                gboolean *kept,
                FoveaMargin *margin,
                GError **error)
{
    gint64 T = budget->prompt, G = head->n_kv_heads, own = get_own (budget);
    g_autofree double *left = g_new (double, (gsize) (G * T));
    g_autofree gint64 *order = g_new (gint64, (gsize) (G * T));
    for (gint64 g = 0; g < G; g++) {
        const double *importance = fovea_snapkv_get_importance (head, (guint) g, budget, error);
        if (importance == NULL)
            return FALSE;
        g_autofree double *raised = raise_forced (importance, budget);
        gsize n = fovea_select_top (raised, (gsize) T, own, order, margin);
        for (gint64 j = 0; j < T; j++)
            left[g * T + j] = raised[j];
        for (gsize i = 0; i < n; i++) {
            kept[g * T + order[i]] = TRUE;
            left[g * T + order[i]] = -INFINITY;
        }
    }
    gsize n = fovea_select_top (left, (gsize) (G * T), (budget->capacity - own) * G, order, margin);
    for (gsize i = 0; i < n; i++)
        kept[order[i]] = TRUE;
    return TRUE;
}

static gboolean
check_budget (const FoveaSnapkvBudget *budget, GError **error)
{
    if (budget->smooth % 2 == 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "importance is averaged over %" G_GINT64_FORMAT
                     " keys, which have no middle: the number is odd",
                     budget->smooth);
        return FALSE;
    }
    if (budget->capacity > budget->local + budget->prefix || budget->capacity == budget->prompt)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "a capacity of %" G_GINT64_FORMAT " keys does not exceed the %" G_GINT64_FORMAT
                 " last and %" G_GINT64_FORMAT " first ones, which are always kept",
                 budget->capacity, budget->local, budget->prefix);
    return FALSE;
}

gboolean
fovea_snapkv_keep (FoveaSparseHead *head,
                   guint kv_head,
                   const FoveaSnapkvBudget *budget,
                   gint64 *keys,
                   gsize *n,
                   FoveaMargin *margin,
                   GError **error)
{
    gint64 T = budget->prompt;
    *n = 0;
    if (!check_budget (budget, error))
        return FALSE;
    if (budget->shared) {
        g_autofree gboolean *kept = g_new0 (gboolean, (gsize) (head->n_kv_heads * T));
        if (!share_capacity (head, budget, kept, margin, error))
            return FALSE;
        for (gint64 j = 0; j < T; j++)
            if (kept[kv_head * T + j])
                keys[(*n)++] = j;
        return TRUE;
    }
    const double *importance = fovea_snapkv_get_importance (head, kv_head, budget, error);
    if (importance == NULL)
        return FALSE;
    g_autofree double *raised = raise_forced (importance, budget);
    *n = fovea_select_top (raised, (gsize) T, budget->capacity, keys, margin);
    fovea_select_sort (keys, *n);
    return TRUE;
}

/* The prompt is dense; later queries see what was kept of it and all that came since. */
static gboolean
select_cache (FoveaSparseHead *head,
              const double *knobs,
              gboolean shared,
              FoveaSparseSelection *out,
              GError **error)
{
    gint64 T = head->n_tokens, prompt = T - MIN ((gint64) knobs[TAIL], T / 4);
    /* A sweep over shares of a short text begins below what is forced. */
    gint64 least = MIN ((gint64) (knobs[LOCAL] + knobs[PREFIX]) + 1, prompt);
    const FoveaSnapkvBudget budget = {.prompt = prompt,
                                      .probes = (gint64) knobs[PROBES],
                                      .smooth = (gint64) knobs[SMOOTH],
                                      .local = (gint64) knobs[LOCAL],
                                      .prefix = (gint64) knobs[PREFIX],
                                      .capacity = CLAMP ((gint64) knobs[CAPACITY], least, prompt),
                                      .shared = shared,
                                      .floor = knobs[FLOOR]};
    g_autofree gint64 *keys = g_new (gint64, (gsize) T);
    guint group = group_size (head);
    gsize n;
    if (!fovea_snapkv_keep (head, head->head / group, &budget, keys, &n, &out->margin, error))
        return FALSE;
    out->tile = 0; /* keys are gathered from a cache */
    out->first_row = prompt;
    out->flops = 2 * (double) group * knobs[PROBES] * (double) prompt * (double) head->width;
    out->executed = fovea_mask_new (T, head->rule);
    fovea_mask_add_rectangle (out->executed, 0, prompt, 0, prompt);
    fovea_mask_add_blocks (out->executed, prompt, T, 1, keys, n);
    fovea_mask_add_rectangle (out->executed, prompt, T, prompt, T);
    fovea_mask_finish (out->executed);
    return TRUE;
}

static gboolean
select_snapkv (FoveaSparseHead *head,
               const double *knobs,
               FoveaSparseSelection *out,
               GError **error)
{
    return select_cache (head, knobs, FALSE, out, error);
}

static gboolean
select_shared (FoveaSparseHead *head,
               const double *knobs,
               FoveaSparseSelection *out,
               GError **error)
{
    return select_cache (head, knobs, TRUE, out, error);
}

/* clang-format off */
#define SNAPKV_KNOBS                                                                               \
    {"capacity", "tokens", "keys of the prompt that are kept, forced ones and one more at least", 1024, 128, 1, 1e9, TRUE},           \
    {"probes", "tokens", "last queries of the prompt that are looked at", 256, 32, 1, 65536, TRUE},\
    {"smooth", "tokens", "odd number of keys that importance is averaged over", 21, 7, 1, 1023,    \
     TRUE},                                                                                        \
    {"local", "tokens", "last keys of the prompt, always kept", 128, 16, 0, 1e9, TRUE},            \
    {"prefix", "tokens", "first keys, always kept", 4, 4, 0, 1e9, TRUE},                           \
    {"tail", "tokens", "last queries, which stand for generated ones; at most T / 4", 256, 256, 1, \
     1e9, TRUE}
/* clang-format on */

const FoveaSparseMethod fovea_sparse_snapkv = {
    .id = "snapkv",
    .name = "SnapKV",
    .paper = "Li et al. 2024, arXiv:2404.14469",
    .unit = "token of the cache",
    .kind = FOVEA_SPARSE_DECODE,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {SNAPKV_KNOBS},
    .sweep = {0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, -1},
    .sweep_of = FOVEA_SWEEP_TOKENS,
    .products = TRUE,
    .select = select_snapkv,
};

const FoveaSparseMethod fovea_sparse_ada_snapkv = {
    .id = "ada-snapkv",
    .name = "Ada-SnapKV",
    .paper = "Feng et al. 2024, arXiv:2407.11550",
    .unit = "token of the cache",
    .kind = FOVEA_SPARSE_DECODE,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {SNAPKV_KNOBS,
              {"floor", "share", "of the capacity that every head has for itself", 0.2, 0.2, 0, 1,
               FALSE}},
    .sweep = {0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, -1},
    .sweep_of = FOVEA_SWEEP_TOKENS,
    .products = TRUE,
    .select = select_shared,
};
