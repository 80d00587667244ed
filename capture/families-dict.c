/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* State dicts of training code that writes no config.json of Hugging Face's kind: TransformerLens,
 * nanoGPT, minGPT. Beside their tensors lies what their own configuration object holds, as JSON.
 * TransformerLens keeps a matrix a head: (H, C, D) for queries, keys and values, which are copied
 * side by side, and (H, D, C) for outputs, which are as good as one matrix. Its gated MLPs add
 * their input bias behind the product of gate and input; where it is all zeros that is no matter,
 * and elsewhere the tensor finds no place. */
#include "capture/families-private.h"

#include <math.h>
#include <string.h>

#include "capture/safetensors.h"

/* A number of which 0 and below mean "none". */
static double
get_optional (FoveaConfig *config, const char *key)
{
    JsonNode *node = fovea_config_get_member (config, key);
    gboolean number = node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                      json_node_get_value_type (node) != G_TYPE_STRING;
    double value = number ? json_node_get_double (node) : 0;
    return isfinite (value) && value > 0 ? value : 0;
}

#define NORM_PAIR(role, gain, bias, name)                                                          \
    {FOVEA_WEIGHT_##role##_GAIN, name ".w", FOVEA_FUSED_NONE, FALSE, gain},                        \
    {                                                                                              \
        FOVEA_WEIGHT_##role##_BIAS, name ".b", FOVEA_FUSED_NONE, FALSE, bias                       \
    }

static const FoveaTensorName lens_names[] = {
    {FOVEA_WEIGHT_EMBED, "embed.W_E"},
    {FOVEA_WEIGHT_POSITION, "pos_embed.W_pos", FOVEA_FUSED_NONE, FALSE, FOVEA_WHEN_LEARNED},
    NORM_PAIR (NORM1, FOVEA_WHEN_NORM_GAIN, FOVEA_WHEN_NORM_BIAS, "blocks.#.ln1"),
    {FOVEA_WEIGHT_Q, "blocks.#.attn.W_Q", FOVEA_FUSED_NONE, TRUE},
    {FOVEA_WEIGHT_K, "blocks.#.attn.W_K", FOVEA_FUSED_NONE, TRUE},
    {FOVEA_WEIGHT_V, "blocks.#.attn.W_V", FOVEA_FUSED_NONE, TRUE},
    {FOVEA_WEIGHT_O, "blocks.#.attn.W_O", FOVEA_FUSED_NONE, TRUE},
    {FOVEA_WEIGHT_Q_BIAS, "blocks.#.attn.b_Q"},
    {FOVEA_WEIGHT_K_BIAS, "blocks.#.attn.b_K"},
    {FOVEA_WEIGHT_V_BIAS, "blocks.#.attn.b_V"},
    {FOVEA_WEIGHT_O_BIAS, "blocks.#.attn.b_O"},
    NORM_PAIR (NORM2, FOVEA_WHEN_NORM2_GAIN, FOVEA_WHEN_NORM2_BIAS, "blocks.#.ln2"),
    {FOVEA_WEIGHT_MLP_GATE, "blocks.#.mlp.W_gate", FOVEA_FUSED_NONE, TRUE, FOVEA_WHEN_GATED},
    {FOVEA_WEIGHT_MLP_IN, "blocks.#.mlp.W_in", FOVEA_FUSED_NONE, TRUE, FOVEA_WHEN_MLP},
    {FOVEA_WEIGHT_MLP_IN_BIAS, "blocks.#.mlp.b_in", FOVEA_FUSED_NONE, FALSE, FOVEA_WHEN_MLP_BIAS},
    {FOVEA_WEIGHT_MLP_OUT, "blocks.#.mlp.W_out", FOVEA_FUSED_NONE, TRUE, FOVEA_WHEN_MLP},
    {FOVEA_WEIGHT_MLP_OUT_BIAS, "blocks.#.mlp.b_out", FOVEA_FUSED_NONE, FALSE, FOVEA_WHEN_MLP},
    NORM_PAIR (FINAL_NORM, FOVEA_WHEN_NORM_GAIN, FOVEA_WHEN_NORM_BIAS, "ln_final"),
    {FOVEA_WEIGHT_UNEMBED, "unembed.W_U", FOVEA_FUSED_NONE, TRUE},
    {FOVEA_WEIGHT_UNEMBED_BIAS, "unembed.b_U"},
    {0, NULL},
};
/* Masks and angles, which follow from the description. */
static const char *const lens_ignored[] = {"blocks.*.attn.mask", "blocks.*.attn.IGNORE",
                                           "blocks.*.attn.rotary_sin", "blocks.*.attn.rotary_cos",
                                           NULL};
/* Variants of TransformerLens that would change the pass; each with a value that does not. */
static const char *const lens_variants[] = {"post_embedding_ln", "use_yarn_rope",
                                            "use_normalization_before_and_after", "load_in_4bit",
                                            NULL};

/* [H][C][D] as [C][H*D]: a head's columns are runs of D elements. */
static void
join_heads (FoveaTensor *tensor, GPtrArray *owned)
{
    gint64 H = tensor->shape[0], C = tensor->shape[1], D = tensor->shape[2];
    gsize run = (gsize) D * fovea_dtype_size (tensor->dtype);
    const char *from = tensor->data;
    char *to = g_malloc (MAX (tensor->n_bytes, 1));
    for (gint64 h = 0; h < H; h++)
        for (gint64 c = 0; c < C; c++)
            memcpy (to + (gsize) (c * H + h) * run, from + (gsize) (h * C + c) * run, run);
    g_ptr_array_add (owned, to);
    tensor->data = to;
    tensor->rank = 2;
    tensor->shape[0] = C;
    tensor->shape[1] = H * D;
}

static void
merge_leading (FoveaTensor *tensor)
{
    tensor->shape[0] *= tensor->shape[1];
    for (guint i = 1; i + 1 < tensor->rank; i++)
        tensor->shape[i] = tensor->shape[i + 1];
    tensor->rank--;
}

static gboolean
is_all_zero (const FoveaTensor *tensor)
{
    const char *bytes = tensor->data;
    for (gsize i = 0; i < tensor->n_bytes; i++)
        if (bytes[i] != 0)
            return FALSE;
    return TRUE;
}

/* Heads are told by their count and width, so that a transposed file is not joined. */
static void
reshape_lens (const FoveaArchitecture *a, const FoveaTensor *given, FoveaReshaped *to)
{
    FoveaTensor tensor = *given;
    if (tensor.dtype > FOVEA_F64) { /* a mask, or nothing that is known */
        g_array_append_val (to->tensors, tensor);
        return;
    }
    const char *mark = strrchr (tensor.name, '.');
    const char *name = mark != NULL ? mark + 1 : tensor.name;
    gboolean grouped = g_str_has_prefix (name, "_W_") || g_str_has_prefix (name, "_b_");
    if (grouped) { /* keys and values of their own, fewer than heads */
        g_autofree char *plain =
            g_strdup_printf ("%.*s%s", (int) (name - tensor.name), tensor.name, name + 1);
        tensor.name = g_string_chunk_insert (to->names, plain);
        name++;
    }
    gboolean keys = g_str_has_suffix (name, "_K") || g_str_has_suffix (name, "_V");
    gboolean parts = keys || g_str_has_suffix (name, "_Q");
    gint64 H = keys ? a->n_kv_heads : a->n_heads;
    if (parts && tensor.rank == 3 && tensor.shape[0] == H && tensor.shape[2] == a->head_width)
        join_heads (&tensor, to->owned);
    else if (parts && tensor.rank == 2 && tensor.shape[0] == H && tensor.shape[1] == a->head_width)
        merge_leading (&tensor);
    else if (g_str_equal (name, "W_O") && tensor.rank == 3 && tensor.shape[0] == H)
        merge_leading (&tensor);
    if (a->gated && g_str_equal (name, "b_in") && is_all_zero (&tensor))
        return;
    g_array_append_val (to->tensors, tensor);
}

static void
describe_lens_positions (FoveaConfig *config, FoveaArchitecture *a)
{
    const char *kind = fovea_config_get_text (config, "positional_embedding_type", "standard");
    if (g_str_equal (kind, "standard")) {
        a->position = FOVEA_POSITION_LEARNED;
    } else if (g_str_equal (kind, "alibi")) {
        fovea_architecture_set_alibi (a);
    } else if (g_str_equal (kind, "rotary")) {
        a->position = FOVEA_POSITION_ROTARY;
        a->rotary_base = fovea_config_get_number (config, "rotary_base", 10000);
        a->rotary_interleaved = fovea_config_get_boolean (config, "rotary_adjacent_pairs", FALSE);
        a->rotary_width =
            fovea_config_get_integer (config, "rotary_dim", a->head_width, a->head_width);
        if (a->rotary_width % 2 != 0)
            fovea_config_refuse (config, "\"rotary_dim\" %" G_GINT64_FORMAT " is odd",
                                 a->rotary_width);
        a->rotary_width -= a->rotary_width % 2;
    } else if (!g_str_equal (kind, "none")) {
        fovea_config_refuse (config, "\"positional_embedding_type\": \"%s\" is not supported",
                             kind);
    }
    if (!fovea_config_get_boolean (config, "use_NTK_by_parts_rope", FALSE))
        return;
    a->rotary_scaling = FOVEA_ROTARY_LLAMA3;
    a->rotary_factor = fovea_config_get_number (config, "NTK_by_parts_factor", 8);
    a->rotary_low = fovea_config_get_number (config, "NTK_by_parts_low_freq_factor", 1);
    a->rotary_high = fovea_config_get_number (config, "NTK_by_parts_high_freq_factor", 4);
    a->rotary_context =
        fovea_config_get_integer (config, "NTK_original_ctx_len", 8192, FOVEA_MAX_TOKENS);
}

static void
describe_lens_norms (FoveaConfig *config, FoveaArchitecture *a)
{
    const char *kind = fovea_config_get_text (config, "normalization_type", "LN");
    a->norm_eps = (float) fovea_config_get_number (config, "eps", 1e-5);
    if (fovea_config_is_null (config, "normalization_type")) {
        a->norm_place = FOVEA_NORM_NOWHERE;
        return;
    }
    a->norm = g_str_has_prefix (kind, "RMS") ? FOVEA_NORM_RMS : FOVEA_NORM_LAYER;
    a->norm_gain = g_str_equal (kind, "LN") || g_str_equal (kind, "RMS");
    a->norm_bias = g_str_equal (kind, "LN");
    if (!a->norm_gain && !g_str_equal (kind, "LNPre") && !g_str_equal (kind, "RMSPre"))
        fovea_config_refuse (config, "\"normalization_type\": \"%s\" is not supported", kind);
    if (fovea_config_get_boolean (config, "final_rms", FALSE) && a->norm != FOVEA_NORM_RMS)
        fovea_config_refuse (config, "\"final_rms\" behind layer norms is not supported");
}

/* Layers that see a window only. */
static void
describe_lens_windows (FoveaConfig *config, FoveaArchitecture *a)
{
    JsonNode *node = fovea_config_get_member (config, "attn_types");
    JsonArray *types =
        node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
    if (!fovea_config_get_boolean (config, "use_local_attn", FALSE))
        return;
    gint64 window =
        fovea_config_get_integer (config, "window_size", FOVEA_CONFIG_REQUIRED, FOVEA_MAX_TOKENS);
    if (types == NULL || json_array_get_length (types) != (guint64) a->n_layers) {
        fovea_config_refuse (config, "\"attn_types\" is no list of %" G_GINT64_FORMAT " layers",
                             a->n_layers);
        return;
    }
    fovea_architecture_set_windows (a, 0);
    for (guint l = 0; l < a->n_layers; l++) {
        JsonNode *item = json_array_get_element (types, l);
        const char *type = JSON_NODE_HOLDS_VALUE (item) ? json_node_get_string (item) : NULL;
        if (g_strcmp0 (type, "local") == 0)
            a->windows[l] = window;
        else if (g_strcmp0 (type, "global") != 0)
            fovea_config_refuse (config, "attention type \"%s\" is not supported",
                                 type != NULL ? type : "");
    }
}

static void
describe_lens_sizes (FoveaConfig *config, FoveaArchitecture *a)
{
    const gint64 must = FOVEA_CONFIG_REQUIRED;
    a->n_layers = fovea_config_get_integer (config, "n_layers", must, FOVEA_MAX_LAYERS);
    a->width = fovea_config_get_integer (config, "d_model", must, FOVEA_MAX_WIDTH);
    a->head_width = fovea_config_get_integer (config, "d_head", must, 65536);
    a->n_heads = fovea_config_get_integer (
        config, "n_heads", MAX (1, a->width / MAX (1, a->head_width)), FOVEA_MAX_HEADS);
    a->n_kv_heads =
        fovea_config_get_integer (config, "n_key_value_heads", a->n_heads, FOVEA_MAX_HEADS);
    a->vocabulary = fovea_config_get_integer (config, "d_vocab", must, FOVEA_MAX_TOKENS);
    a->context = fovea_config_get_integer (config, "n_ctx", must, FOVEA_MAX_TOKENS);
    if (!fovea_config_get_boolean (config, "attn_only", FALSE))
        a->mlp_width = fovea_config_get_integer (config, "d_mlp", 4 * a->width, FOVEA_MAX_WIDTH);
    double outputs = get_optional (config, "d_vocab_out");
    if (outputs > 0 && outputs != (double) a->vocabulary)
        fovea_config_refuse (
            config, "\"d_vocab_out\": %g beside \"d_vocab\": %" G_GINT64_FORMAT " is not supported",
            outputs, a->vocabulary);
    fovea_describe_groups_of_heads (config, a);
}

static void
describe_lens (FoveaConfig *config, FoveaArchitecture *a)
{
    describe_lens_sizes (config, a);
    describe_lens_norms (config, a);
    describe_lens_positions (config, a);
    describe_lens_windows (config, a);
    double scale = get_optional (config, "attn_scale");
    if (!fovea_config_get_boolean (config, "use_attn_scale", TRUE))
        scale = 1;
    a->attention_scale = (float) (1 / (scale > 0 ? scale : sqrt ((double) a->head_width)));
    a->attention_soft_cap = (float) get_optional (config, "attn_scores_soft_cap");
    a->logit_soft_cap = (float) get_optional (config, "output_logits_soft_cap");
    a->gated = a->mlp_width > 0 && fovea_config_get_boolean (config, "gated_mlp", FALSE);
    a->mlp_bias = a->mlp_width > 0 && !a->gated;
    if (a->mlp_width > 0)
        a->activation = fovea_describe_activation (config, "act_fn", "relu");
    a->parallel = fovea_config_get_boolean (config, "parallel_attn_mlp", FALSE);
    const char *direction = fovea_config_get_text (config, "attention_dir", "causal");
    a->bidirectional = g_str_equal (direction, "bidirectional");
    if (!a->bidirectional && !g_str_equal (direction, "causal"))
        fovea_config_refuse (config, "\"attention_dir\": \"%s\" is not supported", direction);
    if (a->parallel && a->norm_place == FOVEA_NORM_NOWHERE)
        fovea_config_refuse (config, "parallel blocks without norms are not supported");
    for (const char *const *key = lens_variants; *key != NULL; key++)
        if (fovea_config_get_boolean (config, *key, FALSE))
            fovea_config_refuse (config, "\"%s\": true is not supported", *key);
}

static const FoveaTensorName karpathy_names[] = {
    {FOVEA_WEIGHT_EMBED, "wte.weight"},
    {FOVEA_WEIGHT_POSITION, "wpe.weight"},
    {FOVEA_WEIGHT_NORM1_GAIN, "h.#.ln_1.weight"},
    {FOVEA_WEIGHT_NORM1_BIAS, "h.#.ln_1.bias", 0, 0, FOVEA_WHEN_NORM_BIAS},
    {FOVEA_WEIGHT_Q, "h.#.attn.c_attn.weight", FOVEA_FUSED_QKV},
    {FOVEA_WEIGHT_K, "h.#.attn.c_attn.weight", FOVEA_FUSED_QKV},
    {FOVEA_WEIGHT_V, "h.#.attn.c_attn.weight", FOVEA_FUSED_QKV},
    {FOVEA_WEIGHT_Q_BIAS, "h.#.attn.c_attn.bias", FOVEA_FUSED_QKV, 0, FOVEA_WHEN_OUT_BIAS},
    {FOVEA_WEIGHT_K_BIAS, "h.#.attn.c_attn.bias", FOVEA_FUSED_QKV, 0, FOVEA_WHEN_OUT_BIAS},
    {FOVEA_WEIGHT_V_BIAS, "h.#.attn.c_attn.bias", FOVEA_FUSED_QKV, 0, FOVEA_WHEN_OUT_BIAS},
    {FOVEA_WEIGHT_O, "h.#.attn.c_proj.weight"},
    {FOVEA_WEIGHT_O_BIAS, "h.#.attn.c_proj.bias", 0, 0, FOVEA_WHEN_OUT_BIAS},
    {FOVEA_WEIGHT_NORM2_GAIN, "h.#.ln_2.weight"},
    {FOVEA_WEIGHT_NORM2_BIAS, "h.#.ln_2.bias", 0, 0, FOVEA_WHEN_NORM_BIAS},
    {FOVEA_WEIGHT_MLP_IN, "h.#.mlp.c_fc.weight"},
    {FOVEA_WEIGHT_MLP_IN_BIAS, "h.#.mlp.c_fc.bias", 0, 0, FOVEA_WHEN_OUT_BIAS},
    {FOVEA_WEIGHT_MLP_OUT, "h.#.mlp.c_proj.weight"},
    {FOVEA_WEIGHT_MLP_OUT_BIAS, "h.#.mlp.c_proj.bias", 0, 0, FOVEA_WHEN_OUT_BIAS},
    {FOVEA_WEIGHT_FINAL_NORM_GAIN, "ln_f.weight"},
    {FOVEA_WEIGHT_FINAL_NORM_BIAS, "ln_f.bias", 0, 0, FOVEA_WHEN_NORM_BIAS},
    {FOVEA_WEIGHT_UNEMBED, "lm_head.weight"},
    {0, NULL},
};
/* Causal masks. */
static const char *const karpathy_ignored[] = {"h.*.attn.bias", NULL};

static const FoveaSizeKeys karpathy_keys = {"n_layer", "n_head",     NULL, "n_embd",
                                            NULL,      "block_size", 1024, TRUE};

/* A compiled model's names have one more word in front. */
static void
reshape_karpathy (const FoveaArchitecture *a, const FoveaTensor *given, FoveaReshaped *to)
{
    static const char wrapper[] = "_orig_mod.";
    FoveaTensor tensor = *given;
    if (g_str_has_prefix (tensor.name, wrapper))
        tensor.name += strlen (wrapper);
    g_array_append_val (to->tensors, tensor);
}

static void
describe_karpathy (FoveaConfig *config, FoveaArchitecture *a, const char *activation)
{
    fovea_describe_sizes (config, a, &karpathy_keys);
    a->norm = FOVEA_NORM_LAYER;
    a->norm_eps = 1e-5f;
    a->position = FOVEA_POSITION_LEARNED;
    a->activation = fovea_describe_activation (config, "activation_function", activation);
    a->norm_bias = a->qkv_bias = a->out_bias = a->mlp_bias = TRUE;
}

/* nanoGPT: GPT-2 with or without biases, its head tied. */
static void
describe_nanogpt (FoveaConfig *config, FoveaArchitecture *a)
{
    describe_karpathy (config, a, "gelu");
    a->norm_bias = a->qkv_bias = a->out_bias = a->mlp_bias =
        fovea_config_get_boolean (config, "bias", TRUE);
    a->tied_head = TRUE;
}

/* minGPT: a head of its own, and the other gelu. */
static void
describe_mingpt (FoveaConfig *config, FoveaArchitecture *a)
{
    describe_karpathy (config, a, "gelu_new");
}

const char *
fovea_family_guess (FoveaConfig *config, const char *model_type)
{
    static const struct {
        const char *family, *keys[4];
    } marks[] = {
        {"transformer_lens", {"d_model", "d_head", "d_vocab", "n_ctx"}},
        {"vit_pytorch", {"image_size", "patch_size", "num_classes", "depth"}},
        {"mingpt", {"n_embd", "block_size", "n_layer", "resid_pdrop"}},
        {"nanogpt", {"n_embd", "block_size", "n_layer", "n_head"}},
    };
    gboolean named = *model_type != '\0' && fovea_family_find (model_type) != NULL;
    for (guint i = 0; i < G_N_ELEMENTS (marks); i++) {
        guint n = 0;
        while (n < 4 && fovea_config_get_member (config, marks[i].keys[n]) != NULL)
            n++;
        /* minGPT calls its sizes model types: "gpt-nano", "gpt2". */
        if (n == 4 && (!named || g_str_equal (marks[i].family, "mingpt")))
            return marks[i].family;
    }
    return model_type;
}

const FoveaFamily fovea_dict_families[] = {
    {"transformer_lens", "", describe_lens, lens_names, lens_ignored, NULL, reshape_lens},
    {"nanogpt", "transformer.", describe_nanogpt, karpathy_names, karpathy_ignored, NULL,
     reshape_karpathy},
    {"mingpt", "transformer.", describe_mingpt, karpathy_names, karpathy_ignored, NULL,
     reshape_karpathy},
    {0},
};
