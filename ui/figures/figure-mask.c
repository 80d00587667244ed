/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Side by side, each method's mask over one head's map: kept, missed and wasted pairs in three
 * colours, a bar of mass and a bar of work below. Longer sequences than print can show are joined
 * block by block to dots of mixed colour, which the caption says. A part of the map has its longer side
 * as wide as a map, its own numbers, and axes; panels share that of the queries. */
#include "ui/figures/figure-sparse.h"

#include <math.h>
#include <string.h>

#include "analysis/mask-rows.h"
#include "analysis/mask-verdict.h"
#include "analysis/sparse-fit.h"
#include "ui/figures/cell-ticks.h"
#include "ui/figures/color-map.h"
#include "ui/figures/figure-private.h"
#include "ui/figures/mask-bars.h"
#include "ui/figures/mask-dots.h"

enum {
    MAX_PANELS = FOVEA_MASK_BARS_MOST,
    N_KEYS = 3,
};

#define DEFAULT_DENSITY 0.3
#define DEFAULT_SHARE   0.95
#define DEFAULT_METHODS "streaming,vertical-slash,oracle-block"
#define PRINT_DPI       600
#define TYPICAL_KNOB    128
#define TYPICAL_DENSITY 0.28
#define FOOT            2.35 /* and between all and the caption's first line */
#define WIDE            1.3  /* pages, of their height */
#define MIN_SIDE        30.0 /* of a part of few queries or keys */
/* In sizes of a letter: */
#define KEY_LEAST  11.5 /* side of a map in whose empty triangle the key has room */
#define KEY_ROW    1.9  /* that it takes where it has none */
#define KEY_LINE   1.5  /* and if it needs another line */
#define BARS_ABOVE 2.3  /* from a map to the first line of bars */

typedef struct {
    const FoveaSparseMethod *method;
    char **settings; /* KNOB=VALUE; none = fitted to the density */
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
    FoveaSparseSelection selection;
    FoveaVerdictSummary summary;
} Panel;

typedef struct {
    const FoveaTraceInfo *info;
    FoveaAttention *attention;
    FoveaSparseHead *head;
    Panel panels[MAX_PANELS];
    guint n;
    double share, density;
    FoveaVerdictPart part;
    gboolean whole; /* the part is the whole text */
    gint64 block, lines, columns;
    guint8 *cells;     /* (n, lines, columns) */
    double width, gap; /* of a panel */
    double longer;     /* side of a map: the panel's width, of a part what the height leaves */
    double map_width, map_height;
    double key_row;            /* between maps and bars, of a part */
    gboolean has_axes, tokens; /* tokens are asked for and there */
    FoveaCellAxes axes;        /* none: takes nothing */
    double bar_x, bar_y;       /* bars of a panel: from its left, below its maps */
    FoveaMaskBars bars;
    FoveaFigureMeasures measures;
    FoveaScene *scene;
} MaskLayout;

static void
clear_layout (MaskLayout *layout)
{
    for (guint i = 0; i < MAX_PANELS; i++) {
        fovea_sparse_selection_clear (&layout->panels[i].selection);
        g_strfreev (layout->panels[i].settings);
    }
    fovea_cell_axes_clear (&layout->axes);
    fovea_sparse_head_free (layout->head);
    fovea_attention_free (layout->attention);
    fovea_scene_free (layout->scene);
    g_free (layout->cells);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MaskLayout, clear_layout)

static gboolean
choose_methods (MaskLayout *layout, const char *list, GError **error)
{
    g_auto (GStrv) named = g_strsplit (list != NULL ? list : DEFAULT_METHODS, ",", -1);
    if (g_strv_length (named) > MAX_PANELS || named[0] == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "mask figure: %u methods, allowed are 1 to %d", g_strv_length (named),
                     MAX_PANELS);
        return FALSE;
    }
    for (guint i = 0; named[i] != NULL; i++, layout->n++) {
        g_auto (GStrv) words = g_strsplit (named[i], ":", -1);
        layout->panels[i].method =
            fovea_sparse_method_find (words[0] != NULL ? words[0] : "", error);
        if (layout->panels[i].method == NULL)
            return FALSE;
        layout->panels[i].settings = g_strdupv (words + 1);
    }
    return TRUE;
}

static gboolean
open_head (MaskLayout *layout,
           FoveaTrace *trace,
           const FoveaSparseOptions *options,
           GCancellable *cancellable,
           GError **error)
{
    guint layer = (guint) MAX (options->layer, 0), head = (guint) MAX (options->head, 0);
    layout->info = fovea_trace_get_info (trace);
    layout->attention = fovea_attention_open (trace, layer, error);
    if (layout->attention == NULL)
        return FALSE;
    layout->head = fovea_sparse_head_new (layout->attention, layer, head, cancellable, error);
    if (layout->head == NULL)
        return FALSE;
    gint64 T = layout->head->n_tokens;
    layout->part = (FoveaVerdictPart){options->q0, options->q1 > 0 ? options->q1 : T, options->k0,
                                      options->k1 > 0 ? options->k1 : T};
    layout->whole = layout->part.q0 == 0 && layout->part.q1 == T && layout->part.k0 == 0 &&
                    layout->part.k1 == T;
    return fovea_verdict_part_check (&layout->part, layout->head, error);
}

/* "KNOB=VALUE" into the knobs; ranges are the method's to check. */
static gboolean
apply_setting (Panel *panel, const char *setting, GError **error)
{
    const char *equals = strchr (setting, '=');
    g_autofree char *name = g_strndup (setting, equals != NULL ? (gsize) (equals - setting) : 0);
    int knob = fovea_sparse_method_find_knob (panel->method, name);
    char *end = NULL;
    double value = equals != NULL ? g_ascii_strtod (equals + 1, &end) : NAN;
    if (knob >= 0 && end != equals + 1 && *end == '\0' && isfinite (value)) {
        panel->knobs[knob] = value;
        return TRUE;
    }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "mask figure: %s:%s, expected KNOB=VALUE of a knob that %s has", panel->method->id,
                 setting, panel->method->id);
    return FALSE;
}

/* At the knobs that are set, or as dense as the other panels. */
static gboolean
select_panel (MaskLayout *layout, Panel *panel, GError **error)
{
    fovea_sparse_method_get_defaults (panel->method, layout->head->n_tokens, panel->knobs);
    if (panel->settings[0] == NULL)
        return fovea_sparse_fit (panel->method, layout->head, layout->density, panel->knobs,
                                 &panel->selection, error);
    for (char **setting = panel->settings; *setting != NULL; setting++)
        if (!apply_setting (panel, *setting, error))
            return FALSE;
    return fovea_sparse_method_select (panel->method, layout->head, panel->knobs, &panel->selection,
                                       error);
}

/* Tokens of the part's longer side. */
static gint64
get_longer (const MaskLayout *layout)
{
    return MAX (layout->part.q1 - layout->part.q0, layout->part.k1 - layout->part.k0);
}

/* As many pairs to a dot as print cannot tell apart. */
static void
set_block (MaskLayout *layout)
{
    double pixels = MAX (layout->longer, 1) / 72 * PRINT_DPI;
    layout->block = MAX (1, (gint64) ceil ((double) get_longer (layout) / pixels));
}

/* Masks of like density or as set, and their verdicts at a resolution that print can show. */
static gboolean
read_panels (MaskLayout *layout, GError **error)
{
    FoveaMask *masks[MAX_PANELS];
    FoveaVerdictSummary summaries[MAX_PANELS];
    for (guint i = 0; i < layout->n; i++) {
        Panel *panel = &layout->panels[i];
        if (!select_panel (layout, panel, error))
            return FALSE;
        masks[i] = panel->selection.executed;
    }
    set_block (layout);
    layout->lines = (layout->part.q1 - layout->part.q0 + layout->block - 1) / layout->block;
    layout->columns = (layout->part.k1 - layout->part.k0 + layout->block - 1) / layout->block;
    layout->cells = g_malloc_n (layout->n, (gsize) (layout->lines * layout->columns));
    if (!fovea_mask_verdict_read (layout->head, masks, layout->n, &layout->part, layout->share,
                                  layout->block, layout->cells, summaries, error))
        return FALSE;
    for (guint i = 0; i < layout->n; i++) {
        layout->panels[i].summary = summaries[i];
        layout->bars.kept[i][0] = summaries[i].kept_mass;
        layout->bars.kept[i][1] = 1 - summaries[i].wasted;
    }
    return TRUE;
}

static double
panel_x (const MaskLayout *layout, guint i)
{
    return layout->axes.left + i * (layout->width + layout->gap);
}

/* What a query may see, from the map's corner; step by step around large cells of a part. */
static void
add_outline (MaskLayout *layout, double x, double y)
{
    const FoveaVerdictPart *part = &layout->part;
    double across = layout->map_width / (double) (part->k1 - part->k0);
    double down = layout->map_height / (double) (part->q1 - part->q0);
    gboolean causal = layout->head->rule->causal;
    gboolean stairs = causal && !layout->whole && MIN (across, down) >= FOVEA_FIGURE_STAIRS_FROM;
    double corners[16], *points = corners;
    g_autoptr (GArray) steps =
        stairs ? fovea_figure_stairs_part (part->q0, part->q1, part->k0, part->k1) : NULL;
    guint n = stairs ? steps->len
                     : fovea_figure_outline_part (part->q0, part->q1, part->k0, part->k1, causal,
                                                  corners);
    if (stairs)
        points = (double *) (gpointer) steps->data;
    for (guint i = 0; i < n; i++) {
        points[2 * i] = x + (points[2 * i] - (double) part->k0) * across;
        points[2 * i + 1] = y + (points[2 * i + 1] - (double) part->q0) * down;
    }
    fovea_scene_add_path (layout->scene, points, n, TRUE, 0, layout->measures.inks->ink, 0.5);
}

static void
add_map (MaskLayout *layout, guint i, double y)
{
    const FoveaInks *inks = layout->measures.inks;
    const guint32 colors[FOVEA_N_VERDICTS] = {fovea_color_map_zero (inks->theme), FOVEA_MASK_KEPT,
                                              FOVEA_MASK_MISSED, FOVEA_MASK_WASTED, 0};
    gsize size = (gsize) (layout->lines * layout->columns);
    double x = panel_x (layout, i), w = layout->map_width, h = layout->map_height;
    FoveaIndexedImage *image =
        fovea_indexed_image_new ((guint) layout->columns, (guint) layout->lines);
    memcpy (image->pixels, layout->cells + (gsize) i * size, size);
    fovea_mask_dots_set_palette (colors, image->palette);
    fovea_scene_add_image (layout->scene, x, y, w, h, image);
    add_outline (layout, x, y);
}

/* Lines of a heading; a word that is wider than @room is shortened. Gives the last baseline. */
static double
add_lines (FoveaScene *scene,
           double x,
           double y,
           double room,
           const char *text,
           const FoveaTextStyle *style)
{
    g_auto (GStrv) words = g_strsplit (text, " ", -1);
    for (guint i = 0; words[i] != NULL; i++) {
        char *word = fovea_text_shorten (words[i], style->size, style->bold, room);
        g_free (words[i]);
        words[i] = word;
    }
    g_autofree char *joined = g_strjoinv (" ", words);
    return fovea_scene_add_paragraph (scene, x, y, room, joined, style);
}

/* "MInference Vertical-Slash, budget 24", and what it keeps, in as many lines as they take; gives the
 * last baseline. */
static double
add_heading (MaskLayout *layout, FoveaScene *scene, guint i)
{
    static const char *const letters[] = {"a", "b", "c"};
    const Panel *panel = &layout->panels[i];
    double text = layout->measures.text, x = panel_x (layout, i), size = text * 8 / 7;
    double indent = layout->measures.letters ? 1.8 * text : 0;
    FoveaTextStyle letter = {size, TRUE, layout->measures.inks->ink, FOVEA_ANCHOR_START, FALSE};
    FoveaTextStyle bold = {text, TRUE, layout->measures.inks->ink, FOVEA_ANCHOR_START, FALSE};
    FoveaTextStyle quiet = {text, FALSE, layout->measures.inks->quiet, FOVEA_ANCHOR_START, FALSE};
    g_autofree char *value =
        fovea_sparse_knob_write (&panel->method->knobs[0], panel->knobs[0], " (mean)");
    g_autofree char *name = g_strdup_printf ("%s, %s\u00a0%s", panel->method->name,
                                             panel->method->knobs[0].name, value);
    double room = MIN (layout->width + layout->gap - text, layout->measures.width - x) - indent;
    g_autofree char *percent = fovea_text_number (100 * panel->summary.density, 2);
    g_autofree char *keeps = g_strdup_printf ("keeps %s %% of %s pairs", percent,
                                              layout->head->rule->causal ? "causal" : "all");
    if (layout->measures.letters)
        fovea_scene_add_text (scene, x, 0.78 * size, letters[i], &letter);
    double y = add_lines (scene, x + indent, 0.78 * size, room, name, &bold);
    return add_lines (scene, x + indent, y + 1.286 * text, room, keeps, &quiet);
}

/* Where maps begin, below the longest heading. Before masks are chosen their numbers are not known, but
 * about as long. */
static double
measure_top (MaskLayout *layout)
{
    double low = 0;
    g_autoptr (FoveaScene) trial = fovea_scene_new (layout->measures.width, layout->measures.inks);
    for (guint i = 0; i < layout->n; i++) {
        double last = add_heading (layout, trial, i);
        low = MAX (low, last);
    }
    return fovea_figure_next_dot (low + 1.5 * layout->measures.text);
}

/* Keys under every map, queries at the left of the first. */
static void
add_axes (MaskLayout *layout, guint i, double y)
{
    double x = panel_x (layout, i), text = layout->measures.text;
    if (!layout->has_axes)
        return;
    fovea_cell_axes_add_keys (&layout->axes, layout->scene, x, y + layout->map_height,
                              layout->map_width, text);
    if (i == 0)
        fovea_cell_axes_add_queries (&layout->axes, layout->scene, x, y, layout->map_height, text);
}

typedef struct {
    const char *word;
    guint32 fill, ink;
} Key;

static void
get_keys (const FoveaInks *inks, Key keys[N_KEYS])
{
    keys[0] = (Key){"missed", FOVEA_MASK_MISSED, inks->missed_word};
    keys[1] = (Key){"kept", FOVEA_MASK_KEPT, inks->kept_word};
    keys[2] = (Key){"wasted", FOVEA_MASK_WASTED, inks->wasted_word};
}

/* In a row below the maps, which goes on in the next line where the page ends: what stands left of @at, and in
 * which line that is. */
static double
find_key (const MaskLayout *layout, guint at, guint *line)
{
    Key keys[N_KEYS];
    double text = layout->measures.text, left = layout->axes.left, x = left;
    get_keys (layout->measures.inks, keys);
    *line = 0;
    for (guint k = 0; k <= at; k++) {
        double own = 1.5 * text + fovea_text_width (keys[k].word, text, TRUE);
        if (x > left && x + own > layout->measures.width) {
            x = left;
            ++*line;
        }
        if (k < at)
            x += own + 1.2 * text;
    }
    return x;
}

/* Of the row. */
static double
get_key_height (const MaskLayout *layout)
{
    guint last;
    find_key (layout, N_KEYS - 1, &last);
    return (KEY_ROW + last * KEY_LINE) * layout->measures.text;
}

/* The three words in the first empty triangle, or below where there is none: both ways, or of a part, or none
 * that is large enough. */
static void
add_key (MaskLayout *layout, double y)
{
    Key keys[N_KEYS];
    double text = layout->measures.text, side = 0.95 * text;
    get_keys (layout->measures.inks, keys);
    for (guint k = 0; k < N_KEYS; k++) {
        guint row;
        double x = find_key (layout, k, &row), line = y + layout->map_height + layout->axes.below;
        line += (1.7 + row * KEY_LINE) * text;
        if (layout->key_row == 0) {
            x = layout->axes.left + layout->map_width - 5.6 * text;
            line = y + (1.2 + 1.9 * k) * text;
        }
        FoveaTextStyle style = {text, TRUE, keys[k].ink, FOVEA_ANCHOR_START, FALSE};
        fovea_scene_add_rectangle (layout->scene, x, line - 0.83 * text, side, side, keys[k].fill,
                                   0, 0);
        fovea_scene_add_text (layout->scene, x + 1.5 * text, line, keys[k].word, &style);
    }
}

/* Which way the axes run; of a part also what it is of, and of what the numbers are. */
static char *
tell_axes (const MaskLayout *layout)
{
    const FoveaVerdictPart *part = &layout->part;
    if (layout->whole)
        return g_strdup ("Queries run down, keys right.");
    g_autofree char *q0 = fovea_text_count (part->q0), *q1 = fovea_text_count (part->q1 - 1);
    g_autofree char *k0 = fovea_text_count (part->k0), *k1 = fovea_text_count (part->k1 - 1);
    g_autofree char *n = fovea_text_count (layout->head->n_tokens);
    return g_strdup_printf ("Queries %s to %s run down, keys %s to %s right; shares are of this "
                            "part, masks of all %s tokens.",
                            q0, q1, k0, k1, n);
}

static void
add_caption (MaskLayout *layout, double y)
{
    g_autofree char *axes = tell_axes (layout);
    g_autofree char *percent = fovea_text_number (100 * layout->share, 4);
    g_autofree char *joined =
        layout->block > 1 ? g_strdup_printf (" A dot of %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT
                                             " pairs is the stronger the more of them "
                                             "matter.",
                                             layout->block, layout->block)
                          : g_strdup ("");
    g_autofree char *rest = g_strdup_printf (
        "Head %u.%u. Coloured: kept pairs, and the fewest that hold %s %% of their query’s mass. "
        "%s: neither. %s%s",
        layout->head->layer, layout->head->head, percent, layout->measures.inks->ground_title, axes,
        joined);
    g_autofree char *words = fovea_figure_caption (layout->info, rest);
    fovea_figure_add_caption (layout->scene, &layout->measures, y, words);
}

static void
lay_out (MaskLayout *layout)
{
    double text = layout->measures.text, top = measure_top (layout);
    /* Bars beside a low part go down as far as they need. */
    double beside = MIN (layout->longer, -layout->bar_y);
    double low = top + MAX (layout->map_height, beside) + layout->axes.below + layout->key_row;
    for (guint i = 0; i < layout->n; i++) {
        add_heading (layout, layout->scene, i);
        add_map (layout, i, top);
        add_axes (layout, i, top);
        fovea_mask_bars_add (&layout->bars, layout->scene, i, panel_x (layout, i) + layout->bar_x,
                             low + layout->bar_y);
    }
    add_key (layout, top);
    add_caption (layout,
                 MAX (low, low + layout->bar_y + fovea_mask_bars_get_height (&layout->bars)) +
                     FOOT * text);
}

/* What the caption takes below all else, with the gap above it. */
static double
get_foot (MaskLayout *layout)
{
    set_block (layout);
    layout->scene = fovea_scene_new (layout->measures.width, layout->measures.inks);
    add_caption (layout, FOOT * layout->measures.text);
    double foot = fovea_scene_get_content (layout->scene).y1;
    g_clear_pointer (&layout->scene, fovea_scene_free);
    return foot;
}

/* Cells are square, unless a side would be too short to see. */
static void
set_sides (MaskLayout *layout)
{
    const FoveaVerdictPart *part = &layout->part;
    double cell = layout->longer / (double) get_longer (layout);
    double least = MIN (MIN_SIDE, layout->longer);
    layout->map_width = layout->map_height = layout->longer;
    if (part->k1 - part->k0 < part->q1 - part->q0)
        layout->map_width = MAX (least, cell * (double) (part->k1 - part->k0));
    else if (part->q1 - part->q0 < part->k1 - part->k0)
        layout->map_height = MAX (least, cell * (double) (part->q1 - part->q0));
}

/* Axes of the pass before's maps; between maps both ends of labels have their room. */
static void
measure_axes (MaskLayout *layout, guint pass)
{
    const FoveaVerdictPart *part = &layout->part;
    FoveaCellAxes *axes = &layout->axes;
    double cell = layout->map_width / (double) (part->k1 - part->k0);
    double line = layout->map_height / (double) (part->q1 - part->q0);
    axes->q_tokens = layout->tokens && (pass == 0 || axes->q_tokens);
    axes->k_tokens = layout->tokens && (pass == 0 || axes->k_tokens);
    fovea_cell_axes_measure (axes, layout->info, pass == 0 ? HUGE_VAL : cell,
                             pass == 0 ? HUGE_VAL : line, layout->measures.text);
    if (layout->n > 1)
        layout->gap = MAX (layout->gap, 2 * axes->right + layout->measures.text);
}

/* Panels as wide as the page and its height allow. @beside: bars stand there, not below; @narrow: a panel is as
 * wide as its map. */
static void
fit_panels (MaskLayout *layout, guint pass, gboolean beside, gboolean narrow)
{
    double text = layout->measures.text;
    if (layout->has_axes)
        measure_axes (layout, pass);
    double room = layout->measures.width - layout->axes.left - layout->axes.right;
    double across = (room - (layout->n - 1) * layout->gap) / layout->n;
    /* Words of a part keep their room where the height leaves little for the map. */
    double widest = MAX (narrow ? across : across - fovea_figure_next_dot (0.01), 1);
    double bars = beside ? 0 : BARS_ABOVE * text + fovea_mask_bars_get_height (&layout->bars);
    if (pass == 0)
        layout->longer = widest;
    if (pass == 0 || !narrow)
        layout->width = widest;
    double words =
        measure_top (layout) + layout->axes.below + layout->key_row + bars + get_foot (layout);
    layout->longer = MIN (widest, layout->measures.max_height - words);
    if (narrow)
        layout->width = layout->longer;
    set_sides (layout);
}

/* One map leaves a wide page of a set height half empty, so its bars stand beside it there and it takes
 * their height. */
static void
place_bars (MaskLayout *layout, gboolean beside)
{
    layout->bar_x = beside ? layout->width + layout->gap : 0;
    layout->bars.width =
        beside ? layout->measures.width - layout->axes.left - layout->bar_x : layout->width;
    layout->bar_y =
        beside ? -fovea_mask_bars_get_height (&layout->bars) : BARS_ABOVE * layout->measures.text;
}

/* What a first fit leaves too little room for, words of bars or the key in the empty triangle, takes some of the
 * height, and the panels are fitted once more. In the end they are some dots narrower, for cells of whole ones. */
static void
measure (MaskLayout *layout)
{
    double text = layout->measures.text, page = layout->measures.width;
    gboolean beside =
        layout->n == 1 && layout->measures.height > 0 && page > WIDE * layout->measures.height;
    gboolean narrow = layout->whole || beside;
    gboolean triangle = layout->whole && layout->head->rule->causal;
    layout->bars.text = text;
    layout->bars.inks = layout->measures.inks;
    layout->bars.n = layout->n;
    for (guint i = 0; i < layout->n; i++) {
        layout->panels[i].knobs[0] = TYPICAL_KNOB;
        layout->panels[i].summary.density = TYPICAL_DENSITY;
    }
    for (guint once_more = 0; once_more < 2; once_more++) {
        gboolean room = triangle && (once_more == 0 || layout->map_width >= KEY_LEAST * text);
        layout->key_row = room ? 0 : get_key_height (layout);
        for (guint pass = 0; pass < (layout->has_axes ? 3 : 2); pass++)
            fit_panels (layout, pass, beside, narrow);
        place_bars (layout, beside);
        fovea_mask_bars_fit (&layout->bars);
    }
    double n_tokens = (double) get_longer (layout);
    layout->longer = n_tokens * fovea_figure_whole_dots (layout->longer / n_tokens);
    if (narrow)
        layout->width = layout->longer;
    set_sides (layout);
    layout->gap = fovea_figure_next_dot (layout->width + layout->gap) - layout->width;
    place_bars (layout, beside);
}

FoveaFigure *
fovea_figure_mask_new (FoveaTrace *trace,
                       const FoveaSparseOptions *options,
                       const FoveaFigureStyle *style,
                       GCancellable *cancellable,
                       GError **error)
{
    g_auto (MaskLayout) layout = {
        .share = options->goal > 0 ? options->goal : DEFAULT_SHARE,
        .density = options->density > 0 ? options->density : DEFAULT_DENSITY,
    };
    /* One map as wide as two columns would fill a page. */
    if (!choose_methods (&layout, options->methods, error) ||
        !fovea_figure_measure (style,
                               layout.n == 1 ? FOVEA_FIGURE_SINGLE_MM : FOVEA_FIGURE_DOUBLE_MM,
                               &layout.measures, error) ||
        !open_head (&layout, trace, options, cancellable, error))
        return NULL;
    layout.gap = 0.055 * layout.measures.width;
    layout.has_axes = !layout.whole || options->token_axes;
    layout.axes.q0 = layout.part.q0;
    layout.axes.q1 = layout.part.q1;
    layout.axes.k0 = layout.part.k0;
    layout.axes.k1 = layout.part.k1;
    layout.tokens = options->token_axes && layout.info->token_texts != NULL;
    measure (&layout);
    if (!fovea_figure_check_room ("mask", layout.longer, layout.longer, error) ||
        !read_panels (&layout, error))
        return NULL;
    layout.scene = fovea_scene_new (layout.measures.width, layout.measures.inks);
    lay_out (&layout);
    return fovea_figure_finish (g_steal_pointer (&layout.scene), &layout.measures, error,
                                "Sparse masks over head %u.%u", layout.head->layer,
                                layout.head->head);
}
