/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Latents taken away at one token against the same edits made by hand: a latent of this autoencoder is a
 * number of the stream with its sign, so what is left of a row can be written down. */
#include <math.h>
#include <string.h>

#include "analysis/sae-ablation.h"
#include "tests/forward-support.h"
#include "tests/support.h"

enum {
    D = 384, /* of the demo model */
    V = 8192,
    K = 6,
    TOKENS = 9,
    PLACE = 4
};

#define SITE "blocks.2.hook_resid_post"

static const gint32 ids[TOKENS] = {1, 400, 77, 912, 400, 33, 2050, 77, 651};
static const FoveaSaeChoice choice = {.answer = 77, .against = 400, .position = PLACE};

typedef struct {
    Runner runner;
    FoveaTraceInfo *info;
    FoveaSae *sae;
} Fixture;

/* The K numbers of a row that are largest by magnitude. */
static FoveaSae *
make_largest (FoveaSaeArchitecture architecture)
{
    FoveaSae *sae = fovea_sae_new (architecture, D, D, D, NULL);
    sae->k = K;
    for (gint64 c = 0; c < D; c++)
        sae->w_enc[c * D + c] = sae->w_dec[c * D + c] = 1;
    fovea_sae_set_metadata (sae, "hook_name", SITE);
    return sae;
}

static Fixture
open_fixture (void)
{
    g_autofree char *demo = support_data ("data/demo");
    Fixture f = {.runner = runner_open (demo, "cpu", TOKENS, 0),
                 .sae = make_largest (FOVEA_SAE_ABSTOPK)};
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

static FoveaSaeAblation *
ablate (const Fixture *f, const FoveaSaeChoice *what)
{
    g_autoptr (GError) error = NULL;
    FoveaSaeAblation *out =
        fovea_sae_ablation_run (f->runner.session, f->sae, f->info, what, NULL, &error);
    ck_assert_msg (out != NULL, "%s", error != NULL ? error->message : "");
    return out;
}

/* What is zeroed by hand: one number of the row, or the K largest. */
typedef struct {
    gint64 one; /* -1 = the largest */
    float row[D];
} Hand;

static gint64
find_largest (const float *row)
{
    gint64 best = 0;
    for (gint64 c = 1; c < D; c++)
        best = fabsf (row[c]) > fabsf (row[best]) ? c : best;
    return best;
}

/* FoveaEditHook. */
static gboolean
zero_by_hand (gpointer data, gint64 first, gint64 rows, gint64 width, float *values, GError **error)
{
    Hand *hand = data;
    ck_assert_int_eq (width, D);
    ck_assert (first <= PLACE && PLACE < first + rows);
    float *row = values + (PLACE - first) * width;
    memcpy (hand->row, row, sizeof hand->row);
    if (hand->one >= 0)
        row[hand->one] = 0;
    for (int i = 0; hand->one < 0 && i < K; i++)
        row[find_largest (row)] = 0;
    return TRUE;
}

static double
measure_by_hand (const Fixture *f, Hand *hand)
{
    g_autofree float *logits = g_new (float, V);
    FoveaSession *session = f->runner.session;
    ck_assert (fovea_session_set_edit_hook (session, SITE, zero_by_hand, hand, NULL));
    fovea_session_reset (session);
    ck_assert (fovea_session_run (session, ids, TOKENS, logits, NULL, NULL));
    fovea_session_reset (session);
    fovea_session_set_edit_hook (session, NULL, NULL, NULL, NULL);
    return (double) logits[choice.answer] - (double) logits[choice.against];
}

START_TEST (all_latents_taken_away_leave_the_error)
{
    Fixture f = open_fixture ();
    g_autoptr (FoveaSaeAblation) out = ablate (&f, &choice);
    Hand hand = {.one = -1};
    ck_assert_double_eq_tol (out->none, measure_by_hand (&f, &hand), 1e-4);
    ck_assert_double_gt (fabs (out->none - out->clean), 1e-2);
    close_fixture (&f);
}
END_TEST

START_TEST (each_latent_is_taken_away_by_itself)
{
    Fixture f = open_fixture ();
    g_autoptr (FoveaSaeAblation) out = ablate (&f, &choice);
    ck_assert_uint_eq (out->latents->len, K);
    for (guint i = 0; i < K; i++) {
        const FoveaLatentAblation *item = &g_array_index (out->latents, FoveaLatentAblation, i);
        Hand hand = {.one = item->latent};
        ck_assert_double_eq_tol (item->difference, measure_by_hand (&f, &hand), 1e-4);
        ck_assert_float_eq_tol (item->code, hand.row[item->latent], 1e-5f);
    }
    close_fixture (&f);
}
END_TEST

START_TEST (the_largest_change_comes_first)
{
    Fixture f = open_fixture ();
    g_autoptr (FoveaSaeAblation) out = ablate (&f, &choice);
    double before = INFINITY;
    for (guint i = 0; i < out->latents->len; i++) {
        double change =
            fabs (g_array_index (out->latents, FoveaLatentAblation, i).difference - out->clean);
        ck_assert_double_le (change, before);
        before = change;
    }
    close_fixture (&f);
}
END_TEST

START_TEST (latent_that_writes_nothing_changes_nothing)
{
    Fixture f = open_fixture ();
    g_autoptr (FoveaSaeAblation) first = ablate (&f, &choice);
    gint32 blank = g_array_index (first->latents, FoveaLatentAblation, 0).latent;
    memset (f.sae->w_dec + (gint64) blank * D, 0, D * sizeof (float));
    g_autoptr (FoveaSaeAblation) out = ablate (&f, &choice);
    const FoveaLatentAblation *last = &g_array_index (out->latents, FoveaLatentAblation, K - 1);
    ck_assert_int_eq (last->latent, blank);
    ck_assert_double_eq (last->difference, out->clean);
    close_fixture (&f);
}
END_TEST

START_TEST (clean_difference_is_that_of_the_untouched_model)
{
    Fixture f = open_fixture ();
    g_autoptr (FoveaSaeAblation) out = ablate (&f, &choice);
    double plain = NAN;
    ck_assert (fovea_choice_difference (f.runner.session, f.info, &choice, &plain, NULL, NULL));
    ck_assert_double_eq (out->clean, plain);
    /* The other way round it is the other number. */
    FoveaSaeChoice turned = {.answer = 400, .against = 77, .position = PLACE};
    g_autoptr (FoveaSaeAblation) back = ablate (&f, &turned);
    ck_assert_double_eq (back->clean, -out->clean);
    ck_assert_double_eq_tol (back->none, -out->none, 1e-9);
    close_fixture (&f);
}
END_TEST

START_TEST (second_subject_is_where_the_other_token_stands_last)
{
    Fixture f = open_fixture ();
    ck_assert_int_eq (fovea_choice_find_subject (f.info, 400), PLACE);
    ck_assert_int_eq (fovea_choice_find_subject (f.info, 77), 7);
    ck_assert_int_eq (fovea_choice_find_subject (f.info, 5), -1);
    close_fixture (&f);
}
END_TEST

static void
expect_refusal (const Fixture *f, const FoveaSaeChoice *what, const char *words)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (
        fovea_sae_ablation_run (f->runner.session, f->sae, f->info, what, NULL, &error));
    ck_assert_msg (strstr (error->message, words) != NULL, "%s", error->message);
}

START_TEST (what_cannot_be_taken_away_is_refused)
{
    Fixture f = open_fixture ();
    FoveaSaeChoice outside = choice, token = choice;
    outside.position = TOKENS;
    token.against = V;
    expect_refusal (&f, &outside, "position 9 is outside 0 .. 8");
    expect_refusal (&f, &token, "token 8192 is outside 0 .. 8191");
    fovea_sae_set_metadata (f.sae, "hook_name", NULL);
    expect_refusal (&f, &choice, "hook_name");
    fovea_sae_free (f.sae);
    f.sae = fovea_sae_new (FOVEA_SAE_TRANSCODER, D, D, D, NULL);
    fovea_sae_set_metadata (f.sae, "hook_name", SITE);
    expect_refusal (&f, &choice, "transcoder");
    close_fixture (&f);
}
END_TEST

int
main (void)
{
    TCase *all = tcase_create ("all");
    tcase_set_timeout (all, 120);
    tcase_add_test (all, all_latents_taken_away_leave_the_error);
    tcase_add_test (all, each_latent_is_taken_away_by_itself);
    tcase_add_test (all, the_largest_change_comes_first);
    tcase_add_test (all, latent_that_writes_nothing_changes_nothing);
    tcase_add_test (all, clean_difference_is_that_of_the_untouched_model);
    tcase_add_test (all, second_subject_is_where_the_other_token_stands_last);
    tcase_add_test (all, what_cannot_be_taken_away_is_refused);
    Suite *suite = suite_create ("sae-ablation");
    suite_add_tcase (suite, all);
    return support_run (suite);
}
