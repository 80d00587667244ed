/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Codes of every architecture: the worked examples of methods/features-and-sparsity.md 1.4 and 2,
 * their invariants, and what SAELens computes with the folders of the reference collection. */
#include <math.h>
#include <string.h>

#include "analysis/sae-codes.h"
#include "analysis/sae-file.h"
#include "analysis/sae-fold.h"
#include "capture/random.h"
#include "capture/safetensors.h"
#include "tests/sae-folders.h"
#include "tests/support.h"

static const float example_x[] = {1, 2};
static const float example_enc[] = {1, -1, .5f, 0, 0, 1, -1, -.5f};
static const float example_dec[] = {2, 0, 0, 1, .6f, -.8f, 0, -3};
static const float example_b_enc[] = {0, -.5f, .25f, .1f};

static FoveaDevice *device;

static void
open_device (void)
{
    g_autoptr (GError) error = NULL;
    device = fovea_device_open ("cpu", 1, &error);
    ck_assert_msg (device != NULL, "%s", error != NULL ? error->message : "");
}

static void
close_device (void)
{
    g_clear_pointer (&device, fovea_device_free);
}

static FoveaSae *
new_sae (FoveaSaeArchitecture architecture, gint64 d, gint64 F)
{
    g_autoptr (GError) error = NULL;
    FoveaSae *sae = fovea_sae_new (architecture, d, d, F, &error);
    ck_assert_msg (sae != NULL, "%s", error != NULL ? error->message : "");
    return sae;
}

/* The d = 2, F = 4 example. */
static FoveaSae *
new_example (FoveaSaeArchitecture architecture)
{
    FoveaSae *sae = new_sae (architecture, 2, 4);
    memcpy (sae->w_enc, example_enc, sizeof example_enc);
    memcpy (sae->w_dec, example_dec, sizeof example_dec);
    if (sae->b_enc != NULL)
        memcpy (sae->b_enc, example_b_enc, sizeof example_b_enc);
    sae->b_dec[0] = .5f;
    sae->k = 2;
    return sae;
}

static FoveaSaeCodes *
encode (const FoveaSae *sae, gint64 rows, const float *x)
{
    g_autoptr (GError) error = NULL;
    FoveaSaeCodes *codes = fovea_sae_encode (sae, device, rows, x, &error);
    ck_assert_msg (codes != NULL, "%s", error != NULL ? error->message : "");
    return codes;
}

static float *
densify (const FoveaSaeCodes *codes)
{
    float *dense = g_new0 (float, (gsize) (codes->n_rows * codes->n_latents));
    for (gint64 i = 0; i < codes->n_rows; i++)
        for (gint64 c = codes->offsets[i]; c < codes->offsets[i + 1]; c++)
            dense[i * codes->n_latents + codes->latents[c]] = codes->values[c];
    return dense;
}

static float *
reconstruct (const FoveaSae *sae, const FoveaSaeCodes *codes, const float *x)
{
    g_autoptr (GError) error = NULL;
    float *out = g_new (float, (gsize) (codes->n_rows * sae->d_out));
    ck_assert (fovea_sae_reconstruct (sae, device, codes, x, out, &error));
    return out;
}

static void
check_example (const FoveaSae *sae, const float code[4], const float xh[2])
{
    g_autoptr (FoveaSaeCodes) codes = encode (sae, 1, example_x);
    g_autofree float *dense = densify (codes);
    g_autofree float *out = reconstruct (sae, codes, example_x);
    ck_assert_double_le (support_difference (dense, code, 4), 1e-6);
    ck_assert_double_le (support_difference (out, xh, 2), 1e-6);
}

START_TEST (standard_example_holds)
{
    g_autoptr (FoveaSae) sae = new_example (FOVEA_SAE_STANDARD);
    check_example (sae, (float[]){.5f, 1, 0, 0}, (float[]){1.5f, 1});
}
END_TEST

START_TEST (jumprelu_example_holds)
{
    g_autoptr (FoveaSae) sae = new_example (FOVEA_SAE_JUMPRELU);
    memcpy (sae->threshold, (float[]){.6f, .5f, .1f, .1f}, 4 * sizeof (float));
    check_example (sae, (float[]){0, 1, 0, 0}, (float[]){.5f, 1});
    /* Equal to the threshold is off. */
    sae->threshold[1] = 1;
    check_example (sae, (float[]){0, 0, 0, 0}, (float[]){.5f, 0});
}
END_TEST

START_TEST (topk_examples_hold)
{
    g_autoptr (FoveaSae) sae = new_example (FOVEA_SAE_TOPK);
    check_example (sae, (float[]){.5f, 1, 0, 0}, (float[]){1.5f, 1});
    sae->rescale_acts_by_decoder_norm = TRUE;
    check_example (sae, (float[]){1, 1, 0, 0}, (float[]){1.5f, 1});
}
END_TEST

START_TEST (abstopk_example_holds)
{
    g_autoptr (FoveaSae) sae = new_example (FOVEA_SAE_ABSTOPK);
    check_example (sae, (float[]){0, 1, -1.5f, 0}, (float[]){-.4f, 2.2f});
}
END_TEST

START_TEST (gated_example_holds)
{
    g_autoptr (FoveaSae) sae = new_example (FOVEA_SAE_GATED);
    memcpy (sae->b_gate, (float[]){0, -2, 0, 2}, 4 * sizeof (float));
    memcpy (sae->b_mag, (float[]){.5f, 0, 0, 0}, 4 * sizeof (float));
    memcpy (sae->r_mag, (float[]){logf (2), 0, 0, logf (.5f)}, 4 * sizeof (float));
    check_example (sae, (float[]){1.5f, 0, 0, 0}, (float[]){3.5f, 0});
}
END_TEST

START_TEST (folding_multiplies_codes_by_norms)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSae) sae = new_example (FOVEA_SAE_STANDARD);
    ck_assert (fovea_sae_fold_decoder_norm (sae, &error));
    check_example (sae, (float[]){1, 1, 0, 0}, (float[]){1.5f, 1});
    g_autoptr (FoveaSaeCodes) codes = encode (sae, 1, example_x);
    fovea_sae_codes_unfold (codes, sae);
    g_autofree float *dense = densify (codes);
    ck_assert_double_le (support_difference (dense, (float[]){.5f, 1, 0, 0}, 4), 1e-6);
    g_autoptr (FoveaSae) jump = new_example (FOVEA_SAE_JUMPRELU);
    memcpy (jump->threshold, (float[]){.6f, .5f, .1f, .1f}, 4 * sizeof (float));
    ck_assert (fovea_sae_fold_decoder_norm (jump, &error));
    const float folded[] = {1.2f, .5f, .1f, .3f};
    ck_assert_double_le (support_difference (jump->threshold, folded, 4), 1e-6);
    ck_assert (fovea_sae_fold_decoder_norm (jump, &error)); /* the second time nothing happens */
    ck_assert_double_le (support_difference (jump->threshold, folded, 4), 1e-6);
}
END_TEST

START_TEST (folding_that_would_change_winners_is_refused)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSae) sae = new_example (FOVEA_SAE_TOPK);
    ck_assert (!fovea_sae_fold_decoder_norm (sae, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED));
    g_clear_error (&error);
    sae->rescale_acts_by_decoder_norm = TRUE;
    ck_assert (fovea_sae_fold_decoder_norm (sae, &error));
    check_example (sae, (float[]){1, 1, 0, 0}, (float[]){1.5f, 1});
}
END_TEST

/* Rows are pre-activations: the encoder is the identity. */
static FoveaSae *
new_identity (FoveaSaeArchitecture architecture, gint64 n)
{
    FoveaSae *sae = new_sae (architecture, n, n);
    for (gint64 i = 0; i < n; i++) {
        sae->w_dec[i * n + i] = 1;
        if (sae->w_enc != NULL)
            sae->w_enc[i * n + i] = 1;
    }
    return sae;
}

static const float batch[] = {3, 1, -5, .5f, .2f, .4f, -.1f, .3f};

START_TEST (batch_examples_hold)
{
    g_autoptr (FoveaSae) sae = new_identity (FOVEA_SAE_BATCHTOPK, 4);
    sae->k = 1;
    g_autoptr (FoveaSaeCodes) codes = encode (sae, 2, batch);
    g_autofree float *dense = densify (codes);
    ck_assert_double_le (support_difference (dense, (float[]){3, 1, 0, 0, 0, 0, 0, 0}, 8), 0);
    sae->architecture = FOVEA_SAE_BATCH_ABSTOPK;
    g_autoptr (FoveaSaeCodes) signs = encode (sae, 2, batch);
    g_autofree float *signed_dense = densify (signs);
    ck_assert_double_le (support_difference (signed_dense, (float[]){3, 0, -5, 0, 0, 0, 0, 0}, 8),
                         0);
    /* A fraction of a code a row: floor (1.5 * 2). */
    sae->architecture = FOVEA_SAE_BATCHTOPK;
    sae->k = 1.5;
    g_autoptr (FoveaSaeCodes) more = encode (sae, 2, batch);
    ck_assert_int_eq (more->offsets[2], 3);
}
END_TEST

START_TEST (normalizing_examples_hold)
{
    g_autoptr (FoveaSae) sae = new_identity (FOVEA_SAE_ABSTOPK, 4);
    sae->k = 4;
    sae->normalize = FOVEA_SAE_NORMALIZE_LAYER_NORM;
    const float x[] = {1, 2, 3, 6}, y[] = {3, 4, 0, 0};
    g_autoptr (FoveaSaeCodes) codes = encode (sae, 1, x);
    g_autofree float *dense = densify (codes);
    ck_assert_double_le (
        support_difference (dense, (float[]){-.925816f, -.462908f, 0, 1.388724f}, 4), 1e-5);
    g_autofree float *back = reconstruct (sae, codes, x);
    ck_assert_double_le (support_difference (back, x, 4), 5e-5);
    sae->normalize = FOVEA_SAE_NORMALIZE_CONSTANT_NORM;
    g_autoptr (FoveaSaeCodes) constant = encode (sae, 1, y);
    g_autofree float *constant_dense = densify (constant);
    ck_assert_double_le (support_difference (constant_dense, (float[]){1.2f, 1.6f, 0, 0}, 4), 1e-6);
    g_autofree float *constant_back = reconstruct (sae, constant, y);
    ck_assert_double_le (support_difference (constant_back, y, 4), 1e-6);
}
END_TEST

START_TEST (scaled_inputs_are_as_folded_weights)
{
    g_autoptr (FoveaSae) sae = new_example (FOVEA_SAE_STANDARD);
    sae->normalize = FOVEA_SAE_NORMALIZE_EXPECTED_AVERAGE;
    sae->scaler = .5;
    g_autoptr (FoveaSaeCodes) before = encode (sae, 1, example_x);
    g_autofree float *out = reconstruct (sae, before, example_x);
    fovea_sae_fold_scaler (sae, .5);
    g_autoptr (FoveaSaeCodes) after = encode (sae, 1, example_x);
    g_autofree float *folded = reconstruct (sae, after, example_x);
    ck_assert_double_le (support_difference (out, folded, 2), 1e-6);
    ck_assert_int_eq (sae->normalize, FOVEA_SAE_NORMALIZE_NONE);
}
END_TEST

enum {
    D = 12,
    F = 40,
    ROWS = 300, /* more than two chunks */
};

static void
fill (float *values, gsize n, FoveaRandom *random)
{
    for (gsize i = 0; values != NULL && i < n; i++)
        values[i] = (float) (2 * fovea_random_uniform (random) - 1);
}

static FoveaSae *
new_random (FoveaSaeArchitecture architecture, guint64 seed)
{
    FoveaSae *sae = new_sae (architecture, D, F);
    FoveaRandom random;
    fovea_random_init (&random, seed);
    for (guint i = 0; i < FOVEA_N_SAE_TENSORS; i++) {
        FoveaSaeTensor tensor = fovea_sae_get_tensor (sae, i);
        fill (*tensor.values, (gsize) (tensor.shape[0] * MAX (tensor.shape[1], 1)), &random);
    }
    for (gint64 j = 0; sae->threshold != NULL && j < F; j++)
        sae->threshold[j] = fabsf (sae->threshold[j]);
    sae->k = 5;
    return sae;
}

static float *
new_rows (guint64 seed)
{
    float *x = g_new (float, ROWS *D);
    FoveaRandom random;
    fovea_random_init (&random, seed);
    fill (x, ROWS * D, &random);
    return x;
}

START_TEST (abstopk_rows_have_k_codes_and_topk_at_most)
{
    g_autoptr (FoveaSae) sae = new_random (_i ? FOVEA_SAE_ABSTOPK : FOVEA_SAE_TOPK, 5);
    g_autofree float *x = new_rows (6);
    g_autoptr (FoveaSaeCodes) codes = encode (sae, ROWS, x);
    gboolean negative = FALSE;
    for (gint64 i = 0; i < ROWS; i++) {
        ck_assert_int_le (codes->offsets[i + 1] - codes->offsets[i], 5);
        ck_assert (!_i || codes->offsets[i + 1] - codes->offsets[i] == 5);
    }
    for (gint64 c = 0; c < codes->offsets[ROWS]; c++)
        negative |= codes->values[c] < 0;
    ck_assert_int_eq (negative, _i);
}
END_TEST

START_TEST (abstopk_of_negated_products_is_negated)
{
    g_autoptr (FoveaSae) sae = new_random (FOVEA_SAE_ABSTOPK, 7);
    memset (sae->b_enc, 0, F * sizeof (float));
    sae->apply_b_dec_to_input = FALSE;
    g_autofree float *x = new_rows (8);
    g_autoptr (FoveaSaeCodes) codes = encode (sae, ROWS, x);
    for (gint64 i = 0; i < ROWS * D; i++)
        x[i] = -x[i];
    g_autoptr (FoveaSaeCodes) other = encode (sae, ROWS, x);
    ck_assert_int_eq (codes->offsets[ROWS], other->offsets[ROWS]);
    for (gint64 c = 0; c < codes->offsets[ROWS]; c++) {
        ck_assert_int_eq (codes->latents[c], other->latents[c]);
        ck_assert_float_eq (codes->values[c], -other->values[c]);
    }
}
END_TEST

START_TEST (batchtopk_of_one_row_is_topk)
{
    g_autoptr (FoveaSae) sae = new_random (FOVEA_SAE_TOPK, 9);
    g_autofree float *x = new_rows (10);
    g_autoptr (FoveaSaeCodes) codes = encode (sae, 1, x);
    sae->architecture = FOVEA_SAE_BATCHTOPK;
    g_autoptr (FoveaSaeCodes) other = encode (sae, 1, x);
    g_autofree float *a = densify (codes), *b = densify (other);
    ck_assert_double_le (support_difference (a, b, F), 0);
}
END_TEST

START_TEST (jumprelu_without_thresholds_is_standard)
{
    g_autoptr (FoveaSae) sae = new_random (FOVEA_SAE_JUMPRELU, 11);
    memset (sae->threshold, 0, F * sizeof (float));
    g_autofree float *x = new_rows (12);
    g_autoptr (FoveaSaeCodes) codes = encode (sae, ROWS, x);
    sae->architecture = FOVEA_SAE_STANDARD;
    g_clear_pointer (&sae->threshold, g_free);
    g_autoptr (FoveaSaeCodes) other = encode (sae, ROWS, x);
    g_autofree float *a = densify (codes), *b = densify (other);
    ck_assert_double_le (support_difference (a, b, ROWS * F), 0);
}
END_TEST

static const FoveaSaeArchitecture foldable[] = {FOVEA_SAE_STANDARD, FOVEA_SAE_GATED,
                                                FOVEA_SAE_JUMPRELU};

START_TEST (folding_keeps_reconstructions)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSae) sae = new_random (foldable[_i], 13);
    memset (sae->w_dec, 0, D * sizeof (float)); /* a blank latent */
    g_autofree float *x = new_rows (14);
    g_autoptr (FoveaSaeCodes) codes = encode (sae, ROWS, x);
    g_autofree float *before = reconstruct (sae, codes, x);
    ck_assert (fovea_sae_fold_decoder_norm (sae, &error));
    g_autoptr (FoveaSaeCodes) folded = encode (sae, ROWS, x);
    g_autofree float *after = reconstruct (sae, folded, x);
    ck_assert_double_le (support_difference (before, after, ROWS * D), 2e-4);
    ck_assert_int_gt (codes->offsets[ROWS], 0);
}
END_TEST

START_TEST (error_term_of_unedited_codes_gives_the_input)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSae) sae = new_random (FOVEA_SAE_ABSTOPK, 15);
    g_autofree float *x = new_rows (16), *out = g_new (float, ROWS *D);
    g_autoptr (FoveaSaeCodes) codes = encode (sae, ROWS, x);
    ck_assert (fovea_sae_patch (sae, codes, codes, x, out, &error));
    ck_assert_double_le (support_difference (x, out, ROWS * D), 0);
    g_autoptr (FoveaSaeCodes) edited = fovea_sae_codes_clamp (codes, 3, -2);
    ck_assert (fovea_sae_patch (sae, codes, edited, x, out, &error));
    for (gint64 i = 0; i < ROWS; i++) {
        float change = -2 - fovea_sae_codes_get (codes, i, 3);
        ck_assert_float_eq (fovea_sae_codes_get (edited, i, 3), -2);
        for (gint64 c = 0; c < D; c++)
            ck_assert_float_eq_tol (out[i * D + c], x[i * D + c] + change * sae->w_dec[3 * D + c],
                                    2e-4f);
    }
    g_autoptr (FoveaSaeCodes) gone = fovea_sae_codes_clamp (edited, 3, 0);
    ck_assert_float_eq (fovea_sae_codes_get (gone, 7, 3), 0);
    ck_assert_int_eq (gone->offsets[ROWS], edited->offsets[ROWS] - ROWS);
}
END_TEST

START_TEST (input_that_is_not_finite_is_named)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSae) sae = new_random (FOVEA_SAE_TOPK, 17);
    g_autofree float *x = new_rows (18);
    x[200 * D + 4] = NAN;
    ck_assert_ptr_null (fovea_sae_encode (sae, device, ROWS, x, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC));
    ck_assert_ptr_nonnull (strstr (error->message, "row 200, column 4"));
}
END_TEST

START_TEST (no_rows_give_no_codes)
{
    g_autoptr (FoveaSae) sae = new_random (_i ? FOVEA_SAE_BATCHTOPK : FOVEA_SAE_TOPK, 19);
    g_autoptr (FoveaSaeCodes) codes = encode (sae, 0, example_x);
    ck_assert_int_eq (codes->offsets[0], 0);
}
END_TEST

START_TEST (ties_go_to_the_lower_latent)
{
    g_autoptr (FoveaSae) sae = new_identity (FOVEA_SAE_TOPK, 6);
    sae->k = 2;
    const float x[] = {1, 2, 2, 2, 1, 2};
    g_autoptr (FoveaSaeCodes) codes = encode (sae, 1, x);
    ck_assert_int_eq (codes->latents[0], 1);
    ck_assert_int_eq (codes->latents[1], 2);
}
END_TEST

START_TEST (pursuit_takes_orthogonal_atoms_one_by_one)
{
    g_autoptr (FoveaSae) sae = new_identity (FOVEA_SAE_MATCHING_PURSUIT, 4);
    const float x[] = {.5f, 3, 0, 1};
    sae->residual_threshold = .6; /* what is left of the first atom is below it */
    g_autoptr (FoveaSaeCodes) codes = encode (sae, 1, x);
    g_autofree float *dense = densify (codes);
    ck_assert_double_le (support_difference (dense, (float[]){0, 3, 0, 1}, 4), 1e-6);
    sae->residual_threshold = 0;
    sae->max_iterations = 1;
    g_autoptr (FoveaSaeCodes) first = encode (sae, 1, x);
    ck_assert_int_eq (first->offsets[1], 1);
    ck_assert_int_eq (first->latents[0], 1);
}
END_TEST

static float *
take (FoveaSafetensors *file, const char *name)
{
    const FoveaTensor *tensor = fovea_safetensors_lookup (file, name);
    ck_assert_ptr_nonnull (tensor);
    float *values = g_new (float, (gsize) tensor->n_elements);
    fovea_dtype_to_f32 (tensor->data, tensor->dtype, (gsize) tensor->n_elements, values);
    return values;
}

static void
check_supports (const float *a, const float *b, gint64 n)
{
    for (gint64 i = 0; i < n; i++)
        ck_assert_msg ((a[i] != 0) == (b[i] != 0), "support differs at %d: %g and %g", (int) i,
                       (double) a[i], (double) b[i]);
}

/* Largest difference in units of the row's largest number (or 1): the first token's stream has
 * numbers in the hundreds, whose last bit is more than 1e-5. */
static double
row_difference (const float *a, const float *b, gint64 rows, gint64 width)
{
    double worst = 0;
    for (gint64 i = 0; i < rows; i++) {
        float largest = 1;
        for (gint64 c = 0; c < width; c++)
            largest = MAX (largest, fabsf (b[i * width + c]));
        double off = support_difference (a + i * width, b + i * width, (gsize) width);
        worst = MAX (worst, off / (double) largest);
    }
    return worst;
}

START_TEST (codes_are_those_of_saelens)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *part = g_build_filename ("models", "sae", sae_folders[_i], NULL);
    g_autofree char *folder = support_shared (part);
    if (folder == NULL)
        return;
    g_autoptr (FoveaSae) sae = fovea_sae_load (folder, &error);
    ck_assert_msg (sae != NULL, "%s", error != NULL ? error->message : "");
    g_autofree char *path = g_build_filename (folder, "reference.safetensors", NULL);
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, &error);
    g_autofree float *x = take (file, "x"), *codes = take (file, "codes");
    g_autofree float *decoded = take (file, "decoded"), *forward = take (file, "forward");
    gint64 rows = fovea_safetensors_lookup (file, "x")->shape[0];
    g_autoptr (FoveaSaeCodes) ours = encode (sae, rows, x);
    g_autofree float *dense = densify (ours), *xh = reconstruct (sae, ours, x);
    g_autofree float *plain = g_new (float, (gsize) (rows * sae->d_out));
    ck_assert (fovea_sae_decode (sae, ours, plain, &error));
    check_supports (dense, codes, rows * sae->d_sae);
    double off[] = {row_difference (dense, codes, rows, sae->d_sae),
                    row_difference (plain, decoded, rows, sae->d_out),
                    row_difference (xh, forward, rows, sae->d_out)};
    ck_assert_msg (off[0] <= 1e-5 && off[1] <= 1e-5 && off[2] <= 1e-5, "%s: %g %g %g",
                   sae_folders[_i], off[0], off[1], off[2]);
}
END_TEST

/* Many rows go through the fused encoder, few through a heap. */
/* Few rows and many, in any order, through one encoder: the bits of a call of its own. */
START_TEST (encoder_gives_the_same_bits_call_after_call)
{
    static const gint64 counts[] = {3, 200, 1, 130, 0, 64};
    static const FoveaSaeArchitecture kinds[] = {FOVEA_SAE_TOPK, FOVEA_SAE_ABSTOPK,
                                                 FOVEA_SAE_STANDARD};
    enum {
        WIDTH = 24,
        LATENTS = 96,
        MOST = 200
    };
    g_autoptr (FoveaSae) sae = fovea_sae_new (kinds[_i], WIDTH, WIDTH, LATENTS, NULL);
    g_autofree float *x = g_new (float, MOST *WIDTH);
    FoveaRandom random;
    fovea_random_init (&random, 3);
    for (int i = 0; i < WIDTH * LATENTS; i++) {
        sae->w_enc[i] = (float) (fovea_random_uniform (&random) - .5);
        sae->w_dec[i] = (float) (fovea_random_uniform (&random) - .5);
    }
    for (int i = 0; i < MOST * WIDTH; i++)
        x[i] = (float) (fovea_random_uniform (&random) - .5);
    sae->k = 7;
    sae->rescale_acts_by_decoder_norm = fovea_sae_has_k (sae->architecture);
    g_autoptr (FoveaDevice) own = fovea_device_open ("cpu", 2, NULL);
    g_autoptr (FoveaSaeEncoder) encoder = fovea_sae_encoder_new (sae, own, NULL);
    for (guint i = 0; i < G_N_ELEMENTS (counts); i++) {
        g_autoptr (FoveaSaeCodes) a = fovea_sae_encoder_run (encoder, counts[i], x, NULL);
        g_autoptr (FoveaSaeCodes) b = fovea_sae_encode (sae, own, counts[i], x, NULL);
        gsize n = (gsize) a->offsets[counts[i]];
        ck_assert_mem_eq (a->offsets, b->offsets, ((gsize) counts[i] + 1) * sizeof (gint64));
        if (n == 0)
            continue;
        ck_assert_mem_eq (a->latents, b->latents, n * sizeof (gint32));
        ck_assert_mem_eq (a->values, b->values, n * sizeof (float));
    }
}
END_TEST

START_TEST (many_rows_have_the_codes_of_each_alone)
{
    enum {
        MANY = 150
    };
    FoveaRandom random;
    fovea_random_init (&random, 91);
    g_autoptr (FoveaSae) sae = new_random (_i % 2 ? FOVEA_SAE_ABSTOPK : FOVEA_SAE_TOPK, 13);
    g_autofree float *x = g_new (float, MANY * sae->d_in);
    sae->rescale_acts_by_decoder_norm = _i / 2;
    sae->k = 2;
    fill (x, (gsize) (MANY * sae->d_in), &random);
    g_autoptr (FoveaSaeCodes) all = fovea_sae_encode (sae, device, MANY, x, NULL);
    ck_assert_ptr_nonnull (all);
    ck_assert_int_gt (all->offsets[MANY], MANY);
    for (gint64 t = 0; t < MANY; t++) {
        g_autoptr (FoveaSaeCodes) one = fovea_sae_encode (sae, device, 1, x + t * sae->d_in, NULL);
        gint64 at = all->offsets[t], n = all->offsets[t + 1] - at;
        ck_assert_int_eq (n, one->offsets[1]);
        for (gint64 i = 0; i < n; i++) {
            ck_assert_int_eq (all->latents[at + i], one->latents[i]);
            ck_assert_double_eq_tol ((double) all->values[at + i], (double) one->values[i], 1e-5);
        }
    }
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("codes");
    tcase_add_checked_fixture (tc, open_device, close_device);
    tcase_add_test (tc, standard_example_holds);
    tcase_add_test (tc, jumprelu_example_holds);
    tcase_add_test (tc, topk_examples_hold);
    tcase_add_test (tc, abstopk_example_holds);
    tcase_add_test (tc, gated_example_holds);
    tcase_add_test (tc, folding_multiplies_codes_by_norms);
    tcase_add_test (tc, folding_that_would_change_winners_is_refused);
    tcase_add_test (tc, batch_examples_hold);
    tcase_add_test (tc, normalizing_examples_hold);
    tcase_add_test (tc, scaled_inputs_are_as_folded_weights);
    tcase_add_loop_test (tc, abstopk_rows_have_k_codes_and_topk_at_most, 0, 2);
    tcase_add_test (tc, abstopk_of_negated_products_is_negated);
    tcase_add_test (tc, batchtopk_of_one_row_is_topk);
    tcase_add_test (tc, jumprelu_without_thresholds_is_standard);
    tcase_add_loop_test (tc, folding_keeps_reconstructions, 0, G_N_ELEMENTS (foldable));
    tcase_add_test (tc, error_term_of_unedited_codes_gives_the_input);
    tcase_add_test (tc, input_that_is_not_finite_is_named);
    tcase_add_loop_test (tc, no_rows_give_no_codes, 0, 2);
    tcase_add_test (tc, ties_go_to_the_lower_latent);
    tcase_add_test (tc, pursuit_takes_orthogonal_atoms_one_by_one);
    tcase_add_loop_test (tc, encoder_gives_the_same_bits_call_after_call, 0, 3);
    tcase_add_loop_test (tc, many_rows_have_the_codes_of_each_alone, 0, 4);
    tcase_add_loop_test (tc, codes_are_those_of_saelens, 0, G_N_ELEMENTS (sae_folders));
    Suite *suite = suite_create ("sae-codes");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
