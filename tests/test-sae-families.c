/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Families of latents and heads: the induction proxy by hand, contexts of every length with a latent
 * that reads a single number, and texts whose only repetition is the planted prefix. */
#include <math.h>
#include <string.h>

#include "analysis/induction-prefix.h"
#include "analysis/induction-proxy.h"
#include "analysis/sae-context.h"
#include "capture/random.h"
#include "tests/forward-support.h"
#include "tests/support.h"

enum {
    D = 48, /* of the tiny models */
    TOKENS = 40,
};

START_TEST (variants_of_space_and_case_are_one_kind)
{
    g_autoptr (FoveaTokenKinds) kinds = fovea_token_kinds_new ();
    gint32 the = fovea_token_kinds_get (kinds, " The");
    ck_assert_int_eq (fovea_token_kinds_get (kinds, "the"), the);
    ck_assert_int_eq (fovea_token_kinds_get (kinds, "THE"), the);
    ck_assert_int_ne (fovea_token_kinds_get (kinds, " then"), the);
    ck_assert_str_eq (fovea_token_kinds_name (kinds, the), "the");
    ck_assert_int_ne (fovea_token_kinds_get (kinds, " "), fovea_token_kinds_get (kinds, ""));
    ck_assert_int_eq (fovea_token_kinds_get (kinds, "\xc3"),
                      fovea_token_kinds_get (kinds, " \xc3"));
    ck_assert_ptr_null (fovea_token_kinds_name (kinds, 99));
    ck_assert_ptr_null (fovea_token_kinds_name (kinds, -1));
}
END_TEST

/* a b c a b x a c a a: B = b. */
START_TEST (proxy_is_true_where_the_token_stood_before_with_b_behind_it)
{
    static const gint32 text[] = {0, 1, 2, 0, 1, 9, 0, 2, 0, 0};
    static const gboolean wanted[] = {0, 0, 0, 1, 0, 0, 1, 0, 1, 1};
    static const gint32 expected[] = {-1, -1, -1, 1, 2, -1, 1, 0, 2, 0};
    gboolean proxy[10];
    gint32 own[10];
    fovea_induction_proxy (text, 10, 1, proxy);
    fovea_induction_expected (text, 10, own);
    for (int t = 0; t < 10; t++) {
        ck_assert_msg (proxy[t] == wanted[t], "token %d", t);
        ck_assert_msg (own[t] == expected[t], "token %d: %d", t, own[t]);
    }
}
END_TEST

START_TEST (specificity_and_sensitivity_are_shares)
{
    static const float codes[] = {0, 2, 0, -4, 1, 0};
    static const gboolean proxy[] = {1, 1, 0, 1, 0, 1};
    FoveaProxyScore score = {0};
    fovea_proxy_score_add (&score, codes, proxy, 3, 4);
    fovea_proxy_score_add (&score, codes + 3, proxy + 3, 3, 4);
    fovea_proxy_score_finish (&score);
    ck_assert_int_eq (score.n_tokens, 6);
    ck_assert_double_eq_tol (score.specificity, 2. / 3, 1e-12);
    ck_assert_double_eq_tol (score.sensitivity, .5, 1e-12);
    ck_assert_int_eq (score.fired[9], 1);
    ck_assert_int_eq (score.both[9], 1);
    ck_assert_int_eq (score.fired[5], 1);
    ck_assert_int_eq (score.both[2], 0);
    FoveaProxyScore none = {0};
    fovea_proxy_score_finish (&none);
    ck_assert (isnan (none.specificity) && isnan (none.sensitivity));
}
END_TEST

static FoveaContextRange
judge (const double *shares, guint n)
{
    g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (FoveaContextStep));
    for (guint i = 0; i < n; i++) {
        const FoveaContextStep step = {1 << i, 0, shares[i]};
        g_array_append_val (steps, step);
    }
    return fovea_sae_context_judge (steps);
}

START_TEST (range_is_judged_by_the_length_from_which_the_code_stays)
{
    /* Lengths 1, 2, 4 .. 128. */
    ck_assert_int_eq (judge ((double[]){.1, .5, .8, .95, 1, 1, 1, 1}, 8), FOVEA_CONTEXT_SHORT);
    ck_assert_int_eq (judge ((double[]){0, 0, 0, 0, .1, .2, .92, 1}, 8), FOVEA_CONTEXT_LONG);
    ck_assert_int_eq (judge ((double[]){0, 0, 0, 0, .91, .95, 1, 1}, 8), FOVEA_CONTEXT_UNDECIDED);
    /* Near it once and away again does not count. */
    ck_assert_int_eq (judge ((double[]){.95, .2, .1, .1, .1, .1, .5, 1}, 8), FOVEA_CONTEXT_LONG);
    ck_assert_int_eq (judge ((double[]){.1}, 1), FOVEA_CONTEXT_UNDECIDED);
}
END_TEST

/* Two latents a dimension, one for each sign. */
static FoveaSae *
make_perfect (const char *site)
{
    FoveaSae *sae = fovea_sae_new (FOVEA_SAE_STANDARD, D, D, 2 * D, NULL);
    for (int c = 0; c < D; c++)
        for (int side = 0; side < 2; side++)
            sae->w_enc[c * 2 * D + 2 * c + side] = side == 0 ? 1 : -1;
    fovea_sae_set_metadata (sae, "hook_name", site);
    return sae;
}

typedef struct {
    Runner runner;
    FoveaTraceInfo *info;
    FoveaSae *sae;
} Fixture;

static Fixture
open_fixture (const char *site)
{
    g_autofree char *folder = support_data ("tests/golden/tiny/llama");
    Fixture f = {.runner = runner_open (folder, "cpu", TOKENS, 0), .sae = make_perfect (site)};
    g_autofree gint32 *ids = support_random_ids (TOKENS, 200, 6);
    f.info = runner_info (&f.runner, ids, TOKENS);
    return f;
}

static void
close_fixture (Fixture *f)
{
    fovea_sae_free (f->sae);
    fovea_trace_info_free (f->info);
    runner_close (&f->runner);
}

/* The latent of dimension 3 that fires at the token in the whole text. */
static GArray *
run_context (Fixture *f, gint64 position, gint32 *latent)
{
    g_autoptr (GError) error = NULL;
    for (*latent = 6; *latent < 8; ++*latent) {
        GArray *steps = fovea_sae_context_run (f->runner.session, f->sae, *latent, f->info,
                                               position, NULL, &error);
        if (steps != NULL)
            return steps;
        ck_assert_ptr_nonnull (strstr (error->message, "does not fire"));
        g_clear_error (&error);
    }
    ck_abort_msg ("neither side fires");
    return NULL;
}

START_TEST (embedding_needs_no_context)
{
    Fixture f = open_fixture ("blocks.0.hook_resid_pre");
    gint32 latent;
    g_autoptr (GArray) steps = run_context (&f, TOKENS - 1, &latent);
    ck_assert_uint_eq (steps->len, 7);
    for (guint i = 0; i < steps->len; i++)
        ck_assert_double_eq_tol (g_array_index (steps, FoveaContextStep, i).share, 1, 1e-6);
    ck_assert_int_eq (fovea_sae_context_judge (steps), FOVEA_CONTEXT_SHORT);
    close_fixture (&f);
}
END_TEST

/* Each step is the latent of a text that holds those tokens alone. */
START_TEST (steps_are_runs_of_the_last_tokens_behind_the_first_one)
{
    enum {
        POSITION = 30
    };
    Fixture f = open_fixture ("blocks.2.hook_resid_post");
    gint32 latent;
    f.info->special = g_new0 (gboolean, TOKENS);
    f.info->special[0] = TRUE;
    g_autoptr (GArray) steps = run_context (&f, POSITION, &latent);
    ck_assert_int_eq (g_array_index (steps, FoveaContextStep, steps->len - 1).n_tokens, POSITION);
    for (guint i = 0; i < steps->len; i++) {
        const FoveaContextStep *step = &g_array_index (steps, FoveaContextStep, i);
        gint64 n = step->n_tokens, length;
        gint32 ids[TOKENS];
        ids[0] = f.info->ids[0];
        memcpy (ids + 1, f.info->ids + POSITION + 1 - n, (gsize) n * sizeof *ids);
        g_autoptr (FoveaTrace) trace = runner_capture (
            &f.runner, ids, n + 1, "blocks.2.hook_resid_post", FOVEA_F32, FALSE, NULL);
        g_autofree float *rows = support_read_point (trace, "blocks.2.hook_resid_post", &length);
        float value = rows[n * D + 3] * (latent == 6 ? 1 : -1);
        ck_assert_float_eq_tol (step->code, MAX (value, 0), 1e-4f);
    }
    close_fixture (&f);
}
END_TEST

START_TEST (context_of_what_is_not_there_is_refused)
{
    Fixture f = open_fixture ("blocks.2.hook_resid_post");
    g_autoptr (GError) range = NULL, site = NULL, width = NULL;
    g_autoptr (FoveaSae) narrow = fovea_sae_new (FOVEA_SAE_TOPK, 8, 8, 16, NULL);
    g_autoptr (FoveaSae) nowhere = make_perfect (NULL);
    fovea_sae_set_metadata (narrow, "hook_name", "blocks.2.hook_resid_post");
    ck_assert_ptr_null (
        fovea_sae_context_run (f.runner.session, f.sae, 0, f.info, TOKENS, NULL, &range));
    ck_assert (g_error_matches (range, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    ck_assert_ptr_null (
        fovea_sae_context_run (f.runner.session, nowhere, 0, f.info, 3, NULL, &site));
    ck_assert (g_error_matches (site, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
    ck_assert_ptr_null (
        fovea_sae_context_run (f.runner.session, narrow, 0, f.info, 3, NULL, &width));
    ck_assert (g_error_matches (width, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
    close_fixture (&f);
}
END_TEST

START_TEST (planted_prefix_is_the_only_repetition)
{
    enum {
        LENGTH = 64,
        VOCABULARY = 300,
        FIRST = 3
    };
    guint m = 1 + (guint) _i;
    for (guint64 index = 0; index < 50; index++) {
        gint32 ids[LENGTH + 1], again[LENGTH + 1];
        gint64 query, key, copies = 0;
        fovea_induction_prefix_draw (5, index, 1, FIRST, VOCABULARY, LENGTH, m, ids, &query, &key);
        fovea_induction_prefix_draw (5, index, 1, FIRST, VOCABULARY, LENGTH, m, again, &query,
                                     &key);
        ck_assert_mem_eq (ids, again, sizeof ids);
        ck_assert_int_eq (ids[0], 1);
        ck_assert_int_gt (query, key);
        ck_assert_int_le (query, LENGTH);
        for (gint64 i = 0; i < m; i++)
            ck_assert_int_eq (ids[query - i], ids[key - 1 - i]);
        for (int a = 1; a <= LENGTH; a++) {
            ck_assert_int_ge (ids[a], FIRST);
            ck_assert_int_lt (ids[a], VOCABULARY);
            for (int b = 1; b < a; b++)
                copies += ids[a] == ids[b];
        }
        ck_assert_int_eq (copies, m);
        /* A longer match is none by chance. */
        ck_assert_int_ne (ids[query - m], ids[key - 1 - m]);
    }
}
END_TEST

/* One text: the weight at its cell, as the trace has it. */
START_TEST (weights_are_those_of_the_cell)
{
    enum {
        LENGTH = 40
    };
    Fixture f = open_fixture ("blocks.0.hook_resid_pre");
    const FoveaArchitecture *a = fovea_model_get_architecture (f.runner.model);
    const FoveaPrefixOptions options = {
        .n_sequences = 1, .length = LENGTH - 1, .most_prefix = 2, .seed = 3};
    g_autoptr (GError) error = NULL;
    g_autofree double *weights =
        fovea_induction_prefix_run (f.runner.session, &options, NULL, NULL, NULL, &error);
    ck_assert_msg (weights != NULL, "%s", error != NULL ? error->message : "");
    gint32 ids[LENGTH];
    gint64 query, key, n, front = a->bos_id >= 0;
    fovea_induction_prefix_draw (3, 0, a->bos_id, 3, (gint32) a->vocabulary, LENGTH - 1, 2, ids,
                                 &query, &key);
    g_autoptr (FoveaTrace) trace =
        runner_capture (&f.runner, ids, LENGTH - 1 + front, "attention", FOVEA_F32, FALSE, NULL);
    g_autofree float *pattern = support_read_point (trace, "blocks.1.attn.hook_pattern", &n);
    gint64 T = LENGTH - 1 + front;
    for (gint64 h = 0; h < a->n_heads; h++)
        ck_assert_double_eq_tol (weights[(1 * a->n_layers + 1) * a->n_heads + h],
                                 (double) pattern[(h * T + query) * T + key], 1e-6);
    const FoveaPrefixOptions large = {.length = 5000};
    ck_assert_ptr_null (
        fovea_induction_prefix_run (f.runner.session, &large, NULL, NULL, NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    close_fixture (&f);
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("families");
    tcase_set_timeout (tc, 60);
    tcase_add_test (tc, variants_of_space_and_case_are_one_kind);
    tcase_add_test (tc, proxy_is_true_where_the_token_stood_before_with_b_behind_it);
    tcase_add_test (tc, specificity_and_sensitivity_are_shares);
    tcase_add_test (tc, range_is_judged_by_the_length_from_which_the_code_stays);
    tcase_add_test (tc, embedding_needs_no_context);
    tcase_add_test (tc, steps_are_runs_of_the_last_tokens_behind_the_first_one);
    tcase_add_test (tc, context_of_what_is_not_there_is_refused);
    tcase_add_loop_test (tc, planted_prefix_is_the_only_repetition, 0, 9);
    tcase_add_test (tc, weights_are_those_of_the_cell);
    Suite *suite = suite_create ("sae-families");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
