/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Losses of sparse autoencoders: gradients against finite differences on d = 4, F = 6, straight-
 * through gradients against their check values, and the same bits on any number of threads. */
#include "analysis/sae-loss.h"
#include "capture/random.h"
#include "tests/support.h"

#include <math.h>
#include <string.h>

enum {
    D = 4,
    F = 6,
    ROWS = 7
};

static FoveaDevice *device;

/* A case of the table: options, whether a target differs, whether latents are dead. */
typedef struct {
    const char *name;
    FoveaSaeLossOptions options;
    gboolean has_target, has_dead;
} Case;

static const Case cases[] = {
    {"standard", {.rule = FOVEA_SAE_RULE_STANDARD, .sparsity = 0.7, .lp_norm = 1}, FALSE, FALSE},
    {"standard, p-norm",
     {.rule = FOVEA_SAE_RULE_STANDARD, .sparsity = 0.7, .lp_norm = 1.5, .subtracts_b_dec = TRUE},
     FALSE,
     FALSE},
    {"transcoder",
     {.rule = FOVEA_SAE_RULE_STANDARD, .sparsity = 0.2, .lp_norm = 1, .transcoder = TRUE},
     TRUE,
     FALSE},
    {"jumprelu",
     {.rule = FOVEA_SAE_RULE_JUMPRELU, .sparsity = 0.5, .bandwidth = 1e-6, .subtracts_b_dec = TRUE},
     FALSE,
     FALSE},
    {"jumprelu-tanh",
     {.rule = FOVEA_SAE_RULE_JUMPRELU_TANH, .sparsity = 0.5, .bandwidth = 1e-6, .pre_act = 0.3},
     FALSE,
     TRUE},
    {"topk", {.rule = FOVEA_SAE_RULE_TOPK, .k = 2, .subtracts_b_dec = TRUE}, FALSE, FALSE},
    {"topk, rescaled, mean",
     {.rule = FOVEA_SAE_RULE_TOPK, .k = 3, .rescales = TRUE, .mean_elements = TRUE},
     FALSE,
     FALSE},
    {"batchtopk",
     {.rule = FOVEA_SAE_RULE_BATCHTOPK, .k = 1.5, .rescales = TRUE, .subtracts_b_dec = TRUE},
     FALSE,
     FALSE},
    {"matryoshka",
     {.rule = FOVEA_SAE_RULE_MATRYOSHKA,
      .k = 3,
      .widths = {2, 3, F},
      .n_widths = 3,
      .subtracts_b_dec = TRUE},
     FALSE,
     FALSE},
    {"abstopk", {.rule = FOVEA_SAE_RULE_ABSTOPK, .k = 2, .subtracts_b_dec = TRUE}, FALSE, FALSE},
    {"batch-abstopk",
     {.rule = FOVEA_SAE_RULE_BATCH_ABSTOPK, .k = 2.3, .subtracts_b_dec = TRUE},
     FALSE,
     FALSE},
};

/* Normal numbers, without a state that outlives the call. */
static void
fill_normal (float *x, int64_t n, guint64 seed, double scale)
{
    FoveaRandom random;
    fovea_random_init (&random, seed);
    for (int64_t i = 0; i < n; i++) {
        double r = sqrt (-2 * log (1 - fovea_random_uniform (&random)));
        x[i] = (float) (scale * r * cos (2 * G_PI * fovea_random_uniform (&random)));
    }
}

static FoveaSaeParameters *
make_parameters (FoveaSaeRule rule, guint64 seed)
{
    FoveaSaeParameters *w = fovea_sae_parameters_new (rule, D, D, F, NULL);
    ck_assert_ptr_nonnull (w);
    fill_normal (w->all, w->n, seed, 0.6);
    for (int j = 0; j < F && w->log_threshold != NULL; j++)
        w->log_threshold[j] = logf (0.05f + 0.03f * (float) j);
    return w;
}

static double
run_loss (FoveaSaeLoss *loss,
          const Case *c,
          const FoveaSaeParameters *w,
          FoveaSaeParameters *gradient,
          FoveaSaeLossResult *result)
{
    float x[ROWS * D], target[ROWS * D];
    const uint8_t dead[F] = {0, 1, 0, 0, 1, 0};
    g_autoptr (GError) error = NULL;
    fill_normal (x, ROWS * D, 11, 1);
    fill_normal (target, ROWS * D, 12, 1);
    FoveaSaeBatch batch = {.rows = ROWS, .x = x, .target = c->has_target ? target : x};
    batch.dead = c->has_dead ? dead : NULL;
    ck_assert_msg (fovea_sae_loss_run (loss, &c->options, w, &batch, gradient, result, &error),
                   "%s: %s", c->name, error != NULL ? error->message : "");
    return result->loss;
}

/* Every parameter but thresholds, whose gradients are straight-through. */
static void
check_differences (const Case *c, guint64 seed)
{
    FoveaSaeLossResult result;
    g_autoptr (FoveaSaeParameters) w = make_parameters (c->options.rule, seed);
    g_autoptr (FoveaSaeParameters) g = make_parameters (c->options.rule, seed);
    g_autoptr (FoveaSaeLoss) loss = fovea_sae_loss_new (device, w, NULL);
    run_loss (loss, c, w, g, &result);
    int64_t n = w->log_threshold != NULL ? w->log_threshold - w->all : w->n;
    for (int64_t i = 0; i < n; i++) {
        const float h = 1e-3f, kept = w->all[i];
        w->all[i] = kept + h;
        double up = run_loss (loss, c, w, NULL, &result);
        w->all[i] = kept - h;
        double down = run_loss (loss, c, w, NULL, &result);
        w->all[i] = kept;
        double slope = (up - down) / (2 * (double) h);
        ck_assert_msg (fabs (slope - (double) g->all[i]) <= 2e-3 * (1 + fabs (slope)),
                       "%s: parameter %d: gradient %g, difference %g", c->name, (int) i,
                       (double) g->all[i], slope);
    }
}

START_TEST (gradients_agree_with_finite_differences)
{
    check_differences (&cases[_i], 31);
    check_differences (&cases[_i], 33);
}
END_TEST

/* The gate's own decode holds the decoder fixed, so W_dec and b_dec are checked without it: their
 * part of the loss is linear in them only through the first decode. */
START_TEST (gated_gradients_agree_with_finite_differences)
{
    const Case c = {"gated",
                    {.rule = FOVEA_SAE_RULE_GATED, .sparsity = 0.4, .subtracts_b_dec = FALSE},
                    FALSE,
                    FALSE};
    FoveaSaeLossResult result;
    g_autoptr (FoveaSaeParameters) w = make_parameters (FOVEA_SAE_RULE_GATED, 41);
    g_autoptr (FoveaSaeParameters) g = make_parameters (FOVEA_SAE_RULE_GATED, 41);
    g_autoptr (FoveaSaeLoss) loss = fovea_sae_loss_new (device, w, NULL);
    run_loss (loss, &c, w, g, &result);
    ck_assert_double_gt (result.aux, 0);
    for (int64_t i = 0; i < w->n; i++) {
        const float h = 1e-3f, kept = w->all[i];
        gboolean decodes =
            (i >= F * D && i < 2 * F * D) || (i >= w->b_dec - w->all && i < w->b_dec - w->all + D);
        w->all[i] = kept + h;
        double up = run_loss (loss, &c, w, NULL, &result) - (decodes ? result.aux : 0);
        w->all[i] = kept - h;
        double down = run_loss (loss, &c, w, NULL, &result) - (decodes ? result.aux : 0);
        w->all[i] = kept;
        double slope = (up - down) / (2 * (double) h);
        ck_assert_msg (fabs (slope - (double) g->all[i]) <= 2e-3 * (1 + fabs (slope)),
                       "gated: parameter %d: gradient %g, difference %g", (int) i,
                       (double) g->all[i], slope);
    }
}
END_TEST

/* The residual is held fixed, so the difference is taken of the auxiliary term alone and for dead
 * latents' own numbers alone: a latent that does not fire moves nothing else. */
START_TEST (auxiliary_gradients_agree_with_finite_differences)
{
    Case c = {
        "aux",
        {.rule = _i ? FOVEA_SAE_RULE_ABSTOPK : FOVEA_SAE_RULE_TOPK, .k = 2, .aux = 0.8, .aux_k = 2},
        FALSE,
        TRUE};
    FoveaSaeLossResult result;
    g_autoptr (FoveaSaeParameters) w = make_parameters (c.options.rule, 51);
    g_autoptr (FoveaSaeParameters) g = make_parameters (c.options.rule, 51);
    for (int i = 0; i < D; i++)
        w->w_enc[1 * D + i] = w->w_enc[4 * D + i] *= 0.02f; /* never among the k */
    w->b_enc[1] = w->b_enc[4] = _i ? -0.001f : -0.2f;
    g_autoptr (FoveaSaeLoss) loss = fovea_sae_loss_new (device, w, NULL);
    run_loss (loss, &c, w, g, &result);
    ck_assert_double_gt (result.aux, 0);
    ck_assert_int_eq (fovea_sae_loss_get_counts (loss)[1], 0);
    for (int64_t i = D; i < F * D + 2 * D; i++) {
        if (i == 2 * D)
            i = F * D + D; /* from W_enc of latent 1 to its W_dec */
        const float h = 1e-4f, kept = w->all[i];
        w->all[i] = kept + h;
        run_loss (loss, &c, w, NULL, &result);
        double up = result.aux;
        w->all[i] = kept - h;
        run_loss (loss, &c, w, NULL, &result);
        w->all[i] = kept;
        double slope = (up - result.aux) / (2 * (double) h);
        ck_assert_msg (fabs (slope - (double) g->all[i]) <= 5e-3 * (1 + fabs (slope)),
                       "aux: parameter %d: gradient %g, difference %g", (int) i, (double) g->all[i],
                       slope);
    }
}
END_TEST

/* methods/features-and-sparsity.md 3.3: threshold 0.3, bandwidth 0.05, upstream gradient 1. */
START_TEST (thresholds_get_the_published_straight_through_gradients)
{
    static const struct {
        float p;
        double step, jump, value;
    } want[] = {{0.28f, -20, -6, 0}, {0.31f, -20, -6, 1}, {0.33f, 0, 0, 1}};
    g_autoptr (FoveaSaeParameters) w =
        fovea_sae_parameters_new (FOVEA_SAE_RULE_JUMPRELU, 1, 1, 1, NULL);
    g_autoptr (FoveaSaeParameters) g =
        fovea_sae_parameters_new (FOVEA_SAE_RULE_JUMPRELU, 1, 1, 1, NULL);
    g_autoptr (FoveaSaeLoss) loss = fovea_sae_loss_new (device, w, NULL);
    FoveaSaeLossOptions options = {.rule = FOVEA_SAE_RULE_JUMPRELU, .bandwidth = 0.05};
    FoveaSaeLossResult result;
    w->w_enc[0] = w->w_dec[0] = 1;
    w->log_threshold[0] = logf (0.3f);
    for (guint i = 0; i < G_N_ELEMENTS (want); i++) {
        float p = want[i].p, y = (p > 0.3f ? p : 0) - 0.5f; /* 2 (xh - y) = 1 */
        const FoveaSaeBatch batch = {.rows = 1, .x = &p, .target = &y};
        options.sparsity = 0;
        ck_assert (fovea_sae_loss_run (loss, &options, w, &batch, g, &result, NULL));
        double jump = (double) g->log_threshold[0] / 0.3;
        ck_assert_double_eq_tol (jump, want[i].jump, 1e-4);
        ck_assert_double_eq_tol ((double) g->b_enc[0], want[i].value, 1e-6);
        options.sparsity = 1;
        ck_assert (fovea_sae_loss_run (loss, &options, w, &batch, g, &result, NULL));
        ck_assert_double_eq_tol ((double) g->log_threshold[0] / 0.3 - jump, want[i].step, 1e-3);
        ck_assert_double_eq_tol (result.sparsity, want[i].value, 1e-6);
    }
}
END_TEST

/* Section 2's worked rows (3,1,-5,0.5) and (0.2,0.4,-0.1,0.3), k = 1, through the identity. */
START_TEST (a_batch_keeps_its_largest_wherever_they_are)
{
    float x[8] = {3, 1, -5, 0.5f, 0.2f, 0.4f, -0.1f, 0.3f};
    for (int i = 0; i < 2; i++) {
        FoveaSaeRule rule = i == 0 ? FOVEA_SAE_RULE_BATCHTOPK : FOVEA_SAE_RULE_BATCH_ABSTOPK;
        g_autoptr (FoveaSaeParameters) w = fovea_sae_parameters_new (rule, 4, 4, 4, NULL);
        g_autoptr (FoveaSaeLoss) loss = fovea_sae_loss_new (device, w, NULL);
        FoveaSaeLossOptions options = {.rule = rule, .k = 1};
        FoveaSaeLossResult result;
        for (int j = 0; j < 4; j++)
            w->w_enc[5 * j] = w->w_dec[5 * j] = 1;
        const FoveaSaeBatch batch = {.rows = 2, .x = x, .target = x};
        ck_assert (fovea_sae_loss_run (loss, &options, w, &batch, NULL, &result, NULL));
        const int32_t *counts = fovea_sae_loss_get_counts (loss);
        ck_assert_int_eq (counts[0], 1);
        ck_assert_int_eq (counts[1], i == 0);
        ck_assert_int_eq (counts[2], i == 1);
        ck_assert_int_eq (counts[3], 0);
        ck_assert_double_eq_tol (result.l0, 1, 1e-12);
        ck_assert_double_eq_tol (result.smallest_kept, i == 0 ? 1 : 3, 1e-6);
    }
}
END_TEST

START_TEST (a_batch_of_one_row_is_a_row)
{
    float x[D];
    double losses[2];
    fill_normal (x, D, 77, 1);
    const FoveaSaeBatch batch = {.rows = 1, .x = x, .target = x};
    for (int i = 0; i < 2; i++) {
        FoveaSaeRule rule = i == 0 ? FOVEA_SAE_RULE_TOPK : FOVEA_SAE_RULE_BATCHTOPK;
        g_autoptr (FoveaSaeParameters) w = make_parameters (rule, 5);
        g_autoptr (FoveaSaeLoss) loss = fovea_sae_loss_new (device, w, NULL);
        FoveaSaeLossResult result;
        const FoveaSaeLossOptions options = {.rule = rule, .k = 2};
        ck_assert (fovea_sae_loss_run (loss, &options, w, &batch, NULL, &result, NULL));
        losses[i] = result.loss;
    }
    ck_assert_double_eq_tol (losses[0], losses[1], 1e-6);
}
END_TEST

START_TEST (the_same_bits_on_any_number_of_threads)
{
    enum {
        WIDE = 40,
        LATENTS = 300,
        MANY = 150
    };
    g_autofree float *x = g_new (float, MANY *WIDE), *first = NULL;
    uint8_t dead[LATENTS];
    fill_normal (x, MANY * WIDE, 3, 1);
    for (int j = 0; j < LATENTS; j++)
        dead[j] = j % 3 == 0;
    for (int threads = 1; threads <= 3; threads++) {
        g_autoptr (FoveaDevice) own = fovea_device_open ("cpu", threads, NULL);
        g_autoptr (FoveaSaeParameters) w =
            fovea_sae_parameters_new (FOVEA_SAE_RULE_TOPK, WIDE, WIDE, LATENTS, NULL);
        g_autoptr (FoveaSaeParameters) g =
            fovea_sae_parameters_new (FOVEA_SAE_RULE_TOPK, WIDE, WIDE, LATENTS, NULL);
        g_autoptr (FoveaSaeLoss) loss = fovea_sae_loss_new (own, w, NULL);
        FoveaSaeLossResult result;
        const FoveaSaeLossOptions options = {
            .rule = FOVEA_SAE_RULE_TOPK, .k = 8, .aux = 1, .subtracts_b_dec = TRUE};
        const FoveaSaeBatch batch = {.rows = MANY, .x = x, .target = x, .dead = dead};
        fill_normal (w->all, w->n, 4, 0.3);
        ck_assert (fovea_sae_loss_run (loss, &options, w, &batch, g, &result, NULL));
        if (first == NULL)
            first = g_memdup2 (g->all, (gsize) g->n * sizeof *g->all);
        ck_assert_mem_eq (first, g->all, (gsize) g->n * sizeof *g->all);
    }
}
END_TEST

START_TEST (impossible_k_and_widths_are_refused)
{
    float x[D] = {0};
    const FoveaSaeBatch batch = {.rows = 1, .x = x, .target = x};
    const FoveaSaeLossOptions bad[] = {
        {.rule = FOVEA_SAE_RULE_TOPK, .k = 0},
        {.rule = FOVEA_SAE_RULE_ABSTOPK, .k = F + 1},
        {.rule = FOVEA_SAE_RULE_BATCHTOPK, .k = NAN},
        {.rule = FOVEA_SAE_RULE_MATRYOSHKA, .k = 2, .widths = {3, 2, F}, .n_widths = 3},
        {.rule = FOVEA_SAE_RULE_MATRYOSHKA, .k = 2, .widths = {2, 3}, .n_widths = 2},
    };
    for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (FoveaSaeParameters) w = make_parameters (bad[i].rule, 1);
        g_autoptr (FoveaSaeLoss) loss = fovea_sae_loss_new (device, w, NULL);
        FoveaSaeLossResult result;
        ck_assert (!fovea_sae_loss_run (loss, &bad[i], w, &batch, NULL, &result, &error));
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    }
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_sae_parameters_new (FOVEA_SAE_RULE_TOPK, 0, 1, 1, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
}
END_TEST

START_TEST (rules_have_names_that_lead_back)
{
    for (int i = 0; i < FOVEA_N_SAE_RULES; i++)
        ck_assert_int_eq (fovea_sae_rule_from_name (fovea_sae_rule_name ((FoveaSaeRule) i)), i);
    ck_assert_int_eq (fovea_sae_rule_from_name ("top"), -1);
}
END_TEST

static void
open_device (void)
{
    device = fovea_device_open ("cpu", 2, NULL);
}

static void
close_device (void)
{
    g_clear_pointer (&device, fovea_device_free);
}

int
main (void)
{
    Suite *suite = suite_create ("sae-loss");
    TCase *all = tcase_create ("all");
    tcase_add_checked_fixture (all, open_device, close_device);
    tcase_add_loop_test (all, gradients_agree_with_finite_differences, 0, G_N_ELEMENTS (cases));
    tcase_add_test (all, gated_gradients_agree_with_finite_differences);
    tcase_add_loop_test (all, auxiliary_gradients_agree_with_finite_differences, 0, 2);
    tcase_add_test (all, thresholds_get_the_published_straight_through_gradients);
    tcase_add_test (all, a_batch_keeps_its_largest_wherever_they_are);
    tcase_add_test (all, a_batch_of_one_row_is_a_row);
    tcase_add_test (all, the_same_bits_on_any_number_of_threads);
    tcase_add_test (all, impossible_k_and_widths_are_refused);
    tcase_add_test (all, rules_have_names_that_lead_back);
    suite_add_tcase (suite, all);
    return support_run (suite);
}
