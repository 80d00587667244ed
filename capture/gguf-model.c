/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A GGUF file's model in the words of Hugging Face, by the tables of gguf-kinds.c. What llama.cpp's
 * conversion changed is undone or marked: Llama's queries and keys stand as turned pairs, gains
 * that a family stores less one have the one added, GPT-2's matrices are (out, in), and parts of
 * fused ones stand one after another. */
#include "capture/gguf-model.h"

#include <string.h>

#include "capture/families.h"
#include "capture/gguf-kinds.h"
#include "capture/gguf-rope.h"

enum {
    MAX_PAIRS = 1 << 16, /* of a head */
    MOST_LAYERS = 4096
};

/* The config.json under construction. */
typedef struct {
    const FoveaGguf *file;
    const char *name;
    const FoveaGgufKind *kind;
    JsonBuilder *builder;
} Config;

static gboolean
refuse_kind (const char *architecture, const char *name, GError **error)
{
    g_autofree char *known = fovea_gguf_list_kinds ();
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                 "%s: general.architecture \"%s\" is not supported (known: %s)", name,
                 architecture != NULL ? architecture : "", known);
    return FALSE;
}

/* An integer "ARCHITECTURE.@key", or @fallback. */
static gint64
get_integer (const Config *config, const char *key, gint64 fallback)
{
    g_autofree char *full = g_strconcat (config->kind->gguf, ".", key, NULL);
    gint64 value = fallback;
    fovea_gguf_get_integer (config->file, full, &value);
    return value;
}

/* The entry of a table of keys, or NULL. */
static const FoveaGgufKey *
find_key (const FoveaGgufKey *keys, const char *name)
{
    for (; keys->gguf != NULL; keys++)
        if (g_str_equal (keys->gguf, name))
            return keys;
    return NULL;
}

static gboolean
refuse_key (const Config *config, const char *key, const char *why, GError **error)
{
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "%s: \"%s\" %s", config->name, key,
                 why);
    return FALSE;
}

/* Copies one key of the architecture, whose last part is known. */
static gboolean
add_key (const Config *config, const char *full, const FoveaGgufKey *key, GError **error)
{
    gint64 integer;
    double number;
    if (key->kind == FOVEA_GGUF_IGNORED)
        return TRUE;
    json_builder_set_member_name (config->builder, key->config);
    if (key->kind == FOVEA_GGUF_INTEGER && fovea_gguf_get_integer (config->file, full, &integer)) {
        json_builder_add_int_value (config->builder, integer);
        return TRUE;
    }
    if (key->kind == FOVEA_GGUF_NUMBER && fovea_gguf_get_number (config->file, full, &number)) {
        json_builder_add_double_value (config->builder, number);
        return TRUE;
    }
    if (key->kind == FOVEA_GGUF_BOOLEAN) {
        json_builder_add_boolean_value (config->builder,
                                        fovea_gguf_get_boolean (config->file, full, FALSE));
        return TRUE;
    }
    const char *text =
        key->kind == FOVEA_GGUF_NAME ? fovea_gguf_get_text (config->file, full) : NULL;
    if (text != NULL) {
        json_builder_add_string_value (config->builder, text);
        return TRUE;
    }
    return refuse_key (config, full, "is no single value of its kind", error);
}

/* Every key of the architecture must be known: it may change the mathematics. */
static gboolean
add_keys (const Config *config, GError **error)
{
    const GPtrArray *keys = fovea_gguf_list_keys (config->file);
    g_autofree char *prefix = g_strconcat (config->kind->gguf, ".", NULL);
    g_autofree char *scaling = g_strconcat (prefix, "rope.scaling.", NULL);
    for (guint i = 0; i < keys->len; i++) {
        const char *full = keys->pdata[i];
        if (!g_str_has_prefix (full, prefix) || g_str_has_prefix (full, scaling))
            continue;
        const FoveaGgufKey *key = find_key (config->kind->keys, full + strlen (prefix));
        if (key == NULL)
            return refuse_key (config, full, "is not supported", error);
        if (!add_key (config, full, key, error))
            return FALSE;
    }
    return TRUE;
}

static const FoveaTensor *
find_tensor (const FoveaGguf *file, const char *name)
{
    guint n;
    const FoveaTensor *tensors = fovea_gguf_list (file, &n);
    for (guint i = 0; i < n; i++)
        if (g_str_equal (tensors[i].name, name))
            return &tensors[i];
    return NULL;
}

static void
add_integer (const Config *config, const char *name, gint64 value)
{
    json_builder_set_member_name (config->builder, name);
    json_builder_add_int_value (config->builder, value);
}

static void
add_number (const Config *config, const char *name, double value)
{
    json_builder_set_member_name (config->builder, name);
    json_builder_add_double_value (config->builder, value);
}

#define LONG_TENSOR  "rope_factors_long.weight"
#define SHORT_TENSOR "rope_factors_short.weight"

/* A list of divisors as the array @name. */
static gboolean
add_divisors (const Config *config, const char *tensor_name, const char *name, GError **error)
{
    const FoveaTensor *tensor = find_tensor (config->file, tensor_name);
    if (tensor == NULL || tensor->dtype != FOVEA_F32 || tensor->n_elements > MAX_PAIRS)
        return refuse_key (config, tensor_name, "is no list of f32", error);
    g_autofree float *divisors = g_new (float, tensor->n_elements + 1);
    fovea_dtype_to_f32 (tensor->data, FOVEA_F32, (gsize) tensor->n_elements, divisors);
    json_builder_set_member_name (config->builder, name);
    json_builder_begin_array (config->builder);
    for (gint64 i = 0; i < tensor->n_elements; i++)
        json_builder_add_double_value (config->builder, (double) divisors[i]);
    json_builder_end_array (config->builder);
    return TRUE;
}

/* Phi-3's scaling for long contexts: two lists of divisors, one for texts within the context that it
 * was trained on. */
static gboolean
add_longrope (const Config *config, GError **error)
{
    double amplitude = 0;
    g_autofree char *key = g_strconcat (config->kind->gguf, ".rope.scaling.attn_factor", NULL);
    json_builder_set_member_name (config->builder, "rope_scaling");
    json_builder_begin_object (config->builder);
    json_builder_set_member_name (config->builder, "rope_type");
    json_builder_add_string_value (config->builder, "longrope");
    if (!add_divisors (config, LONG_TENSOR, "long_factor", error) ||
        !add_divisors (config, SHORT_TENSOR, "short_factor", error))
        return FALSE;
    if (fovea_gguf_get_number (config->file, key, &amplitude))
        add_number (config, "attention_factor", amplitude);
    json_builder_end_object (config->builder);
    add_integer (config, "original_max_position_embeddings",
                 get_integer (config, "rope.scaling.original_context_length", 0));
    return TRUE;
}

/* DeepSeek's stretch of scores: a tenth of mscale_all_dim. That of vectors is not in the file, and llama.cpp
 * takes it for the same. */
static gboolean
add_log_multiplier (const Config *config, GError **error)
{
    double tenth = 0;
    g_autofree char *key =
        g_strconcat (config->kind->gguf, ".rope.scaling.yarn_log_multiplier", NULL);
    if (!fovea_gguf_get_number (config->file, key, &tenth) || tenth == 0)
        return TRUE;
    if (!config->kind->latent)
        return refuse_key (config, key, "is not supported", error);
    add_number (config, "mscale", 10 * tenth);
    add_number (config, "mscale_all_dim", 10 * tenth);
    return TRUE;
}

/* "rope_scaling" from ARCHITECTURE.rope.scaling.*, "none" being the same as nothing. */
static gboolean
add_scaling (const Config *config, GError **error)
{
    static const FoveaGgufKey known[] = {
        {"factor", "factor", FOVEA_GGUF_NUMBER},
        {"original_context_length", "original_max_position_embeddings", FOVEA_GGUF_INTEGER},
        {"attn_factor", "attention_factor", FOVEA_GGUF_NUMBER},
        {"yarn_attn_factor", "attention_factor", FOVEA_GGUF_NUMBER},
        {"yarn_beta_fast", "beta_fast", FOVEA_GGUF_NUMBER},
        {"yarn_beta_slow", "beta_slow", FOVEA_GGUF_NUMBER},
        {"finetuned", NULL, FOVEA_GGUF_IGNORED},
        {"yarn_log_multiplier", NULL, FOVEA_GGUF_IGNORED}, /* see add_log_multiplier() */
        {"type", NULL, FOVEA_GGUF_IGNORED},
        {0},
    };
    g_autofree char *prefix = g_strconcat (config->kind->gguf, ".rope.scaling.", NULL);
    g_autofree char *type_key = g_strconcat (prefix, "type", NULL);
    g_autofree char *factor_key = g_strconcat (prefix, "factor", NULL);
    const char *type = fovea_gguf_get_text (config->file, type_key);
    double factor = 0;
    if (find_tensor (config->file, LONG_TENSOR) != NULL)
        return add_longrope (config, error);
    if (type == NULL && fovea_gguf_get_number (config->file, factor_key, &factor) && factor != 0)
        type = "linear"; /* as llama.cpp takes it */
    if (type == NULL || g_str_equal (type, "none"))
        return TRUE;
    json_builder_set_member_name (config->builder, "rope_scaling");
    json_builder_begin_object (config->builder);
    json_builder_set_member_name (config->builder, "rope_type");
    json_builder_add_string_value (config->builder, type);
    if (config->kind->exact_yarn && g_str_equal (type, "yarn")) {
        json_builder_set_member_name (config->builder, "truncate");
        json_builder_add_boolean_value (config->builder, FALSE);
    }
    const GPtrArray *keys = fovea_gguf_list_keys (config->file);
    for (guint i = 0; i < keys->len; i++) {
        const char *full = keys->pdata[i];
        if (!g_str_has_prefix (full, prefix))
            continue;
        const FoveaGgufKey *key = find_key (known, full + strlen (prefix));
        if (key == NULL)
            return refuse_key (config, full, "is not supported", error);
        if (!add_key (config, full, key, error))
            return FALSE;
    }
    if (!add_log_multiplier (config, error))
        return FALSE;
    json_builder_end_object (config->builder);
    return TRUE;
}

/* The first layer whose tensor @format names, -1 if none has one. */
static gint64
find_layer_with (const Config *config, const char *format)
{
    gint64 n_layers = get_integer (config, "block_count", 0);
    for (gint64 layer = 0; layer < MIN (n_layers, MOST_LAYERS); layer++) {
        g_autofree char *number = g_strdup_printf ("blk.%" G_GINT64_FORMAT ".", layer);
        g_autofree char *name = g_strconcat (number, format, NULL);
        if (find_tensor (config->file, name) != NULL)
            return layer;
    }
    return -1;
}

/* How experts are chosen. Files that do not say it choose by softmax, where there is no bias that only
 * a choice by sigmoids has. */
static gboolean
add_choice (const Config *config, GError **error)
{
    gboolean sigmoid = g_str_equal (config->kind->model_type, "deepseek_v3");
    gint64 gating = get_integer (config, "expert_gating_func", FOVEA_GGUF_SOFTMAX);
    g_autofree char *norm = g_strconcat (config->kind->gguf, ".expert_weights_norm", NULL);
    if (gating != FOVEA_GGUF_SOFTMAX && gating != FOVEA_GGUF_SIGMOID)
        return refuse_key (config, "expert_gating_func", "is neither softmax nor sigmoid", error);
    if (!sigmoid && find_layer_with (config, "exp_probs_b.bias") >= 0)
        return refuse_key (config, "exp_probs_b.bias",
                           "without an expert_gating_func of sigmoids is not supported", error);
    json_builder_set_member_name (config->builder, "norm_topk_prob");
    json_builder_add_boolean_value (config->builder,
                                    fovea_gguf_get_boolean (config->file, norm, FALSE));
    if (sigmoid)
        return TRUE;
    json_builder_set_member_name (config->builder, "topk_method");
    json_builder_add_string_value (
        config->builder,
        get_integer (config, "expert_group_count", 1) > 1 ? "group_limited_greedy" : "greedy");
    return TRUE;
}

/* DeepSeek's widths: newer files give those of latents, and those of heads by keys of their own. */
static gboolean
add_latent (const Config *config, GError **error)
{
    gint64 turning = get_integer (config, "rope.dimension_count", 0);
    gint64 width = get_integer (config, "attention.key_length_mla",
                                get_integer (config, "attention.key_length", 0));
    gint64 values = get_integer (config, "attention.value_length_mla",
                                 get_integer (config, "attention.value_length", 0));
    if (!config->kind->latent)
        return TRUE;
    if (turning < 1 || width <= turning)
        return refuse_key (config, "rope.dimension_count", "is no part of attention.key_length",
                           error);
    if (get_integer (config, "expert_count", 0) < 1)
        return refuse_key (config, "expert_count", "of none is not supported", error);
    add_integer (config, "qk_rope_head_dim", turning);
    add_integer (config, "qk_nope_head_dim", width - turning);
    add_integer (config, "v_head_dim", values);
    if (get_integer (config, "attention.q_lora_rank", 0) == 0) {
        json_builder_set_member_name (config->builder, "q_lora_rank");
        json_builder_add_null_value (config->builder);
    }
    return add_choice (config, error);
}

/* How many types of tokens there are is a key of the tokenizer, which the table says too. */
static void
add_token_types (const Config *config)
{
    const FoveaTensor *types = find_tensor (config->file, "token_types.weight");
    if (types != NULL)
        add_integer (config, "type_vocab_size", types->shape[0]);
}

/* Without embedding (a file of the vocabulary alone) the number of its texts serves. */
static void
add_vocabulary (const Config *config)
{
    const FoveaTensor *embedding = find_tensor (config->file, "token_embd.weight");
    FoveaGgufArray tokens = {.n = 0};
    fovea_gguf_get_array (config->file, "tokenizer.ggml.tokens", &tokens);
    add_integer (config, "vocab_size",
                 embedding != NULL ? embedding->shape[0] : (gint64) MIN (tokens.n, G_MAXINT32));
    json_builder_set_member_name (config->builder, "tie_word_embeddings");
    json_builder_add_boolean_value (config->builder,
                                    find_tensor (config->file, "output.weight") == NULL);
}

/* Whether there is such a tensor, as a key that the family may not have. */
static void
add_presence (const Config *config, const char *key, const char *tensor)
{
    if (key == NULL)
        return;
    json_builder_set_member_name (config->builder, key);
    json_builder_add_boolean_value (config->builder, find_tensor (config->file, tensor) != NULL);
}

/* What the file does not say in numbers. */
static void
add_traits (const Config *config)
{
    if (config->kind->always != NULL) {
        json_builder_set_member_name (config->builder, config->kind->always);
        json_builder_add_boolean_value (config->builder, TRUE);
    }
    add_presence (config, config->kind->biased, "blk.0.attn_q.bias");
    add_presence (config, config->kind->mlp_biased, "blk.0.ffn_up.bias");
}

static void
add_ids (const Config *config)
{
    static const char *const ids[][2] = {{"tokenizer.ggml.bos_token_id", "bos_token_id"},
                                         {"tokenizer.ggml.eos_token_id", "eos_token_id"}};
    for (gsize i = 0; i < G_N_ELEMENTS (ids); i++) {
        gint64 id;
        if (fovea_gguf_get_integer (config->file, ids[i][0], &id) && id <= G_MAXINT32)
            add_integer (config, ids[i][1], id);
    }
}

/* Gemma 2 and 3 scale scores by the width of a head, but the largest ones (46 and 62 layers) by
 * the share of a head in the residual stream. llama.cpp knows that from the number of layers too. */
static void
add_scale (const Config *config)
{
    gint64 layers = get_integer (config, "block_count", 0);
    gint64 heads = MAX (get_integer (config, "attention.head_count", 1), 1);
    gint64 shared = get_integer (config, "embedding_length", 0) / heads;
    gboolean second = g_str_equal (config->kind->gguf, "gemma2");
    if (!second && !g_str_equal (config->kind->gguf, "gemma3"))
        return;
    add_integer (config, "query_pre_attn_scalar",
                 layers == (second ? 46 : 62)
                     ? shared
                     : get_integer (config, "attention.key_length", MAX (shared, 1)));
}

#define ROPE_TENSOR "rope_freqs.weight"

/* Llama 3's scaling stands in a tensor, as what it comes to. */
static gboolean
add_llama3 (const Config *config, GError **error)
{
    const FoveaTensor *tensor = find_tensor (config->file, ROPE_TENSOR);
    FoveaLlama3Scaling scaling;
    double base = 10000;
    if (tensor == NULL || !config->kind->turned)
        return TRUE;
    g_autofree char *key = g_strconcat (config->kind->gguf, ".rope.freq_base", NULL);
    fovea_gguf_get_number (config->file, key, &base);
    gsize n = (gsize) MIN (tensor->n_elements, MAX_PAIRS);
    g_autofree float *divisors = g_new (float, n + 1);
    if (tensor->dtype == FOVEA_F32)
        fovea_dtype_to_f32 (tensor->data, FOVEA_F32, n, divisors);
    if (tensor->dtype != FOVEA_F32 ||
        !fovea_gguf_infer_llama3 (divisors, (gint64) n, base, &scaling))
        return refuse_key (config, ROPE_TENSOR, "holds no scaling of Llama 3", error);
    json_builder_set_member_name (config->builder, "rope_scaling");
    json_builder_begin_object (config->builder);
    json_builder_set_member_name (config->builder, "rope_type");
    json_builder_add_string_value (config->builder, "llama3");
    add_number (config, "factor", scaling.factor);
    add_number (config, "low_freq_factor", scaling.low);
    add_number (config, "high_freq_factor", scaling.high);
    add_integer (config, "original_max_position_embeddings", scaling.context);
    json_builder_end_object (config->builder);
    return TRUE;
}

/* Part of each head that turns, where that is not all of it. */
static gboolean
add_partial_rotary (const Config *config, GError **error)
{
    gint64 heads = MAX (get_integer (config, "attention.head_count", 1), 1);
    gint64 shared = get_integer (config, "embedding_length", 0) / heads;
    gint64 width = get_integer (config, "attention.key_length", shared);
    gint64 turned = get_integer (config, "rope.dimension_count", width);
    gint64 values = get_integer (config, "attention.value_length", width);
    if (config->kind->latent)
        return TRUE;
    if (values != width)
        return refuse_key (config, "attention.value_length",
                           "that differs from attention.key_length is not supported", error);
    const char *part = config->kind->part;
    if (width < 1 || (turned == width && part == NULL))
        return TRUE;
    json_builder_set_member_name (config->builder, part != NULL ? part : "partial_rotary_factor");
    json_builder_add_double_value (config->builder, (double) turned / (double) width);
    return TRUE;
}

static GBytes *
write_config (const Config *config, GError **error)
{
    JsonBuilder *builder = config->builder;
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "model_type");
    json_builder_add_string_value (builder, config->kind->model_type);
    if (!add_keys (config, error) || !add_scaling (config, error) || !add_llama3 (config, error) ||
        !add_partial_rotary (config, error) || !add_latent (config, error))
        return NULL;
    add_vocabulary (config);
    add_token_types (config);
    add_traits (config);
    add_ids (config);
    add_scale (config);
    json_builder_end_object (builder);
    g_autoptr (JsonNode) root = json_builder_get_root (builder);
    char *text = json_to_string (root, FALSE);
    return g_bytes_new_take (text, strlen (text));
}

FoveaArchitecture *
fovea_gguf_describe (const FoveaGguf *file, const char *name, GError **error)
{
    const char *architecture = fovea_gguf_get_text (file, "general.architecture");
    const FoveaGgufKind *kind = fovea_gguf_find_kind (file);
    if (kind == NULL || fovea_family_find (kind->model_type) == NULL) {
        refuse_kind (architecture, name, error);
        return NULL;
    }
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    const Config config = {file, name, kind, builder};
    g_autoptr (GBytes) text = write_config (&config, error);
    if (text == NULL)
        return NULL;
    FoveaArchitecture *description = fovea_family_describe (text, NULL, name, error);
    if (description != NULL)
        description->norm_gain_offset = 0; /* the conversion has added it to the gains */
    return description;
}

static gboolean
has_suffix (const char *name)
{
    return g_str_has_suffix (name, ".weight") || g_str_has_suffix (name, ".bias");
}

/* @name as the family calls it, or itself. */
static char *
translate (const FoveaGgufKind *kind, const char *name)
{
    const char *suffix = strrchr (name, '.');
    if (!has_suffix (name))
        return g_strdup (name);
    g_autofree char *stem = g_strndup (name, (gsize) (suffix - name));
    char *layer = NULL, *after = NULL;
    if (g_str_has_prefix (stem, "blk.")) {
        layer = stem + strlen ("blk.");
        after = layer + strspn (layer, "0123456789");
    }
    for (const FoveaGgufStem *s = kind->stems; s->gguf != NULL; s++) {
        const char *mark = strchr (s->family, '#');
        gboolean whole = has_suffix (s->gguf);
        if (mark == NULL && g_str_equal (s->gguf, stem))
            return g_strconcat (s->family, suffix, NULL);
        if (mark == NULL || after == layer)
            continue;
        const char *rest = whole ? name + (after - stem) : after;
        if (g_str_equal (s->gguf + strlen ("blk.#"), rest))
            return g_strdup_printf ("%.*s%.*s%s%s", (int) (mark - s->family), s->family,
                                    (int) (after - layer), layer, mark + 1, whole ? "" : suffix);
    }
    return g_strdup (name);
}

static gboolean
is_turned (const char *name)
{
    return strstr (name, ".attn_q.") != NULL || strstr (name, ".attn_k.") != NULL;
}

/* Whether @name, which the tensor is called by now, asks for one tensor an expert. A mark that the file
 * itself has in its name asks for nothing, and of nothing there may be any number of parts. */
static gboolean
is_of_experts (const FoveaTensor *tensor, const char *name)
{
    return strchr (name, '@') != NULL && strchr (tensor->name, '@') == NULL && tensor->rank == 3 &&
           tensor->n_elements > 0;
}

/* One tensor a expert of a tensor of all of them. */
static void
append_experts (GArray *renamed, const FoveaTensor *all, const char *name, GStringChunk *names)
{
    const char *mark = strchr (name, '@');
    const gsize n = (gsize) all->shape[0];
    for (gsize e = 0; e < n; e++) {
        FoveaTensor one = *all;
        g_autofree char *full =
            g_strdup_printf ("%.*s%" G_GSIZE_FORMAT "%s", (int) (mark - name), name, e, mark + 1);
        one.name = g_string_chunk_insert (names, full);
        one.rank = 2;
        one.shape[0] = all->shape[1];
        one.shape[1] = all->shape[2];
        one.n_elements = all->n_elements / (gint64) n;
        one.n_bytes = all->n_bytes / n;
        one.offset = all->offset + e * one.n_bytes;
        one.data = (const guint8 *) all->data + e * one.n_bytes;
        g_array_append_val (renamed, one);
    }
}

GArray *
fovea_gguf_rename (const FoveaGguf *file,
                   const FoveaArchitecture *architecture,
                   GStringChunk *names)
{
    const FoveaGgufKind *kind = fovea_gguf_find_kind (file);
    guint n;
    const FoveaTensor *tensors = fovea_gguf_list (file, &n);
    GArray *renamed = g_array_sized_new (FALSE, TRUE, sizeof (FoveaTensor), n);
    for (guint i = 0; i < n; i++) {
        FoveaTensor tensor = tensors[i];
        if ((kind->turned && g_str_equal (tensor.name, ROPE_TENSOR)) ||
            g_str_equal (tensor.name, LONG_TENSOR) || g_str_equal (tensor.name, SHORT_TENSOR))
            continue; /* told by the description */
        g_autofree char *name = translate (kind, tensor.name);
        tensor.rewritten = TRUE;
        if (kind->turned && is_turned (tensor.name))
            tensor.pair_width = architecture->head_width;
        if (is_of_experts (&tensors[i], name)) {
            append_experts (renamed, &tensor, name, names);
            continue;
        }
        if (g_str_has_suffix (name, "_bias") && tensor.rank == 2) { /* one expert behind another */
            tensor.rank = 1;
            tensor.shape[0] = tensor.n_elements;
        }
        tensor.name = g_string_chunk_insert (names, name);
        g_array_append_val (renamed, tensor);
    }
    return renamed;
}
