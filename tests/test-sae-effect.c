/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A site replaced while the model runs: at its two anchors, a perfect reconstruction loses nothing
 * and an empty one everything; what is edited is what later layers read. */
#include <math.h>
#include <string.h>

#include "analysis/sae-effect.h"
#include "capture/sink.h"
#include "tests/forward-support.h"
#include "tests/support.h"

enum {
    TOKENS = 40,
};

static const char *const sites[] = {
    "blocks.3.hook_resid_pre", "blocks.2.hook_resid_mid", "blocks.4.hook_resid_post",
    "blocks.2.hook_attn_out",  "blocks.1.hook_mlp_out",   "blocks.3.attn.hook_z",
};

typedef struct {
    Runner runner;
    FoveaTraceInfo *info;
    FoveaSaeEffect *effect;
} Fixture;

/* @chunk below the sequence's length: the edit comes in portions. */
static Fixture
open_fixture (const char *site, gint64 chunk)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *demo = support_data ("data/demo");
    const char *points[] = {site, NULL};
    Fixture f = {.runner = runner_open (demo, "cpu", TOKENS, chunk)};
    g_autofree gint32 *ids = support_random_ids (TOKENS, 8192, 4);
    f.info = runner_info (&f.runner, ids, TOKENS);
    f.effect = fovea_sae_effect_new (f.runner.session, f.info, points, NULL, &error);
    ck_assert_msg (f.effect != NULL, "%s", error != NULL ? error->message : "");
    return f;
}

static void
close_fixture (Fixture *f)
{
    fovea_sae_effect_free (f->effect);
    fovea_trace_info_free (f->info);
    runner_close (&f->runner);
}

static float *
read_site (Fixture *f, const char *site, gint64 *width)
{
    gint64 n;
    float *rows = support_read_point (fovea_sae_effect_get_trace (f->effect), site, &n);
    *width = n / TOKENS;
    return rows;
}

START_TEST (perfect_reconstruction_loses_nothing)
{
    Fixture f = open_fixture (sites[_i], _i % 2 == 0 ? TOKENS : 16);
    g_autoptr (GError) error = NULL;
    FoveaSaeEffectSums sums = {0};
    gint64 width;
    g_autofree float *rows = read_site (&f, sites[_i], &width);
    ck_assert_msg (fovea_sae_effect_measure (f.effect, sites[_i], rows, NULL, &sums, NULL, &error),
                   "%s", error != NULL ? error->message : "");
    ck_assert_int_eq (sums.n_positions, TOKENS);
    ck_assert_double_eq_tol (sums.loss, sums.clean_loss, 1e-6);
    ck_assert_double_eq_tol (sums.divergence, 0, 1e-6);
    ck_assert_double_gt (sums.zero_divergence, .01);
    ck_assert_double_eq_tol (
        fovea_sae_effect_recovered (sums.clean_loss, sums.loss, sums.zero_loss), 1, 1e-6);
    close_fixture (&f);
}
END_TEST

START_TEST (empty_reconstruction_is_zero_ablation)
{
    Fixture f = open_fixture (sites[_i], TOKENS);
    FoveaSaeEffectSums sums = {0};
    gint64 width;
    g_autofree float *rows = read_site (&f, sites[_i], &width);
    memset (rows, 0, (gsize) (TOKENS * width) * sizeof *rows);
    ck_assert (fovea_sae_effect_measure (f.effect, sites[_i], rows, NULL, &sums, NULL, NULL));
    ck_assert_double_eq_tol (sums.loss, sums.zero_loss, 1e-9);
    ck_assert_double_eq_tol (
        fovea_sae_effect_recovered (sums.clean_loss, sums.loss, sums.zero_loss), 0, 1e-9);
    ck_assert_double_eq_tol (fovea_sae_effect_recovered (0, sums.divergence, sums.zero_divergence),
                             0, 1e-9);
    close_fixture (&f);
}
END_TEST

START_TEST (skipped_positions_stay_as_they_are)
{
    Fixture f = open_fixture (sites[0], TOKENS);
    FoveaSaeEffectSums sums = {0};
    gboolean all[TOKENS];
    for (int t = 0; t < TOKENS; t++)
        all[t] = TRUE;
    gint64 width;
    g_autofree float *rows = read_site (&f, sites[0], &width);
    memset (rows, 0, (gsize) (TOKENS * width) * sizeof *rows);
    ck_assert (fovea_sae_effect_measure (f.effect, sites[0], rows, all, &sums, NULL, NULL));
    ck_assert_double_eq_tol (sums.loss, sums.clean_loss, 1e-6);
    ck_assert_double_eq_tol (sums.zero_divergence, 0, 1e-6);
    close_fixture (&f);
}
END_TEST

START_TEST (site_that_cannot_be_replaced_is_refused)
{
    Fixture f = open_fixture ("blocks.3.mlp.hook_post", TOKENS);
    g_autoptr (GError) error = NULL;
    FoveaSaeEffectSums sums = {0};
    gint64 width;
    g_autofree float *rows = read_site (&f, "blocks.3.mlp.hook_post", &width);
    ck_assert (!fovea_sae_effect_measure (f.effect, "blocks.3.mlp.hook_post", rows, NULL, &sums,
                                          NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED));
    ck_assert_int_eq (sums.n_positions, 0);
    close_fixture (&f);
}
END_TEST

START_TEST (recovered_example_holds)
{
    ck_assert_double_eq_tol (fovea_sae_effect_recovered (3.1, 3.3, 5), .894737, 1e-6);
    ck_assert (isnan (fovea_sae_effect_recovered (3.1, 3.3, 3.1)));
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("effect");
    tcase_set_timeout (tc, 60);
    tcase_add_loop_test (tc, perfect_reconstruction_loses_nothing, 0, G_N_ELEMENTS (sites));
    tcase_add_loop_test (tc, empty_reconstruction_is_zero_ablation, 0, G_N_ELEMENTS (sites));
    tcase_add_test (tc, skipped_positions_stay_as_they_are);
    tcase_add_test (tc, site_that_cannot_be_replaced_is_refused);
    tcase_add_test (tc, recovered_example_holds);
    Suite *suite = suite_create ("sae-effect");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
