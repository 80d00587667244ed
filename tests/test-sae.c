/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The sparse autoencoder as an object: what each architecture holds, and what is refused by name. */
#include <math.h>
#include <string.h>

#include "analysis/sae.h"
#include "tests/support.h"

static FoveaSae *
make (FoveaSaeArchitecture architecture, gint64 d, gint64 out, gint64 F)
{
    g_autoptr (GError) error = NULL;
    FoveaSae *sae = fovea_sae_new (architecture, d, out, F, &error);
    ck_assert_msg (sae != NULL, "%s", error != NULL ? error->message : "");
    return sae;
}

START_TEST (names_of_architectures_come_back)
{
    const char *name = fovea_sae_architecture_name ((FoveaSaeArchitecture) _i);
    ck_assert_int_eq (fovea_sae_architecture_from_name (name), _i);
    ck_assert_int_eq (fovea_sae_architecture_from_name ("temporal"), -1);
}
END_TEST

START_TEST (required_arrays_are_there_and_zero)
{
    gint64 out = fovea_sae_is_transcoder ((FoveaSaeArchitecture) _i) ? 3 : 2;
    g_autoptr (FoveaSae) sae = make ((FoveaSaeArchitecture) _i, 2, out, 5);
    for (guint i = 0; i < FOVEA_N_SAE_TENSORS; i++) {
        FoveaSaeTensor tensor = fovea_sae_get_tensor (sae, i);
        ck_assert_int_eq (*tensor.values != NULL, tensor.required);
        ck_assert (tensor.allowed || !tensor.required);
        for (gint64 n = 0; tensor.required && n < tensor.shape[0] * MAX (tensor.shape[1], 1); n++)
            ck_assert_float_eq ((*tensor.values)[n], 0);
    }
    ck_assert_float_eq (sae->w_dec[5 * out - 1], 0);
}
END_TEST

START_TEST (gated_has_its_own_biases)
{
    g_autoptr (FoveaSae) sae = make (FOVEA_SAE_GATED, 2, 2, 4);
    ck_assert_ptr_null (sae->b_enc);
    ck_assert_ptr_nonnull (sae->b_gate);
    ck_assert_ptr_nonnull (sae->r_mag);
    g_autoptr (FoveaSae) pursuit = make (FOVEA_SAE_MATCHING_PURSUIT, 2, 2, 4);
    ck_assert_ptr_null (pursuit->w_enc);
    ck_assert_ptr_nonnull (pursuit->b_dec);
}
END_TEST

START_TEST (only_transcoders_write_another_width)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_sae_new (FOVEA_SAE_TOPK, 4, 5, 8, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    g_autoptr (FoveaSae) sae = make (FOVEA_SAE_SKIP_TRANSCODER, 4, 5, 8);
    ck_assert_int_eq (sae->d_out, 5);
    ck_assert (!sae->apply_b_dec_to_input);
}
END_TEST

START_TEST (sizes_that_do_not_fit_are_refused)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_sae_new (FOVEA_SAE_TOPK, 0, 0, 8, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    g_clear_error (&error);
    gint64 huge = G_GINT64_CONSTANT (1) << 44;
    ck_assert_ptr_null (fovea_sae_new (FOVEA_SAE_TOPK, huge, huge, 1 << 30, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY));
}
END_TEST

static const double bad_k[] = {0, .5, 9, -1};

START_TEST (k_outside_the_latents_is_refused)
{
    g_autoptr (FoveaSae) sae = make (FOVEA_SAE_ABSTOPK, 2, 2, 8);
    g_autoptr (GError) error = NULL;
    ck_assert_double_eq (sae->k, 8);
    ck_assert (fovea_sae_check (sae, &error));
    sae->k = bad_k[_i];
    ck_assert (!fovea_sae_check (sae, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    ck_assert_ptr_nonnull (strstr (error->message, "1 .. 8"));
}
END_TEST

START_TEST (bad_number_is_named_by_tensor_and_index)
{
    g_autoptr (FoveaSae) sae = make (FOVEA_SAE_STANDARD, 2, 2, 4);
    g_autoptr (GError) error = NULL;
    sae->w_enc[5] = _i == 0 ? NAN : -INFINITY;
    ck_assert (!fovea_sae_check (sae, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC));
    ck_assert_ptr_nonnull (strstr (error->message, "W_enc"));
    ck_assert_ptr_nonnull (strstr (error->message, " 5 "));
}
END_TEST

START_TEST (norms_are_of_decoder_rows)
{
    g_autoptr (FoveaSae) sae = make (FOVEA_SAE_STANDARD, 2, 2, 3);
    sae->w_dec[0] = 3;
    sae->w_dec[1] = -4;
    sae->w_dec[5] = .5f;
    g_autofree float *norms = fovea_sae_decoder_norms (sae);
    const float expected[] = {5, 0, .5f};
    ck_assert_double_le (support_difference (norms, expected, 3), 0);
}
END_TEST

START_TEST (metadata_are_kept_and_taken_away)
{
    g_autoptr (FoveaSae) sae = make (FOVEA_SAE_STANDARD, 2, 2, 3);
    ck_assert_ptr_null (fovea_sae_get_metadata (sae, "hook_name"));
    fovea_sae_set_metadata (sae, "hook_name", "blocks.3.hook_resid_pre");
    ck_assert_str_eq (fovea_sae_get_metadata (sae, "hook_name"), "blocks.3.hook_resid_pre");
    fovea_sae_set_metadata (sae, "hook_name", NULL);
    ck_assert_ptr_null (fovea_sae_get_metadata (sae, "hook_name"));
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("object");
    tcase_add_loop_test (tc, names_of_architectures_come_back, 0, FOVEA_N_SAE_ARCHITECTURES);
    tcase_add_loop_test (tc, required_arrays_are_there_and_zero, 0, FOVEA_N_SAE_ARCHITECTURES);
    tcase_add_test (tc, gated_has_its_own_biases);
    tcase_add_test (tc, only_transcoders_write_another_width);
    tcase_add_test (tc, sizes_that_do_not_fit_are_refused);
    tcase_add_loop_test (tc, k_outside_the_latents_is_refused, 0, G_N_ELEMENTS (bad_k));
    tcase_add_loop_test (tc, bad_number_is_named_by_tensor_and_index, 0, 2);
    tcase_add_test (tc, norms_are_of_decoder_rows);
    tcase_add_test (tc, metadata_are_kept_and_taken_away);
    Suite *suite = suite_create ("sae");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
