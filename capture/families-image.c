/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Encoders of pictures: ViT as Hugging Face writes it, and as vit-pytorch does. A class token stands
 * before the patches; its last row, unembedded, is the answer, and labels are the vocabulary.
 * vit-pytorch cuts patches with channels last, so its matrix is turned into the order of the other;
 * its names changed over the years, and the newer are read as the older. */
#include "capture/families-private.h"

#include <math.h>
#include <string.h>

#include "capture/safetensors.h"

static const FoveaSizeKeys lucid_keys = {"depth", "heads", NULL, "dim", "mlp_dim", "dim", 1, FALSE};

#define LINEAR_PAIR(role, name)                                                                    \
    {FOVEA_WEIGHT_##role, name ".weight"},                                                         \
    {                                                                                              \
        FOVEA_WEIGHT_##role##_BIAS, name ".bias"                                                   \
    }
#define NORM_PAIR(role, name)                                                                      \
    {FOVEA_WEIGHT_##role##_GAIN, name ".weight"},                                                  \
    {                                                                                              \
        FOVEA_WEIGHT_##role##_BIAS, name ".bias"                                                   \
    }

static const FoveaTensorName vit_names[] = {
    {FOVEA_WEIGHT_PATCH, "embeddings.patch_embeddings.projection.weight"},
    {FOVEA_WEIGHT_PATCH_BIAS, "embeddings.patch_embeddings.projection.bias"},
    {FOVEA_WEIGHT_CLASS, "embeddings.cls_token"},
    {FOVEA_WEIGHT_POSITION, "embeddings.position_embeddings"},
    NORM_PAIR (NORM1, "encoder.layer.#.layernorm_before"),
    {FOVEA_WEIGHT_Q, "encoder.layer.#.attention.attention.query.weight"},
    {FOVEA_WEIGHT_Q_BIAS, "encoder.layer.#.attention.attention.query.bias", 0, 0,
     FOVEA_WHEN_QKV_BIAS},
    {FOVEA_WEIGHT_K, "encoder.layer.#.attention.attention.key.weight"},
    {FOVEA_WEIGHT_K_BIAS, "encoder.layer.#.attention.attention.key.bias", 0, 0,
     FOVEA_WHEN_QKV_BIAS},
    {FOVEA_WEIGHT_V, "encoder.layer.#.attention.attention.value.weight"},
    {FOVEA_WEIGHT_V_BIAS, "encoder.layer.#.attention.attention.value.bias", 0, 0,
     FOVEA_WHEN_QKV_BIAS},
    LINEAR_PAIR (O, "encoder.layer.#.attention.output.dense"),
    NORM_PAIR (NORM2, "encoder.layer.#.layernorm_after"),
    LINEAR_PAIR (MLP_IN, "encoder.layer.#.intermediate.dense"),
    LINEAR_PAIR (MLP_OUT, "encoder.layer.#.output.dense"),
    NORM_PAIR (FINAL_NORM, "layernorm"),
    {FOVEA_WEIGHT_UNEMBED, "classifier.weight", 0, 0, FOVEA_WHEN_HEAD},
    {FOVEA_WEIGHT_UNEMBED_BIAS, "classifier.bias", 0, 0, FOVEA_WHEN_HEAD},
    {0, NULL},
};
static const char *const vit_ignored[] = {"pooler.dense.*", "embeddings.mask_token", NULL};

static const FoveaTensorName lucid_names[] = {
    LINEAR_PAIR (PATCH, "to_patch_embedding.1"),
    {FOVEA_WEIGHT_CLASS, "cls_token"},
    {FOVEA_WEIGHT_POSITION, "pos_embedding"},
    NORM_PAIR (NORM1, "transformer.layers.#.0.norm"),
    {FOVEA_WEIGHT_Q, "transformer.layers.#.0.fn.to_qkv.weight", FOVEA_FUSED_QKV},
    {FOVEA_WEIGHT_K, "transformer.layers.#.0.fn.to_qkv.weight", FOVEA_FUSED_QKV},
    {FOVEA_WEIGHT_V, "transformer.layers.#.0.fn.to_qkv.weight", FOVEA_FUSED_QKV},
    LINEAR_PAIR (O, "transformer.layers.#.0.fn.to_out.0"),
    NORM_PAIR (NORM2, "transformer.layers.#.1.norm"),
    LINEAR_PAIR (MLP_IN, "transformer.layers.#.1.fn.net.0"),
    LINEAR_PAIR (MLP_OUT, "transformer.layers.#.1.fn.net.3"),
    NORM_PAIR (FINAL_NORM, "mlp_head.0"),
    LINEAR_PAIR (UNEMBED, "mlp_head.1"),
    {0, NULL},
};
static const char *const none_ignored[] = {NULL};

/* Tensors of more axes than a matrix: those of a convolution over patches are one input axis, and
 * leading ones are dropped. */
static void
flatten (FoveaTensor *tensor, const char *convolution)
{
    while (tensor->rank > 1 && tensor->shape[0] == 1) {
        tensor->rank--;
        memmove (tensor->shape, tensor->shape + 1, tensor->rank * sizeof *tensor->shape);
    }
    if (tensor->rank != 4 || convolution == NULL || !g_str_has_suffix (tensor->name, convolution))
        return;
    tensor->shape[1] *= tensor->shape[2] * tensor->shape[3];
    tensor->rank = 2;
}

static gboolean
is_table (const char *name)
{
    return g_str_has_suffix (name, "cls_token") || g_str_has_suffix (name, "position_embeddings") ||
           g_str_has_suffix (name, "pos_embedding");
}

static void
reshape_vit (const FoveaArchitecture *a, const FoveaTensor *given, FoveaReshaped *to)
{
    static const char convolution[] = "patch_embeddings.projection.weight";
    FoveaTensor tensor = *given;
    if (is_table (tensor.name) || g_str_has_suffix (tensor.name, convolution))
        flatten (&tensor, convolution);
    g_array_append_val (to->tensors, tensor);
}

/* Rows of (p, p, channels) as rows of (channels, p, p). */
static void
put_channels_first (const FoveaArchitecture *a, FoveaTensor *tensor, GPtrArray *owned)
{
    gint64 n = a->n_channels, pixels = a->patch_size * a->patch_size;
    gsize size = fovea_dtype_size (tensor->dtype);
    const char *from = tensor->data;
    char *to = g_malloc (MAX (tensor->n_bytes, 1)), *at = to;
    for (gint64 o = 0; o < tensor->shape[0]; o++, from += (gsize) (pixels * n) * size)
        for (gint64 c = 0; c < n; c++)
            for (gint64 i = 0; i < pixels; i++, at += size)
                memcpy (at, from + (gsize) (i * n + c) * size, size);
    g_ptr_array_add (owned, to);
    tensor->data = to;
}

/* The older name of a newer one, or NULL. */
static char *
older_name (const char *name)
{
    static const struct {
        const char *part, *newer, *older;
    } parts[] = {
        {".0.to_qkv.", "0.to_qkv.", "0.fn.to_qkv."}, {".0.to_out.", "0.to_out.", "0.fn.to_out."},
        {".1.net.0.", "1.net.0.", "1.norm."},        {".1.net.1.", "1.net.1.", "1.fn.net.0."},
        {".1.net.4.", "1.net.4.", "1.fn.net.3."},
    };
    if (g_str_has_prefix (name, "transformer.norm."))
        return g_strconcat ("mlp_head.0.", name + strlen ("transformer.norm."), NULL);
    if (g_str_equal (name, "mlp_head.weight") || g_str_equal (name, "mlp_head.bias"))
        return g_strconcat ("mlp_head.1.", name + strlen ("mlp_head."), NULL);
    for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
        const char *at = strstr (name, parts[i].part);
        if (at != NULL)
            return g_strdup_printf ("%.*s%s%s", (int) (at + 1 - name), name, parts[i].older,
                                    at + 1 + strlen (parts[i].newer));
    }
    return NULL;
}

static void
reshape_lucid (const FoveaArchitecture *a, const FoveaTensor *given, FoveaReshaped *to)
{
    FoveaTensor tensor = *given;
    g_autofree char *older = older_name (tensor.name);
    if (older != NULL)
        tensor.name = g_string_chunk_insert (to->names, older);
    if (is_table (tensor.name))
        flatten (&tensor, NULL);
    if (g_str_equal (tensor.name, "to_patch_embedding.1.weight") && tensor.rank == 2 &&
        tensor.dtype <= FOVEA_F64 && tensor.shape[1] == fovea_architecture_patch_width (a))
        put_channels_first (a, &tensor, to->owned);
    g_array_append_val (to->tensors, tensor);
}

/* What every encoder of pictures has. */
static void
describe_image (FoveaConfig *config, FoveaArchitecture *a)
{
    a->norm = FOVEA_NORM_LAYER;
    a->bidirectional = TRUE;
    a->position = FOVEA_POSITION_LEARNED;
    a->image_size =
        fovea_config_get_integer (config, "image_size", FOVEA_CONFIG_REQUIRED, FOVEA_MAX_WIDTH);
    a->patch_size =
        fovea_config_get_integer (config, "patch_size", FOVEA_CONFIG_REQUIRED, a->image_size);
    if (a->image_size % a->patch_size != 0)
        fovea_config_refuse (config,
                             "pictures of %" G_GINT64_FORMAT " pixels do not divide into patches "
                             "of %" G_GINT64_FORMAT,
                             a->image_size, a->patch_size);
    gint64 n = a->image_size / a->patch_size;
    a->context = n * n + 1;
}

/* "id2label" has one member a label. */
static gint64
count_labels (FoveaConfig *config)
{
    JsonNode *node = fovea_config_get_member (config, "id2label");
    gint64 named = node != NULL && JSON_NODE_HOLDS_OBJECT (node)
                       ? json_object_get_size (json_node_get_object (node))
                       : 0;
    return fovea_config_get_integer (config, "num_labels", MAX (named > 0 ? named : 2, 1),
                                     FOVEA_MAX_TOKENS);
}

static void
describe_vit (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_layers (config, a, &fovea_full_keys);
    describe_image (config, a);
    a->vocabulary = count_labels (config);
    a->norm_eps = (float) fovea_config_get_number (config, "layer_norm_eps", 1e-12);
    a->n_channels = fovea_config_get_integer (config, "num_channels", 3, 4);
    a->activation = fovea_describe_activation (config, "hidden_act", "gelu");
    a->qkv_bias = fovea_config_get_boolean (config, "qkv_bias", TRUE);
}

static void
describe_lucid (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_layers (config, a, &lucid_keys);
    a->head_width = fovea_config_get_integer (config, "dim_head", 64, 65536);
    a->attention_scale = (float) (1 / sqrt ((double) a->head_width));
    describe_image (config, a);
    a->vocabulary =
        fovea_config_get_integer (config, "num_classes", FOVEA_CONFIG_REQUIRED, FOVEA_MAX_TOKENS);
    a->norm_eps = 1e-5f;
    a->n_channels = fovea_config_get_integer (config, "channels", 3, 4);
    a->activation = fovea_describe_activation (config, "activation", "gelu");
    const char *pool = fovea_config_get_text (config, "pool", "cls");
    if (!g_str_equal (pool, "cls"))
        fovea_config_refuse (config, "\"pool\": \"%s\" is not supported", pool);
}

static const char *const vit_reads[] = {"qkv_bias", NULL};

const FoveaFamily fovea_image_families[] = {
    {"vit", "vit.", describe_vit, vit_names, vit_ignored, vit_reads, reshape_vit},
    {"vit_pytorch", "", describe_lucid, lucid_names, none_ignored, NULL, reshape_lucid},
    {0},
};
