/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* cfg.json to settings and back. Only version 6's form is understood; older files are rewritten to
 * it first. The object stays beside the settings, so that what Fovea does not read is written back
 * as it came. */
#include <math.h>
#include <string.h>

#include "analysis/sae-file-private.h"
#include "capture/json.h"

/* A top-level key of version 6; everything else belongs into "metadata". */
static const char *const known_keys[] = {
    "architecture",
    "d_in",
    "d_out",
    "d_sae",
    "dtype",
    "device",
    "k",
    "apply_b_dec_to_input",
    "metadata",
    "normalize_activations",
    "reshape_activations",
    "rescale_acts_by_decoder_norm",
    "residual_threshold",
    "max_iterations",
    "stop_on_duplicate_support",
};

static const char *const renamed_keys[][2] = {
    {"hook_point", "hook_name"},
    {"hook_point_layer", "hook_layer"},
    {"hook_point_head_index", "hook_head_index"},
    {"activation_fn_str", "activation_fn"},
};

static gboolean
is_known (const char *key)
{
    for (gsize i = 0; i < G_N_ELEMENTS (known_keys); i++)
        if (strcmp (known_keys[i], key) == 0)
            return TRUE;
    return FALSE;
}

gboolean
fovea_sae_config_is_old (JsonObject *config)
{
    const char *version = fovea_json_get_text (config, "sae_lens_version");
    if (version == NULL)
        version =
            fovea_json_get_text (fovea_json_get_object (config, "metadata"), "sae_lens_version");
    return version == NULL || g_ascii_strtoull (version, NULL, 10) < 6;
}

static void
set_default_text (JsonObject *object, const char *key, const char *value)
{
    JsonNode *node = json_object_get_member (object, key);
    if (node == NULL || JSON_NODE_HOLDS_NULL (node))
        json_object_set_string_member (object, key, value);
}

static void
set_default_true (JsonObject *object, const char *key)
{
    if (!json_object_has_member (object, key))
        json_object_set_boolean_member (object, key, TRUE);
}

/* Each pair of the old file goes to the top or to the metadata, under its new name. */
static void
sort_members (JsonObject *old, JsonObject *top, JsonObject *metadata)
{
    JsonObjectIter iter;
    const char *key;
    JsonNode *value;
    json_object_iter_init_ordered (&iter, old);
    while (json_object_iter_next_ordered (&iter, &key, &value)) {
        for (gsize i = 0; i < G_N_ELEMENTS (renamed_keys); i++)
            if (strcmp (key, renamed_keys[i][0]) == 0)
                key = renamed_keys[i][1];
        if (strcmp (key, "metadata") == 0)
            continue;
        json_object_set_member (is_known (key) ? top : metadata, key, json_node_copy (value));
    }
}

static void
migrate_normalizing (JsonObject *top)
{
    JsonNode *node = json_object_get_member (top, "normalize_activations");
    if (node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
        json_node_get_value_type (node) == G_TYPE_BOOLEAN)
        json_object_set_string_member (top, "normalize_activations",
                                       json_node_get_boolean (node) ? "expected_average_only_in"
                                                                    : "none");
    set_default_text (top, "normalize_activations", "none");
}

/* Top-k was once an activation function of the standard architecture. */
static void
migrate_activation (JsonObject *top, JsonObject *metadata)
{
    JsonObject *kwargs = fovea_json_get_object (metadata, "activation_fn_kwargs");
    if (g_strcmp0 (fovea_json_get_text (metadata, "activation_fn"), "topk") != 0 ||
        kwargs == NULL || !json_object_has_member (kwargs, "k"))
        return;
    json_object_set_string_member (top, "architecture", "topk");
    json_object_set_member (top, "k", json_node_copy (json_object_get_member (kwargs, "k")));
}

JsonObject *
fovea_sae_config_migrate (JsonObject *old)
{
    JsonObject *top = json_object_new ();
    JsonObject *metadata = json_object_new ();
    sort_members (old, top, metadata);
    JsonObject *inner = fovea_json_get_object (old, "metadata");
    if (inner != NULL)
        sort_members (inner, metadata, metadata);
    set_default_text (top, "architecture", "standard");
    set_default_text (metadata, "activation_fn", "relu");
    migrate_activation (top, metadata);
    migrate_normalizing (top);
    set_default_true (top, "apply_b_dec_to_input");
    set_default_true (metadata, "prepend_bos");
    const char *hook = fovea_json_get_text (metadata, "hook_name");
    gboolean z = hook != NULL && strstr (hook, "hook_z") != NULL;
    set_default_text (top, "reshape_activations", z ? "hook_z" : "none");
    set_default_text (top, "dtype", "float32");
    const char *dtype = fovea_json_get_text (top, "dtype");
    if (dtype != NULL && g_str_has_prefix (dtype, "torch.")) {
        g_autofree char *bare = g_strdup (dtype + strlen ("torch."));
        json_object_set_string_member (top, "dtype", bare);
    }
    const char *version = fovea_json_get_text (metadata, "sae_lens_version");
    if (version != NULL) {
        g_autofree char *kept = g_strdup (version); /* the member that it points into is replaced */
        set_default_text (metadata, "sae_lens_training_version", kept);
    }
    json_object_set_string_member (metadata, "sae_lens_version", "6.0.0");
    json_object_set_object_member (top, "metadata", metadata);
    return top;
}

/* A configuration under question. Getters keep the first complaint, as those of models do. */
typedef struct {
    JsonObject *config;
    const char *name;
    GError *error;
} Reading;

static G_GNUC_PRINTF (3,
                      4) void complain (Reading *reading, FoveaError code, const char *format, ...)
{
    va_list args;
    va_start (args, format);
    g_autofree char *what = g_strdup_vprintf (format, args);
    va_end (args);
    if (reading->error == NULL)
        reading->error = g_error_new (FOVEA_ERROR, (int) code, "%s: %s", reading->name, what);
}

/* NULL if the key is absent, null, or of a type that it must not have (which is complained of). */
static JsonNode *
get_value (Reading *reading, const char *key, GType type, const char *wanted)
{
    JsonNode *node = json_object_get_member (reading->config, key);
    if (node == NULL || JSON_NODE_HOLDS_NULL (node))
        return NULL;
    GType got = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_NONE;
    if (got == type || (type == G_TYPE_DOUBLE && got == G_TYPE_INT64))
        return node;
    complain (reading, FOVEA_ERROR_FORMAT, "\"%s\" is no %s", key, wanted);
    return NULL;
}

static gint64
get_int (Reading *reading, const char *key, gint64 fallback)
{
    JsonNode *node = get_value (reading, key, G_TYPE_INT64, "whole number");
    return node != NULL ? json_node_get_int (node) : fallback;
}

static double
get_double (Reading *reading, const char *key, double fallback)
{
    JsonNode *node = get_value (reading, key, G_TYPE_DOUBLE, "number");
    return node != NULL ? json_node_get_double (node) : fallback;
}

static gboolean
get_bool (Reading *reading, const char *key, gboolean fallback)
{
    JsonNode *node = get_value (reading, key, G_TYPE_BOOLEAN, "true or false");
    return node != NULL ? json_node_get_boolean (node) : fallback;
}

static const char *
get_string (Reading *reading, const char *key, const char *fallback)
{
    JsonNode *node = get_value (reading, key, G_TYPE_STRING, "text");
    return node != NULL ? json_node_get_string (node) : fallback;
}

static void
check_keys (Reading *reading)
{
    JsonObjectIter iter;
    const char *key;
    json_object_iter_init_ordered (&iter, reading->config);
    while (json_object_iter_next_ordered (&iter, &key, NULL))
        if (!is_known (key))
            complain (reading, FOVEA_ERROR_UNSUPPORTED, "unknown key \"%s\"", key);
    if (json_object_has_member (reading->config, "metadata") &&
        fovea_json_get_object (reading->config, "metadata") == NULL)
        complain (reading, FOVEA_ERROR_FORMAT, "\"metadata\" is no object");
}

static void
read_settings (Reading *reading, FoveaSae *sae)
{
    const char *normalize = get_string (reading, "normalize_activations", "none");
    int n = 0;
    while (n < FOVEA_N_SAE_NORMALIZES &&
           strcmp (fovea_sae_normalize_name ((FoveaSaeNormalize) n), normalize) != 0)
        n++;
    if (n == FOVEA_N_SAE_NORMALIZES)
        complain (reading, FOVEA_ERROR_UNSUPPORTED, "normalize_activations \"%s\" is not supported",
                  normalize);
    else
        sae->normalize = (FoveaSaeNormalize) n;
    const char *reshape = get_string (reading, "reshape_activations", "none");
    sae->hook_z = strcmp (reshape, "hook_z") == 0;
    if (!sae->hook_z && strcmp (reshape, "none") != 0)
        complain (reading, FOVEA_ERROR_UNSUPPORTED, "reshape_activations \"%s\" is not supported",
                  reshape);
    gboolean transcoder = fovea_sae_is_transcoder (sae->architecture);
    sae->apply_b_dec_to_input = get_bool (reading, "apply_b_dec_to_input", TRUE) && !transcoder;
    sae->rescale_acts_by_decoder_norm = get_bool (reading, "rescale_acts_by_decoder_norm", FALSE);
    if (fovea_sae_has_k (sae->architecture))
        sae->k = get_double (reading, "k", 100);
    sae->residual_threshold = get_double (reading, "residual_threshold", 1e-2);
    sae->max_iterations = get_int (reading, "max_iterations", 0);
    sae->stop_on_duplicate_support = get_bool (reading, "stop_on_duplicate_support", TRUE);
    if (!(sae->residual_threshold >= 0) || sae->max_iterations < 0)
        complain (reading, FOVEA_ERROR_RANGE, "residual_threshold and max_iterations are below 0");
}

static FoveaSae *
build (Reading *reading)
{
    check_keys (reading);
    const char *name = get_string (reading, "architecture", "standard");
    int architecture = fovea_sae_architecture_from_name (name);
    if (architecture < 0)
        complain (reading, FOVEA_ERROR_UNSUPPORTED, "architecture \"%s\" is not known", name);
    gint64 d_in = get_int (reading, "d_in", 0), d_sae = get_int (reading, "d_sae", 0);
    gint64 d_out = get_int (reading, "d_out", d_in);
    if (reading->error != NULL)
        return NULL;
    FoveaSae *sae =
        fovea_sae_new ((FoveaSaeArchitecture) architecture, d_in, d_out, d_sae, &reading->error);
    if (sae != NULL)
        read_settings (reading, sae);
    else
        g_prefix_error (&reading->error, "%s: ", reading->name);
    return sae;
}

FoveaSae *
fovea_sae_config_build (JsonObject *config, const char *name, GError **error)
{
    Reading reading = {.config = config, .name = name};
    g_autoptr (FoveaSae) sae = build (&reading);
    if (reading.error == NULL) {
        json_object_unref (sae->config);
        sae->config = config;
        return g_steal_pointer (&sae);
    }
    json_object_unref (config);
    g_propagate_error (error, reading.error);
    return NULL;
}

static void
set_text (JsonObject *config, const char *key, const char *value)
{
    if (g_strcmp0 (fovea_json_get_text (config, key), value) != 0)
        json_object_set_string_member (config, key, value);
}

/* A whole number stays one in the file. */
static void
set_number (JsonObject *config, const char *key, double value)
{
    JsonNode *node = json_object_get_member (config, key);
    if (node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_double (node) == value)
        return;
    if (value == floor (value))
        json_object_set_int_member (config, key, (gint64) value);
    else
        json_object_set_double_member (config, key, value);
}

static void
set_bool (JsonObject *config, const char *key, gboolean value, gboolean fallback)
{
    gboolean there = json_object_has_member (config, key);
    if (there ? json_object_get_boolean_member (config, key) != value : value != fallback)
        json_object_set_boolean_member (config, key, value);
}

static void
update_pursuit (FoveaSae *sae)
{
    set_number (sae->config, "residual_threshold", sae->residual_threshold);
    if (sae->max_iterations > 0)
        set_number (sae->config, "max_iterations", (double) sae->max_iterations);
    set_bool (sae->config, "stop_on_duplicate_support", sae->stop_on_duplicate_support, TRUE);
}

void
fovea_sae_config_update (FoveaSae *sae)
{
    JsonObject *config = sae->config;
    FoveaSaeArchitecture written = sae->architecture;
    if (fovea_sae_has_k (written) && sae->threshold != NULL)
        written = FOVEA_SAE_JUMPRELU;
    gboolean transcoder = fovea_sae_is_transcoder (written);
    set_text (config, "architecture", fovea_sae_architecture_name (written));
    set_number (config, "d_in", (double) sae->d_in);
    set_number (config, "d_sae", (double) sae->d_sae);
    if (transcoder)
        set_number (config, "d_out", (double) sae->d_out);
    set_text (config, "dtype",
              sae->dtype == FOVEA_F16    ? "float16"
              : sae->dtype == FOVEA_BF16 ? "bfloat16"
                                         : "float32");
    set_default_text (config, "device", "cpu");
    /* Transcoders' files may say anything here; it is never read. */
    if (!transcoder)
        set_bool (config, "apply_b_dec_to_input", sae->apply_b_dec_to_input, TRUE);
    set_text (config, "normalize_activations", fovea_sae_normalize_name (sae->normalize));
    set_text (config, "reshape_activations", sae->hook_z ? "hook_z" : "none");
    if (fovea_sae_has_k (written)) {
        set_number (config, "k", sae->k);
        set_bool (config, "rescale_acts_by_decoder_norm", sae->rescale_acts_by_decoder_norm, FALSE);
    }
    if (written == FOVEA_SAE_MATCHING_PURSUIT)
        update_pursuit (sae);
    if (fovea_sae_get_metadata (sae, "sae_lens_version") == NULL)
        fovea_sae_set_metadata (sae, "sae_lens_version", "6.0.0");
}
