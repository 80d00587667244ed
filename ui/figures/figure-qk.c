/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Query, key and product stand over one axis of dimensions, so that one sees by whom a large product
 * is large; hair lines mark the dimensions of the products that are named in both. */
#include "ui/figures/figure-qk.h"

#include <math.h>

#include "ui/figures/axis.h"
#include "ui/figures/figure-qk-private.h"

#define VECTOR_HEIGHT  3.4 /* of panels, in font sizes */
#define PRODUCT_HEIGHT 7.0
#define SUM_HEIGHT     7.0
#define LOWEST         0.4  /* of these heights, where a page is low */
#define HEADING        2.2  /* from the panel above, in font sizes */
#define SLIGHT         0.2  /* of a step: an end that hardly passes zero is where its values are */
#define NAMED_FROM     0.25 /* of the largest product */
#define FULL_BAR       0.8 /* of a bar's place, and of the signed colours: the length tells the size */
#define GUIDE          0.3
#define TOKEN_WIDTH    56.0 /* points, of a token in a heading */

enum {
    MOST_NAMED = 6,
    MOST_DECIMALS = 9,
};

static void
clear_layout (FoveaQkLayout *layout)
{
    fovea_score_parts_free (layout->parts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FoveaQkLayout, clear_layout)

void
fovea_qk_panel_set_range (FoveaQkPanel *panel, double least, double most, guint n_steps)
{
    least = MIN (least, 0);
    most = MAX (most, 0);
    if (most - least < 1e-30)
        most = 1;
    double step = fovea_ticks_round_up ((most - least) / n_steps);
    while (ceil (most / step - 1e-9) - floor (least / step + 1e-9) > n_steps)
        step = fovea_ticks_round_up (1.5 * step);
    panel->step = step;
    panel->low = -SLIGHT * step < least ? least : step * floor (least / step + 1e-9);
    panel->high = most < SLIGHT * step ? most : step * ceil (most / step - 1e-9);
}

double
fovea_qk_panel_get_y (const FoveaQkPanel *panel, double value)
{
    return panel->y + panel->height * (panel->high - value) / (panel->high - panel->low);
}

GArray *
fovea_qk_panel_make_ticks (const FoveaQkPanel *panel, double text)
{
    GArray *ticks = fovea_ticks_new ();
    for (double n = ceil (panel->low / panel->step - 1e-9); n <= panel->high / panel->step + 1e-9;
         n++) {
        g_autofree char *label = fovea_text_number (n == 0 ? 0 : n * panel->step, 3);
        fovea_ticks_add (ticks, n * panel->step, fovea_qk_panel_get_y (panel, n * panel->step),
                         label, FALSE);
    }
    if (panel->height > 0)
        fovea_ticks_thin (ticks, text, TRUE);
    return ticks;
}

char *
fovea_qk_spell (const FoveaQkLayout *layout, double value)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE], format[16];
    g_snprintf (format, sizeof format, "%%.%uf", layout->n_decimals);
    g_ascii_formatd (digits, sizeof digits, format, fabs (value));
    gboolean zero = g_ascii_strtod (digits, NULL) == 0;
    return g_strconcat (zero ? "" : value < 0 ? "−" : "+", digits, NULL);
}

void
fovea_qk_add_frame (FoveaQkLayout *layout,
                    const FoveaQkPanel *panel,
                    const char *heading,
                    const char *remark)
{
    const FoveaInks *inks = layout->measures.inks;
    double text = layout->measures.text, zero = fovea_qk_panel_get_y (panel, 0);
    double right = panel->x + panel->width, baseline = panel->y - 0.8 * text;
    FoveaTextStyle ink = {text, FALSE, inks->ink, FOVEA_ANCHOR_START, FALSE};
    FoveaTextStyle quiet = {text, FALSE, inks->quiet, FOVEA_ANCHOR_END, FALSE};
    double taken = remark != NULL ? fovea_text_width (remark, text, FALSE) + 1.5 * text : 0;
    g_autofree char *words = fovea_text_shorten (heading, text, FALSE, panel->width - taken);
    g_autoptr (GArray) ticks = fovea_qk_panel_make_ticks (panel, text);
    fovea_scene_add_text (layout->scene, panel->x, baseline, words, &ink);
    if (remark != NULL)
        fovea_scene_add_text (layout->scene, right, baseline, remark, &quiet);
    fovea_scene_add_line (layout->scene, panel->x, zero, right, zero, FOVEA_AXIS_WIDTH,
                          inks->quiet);
    fovea_scene_add_line (layout->scene, panel->x, panel->y, panel->x, panel->y + panel->height,
                          FOVEA_AXIS_WIDTH, inks->ink);
    fovea_axis_add_left (layout->scene, ticks, panel->x, text);
}

void
fovea_qk_add_bar (FoveaQkLayout *layout,
                  const FoveaQkPanel *panel,
                  double x,
                  double width,
                  double from,
                  double to)
{
    double a = fovea_qk_panel_get_y (panel, from), b = fovea_qk_panel_get_y (panel, to);
    guint32 color =
        fovea_color_map_signed (layout->measures.inks->theme, to < from ? -FULL_BAR : FULL_BAR, 1);
    if (a != b)
        fovea_scene_add_rectangle (layout->scene, x + (1 - FULL_BAR) / 2 * width, MIN (a, b),
                                   FULL_BAR * width, fabs (a - b), color, 0, 0);
}

/* Left end of a dimension's place. */
static double
x_of (const FoveaQkLayout *layout, double dimension)
{
    return layout->product.x + dimension * layout->product.width / (double) layout->parts->width;
}

static void
add_bars (FoveaQkLayout *layout, const FoveaQkPanel *panel, const float *values)
{
    double unit = x_of (layout, 1) - x_of (layout, 0);
    for (gint64 d = 0; d < layout->parts->width; d++)
        fovea_qk_add_bar (layout, panel, x_of (layout, (double) d), unit, 0, (double) values[d]);
}

/* The largest products, largest first; of equal ones the earlier. Gives how many. */
static guint
choose_named (const FoveaScoreParts *parts, gint64 *named)
{
    guint n = 0;
    for (; n < MOST_NAMED; n++) {
        gint64 best = -1;
        for (gint64 d = 0; d < parts->width; d++) {
            double size = fabs ((double) parts->products[d]);
            gboolean taken = size == 0;
            for (guint i = 0; i < n && !taken; i++)
                taken = named[i] == d;
            if (!taken && (best < 0 || size > fabs ((double) parts->products[best])))
                best = d;
        }
        if (best < 0 || fabs ((double) parts->products[best]) <
                            NAMED_FROM * fabs ((double) parts->products[n > 0 ? named[0] : best]))
            return n;
        named[n] = best;
    }
    return n;
}

static gboolean
meets (const FoveaBox *a, const FoveaBox *b)
{
    return a->x0 < b->x1 && b->x0 < a->x1 && a->y0 < b->y1 && b->y0 < a->y1;
}

/* Inside the panel, clear of all bars and of the names there are. */
static gboolean
fits (const FoveaQkLayout *layout, const FoveaBox *box, GArray *taken)
{
    const FoveaQkPanel *p = &layout->product;
    double unit = x_of (layout, 1) - x_of (layout, 0), zero = fovea_qk_panel_get_y (p, 0);
    if (box->x0 < p->x + 1 || box->x1 > p->x + p->width || box->y0 < p->y - 1 ||
        box->y1 > p->y + p->height)
        return FALSE;
    for (guint i = 0; i < taken->len; i++) {
        FoveaBox other = g_array_index (taken, FoveaBox, i);
        other.x0 -= 2;
        other.x1 += 2;
        if (meets (box, &other))
            return FALSE;
    }
    gint64 from = (gint64) floor ((box->x0 - p->x) / unit);
    gint64 to = (gint64) ceil ((box->x1 - p->x) / unit);
    for (gint64 d = MAX (from, 0); d < MIN (to, layout->parts->width); d++) {
        double y = fovea_qk_panel_get_y (p, (double) layout->parts->products[d]);
        const FoveaBox bar = {x_of (layout, (double) d), MIN (y, zero),
                              x_of (layout, (double) d) + unit, MAX (y, zero)};
        if (meets (box, &bar))
            return FALSE;
    }
    return TRUE;
}

/* At the end of its bar, or beside it; with its value, or else without; not at all where there is no
 * room. */
static void
add_name (FoveaQkLayout *layout, gint64 dimension, GArray *taken)
{
    double text = layout->measures.text, value = (double) layout->parts->products[dimension];
    double x = x_of (layout, (double) dimension), unit = x_of (layout, 1) - x_of (layout, 0);
    double tip = fovea_qk_panel_get_y (&layout->product, value);
    double base = value < 0 ? tip + 0.95 * text : tip - 0.35 * text;
    double beside = value < 0 ? tip : tip + 0.75 * text;
    FoveaTextStyle style = {text, FALSE, layout->measures.inks->ink, FOVEA_ANCHOR_START, FALSE};
    g_autofree char *number = fovea_text_count (dimension), *size = fovea_qk_spell (layout, value);
    g_autofree char *whole = g_strconcat (number, ": ", size, NULL);
    const char *const words[] = {whole, number};
    for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
        double w = fovea_text_width (words[i], text, FALSE), middle = x + unit / 2;
        const double tries[][2] = {{middle - w / 2, base},
                                   {x, base},
                                   {x + unit - w, base},
                                   {x + unit + 1.5, beside},
                                   {x - 1.5 - w, beside}};
        for (guint t = 0; t < G_N_ELEMENTS (tries); t++) {
            const FoveaBox box = {tries[t][0], tries[t][1] - 0.76 * text, tries[t][0] + w,
                                  tries[t][1] + 0.1 * text};
            if (!fits (layout, &box, taken))
                continue;
            fovea_scene_add_text (layout->scene, tries[t][0], tries[t][1], words[i], &style);
            g_array_append_val (taken, box);
            return;
        }
    }
}

static void
add_dimension_axis (FoveaQkLayout *layout)
{
    const FoveaQkPanel *p = &layout->product;
    double text = layout->measures.text, bottom = p->y + p->height;
    FoveaTextStyle name = {text, FALSE, layout->measures.inks->ink, FOVEA_ANCHOR_MIDDLE, FALSE};
    g_autoptr (GArray) ticks = fovea_ticks_new ();
    g_autoptr (GArray) values = fovea_ticks_steps (0, (double) layout->parts->width - 1, TRUE, 9);
    for (guint i = 0; i < values->len; i++) {
        double value = g_array_index (values, double, i);
        g_autofree char *label = fovea_text_count ((gint64) value);
        fovea_ticks_add (ticks, value, x_of (layout, value + 0.5), label, FALSE);
    }
    fovea_ticks_thin (ticks, text, FALSE);
    fovea_scene_add_line (layout->scene, p->x, bottom, p->x + p->width, bottom, FOVEA_AXIS_WIDTH,
                          layout->measures.inks->ink);
    fovea_axis_add_bottom (layout->scene, ticks, bottom, text, FALSE);
    fovea_scene_add_text (layout->scene, p->x + p->width / 2, bottom + 4.5 + 2.2 * text,
                          "dimension", &name);
}

static void
add_guide (FoveaQkLayout *layout, const FoveaQkPanel *panel, double x)
{
    fovea_scene_add_line (layout->scene, x, panel->y, x, panel->y + panel->height, GUIDE,
                          layout->measures.inks->faint);
}

static void
add_products (FoveaQkLayout *layout)
{
    const FoveaScoreParts *parts = layout->parts;
    g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (FoveaBox));
    g_autofree char *scale = fovea_text_number (parts->scale, 3);
    g_autofree char *heading = g_strdup_printf ("query × key × %s, nats", scale);
    g_autofree char *sum = fovea_qk_spell (layout, parts->sum);
    g_autofree char *remark = g_strconcat ("sum ", sum, NULL);
    double unit = x_of (layout, 1) - x_of (layout, 0);
    gint64 named[MOST_NAMED];
    guint n = choose_named (parts, named);
    for (guint i = 0; i < n; i++) {
        double x = x_of (layout, (double) named[i]) + unit / 2;
        add_guide (layout, &layout->query, x);
        add_guide (layout, &layout->key, x);
    }
    fovea_qk_add_frame (layout, &layout->product, heading, remark);
    add_bars (layout, &layout->product, parts->products);
    for (guint i = 0; i < n; i++)
        add_name (layout, named[i], taken);
    add_dimension_axis (layout);
}

/* A query or a key: its bars, what it is and how long. */
static void
add_vector (FoveaQkLayout *layout,
            const FoveaQkPanel *panel,
            const char *what,
            gint64 position,
            const float *values)
{
    double square = 0;
    for (gint64 d = 0; d < layout->parts->width; d++)
        square += (double) values[d] * (double) values[d];
    g_autofree char *token =
        fovea_figure_name_position (layout->info, position, layout->measures.text, TOKEN_WIDTH);
    g_autofree char *norm = fovea_text_number (sqrt (square), 3);
    g_autofree char *heading = g_strdup_printf ("%s %s", what, token);
    g_autofree char *remark = g_strconcat ("norm ", norm, NULL);
    fovea_qk_add_frame (layout, panel, heading, remark);
    add_bars (layout, panel, values);
}

static char *
write_caption (const FoveaQkLayout *layout)
{
    const FoveaScoreParts *p = layout->parts;
    g_autofree char *score = fovea_qk_spell (layout, p->score);
    g_autofree char *sum = fovea_qk_spell (layout, p->sum);
    g_autofree char *scale = fovea_text_number (p->scale, 3);
    g_autofree char *weight = fovea_text_number (layout->weight, 3);
    g_autofree char *position = fovea_qk_spell (layout, p->position);
    g_autofree char *cap = fovea_qk_spell (layout, p->cap);
    GString *words = g_string_new (NULL);
    g_string_append_printf (words,
                            "Head %u.%u: score %s nats before the softmax, weight %s; "
                            "%" G_GINT64_FORMAT " products with factor %s",
                            layout->place.layer, layout->place.head, score, weight, p->width,
                            scale);
    if (p->has_position || p->has_cap)
        g_string_append_printf (words, " sum to %s", sum);
    if (p->has_position)
        g_string_append_printf (words, ", position adds %s", position);
    if (p->has_cap)
        g_string_append_printf (words, ", the soft cap %s", cap);
    g_string_append (words, ".");
    if (p->n_pairs > 0 && p->interleaved)
        g_string_append (words, " Rotary pairs: dimensions 2n and 2n + 1.");
    else if (p->n_pairs > 0)
        g_string_append_printf (words, " Rotary pairs: dimensions n and n + %" G_GINT64_FORMAT ".",
                                p->n_pairs);
    g_autofree char *rest = g_string_free (words, FALSE);
    return fovea_figure_caption (layout->info, rest);
}

/* A FoveaFigureLayOut; the panels share what the page has or lacks. */
static void
lay_out (FoveaScene *scene, double stretch, gpointer data)
{
    FoveaQkLayout *layout = data;
    double text = layout->measures.text, head = HEADING * text;
    double all = (2 * VECTOR_HEIGHT + PRODUCT_HEIGHT + SUM_HEIGHT) * text;
    double share = MAX (1 + stretch / all, LOWEST);
    static const double heights[] = {VECTOR_HEIGHT, VECTOR_HEIGHT, PRODUCT_HEIGHT, SUM_HEIGHT};
    static const char *const letters[] = {"a", "b", "c", "d"};
    FoveaQkPanel *panels[] = {&layout->query, &layout->key, &layout->product, &layout->sum};
    double y = 0;
    layout->scene = scene;
    for (guint i = 0; i < G_N_ELEMENTS (panels); i++) {
        fovea_figure_add_letter (scene, &layout->measures, y + 0.4 * text, letters[i]);
        panels[i]->y = y + head;
        panels[i]->height = share * heights[i] * text;
        y = panels[i]->y + panels[i]->height + (i == 2 ? 4.5 + 2.9 * text : 0.6 * text);
    }
    g_autofree char *query =
        g_strdup_printf ("head %u.%u, query", layout->place.layer, layout->place.head);
    add_products (layout);
    add_vector (layout, &layout->query, query, layout->place.query, layout->parts->query);
    add_vector (layout, &layout->key, "key", layout->place.key, layout->parts->key);
    double base = fovea_qk_sum_add (layout);
    g_autofree char *words = write_caption (layout);
    fovea_figure_add_caption (scene, &layout->measures, base + 2 * text, words);
}

static void
measure_range (FoveaQkPanel *panel, const float *values, gint64 n, double pad, guint n_steps)
{
    double least = 0, most = 0;
    for (gint64 d = 0; d < n; d++) {
        least = MIN (least, (double) values[d]);
        most = MAX (most, (double) values[d]);
    }
    double room = pad * (most - least);
    fovea_qk_panel_set_range (panel, least < 0 ? least - room : 0, most > 0 ? most + room : 0,
                              n_steps);
}

/* As many decimals as the largest of what adds up needs for three digits, two at least. */
static void
choose_decimals (FoveaQkLayout *layout)
{
    const FoveaScoreParts *p = layout->parts;
    double largest = MAX (MAX (fabs (p->sum), fabs (p->score)), fabs (p->position));
    for (gint64 d = 0; d < p->width; d++)
        largest = MAX (largest, fabs ((double) p->products[d]));
    double digits = largest > 0 ? 2 - floor (log10 (largest)) : 2;
    layout->n_decimals = (guint) CLAMP (digits, 2, MOST_DECIMALS);
}

static gboolean
measure (FoveaQkLayout *layout, GError **error)
{
    const FoveaScoreParts *p = layout->parts;
    FoveaQkPanel *panels[] = {&layout->query, &layout->key, &layout->product, &layout->sum};
    double text = layout->measures.text;
    choose_decimals (layout);
    measure_range (&layout->query, p->query, p->width, 0, 3);
    measure_range (&layout->key, p->key, p->width, 0, 3);
    measure_range (&layout->product, p->products, p->width, 1.2 / PRODUCT_HEIGHT, 5);
    fovea_qk_sum_measure (layout);
    for (guint i = 0; i < G_N_ELEMENTS (panels); i++) {
        g_autoptr (GArray) ticks = fovea_qk_panel_make_ticks (panels[i], text);
        layout->left = MAX (layout->left, fovea_ticks_width (ticks, text) + 5.5);
    }
    g_autofree char *last = fovea_text_count (p->width - 1);
    double overhang = fovea_text_width (last, text, FALSE) / 2;
    for (guint i = 0; i < G_N_ELEMENTS (panels); i++) {
        panels[i]->x = layout->left;
        panels[i]->width = layout->measures.width - layout->left;
        if (panels[i] != &layout->sum)
            panels[i]->width -= MAX (0, overhang - panels[i]->width / (double) p->width / 2);
    }
    return fovea_figure_check_room ("qk", fovea_qk_sum_get_room (layout),
                                    LOWEST * VECTOR_HEIGHT * text, error);
}

static gboolean
check_products (const FoveaQkLayout *layout, GError **error)
{
    const FoveaScoreParts *parts = layout->parts;
    for (gint64 d = 0; d < parts->width; d++) {
        if (isfinite (parts->query[d]) && isfinite (parts->key[d]) && isfinite (parts->products[d]))
            continue;
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC,
                     "qk: head %u.%u, query %" G_GINT64_FORMAT ", key %" G_GINT64_FORMAT
                     ": dimension %" G_GINT64_FORMAT " is %g × %g, which is no number",
                     layout->place.layer, layout->place.head, layout->place.query,
                     layout->place.key, d, (double) parts->query[d], (double) parts->key[d]);
        return FALSE;
    }
    return TRUE;
}

static gboolean
read_parts (FoveaQkLayout *layout, FoveaTrace *trace, GError **error)
{
    FoveaMapOptions *place = &layout->place;
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, place->layer, error);
    if (attention == NULL || !fovea_score_parts_choose_cell (attention, place->head, &place->query,
                                                             &place->key, &layout->weight, error))
        return FALSE;
    layout->parts =
        fovea_score_parts_read (attention, place->head, place->query, place->key, error);
    return layout->parts != NULL && check_products (layout, error);
}

FoveaFigure *
fovea_figure_qk_new (FoveaTrace *trace,
                     const FoveaMapOptions *options,
                     const FoveaFigureStyle *style,
                     GError **error)
{
    g_auto (FoveaQkLayout) layout = {.place = *options, .info = fovea_trace_get_info (trace)};
    if (!fovea_figure_measure (style, FOVEA_FIGURE_SINGLE_MM, &layout.measures, error) ||
        !read_parts (&layout, trace, error) || !measure (&layout, error))
        return NULL;
    FoveaScene *scene = fovea_figure_lay_out (&layout.measures, lay_out, &layout);
    return fovea_figure_finish (
        scene, &layout.measures, error,
        "Score by dimension, head %u.%u, query %" G_GINT64_FORMAT ", key %" G_GINT64_FORMAT,
        layout.place.layer, layout.place.head, layout.place.query, layout.place.key);
}
