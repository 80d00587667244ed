/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Each point has a shape in letters (point.c). Reading the letters of the arrays that a file holds
 * gives the sizes; the second array that names a letter must agree. Which optional points exist
 * tells the kind of position and of MLP. */
#include "capture/exchange-infer.h"

#include <math.h>
#include <string.h>

#include "capture/exchange-metadata.h"
#include "capture/point-table.h"

enum {
    MAX_LAYERS = 4096
};

static const struct {
    const char *bare, *classic; /* classic has the layer */
} bare_names[] = {
    {"q", "blocks.0.attn.hook_q"},
    {"k", "blocks.0.attn.hook_k"},
    {"v", "blocks.0.attn.hook_v"},
    {"pattern", "blocks.0.attn.hook_pattern"},
    {"scores", "blocks.0.attn.hook_attn_scores"},
};

/* A description with just enough to tell names: by those in the file, since a gate is called as in a model
 * without one once it has its classic name. */
static FoveaArchitecture
name_architecture (GArray *arrays)
{
    FoveaArchitecture a = {.n_layers = MAX_LAYERS,
                           .n_heads = 1,
                           .n_kv_heads = 1,
                           .head_width = 1,
                           .width = 1,
                           .mlp_width = 1,
                           .vocabulary = 1,
                           .context = 1};
    for (guint i = 0; i < arrays->len; i++) {
        const char *name = g_array_index (arrays, FoveaImported, i).tensor->name;
        if (strstr (name, "hook_rot_") != NULL || strstr (name, "rotary") != NULL)
            a.position = FOVEA_POSITION_ROTARY;
        else if (g_str_has_prefix (name, "hook_pos_embed") || g_str_has_prefix (name, "pos_embed"))
            a.position = FOVEA_POSITION_LEARNED;
        if (strstr (name, "hook_pre_linear") != NULL || strstr (name, "mlp.gate") != NULL)
            a.gated = TRUE;
    }
    return a;
}

static void
set_classic (const FoveaArchitecture *architecture, FoveaImported *array)
{
    for (guint i = 0; i < G_N_ELEMENTS (bare_names); i++)
        if (strcmp (array->name, bare_names[i].bare) == 0) {
            g_free (array->name);
            array->name = g_strdup (bare_names[i].classic);
            return;
        }
    char *classic = fovea_point_canonical_name (architecture, array->name);
    g_free (array->name);
    array->name = classic;
}

/* TransformerLens keeps a batch axis; ids have one too. */
static gboolean
drop_batch (const FoveaArchitecture *architecture, FoveaImported *array, GError **error)
{
    FoveaPoint point;
    guint want = 1;
    if (fovea_point_parse (architecture, array->name, &point)) {
        point.level = 0; /* the number of axes is the same, and a file's level may be anything */
        g_autoptr (FoveaArray) described = fovea_point_describe (architecture, point, 1);
        want = described->rank;
    } else if (strcmp (array->name, "input_ids") != 0 && strcmp (array->name, "tokens") != 0)
        return TRUE;
    if (array->rank != want + 1)
        return TRUE;
    if (array->shape[0] != 1) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "%s: a batch of %" G_GINT64_FORMAT " sequences; export them one by one",
                     array->tensor->name, array->shape[0]);
        return FALSE;
    }
    array->rank--;
    array->shape++;
    return TRUE;
}

gboolean
fovea_infer_names (GArray *arrays, const FoveaArchitecture *known, GError **error)
{
    FoveaArchitecture guess = name_architecture (arrays);
    const FoveaArchitecture *architecture = known != NULL ? known : &guess;
    for (guint i = 0; i < arrays->len; i++) {
        FoveaImported *array = &g_array_index (arrays, FoveaImported, i);
        set_classic (architecture, array);
        if (!drop_batch (architecture, array, error))
            return FALSE;
    }
    return TRUE;
}

/* Sizes read so far, and which array gave each. */
typedef struct {
    gint64 sizes[128];
    const char *from[128];
} Letters;

/* What each point says, by kind: letters as in design.md. */
static const struct {
    FoveaPointKind kind;
    const char *letters;
} shapes[] = {
    {FOVEA_POINT_EMBED, "TC"},
    {FOVEA_POINT_POS_EMBED, "TC"},
    {FOVEA_POINT_RESID_PRE, "TC"},
    {FOVEA_POINT_ATTN_IN, "THC"},
    {FOVEA_POINT_Q_INPUT, "THC"},
    {FOVEA_POINT_K_INPUT, "TGC"},
    {FOVEA_POINT_V_INPUT, "TGC"},
    {FOVEA_POINT_Q, "THD"},
    {FOVEA_POINT_K, "TGD"},
    {FOVEA_POINT_V, "TGD"},
    {FOVEA_POINT_ROT_Q, "THD"},
    {FOVEA_POINT_ROT_K, "TGD"},
    {FOVEA_POINT_SCORES, "HTT"},
    {FOVEA_POINT_PATTERN, "HTT"},
    {FOVEA_POINT_LSE, "TH"},
    {FOVEA_POINT_Z, "THD"},
    {FOVEA_POINT_RESULT, "THC"},
    {FOVEA_POINT_ATTN_OUT, "TC"},
    {FOVEA_POINT_RESID_MID, "TC"},
    {FOVEA_POINT_MLP_IN, "TC"},
    {FOVEA_POINT_PRE, "TM"},
    {FOVEA_POINT_POST, "TM"},
    {FOVEA_POINT_MLP_OUT, "TC"},
    {FOVEA_POINT_RESID_POST, "TC"},
    {FOVEA_POINT_UNEMBED_IN, "TC"},
    {FOVEA_POINT_UNEMBED_OUT, "TV"},
    {FOVEA_POINT_LN1_NORMALIZED, "TC"},
    {FOVEA_POINT_FINAL_NORMALIZED, "TC"},
};

static const char *
letters_of (FoveaPointKind kind)
{
    for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
        if (shapes[i].kind == kind)
            return shapes[i].letters;
    return NULL;
}

static gboolean
read_letters (Letters *known, const FoveaImported *array, const char *letters, GError **error)
{
    if (strlen (letters) != array->rank) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE, "%s: has %u axes, expected %zu",
                     array->tensor->name, array->rank, strlen (letters));
        return FALSE;
    }
    for (guint i = 0; i < array->rank; i++) {
        guint letter = (guchar) letters[i];
        if (known->from[letter] == NULL) {
            known->sizes[letter] = array->shape[i];
            known->from[letter] = array->tensor->name;
        } else if (known->sizes[letter] != array->shape[i]) {
            g_set_error (
                error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                "%s: axis %u is %" G_GINT64_FORMAT ", expected %" G_GINT64_FORMAT " as in %s",
                array->tensor->name, i, array->shape[i], known->sizes[letter], known->from[letter]);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
read_arrays (GArray *arrays, FoveaArchitecture *a, Letters *known, GError **error)
{
    for (guint i = 0; i < arrays->len; i++) {
        const FoveaImported *array = &g_array_index (arrays, FoveaImported, i);
        FoveaPoint point;
        if (!fovea_point_parse (a, array->name, &point))
            continue;
        const char *letters = letters_of (point.kind);
        if (fovea_point_in_block (point.kind))
            known->sizes['L'] = MAX (known->sizes['L'], (gint64) point.layer + 1);
        if (letters != NULL && !read_letters (known, array, letters, error))
            return FALSE;
    }
    return TRUE;
}

/* Fills what the letters say; heads without a width (patterns alone) count as width 1. */
static gboolean
set_sizes (FoveaArchitecture *a, const Letters *known, GError **error)
{
    const gint64 *n = known->sizes;
    if (n['T'] < 1 || n['L'] < 1 || n['H'] + n['G'] < 1) {
        g_set_error_literal (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                             "no array tells tokens, layers and heads: name arrays as capture "
                             "points (blocks.0.attn.hook_q ...), or q, k and v");
        return FALSE;
    }
    g_clear_pointer (&a->family, g_free);
    g_clear_pointer (&a->windows, g_free);
    a->n_layers = n['L'];
    a->n_heads = n['H'] > 0 ? n['H'] : n['G'];
    a->n_kv_heads = n['G'] > 0 ? n['G'] : a->n_heads;
    a->head_width = MAX (n['D'], 1);
    a->width = n['C'];
    a->mlp_width = n['M'];
    a->vocabulary = n['V'];
    a->context = n['T'];
    if (a->n_heads % a->n_kv_heads == 0)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                 "%s: %" G_GINT64_FORMAT " key heads do not divide %" G_GINT64_FORMAT
                 " query heads of %s",
                 known->from['G'], a->n_kv_heads, a->n_heads, known->from['H']);
    return FALSE;
}

FoveaArchitecture *
fovea_infer_architecture (GArray *arrays,
                          const FoveaArchitecture *given,
                          gint64 *n_tokens,
                          GError **error)
{
    FoveaArchitecture guess = name_architecture (arrays);
    g_autoptr (FoveaArchitecture) a = fovea_architecture_copy (given != NULL ? given : &guess);
    Letters known = {0};
    if (!read_arrays (arrays, a, &known, error))
        return NULL;
    *n_tokens = known.sizes['T'];
    if (given != NULL && *n_tokens > 0)
        return g_steal_pointer (&a);
    if (!set_sizes (a, &known, error))
        return NULL;
    a->family = g_strdup (FOVEA_INFERRED_FAMILY);
    a->attention_scale = (float) (1 / sqrt ((double) a->head_width));
    a->bos_id = a->eos_id = -1;
    a->weight_dtype = FOVEA_F32;
    return g_steal_pointer (&a);
}
