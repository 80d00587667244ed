/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Encoders of the BERT line: every token sees every other, norms stand behind the sums, and the
 * unembedding has a layer of its own before it. A checkpoint without that head, as sentence
 * encoders are, runs without logits. All tokens are of the first type. */
#include <string.h>

#include "capture/families-private.h"
#include "capture/safetensors.h"

static const FoveaSizeKeys distilbert_keys = {
    "n_layers", "n_heads", NULL, "dim", "hidden_dim", "max_position_embeddings", 512, FALSE};

#define EMBEDDING_NAMES                                                                            \
    {FOVEA_WEIGHT_EMBED, "embeddings.word_embeddings.weight"},                                     \
        {FOVEA_WEIGHT_POSITION, "embeddings.position_embeddings.weight"},                          \
        {FOVEA_WEIGHT_EMBED_NORM_GAIN, "embeddings.LayerNorm.weight"},                             \
    {                                                                                              \
        FOVEA_WEIGHT_EMBED_NORM_BIAS, "embeddings.LayerNorm.bias"                                  \
    }
#define LINEAR_NAMES(role, name)                                                                   \
    {FOVEA_WEIGHT_##role, name ".weight"},                                                         \
    {                                                                                              \
        FOVEA_WEIGHT_##role##_BIAS, name ".bias"                                                   \
    }
#define NORM_NAMES(role, name)                                                                     \
    {FOVEA_WEIGHT_##role##_GAIN, name ".weight"},                                                  \
    {                                                                                              \
        FOVEA_WEIGHT_##role##_BIAS, name ".bias"                                                   \
    }
#define BLOCK_NAMES                                                                                \
    LINEAR_NAMES (Q, "encoder.layer.#.attention.self.query"),                                      \
        LINEAR_NAMES (K, "encoder.layer.#.attention.self.key"),                                    \
        LINEAR_NAMES (V, "encoder.layer.#.attention.self.value"),                                  \
        LINEAR_NAMES (O, "encoder.layer.#.attention.output.dense"),                                \
        NORM_NAMES (NORM1, "encoder.layer.#.attention.output.LayerNorm"),                          \
        LINEAR_NAMES (MLP_IN, "encoder.layer.#.intermediate.dense"),                               \
        LINEAR_NAMES (MLP_OUT, "encoder.layer.#.output.dense"),                                    \
        NORM_NAMES (NORM2, "encoder.layer.#.output.LayerNorm"),                                    \
    {                                                                                              \
        FOVEA_WEIGHT_TOKEN_TYPE, "embeddings.token_type_embeddings.weight", 0, 0,                  \
            FOVEA_WHEN_TOKEN_TYPES                                                                 \
    }
#define HEAD_NAMES(dense, norm, unembed, bias)                                                     \
    {FOVEA_WEIGHT_HEAD, dense ".weight", 0, 0, FOVEA_WHEN_HEAD},                                   \
        {FOVEA_WEIGHT_HEAD_BIAS, dense ".bias", 0, 0, FOVEA_WHEN_HEAD},                            \
        {FOVEA_WEIGHT_FINAL_NORM_GAIN, norm ".weight", 0, 0, FOVEA_WHEN_HEAD},                     \
        {FOVEA_WEIGHT_FINAL_NORM_BIAS, norm ".bias", 0, 0, FOVEA_WHEN_HEAD},                       \
        {FOVEA_WEIGHT_UNEMBED, unembed ".weight", 0, 0, FOVEA_WHEN_HEAD},                          \
        {FOVEA_WEIGHT_UNEMBED_BIAS, bias, 0, 0, FOVEA_WHEN_HEAD},                                  \
    {                                                                                              \
        0, NULL                                                                                    \
    }

static const FoveaTensorName bert_names[] = {EMBEDDING_NAMES, BLOCK_NAMES,
                                             HEAD_NAMES ("cls.predictions.transform.dense",
                                                         "cls.predictions.transform.LayerNorm",
                                                         "cls.predictions.decoder",
                                                         "cls.predictions.bias")};
/* The pooled first token and the next sentence are questions that no point asks. */
static const char *const bert_ignored[] = {"embeddings.position_ids", "pooler.dense.*",
                                           "cls.seq_relationship.*", "cls.predictions.decoder.bias",
                                           NULL};

static const FoveaTensorName roberta_names[] = {
    EMBEDDING_NAMES, BLOCK_NAMES,
    HEAD_NAMES ("lm_head.dense", "lm_head.layer_norm", "lm_head.decoder", "lm_head.bias")};
static const char *const roberta_ignored[] = {"embeddings.position_ids", "pooler.dense.*",
                                              "lm_head.decoder.bias", NULL};

static const FoveaTensorName distilbert_names[] = {
    EMBEDDING_NAMES,
    LINEAR_NAMES (Q, "transformer.layer.#.attention.q_lin"),
    LINEAR_NAMES (K, "transformer.layer.#.attention.k_lin"),
    LINEAR_NAMES (V, "transformer.layer.#.attention.v_lin"),
    LINEAR_NAMES (O, "transformer.layer.#.attention.out_lin"),
    NORM_NAMES (NORM1, "transformer.layer.#.sa_layer_norm"),
    LINEAR_NAMES (MLP_IN, "transformer.layer.#.ffn.lin1"),
    LINEAR_NAMES (MLP_OUT, "transformer.layer.#.ffn.lin2"),
    NORM_NAMES (NORM2, "transformer.layer.#.output_layer_norm"),
    HEAD_NAMES ("vocab_transform", "vocab_layer_norm", "vocab_projector", "vocab_projector.bias")};
static const char *const distilbert_ignored[] = {"embeddings.position_ids", NULL};

static const FoveaTensorName mpnet_names[] = {
    EMBEDDING_NAMES,
    {FOVEA_WEIGHT_DISTANCE, "encoder.relative_attention_bias.weight"},
    LINEAR_NAMES (Q, "encoder.layer.#.attention.attn.q"),
    LINEAR_NAMES (K, "encoder.layer.#.attention.attn.k"),
    LINEAR_NAMES (V, "encoder.layer.#.attention.attn.v"),
    LINEAR_NAMES (O, "encoder.layer.#.attention.attn.o"),
    NORM_NAMES (NORM1, "encoder.layer.#.attention.LayerNorm"),
    LINEAR_NAMES (MLP_IN, "encoder.layer.#.intermediate.dense"),
    LINEAR_NAMES (MLP_OUT, "encoder.layer.#.output.dense"),
    NORM_NAMES (NORM2, "encoder.layer.#.output.LayerNorm"),
    HEAD_NAMES ("lm_head.dense", "lm_head.layer_norm", "lm_head.decoder", "lm_head.bias")};

static void
describe_encoder (FoveaConfig *config, FoveaArchitecture *a, const char *activation)
{
    a->norm = FOVEA_NORM_LAYER;
    a->norm_place = FOVEA_NORM_OF_SUM;
    a->embed_norm = a->head_transform = a->bidirectional = TRUE;
    a->position = FOVEA_POSITION_LEARNED;
    a->activation = fovea_describe_activation (config, activation, "gelu");
    a->tied_head = fovea_config_get_boolean (config, "tie_word_embeddings", TRUE);
}

static void
describe_bert (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_sizes (config, a, &fovea_full_keys);
    describe_encoder (config, a, "hidden_act");
    a->norm_eps = (float) fovea_config_get_number (config, "layer_norm_eps", 1e-12);
    a->n_token_types = fovea_config_get_integer (config, "type_vocab_size", 2, FOVEA_MAX_TOKENS);
    const char *kind = fovea_config_get_text (config, "position_embedding_type", "absolute");
    if (!g_str_equal (kind, "absolute"))
        fovea_config_refuse (config, "position embedding type \"%s\" is not supported", kind);
    if (fovea_config_get_boolean (config, "is_decoder", FALSE))
        fovea_config_refuse (config, "\"is_decoder\": true is not supported in this family");
}

/* BERT whose positions count from behind the padding token's id, and padding tokens do not count. */
static void
describe_padded (FoveaConfig *config, FoveaArchitecture *a, gint32 pad)
{
    describe_bert (config, a);
    a->position_offset = pad + 1;
    a->skips_padding = TRUE;
    if (a->context <= a->position_offset)
        fovea_config_refuse (
            config, "%" G_GINT64_FORMAT " positions that begin at %" G_GINT64_FORMAT " leave none",
            a->context, a->position_offset);
    a->context = MAX (a->context - a->position_offset, 1);
    if (a->activation != FOVEA_ACTIVATION_GELU) /* its head has this one whatever the rest has */
        fovea_config_refuse (config, "an activation other than gelu is not supported here");
}

static void
describe_roberta (FoveaConfig *config, FoveaArchitecture *a)
{
    gint32 pad = 1;
    fovea_config_get_ids (config, "pad_token_id", &pad, 1);
    describe_padded (config, a, pad);
}

enum {
    MPNET_REACH = 128, /* which its files do not say */
    MPNET_BUCKETS = 32,
    MPNET_PADDING = 1
};

/* RoBERTa without token types, whose padding is one id whatever the file says, and with the biases by distance of T5. */
static void
describe_mpnet (FoveaConfig *config, FoveaArchitecture *a)
{
    describe_padded (config, a, MPNET_PADDING);
    a->n_token_types = 0;
    a->distance_buckets =
        fovea_config_get_integer (config, "relative_attention_num_buckets", MPNET_BUCKETS, 4096);
    a->distance_reach = MPNET_REACH;
    if (a->distance_buckets == MPNET_BUCKETS && a->n_heads * MPNET_REACH <= FOVEA_MAX_BIASES)
        return;
    /* Its code counts 32 whatever the file says. */
    fovea_config_refuse (config, "%" G_GINT64_FORMAT " buckets of distances are not supported",
                         a->distance_buckets);
    a->distance_buckets = a->distance_reach = 0;
}

static void
describe_distilbert (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_sizes (config, a, &distilbert_keys);
    describe_encoder (config, a, "activation");
    a->norm_eps = 1e-12f;
}

static const char decoder_bias[] = ".decoder.bias";

/* The tensor @name of those that are listed. */
static FoveaTensor *
find_listed (FoveaReshaped *to, const char *name)
{
    FoveaTensor *tensors = (FoveaTensor *) (void *) to->tensors->data;
    for (guint i = 0; i < to->tensors->len; i++)
        if (g_str_equal (tensors[i].name, name))
            return &tensors[i];
    return NULL;
}

/* The bias of the unembedding stands under two names, which are one tensor where the head is the
 * embedding's. A head of its own adds the one of its matrix, if the file has it. */
static void
reshape_encoder (const FoveaArchitecture *a, const FoveaTensor *given, FoveaReshaped *to)
{
    const gboolean own = !a->tied_head && g_str_has_suffix (given->name, decoder_bias);
    FoveaTensor tensor = *given;
    if (own) {
        g_autofree char *name = g_strdup_printf (
            "%.*s.bias", (int) (strlen (given->name) - strlen (decoder_bias)), given->name);
        tensor.name = g_string_chunk_insert (to->names, name);
    }
    FoveaTensor *other = a->tied_head ? NULL : find_listed (to, tensor.name);
    if (other == NULL)
        g_array_append_val (to->tensors, tensor);
    else if (own)
        *other = tensor;
}

const FoveaFamily fovea_encoder_families[] = {
    {"bert", "bert.", describe_bert, bert_names, bert_ignored, NULL, reshape_encoder},
    {"roberta", "roberta.", describe_roberta, roberta_names, roberta_ignored, NULL,
     reshape_encoder},
    {"xlm-roberta", "roberta.", describe_roberta, roberta_names, roberta_ignored, NULL,
     reshape_encoder},
    {"camembert", "roberta.", describe_roberta, roberta_names, roberta_ignored, NULL,
     reshape_encoder},
    {"mpnet", "mpnet.", describe_mpnet, mpnet_names, roberta_ignored, NULL, reshape_encoder},
    {"distilbert", "distilbert.", describe_distilbert, distilbert_names, distilbert_ignored, NULL},
    {0},
};
