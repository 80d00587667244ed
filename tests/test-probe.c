/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Telling two groups apart: the minimiser on functions whose minimum is known, logistic regression
 * against Newton's method in double precision, ranks, and the difference in means. */
#include <math.h>
#include <string.h>

#include "analysis/lbfgs.h"
#include "analysis/probe.h"
#include "analysis/separation.h"
#include "capture/random.h"
#include "tests/support.h"

static const float rows[] = {.5f, 1, 1.5f, -1, 2, .5f, 3, 2, -1, .2f, .3f, -2};
static const guint8 marks[] = {0, 1, 1, 1, 0, 0};

/* 100 (y - x^2)^2 + (1 - x)^2 */
static double
valley (gpointer data, const double *x, double *gradient)
{
    double off = x[1] - x[0] * x[0];
    ++*(guint *) data;
    gradient[0] = -400 * x[0] * off - 2 * (1 - x[0]);
    gradient[1] = 200 * off;
    return 100 * off * off + (1 - x[0]) * (1 - x[0]);
}

/* sum of i (x_i - i)^2: ill-conditioned, minimum 0 at x_i = i */
static double
bowl (gpointer data, const double *x, double *gradient)
{
    double value = 0;
    for (int i = 0; i < *(int *) data; i++) {
        double off = x[i] - i;
        gradient[i] = 2 * (i + 1) * off;
        value += (i + 1) * off * off;
    }
    return value;
}

START_TEST (curved_valley_is_followed_to_its_end)
{
    guint calls = 0;
    double x[] = {-1.2, 1};
    FoveaMinimum end = fovea_lbfgs_minimise (valley, &calls, 2, x, 200, 1e-9);
    ck_assert (end.converged);
    ck_assert_double_eq_tol (x[0], 1, 1e-8);
    ck_assert_double_eq_tol (x[1], 1, 1e-8);
    ck_assert_uint_lt (calls, 150);
}
END_TEST

START_TEST (quadratic_of_many_numbers_is_minimised)
{
    int n = 100;
    double x[100] = {0};
    FoveaMinimum end = fovea_lbfgs_minimise (bowl, &n, 100, x, 500, 1e-8);
    ck_assert (end.converged);
    for (int i = 0; i < n; i++)
        ck_assert_double_eq_tol (x[i], i, 1e-7);
    ck_assert_double_le (end.value, 1e-12);
}
END_TEST

START_TEST (minimiser_stops_at_its_limit_and_says_so)
{
    guint calls = 0;
    double x[] = {-1.2, 1};
    FoveaMinimum end = fovea_lbfgs_minimise (valley, &calls, 2, x, 3, 1e-9);
    ck_assert (!end.converged);
    ck_assert_uint_eq (end.iterations, 3);
    ck_assert_double_gt (end.gradient, 1e-9);
    double there[] = {1, 1};
    end = fovea_lbfgs_minimise (valley, &calls, 2, there, 100, 1e-9);
    ck_assert (end.converged);
    ck_assert_uint_eq (end.iterations, 0);
}
END_TEST

/* Values of Newton's method run in double precision on the same six rows. */
START_TEST (probe_finds_the_penalised_minimum)
{
    g_autoptr (FoveaProbe) usual = fovea_probe_train (6, 2, rows, marks, NULL, NULL);
    ck_assert (usual->converged);
    ck_assert_double_eq_tol (usual->weights[0], .88081839, 1e-6);
    ck_assert_double_eq_tol (usual->weights[1], .09043, 1e-6);
    ck_assert_double_eq_tol (usual->bias, -.92502424, 1e-6);
    ck_assert_double_eq_tol (usual->objective, 2.71827933, 1e-7);
    const FoveaProbeOptions options = {.c = 10, .raw = TRUE};
    g_autoptr (FoveaProbe) raw = fovea_probe_train (6, 2, rows, marks, &options, NULL);
    ck_assert_double_eq_tol (raw->weights[0], 3.07914774, 1e-5);
    ck_assert_double_eq_tol (raw->weights[1], -.20590702, 1e-5);
    ck_assert_double_eq_tol (raw->bias, -3.31146422, 1e-5);
}
END_TEST

START_TEST (standardising_makes_the_scale_of_an_input_irrelevant)
{
    float scaled[G_N_ELEMENTS (rows)];
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
        scaled[i] = i % 2 == 0 ? 1000 * rows[i] + 5000 : rows[i];
    g_autoptr (FoveaProbe) a = fovea_probe_train (6, 2, rows, marks, NULL, NULL);
    g_autoptr (FoveaProbe) b = fovea_probe_train (6, 2, scaled, marks, NULL, NULL);
    ck_assert_double_eq_tol (a->objective, b->objective, 1e-6);
    for (int i = 0; i < 6; i++)
        ck_assert_double_eq_tol (fovea_probe_score (a, rows + 2 * i),
                                 fovea_probe_score (b, scaled + 2 * i), 1e-4);
}
END_TEST

START_TEST (input_that_never_varies_gets_no_weight)
{
    const float x[] = {7, 0, 7, 1, 7, 2, 7, 3};
    const guint8 labels[] = {0, 0, 1, 1};
    g_autoptr (FoveaProbe) probe = fovea_probe_train (4, 2, x, labels, NULL, NULL);
    double auroc;
    ck_assert_double_eq_tol (probe->weights[0], 0, 1e-12);
    ck_assert_double_eq (fovea_probe_measure (probe, 4, x, labels, &auroc), 1);
    ck_assert_double_eq (auroc, 1);
}
END_TEST

/* Gaussian-like rows; input 3 alone carries the label. */
static float *
make_rows (gint64 n, gint64 d, guint8 *labels)
{
    FoveaRandom random;
    fovea_random_init (&random, 11);
    float *x = g_new (float, (gsize) (n * d));
    for (gint64 i = 0; i < n * d; i++)
        x[i] = (float) (fovea_random_uniform (&random) + fovea_random_uniform (&random) - 1);
    for (gint64 i = 0; i < n; i++)
        labels[i] = x[i * d + 3] > .1f;
    return x;
}

START_TEST (planted_input_is_found_and_shuffled_labels_are_not)
{
    enum {
        N = 2000,
        WIDTH = 8
    };
    guint8 labels[N];
    g_autofree float *x = make_rows (N, WIDTH, labels);
    double auroc;
    g_autoptr (FoveaProbe) probe = fovea_probe_train (N / 2, WIDTH, x, labels, NULL, NULL);
    ck_assert_double_gt (
        fovea_probe_measure (probe, N / 2, x + N / 2 * WIDTH, labels + N / 2, &auroc), .97);
    ck_assert_double_gt (auroc, .999);
    fovea_separation_shuffle (labels, N, 5);
    g_autoptr (FoveaProbe) control = fovea_probe_train (N / 2, WIDTH, x, labels, NULL, NULL);
    fovea_probe_measure (control, N / 2, x + N / 2 * WIDTH, labels + N / 2, &auroc);
    ck_assert_double_eq_tol (auroc, .5, .05);
}
END_TEST

START_TEST (what_cannot_be_told_apart_is_refused)
{
    g_autoptr (GError) one = NULL, nan = NULL;
    const guint8 same[] = {1, 1, 1, 1, 1, 1};
    float broken[G_N_ELEMENTS (rows)], direction[2];
    ck_assert_ptr_null (fovea_probe_train (6, 2, rows, same, NULL, &one));
    ck_assert (g_error_matches (one, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    ck_assert_ptr_nonnull (strstr (one->message, "6 rows are positive and 0 negative"));
    memcpy (broken, rows, sizeof rows);
    broken[7] = NAN;
    ck_assert (!fovea_separation_difference (6, 2, broken, marks, direction, NULL, &nan));
    ck_assert (g_error_matches (nan, FOVEA_ERROR, FOVEA_ERROR_NUMERIC));
    ck_assert_ptr_nonnull (strstr (nan->message, "row 3, column 1"));
}
END_TEST

START_TEST (ranks_give_the_worked_example)
{
    const double scores[] = {3, 1, 2, 0}, tied[] = {1, 1, 1, 1};
    const guint8 labels[] = {1, 1, 0, 0}, one[] = {1, 1, 1, 1};
    ck_assert_double_eq (fovea_separation_auroc (scores, labels, 4), .75);
    ck_assert_double_eq (fovea_separation_auroc (tied, labels, 4), .5);
    ck_assert (isnan (fovea_separation_auroc (scores, one, 4)));
    const double broken[] = {3, NAN, 2, 0};
    ck_assert (isnan (fovea_separation_auroc (broken, labels, 4)));
}
END_TEST

START_TEST (difference_in_means_is_a_unit_direction)
{
    const float x[] = {1, 2, 3, 4, 0, 0, 1, 0};
    const guint8 labels[] = {1, 1, 0, 0};
    float direction[2];
    double length;
    ck_assert (fovea_separation_difference (4, 2, x, labels, direction, &length, NULL));
    /* (2, 3) - (0.5, 0) */
    ck_assert_double_eq_tol (length, sqrt (1.5 * 1.5 + 9), 1e-12);
    ck_assert_float_eq_tol (direction[0], (float) (1.5 / length), 1e-7f);
    ck_assert_float_eq_tol (direction[1], (float) (3 / length), 1e-7f);
}
END_TEST

START_TEST (shuffling_keeps_the_counts_and_obeys_the_seed)
{
    guint8 a[100], b[100], c[100];
    guint ones = 0;
    for (int i = 0; i < 100; i++)
        a[i] = b[i] = c[i] = i < 30;
    fovea_separation_shuffle (a, 100, 1);
    fovea_separation_shuffle (b, 100, 1);
    fovea_separation_shuffle (c, 100, 2);
    for (int i = 0; i < 100; i++)
        ones += a[i];
    ck_assert_uint_eq (ones, 30);
    ck_assert_mem_eq (a, b, 100);
    ck_assert_mem_ne (a, c, 100);
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("probe");
    tcase_add_test (tc, curved_valley_is_followed_to_its_end);
    tcase_add_test (tc, quadratic_of_many_numbers_is_minimised);
    tcase_add_test (tc, minimiser_stops_at_its_limit_and_says_so);
    tcase_add_test (tc, probe_finds_the_penalised_minimum);
    tcase_add_test (tc, standardising_makes_the_scale_of_an_input_irrelevant);
    tcase_add_test (tc, input_that_never_varies_gets_no_weight);
    tcase_add_test (tc, planted_input_is_found_and_shuffled_labels_are_not);
    tcase_add_test (tc, what_cannot_be_told_apart_is_refused);
    tcase_add_test (tc, ranks_give_the_worked_example);
    tcase_add_test (tc, difference_in_means_is_a_unit_direction);
    tcase_add_test (tc, shuffling_keeps_the_counts_and_obeys_the_seed);
    Suite *suite = suite_create ("probe");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
