/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The names go one way by a table of beginnings; the other way by trying the points of the one or two
 * layers that a block has, some ninety comparisons, paid once per request.
 * Source: TransformerLens 3.9, HookedEncoderDecoder and its T5 blocks. */
#include "capture/point-texts.h"

#include <string.h>

/* Beginnings that differ in a layer that attends to the source; "" = there is no such name. */
static const struct {
    const char *mine, *theirs;
} crossed[] = {
    {"attn.", "cross_attn."},
    {"ln1.", "ln2."},
    {"ln2.", "ln3."},
    {"hook_attn_out", "hook_cross_attn_out"},
    {"hook_attn_in", "hook_cross_attn_in"},
    {"hook_resid_mid", "hook_resid_mid_cross"},
    {"hook_resid_pre", ""}, /* it is the block's hook_resid_mid */
    {"hook_q_input", ""},
    {"hook_k_input", ""},
    {"hook_v_input", ""},
};

static char *
name_in_decoder (guint block, FoveaStack stack, const char *rest)
{
    if (stack == FOVEA_STACK_SELF && g_str_equal (rest, "hook_resid_post"))
        rest = "hook_resid_mid"; /* where the block goes on */
    for (guint i = 0; stack == FOVEA_STACK_CROSS && i < G_N_ELEMENTS (crossed); i++) {
        if (!g_str_has_prefix (rest, crossed[i].mine))
            continue;
        if (*crossed[i].theirs == '\0')
            return NULL;
        return g_strdup_printf ("decoder.%u.%s%s", block, crossed[i].theirs,
                                rest + strlen (crossed[i].mine));
    }
    return g_strdup_printf ("decoder.%u.%s", block, rest);
}

char *
fovea_point_text_name (const FoveaArchitecture *architecture, FoveaPoint point)
{
    FoveaStack stack = fovea_architecture_stack (architecture, point.layer);
    g_autofree char *name = fovea_point_name (point);
    if (architecture->n_encoder_layers == 0)
        return NULL;
    if (!fovea_point_in_block (point.kind))
        return g_str_has_prefix (name, "ln_final.")
                   ? g_strconcat ("decoder_final_ln.", name + strlen ("ln_final."), NULL)
                   : NULL;
    const char *rest = strchr (name + strlen ("blocks."), '.') + 1;
    guint block = fovea_architecture_block (architecture, point.layer);
    return stack == FOVEA_STACK_ENCODER ? g_strdup_printf ("encoder.%u.%s", block, rest)
                                        : name_in_decoder (block, stack, rest);
}

char *
fovea_point_text_alias (const FoveaArchitecture *architecture, const char *name)
{
    FoveaPoint point;
    return fovea_point_parse (architecture, name, &point)
               ? fovea_point_text_name (architecture, point)
               : NULL;
}

static gboolean
find_in_layer (const FoveaArchitecture *architecture,
               guint layer,
               const char *name,
               FoveaPoint *point)
{
    for (guint kind = 0; kind < FOVEA_N_POINTS; kind++) {
        gboolean pyramid = kind == FOVEA_POINT_PYRAMID_MEAN || kind == FOVEA_POINT_PYRAMID_MAX;
        if (!fovea_point_exists (architecture, kind, layer))
            continue;
        for (guint level = 0; level < (pyramid ? 48u : 1u); level++) {
            *point = (FoveaPoint){kind, fovea_point_in_block (kind) ? layer : 0, level};
            g_autofree char *theirs = fovea_point_text_name (architecture, *point);
            if (g_strcmp0 (theirs, name) == 0)
                return TRUE;
        }
    }
    return FALSE;
}

gboolean
fovea_point_find_text_name (const FoveaArchitecture *architecture,
                            const char *name,
                            FoveaPoint *point)
{
    guint encoder = (guint) architecture->n_encoder_layers;
    gboolean decodes = g_str_has_prefix (name, "decoder.");
    if (encoder == 0 || !(decodes || g_str_has_prefix (name, "encoder.") ||
                          g_str_has_prefix (name, "decoder_final_ln.")))
        return FALSE;
    const char *digits = name + strlen ("encoder.");
    guint64 block = g_ascii_isdigit (*digits) ? g_ascii_strtoull (digits, NULL, 10) : 0;
    guint64 layer = decodes ? encoder + 2 * MIN (block, G_MAXINT32) : block;
    for (guint64 end = layer + (decodes ? 2 : 1); layer < end; layer++)
        if (layer < (guint64) architecture->n_layers &&
            find_in_layer (architecture, (guint) layer, name, point))
            return TRUE;
    return FALSE;
}
