/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* ModernBERT: an encoder built like a Llama. Rotary positions, of another base in layers that look through
 * a window; gated MLPs; blocks that begin with a norm, but for the attention of the first, which reads
 * the embedding's; hardly any biases. Its head reads the final norm. A checkpoint without head, as
 * sentence encoders are, runs without logits.
 * Source: Warner et al. 2024 (arXiv:2412.13663), sec. 2.1. */
#include "capture/families-private.h"

#define BIASED(role, name, fusion, when)                                                           \
    {FOVEA_WEIGHT_##role, name ".weight", FOVEA_FUSED_##fusion},                                   \
    {                                                                                              \
        FOVEA_WEIGHT_##role##_BIAS, name ".bias", FOVEA_FUSED_##fusion, FALSE,                     \
            FOVEA_WHEN_##when##_BIAS                                                               \
    }

static const FoveaTensorName modern_names[] = {
    {FOVEA_WEIGHT_EMBED, "embeddings.tok_embeddings.weight"},
    {FOVEA_WEIGHT_EMBED_NORM_GAIN, "embeddings.norm.weight"},
    {FOVEA_WEIGHT_NORM1_GAIN, "layers.#.attn_norm.weight", 0, 0, FOVEA_WHEN_FIRST_NORM},
    BIASED (Q, "layers.#.attn.Wqkv", QKV, QKV),
    BIASED (K, "layers.#.attn.Wqkv", QKV, QKV),
    BIASED (V, "layers.#.attn.Wqkv", QKV, QKV),
    BIASED (O, "layers.#.attn.Wo", NONE, OUT),
    {FOVEA_WEIGHT_NORM2_GAIN, "layers.#.mlp_norm.weight"},
    BIASED (MLP_GATE, "layers.#.mlp.Wi", GATE_UP, MLP),
    BIASED (MLP_IN, "layers.#.mlp.Wi", GATE_UP, MLP),
    BIASED (MLP_OUT, "layers.#.mlp.Wo", NONE, MLP),
    {FOVEA_WEIGHT_FINAL_NORM_GAIN, "final_norm.weight"},
    {FOVEA_WEIGHT_HEAD, "head.dense.weight", 0, 0, FOVEA_WHEN_HEAD},
    {FOVEA_WEIGHT_HEAD_NORM_GAIN, "head.norm.weight", 0, 0, FOVEA_WHEN_HEAD},
    {FOVEA_WEIGHT_UNEMBED, "decoder.weight", 0, 0, FOVEA_WHEN_HEAD},
    {FOVEA_WEIGHT_UNEMBED_BIAS, "decoder.bias", 0, 0, FOVEA_WHEN_HEAD},
    {0, NULL},
};
static const char *const modern_ignored[] = {NULL};
static const char *const modern_reads[] = {"attention_bias", "layer_types", "mlp_bias", NULL};

/* A layer that is not global looks half of "local_attention" tokens in either direction. */
static void
describe_windows (FoveaConfig *config, FoveaArchitecture *a)
{
    enum {
        BOTH_SIDES = 128,
        EVERY = 3
    };
    gint64 both =
        fovea_config_get_integer (config, "local_attention", BOTH_SIDES, FOVEA_MAX_TOKENS);
    gint64 every =
        fovea_config_get_integer (config, "global_attn_every_n_layers", EVERY, FOVEA_MAX_LAYERS);
    gint64 window = both / 2 + 1; /* the query's own included */
    if (fovea_describe_layer_types (config, a, window))
        return;
    fovea_architecture_set_windows (a, window);
    for (gint64 l = 0; l < a->n_layers; l += every)
        a->windows[l] = 0;
}

/* Members that the first files and the newer ones spell in their own way. */
static void
describe_angles (FoveaConfig *config, FoveaArchitecture *a)
{
    const double global = fovea_config_get_number (config, "global_rope_theta", 160000);
    const double local = fovea_config_get_number (config, "local_rope_theta", 10000);
    fovea_describe_rotary (config, a, "global_rope_theta", "partial_rotary_factor", 1);
    if (fovea_config_get_member (config, "rope_parameters") != NULL)
        return;
    a->rotary_base = global;
    a->rotary_local_base = local;
}

/* What the checkpoints of this family have in common is refused by name where a file says otherwise. */
static void
describe_modern (FoveaConfig *config, FoveaArchitecture *a)
{
    static const struct {
        const char *key;
        gboolean usual;
    } only[] = {{"norm_bias", FALSE},
                {"classifier_bias", FALSE},
                {"decoder_bias", TRUE},
                {"is_decoder", FALSE}};
    fovea_describe_sizes (config, a, &fovea_full_keys);
    fovea_describe_norm (config, a, FOVEA_NORM_LAYER, "norm_eps", 1e-5);
    a->norm_place = FOVEA_NORM_BEFORE;
    a->embed_norm = a->first_bare = a->head_transform = a->bidirectional = a->gated = TRUE;
    a->activation = fovea_describe_activation (config, "hidden_activation", "gelu");
    if (fovea_describe_activation (config, "classifier_activation", "gelu") != a->activation)
        fovea_config_refuse (config, "a head with another activation is not supported");
    a->qkv_bias = a->out_bias = fovea_config_get_boolean (config, "attention_bias", FALSE);
    a->mlp_bias = fovea_config_get_boolean (config, "mlp_bias", FALSE);
    a->tied_head = fovea_config_get_boolean (config, "tie_word_embeddings", TRUE);
    for (gsize i = 0; i < G_N_ELEMENTS (only); i++)
        if (fovea_config_get_boolean (config, only[i].key, only[i].usual) != only[i].usual)
            fovea_config_refuse (config, "\"%s\": %s is not supported", only[i].key,
                                 only[i].usual ? "false" : "true");
    describe_windows (config, a);
    describe_angles (config, a);
}

const FoveaFamily fovea_modern_families[] = {
    {"modernbert", "model.", describe_modern, modern_names, modern_ignored, modern_reads},
    {0},
};
