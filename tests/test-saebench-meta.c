/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A small autoencoder on decoder rows: rows that are made of few atoms are explained by as many latents,
 * rows that are not are not, however long they are. */
#include <math.h>

#include "analysis/saebench-meta.h"
#include "capture/random.h"
#include "tests/support.h"

enum {
    D = 32,
    F = 384,
    ATOMS = 24
};

static double
draw (FoveaRandom *random)
{
    double sum = 0;
    for (int i = 0; i < 4; i++)
        sum += fovea_random_uniform (random) - 0.5;
    return sum;
}

/* Rows of two atoms each if @planted, else of numbers at random. */
static FoveaSae *
make_sae (gboolean planted, float length)
{
    FoveaSae *sae = fovea_sae_new (FOVEA_SAE_STANDARD, D, D, F, NULL);
    FoveaRandom random;
    double atoms[ATOMS][D];
    fovea_random_init (&random, 7);
    for (int a = 0; a < ATOMS; a++)
        for (int i = 0; i < D; i++)
            atoms[a][i] = draw (&random);
    for (gint64 j = 0; j < F; j++) {
        int a = (int) fovea_random_below (&random, ATOMS);
        int b = (a + 1 + (int) fovea_random_below (&random, ATOMS - 1)) % ATOMS;
        for (int i = 0; i < D; i++)
            sae->w_dec[j * D + i] =
                length * (float) (planted ? atoms[a][i] + atoms[b][i] : draw (&random));
    }
    return sae;
}

static FoveaMetaResult
run (const FoveaSae *sae, const FoveaMetaOptions *options)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaDevice) device = fovea_device_open ("cpu", 2, NULL);
    FoveaMetaResult result;
    gboolean done = fovea_sae_bench_meta (sae, device, options, &result, NULL, &error);
    ck_assert_msg (done, "%s", error != NULL ? error->message : "");
    return result;
}

static FoveaMetaOptions
few_latents (void)
{
    FoveaMetaOptions options;
    fovea_meta_options_init (&options);
    options.n_latents = ATOMS;
    options.k = 2;
    options.steps = 1500;
    return options;
}

START_TEST (rows_of_few_atoms_are_combinations)
{
    FoveaMetaOptions options = few_latents ();
    g_autoptr (FoveaSae) planted = make_sae (TRUE, 1);
    g_autoptr (FoveaSae) noise = make_sae (FALSE, 1);
    FoveaMetaResult a = run (planted, &options), b = run (noise, &options);
    g_printerr ("planted %.3f, noise %.3f\n", a.quality.explained, b.quality.explained);
    ck_assert_double_gt (a.quality.explained, .8);
    ck_assert_double_lt (b.quality.explained, .5);
    ck_assert_double_eq_tol (a.quality.l0, 2, .5);
    ck_assert_int_eq (a.n_rows, F);
    ck_assert_int_eq (a.n_latents, ATOMS);
}
END_TEST

START_TEST (how_long_rows_are_does_not_matter)
{
    FoveaMetaOptions options = few_latents ();
    options.steps = 200;
    g_autoptr (FoveaSae) one = make_sae (TRUE, 1);
    g_autoptr (FoveaSae) longer = make_sae (TRUE, 64);
    FoveaMetaResult a = run (one, &options), b = run (longer, &options);
    ck_assert_double_eq_tol (a.quality.explained, b.quality.explained, 1e-4);
    ck_assert_double_eq_tol (a.quality.nmse, b.quality.nmse, 1e-4);
}
END_TEST

START_TEST (same_seed_same_numbers)
{
    FoveaMetaOptions options = few_latents ();
    options.steps = 100;
    g_autoptr (FoveaSae) sae = make_sae (TRUE, 1);
    FoveaMetaResult a = run (sae, &options), b = run (sae, &options);
    ck_assert_double_eq (a.quality.mse, b.quality.mse);
    options.seed = 1;
    b = run (sae, &options);
    ck_assert_double_ne (a.quality.mse, b.quality.mse);
}
END_TEST

START_TEST (blank_rows_are_left_out)
{
    FoveaMetaOptions options = few_latents ();
    options.steps = 20;
    options.n_latents = 0;
    g_autoptr (FoveaSae) sae = make_sae (TRUE, 1);
    for (gint64 i = 0; i < 10 * D; i++)
        sae->w_dec[i] = 0;
    FoveaMetaResult result = run (sae, &options);
    ck_assert_int_eq (result.n_rows, F - 10);
    ck_assert_int_eq (result.n_latents, (F - 10) / 16);
}
END_TEST

START_TEST (more_latents_than_rows_are_refused)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaDevice) device = fovea_device_open ("cpu", 1, NULL);
    g_autoptr (FoveaSae) sae = make_sae (TRUE, 1);
    FoveaMetaOptions options = few_latents ();
    FoveaMetaResult result;
    options.n_latents = F + 1;
    ck_assert (!fovea_sae_bench_meta (sae, device, &options, &result, NULL, &error));
    ck_assert_ptr_nonnull (strstr (error->message, "385 latents for 384 decoder rows"));
}
END_TEST

START_TEST (training_stops_when_it_is_cancelled)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GCancellable) cancelled = g_cancellable_new ();
    g_autoptr (FoveaDevice) device = fovea_device_open ("cpu", 1, NULL);
    g_autoptr (FoveaSae) sae = make_sae (TRUE, 1);
    FoveaMetaOptions options = few_latents ();
    FoveaMetaResult result;
    g_cancellable_cancel (cancelled);
    ck_assert (!fovea_sae_bench_meta (sae, device, &options, &result, cancelled, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}
END_TEST

int
main (void)
{
    TCase *all = tcase_create ("all");
    tcase_set_timeout (all, 180);
    tcase_add_test (all, rows_of_few_atoms_are_combinations);
    tcase_add_test (all, how_long_rows_are_does_not_matter);
    tcase_add_test (all, same_seed_same_numbers);
    tcase_add_test (all, blank_rows_are_left_out);
    tcase_add_test (all, more_latents_than_rows_are_refused);
    tcase_add_test (all, training_stops_when_it_is_cancelled);
    Suite *suite = suite_create ("saebench-meta");
    suite_add_tcase (suite, all);
    return support_run (suite);
}
