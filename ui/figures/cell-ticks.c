/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Both axes of a map of weights and of a mask. */
#include "ui/figures/cell-ticks.h"

#include <math.h>

#include "ui/figures/figure-private.h"
#include "ui/figures/text.h"

#define MAX_TOKEN 60.0 /* widest label, points */

static char *
name_token (const FoveaTraceInfo *info, gint64 position, gboolean bold, double text)
{
    if (info->token_texts == NULL)
        return NULL;
    gboolean special = info->special != NULL && info->special[position];
    g_autofree char *token = fovea_text_token (info->token_texts[position], special, FALSE);
    return fovea_text_shorten (token, text, bold, MAX_TOKEN);
}

char *
fovea_cell_ticks_name (const FoveaTraceInfo *info, gint64 position, double text)
{
    g_autofree char *number = fovea_text_count (position);
    g_autofree char *token = name_token (info, position, TRUE, text);
    return token != NULL ? g_strconcat (number, " “", token, "”", NULL) : g_steal_pointer (&number);
}

GArray *
fovea_cell_ticks_new (
    const FoveaTraceInfo *info, gint64 from, gint64 to, gint64 chosen, gboolean tokens, double text)
{
    GArray *ticks = fovea_ticks_new ();
    g_autoptr (GArray) values = tokens ? g_array_new (FALSE, FALSE, sizeof (double))
                                       : fovea_ticks_steps (from, to - 1, TRUE, 6);
    for (gint64 i = from; tokens && i < to; i++) {
        double value = i;
        g_array_append_val (values, value);
    }
    for (guint i = 0; i < values->len; i++) {
        gint64 position = (gint64) g_array_index (values, double, i);
        gboolean bold = position == chosen;
        if (bold && !tokens)
            continue;
        g_autofree char *label =
            tokens ? name_token (info, position, bold, text) : fovea_text_count (position);
        fovea_ticks_add (ticks, position, 0, label, bold);
    }
    if (chosen >= 0 && !tokens) {
        g_autofree char *label = fovea_cell_ticks_name (info, chosen, text);
        fovea_ticks_add (ticks, chosen, 0, label, TRUE);
    }
    return ticks;
}

void
fovea_cell_ticks_place (GArray *ticks, double origin, gint64 from, double cell)
{
    for (guint i = 0; i < ticks->len; i++) {
        FoveaTick *tick = &g_array_index (ticks, FoveaTick, i);
        tick->at = origin + (tick->value - from + 0.5) * cell;
    }
}

double
fovea_cell_ticks_get_overhang (GArray *ticks, gint64 end, double cell, double text)
{
    double last = -1, most = 0;
    for (guint i = 0; i < ticks->len; i++)
        last = MAX (last, g_array_index (ticks, FoveaTick, i).value);
    for (guint i = 0; i < ticks->len; i++) {
        const FoveaTick *tick = &g_array_index (ticks, FoveaTick, i);
        if (tick->value != last && !tick->bold)
            continue;
        double half = fovea_text_width (tick->label, text, tick->bold) / 2;
        most = MAX (most, half - ((double) end - tick->value - 0.5) * cell);
    }
    return most;
}

char *
fovea_cell_ticks_name_axis (const FoveaTraceInfo *info,
                            const char *noun,
                            gboolean tokens,
                            gint64 from)
{
    const char *what = tokens ? "" : " position";
    gint64 n_source = fovea_trace_info_count_source (info);
    if (n_source == 0)
        return g_strconcat (noun, what, NULL);
    return g_strconcat (noun, what, from >= n_source ? ", in the target" : ", in the source", NULL);
}

void
fovea_cell_axes_clear (FoveaCellAxes *axes)
{
    g_clear_pointer (&axes->q_name, g_free);
    g_clear_pointer (&axes->k_name, g_free);
    g_clear_pointer (&axes->q_ticks, g_array_unref);
    g_clear_pointer (&axes->k_ticks, g_array_unref);
}

void
fovea_cell_axes_measure (
    FoveaCellAxes *axes, const FoveaTraceInfo *info, double cell, double line, double text)
{
    gboolean known = isfinite (cell);
    fovea_cell_axes_clear (axes);
    axes->q_tokens = axes->q_tokens && line >= FOVEA_CELL_TOKENS_FROM * text;
    axes->k_tokens = axes->k_tokens && cell >= FOVEA_CELL_TOKENS_FROM * text;
    axes->q_name = fovea_cell_ticks_name_axis (info, "query", axes->q_tokens, axes->q0);
    axes->k_name = fovea_cell_ticks_name_axis (info, "key", axes->k_tokens, axes->k0);
    axes->q_ticks = fovea_cell_ticks_new (info, axes->q0, axes->q1, -1, axes->q_tokens, text);
    axes->k_ticks = fovea_cell_ticks_new (info, axes->k0, axes->k1, -1, axes->k_tokens, text);
    double widest = fovea_ticks_width (axes->k_ticks, text);
    axes->k_turned = axes->k_tokens && (!known || widest > cell - 3);
    axes->left = fovea_figure_next_dot (1.5 * text + fovea_ticks_width (axes->q_ticks, text) + 4.5);
    axes->right = FOVEA_AXIS_WIDTH;
    if (!axes->k_turned)
        axes->right = MAX (axes->right, fovea_cell_ticks_get_overhang (axes->k_ticks, axes->k1,
                                                                       known ? cell : 0, text));
    axes->below = 4.5 + (axes->k_turned ? widest : text) + 1.42 * text;
}

void
fovea_cell_axes_add_keys (
    FoveaCellAxes *axes, FoveaScene *scene, double x, double y, double width, double text)
{
    guint32 ink = fovea_scene_get_inks (scene)->ink;
    FoveaTextStyle name = {text, FALSE, ink, FOVEA_ANCHOR_MIDDLE, FALSE};
    fovea_cell_ticks_place (axes->k_ticks, x, axes->k0, width / (double) (axes->k1 - axes->k0));
    if (!axes->k_turned)
        fovea_ticks_thin (axes->k_ticks, text, FALSE);
    fovea_scene_add_line (scene, x, y, x + width, y, FOVEA_AXIS_WIDTH, ink);
    fovea_axis_add_bottom (scene, axes->k_ticks, y, text, axes->k_turned);
    fovea_scene_add_text (scene, x + width / 2, y + axes->below - 0.22 * text, axes->k_name, &name);
}

/* A strip lower than its own name has it shifted rather than cut. */
void
fovea_cell_axes_add_queries (
    FoveaCellAxes *axes, FoveaScene *scene, double x, double y, double height, double text)
{
    guint32 ink = fovea_scene_get_inks (scene)->ink;
    FoveaTextStyle name = {text, FALSE, ink, FOVEA_ANCHOR_MIDDLE, TRUE};
    double least = fovea_text_width (axes->q_name, text, FALSE) / 2;
    fovea_cell_ticks_place (axes->q_ticks, y, axes->q0, height / (double) (axes->q1 - axes->q0));
    fovea_ticks_thin (axes->q_ticks, text, TRUE);
    fovea_scene_add_line (scene, x, y, x, y + height, FOVEA_AXIS_WIDTH, ink);
    fovea_axis_add_left (scene, axes->q_ticks, x, text);
    fovea_scene_add_text (scene, 0.78 * text, MAX (y + height / 2, least), axes->q_name, &name);
}
