/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Families whose tensors are spelled as Llama's ("layers.0.self_attn.q_proj"): most of them. Each
 * description starts from that of Llama and says what differs. Defaults are those of Hugging Face
 * transformers for the family. */
#include <math.h>
#include <string.h>

#include "capture/families-llama.h"
#include "capture/families-private.h"
#include "capture/safetensors.h"

static const FoveaTensorName llama_names[] = {ATTENTION_NAMES, GATED_NAMES, NORM_NAMES, END_NAMES};

static const FoveaTensorName qwen3_names[] = {ATTENTION_NAMES, QK_NORM_NAMES, GATED_NAMES,
                                              NORM_NAMES, END_NAMES};

static const FoveaTensorName stablelm_names[] = {
    ATTENTION_NAMES,
    {FOVEA_WEIGHT_Q_NORM_GAIN, "layers.#.self_attn.q_layernorm.weight", 0, 0, FOVEA_WHEN_QK_NORM},
    {FOVEA_WEIGHT_K_NORM_GAIN, "layers.#.self_attn.k_layernorm.weight", 0, 0, FOVEA_WHEN_QK_NORM},
    GATED_NAMES,
    NORM_NAMES,
    NORM_BIAS_NAMES,
    END_NAMES};

static const FoveaTensorName cohere_names[] = {
    ATTENTION_NAMES,
    {FOVEA_WEIGHT_Q_NORM_GAIN, "layers.#.self_attn.q_norm.weight", 0, 0, FOVEA_WHEN_QK_NORM},
    {FOVEA_WEIGHT_K_NORM_GAIN, "layers.#.self_attn.k_norm.weight", 0, 0, FOVEA_WHEN_QK_NORM},
    GATED_NAMES,
    NORM_NAMES,
    END_NAMES};

static const FoveaTensorName starcoder2_names[] = {
    ATTENTION_NAMES,
    {FOVEA_WEIGHT_MLP_IN, "layers.#.mlp.c_fc.weight"},
    {FOVEA_WEIGHT_MLP_IN_BIAS, "layers.#.mlp.c_fc.bias", 0, 0, FOVEA_WHEN_MLP_BIAS},
    {FOVEA_WEIGHT_MLP_OUT, "layers.#.mlp.c_proj.weight"},
    {FOVEA_WEIGHT_MLP_OUT_BIAS, "layers.#.mlp.c_proj.bias", 0, 0, FOVEA_WHEN_MLP_BIAS},
    NORM_NAMES,
    NORM_BIAS_NAMES,
    END_NAMES};

static const FoveaTensorName phi3_names[] = {
    {FOVEA_WEIGHT_Q, "layers.#.self_attn.qkv_proj.weight", FOVEA_FUSED_QKV},
    {FOVEA_WEIGHT_K, "layers.#.self_attn.qkv_proj.weight", FOVEA_FUSED_QKV},
    {FOVEA_WEIGHT_V, "layers.#.self_attn.qkv_proj.weight", FOVEA_FUSED_QKV},
    {FOVEA_WEIGHT_O, "layers.#.self_attn.o_proj.weight"},
    {FOVEA_WEIGHT_MLP_GATE, "layers.#.mlp.gate_up_proj.weight", FOVEA_FUSED_GATE_UP},
    {FOVEA_WEIGHT_MLP_IN, "layers.#.mlp.gate_up_proj.weight", FOVEA_FUSED_GATE_UP},
    {FOVEA_WEIGHT_MLP_OUT, "layers.#.mlp.down_proj.weight"},
    NORM_NAMES,
    END_NAMES};

static const FoveaTensorName olmo2_names[] = {BEHIND_NAMES, END_NAMES};

static const FoveaTensorName gemma2_names[] = {ATTENTION_NAMES, GATED_NAMES, SANDWICH_NAMES,
                                               END_NAMES};

static const FoveaTensorName vaultgemma_names[] = {
    ATTENTION_NAMES,
    GATED_NAMES,
    {FOVEA_WEIGHT_NORM1_GAIN, "layers.#.input_layernorm.weight"},
    {FOVEA_WEIGHT_NORM2_GAIN, "layers.#.pre_feedforward_layernorm.weight"},
    END_NAMES};

static const FoveaTensorName gemma3_names[] = {ATTENTION_NAMES, QK_NORM_NAMES, GATED_NAMES,
                                               SANDWICH_NAMES, END_NAMES};

static const FoveaTensorName olmo_names[] = {ATTENTION_NAMES,
                                             GATED_NAMES,
                                             {FOVEA_WEIGHT_EMBED, "embed_tokens.weight"},
                                             {FOVEA_WEIGHT_UNEMBED, "lm_head.weight"},
                                             {0, NULL}};

static const FoveaTensorName mixtral_names[] = {
    ATTENTION_NAMES, EXPERT_NAMES ("block_sparse_moe", "w1", "w3", "w2"), NORM_NAMES, END_NAMES};

static const FoveaTensorName qwen3_moe_names[] = {
    ATTENTION_NAMES, QK_NORM_NAMES, EXPERT_NAMES ("mlp", "gate_proj", "up_proj", "down_proj"),
    NORM_NAMES, END_NAMES};

const char *const fovea_llama_ignored[] = {"layers.*.self_attn.rotary_emb.inv_freq", NULL};

void
fovea_describe_llama (FoveaConfig *config, FoveaArchitecture *a, double eps, gboolean tied)
{
    fovea_describe_sizes (config, a, &fovea_llama_keys);
    fovea_describe_norm (config, a, FOVEA_NORM_RMS, "rms_norm_eps", eps);
    a->activation = fovea_describe_activation (config, "hidden_act", "silu");
    a->gated = TRUE;
    a->tied_head = fovea_config_get_boolean (config, "tie_word_embeddings", tied);
}

static void
describe_positions (FoveaConfig *config, FoveaArchitecture *a, double part)
{
    fovea_describe_rotary (config, a, "rope_theta", "partial_rotary_factor", part);
}

static void
describe_llama (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-6, FALSE);
    a->qkv_bias = a->out_bias = fovea_config_get_boolean (config, "attention_bias", FALSE);
    a->mlp_bias = fovea_config_get_boolean (config, "mlp_bias", FALSE);
    describe_positions (config, a, 1);
}
static const char *const llama_reads[] = {"attention_bias", "mlp_bias", NULL};

static void
describe_mistral (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-6, FALSE);
    fovea_describe_windows (config, a, 4096, 0);
    describe_positions (config, a, 1);
}
static const char *const window_reads[] = {"sliding_window", NULL};

/* Windows only where a switch says so, and then from some layer on. */
static void
describe_qwen_windows (FoveaConfig *config, FoveaArchitecture *a)
{
    if (!fovea_config_get_boolean (config, "use_sliding_window", FALSE))
        return;
    fovea_describe_windows (config, a, 4096, 0);
    gint64 first = fovea_config_get_integer (config, "max_window_layers", 28, FOVEA_MAX_LAYERS);
    if (a->windows == NULL || fovea_config_get_member (config, "layer_types") != NULL)
        return;
    for (gint64 l = 0; l < MIN (first, a->n_layers); l++)
        a->windows[l] = 0;
}
static const char *const qwen_reads[] = {"sliding_window", "layer_types", NULL};

static void
describe_qwen2 (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-6, FALSE);
    a->qkv_bias = TRUE;
    describe_qwen_windows (config, a);
    describe_positions (config, a, 1);
}

static void
describe_qwen3_base (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-6, FALSE);
    a->qkv_bias = a->out_bias = fovea_config_get_boolean (config, "attention_bias", FALSE);
    a->qk_norm = FOVEA_QK_NORM_HEAD;
    describe_positions (config, a, 1);
}

static void
describe_qwen3 (FoveaConfig *config, FoveaArchitecture *a)
{
    describe_qwen3_base (config, a);
    describe_qwen_windows (config, a);
}
static const char *const qwen3_reads[] = {"sliding_window", "layer_types", "attention_bias", NULL};

static void
describe_mixtral (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-5, FALSE);
    fovea_describe_experts (config, a, "num_local_experts", 8, 2);
    a->experts_add_to_one = TRUE;
    fovea_describe_windows (config, a, 0, 0);
    describe_positions (config, a, 1);
}
static const char *const mixtral_reads[] = {"num_local_experts", "sliding_window", NULL};

void
fovea_refuse_plain_layers (FoveaConfig *config)
{
    gint64 step = fovea_config_get_integer (config, "decoder_sparse_step", 1, FOVEA_MAX_LAYERS);
    JsonNode *plain = fovea_config_get_member (config, "mlp_only_layers");
    if (step != 1 || (plain != NULL && JSON_NODE_HOLDS_ARRAY (plain) &&
                      json_array_get_length (json_node_get_array (plain)) > 0))
        fovea_config_refuse (config, "layers without experts (\"decoder_sparse_step\", "
                                     "\"mlp_only_layers\") are not supported in this family");
}

/* Files may mix experts with layers that have one MLP; here all layers have experts. */
/* The switch is for all layers here. */
static void
describe_qwen3_moe (FoveaConfig *config, FoveaArchitecture *a)
{
    describe_qwen3_base (config, a);
    if (fovea_config_get_boolean (config, "use_sliding_window", FALSE))
        fovea_describe_windows (config, a, 4096, 0);
    fovea_describe_experts (config, a, "num_experts", 128, 8);
    a->mlp_width = fovea_config_get_integer (config, "moe_intermediate_size", 768, FOVEA_MAX_WIDTH);
    a->experts_add_to_one = fovea_config_get_boolean (config, "norm_topk_prob", FALSE);
    fovea_refuse_plain_layers (config);
}
static const char *const qwen3_moe_reads[] = {"sliding_window",    "layer_types", "attention_bias",
                                              "num_local_experts", "num_experts", NULL};

static const char *const bias_reads[] = {"attention_bias", NULL};

/* Norms without gains; queries, keys and values may be clipped. */
static void
describe_olmo (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-5, FALSE);
    a->norm = FOVEA_NORM_LAYER;
    a->norm_eps = 1e-5f;
    a->qkv_bias = a->out_bias = fovea_config_get_boolean (config, "attention_bias", FALSE);
    a->qkv_limit = (float) fovea_config_get_number (config, "clip_qkv", 0);
    describe_positions (config, a, 1);
}

static void
describe_olmoe (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-5, FALSE);
    a->qkv_bias = a->out_bias = fovea_config_get_boolean (config, "attention_bias", FALSE);
    a->qk_norm = FOVEA_QK_NORM_ALL;
    fovea_describe_experts (config, a, "num_experts", 64, 8);
    a->experts_add_to_one = fovea_config_get_boolean (config, "norm_topk_prob", FALSE);
    a->qkv_limit = (float) fovea_config_get_number (config, "clip_qkv", 0);
    describe_positions (config, a, 1);
}
static const char *const olmo_reads[] = {"attention_bias", "clip_qkv", NULL};
static const char *const olmoe_reads[] = {"attention_bias", "clip_qkv", "num_local_experts",
                                          "num_experts", NULL};

void
fovea_describe_granite_factors (FoveaConfig *config, FoveaArchitecture *a)
{
    a->embedding_scale = (float) fovea_config_get_number (config, "embedding_multiplier", 1);
    a->residual_scale = (float) fovea_config_get_number (config, "residual_multiplier", 1);
    a->attention_scale = (float) fovea_config_get_number (config, "attention_multiplier", 1);
    a->logit_scale = (float) (1 / fovea_config_get_number (config, "logits_scaling", 1));
}

/* Llama with a factor at every place where one could stand. */
static void
describe_granite (FoveaConfig *config, FoveaArchitecture *a)
{
    describe_llama (config, a);
    fovea_describe_granite_factors (config, a);
}
static const char *const granite_reads[] = {"attention_bias",
                                            "mlp_bias",
                                            "embedding_multiplier",
                                            "residual_multiplier",
                                            "attention_multiplier",
                                            "logits_scaling",
                                            NULL};

/* One norm for both branches, without bias; pairs of neighbours turn. */
static void
describe_cohere (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-5, TRUE);
    fovea_describe_norm (config, a, FOVEA_NORM_LAYER, "layer_norm_eps", 1e-5);
    a->parallel = a->shared_norm = TRUE;
    a->qkv_bias = a->out_bias = fovea_config_get_boolean (config, "attention_bias", FALSE);
    a->logit_scale = (float) fovea_config_get_number (config, "logit_scale", 0.0625);
    describe_positions (config, a, 1);
    a->rotary_interleaved = TRUE;
    if (fovea_config_get_boolean (config, "use_qk_norm", FALSE))
        a->qk_norm = FOVEA_QK_NORM_EACH;
}
static const char *const cohere_reads[] = {"attention_bias", "logit_scale", "use_qk_norm", NULL};

static void
describe_phi3 (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-5, FALSE);
    fovea_describe_windows (config, a, 0, 0);
    describe_positions (config, a, 1);
}
static const char *const phi3_reads[] = {"sliding_window", "partial_rotary_factor", NULL};

static void
describe_olmo_blocks (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-5, FALSE);
    a->qkv_bias = a->out_bias = fovea_config_get_boolean (config, "attention_bias", FALSE);
    a->norm_place = FOVEA_NORM_BEHIND;
    a->qk_norm = FOVEA_QK_NORM_ALL;
}

static void
describe_olmo2 (FoveaConfig *config, FoveaArchitecture *a)
{
    describe_olmo_blocks (config, a);
    describe_positions (config, a, 1);
}

/* Cohere with windows; layers that see all tokens do not turn. */
static void
describe_cohere2 (FoveaConfig *config, FoveaArchitecture *a)
{
    gint64 every = fovea_config_get_integer (config, "sliding_window_pattern", 4, FOVEA_MAX_LAYERS);
    describe_cohere (config, a);
    fovea_describe_windows (config, a, 4096, every);
    fovea_architecture_still_full_layers (a);
}
static const char *const cohere2_reads[] = {"attention_bias", "logit_scale", "sliding_window",
                                            "layer_types", NULL};

/* OLMo 2 with windows; a stretch of positions is for layers that see all tokens. */
static void
describe_olmo3 (FoveaConfig *config, FoveaArchitecture *a)
{
    describe_olmo_blocks (config, a);
    fovea_describe_windows (config, a, 4096, 4);
    describe_positions (config, a, 1);
    if (a->rotary_scaling != FOVEA_ROTARY_PLAIN && a->rotary_local_base == 0)
        a->rotary_local_base = a->rotary_base;
}
static const char *const olmo3_reads[] = {"attention_bias", "sliding_window", "layer_types", NULL};

/* The joint tensor that gains of single heads are copied into, of which it grows as they come. */
static FoveaTensor *
find_joint (FoveaReshaped *to, const char *name, const FoveaTensor *part, gint64 heads)
{
    FoveaTensor *tensors = (FoveaTensor *) (void *) to->tensors->data;
    for (guint i = 0; i < to->tensors->len; i++)
        if (g_str_equal (tensors[i].name, name))
            return &tensors[i];
    FoveaTensor joint = *part;
    gpointer data = g_malloc0 (MAX ((gsize) heads * part->n_bytes, 1));
    g_ptr_array_add (to->owned, data);
    joint.name = g_string_chunk_insert (to->names, name);
    joint.data = data;
    joint.shape[0] = joint.n_elements = 0;
    joint.n_bytes = 0;
    g_array_append_val (to->tensors, joint);
    return &g_array_index (to->tensors, FoveaTensor, to->tensors->len - 1);
}

/* "q_layernorm.norms.3.weight" of each head become one. Its length counts those that came, so that a
 * missing one shows. */
static void
reshape_stablelm (const FoveaArchitecture *a, const FoveaTensor *given, FoveaReshaped *to)
{
    static const char part[] = "_layernorm.norms.";
    const char *at = strstr (given->name, part);
    gint64 D = a->head_width;
    guint64 head = at != NULL ? g_ascii_strtoull (at + strlen (part), NULL, 10) : 0;
    gboolean keys = at != NULL && at > given->name && at[-1] == 'k';
    gint64 heads = keys ? a->n_kv_heads : a->n_heads;
    if (at == NULL || given->rank != 1 || given->dtype > FOVEA_F64 || given->shape[0] != D ||
        head >= (guint64) heads) {
        g_array_append_val (to->tensors, *given);
        return;
    }
    g_autofree char *name =
        g_strdup_printf ("%.*s_layernorm.weight", (int) (at - given->name), given->name);
    FoveaTensor *joint = find_joint (to, name, given, heads);
    if (joint->dtype != given->dtype)
        return;
    memcpy ((char *) joint->data + head * given->n_bytes, given->data, given->n_bytes);
    joint->shape[0] += D;
    joint->n_elements += D;
    joint->n_bytes += given->n_bytes;
}

/* Gains of all heads stand as (heads, D). */
static void
reshape_cohere (const FoveaArchitecture *a, const FoveaTensor *given, FoveaReshaped *to)
{
    FoveaTensor tensor = *given;
    gboolean queries = g_str_has_suffix (tensor.name, ".q_norm.weight");
    gboolean keys = g_str_has_suffix (tensor.name, ".k_norm.weight");
    if ((queries || keys) && tensor.rank == 2 && tensor.shape[1] == a->head_width) {
        tensor.rank = 1;
        tensor.shape[0] *= tensor.shape[1];
    }
    g_array_append_val (to->tensors, tensor);
}

static void
describe_stablelm (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-6, FALSE);
    fovea_describe_norm (config, a, FOVEA_NORM_LAYER, "layer_norm_eps", 1e-5);
    a->qkv_bias = fovea_config_get_boolean (config, "use_qkv_bias", FALSE);
    a->parallel = a->shared_norm =
        fovea_config_get_boolean (config, "use_parallel_residual", FALSE);
    if (fovea_config_get_boolean (config, "qk_layernorm", FALSE))
        a->qk_norm = FOVEA_QK_NORM_EACH;
    describe_positions (config, a, 0.25);
}
static const char *const stablelm_reads[] = {"use_qkv_bias", "use_parallel_residual",
                                             "partial_rotary_factor", "qk_layernorm", NULL};

static void
describe_starcoder2 (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-6, TRUE);
    fovea_describe_norm (config, a, FOVEA_NORM_LAYER, "norm_epsilon", 1e-5);
    a->activation = fovea_describe_activation (config, "hidden_act", "gelu_pytorch_tanh");
    a->gated = FALSE;
    a->qkv_bias = a->out_bias = a->mlp_bias = fovea_config_get_boolean (config, "use_bias", TRUE);
    fovea_describe_windows (config, a, 0, 0);
    describe_positions (config, a, 1);
}

/* Gains are stored less one; tokens are embedded at the length of a row of a unit matrix. */
static void
describe_gemma_base (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-6, TRUE);
    a->norm_gain_offset = 1;
    a->embedding_scale = (float) sqrt ((double) a->width);
    a->qkv_bias = a->out_bias = fovea_config_get_boolean (config, "attention_bias", FALSE);
    if (fovea_config_get_member (config, "head_dim") == NULL)
        a->head_width = 256;
}

/* The first files say "gelu" and mean the tanh form, which they were trained with. */
static void
describe_gemma (FoveaConfig *config, FoveaArchitecture *a)
{
    describe_gemma_base (config, a);
    a->activation = fovea_describe_activation (config, "hidden_act", "gelu_pytorch_tanh");
    if (a->activation == FOVEA_ACTIVATION_GELU)
        a->activation = FOVEA_ACTIVATION_GELU_NEW;
    a->attention_scale = (float) (1 / sqrt ((double) a->head_width));
    describe_positions (config, a, 1);
}

static void
describe_gemma_sandwich (FoveaConfig *config, FoveaArchitecture *a, gint64 every)
{
    describe_gemma_base (config, a);
    a->activation = fovea_describe_activation (config, "hidden_activation", "gelu_pytorch_tanh");
    a->norm_place = FOVEA_NORM_AROUND;
    double scalar = fovea_config_get_number (config, "query_pre_attn_scalar", 256);
    a->attention_scale = (float) (1 / sqrt (scalar));
    fovea_describe_windows (config, a, 4096, every);
}
static const char *const gemma_reads[] = {"sliding_window",
                                          "layer_types",
                                          "attention_bias",
                                          "query_pre_attn_scalar",
                                          "attn_logit_softcapping",
                                          "final_logit_softcapping",
                                          NULL};

static float
read_cap (FoveaConfig *config, const char *key, double fallback)
{
    return fovea_config_is_null (config, key)
               ? 0
               : (float) fovea_config_get_number (config, key, fallback);
}

static void
describe_gemma2 (FoveaConfig *config, FoveaArchitecture *a)
{
    describe_gemma_sandwich (config, a, 2);
    a->attention_soft_cap = read_cap (config, "attn_logit_softcapping", 50);
    a->logit_soft_cap = read_cap (config, "final_logit_softcapping", 30);
    describe_positions (config, a, 1);
}

/* Gemma 2 without the norms behind its branches. */
static void
describe_vaultgemma (FoveaConfig *config, FoveaArchitecture *a)
{
    describe_gemma2 (config, a);
    a->norm_place = FOVEA_NORM_BEFORE;
}

static void
describe_gemma3 (FoveaConfig *config, FoveaArchitecture *a)
{
    gint64 every = fovea_config_get_integer (config, "sliding_window_pattern", 6, FOVEA_MAX_LAYERS);
    describe_gemma_sandwich (config, a, every);
    a->attention_soft_cap = read_cap (config, "attn_logit_softcapping", 0);
    a->logit_soft_cap = read_cap (config, "final_logit_softcapping", 0);
    a->qk_norm = FOVEA_QK_NORM_HEAD;
    a->rotary_local_base = fovea_config_get_number (config, "rope_local_base_freq", 10000);
    fovea_describe_rotary (config, a, "rope_theta", "partial_rotary_factor", 1);
    /* Files that name one base for all layers have none. */
    if (fovea_config_get_member (config, "rope_theta") == NULL &&
        fovea_config_get_member (config, "rope_parameters") == NULL)
        a->rotary_base = 1e6;
}

/* Llama whose neighbours turn in pairs. */
static void
describe_helium (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-8, FALSE);
    a->qkv_bias = fovea_config_get_boolean (config, "attention_bias", FALSE);
    a->mlp_bias = fovea_config_get_boolean (config, "mlp_bias", FALSE);
    describe_positions (config, a, 1);
    a->rotary_interleaved = TRUE;
}

/* As Helium; one switch for all biases. */
static void
describe_ernie (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-5, TRUE);
    a->qkv_bias = a->out_bias = a->mlp_bias = fovea_config_get_boolean (config, "use_bias", FALSE);
    describe_positions (config, a, 1);
    a->rotary_interleaved = TRUE;
}

/* A switch for biases of queries, keys and values, and one for that of the output. */
static void
describe_seed (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_llama (config, a, 1e-6, FALSE);
    a->qkv_bias = fovea_config_get_boolean (config, "attention_bias", TRUE);
    a->out_bias = fovea_config_get_boolean (config, "attention_out_bias", FALSE);
    a->mlp_bias = fovea_config_get_boolean (config, "mlp_bias", FALSE);
    describe_positions (config, a, 1);
}

const FoveaFamily fovea_llama_families[] = {
    {"llama", "model.", describe_llama, llama_names, fovea_llama_ignored, llama_reads},
    {"mistral", "model.", describe_mistral, llama_names, fovea_llama_ignored, window_reads},
    {"qwen2", "model.", describe_qwen2, llama_names, fovea_llama_ignored, qwen_reads},
    {"qwen3", "model.", describe_qwen3, qwen3_names, fovea_llama_ignored, qwen3_reads},
    {"mixtral", "model.", describe_mixtral, mixtral_names, fovea_llama_ignored, mixtral_reads},
    {"qwen3_moe", "model.", describe_qwen3_moe, qwen3_moe_names, fovea_llama_ignored,
     qwen3_moe_reads},
    {"phi3", "model.", describe_phi3, phi3_names, fovea_llama_ignored, phi3_reads},
    {"olmo", "model.", describe_olmo, olmo_names, fovea_llama_ignored, olmo_reads},
    {"olmoe", "model.", describe_olmoe, qwen3_moe_names, fovea_llama_ignored, olmoe_reads},
    {"granite", "model.", describe_granite, llama_names, fovea_llama_ignored, granite_reads},
    {"cohere", "model.", describe_cohere, cohere_names, fovea_llama_ignored, cohere_reads,
     reshape_cohere},
    {"olmo2", "model.", describe_olmo2, olmo2_names, fovea_llama_ignored, bias_reads},
    {"cohere2", "model.", describe_cohere2, llama_names, fovea_llama_ignored, cohere2_reads},
    {"olmo3", "model.", describe_olmo3, olmo2_names, fovea_llama_ignored, olmo3_reads},
    {"stablelm", "model.", describe_stablelm, stablelm_names, fovea_llama_ignored, stablelm_reads,
     reshape_stablelm},
    {"starcoder2", "model.", describe_starcoder2, starcoder2_names, fovea_llama_ignored,
     window_reads},
    {"helium", "model.", describe_helium, llama_names, fovea_llama_ignored, llama_reads},
    {"ernie4_5", "model.", describe_ernie, llama_names, fovea_llama_ignored, NULL},
    {"seed_oss", "model.", describe_seed, llama_names, fovea_llama_ignored, llama_reads},
    {"gemma", "model.", describe_gemma, llama_names, fovea_llama_ignored, bias_reads},
    {"gemma2", "model.", describe_gemma2, gemma2_names, fovea_llama_ignored, gemma_reads},
    {"vaultgemma", "model.", describe_vaultgemma, vaultgemma_names, fovea_llama_ignored,
     gemma_reads},
    {"gemma3_text", "model.", describe_gemma3, gemma3_names, fovea_llama_ignored, gemma_reads},
    {0},
};
