/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Files of sparse autoencoders: what is written comes back, old configurations become new ones, and
 * whatever a file says wrongly is refused by name (methods/features-and-sparsity.md 1). */
#include <math.h>
#include <string.h>

#include "analysis/sae-codes.h"
#include "analysis/sae-file.h"
#include "capture/array-writer.h"
#include "capture/safetensors-writer.h"
#include "tests/sae-folders.h"
#include "tests/support.h"

enum {
    D = 3,
    F = 5,
};

typedef struct {
    const char *name;
    gint64 shape[2]; /* the second 0: one axis */
} Part;

static void
write_text (const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename (folder, name, NULL);
    ck_assert (g_file_set_contents (path, text, -1, NULL));
}

/* Numbers 1, 2, 3, .. a tensor, so that a transposed one shows. */
static void
write_tensors (const char *folder, const char *name, const Part *parts, guint n)
{
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (FoveaSafetensorsWriter) writer = fovea_safetensors_writer_new (path);
    for (guint i = 0; i < n; i++)
        ck_assert (fovea_safetensors_writer_add_tensor (
            writer, parts[i].name, FOVEA_F32, parts[i].shape[1] > 0 ? 2 : 1, parts[i].shape, NULL));
    for (guint i = 0; i < n; i++)
        for (gint64 e = 0; e < parts[i].shape[0] * MAX (parts[i].shape[1], 1); e++) {
            float value = (float) (e + 1);
            ck_assert (fovea_safetensors_writer_append (writer, &value, sizeof value, NULL));
        }
    ck_assert (fovea_safetensors_writer_finish (writer, NULL));
}

static const Part plain[] = {
    {"W_dec", {F, D}}, {"W_enc", {D, F}}, {"b_dec", {D, 0}}, {"b_enc", {F, 0}}};
static const Part turned[] = {{"encoder.weight", {F, D}},
                              {"decoder.weight", {D, F}},
                              {"encoder.bias", {F, 0}},
                              {"bias", {D, 0}}};

#define V6                                                                                         \
    "\"metadata\": {\"sae_lens_version\": \"6.54.12\", \"hook_name\": "                            \
    "\"blocks.3.hook_resid_pre\"}"
#define SIZES "\"d_in\": 3, \"d_sae\": 5, \"dtype\": \"float32\", "

static FoveaSae *
load (const char *folder)
{
    g_autoptr (GError) error = NULL;
    FoveaSae *sae = fovea_sae_load (folder, &error);
    ck_assert_msg (sae != NULL, "%s", error != NULL ? error->message : "");
    return sae;
}

static FoveaSae *
load_config (const char *config)
{
    char *folder = support_temp_dir ();
    write_text (folder, "cfg.json", config);
    write_tensors (folder, "sae_weights.safetensors", plain, G_N_ELEMENTS (plain));
    FoveaSae *sae = load (folder);
    support_remove_dir (folder);
    return sae;
}

/* Whatever is wrong, people are told with which folder. */
static void
check_refused (const char *folder, FoveaError code, const char *part)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_sae_load (folder, &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, (int) code), "%s", error->message);
    ck_assert_msg (strstr (error->message, part) != NULL, "%s", error->message);
    ck_assert_msg (strstr (error->message, folder) != NULL, "%s", error->message);
}

START_TEST (what_is_saved_comes_back)
{
    char *folder = support_temp_dir ();
    g_autoptr (GError) error = NULL;
    gint64 out = fovea_sae_is_transcoder ((FoveaSaeArchitecture) _i) ? 4 : D;
    g_autoptr (FoveaSae) sae = fovea_sae_new ((FoveaSaeArchitecture) _i, D, out, F, &error);
    float value = .1f;
    for (guint t = 0; t < FOVEA_N_SAE_TENSORS; t++) {
        FoveaSaeTensor tensor = fovea_sae_get_tensor (sae, t);
        for (gint64 i = 0; tensor.required && i < tensor.shape[0] * MAX (tensor.shape[1], 1); i++)
            (*tensor.values)[i] = value = value * 1.5f > 100 ? .07f : value * 1.5f;
    }
    sae->k = 3;
    sae->normalize = FOVEA_SAE_NORMALIZE_LAYER_NORM;
    sae->hook_z = TRUE;
    fovea_sae_set_metadata (sae, "model_name", "fovea-demo");
    ck_assert_msg (fovea_sae_save (sae, folder, &error), "%s", error != NULL ? error->message : "");
    g_autoptr (FoveaSae) back = load (folder);
    ck_assert_int_eq (back->architecture, sae->architecture);
    ck_assert_int_eq (back->d_out, out);
    ck_assert (!fovea_sae_has_k (sae->architecture) || back->k == 3);
    ck_assert_int_eq (back->normalize, FOVEA_SAE_NORMALIZE_LAYER_NORM);
    ck_assert (back->hook_z);
    ck_assert_int_eq (back->apply_b_dec_to_input, sae->apply_b_dec_to_input);
    ck_assert_str_eq (fovea_sae_get_metadata (back, "model_name"), "fovea-demo");
    for (guint t = 0; t < FOVEA_N_SAE_TENSORS; t++) {
        FoveaSaeTensor a = fovea_sae_get_tensor (sae, t), b = fovea_sae_get_tensor (back, t);
        gsize n = a.required ? (gsize) (a.shape[0] * MAX (a.shape[1], 1)) : 0;
        ck_assert (!a.required || memcmp (*a.values, *b.values, n * sizeof (float)) == 0);
    }
    support_remove_dir (folder);
}
END_TEST

static void
check_same_file (const char *a, const char *b, const char *name)
{
    g_autofree char *first = g_build_filename (a, name, NULL);
    g_autofree char *second = g_build_filename (b, name, NULL);
    g_autofree char *x = NULL, *y = NULL;
    gsize n = 0, m = 1;
    ck_assert (g_file_get_contents (first, &x, &n, NULL));
    ck_assert (g_file_get_contents (second, &y, &m, NULL));
    ck_assert_uint_eq (n, m);
    ck_assert (memcmp (x, y, n) == 0);
}

START_TEST (saelens_folders_come_back_as_they_were)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *part = g_build_filename ("models", "sae", sae_folders[_i], NULL);
    g_autofree char *original = support_shared (part);
    if (original == NULL)
        return;
    char *folder = support_temp_dir (), *again = support_temp_dir ();
    g_autoptr (FoveaSae) sae = load (original);
    g_autofree char *before = NULL;
    g_autoptr (JsonNode) node = json_node_alloc ();
    json_node_init_object (node, sae->config);
    before = json_to_string (node, FALSE);
    ck_assert (fovea_sae_save (sae, folder, &error));
    g_autofree char *after = json_to_string (node, FALSE);
    ck_assert_str_eq (before, after);
    g_autoptr (FoveaSae) back = load (folder);
    ck_assert (fovea_sae_save (back, again, &error));
    check_same_file (folder, again, "cfg.json");
    check_same_file (folder, again, "sae_weights.safetensors");
    for (guint t = 0; t < FOVEA_N_SAE_TENSORS; t++) {
        FoveaSaeTensor a = fovea_sae_get_tensor (sae, t), b = fovea_sae_get_tensor (back, t);
        gsize n = a.required ? (gsize) (a.shape[0] * MAX (a.shape[1], 1)) : 0;
        ck_assert (!a.required || memcmp (*a.values, *b.values, n * sizeof (float)) == 0);
    }
    support_remove_dir (folder);
    support_remove_dir (again);
}
END_TEST

/* Version 5 and older: one row a rule of 1.2. */
static const struct {
    const char *config;
    const char *key, *expected; /* in the metadata */
    FoveaSaeArchitecture architecture;
    FoveaSaeNormalize normalize;
    gboolean hook_z;
    double k;
} old[] = {
    {"{" SIZES "\"hook_point\": \"blocks.1.hook_resid_post\"}", "hook_name",
     "blocks.1.hook_resid_post", FOVEA_SAE_STANDARD, FOVEA_SAE_NORMALIZE_NONE, FALSE, 0},
    {"{" SIZES "\"hook_name\": \"blocks.1.attn.hook_z\"}", "activation_fn", "relu",
     FOVEA_SAE_STANDARD, FOVEA_SAE_NORMALIZE_NONE, TRUE, 0},
    {"{" SIZES "\"activation_fn_str\": \"topk\", \"activation_fn_kwargs\": {\"k\": 2}}",
     "activation_fn", "topk", FOVEA_SAE_TOPK, FOVEA_SAE_NORMALIZE_NONE, FALSE, 2},
    {"{" SIZES "\"normalize_activations\": true}", "activation_fn", "relu", FOVEA_SAE_STANDARD,
     FOVEA_SAE_NORMALIZE_EXPECTED_AVERAGE, FALSE, 0},
    {"{" SIZES "\"normalize_activations\": false}", "activation_fn", "relu", FOVEA_SAE_STANDARD,
     FOVEA_SAE_NORMALIZE_NONE, FALSE, 0},
    {"{" SIZES "\"normalize_activations\": null}", "activation_fn", "relu", FOVEA_SAE_STANDARD,
     FOVEA_SAE_NORMALIZE_NONE, FALSE, 0},
    {"{\"d_in\": 3, \"d_sae\": 5, \"dtype\": \"torch.float32\", \"sae_lens_version\": \"5.3.1\"}",
     "sae_lens_training_version", "5.3.1", FOVEA_SAE_STANDARD, FOVEA_SAE_NORMALIZE_NONE, FALSE, 0},
    {"{" SIZES "\"activation_fn_str\": \"relu\", \"dataset_path\": \"some/text\"}", "dataset_path",
     "some/text", FOVEA_SAE_STANDARD, FOVEA_SAE_NORMALIZE_NONE, FALSE, 0},
};

START_TEST (old_configuration_is_migrated)
{
    g_autoptr (FoveaSae) sae = load_config (old[_i].config);
    ck_assert_int_eq (sae->architecture, old[_i].architecture);
    ck_assert_int_eq (sae->normalize, old[_i].normalize);
    ck_assert_int_eq (sae->hook_z, old[_i].hook_z);
    ck_assert_double_eq (sae->k, old[_i].k);
    ck_assert (sae->apply_b_dec_to_input);
    ck_assert_str_eq (fovea_sae_get_metadata (sae, old[_i].key), old[_i].expected);
    ck_assert_float_eq (sae->w_enc[1], 2);
}
END_TEST

static const struct {
    const char *config;
    FoveaError code;
    const char *part;
} bad_configs[] = {
    {"{" SIZES V6 ", \"architecture\": \"temporal\"}", FOVEA_ERROR_UNSUPPORTED, "temporal"},
    {"{" SIZES V6 ", \"flavour\": 1}", FOVEA_ERROR_UNSUPPORTED, "flavour"},
    {"{" SIZES V6 ", \"normalize_activations\": \"covariance_whitening\"}", FOVEA_ERROR_UNSUPPORTED,
     "covariance_whitening"},
    {"{" SIZES V6 ", \"reshape_activations\": \"hook_q\"}", FOVEA_ERROR_UNSUPPORTED, "hook_q"},
    {"{" SIZES V6 ", \"architecture\": \"topk\", \"k\": 6}", FOVEA_ERROR_RANGE, "k 6"},
    {"{" SIZES V6 ", \"architecture\": \"topk\", \"k\": 0}", FOVEA_ERROR_RANGE, "k 0"},
    {"{" SIZES V6 ", \"architecture\": \"topk\", \"k\": \"many\"}", FOVEA_ERROR_FORMAT, "\"k\""},
    {"{\"d_in\": 4, \"d_sae\": 5, " V6 "}", FOVEA_ERROR_SHAPE, "W_dec"},
    {"{\"d_sae\": 5, " V6 "}", FOVEA_ERROR_RANGE, "d_in 0"},
    {"{" SIZES V6 ", \"architecture\": \"matching_pursuit\", \"residual_threshold\": -1e-9}",
     FOVEA_ERROR_RANGE, "below 0"},
    {"{" SIZES V6 ", \"architecture\": \"matching_pursuit\", \"max_iterations\": -1}",
     FOVEA_ERROR_RANGE, "below 0"},
    {"{" SIZES V6 ", \"architecture\": \"jumprelu\"}", FOVEA_ERROR_NOT_FOUND, "threshold"},
    {"{" SIZES V6 ", \"architecture\": \"gated\"}", FOVEA_ERROR_UNSUPPORTED, "b_enc"},
    {"{" SIZES "\"d_in\": 3, " V6 "}", FOVEA_ERROR_FORMAT, "d_in"},
    {"{" SIZES "\"metadata\": 3, \"sae_lens_version\": \"6.1\"}", FOVEA_ERROR_UNSUPPORTED,
     "sae_lens_version"},
};

START_TEST (bad_configuration_is_refused_by_name)
{
    char *folder = support_temp_dir ();
    write_text (folder, "cfg.json", bad_configs[_i].config);
    write_tensors (folder, "sae_weights.safetensors", plain, G_N_ELEMENTS (plain));
    check_refused (folder, bad_configs[_i].code, bad_configs[_i].part);
    support_remove_dir (folder);
}
END_TEST

/* What stands beside the weights. */
static const struct {
    const char *file, *text;
    FoveaError code;
    const char *part;
} beside[] = {
    {"activation_scaler.json", "{\"scaling_factor\": -1}", FOVEA_ERROR_RANGE, "scaling_factor -1"},
    {"activation_scaler.json", "{\"scaling_factor\": 1e300}", FOVEA_ERROR_RANGE, "scaling_factor"},
    {"activation_scaler.json", "{\"scaling_factor\": []}", FOVEA_ERROR_RANGE, "scaling_factor 0"},
    {"activation_scaler.json", "[", FOVEA_ERROR_FORMAT, "activation_scaler.json"},
    {"fold.safetensors", "", FOVEA_ERROR_FORMAT, "fold.safetensors"},
};

START_TEST (what_stands_beside_the_weights_is_refused_by_name)
{
    char *folder = support_temp_dir ();
    write_text (folder, "cfg.json",
                "{" SIZES "\"metadata\": {\"sae_lens_version\": \"6.0.0\", "
                "\"fovea_folded\": \"decoder\"}}");
    write_tensors (folder, "sae_weights.safetensors", plain, G_N_ELEMENTS (plain));
    write_text (folder, beside[_i].file, beside[_i].text);
    check_refused (folder, beside[_i].code, beside[_i].part);
    support_remove_dir (folder);
}
END_TEST

/* One norm too many, and one that is none: that of the first latent is set to @first. */
START_TEST (norms_that_were_folded_must_be_above_zero)
{
    static const Part norms[] = {{"decoder_norm", {F, 0}}, {"decoder_norm", {F + 1, 0}}};
    static const struct {
        float first;
        FoveaError code;
        const char *part;
    } rows[] = {{0, FOVEA_ERROR_NUMERIC, "norm 0 is 0"},
                {NAN, FOVEA_ERROR_NUMERIC, "norm 0 is"},
                {INFINITY, FOVEA_ERROR_NUMERIC, "norm 0 is inf"},
                {1, FOVEA_ERROR_SHAPE, "no \"decoder_norm\" of 5 numbers"}};
    char *folder = support_temp_dir ();
    gboolean long_one = rows[_i].code == FOVEA_ERROR_SHAPE;
    g_autofree char *path = g_build_filename (folder, "fold.safetensors", NULL), *bytes = NULL;
    gsize length;
    write_text (folder, "cfg.json",
                "{" SIZES "\"metadata\": {\"sae_lens_version\": \"6.0.0\", "
                "\"fovea_folded\": \"decoder\"}}");
    write_tensors (folder, "sae_weights.safetensors", plain, G_N_ELEMENTS (plain));
    write_tensors (folder, "fold.safetensors", &norms[long_one], 1);
    ck_assert (g_file_get_contents (path, &bytes, &length, NULL));
    memcpy (bytes + length - (gsize) (F + long_one) * sizeof (float), &rows[_i].first,
            sizeof (float));
    ck_assert (g_file_set_contents (path, bytes, (gssize) length, NULL));
    check_refused (folder, rows[_i].code, rows[_i].part);
    support_remove_dir (folder);
}
END_TEST

/* The mean norm of inputs so small that what is folded into the weights has no bounds. */
START_TEST (llama_scope_without_bounds_is_refused)
{
    char *folder = support_temp_dir ();
    write_text (folder, "hyperparams.json",
                "{\"d_model\": 3, \"d_sae\": 5, \"jump_relu_threshold\": 0.5, "
                "\"dataset_average_activation_norm\": {\"in\": 1e-300}}");
    write_tensors (folder, "final.safetensors", turned, G_N_ELEMENTS (turned));
    check_refused (folder, FOVEA_ERROR_NUMERIC, "is inf");
    support_remove_dir (folder);
}
END_TEST

/* Other projects' folders: their settings, beside the tensors that they need. */
static const struct {
    const char *json, *text, *tensors;
    FoveaError code;
    const char *part;
} foreign[] = {
    {"cfg.json", "{\"d_in\": 3, \"num_latents\": 5, \"k\": 2, \"transcode\": true}",
     "sae.safetensors", FOVEA_ERROR_UNSUPPORTED, "transcoders"},
    {"cfg.json", "{\"d_in\": 3, \"num_latents\": 5, \"k\": 2, \"skip_connection\": true}",
     "sae.safetensors", FOVEA_ERROR_UNSUPPORTED, "transcoders"},
    {"cfg.json", "{\"d_in\": 3, \"num_latents\": 5, \"k\": 2, \"activation\": \"groupmax\"}",
     "sae.safetensors", FOVEA_ERROR_UNSUPPORTED, "activation \"groupmax\""},
    {"cfg.json", "{\"d_in\": 3, \"num_latents\": 5, \"k\": 9}", "sae.safetensors",
     FOVEA_ERROR_RANGE, "k 9"},
    {"cfg.json", "{\"d_in\": 3, \"expansion_factor\": 3000000000000}", "sae.safetensors",
     FOVEA_ERROR_RANGE, "d_sae"},
    {"cfg.json", "{\"d_in\": -3, \"expansion_factor\": 2}", "sae.safetensors", FOVEA_ERROR_RANGE,
     "d_in -3"},
    {"cfg.json", "[]", "sae.safetensors", FOVEA_ERROR_FORMAT, "cfg.json"},
    {"hyperparams.json", "{\"d_model\": 3, \"d_sae\": 5}", "final.safetensors", FOVEA_ERROR_FORMAT,
     "dataset_average_activation_norm.in"},
    {"hyperparams.json",
     "{\"d_model\": 3, \"d_sae\": 5, \"dataset_average_activation_norm\": {\"in\": -1}}",
     "final.safetensors", FOVEA_ERROR_FORMAT, "dataset_average_activation_norm.in"},
    {"hyperparams.json", "{", "final.safetensors", FOVEA_ERROR_FORMAT, "hyperparams.json"},
    {"hyperparams.json",
     "{\"d_model\": 3, \"d_sae\": 4, \"dataset_average_activation_norm\": {\"in\": 2}}",
     "final.safetensors", FOVEA_ERROR_SHAPE, "\"encoder.weight\" is (5, 3), expected (4, 3)"},
    {"config.json", "{\"trainer\": 5}", "ae.safetensors", FOVEA_ERROR_UNSUPPORTED, "dict_class"},
    {"config.json",
     "{\"trainer\": {\"dict_class\": \"AutoEncoderTopK\", \"activation_dim\": 3, "
     "\"dict_size\": 5}}",
     "ae.safetensors", FOVEA_ERROR_RANGE, "k 0"},
    {"config.json", "", "ae.safetensors", FOVEA_ERROR_FORMAT, "config.json"},
    {"cfg.json", "{}", "params.npz", FOVEA_ERROR_FORMAT, "params.npz"},
};

START_TEST (foreign_folders_are_refused_by_what_is_wrong)
{
    char *folder = support_temp_dir ();
    write_text (folder, foreign[_i].json, foreign[_i].text);
    write_tensors (folder, foreign[_i].tensors, turned, G_N_ELEMENTS (turned));
    check_refused (folder, foreign[_i].code, foreign[_i].part);
    support_remove_dir (folder);
}
END_TEST

/* An archive of numpy's, but without what a Gemma Scope file must have. */
START_TEST (an_archive_without_an_encoder_is_refused)
{
    char *folder = support_temp_dir ();
    g_autofree char *path = g_build_filename (folder, "params.npz", NULL);
    g_autoptr (FoveaArrayWriter) writer = fovea_npz_writer_new (path, NULL);
    const FoveaTensor flat = {.name = "W_enc", .dtype = FOVEA_F32, .rank = 1, .shape = {1}};
    const float one = 1;
    ck_assert (writer->add (writer, &flat, NULL) &&
               writer->append (writer, &one, sizeof one, NULL) && writer->finish (writer, NULL));
    check_refused (folder, FOVEA_ERROR_NOT_FOUND, "has no matrix \"W_enc\"");
    support_remove_dir (folder);
}
END_TEST

START_TEST (unknown_tensor_is_refused_by_name)
{
    char *folder = support_temp_dir ();
    const Part parts[] = {plain[0], plain[1], plain[2], plain[3], {"W_mystery", {2, 2}}};
    write_text (folder, "cfg.json", "{" SIZES V6 "}");
    write_tensors (folder, "sae_weights.safetensors", parts, G_N_ELEMENTS (parts));
    check_refused (folder, FOVEA_ERROR_UNSUPPORTED, "W_mystery");
    support_remove_dir (folder);
}
END_TEST

/* Foreign folders repeat a scalar or two, which are passed over; one of SAELens's has none too many. */
START_TEST (a_tensor_too_many_is_refused_where_it_means_something)
{
    static const char *const names[] = {"threshold", "k"};
    char *folder = support_temp_dir ();
    const Part parts[] = {plain[0], plain[1], plain[2], plain[3], {names[_i], {F, 0}}};
    write_text (folder, "cfg.json", "{" SIZES V6 "}");
    write_tensors (folder, "sae_weights.safetensors", parts, G_N_ELEMENTS (parts));
    check_refused (folder, FOVEA_ERROR_UNSUPPORTED, names[_i]);
    support_remove_dir (folder);
}
END_TEST

START_TEST (numbers_that_are_none_are_not_saved)
{
    char *folder = support_temp_dir ();
    g_autofree char *below = g_build_filename (folder, "new", NULL);
    g_autoptr (FoveaSae) sae = fovea_sae_new (FOVEA_SAE_STANDARD, D, D, F, NULL);
    g_autoptr (GError) error = NULL;
    sae->w_dec[4] = NAN;
    ck_assert (!fovea_sae_save (sae, below, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC));
    ck_assert_ptr_nonnull (strstr (error->message, "W_dec: the number at 4"));
    ck_assert (!g_file_test (below, G_FILE_TEST_EXISTS));
    support_remove_dir (folder);
}
END_TEST

START_TEST (factor_of_old_files_is_kept_unless_it_is_one)
{
    char *folder = support_temp_dir ();
    const Part parts[] = {plain[0], plain[1], plain[2], plain[3], {"scaling_factor", {F, 0}}};
    write_text (folder, "cfg.json", "{" SIZES V6 "}");
    write_tensors (folder, "sae_weights.safetensors", parts, G_N_ELEMENTS (parts));
    g_autoptr (FoveaSae) sae = load (folder);
    ck_assert_float_eq (sae->scaling_factor[4], 5);
    for (int j = 0; j < F; j++)
        sae->scaling_factor[j] = 1;
    ck_assert (fovea_sae_save (sae, folder, NULL));
    g_autoptr (FoveaSae) back = load (folder);
    ck_assert_ptr_null (back->scaling_factor);
    support_remove_dir (folder);
}
END_TEST

START_TEST (pickles_are_refused_with_the_reason)
{
    char *folder = support_temp_dir ();
    write_text (folder, "ae.pt", "PK");
    check_refused (folder, FOVEA_ERROR_UNSUPPORTED, "is a pickle");
    support_remove_dir (folder);
}
END_TEST

START_TEST (empty_folder_is_no_autoencoder)
{
    char *folder = support_temp_dir ();
    check_refused (folder, FOVEA_ERROR_NOT_FOUND, "no sparse autoencoder");
    support_remove_dir (folder);
}
END_TEST

/* Entry [r, c] of a (rows, columns) matrix is r*columns + c + 1; of its transpose's copy, other. */
static void
check_turned (const FoveaSae *sae)
{
    ck_assert_float_eq (sae->w_enc[0 * F + 2], 2 * D + 0 + 1);
    ck_assert_float_eq (sae->w_dec[2 * D + 1], 1 * F + 2 + 1);
}

START_TEST (sparsify_is_imported)
{
    char *folder = support_temp_dir ();
    const Part parts[] = {turned[0], {"W_dec", {F, D}}, turned[2], {"b_dec", {D, 0}}};
    write_text (folder, "cfg.json",
                _i ? "{\"d_in\": 3, \"num_latents\": 5, \"k\": 2, \"signed\": true}"
                   : "{\"d_in\": 3, \"num_latents\": 5, \"k\": 2}");
    write_tensors (folder, "sae.safetensors", parts, G_N_ELEMENTS (parts));
    g_autoptr (FoveaSae) sae = load (folder);
    ck_assert_int_eq (sae->architecture, _i ? FOVEA_SAE_ABSTOPK : FOVEA_SAE_TOPK);
    ck_assert_double_eq (sae->k, 2);
    ck_assert_float_eq (sae->w_enc[0 * F + 2], 2 * D + 1);
    ck_assert_float_eq (sae->w_dec[2 * D + 1], 2 * D + 2);
    ck_assert (sae->apply_b_dec_to_input);
    write_text (folder, "cfg.json",
                "{\"d_in\": 3, \"num_latents\": 5, \"k\": 2, \"activation\": \"groupmax\"}");
    check_refused (folder, FOVEA_ERROR_UNSUPPORTED, "\"groupmax\" is not known");
    support_remove_dir (folder);
}
END_TEST

START_TEST (dictionary_learning_is_imported)
{
    char *folder = support_temp_dir ();
    write_text (folder, "config.json",
                "{\"trainer\": {\"dict_class\": \"AutoEncoderTopK\", \"activation_dim\": 3, "
                "\"dict_size\": 5, \"k\": 4}}");
    const Part parts[] = {turned[0], turned[1], turned[2], turned[3], {"threshold", {1, 0}}};
    write_tensors (folder, "ae.safetensors", parts, G_N_ELEMENTS (parts));
    g_autoptr (FoveaSae) sae = load (folder);
    ck_assert_int_eq (sae->architecture, FOVEA_SAE_TOPK);
    ck_assert_double_eq (sae->k, 4);
    ck_assert_ptr_null (sae->threshold);
    check_turned (sae);
    write_text (folder, "config.json",
                "{\"trainer\": {\"dict_class\": \"BatchTopKSAE\", \"activation_dim\": 3, "
                "\"dict_size\": 5, \"k\": 4}}");
    g_autoptr (FoveaSae) jump = load (folder);
    ck_assert_int_eq (jump->architecture, FOVEA_SAE_JUMPRELU);
    ck_assert_float_eq (jump->threshold[4], 1);
    write_text (folder, "config.json", "{\"trainer\": {\"dict_class\": \"Strange\"}}");
    check_refused (folder, FOVEA_ERROR_UNSUPPORTED, "Strange");
    support_remove_dir (folder);
}
END_TEST

START_TEST (llama_scope_is_imported)
{
    char *folder = support_temp_dir ();
    write_text (folder, "hyperparams.json",
                "{\"d_model\": 3, \"d_sae\": 5, \"jump_relu_threshold\": 0.5, "
                "\"hook_point_in\": \"blocks.2.hook_resid_post\", "
                "\"dataset_average_activation_norm\": {\"in\": 3.4641016151377544}}");
    const Part parts[] = {turned[0], turned[1], turned[2], {"decoder.bias", {D, 0}}};
    write_tensors (folder, "final.safetensors", parts, G_N_ELEMENTS (parts));
    g_autoptr (FoveaSae) sae = load (folder);
    /* The scale of inputs is sqrt (3) / (2 sqrt (3)). */
    ck_assert_int_eq (sae->architecture, FOVEA_SAE_JUMPRELU);
    /* Decoder row 3 is (4, 9, 14). */
    ck_assert_float_eq_tol (sae->threshold[3], (float) (.25 / sqrt (293)), 1e-7f);
    ck_assert_float_eq_tol (sae->w_enc[0 * F + 2], 7 * .5f, 1e-5f);
    ck_assert_float_eq_tol (sae->w_dec[2 * D + 1], 8 / .5f, 1e-5f);
    ck_assert (!sae->apply_b_dec_to_input);
    ck_assert_str_eq (fovea_sae_get_metadata (sae, "hook_name"), "blocks.2.hook_resid_post");
    write_text (folder, "hyperparams.json",
                "{\"d_model\": 3, \"d_sae\": 5, \"jump_relu_threshold\": 0.5, "
                "\"sparsity_include_decoder_norm\": false, "
                "\"dataset_average_activation_norm\": {\"in\": 3.4641016151377544}}");
    g_autoptr (FoveaSae) bare = load (folder);
    ck_assert_float_eq_tol (bare->threshold[3], .25f, 1e-6f);
    support_remove_dir (folder);
}
END_TEST

START_TEST (site_that_does_not_match_is_refused)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSae) sae = load_config ("{" SIZES V6 "}");
    ck_assert (fovea_sae_check_site (sae, "blocks.3.hook_resid_pre", 3, &error));
    ck_assert (!fovea_sae_check_site (sae, "blocks.2.hook_resid_pre", 3, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
    ck_assert_ptr_nonnull (strstr (error->message, "blocks.3"));
    ck_assert (!fovea_sae_check_site (sae, "blocks.3.hook_resid_pre", 4, NULL));
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("files");
    tcase_add_loop_test (tc, what_is_saved_comes_back, 0, FOVEA_N_SAE_ARCHITECTURES);
    tcase_add_loop_test (tc, saelens_folders_come_back_as_they_were, 0, G_N_ELEMENTS (sae_folders));
    tcase_add_loop_test (tc, old_configuration_is_migrated, 0, G_N_ELEMENTS (old));
    tcase_add_loop_test (tc, bad_configuration_is_refused_by_name, 0, G_N_ELEMENTS (bad_configs));
    tcase_add_loop_test (tc, what_stands_beside_the_weights_is_refused_by_name, 0,
                         G_N_ELEMENTS (beside));
    tcase_add_loop_test (tc, norms_that_were_folded_must_be_above_zero, 0, 4);
    tcase_add_test (tc, llama_scope_without_bounds_is_refused);
    tcase_add_loop_test (tc, foreign_folders_are_refused_by_what_is_wrong, 0,
                         G_N_ELEMENTS (foreign));
    tcase_add_test (tc, an_archive_without_an_encoder_is_refused);
    tcase_add_test (tc, unknown_tensor_is_refused_by_name);
    tcase_add_loop_test (tc, a_tensor_too_many_is_refused_where_it_means_something, 0, 2);
    tcase_add_test (tc, numbers_that_are_none_are_not_saved);
    tcase_add_test (tc, factor_of_old_files_is_kept_unless_it_is_one);
    tcase_add_test (tc, pickles_are_refused_with_the_reason);
    tcase_add_test (tc, empty_folder_is_no_autoencoder);
    tcase_add_loop_test (tc, sparsify_is_imported, 0, 2);
    tcase_add_test (tc, dictionary_learning_is_imported);
    tcase_add_test (tc, llama_scope_is_imported);
    tcase_add_test (tc, site_that_does_not_match_is_refused);
    Suite *suite = suite_create ("sae-file");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
