/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Plain loops over one row; the ordered ones (Gini, tokens for a share) sort a copy. Whole maps
 * have these statistics from the forward pass: this is for one row at a time and for tests. */
#include "analysis/row-statistics.h"

#include <math.h>
#include <stdlib.h>

static int
compare_weights (const void *a, const void *b)
{
    float x = *(const float *) a, y = *(const float *) b;
    return (x > y) - (x < y);
}

/* Ascending copy. */
static float *
sort_weights (const float *weights, gint64 n)
{
    float *sorted = g_memdup2 (weights, (gsize) n * sizeof *weights);
    if (n > 0)
        qsort (sorted, (gsize) n, sizeof *sorted, compare_weights);
    return sorted;
}

static double
compute_gini (const float *weights, gint64 n, double sum)
{
    g_autofree float *sorted = sort_weights (weights, n);
    double ranked = 0;
    for (gint64 i = 0; i < n; i++)
        ranked += (double) (i + 1) * sorted[i];
    return sum > 0 ? 2 * ranked / ((double) n * sum) - (double) (n + 1) / (double) n : 0;
}

static double
compute_hoyer (gint64 n, double sum, double squares)
{
    if (n == 1)
        return 1;
    double root = sqrt ((double) n);
    return squares > 0 ? (root - sum / sqrt (squares)) / (root - 1) : 0;
}

FoveaRowStatistics
fovea_row_statistics (const float *weights, gint64 n)
{
    FoveaRowStatistics row = {.max_key = -1};
    double sum = 0, squares = 0;
    for (gint64 i = 0; i < n; i++) {
        double a = weights[i];
        sum += a;
        squares += a * a;
        row.entropy -= a > 0 ? a * log (a) : 0;
        if (row.max_key < 0 || a > row.max_weight) {
            row.max_weight = a;
            row.max_key = i;
        }
    }
    if (n == 0)
        return row;
    row.normalised_entropy = n > 1 ? row.entropy / log ((double) n) : 0;
    row.effective_tokens = exp (row.entropy);
    row.participation = squares > 0 ? 1 / squares : 0;
    row.gini = compute_gini (weights, n, sum);
    row.hoyer = compute_hoyer (n, sum, squares);
    return row;
}

double
fovea_row_mean_distance (const float *weights, gint64 n, gint64 query)
{
    double sum = 0;
    for (gint64 i = 0; i < n; i++)
        sum += weights[i] * fabs ((double) (query - i));
    return sum;
}

double
fovea_row_window_mass (const float *weights, gint64 n, gint64 query, gint64 window)
{
    double sum = 0;
    for (gint64 i = MAX (0, query - window + 1); i < n; i++)
        sum += weights[i];
    return sum;
}

gint64
fovea_row_tokens_for (const float *weights, gint64 n, double share)
{
    g_autofree float *sorted = sort_weights (weights, n);
    double sum = 0;
    gint64 count = 0;
    while (count < n && sum < share)
        sum += sorted[n - 1 - count++];
    return count;
}
