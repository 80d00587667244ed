/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Decoders with spellings of their own: the GPT line, OPT and Phi. Defaults are those of Hugging Face
 * transformers for the family. */
#include "capture/families-private.h"

static const FoveaSizeKeys gpt2_keys = {"n_layer", "n_head",      NULL, "n_embd",
                                        "n_inner", "n_positions", 1024, TRUE};
static const FoveaSizeKeys neo_keys = {
    "num_layers", "num_heads", NULL, "hidden_size", "intermediate_size", "max_position_embeddings",
    2048,         TRUE};
static const FoveaSizeKeys opt_keys = {
    "num_hidden_layers", "num_attention_heads",     NULL, "hidden_size",
    "ffn_dim",           "max_position_embeddings", 2048, FALSE};
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

static void
describe_gpt2 (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_sizes (config, a, &gpt2_keys);
    fovea_describe_norm (config, a, FOVEA_NORM_LAYER, "layer_norm_epsilon", 1e-5);
    a->position = FOVEA_POSITION_LEARNED;
    a->activation = fovea_describe_activation (config, "activation_function", "gelu_new");
    a->tied_head = fovea_config_get_boolean (config, "tie_word_embeddings", TRUE);
    if (!fovea_config_get_boolean (config, "scale_attn_weights", TRUE))
        a->attention_scale = 1;
}

static const FoveaTensorName gpt_neo_names[] = {
    {FOVEA_WEIGHT_EMBED, "wte.weight"},
    {FOVEA_WEIGHT_POSITION, "wpe.weight"},
    {FOVEA_WEIGHT_NORM1_GAIN, "h.#.ln_1.weight"},
    {FOVEA_WEIGHT_NORM1_BIAS, "h.#.ln_1.bias"},
    {FOVEA_WEIGHT_Q, "h.#.attn.attention.q_proj.weight"},
    {FOVEA_WEIGHT_K, "h.#.attn.attention.k_proj.weight"},
    {FOVEA_WEIGHT_V, "h.#.attn.attention.v_proj.weight"},
    {FOVEA_WEIGHT_O, "h.#.attn.attention.out_proj.weight"},
    {FOVEA_WEIGHT_O_BIAS, "h.#.attn.attention.out_proj.bias"},
    {FOVEA_WEIGHT_NORM2_GAIN, "h.#.ln_2.weight"},
    {FOVEA_WEIGHT_NORM2_BIAS, "h.#.ln_2.bias"},
    {FOVEA_WEIGHT_MLP_IN, "h.#.mlp.c_fc.weight"},
    {FOVEA_WEIGHT_MLP_IN_BIAS, "h.#.mlp.c_fc.bias"},
    {FOVEA_WEIGHT_MLP_OUT, "h.#.mlp.c_proj.weight"},
    {FOVEA_WEIGHT_MLP_OUT_BIAS, "h.#.mlp.c_proj.bias"},
    {FOVEA_WEIGHT_FINAL_NORM_GAIN, "ln_f.weight"},
    {FOVEA_WEIGHT_FINAL_NORM_BIAS, "ln_f.bias"},
    {FOVEA_WEIGHT_UNEMBED, "lm_head.weight"},
    {0, NULL},
};
static const char *const gpt_neo_ignored[] = {"h.*.attn.attention.bias",
                                              "h.*.attn.attention.masked_bias", NULL};

/* One pair of "attention_types": kinds of layers, and how many times they are repeated. Gives the
 * number of layers described with it. */
static gint64
read_pattern (
    FoveaConfig *config, FoveaArchitecture *a, JsonNode *pair, gint64 layer, gint64 window)
{
    JsonArray *both = JSON_NODE_HOLDS_ARRAY (pair) ? json_node_get_array (pair) : NULL;
    JsonNode *first =
        both != NULL && json_array_get_length (both) == 2 ? json_array_get_element (both, 0) : NULL;
    JsonNode *count = first != NULL ? json_array_get_element (both, 1) : NULL;
    JsonArray *kinds =
        first != NULL && JSON_NODE_HOLDS_ARRAY (first) ? json_node_get_array (first) : NULL;
    gint64 n = count != NULL && JSON_NODE_HOLDS_VALUE (count) ? json_node_get_int (count) : 0;
    guint length = kinds != NULL ? json_array_get_length (kinds) : 0;
    for (gint64 i = 0; i < n && length > 0; i++)
        for (guint k = 0; k < length && layer < a->n_layers; k++) {
            JsonNode *kind = json_array_get_element (kinds, k);
            const char *name = JSON_NODE_HOLDS_VALUE (kind) ? json_node_get_string (kind) : NULL;
            if (g_strcmp0 (name, "local") == 0)
                a->windows[layer] = window;
            else if (g_strcmp0 (name, "global") != 0)
                fovea_config_refuse (config, "attention type \"%s\" is not supported",
                                     name != NULL ? name : "");
            layer++;
        }
    return layer;
}

/* Global and local layers in turn; scores are not scaled. */
static void
describe_gpt_neo (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_sizes (config, a, &neo_keys);
    fovea_describe_norm (config, a, FOVEA_NORM_LAYER, "layer_norm_epsilon", 1e-5);
    a->position = FOVEA_POSITION_LEARNED;
    a->activation = fovea_describe_activation (config, "activation_function", "gelu_new");
    a->tied_head = fovea_config_get_boolean (config, "tie_word_embeddings", TRUE);
    a->attention_scale = 1;
    gint64 window = fovea_config_get_integer (config, "window_size", 256, FOVEA_MAX_TOKENS);
    JsonNode *types = fovea_config_get_member (config, "attention_types");
    JsonArray *list =
        types != NULL && JSON_NODE_HOLDS_ARRAY (types) ? json_node_get_array (types) : NULL;
    gint64 layer = 0;
    fovea_architecture_set_windows (a, 0);
    for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
        layer = read_pattern (config, a, json_array_get_element (list, i), layer, window);
    if (layer != a->n_layers)
        fovea_config_refuse (config,
                             "\"attention_types\" describes %" G_GINT64_FORMAT
                             " layers of %" G_GINT64_FORMAT,
                             layer, a->n_layers);
}

static const FoveaTensorName gpt_neox_names[] = {
    {FOVEA_WEIGHT_EMBED, "embed_in.weight"},
    {FOVEA_WEIGHT_NORM1_GAIN, "layers.#.input_layernorm.weight"},
    {FOVEA_WEIGHT_NORM1_BIAS, "layers.#.input_layernorm.bias"},
    FOVEA_FUSED_NAMES ("layers.#.attention.query_key_value.weight",
                       "layers.#.attention.query_key_value.bias"),
    {FOVEA_WEIGHT_O, "layers.#.attention.dense.weight"},
    {FOVEA_WEIGHT_O_BIAS, "layers.#.attention.dense.bias", 0, 0, FOVEA_WHEN_OUT_BIAS},
    {FOVEA_WEIGHT_NORM2_GAIN, "layers.#.post_attention_layernorm.weight"},
    {FOVEA_WEIGHT_NORM2_BIAS, "layers.#.post_attention_layernorm.bias"},
    {FOVEA_WEIGHT_MLP_IN, "layers.#.mlp.dense_h_to_4h.weight"},
    {FOVEA_WEIGHT_MLP_IN_BIAS, "layers.#.mlp.dense_h_to_4h.bias"},
    {FOVEA_WEIGHT_MLP_OUT, "layers.#.mlp.dense_4h_to_h.weight"},
    {FOVEA_WEIGHT_MLP_OUT_BIAS, "layers.#.mlp.dense_4h_to_h.bias"},
    {FOVEA_WEIGHT_FINAL_NORM_GAIN, "final_layer_norm.weight"},
    {FOVEA_WEIGHT_FINAL_NORM_BIAS, "final_layer_norm.bias"},
    {FOVEA_WEIGHT_UNEMBED, "embed_out.weight"},
    {0, NULL},
};
static const char *const gpt_neox_ignored[] = {"layers.*.attention.bias",
                                               "layers.*.attention.masked_bias",
                                               "layers.*.attention.rotary_emb.inv_freq", NULL};

static void
describe_gpt_neox (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_sizes (config, a, &fovea_full_keys);
    fovea_describe_norm (config, a, FOVEA_NORM_LAYER, "layer_norm_eps", 1e-5);
    a->activation = fovea_describe_activation (config, "hidden_act", "gelu");
    a->tied_head = fovea_config_get_boolean (config, "tie_word_embeddings", FALSE);
    a->qkv_bias = a->out_bias = fovea_config_get_boolean (config, "attention_bias", TRUE);
    a->parallel = fovea_config_get_boolean (config, "use_parallel_residual", TRUE);
    fovea_describe_rotary (config, a, "rotary_emb_base", "rotary_pct", 0.25);
}
static const char *const gpt_neox_reads[] = {"attention_bias", "use_parallel_residual", NULL};

static const FoveaTensorName opt_names[] = {
    {FOVEA_WEIGHT_EMBED, "embed_tokens.weight"},
    {FOVEA_WEIGHT_POSITION, "embed_positions.weight"},
    {FOVEA_WEIGHT_NORM1_GAIN, "layers.#.self_attn_layer_norm.weight"},
    {FOVEA_WEIGHT_NORM1_BIAS, "layers.#.self_attn_layer_norm.bias"},
    {FOVEA_WEIGHT_Q, "layers.#.self_attn.q_proj.weight"},
    {FOVEA_WEIGHT_Q_BIAS, "layers.#.self_attn.q_proj.bias", 0, 0, FOVEA_WHEN_QKV_BIAS},
    {FOVEA_WEIGHT_K, "layers.#.self_attn.k_proj.weight"},
    {FOVEA_WEIGHT_K_BIAS, "layers.#.self_attn.k_proj.bias", 0, 0, FOVEA_WHEN_QKV_BIAS},
    {FOVEA_WEIGHT_V, "layers.#.self_attn.v_proj.weight"},
    {FOVEA_WEIGHT_V_BIAS, "layers.#.self_attn.v_proj.bias", 0, 0, FOVEA_WHEN_QKV_BIAS},
    {FOVEA_WEIGHT_O, "layers.#.self_attn.out_proj.weight"},
    {FOVEA_WEIGHT_O_BIAS, "layers.#.self_attn.out_proj.bias", 0, 0, FOVEA_WHEN_OUT_BIAS},
    {FOVEA_WEIGHT_NORM2_GAIN, "layers.#.final_layer_norm.weight"},
    {FOVEA_WEIGHT_NORM2_BIAS, "layers.#.final_layer_norm.bias"},
    {FOVEA_WEIGHT_MLP_IN, "layers.#.fc1.weight"},
    {FOVEA_WEIGHT_MLP_IN_BIAS, "layers.#.fc1.bias", 0, 0, FOVEA_WHEN_MLP_BIAS},
    {FOVEA_WEIGHT_MLP_OUT, "layers.#.fc2.weight"},
    {FOVEA_WEIGHT_MLP_OUT_BIAS, "layers.#.fc2.bias", 0, 0, FOVEA_WHEN_MLP_BIAS},
    {FOVEA_WEIGHT_FINAL_NORM_GAIN, "final_layer_norm.weight"},
    {FOVEA_WEIGHT_FINAL_NORM_BIAS, "final_layer_norm.bias"},
    {FOVEA_WEIGHT_UNEMBED, "lm_head.weight"},
    {0, NULL},
};

/* Positions start at the third row of their table. The smallest members of the family differ: one
 * norms behind its blocks, one embeds in a narrower space. */
static void
describe_opt (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_sizes (config, a, &opt_keys);
    a->norm = FOVEA_NORM_LAYER;
    a->norm_eps = 1e-5f;
    a->position = FOVEA_POSITION_LEARNED;
    a->position_offset = 2;
    a->activation = fovea_describe_activation (config, "activation_function", "relu");
    a->tied_head = fovea_config_get_boolean (config, "tie_word_embeddings", TRUE);
    a->qkv_bias = a->out_bias = a->mlp_bias =
        fovea_config_get_boolean (config, "enable_bias", TRUE);
    gint64 narrow =
        fovea_config_get_integer (config, "word_embed_proj_dim", a->width, FOVEA_MAX_WIDTH);
    if (narrow != a->width)
        fovea_config_refuse (config,
                             "\"word_embed_proj_dim\" %" G_GINT64_FORMAT
                             " of a stream of width %" G_GINT64_FORMAT " is not supported",
                             narrow, a->width);
    if (!fovea_config_get_boolean (config, "do_layer_norm_before", TRUE) ||
        !fovea_config_get_boolean (config, "layer_norm_elementwise_affine", TRUE) ||
        fovea_config_get_boolean (config, "_remove_final_layer_norm", FALSE))
        fovea_config_refuse (config, "norms behind the blocks, without gains or not at the end are "
                                     "not supported in this family");
}

static const char *const none_ignored[] = {NULL};

static const FoveaTensorName phi_names[] = {
    {FOVEA_WEIGHT_EMBED, "embed_tokens.weight"},
    {FOVEA_WEIGHT_NORM1_GAIN, "layers.#.input_layernorm.weight"},
    {FOVEA_WEIGHT_NORM1_BIAS, "layers.#.input_layernorm.bias"},
    {FOVEA_WEIGHT_Q, "layers.#.self_attn.q_proj.weight"},
    {FOVEA_WEIGHT_Q_BIAS, "layers.#.self_attn.q_proj.bias"},
    {FOVEA_WEIGHT_K, "layers.#.self_attn.k_proj.weight"},
    {FOVEA_WEIGHT_K_BIAS, "layers.#.self_attn.k_proj.bias"},
    {FOVEA_WEIGHT_V, "layers.#.self_attn.v_proj.weight"},
    {FOVEA_WEIGHT_V_BIAS, "layers.#.self_attn.v_proj.bias"},
    {FOVEA_WEIGHT_O, "layers.#.self_attn.dense.weight"},
    {FOVEA_WEIGHT_O_BIAS, "layers.#.self_attn.dense.bias"},
    {FOVEA_WEIGHT_Q_NORM_GAIN, "layers.#.self_attn.q_layernorm.weight", 0, 0, FOVEA_WHEN_QK_NORM},
    {FOVEA_WEIGHT_Q_NORM_BIAS, "layers.#.self_attn.q_layernorm.bias", 0, 0, FOVEA_WHEN_QK_NORM},
    {FOVEA_WEIGHT_K_NORM_GAIN, "layers.#.self_attn.k_layernorm.weight", 0, 0, FOVEA_WHEN_QK_NORM},
    {FOVEA_WEIGHT_K_NORM_BIAS, "layers.#.self_attn.k_layernorm.bias", 0, 0, FOVEA_WHEN_QK_NORM},
    {FOVEA_WEIGHT_MLP_IN, "layers.#.mlp.fc1.weight"},
    {FOVEA_WEIGHT_MLP_IN_BIAS, "layers.#.mlp.fc1.bias"},
    {FOVEA_WEIGHT_MLP_OUT, "layers.#.mlp.fc2.weight"},
    {FOVEA_WEIGHT_MLP_OUT_BIAS, "layers.#.mlp.fc2.bias"},
    {FOVEA_WEIGHT_FINAL_NORM_GAIN, "final_layernorm.weight"},
    {FOVEA_WEIGHT_FINAL_NORM_BIAS, "final_layernorm.bias"},
    {FOVEA_WEIGHT_UNEMBED, "lm_head.weight"},
    {FOVEA_WEIGHT_UNEMBED_BIAS, "lm_head.bias"},
    {0, NULL},
};

static void
describe_phi (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_sizes (config, a, &fovea_llama_keys);
    fovea_describe_norm (config, a, FOVEA_NORM_LAYER, "layer_norm_eps", 1e-5);
    a->activation = fovea_describe_activation (config, "hidden_act", "gelu_new");
    a->tied_head = fovea_config_get_boolean (config, "tie_word_embeddings", FALSE);
    a->parallel = a->shared_norm = TRUE;
    if (fovea_config_get_boolean (config, "qk_layernorm", FALSE))
        a->qk_norm = FOVEA_QK_NORM_HEAD;
    fovea_describe_rotary (config, a, "rope_theta", "partial_rotary_factor", 0.5);
}
static const char *const phi_reads[] = {"partial_rotary_factor", "qk_layernorm", NULL};

/* What GPT-J and CodeGen spell alike. */
#define GPTJ_REST                                                                                  \
    {FOVEA_WEIGHT_MLP_IN, "h.#.mlp.fc_in.weight"},                                                 \
        {FOVEA_WEIGHT_MLP_IN_BIAS, "h.#.mlp.fc_in.bias"},                                          \
        {FOVEA_WEIGHT_MLP_OUT, "h.#.mlp.fc_out.weight"},                                           \
        {FOVEA_WEIGHT_MLP_OUT_BIAS, "h.#.mlp.fc_out.bias"},                                        \
        {FOVEA_WEIGHT_FINAL_NORM_GAIN, "ln_f.weight"},                                             \
        {FOVEA_WEIGHT_FINAL_NORM_BIAS, "ln_f.bias"}, {FOVEA_WEIGHT_UNEMBED, "lm_head.weight"},     \
        {FOVEA_WEIGHT_UNEMBED_BIAS, "lm_head.bias"},                                               \
    {                                                                                              \
        0, NULL                                                                                    \
    }

static const FoveaTensorName gptj_names[] = {
    {FOVEA_WEIGHT_EMBED, "wte.weight"},           {FOVEA_WEIGHT_NORM1_GAIN, "h.#.ln_1.weight"},
    {FOVEA_WEIGHT_NORM1_BIAS, "h.#.ln_1.bias"},   {FOVEA_WEIGHT_Q, "h.#.attn.q_proj.weight"},
    {FOVEA_WEIGHT_K, "h.#.attn.k_proj.weight"},   {FOVEA_WEIGHT_V, "h.#.attn.v_proj.weight"},
    {FOVEA_WEIGHT_O, "h.#.attn.out_proj.weight"}, GPTJ_REST,
};

static const FoveaTensorName codegen_names[] = {
    {FOVEA_WEIGHT_EMBED, "wte.weight"},
    {FOVEA_WEIGHT_NORM1_GAIN, "h.#.ln_1.weight"},
    {FOVEA_WEIGHT_NORM1_BIAS, "h.#.ln_1.bias"},
    {FOVEA_WEIGHT_Q, "h.#.attn.qkv_proj.weight", FOVEA_FUSED_CODEGEN},
    {FOVEA_WEIGHT_K, "h.#.attn.qkv_proj.weight", FOVEA_FUSED_CODEGEN},
    {FOVEA_WEIGHT_V, "h.#.attn.qkv_proj.weight", FOVEA_FUSED_CODEGEN},
    {FOVEA_WEIGHT_O, "h.#.attn.out_proj.weight"},
    GPTJ_REST,
};
static const char *const codegen_ignored[] = {"h.*.attn.causal_mask", "h.*.attn.masked_bias", NULL};

static void
describe_gptj (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_sizes (config, a, &gpt2_keys);
    if (fovea_config_get_member (config, "n_positions") == NULL)
        a->context = 2048;
    fovea_describe_norm (config, a, FOVEA_NORM_LAYER, "layer_norm_epsilon", 1e-5);
    a->activation = fovea_describe_activation (config, "activation_function", "gelu_new");
    a->tied_head = fovea_config_get_boolean (config, "tie_word_embeddings", FALSE);
    a->parallel = a->shared_norm = TRUE;
    a->position = FOVEA_POSITION_ROTARY;
    a->rotary_base = 10000;
    a->rotary_interleaved = TRUE;
    a->rotary_width = fovea_config_get_integer (config, "rotary_dim", 64, FOVEA_MAX_WIDTH);
    if (a->rotary_width <= a->head_width && a->rotary_width % 2 == 0)
        return;
    fovea_config_refuse (config,
                         "\"rotary_dim\" %" G_GINT64_FORMAT " of heads of width %" G_GINT64_FORMAT
                         " is not supported",
                         a->rotary_width, a->head_width);
    a->rotary_width = 0;
}

/* GPT-J whose queries, keys and values are one tensor, in four parts. */
static void
describe_codegen (FoveaConfig *config, FoveaArchitecture *a)
{
    describe_gptj (config, a);
    if (a->n_heads % 4 != 0)
        fovea_config_refuse (config, "%" G_GINT64_FORMAT " heads do not divide into four parts",
                             a->n_heads);
}

static const FoveaTensorName bigcode_names[] = {
    {FOVEA_WEIGHT_EMBED, "wte.weight"},
    {FOVEA_WEIGHT_POSITION, "wpe.weight"},
    {FOVEA_WEIGHT_NORM1_GAIN, "h.#.ln_1.weight"},
    {FOVEA_WEIGHT_NORM1_BIAS, "h.#.ln_1.bias"},
    FOVEA_FUSED_NAMES ("h.#.attn.c_attn.weight", "h.#.attn.c_attn.bias"),
    {FOVEA_WEIGHT_O, "h.#.attn.c_proj.weight"},
    {FOVEA_WEIGHT_O_BIAS, "h.#.attn.c_proj.bias"},
    {FOVEA_WEIGHT_NORM2_GAIN, "h.#.ln_2.weight"},
    {FOVEA_WEIGHT_NORM2_BIAS, "h.#.ln_2.bias"},
    {FOVEA_WEIGHT_MLP_IN, "h.#.mlp.c_fc.weight"},
    {FOVEA_WEIGHT_MLP_IN_BIAS, "h.#.mlp.c_fc.bias"},
    {FOVEA_WEIGHT_MLP_OUT, "h.#.mlp.c_proj.weight"},
    {FOVEA_WEIGHT_MLP_OUT_BIAS, "h.#.mlp.c_proj.bias"},
    {FOVEA_WEIGHT_FINAL_NORM_GAIN, "ln_f.weight"},
    {FOVEA_WEIGHT_FINAL_NORM_BIAS, "ln_f.bias"},
    {FOVEA_WEIGHT_UNEMBED, "lm_head.weight"},
    {0, NULL},
};

/* GPT-2 with linear layers the other way round and, mostly, one key/value head for all. */
static void
describe_bigcode (FoveaConfig *config, FoveaArchitecture *a)
{
    describe_gpt2 (config, a);
    a->activation = fovea_describe_activation (config, "activation_function", "gelu_pytorch_tanh");
    a->qkv_bias = TRUE;
    if (fovea_config_get_boolean (config, "multi_query", TRUE))
        a->n_kv_heads = 1;
}
static const char *const bigcode_reads[] = {"multi_query", NULL};

const FoveaFamily fovea_gpt_families[] = {
    {"gpt2", "transformer.", describe_gpt2, gpt2_names, gpt2_ignored, NULL},
    {"gpt_neo", "transformer.", describe_gpt_neo, gpt_neo_names, gpt_neo_ignored, NULL},
    {"gpt_neox", "gpt_neox.", describe_gpt_neox, gpt_neox_names, gpt_neox_ignored, gpt_neox_reads},
    {"gptj", "transformer.", describe_gptj, gptj_names, gpt2_ignored, NULL},
    {"codegen", "transformer.", describe_codegen, codegen_names, codegen_ignored, NULL},
    {"gpt_bigcode", "transformer.", describe_bigcode, bigcode_names, gpt2_ignored, bigcode_reads},
    {"opt", "model.decoder.", describe_opt, opt_names, none_ignored, NULL},
    {"phi", "model.", describe_phi, phi_names, none_ignored, phi_reads},
    {0},
};
