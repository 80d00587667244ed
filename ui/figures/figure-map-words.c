/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The key and the chosen cell stand in the triangle of the future where it is wide enough at their
 * depth, else below the map. */
#include "ui/figures/figure-map-private.h"

#include <math.h>

#include "ui/figures/cell-ticks.h"
#include "ui/figures/color-bar.h"

#define BAR          114.0
#define SHORT_BAR    80.0
#define SHORTEST_BAR 40.0
#define CLEAR        10.0 /* between the diagonal and words */
#define GAP          12.0
#define BOX          6.8

/* Whether a box of this width at the right edge, down to @depth, lies wholly over future keys. */
static gboolean
fits_in_future (FoveaMapLayout *layout, double width, double depth)
{
    const FoveaMapRequest *r = &layout->request;
    if (!fovea_attention_get_rule (layout->attention)->causal ||
        depth > fovea_map_layout_get_bottom (layout))
        return FALSE;
    double query = r->q0 + (depth - layout->y0) / layout->cell_h;
    double diagonal = layout->x0 + (query + 1 - r->k0) * layout->cell_w;
    return fovea_map_layout_get_right (layout) - width >= MAX (diagonal, layout->x0) + CLEAR;
}

/* What a pixel is, where it is not a cell. */
static char *
bar_detail (FoveaMapLayout *layout)
{
    if (layout->block_q == 1 && layout->block_k == 1)
        return NULL;
    return g_strdup_printf ("mean of %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT " cells",
                            layout->block_q, layout->block_k);
}

/* The key; gives the depth it reaches in the triangle, or the new lowest edge if it stands below.
 */
static double
add_bar (FoveaMapLayout *layout, double *low)
{
    static const double lengths[] = {BAR, SHORT_BAR};
    const FoveaRamp *ramp = &layout->request.ramp;
    double text = layout->measures.text, width, height;
    g_autofree char *detail = bar_detail (layout);
    const char *quantity = layout->less != NULL     ? "Difference of weights"
                           : layout->request.scores ? "Attention score in nats"
                                                    : "Attention weight";
    g_autofree char *title =
        g_strdup_printf ("%s, head %u.%u", quantity, layout->options->layer, layout->options->head);
    double words = MAX (fovea_text_width (title, text, TRUE),
                        detail != NULL ? fovea_text_width (detail, text, FALSE) : 0);
    guint n_lines = detail != NULL ? 2 : 1;
    for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
        fovea_color_bar_get_size (ramp, lengths[i], text, n_lines, &width, &height);
        double widest = MAX (width, words), depth = layout->y0 + height;
        if (!fits_in_future (layout, widest, depth))
            continue;
        double right = MIN (fovea_map_layout_get_right (layout) + 3, layout->measures.width);
        fovea_color_bar_add (layout->scene, ramp, right - widest, layout->y0, lengths[i], text,
                             title, detail);
        return depth;
    }
    fovea_color_bar_get_size (ramp, BAR, text, n_lines, &width, &height);
    g_autofree char *short_title = fovea_text_shorten (title, text, TRUE, layout->measures.width);
    double bar = MAX (BAR - MAX (width - layout->measures.width, 0), SHORTEST_BAR);
    double left = MIN (layout->x0, MAX (layout->measures.width - MAX (width, words), 0));
    fovea_color_bar_add (layout->scene, ramp, left, *low + GAP, bar, text, short_title, detail);
    *low += GAP + height;
    return 0;
}

static void
add_box (FoveaMapLayout *layout, double x, double y, double w, double h, gboolean halo)
{
    if (halo)
        fovea_scene_add_rectangle (layout->scene, x, y, w, h, 0, layout->measures.inks->ground,
                                   2.6);
    fovea_scene_add_rectangle (layout->scene, x, y, w, h, 0, layout->measures.inks->ink, 1);
}

/* The box is never smaller than a letter, so that a cell of half a point can be found. */
static void
frame_chosen (FoveaMapLayout *layout)
{
    const FoveaMapRequest *r = &layout->request;
    double w = MAX (layout->cell_w, BOX), h = MAX (layout->cell_h, BOX);
    double x = layout->x0 + (layout->options->key - r->k0 + 0.5) * layout->cell_w;
    double y = layout->y0 + (layout->options->query - r->q0 + 0.5) * layout->cell_h;
    add_box (layout, x - w / 2, y - h / 2, w, h, TRUE);
}

/* "weight 0.0003 (−0.967)".   Owner: caller. */
static char *
describe_change (const FoveaMapLayout *layout, const char *weight)
{
    double change = layout->weight - layout->theirs;
    g_autofree char *amount = fovea_text_number (fabs (change), 2);
    return g_strdup_printf ("weight %s (%s%s)", weight,
                            change > 0   ? "+"
                            : change < 0 ? "\u2212"
                                         : "\u00b1",
                            amount);
}

/* What the chosen cell is, in the triangle under the key or below the map. */
static void
add_chosen (FoveaMapLayout *layout, double depth, double *low)
{
    double text = layout->measures.text, line = 1.286 * text, indent = BOX + 5;
    FoveaTextStyle bold = {text, TRUE, layout->measures.inks->ink, FOVEA_ANCHOR_START, FALSE};
    FoveaTextStyle plain = {text, FALSE, layout->measures.inks->ink, FOVEA_ANCHOR_START, FALSE};
    g_autofree char *query = fovea_cell_ticks_name (layout->info, layout->options->query, text);
    g_autofree char *key = fovea_cell_ticks_name (layout->info, layout->options->key, text);
    g_autofree char *weight = fovea_text_number (layout->weight, 2);
    g_autofree char *head = g_strdup_printf ("%s to %s", query, key);
    g_autofree char *middle = layout->less != NULL ? describe_change (layout, weight)
                                                   : g_strdup_printf ("weight %s", weight);
    g_autofree char *rank = fovea_text_count (layout->rank);
    g_autofree char *count = fovea_text_count (layout->n_allowed);
    g_autofree char *tail = g_strdup_printf ("rank %s of %s keys", rank, count);
    double width =
        indent + MAX (fovea_text_width (head, text, TRUE), fovea_text_width (tail, text, FALSE));
    width = MAX (width, indent + fovea_text_width (middle, text, TRUE));
    double y = (depth > 0 ? depth : layout->y0) + GAP,
           x = fovea_map_layout_get_right (layout) - width;
    if (!fits_in_future (layout, width, y + 3 * line)) {
        x = MIN (layout->x0, MAX (layout->measures.width - width, 0));
        y = *low + GAP;
        *low = y + 3 * line;
    }
    add_box (layout, x + 0.5, y - 0.2, BOX, BOX, FALSE);
    fovea_scene_add_text (layout->scene, x + indent, y + 0.86 * text, head, &bold);
    fovea_scene_add_text (layout->scene, x + indent, y + 0.86 * text + line, middle, &bold);
    fovea_scene_add_text (layout->scene, x + indent, y + 0.86 * text + 2 * line, tail, &plain);
}

static void
add_caption (FoveaMapLayout *layout, double low)
{
    double zero = layout->request.ramp.kind == FOVEA_RAMP_LOG ? layout->request.ramp.low : 0.005;
    gboolean causal = fovea_attention_get_rule (layout->attention)->causal;
    g_autofree char *number = fovea_text_number (zero, 2);
    g_autofree char *end = fovea_text_number (layout->request.ramp.high, 2);
    const char *theirs =
        layout->less != NULL ? fovea_trace_get_info (layout->options->less)->title : NULL;
    g_autofree char *rule =
        theirs != NULL
            ? g_strdup_printf ("Weights of “%s” less those of “%s”; beyond %s as the ends.",
                               layout->info->title, theirs, end)
        : layout->request.scores
            ? g_strdup_printf ("Scores before the softmax; beyond %s as the ends.", end)
            : g_strdup_printf (causal ? "%s: below %s, or a future key." : "%s: below %s.",
                               layout->measures.inks->ground_title, number);
    g_autofree char *words = fovea_figure_caption (layout->info, rule);
    fovea_figure_add_caption (layout->scene, &layout->measures,
                              low + GAP + 0.5 * layout->measures.text, words);
}

void
fovea_map_words_add (FoveaMapLayout *layout, double low)
{
    double depth = add_bar (layout, &low);
    if (layout->chosen) {
        frame_chosen (layout);
        add_chosen (layout, depth, &low);
    }
    if (layout->measures.caption)
        add_caption (layout, low);
}
