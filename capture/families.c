/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* From config.json to a description. Defaults are those of Hugging Face transformers for the
 * family. A key that would change the mathematics of the forward pass is refused by name unless it
 * has its neutral value; keys that are unknown to this file are taken for bookkeeping, and a
 * variant behind one shows by tensors that have no place (weights.c refuses those). */
#include "capture/families.h"

#include <math.h>
#include <string.h>

/* Ceilings that keep every product of two sizes far from overflow. */
enum {
    MAX_LAYERS = 4096,
    MAX_HEADS = 65536,
    MAX_WIDTH = 1 << 22,
    MAX_TOKENS = 1 << 27,
};

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
refuse_variants (FoveaConfig *config)
{
    for (gsize i = 0; i < G_N_ELEMENTS (variants); i++) {
        JsonNode *node = fovea_config_get_member (config, variants[i].key);
        if (node == NULL || is_neutral (node, variants[i].neutral))
            continue;
        g_autofree char *value = json_to_string (node, FALSE);
        fovea_config_refuse (config, "\"%s\": %.80s is not supported", variants[i].key, value);
    }
}

static FoveaActivation
read_activation (FoveaConfig *config, const char *key, const char *fallback)
{
    const char *name = fovea_config_get_text (config, key, fallback);
    for (gsize i = 0; i < G_N_ELEMENTS (activations); i++)
        if (g_str_equal (activations[i].name, name))
            return activations[i].activation;
    fovea_config_refuse (config,
                         "activation \"%s\" is not supported (known: gelu, gelu_new, "
                         "gelu_pytorch_tanh, gelu_fast, silu, swish, relu)",
                         name);
    return FOVEA_ACTIVATION_RELU;
}

static const char *
get_text (JsonObject *object, const char *key)
{
    JsonNode *node = json_object_get_member (object, key);
    return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

/* Whether a member of a rope object leaves plain rotation as it is; theta goes to @theta. */
static gboolean
read_rope_member (const char *name, JsonNode *value, double *theta)
{
    if (g_str_equal (name, "rope_type") || g_str_equal (name, "type"))
        return TRUE;
    double number = JSON_NODE_HOLDS_VALUE (value) ? json_node_get_double (value) : 0;
    if (g_str_equal (name, "partial_rotary_factor"))
        return number == 1;
    if (!g_str_equal (name, "rope_theta") || !(number > 0) || !isfinite (number))
        return FALSE;
    *theta = number;
    return TRUE;
}

/* "rope_scaling" of older files and "rope_parameters" of newer ones; only unscaled rotation is
 * known. */
static void
read_rope_object (FoveaConfig *config, const char *key, double *theta)
{
    JsonNode *node = fovea_config_get_member (config, key);
    if (node == NULL)
        return;
    if (!JSON_NODE_HOLDS_OBJECT (node)) {
        fovea_config_refuse (config, "\"%s\" that is no object is not supported", key);
        return;
    }
    JsonObject *object = json_node_get_object (node);
    const char *type = get_text (object, "rope_type");
    if (type == NULL)
        type = get_text (object, "type");
    if (type != NULL && !g_str_equal (type, "default"))
        fovea_config_refuse (config, "rope type \"%s\" is not supported (known: default)", type);
    JsonObjectIter iter;
    const char *name;
    JsonNode *value;
    json_object_iter_init (&iter, object);
    while (json_object_iter_next (&iter, &name, &value))
        if (!read_rope_member (name, value, theta))
            fovea_config_refuse (config, "\"%s.%s\" is not supported", key, name);
}

static void
read_rotary (FoveaConfig *config, FoveaArchitecture *a)
{
    a->position = FOVEA_POSITION_ROTARY;
    a->rotary_width = a->head_width;
    a->rotary_base = fovea_config_get_number (config, "rope_theta", 10000);
    read_rope_object (config, "rope_scaling", &a->rotary_base);
    read_rope_object (config, "rope_parameters", &a->rotary_base);
    if (a->rotary_width % 2 != 0)
        fovea_config_refuse (config, "rotary heads of odd width %" G_GINT64_FORMAT, a->head_width);
}

static void
check_heads (FoveaConfig *config, FoveaArchitecture *a, gboolean divides)
{
    if (divides && a->width % a->n_heads != 0)
        fovea_config_refuse (
            config, "width %" G_GINT64_FORMAT " does not divide into %" G_GINT64_FORMAT " heads",
            a->width, a->n_heads);
    if (a->n_heads % a->n_kv_heads != 0)
        fovea_config_refuse (config,
                             "%" G_GINT64_FORMAT " heads do not divide into %" G_GINT64_FORMAT
                             " key/value heads",
                             a->n_heads, a->n_kv_heads);
}

static void
describe_llama (FoveaConfig *config, FoveaArchitecture *a)
{
    const gint64 must = FOVEA_CONFIG_REQUIRED;
    a->n_layers = fovea_config_get_integer (config, "num_hidden_layers", must, MAX_LAYERS);
    a->n_heads = fovea_config_get_integer (config, "num_attention_heads", must, MAX_HEADS);
    a->n_kv_heads = fovea_config_get_integer (config, "num_key_value_heads", a->n_heads, MAX_HEADS);
    a->width = fovea_config_get_integer (config, "hidden_size", must, MAX_WIDTH);
    a->mlp_width = fovea_config_get_integer (config, "intermediate_size", must, MAX_WIDTH);
    a->vocabulary = fovea_config_get_integer (config, "vocab_size", must, MAX_TOKENS);
    a->context = fovea_config_get_integer (config, "max_position_embeddings", 2048, MAX_TOKENS);
    gboolean divides = fovea_config_get_member (config, "head_dim") == NULL;
    gint64 width = MAX (1, a->width / a->n_heads);
    a->head_width = fovea_config_get_integer (config, "head_dim", width, 65536);
    check_heads (config, a, divides);
    a->norm = FOVEA_NORM_RMS;
    a->norm_eps = (float) fovea_config_get_number (config, "rms_norm_eps", 1e-6);
    a->activation = read_activation (config, "hidden_act", "silu");
    a->gated = TRUE;
    a->tied_head = fovea_config_get_boolean (config, "tie_word_embeddings", FALSE);
    a->attention_scale = (float) (1 / sqrt ((double) a->head_width));
    read_rotary (config, a);
}

static void
describe_gpt2 (FoveaConfig *config, FoveaArchitecture *a)
{
    const gint64 must = FOVEA_CONFIG_REQUIRED;
    a->n_layers = fovea_config_get_integer (config, "n_layer", must, MAX_LAYERS);
    a->n_heads = fovea_config_get_integer (config, "n_head", must, MAX_HEADS);
    a->n_kv_heads = a->n_heads;
    a->width = fovea_config_get_integer (config, "n_embd", must, MAX_WIDTH);
    a->mlp_width = fovea_config_get_integer (config, "n_inner", 4 * a->width, MAX_WIDTH);
    a->vocabulary = fovea_config_get_integer (config, "vocab_size", must, MAX_TOKENS);
    a->context = fovea_config_get_integer (config, "n_positions", 1024, MAX_TOKENS);
    a->head_width = MAX (1, a->width / a->n_heads);
    check_heads (config, a, TRUE);
    a->norm = FOVEA_NORM_LAYER;
    a->norm_eps = (float) fovea_config_get_number (config, "layer_norm_epsilon", 1e-5);
    a->position = FOVEA_POSITION_LEARNED;
    a->activation = read_activation (config, "activation_function", "gelu_new");
    a->tied_head = fovea_config_get_boolean (config, "tie_word_embeddings", TRUE);
    gboolean scaled = fovea_config_get_boolean (config, "scale_attn_weights", TRUE);
    a->attention_scale = scaled ? (float) (1 / sqrt ((double) a->head_width)) : 1;
}

static const FoveaTensorName llama_names[] = {
    {FOVEA_WEIGHT_EMBED, "embed_tokens.weight"},
    {FOVEA_WEIGHT_NORM1_GAIN, "layers.#.input_layernorm.weight"},
    {FOVEA_WEIGHT_Q, "layers.#.self_attn.q_proj.weight"},
    {FOVEA_WEIGHT_K, "layers.#.self_attn.k_proj.weight"},
    {FOVEA_WEIGHT_V, "layers.#.self_attn.v_proj.weight"},
    {FOVEA_WEIGHT_O, "layers.#.self_attn.o_proj.weight"},
    {FOVEA_WEIGHT_NORM2_GAIN, "layers.#.post_attention_layernorm.weight"},
    {FOVEA_WEIGHT_MLP_GATE, "layers.#.mlp.gate_proj.weight"},
    {FOVEA_WEIGHT_MLP_IN, "layers.#.mlp.up_proj.weight"},
    {FOVEA_WEIGHT_MLP_OUT, "layers.#.mlp.down_proj.weight"},
    {FOVEA_WEIGHT_FINAL_NORM_GAIN, "norm.weight"},
    {FOVEA_WEIGHT_UNEMBED, "lm_head.weight"},
    {0, NULL},
};
static const char *const llama_ignored[] = {"layers.*.self_attn.rotary_emb.inv_freq", NULL};

static const FoveaTensorName gpt2_names[] = {
    {FOVEA_WEIGHT_EMBED, "wte.weight"},
    {FOVEA_WEIGHT_POSITION, "wpe.weight"},
    {FOVEA_WEIGHT_NORM1_GAIN, "h.#.ln_1.weight"},
    {FOVEA_WEIGHT_NORM1_BIAS, "h.#.ln_1.bias"},
    {FOVEA_WEIGHT_Q, "h.#.attn.c_attn.weight", FOVEA_FUSED_QKV, TRUE},
    {FOVEA_WEIGHT_K, "h.#.attn.c_attn.weight", FOVEA_FUSED_QKV, TRUE},
    {FOVEA_WEIGHT_V, "h.#.attn.c_attn.weight", FOVEA_FUSED_QKV, TRUE},
    {FOVEA_WEIGHT_Q_BIAS, "h.#.attn.c_attn.bias", FOVEA_FUSED_QKV},
    {FOVEA_WEIGHT_K_BIAS, "h.#.attn.c_attn.bias", FOVEA_FUSED_QKV},
    {FOVEA_WEIGHT_V_BIAS, "h.#.attn.c_attn.bias", FOVEA_FUSED_QKV},
    {FOVEA_WEIGHT_O, "h.#.attn.c_proj.weight", FOVEA_FUSED_NONE, TRUE},
    {FOVEA_WEIGHT_O_BIAS, "h.#.attn.c_proj.bias"},
    {FOVEA_WEIGHT_NORM2_GAIN, "h.#.ln_2.weight"},
    {FOVEA_WEIGHT_NORM2_BIAS, "h.#.ln_2.bias"},
    {FOVEA_WEIGHT_MLP_IN, "h.#.mlp.c_fc.weight", FOVEA_FUSED_NONE, TRUE},
    {FOVEA_WEIGHT_MLP_IN_BIAS, "h.#.mlp.c_fc.bias"},
    {FOVEA_WEIGHT_MLP_OUT, "h.#.mlp.c_proj.weight", FOVEA_FUSED_NONE, TRUE},
    {FOVEA_WEIGHT_MLP_OUT_BIAS, "h.#.mlp.c_proj.bias"},
    {FOVEA_WEIGHT_FINAL_NORM_GAIN, "ln_f.weight"},
    {FOVEA_WEIGHT_FINAL_NORM_BIAS, "ln_f.bias"},
    {FOVEA_WEIGHT_UNEMBED, "lm_head.weight"},
    {0, NULL},
};
/* Causal masks that old exports carry along. */
static const char *const gpt2_ignored[] = {"h.*.attn.bias", "h.*.attn.masked_bias", NULL};

static const FoveaFamily families[] = {
    {"llama", "model.", describe_llama, llama_names, llama_ignored},
    {"gpt2", "transformer.", describe_gpt2, gpt2_names, gpt2_ignored},
};

const FoveaFamily *
fovea_family_find (const char *model_type)
{
    for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
        if (g_str_equal (families[i].model_type, model_type))
            return &families[i];
    return NULL;
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
    a->family = g_strdup (fovea_config_get_text (config, "model_type", ""));
    const FoveaFamily *family = fovea_family_find (a->family);
    if (family == NULL) {
        fovea_config_refuse (config, "model type \"%s\" is not supported (known: llama, gpt2)",
                             a->family);
    } else {
        refuse_variants (config);
        family->describe (config, a);
        read_ids (config, a);
        read_dtype (config, a);
    }
    if (!fovea_config_check (config, error))
        return NULL;
    if (generation != NULL && !read_generation (generation, a, name, error))
        return NULL;
    return g_steal_pointer (&a);
}
