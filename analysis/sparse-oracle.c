/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Upper bounds, computed from the exact weights: the heaviest keys of each row by number or by mass,
 * and the heaviest blocks (methods/prefill.md 5.2, 5.3). No method can use them; every curve is
 * judged against them. */
#include <math.h>

#include "analysis/sparse-method.h"

enum {
    AMOUNT, /* first knob: keys, blocks or mass */
    BLOCK,
};

static gint64
count_keys (const double *sums, gint64 n, const double *knobs)
{
    return MIN (n, (gint64) knobs[AMOUNT]);
}

/* The key that crosses is kept: the mass before it was short. */
static gint64
count_mass (const double *sums, gint64 n, const double *knobs)
{
    gint64 low = 0, high = n; /* least c with sums[c] >= mass */
    while (low < high) {
        gint64 middle = (low + high) / 2;
        if (sums[middle] < knobs[AMOUNT])
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Keys that weigh as much as the threshold. One threshold for all rows spends a number of pairs as well
 * as it can be spent: a row that needs more gets more. */
static gint64
count_weight (const double *sums, gint64 n, const double *knobs)
{
    gint64 low = 0, high = n; /* how many weigh enough */
    while (low < high) {
        gint64 middle = (low + high + 1) / 2;
        if (sums[middle] - sums[middle - 1] >= knobs[AMOUNT])
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* Blocks of row @I by falling mass. */
static gsize
rank_blocks (const double *mass, gint64 nb, gint64 I, gboolean causal, gint64 *order)
{
    return fovea_select_rank (mass + I * nb, (gsize) (causal ? I + 1 : nb), order);
}

/* @by_mass: until a share of the rows' mass is reached; else a number of blocks. */
static gboolean
select_blocks (FoveaSparseHead *head,
               const double *knobs,
               gboolean by_mass,
               FoveaSparseSelection *out,
               GError **error)
{
    gint64 B = (gint64) knobs[BLOCK], nb = fovea_sparse_head_count_blocks (head, B);
    const double *mass = fovea_sparse_head_get_block_mass (head, B, error);
    if (mass == NULL)
        return FALSE;
    g_autofree gint64 *order = g_new (gint64, (gsize) nb);
    out->tile = B;
    out->executed = fovea_mask_new (head->n_tokens, head->rule);
    for (gint64 I = 0; I < nb; I++) {
        const double *row = mass + I * nb;
        double rows = (double) MIN (B, head->n_tokens - I * B);
        gsize n = rank_blocks (mass, nb, I, head->rule->causal, order), kept;
        if (by_mass) {
            kept = fovea_select_cover_before (row, order, n, 0, knobs[AMOUNT] * rows, &out->margin);
        } else {
            kept = MIN (n, (gsize) knobs[AMOUNT]);
            if (kept < n)
                fovea_margin_compare (&out->margin, row[order[kept - 1]], row[order[kept]]);
        }
        fovea_mask_add_blocks (out->executed, I * B, (I + 1) * B, B, order, kept);
    }
    fovea_mask_finish (out->executed);
    return TRUE;
}

static gboolean
select_number (FoveaSparseHead *head,
               const double *knobs,
               FoveaSparseSelection *out,
               GError **error)
{
    return select_blocks (head, knobs, FALSE, out, error);
}

static gboolean
select_share (FoveaSparseHead *head, const double *knobs, FoveaSparseSelection *out, GError **error)
{
    return select_blocks (head, knobs, TRUE, out, error);
}

const FoveaSparseMethod fovea_sparse_oracle_token = {
    .id = "oracle-token",
    .name = "Token oracle, top k",
    .paper = "",
    .unit = "token",
    .kind = FOVEA_SPARSE_ORACLE,
    .honesty = FOVEA_HONESTY_MEASUREMENT,
    .knobs = {{"k", "tokens", "heaviest keys of every query", 1024, 64, 1, 1e9, TRUE}},
    .sweep = FOVEA_SPARSE_SHARES,
    .sweep_of = FOVEA_SWEEP_TOKENS,
    .both_ways = TRUE,
    .count = count_keys,
};

const FoveaSparseMethod fovea_sparse_oracle_mass = {
    .id = "oracle-mass",
    .name = "Token oracle, mass",
    .paper = "",
    .unit = "token",
    .kind = FOVEA_SPARSE_ORACLE,
    .honesty = FOVEA_HONESTY_MEASUREMENT,
    .knobs = {{"mass", "share", "mass that every query keeps", 0.9, 0.9, 0, 1, FALSE}},
    .sweep = {0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, -1},
    .both_ways = TRUE,
    .count = count_mass,
};

const FoveaSparseMethod fovea_sparse_oracle_weight = {
    .id = "oracle-weight",
    .name = "Token oracle, weight",
    .paper = "",
    .unit = "token",
    .kind = FOVEA_SPARSE_ORACLE,
    .honesty = FOVEA_HONESTY_MEASUREMENT,
    .knobs = {{"weight", "share", "least weight of a pair that is kept", 1e-3, 1e-3, 1e-9, 1,
               FALSE}},
    /* More points than others have: it bounds them, and a straight line between points lies below. */
    .sweep = {1e-6, 1e-5, 3e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 2e-2},
    .both_ways = TRUE,
    .count = count_weight,
};

const FoveaSparseMethod fovea_sparse_oracle_block = {
    .id = "oracle-block",
    .name = "Block oracle, top k",
    .paper = "",
    .unit = "block",
    .kind = FOVEA_SPARSE_ORACLE,
    .honesty = FOVEA_HONESTY_MEASUREMENT,
    .knobs = {{"k", "blocks", "heaviest blocks of every row of blocks", 64, 8, 1, 1e9, TRUE},
              {"block", "tokens", "side of a block", 64, 16, 1, 65536, TRUE}},
    .sweep = FOVEA_SPARSE_SHARES,
    .sweep_of = FOVEA_SWEEP_BLOCKS,
    .both_ways = TRUE,
    .select = select_number,
};

const FoveaSparseMethod fovea_sparse_oracle_block_mass = {
    .id = "oracle-block-mass",
    .name = "Block oracle, mass",
    .paper = "",
    .unit = "block",
    .kind = FOVEA_SPARSE_ORACLE,
    .honesty = FOVEA_HONESTY_MEASUREMENT,
    .knobs = {{"mass", "share", "mass that every row of blocks keeps", 0.9, 0.9, 0, 1, FALSE},
              {"block", "tokens", "side of a block", 64, 16, 1, 65536, TRUE}},
    .sweep = {0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, -1},
    .both_ways = TRUE,
    .select = select_share,
};
