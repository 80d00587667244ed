/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One head's map. Room is measured from the outside in: labels of the query axis decide where the
 * map begins, the last key label where it ends, and cells are square unless that would leave less
 * than MIN_SIDE. */
#include "ui/figures/figure-map-private.h"

#include <math.h>

#include "ui/figures/axis.h"
#include "ui/figures/cell-ticks.h"
#include "ui/figures/color-map.h"

#define MIN_SIDE 30.0
#define FILLED   0.5 /* points of a page left that nobody misses */
/* After the growing passes a map only shrinks: words may go in and out of its triangle in turn. */
#define MAX_PASSES     8
#define GROWING_PASSES 4

static gboolean
check_part (const char *what, gint64 from, gint64 *to, gint64 n_tokens, GError **error)
{
    if (*to < 0)
        *to = n_tokens;
    if (from >= 0 && from < *to && *to <= n_tokens)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "map: %s %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT
                 " are not a part of 0:%" G_GINT64_FORMAT,
                 what, from, *to, n_tokens);
    return FALSE;
}

/* Of an encoder-decoder's layer, unless asked otherwise, the part that sees anything. */
static void
show_box (FoveaMapLayout *layout)
{
    const FoveaScoreRule *rule = fovea_attention_get_rule (layout->attention);
    FoveaMapRequest *r = &layout->request;
    if (r->q0 == 0 && r->q1 < 0) {
        r->q0 = rule->query_from;
        r->q1 = rule->query_to > 0 ? rule->query_to : -1;
    }
    if (r->k0 == 0 && r->k1 < 0) {
        r->k0 = rule->key_from;
        r->k1 = rule->key_to > 0 ? rule->key_to : -1;
    }
}

static gboolean
check_parts (FoveaMapLayout *layout, GError **error)
{
    FoveaMapRequest *r = &layout->request;
    gint64 n = layout->info->n_tokens;
    show_box (layout);
    return check_part ("queries", r->q0, &r->q1, n, error) &&
           check_part ("keys", r->k0, &r->k1, n, error);
}

static gboolean
set_request (FoveaMapLayout *layout, GError **error)
{
    const FoveaMapOptions *o = layout->options;
    gint64 n = layout->info->n_tokens, n_heads = layout->info->architecture->n_heads;
    layout->request = (FoveaMapRequest){.head = o->head,
                                        .n_tokens = n,
                                        .q0 = o->q0,
                                        .q1 = o->q1,
                                        .k0 = o->k0,
                                        .k1 = o->k1,
                                        .theme = layout->measures.inks->theme};
    if ((gint64) o->head >= n_heads) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "map: head %u, but layers have heads 0 to %" G_GINT64_FORMAT, o->head,
                     n_heads - 1);
        return FALSE;
    }
    if (o->floor != 0 && !(o->floor > 0 && o->floor < 1)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "map: floor of the log scale is %g, allowed above 0 and below 1", o->floor);
        return FALSE;
    }
    if (o->scale == FOVEA_COLOR_SCORE) {
        double limit;
        if (!fovea_score_limit_read (layout->attention, o->head, n, &limit, NULL, error))
            return FALSE;
        layout->request.scores = TRUE;
        layout->request.ramp = (FoveaRamp){FOVEA_RAMP_SIGNED, 0, limit};
        return check_parts (layout, error);
    }
    if (o->scale == FOVEA_COLOR_DIFFERENCE) {
        layout->request.less = layout->less;
        layout->request.ramp =
            (FoveaRamp){FOVEA_RAMP_SIGNED, 0, fovea_color_map_difference_limit (n)};
        return check_parts (layout, error);
    }
    layout->request.ramp =
        (FoveaRamp){.kind = o->scale == FOVEA_COLOR_LOG ? FOVEA_RAMP_LOG : FOVEA_RAMP_LINEAR,
                    .low = o->scale != FOVEA_COLOR_LOG ? 0
                           : o->floor != 0             ? o->floor
                                                       : fovea_color_map_floor (n),
                    .high = 1};
    return check_parts (layout, error);
}

/* The chosen cell's weight and its rank among the allowed keys of its row; ties go to the lower
 * key. */
static gboolean
read_chosen (FoveaMapLayout *layout, GError **error)
{
    const FoveaMapOptions *o = layout->options;
    const FoveaMapRequest *r = &layout->request;
    if (o->query < 0 || o->key < 0)
        return TRUE;
    if (o->query < r->q0 || o->query >= r->q1 || o->key < r->k0 || o->key >= r->k1) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "map: chosen cell %" G_GINT64_FORMAT ",%" G_GINT64_FORMAT
                     " lies outside queries %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT
                     " and keys %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT,
                     o->query, o->key, r->q0, r->q1, r->k0, r->k1);
        return FALSE;
    }
    gint64 n = layout->info->n_tokens;
    g_autofree float *row = g_new (float, n);
    if (!fovea_attention_read_pattern (layout->attention, o->head, o->query, o->query + 1, 0, n,
                                       row, error))
        return FALSE;
    layout->chosen = TRUE;
    layout->weight = layout->theirs = row[o->key];
    if (layout->less != NULL &&
        !fovea_attention_read_pattern (layout->less, o->head, o->query, o->query + 1, o->key,
                                       o->key + 1, &layout->theirs, error))
        return FALSE;
    layout->rank = 1;
    const FoveaScoreRule *rule = fovea_attention_get_rule (layout->attention);
    for (gint64 k = 0; k < n; k++) {
        if (!fovea_score_rule_allows (rule, o->query, k))
            continue;
        layout->n_allowed++;
        if (row[k] > layout->weight || (row[k] == layout->weight && k < o->key))
            layout->rank++;
    }
    return TRUE;
}

static GArray *
make_ticks (FoveaMapLayout *layout, gint64 from, gint64 to, gint64 chosen, gboolean tokens)
{
    return fovea_cell_ticks_new (layout->info, from, to, layout->chosen ? chosen : -1, tokens,
                                 layout->measures.text);
}

/* Sizes of cells and the map's corner. Positions first; token labels where a cell is as high as a
 * line of text. */
static void
measure_map (FoveaMapLayout *layout)
{
    const FoveaMapRequest *r = &layout->request;
    const FoveaMapOptions *o = layout->options;
    double text = layout->measures.text, n_q = r->q1 - r->q0, n_k = r->k1 - r->k0;
    gboolean wanted = o->token_axes && layout->info->token_texts != NULL;
    for (int pass = 0; pass < 2; pass++) {
        gboolean q_tokens =
            wanted && (pass == 0 || layout->cell_h >= FOVEA_CELL_TOKENS_FROM * text);
        gboolean k_tokens =
            wanted && (pass == 0 || layout->cell_w >= FOVEA_CELL_TOKENS_FROM * text);
        layout->q_tokens = q_tokens;
        layout->k_tokens = k_tokens;
        g_clear_pointer (&layout->q_ticks, g_array_unref);
        g_clear_pointer (&layout->k_ticks, g_array_unref);
        layout->q_ticks = make_ticks (layout, r->q0, r->q1, o->query, q_tokens);
        layout->k_ticks = make_ticks (layout, r->k0, r->k1, o->key, k_tokens);
        layout->x0 =
            fovea_figure_next_dot (1.5 * text + fovea_ticks_width (layout->q_ticks, text) + 4.5);
        double right =
            MAX (fovea_cell_ticks_get_overhang (layout->k_ticks, r->k1, layout->cell_w, text),
                 FOVEA_AXIS_WIDTH);
        layout->k_turned =
            k_tokens && pass == 1 && fovea_ticks_width (layout->k_ticks, text) > layout->cell_w - 3;
        if (layout->k_turned)
            right = FOVEA_AXIS_WIDTH;
        layout->cell_w = (layout->measures.width - layout->x0 - right) / n_k;
        double below = layout->k_turned ? fovea_ticks_width (layout->k_ticks, text) : text;
        double room = layout->measures.max_height - below - layout->foot;
        layout->cell_h = MIN (MAX (layout->cell_w, MIN_SIDE / n_q), room / n_q);
        layout->room = room;
        if (layout->cell_w > layout->cell_h && layout->cell_h * n_k >= MIN_SIDE)
            layout->cell_w = layout->cell_h;
        layout->cell_w = fovea_figure_whole_dots (layout->cell_w);
        layout->cell_h = fovea_figure_whole_dots (layout->cell_h);
        layout->y0 =
            fovea_figure_next_dot (MAX (0.4 * text - layout->cell_h / 2, FOVEA_AXIS_WIDTH));
    }
    layout->request.width = layout->cell_w * n_k;
    layout->request.height = layout->cell_h * n_q;
    fovea_cell_ticks_place (layout->q_ticks, layout->y0, r->q0, layout->cell_h);
    fovea_cell_ticks_place (layout->k_ticks, layout->x0, r->k0, layout->cell_w);
    fovea_ticks_thin (layout->q_ticks, text, TRUE);
    if (!layout->k_turned)
        fovea_ticks_thin (layout->k_ticks, text, FALSE);
}

double
fovea_map_layout_get_bottom (const FoveaMapLayout *layout)
{
    return layout->y0 + layout->request.height;
}

double
fovea_map_layout_get_right (const FoveaMapLayout *layout)
{
    return layout->x0 + layout->request.width;
}

/* The past of large cells: a staircase along their edges. */
static void
add_stairs (FoveaMapLayout *layout)
{
    const FoveaMapRequest *r = &layout->request;
    g_autoptr (GArray) points = fovea_figure_stairs_part (r->q0, r->q1, r->k0, r->k1);
    for (guint i = 0; i < points->len; i++) {
        double *at = (double *) (gpointer) points->data + 2 * (gsize) i;
        at[0] = layout->x0 + (at[0] - r->k0) * layout->cell_w;
        at[1] = layout->y0 + (at[1] - r->q0) * layout->cell_h;
    }
    if (points->len == 0)
        return;
    fovea_scene_add_path (layout->scene, (const double *) points->data, points->len, TRUE, 0,
                          layout->measures.inks->ink, FOVEA_AXIS_WIDTH);
}

/* The rectangle, cut along the diagonal of a causal map. */
static void
add_outline (FoveaMapLayout *layout)
{
    const FoveaMapRequest *r = &layout->request;
    gboolean causal = fovea_attention_get_rule (layout->attention)->causal;
    double points[16];
    guint n = fovea_figure_outline_part (r->q0, r->q1, r->k0, r->k1, causal, points);
    for (guint i = 0; i < n; i++) {
        points[2 * i] = layout->x0 + (points[2 * i] - r->k0) * layout->cell_w;
        points[2 * i + 1] = layout->y0 + (points[2 * i + 1] - r->q0) * layout->cell_h;
    }
    if (n > 2)
        fovea_scene_add_path (layout->scene, points, n, TRUE, 0, layout->measures.inks->ink,
                              FOVEA_AXIS_WIDTH);
}

/* Axes and their names; gives the lowest edge. */
static double
add_axes (FoveaMapLayout *layout)
{
    double text = layout->measures.text, bottom = fovea_map_layout_get_bottom (layout),
           right = fovea_map_layout_get_right (layout);
    FoveaScene *scene = layout->scene;
    FoveaTextStyle name = {text, FALSE, layout->measures.inks->ink, FOVEA_ANCHOR_MIDDLE, FALSE};
    fovea_scene_add_line (scene, layout->x0, layout->y0, layout->x0, bottom, FOVEA_AXIS_WIDTH,
                          layout->measures.inks->ink);
    fovea_scene_add_line (scene, layout->x0, bottom, right, bottom, FOVEA_AXIS_WIDTH,
                          layout->measures.inks->ink);
    fovea_axis_add_left (scene, layout->q_ticks, layout->x0, text);
    fovea_axis_add_bottom (scene, layout->k_ticks, bottom, text, layout->k_turned);
    double labels = layout->k_turned ? fovea_ticks_width (layout->k_ticks, text) : text;
    double y = bottom + 4.5 + labels + 1.2 * text;
    g_autofree char *keys =
        fovea_cell_ticks_name_axis (layout->info, "key", layout->k_tokens, layout->request.k0);
    fovea_scene_add_text (scene, (layout->x0 + right) / 2, y, keys, &name);
    name.turned = TRUE;
    g_autofree char *words =
        fovea_cell_ticks_name_axis (layout->info, "query", layout->q_tokens, layout->request.q0);
    /* A strip lower than its own name has it shifted rather than cut. */
    double middle = MAX ((layout->y0 + bottom) / 2, fovea_text_width (words, text, FALSE) / 2);
    fovea_scene_add_text (scene, 0.78 * text, middle, words, &name);
    return y + 0.22 * text;
}

/* Cells and their outline, @read or only their outline. */
static gboolean
add_map (FoveaMapLayout *layout, gboolean read, GError **error)
{
    FoveaIndexedImage *image =
        read ? fovea_map_image_new (layout->attention, &layout->request, &layout->block_q,
                                    &layout->block_k, NULL, error)
             : NULL;
    if (read && image == NULL)
        return FALSE;
    fovea_map_image_get_blocks (layout->attention, &layout->request, &layout->block_q,
                                &layout->block_k);
    /* All pixels are alike, so a last block that is cut by the rectangle's end reaches past it, by
     * less than one pixel of print. */
    if (read)
        fovea_scene_add_image (layout->scene, layout->x0, layout->y0,
                               image->width * layout->block_k * layout->cell_w,
                               image->height * layout->block_q * layout->cell_h, image);
    if (fovea_attention_get_rule (layout->attention)->causal &&
        MIN (layout->cell_w, layout->cell_h) >= FOVEA_FIGURE_STAIRS_FROM)
        add_stairs (layout);
    else
        add_outline (layout);
    return TRUE;
}

static void
clear_layout (FoveaMapLayout *layout)
{
    fovea_scene_free (layout->scene);
    fovea_attention_free (layout->attention);
    fovea_attention_free (layout->less);
    g_clear_pointer (&layout->q_ticks, g_array_unref);
    g_clear_pointer (&layout->k_ticks, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FoveaMapLayout, clear_layout)

/* Everything, of the map itself only the outline unless it is @read. */
static gboolean
draw (FoveaMapLayout *layout, gboolean read, GError **error)
{
    layout->cell_w = layout->cell_h = 0;
    fovea_scene_free (layout->scene);
    layout->scene = fovea_scene_new (layout->measures.width, layout->measures.inks);
    measure_map (layout);
    if (!fovea_figure_check_room ("map", layout->request.width, layout->request.height, error))
        return FALSE;
    fovea_figure_add_letter (layout->scene, &layout->measures, 0, "a");
    if (!add_map (layout, read, error))
        return FALSE;
    fovea_map_words_add (layout, add_axes (layout));
    return TRUE;
}

/* Tries how much the words below the map take, which depends on what finds room in the triangle of
 * the future, and so on the map's size: from a foot too low up until all is on the page, then down
 * by what is left, unless the width is the limit. */
static gboolean
fit (FoveaMapLayout *layout, GError **error)
{
    double dots = fovea_figure_next_dot (0.01) * (double) (layout->request.q1 - layout->request.q0);
    layout->foot = 5.5 * layout->measures.text;
    for (guint pass = 0; pass < MAX_PASSES; pass++) {
        if (!draw (layout, FALSE, error))
            return FALSE;
        double unused = layout->room - layout->request.height;
        double rest = layout->measures.max_height - fovea_scene_get_content (layout->scene).y1;
        if (rest >= 0 && (rest < FILLED || unused > dots || pass >= GROWING_PASSES))
            break;
        layout->foot -= rest < 0 ? rest - unused : rest;
    }
    return TRUE;
}

/* A difference is of texts of one length, in models of as many layers and heads. */
static gboolean
open_less (FoveaMapLayout *layout, GError **error)
{
    const FoveaMapOptions *o = layout->options;
    if (o->scale != FOVEA_COLOR_DIFFERENCE)
        return TRUE;
    const FoveaTraceInfo *mine = layout->info, *theirs = fovea_trace_get_info (o->less);
    const FoveaArchitecture *a = mine->architecture, *b = theirs->architecture;
    if (mine->n_tokens != theirs->n_tokens || a->n_layers != b->n_layers ||
        a->n_heads != b->n_heads) {
        g_autofree char *here = fovea_text_count (mine->n_tokens);
        g_autofree char *there = fovea_text_count (theirs->n_tokens);
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "map: a difference is of texts of one length, layers and heads; “%s” has %s "
                     "tokens, %d layers and %d heads, “%s” %s, %d and %d",
                     mine->title, here, (int) a->n_layers, (int) a->n_heads, theirs->title, there,
                     (int) b->n_layers, (int) b->n_heads);
        return FALSE;
    }
    layout->less = fovea_attention_open (o->less, o->layer, error);
    return layout->less != NULL;
}

FoveaFigure *
fovea_figure_map_new (FoveaTrace *trace,
                      const FoveaMapOptions *options,
                      const FoveaFigureStyle *style,
                      GError **error)
{
    g_auto (FoveaMapLayout) layout = {.options = options, .info = fovea_trace_get_info (trace)};
    if (!fovea_figure_measure (style, FOVEA_FIGURE_SINGLE_MM, &layout.measures, error))
        return NULL;
    layout.attention = fovea_attention_open (trace, options->layer, error);
    if (layout.attention == NULL || !open_less (&layout, error) || !set_request (&layout, error) ||
        !read_chosen (&layout, error))
        return NULL;
    if (!fit (&layout, error) || !draw (&layout, TRUE, error))
        return NULL;
    return fovea_figure_finish (g_steal_pointer (&layout.scene), &layout.measures, error,
                                layout.less != NULL ? "Difference of attention weights, head %u.%u"
                                : layout.request.scores ? "Attention score, head %u.%u"
                                                        : "Attention weight, head %u.%u",
                                options->layer, options->head);
}
