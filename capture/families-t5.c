/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* T5 and mT5: no positions but a bias by distance, which all layers of a stack share, and scores that
 * are not scaled. Files of the encoder alone run as one text without logits.
 * Source: Raffel et al. 2020 (arXiv:1910.10683), sec. 2.1; Xue et al. 2021 (arXiv:2010.11934). */
#include <math.h>
#include <string.h>

#include "capture/families-private.h"

static const FoveaSizeKeys t5_keys = {"num_layers",  "num_heads", NULL,  "d_model", "d_ff",
                                      "n_positions", 512,         FALSE, "d_kv"};

#define IN(stack, when) FOVEA_FUSED_NONE, FALSE, FOVEA_WHEN_##when, FOVEA_STACK_##stack
#define ATTENTION_NAMES(stack, layer, kind)                                                        \
    {FOVEA_WEIGHT_NORM1_GAIN, layer "layer_norm.weight", IN (stack, ALWAYS)},                      \
        {FOVEA_WEIGHT_Q, layer kind ".q.weight", IN (stack, ALWAYS)},                              \
        {FOVEA_WEIGHT_K, layer kind ".k.weight", IN (stack, ALWAYS)},                              \
        {FOVEA_WEIGHT_V, layer kind ".v.weight", IN (stack, ALWAYS)},                              \
    {                                                                                              \
        FOVEA_WEIGHT_O, layer kind ".o.weight", IN (stack, ALWAYS)                                 \
    }
#define MLP_NAMES(stack, layer)                                                                    \
    {FOVEA_WEIGHT_NORM2_GAIN, layer "layer_norm.weight", IN (stack, ALWAYS)},                      \
        {FOVEA_WEIGHT_MLP_IN, layer "DenseReluDense.wi.weight", IN (stack, UNGATED)},              \
        {FOVEA_WEIGHT_MLP_GATE, layer "DenseReluDense.wi_0.weight", IN (stack, GATED)},            \
        {FOVEA_WEIGHT_MLP_IN, layer "DenseReluDense.wi_1.weight", IN (stack, GATED)},              \
    {                                                                                              \
        FOVEA_WEIGHT_MLP_OUT, layer "DenseReluDense.wo.weight", IN (stack, ALWAYS)                 \
    }

static const FoveaTensorName t5_names[] = {
    {FOVEA_WEIGHT_EMBED, "shared.weight"},
    {FOVEA_WEIGHT_DISTANCE, "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"},
    {FOVEA_WEIGHT_TARGET_DISTANCE,
     "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", 0, 0,
     FOVEA_WHEN_TWO_TEXTS},
    ATTENTION_NAMES (ENCODER, "encoder.block.#.layer.0.", "SelfAttention"),
    MLP_NAMES (ENCODER, "encoder.block.#.layer.1."),
    ATTENTION_NAMES (SELF, "decoder.block.#.layer.0.", "SelfAttention"),
    ATTENTION_NAMES (CROSS, "decoder.block.#.layer.1.", "EncDecAttention"),
    MLP_NAMES (CROSS, "decoder.block.#.layer.2."),
    {FOVEA_WEIGHT_FINAL_NORM_GAIN, "encoder.final_layer_norm.weight", 0, 0, FOVEA_WHEN_ONE_TEXT},
    {FOVEA_WEIGHT_SOURCE_NORM_GAIN, "encoder.final_layer_norm.weight", 0, 0, FOVEA_WHEN_TWO_TEXTS},
    {FOVEA_WEIGHT_FINAL_NORM_GAIN, "decoder.final_layer_norm.weight", 0, 0, FOVEA_WHEN_TWO_TEXTS},
    {FOVEA_WEIGHT_UNEMBED, "lm_head.weight", 0, 0, FOVEA_WHEN_TWO_TEXTS},
    {0, NULL},
};
/* Copies of the embedding, and a bias of the first files that their code never read. */
static const char *const t5_ignored[] = {
    "encoder.embed_tokens.weight", "decoder.embed_tokens.weight",
    "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight", NULL};

/* "relu", or "gated-" and a name, where gelu means the tanh form. */
static void
describe_mlp (FoveaConfig *config, FoveaArchitecture *a)
{
    const char *kind = fovea_config_get_text (config, "feed_forward_proj", "relu");
    a->gated = g_str_has_prefix (kind, "gated-");
    if (a->gated)
        kind += strlen ("gated-");
    a->activation = g_str_equal (kind, "gelu") && a->gated ? FOVEA_ACTIVATION_GELU_NEW
                    : g_str_equal (kind, "gelu")           ? FOVEA_ACTIVATION_GELU
                    : g_str_equal (kind, "silu")           ? FOVEA_ACTIVATION_SILU
                                                           : FOVEA_ACTIVATION_RELU;
    if (a->activation == FOVEA_ACTIVATION_RELU && !g_str_equal (kind, "relu"))
        fovea_config_refuse (config, "\"feed_forward_proj\": \"%s\" is not supported", kind);
}

static void
describe_distances (FoveaConfig *config, FoveaArchitecture *a)
{
    a->distance_buckets =
        fovea_config_get_integer (config, "relative_attention_num_buckets", 32, 4096);
    a->distance_reach =
        fovea_config_get_integer (config, "relative_attention_max_distance", 128, 4096);
    /* A target has all buckets in one direction, so half of them are for single distances. */
    gint64 single = a->n_encoder_layers > 0 ? a->distance_buckets / 2 : a->distance_buckets / 4;
    if (a->distance_buckets % 4 == 0 && a->distance_reach > single &&
        a->n_heads * a->distance_reach <= FOVEA_MAX_BIASES)
        return;
    fovea_config_refuse (config,
                         "%" G_GINT64_FORMAT " buckets for distances up to %" G_GINT64_FORMAT
                         " are not supported",
                         a->distance_buckets, a->distance_reach);
    a->distance_buckets = a->distance_reach = 0;
}

/* Two layers a block of the decoder behind those of the encoder. */
static void
describe_decoder (FoveaConfig *config, FoveaArchitecture *a)
{
    gint32 start = 0;
    a->n_encoder_layers = a->n_layers;
    gint64 n = fovea_config_is_null (config, "num_decoder_layers")
                   ? a->n_layers
                   : fovea_config_get_integer (config, "num_decoder_layers", a->n_layers,
                                               FOVEA_MAX_LAYERS);
    a->n_layers += 2 * n;
    a->context *= 2; /* of each text */
    fovea_config_get_ids (config, "pad_token_id", &start, 1);
    fovea_config_get_ids (config, "decoder_start_token_id", &start, 1);
    a->start_id = start;
    a->tied_head = TRUE; /* unless the file has one of its own */
}

static void
describe_t5_stacks (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_sizes (config, a, &t5_keys);
    fovea_describe_norm (config, a, FOVEA_NORM_RMS, "layer_norm_epsilon", 1e-6);
    if (fovea_config_get_member (config, "d_kv") == NULL)
        a->head_width = 64;
    a->attention_scale = 1;
    if (fovea_config_get_boolean (config, "is_encoder_decoder", TRUE))
        describe_decoder (config, a);
    else
        a->bidirectional = a->no_head = TRUE;
    describe_distances (config, a);
    describe_mlp (config, a);
}

/* The first files scale what the embedding is multiplied with, and say so by tying it. */
static void
describe_t5 (FoveaConfig *config, FoveaArchitecture *a)
{
    describe_t5_stacks (config, a);
    gboolean tied = fovea_config_get_boolean (config, "tie_word_embeddings", TRUE);
    if (fovea_config_get_boolean (config, "scale_decoder_outputs", tied) && !a->no_head)
        a->logit_scale = (float) (1 / sqrt ((double) a->width));
}
static const char *const t5_reads[] = {"is_encoder_decoder", NULL};

const FoveaFamily fovea_t5_families[] = {
    {"t5", "", describe_t5, t5_names, t5_ignored, t5_reads},
    {"mt5", "", describe_t5_stacks, t5_names, t5_ignored, t5_reads},
    {0},
};
