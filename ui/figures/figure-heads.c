/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* All heads at once: panel a, a grid of maps (or, without a trace, of coloured cells) with the
 * marks of roles; panel b, heads ranked by score, below it or, on a page that is wide for its set
 * height, beside it. Maps are read a layer at a time. Columns fill the width; cells shrink where the
 * page's height is the limit. */
#include "ui/figures/figure-heads-private.h"

#include <math.h>

#include "ui/figures/axis.h"
#include "ui/figures/color-map.h"
#include "ui/figures/map-image.h"
#include "ui/figures/marks.h"
#include "ui/figures/ranked.h"

#define OUTLINE_WIDTH 0.4
#define MARK_SHARE    0.09  /* radius, of a map's side */
#define MARK_INSET    0.167 /* from the corner, of a map's side */
#define SMALLEST_MAP  6.0   /* points */
#define PANEL_HEIGHT  62.0
#define BESIDE        0.3 /* of the width, for panels there */
#define MOST_BESIDE   0.5
#define LEAST_ROOM    9.0  /* letters along their axes */
#define GAIN          1.25 /* in size of cells, that panel b goes beside them for */
#define MARK_GAP      6.0
#define LARGEST_CELL  26.0 /* of scores, where the content sets the height */

static gboolean
fail (GError **error, FoveaError code, const char *message, const char *detail)
{
    g_set_error (error, FOVEA_ERROR, code, message, detail);
    return FALSE;
}

/* One more than the largest value of an integer column; 0 without rows, or if one is negative. */
static gint64
column_limit (FoveaTable *heads, const char *name)
{
    int column = fovea_table_find_kind (heads, name, FOVEA_COLUMN_INTEGER);
    gint64 most = -1;
    for (guint row = 0; column >= 0 && row < fovea_table_get_n_rows (heads); row++) {
        gint64 value = fovea_table_get_integer (heads, row, (guint) column);
        if (value < 0 || value > G_MAXINT32)
            return 0;
        most = MAX (most, value);
    }
    return most + 1;
}

/* The grid's size from the table, which must agree with the trace. */
static gboolean
set_grid (FoveaHeadsLayout *layout, GError **error)
{
    layout->n_layers = column_limit (layout->heads, "layer");
    layout->n_heads = column_limit (layout->heads, "head");
    if (layout->n_layers <= 0 || layout->n_heads <= 0)
        return fail (error, FOVEA_ERROR_SHAPE,
                     "heads figure: table \"%s\" has no rows with layer and head",
                     fovea_table_get_name (layout->heads));
    if (layout->score != NULL &&
        fovea_table_find_kind (layout->heads, layout->score, FOVEA_COLUMN_NUMBER) < 0)
        return fail (error, FOVEA_ERROR_NOT_FOUND, "heads figure: the table has no score \"%s\"",
                     layout->score);
    if (layout->score != NULL && !fovea_ranked_has_values (layout->heads, layout->score))
        return fail (error, FOVEA_ERROR_NOT_FOUND,
                     "heads figure: score \"%s\" has no values in this run", layout->score);
    if (layout->trace == NULL)
        return layout->score != NULL ||
               fail (error, FOVEA_ERROR_NOT_FOUND, "heads figure: neither a trace nor a %s",
                     "score to draw");
    const FoveaArchitecture *a = fovea_trace_get_info (layout->trace)->architecture;
    if (a->n_layers == layout->n_layers && a->n_heads == layout->n_heads)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                 "heads figure: table of %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT
                 " heads, trace of %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT,
                 layout->n_layers, layout->n_heads, a->n_layers, a->n_heads);
    return FALSE;
}

/* Room for the labels of layers and heads. */
static void
measure_labels (FoveaHeadsLayout *layout)
{
    double text = layout->measures.text;
    g_autofree char *last = g_strdup_printf ("L%" G_GINT64_FORMAT, layout->n_layers - 1);
    layout->left =
        MAX (fovea_text_width (last, text, FALSE), fovea_text_width ("head", text, FALSE)) + 6;
    layout->top = 1.286 * text + 4;
    if (layout->measures.letters)
        layout->top += 1.9 * text;
}

/* Equal cells between the labels, the right end and what stands below; 5 pt between maps of 36, in
 * proportion below. */
static void
measure_cells (FoveaHeadsLayout *layout)
{
    gboolean maps = layout->trace != NULL, set = layout->measures.height > 0;
    double pitch = (layout->right - layout->left) / layout->n_heads;
    double row = (layout->measures.max_height - layout->top - layout->below) / layout->n_layers;
    pitch = MIN (pitch, maps ? row * 41 / 42 : set ? row : MIN (row, LARGEST_CELL));
    layout->gap_x = maps ? pitch * 5 / 41 : 0;
    layout->gap_y = maps ? pitch * 6 / 41 : 0;
    /* The last column needs no gap after it. */
    if (maps && pitch < row * 41 / 42)
        pitch = (layout->right - layout->left + layout->gap_x) / layout->n_heads;
    layout->cell = pitch - layout->gap_x;
}

static gboolean
check_cells (FoveaHeadsLayout *layout, GError **error)
{
    if (layout->cell >= SMALLEST_MAP)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "heads figure: %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT
                 " heads leave %.1f pt a map at %.0f mm, at least %.0f pt are needed",
                 layout->n_layers, layout->n_heads, layout->cell,
                 layout->measures.width / FOVEA_POINTS_PER_MM, SMALLEST_MAP);
    return FALSE;
}

static double
cell_x (const FoveaHeadsLayout *layout, gint64 head)
{
    return layout->left + head * (layout->cell + layout->gap_x);
}

static double
cell_y (const FoveaHeadsLayout *layout, gint64 layer)
{
    return layout->top + layer * (layout->cell + layout->gap_y);
}

static double
grid_bottom (const FoveaHeadsLayout *layout)
{
    return cell_y (layout, layout->n_layers - 1) + layout->cell;
}

/* Every n-th label only, where they would touch. */
static gint64
label_step (double pitch, double room)
{
    return MAX (1, (gint64) ceil (room / pitch));
}

static void
add_grid_labels (FoveaHeadsLayout *layout)
{
    double text = layout->measures.text, y = layout->top - 4;
    FoveaTextStyle quiet = {text, FALSE, layout->measures.inks->quiet, FOVEA_ANCHOR_END, FALSE};
    FoveaTextStyle ink = {text, FALSE, layout->measures.inks->ink, FOVEA_ANCHOR_MIDDLE, FALSE};
    g_autofree char *widest = g_strdup_printf ("%" G_GINT64_FORMAT, layout->n_heads - 1);
    gint64 step =
        label_step (layout->cell + layout->gap_x, fovea_text_width (widest, text, FALSE) + 3);
    fovea_scene_add_text (layout->scene, layout->left - 6, y, "head", &quiet);
    for (gint64 h = 0; h < layout->n_heads; h += step) {
        g_autofree char *label = g_strdup_printf ("%" G_GINT64_FORMAT, h);
        fovea_scene_add_text (layout->scene, cell_x (layout, h) + layout->cell / 2, y, label, &ink);
    }
    ink.anchor = FOVEA_ANCHOR_END;
    step = label_step (layout->cell + layout->gap_y, 1.15 * text);
    for (gint64 l = 0; l < layout->n_layers; l += step) {
        g_autofree char *label = g_strdup_printf ("L%" G_GINT64_FORMAT, l);
        fovea_scene_add_text (layout->scene, layout->left - 6,
                              cell_y (layout, l) + layout->cell / 2 + 0.36 * text, label, &ink);
    }
}

static void
outline_map (FoveaHeadsLayout *layout, double x, double y, gboolean causal)
{
    double s = layout->cell, triangle[] = {x, y, x, y + s, x + s, y + s};
    if (causal)
        fovea_scene_add_path (layout->scene, triangle, 3, TRUE, 0, layout->measures.inks->outline,
                              OUTLINE_WIDTH);
    else
        fovea_scene_add_rectangle (layout->scene, x, y, s, s, 0, layout->measures.inks->outline,
                                   OUTLINE_WIDTH);
}

/* One layer at a time, so that no more than its queries and keys are held. The scene takes the
 * images. */
static gboolean
add_maps_of_layer (FoveaHeadsLayout *layout, gint64 layer, GError **error)
{
    gint64 n = fovea_trace_get_info (layout->trace)->n_tokens, block;
    g_autoptr (FoveaAttention) attention =
        fovea_attention_open (layout->trace, (guint) layer, error);
    if (attention == NULL)
        return FALSE;
    FoveaMapRequest request = {.q1 = n,
                               .k1 = n,
                               .n_tokens = n,
                               .width = layout->cell,
                               .height = layout->cell,
                               .ramp = layout->ramp,
                               .theme = layout->measures.inks->theme};
    g_autofree FoveaIndexedImage **images = g_new0 (FoveaIndexedImage *, layout->n_heads);
    if (!fovea_head_maps_read (attention, &request, (guint) layout->n_heads, images, &block,
                               layout->cancellable, error))
        return FALSE;
    layout->means |= block > 1;
    for (gint64 h = 0; h < layout->n_heads; h++) {
        double x = cell_x (layout, h), y = cell_y (layout, layer);
        fovea_scene_add_image (layout->scene, x, y, layout->cell, layout->cell, images[h]);
        outline_map (layout, x, y, fovea_attention_get_rule (attention)->causal);
    }
    return TRUE;
}

/* A layer whose attention was not kept has places without frames. */
static gboolean
add_maps (FoveaHeadsLayout *layout, GError **error)
{
    layout->means = FALSE;
    for (gint64 l = 0; l < layout->n_layers; l++)
        if ((!layout->gaps || fovea_attention_has_pattern (layout->trace, (guint) l)) &&
            !add_maps_of_layer (layout, l, error))
            return FALSE;
    return TRUE;
}

/* From zero to the next round number above the scores, or symmetric if some are negative. */
static void
set_score_ramp (FoveaHeadsLayout *layout)
{
    guint column = (guint) fovea_table_find_column (layout->heads, layout->score);
    double low = 0, high = 0;
    for (guint row = 0; row < fovea_table_get_n_rows (layout->heads); row++) {
        double value = fovea_table_get_number (layout->heads, row, column);
        low = isfinite (value) ? MIN (low, value) : low;
        high = isfinite (value) ? MAX (high, value) : high;
    }
    double limit = fovea_ticks_round_up (MAX (high, -low));
    layout->ramp = low < 0 ? (FoveaRamp){FOVEA_RAMP_SIGNED, 0, limit}
                           : (FoveaRamp){FOVEA_RAMP_LINEAR, 0, limit};
}

/* One pixel a head; a head without a value stays paper. */
static void
add_score_grid (FoveaHeadsLayout *layout)
{
    guint column = (guint) fovea_table_find_column (layout->heads, layout->score);
    guint layer = (guint) fovea_table_find_column (layout->heads, "layer");
    guint head = (guint) fovea_table_find_column (layout->heads, "head");
    FoveaIndexedImage *image =
        fovea_indexed_image_new ((guint) layout->n_heads, (guint) layout->n_layers);
    fovea_ramp_set_palette (&layout->ramp, layout->measures.inks->theme, image->palette);
    for (guint row = 0; row < fovea_table_get_n_rows (layout->heads); row++) {
        gint64 at = fovea_table_get_integer (layout->heads, row, layer) * layout->n_heads +
                    fovea_table_get_integer (layout->heads, row, head);
        image->pixels[at] = fovea_ramp_get_index (
            &layout->ramp, fovea_table_get_number (layout->heads, row, column));
    }
    double width = layout->cell * layout->n_heads, height = layout->cell * layout->n_layers;
    fovea_scene_add_image (layout->scene, layout->left, layout->top, width, height, image);
    fovea_scene_add_rectangle (layout->scene, layout->left, layout->top, width, height, 0,
                               layout->measures.inks->ink, 0.5);
}

/* By their marks, which no theme changes. */
static int
compare_roles (gconstpointer a, gconstpointer b)
{
    FoveaMark x, y;
    fovea_color_map_role (FOVEA_THEME_LIGHT, *(const char *const *) a, &x);
    fovea_color_map_role (FOVEA_THEME_LIGHT, *(const char *const *) b, &y);
    return (int) x - (int) y;
}

/* Marks of the main roles; gives which roles occur, in order of the classes. */
static GPtrArray *
add_roles (FoveaHeadsLayout *layout)
{
    g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
    GPtrArray *roles = g_ptr_array_new ();
    int role = fovea_table_find_kind (layout->heads, "role", FOVEA_COLUMN_TEXT);
    guint layer = (guint) fovea_table_find_column (layout->heads, "layer");
    guint head = (guint) fovea_table_find_column (layout->heads, "head");
    gboolean maps = layout->trace != NULL;
    double inset = maps ? MARK_INSET * layout->cell : layout->cell / 2;
    double radius = CLAMP ((maps ? MARK_SHARE : 0.17) * layout->cell, 1.2, 3.2);
    for (guint row = 0; role >= 0 && row < fovea_table_get_n_rows (layout->heads); row++) {
        const char *name = fovea_table_get_text (layout->heads, row, (guint) role);
        if (name == NULL || *name == '\0')
            continue;
        FoveaMark mark;
        guint32 color = fovea_color_map_role (layout->measures.inks->theme, name, &mark);
        double x = cell_x (layout, fovea_table_get_integer (layout->heads, row, head));
        double y = cell_y (layout, fovea_table_get_integer (layout->heads, row, layer));
        fovea_mark_add (layout->scene, mark, x + layout->cell - inset, y + inset, radius, color,
                        maps ? 0 : 0.8);
        if (g_hash_table_add (seen, (gpointer) name))
            g_ptr_array_add (roles, (gpointer) name);
    }
    g_ptr_array_sort (roles, compare_roles);
    return roles;
}

/* "Main role: (mark) induction ..." in as few lines as the page's width allows, the first at @y; @y
 * becomes the last. Gives the right end of that. */
static double
add_role_key (FoveaHeadsLayout *layout, GPtrArray *roles, double *y)
{
    double text = layout->measures.text, x = layout->left;
    FoveaTextStyle style = {text, FALSE, layout->measures.inks->quiet, FOVEA_ANCHOR_START, FALSE};
    if (roles->len == 0)
        return 0;
    fovea_scene_add_text (layout->scene, x, *y, "Main role:", &style);
    x += fovea_text_width ("Main role:", text, FALSE) + MARK_GAP;
    for (guint i = 0; i < roles->len; i++) {
        const char *role = roles->pdata[i];
        FoveaMark mark;
        style.color = fovea_color_map_role (layout->measures.inks->theme, role, &mark);
        double width = 9.5 + fovea_text_width (role, text, FALSE);
        if (x + width > layout->right) {
            x = layout->left;
            *y += 1.7 * text;
        }
        fovea_mark_add (layout->scene, mark, x + 3.5, *y - 0.37 * text, 3.2, style.color, 0);
        fovea_scene_add_text (layout->scene, x + 9.5, *y, role, &style);
        x += width + 1.3 * MARK_GAP;
    }
    return x;
}

/* Keys of marks and colours under the grid, the last of the marks' lines and the colours on one line if
 * they fit. Gives the last baseline. */
static double
add_keys (FoveaHeadsLayout *layout, GPtrArray *roles)
{
    double text = layout->measures.text, y = grid_bottom (layout) + 2.1 * text;
    double end = add_role_key (layout, roles, &y);
    g_autofree char *words = layout->trace == NULL ? fovea_heads_score_words (layout->score) : NULL;
    g_autofree char *title = layout->trace == NULL ? g_strconcat (words, ":", NULL)
                             : layout->means       ? g_strdup ("Mean weight, log:")
                                                   : g_strdup ("Weight, log:");
    /* Measured on a scene that is thrown away: the key's width follows from its words. */
    g_autoptr (FoveaScene) trial = fovea_scene_new (layout->measures.width, layout->measures.inks);
    double right = layout->right;
    double begin =
        fovea_color_bar_add_inline (trial, &layout->ramp, -INFINITY, right, &y, text, title);
    gboolean alone = roles->len == 0 || begin < end + 2 * MARK_GAP;
    if (alone && roles->len > 0)
        y += 1.7 * text;
    if (alone)
        right -= MAX (begin - layout->left, 0);
    fovea_color_bar_add_inline (layout->scene, &layout->ramp, layout->left, right, &y, text, title);
    return y;
}

static void
add_caption (FoveaHeadsLayout *layout, double low)
{
    if (layout->trace == NULL && layout->caption == NULL)
        return;
    g_autofree char *number = fovea_text_number (layout->ramp.low, 2);
    g_autofree char *rule =
        g_strdup_printf ("Queries downwards, keys to the right; %s inside a map: below %s.%s",
                         layout->measures.inks->ground_name, number,
                         layout->gaps ? " Of heads without a map attention was not kept." : "");
    g_autofree char *words = layout->trace != NULL
                                 ? fovea_figure_caption (fovea_trace_get_info (layout->trace), rule)
                                 : g_strdup (layout->caption);
    fovea_figure_add_caption (layout->scene, &layout->measures, low + 1.8 * layout->measures.text,
                              words);
}

static void
clear_layout (FoveaHeadsLayout *layout)
{
    fovea_scene_free (layout->scene);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FoveaHeadsLayout, clear_layout)

/* Whether attention of a layer was not kept, but of another. */
static gboolean
has_gaps (FoveaTrace *trace, gint64 n_layers)
{
    gint64 n = 0;
    for (gint64 l = 0; trace != NULL && l < n_layers; l++)
        n += fovea_attention_has_pattern (trace, (guint) l);
    return n > 0 && n < n_layers;
}

/* Longer words where maps are not yet read: they may turn out to be of means. */
static void
set_ramp (FoveaHeadsLayout *layout)
{
    layout->means = TRUE;
    layout->gaps = has_gaps (layout->trace, layout->n_layers);
    if (layout->trace == NULL)
        set_score_ramp (layout);
    else
        layout->ramp =
            (FoveaRamp){FOVEA_RAMP_LOG,
                        fovea_color_map_floor (fovea_trace_get_info (layout->trace)->n_tokens), 1};
}

/* All but the grid itself. */
static void
add_words (FoveaHeadsLayout *layout)
{
    fovea_figure_add_letter (layout->scene, &layout->measures, 0, "a");
    add_grid_labels (layout);
    g_autoptr (GPtrArray) roles = add_roles (layout);
    add_caption (layout, fovea_heads_ranks_add (layout, add_keys (layout, roles)));
}

/* What stands below the grid, on a scene that is not kept. */
static void
try_words (FoveaHeadsLayout *layout)
{
    layout->scene = fovea_scene_new (layout->measures.width, layout->measures.inks);
    add_words (layout);
    layout->below = fovea_scene_get_content (layout->scene).y1 - grid_bottom (layout);
    g_clear_pointer (&layout->scene, fovea_scene_free);
}

/* Cells for a grid that ends at @right, and what panel b gets of the rest. What stands below the grid
 * is as high wherever that ends, hence tried below one of the smallest cells. */
static void
place (FoveaHeadsLayout *layout, gboolean beside, double right)
{
    double text = layout->measures.text;
    double numbers = FOVEA_HEADS_BESIDE_GAP * text + 5.5 + fovea_text_width ("0.00", text, FALSE);
    layout->beside = beside;
    layout->right = right;
    layout->panel = PANEL_HEIGHT;
    layout->panel_x = beside ? right + numbers : layout->left;
    layout->cell = SMALLEST_MAP;
    layout->gap_x = layout->gap_y = 0;
    try_words (layout);
    measure_cells (layout);
}

/* Whether panel b has room beside a grid that leaves it this share of the width, and more than none
 * would be left for the grid. */
static gboolean
place_beside (FoveaHeadsLayout *layout, double share)
{
    place (layout, TRUE, (1 - share) * layout->measures.width);
    /* Where the height is the limit, what the grid does not take is panel b's, too. */
    double end = cell_x (layout, layout->n_heads) - layout->gap_x;
    if (layout->cell >= SMALLEST_MAP && end < layout->right)
        place (layout, TRUE, end);
    double cell = layout->cell;
    try_words (layout);
    return cell >= SMALLEST_MAP && layout->panel >= FOVEA_HEADS_LEAST_PANEL &&
           fovea_heads_ranks_get_room (layout) >= LEAST_ROOM * layout->measures.text;
}

/* The place with clearly larger cells; a page of a set height is filled. */
static void
choose_place (FoveaHeadsLayout *layout)
{
    double width = layout->measures.width;
    place (layout, FALSE, width);
    if (layout->measures.height <= 0)
        return;
    double under = layout->cell, end = cell_x (layout, layout->n_heads) - layout->gap_x;
    gboolean high = end > width - 1; /* the height is no limit */
    for (double share = BESIDE; !high && share <= MOST_BESIDE; share += 0.1)
        if (place_beside (layout, share) && layout->cell > GAIN * under)
            return;
    if (layout->beside)
        place (layout, FALSE, width);
    layout->panel += MAX (layout->measures.height - grid_bottom (layout) - layout->below, 0);
}

FoveaFigure *
fovea_figure_heads_new (FoveaTrace *trace,
                        FoveaTable *heads,
                        const FoveaHeadsOptions *options,
                        const FoveaFigureStyle *style,
                        GCancellable *cancellable,
                        GError **error)
{
    g_auto (FoveaHeadsLayout) layout = {.trace = trace,
                                        .heads = heads,
                                        .score = options != NULL ? options->score : NULL,
                                        .caption = options != NULL ? options->caption : NULL,
                                        .cancellable = cancellable};
    double width = trace != NULL ? FOVEA_FIGURE_DOUBLE_MM : FOVEA_FIGURE_SINGLE_MM;
    if (!fovea_figure_measure (style, width, &layout.measures, error) || !set_grid (&layout, error))
        return NULL;
    measure_labels (&layout);
    set_ramp (&layout);
    choose_place (&layout);
    if (!check_cells (&layout, error))
        return NULL;
    layout.scene = fovea_scene_new (layout.measures.width, layout.measures.inks);
    if (trace == NULL)
        add_score_grid (&layout);
    else if (!add_maps (&layout, error))
        return NULL;
    add_words (&layout);
    return fovea_figure_finish (g_steal_pointer (&layout.scene), &layout.measures, error,
                                trace != NULL ? "Attention maps of %d heads" : "Scores of %d heads",
                                (int) (layout.n_layers * layout.n_heads));
}
