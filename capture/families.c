/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* From config.json to a description. Defaults are those of Hugging Face transformers for the
 * family. A key that would change the mathematics of the forward pass is refused by name unless it
 * has its neutral value; keys that are unknown to this file are taken for bookkeeping, and a
 * variant behind one shows by tensors that have no place (weights.c refuses those). */
#include "capture/families-private.h"

#include <math.h>
#include <string.h>

/* Keys of many families, each with the values at which it changes nothing. */
typedef enum {
    NEUTRAL_NONE,  /* only absence, null, false, 0, {} or [] */
    NEUTRAL_ONE,   /* also 1 */
    NEUTRAL_LAYERS /* also a list of "full_attention" */
} Neutral;

static const struct {
    const char *key;
    Neutral neutral;
} variants[] = {
    {"add_cross_attention", NEUTRAL_NONE},
    {"alibi", NEUTRAL_NONE},
    {"altup_num_inputs", NEUTRAL_NONE},
    {"attention_bias", NEUTRAL_NONE},
    {"attention_chunk_size", NEUTRAL_NONE},
    {"attention_multiplier", NEUTRAL_NONE},
    {"attn_logit_softcapping", NEUTRAL_NONE},
    {"clip_qkv", NEUTRAL_NONE},
    {"embedding_multiplier", NEUTRAL_ONE},
    {"final_logit_softcapping", NEUTRAL_NONE},
    {"is_encoder_decoder", NEUTRAL_NONE},
    {"layer_types", NEUTRAL_LAYERS},
    {"logit_scale", NEUTRAL_ONE},
    {"logits_scaling", NEUTRAL_ONE},
    {"mlp_bias", NEUTRAL_NONE},
    {"multi_query", NEUTRAL_NONE},
    {"n_routed_experts", NEUTRAL_NONE},
    {"no_rope_layers", NEUTRAL_NONE},
    {"num_experts", NEUTRAL_NONE},
    {"num_local_experts", NEUTRAL_NONE},
    {"parallel_attn", NEUTRAL_NONE},
    {"partial_rotary_factor", NEUTRAL_ONE},
    {"pruned_heads", NEUTRAL_NONE},
    {"qk_layernorm", NEUTRAL_NONE},
    {"quantization_config", NEUTRAL_NONE},
    {"query_pre_attn_scalar", NEUTRAL_NONE},
    {"reorder_and_upcast_attn", NEUTRAL_NONE},
    {"residual_multiplier", NEUTRAL_ONE},
    {"scale_attn_by_inverse_layer_idx", NEUTRAL_NONE},
    {"scale_emb", NEUTRAL_ONE},
    {"sliding_window", NEUTRAL_NONE},
    {"use_bidirectional_attention", NEUTRAL_NONE},
    {"use_parallel_residual", NEUTRAL_NONE},
    {"use_qk_norm", NEUTRAL_NONE},
    {"use_qkv_bias", NEUTRAL_NONE},
};

static const struct {
    const char *name;
    FoveaActivation activation;
} activations[] = {
    {"gelu", FOVEA_ACTIVATION_GELU},
    {"gelu_new", FOVEA_ACTIVATION_GELU_NEW},
    {"gelu_pytorch_tanh", FOVEA_ACTIVATION_GELU_NEW},
    {"gelu_fast", FOVEA_ACTIVATION_GELU_NEW},
    {"silu", FOVEA_ACTIVATION_SILU},
    {"swish", FOVEA_ACTIVATION_SILU},
    {"relu", FOVEA_ACTIVATION_RELU},
    {"relu2", FOVEA_ACTIVATION_RELU_SQUARED},
};

static gboolean
is_full_attention (JsonArray *list)
{
    for (guint i = 0; i < json_array_get_length (list); i++) {
        JsonNode *node = json_array_get_element (list, i);
        const char *type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
        if (g_strcmp0 (type, "full_attention") != 0)
            return FALSE;
    }
    return TRUE;
}

static gboolean
is_neutral (JsonNode *node, Neutral neutral)
{
    if (JSON_NODE_HOLDS_OBJECT (node))
        return json_object_get_size (json_node_get_object (node)) == 0;
    if (JSON_NODE_HOLDS_ARRAY (node)) {
        JsonArray *list = json_node_get_array (node);
        return json_array_get_length (list) == 0 ||
               (neutral == NEUTRAL_LAYERS && is_full_attention (list));
    }
    if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
        return !json_node_get_boolean (node);
    if (json_node_get_value_type (node) == G_TYPE_STRING)
        return FALSE;
    double value = json_node_get_double (node);
    return value == 0 || (neutral == NEUTRAL_ONE && value == 1);
}

static void
refuse_variants (FoveaConfig *config, const FoveaFamily *family)
{
    for (gsize i = 0; i < G_N_ELEMENTS (variants); i++) {
        JsonNode *node = fovea_config_get_member (config, variants[i].key);
        if (node == NULL || is_neutral (node, variants[i].neutral))
            continue;
        if (family->reads != NULL && g_strv_contains (family->reads, variants[i].key))
            continue;
        g_autofree char *value = json_to_string (node, FALSE);
        fovea_config_refuse (config, "\"%s\": %.80s is not supported", variants[i].key, value);
    }
}

FoveaActivation
fovea_describe_activation (FoveaConfig *config, const char *key, const char *fallback)
{
    const char *name = fovea_config_get_text (config, key, fallback);
    for (gsize i = 0; i < G_N_ELEMENTS (activations); i++)
        if (g_str_equal (activations[i].name, name))
            return activations[i].activation;
    fovea_config_refuse (config,
                         "activation \"%s\" is not supported (known: gelu, gelu_new, "
                         "gelu_pytorch_tanh, gelu_fast, silu, swish, relu, relu2)",
                         name);
    return FOVEA_ACTIVATION_RELU;
}

const FoveaSizeKeys fovea_llama_keys = {"num_hidden_layers",
                                        "num_attention_heads",
                                        "num_key_value_heads",
                                        "hidden_size",
                                        "intermediate_size",
                                        "max_position_embeddings",
                                        2048,
                                        FALSE};
const FoveaSizeKeys fovea_full_keys = {
    "num_hidden_layers", "num_attention_heads",     NULL, "hidden_size",
    "intermediate_size", "max_position_embeddings", 2048, FALSE};

void
fovea_describe_groups_of_heads (FoveaConfig *config, FoveaArchitecture *a)
{
    if (a->n_heads % a->n_kv_heads == 0)
        return;
    fovea_config_refuse (config,
                         "%" G_GINT64_FORMAT " heads do not divide into %" G_GINT64_FORMAT
                         " key/value heads",
                         a->n_heads, a->n_kv_heads);
    a->n_kv_heads = a->n_heads;
}

static void
check_heads (FoveaConfig *config, FoveaArchitecture *a, gboolean divides)
{
    if (divides && a->width % a->n_heads != 0)
        fovea_config_refuse (
            config, "width %" G_GINT64_FORMAT " does not divide into %" G_GINT64_FORMAT " heads",
            a->width, a->n_heads);
    fovea_describe_groups_of_heads (config, a);
}

void
fovea_describe_layers (FoveaConfig *config, FoveaArchitecture *a, const FoveaSizeKeys *keys)
{
    const gint64 must = FOVEA_CONFIG_REQUIRED;
    a->n_layers = fovea_config_get_integer (config, keys->layers, must, FOVEA_MAX_LAYERS);
    a->n_heads = fovea_config_get_integer (config, keys->heads, must, FOVEA_MAX_HEADS);
    a->n_kv_heads = a->n_heads;
    if (keys->kv_heads != NULL)
        a->n_kv_heads =
            fovea_config_get_integer (config, keys->kv_heads, a->n_heads, FOVEA_MAX_HEADS);
    a->width = fovea_config_get_integer (config, keys->width, must, FOVEA_MAX_WIDTH);
    a->mlp_width = 4 * a->width;
    if (keys->mlp_width != NULL)
        a->mlp_width = fovea_config_get_integer (
            config, keys->mlp_width, keys->mlp_by_width ? a->mlp_width : must, FOVEA_MAX_WIDTH);
    const char *head_width = keys->head_width != NULL ? keys->head_width : "head_dim";
    gboolean divides = fovea_config_get_member (config, head_width) == NULL;
    gint64 width = MAX (1, a->width / a->n_heads);
    a->head_width = fovea_config_get_integer (config, head_width, width, 65536);
    check_heads (config, a, divides);
    a->attention_scale = (float) (1 / sqrt ((double) a->head_width));
}

void
fovea_describe_sizes (FoveaConfig *config, FoveaArchitecture *a, const FoveaSizeKeys *keys)
{
    fovea_describe_layers (config, a, keys);
    a->vocabulary =
        fovea_config_get_integer (config, "vocab_size", FOVEA_CONFIG_REQUIRED, FOVEA_MAX_TOKENS);
    a->context =
        fovea_config_get_integer (config, keys->context, keys->default_context, FOVEA_MAX_TOKENS);
}

void
fovea_describe_norm (
    FoveaConfig *config, FoveaArchitecture *a, FoveaNormKind kind, const char *key, double fallback)
{
    a->norm = kind;
    a->norm_eps = (float) fovea_config_get_number (config, key, fallback);
}

/* "layer_types" names the kind of every layer. */
gboolean
fovea_describe_layer_types (FoveaConfig *config, FoveaArchitecture *a, gint64 window)
{
    JsonNode *node = fovea_config_get_member (config, "layer_types");
    if (node == NULL)
        return FALSE;
    JsonArray *list = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
    if (list == NULL || json_array_get_length (list) != (guint64) a->n_layers) {
        fovea_config_refuse (config, "\"layer_types\" is no list of %" G_GINT64_FORMAT " layers",
                             a->n_layers);
        return TRUE;
    }
    fovea_architecture_set_windows (a, 0);
    for (guint l = 0; l < a->n_layers; l++) {
        JsonNode *item = json_array_get_element (list, l);
        const char *type = JSON_NODE_HOLDS_VALUE (item) ? json_node_get_string (item) : NULL;
        if (g_strcmp0 (type, "sliding_attention") == 0 && window > 0)
            a->windows[l] = window;
        else if (g_strcmp0 (type, "full_attention") != 0)
            fovea_config_refuse (config, "layer type \"%s\" of layer %u%s is not supported",
                                 type != NULL ? type : "", l,
                                 window > 0 ? "" : " without a window");
    }
    return TRUE;
}

void
fovea_describe_windows (FoveaConfig *config, FoveaArchitecture *a, gint64 fallback, gint64 every)
{
    gint64 window = 0;
    if (!fovea_config_is_null (config, "sliding_window") &&
        (fallback > 0 || fovea_config_get_member (config, "sliding_window") != NULL))
        window = fovea_config_get_integer (config, "sliding_window", fallback, FOVEA_MAX_TOKENS);
    if (fovea_describe_layer_types (config, a, window) || window == 0)
        return;
    fovea_architecture_set_windows (a, window);
    for (gint64 l = every - 1; every > 0 && l < a->n_layers; l += every)
        a->windows[l] = 0;
}

void
fovea_describe_experts (
    FoveaConfig *config, FoveaArchitecture *a, const char *key, gint64 n, gint64 used)
{
    n = fovea_config_get_integer (config, "num_local_experts", n, FOVEA_MAX_EXPERTS);
    a->n_experts = fovea_config_get_integer (config, key, n, FOVEA_MAX_EXPERTS);
    a->n_experts_used =
        fovea_config_get_integer (config, "num_experts_per_tok", used, FOVEA_MAX_EXPERTS);
    if (a->n_experts_used <= a->n_experts)
        return;
    fovea_config_refuse (config, "%" G_GINT64_FORMAT " experts for each token of %" G_GINT64_FORMAT,
                         a->n_experts_used, a->n_experts);
    a->n_experts_used = a->n_experts;
}

static const FoveaFamily *const lists[] = {
    fovea_llama_families, fovea_gpt_families,    fovea_encoder_families, fovea_dict_families,
    fovea_image_families, fovea_alibi_families,  fovea_oss_families,     fovea_latent_families,
    fovea_kin_families,   fovea_expert_families, fovea_t5_families,      fovea_modern_families};

const FoveaFamily *
fovea_family_find (const char *model_type)
{
    for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
        for (const FoveaFamily *family = lists[i]; family->model_type != NULL; family++)
            if (g_str_equal (family->model_type, model_type))
                return family;
    return NULL;
}

gboolean
fovea_family_reads_pictures (const char *model_type)
{
    for (const FoveaFamily *family = fovea_image_families; family->model_type != NULL; family++)
        if (g_strcmp0 (family->model_type, model_type) == 0)
            return TRUE;
    return FALSE;
}

char *
fovea_family_list (void)
{
    GString *names = g_string_new (NULL);
    for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
        for (const FoveaFamily *family = lists[i]; family->model_type != NULL; family++)
            g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", family->model_type);
    return g_string_free (names, FALSE);
}

static void
read_ids (FoveaConfig *config, FoveaArchitecture *a)
{
    gint32 bos;
    a->bos_id = fovea_config_get_ids (config, "bos_token_id", &bos, 1) == 1 ? bos : -1;
    a->n_eos_ids = fovea_config_get_ids (config, "eos_token_id", a->eos_ids, FOVEA_MAX_EOS);
    a->eos_id = a->n_eos_ids > 0 ? a->eos_ids[0] : -1;
}

static void
read_dtype (FoveaConfig *config, FoveaArchitecture *a)
{
    const char *old = fovea_config_get_text (config, "torch_dtype", "float32");
    const char *name = fovea_config_get_text (config, "dtype", old);
    a->weight_dtype = g_str_equal (name, "bfloat16")  ? FOVEA_BF16
                      : g_str_equal (name, "float16") ? FOVEA_F16
                                                      : FOVEA_F32;
}

/* generation_config.json only adds what ends a text; what it says about sampling is a preset that
 * options of Fovea's own stand for. */
static gboolean
read_generation (GBytes *text, FoveaArchitecture *a, const char *beside, GError **error)
{
    gsize length;
    const char *data = g_bytes_get_data (text, &length);
    g_autofree char *folder = g_path_get_dirname (beside);
    g_autofree char *name = g_build_filename (folder, "generation_config.json", NULL);
    g_autoptr (FoveaConfig) config = fovea_config_new (data, length, name, error);
    if (config == NULL)
        return FALSE;
    gint32 ids[FOVEA_MAX_EOS];
    guint n = fovea_config_get_ids (config, "eos_token_id", ids, FOVEA_MAX_EOS);
    if (n > 0) {
        memcpy (a->eos_ids, ids, n * sizeof ids[0]);
        a->n_eos_ids = n;
        a->eos_id = ids[0];
    }
    return fovea_config_check (config, error);
}

FoveaArchitecture *
fovea_family_describe (GBytes *text, GBytes *generation, const char *name, GError **error)
{
    gsize length;
    const char *data = g_bytes_get_data (text, &length);
    g_autoptr (FoveaConfig) config = fovea_config_new (data, length, name, error);
    if (config == NULL)
        return NULL;
    g_autoptr (FoveaArchitecture) a = g_new0 (FoveaArchitecture, 1);
    const char *model_type = fovea_config_get_text (config, "model_type", "");
    a->family = g_strdup (fovea_family_guess (config, model_type));
    const FoveaFamily *family = fovea_family_find (a->family);
    if (family == NULL) {
        g_autofree char *known = fovea_family_list ();
        fovea_config_refuse (config, "model type \"%s\" is not supported (known: %s)", a->family,
                             known);
    } else {
        refuse_variants (config, family);
        family->describe (config, a);
        read_ids (config, a);
        read_dtype (config, a);
    }
    if (!fovea_config_check (config, error) || !fovea_architecture_check (a, error))
        return NULL;
    if (generation != NULL && !read_generation (generation, a, name, error))
        return NULL;
    return g_steal_pointer (&a);
}
