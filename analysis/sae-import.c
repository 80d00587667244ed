/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Other projects' folders. Each reader writes a configuration of SAELens 6 from what its format says
 * and leaves the tensors to fovea_sae_fill(); the format's own configuration is kept in the
 * metadata (methods/features-and-sparsity.md 1.5). */
#include <math.h>
#include <string.h>

#include "analysis/sae-file-private.h"
#include "analysis/sae-fold.h"
#include "capture/json.h"
#include "capture/npz.h"

static gint64
get_int (JsonObject *object, const char *key)
{
    JsonNode *node = object != NULL ? json_object_get_member (object, key) : NULL;
    return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_int (node) : 0;
}

static double
get_double (JsonObject *object, const char *key)
{
    JsonNode *node = object != NULL ? json_object_get_member (object, key) : NULL;
    return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : 0;
}

static gboolean
get_bool (JsonObject *object, const char *key)
{
    JsonNode *node = json_object_get_member (object, key);
    return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_boolean (node);
}

/* @source: (nullable): kept in the metadata. */
static JsonObject *
new_config (const char *architecture, gint64 d, gint64 F, gboolean centred, JsonObject *source)
{
    JsonObject *config = json_object_new ();
    JsonObject *metadata = json_object_new ();
    json_object_set_string_member (config, "architecture", architecture);
    json_object_set_int_member (config, "d_in", d);
    json_object_set_int_member (config, "d_sae", F);
    json_object_set_boolean_member (config, "apply_b_dec_to_input", centred);
    if (source != NULL)
        json_object_set_object_member (metadata, "imported_config", json_object_ref (source));
    json_object_set_object_member (config, "metadata", metadata);
    return config;
}

static FoveaSae *
load_safetensors (JsonObject *config, const char *folder, const char *file, GError **error)
{
    g_autofree char *path = g_build_filename (folder, file, NULL);
    g_autoptr (FoveaSae) sae = fovea_sae_config_build (config, folder, error);
    g_autoptr (FoveaSafetensors) tensors =
        sae != NULL ? fovea_safetensors_open (path, error) : NULL;
    if (tensors == NULL)
        return NULL;
    guint n;
    const FoveaTensor *list = fovea_safetensors_list (tensors, &n);
    return fovea_sae_fill (sae, list, n, path, TRUE, error) ? g_steal_pointer (&sae) : NULL;
}

/* Its encoder subtracts b_dec from the input unless it is a transcoder (sparse_coder.py). */
static FoveaSae *
import_sparsify (const char *folder, GError **error)
{
    g_autoptr (JsonObject) source = fovea_sae_read_json (folder, "cfg.json", error);
    if (source == NULL)
        return NULL;
    if (get_bool (source, "transcode") || get_bool (source, "skip_connection")) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "%s: transcoders that choose by rank are not supported", folder);
        return NULL;
    }
    const char *activation = fovea_json_get_text (source, "activation");
    if (activation != NULL && strcmp (activation, "topk") != 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "%s: activation \"%s\" is not known, only topk is", folder, activation);
        return NULL;
    }
    gint64 d = get_int (source, "d_in"), F = get_int (source, "num_latents");
    gint64 expansion = CLAMP (get_int (source, "expansion_factor"), 0, G_MAXINT32);
    if (F == 0 && d > 0 && d <= G_MAXINT32)
        F = d * expansion;
    JsonObject *config =
        new_config (get_bool (source, "signed") ? "abstopk" : "topk", d, F, TRUE, source);
    json_object_set_int_member (config, "k", get_int (source, "k"));
    return load_safetensors (config, folder, "sae.safetensors", error);
}

static FoveaSae *
import_gemma_scope (const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename (folder, "params.npz", NULL);
    g_autoptr (FoveaNpz) npz = fovea_npz_open (path, error);
    if (npz == NULL)
        return NULL;
    guint n;
    const FoveaTensor *list = fovea_npz_list (npz, &n), *encoder = NULL;
    for (guint i = 0; i < n; i++)
        if (strcmp (list[i].name, "W_enc") == 0 && list[i].rank == 2)
            encoder = &list[i];
    if (encoder == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "%s has no matrix \"W_enc\"", path);
        return NULL;
    }
    JsonObject *config = new_config ("jumprelu", encoder->shape[0], encoder->shape[1], FALSE, NULL);
    JsonObject *metadata = fovea_json_get_object (config, "metadata");
    json_object_set_boolean_member (metadata, "prepend_bos", TRUE);
    json_object_set_int_member (metadata, "context_size", 1024);
    g_autoptr (FoveaSae) sae = fovea_sae_config_build (config, folder, error);
    if (sae == NULL || !fovea_sae_fill (sae, list, n, path, TRUE, error))
        return NULL;
    return g_steal_pointer (&sae);
}

/* One threshold for all latents, and inputs brought to the norm sqrt (d), which is folded into the
 * weights. OpenMOSS's own inference compares the threshold with pre-activations of inputs as they are,
 * times the norm of the latent's decoder row unless sparsity_include_decoder_norm is false; codes here
 * are those of inputs brought to the norm. (SAELens 6 compares the bare threshold with the latter.) */
static float *
make_llama_thresholds (JsonObject *source, const float *norms, gint64 F, double scaler)
{
    gboolean by_norm = !json_object_has_member (source, "sparsity_include_decoder_norm") ||
                       get_bool (source, "sparsity_include_decoder_norm");
    float *thresholds = g_new (float, (gsize) F);
    for (gint64 j = 0; j < F; j++) {
        double norm = by_norm && norms[j] > 0 ? (double) norms[j] : 1;
        thresholds[j] = (float) (get_double (source, "jump_relu_threshold") * scaler / norm);
    }
    return thresholds;
}

static FoveaSae *
import_llama_scope (const char *folder, GError **error)
{
    g_autoptr (JsonObject) source = fovea_sae_read_json (folder, "hyperparams.json", error);
    if (source == NULL)
        return NULL;
    gint64 d = get_int (source, "d_model");
    double norm =
        get_double (fovea_json_get_object (source, "dataset_average_activation_norm"), "in");
    if (!(norm > 0)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "%s/hyperparams.json: dataset_average_activation_norm.in is not above 0",
                     folder);
        return NULL;
    }
    double scaler = sqrt ((double) d) / norm;
    /* Built as one without thresholds, which are not in the file of tensors. */
    JsonObject *config = new_config ("batchtopk", d, get_int (source, "d_sae"), FALSE, source);
    json_object_set_int_member (config, "k", 1);
    if (fovea_json_get_text (source, "hook_point_in") != NULL)
        json_object_set_string_member (fovea_json_get_object (config, "metadata"), "hook_name",
                                       fovea_json_get_text (source, "hook_point_in"));
    gboolean below = fovea_sae_has_file (folder, "checkpoints/final.safetensors");
    g_autoptr (FoveaSae) sae = load_safetensors (
        config, folder, below ? "checkpoints/final.safetensors" : "final.safetensors", error);
    if (sae == NULL)
        return NULL;
    g_autofree float *norms = fovea_sae_decoder_norms (sae);
    fovea_sae_fold_scaler (sae, scaler);
    sae->architecture = FOVEA_SAE_JUMPRELU;
    sae->k = 0;
    json_object_remove_member (sae->config, "k");
    sae->threshold = make_llama_thresholds (source, norms, sae->d_sae, scaler);
    if (fovea_sae_check (sae, error))
        return g_steal_pointer (&sae);
    g_prefix_error (error, "%s with inputs brought from a norm of %g: ", folder, norm);
    return NULL;
}

static const struct {
    const char *class, *architecture;
    gboolean centred;
} dictionary_classes[] = {
    {"AutoEncoder", "standard", TRUE},
    {"AutoEncoderNew", "standard", TRUE},
    {"GatedAutoEncoder", "gated", TRUE},
    {"JumpReluAutoEncoder", "jumprelu", FALSE},
    {"AutoEncoderTopK", "topk", TRUE},
    {"BatchTopKSAE", "jumprelu", TRUE},
    {"MatryoshkaBatchTopKSAE", "jumprelu", TRUE},
};

static FoveaSae *
import_dictionary_learning (const char *folder, GError **error)
{
    g_autoptr (JsonObject) source = fovea_sae_read_json (folder, "config.json", error);
    JsonObject *trainer = source != NULL ? fovea_json_get_object (source, "trainer") : NULL;
    if (source == NULL)
        return NULL;
    const char *class = fovea_json_get_text (trainer, "dict_class");
    for (gsize i = 0; i < G_N_ELEMENTS (dictionary_classes); i++) {
        if (g_strcmp0 (dictionary_classes[i].class, class) != 0)
            continue;
        JsonObject *config =
            new_config (dictionary_classes[i].architecture, get_int (trainer, "activation_dim"),
                        get_int (trainer, "dict_size"), dictionary_classes[i].centred, source);
        if (strcmp (dictionary_classes[i].architecture, "topk") == 0)
            json_object_set_int_member (config, "k", get_int (trainer, "k"));
        return load_safetensors (config, folder, "ae.safetensors", error);
    }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                 "%s/config.json: trainer.dict_class \"%s\" is not known", folder,
                 class != NULL ? class : "");
    return NULL;
}

FoveaSae *
fovea_sae_import (const char *folder, GError **error)
{
    if (fovea_sae_has_file (folder, "cfg.json") && fovea_sae_has_file (folder, "sae.safetensors"))
        return import_sparsify (folder, error);
    if (fovea_sae_has_file (folder, "params.npz"))
        return import_gemma_scope (folder, error);
    if (fovea_sae_has_file (folder, "hyperparams.json"))
        return import_llama_scope (folder, error);
    if (fovea_sae_has_file (folder, "config.json") && fovea_sae_has_file (folder, "ae.safetensors"))
        return import_dictionary_learning (folder, error);
    return NULL;
}
