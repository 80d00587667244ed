/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to the family files: what their descriptions share. Each reader complains through the
 * config (config.h) and then goes on with a value that does no harm, so a description reads as a
 * list of fields. */
#include "capture/families.h"

/* Ceilings that keep every product of two sizes far from overflow. */
enum {
    FOVEA_MAX_LAYERS = 4096,
    FOVEA_MAX_HEADS = 65536,
    FOVEA_MAX_WIDTH = 1 << 22,
    FOVEA_MAX_TOKENS = 1 << 27,
    FOVEA_MAX_EXPERTS = 4096,
    FOVEA_MAX_BIASES = 1 << 22, /* by head and distance, in one direction */
};

/* How a family spells its sizes; NULL = it has no such key. */
typedef struct {
    const char *layers, *heads, *kv_heads, *width, *mlp_width, *context;
    gint64 default_context;
    gboolean mlp_by_width;  /* an absent MLP width is four times the stream's */
    const char *head_width; /* NULL = "head_dim" */
} FoveaSizeKeys;

/* The spelling of most families; the second of those whose heads all have keys of their own. */
extern const FoveaSizeKeys fovea_llama_keys, fovea_full_keys;

/* Queries, keys and values of one tensor, head by head. */
#define FOVEA_FUSED_NAMES(weight, bias)                                                            \
    {FOVEA_WEIGHT_Q, weight, FOVEA_FUSED_GROUPS}, {FOVEA_WEIGHT_K, weight, FOVEA_FUSED_GROUPS},    \
        {FOVEA_WEIGHT_V, weight, FOVEA_FUSED_GROUPS},                                              \
        {FOVEA_WEIGHT_Q_BIAS, bias, FOVEA_FUSED_GROUPS, FALSE, FOVEA_WHEN_QKV_BIAS},               \
        {FOVEA_WEIGHT_K_BIAS, bias, FOVEA_FUSED_GROUPS, FALSE, FOVEA_WHEN_QKV_BIAS},               \
    {                                                                                              \
        FOVEA_WEIGHT_V_BIAS, bias, FOVEA_FUSED_GROUPS, FALSE, FOVEA_WHEN_QKV_BIAS                  \
    }

/* Families by file; each ends with model_type NULL. */
extern const FoveaFamily fovea_llama_families[], fovea_gpt_families[], fovea_encoder_families[],
    fovea_dict_families[], fovea_image_families[], fovea_alibi_families[], fovea_oss_families[],
    fovea_latent_families[], fovea_kin_families[], fovea_expert_families[], fovea_t5_families[],
    fovea_modern_families[];

/**
 * fovea_family_guess:
 * @model_type: of the file, or ""
 *
 * The family that keys tell where a file of other training code says none, else @model_type.
 *
 * Thread: one at a time.   Owner: static, or @model_type's.
 */
const char *fovea_family_guess (FoveaConfig *config, const char *model_type);

/**
 * fovea_describe_layers:
 *
 * Layers, heads, widths and the usual scale 1/sqrt(D); "head_dim" where the file has it.
 *
 * Thread: one at a time.
 */
void fovea_describe_layers (FoveaConfig *config, FoveaArchitecture *a, const FoveaSizeKeys *keys);

/**
 * fovea_describe_sizes:
 *
 * Those, vocabulary, context and the usual scale 1/sqrt(D); "head_dim" where the
 * file has it.
 *
 * Thread: one at a time.
 */
void fovea_describe_sizes (FoveaConfig *config, FoveaArchitecture *a, const FoveaSizeKeys *keys);

/**
 * fovea_describe_experts:
 * @key: of their number, which other files call "num_local_experts"
 * @n: that number where the file has none
 * @used: by each token, where the file has no "num_experts_per_tok"
 *
 * Thread: one at a time.
 */
void fovea_describe_experts (
    FoveaConfig *config, FoveaArchitecture *a, const char *key, gint64 n, gint64 used);

/**
 * fovea_describe_routed:
 * @n: experts, where the file says none
 * @used: by each token, likewise
 * @dense: first layers without experts, likewise
 *
 * Experts of DeepSeek's spelling beside one that all tokens take.
 *
 * Thread: one at a time.
 */
void fovea_describe_routed (
    FoveaConfig *config, FoveaArchitecture *a, gint64 n, gint64 used, gint64 dense);

/**
 * fovea_describe_sigmoid_choice:
 * @groups: of experts, where the file says none
 * @used: of those by each token, likewise
 * @scale: factor of weights, likewise
 *
 * The choice of DeepSeek 3.
 *
 * Thread: one at a time.   Source: DeepSeek-AI 2024 (arXiv:2412.19437), sec. 2.1.2.
 */
void fovea_describe_sigmoid_choice (
    FoveaConfig *config, FoveaArchitecture *a, gint64 groups, gint64 used, double scale);

/**
 * fovea_family_is_beyond:
 *
 * Whether a tensor's name is of the layer behind the last, which foretells a second token.
 *
 * Thread: any.
 */
gboolean fovea_family_is_beyond (const FoveaArchitecture *a, const char *name);

/**
 * fovea_describe_groups_of_heads:
 *
 * Complains of key/value heads that do not divide the heads.
 *
 * Thread: one at a time.
 */
void fovea_describe_groups_of_heads (FoveaConfig *config, FoveaArchitecture *a);

/**
 * fovea_describe_activation:
 *
 * Thread: one at a time.
 */
FoveaActivation
fovea_describe_activation (FoveaConfig *config, const char *key, const char *fallback);

/**
 * fovea_describe_norm:
 * @key: of the epsilon
 *
 * Thread: one at a time.
 */
void fovea_describe_norm (FoveaConfig *config,
                          FoveaArchitecture *a,
                          FoveaNormKind kind,
                          const char *key,
                          double fallback);

/**
 * fovea_describe_windows:
 * @fallback: tokens where the file has no "sliding_window"; 0 = none
 * @every: without "layer_types", every n-th layer sees all tokens; 0 = none does
 *
 * Windows of "sliding_window" tokens: in the layers that "layer_types" calls sliding, else in all
 * but every n-th.
 *
 * Thread: one at a time.
 */
void
fovea_describe_windows (FoveaConfig *config, FoveaArchitecture *a, gint64 fallback, gint64 every);

/**
 * fovea_describe_layer_types:
 * @window: tokens of layers that are called sliding; 0 = none may be
 *
 * Windows of the layers that "layer_types" calls sliding. FALSE if the file has no such list.
 *
 * Thread: one at a time.
 */
gboolean fovea_describe_layer_types (FoveaConfig *config, FoveaArchitecture *a, gint64 window);

/**
 * fovea_describe_rotary:
 * @theta_key: of the base
 * @part_key: of the share of a head that turns
 * @part: that share where the file has none
 *
 * Rotary positions with their scaling, from "rope_scaling" of older files and "rope_parameters" of
 * newer ones, which may hold one object a kind of layer.
 *
 * Thread: one at a time.
 */
void fovea_describe_rotary (FoveaConfig *config,
                            FoveaArchitecture *a,
                            const char *theta_key,
                            const char *part_key,
                            double part);
