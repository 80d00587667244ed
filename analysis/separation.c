/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sums in double precision throughout: groups may differ in the last digits of large numbers. */
#include "analysis/separation.h"

#include <math.h>

#include "capture/random.h"

typedef struct {
    double score;
    guint8 label;
} Scored;

static int
compare_scored (const void *a, const void *b)
{
    double x = ((const Scored *) a)->score, y = ((const Scored *) b)->score;
    return x < y ? -1 : x > y;
}

double
fovea_separation_auroc (const double *scores, const guint8 *labels, gsize n)
{
    g_autofree Scored *sorted = g_new (Scored, MAX (n, 1));
    double positive = 0, ranks = 0;
    for (gsize i = 0; i < n; i++) {
        if (isnan (scores[i]))
            return NAN;
        sorted[i] = (Scored){scores[i], labels[i]};
        positive += labels[i] != 0;
    }
    qsort (sorted, n, sizeof *sorted, compare_scored);
    for (gsize i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && sorted[end].score == sorted[i].score; end++)
            ;
        /* Ranks i + 1 .. end are shared by the tie. */
        for (gsize j = i; j < end; j++)
            ranks += sorted[j].label != 0 ? (double) (i + 1 + end) / 2 : 0;
    }
    double negative = (double) n - positive;
    return positive > 0 && negative > 0
               ? (ranks - positive * (positive + 1) / 2) / (positive * negative)
               : NAN;
}

gboolean
fovea_separation_check (gint64 n, gint64 d, const float *x, const guint8 *labels, GError **error)
{
    gint64 positive = 0;
    for (gint64 i = 0; i < n; i++) {
        positive += labels[i] != 0;
        for (gint64 c = 0; c < d; c++)
            if (!isfinite (x[i * d + c])) {
                g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC,
                             "row %" G_GINT64_FORMAT ", column %" G_GINT64_FORMAT
                             " is not a finite number",
                             i, c);
                return FALSE;
            }
    }
    if (positive > 0 && positive < n)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "two groups are needed: %" G_GINT64_FORMAT " rows are positive and "
                 "%" G_GINT64_FORMAT " negative",
                 positive, n - positive);
    return FALSE;
}

gboolean
fovea_separation_difference (gint64 n,
                             gint64 d,
                             const float *x,
                             const guint8 *labels,
                             float *direction,
                             double *length,
                             GError **error)
{
    g_autofree double *sums = g_new0 (double, 2 * (gsize) MAX (d, 1));
    double counts[2] = {0, 0}, square = 0;
    if (!fovea_separation_check (n, d, x, labels, error))
        return FALSE;
    for (gint64 i = 0; i < n; i++) {
        int group = labels[i] != 0;
        counts[group]++;
        for (gint64 c = 0; c < d; c++)
            sums[group * d + c] += (double) x[i * d + c];
    }
    for (gint64 c = 0; c < d; c++) {
        sums[c] = sums[d + c] / counts[1] - sums[c] / counts[0];
        square += sums[c] * sums[c];
    }
    for (gint64 c = 0; c < d; c++)
        direction[c] = square > 0 ? (float) (sums[c] / sqrt (square)) : 0;
    if (length != NULL)
        *length = sqrt (square);
    return TRUE;
}

void
fovea_separation_shuffle (guint8 *labels, gsize n, guint64 seed)
{
    FoveaRandom random;
    fovea_random_init (&random, seed);
    for (gsize i = n; i > 1; i--) {
        gsize j = (gsize) fovea_random_below (&random, i);
        guint8 label = labels[j];
        labels[j] = labels[i - 1];
        labels[i - 1] = label;
    }
}
