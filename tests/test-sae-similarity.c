/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Latents that point alike or the other way, in a dictionary whose rows are known. */
#include <math.h>
#include <string.h>

#include "analysis/sae-similarity.h"
#include "capture/random.h"
#include "tests/support.h"

enum {
    D = 3,
    F = 6,
};

/* 0 and 2 are alike, 1 is opposite to both; 3 is at right angles to them; 4 is blank; 5 leans. */
static const float rows[F * D] = {1, 0, 0, -2, 0, 0, 3, 0, 0, 0, 5, 0, 0, 0, 0, 1, 1, 0};

typedef struct {
    FoveaSae *sae;
    FoveaDevice *device;
} Fixture;

static Fixture f;

static void
set_up (void)
{
    f.device = fovea_device_open ("cpu", 2, NULL);
    f.sae = fovea_sae_new (FOVEA_SAE_STANDARD, D, D, F, NULL);
    memcpy (f.sae->w_dec, rows, sizeof rows);
    /* The encoder's columns: latent j reads dimension j % 3, odd ones from the other side. */
    for (int j = 0; j < F; j++)
        f.sae->w_enc[(j % D) * F + j] = j % 2 == 0 ? 1 : -1;
}

static void
tear_down (void)
{
    fovea_sae_free (f.sae);
    fovea_device_free (f.device);
}

START_TEST (nearest_and_most_opposite_rows_are_found)
{
    g_autofree FoveaLatentKin *kin = fovea_sae_find_kin (f.sae, f.device, FALSE, NULL, NULL);
    ck_assert_int_eq (kin[0].near, 2);
    ck_assert_float_eq_tol (kin[0].near_cosine, 1, 1e-6f);
    ck_assert_int_eq (kin[0].far, 1);
    ck_assert_float_eq_tol (kin[0].far_cosine, -1, 1e-6f);
    /* 0 and 2 are equally far: the lower one. */
    ck_assert_int_eq (kin[1].far, 0);
    ck_assert_int_eq (kin[3].near, 5);
    ck_assert_float_eq_tol (kin[3].near_cosine, (float) sqrt (.5), 1e-6f);
}
END_TEST

START_TEST (blank_latent_has_no_kin_and_is_nobodys)
{
    g_autofree FoveaLatentKin *kin = fovea_sae_find_kin (f.sae, f.device, FALSE, NULL, NULL);
    ck_assert_int_eq (kin[4].near, -1);
    ck_assert (isnan (kin[4].near_cosine));
    for (int j = 0; j < F; j++) {
        ck_assert_int_ne (kin[j].near, 4);
        ck_assert_int_ne (kin[j].far, 4);
    }
}
END_TEST

START_TEST (axes_are_pairs_below_the_limit_once_each)
{
    g_autoptr (GArray) axes = fovea_sae_list_axes (f.sae, f.device, -.7, NULL, NULL);
    ck_assert_uint_eq (axes->len, 3);
    const FoveaLatentAxis *axis = (const FoveaLatentAxis *) axes->data;
    ck_assert_int_eq (axis[0].first, 0);
    ck_assert_int_eq (axis[0].second, 1);
    ck_assert_int_eq (axis[1].first, 1);
    ck_assert_int_eq (axis[1].second, 2);
    /* 1 and 5: -1/sqrt 2 */
    ck_assert_float_eq_tol (axis[2].cosine, (float) -sqrt (.5), 1e-6f);
    g_autoptr (GArray) none = fovea_sae_list_axes (f.sae, f.device, -1.1, NULL, NULL);
    ck_assert_uint_eq (none->len, 0);
}
END_TEST

START_TEST (encoder_columns_are_compared_too)
{
    g_autofree FoveaLatentKin *kin = fovea_sae_find_kin (f.sae, f.device, TRUE, NULL, NULL);
    /* 0 and 3 read the same dimension from opposite sides. */
    ck_assert_int_eq (kin[0].far, 3);
    ck_assert_float_eq_tol (kin[0].far_cosine, -1, 1e-6f);
    g_autoptr (FoveaSae) tied = fovea_sae_new (FOVEA_SAE_MATCHING_PURSUIT, D, D, F, NULL);
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_sae_find_kin (tied, f.device, TRUE, NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED));
}
END_TEST

/* More latents than a block holds, against cosines one by one in double precision. */
START_TEST (blocks_join_without_a_seam)
{
    enum {
        MANY = 600,
        WIDTH = 20
    };
    g_autoptr (FoveaSae) sae = fovea_sae_new (FOVEA_SAE_STANDARD, WIDTH, WIDTH, MANY, NULL);
    FoveaRandom random;
    fovea_random_init (&random, 5);
    for (int i = 0; i < MANY * WIDTH; i++)
        sae->w_dec[i] = (float) (fovea_random_uniform (&random) - .5);
    g_autofree FoveaLatentKin *kin = fovea_sae_find_kin (sae, f.device, FALSE, NULL, NULL);
    g_autofree float *norms = fovea_sae_decoder_norms (sae);
    for (int i = 0; i < MANY; i += 7) {
        double best = -2;
        for (int j = 0; j < MANY; j++) {
            double product = 0;
            for (int c = 0; c < WIDTH; c++)
                product += (double) sae->w_dec[i * WIDTH + c] * (double) sae->w_dec[j * WIDTH + c];
            best = i == j ? best : fmax (best, product / (double) norms[i] / (double) norms[j]);
        }
        ck_assert_double_eq_tol ((double) kin[i].near_cosine, best, 1e-6);
    }
}
END_TEST

START_TEST (table_and_cancelling)
{
    g_autoptr (FoveaTable) table = fovea_sae_tabulate_kin (f.sae, f.device, NULL, NULL);
    ck_assert_uint_eq (fovea_table_get_n_rows (table), F);
    ck_assert_double_eq_tol (fovea_table_read_number (table, 2, "norm"), 3, 1e-6);
    ck_assert_double_eq (fovea_table_read_number (table, 1, "far"), 0);
    ck_assert (isnan (fovea_table_read_number (table, 4, "near_cosine")));
    g_autoptr (GCancellable) cancelled = g_cancellable_new ();
    g_autoptr (GError) error = NULL;
    g_cancellable_cancel (cancelled);
    ck_assert_ptr_null (fovea_sae_tabulate_kin (f.sae, f.device, cancelled, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("similarity");
    tcase_add_checked_fixture (tc, set_up, tear_down);
    tcase_add_test (tc, nearest_and_most_opposite_rows_are_found);
    tcase_add_test (tc, blank_latent_has_no_kin_and_is_nobodys);
    tcase_add_test (tc, axes_are_pairs_below_the_limit_once_each);
    tcase_add_test (tc, encoder_columns_are_compared_too);
    tcase_add_test (tc, blocks_join_without_a_seam);
    tcase_add_test (tc, table_and_cancelling);
    Suite *suite = suite_create ("sae-similarity");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
