/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Means are made in double, code by code; latents that no token of a text has are not kept. */
#include "analysis/saebench-rows.h"

#include <math.h>
#include <string.h>

#include "capture/random.h"

enum {
    BALANCE_TASK = 11 /* of the random streams that pick rows */
};

static FoveaSaeCodes *
new_codes (gint64 n_rows, gint64 n_codes, gint64 n_latents)
{
    FoveaSaeCodes *codes = g_new0 (FoveaSaeCodes, 1);
    codes->n_rows = n_rows;
    codes->n_latents = n_latents;
    codes->offsets = g_new0 (gint64, n_rows + 1);
    codes->latents = g_new (gint32, MAX (n_codes, 1));
    codes->values = g_new (float, MAX (n_codes, 1));
    return codes;
}

FoveaBenchRows *
fovea_bench_rows_new (gint64 d, gint64 n_latents)
{
    FoveaBenchRows *rows = g_new0 (FoveaBenchRows, 1);
    rows->d = d;
    rows->codes = new_codes (0, 0, n_latents);
    return rows;
}

void
fovea_bench_rows_free (FoveaBenchRows *rows)
{
    if (rows == NULL)
        return;
    fovea_sae_codes_free (rows->codes);
    g_free (rows->x);
    g_free (rows);
}

/* Appends one row whose code is @sums / @count where that is not 0. */
static void
append_codes (FoveaSaeCodes *codes, const double *sums, double count)
{
    gint64 at = codes->offsets[codes->n_rows], n = at;
    for (gint64 j = 0; j < codes->n_latents; j++)
        n += sums[j] != 0;
    codes->latents = g_renew (gint32, codes->latents, MAX (n, 1));
    codes->values = g_renew (float, codes->values, MAX (n, 1));
    for (gint64 j = 0; j < codes->n_latents; j++)
        if (sums[j] != 0) {
            codes->latents[at] = (gint32) j;
            codes->values[at++] = (float) (sums[j] / count);
        }
    codes->offsets = g_renew (gint64, codes->offsets, codes->n_rows + 2);
    codes->offsets[++codes->n_rows] = n;
}

void
fovea_bench_rows_add (FoveaBenchRows *rows, const float *x, const FoveaSaeCodes *codes)
{
    g_return_if_fail (codes->n_rows > 0 && codes->n_latents == rows->codes->n_latents);
    gint64 T = codes->n_rows, d = rows->d;
    g_autofree double *sums = g_new0 (double, codes->n_latents);
    for (gint64 i = 0; i < codes->offsets[T]; i++)
        sums[codes->latents[i]] += (double) codes->values[i];
    append_codes (rows->codes, sums, (double) T);
    rows->x = g_renew (float, rows->x, (rows->n + 1) * d);
    for (gint64 c = 0; c < d; c++) {
        double sum = 0;
        for (gint64 t = 0; t < T; t++)
            sum += (double) x[t * d + c];
        rows->x[rows->n * d + c] = (float) (sum / (double) T);
    }
    rows->n++;
}

FoveaBenchRows *
fovea_bench_rows_pick (const FoveaBenchRows *rows, const gint64 *at, gint64 n)
{
    const FoveaSaeCodes *from = rows->codes;
    FoveaBenchRows *picked = g_new0 (FoveaBenchRows, 1);
    gint64 n_codes = 0, d = rows->d;
    for (gint64 i = 0; i < n; i++)
        n_codes += from->offsets[at[i] + 1] - from->offsets[at[i]];
    picked->n = n;
    picked->d = d;
    picked->x = g_new (float, MAX (n * d, 1));
    picked->codes = new_codes (n, n_codes, from->n_latents);
    for (gint64 i = 0; i < n; i++) {
        FoveaSaeCodes *to = picked->codes;
        gint64 first = from->offsets[at[i]], count = from->offsets[at[i] + 1] - first;
        gint64 place = to->offsets[i];
        memcpy (picked->x + i * d, rows->x + at[i] * d, (gsize) d * sizeof (float));
        memcpy (to->latents + place, from->latents + first, (gsize) count * sizeof (gint32));
        memcpy (to->values + place, from->values + first, (gsize) count * sizeof (float));
        to->offsets[i + 1] = place + count;
    }
    return picked;
}

double *
fovea_bench_differences (const FoveaBenchRows *rows, const guint8 *labels)
{
    const FoveaSaeCodes *codes = rows->codes;
    double *out = g_new0 (double, codes->n_latents);
    gint64 n[2] = {0, 0};
    for (gint64 i = 0; i < rows->n; i++)
        n[labels[i] != 0]++;
    for (gint64 i = 0; i < rows->n; i++) {
        double weight = labels[i] != 0 ? 1 / (double) n[1] : -1 / (double) n[0];
        for (gint64 c = codes->offsets[i]; c < codes->offsets[i + 1]; c++)
            out[codes->latents[c]] += weight * (double) codes->values[c];
    }
    for (gint64 j = 0; j < codes->n_latents && (n[0] == 0 || n[1] == 0); j++)
        out[j] = NAN;
    return out;
}

typedef struct {
    double value;
    gint32 place;
} Ranked;

static int
compare_ranked (const void *a, const void *b)
{
    const Ranked *x = a, *y = b;
    if (isnan (x->value) != isnan (y->value))
        return isnan (x->value) ? 1 : -1;
    if (x->value > y->value || x->value < y->value)
        return x->value > y->value ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}

gint32 *
fovea_bench_largest (const double *values, gint64 n, gint64 k)
{
    g_autofree Ranked *all = g_new (Ranked, MAX (n, 1));
    gint32 *out = g_new (gint32, MAX (k, 1));
    for (gint64 i = 0; i < n; i++)
        all[i] = (Ranked){values[i], (gint32) i};
    qsort (all, (size_t) n, sizeof *all, compare_ranked);
    for (gint64 i = 0; i < k; i++)
        out[i] = all[i].place;
    return out;
}

float *
fovea_bench_columns (const FoveaBenchRows *rows, const gint32 *latents, gint64 k)
{
    float *out = g_new (float, MAX (rows->n * k, 1));
    for (gint64 i = 0; i < rows->n; i++)
        for (gint64 j = 0; j < k; j++)
            out[i * k + j] = fovea_sae_codes_get (rows->codes, i, latents[j]);
    return out;
}

static void
shuffle (gint64 *at, gint64 n, FoveaRandom *random)
{
    for (gint64 i = n - 1; i >= 1; i--) {
        gint64 j = (gint64) fovea_random_below (random, (guint64) i + 1), kept = at[i];
        at[i] = at[j];
        at[j] = kept;
    }
}

gint64 *
fovea_bench_balance (const guint8 *labels, gint64 n, gint64 most, guint64 seed, gint64 *n_picked)
{
    g_autofree gint64 *negative = g_new (gint64, n + 1), *positive = g_new (gint64, n + 1);
    gint64 *of[2] = {negative, positive}, count[2] = {0, 0}, *out;
    FoveaRandom random;
    fovea_random_init_stream (&random, seed, BALANCE_TASK, 0);
    for (gint64 i = 0; i < n; i++)
        of[labels[i] != 0][count[labels[i] != 0]++] = i;
    gint64 each = MIN (MIN (count[0], count[1]), most / 2);
    out = g_new (gint64, 2 * each + 1);
    for (int side = 0; side < 2; side++) {
        shuffle (of[side], count[side], &random);
        memcpy (out + side * each, of[side], (gsize) each * sizeof *out);
    }
    shuffle (out, 2 * each, &random);
    *n_picked = 2 * each;
    return out;
}
