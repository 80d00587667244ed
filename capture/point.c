/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The table of capture points, and the bridge names that mean the same tensors.
 * Invariant: table rows stand in the order of FoveaPointKind, which is the order of the forward
 * pass, so that a list of points reads like the model. Name look-ups walk the table: about 40
 * comparisons, paid once per request and never per row. */
#include "capture/point-table.h"
#include "capture/point-texts.h"

#include <string.h>

#include "kernels/ops.h"

typedef enum {
    IN_ALL,
    IN_IMAGE,
    IN_TWO_TEXTS,
    IN_OWN_KEYS, /* keys and values are made of the stream */
    IN_LEARNED,  /* a position table is added to the embedding */
    IN_ROTARY,
    IN_TOKEN_TYPES,
    IN_EMBED_NORM,
    IN_QK_NORM,
    IN_NORM,       /* blocks normalise somewhere */
    IN_NORM_FIRST, /* a branch starts with a norm */
    IN_BARE,       /* and nothing stands between its last product and the sum */
    IN_BARE_MLP,
    IN_NOT_OF_SUM,
    IN_AROUND,
    IN_OF_SUM,
    IN_MLP,
    IN_MID,      /* attention ends before the MLP reads */
    IN_MID_NORM, /* and the MLP starts with a norm */
    IN_SECOND_NORM,
    IN_DENSE, /* one MLP for all tokens */
    IN_GATED,
    IN_UNGATED,
    IN_EXPERTS,
    IN_FINAL_NORM,
    IN_NORMED_HEAD, /* a head reads the final norm */
    IN_LAST,
    IN_LAST_NORM, /* what ends with the final norm */
    IN_HEAD,
} Condition;

typedef struct {
    const char *suffix; /* below blocks.{l}. if in_block */
    gboolean in_block;
    Condition condition;
    const char
        *shape; /* letters of design.md 3, 1, M = mlp_width, B = blocks of a level, P = numbers
                          of a patch */
    guint row_axes;
    gboolean optional;
} PointRow;

#define GLOBAL(suffix, condition, shape, rows)                                                     \
    {                                                                                              \
        suffix, FALSE, condition, shape, rows, FALSE                                               \
    }
#define BLOCK(suffix, condition, shape, rows)                                                      \
    {                                                                                              \
        suffix, TRUE, condition, shape, rows, FALSE                                                \
    }
#define OPTIONAL(suffix, condition, shape)                                                         \
    {                                                                                              \
        suffix, TRUE, condition, shape, 1, TRUE                                                    \
    }

static const PointRow point_rows[FOVEA_N_POINTS] = {
    [FOVEA_POINT_PATCHES] = GLOBAL ("embed.hook_patches", IN_IMAGE, "TP", 1),
    [FOVEA_POINT_EMBED] = GLOBAL ("hook_embed", IN_ALL, "TC", 1),
    [FOVEA_POINT_POS_EMBED] = GLOBAL ("hook_pos_embed", IN_LEARNED, "TC", 1),
    [FOVEA_POINT_TOKEN_TYPE_EMBED] =
        GLOBAL ("embed.hook_token_type_embed", IN_TOKEN_TYPES, "TC", 1),
    [FOVEA_POINT_EMBED_NORM_SCALE] = GLOBAL ("embed.ln.hook_scale", IN_EMBED_NORM, "T1", 1),
    [FOVEA_POINT_EMBED_NORM_NORMALIZED] =
        GLOBAL ("embed.ln.hook_normalized", IN_EMBED_NORM, "TC", 1),
    [FOVEA_POINT_SOURCE_SCALE] = GLOBAL ("encoder_final_ln.hook_scale", IN_TWO_TEXTS, "T1", 1),
    [FOVEA_POINT_SOURCE_NORMALIZED] =
        GLOBAL ("encoder_final_ln.hook_normalized", IN_TWO_TEXTS, "TC", 1),
    [FOVEA_POINT_SOURCE] = GLOBAL ("hook_source", IN_TWO_TEXTS, "TC", 1),
    [FOVEA_POINT_RESID_PRE] = BLOCK ("hook_resid_pre", IN_ALL, "TC", 1),
    [FOVEA_POINT_ATTN_IN] = OPTIONAL ("hook_attn_in", IN_ALL, "THC"),
    [FOVEA_POINT_Q_INPUT] = OPTIONAL ("hook_q_input", IN_ALL, "THC"),
    [FOVEA_POINT_K_INPUT] = OPTIONAL ("hook_k_input", IN_OWN_KEYS, "TGC"),
    [FOVEA_POINT_V_INPUT] = OPTIONAL ("hook_v_input", IN_OWN_KEYS, "TGC"),
    [FOVEA_POINT_LN1_SCALE] = BLOCK ("ln1.hook_scale", IN_NORM, "T1", 1),
    [FOVEA_POINT_LN1_NORMALIZED] = BLOCK ("ln1.hook_normalized", IN_NORM, "TC", 1),
    [FOVEA_POINT_Q] = BLOCK ("attn.hook_q", IN_ALL, "THD", 1),
    [FOVEA_POINT_K] = BLOCK ("attn.hook_k", IN_ALL, "TGD", 1),
    [FOVEA_POINT_V] = BLOCK ("attn.hook_v", IN_ALL, "TGD", 1),
    [FOVEA_POINT_Q_NORMED] = BLOCK ("attn.hook_q_normed", IN_QK_NORM, "THD", 1),
    [FOVEA_POINT_K_NORMED] = BLOCK ("attn.hook_k_normed", IN_QK_NORM, "TGD", 1),
    [FOVEA_POINT_ROT_Q] = BLOCK ("attn.hook_rot_q", IN_ROTARY, "THD", 1),
    [FOVEA_POINT_ROT_K] = BLOCK ("attn.hook_rot_k", IN_ROTARY, "TGD", 1),
    [FOVEA_POINT_SCORES] = BLOCK ("attn.hook_attn_scores", IN_ALL, "HTT", 2),
    [FOVEA_POINT_PATTERN] = BLOCK ("attn.hook_pattern", IN_ALL, "HTT", 2),
    [FOVEA_POINT_LSE] = BLOCK ("attn.hook_lse", IN_ALL, "TH", 1),
    [FOVEA_POINT_ROW_ENTROPY] = BLOCK ("attn.hook_row_entropy", IN_ALL, "TH", 1),
    [FOVEA_POINT_ROW_MAX] = BLOCK ("attn.hook_row_max", IN_ALL, "TH", 1),
    [FOVEA_POINT_ROW_ARGMAX] = BLOCK ("attn.hook_row_argmax", IN_ALL, "TH", 1),
    [FOVEA_POINT_ROW_DISTANCE] = BLOCK ("attn.hook_row_distance", IN_ALL, "TH", 1),
    [FOVEA_POINT_ROW_FIRST] = BLOCK ("attn.hook_row_first", IN_ALL, "TH", 1),
    [FOVEA_POINT_ROW_LOCAL] = BLOCK ("attn.hook_row_local", IN_ALL, "TH", 1),
    [FOVEA_POINT_COLUMN_MASS] = BLOCK ("attn.hook_column_mass", IN_ALL, "HT", 1),
    [FOVEA_POINT_PYRAMID_MEAN] = BLOCK ("attn.hook_pyramid_mean", IN_ALL, "HBB", 2),
    [FOVEA_POINT_PYRAMID_MAX] = BLOCK ("attn.hook_pyramid_max", IN_ALL, "HBB", 2),
    [FOVEA_POINT_Z] = BLOCK ("attn.hook_z", IN_ALL, "THD", 1),
    [FOVEA_POINT_RESULT] = OPTIONAL ("attn.hook_result", IN_ALL, "THC"),
    [FOVEA_POINT_LN1_POST_SCALE] = BLOCK ("ln1_post.hook_scale", IN_AROUND, "T1", 1),
    [FOVEA_POINT_LN1_POST_NORMALIZED] = BLOCK ("ln1_post.hook_normalized", IN_AROUND, "TC", 1),
    [FOVEA_POINT_ATTN_OUT] = BLOCK ("hook_attn_out", IN_ALL, "TC", 1),
    [FOVEA_POINT_RESID_MID] = BLOCK ("hook_resid_mid", IN_MID, "TC", 1),
    [FOVEA_POINT_MLP_IN] = OPTIONAL ("hook_mlp_in", IN_MLP, "TC"),
    [FOVEA_POINT_LN2_SCALE] = BLOCK ("ln2.hook_scale", IN_SECOND_NORM, "T1", 1),
    [FOVEA_POINT_LN2_NORMALIZED] = BLOCK ("ln2.hook_normalized", IN_SECOND_NORM, "TC", 1),
    [FOVEA_POINT_ROUTER_SCORES] = BLOCK ("mlp.hook_router_scores", IN_EXPERTS, "TE", 1),
    [FOVEA_POINT_EXPERT_WEIGHTS] = BLOCK ("mlp.hook_expert_weights", IN_EXPERTS, "TE", 1),
    [FOVEA_POINT_PRE] = BLOCK ("mlp.hook_pre", IN_DENSE, "TM", 1),
    [FOVEA_POINT_PRE_LINEAR] = BLOCK ("mlp.hook_pre_linear", IN_GATED, "TM", 1),
    [FOVEA_POINT_POST] = BLOCK ("mlp.hook_post", IN_DENSE, "TM", 1),
    [FOVEA_POINT_LN2_POST_SCALE] = BLOCK ("ln2_post.hook_scale", IN_AROUND, "T1", 1),
    [FOVEA_POINT_LN2_POST_NORMALIZED] = BLOCK ("ln2_post.hook_normalized", IN_AROUND, "TC", 1),
    [FOVEA_POINT_MLP_OUT] = BLOCK ("hook_mlp_out", IN_MLP, "TC", 1),
    [FOVEA_POINT_RESID_POST] = BLOCK ("hook_resid_post", IN_ALL, "TC", 1),
    [FOVEA_POINT_NORMALIZED_RESID_POST] = BLOCK ("hook_normalized_resid_post", IN_OF_SUM, "TC", 1),
    [FOVEA_POINT_FINAL_SCALE] = GLOBAL ("ln_final.hook_scale", IN_FINAL_NORM, "T1", 1),
    [FOVEA_POINT_FINAL_NORMALIZED] = GLOBAL ("ln_final.hook_normalized", IN_FINAL_NORM, "TC", 1),
    [FOVEA_POINT_FINAL_OUT] = GLOBAL ("ln_final.hook_out", IN_NORMED_HEAD, "TC", 1),
    [FOVEA_POINT_UNEMBED_IN] = GLOBAL ("unembed.hook_in", IN_LAST, "TC", 1),
    [FOVEA_POINT_UNEMBED_OUT] = GLOBAL ("unembed.hook_out", IN_HEAD, "TV", 1),
};

typedef struct {
    const char *suffix; /* below blocks.{l}. if the point is in a block, else whole */
    FoveaPointKind kind;
    Condition condition;
} AliasRow;

/* What TransformerLens's bridge records as the same tensor, for both families here. */
static const AliasRow alias_rows[] = {
    {"embed.hook_out", FOVEA_POINT_EMBED, IN_ALL},
    {"rotary_emb.hook_in", FOVEA_POINT_EMBED, IN_ROTARY},
    {"pos_embed.hook_out", FOVEA_POINT_POS_EMBED, IN_LEARNED},
    {"hook_in", FOVEA_POINT_RESID_PRE, IN_ALL},
    {"ln1.hook_in", FOVEA_POINT_RESID_PRE, IN_NORM_FIRST},
    {"attn.q.hook_out", FOVEA_POINT_Q, IN_ALL},
    {"attn.k.hook_out", FOVEA_POINT_K, IN_ALL},
    {"attn.v.hook_out", FOVEA_POINT_V, IN_ALL},
    {"attn.o.hook_in", FOVEA_POINT_Z, IN_ALL},
    {"attn.o.hook_out", FOVEA_POINT_ATTN_OUT, IN_BARE},
    {"attn.hook_out", FOVEA_POINT_ATTN_OUT, IN_BARE},
    {"attn.hook_hidden_states", FOVEA_POINT_ATTN_OUT, IN_LEARNED},
    {"ln2.hook_in", FOVEA_POINT_RESID_MID, IN_MID_NORM},
    {"mlp.gate.hook_out", FOVEA_POINT_PRE, IN_GATED},
    {"mlp.in.hook_out", FOVEA_POINT_PRE_LINEAR, IN_GATED},
    {"mlp.in.hook_out", FOVEA_POINT_PRE, IN_UNGATED},
    {"mlp.out.hook_in", FOVEA_POINT_POST, IN_DENSE},
    {"mlp.out.hook_out", FOVEA_POINT_MLP_OUT, IN_BARE_MLP},
    {"mlp.hook_out", FOVEA_POINT_MLP_OUT, IN_BARE_MLP},
    {"hook_out", FOVEA_POINT_RESID_POST, IN_NOT_OF_SUM},
    {"hook_out", FOVEA_POINT_NORMALIZED_RESID_POST, IN_OF_SUM},
    {"ln_final.hook_out", FOVEA_POINT_UNEMBED_IN, IN_LAST_NORM},
    {"hook_unembed", FOVEA_POINT_UNEMBED_OUT, IN_HEAD},
};

/* Conditions on what a layer has. */
static gboolean
holds_in_block (const FoveaArchitecture *architecture, Condition condition, guint layer)
{
    gboolean mlp = fovea_architecture_mlp_width (architecture, layer) > 0;
    gboolean experts = fovea_architecture_has_experts (architecture, layer);
    gboolean dense = mlp && !experts;
    FoveaNormPlace place = architecture->norm_place;
    gboolean first = place == FOVEA_NORM_BEFORE || place == FOVEA_NORM_AROUND;
    gboolean bare = place != FOVEA_NORM_BEHIND && place != FOVEA_NORM_AROUND;
    switch (condition) {
    case IN_OWN_KEYS:
        return fovea_architecture_stack (architecture, layer) != FOVEA_STACK_CROSS;
    case IN_NORM:
        return fovea_architecture_has_first_norm (architecture, layer);
    case IN_MLP:
        return mlp;
    case IN_MID:
        return mlp && !architecture->parallel;
    case IN_MID_NORM:
        return mlp && !architecture->parallel && first;
    case IN_NORM_FIRST:
        return first && fovea_architecture_has_first_norm (architecture, layer);
    case IN_BARE:
        return bare;
    case IN_BARE_MLP:
        return mlp && bare;
    case IN_AROUND:
        return place == FOVEA_NORM_AROUND;
    case IN_OF_SUM:
        return place == FOVEA_NORM_OF_SUM;
    case IN_NOT_OF_SUM:
        return place != FOVEA_NORM_OF_SUM;
    case IN_SECOND_NORM:
        return mlp && !architecture->shared_norm && place != FOVEA_NORM_NOWHERE;
    case IN_DENSE:
        return dense;
    case IN_GATED:
        return dense && architecture->gated;
    case IN_UNGATED:
        return dense && !architecture->gated;
    case IN_EXPERTS:
        return experts;
    default:
        return TRUE;
    }
}

static gboolean
holds (const FoveaArchitecture *architecture, Condition condition, guint layer)
{
    gboolean of_sum = architecture->norm_place == FOVEA_NORM_OF_SUM;
    gboolean none = architecture->norm_place == FOVEA_NORM_NOWHERE;
    gboolean first = architecture->norm_place == FOVEA_NORM_BEFORE;
    gboolean head = architecture->head_transform && !architecture->no_head;
    switch (condition) {
    case IN_IMAGE:
        return architecture->image_size > 0;
    case IN_TWO_TEXTS:
        return architecture->n_encoder_layers > 0;
    case IN_LEARNED:
        return architecture->position == FOVEA_POSITION_LEARNED;
    case IN_ROTARY:
        return architecture->position == FOVEA_POSITION_ROTARY;
    case IN_TOKEN_TYPES:
        return architecture->n_token_types > 0;
    case IN_EMBED_NORM:
        return architecture->embed_norm;
    case IN_QK_NORM:
        return architecture->qk_norm != FOVEA_QK_NORM_NONE;
    case IN_FINAL_NORM:
        return !none && (!of_sum || head);
    case IN_NORMED_HEAD:
        return head && first;
    case IN_LAST_NORM:
        return !(head && first) && holds (architecture, IN_LAST, layer);
    case IN_LAST: /* what an unembedding reads, or would */
        return !architecture->no_head || (!none && !of_sum);
    case IN_HEAD:
        return !architecture->no_head;
    default:
        return holds_in_block (architecture, condition, layer);
    }
}

static gboolean
is_pyramid (FoveaPointKind kind)
{
    return kind == FOVEA_POINT_PYRAMID_MEAN || kind == FOVEA_POINT_PYRAMID_MAX;
}

gboolean
fovea_point_exists (const FoveaArchitecture *architecture, FoveaPointKind kind, guint layer)
{
    return holds (architecture, point_rows[kind].condition, layer);
}

gboolean
fovea_point_in_block (FoveaPointKind kind)
{
    return point_rows[kind].in_block;
}

gboolean
fovea_point_is_optional_kind (FoveaPointKind kind)
{
    return point_rows[kind].optional;
}

gboolean
fovea_point_is_meant (FoveaPointKind kind, const char *glob)
{
    const PointRow *row = &point_rows[kind];
    return !row->optional || strstr (glob, strstr (row->suffix, "hook_")) != NULL;
}

FoveaPointKind
fovea_point_unturned_key (const FoveaArchitecture *architecture)
{
    return architecture->qk_norm != FOVEA_QK_NORM_NONE ? FOVEA_POINT_K_NORMED : FOVEA_POINT_K;
}

int
fovea_point_head_axis (FoveaPointKind kind)
{
    const char *shape = point_rows[kind].shape;
    const char *at = strpbrk (shape, "HG");
    return at != NULL ? (int) (at - shape) : -1;
}

guint
fovea_point_n_levels (gint64 n_tokens)
{
    guint n = 1;
    for (gint64 block = FOVEA_BLOCK; block < n_tokens; block *= 2)
        n++;
    return n;
}

char *
fovea_point_name (FoveaPoint point)
{
    const PointRow *row = &point_rows[point.kind];
    if (!row->in_block)
        return g_strdup (row->suffix);
    if (is_pyramid (point.kind))
        return g_strdup_printf ("blocks.%u.%s.%u", point.layer, row->suffix, point.level);
    return g_strdup_printf ("blocks.%u.%s", point.layer, row->suffix);
}

static gint64
axis_length (const FoveaArchitecture *architecture, char letter, FoveaPoint point, gint64 n_tokens)
{
    gint64 block = (gint64) FOVEA_BLOCK << point.level;
    switch (letter) {
    case 'T':
        return n_tokens;
    case 'C':
        return architecture->width;
    case 'H':
        return architecture->n_heads;
    case 'G':
        return architecture->n_kv_heads;
    case 'D':
        return architecture->head_width;
    case 'P':
        return fovea_architecture_patch_width (architecture);
    case 'M':
        return fovea_architecture_mlp_width (architecture, point.layer);
    case 'E':
        return architecture->n_experts;
    case 'V':
        return architecture->vocabulary;
    case 'B':
        return (n_tokens + block - 1) / block;
    default:
        return 1;
    }
}

FoveaArray *
fovea_point_describe (const FoveaArchitecture *architecture, FoveaPoint point, gint64 n_tokens)
{
    const PointRow *row = &point_rows[point.kind];
    FoveaArray *array = g_new0 (FoveaArray, 1);
    array->name = fovea_point_name (point);
    array->dtype = point.kind == FOVEA_POINT_ROW_ARGMAX ? FOVEA_I32 : FOVEA_F32;
    array->rank = (guint) strlen (row->shape);
    array->row_axes = row->row_axes;
    for (guint axis = 0; axis < array->rank; axis++)
        array->shape[axis] = axis_length (architecture, row->shape[axis], point, n_tokens);
    return array;
}

static void
append_point (GPtrArray *list,
              const FoveaArchitecture *architecture,
              FoveaPointKind kind,
              guint layer,
              gint64 n_tokens)
{
    guint n_levels = is_pyramid (kind) ? fovea_point_n_levels (n_tokens) : 1;
    for (guint level = 0; level < n_levels; level++)
        g_ptr_array_add (
            list, fovea_point_describe (architecture, (FoveaPoint){kind, layer, level}, n_tokens));
}

GPtrArray *
fovea_points_list (const FoveaArchitecture *architecture, gint64 n_tokens)
{
    GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    for (guint kind = 0; kind < FOVEA_POINT_RESID_PRE; kind++)
        if (fovea_point_exists (architecture, kind, 0))
            append_point (list, architecture, kind, 0, n_tokens);
    for (guint layer = 0; layer < (guint64) architecture->n_layers; layer++)
        for (guint kind = FOVEA_POINT_RESID_PRE; kind < FOVEA_POINT_FINAL_SCALE; kind++)
            if (fovea_point_exists (architecture, kind, layer))
                append_point (list, architecture, kind, layer, n_tokens);
    for (guint kind = FOVEA_POINT_FINAL_SCALE; kind < FOVEA_N_POINTS; kind++)
        if (fovea_point_exists (architecture, kind, 0))
            append_point (list, architecture, kind, 0, n_tokens);
    return list;
}

/* "blocks.7.attn.hook_q" gives layer 7 and the part after it; other names are whole suffixes. */
static gboolean
split_name (const FoveaArchitecture *architecture,
            const char *name,
            gboolean *in_block,
            guint *layer,
            const char **suffix)
{
    *in_block = g_str_has_prefix (name, "blocks.");
    *layer = 0;
    *suffix = name;
    if (!*in_block)
        return TRUE;
    const char *digits = name + strlen ("blocks.");
    char *end = NULL;
    guint64 value = g_ascii_strtoull (digits, &end, 10);
    if (!g_ascii_isdigit (*digits) || *end != '.' || value >= (guint64) architecture->n_layers)
        return FALSE;
    *layer = (guint) value;
    *suffix = end + 1;
    return TRUE;
}

/* A pyramid's level stands behind its name. */
static gboolean
match_suffix (FoveaPointKind kind, const char *suffix, guint *level)
{
    const char *own = point_rows[kind].suffix;
    *level = 0;
    if (!is_pyramid (kind))
        return strcmp (own, suffix) == 0;
    gsize n = strlen (own);
    if (strncmp (own, suffix, n) != 0 || suffix[n] != '.' || !g_ascii_isdigit (suffix[n + 1]))
        return FALSE;
    char *end = NULL;
    guint64 value = g_ascii_strtoull (suffix + n + 1, &end, 10);
    *level = (guint) value;
    return *end == '\0' && value < 48;
}

gboolean
fovea_point_parse (const FoveaArchitecture *architecture, const char *name, FoveaPoint *point)
{
    gboolean in_block;
    const char *suffix;
    if (!split_name (architecture, name, &in_block, &point->layer, &suffix))
        return FALSE;
    for (guint kind = 0; kind < FOVEA_N_POINTS; kind++) {
        if (point_rows[kind].in_block != in_block ||
            !fovea_point_exists (architecture, kind, point->layer) ||
            !match_suffix (kind, suffix, &point->level))
            continue;
        point->kind = kind;
        return TRUE;
    }
    return FALSE;
}

gboolean
fovea_point_is_optional (const FoveaArchitecture *architecture, const char *name)
{
    FoveaPoint point;
    return fovea_point_parse (architecture, name, &point) && point_rows[point.kind].optional;
}

gboolean
fovea_point_check_array (const FoveaArchitecture *architecture,
                         const FoveaArray *array,
                         gint64 n_tokens,
                         GError **error)
{
    FoveaPoint point;
    if (!fovea_point_parse (architecture, array->name, &point) ||
        point.level >= fovea_point_n_levels (n_tokens))
        return TRUE;
    g_autoptr (FoveaArray) expected = fovea_point_describe (architecture, point, n_tokens);
    if (array->rank == expected->rank && array->row_axes == expected->row_axes &&
        memcmp (array->shape, expected->shape, array->rank * sizeof *array->shape) == 0)
        return TRUE;
    g_autofree char *is = fovea_array_print_shape (array);
    g_autofree char *should = fovea_array_print_shape (expected);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE, "%s: is %s by %u axes, expected %s by %u",
                 array->name, is, array->row_axes, should, expected->row_axes);
    return FALSE;
}

char *
fovea_point_canonical_name (const FoveaArchitecture *architecture, const char *name)
{
    gboolean in_block;
    guint layer;
    const char *suffix;
    FoveaPoint point;
    if (fovea_point_find_text_name (architecture, name, &point))
        return fovea_point_name (point);
    if (!split_name (architecture, name, &in_block, &layer, &suffix))
        return g_strdup (name);
    if (strcmp (name, "ln_final.hook_in") == 0 && holds (architecture, IN_NOT_OF_SUM, 0))
        return fovea_point_name (
            (FoveaPoint){FOVEA_POINT_RESID_POST, (guint) architecture->n_layers - 1, 0});
    for (guint i = 0; i < G_N_ELEMENTS (alias_rows); i++) {
        const AliasRow *row = &alias_rows[i];
        if (fovea_point_in_block (row->kind) == in_block && strcmp (row->suffix, suffix) == 0 &&
            holds (architecture, row->condition, layer))
            return fovea_point_name ((FoveaPoint){row->kind, layer, 0});
    }
    return g_strdup (name);
}

/* Those of an encoder-decoder. */
static void
add_text_names (const FoveaArchitecture *architecture, GPtrArray *names)
{
    for (guint layer = 0; layer < (guint64) architecture->n_layers; layer++)
        for (guint kind = 0; kind < FOVEA_N_POINTS; kind++) {
            if (!fovea_point_exists (architecture, kind, layer) ||
                (!fovea_point_in_block (kind) && layer > 0))
                continue;
            char *name = fovea_point_text_name (architecture, (FoveaPoint){kind, layer, 0});
            if (name != NULL)
                g_ptr_array_add (names, name);
        }
}

GPtrArray *
fovea_point_list_aliases (const FoveaArchitecture *architecture)
{
    GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
    add_text_names (architecture, names);
    if (holds (architecture, IN_NOT_OF_SUM, 0))
        g_ptr_array_add (names, g_strdup ("ln_final.hook_in"));
    for (guint i = 0; i < G_N_ELEMENTS (alias_rows); i++) {
        const AliasRow *row = &alias_rows[i];
        guint n_layers = fovea_point_in_block (row->kind) ? (guint) architecture->n_layers : 0;
        if (n_layers == 0 && holds (architecture, row->condition, 0))
            g_ptr_array_add (names, g_strdup (row->suffix));
        for (guint layer = 0; layer < n_layers; layer++)
            if (holds (architecture, row->condition, layer))
                g_ptr_array_add (names, g_strdup_printf ("blocks.%u.%s", layer, row->suffix));
    }
    return names;
}
