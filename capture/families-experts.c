/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Families of the Llama spelling with experts beside one MLP that all tokens take: Qwen 2, whose
 * tokens weigh that one too; Granite, whose files hold all experts of a layer in one tensor; GLM 4.5,
 * which chooses as DeepSeek 3 does, behind plain attention. */
#include <string.h>

#include "capture/families-llama.h"
#include "capture/families-private.h"
#include "capture/safetensors.h"

static const FoveaTensorName qwen2_moe_names[] = {
    ATTENTION_NAMES,
    EXPERT_NAMES ("mlp", "gate_proj", "up_proj", "down_proj"),
    SHARED_NAMES ("layers.#.mlp.shared_expert"),
    {FOVEA_WEIGHT_SHARED_SHARE, "layers.#.mlp.shared_expert_gate.weight"},
    NORM_NAMES,
    END_NAMES};

#define GRANITE_NAMES                                                                              \
    ATTENTION_NAMES, {FOVEA_WEIGHT_ROUTER, "layers.#.block_sparse_moe.router.layer.weight"},       \
        {FOVEA_WEIGHT_EXPERT_GATE, "layers.#.block_sparse_moe.gate.@"},                            \
        {FOVEA_WEIGHT_EXPERT_IN, "layers.#.block_sparse_moe.up.@"},                                \
    {                                                                                              \
        FOVEA_WEIGHT_EXPERT_OUT, "layers.#.block_sparse_moe.down.@"                                \
    }

static const FoveaTensorName granite_names[] = {GRANITE_NAMES, NORM_NAMES, END_NAMES};

static const FoveaTensorName granite_shared_names[] = {
    GRANITE_NAMES,
    {FOVEA_WEIGHT_SHARED_GATE, "layers.#.shared_mlp.gate"},
    {FOVEA_WEIGHT_SHARED_IN, "layers.#.shared_mlp.up"},
    {FOVEA_WEIGHT_SHARED_OUT, "layers.#.shared_mlp.output_linear.weight"},
    NORM_NAMES,
    END_NAMES};

static const FoveaTensorName glm4_moe_names[] = {
    ATTENTION_NAMES,
    {FOVEA_WEIGHT_Q_NORM_GAIN, "layers.#.self_attn.q_norm.weight", 0, 0, FOVEA_WHEN_QK_NORM},
    {FOVEA_WEIGHT_K_NORM_GAIN, "layers.#.self_attn.k_norm.weight", 0, 0, FOVEA_WHEN_QK_NORM},
    ROUTED_NAMES,
    NORM_NAMES,
    END_NAMES};

/* Adds @rows of @given from @first on, under its name with @ending replaced. */
static void
add_rows (FoveaReshaped *to,
          const FoveaTensor *given,
          const char *ending,
          const char *new_ending,
          gint64 first,
          gint64 rows)
{
    FoveaTensor tensor = *given;
    gint64 columns = given->shape[given->rank - 1];
    int stem = (int) (strlen (given->name) - strlen (ending));
    g_autofree char *name = g_strdup_printf ("%.*s%s", stem, given->name, new_ending);
    gsize row = fovea_dtype_bytes (given->dtype, (gsize) columns);
    tensor.name = g_string_chunk_insert (to->names, name);
    tensor.rank = 2;
    tensor.shape[0] = rows;
    tensor.shape[1] = columns;
    tensor.n_elements = rows * columns;
    tensor.n_bytes = (gsize) rows * row;
    tensor.data = (const char *) given->data + (gsize) first * row;
    g_array_append_val (to->tensors, tensor);
}

/* Experts of one tensor, each a run of rows; a gate stands above the half beside it. */
static void
reshape_granite (const FoveaArchitecture *a, const FoveaTensor *given, FoveaReshaped *to)
{
    static const char in[] = "input_linear.weight", out[] = "output_linear.weight";
    const gint64 *shape = given->shape, M = a->mlp_width;
    gboolean stacked = given->rank == 3 && shape[0] == a->n_experts && given->dtype <= FOVEA_BF16;
    if (stacked && g_str_has_suffix (given->name, in) && shape[1] == 2 * M) {
        for (gint64 e = 0; e < shape[0]; e++) {
            g_autofree char *gate = g_strdup_printf ("gate.%" G_GINT64_FORMAT, e);
            g_autofree char *up = g_strdup_printf ("up.%" G_GINT64_FORMAT, e);
            add_rows (to, given, in, gate, e * 2 * M, M);
            add_rows (to, given, in, up, e * 2 * M + M, M);
        }
    } else if (stacked && g_str_has_suffix (given->name, out)) {
        for (gint64 e = 0; e < shape[0]; e++) {
            g_autofree char *down = g_strdup_printf ("down.%" G_GINT64_FORMAT, e);
            add_rows (to, given, out, down, e * shape[1], shape[1]);
        }
    } else if (given->rank == 2 && g_str_has_suffix (given->name, in) &&
               shape[0] == 2 * a->shared_width && given->dtype <= FOVEA_BF16) {
        add_rows (to, given, in, "gate", 0, a->shared_width);
        add_rows (to, given, in, "up", a->shared_width, a->shared_width);
    } else {
        g_array_append_val (to->tensors, *given);
    }
}

static void
describe_qwen2_moe (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-6, FALSE);
    a->qkv_bias = fovea_config_get_boolean (config, "qkv_bias", TRUE);
    fovea_describe_experts (config, a, "num_experts", 60, 4);
    a->mlp_width =
        fovea_config_get_integer (config, "moe_intermediate_size", 1408, FOVEA_MAX_WIDTH);
    a->shared_width =
        fovea_config_get_integer (config, "shared_expert_intermediate_size", 5632, FOVEA_MAX_WIDTH);
    a->experts_add_to_one = fovea_config_get_boolean (config, "norm_topk_prob", FALSE);
    fovea_refuse_plain_layers (config);
    if (fovea_config_get_boolean (config, "use_sliding_window", FALSE))
        fovea_config_refuse (config,
                             "\"use_sliding_window\": true is not supported in this family");
    fovea_describe_rotary (config, a, "rope_theta", "", 1);
}
static const char *const qwen2_moe_reads[] = {"sliding_window", "num_local_experts", "num_experts",
                                              NULL};

/* Granite's factors, and weights that are the softmax of the chosen scores alone. */
static void
describe_granite_moe (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-6, FALSE);
    a->qkv_bias = a->out_bias = fovea_config_get_boolean (config, "attention_bias", FALSE);
    fovea_describe_experts (config, a, "num_local_experts", 8, 2);
    a->experts_add_to_one = TRUE;
    fovea_describe_granite_factors (config, a);
    fovea_describe_rotary (config, a, "rope_theta", "", 1);
}

static void
describe_granite_shared (FoveaConfig *config, FoveaArchitecture *a)
{
    describe_granite_moe (config, a);
    a->shared_width =
        fovea_config_get_integer (config, "shared_intermediate_size", 1024, FOVEA_MAX_WIDTH);
}
static const char *const granite_reads[] = {"attention_bias",
                                            "num_local_experts",
                                            "embedding_multiplier",
                                            "residual_multiplier",
                                            "attention_multiplier",
                                            "logits_scaling",
                                            NULL};

static void
describe_glm4_moe (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-5, FALSE);
    a->qkv_bias = fovea_config_get_boolean (config, "attention_bias", FALSE);
    if (fovea_config_get_boolean (config, "use_qk_norm", FALSE))
        a->qk_norm = FOVEA_QK_NORM_HEAD;
    fovea_describe_routed (config, a, 128, 8, 1);
    fovea_describe_sigmoid_choice (config, a, 1, 1, 1);
    fovea_describe_rotary (config, a, "rope_theta", "partial_rotary_factor", 0.5);
}
/* The same choice behind Qwen 3's attention. */
static void
describe_dots1 (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-6, FALSE);
    a->qkv_bias = a->out_bias = fovea_config_get_boolean (config, "attention_bias", FALSE);
    a->qk_norm = FOVEA_QK_NORM_HEAD;
    if (fovea_config_get_member (config, "layer_types") != NULL)
        fovea_describe_windows (config, a, 4096, 0);
    fovea_describe_routed (config, a, 128, 6, 0);
    fovea_describe_sigmoid_choice (config, a, 1, 1, 1);
    if (fovea_config_get_member (config, "norm_topk_prob") == NULL)
        a->experts_add_to_one = FALSE;
    fovea_describe_rotary (config, a, "rope_theta", "", 1);
}
static const char *const dots1_reads[] = {
    "attention_bias",    "sliding_window", "layer_types", "n_routed_experts",
    "num_local_experts", "num_experts",    NULL};

static const char *const glm4_moe_reads[] = {
    "attention_bias",    "partial_rotary_factor", "use_qk_norm", "n_routed_experts",
    "num_local_experts", "num_experts",           NULL};

static void
reshape_glm4_moe (const FoveaArchitecture *a, const FoveaTensor *given, FoveaReshaped *to)
{
    if (!fovea_family_is_beyond (a, given->name))
        g_array_append_val (to->tensors, *given);
}

const FoveaFamily fovea_expert_families[] = {
    {"qwen2_moe", "model.", describe_qwen2_moe, qwen2_moe_names, fovea_llama_ignored,
     qwen2_moe_reads},
    {"granitemoe", "model.", describe_granite_moe, granite_names, fovea_llama_ignored,
     granite_reads, reshape_granite},
    {"granitemoeshared", "model.", describe_granite_shared, granite_shared_names,
     fovea_llama_ignored, granite_reads, reshape_granite},
    {"dots1", "model.", describe_dots1, glm4_moe_names, fovea_llama_ignored, dots1_reads},
    {"glm4_moe", "model.", describe_glm4_moe, glm4_moe_names, fovea_llama_ignored, glm4_moe_reads,
     reshape_glm4_moe},
    {0},
};
