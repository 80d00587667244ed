/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to the family files: how tensors are called in families that spell theirs as Llama does,
 * and what their descriptions start from. */
#include "capture/families.h"

#define ATTENTION_NAMES                                                                            \
    {FOVEA_WEIGHT_Q, "layers.#.self_attn.q_proj.weight"},                                          \
        {FOVEA_WEIGHT_K, "layers.#.self_attn.k_proj.weight"},                                      \
        {FOVEA_WEIGHT_V, "layers.#.self_attn.v_proj.weight"},                                      \
        {FOVEA_WEIGHT_O, "layers.#.self_attn.o_proj.weight"},                                      \
        {FOVEA_WEIGHT_Q_BIAS, "layers.#.self_attn.q_proj.bias", 0, 0, FOVEA_WHEN_QKV_BIAS},        \
        {FOVEA_WEIGHT_K_BIAS, "layers.#.self_attn.k_proj.bias", 0, 0, FOVEA_WHEN_QKV_BIAS},        \
        {FOVEA_WEIGHT_V_BIAS, "layers.#.self_attn.v_proj.bias", 0, 0, FOVEA_WHEN_QKV_BIAS},        \
    {                                                                                              \
        FOVEA_WEIGHT_O_BIAS, "layers.#.self_attn.o_proj.bias", 0, 0, FOVEA_WHEN_OUT_BIAS           \
    }
#define QK_NORM_NAMES                                                                              \
    {FOVEA_WEIGHT_Q_NORM_GAIN, "layers.#.self_attn.q_norm.weight"},                                \
    {                                                                                              \
        FOVEA_WEIGHT_K_NORM_GAIN, "layers.#.self_attn.k_norm.weight"                               \
    }
#define GATED_NAMES                                                                                \
    {FOVEA_WEIGHT_MLP_GATE, "layers.#.mlp.gate_proj.weight"},                                      \
        {FOVEA_WEIGHT_MLP_IN, "layers.#.mlp.up_proj.weight"},                                      \
        {FOVEA_WEIGHT_MLP_OUT, "layers.#.mlp.down_proj.weight"},                                   \
        {FOVEA_WEIGHT_MLP_GATE_BIAS, "layers.#.mlp.gate_proj.bias", 0, 0, FOVEA_WHEN_MLP_BIAS},    \
        {FOVEA_WEIGHT_MLP_IN_BIAS, "layers.#.mlp.up_proj.bias", 0, 0, FOVEA_WHEN_MLP_BIAS},        \
    {                                                                                              \
        FOVEA_WEIGHT_MLP_OUT_BIAS, "layers.#.mlp.down_proj.bias", 0, 0, FOVEA_WHEN_MLP_BIAS        \
    }
#define NORM_NAMES                                                                                 \
    {FOVEA_WEIGHT_NORM1_GAIN, "layers.#.input_layernorm.weight"},                                  \
    {                                                                                              \
        FOVEA_WEIGHT_NORM2_GAIN, "layers.#.post_attention_layernorm.weight", 0, 0,                 \
            FOVEA_WHEN_SECOND_NORM                                                                 \
    }
#define NORM_BIAS_NAMES                                                                            \
    {FOVEA_WEIGHT_NORM1_BIAS, "layers.#.input_layernorm.bias"},                                    \
        {FOVEA_WEIGHT_NORM2_BIAS, "layers.#.post_attention_layernorm.bias", 0, 0,                  \
         FOVEA_WHEN_SECOND_NORM},                                                                  \
    {                                                                                              \
        FOVEA_WEIGHT_FINAL_NORM_BIAS, "norm.bias"                                                  \
    }
#define END_NAMES                                                                                  \
    {FOVEA_WEIGHT_EMBED, "embed_tokens.weight"}, {FOVEA_WEIGHT_FINAL_NORM_GAIN, "norm.weight"},    \
        {FOVEA_WEIGHT_UNEMBED, "lm_head.weight"},                                                  \
    {                                                                                              \
        0, NULL                                                                                    \
    }

/* Norms of what a branch adds, and of queries and keys. */
#define BEHIND_NAMES                                                                               \
    ATTENTION_NAMES, QK_NORM_NAMES, GATED_NAMES,                                                   \
        {FOVEA_WEIGHT_NORM1_GAIN, "layers.#.post_attention_layernorm.weight"},                     \
    {                                                                                              \
        FOVEA_WEIGHT_NORM2_GAIN, "layers.#.post_feedforward_layernorm.weight"                      \
    }

#define SANDWICH_NAMES                                                                             \
    {FOVEA_WEIGHT_NORM1_GAIN, "layers.#.input_layernorm.weight"},                                  \
        {FOVEA_WEIGHT_NORM1_POST_GAIN, "layers.#.post_attention_layernorm.weight"},                \
        {FOVEA_WEIGHT_NORM2_GAIN, "layers.#.pre_feedforward_layernorm.weight"},                    \
    {                                                                                              \
        FOVEA_WEIGHT_NORM2_POST_GAIN, "layers.#.post_feedforward_layernorm.weight"                 \
    }

#define EXPERT_NAMES(block, gate, in, out)                                                         \
    {FOVEA_WEIGHT_ROUTER, "layers.#." block ".gate.weight"},                                       \
        {FOVEA_WEIGHT_EXPERT_GATE, "layers.#." block ".experts.@." gate ".weight"},                \
        {FOVEA_WEIGHT_EXPERT_IN, "layers.#." block ".experts.@." in ".weight"},                    \
    {                                                                                              \
        FOVEA_WEIGHT_EXPERT_OUT, "layers.#." block ".experts.@." out ".weight"                     \
    }

#define SHARED_NAMES(block)                                                                        \
    {FOVEA_WEIGHT_SHARED_GATE, block ".gate_proj.weight", 0, 0, FOVEA_WHEN_EXPERTS},               \
        {FOVEA_WEIGHT_SHARED_IN, block ".up_proj.weight", 0, 0, FOVEA_WHEN_EXPERTS},               \
    {                                                                                              \
        FOVEA_WEIGHT_SHARED_OUT, block ".down_proj.weight", 0, 0, FOVEA_WHEN_EXPERTS               \
    }

/* Experts of DeepSeek's spelling; the first layers may have one MLP. */
#define ROUTED_NAMES                                                                               \
    {FOVEA_WEIGHT_MLP_GATE, "layers.#.mlp.gate_proj.weight", 0, 0, FOVEA_WHEN_DENSE},              \
        {FOVEA_WEIGHT_MLP_IN, "layers.#.mlp.up_proj.weight", 0, 0, FOVEA_WHEN_DENSE},              \
        {FOVEA_WEIGHT_MLP_OUT, "layers.#.mlp.down_proj.weight", 0, 0, FOVEA_WHEN_DENSE},           \
        {FOVEA_WEIGHT_ROUTER, "layers.#.mlp.gate.weight", 0, 0, FOVEA_WHEN_EXPERTS},               \
        {FOVEA_WEIGHT_ROUTER_CHOICE, "layers.#.mlp.gate.e_score_correction_bias", 0, 0,            \
         FOVEA_WHEN_SIGMOID},                                                                      \
        {FOVEA_WEIGHT_EXPERT_GATE, "layers.#.mlp.experts.@.gate_proj.weight", 0, 0,                \
         FOVEA_WHEN_EXPERTS},                                                                      \
        {FOVEA_WEIGHT_EXPERT_IN, "layers.#.mlp.experts.@.up_proj.weight", 0, 0,                    \
         FOVEA_WHEN_EXPERTS},                                                                      \
        {FOVEA_WEIGHT_EXPERT_OUT, "layers.#.mlp.experts.@.down_proj.weight", 0, 0,                 \
         FOVEA_WHEN_EXPERTS},                                                                      \
        SHARED_NAMES ("layers.#.mlp.shared_experts")

/* Angles that old exports carry along. */
extern const char *const fovea_llama_ignored[];

/**
 * fovea_describe_llama:
 * @eps: of norms, where the file says none
 * @tied: whether the head is the embedding's matrix, likewise
 *
 * All but positions, windows and biases.
 *
 * Thread: one at a time.
 */
void fovea_describe_llama (FoveaConfig *config, FoveaArchitecture *a, double eps, gboolean tied);

/**
 * fovea_describe_granite_factors:
 *
 * Granite's factors of the embedding, of what branches add, of scores and of logits.
 *
 * Thread: one at a time.
 */
void fovea_describe_granite_factors (FoveaConfig *config, FoveaArchitecture *a);

/**
 * fovea_refuse_plain_layers:
 *
 * Complains of layers without experts among those that have them, of Qwen's spelling.
 *
 * Thread: one at a time.
 */
void fovea_refuse_plain_layers (FoveaConfig *config);
