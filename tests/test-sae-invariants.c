/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What codes must obey whatever the weights are, the rules of section 4 as the minima that they are,
 * and the numbers that other tools report for the worked example of metrics, which ours must not be. */
#include <math.h>
#include <string.h>

#include "analysis/sae-codes.h"
#include "analysis/sae-metrics.h"
#include "capture/random.h"
#include "tests/support.h"

enum {
    D = 12,
    F = 40,
    ROWS = 9,
};

static FoveaDevice *device;

static void
set_up (void)
{
    device = fovea_device_open ("cpu", 1, NULL);
}

static void
tear_down (void)
{
    fovea_device_free (device);
}

static void
fill (float *values, gint64 n, guint64 seed)
{
    FoveaRandom random;
    fovea_random_init (&random, seed);
    for (gint64 i = 0; values != NULL && i < n; i++)
        values[i] = (float) (2 * fovea_random_uniform (&random) - 1);
}

static FoveaSae *
make (FoveaSaeArchitecture architecture, double k)
{
    FoveaSae *sae = fovea_sae_new (architecture, D, D, F, NULL);
    fill (sae->w_enc, D * F, 1);
    fill (sae->w_dec, D * F, 2);
    sae->k = k;
    return sae;
}

static float *
encode (const FoveaSae *sae, const float *x, gint64 n)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSaeCodes) codes = fovea_sae_encode (sae, device, n, x, &error);
    ck_assert_msg (codes != NULL, "%s", error != NULL ? error->message : "");
    float *dense = g_new0 (float, (gsize) (n * sae->d_sae));
    for (gint64 i = 0; i < n; i++)
        for (gint64 c = codes->offsets[i]; c < codes->offsets[i + 1]; c++)
            dense[i * sae->d_sae + codes->latents[c]] = codes->values[c];
    return dense;
}

START_TEST (abstopk_of_all_latents_is_a_linear_map)
{
    g_autoptr (FoveaSae) sae = make (FOVEA_SAE_ABSTOPK, F);
    float a[D], b[D], sum[D];
    fill (a, D, 3);
    fill (b, D, 4);
    for (int c = 0; c < D; c++)
        sum[c] = 2 * a[c] - .5f * b[c];
    g_autofree float *x = encode (sae, a, 1), *y = encode (sae, b, 1), *z = encode (sae, sum, 1);
    for (int j = 0; j < F; j++)
        ck_assert_float_eq_tol (z[j], 2 * x[j] - .5f * y[j], 1e-5f);
}
END_TEST

START_TEST (scaling_rows_scales_the_codes_of_rules_by_rank)
{
    static const FoveaSaeArchitecture rules[] = {FOVEA_SAE_TOPK, FOVEA_SAE_ABSTOPK,
                                                 FOVEA_SAE_BATCHTOPK, FOVEA_SAE_BATCH_ABSTOPK};
    g_autoptr (FoveaSae) sae = make (rules[_i], 5);
    float x[ROWS * D], scaled[ROWS * D];
    fill (x, ROWS * D, 5);
    for (int i = 0; i < ROWS * D; i++)
        scaled[i] = 4 * x[i]; /* a power of two: products round alike */
    g_autofree float *a = encode (sae, x, ROWS), *b = encode (sae, scaled, ROWS);
    for (int i = 0; i < ROWS * F; i++)
        ck_assert_float_eq (b[i], 4 * a[i]);
}
END_TEST

/* 1/2 (u - z)^2 + cost of z, over a fine grid of z: what a proximal step chooses. */
static double
find_minimum (double u, double lambda, gboolean counts)
{
    double best = 0, least = u * u / 2;
    for (double z = -2; z <= 2; z += 1e-4) {
        double cost =
            (u - z) * (u - z) / 2 + (counts ? (fabs (z) > 1e-9 ? lambda : 0) : lambda * fabs (z));
        if (z >= 0 && cost < least - 1e-12) {
            least = cost;
            best = z;
        }
    }
    return best;
}

/* A price of 0.125 a code other than 0 is a threshold of 0.5: 0.6 is kept (0.125 < 0.18), 0.4 is
 * dropped (0.08 < 0.125). */
START_TEST (jumprelu_is_the_proximal_step_of_a_price_a_code)
{
    static const float u[] = {.6f, .4f, .51f, .49f, -.9f};
    g_autoptr (FoveaSae) sae = fovea_sae_new (FOVEA_SAE_JUMPRELU, 1, 1, 1, NULL);
    sae->w_enc[0] = 1;
    sae->threshold[0] = (float) sqrt (2 * .125);
    ck_assert_float_eq (sae->threshold[0], .5f);
    for (guint i = 0; i < G_N_ELEMENTS (u); i++) {
        g_autofree float *code = encode (sae, &u[i], 1);
        ck_assert_double_eq_tol ((double) code[0], find_minimum ((double) u[i], .125, TRUE), 2e-4);
    }
    ck_assert_double_lt (.125, .6 * .6 / 2);
    ck_assert_double_gt (.125, .4 * .4 / 2);
}
END_TEST

/* A price by size is a shift: relu (u - lambda), which the bias of a standard one is. */
START_TEST (relu_is_the_proximal_step_of_a_price_by_size)
{
    static const float u[] = {.6f, .4f, .1f, -.3f};
    g_autoptr (FoveaSae) sae = fovea_sae_new (FOVEA_SAE_STANDARD, 1, 1, 1, NULL);
    sae->w_enc[0] = 1;
    sae->b_enc[0] = -.125f;
    for (guint i = 0; i < G_N_ELEMENTS (u); i++) {
        g_autofree float *code = encode (sae, &u[i], 1);
        ck_assert_double_eq_tol ((double) code[0], find_minimum ((double) u[i], .125, FALSE), 2e-4);
    }
}
END_TEST

/* AbsTopK: of all codes with at most k numbers, none is closer to u. */
START_TEST (abstopk_is_the_closest_code_of_k_numbers)
{
    enum {
        WIDTH = 6,
        K = 2
    };
    g_autoptr (FoveaSae) sae = fovea_sae_new (FOVEA_SAE_ABSTOPK, WIDTH, WIDTH, WIDTH, NULL);
    float u[WIDTH];
    double kept = 0, least = INFINITY;
    fill (u, WIDTH, 9);
    for (int c = 0; c < WIDTH; c++)
        sae->w_enc[c * WIDTH + c] = 1;
    sae->k = K;
    g_autofree float *code = encode (sae, u, 1);
    for (int c = 0; c < WIDTH; c++)
        kept += (double) ((u[c] - code[c]) * (u[c] - code[c]));
    for (int a = 0; a < WIDTH; a++)
        for (int b = a + 1; b < WIDTH; b++) {
            double off = 0;
            for (int c = 0; c < WIDTH; c++)
                off += c == a || c == b ? 0 : (double) (u[c] * u[c]);
            least = fmin (least, off);
        }
    ck_assert_double_eq_tol (kept, least, 1e-6);
}
END_TEST

/* Formulas of other tools on the worked example, by hand: SAELens's explained_variance takes the square
 * of the mean of x^2, which gives 1.05, and a mean of ratios by rows gives 0.743049. */
START_TEST (ours_are_not_the_numbers_of_known_errors)
{
    static const float x[] = {1, 0, 0, 2, 3, 4}, xh[] = {.5f, 0, 0, 1, 3, 3};
    static const double mean[] = {4. / 3, 2};
    gint64 offsets[] = {0, 0, 0, 0};
    const FoveaSaeCodes codes = {3, 4, offsets, NULL, NULL, NULL, NULL};
    g_autoptr (FoveaSae) sae = fovea_sae_new (FOVEA_SAE_ABSTOPK, 2, 2, 4, NULL);
    g_autoptr (FoveaSaeMetrics) metrics = fovea_sae_metrics_new (sae);
    FoveaSaeQuality q;
    double legacy = 0, error = 0, squares = 0;
    for (int i = 0; i < 3; i++) {
        double e = 0, spread = 0;
        for (int c = 0; c < 2; c++) {
            double value = (double) x[2 * i + c], off = value - (double) xh[2 * i + c];
            e += off * off;
            spread += (value - mean[c]) * (value - mean[c]);
            squares += value * value / 2 / 3;
        }
        error += e / 3;
        legacy += (1 - e / spread) / 3;
    }
    /* The mean square of a row less the square of the mean square of an element. */
    double foreign = 1 - error / (2 * squares - squares * squares);
    fovea_sae_metrics_add (metrics, &codes, x, xh);
    fovea_sae_metrics_finish (metrics, &q);
    ck_assert_double_eq_tol (legacy, .743049, 1e-6);
    ck_assert_double_eq_tol (foreign, 1.05, 1e-12);
    ck_assert_double_eq_tol (q.explained, .822368, 1e-6);
    ck_assert_double_le (q.explained, 1);
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("invariants");
    tcase_add_checked_fixture (tc, set_up, tear_down);
    tcase_add_test (tc, abstopk_of_all_latents_is_a_linear_map);
    tcase_add_loop_test (tc, scaling_rows_scales_the_codes_of_rules_by_rank, 0, 4);
    tcase_add_test (tc, jumprelu_is_the_proximal_step_of_a_price_a_code);
    tcase_add_test (tc, relu_is_the_proximal_step_of_a_price_by_size);
    tcase_add_test (tc, abstopk_is_the_closest_code_of_k_numbers);
    tcase_add_test (tc, ours_are_not_the_numbers_of_known_errors);
    Suite *suite = suite_create ("sae-invariants");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
