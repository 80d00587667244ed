/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* DeepSeek 2 and 3: queries, keys and values projected from latents of small rank, experts in groups
 * beside one that all tokens take.
 * Attention here has one width a head, and what turns stands first in it. So the files' matrices are
 * laid out anew when they are bound: rows that turn go before those that do not, keys get zeros where
 * the shared turning part is added, values zeros behind theirs, and the output matrix zeros beside
 * them. Scores and outputs are those of the files' order; the copies cost the padding's share of
 * memory. What is captured as queries and keys is what each head multiplies.
 * Source: DeepSeek-AI 2024 (arXiv:2405.04434), sec. 2.1; (arXiv:2412.19437), sec. 2.1. */
#include "capture/families-llama.h"
#include "capture/families-private.h"

#include <math.h>
#include <string.h>

#include "capture/safetensors.h"

enum {
    MOST_SPREAD = 1 << 28, /* elements of the matrix that spreads what turns over heads */
    MOST_PADDED = 64       /* times as long as a tensor, what it is padded to may be */
};

static const FoveaTensorName latent_names[] = {
    {FOVEA_WEIGHT_Q, "layers.#.self_attn.q_proj.weight"},
    {FOVEA_WEIGHT_Q_LATENT, "layers.#.self_attn.q_a_proj.weight", 0, 0, FOVEA_WHEN_Q_LATENT},
    {FOVEA_WEIGHT_Q_LATENT_GAIN, "layers.#.self_attn.q_a_layernorm.weight", 0, 0,
     FOVEA_WHEN_Q_LATENT},
    {FOVEA_WEIGHT_KV_LATENT, "layers.#.self_attn.kv_a_proj.weight"},
    {FOVEA_WEIGHT_KV_LATENT_GAIN, "layers.#.self_attn.kv_a_layernorm.weight"},
    {FOVEA_WEIGHT_K_SHARED, "layers.#.self_attn.k_shared.weight"},
    {FOVEA_WEIGHT_K, "layers.#.self_attn.k_b_proj.weight"},
    {FOVEA_WEIGHT_V, "layers.#.self_attn.v_b_proj.weight"},
    {FOVEA_WEIGHT_O, "layers.#.self_attn.o_proj.weight"},
    {FOVEA_WEIGHT_SPREAD, "spread"},
    {FOVEA_WEIGHT_NORM1_GAIN, "layers.#.input_layernorm.weight"},
    {FOVEA_WEIGHT_NORM2_GAIN, "layers.#.post_attention_layernorm.weight"},
    ROUTED_NAMES,
    {FOVEA_WEIGHT_EMBED, "embed_tokens.weight"},
    {FOVEA_WEIGHT_FINAL_NORM_GAIN, "norm.weight"},
    {FOVEA_WEIGHT_UNEMBED, "lm_head.weight"},
    {0, NULL},
};
static const char *const latent_ignored[] = {"layers.*.self_attn.rotary_emb.inv_freq", NULL};

/* A part of rows of each head: @n of every @every from @from on, to row @to of every D. */
typedef struct {
    gint64 from, every, n, to;
} Part;

/* As floats, where elements of a row must move and blocks would not let them. */
static FoveaTensor
unpack_tensor (const FoveaTensor *given, GPtrArray *owned)
{
    FoveaTensor plain = *given;
    if (given->dtype <= FOVEA_BF16)
        return plain;
    float *values = g_new (float, MAX (given->n_elements, 1));
    g_ptr_array_add (owned, values);
    fovea_dtype_to_f32 (given->data, given->dtype, (gsize) given->n_elements, values);
    plain.dtype = FOVEA_F32;
    plain.data = values;
    return plain;
}

/* (H * every, columns) as (H * D, columns), its parts placed and all else zero, which zeros are in
 * blocks, too. */
static void *
place_rows (const FoveaArchitecture *a,
            const FoveaTensor *given,
            const Part *parts,
            guint n_parts,
            GPtrArray *owned)
{
    gsize row = fovea_dtype_bytes (given->dtype, (gsize) given->shape[given->rank - 1]);
    char *rows = g_malloc0 (MAX ((gsize) (a->n_heads * a->head_width) * row, 1));
    g_ptr_array_add (owned, rows);
    for (guint p = 0; p < n_parts; p++)
        for (gint64 h = 0; h < a->n_heads; h++)
            memcpy (rows + (gsize) (h * a->head_width + parts[p].to) * row,
                    (const char *) given->data + (gsize) (h * parts[p].every + parts[p].from) * row,
                    (gsize) parts[p].n * row);
    return rows;
}

/* @n_elements: of the file's that are in it, since padding is no parameter. */
static void
add (FoveaReshaped *to,
     const FoveaTensor *given,
     const char *ending,
     const char *new_ending,
     gint64 rows,
     gint64 columns,
     gint64 n_elements,
     const void *data)
{
    FoveaTensor tensor = *given;
    g_autofree char *name = g_strdup_printf (
        "%.*s%s", (int) (strlen (given->name) - strlen (ending)), given->name, new_ending);
    tensor.name = g_string_chunk_insert (to->names, name);
    tensor.rank = 2;
    tensor.shape[0] = rows;
    tensor.shape[1] = columns;
    tensor.n_elements = n_elements;
    tensor.n_bytes = (gsize) rows * fovea_dtype_bytes (tensor.dtype, (gsize) columns);
    tensor.data = data;
    g_array_append_val (to->tensors, tensor);
}

/* Queries: what turns stands last in each head of the file. */
static void
add_queries (const FoveaArchitecture *a,
             const FoveaTensor *given,
             const char *ending,
             FoveaReshaped *to)
{
    gint64 D = a->head_width, R = a->rotary_width;
    const Part parts[] = {{D - R, D, R, 0}, {0, D, D - R, R}};
    add (to, given, ending, "q_proj.weight", a->n_heads * D, given->shape[1], given->n_elements,
         place_rows (a, given, parts, G_N_ELEMENTS (parts), to->owned));
}

/* The latent of keys and values, and below it what turns of a key. */
static void
add_latent (const FoveaArchitecture *a,
            const FoveaTensor *given,
            const char *ending,
            FoveaReshaped *to)
{
    gint64 C = a->width, n = a->kv_latent, R = a->rotary_width;
    gsize skipped = (gsize) n * fovea_dtype_bytes (given->dtype, (gsize) C);
    add (to, given, ending, "kv_a_proj.weight", n, C, n * C, given->data);
    add (to, given, ending, "k_shared.weight", R, C, R * C, (const char *) given->data + skipped);
}

/* Zeros and ones that put the turning part before every head. */
static void
add_spread (const FoveaArchitecture *a, const FoveaTensor *given, FoveaReshaped *to)
{
    gint64 D = a->head_width, R = a->rotary_width;
    float *ones = g_new0 (float, (gsize) (a->n_heads * D * R));
    FoveaTensor like = *given;
    g_ptr_array_add (to->owned, ones);
    for (gint64 h = 0; h < a->n_heads; h++)
        for (gint64 r = 0; r < R; r++)
            ones[(h * D + r) * R + r] = 1;
    like.dtype = FOVEA_F32;
    add (to, &like, given->name, "spread", a->n_heads * D, R, 0, ones);
}

static void
add_keys_and_values (const FoveaArchitecture *a,
                     const FoveaTensor *given,
                     const char *ending,
                     FoveaReshaped *to)
{
    gint64 D = a->head_width, R = a->rotary_width, plain = D - R, V = a->value_width;
    const Part keys = {0, plain + V, plain, R}, values = {plain, plain + V, V, 0};
    add (to, given, ending, "k_b_proj.weight", a->n_heads * D, a->kv_latent,
         a->n_heads * plain * a->kv_latent, place_rows (a, given, &keys, 1, to->owned));
    add (to, given, ending, "v_b_proj.weight", a->n_heads * D, a->kv_latent,
         a->n_heads * V * a->kv_latent, place_rows (a, given, &values, 1, to->owned));
    if (strstr (given->name, "layers.0.") != NULL)
        add_spread (a, given, to);
}

/* GGUF's keys: (H, latent, plain), the transposed of what makes them. */
static void
add_turned_keys (const FoveaArchitecture *a,
                 const FoveaTensor *packed,
                 const char *ending,
                 FoveaReshaped *to)
{
    const FoveaTensor given = unpack_tensor (packed, to->owned);
    const gsize D = (gsize) a->head_width, R = (gsize) a->rotary_width, N = (gsize) a->kv_latent;
    const gsize size = fovea_dtype_size (given.dtype);
    char *rows = g_malloc0 (MAX ((gsize) a->n_heads * D * N * size, 1));
    g_ptr_array_add (to->owned, rows);
    const char *from = given.data;
    for (gsize h = 0; h < (gsize) a->n_heads; h++)
        for (gsize n = 0; n < N; n++)
            for (gsize d = R; d < D; d++, from += size)
                memcpy (rows + ((h * D + d) * N + n) * size, from, size);
    add (to, &given, ending, "k_b_proj.weight", a->n_heads * a->head_width, a->kv_latent,
         given.n_elements, rows);
    if (strstr (given.name, "layers.0.") != NULL)
        add_spread (a, &given, to);
}

/* GGUF's values: (H, V, latent). */
static void
add_values (const FoveaArchitecture *a,
            const FoveaTensor *given,
            const char *ending,
            FoveaReshaped *to)
{
    const Part values = {0, a->value_width, a->value_width, 0};
    add (to, given, ending, "v_b_proj.weight", a->n_heads * a->head_width, a->kv_latent,
         given->n_elements, place_rows (a, given, &values, 1, to->owned));
}

/* (C, H * V) as (C, H * D). */
static void
add_output (const FoveaArchitecture *a,
            const FoveaTensor *packed,
            const char *ending,
            FoveaReshaped *to)
{
    const FoveaTensor unpacked = unpack_tensor (packed, to->owned), *given = &unpacked;
    gsize size = fovea_dtype_size (given->dtype), part = (gsize) a->value_width * size;
    gsize n = (gsize) (a->width * a->n_heads);
    char *wide = g_malloc0 (MAX (n * (gsize) a->head_width * size, 1));
    g_ptr_array_add (to->owned, wide);
    for (gsize i = 0; i < n; i++)
        memcpy (wide + i * (gsize) a->head_width * size, (const char *) given->data + i * part,
                part);
    add (to, given, ending, "o_proj.weight", a->width, a->n_heads * a->head_width,
         given->n_elements, wide);
}

gboolean
fovea_family_is_beyond (const FoveaArchitecture *a, const char *name)
{
    const char *at = strstr (name, "layers.");
    return at != NULL && g_ascii_strtoll (at + strlen ("layers."), NULL, 10) == a->n_layers;
}

/* Floats, or blocks of them. */
static gboolean
is_weight (FoveaDtype dtype)
{
    return dtype <= FOVEA_BF16 || dtype > FOVEA_N_DTYPES;
}

static void
reshape_latent (const FoveaArchitecture *a, const FoveaTensor *given, FoveaReshaped *to)
{
    const gint64 D = a->head_width, H = a->n_heads, plain = D - a->rotary_width;
    const gint64 q_in = a->q_latent > 0 ? a->q_latent : a->width;
    const struct {
        const char *ending;
        guint rank;           /* 3: a matrix for each head */
        gint64 rows, columns; /* the last two axes */
        void (*add) (const FoveaArchitecture *a,
                     const FoveaTensor *given,
                     const char *ending,
                     FoveaReshaped *to);
    } laid[] = {
        {a->q_latent > 0 ? "q_b_proj.weight" : "q_proj.weight", 2, H * D, q_in, add_queries},
        {"kv_a_proj_with_mqa.weight", 2, a->kv_latent + a->rotary_width, a->width, add_latent},
        {"kv_b_proj.weight", 2, H * (plain + a->value_width), a->kv_latent, add_keys_and_values},
        {"o_proj.weight", 2, a->width, H * a->value_width, add_output},
        {"k_b_proj.weight", 3, a->kv_latent, plain, add_turned_keys},
        {"v_b_proj.weight", 3, a->value_width, a->kv_latent, add_values},
    };
    if (fovea_family_is_beyond (a, given->name))
        return;
    for (guint i = 0; i < G_N_ELEMENTS (laid); i++)
        if (g_str_has_suffix (given->name, laid[i].ending) && given->rank == laid[i].rank &&
            (given->rank == 2 || given->shape[0] == H) &&
            given->shape[given->rank - 2] == laid[i].rows &&
            given->shape[given->rank - 1] == laid[i].columns && is_weight (given->dtype) &&
            D <= MOST_PADDED * MIN (plain + a->value_width, a->value_width)) {
            laid[i].add (a, given, laid[i].ending, to);
            return;
        }
    g_array_append_val (to->tensors, *given);
}

static void
describe_latents (FoveaConfig *config, FoveaArchitecture *a)
{
    gint64 plain = fovea_config_get_integer (config, "qk_nope_head_dim", 128, 65536);
    gint64 turning = fovea_config_get_integer (config, "qk_rope_head_dim", 64, 65536);
    a->q_latent = fovea_config_is_null (config, "q_lora_rank")
                      ? 0
                      : fovea_config_get_integer (config, "q_lora_rank", 1536, FOVEA_MAX_WIDTH);
    a->kv_latent = fovea_config_get_integer (config, "kv_lora_rank", 512, FOVEA_MAX_WIDTH);
    a->value_width = fovea_config_get_integer (config, "v_head_dim", 128, 65536);
    a->latent_eps = 1e-6f; /* theirs, whatever the stream's norms have */
    a->n_kv_heads = a->n_heads;
    a->head_width = turning; /* of which all turns */
    fovea_describe_rotary (config, a, "rope_theta", "", 1);
    a->rotary_interleaved = fovea_config_get_boolean (config, "rope_interleave", TRUE);
    a->head_width = plain + turning;
    a->attention_scale = (float) (1 / sqrt ((double) a->head_width));
    if (a->n_heads * a->head_width > MOST_SPREAD / MAX (a->rotary_width, 1)) {
        fovea_config_refuse (config,
                             "%" G_GINT64_FORMAT " heads of width %" G_GINT64_FORMAT
                             " of which %" G_GINT64_FORMAT " turn are not supported",
                             a->n_heads, a->head_width, a->rotary_width);
        a->n_heads = a->n_kv_heads = 1;
    }
    if (a->value_width <= a->head_width)
        return;
    fovea_config_refuse (config,
                         "values of width %" G_GINT64_FORMAT " beside keys of %" G_GINT64_FORMAT
                         " are not supported",
                         a->value_width, a->head_width);
    a->value_width = a->head_width;
}

/* A stretch by yarn makes scores larger by the square of what it makes vectors longer. */
static void
stretch_scale (FoveaConfig *config, FoveaArchitecture *a)
{
    static const char *const keys[] = {"rope_scaling", "rope_parameters"};
    for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
        JsonNode *node = fovea_config_get_member (config, keys[i]);
        if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node) || a->rotary_factor <= 1)
            continue;
        double all = json_object_get_double_member_with_default (json_node_get_object (node),
                                                                 "mscale_all_dim", 0);
        double longer = 0.1 * all * log (a->rotary_factor) + 1;
        a->attention_scale *= (float) (longer * longer);
        return;
    }
}

static void
describe_groups (FoveaConfig *config, FoveaArchitecture *a, gint64 n, gint64 used)
{
    if (!fovea_config_is_null (config, "n_group"))
        n = fovea_config_get_integer (config, "n_group", MAX (n, 1), FOVEA_MAX_EXPERTS);
    if (!fovea_config_is_null (config, "topk_group"))
        used = fovea_config_get_integer (config, "topk_group", MAX (used, 1), FOVEA_MAX_EXPERTS);
    a->n_expert_groups = n;
    a->n_expert_groups_used = MIN (used, n);
    if (n > 0 && a->n_experts % n != 0) {
        fovea_config_refuse (
            config, "%" G_GINT64_FORMAT " experts do not divide into %" G_GINT64_FORMAT " groups",
            a->n_experts, n);
        a->n_expert_groups = a->n_expert_groups_used = 0;
    } else if (n > 0 && a->n_experts / n * a->n_expert_groups_used < a->n_experts_used) {
        fovea_config_refuse (config,
                             "%" G_GINT64_FORMAT " experts of %" G_GINT64_FORMAT
                             " groups of %" G_GINT64_FORMAT,
                             a->n_experts_used, a->n_expert_groups_used, a->n_experts / n);
    }
}

void
fovea_describe_routed (
    FoveaConfig *config, FoveaArchitecture *a, gint64 n, gint64 used, gint64 dense)
{
    fovea_describe_experts (config, a, "n_routed_experts", n, used);
    a->dense_width = a->mlp_width;
    JsonNode *first = fovea_config_get_member (config, "first_k_dense_replace");
    gboolean none =
        first != NULL && JSON_NODE_HOLDS_VALUE (first) && json_node_get_int (first) == 0;
    a->n_dense_layers = dense;
    if (none)
        a->n_dense_layers = 0;
    else if (first != NULL)
        a->n_dense_layers =
            fovea_config_get_integer (config, "first_k_dense_replace", dense, FOVEA_MAX_LAYERS);
    a->n_dense_layers = MIN (a->n_dense_layers, a->n_layers);
    a->mlp_width = fovea_config_get_integer (config, "moe_intermediate_size", FOVEA_CONFIG_REQUIRED,
                                             FOVEA_MAX_WIDTH);
    gint64 shared = fovea_config_get_integer (config, "n_shared_experts", 1, 64);
    a->shared_width = shared * a->mlp_width;
    if (fovea_config_get_integer (config, "moe_layer_freq", 1, FOVEA_MAX_LAYERS) != 1)
        fovea_config_refuse (config, "a \"moe_layer_freq\" other than 1 is not supported");
}

static void
describe_base (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_sizes (config, a, &fovea_llama_keys);
    fovea_describe_norm (config, a, FOVEA_NORM_RMS, "rms_norm_eps", 1e-6);
    a->activation = fovea_describe_activation (config, "hidden_act", "silu");
    a->gated = TRUE;
    a->tied_head = fovea_config_get_boolean (config, "tie_word_embeddings", FALSE);
    describe_latents (config, a);
    stretch_scale (config, a);
}

/* Refuses another way of choosing experts than the family's. */
static void
check_choice (FoveaConfig *config, const char *scoring, const char *method)
{
    const char *is = fovea_config_get_text (config, "scoring_func", scoring);
    const char *by = fovea_config_get_text (config, "topk_method", method);
    if (!g_str_equal (is, scoring))
        fovea_config_refuse (config, "\"scoring_func\": \"%s\" is not supported in this family",
                             is);
    if (!g_str_equal (by, method))
        fovea_config_refuse (config, "\"topk_method\": \"%s\" is not supported in this family", by);
}

void
fovea_describe_sigmoid_choice (
    FoveaConfig *config, FoveaArchitecture *a, gint64 groups, gint64 used, double scale)
{
    check_choice (config, "sigmoid", "noaux_tc");
    a->router_sigmoid = TRUE;
    describe_groups (config, a, groups, used);
    a->experts_add_to_one = fovea_config_get_boolean (config, "norm_topk_prob", TRUE);
    a->experts_scale = (float) fovea_config_get_number (config, "routed_scaling_factor", scale);
}

static void
describe_deepseek2 (FoveaConfig *config, FoveaArchitecture *a)
{
    const char *method = fovea_config_get_text (config, "topk_method", "greedy");
    gboolean groups = g_str_equal (method, "group_limited_greedy");
    describe_base (config, a);
    fovea_describe_routed (config, a, 64, 6, 0);
    check_choice (config, "softmax", groups ? method : "greedy");
    if (groups)
        describe_groups (config, a, 1, 1);
    a->experts_scale = (float) fovea_config_get_number (config, "routed_scaling_factor", 1);
    if (fovea_config_get_boolean (config, "norm_topk_prob", FALSE))
        fovea_config_refuse (config, "\"norm_topk_prob\": true is not supported in this family");
}

static void
describe_deepseek3 (FoveaConfig *config, FoveaArchitecture *a)
{
    describe_base (config, a);
    fovea_describe_routed (config, a, 256, 8, 3);
    fovea_describe_sigmoid_choice (config, a, 8, 4, 2.5);
}
static const char *const latent_reads[] = {"n_routed_experts", "num_local_experts", "num_experts",
                                           NULL};

const FoveaFamily fovea_latent_families[] = {
    {"deepseek_v2", "model.", describe_deepseek2, latent_names, latent_ignored, latent_reads,
     reshape_latent},
    {"deepseek_v3", "model.", describe_deepseek3, latent_names, latent_ignored, latent_reads,
     reshape_latent},
    {0},
};
