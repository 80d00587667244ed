/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* SAELens's folders, and which format a folder is of. What a folder of Fovea's own has beside
 * SAELens's files: fold.safetensors, the decoder norms that were folded. */
#include "analysis/sae-file.h"

#include <errno.h>
#include <string.h>

#include "analysis/sae-file-private.h"
#include "capture/json.h"
#include "capture/output-file.h"
#include "capture/safetensors-writer.h"

static const char CONFIG[] = "cfg.json";
static const char WEIGHTS[] = "sae_weights.safetensors";
static const char SCALER[] = "activation_scaler.json";
static const char FOLD[] = "fold.safetensors";

gboolean
fovea_sae_has_file (const char *folder, const char *file)
{
    g_autofree char *path = g_build_filename (folder, file, NULL);
    return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

JsonObject *
fovea_sae_read_json (const char *folder, const char *file, GError **error)
{
    g_autofree char *path = g_build_filename (folder, file, NULL);
    g_autofree char *text = NULL;
    gsize length;
    if (!g_file_get_contents (path, &text, &length, error))
        return NULL;
    return fovea_json_parse_object (text, length, path, 0, error);
}

static gboolean
read_scaler (FoveaSae *sae, const char *folder, GError **error)
{
    if (!fovea_sae_has_file (folder, SCALER))
        return TRUE;
    g_autoptr (JsonObject) object = fovea_sae_read_json (folder, SCALER, error);
    if (object == NULL)
        return FALSE;
    JsonNode *node = json_object_get_member (object, "scaling_factor");
    if (node == NULL || JSON_NODE_HOLDS_NULL (node))
        return TRUE;
    sae->scaler = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : 0;
    if (sae->scaler > 0 && sae->scaler < G_MAXFLOAT)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE, "%s/%s: scaling_factor %g is not above 0",
                 folder, SCALER, sae->scaler);
    return FALSE;
}

static gboolean
read_fold (FoveaSae *sae, const char *folder, GError **error)
{
    if (fovea_sae_get_metadata (sae, "fovea_folded") == NULL || !fovea_sae_has_file (folder, FOLD))
        return TRUE;
    g_autofree char *path = g_build_filename (folder, FOLD, NULL);
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, error);
    if (file == NULL)
        return FALSE;
    const FoveaTensor *tensor = fovea_safetensors_lookup (file, "decoder_norm");
    if (tensor == NULL || tensor->n_elements != sae->d_sae) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "%s: no \"decoder_norm\" of %" G_GINT64_FORMAT " numbers", path, sae->d_sae);
        return FALSE;
    }
    sae->folded_norm = g_new (float, (gsize) sae->d_sae);
    fovea_dtype_to_f32 (tensor->data, tensor->dtype, (gsize) sae->d_sae, sae->folded_norm);
    for (gint64 j = 0; j < sae->d_sae; j++)
        if (!(sae->folded_norm[j] > 0 && sae->folded_norm[j] <= G_MAXFLOAT)) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC,
                         "%s: norm %" G_GINT64_FORMAT " is %g", path, j,
                         (double) sae->folded_norm[j]);
            return FALSE;
        }
    return TRUE;
}

static FoveaSae *
load_saelens (const char *folder, GError **error)
{
    JsonObject *config = fovea_sae_read_json (folder, CONFIG, error);
    if (config == NULL)
        return NULL;
    if (fovea_sae_config_is_old (config)) {
        JsonObject *old = config;
        config = fovea_sae_config_migrate (old);
        json_object_unref (old);
    }
    g_autofree char *config_path = g_build_filename (folder, CONFIG, NULL);
    g_autofree char *path = g_build_filename (folder, WEIGHTS, NULL);
    g_autoptr (FoveaSae) sae = fovea_sae_config_build (config, config_path, error);
    if (sae == NULL || !read_scaler (sae, folder, error))
        return NULL;
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, error);
    guint n;
    const FoveaTensor *tensors = file != NULL ? fovea_safetensors_list (file, &n) : NULL;
    if (tensors == NULL || !fovea_sae_fill (sae, tensors, n, path, FALSE, error) ||
        !read_fold (sae, folder, error))
        return NULL;
    return g_steal_pointer (&sae);
}

/* The first pickle in a folder, or NULL. */
static char *
find_pickle (const char *folder)
{
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        if (g_str_has_suffix (name, ".pt") || g_str_has_suffix (name, ".pth") ||
            g_str_has_suffix (name, ".pkl"))
            return g_strdup (name);
    return NULL;
}

FoveaSae *
fovea_sae_load (const char *folder, GError **error)
{
    if (fovea_sae_has_file (folder, CONFIG) && fovea_sae_has_file (folder, WEIGHTS))
        return load_saelens (folder, error);
    GError *failure = NULL;
    FoveaSae *sae = fovea_sae_import (folder, &failure);
    if (sae != NULL || failure != NULL) {
        if (failure != NULL)
            g_propagate_error (error, failure);
        return sae;
    }
    g_autofree char *pickle = find_pickle (folder);
    if (pickle != NULL)
        g_set_error (
            error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
            "%s/%s is a pickle: reading it would run whatever program is in it. Convert it "
            "to safetensors with the tool that wrote it",
            folder, pickle);
    else if (!g_file_test (folder, G_FILE_TEST_EXISTS))
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "%s: no such folder of an autoencoder", folder);
    else
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "%s holds no sparse autoencoder (%s and %s, sae.safetensors, params.npz, "
                     "hyperparams.json, or config.json and ae.safetensors)",
                     folder, CONFIG, WEIGHTS);
    return NULL;
}

static gboolean
write_text (const char *folder, const char *name, const char *text, GError **error)
{
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (FoveaOutputFile) file = fovea_output_file_new (path, error);
    return file != NULL && fovea_output_file_write (file, text, strlen (text), error) &&
           fovea_output_file_finish (file, error);
}

static gboolean
append_values (
    FoveaSafetensorsWriter *writer, const float *values, gsize n, FoveaDtype dtype, GError **error)
{
    if (dtype == FOVEA_F32)
        return fovea_safetensors_writer_append (writer, values, n * sizeof *values, error);
    g_autofree guint8 *narrow = g_malloc (MAX (n, 1) * fovea_dtype_size (dtype));
    fovea_dtype_from_f32 (values, n, dtype, narrow);
    return fovea_safetensors_writer_append (writer, narrow, n * fovea_dtype_size (dtype), error);
}

static gboolean
write_weights (FoveaSae *sae, const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename (folder, WEIGHTS, NULL);
    g_autoptr (FoveaSafetensorsWriter) writer = fovea_safetensors_writer_new (path);
    for (guint i = 0; i < FOVEA_N_SAE_TENSORS; i++) {
        FoveaSaeTensor tensor = fovea_sae_get_tensor (sae, i);
        if (*tensor.values != NULL &&
            !fovea_safetensors_writer_add_tensor (writer, tensor.name, sae->dtype, tensor.rank,
                                                  tensor.shape, error))
            return FALSE;
    }
    for (guint i = 0; i < FOVEA_N_SAE_TENSORS; i++) {
        FoveaSaeTensor tensor = fovea_sae_get_tensor (sae, i);
        gsize n = (gsize) (tensor.shape[0] * MAX (tensor.shape[1], 1));
        if (*tensor.values != NULL && !append_values (writer, *tensor.values, n, sae->dtype, error))
            return FALSE;
    }
    return fovea_safetensors_writer_finish (writer, error);
}

static gboolean
write_fold (const FoveaSae *sae, const char *folder, GError **error)
{
    if (sae->folded_norm == NULL)
        return TRUE;
    g_autofree char *path = g_build_filename (folder, FOLD, NULL);
    g_autoptr (FoveaSafetensorsWriter) writer = fovea_safetensors_writer_new (path);
    return fovea_safetensors_writer_add_tensor (writer, "decoder_norm", FOVEA_F32, 1, &sae->d_sae,
                                                error) &&
           append_values (writer, sae->folded_norm, (gsize) sae->d_sae, FOVEA_F32, error) &&
           fovea_safetensors_writer_finish (writer, error);
}

static gboolean
write_scaler (const FoveaSae *sae, const char *folder, GError **error)
{
    if (!(sae->scaler > 0))
        return TRUE;
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_dtostr (number, sizeof number, sae->scaler);
    g_autofree char *text = g_strdup_printf ("{\"scaling_factor\": %s}\n", number);
    return write_text (folder, SCALER, text, error);
}

gboolean
fovea_sae_save (FoveaSae *sae, const char *folder, GError **error)
{
    if (!fovea_sae_check (sae, error))
        return FALSE;
    if (g_mkdir_with_parents (folder, 0777) != 0) {
        int code = errno;
        g_set_error (error, G_FILE_ERROR, (gint) g_file_error_from_errno (code), "%s: %s", folder,
                     g_strerror (code));
        return FALSE;
    }
    fovea_sae_config_update (sae);
    g_autoptr (JsonNode) node = json_node_alloc ();
    json_node_init_object (node, sae->config);
    g_autofree char *text = json_to_string (node, TRUE);
    return write_weights (sae, folder, error) && write_fold (sae, folder, error) &&
           write_scaler (sae, folder, error) && write_text (folder, CONFIG, text, error);
}

char *
fovea_sae_hash (FoveaSae *sae)
{
    g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
    const char *site = fovea_sae_get_metadata (sae, "hook_name");
    char k[G_ASCII_DTOSTR_BUF_SIZE], scaler[G_ASCII_DTOSTR_BUF_SIZE];
    char threshold[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_dtostr (k, sizeof k, sae->k);
    g_ascii_dtostr (scaler, sizeof scaler, sae->scaler);
    g_ascii_dtostr (threshold, sizeof threshold, sae->residual_threshold);
    g_autofree char *settings = g_strdup_printf (
        "%d %s %d %d %d %s %s %" G_GINT64_FORMAT " %d %s", (int) sae->architecture, k,
        sae->apply_b_dec_to_input, sae->rescale_acts_by_decoder_norm, (int) sae->normalize, scaler,
        threshold, sae->max_iterations, sae->stop_on_duplicate_support, site != NULL ? site : "");
    g_checksum_update (sum, (const guchar *) settings, -1);
    for (guint i = 0; i < FOVEA_N_SAE_TENSORS; i++) {
        FoveaSaeTensor tensor = fovea_sae_get_tensor (sae, i);
        gsize n = (gsize) (tensor.shape[0] * MAX (tensor.shape[1], 1));
        if (*tensor.values == NULL)
            continue;
        g_checksum_update (sum, (const guchar *) tensor.name, -1);
        g_checksum_update (sum, (const guchar *) *tensor.values, (gssize) (n * sizeof (float)));
    }
    return g_strdup (g_checksum_get_string (sum));
}

gboolean
fovea_sae_check_site (const FoveaSae *sae, const char *hook_name, gint64 width, GError **error)
{
    const char *reads = fovea_sae_get_metadata (sae, "hook_name");
    if (sae->d_in == width && (reads == NULL || strcmp (reads, hook_name) == 0))
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                 "the autoencoder reads %s of width %" G_GINT64_FORMAT ", not %s of width "
                 "%" G_GINT64_FORMAT,
                 reads != NULL ? reads : "a site", sae->d_in, hook_name, width);
    return FALSE;
}
