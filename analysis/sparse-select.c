/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sums run over the ranking in order and in double, so a choice is the same on every machine. */
#include "analysis/sparse-select.h"

#include <math.h>
#include <stdlib.h>

void
fovea_margin_init (FoveaMargin *margin)
{
    *margin = (FoveaMargin){INFINITY, 0};
}

void
fovea_margin_compare (FoveaMargin *margin, double value, double cut)
{
    if (margin == NULL || !isfinite (value) || !isfinite (cut))
        return;
    margin->gap = MIN (margin->gap, fabs (value - cut));
    margin->scale = MAX (margin->scale, MAX (fabs (value), fabs (cut)));
}

static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
    const double *scores = data;
    gint64 i = *(const gint64 *) a, j = *(const gint64 *) b;
    if (scores[i] != scores[j])
        return scores[i] > scores[j] ? -1 : 1;
    return i < j ? -1 : i > j;
}

gsize
fovea_select_rank (const double *scores, gsize n, gint64 *order)
{
    gsize m = 0;
    for (gsize i = 0; i < n; i++)
        if (scores[i] > -INFINITY) /* false for NaN */
            order[m++] = (gint64) i;
    g_qsort_with_data (order, (int) m, sizeof *order, compare, (gpointer) scores);
    return m;
}

gsize
fovea_select_top (const double *scores, gsize n, gint64 k, gint64 *order, FoveaMargin *margin)
{
    gsize m = fovea_select_rank (scores, n, order), kept = (gsize) CLAMP (k, 0, (gint64) m);
    if (kept > 0 && kept < m)
        fovea_margin_compare (margin, scores[order[kept - 1]], scores[order[kept]]);
    return kept;
}

gsize
fovea_select_cover_before (const double *scores,
                           const gint64 *order,
                           gsize n,
                           double mass,
                           double target,
                           FoveaMargin *margin)
{
    gsize t = 0;
    for (; t < n; t++) {
        fovea_margin_compare (margin, mass, target);
        if (!(mass < target))
            break;
        mass += scores[order[t]];
    }
    return t;
}

gsize
fovea_select_cover_reach (
    const double *scores, const gint64 *order, gsize n, double target, FoveaMargin *margin)
{
    double mass = 0;
    for (gsize t = 0; t < n; t++) {
        mass += scores[order[t]];
        fovea_margin_compare (margin, mass, target);
        if (mass >= target)
            return t + 1;
    }
    return 0;
}

gsize
fovea_select_cover_within (
    const double *scores, const gint64 *order, gsize n, double target, FoveaMargin *margin)
{
    double mass = 0;
    gsize t = 0;
    for (; t < n; t++) {
        mass += scores[order[t]];
        fovea_margin_compare (margin, mass, target);
        if (!(mass <= target))
            break;
    }
    return t;
}

void
fovea_select_softmax (double *scores, gsize n)
{
    double largest = -INFINITY, sum = 0;
    for (gsize i = 0; i < n; i++)
        largest = MAX (largest, scores[i]);
    for (gsize i = 0; i < n; i++)
        sum += scores[i] = isfinite (largest) ? exp (scores[i] - largest) : 0;
    for (gsize i = 0; i < n; i++)
        scores[i] /= sum > 0 ? sum : 1;
}

static int
compare_indices (gconstpointer a, gconstpointer b)
{
    gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;
    return x < y ? -1 : x > y;
}

void
fovea_select_sort (gint64 *chosen, gsize n)
{
    qsort (chosen, n, sizeof *chosen, compare_indices);
}
