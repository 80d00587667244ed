/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* DHSA by blocks, as its repository has it later on: blocks by mean products, blocks by the columns
 * and diagonals that the last queries look at, and a variant that lets blocks of the future compete
 * for the budget, kept as a caution (methods/prefill.md 14.3). Cost: L d + nq nk d. */
#include <math.h>

#include "analysis/sparse-method.h"

enum {
    DENSITY,
    QUERY_BLOCK,
    KEY_BLOCK,
};

/* One selection under way. */
typedef struct {
    FoveaSparseHead *head;
    gint64 T, Bq, Bk, nq, nk;
    gint64 top; /* blocks that a row keeps */
    FoveaSparseSelection *out;
} Dhsa;

static Dhsa
begin (FoveaSparseHead *head, const double *knobs, FoveaSparseSelection *out)
{
    Dhsa dhsa = {.head = head,
                 .T = head->n_tokens,
                 .Bq = (gint64) knobs[QUERY_BLOCK],
                 .Bk = (gint64) knobs[KEY_BLOCK],
                 .out = out};
    dhsa.nq = fovea_sparse_head_count_blocks (head, dhsa.Bq);
    dhsa.nk = fovea_sparse_head_count_blocks (head, dhsa.Bk);
    dhsa.top = MAX (1, (gint64) (knobs[DENSITY] * (double) dhsa.nk));
    out->tile = dhsa.Bk;
    out->flops = 2 * (double) head->width * ((double) dhsa.T + (double) dhsa.nq * (double) dhsa.nk);
    out->executed = fovea_mask_new (dhsa.T, head->rule);
    return dhsa;
}

/* Last key block that any query of row @I may see. */
static gint64
get_recent (const Dhsa *dhsa, gint64 I)
{
    return MIN (((I + 1) * dhsa->Bq - 1) / dhsa->Bk, dhsa->nk - 1);
}

/* Keeps the first block, the last, and the best of those between, @scores of which are given. */
static void
add_best (const Dhsa *dhsa, gint64 I, double *scores, gint64 *order)
{
    gint64 recent = get_recent (dhsa, I);
    scores[0] = scores[recent] = INFINITY;
    gsize n = fovea_select_top (scores, (gsize) (recent + 1), dhsa->top, order, &dhsa->out->margin);
    fovea_mask_add_blocks (dhsa->out->executed, I * dhsa->Bq, (I + 1) * dhsa->Bq, dhsa->Bk, order,
                           n);
}

static void
add_all (const Dhsa *dhsa, gint64 I)
{
    fovea_mask_add_rectangle (dhsa->out->executed, I * dhsa->Bq, (I + 1) * dhsa->Bq, 0, dhsa->T);
}

/* By products of means; @ahead: with blocks of the future in the running, and nothing forced. */
static gboolean
select_by_means (FoveaSparseHead *head,
                 const double *knobs,
                 gboolean ahead,
                 FoveaSparseSelection *out)
{
    Dhsa dhsa = begin (head, knobs, out);
    g_autofree double *queries = fovea_sparse_head_pool (head, head->q, dhsa.Bq, FALSE);
    g_autofree double *keys = fovea_sparse_head_pool (head, head->k, dhsa.Bk, FALSE);
    g_autofree double *scores = g_new (double, (gsize) dhsa.nk);
    g_autofree gint64 *order = g_new (gint64, (gsize) dhsa.nk);
    for (gint64 I = 0; I < dhsa.nq; I++) {
        fovea_sparse_head_multiply (head, queries + I * head->width, keys, dhsa.nk, scores);
        if (ahead) {
            gsize n = fovea_select_top (scores, (gsize) dhsa.nk, dhsa.top, order, &out->margin);
            fovea_mask_add_blocks (out->executed, I * dhsa.Bq, (I + 1) * dhsa.Bq, dhsa.Bk, order,
                                   n);
        } else if (get_recent (&dhsa, I) + 1 <= dhsa.top) {
            add_all (&dhsa, I);
        } else {
            add_best (&dhsa, I, scores, order);
        }
    }
    fovea_mask_finish (out->executed);
    return TRUE;
}

static gboolean
select_a (FoveaSparseHead *head, const double *knobs, FoveaSparseSelection *out, GError **error)
{
    return select_by_means (head, knobs, FALSE, out);
}

static gboolean
select_topk (FoveaSparseHead *head, const double *knobs, FoveaSparseSelection *out, GError **error)
{
    return select_by_means (head, knobs, TRUE, out);
}

/* Columns and distances that were chosen, and what the last queries give them. */
typedef struct {
    const double *columns, *distances; /* (T) */
    gint64 *chosen_columns, *chosen_distances;
    gsize n_columns, n_distances;
} Lines;

/* Mass of the chosen columns in each block, and of the chosen diagonals that touch it. */
static void
score_by_lines (const Dhsa *dhsa, const Lines *lines, gint64 I, double *scores)
{
    gint64 recent = get_recent (dhsa, I);
    for (gint64 J = 0; J <= recent; J++)
        scores[J] = 0;
    for (gsize i = 0; i < lines->n_columns; i++) {
        gint64 J = lines->chosen_columns[i] / dhsa->Bk;
        if (J <= recent)
            scores[J] += lines->columns[lines->chosen_columns[i]];
    }
    for (gsize i = 0; i < lines->n_distances; i++) {
        gint64 first = I * dhsa->Bq - lines->chosen_distances[i], last = first + dhsa->Bq - 1;
        for (gint64 J = MAX (first, 0) / dhsa->Bk; last >= 0 && J <= MIN (last / dhsa->Bk, recent);
             J++)
            scores[J] += lines->distances[lines->chosen_distances[i]];
    }
}

static gboolean
select_vs (FoveaSparseHead *head, const double *knobs, FoveaSparseSelection *out, GError **error)
{
    const double *probe = fovea_sparse_head_get_lines (head, (gint64) knobs[QUERY_BLOCK], error);
    if (probe == NULL)
        return FALSE;
    Dhsa dhsa = begin (head, knobs, out);
    gint64 T = dhsa.T, budget = dhsa.top * dhsa.Bk;
    g_autofree gint64 *columns = g_new (gint64, (gsize) T);
    g_autofree gint64 *distances = g_new (gint64, (gsize) T);
    g_autofree double *scores = g_new (double, (gsize) dhsa.nk);
    g_autofree gint64 *order = g_new (gint64, (gsize) dhsa.nk);
    Lines lines = {probe, probe + T, columns, distances, 0, 0};
    lines.n_columns = fovea_select_top (probe, (gsize) T, budget / 2, columns, &out->margin);
    lines.n_distances =
        fovea_select_top (probe + T, (gsize) T, budget - budget / 2, distances, &out->margin);
    for (gint64 I = 0; I < dhsa.nq; I++) {
        if (get_recent (&dhsa, I) + 1 <= dhsa.top || I < (budget + dhsa.Bq - 1) / dhsa.Bq ||
            I == dhsa.nq - 1) {
            add_all (&dhsa, I);
            continue;
        }
        score_by_lines (&dhsa, &lines, I, scores);
        add_best (&dhsa, I, scores, order);
    }
    fovea_mask_finish (out->executed);
    return TRUE;
}

#define DHSA_KNOBS                                                                                 \
    {                                                                                              \
        {"density", "share", "of all key blocks, kept by every row", 0.125, 0.125, 0, 1, FALSE},   \
            {"query-block", "tokens", "queries that share blocks", 128, 32, 1, 65536, TRUE},       \
        {                                                                                          \
            "key-block", "tokens", "side of a block of keys", 32, 16, 1, 65536, TRUE               \
        }                                                                                          \
    }
#define DHSA_SWEEP                                                                                 \
    {                                                                                              \
        0.03, 0.06, 0.125, 0.25, 0.5, 0.75, 1, -1                                                  \
    }

const FoveaSparseMethod fovea_sparse_dhsa_a = {
    .id = "dhsa-a",
    .name = "DHSA, blocks",
    .paper = "Xiong et al. 2025, arXiv:2510.24606",
    .unit = "block",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = DHSA_KNOBS,
    .sweep = DHSA_SWEEP,
    .products = TRUE,
    .select = select_a,
};

const FoveaSparseMethod fovea_sparse_dhsa_vs = {
    .id = "dhsa-vs",
    .name = "DHSA, blocks by lines",
    .paper = "Xiong et al. 2025, arXiv:2510.24606",
    .unit = "block",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = DHSA_KNOBS,
    .sweep = DHSA_SWEEP,
    .products = TRUE,
    .select = select_vs,
};

const FoveaSparseMethod fovea_sparse_dhsa_topk = {
    .id = "dhsa-topk",
    .name = "DHSA, blocks of the future compete",
    .paper = "Xiong et al. 2025, arXiv:2510.24606",
    .unit = "block",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = DHSA_KNOBS,
    .sweep = DHSA_SWEEP,
    .products = TRUE,
    .select = select_topk,
};
