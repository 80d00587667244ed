/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Steering against the same edit made by hand: with two latents a dimension, one for each sign, a
 * code is a number of the stream, so every way of steering can be written down. */
#include <math.h>
#include <string.h>

#include "analysis/log-probabilities.h"
#include "analysis/sae-steer.h"
#include "kernels/weight.h"
#include "tests/forward-support.h"
#include "tests/support.h"

enum {
    D = 384, /* of the demo model */
    F = 2 * D,
    V = 8192,
    TOKENS = 12,
    MORE = 6,
};

#define SITE "blocks.2.hook_resid_post"

typedef struct {
    Runner runner;
    FoveaTraceInfo *info;
    FoveaSae *sae;
    FoveaSaeSteer *steer;
} Fixture;

/* x = relu (x) - relu (-x). */
static FoveaSae *
make_perfect (const char *site)
{
    FoveaSae *sae = fovea_sae_new (FOVEA_SAE_STANDARD, D, D, F, NULL);
    for (gint64 c = 0; c < D; c++)
        for (gint64 side = 0; side < 2; side++) {
            gint64 j = 2 * c + side;
            sae->w_enc[c * F + j] = side == 0 ? 1 : -1;
            sae->w_dec[j * D + c] = side == 0 ? 1 : -1;
        }
    fovea_sae_set_metadata (sae, "hook_name", site);
    return sae;
}

/* The first @n tokens of a sentence: at random ones the model would end the text at once. */
static gint32 *
make_prompt (const Runner *runner, gint64 n)
{
    FoveaTokenizer *tokenizer = fovea_model_get_tokenizer (runner->model, NULL);
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (
        tokenizer, "It was the best of times, it was the worst of times, it was the age", -1, FALSE,
        NULL);
    gint32 *ids = g_new (gint32, (gsize) n);
    ck_assert_int_ge (tokens->len, n);
    for (gint64 i = 0; i < n; i++)
        ids[i] = g_array_index (tokens, FoveaToken, i).id;
    return ids;
}

static Fixture
open_fixture (gint64 n_tokens, FoveaSae *sae, gint32 latent, gboolean all_tokens)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *demo = support_data ("data/demo");
    Fixture f = {.runner = runner_open (demo, "cpu", n_tokens + MORE, 0), .sae = sae};
    g_autofree gint32 *ids = make_prompt (&f.runner, n_tokens);
    f.info = runner_info (&f.runner, ids, n_tokens);
    f.steer = fovea_sae_steer_new (f.runner.session, sae, latent, f.info, all_tokens, NULL, &error);
    ck_assert_msg (f.steer != NULL, "%s", error != NULL ? error->message : "");
    return f;
}

static void
close_fixture (Fixture *f)
{
    fovea_sae_steer_free (f->steer);
    fovea_sae_free (f->sae);
    fovea_trace_info_free (f->info);
    runner_close (&f->runner);
}

static FoveaSteerResult *
measure (Fixture *f, FoveaSteerMode mode, double value, gint64 n_more)
{
    g_autoptr (GError) error = NULL;
    const FoveaSteerOptions options = {.mode = mode, .value = value, .n_more = n_more};
    FoveaSteerResult *result = fovea_sae_steer_measure (f->steer, &options, NULL, &error);
    ck_assert_msg (result != NULL, "%s", error != NULL ? error->message : "");
    return result;
}

static gint32
get_likeliest (const float *row)
{
    gint32 best = 0;
    for (gint32 v = 1; v < V; v++)
        best = row[v] > row[best] ? v : best;
    return best;
}

START_TEST (code_that_does_not_change_changes_nothing)
{
    Fixture f = open_fixture (TOKENS, make_perfect (SITE), 20, TRUE);
    g_autoptr (FoveaSteerResult) none = measure (&f, FOVEA_STEER_NONE, 5, 0);
    g_autoptr (FoveaSteerResult) once = measure (&f, FOVEA_STEER_SCALE, 1, 0);
    ck_assert_int_eq (none->n_changed, 0);
    ck_assert_int_eq (once->n_changed, 0);
    ck_assert_double_eq (once->divergence, 0);
    ck_assert_double_eq (once->loss, once->clean_loss);
    ck_assert (isnan (once->text_loss));
    ck_assert_uint_eq (once->ids->len, 0);
    close_fixture (&f);
}
END_TEST

/* FoveaEditHook: dimension 10 to 30, whether it is above 0 or not, its negative part kept. */
static gboolean
set_by_hand (gpointer data, gint64 first, gint64 rows, gint64 width, float *values, GError **error)
{
    for (gint64 i = 0; i < rows; i++)
        values[i * width + 10] = 30 + MIN (values[i * width + 10], 0);
    return TRUE;
}

START_TEST (clamping_is_the_same_edit_made_by_hand)
{
    Fixture f = open_fixture (TOKENS, make_perfect (SITE), 20, TRUE);
    g_autoptr (FoveaSteerResult) steered = measure (&f, FOVEA_STEER_CLAMP, 30, 0);
    g_autofree float *clean =
        fovea_log_probabilities_run (f.runner.session, f.info, NULL, NULL, NULL, NULL);
    ck_assert (fovea_session_set_edit_hook (f.runner.session, SITE, set_by_hand, NULL, NULL));
    g_autofree float *run =
        fovea_log_probabilities_run (f.runner.session, f.info, NULL, NULL, NULL, NULL);
    fovea_session_set_edit_hook (f.runner.session, SITE, NULL, NULL, NULL);
    double divergence = 0;
    for (int t = 0; t < TOKENS; t++)
        divergence += fovea_log_probabilities_diverge (clean + t * V, run + t * V, V) / TOKENS;
    ck_assert_double_gt (divergence, 1e-3);
    ck_assert_double_eq_tol (steered->divergence, divergence, 1e-4 * divergence);
    ck_assert_double_le (support_difference (steered->next, run + (TOKENS - 1) * V, V), 1e-3);
    ck_assert_int_eq (steered->n_changed, TOKENS);
    close_fixture (&f);
}
END_TEST

/* On a prompt of one token every way is a clamp to some number. */
START_TEST (every_way_of_steering_sets_the_code_it_says)
{
    Fixture f = open_fixture (1, make_perfect (SITE), 20, TRUE);
    if (!(fovea_sae_steer_get_codes (f.steer)[0] > 0)) { /* the other sign has it then */
        close_fixture (&f);
        f = open_fixture (1, make_perfect (SITE), 21, TRUE);
    }
    double code = (double) fovea_sae_steer_get_codes (f.steer)[0];
    ck_assert_double_gt (code, 0);
    const struct {
        FoveaSteerMode mode;
        double value, clamp;
    } cases[] = {
        {FOVEA_STEER_ADD, 2, code + 2},          {FOVEA_STEER_ADD, -2, code - 2},
        {FOVEA_STEER_SCALE, -3, -3 * code},      {FOVEA_STEER_SCALE, 0, 0},
        {FOVEA_STEER_LEAST, 2 * code, 2 * code}, {FOVEA_STEER_LEAST, code / 2, code},
        {FOVEA_STEER_LEAST, -code, -code},
    };
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (FoveaSteerResult) a = measure (&f, cases[i].mode, cases[i].value, 0);
        g_autoptr (FoveaSteerResult) b = measure (&f, FOVEA_STEER_CLAMP, cases[i].clamp, 0);
        ck_assert_double_le (support_difference (a->next, b->next, V), 1e-4);
        ck_assert_int_eq (a->n_changed, cases[i].clamp != code);
        ck_assert (isnan (a->loss));
    }
    close_fixture (&f);
}
END_TEST

/* A latent that writes a token's own row of the unembedding into the end of the stream. */
START_TEST (both_directions_move_the_token_that_the_latent_writes)
{
    enum {
        WANTED = 1234
    };
    g_autofree char *site = NULL;
    FoveaSae *sae = make_perfect ("");
    FoveaWeight unembed;
    float row[D];
    g_autofree char *demo = support_data ("data/demo");
    g_autoptr (FoveaModel) model = fovea_model_open (demo, NULL);
    site = g_strdup_printf ("blocks.%d.hook_resid_post",
                            (int) fovea_model_get_architecture (model)->n_layers - 1);
    fovea_sae_set_metadata (sae, "hook_name", site);
    ck_assert (fovea_model_get_matrix (model, FOVEA_WEIGHT_UNEMBED, 0, &unembed));
    fovea_weight_read (&unembed, WANTED, 0, D, row);
    for (int c = 0; c < D; c++)
        sae->w_dec[c] = row[c];
    Fixture f = open_fixture (TOKENS, sae, 0, TRUE);
    g_autoptr (FoveaSteerResult) clean = measure (&f, FOVEA_STEER_NONE, 0, MORE);
    g_autoptr (FoveaSteerResult) more = measure (&f, FOVEA_STEER_ADD, 1e5, MORE);
    g_autoptr (FoveaSteerResult) less = measure (&f, FOVEA_STEER_ADD, -1e5, MORE);
    ck_assert_int_eq (get_likeliest (more->next), WANTED);
    ck_assert_float_lt (less->next[WANTED], clean->next[WANTED]);
    ck_assert_float_gt (more->next[WANTED], clean->next[WANTED]);
    ck_assert_double_gt (more->next_divergence, 1);
    for (guint i = 0; i < more->ids->len; i++)
        ck_assert_int_eq (g_array_index (more->ids, gint32, i), WANTED);
    /* One word over and over is nothing that the untouched model would say. */
    ck_assert_double_gt (more->text_loss, clean->text_loss);
    close_fixture (&f);
}
END_TEST

START_TEST (unsteered_continuation_is_that_of_the_model)
{
    Fixture f = open_fixture (TOKENS, make_perfect (SITE), 20, TRUE);
    g_autoptr (FoveaSteerResult) none = measure (&f, FOVEA_STEER_NONE, 0, MORE);
    gint32 ids[TOKENS + MORE];
    float losses[TOKENS + MORE];
    double loss = 0;
    memcpy (ids, f.info->ids, TOKENS * sizeof *ids);
    runner_greedy (&f.runner, ids, TOKENS, MORE);
    ck_assert_uint_eq (none->ids->len, MORE);
    ck_assert_mem_eq (none->ids->data, ids + TOKENS, MORE * sizeof *ids);
    ck_assert (
        fovea_session_read_losses (f.runner.session, ids, TOKENS + MORE, losses, NULL, NULL));
    for (int t = TOKENS - 1; t + 1 < TOKENS + MORE; t++)
        loss += (double) losses[t] / MORE;
    ck_assert_double_eq_tol (none->text_loss, loss, 1e-5);
    close_fixture (&f);
}
END_TEST

/* Token by token through the cache, or all at once: the same steered model. */
START_TEST (continuation_is_steered_at_every_token)
{
    Fixture f = open_fixture (TOKENS, make_perfect (SITE), 21, TRUE);
    g_autoptr (FoveaSteerResult) all = measure (&f, FOVEA_STEER_CLAMP, 8, MORE);
    ck_assert_uint_eq (all->ids->len, MORE);
    gint32 ids[TOKENS + MORE];
    memcpy (ids, f.info->ids, TOKENS * sizeof *ids);
    memcpy (ids + TOKENS, all->ids->data, MORE * sizeof *ids);
    for (int k = 0; k < MORE; k++) {
        g_autoptr (FoveaTraceInfo) info = runner_info (&f.runner, ids, TOKENS + k);
        g_autoptr (FoveaSaeSteer) steer =
            fovea_sae_steer_new (f.runner.session, f.sae, 21, info, TRUE, NULL, NULL);
        const FoveaSteerOptions options = {.mode = FOVEA_STEER_CLAMP, .value = 8};
        g_autoptr (FoveaSteerResult) one = fovea_sae_steer_measure (steer, &options, NULL, NULL);
        ck_assert_int_eq (get_likeliest (one->next), ids[TOKENS + k]);
    }
    close_fixture (&f);
}
END_TEST

START_TEST (special_tokens_are_left_alone_unless_asked_for)
{
    Fixture f = open_fixture (TOKENS, make_perfect (SITE), 20, TRUE);
    g_autoptr (FoveaTraceInfo) info = runner_info (&f.runner, f.info->ids, TOKENS);
    g_free (info->special);
    info->special = g_new0 (gboolean, TOKENS);
    info->special[0] = info->special[5] = TRUE;
    for (int all = 0; all < 2; all++) {
        g_autoptr (FoveaSaeSteer) steer =
            fovea_sae_steer_new (f.runner.session, f.sae, 20, info, all, NULL, NULL);
        const FoveaSteerOptions options = {.mode = FOVEA_STEER_CLAMP, .value = 50};
        g_autoptr (FoveaSteerResult) r = fovea_sae_steer_measure (steer, &options, NULL, NULL);
        ck_assert_int_eq (r->n_changed, all ? TOKENS : TOKENS - 2);
    }
    close_fixture (&f);
}
END_TEST

/* At one token the edit is seen from there on and not before, and a continuation is left alone. */
START_TEST (steering_at_a_token_reaches_what_comes_behind_it)
{
    enum {
        AT = 7
    };
    static const gint32 at[] = {AT}, outside[] = {TOKENS};
    Fixture f = open_fixture (TOKENS, make_perfect (SITE), 20, TRUE);
    g_autoptr (GError) error = NULL;
    ck_assert (!fovea_sae_steer_limit (f.steer, outside, 1, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    ck_assert (fovea_sae_steer_limit (f.steer, at, 1, NULL));
    g_autoptr (FoveaSteerResult) all = measure (&f, FOVEA_STEER_CLAMP, 80, 2);
    ck_assert_int_eq (all->n_changed, 1);
    ck_assert_double_gt (all->next_divergence, 1e-6);
    g_autoptr (FoveaTraceInfo) before = runner_info (&f.runner, f.info->ids, AT);
    g_autoptr (FoveaSaeSteer) early =
        fovea_sae_steer_new (f.runner.session, f.sae, 20, before, TRUE, NULL, NULL);
    ck_assert (!fovea_sae_steer_limit (early, at, 1, NULL));
    /* No position at all: nothing is steered. */
    ck_assert (fovea_sae_steer_limit (f.steer, NULL, 0, NULL));
    g_autoptr (FoveaSteerResult) none = measure (&f, FOVEA_STEER_CLAMP, 80, 2);
    ck_assert_int_eq (none->n_changed, 0);
    ck_assert_double_eq (none->divergence, 0);
    close_fixture (&f);
}
END_TEST

START_TEST (sampling_obeys_its_seed)
{
    Fixture f = open_fixture (TOKENS, make_perfect (SITE), 20, TRUE);
    FoveaSteerOptions options = {.mode = FOVEA_STEER_ADD,
                                 .value = 1,
                                 .n_more = MORE,
                                 .sampler = {.temperature = 2, .top_p = 1},
                                 .seed = 3};
    g_autoptr (FoveaSteerResult) a = fovea_sae_steer_measure (f.steer, &options, NULL, NULL);
    g_autoptr (FoveaSteerResult) b = fovea_sae_steer_measure (f.steer, &options, NULL, NULL);
    options.seed = 4;
    g_autoptr (FoveaSteerResult) c = fovea_sae_steer_measure (f.steer, &options, NULL, NULL);
    ck_assert_mem_eq (a->ids->data, b->ids->data, MORE * sizeof (gint32));
    ck_assert_mem_ne (a->ids->data, c->ids->data, MORE * sizeof (gint32));
    close_fixture (&f);
}
END_TEST

static void
expect_refusal (Fixture *f, FoveaSae *sae, gint32 latent, int code, const char *part)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSae) owned = sae;
    ck_assert_ptr_null (
        fovea_sae_steer_new (f->runner.session, owned, latent, f->info, TRUE, NULL, &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, code), "%s", error->message);
    ck_assert_msg (strstr (error->message, part) != NULL, "%s", error->message);
}

START_TEST (what_does_not_fit_the_model_is_refused_by_name)
{
    Fixture f = open_fixture (TOKENS, make_perfect (SITE), 20, TRUE);
    FoveaSae *narrow = fovea_sae_new (FOVEA_SAE_TOPK, 16, 16, 32, NULL);
    FoveaSae *transcoder = fovea_sae_new (FOVEA_SAE_TRANSCODER, D, D, F, NULL);
    fovea_sae_set_metadata (narrow, "hook_name", SITE);
    fovea_sae_set_metadata (transcoder, "hook_name", SITE);
    expect_refusal (&f, make_perfect (SITE), F, FOVEA_ERROR_RANGE,
                    "latent 768 is outside 0 .. 767");
    expect_refusal (&f, make_perfect (NULL), 0, FOVEA_ERROR_NOT_FOUND, "hook_name");
    expect_refusal (&f, narrow, 0, FOVEA_ERROR_SHAPE,
                    "384 numbers a token, but the autoencoder "
                    "reads 16");
    expect_refusal (&f, transcoder, 0, FOVEA_ERROR_UNSUPPORTED, "transcoder");
    expect_refusal (&f, make_perfect ("blocks.99.hook_resid_post"), 0, FOVEA_ERROR_UNSUPPORTED,
                    "blocks.99");
    ck_assert_int_eq (fovea_steer_mode_from_name ("clamp"), FOVEA_STEER_CLAMP);
    ck_assert_int_eq (fovea_steer_mode_from_name ("none"), -1);
    close_fixture (&f);
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("steer");
    tcase_set_timeout (tc, 120);
    tcase_add_test (tc, code_that_does_not_change_changes_nothing);
    tcase_add_test (tc, clamping_is_the_same_edit_made_by_hand);
    tcase_add_test (tc, every_way_of_steering_sets_the_code_it_says);
    tcase_add_test (tc, both_directions_move_the_token_that_the_latent_writes);
    tcase_add_test (tc, unsteered_continuation_is_that_of_the_model);
    tcase_add_test (tc, continuation_is_steered_at_every_token);
    tcase_add_test (tc, special_tokens_are_left_alone_unless_asked_for);
    tcase_add_test (tc, steering_at_a_token_reaches_what_comes_behind_it);
    tcase_add_test (tc, sampling_obeys_its_seed);
    tcase_add_test (tc, what_does_not_fit_the_model_is_refused_by_name);
    Suite *suite = suite_create ("sae-steer");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
