/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "app/sae-folder.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "capture/safetensors-writer.h"

gboolean
fovea_sae_folder_make (const char *folder, GError **error)
{
    if (g_mkdir_with_parents (folder, 0777) == 0)
        return TRUE;
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", folder,
                 g_strerror (errno));
    return FALSE;
}

/* Name of a type in cfg.json. */
static const char *
get_dtype_name (FoveaDtype dtype)
{
    return dtype == FOVEA_F16 ? "float16" : dtype == FOVEA_BF16 ? "bfloat16" : "float32";
}

static gboolean
write_config (const FoveaSae *sae, const char *path, GError **error)
{
    JsonObject *config = sae->config;
    json_object_set_string_member (config, "architecture",
                                   fovea_sae_architecture_name (sae->architecture));
    json_object_set_int_member (config, "d_in", sae->d_in);
    json_object_set_int_member (config, "d_sae", sae->d_sae);
    if (fovea_sae_is_transcoder (sae->architecture))
        json_object_set_int_member (config, "d_out", sae->d_out);
    json_object_set_string_member (config, "dtype", get_dtype_name (sae->dtype));
    json_object_set_string_member (config, "device", "cpu");
    json_object_set_boolean_member (config, "apply_b_dec_to_input", sae->apply_b_dec_to_input);
    json_object_set_string_member (config, "normalize_activations",
                                   fovea_sae_normalize_name (sae->normalize));
    json_object_set_string_member (config, "reshape_activations", sae->hook_z ? "hook_z" : "none");
    if (fovea_sae_has_k (sae->architecture)) {
        json_object_set_int_member (config, "k", (gint64) sae->k);
        json_object_set_boolean_member (config, "rescale_acts_by_decoder_norm",
                                        sae->rescale_acts_by_decoder_norm);
    }
    JsonObject *metadata = json_object_get_object_member (config, "metadata");
    json_object_set_string_member (metadata, "sae_lens_version", "6.0.0");
    g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
    json_node_set_object (node, config);
    g_autoptr (JsonGenerator) generator = json_generator_new ();
    json_generator_set_pretty (generator, TRUE);
    json_generator_set_root (generator, node);
    return json_generator_to_file (generator, path, error);
}

static gboolean
write_tensor (FoveaSafetensorsWriter *writer,
              const FoveaSaeTensor *tensor,
              FoveaDtype dtype,
              GError **error)
{
    gsize n = (gsize) tensor->shape[0] * (tensor->rank > 1 ? (gsize) tensor->shape[1] : 1);
    g_autofree void *narrow = g_malloc (n * fovea_dtype_size (dtype));
    fovea_dtype_from_f32 (*tensor->values, n, dtype, narrow);
    return fovea_safetensors_writer_append (writer, narrow, n * fovea_dtype_size (dtype), error);
}

gboolean
fovea_sae_folder_save (FoveaSae *sae, const char *folder, GError **error)
{
    g_autofree char *config = g_build_filename (folder, "cfg.json", NULL);
    g_autofree char *weights = g_build_filename (folder, "sae_weights.safetensors", NULL);
    g_autoptr (FoveaSafetensorsWriter) writer = fovea_safetensors_writer_new (weights);
    for (int pass = 0; pass < 2; pass++)
        for (guint i = 0; i < FOVEA_N_SAE_TENSORS; i++) {
            FoveaSaeTensor tensor = fovea_sae_get_tensor (sae, i);
            if (*tensor.values == NULL)
                continue;
            if (pass == 0 && !fovea_safetensors_writer_add_tensor (
                                 writer, tensor.name, sae->dtype, tensor.rank, tensor.shape, error))
                return FALSE;
            if (pass == 1 && !write_tensor (writer, &tensor, sae->dtype, error))
                return FALSE;
        }
    return fovea_safetensors_writer_finish (writer, error) && write_config (sae, config, error);
}
