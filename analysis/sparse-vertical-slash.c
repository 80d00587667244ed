/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Columns and diagonals that the last queries look at: MInference's Vertical-Slash, and two forms of
 * The Sparse Frontier, with fixed budgets and with budgets from a share of the mass
 * (methods/prefill.md 6.2, 9.1, 9.3). Cost: n L d for the probes, then two rankings. */
#include <math.h>

#include "analysis/sparse-lines.h"

enum {
    BUDGET, /* lines of a kind, or the share of the mass */
    RATIO,  /* distances per column, or the least budget */
    PROBES,
    TILE,
    FORCED_COLUMNS,
    FORCED_DISTANCES,
};

static FoveaLineBudget
get_budget (const double *knobs)
{
    return (FoveaLineBudget){.forced_columns = (gint64) knobs[FORCED_COLUMNS],
                             .forced_distances = (gint64) knobs[FORCED_DISTANCES],
                             .tile = (gint64) knobs[TILE]};
}

static const double *
probe (FoveaSparseHead *head, const double *knobs, FoveaSparseSelection *out, GError **error)
{
    double T = (double) head->n_tokens;
    out->flops = 2 * knobs[PROBES] * T * (double) head->width + 2 * T * log2 (T + 1);
    return fovea_sparse_head_get_lines (head, (gint64) knobs[PROBES], error);
}

/* MInference's least budgets (30 columns, 50 distances) are its forced columns and half of its
 * forced distances; stated so, they scale with the rest. */
static FoveaLineBudget
get_fixed_budget (const double *knobs)
{
    FoveaLineBudget budget = get_budget (knobs);
    budget.columns = MAX ((gint64) knobs[BUDGET], budget.forced_columns);
    budget.distances =
        MAX ((gint64) round (knobs[BUDGET] * knobs[RATIO]), budget.forced_distances / 2);
    return budget;
}

static char *
name_lines (const FoveaSparseHead *head, const double *knobs)
{
    return g_strdup_printf ("lines %g", MIN (knobs[PROBES], (double) head->n_tokens));
}

static gboolean
select_fixed (FoveaSparseHead *head, const double *knobs, FoveaSparseSelection *out, GError **error)
{
    const double *lines = probe (head, knobs, out, error);
    if (lines == NULL)
        return FALSE;
    const FoveaLineBudget budget = get_fixed_budget (knobs);
    g_autofree char *name = name_lines (head, knobs);
    fovea_sparse_lines_select (head, name, lines, &budget, out);
    return TRUE;
}

static gboolean
count_fixed (FoveaSparseHead *head, const double *knobs, gint64 *cells, GError **error)
{
    const double *lines = fovea_sparse_head_get_lines (head, (gint64) knobs[PROBES], error);
    if (lines == NULL)
        return FALSE;
    const FoveaLineBudget budget = get_fixed_budget (knobs);
    g_autofree char *name = name_lines (head, knobs);
    *cells = fovea_sparse_lines_count (head, name, lines, &budget);
    return TRUE;
}

/* The probes' mass as shares of 1, kept with the head. */
static const double *
get_shares (FoveaSparseHead *head, const char *name, double n_probes, const double *lines)
{
    const double *found = fovea_sparse_head_find (head, name);
    gint64 n = 2 * head->n_tokens;
    if (found != NULL)
        return found;
    double *shares = g_new (double, (gsize) n);
    for (gint64 i = 0; i < n; i++)
        shares[i] = lines[i] / n_probes;
    return fovea_sparse_head_keep (head, name, shares);
}

/* Lines that hold @share of the mass; forced ones are not counted. */
static gint64
count_lines (const double *scores, gint64 T, double share, gint64 least, FoveaMargin *margin)
{
    g_autofree gint64 *order = g_new (gint64, (gsize) T);
    gsize n = fovea_select_rank (scores, (gsize) T, order);
    return MAX (least, (gint64) fovea_select_cover_within (scores, order, n, share, margin) + 1);
}

static gboolean
select_cover (FoveaSparseHead *head, const double *knobs, FoveaSparseSelection *out, GError **error)
{
    gint64 T = head->n_tokens;
    double n_probes = MIN (knobs[PROBES], (double) T);
    const double *lines = probe (head, knobs, out, error);
    if (lines == NULL)
        return FALSE;
    g_autofree char *name = g_strdup_printf ("shares of lines %g", n_probes);
    const double *shares = get_shares (head, name, n_probes, lines);
    FoveaLineBudget budget = get_budget (knobs);
    budget.columns = count_lines (shares, T, knobs[BUDGET], (gint64) knobs[RATIO], &out->margin);
    budget.distances =
        count_lines (shares + T, T, knobs[BUDGET], (gint64) knobs[RATIO], &out->margin);
    fovea_sparse_lines_select (head, name, shares, &budget, out);
    return TRUE;
}

const FoveaSparseMethod fovea_sparse_vertical_slash = {
    .id = "vertical-slash",
    .name = "MInference Vertical-Slash",
    .paper = "Jiang et al. 2024, arXiv:2407.02490",
    .unit = "columns + diagonals",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {{"budget", "lines", "columns", 1000, 128, 1, 1e9, TRUE},
              {"ratio", "", "diagonals for each column", 6.096, 1, 0, 1000, FALSE},
              {"probes", "tokens", "last queries that are looked at", 64, 16, 1, 65536, TRUE},
              {"tile", "tokens", "side of the kernel's tiles", 64, 16, 1, 65536, TRUE},
              {"forced-columns", "", "first columns, always kept", 30, 4, 0, 1e9, TRUE},
              {"forced-distances", "", "shortest distances, always kept", 100, 8, 0, 1e9, TRUE}},
    .sweep = FOVEA_SPARSE_SHARES,
    .sweep_of = FOVEA_SWEEP_TOKENS,
    .products = TRUE,
    .select = select_fixed,
    .cells = count_fixed,
};

const FoveaSparseMethod fovea_sparse_frontier_vertical_slash = {
    .id = "frontier-vertical-slash",
    .name = "Sparse Frontier Vertical-Slash",
    .paper = "Nawrot et al. 2025, arXiv:2504.17768",
    .unit = "columns + diagonals",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {{"budget", "lines", "columns", 512, 128, 1, 1e9, TRUE},
              {"ratio", "", "diagonals for each column", 1, 1, 0, 1000, FALSE},
              {"probes", "tokens", "last queries that are looked at", 256, 64, 1, 65536, TRUE},
              {"tile", "tokens", "side of the kernel's tiles", 64, 16, 1, 65536, TRUE},
              {"forced-columns", "", "first columns, always kept", 4, 4, 0, 1e9, TRUE},
              {"forced-distances", "", "shortest distances, always kept", 64, 8, 0, 1e9, TRUE}},
    .sweep = FOVEA_SPARSE_SHARES,
    .sweep_of = FOVEA_SWEEP_TOKENS,
    .products = TRUE,
    .select = select_fixed,
};

const FoveaSparseMethod fovea_sparse_frontier_flexprefill = {
    .id = "frontier-flexprefill",
    .name = "Sparse Frontier FlexPrefill",
    .paper = "Nawrot et al. 2025, arXiv:2504.17768",
    .unit = "columns + diagonals",
    .kind = FOVEA_SPARSE_DYNAMIC,
    .honesty = FOVEA_HONESTY_EXACT_RULE,
    .knobs = {{"share", "share", "of the probes' mass that lines cover", 0.65, 0.65, 0, 1, FALSE},
              {"least", "lines", "least budget of each kind", 512, 16, 1, 1e9, TRUE},
              {"probes", "tokens", "last queries that are looked at", 512, 128, 1, 65536, TRUE},
              {"tile", "tokens", "side of the kernel's tiles", 64, 16, 1, 65536, TRUE},
              {"forced-columns", "", "first columns, always kept", 4, 4, 0, 1e9, TRUE},
              {"forced-distances", "", "shortest distances, always kept", 64, 8, 0, 1e9, TRUE}},
    .sweep = {0, 0.3, 0.5, 0.65, 0.8, 0.9, 0.95, 0.99, -1},
    .products = TRUE,
    .select = select_cover,
};
