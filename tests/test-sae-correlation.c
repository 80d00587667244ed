/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Correlations of codes against the definition on dense columns. */
#include <math.h>

#include "analysis/sae-correlation.h"
#include "capture/random.h"
#include "tests/support.h"

enum {
    F = 12,
    ROWS = 90,
    LATENT = 4,
};

/* Latent 5 repeats the latent, 6 is its opposite, 7 never fires, 8 is the same everywhere. */
static void
draw (float dense[ROWS][F])
{
    FoveaRandom random;
    fovea_random_init (&random, 2);
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < F; j++)
            dense[i][j] = fovea_random_uniform (&random) < .3
                              ? (float) (2 * fovea_random_uniform (&random) - 1)
                              : 0;
        dense[i][5] = 3 * dense[i][LATENT];
        dense[i][6] = -dense[i][LATENT];
        dense[i][7] = 0;
        dense[i][8] = 1;
    }
}

/* In two portions. */
static FoveaSaeCorrelation *
correlate (float dense[ROWS][F])
{
    FoveaSaeCorrelation *correlation = fovea_sae_correlation_new (LATENT, F);
    for (int part = 0; part < 2; part++) {
        gint64 offsets[ROWS + 1] = {0}, n = 0;
        gint32 latents[ROWS * F];
        float values[ROWS * F];
        int first = part * ROWS / 3, end = part == 0 ? ROWS / 3 : ROWS;
        for (int i = first; i < end; i++) {
            for (int j = 0; j < F; j++)
                if (dense[i][j] != 0) {
                    latents[n] = j;
                    values[n++] = dense[i][j];
                }
            offsets[i - first + 1] = n;
        }
        const FoveaSaeCodes codes = {end - first, F, offsets, latents, values, NULL, NULL};
        fovea_sae_correlation_add (correlation, &codes);
    }
    return correlation;
}

static const FoveaCorrelated *
find (GArray *list, gint32 latent)
{
    for (guint i = 0; i < list->len; i++)
        if (g_array_index (list, FoveaCorrelated, i).latent == latent)
            return &g_array_index (list, FoveaCorrelated, i);
    return NULL;
}

START_TEST (correlations_are_those_of_dense_columns)
{
    static float dense[ROWS][F];
    draw (dense);
    g_autoptr (FoveaSaeCorrelation) correlation = correlate (dense);
    g_autoptr (GArray) list = fovea_sae_correlation_list (correlation, F);
    for (int j = 0; j < F; j++) {
        double x = 0, y = 0, xx = 0, yy = 0, xy = 0, raw_xx = 0, raw_yy = 0, raw_xy = 0;
        gint64 both = 0;
        for (int i = 0; i < ROWS; i++) {
            x += (double) dense[i][LATENT] / ROWS;
            y += (double) dense[i][j] / ROWS;
        }
        for (int i = 0; i < ROWS; i++) {
            double a = (double) dense[i][LATENT], b = (double) dense[i][j];
            xx += (a - x) * (a - x);
            yy += (b - y) * (b - y);
            xy += (a - x) * (b - y);
            raw_xx += a * a;
            raw_yy += b * b;
            raw_xy += a * b;
            both += a != 0 && b != 0;
        }
        const FoveaCorrelated *item = find (list, j);
        if (j == LATENT || j == 7 || j == 8) {
            ck_assert_ptr_null (item);
            continue;
        }
        ck_assert_double_eq_tol (item->pearson, xy / sqrt (xx * yy), 1e-9);
        ck_assert_double_eq_tol (item->cosine, raw_xy / sqrt (raw_xx * raw_yy), 1e-9);
        ck_assert_int_eq (item->n_both, both);
    }
}
END_TEST

START_TEST (strongest_of_either_sign_come_first)
{
    static float dense[ROWS][F];
    draw (dense);
    g_autoptr (FoveaSaeCorrelation) correlation = correlate (dense);
    g_autoptr (GArray) list = fovea_sae_correlation_list (correlation, 2);
    ck_assert_uint_eq (list->len, 2);
    ck_assert_double_eq_tol (find (list, 5)->pearson, 1, 1e-9);
    ck_assert_double_eq_tol (find (list, 6)->pearson, -1, 1e-9);
    g_autoptr (FoveaSaeCorrelation) empty = fovea_sae_correlation_new (0, F);
    g_autoptr (GArray) none = fovea_sae_correlation_list (empty, 5);
    ck_assert_uint_eq (none->len, 0);
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("correlation");
    tcase_add_test (tc, correlations_are_those_of_dense_columns);
    tcase_add_test (tc, strongest_of_either_sign_come_first);
    Suite *suite = suite_create ("sae-correlation");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
