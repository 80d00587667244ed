/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Decoders that were trained with slopes for positions: BLOOM, MPT, and Falcon, whose later members
 * turn instead. Defaults are those of Hugging Face transformers for the family. */
#include <math.h>
#include <string.h>

#include "capture/families-private.h"
#include "capture/safetensors.h"

/* Nothing in the file limits the context: it is that of training. */
static const FoveaSizeKeys bloom_keys = {"n_layer", "n_head",     NULL, "hidden_size",
                                         NULL,      "seq_length", 2048, TRUE};
static const FoveaSizeKeys falcon_keys = {
    "num_hidden_layers", "num_attention_heads",     NULL, "hidden_size",
    "ffn_hidden_size",   "max_position_embeddings", 2048, TRUE};

static const char *const none_ignored[] = {NULL};

static const FoveaTensorName bloom_names[] = {
    {FOVEA_WEIGHT_EMBED, "word_embeddings.weight"},
    {FOVEA_WEIGHT_EMBED_NORM_GAIN, "word_embeddings_layernorm.weight"},
    {FOVEA_WEIGHT_EMBED_NORM_BIAS, "word_embeddings_layernorm.bias"},
    {FOVEA_WEIGHT_NORM1_GAIN, "h.#.input_layernorm.weight"},
    {FOVEA_WEIGHT_NORM1_BIAS, "h.#.input_layernorm.bias"},
    FOVEA_FUSED_NAMES ("h.#.self_attention.query_key_value.weight",
                       "h.#.self_attention.query_key_value.bias"),
    {FOVEA_WEIGHT_O, "h.#.self_attention.dense.weight"},
    {FOVEA_WEIGHT_O_BIAS, "h.#.self_attention.dense.bias"},
    {FOVEA_WEIGHT_NORM2_GAIN, "h.#.post_attention_layernorm.weight"},
    {FOVEA_WEIGHT_NORM2_BIAS, "h.#.post_attention_layernorm.bias"},
    {FOVEA_WEIGHT_MLP_IN, "h.#.mlp.dense_h_to_4h.weight"},
    {FOVEA_WEIGHT_MLP_IN_BIAS, "h.#.mlp.dense_h_to_4h.bias"},
    {FOVEA_WEIGHT_MLP_OUT, "h.#.mlp.dense_4h_to_h.weight"},
    {FOVEA_WEIGHT_MLP_OUT_BIAS, "h.#.mlp.dense_4h_to_h.bias"},
    {FOVEA_WEIGHT_FINAL_NORM_GAIN, "ln_f.weight"},
    {FOVEA_WEIGHT_FINAL_NORM_BIAS, "ln_f.bias"},
    {FOVEA_WEIGHT_UNEMBED, "lm_head.weight"},
    {0, NULL},
};
static void
describe_bloom (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_sizes (config, a, &bloom_keys);
    fovea_describe_norm (config, a, FOVEA_NORM_LAYER, "layer_norm_epsilon", 1e-5);
    fovea_architecture_set_alibi (a);
    a->embed_norm = TRUE;
    a->activation = FOVEA_ACTIVATION_GELU_NEW;
    a->qkv_bias = TRUE;
    a->tied_head = fovea_config_get_boolean (config, "tie_word_embeddings", TRUE);
    if (fovea_config_get_boolean (config, "apply_residual_connection_post_layernorm", FALSE))
        fovea_config_refuse (config,
                             "\"apply_residual_connection_post_layernorm\" is not supported");
}

#define FALCON_NAMES(norm1, norm2)                                                                 \
    {FOVEA_WEIGHT_EMBED, "word_embeddings.weight"}, {FOVEA_WEIGHT_NORM1_GAIN, norm1 ".weight"},    \
        {FOVEA_WEIGHT_NORM1_BIAS, norm1 ".bias"},                                                  \
        FOVEA_FUSED_NAMES ("h.#.self_attention.query_key_value.weight",                            \
                           "h.#.self_attention.query_key_value.bias"),                             \
        {FOVEA_WEIGHT_O, "h.#.self_attention.dense.weight"},                                       \
        {FOVEA_WEIGHT_O_BIAS, "h.#.self_attention.dense.bias", 0, 0, FOVEA_WHEN_OUT_BIAS},         \
        {FOVEA_WEIGHT_NORM2_GAIN, norm2 ".weight", 0, 0, FOVEA_WHEN_SECOND_NORM},                  \
        {FOVEA_WEIGHT_NORM2_BIAS, norm2 ".bias", 0, 0, FOVEA_WHEN_SECOND_NORM},                    \
        {FOVEA_WEIGHT_MLP_IN, "h.#.mlp.dense_h_to_4h.weight"},                                     \
        {FOVEA_WEIGHT_MLP_IN_BIAS, "h.#.mlp.dense_h_to_4h.bias", 0, 0, FOVEA_WHEN_MLP_BIAS},       \
        {FOVEA_WEIGHT_MLP_OUT, "h.#.mlp.dense_4h_to_h.weight"},                                    \
        {FOVEA_WEIGHT_MLP_OUT_BIAS, "h.#.mlp.dense_4h_to_h.bias", 0, 0, FOVEA_WHEN_MLP_BIAS},      \
        {FOVEA_WEIGHT_FINAL_NORM_GAIN, "ln_f.weight"},                                             \
        {FOVEA_WEIGHT_FINAL_NORM_BIAS, "ln_f.bias"}, {FOVEA_WEIGHT_UNEMBED, "lm_head.weight"},     \
    {                                                                                              \
        0, NULL                                                                                    \
    }

static const FoveaTensorName falcon_names[] = {
    FALCON_NAMES ("h.#.input_layernorm", "h.#.post_attention_layernorm")};

/* Newer files call the norms of their two branches by what reads them. */
static void
reshape_falcon (const FoveaArchitecture *a, const FoveaTensor *given, FoveaReshaped *to)
{
    static const struct {
        const char *newer, *older;
    } parts[] = {{".ln_attn.", ".input_layernorm."}, {".ln_mlp.", ".post_attention_layernorm."}};
    FoveaTensor tensor = *given;
    for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
        const char *at = strstr (given->name, parts[i].newer);
        if (at == NULL)
            continue;
        g_autofree char *name = g_strdup_printf ("%.*s%s%s", (int) (at - given->name), given->name,
                                                 parts[i].older, at + strlen (parts[i].newer));
        tensor.name = g_string_chunk_insert (to->names, name);
    }
    g_array_append_val (to->tensors, tensor);
}

/* Slopes that were rounded to bf16 and, with the scores, scaled. */
static void
describe_falcon_alibi (FoveaArchitecture *a)
{
    fovea_architecture_set_alibi (a);
    for (gint64 h = 0; h < a->n_heads; h++) {
        guint16 rounded;
        fovea_dtype_from_f32 (&a->alibi_slopes[h], 1, FOVEA_BF16, &rounded);
        fovea_dtype_to_f32 (&rounded, FOVEA_BF16, 1, &a->alibi_slopes[h]);
        a->alibi_slopes[h] *= a->attention_scale;
    }
}

/* Newer files: a key/value head a group, and branches side by side with one norm or two. */
static void
describe_falcon_groups (FoveaConfig *config, FoveaArchitecture *a)
{
    gint64 norms = fovea_config_get_integer (config, "num_ln_in_parallel_attn", 2, 2);
    a->n_kv_heads = fovea_config_get_integer (config, "num_kv_heads", a->n_heads, a->n_heads);
    a->shared_norm = norms == 1;
    if (!a->parallel)
        fovea_config_refuse (config,
                             "\"new_decoder_architecture\" without \"parallel_attn\" is not "
                             "supported");
    fovea_describe_groups_of_heads (config, a);
}

/* One key/value head for all, or one a group. */
static void
describe_falcon (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_sizes (config, a, &falcon_keys);
    fovea_describe_norm (config, a, FOVEA_NORM_LAYER, "layer_norm_epsilon", 1e-5);
    a->activation = fovea_describe_activation (config, "activation", "gelu");
    a->tied_head = fovea_config_get_boolean (config, "tie_word_embeddings", TRUE);
    a->qkv_bias = a->out_bias = a->mlp_bias = fovea_config_get_boolean (config, "bias", FALSE);
    a->parallel = a->shared_norm = fovea_config_get_boolean (config, "parallel_attn", TRUE);
    if (fovea_config_get_boolean (config, "new_decoder_architecture", FALSE))
        describe_falcon_groups (config, a);
    else if (fovea_config_get_boolean (config, "multi_query", TRUE))
        a->n_kv_heads = 1;
    if (fovea_config_get_boolean (config, "alibi", FALSE))
        describe_falcon_alibi (a);
    else
        fovea_describe_rotary (config, a, "rope_theta", "partial_rotary_factor", 1);
}
static const char *const falcon_reads[] = {"alibi", "multi_query", "parallel_attn", NULL};

static const FoveaSizeKeys mpt_keys = {"n_layers", "n_heads",     NULL, "d_model",
                                       NULL,       "max_seq_len", 2048, TRUE};
static const FoveaTensorName mpt_names[] = {
    {FOVEA_WEIGHT_EMBED, "wte.weight"},
    {FOVEA_WEIGHT_NORM1_GAIN, "blocks.#.norm_1.weight"},
    {FOVEA_WEIGHT_Q, "blocks.#.attn.Wqkv.weight", FOVEA_FUSED_QKV},
    {FOVEA_WEIGHT_K, "blocks.#.attn.Wqkv.weight", FOVEA_FUSED_QKV},
    {FOVEA_WEIGHT_V, "blocks.#.attn.Wqkv.weight", FOVEA_FUSED_QKV},
    {FOVEA_WEIGHT_O, "blocks.#.attn.out_proj.weight"},
    {FOVEA_WEIGHT_NORM2_GAIN, "blocks.#.norm_2.weight"},
    {FOVEA_WEIGHT_MLP_IN, "blocks.#.ffn.up_proj.weight"},
    {FOVEA_WEIGHT_MLP_OUT, "blocks.#.ffn.down_proj.weight"},
    {FOVEA_WEIGHT_FINAL_NORM_GAIN, "norm_f.weight"},
    {FOVEA_WEIGHT_UNEMBED, "lm_head.weight"},
    {0, NULL},
};

/* Slopes of a power of two of heads, of which others take every second first. */
static void
set_mpt_slopes (FoveaArchitecture *a, double most)
{
    gint64 n = a->n_heads, power = 1;
    while (power < n)
        power *= 2;
    fovea_architecture_set_alibi (a);
    for (gint64 h = 0; h < n; h++) {
        gint64 at = power == n ? h : h < power / 2 ? 2 * h + 1 : 2 * (h - power / 2);
        a->alibi_slopes[h] = (float) exp2 (-most * (double) (at + 1) / (double) power);
    }
}

/* What the file says of attention: slopes, and variants that are refused by name. */
static void
describe_mpt_attention (FoveaConfig *config, FoveaArchitecture *a, JsonObject *object)
{
    static const struct {
        const char *key, *plain;
    } known[] = {{"attn_type", "\"multihead_attention\""},
                 {"alibi", "true"},
                 {"qk_ln", "false"},
                 {"qk_gn", "false"},
                 {"rope", "false"},
                 {"prefix_lm", "false"},
                 {"sliding_window_size", "-1"},
                 {"attn_uses_sequence_id", "false"}};
    double most = json_object_get_double_member_with_default (object, "alibi_bias_max", 8);
    double scale = 0;
    for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
        JsonNode *node = json_object_get_member (object, known[i].key);
        g_autofree char *value = node != NULL ? json_to_string (node, FALSE) : NULL;
        if (value != NULL && !g_str_equal (value, "null") && !g_str_equal (value, known[i].plain))
            fovea_config_refuse (config, "\"attn_config.%s\": %.80s is not supported", known[i].key,
                                 value);
    }
    JsonNode *clip = json_object_get_member (object, "clip_qkv");
    if (clip != NULL && JSON_NODE_HOLDS_VALUE (clip))
        a->qkv_limit = (float) MAX (json_node_get_double (clip), 0);
    if (json_object_has_member (object, "softmax_scale") &&
        !json_object_get_null_member (object, "softmax_scale"))
        scale = json_object_get_double_member_with_default (object, "softmax_scale", 0);
    if (scale > 0)
        a->attention_scale = (float) scale;
    set_mpt_slopes (a, most > 0 ? most : 8);
}

static void
describe_mpt (FoveaConfig *config, FoveaArchitecture *a)
{
    JsonNode *node = fovea_config_get_member (config, "attn_config");
    fovea_describe_sizes (config, a, &mpt_keys);
    fovea_describe_norm (config, a, FOVEA_NORM_LAYER, "layer_norm_epsilon", 1e-5);
    a->activation = FOVEA_ACTIVATION_GELU;
    a->tied_head = fovea_config_get_boolean (config, "tie_word_embeddings", TRUE);
    if (!fovea_config_get_boolean (config, "no_bias", TRUE))
        fovea_config_refuse (config, "\"no_bias\": false is not supported in this family");
    gint64 ratio = fovea_config_get_integer (config, "expansion_ratio", 4, 1024);
    a->mlp_width = MIN (ratio * a->width, FOVEA_MAX_WIDTH);
    if (node == NULL)
        set_mpt_slopes (a, 8);
    else if (JSON_NODE_HOLDS_OBJECT (node))
        describe_mpt_attention (config, a, json_node_get_object (node));
    else
        fovea_config_refuse (config, "\"attn_config\" that is no object is not supported");
}

const FoveaFamily fovea_alibi_families[] = {
    {"bloom", "transformer.", describe_bloom, bloom_names, none_ignored, NULL},
    {"falcon", "transformer.", describe_falcon, falcon_names, none_ignored, falcon_reads,
     reshape_falcon},
    {"mpt", "transformer.", describe_mpt, mpt_names, none_ignored, NULL},
    {0},
};
