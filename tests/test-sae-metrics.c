/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Metrics of sparse autoencoders: the worked example of methods/features-and-sparsity.md 5.2, and
 * the errors of public tools (5.3) that must not be here. */
#include <math.h>

#include "analysis/sae-metrics.h"
#include "tests/support.h"

static const float example_x[] = {1, 0, 0, 2, 3, 4};
static const float example_xh[] = {.5f, 0, 0, 1, 3, 3};

typedef struct {
    FoveaSae *sae;
    FoveaSaeMetrics *metrics;
} Fixture;

static Fixture
new_fixture (gint64 d, gint64 F)
{
    Fixture f = {.sae = fovea_sae_new (FOVEA_SAE_ABSTOPK, d, d, F, NULL)};
    for (gint64 j = 0; j < F; j++)
        f.sae->w_dec[j * d] = f.sae->w_enc[j] = j == 1 ? 2 : 1;
    f.metrics = fovea_sae_metrics_new (f.sae);
    return f;
}

static void
clear_fixture (Fixture *f)
{
    fovea_sae_metrics_free (f->metrics);
    fovea_sae_free (f->sae);
}

/* Row i of the example has these codes: (.5, -1), nothing, (-2, 1). */
static gint64 offsets[] = {0, 2, 2, 4};
static gint32 latents[] = {0, 1, 0, 2};
static float values[] = {.5f, -1, -2, 1};

static FoveaSaeQuality
measure (Fixture *f)
{
    const FoveaSaeCodes codes = {3, f->sae->d_sae, offsets, latents, values, NULL, NULL};
    FoveaSaeQuality quality;
    fovea_sae_metrics_add (f->metrics, &codes, example_x, example_xh);
    fovea_sae_metrics_finish (f->metrics, &quality);
    return quality;
}

START_TEST (worked_example_holds)
{
    Fixture f = new_fixture (2, 4);
    FoveaSaeQuality q = measure (&f);
    ck_assert_double_eq_tol (q.mse, .75, 1e-12);
    ck_assert_double_eq_tol (q.mse_element, .375, 1e-12);
    ck_assert_double_eq_tol (q.fvu, .177632, 1e-6);
    ck_assert_double_eq_tol (q.explained, .822368, 1e-6);
    ck_assert_double_eq_tol (q.explained_error, .934211, 1e-6);
    ck_assert_double_eq_tol (q.nmse, .18, 1e-6);
    ck_assert_double_eq_tol (q.nmse_ratio, .075, 1e-12);
    ck_assert_double_eq_tol (q.bias, .819149, 1e-6);
    ck_assert_double_eq_tol (q.cosine, .996650, 1e-6);
    ck_assert_double_eq_tol (q.l2_ratio, .616176, 1e-6);
    clear_fixture (&f);
}
END_TEST

START_TEST (negative_codes_count_and_do_not_cancel)
{
    Fixture f = new_fixture (2, 4);
    FoveaSaeQuality q = measure (&f);
    ck_assert_double_eq_tol (q.l0, 4. / 3, 1e-12);
    ck_assert_double_eq_tol (q.l1, 4.5 / 3, 1e-12);
    ck_assert_double_eq_tol (q.l1_weighted, 5.5 / 3, 1e-12); /* the second norm is 2 */
    ck_assert_double_eq_tol (q.dead, .25, 1e-12);
    ck_assert_double_eq_tol (q.above_01, .75, 1e-12);
    clear_fixture (&f);
}
END_TEST

START_TEST (raw_units_change_codes_and_nothing_that_is_weighted)
{
    Fixture f = new_fixture (2, 4), raw = new_fixture (2, 4);
    raw.sae->folded_norm = g_new (float, 4);
    for (gint64 j = 0; j < 4; j++)
        raw.sae->folded_norm[j] = j == 0 ? 4 : .5f;
    fovea_sae_metrics_use_raw_units (raw.metrics);
    FoveaSaeQuality folded = measure (&f), q = measure (&raw);
    /* .5 and 2 of the first latent become .125 and .5, 1 and 1 of the others 2. */
    ck_assert_double_eq_tol (q.l1, (.125 + 2 + .5 + 2) / 3, 1e-12);
    ck_assert_double_eq (q.l1_weighted, folded.l1_weighted);
    ck_assert_double_eq (q.l0, folded.l0);
    ck_assert_double_eq (q.nmse, folded.nmse);
    g_autoptr (FoveaTable) table = fovea_sae_metrics_list_latents (raw.metrics);
    ck_assert_double_eq_tol (fovea_table_read_number (table, 0, "least"), -.5, 1e-7);
    ck_assert_double_eq_tol (fovea_table_read_number (table, 1, "least"), -2, 1e-7);
    clear_fixture (&f);
    clear_fixture (&raw);
}
END_TEST

START_TEST (raw_units_of_what_is_not_folded_are_its_own)
{
    Fixture f = new_fixture (2, 4);
    fovea_sae_metrics_use_raw_units (f.metrics);
    ck_assert_double_eq_tol (measure (&f).l1, 4.5 / 3, 1e-12);
    clear_fixture (&f);
}
END_TEST

START_TEST (mean_error_does_not_shrink_with_more_rows)
{
    Fixture f = new_fixture (2, 4);
    FoveaSaeQuality once = measure (&f), twice = measure (&f);
    ck_assert_int_eq (twice.n_rows, 6);
    ck_assert_double_eq_tol (once.mse, twice.mse, 1e-12);
    ck_assert_double_eq_tol (once.l0, twice.l0, 1e-12);
    ck_assert_double_eq_tol (once.fvu, twice.fvu, 1e-9);
    clear_fixture (&f);
}
END_TEST

START_TEST (perfect_and_empty_reconstructions_are_the_ends)
{
    Fixture f = new_fixture (2, 4);
    const float centred[] = {1, -2, -1, 2, 3, 1, -3, -1}, nothing[8] = {0};
    gint64 none[] = {0, 0, 0, 0, 0};
    const FoveaSaeCodes codes = {4, 4, none, NULL, NULL, NULL, NULL};
    FoveaSaeQuality q;
    fovea_sae_metrics_add (f.metrics, &codes, centred, nothing);
    fovea_sae_metrics_finish (f.metrics, &q);
    ck_assert_double_eq_tol (q.fvu, 1, 1e-12);
    ck_assert_double_eq_tol (q.dead, 1, 1e-12);
    clear_fixture (&f);
    f = new_fixture (2, 4);
    fovea_sae_metrics_add (f.metrics, &codes, centred, centred);
    fovea_sae_metrics_finish (f.metrics, &q);
    ck_assert_double_eq (q.fvu, 0);
    ck_assert_double_eq_tol (q.cosine, 1, 1e-12);
    ck_assert_double_eq_tol (q.bias, 1, 1e-12);
    clear_fixture (&f);
}
END_TEST

START_TEST (variance_survives_a_large_mean)
{
    Fixture f = new_fixture (2, 4);
    const float x[] = {1e6f, 1, 1e6f + 1, 2}, xh[] = {1e6f, 1, 1e6f + 1, 1};
    gint64 none[] = {0, 0, 0};
    const FoveaSaeCodes codes = {2, 4, none, NULL, NULL, NULL, NULL};
    FoveaSaeQuality q;
    fovea_sae_metrics_add (f.metrics, &codes, x, xh);
    fovea_sae_metrics_finish (f.metrics, &q);
    ck_assert_double_eq_tol (q.fvu, 1, 1e-9); /* error 1 over squares 1/2 + 1/2 */
    clear_fixture (&f);
}
END_TEST

START_TEST (zero_rows_are_counted_and_left_out_of_ratios)
{
    Fixture f = new_fixture (2, 4);
    const float x[] = {0, 0, 3, 4}, xh[] = {1, 0, 3, 4};
    gint64 none[] = {0, 0, 0};
    const FoveaSaeCodes codes = {2, 4, none, NULL, NULL, NULL, NULL};
    FoveaSaeQuality q;
    fovea_sae_metrics_add (f.metrics, &codes, x, xh);
    fovea_sae_metrics_finish (f.metrics, &q);
    ck_assert_int_eq (q.n_zero_rows, 1);
    ck_assert_double_eq_tol (q.nmse, 0, 1e-12);
    ck_assert_double_eq_tol (q.l2_ratio, 1, 1e-12);
    clear_fixture (&f);
}
END_TEST

START_TEST (latents_tell_both_sides)
{
    Fixture f = new_fixture (2, 4);
    measure (&f);
    g_autoptr (FoveaTable) table = fovea_sae_metrics_list_latents (f.metrics);
    ck_assert_uint_eq (fovea_table_get_n_rows (table), 4);
    ck_assert_double_eq_tol (fovea_table_read_number (table, 0, "density"), 2. / 3, 1e-12);
    ck_assert_double_eq_tol (fovea_table_read_number (table, 0, "two_sidedness"), 1, 1e-12);
    ck_assert_double_eq_tol (fovea_table_read_number (table, 0, "mean"), -.75, 1e-12);
    ck_assert_double_eq_tol (fovea_table_read_number (table, 0, "least"), -2, 1e-12);
    ck_assert_double_eq_tol (fovea_table_read_number (table, 1, "two_sidedness"), 0, 1e-12);
    ck_assert_double_eq_tol (fovea_table_read_number (table, 1, "norm"), 2, 1e-12);
    ck_assert_double_eq_tol (fovea_table_read_number (table, 2, "own_cosine"), 1, 1e-6);
    ck_assert (isnan (fovea_table_read_number (table, 3, "two_sidedness")));
    ck_assert_double_eq (fovea_table_read_number (table, 3, "density"), 0);
    clear_fixture (&f);
}
END_TEST

/* Firings over texts that have any: latent 0 fires twice in the first text and once in the third. */
START_TEST (consistency_counts_texts_and_not_rows)
{
    Fixture f = new_fixture (2, 4);
    measure (&f);
    for (int i = 0; i < 2; i++) {
        gint64 ends[] = {0, 1};
        gint32 latent[] = {i == 0 ? 2 : 0};
        float value[] = {-1};
        const FoveaSaeCodes one = {1, 4, ends, latent, value, NULL, NULL};
        fovea_sae_metrics_add (f.metrics, &one, example_x, example_xh);
    }
    g_autoptr (FoveaTable) table = fovea_sae_metrics_list_latents (f.metrics);
    ck_assert_double_eq_tol (fovea_table_read_number (table, 0, "consistency"), 1.5, 1e-12);
    ck_assert_double_eq_tol (fovea_table_read_number (table, 2, "consistency"), 1, 1e-12);
    ck_assert (isnan (fovea_table_read_number (table, 3, "consistency")));
    clear_fixture (&f);
}
END_TEST

START_TEST (densities_are_counted_by_their_logarithm)
{
    static const double densities[] = {1, .5, .5, 1e-3, 1e-10, 0, 0};
    g_autoptr (FoveaTable) given = fovea_table_new ("sae_latents");
    fovea_table_add_column (given, "density", FOVEA_COLUMN_NUMBER, "share", "");
    for (guint i = 0; i < G_N_ELEMENTS (densities); i++)
        fovea_table_set_number (given, fovea_table_add_row (given), 0, densities[i]);
    g_autoptr (FoveaTable) table = fovea_sae_metrics_count_densities (given);
    gint64 total = 0;
    ck_assert_uint_eq (fovea_table_get_n_rows (table), 50);
    for (guint row = 0; row < 50; row++)
        total += fovea_table_get_integer (table, row, 2);
    ck_assert_int_eq (total, G_N_ELEMENTS (densities));
    ck_assert_double_eq (fovea_table_get_number (table, 0, 0), -10);
    ck_assert_double_eq_tol (fovea_table_get_number (table, 49, 1), 0, 1e-12);
    /* 1, and .5 of logarithm -.301: the last two bins, each of .2; the dead in the first, and 1e-10,
     * which counts as 2e-10, in the one behind it. */
    ck_assert_int_eq (fovea_table_get_integer (table, 49, 2), 1);
    ck_assert_int_eq (fovea_table_get_integer (table, 48, 2), 2);
    ck_assert_int_eq (fovea_table_get_integer (table, 0, 2), 2);
    ck_assert_int_eq (fovea_table_get_integer (table, 1, 2), 1);
    ck_assert_int_eq (fovea_table_get_integer (table, 35, 2), 1);
}
END_TEST

START_TEST (table_has_every_number)
{
    Fixture f = new_fixture (2, 4);
    FoveaSaeQuality q = measure (&f);
    g_autoptr (FoveaTable) table = fovea_sae_quality_tabulate (&q);
    ck_assert_str_eq (fovea_table_read_text (table, 0, "name"), "l0");
    ck_assert_double_eq_tol (fovea_table_read_number (table, 0, "value"), 4. / 3, 1e-12);
    ck_assert_str_eq (fovea_table_get_note (table, "n_rows"), "3");
    clear_fixture (&f);
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("metrics");
    tcase_add_test (tc, worked_example_holds);
    tcase_add_test (tc, negative_codes_count_and_do_not_cancel);
    tcase_add_test (tc, raw_units_change_codes_and_nothing_that_is_weighted);
    tcase_add_test (tc, raw_units_of_what_is_not_folded_are_its_own);
    tcase_add_test (tc, mean_error_does_not_shrink_with_more_rows);
    tcase_add_test (tc, perfect_and_empty_reconstructions_are_the_ends);
    tcase_add_test (tc, variance_survives_a_large_mean);
    tcase_add_test (tc, zero_rows_are_counted_and_left_out_of_ratios);
    tcase_add_test (tc, latents_tell_both_sides);
    tcase_add_test (tc, consistency_counts_texts_and_not_rows);
    tcase_add_test (tc, densities_are_counted_by_their_logarithm);
    tcase_add_test (tc, table_has_every_number);
    Suite *suite = suite_create ("sae-metrics");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
