/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Mass of the heaviest keys without sorting: the loop of every instruction set against a sort in
 * double, on rows that are easy to get wrong; then whole heads against the measures of the oracle. */
#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "analysis/oracle-recall.h"
#include "capture/random.h"
#include "kernels/cpu-kernels.h"
#include "tests/sparse-support.h"

static const char *const sets[] = {"generic", "avx2", "avx512"};
static const int64_t sizes[] = {1, 2, 3, 4, 5, 15, 16, 17, 31, 32, 33, 63, 100, 1000, 4097, 9000};

/* Kinds of row. */
typedef enum {
    SPREAD_OUT, /* over many octaves */
    NARROW,     /* within one bin of the histogram */
    EQUAL,      /* all the same */
    TIED,       /* a few values, many times each */
    SPIKE,      /* one key holds nearly all */
    HOLES,      /* some forbidden, some NaN */
    N_KINDS,
} Kind;

static float *
make_row (Kind kind, int64_t n, FoveaRandom *random)
{
    float *row = g_new (float, (gsize) n);
    for (int64_t i = 0; i < n; i++) {
        double u = fovea_random_uniform (random);
        row[i] = (float) (kind == SPREAD_OUT ? 30 * u - 20
                          : kind == NARROW   ? 5 + 0.01 * u
                          : kind == EQUAL    ? -3
                          : kind == TIED     ? floor (4 * u)
                          : kind == SPIKE    ? (i == n / 2 ? 40 : u)
                                             : 6 * u);
        if (kind == HOLES && u < .2)
            row[i] = u < .1 ? -INFINITY : NAN;
    }
    return row;
}

static void
check_row (FoveaTopMass top_mass, Kind kind, const float *row, int64_t n, float sink)
{
    const int64_t counts[] = {0, 1, 2, n / 7, n / 3, n / 2, n - 1 + (n == 1), n + 5};
    int64_t sorted[FOVEA_TOP_MOST];
    double mass[FOVEA_TOP_MOST], expected[FOVEA_TOP_MOST];
    g_autofree float *room = g_new (float, 3 * (gsize) (n + FOVEA_TOP_PAD));
    memcpy (sorted, counts, sizeof counts);
    for (int i = 1; i < FOVEA_TOP_MOST; i++)
        for (int j = i; j > 0 && sorted[j] < sorted[j - 1]; j--) {
            int64_t other = sorted[j];
            sorted[j] = sorted[j - 1];
            sorted[j - 1] = other;
        }
    FoveaTopMassArgs args = {row,
                             n,
                             sink,
                             sorted,
                             FOVEA_TOP_MOST,
                             room,
                             room + n + FOVEA_TOP_PAD,
                             room + 2 * (n + FOVEA_TOP_PAD),
                             mass};
    top_mass (&args);
    args.mass = expected;
    fovea_top_mass_ref (&args);
    for (int c = 0; c < FOVEA_TOP_MOST; c++)
        ck_assert_msg (fabs (mass[c] - expected[c]) <= 2e-6,
                       "kind %d, %d of %d keys: %.9f, not %.9f", kind, (int) sorted[c], (int) n,
                       mass[c], expected[c]);
}

START_TEST (heaviest_mass_agrees_with_a_sort)
{
    g_autoptr (GError) error = NULL;
    const struct _FoveaCpuKernels *kernels = fovea_cpu_kernels_choose (sets[_i / N_KINDS], &error);
    Kind kind = (Kind) (_i % N_KINDS);
    FoveaRandom random;
    if (kernels == NULL)
        return; /* this processor lacks the set */
    fovea_random_init (&random, 11 + (guint64) _i);
    for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++) {
        g_autofree float *row = make_row (kind, sizes[s], &random);
        check_row (kernels->top_mass, kind, row, sizes[s], -INFINITY);
        check_row (kernels->top_mass, kind, row, sizes[s], 1.5f);
    }
}
END_TEST

START_TEST (a_row_without_keys_has_no_mass)
{
    const float nothing[] = {-INFINITY, NAN, -INFINITY};
    const int64_t counts[] = {1, 2, 3};
    for (gsize s = 0; s < G_N_ELEMENTS (sets); s++) {
        const struct _FoveaCpuKernels *kernels = fovea_cpu_kernels_choose (sets[s], NULL);
        float room[3 * (3 + FOVEA_TOP_PAD)];
        double mass[3] = {7, 7, 7};
        const FoveaTopMassArgs args = {nothing, 3,         -INFINITY, counts, 3,
                                       room,    room + 19, room + 38, mass};
        if (kernels == NULL)
            continue;
        kernels->top_mass (&args);
        for (int c = 0; c < 3; c++)
            ck_assert_double_eq (mass[c], 0);
    }
}
END_TEST

static SparseFixture
open_random (gint64 T, guint64 seed)
{
    g_autofree float *q = trace_random_values ((gsize) T * 2 * 8, seed);
    g_autofree float *k = trace_random_values ((gsize) T * 8, seed + 1);
    return sparse_fixture_heads (T, 8, 2, 1, 1, q, k, NULL);
}

START_TEST (heads_agree_with_the_measures_of_the_oracle)
{
    static const gint64 counts[] = {1, 2, 5, 8, 13, 40, 64, 100, 129, 1000};
    g_autoptr (GError) error = NULL;
    const FoveaSparseMethod *oracle = fovea_sparse_method_find ("oracle-token", NULL);
    SparseFixture fixture = open_random (150, 5);
    double recall[G_N_ELEMENTS (counts)];
    float rows[G_N_ELEMENTS (counts) * 150];
    ck_assert (fovea_oracle_recall_measure (fixture.attention, 1, counts, G_N_ELEMENTS (counts),
                                            NULL, recall, rows, NULL, &error));
    for (gsize c = 0; c < G_N_ELEMENTS (counts); c++) {
        const double knobs[FOVEA_SPARSE_MAX_KNOBS] = {(double) counts[c]};
        const FoveaSparseSubject subject = {.oracle = oracle, .knobs = knobs};
        FoveaSparseMeasures m;
        double least = 1;
        ck_assert (fovea_sparse_measure (fixture.head, &subject, 1, NULL, &m, NULL, &error));
        for (gsize q = 0; q < 150; q++)
            least = MIN (least, (double) rows[c * 150 + q]);
        ck_assert_double_eq_tol (recall[c], m.recall, 2e-6);
        ck_assert_double_eq_tol (least, m.least_recall, 2e-6);
    }
    ck_assert_double_eq (recall[G_N_ELEMENTS (counts) - 1], 1);
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (threads_change_no_bit)
{
    static const gint64 counts[] = {3, 30, 90};
    g_autoptr (GError) error = NULL;
    SparseFixture fixture = open_random (300, 8);
    FoveaThreads *threads = fovea_threads_new (3);
    double alone[3], shared[3];
    ck_assert (fovea_oracle_recall_measure (fixture.attention, 0, counts, 3, NULL, alone, NULL,
                                            NULL, &error));
    ck_assert (fovea_oracle_recall_measure (fixture.attention, 0, counts, 3, threads, shared, NULL,
                                            NULL, &error));
    ck_assert_mem_eq (alone, shared, sizeof alone);
    fovea_threads_free (threads);
    sparse_fixture_clear (&fixture);
}
END_TEST

START_TEST (a_missing_head_and_a_cancel_are_reported)
{
    static const gint64 counts[] = {3};
    g_autoptr (GError) error = NULL;
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    SparseFixture fixture = open_random (70, 8);
    double recall[1];
    ck_assert (!fovea_oracle_recall_measure (fixture.attention, 2, counts, 1, NULL, recall, NULL,
                                             NULL, &error));
    ck_assert_str_eq (error->message, "head 2 is outside 0 to 1");
    g_clear_error (&error);
    g_cancellable_cancel (cancellable);
    ck_assert (!fovea_oracle_recall_measure (fixture.attention, 0, counts, 1, NULL, recall, NULL,
                                             cancellable, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    sparse_fixture_clear (&fixture);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("oracle recall");
    TCase *all = tcase_create ("recall");
    tcase_add_loop_test (all, heaviest_mass_agrees_with_a_sort, 0,
                         (int) G_N_ELEMENTS (sets) * N_KINDS);
    tcase_add_test (all, a_row_without_keys_has_no_mass);
    tcase_add_test (all, heads_agree_with_the_measures_of_the_oracle);
    tcase_add_test (all, threads_change_no_bit);
    tcase_add_test (all, a_missing_head_and_a_cancel_are_reported);
    suite_add_tcase (suite, all);
    return support_run (suite);
}
