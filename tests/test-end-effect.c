/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Models run with sparse heads: one head's masked attention against its definition in double, then
 * whole runs of the demo model and of one with learned positions. */
#include <math.h>
#include <string.h>

#include "analysis/end-effect.h"
#include "analysis/masked-attend.h"
#include "capture/random.h"
#include "tests/forward-support.h"
#include "tests/late-device.h"
#include "tests/sparse-support.h"

enum {
    T = 45,
    H = 4,
    G = 2,
    D = 11, /* no whole number of vectors */
    TOKENS = 96,
};

static const float slopes[] = {.1f, .2f, .3f, .4f}, sinks[] = {.5f, -1, 2, 0};
static const float biases[4 * 7] = {1, -1, .5f, 0, 2, -.5f, .25f, .75f, 1, -2, .1f, 0, .3f, -.3f,
                                    0, 1,  1,   2, 3, .5f,  -1,   -.2f, 0, 1,  .6f, 2, 1,   0};

/* What differs from plain causal attention. */
static FoveaScoreRule
make_rule (int kind)
{
    FoveaScoreRule rule = {.scale = .4f, .causal = kind != 4};
    rule.alibi_slopes = kind == 1 ? slopes : NULL;
    rule.soft_cap = kind == 2 ? 3 : 0;
    rule.sink_logits = kind == 3 ? sinks : NULL;
    rule.distance_bias = kind == 5 ? biases : NULL;
    rule.reach = 3;
    return rule;
}

/* Output of one query by the formula of score-rule.h, over the keys that @kept marks. */
static void
attend_plainly (const FoveaAttendArgs *args, guint head, gint64 q, const gboolean *kept, double *z)
{
    const FoveaScoreRule *rule = &args->rule;
    double sum = rule->sink_logits != NULL ? exp ((double) rule->sink_logits[head]) : 0;
    memset (z, 0, D * sizeof *z);
    for (gint64 j = 0; j < T; j++) {
        double s = 0;
        if (!kept[j])
            continue;
        for (gint64 d = 0; d < D; d++)
            s += (double) args->q[(q * H + head) * D + d] *
                 (double) args->k[(j * G + head / 2) * D + d];
        s *= (double) rule->scale;
        s += rule->alibi_slopes != NULL ? (double) rule->alibi_slopes[head] * (double) (j - q) : 0;
        s += rule->distance_bias != NULL
                 ? (double) rule->distance_bias[head * 7 + (guint) (CLAMP (j - q, -3, 3) + 3)]
                 : 0;
        s = rule->soft_cap > 0 ? (double) rule->soft_cap * tanh (s / (double) rule->soft_cap) : s;
        sum += exp (s);
        for (gint64 d = 0; d < D; d++)
            z[d] += exp (s) * (double) args->v[(j * G + head / 2) * D + d];
    }
    for (gint64 d = 0; d < D; d++)
        z[d] /= sum > 0 ? sum : 1;
}

/* A random mask that leaves some rows empty, and its cells. */
static FoveaMask *
make_mask (const FoveaScoreRule *rule, gboolean *cells)
{
    FoveaMask *mask = fovea_mask_new (T, rule);
    FoveaRandom random;
    fovea_random_init (&random, 3);
    for (gint64 q = 0; q < T; q++)
        for (gint64 j = 0; j < T; j++) {
            gboolean in = fovea_random_uniform (&random) < .3 && q % 9 != 4;
            cells[q * T + j] = in && fovea_score_rule_allows (rule, q, j);
            if (in)
                fovea_mask_add_rectangle (mask, q, q + 1, j, j + 1);
        }
    fovea_mask_finish (mask);
    return mask;
}

START_TEST (masked_attention_is_the_softmax_over_kept_keys)
{
    g_autofree float *q = trace_random_values (T * H * D, 1);
    g_autofree float *k = trace_random_values (T * G * D, 2);
    g_autofree float *v = trace_random_values (T * G * D, 3);
    g_autofree float *z = trace_random_values (T * H * D, 4);
    g_autofree float *before = g_memdup2 (z, T * H * D * sizeof *z);
    gboolean cells[T * T];
    gint64 n_cells = 0;
    FoveaAttendArgs args = {.rule = make_rule (_i),
                            .rows = T,
                            .n_keys = T,
                            .heads = H,
                            .kv_heads = G,
                            .width = D,
                            .q = q,
                            .k = k,
                            .v = v,
                            .z = z};
    g_autoptr (FoveaMask) mask = make_mask (&args.rule, cells);
    for (gint64 i = 7 * T; i < T * T; i++)
        n_cells += cells[i];
    ck_assert_int_eq (fovea_masked_attend (&args, 2, mask, 7), n_cells);
    for (gint64 row = 0; row < T; row++) {
        double expected[D];
        attend_plainly (&args, 2, row, cells + row * T, expected);
        for (gint64 at = row * H * D; at < (row + 1) * H * D; at++) {
            gboolean own = at / D % H == 2 && row >= 7;
            double wanted = own ? expected[at % D] : (double) before[at];
            ck_assert_msg (fabs ((double) z[at] - wanted) <= 1e-6, "rule %d, row %d: %g, not %g",
                           _i, (int) row, (double) z[at], wanted);
        }
    }
}
END_TEST

/* A model, and the text that it is run on. */
typedef struct {
    Runner runner;
    FoveaTraceInfo *info;
    FoveaEndEffect *effect;
} Fixture;

/* Random tokens behind the first, and the same again: the test of induction. */
static void
fill_repeat (gint32 *ids, gint64 V)
{
    FoveaRandom random;
    fovea_random_init (&random, 5);
    ids[0] = 0;
    for (int t = 1; t < TOKENS; t++)
        ids[t] = t <= TOKENS / 2 ? 3 + (gint32) (fovea_random_uniform (&random) * (double) (V - 3))
                                 : ids[t - TOKENS / 2];
}

static Fixture
open_model (const char *path, gint64 chunk, gboolean repeat)
{
    g_autoptr (GError) error = NULL;
    Fixture fixture = {.runner = runner_open (path, "cpu", TOKENS, chunk)};
    gint32 ids[TOKENS];
    gint64 V = fovea_model_get_architecture (fixture.runner.model)->vocabulary;
    for (int t = 0; t < TOKENS; t++)
        ids[t] = (gint32) ((t % 31 * 7 + t / 50) % V);
    if (repeat)
        fill_repeat (ids, V);
    fixture.info = runner_info (&fixture.runner, ids, TOKENS);
    fixture.effect = fovea_end_effect_new (fixture.runner.session, fixture.info, NULL, &error);
    ck_assert_msg (fixture.effect != NULL, "%s", error != NULL ? error->message : "");
    return fixture;
}

static Fixture
open_demo (void)
{
    g_autofree char *path = support_data ("data/demo");
    return open_model (path, TOKENS, FALSE);
}

static void
close_model (Fixture *fixture)
{
    fovea_end_effect_free (fixture->effect);
    fovea_trace_info_free (fixture->info);
    runner_close (&fixture->runner);
}

static FoveaEndEffectResult
measure (Fixture *fixture, const char *id, const char *text, const gboolean *heads)
{
    g_autoptr (GError) error = NULL;
    const FoveaSparseMethod *method = fovea_sparse_method_find (id, &error);
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
    FoveaEndEffectResult result;
    sparse_set_knobs (method, TOKENS, text, knobs);
    ck_assert_msg (
        fovea_end_effect_measure (fixture->effect, method, knobs, heads, NULL, &result, &error),
        "%s", error != NULL ? error->message : "");
    return result;
}

START_TEST (keeping_every_key_changes_nothing)
{
    Fixture fixture = open_demo ();
    FoveaEndEffectResult r = measure (&fixture, "window", "window=1000", NULL);
    ck_assert_int_eq (r.n_positions, TOKENS);
    ck_assert_double_eq (r.density, 1);
    ck_assert_double_le (fabs (r.divergence), 1e-6);
    ck_assert_double_le (r.largest_divergence, 1e-5);
    ck_assert_double_le (fabs (r.loss_change), 1e-5);
    ck_assert_double_eq (r.agreement, 1);
    close_model (&fixture);
}
END_TEST

START_TEST (the_dense_loss_is_the_session_s_own)
{
    g_autoptr (GError) error = NULL;
    Fixture fixture = open_demo ();
    float losses[TOKENS - 1];
    double mean = 0;
    FoveaEndEffectResult r = measure (&fixture, "window", "window=8", NULL);
    ck_assert (fovea_session_read_losses (fixture.runner.session, fixture.info->ids, TOKENS, losses,
                                          NULL, &error));
    for (int t = 0; t < TOKENS - 1; t++)
        mean += (double) losses[t] / (TOKENS - 1);
    ck_assert_double_eq_tol (r.dense_loss, mean, 1e-5);
    ck_assert_double_eq_tol (r.loss_change, r.loss - r.dense_loss, 1e-12);
    close_model (&fixture);
}
END_TEST

/* The second half repeats the first: what cannot look that far back cannot copy. */
START_TEST (copying_is_lost_with_the_keys_it_needs)
{
    g_autofree char *path = support_data ("data/demo");
    Fixture fixture = open_model (path, TOKENS, TRUE);
    FoveaEndEffectResult all = measure (&fixture, "window", "window=1000", NULL);
    FoveaEndEffectResult far = measure (&fixture, "window", "window=64", NULL);
    FoveaEndEffectResult near = measure (&fixture, "window", "window=8", NULL);
    gint64 n = 0;
    for (int t = 0; t + 1 < TOKENS; t++) {
        int s = t - 1;
        while (s >= 0 && fixture.info->ids[s] != fixture.info->ids[t])
            s--;
        n += s >= 0 && fixture.info->ids[s + 1] == fixture.info->ids[t + 1];
    }
    ck_assert_int_gt (n, 20);
    ck_assert_int_eq (all.n_copies, n);
    ck_assert_double_eq (all.copy_score, all.dense_copy_score);
    ck_assert_double_eq (all.copy_score_change, 0);
    ck_assert_double_gt (all.dense_copy_score, .5);
    ck_assert_double_gt (far.copy_score, near.copy_score);
    ck_assert_double_lt (near.copy_score_change, -.2);
    close_model (&fixture);
}
END_TEST

START_TEST (fewer_keys_move_the_answers_further)
{
    static const char *const windows[] = {"window=64", "window=16", "window=4", "window=1"};
    Fixture fixture = open_demo ();
    double before = 1e-5, density = 1;
    for (gsize i = 0; i < G_N_ELEMENTS (windows); i++) {
        FoveaEndEffectResult r = measure (&fixture, "window", windows[i], NULL);
        ck_assert_double_gt (r.divergence, before);
        ck_assert_double_lt (r.density, density);
        ck_assert_double_ge (r.largest_divergence, r.divergence);
        before = r.divergence;
        density = r.density;
    }
    close_model (&fixture);
}
END_TEST

START_TEST (an_oracle_that_keeps_nearly_all_mass_does_little)
{
    Fixture fixture = open_demo ();
    FoveaEndEffectResult most = measure (&fixture, "oracle-mass", "mass=.999", NULL);
    FoveaEndEffectResult half = measure (&fixture, "oracle-mass", "mass=.5", NULL);
    ck_assert_double_lt (most.density, 1);
    ck_assert_double_lt (most.divergence, .01);
    ck_assert_double_gt (half.divergence, 10 * most.divergence);
    close_model (&fixture);
}
END_TEST

START_TEST (only_the_chosen_heads_are_touched)
{
    Fixture fixture = open_demo ();
    const FoveaArchitecture *a = fovea_model_get_architecture (fixture.runner.model);
    gint64 n = a->n_layers * a->n_heads;
    g_autofree gboolean *heads = g_new0 (gboolean, (gsize) n);
    FoveaEndEffectResult none = measure (&fixture, "window", "window=1", heads);
    ck_assert_double_eq (none.divergence, 0);
    ck_assert_double_eq (none.density, 1);
    heads[2 * a->n_heads + 3] = TRUE;
    FoveaEndEffectResult one = measure (&fixture, "window", "window=1", heads);
    FoveaEndEffectResult all = measure (&fixture, "window", "window=1", NULL);
    ck_assert_double_gt (one.divergence, 0);
    ck_assert_double_lt (one.divergence, all.divergence);
    ck_assert_double_eq_tol (one.density, TOKENS / (TOKENS * (TOKENS + 1) / 2.), 1e-12);
    close_model (&fixture);
}
END_TEST

/* A hook of its own that gives every head of layer 2 a window. */
static gboolean
cut_layer_two (gpointer data, guint layer, const FoveaAttendArgs *args, GError **error)
{
    FoveaMask *mask = data;
    for (guint h = 0; h < args->heads && layer == 2; h++)
        fovea_masked_attend (args, h, mask, 0);
    return TRUE;
}

START_TEST (the_layer_error_is_that_of_the_layer_s_output)
{
    Fixture fixture = open_demo ();
    const FoveaArchitecture *a = fovea_model_get_architecture (fixture.runner.model);
    FoveaScoreRule rule = fovea_architecture_get_score_rule (a, 2);
    g_autoptr (FoveaMask) mask = fovea_mask_new (TOKENS, &rule);
    g_autofree gboolean *heads = g_new0 (gboolean, (gsize) (a->n_layers * a->n_heads));
    double lost = 0, whole = 0;
    gint64 n;
    for (gint64 h = 0; h < a->n_heads; h++)
        heads[2 * a->n_heads + h] = TRUE;
    FoveaEndEffectResult r = measure (&fixture, "window", "window=3", heads);
    fovea_mask_add_band (mask, 0, TOKENS, 0, 3);
    fovea_mask_finish (mask);
    g_autoptr (FoveaTrace) dense =
        runner_capture (&fixture.runner, fixture.info->ids, TOKENS, "blocks.2.hook_attn_out",
                        FOVEA_F32, FALSE, NULL);
    fovea_session_set_attend_hook (fixture.runner.session, cut_layer_two, mask);
    g_autoptr (FoveaTrace) cut = runner_capture (&fixture.runner, fixture.info->ids, TOKENS,
                                                 "blocks.2.hook_attn_out", FOVEA_F32, FALSE, NULL);
    fovea_session_set_attend_hook (fixture.runner.session, NULL, NULL);
    g_autofree float *x = support_read_point (dense, "blocks.2.hook_attn_out", &n);
    g_autofree float *y = support_read_point (cut, "blocks.2.hook_attn_out", &n);
    for (gint64 i = 0; i < n; i++) {
        lost += ((double) x[i] - (double) y[i]) * ((double) x[i] - (double) y[i]);
        whole += (double) x[i] * (double) x[i];
    }
    ck_assert_double_gt (r.layer_error, .05);
    ck_assert_double_eq_tol (r.layer_error, sqrt (lost / whole), 1e-5);
    const double *errors = fovea_end_effect_get_layer_errors (fixture.effect);
    ck_assert_double_eq (errors[2], r.layer_error);
    ck_assert (isnan (errors[1]) && isnan (errors[3]));
    close_model (&fixture);
}
END_TEST

START_TEST (every_method_for_causal_layers_can_be_run)
{
    Fixture fixture = open_demo ();
    const FoveaSparseMethod *const *methods = fovea_sparse_method_list ();
    for (gsize i = 0; methods[i] != NULL; i++) {
        if (methods[i]->ahead_only || methods[i]->gates)
            continue;
        FoveaEndEffectResult r = measure (&fixture, methods[i]->id, "", NULL);
        ck_assert_msg (r.density > 0 && r.density <= 1, "%s: density %g", methods[i]->id,
                       r.density);
        ck_assert_msg (r.divergence >= -1e-6 && r.divergence < 20, "%s: %g", methods[i]->id,
                       r.divergence);
    }
    close_model (&fixture);
}
END_TEST

START_TEST (a_method_that_cannot_apply_is_refused_and_leaves_the_session_whole)
{
    g_autoptr (GError) error = NULL;
    Fixture fixture = open_demo ();
    const FoveaSparseMethod *method = fovea_sparse_method_find ("sparsed", NULL);
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
    FoveaEndEffectResult r;
    sparse_set_knobs (method, TOKENS, "", knobs);
    ck_assert (!fovea_end_effect_measure (fixture.effect, method, knobs, NULL, NULL, &r, &error));
    ck_assert_ptr_nonnull (strstr (error->message, "sparsed is for attention that looks ahead"));
    r = measure (&fixture, "window", "window=1000", NULL);
    ck_assert_double_le (fabs (r.divergence), 1e-6);
    close_model (&fixture);
}
END_TEST

/* What a hook reads has crossed to the host, and what it writes has crossed back. */
START_TEST (a_device_with_its_own_memory_gives_the_same_bits)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *path = support_data ("data/demo");
    const LateOptions options = {.seed = 5, .n_threads = 2};
    const FoveaSparseMethod *method = fovea_sparse_method_find ("xattention", NULL);
    Fixture fixture = open_demo ();
    Runner runner = runner_open_on (path, late_device_new (&options), TOKENS, TOKENS, 0);
    FoveaEndEffect *effect = fovea_end_effect_new (runner.session, fixture.info, NULL, &error);
    FoveaEndEffectResult there, here = measure (&fixture, "xattention", "share=.5", NULL);
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
    ck_assert_msg (effect != NULL, "%s", error != NULL ? error->message : "");
    sparse_set_knobs (method, TOKENS, "share=.5", knobs);
    ck_assert_msg (fovea_end_effect_measure (effect, method, knobs, NULL, NULL, &there, &error),
                   "%s", error != NULL ? error->message : "");
    ck_assert_double_lt (here.density, .9);
    ck_assert_mem_eq (&there, &here, sizeof here);
    fovea_end_effect_free (effect);
    fovea_session_free (runner.session);
    fovea_model_unref (runner.model);
    late_device_free (runner.device);
    close_model (&fixture);
}
END_TEST

START_TEST (a_session_that_cuts_the_sequence_is_refused)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *path = support_data ("data/demo");
    Runner runner = runner_open (path, "cpu", TOKENS, 32);
    gint32 ids[TOKENS] = {0};
    g_autoptr (FoveaTraceInfo) info = runner_info (&runner, ids, TOKENS);
    ck_assert_ptr_null (fovea_end_effect_new (runner.session, info, NULL, &error));
    ck_assert_ptr_nonnull (strstr (
        error->message, "96 tokens are run 32 at a time, and a method must see them at once"));
    runner_close (&runner);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("end effect");
    TCase *all = tcase_create ("runs");
    tcase_set_timeout (all, 120);
    tcase_add_loop_test (all, masked_attention_is_the_softmax_over_kept_keys, 0, 6);
    tcase_add_test (all, keeping_every_key_changes_nothing);
    tcase_add_test (all, the_dense_loss_is_the_session_s_own);
    tcase_add_test (all, copying_is_lost_with_the_keys_it_needs);
    tcase_add_test (all, fewer_keys_move_the_answers_further);
    tcase_add_test (all, an_oracle_that_keeps_nearly_all_mass_does_little);
    tcase_add_test (all, only_the_chosen_heads_are_touched);
    tcase_add_test (all, the_layer_error_is_that_of_the_layer_s_output);
    tcase_add_test (all, every_method_for_causal_layers_can_be_run);
    tcase_add_test (all, a_method_that_cannot_apply_is_refused_and_leaves_the_session_whole);
    tcase_add_test (all, a_device_with_its_own_memory_gives_the_same_bits);
    tcase_add_test (all, a_session_that_cuts_the_sequence_is_refused);
    suite_add_tcase (suite, all);
    return support_run (suite);
}
