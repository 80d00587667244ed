/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Codes made on a device with memory of its own (late-device.h): every kind whose products decide alone
 * has the CPU's codes, room grows, failures and what is not made there are told. */
#include <math.h>
#include <string.h>

#include "tests/late-device.h"
#include "tests/sae-folders.h"
#include "tests/sae-values.h"
#include "tests/support.h"

static FoveaDevice *late, *cpu;

static void
open_devices (void)
{
    const LateOptions options = {.seed = 3};
    late = late_device_new (&options);
    cpu = fovea_device_open ("cpu", 1, NULL);
}

static void
close_devices (void)
{
    late_device_free (late);
    fovea_device_free (cpu);
}

START_TEST (codes_are_those_of_the_cpu)
{
    sae_values_check (late, cpu, _i);
}
END_TEST

START_TEST (codes_of_saelens_folders_are_those_of_the_cpu)
{
    sae_values_check_folder (late, cpu, sae_folders[_i]);
}
END_TEST

static FoveaSae *
new_sae (FoveaSaeArchitecture architecture, gint64 d, gint64 F)
{
    FoveaSae *sae = fovea_sae_new (architecture, d, d, F, NULL);
    for (gint64 i = 0; i < d * F; i++)
        sae->w_enc[i] = sae->w_dec[i] = 1;
    return sae;
}

/* All of 1,000 latents fire where there is room for 128 a row at first; the next call has room. */
START_TEST (room_grows_to_what_rows_need)
{
    enum {
        ROWS = 7,
        F = 1000
    };
    float x[ROWS * 2];
    g_autoptr (FoveaSae) sae = new_sae (FOVEA_SAE_STANDARD, 2, F);
    g_autoptr (FoveaSaeEncoder) encoder = fovea_sae_encoder_new (sae, late, NULL);
    for (int i = 0; i < ROWS * 2; i++)
        x[i] = (float) (i / 2);
    for (int turn = 0; turn < 2; turn++) {
        guint before = late_device_count (late);
        g_autoptr (FoveaSaeCodes) codes = fovea_sae_encoder_run (encoder, ROWS, x, NULL);
        guint ran = late_device_count (late) - before;
        ck_assert_int_eq (codes->offsets[ROWS], (ROWS - 1) * F); /* the first row is 0 */
        for (gint64 i = 0; i < (ROWS - 1) * F; i++) {
            ck_assert_int_eq (codes->latents[i], i % F);
            ck_assert_float_eq (codes->values[i], (float) (2 * (i / F + 1)));
        }
        /* Weights and levels go over once; then rows are written and encoded. */
        ck_assert_uint_eq (ran, turn == 0 ? 3 + 1 + 2 : 2);
    }
}
END_TEST

START_TEST (no_rows_have_no_codes)
{
    g_autoptr (FoveaSae) sae = new_sae (FOVEA_SAE_JUMPRELU, 2, 5);
    g_autoptr (FoveaSaeCodes) codes = fovea_sae_encode (sae, late, 0, NULL, NULL);
    ck_assert_ptr_nonnull (codes);
    ck_assert_int_eq (codes->offsets[0], 0);
}
END_TEST

START_TEST (an_input_that_is_not_finite_is_named)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSae) sae = new_sae (FOVEA_SAE_STANDARD, 3, 5);
    g_autofree float *x = g_new0 (float, 3000 * 3);
    x[2500 * 3 + 1] = NAN;
    ck_assert_ptr_null (fovea_sae_encode (sae, late, 3000, x, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC));
    ck_assert_msg (strstr (error->message, "row 2500, column 1") != NULL, "%s", error->message);
}
END_TEST

static const struct {
    FoveaSaeArchitecture architecture;
    const char *name, *reason;
} refused[] = {{FOVEA_SAE_MATCHING_PURSUIT, "matching_pursuit", "each depends on those before it"},
               {FOVEA_SAE_BATCHTOPK, "batchtopk", "rows of a call compete"},
               {FOVEA_SAE_MATRYOSHKA_BATCHTOPK, "matryoshka_batchtopk", "rows of a call compete"},
               {FOVEA_SAE_BATCH_ABSTOPK, "batch_abstopk", "rows of a call compete"},
               {FOVEA_SAE_TOPK, "topk", "no loops"}};

START_TEST (what_is_not_made_there_is_named)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSae) sae = fovea_sae_new (refused[_i].architecture, 8, 8, 16, NULL);
    ck_assert_ptr_null (fovea_sae_encoder_new (sae, late, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED));
    ck_assert_msg (strstr (error->message, refused[_i].name) != NULL, "%s", error->message);
    ck_assert_msg (strstr (error->message, refused[_i].reason) != NULL, "%s", error->message);
}
END_TEST

/* The first operation is a copy of the weights, the sixth makes codes. */
START_TEST (a_failure_of_the_device_is_told)
{
    const LateOptions options = {.fail_at = (guint) _i};
    const float x[6] = {1, 2, 3, 4, 5, 6};
    g_autoptr (GError) error = NULL;
    FoveaDevice *device = late_device_new (&options);
    g_autoptr (FoveaSae) sae = new_sae (FOVEA_SAE_STANDARD, 3, 1000);
    ck_assert_ptr_null (fovea_sae_encode (sae, device, 2, x, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_DEVICE));
    late_device_free (device);
}
END_TEST

START_TEST (too_little_memory_is_told)
{
    const LateOptions options = {.memory = 200 << 10};
    const float x[6] = {1, 2, 3, 4, 5, 6};
    g_autoptr (GError) error = NULL;
    FoveaDevice *device = late_device_new (&options);
    g_autoptr (FoveaSae) sae = new_sae (FOVEA_SAE_STANDARD, 3, 20000);
    ck_assert_ptr_null (fovea_sae_encode (sae, device, 2, x, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY));
    late_device_free (device);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("sae device");
    TCase *all = tcase_create ("codes");
    tcase_set_timeout (all, 120);
    tcase_add_checked_fixture (all, open_devices, close_devices);
    tcase_add_loop_test (all, codes_are_those_of_the_cpu, 0, sae_values_count (FALSE));
    tcase_add_loop_test (all, codes_of_saelens_folders_are_those_of_the_cpu, 0,
                         G_N_ELEMENTS (sae_folders));
    tcase_add_test (all, room_grows_to_what_rows_need);
    tcase_add_test (all, no_rows_have_no_codes);
    tcase_add_test (all, an_input_that_is_not_finite_is_named);
    tcase_add_loop_test (all, what_is_not_made_there_is_named, 0, G_N_ELEMENTS (refused));
    tcase_add_loop_test (all, a_failure_of_the_device_is_told, 1, 6);
    tcase_add_test (all, too_little_memory_is_told);
    suite_add_tcase (suite, all);
    return support_run (suite);
}
