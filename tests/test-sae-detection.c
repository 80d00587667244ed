/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Two kinds of text that one dimension tells apart: the latent that reads it, the difference in means
 * and the probe find it, a latent of another dimension and shuffled labels do not. */
#include <math.h>
#include <string.h>

#include "analysis/sae-detection.h"
#include "capture/random.h"
#include "kernels/device.h"
#include "tests/support.h"

enum {
    D = 8,
    F = 2 * D, /* latent 2c is the positive part of dimension c, 2c + 1 the negative */
    TEXTS = 120,
    TOKENS = 6,
    TELLS = 3, /* the dimension */
};

typedef struct {
    FoveaSae *sae;
    FoveaDevice *device;
    float x[TEXTS][TOKENS * D];
} Fixture;

static Fixture f;

/* Even texts are positive; a few of their tokens have the dimension at @size. */
static void
make (float size)
{
    FoveaRandom random;
    fovea_random_init (&random, 21);
    f.device = fovea_device_open ("cpu", 1, NULL);
    f.sae = fovea_sae_new (FOVEA_SAE_STANDARD, D, D, F, NULL);
    for (int c = 0; c < D; c++)
        for (int side = 0; side < 2; side++)
            f.sae->w_enc[c * F + 2 * c + side] = f.sae->w_dec[(2 * c + side) * D + c] =
                side == 0 ? 1 : -1;
    for (int i = 0; i < TEXTS; i++)
        for (int n = 0; n < TOKENS * D; n++) {
            f.x[i][n] = (float) (fovea_random_uniform (&random) - .5);
            if (i % 2 == 0 && n % D == TELLS && n / D % 3 == 0)
                f.x[i][n] += size;
        }
}

static void
tear_down (void)
{
    fovea_sae_free (f.sae);
    fovea_device_free (f.device);
}

static FoveaSaeCodes *
encode (int text)
{
    return fovea_sae_encode (f.sae, f.device, TOKENS, f.x[text], NULL);
}

/* Learns from the first half of the texts and scores the second. */
static FoveaTable *
detect (gint32 latent, guint n_latents)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaBenchRows) train = fovea_bench_rows_new (D, F);
    guint8 labels[TEXTS];
    for (int i = 0; i < TEXTS / 2; i++) {
        g_autoptr (FoveaSaeCodes) codes = encode (i);
        fovea_bench_rows_add (train, f.x[i], codes);
        labels[i] = i % 2 == 0;
    }
    g_autoptr (FoveaSaeDetection) detection =
        fovea_sae_detection_learn (f.sae, train, labels, latent, n_latents, 4, &error);
    ck_assert_msg (detection != NULL, "%s", error != NULL ? error->message : "");
    for (int i = TEXTS / 2; i < TEXTS; i++) {
        g_autoptr (FoveaSaeCodes) codes = encode (i);
        fovea_sae_detection_add (detection, f.x[i], codes, i % 2 == 0);
    }
    return fovea_sae_detection_tabulate (detection);
}

START_TEST (what_tells_texts_apart_is_found_and_the_rest_is_not)
{
    make (_i == 0 ? 1 : -1);
    g_autoptr (FoveaTable) table = detect (10, 1);
    ck_assert_uint_eq (fovea_table_get_n_rows (table), 5);
    ck_assert_str_eq (fovea_table_read_text (table, 0, "detector"), "difference in means");
    ck_assert_double_gt (fovea_table_read_number (table, 0, "auroc"), .99);
    ck_assert_double_eq_tol (fovea_table_read_number (table, 0, "cosine"), 1, 1e-6);
    ck_assert_str_eq (fovea_table_read_text (table, 1, "detector"), "logistic probe");
    ck_assert_double_gt (fovea_table_read_number (table, 1, "auroc"), .85);
    ck_assert_str_eq (fovea_table_read_text (table, 2, "detector"), "probe of shuffled labels");
    ck_assert_double_lt (fabs (fovea_table_read_number (table, 2, "auroc") - .5), .35);
    /* The one asked about reads another dimension. */
    ck_assert_double_eq (fovea_table_read_number (table, 3, "latent"), 10);
    ck_assert_double_lt (fovea_table_read_number (table, 3, "auroc"), .8);
    ck_assert_double_lt (fabs (fovea_table_read_number (table, 3, "cosine")), .5);
    ck_assert_double_eq (fovea_table_read_number (table, 4, "latent"), 2 * TELLS + _i);
    ck_assert_double_gt (fovea_table_read_number (table, 4, "auroc"), .99);
    ck_assert_double_gt (fovea_table_read_number (table, 4, "cosine"), .9);
    ck_assert_double_eq (fovea_table_read_number (table, 4, "side"), 1);
}
END_TEST

/* A signed latent that reads the dimension from the other end speaks by its negative codes. */
START_TEST (negative_side_counts)
{
    make (1);
    fovea_sae_free (f.sae);
    f.sae = fovea_sae_new (FOVEA_SAE_ABSTOPK, D, D, D, NULL);
    f.sae->k = D;
    for (int c = 0; c < D; c++)
        f.sae->w_enc[c * D + c] = f.sae->w_dec[c * D + c] = c == TELLS ? -1 : 1;
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaBenchRows) train = fovea_bench_rows_new (D, D);
    guint8 labels[TEXTS];
    for (int i = 0; i < TEXTS / 2; i++) {
        g_autoptr (FoveaSaeCodes) codes = encode (i);
        fovea_bench_rows_add (train, f.x[i], codes);
        labels[i] = i % 2 == 0;
    }
    g_autoptr (FoveaSaeDetection) detection =
        fovea_sae_detection_learn (f.sae, train, labels, TELLS, 0, 4, &error);
    for (int i = TEXTS / 2; i < TEXTS; i++) {
        g_autoptr (FoveaSaeCodes) codes = encode (i);
        fovea_sae_detection_add (detection, f.x[i], codes, i % 2 == 0);
    }
    g_autoptr (FoveaTable) table = fovea_sae_detection_tabulate (detection);
    ck_assert_double_eq (fovea_table_read_number (table, 3, "side"), -1);
    ck_assert_double_gt (fovea_table_read_number (table, 3, "auroc"), .99);
    ck_assert_double_gt (fovea_table_read_number (table, 3, "cosine"), .9);
}
END_TEST

START_TEST (what_cannot_be_learnt_from_is_refused)
{
    make (1);
    g_autoptr (GError) range = NULL, one = NULL, transcoder = NULL;
    g_autoptr (FoveaBenchRows) train = fovea_bench_rows_new (D, F);
    const guint8 labels[] = {1, 1}, both[] = {1, 0};
    for (int i = 0; i < 2; i++) {
        g_autoptr (FoveaSaeCodes) codes = encode (i);
        fovea_bench_rows_add (train, f.x[i], codes);
    }
    ck_assert_ptr_null (fovea_sae_detection_learn (f.sae, train, both, F, 1, 0, &range));
    ck_assert (g_error_matches (range, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    ck_assert_ptr_null (fovea_sae_detection_learn (f.sae, train, labels, -1, 1, 0, &one));
    ck_assert (g_error_matches (one, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    f.sae->architecture = FOVEA_SAE_TRANSCODER;
    ck_assert_ptr_null (fovea_sae_detection_learn (f.sae, train, both, -1, 1, 0, &transcoder));
    ck_assert (g_error_matches (transcoder, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED));
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("detection");
    tcase_add_checked_fixture (tc, NULL, tear_down);
    tcase_add_loop_test (tc, what_tells_texts_apart_is_found_and_the_rest_is_not, 0, 2);
    tcase_add_test (tc, negative_side_counts);
    tcase_add_test (tc, what_cannot_be_learnt_from_is_refused);
    Suite *suite = suite_create ("sae-detection");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
