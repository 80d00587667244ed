/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* gpt-oss: experts whose gate and other half alternate output by output, and a logit a head whose
 * weight goes nowhere. A file holds all experts of a layer in one tensor, of floats (E, in, out) or
 * of MXFP4: blocks (E, out, in / 32, 16) with scales (E, out, in / 32) beside them. Both are cut into
 * experts here. Halves are copied apart; blocks are copied, as many bytes as they were, into those
 * that products read (kernels/dtype.h), whose nibbles stand in another order. */
#include "capture/families-private.h"

#include <string.h>

#include "capture/safetensors.h"

enum {
    GROUP = 32,            /* elements of a block */
    BLOCK = 1 + GROUP / 2, /* its bytes: a scale and nibbles */
    NIBBLES = GROUP / 2
};

static const FoveaTensorName oss_names[] = {
    {FOVEA_WEIGHT_Q, "layers.#.self_attn.q_proj.weight"},
    {FOVEA_WEIGHT_K, "layers.#.self_attn.k_proj.weight"},
    {FOVEA_WEIGHT_V, "layers.#.self_attn.v_proj.weight"},
    {FOVEA_WEIGHT_O, "layers.#.self_attn.o_proj.weight"},
    {FOVEA_WEIGHT_Q_BIAS, "layers.#.self_attn.q_proj.bias", 0, 0, FOVEA_WHEN_QKV_BIAS},
    {FOVEA_WEIGHT_K_BIAS, "layers.#.self_attn.k_proj.bias", 0, 0, FOVEA_WHEN_QKV_BIAS},
    {FOVEA_WEIGHT_V_BIAS, "layers.#.self_attn.v_proj.bias", 0, 0, FOVEA_WHEN_QKV_BIAS},
    {FOVEA_WEIGHT_O_BIAS, "layers.#.self_attn.o_proj.bias", 0, 0, FOVEA_WHEN_OUT_BIAS},
    {FOVEA_WEIGHT_SINKS, "layers.#.self_attn.sinks"},
    {FOVEA_WEIGHT_NORM1_GAIN, "layers.#.input_layernorm.weight"},
    {FOVEA_WEIGHT_NORM2_GAIN, "layers.#.post_attention_layernorm.weight"},
    {FOVEA_WEIGHT_ROUTER, "layers.#.mlp.router.weight"},
    {FOVEA_WEIGHT_ROUTER_BIAS, "layers.#.mlp.router.bias"},
    {FOVEA_WEIGHT_EXPERT_GATE, "layers.#.mlp.experts.@.gate_proj", FOVEA_FUSED_NONE, TRUE},
    {FOVEA_WEIGHT_EXPERT_IN, "layers.#.mlp.experts.@.up_proj", FOVEA_FUSED_NONE, TRUE},
    {FOVEA_WEIGHT_EXPERT_OUT, "layers.#.mlp.experts.@.down_proj", FOVEA_FUSED_NONE, TRUE},
    {FOVEA_WEIGHT_EXPERT_GATE_BIAS, "layers.#.mlp.experts.gate_proj_bias"},
    {FOVEA_WEIGHT_EXPERT_IN_BIAS, "layers.#.mlp.experts.up_proj_bias"},
    {FOVEA_WEIGHT_EXPERT_OUT_BIAS, "layers.#.mlp.experts.down_proj_bias"},
    {FOVEA_WEIGHT_EMBED, "embed_tokens.weight"},
    {FOVEA_WEIGHT_FINAL_NORM_GAIN, "norm.weight"},
    {FOVEA_WEIGHT_UNEMBED, "lm_head.weight"},
    {0, NULL},
};
static const char *const none_ignored[] = {NULL};

static const char *
add_name (FoveaReshaped *to, const FoveaTensor *given, const char *ending, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/* The name of @given with @ending replaced. */
static const char *
add_name (FoveaReshaped *to, const FoveaTensor *given, const char *ending, const char *format, ...)
{
    va_list args;
    va_start (args, format);
    g_autofree char *new = g_strdup_vprintf (format, args);
    va_end (args);
    int stem = (int) (strlen (given->name) - strlen (ending));
    g_autofree char *name = g_strdup_printf ("%.*s%s", stem, given->name, new);
    return g_string_chunk_insert (to->names, name);
}

static gpointer
own (FoveaReshaped *to, gsize bytes)
{
    gpointer block = g_malloc (MAX (bytes, 1));
    g_ptr_array_add (to->owned, block);
    return block;
}

static void
add_matrix (FoveaReshaped *to,
            const FoveaTensor *given,
            const char *name,
            FoveaDtype dtype,
            gint64 rows,
            gint64 columns,
            const void *data)
{
    FoveaTensor tensor = *given;
    tensor.name = name;
    tensor.dtype = dtype;
    tensor.rank = columns > 0 ? 2 : 1;
    tensor.shape[0] = rows;
    tensor.shape[1] = columns;
    tensor.n_elements = rows * MAX (columns, 1);
    tensor.n_bytes = fovea_dtype_bytes (dtype, (gsize) tensor.n_elements);
    tensor.data = data;
    g_array_append_val (to->tensors, tensor);
}

/* Every second element from @first on. */
static void *
take_half (FoveaReshaped *to, const char *from, gsize n, gsize size, gsize first)
{
    char *half = own (to, n * size);
    for (gsize i = 0; i < n; i++)
        memcpy (half + i * size, from + (2 * i + first) * size, size);
    return half;
}

static const char *const halves[] = {"gate_proj", "up_proj"};

/* (E, in, out) of floats; an output of the first product is an element of one half, then one of the
 * other. All become (in, out) of one expert. */
static void
cut_floats (const FoveaTensor *given, const char *ending, gboolean paired, FoveaReshaped *to)
{
    gint64 E = given->shape[0], n_in = given->shape[1], n_out = given->shape[2];
    gsize size = fovea_dtype_size (given->dtype), each = (gsize) (n_in * n_out);
    const char *from = given->data;
    for (gint64 e = 0; e < E; e++, from += each * size) {
        for (gsize h = 0; h < 2 && paired; h++)
            add_matrix (to, given, add_name (to, given, ending, "%d.%s", (int) e, halves[h]),
                        given->dtype, n_in, n_out / 2, take_half (to, from, each / 2, size, h));
        if (!paired)
            add_matrix (to, given, add_name (to, given, ending, "%d.down_proj", (int) e),
                        given->dtype, n_in, n_out, from);
    }
}

/* (E, out) biases, one expert after another. */
static void
cut_biases (const FoveaTensor *given, const char *ending, gboolean paired, FoveaReshaped *to)
{
    gint64 n = given->shape[0] * given->shape[1];
    gsize size = fovea_dtype_size (given->dtype);
    for (gsize h = 0; h < 2 && paired; h++)
        add_matrix (to, given, add_name (to, given, ending, "%s_bias", halves[h]), given->dtype,
                    n / 2, 0, take_half (to, given->data, (gsize) n / 2, size, h));
    if (!paired)
        add_matrix (to, given, given->name, given->dtype, n, 0, given->data);
}

/* Pairs of neighbours in a byte become pairs sixteen apart. */
static void
pack_block (const guint8 *pairs, guint8 *block)
{
    for (int i = 0; i < NIBBLES; i++) {
        int low = i, high = i + NIBBLES;
        guint8 a = pairs[low / 2] >> (low % 2 * 4) & 15, b = pairs[high / 2] >> (high % 2 * 4) & 15;
        block[i] = (guint8) (a | b << 4);
    }
}

/* Rows @first, @first + @step, ... of an expert's blocks, each with its scales. Either of the two
 * tensors may come first: each fills its own bytes of what both share. */
static void
fill_blocks (
    const FoveaTensor *given, gboolean scales, gint64 expert, gint64 first, gint64 step, guint8 *to)
{
    gint64 n_out = given->shape[1], n = given->shape[2];
    const guint8 *from = given->data;
    for (gint64 o = first; o < n_out; o += step)
        for (gint64 i = 0; i < n; i++, to += BLOCK) {
            gint64 at = (expert * n_out + o) * n + i;
            if (scales)
                to[0] = from[at];
            else
                pack_block (from + at * NIBBLES, to + 1);
        }
}

static FoveaTensor *
find (FoveaReshaped *to, const char *name)
{
    for (guint i = 0; i < to->tensors->len; i++) {
        FoveaTensor *tensor = &g_array_index (to->tensors, FoveaTensor, i);
        if (g_str_equal (tensor->name, name))
            return tensor;
    }
    return NULL;
}

/* The weight that blocks and scales share. One without the other stays as long as its rows are wide,
 * so that the check of shapes finds it. */
static void
add_blocks (const FoveaTensor *given,
            const char *ending,
            gint64 expert,
            const char *part,
            gint64 first,
            gint64 step,
            FoveaReshaped *to)
{
    gboolean scales = g_str_has_suffix (ending, "_scales");
    gint64 rows = given->shape[1] / step, columns = given->shape[2] * GROUP;
    const char *name = add_name (to, given, ending, "%d.%s", (int) expert, part);
    FoveaTensor *both = find (to, name);
    if (both == NULL) {
        gsize bytes = (gsize) (rows * given->shape[2]) * BLOCK;
        add_matrix (to, given, name, FOVEA_MXFP4, 0, columns, own (to, bytes));
        both = find (to, name);
    } else if (both->shape[1] == columns) {
        both->shape[0] = rows;
        both->n_elements = rows * columns;
        both->n_bytes = fovea_dtype_bytes (FOVEA_MXFP4, (gsize) both->n_elements);
        both->rewritten = TRUE; /* (out, in), where floats are (in, out) */
    } else {
        return;
    }
    fill_blocks (given, scales, expert, first, step, (guint8 *) both->data);
}

static void
cut_blocks (const FoveaTensor *given, const char *ending, gboolean paired, FoveaReshaped *to)
{
    for (gint64 e = 0; e < given->shape[0]; e++) {
        for (int h = 0; h < 2 && paired; h++)
            add_blocks (given, ending, e, halves[h], h, 2, to);
        if (!paired)
            add_blocks (given, ending, e, "down_proj", 0, 1, to);
    }
}

/* Sizes are those of the description, so that no loop goes by a file's. */
static gboolean
fits (
    const FoveaArchitecture *a, const FoveaTensor *t, gboolean paired, guint rank, gboolean packed)
{
    gint64 n_out = paired ? 2 * a->mlp_width : a->width, n_in = paired ? a->width : a->mlp_width;
    if (t->rank != rank || t->shape[0] != a->n_experts)
        return FALSE;
    if (!packed && t->dtype > FOVEA_F64)
        return FALSE;
    if (rank == 2)
        return t->shape[1] == n_out;
    if (!packed)
        return t->shape[1] == n_in && t->shape[2] == n_out;
    return t->dtype == FOVEA_U8 && n_in % GROUP == 0 && t->shape[1] == n_out &&
           t->shape[2] == n_in / GROUP && (rank == 3 || t->shape[3] == NIBBLES);
}

static void
reshape_oss (const FoveaArchitecture *a, const FoveaTensor *given, FoveaReshaped *to)
{
    static const struct {
        const char *ending;
        gboolean paired;
        guint rank;
        gboolean packed;
    } stacks[] = {{"gate_up_proj", TRUE, 3, FALSE},       {"down_proj", FALSE, 3, FALSE},
                  {"gate_up_proj_bias", TRUE, 2, FALSE},  {"down_proj_bias", FALSE, 2, FALSE},
                  {"gate_up_proj_blocks", TRUE, 4, TRUE}, {"down_proj_blocks", FALSE, 4, TRUE},
                  {"gate_up_proj_scales", TRUE, 3, TRUE}, {"down_proj_scales", FALSE, 3, TRUE}};
    for (guint i = 0; i < G_N_ELEMENTS (stacks); i++) {
        const char *ending = stacks[i].ending;
        gboolean paired = stacks[i].paired;
        if (!g_str_has_suffix (given->name, ending) ||
            !fits (a, given, paired, stacks[i].rank, stacks[i].packed))
            continue;
        if (stacks[i].packed)
            cut_blocks (given, ending, paired, to);
        else if (stacks[i].rank == 2)
            cut_biases (given, ending, paired, to);
        else
            cut_floats (given, ending, paired, to);
        return;
    }
    g_array_append_val (to->tensors, *given);
}

/* Packed experts are what the family's own files hold; anything else is not known. */
static void
check_packing (FoveaConfig *config)
{
    JsonNode *node = fovea_config_get_member (config, "quantization_config");
    JsonObject *object =
        node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    const char *method =
        object != NULL ? json_object_get_string_member_with_default (object, "quant_method", "")
                       : "mxfp4";
    if (!g_str_equal (method, "mxfp4"))
        fovea_config_refuse (
            config, "\"quantization_config.quant_method\": \"%s\" is not supported", method);
}

static void
describe_oss (FoveaConfig *config, FoveaArchitecture *a)
{
    fovea_describe_sizes (config, a, &fovea_llama_keys);
    fovea_describe_norm (config, a, FOVEA_NORM_RMS, "rms_norm_eps", 1e-5);
    a->activation = FOVEA_ACTIVATION_CLAMPED;
    a->gated = TRUE;
    a->tied_head = fovea_config_get_boolean (config, "tie_word_embeddings", FALSE);
    a->qkv_bias = a->out_bias = fovea_config_get_boolean (config, "attention_bias", TRUE);
    fovea_describe_experts (config, a, "num_local_experts", 128, 4);
    a->experts_add_to_one = TRUE;
    fovea_describe_windows (config, a, 128, 2);
    fovea_describe_rotary (config, a, "rope_theta", "partial_rotary_factor", 1);
    check_packing (config);
    if (fovea_config_get_number (config, "swiglu_limit", 7) != 7 ||
        fovea_config_get_number (config, "swiglu_alpha", 1.702) != 1.702)
        fovea_config_refuse (config, "a \"swiglu_limit\" other than 7 or a \"swiglu_alpha\" other "
                                     "than 1.702 is not supported");
}
static const char *const oss_reads[] = {
    "attention_bias", "sliding_window",      "layer_types", "num_local_experts",
    "num_experts",    "quantization_config", NULL};

const FoveaFamily fovea_oss_families[] = {
    {"gpt_oss", "model.", describe_oss, oss_names, none_ignored, oss_reads, reshape_oss},
    {0},
};
