/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One table of keys and one of tensor names for each architecture. A key that is not listed is
 * refused where the file is described, a tensor that is not listed where weights are bound: so what
 * a table lacks is never passed over in silence. */
#include "capture/gguf-kinds.h"

#define SIZE_KEYS                                                                                  \
    {"block_count", "num_hidden_layers", FOVEA_GGUF_INTEGER},                                      \
        {"context_length", "max_position_embeddings", FOVEA_GGUF_INTEGER},                         \
        {"embedding_length", "hidden_size", FOVEA_GGUF_INTEGER},                                   \
        {"feed_forward_length", "intermediate_size", FOVEA_GGUF_INTEGER},                          \
        {"attention.head_count", "num_attention_heads", FOVEA_GGUF_INTEGER},                       \
        {"attention.head_count_kv", "num_key_value_heads", FOVEA_GGUF_INTEGER},                    \
        {"attention.key_length", "head_dim", FOVEA_GGUF_INTEGER},                                  \
        {"attention.value_length", NULL, FOVEA_GGUF_IGNORED},                                      \
        {"attention.layer_norm_rms_epsilon", "rms_norm_eps", FOVEA_GGUF_NUMBER},                   \
        {"rope.freq_base", "rope_theta", FOVEA_GGUF_NUMBER},                                       \
        {"rope.dimension_count", NULL, FOVEA_GGUF_IGNORED},                                        \
    {                                                                                              \
        "vocab_size", NULL, FOVEA_GGUF_IGNORED                                                     \
    }

/* Experts, if there are any, make another kind of it. */
static const FoveaGgufKey llama_keys[] = {
    SIZE_KEYS,
    {"expert_count", NULL, FOVEA_GGUF_IGNORED},
    {"expert_used_count", NULL, FOVEA_GGUF_IGNORED},
    {0},
};

static const FoveaGgufKey granite_keys[] = {
    SIZE_KEYS,
    {"attention.scale", "attention_multiplier", FOVEA_GGUF_NUMBER},
    {"embedding_scale", "embedding_multiplier", FOVEA_GGUF_NUMBER},
    {"residual_scale", "residual_multiplier", FOVEA_GGUF_NUMBER},
    {"logit_scale", "logits_scaling", FOVEA_GGUF_NUMBER},
    {0},
};

static const FoveaGgufKey mixtral_keys[] = {
    SIZE_KEYS,
    {"expert_count", "num_local_experts", FOVEA_GGUF_INTEGER},
    {"expert_used_count", "num_experts_per_tok", FOVEA_GGUF_INTEGER},
    {0},
};

/* Of the weights of the experts that are used the sum is 1 in all files of this kind. */
static const FoveaGgufKey qwen3_moe_keys[] = {
    SIZE_KEYS,
    {"expert_count", "num_experts", FOVEA_GGUF_INTEGER},
    {"expert_used_count", "num_experts_per_tok", FOVEA_GGUF_INTEGER},
    {"expert_feed_forward_length", "moe_intermediate_size", FOVEA_GGUF_INTEGER},
    {0},
};

/* Both lengths are those of an expert. */
static const FoveaGgufKey oss_keys[] = {
    SIZE_KEYS,
    {"expert_count", "num_local_experts", FOVEA_GGUF_INTEGER},
    {"expert_used_count", "num_experts_per_tok", FOVEA_GGUF_INTEGER},
    {"expert_feed_forward_length", NULL, FOVEA_GGUF_IGNORED},
    {"attention.sliding_window", "sliding_window", FOVEA_GGUF_INTEGER},
    {0},
};

/* Widths of heads, which files of two generations say by other keys, are read by themselves; heads of
 * keys are one or all of them, by whether the file means latents or what comes of them. */
static const FoveaGgufKey deepseek_keys[] = {
    {"attention.head_count_kv", NULL, FOVEA_GGUF_IGNORED},
    {"attention.key_length", NULL, FOVEA_GGUF_IGNORED},
    {"attention.key_length_mla", NULL, FOVEA_GGUF_IGNORED},
    {"attention.value_length_mla", NULL, FOVEA_GGUF_IGNORED},
    {"attention.q_lora_rank", "q_lora_rank", FOVEA_GGUF_INTEGER},
    {"attention.kv_lora_rank", "kv_lora_rank", FOVEA_GGUF_INTEGER},
    {"leading_dense_block_count", "first_k_dense_replace", FOVEA_GGUF_INTEGER},
    {"expert_count", "n_routed_experts", FOVEA_GGUF_INTEGER},
    {"expert_used_count", "num_experts_per_tok", FOVEA_GGUF_INTEGER},
    {"expert_shared_count", "n_shared_experts", FOVEA_GGUF_INTEGER},
    {"expert_feed_forward_length", "moe_intermediate_size", FOVEA_GGUF_INTEGER},
    {"expert_group_count", "n_group", FOVEA_GGUF_INTEGER},
    {"expert_group_used_count", "topk_group", FOVEA_GGUF_INTEGER},
    {"expert_weights_scale", "routed_scaling_factor", FOVEA_GGUF_NUMBER},
    {"expert_weights_norm", NULL, FOVEA_GGUF_IGNORED},
    {"expert_gating_func", NULL, FOVEA_GGUF_IGNORED},
    SIZE_KEYS,
    {0},
};

static const FoveaGgufKey stablelm_keys[] = {
    SIZE_KEYS,
    {"attention.layer_norm_epsilon", "layer_norm_eps", FOVEA_GGUF_NUMBER},
    {"use_parallel_residual", "use_parallel_residual", FOVEA_GGUF_BOOLEAN},
    {0},
};

static const FoveaGgufKey nemotron_keys[] = {
    SIZE_KEYS, {"attention.layer_norm_epsilon", "norm_eps", FOVEA_GGUF_NUMBER}, {0}};

static const FoveaGgufKey starcoder2_keys[] = {
    SIZE_KEYS,
    {"attention.layer_norm_epsilon", "norm_epsilon", FOVEA_GGUF_NUMBER},
    {"attention.sliding_window", "sliding_window", FOVEA_GGUF_INTEGER},
    {0},
};

static const FoveaGgufKey phi2_keys[] = {
    SIZE_KEYS, {"attention.layer_norm_epsilon", "layer_norm_eps", FOVEA_GGUF_NUMBER}, {0}};

static const FoveaGgufKey neox_keys[] = {
    {"block_count", "num_hidden_layers", FOVEA_GGUF_INTEGER},
    {"context_length", "max_position_embeddings", FOVEA_GGUF_INTEGER},
    {"embedding_length", "hidden_size", FOVEA_GGUF_INTEGER},
    {"feed_forward_length", "intermediate_size", FOVEA_GGUF_INTEGER},
    {"attention.head_count", "num_attention_heads", FOVEA_GGUF_INTEGER},
    {"attention.layer_norm_epsilon", "layer_norm_eps", FOVEA_GGUF_NUMBER},
    {"rope.freq_base", "rotary_emb_base", FOVEA_GGUF_NUMBER},
    {"rope.dimension_count", NULL, FOVEA_GGUF_IGNORED},
    {"use_parallel_residual", "use_parallel_residual", FOVEA_GGUF_BOOLEAN},
    {0},
};

static const FoveaGgufKey window_keys[] = {
    SIZE_KEYS, {"attention.sliding_window", "sliding_window", FOVEA_GGUF_INTEGER}, {0}};

static const FoveaGgufKey gemma_keys[] = {
    SIZE_KEYS,
    {"attention.sliding_window", "sliding_window", FOVEA_GGUF_INTEGER},
    {"attn_logit_softcapping", "attn_logit_softcapping", FOVEA_GGUF_NUMBER},
    {"final_logit_softcapping", "final_logit_softcapping", FOVEA_GGUF_NUMBER},
    {"rope.freq_base_swa", "rope_local_base_freq", FOVEA_GGUF_NUMBER},
    {0},
};

static const FoveaGgufKey gpt2_keys[] = {
    {"block_count", "n_layer", FOVEA_GGUF_INTEGER},
    {"context_length", "n_positions", FOVEA_GGUF_INTEGER},
    {"embedding_length", "n_embd", FOVEA_GGUF_INTEGER},
    {"feed_forward_length", "n_inner", FOVEA_GGUF_INTEGER},
    {"attention.head_count", "n_head", FOVEA_GGUF_INTEGER},
    {"attention.layer_norm_epsilon", "layer_norm_epsilon", FOVEA_GGUF_NUMBER},
    {0},
};

/* What makes of all states one vector is not asked for here. */
static const FoveaGgufKey bert_keys[] = {
    {"block_count", "num_hidden_layers", FOVEA_GGUF_INTEGER},
    {"context_length", "max_position_embeddings", FOVEA_GGUF_INTEGER},
    {"embedding_length", "hidden_size", FOVEA_GGUF_INTEGER},
    {"feed_forward_length", "intermediate_size", FOVEA_GGUF_INTEGER},
    {"attention.head_count", "num_attention_heads", FOVEA_GGUF_INTEGER},
    {"attention.layer_norm_epsilon", "layer_norm_eps", FOVEA_GGUF_NUMBER},
    {"attention.head_count_kv", NULL, FOVEA_GGUF_IGNORED}, /* all of them */
    {"attention.causal", "is_decoder", FOVEA_GGUF_BOOLEAN},
    {"pooling_type", NULL, FOVEA_GGUF_IGNORED},
    {"vocab_size", NULL, FOVEA_GGUF_IGNORED},
    {0},
};

/* The epsilon is of norms with a mean, whichever key has it. */
static const FoveaGgufKey modern_keys[] = {
    {"attention.layer_norm_rms_epsilon", "norm_eps", FOVEA_GGUF_NUMBER},
    {"attention.layer_norm_epsilon", "norm_eps", FOVEA_GGUF_NUMBER},
    {"attention.causal", "is_decoder", FOVEA_GGUF_BOOLEAN},
    {"attention.sliding_window", "local_attention", FOVEA_GGUF_INTEGER},
    {"attention.sliding_window_pattern", "global_attn_every_n_layers", FOVEA_GGUF_INTEGER},
    {"attention.head_count_kv", NULL, FOVEA_GGUF_IGNORED},
    {"rope.freq_base", "global_rope_theta", FOVEA_GGUF_NUMBER},
    {"rope.freq_base_swa", "local_rope_theta", FOVEA_GGUF_NUMBER},
    {"hidden_activation", "hidden_activation", FOVEA_GGUF_NAME},
    {"pooling_type", NULL, FOVEA_GGUF_IGNORED},
    {"classifier.pooling_type", NULL, FOVEA_GGUF_IGNORED},
    SIZE_KEYS,
    {0},
};

#define BLOCK_STEMS                                                                                \
    {"token_embd", "model.embed_tokens"}, {"output_norm", "model.norm"}, {"output", "lm_head"},    \
        {"blk.#.attn_norm", "model.layers.#.input_layernorm"},                                     \
        {"blk.#.attn_q", "model.layers.#.self_attn.q_proj"},                                       \
        {"blk.#.attn_k", "model.layers.#.self_attn.k_proj"},                                       \
        {"blk.#.attn_v", "model.layers.#.self_attn.v_proj"},                                       \
        {"blk.#.attn_q_norm", "model.layers.#.self_attn.q_norm"},                                  \
        {"blk.#.attn_k_norm", "model.layers.#.self_attn.k_norm"},                                  \
        {"blk.#.attn_output", "model.layers.#.self_attn.o_proj"},                                  \
        {"blk.#.ffn_gate", "model.layers.#.mlp.gate_proj"},                                        \
    {                                                                                              \
        "blk.#.ffn_down", "model.layers.#.mlp.down_proj"                                           \
    }

static const FoveaGgufStem llama_stems[] = {
    BLOCK_STEMS,
    {"blk.#.ffn_up", "model.layers.#.mlp.up_proj"},
    {"blk.#.ffn_norm", "model.layers.#.post_attention_layernorm"},
    {0},
};

static const FoveaGgufStem around_stems[] = {
    BLOCK_STEMS,
    {"blk.#.ffn_up", "model.layers.#.mlp.up_proj"},
    {"blk.#.post_attention_norm", "model.layers.#.post_attention_layernorm"},
    {"blk.#.ffn_norm", "model.layers.#.pre_feedforward_layernorm"},
    {"blk.#.post_ffw_norm", "model.layers.#.post_feedforward_layernorm"},
    {0},
};

static const FoveaGgufStem phi3_stems[] = {
    BLOCK_STEMS,
    {"blk.#.attn_qkv", "model.layers.#.self_attn.qkv_proj"},
    {"blk.#.ffn_up", "model.layers.#.mlp.gate_up_proj"},
    {"blk.#.ffn_norm", "model.layers.#.post_attention_layernorm"},
    {0},
};

static const FoveaGgufStem mixtral_stems[] = {
    BLOCK_STEMS,
    {"blk.#.ffn_norm", "model.layers.#.post_attention_layernorm"},
    {"blk.#.ffn_gate_inp", "model.layers.#.block_sparse_moe.gate"},
    {"blk.#.ffn_gate_exps", "model.layers.#.block_sparse_moe.experts.@.w1"},
    {"blk.#.ffn_down_exps", "model.layers.#.block_sparse_moe.experts.@.w2"},
    {"blk.#.ffn_up_exps", "model.layers.#.block_sparse_moe.experts.@.w3"},
    {0},
};

static const FoveaGgufStem qwen3_moe_stems[] = {
    BLOCK_STEMS,
    {"blk.#.ffn_norm", "model.layers.#.post_attention_layernorm"},
    {"blk.#.ffn_gate_inp", "model.layers.#.mlp.gate"},
    {"blk.#.ffn_gate_exps", "model.layers.#.mlp.experts.@.gate_proj"},
    {"blk.#.ffn_down_exps", "model.layers.#.mlp.experts.@.down_proj"},
    {"blk.#.ffn_up_exps", "model.layers.#.mlp.experts.@.up_proj"},
    {0},
};

/* Experts' matrices are named without ".weight" in the family, and their biases are one tensor. */
static const FoveaGgufStem oss_stems[] = {
    BLOCK_STEMS,
    {"blk.#.post_attention_norm", "model.layers.#.post_attention_layernorm"},
    {"blk.#.attn_sinks.weight", "model.layers.#.self_attn.sinks"},
    {"blk.#.ffn_gate_inp", "model.layers.#.mlp.router"},
    {"blk.#.ffn_gate_exps.weight", "model.layers.#.mlp.experts.@.gate_proj"},
    {"blk.#.ffn_down_exps.weight", "model.layers.#.mlp.experts.@.down_proj"},
    {"blk.#.ffn_up_exps.weight", "model.layers.#.mlp.experts.@.up_proj"},
    {"blk.#.ffn_gate_exps.bias", "model.layers.#.mlp.experts.gate_proj_bias"},
    {"blk.#.ffn_down_exps.bias", "model.layers.#.mlp.experts.down_proj_bias"},
    {"blk.#.ffn_up_exps.bias", "model.layers.#.mlp.experts.up_proj_bias"},
    {0},
};

static const FoveaGgufStem deepseek_stems[] = {
    {"blk.#.attn_q_a", "model.layers.#.self_attn.q_a_proj"},
    {"blk.#.attn_q_a_norm", "model.layers.#.self_attn.q_a_layernorm"},
    {"blk.#.attn_q_b", "model.layers.#.self_attn.q_b_proj"},
    {"blk.#.attn_kv_a_mqa", "model.layers.#.self_attn.kv_a_proj_with_mqa"},
    {"blk.#.attn_kv_a_norm", "model.layers.#.self_attn.kv_a_layernorm"},
    {"blk.#.attn_kv_b", "model.layers.#.self_attn.kv_b_proj"},
    {"blk.#.attn_k_b", "model.layers.#.self_attn.k_b_proj"},
    {"blk.#.attn_v_b", "model.layers.#.self_attn.v_b_proj"},
    {"blk.#.exp_probs_b.bias", "model.layers.#.mlp.gate.e_score_correction_bias"},
    {"blk.#.ffn_gate_shexp", "model.layers.#.mlp.shared_experts.gate_proj"},
    {"blk.#.ffn_down_shexp", "model.layers.#.mlp.shared_experts.down_proj"},
    {"blk.#.ffn_up_shexp", "model.layers.#.mlp.shared_experts.up_proj"},
    {"blk.#.ffn_norm", "model.layers.#.post_attention_layernorm"},
    {"blk.#.ffn_up", "model.layers.#.mlp.up_proj"},
    {"blk.#.ffn_gate_inp", "model.layers.#.mlp.gate"},
    {"blk.#.ffn_gate_exps", "model.layers.#.mlp.experts.@.gate_proj"},
    {"blk.#.ffn_down_exps", "model.layers.#.mlp.experts.@.down_proj"},
    {"blk.#.ffn_up_exps", "model.layers.#.mlp.experts.@.up_proj"},
    BLOCK_STEMS,
    {0},
};

/* The first that fits is taken, so that these come before what they differ in. */
static const FoveaGgufStem starcoder2_stems[] = {
    {"blk.#.ffn_up", "model.layers.#.mlp.c_fc"},
    {"blk.#.ffn_down", "model.layers.#.mlp.c_proj"},
    {"blk.#.ffn_norm", "model.layers.#.post_attention_layernorm"},
    BLOCK_STEMS,
    {0},
};

static const FoveaGgufStem phi2_stems[] = {
    {"output_norm", "model.final_layernorm"},
    {"blk.#.attn_output", "model.layers.#.self_attn.dense"},
    {"blk.#.ffn_up", "model.layers.#.mlp.fc1"},
    {"blk.#.ffn_down", "model.layers.#.mlp.fc2"},
    BLOCK_STEMS,
    {0},
};

static const FoveaGgufStem neox_stems[] = {
    {"token_embd", "gpt_neox.embed_in"},
    {"output_norm", "gpt_neox.final_layer_norm"},
    {"output", "embed_out"},
    {"blk.#.attn_norm", "gpt_neox.layers.#.input_layernorm"},
    {"blk.#.attn_qkv", "gpt_neox.layers.#.attention.query_key_value"},
    {"blk.#.attn_output", "gpt_neox.layers.#.attention.dense"},
    {"blk.#.ffn_norm", "gpt_neox.layers.#.post_attention_layernorm"},
    {"blk.#.ffn_up", "gpt_neox.layers.#.mlp.dense_h_to_4h"},
    {"blk.#.ffn_down", "gpt_neox.layers.#.mlp.dense_4h_to_h"},
    {0},
};

static const FoveaGgufStem bert_stems[] = {
    {"token_embd", "bert.embeddings.word_embeddings"},
    {"position_embd", "bert.embeddings.position_embeddings"},
    {"token_types", "bert.embeddings.token_type_embeddings"},
    {"token_embd_norm", "bert.embeddings.LayerNorm"},
    {"blk.#.attn_q", "bert.encoder.layer.#.attention.self.query"},
    {"blk.#.attn_k", "bert.encoder.layer.#.attention.self.key"},
    {"blk.#.attn_v", "bert.encoder.layer.#.attention.self.value"},
    {"blk.#.attn_output", "bert.encoder.layer.#.attention.output.dense"},
    {"blk.#.attn_output_norm", "bert.encoder.layer.#.attention.output.LayerNorm"},
    {"blk.#.ffn_up", "bert.encoder.layer.#.intermediate.dense"},
    {"blk.#.ffn_down", "bert.encoder.layer.#.output.dense"},
    {"blk.#.layer_output_norm", "bert.encoder.layer.#.output.LayerNorm"},
    {0},
};

static const FoveaGgufStem modern_stems[] = {
    {"token_embd", "model.embeddings.tok_embeddings"},
    {"token_embd_norm", "model.embeddings.norm"},
    {"output_norm", "model.final_norm"},
    {"blk.#.attn_norm", "model.layers.#.attn_norm"},
    {"blk.#.attn_qkv", "model.layers.#.attn.Wqkv"},
    {"blk.#.attn_output", "model.layers.#.attn.Wo"},
    {"blk.#.ffn_norm", "model.layers.#.mlp_norm"},
    {"blk.#.ffn_up", "model.layers.#.mlp.Wi"},
    {"blk.#.ffn_down", "model.layers.#.mlp.Wo"},
    {0},
};

static const FoveaGgufStem gpt2_stems[] = {
    {"token_embd", "transformer.wte"},
    {"position_embd", "transformer.wpe"},
    {"output_norm", "transformer.ln_f"},
    {"output", "lm_head"},
    {"blk.#.attn_norm", "transformer.h.#.ln_1"},
    {"blk.#.attn_qkv", "transformer.h.#.attn.c_attn"},
    {"blk.#.attn_output", "transformer.h.#.attn.c_proj"},
    {"blk.#.ffn_norm", "transformer.h.#.ln_2"},
    {"blk.#.ffn_up", "transformer.h.#.mlp.c_fc"},
    {"blk.#.ffn_down", "transformer.h.#.mlp.c_proj"},
    {0},
};

static const FoveaGgufKind kinds[] = {
    {"llama", "llama", llama_keys, llama_stems, .turned = TRUE, .biased = "attention_bias",
     .mlp_biased = "mlp_bias"},
    {"granite", "granite", granite_keys, llama_stems, .turned = TRUE, .biased = "attention_bias",
     .mlp_biased = "mlp_bias"},
    {"smollm3", "smollm3", llama_keys, llama_stems, .turned = TRUE, .biased = "attention_bias",
     .mlp_biased = "mlp_bias"},
    {"gpt2", "gpt2", gpt2_keys, gpt2_stems},
    {"qwen2", "qwen2", llama_keys, llama_stems},
    {"qwen3", "qwen3", llama_keys, llama_stems},
    {"gemma", "gemma", gemma_keys, llama_stems},
    {"gemma2", "gemma2", gemma_keys, around_stems},
    {"gemma3", "gemma3_text", gemma_keys, around_stems},
    {"phi3", "phi3", window_keys, phi3_stems},
    {"olmo2", "olmo2", llama_keys, around_stems},
    {"qwen3moe", "qwen3_moe", qwen3_moe_keys, qwen3_moe_stems, .always = "norm_topk_prob"},
    {"gpt-oss", "gpt_oss", oss_keys, oss_stems, .exact_yarn = TRUE},
    {"stablelm", "stablelm", stablelm_keys, llama_stems, .part = "partial_rotary_factor",
     .biased = "use_qkv_bias"},
    {"starcoder2", "starcoder2", starcoder2_keys, starcoder2_stems, .biased = "use_bias"},
    {"phi2", "phi", phi2_keys, phi2_stems, .part = "partial_rotary_factor"},
    {"gptneox", "gpt_neox", neox_keys, neox_stems, .part = "rotary_pct"},
    {"arcee", "arcee", llama_keys, llama_stems, .turned = TRUE, .biased = "attention_bias",
     .mlp_biased = "mlp_bias"},
    {"seed_oss", "seed_oss", llama_keys, around_stems, .biased = "attention_bias"},
    {"nemotron", "nemotron", nemotron_keys, llama_stems, .part = "partial_rotary_factor"},
    {"deepseek2", "deepseek_v2", deepseek_keys, deepseek_stems, .latent = TRUE},
    {"bert", "bert", bert_keys, bert_stems},
    {"modern-bert", "modernbert", modern_keys, modern_stems},
};

/* What "deepseek2" is where experts are chosen by sigmoids. */
static const FoveaGgufKind deepseek3 = {"deepseek2", "deepseek_v3", deepseek_keys, deepseek_stems,
                                        .latent = TRUE};

/* What "llama" is with experts. */
static const FoveaGgufKind mixtral = {"llama", "mixtral", mixtral_keys, mixtral_stems,
                                      .turned = TRUE};

const FoveaGgufKind *
fovea_gguf_find_kind (const FoveaGguf *file)
{
    const char *architecture = fovea_gguf_get_text (file, "general.architecture");
    gint64 n_experts = 0, gating = FOVEA_GGUF_SOFTMAX;
    fovea_gguf_get_integer (file, "llama.expert_count", &n_experts);
    fovea_gguf_get_integer (file, "deepseek2.expert_gating_func", &gating);
    if (gating == FOVEA_GGUF_SIGMOID && g_strcmp0 (architecture, "deepseek2") == 0)
        return &deepseek3;
    if (n_experts != 0 && g_strcmp0 (architecture, "llama") == 0)
        return &mixtral;
    for (gsize i = 0; architecture != NULL && i < G_N_ELEMENTS (kinds); i++)
        if (g_str_equal (kinds[i].gguf, architecture))
            return &kinds[i];
    return NULL;
}

char *
fovea_gguf_list_kinds (void)
{
    GString *names = g_string_new (kinds[0].gguf);
    for (gsize i = 1; i < G_N_ELEMENTS (kinds); i++)
        g_string_append_printf (names, ", %s", kinds[i].gguf);
    return g_string_free (names, FALSE);
}
