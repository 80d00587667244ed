/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Kin of Llama whose layers are not all alike: in some, queries and keys do not turn, so that they
 * know no positions but what others left in the stream. GLM, of whose heads one half turns. And those
 * whose MLP is the square of a rectifier, without a gate. */
#include <math.h>
#include <string.h>

#include "capture/families-llama.h"
#include "capture/families-private.h"

static const FoveaTensorName plain_names[] = {ATTENTION_NAMES, GATED_NAMES, NORM_NAMES, END_NAMES};

static const FoveaTensorName behind_names[] = {BEHIND_NAMES, END_NAMES};

#define JOINT_NAMES                                                                                \
    {FOVEA_WEIGHT_MLP_GATE, "layers.#.mlp.gate_up_proj.weight", FOVEA_FUSED_GATE_UP},              \
        {FOVEA_WEIGHT_MLP_IN, "layers.#.mlp.gate_up_proj.weight", FOVEA_FUSED_GATE_UP},            \
    {                                                                                              \
        FOVEA_WEIGHT_MLP_OUT, "layers.#.mlp.down_proj.weight"                                      \
    }

static const FoveaTensorName glm_names[] = {ATTENTION_NAMES, JOINT_NAMES, NORM_NAMES, END_NAMES};

/* What others call the norm behind attention is the one before the MLP here. */
static const FoveaTensorName glm4_names[] = {
    ATTENTION_NAMES,
    JOINT_NAMES,
    NORM_NAMES,
    {FOVEA_WEIGHT_NORM1_POST_GAIN, "layers.#.post_self_attn_layernorm.weight"},
    {FOVEA_WEIGHT_NORM2_POST_GAIN, "layers.#.post_mlp_layernorm.weight"},
    END_NAMES};

#define PLAIN_MLP_NAMES                                                                            \
    {FOVEA_WEIGHT_MLP_IN, "layers.#.mlp.up_proj.weight"},                                          \
        {FOVEA_WEIGHT_MLP_OUT, "layers.#.mlp.down_proj.weight"},                                   \
        {FOVEA_WEIGHT_MLP_IN_BIAS, "layers.#.mlp.up_proj.bias", 0, 0, FOVEA_WHEN_MLP_BIAS},        \
    {                                                                                              \
        FOVEA_WEIGHT_MLP_OUT_BIAS, "layers.#.mlp.down_proj.bias", 0, 0, FOVEA_WHEN_MLP_BIAS        \
    }

static const FoveaTensorName arcee_names[] = {ATTENTION_NAMES, PLAIN_MLP_NAMES, NORM_NAMES,
                                              END_NAMES};

static const FoveaTensorName nemotron_names[] = {ATTENTION_NAMES, PLAIN_MLP_NAMES, NORM_NAMES,
                                                 NORM_BIAS_NAMES, END_NAMES};

/* "no_rope_layers" has a 1 for a layer that turns, whatever its name says; without it every n-th
 * layer does not. */
static void
describe_still_layers (FoveaConfig *config, FoveaArchitecture *a)
{
    JsonNode *node = fovea_config_get_member (config, "no_rope_layers");
    gint64 every = fovea_config_get_integer (config, "no_rope_layer_interval", 4, FOVEA_MAX_LAYERS);
    JsonArray *list =
        node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
    a->still = g_new0 (gboolean, (gsize) a->n_layers);
    if (list != NULL && (gint64) json_array_get_length (list) != a->n_layers) {
        fovea_config_refuse (config, "\"no_rope_layers\" is no list of %" G_GINT64_FORMAT " layers",
                             a->n_layers);
        return;
    }
    for (gint64 l = 0; l < a->n_layers; l++) {
        JsonNode *turns = list != NULL ? json_array_get_element (list, (guint) l) : NULL;
        a->still[l] = turns != NULL
                          ? JSON_NODE_HOLDS_VALUE (turns) && json_node_get_int (turns) == 0
                          : (l + 1) % every == 0;
    }
}

static void
describe_smollm3 (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-6, TRUE);
    a->qkv_bias = a->out_bias = fovea_config_get_boolean (config, "attention_bias", FALSE);
    a->mlp_bias = fovea_config_get_boolean (config, "mlp_bias", FALSE);
    if (fovea_config_get_boolean (config, "use_sliding_window", FALSE))
        fovea_describe_windows (config, a, 4096, 0);
    describe_still_layers (config, a);
    fovea_describe_rotary (config, a, "rope_theta", "", 1);
    if (fovea_config_get_member (config, "rope_theta") == NULL &&
        fovea_config_get_member (config, "rope_parameters") == NULL)
        a->rotary_base = 2e6;
}
static const char *const smollm3_reads[] = {"attention_bias", "mlp_bias",    "no_rope_layers",
                                            "sliding_window", "layer_types", NULL};

/* Layers that see all tokens do not turn, in models that have others. */
static void
describe_exaone4 (FoveaConfig *config, FoveaArchitecture *a)
{
    gint64 every = 4;
    JsonNode *pattern = fovea_config_get_member (config, "sliding_window_pattern");
    fovea_describe_llama (config, a, 1e-5, FALSE);
    a->norm_place = FOVEA_NORM_BEHIND;
    a->qk_norm = FOVEA_QK_NORM_HEAD;
    if (pattern != NULL && JSON_NODE_HOLDS_VALUE (pattern) &&
        json_node_get_value_type (pattern) == G_TYPE_STRING)
        every = (gint64) MAX (strlen (json_node_get_string (pattern)), 1); /* "LLLG" */
    else if (!fovea_config_is_null (config, "sliding_window_pattern"))
        every = fovea_config_get_integer (config, "sliding_window_pattern", 4, FOVEA_MAX_LAYERS);
    fovea_describe_windows (config, a, 4096, every);
    fovea_architecture_still_full_layers (a);
    fovea_describe_rotary (config, a, "rope_theta", "", 1);
}
static const char *const window_reads[] = {"sliding_window", "layer_types", NULL};

static void
describe_glm (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1.5625e-7, FALSE);
    a->qkv_bias = fovea_config_get_boolean (config, "attention_bias", TRUE);
    if (fovea_config_get_member (config, "head_dim") == NULL)
        a->head_width = 128;
    a->attention_scale = (float) (1 / sqrt ((double) a->head_width));
    fovea_describe_rotary (config, a, "rope_theta", "partial_rotary_factor", 0.5);
    a->rotary_interleaved = TRUE;
}

static void
describe_glm4 (FoveaConfig *config, FoveaArchitecture *a)
{
    describe_glm (config, a);
    a->norm_place = FOVEA_NORM_AROUND;
}
static const char *const glm_reads[] = {"attention_bias", "partial_rotary_factor", NULL};

static void
describe_squared (FoveaConfig *config, FoveaArchitecture *a, gboolean biases)
{
    a->activation = fovea_describe_activation (config, "hidden_act", "relu2");
    a->gated = FALSE;
    a->qkv_bias = a->out_bias = fovea_config_get_boolean (config, "attention_bias", biases);
    a->mlp_bias = fovea_config_get_boolean (config, "mlp_bias", biases);
}

static void
describe_arcee (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-5, FALSE);
    describe_squared (config, a, FALSE);
    fovea_describe_rotary (config, a, "rope_theta", "", 1);
}

/* Gains are stored less one, as Gemma's are. */
static void
describe_nemotron (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-5, FALSE);
    fovea_describe_norm (config, a, FOVEA_NORM_LAYER, "norm_eps", 1e-5);
    a->norm_gain_offset = 1;
    describe_squared (config, a, FALSE);
    fovea_describe_rotary (config, a, "rope_theta", "partial_rotary_factor", 0.5);
}

static void
describe_jais2 (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-5, FALSE);
    fovea_describe_norm (config, a, FOVEA_NORM_LAYER, "layer_norm_eps", 1e-5);
    describe_squared (config, a, TRUE);
    fovea_describe_rotary (config, a, "rope_theta", "", 1);
}
static const char *const squared_reads[] = {"attention_bias", "mlp_bias", "partial_rotary_factor",
                                            NULL};

static void
describe_ministral (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-6, FALSE);
    fovea_describe_windows (config, a, 4096, 0);
    fovea_describe_rotary (config, a, "rope_theta", "", 1);
}

/* One switch for queries, keys and values, one for all else; newer files spell them as Llama does. */
static void
describe_internlm3 (FoveaConfig *config, FoveaArchitecture *a)
{
    gboolean attention = fovea_config_get_boolean (config, "attention_bias", FALSE);
    gboolean mlp = fovea_config_get_boolean (config, "mlp_bias", FALSE);
    fovea_describe_llama (config, a, 1e-5, FALSE);
    a->qkv_bias = fovea_config_get_boolean (config, "qkv_bias", attention);
    a->out_bias = fovea_config_get_boolean (config, "bias", attention);
    a->mlp_bias = fovea_config_get_boolean (config, "bias", mlp);
    fovea_describe_rotary (config, a, "rope_theta", "", 1);
}
static const char *const internlm3_reads[] = {"attention_bias", "mlp_bias", "qkv_bias", "bias",
                                              NULL};

const FoveaFamily fovea_kin_families[] = {
    {"smollm3", "model.", describe_smollm3, plain_names, fovea_llama_ignored, smollm3_reads},
    {"exaone4", "model.", describe_exaone4, behind_names, fovea_llama_ignored, window_reads},
    {"glm", "model.", describe_glm, glm_names, fovea_llama_ignored, glm_reads},
    {"glm4", "model.", describe_glm4, glm4_names, fovea_llama_ignored, glm_reads},
    {"arcee", "model.", describe_arcee, arcee_names, fovea_llama_ignored, squared_reads},
    {"nemotron", "model.", describe_nemotron, nemotron_names, fovea_llama_ignored, squared_reads},
    {"jais2", "model.", describe_jais2, nemotron_names, fovea_llama_ignored, squared_reads},
    {"ministral", "model.", describe_ministral, plain_names, fovea_llama_ignored, window_reads},
    {"internlm3", "model.", describe_internlm3, plain_names, fovea_llama_ignored, internlm3_reads},
    {0},
};
