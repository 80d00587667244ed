/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Panel a, the share of all attention that every key receives, on a logarithmic axis, beside what
 * even attention would give; panel b, the same of every layer, or of every head of a layer, as a
 * strip. Positions that fall on one dot of print are joined by their
 * largest, so that a lone sink never vanishes. Cost: T^2 D a head. */
#include "ui/figures/figure-sparse.h"

#include <math.h>
#include <string.h>

#include "ui/figures/axis.h"
#include "ui/figures/color-bar.h"
#include "ui/figures/color-map.h"
#include "ui/figures/figure-private.h"
#include "ui/figures/marks.h"

enum {
    MAX_NAMED = 6,
};

#define STRIP_DPI    300
#define LINE_WIDTH   0.7
#define SHARE        "Share, log:"
#define PANEL_HEIGHT 14.0 /* in text sizes */
#define LOWEST       0.35 /* both panels on a page with little room, of their own height */
#define TOKEN_WIDTH  60.0
#define NAMED_FROM   2.0 /* of the even share: less is nothing to point at */

typedef struct {
    const FoveaTraceInfo *info;
    gint64 T;
    gint64 layer, head; /* the object, -1 = all */
    guint n_parts;      /* strips */
    double *weights;    /* (T) share of the object's mass */
    double *parts;      /* (n_parts, T) */
    double *uniform;    /* (T) what even attention gives; 0 until the rule is known */
    FoveaRamp ramp;
    double x, y, width, height; /* of panel a's axes */
    double strip;               /* height of one */
    FoveaFigureMeasures measures;
    FoveaScene *scene;
} SinksLayout;

static void
clear_layout (SinksLayout *layout)
{
    g_free (layout->weights);
    g_free (layout->parts);
    g_free (layout->uniform);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SinksLayout, clear_layout)

static gboolean
check_object (const SinksLayout *layout, GError **error)
{
    const FoveaArchitecture *a = layout->info->architecture;
    if (layout->layer < a->n_layers && layout->head < a->n_heads)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "sinks figure: layer %" G_GINT64_FORMAT ", head %" G_GINT64_FORMAT
                 ", but there are %" G_GINT64_FORMAT " layers of %" G_GINT64_FORMAT " heads",
                 layout->layer, layout->head, a->n_layers, a->n_heads);
    return FALSE;
}

/* What each key would receive if every query spread its mass evenly. */
static void
set_uniform (SinksLayout *layout, const FoveaScoreRule *rule)
{
    gint64 T = layout->T;
    for (gint64 q = 0; q < T; q++) {
        gint64 n = fovea_score_rule_count (rule, q, q + 1, 0, T);
        double share = n > 0 ? 1 / (double) n : 0;
        gint64 end = fovea_score_rule_end_key (rule, q, T);
        for (gint64 j = fovea_score_rule_first_key (rule, q); j < end; j++)
            layout->uniform[j] += share / (double) T;
    }
}

/* Adds one head's shares to its part and, where it belongs to it, to the object. */
static void
add_head (SinksLayout *layout, const float *mass, guint part, double part_share, double share)
{
    double *out = layout->parts + (gsize) part * (gsize) layout->T;
    for (gint64 j = 0; j < layout->T; j++) {
        double received = (double) mass[j] / (double) layout->T;
        out[j] += part_share * received;
        layout->weights[j] += share * received;
    }
}

static gboolean
read_layer (
    SinksLayout *layout, FoveaTrace *trace, guint layer, GCancellable *cancellable, GError **error)
{
    const FoveaArchitecture *a = layout->info->architecture;
    g_autofree float *mass = g_new (float, (gsize) layout->T);
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, layer, error);
    if (attention == NULL)
        return FALSE;
    if (layout->uniform[0] == 0)
        set_uniform (layout, fovea_attention_get_rule (attention));
    for (guint h = 0; h < (guint) a->n_heads; h++) {
        if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
            !fovea_attention_read_column_mass (attention, h, mass, error))
            return FALSE;
        double H = (double) a->n_heads, L = (double) a->n_layers;
        if (layout->layer < 0)
            add_head (layout, mass, layer, 1 / H, 1 / (H * L));
        else
            add_head (layout, mass, h, 1,
                      layout->head < 0             ? 1 / H
                      : layout->head == (gint64) h ? 1
                                                   : 0);
    }
    return TRUE;
}

static gboolean
read_weights (SinksLayout *layout, FoveaTrace *trace, GCancellable *cancellable, GError **error)
{
    const FoveaArchitecture *a = layout->info->architecture;
    gsize T = (gsize) layout->T, size;
    layout->n_parts = (guint) (layout->layer < 0 ? a->n_layers : a->n_heads);
    if (!g_size_checked_mul (&size, T, layout->n_parts))
        size = 0;
    layout->parts = g_new0 (double, size);
    layout->weights = g_new0 (double, T);
    layout->uniform = g_new0 (double, T);
    for (guint l = 0; l < (guint) a->n_layers; l++)
        if ((layout->layer < 0 || layout->layer == (gint64) l) &&
            !read_layer (layout, trace, l, cancellable, error))
            return FALSE;
    return TRUE;
}

static double
x_of (const SinksLayout *layout, double position)
{
    return layout->x + position / (double) MAX (layout->T - 1, 1) * layout->width;
}

static double
y_of (const SinksLayout *layout, double weight)
{
    double share = 1 - log (MAX (weight, layout->ramp.low)) / log (layout->ramp.low);
    return layout->y + (1 - CLAMP (share, 0, 1)) * layout->height;
}

/* A curve over positions, joined by maxima to about two points of line a point of paper. */
static void
add_curve (SinksLayout *layout, const double *values, guint32 color, const double *dash)
{
    gint64 step = MAX (1, (gint64) ceil ((double) layout->T / (2 * layout->width)));
    g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));
    for (gint64 j = 0; j < layout->T; j += step) {
        gint64 at = j;
        for (gint64 k = j; k < MIN (j + step, layout->T); k++)
            at = values[k] > values[at] ? k : at;
        const double point[] = {x_of (layout, (double) at), y_of (layout, values[at])};
        g_array_append_vals (points, point, 2);
    }
    if (points->len >= 4)
        fovea_scene_add_curve (layout->scene, (const double *) (gpointer) points->data,
                               points->len / 2, color, LINE_WIDTH, dash);
}

static GArray *
make_position_ticks (const SinksLayout *layout)
{
    GArray *ticks = fovea_ticks_new ();
    g_autoptr (GArray) values = fovea_ticks_steps (0, (double) layout->T - 1, TRUE, 7);
    for (guint i = 0; i < values->len; i++) {
        double value = g_array_index (values, double, i);
        g_autofree char *label = fovea_text_count ((gint64) value);
        fovea_ticks_add (ticks, value, x_of (layout, value), label, FALSE);
    }
    fovea_ticks_thin (ticks, layout->measures.text, FALSE);
    return ticks;
}

static GArray *
make_weight_ticks (const SinksLayout *layout)
{
    GArray *ticks = fovea_ticks_new ();
    int lowest = (int) lround (log10 (layout->ramp.low));
    for (int decade = lowest; decade <= 0; decade++) {
        double value = pow (10, decade);
        g_autofree char *label = fovea_text_number (value, 1);
        fovea_ticks_add (ticks, value, y_of (layout, value), label, FALSE);
    }
    return ticks;
}

/* The heaviest keys that stand out, heaviest first; of equal ones the earlier. Gives how many. */
static guint
choose_named (const SinksLayout *layout, gint64 *keys)
{
    guint n = 0;
    for (; n < MAX_NAMED; n++) {
        gint64 best = -1;
        for (gint64 j = 0; j < layout->T; j++) {
            gboolean taken = layout->weights[j] < NAMED_FROM * layout->uniform[j];
            for (guint i = 0; i < n && !taken; i++)
                taken = keys[i] == j;
            if (!taken && (best < 0 || layout->weights[j] > layout->weights[best]))
                best = j;
        }
        if (best < 0)
            return n;
        keys[n] = best;
    }
    return n;
}

/* Whether a box is inside the panel, above the curve, and clear of the names there are. */
static gboolean
fits (const SinksLayout *layout, const FoveaBox *box, GArray *taken)
{
    if (box->x1 > layout->x + layout->width || box->x0 < layout->x + 2 || box->y0 < layout->y - 2)
        return FALSE;
    for (guint i = 0; i < taken->len; i++) {
        const FoveaBox *t = &g_array_index (taken, FoveaBox, i);
        if (box->x0 < t->x1 + 2 && t->x0 < box->x1 + 2 && box->y0 < t->y1 + 1 &&
            t->y0 < box->y1 + 1)
            return FALSE;
    }
    double scale = (double) MAX (layout->T - 1, 1) / layout->width;
    gint64 from = (gint64) floor ((box->x0 - layout->x) * scale);
    gint64 to = (gint64) ceil ((box->x1 - layout->x) * scale);
    for (gint64 j = MAX (from, 0); j <= MIN (to, layout->T - 1); j++)
        if (y_of (layout, layout->weights[j]) < box->y1 && x_of (layout, (double) j) > box->x0 - 1)
            return FALSE;
    return TRUE;
}

static guint32
curve_color (const SinksLayout *layout)
{
    return fovea_color_map_class (layout->measures.inks->theme, 0);
}

/* Right of its peak, else left, else above; a name without room is left out. */
static void
add_name (SinksLayout *layout, gint64 key, GArray *taken)
{
    double text = layout->measures.text;
    g_autofree char *label = fovea_figure_name_position (layout->info, key, text, TOKEN_WIDTH);
    double w = fovea_text_width (label, text, FALSE), x = x_of (layout, (double) key);
    double y = y_of (layout, layout->weights[key]);
    const double tries[][2] = {{x + 4, y + 0.36 * text},
                               {x - 4 - w, y + 0.36 * text},
                               {x + 2, y - 0.6 * text},
                               {x - 2 - w, y - 0.6 * text}};
    for (guint i = 0; i < G_N_ELEMENTS (tries); i++) {
        const FoveaBox box = {tries[i][0], tries[i][1] - 0.78 * text, tries[i][0] + w,
                              tries[i][1] + 0.22 * text};
        if (!fits (layout, &box, taken))
            continue;
        FoveaTextStyle style = {text, FALSE, layout->measures.inks->ink, FOVEA_ANCHOR_START, FALSE};
        fovea_mark_add (layout->scene, FOVEA_MARK_DISC, x, y, 1.9, curve_color (layout), 0.4);
        fovea_scene_add_text (layout->scene, tries[i][0], tries[i][1], label, &style);
        g_array_append_val (taken, box);
        return;
    }
}

static char *
name_object (const SinksLayout *layout)
{
    const FoveaArchitecture *a = layout->info->architecture;
    if (layout->head >= 0)
        return g_strdup_printf ("Share of attention received, head %" G_GINT64_FORMAT
                                ".%" G_GINT64_FORMAT,
                                layout->layer, layout->head);
    if (layout->layer >= 0)
        return g_strdup_printf ("Share of attention received, layer %" G_GINT64_FORMAT,
                                layout->layer);
    return g_strdup_printf ("Share of attention received, %" G_GINT64_FORMAT " heads",
                            a->n_layers * a->n_heads);
}

static void
add_panel (SinksLayout *layout)
{
    static const double dash[] = {3, 2, 0};
    double text = layout->measures.text, bottom = layout->y + layout->height;
    FoveaTextStyle ink = {text, FALSE, layout->measures.inks->ink, FOVEA_ANCHOR_START, FALSE};
    g_autoptr (GArray) positions = make_position_ticks (layout);
    g_autoptr (GArray) values = make_weight_ticks (layout);
    g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (FoveaBox));
    g_autofree char *whole = name_object (layout);
    g_autofree char *title =
        fovea_text_shorten (whole, text, FALSE, layout->measures.width - layout->x);
    gint64 keys[MAX_NAMED];
    guint n = choose_named (layout, keys);
    fovea_ticks_thin (values, text, TRUE);
    fovea_scene_add_text (layout->scene, layout->x, layout->y - 1.3 * text, title, &ink);
    add_curve (layout, layout->uniform, layout->measures.inks->quiet, dash);
    add_curve (layout, layout->weights, curve_color (layout), NULL);
    fovea_scene_add_line (layout->scene, layout->x, layout->y, layout->x, bottom, FOVEA_AXIS_WIDTH,
                          layout->measures.inks->ink);
    fovea_scene_add_line (layout->scene, layout->x, bottom, layout->x + layout->width, bottom,
                          FOVEA_AXIS_WIDTH, layout->measures.inks->ink);
    fovea_axis_add_left (layout->scene, values, layout->x, text);
    fovea_axis_add_bottom (layout->scene, positions, bottom, text, FALSE);
    for (guint i = 0; i < n; i++)
        add_name (layout, keys[i], taken);
}

/* Largest weight of each dot of a strip; gives the image, owned by the scene afterwards. */
static FoveaIndexedImage *
make_strips (const SinksLayout *layout)
{
    gint64 dots = (gint64) (layout->width / 72 * STRIP_DPI);
    guint width = (guint) MIN (layout->T, dots);
    FoveaIndexedImage *image = fovea_indexed_image_new (width, layout->n_parts);
    fovea_ramp_set_palette (&layout->ramp, layout->measures.inks->theme, image->palette);
    for (guint p = 0; p < layout->n_parts; p++) {
        const double *part = layout->parts + (gsize) p * (gsize) layout->T;
        for (guint x = 0; x < width; x++) {
            gint64 from = layout->T * x / width, to = layout->T * (x + 1) / width;
            double most = 0;
            for (gint64 j = from; j < to; j++)
                most = MAX (most, part[j]);
            image->pixels[(gsize) p * width + x] = fovea_ramp_get_index (&layout->ramp, most);
        }
    }
    return image;
}

/* Panel b from @y down; gives its lowest baseline. */
static double
add_strips (SinksLayout *layout, double y)
{
    double text = layout->measures.text, row = layout->strip;
    double height = row * layout->n_parts;
    FoveaTextStyle label = {text, FALSE, layout->measures.inks->ink, FOVEA_ANCHOR_END, FALSE};
    FoveaTextStyle ink = {text, FALSE, layout->measures.inks->ink, FOVEA_ANCHOR_MIDDLE, FALSE};
    guint step = (guint) ceil (1.15 * text / row);
    g_autoptr (GArray) positions = make_position_ticks (layout);
    fovea_scene_add_image (layout->scene, layout->x, y, layout->width, height,
                           make_strips (layout));
    fovea_scene_add_rectangle (layout->scene, layout->x, y, layout->width, height, 0,
                               layout->measures.inks->ink, 0.5);
    for (guint p = 0; p < layout->n_parts; p += step) {
        g_autofree char *name = layout->layer < 0
                                    ? g_strdup_printf ("L%u", p)
                                    : g_strdup_printf ("%" G_GINT64_FORMAT ".%u", layout->layer, p);
        fovea_scene_add_text (layout->scene, layout->x - 4.5, y + (p + 0.5) * row + 0.36 * text,
                              name, &label);
    }
    fovea_axis_add_bottom (layout->scene, positions, y + height, text, FALSE);
    double base = y + height + 4.5 + 2.4 * text;
    fovea_scene_add_text (layout->scene, layout->x + layout->width / 2, base, "key position", &ink);
    base += 1.9 * text;
    g_autoptr (FoveaScene) trial = fovea_scene_new (0, layout->measures.inks);
    double bar =
        -fovea_color_bar_add_inline (trial, &layout->ramp, -INFINITY, 0, &base, text, SHARE);
    double right = layout->x + MIN (bar, layout->width);
    fovea_color_bar_add_inline (layout->scene, &layout->ramp, 0, right, &base, text, SHARE);
    return base;
}

static void
add_caption (SinksLayout *layout, double y)
{
    g_autofree char *words = fovea_figure_caption (
        layout->info, "Dashed: even attention. Named: the heaviest keys above twice their even "
                      "share.");
    fovea_figure_add_caption (layout->scene, &layout->measures, y, words);
}

/* A FoveaFigureLayOut; both panels take their share of what the page has or lacks. */
static void
lay_out (FoveaScene *scene, double stretch, gpointer data)
{
    SinksLayout *layout = data;
    double text = layout->measures.text;
    double panel = PANEL_HEIGHT * text, strip = CLAMP (90.0 / layout->n_parts, 2, 1.25 * text);
    double share = MAX (1 + stretch / (panel + strip * layout->n_parts), LOWEST);
    FoveaTextStyle letter = {text * 8 / 7, TRUE, layout->measures.inks->ink, FOVEA_ANCHOR_START,
                             FALSE};
    layout->scene = scene;
    layout->height = share * panel;
    layout->strip = share * strip;
    fovea_figure_add_letter (scene, &layout->measures, 0, "a");
    add_panel (layout);
    double top = layout->y + layout->height + 4.5 + 2.6 * text;
    if (layout->measures.letters)
        fovea_scene_add_text (scene, 0, top + 0.78 * letter.size, "b", &letter);
    top += layout->measures.letters ? 1.9 * text : text;
    add_caption (layout, add_strips (layout, top) + 2 * text);
}

/* Where panel a's axes stand, whatever their height. */
static gboolean
measure (SinksLayout *layout, GError **error)
{
    double text = layout->measures.text;
    g_autoptr (GArray) values = make_weight_ticks (layout);
    g_autofree char *last = fovea_text_count (layout->T - 1);
    layout->x =
        MAX (fovea_ticks_width (values, text), fovea_text_width ("0.00", text, FALSE)) + 5.5;
    layout->y = (layout->measures.letters ? 4.6 : 2.7) * text;
    layout->width = layout->measures.width - layout->x - fovea_text_width (last, text, FALSE) / 2;
    return fovea_figure_check_room ("sinks", layout->width, PANEL_HEIGHT * text, error);
}

FoveaFigure *
fovea_figure_sinks_new (FoveaTrace *trace,
                        const FoveaSparseOptions *options,
                        const FoveaFigureStyle *style,
                        GCancellable *cancellable,
                        GError **error)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    g_auto (SinksLayout) layout = {
        .info = info, .T = info->n_tokens, .layer = options->layer, .head = options->head};
    if (!fovea_figure_measure (style, FOVEA_FIGURE_DOUBLE_MM, &layout.measures, error) ||
        !check_object (&layout, error) || !read_weights (&layout, trace, cancellable, error))
        return NULL;
    layout.ramp = (FoveaRamp){FOVEA_RAMP_LOG, fovea_color_map_floor (layout.T), 1};
    if (!measure (&layout, error))
        return NULL;
    FoveaScene *scene = fovea_figure_lay_out (&layout.measures, lay_out, &layout);
    return fovea_figure_finish (scene, &layout.measures, error,
                                "Attention received along the text");
}
