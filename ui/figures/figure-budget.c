/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Panel a, the grid: a head has the colour and mark of the method that keeps most of its mass at the
 * given density. Panel b, the methods by heads won, each with its median recall over all heads where
 * it can be so sparse. Of equal recalls the earlier method of the table wins. */
#include "ui/figures/figure-sparse.h"

#include <math.h>
#include <string.h>

#include "analysis/curve-set.h"
#include "ui/figures/figure-private.h"
#include "ui/figures/marks.h"
#include "ui/figures/method-style.h"

enum {
    MAX_SHOWN = 7, /* methods with a colour of their own; the last class is the bound's */
};

#define LARGEST_CELL  22.0 /* where the content sets the height */
#define SMALLEST_CELL 4.0
#define SPLIT         0.5 /* of the width: where panel b begins */
#define LEAST_NAMES   8.0 /* room for the methods' names, in text sizes */
#define MOST_NAMES    0.6 /* of panel b's width */
#define SHOW_ALL      12  /* methods that are all listed, else the winners */

typedef struct {
    const char *id;
    guint n_won;
    GArray *recalls; /* of double, of every head */
    FoveaMethodStyle style;
    gboolean shown;
} Method;

typedef struct {
    FoveaCurveSet *set;
    double density;
    GArray *methods; /* of Method */
    gint64 n_layers, n_heads, n_measured;
    int *winners; /* (L, H) index of a method, -1 = none */
    const FoveaTraceInfo *info;
    double cell;
    gboolean below; /* panel b */
    FoveaFigureMeasures measures;
    FoveaScene *scene;
} BudgetLayout;

static void
clear_method (gpointer data)
{
    g_array_unref (((Method *) data)->recalls);
}

static void
clear_layout (BudgetLayout *layout)
{
    fovea_curve_set_free (layout->set);
    g_clear_pointer (&layout->methods, g_array_unref);
    g_free (layout->winners);
    fovea_scene_free (layout->scene);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BudgetLayout, clear_layout)

/* Whether a method competes: it is named, or none is and it is no bound computed from the answer. */
static gboolean
competes (const FoveaCurve *curve, char **named)
{
    if (curve->selected || curve->head < 0 || curve->layer < 0)
        return FALSE;
    if (named != NULL)
        return g_strv_contains ((const char *const *) named, curve->method);
    const FoveaSparseMethod *method = fovea_sparse_method_find (curve->method, NULL);
    /* Methods for decoding are measured on the last queries only: theirs is another density. */
    return method == NULL ||
           (method->honesty != FOVEA_HONESTY_MEASUREMENT && method->kind != FOVEA_SPARSE_DECODE);
}

static guint
find_method (BudgetLayout *layout, const char *id)
{
    for (guint i = 0; i < layout->methods->len; i++)
        if (strcmp (g_array_index (layout->methods, Method, i).id, id) == 0)
            return i;
    Method method = {.id = id, .recalls = g_array_new (FALSE, FALSE, sizeof (double))};
    g_array_append_val (layout->methods, method);
    return layout->methods->len - 1;
}

/* The density asked for, or the least of the usual ones that any method reaches. */
static void
choose_density (BudgetLayout *layout, const FoveaSparseOptions *options, char **named)
{
    static const double usual[] = {0.1, 0.2, 0.5};
    guint n;
    const FoveaCurve *curves = fovea_curve_set_list (layout->set, &n);
    layout->density = options->density;
    for (guint d = 0; layout->density <= 0 && d < G_N_ELEMENTS (usual); d++)
        for (guint i = 0; i < n; i++)
            if (competes (&curves[i], named) && curves[i].points[0].density <= usual[d])
                layout->density = usual[d];
    if (layout->density <= 0)
        layout->density = usual[G_N_ELEMENTS (usual) - 1];
}

/* Recall of every head by every method, and who is best. */
static void
run_competition (BudgetLayout *layout, char **named)
{
    guint n;
    const FoveaCurve *curves = fovea_curve_set_list (layout->set, &n);
    for (guint i = 0; i < n; i++) {
        layout->n_layers = MAX (layout->n_layers, curves[i].layer + 1);
        layout->n_heads = MAX (layout->n_heads, curves[i].head + 1);
    }
    gsize size = (gsize) (layout->n_layers * layout->n_heads);
    g_autofree double *best = g_new (double, size + 1);
    layout->winners = g_new (int, size + 1);
    for (gsize i = 0; i < size; i++) {
        best[i] = -1;
        layout->winners[i] = -1;
    }
    for (guint i = 0; i < n; i++) {
        if (!competes (&curves[i], named))
            continue;
        guint method = find_method (layout, curves[i].method);
        gsize at = (gsize) (curves[i].layer * layout->n_heads + curves[i].head);
        double recall = fovea_curve_get_recall (&curves[i], layout->density);
        if (isnan (recall))
            continue;
        g_array_append_val (g_array_index (layout->methods, Method, method).recalls, recall);
        if (recall > best[at]) {
            best[at] = recall;
            layout->winners[at] = (int) method;
        }
    }
    for (gsize i = 0; i < size; i++) {
        if (layout->winners[i] < 0)
            continue;
        g_array_index (layout->methods, Method, layout->winners[i]).n_won++;
        layout->n_measured++;
    }
}

/* Methods by heads won, in a new array of indices. */
static GArray *
rank_methods (const BudgetLayout *layout)
{
    GArray *order = g_array_new (FALSE, FALSE, sizeof (guint));
    for (guint i = 0; i < layout->methods->len; i++) {
        guint won = g_array_index (layout->methods, Method, i).n_won, at = 0;
        while (at < order->len &&
               g_array_index (layout->methods, Method, g_array_index (order, guint, at)).n_won >=
                   won)
            at++;
        g_array_insert_val (order, at, i);
    }
    return order;
}

/* Colours for the methods that win most. */
static void
assign_styles (BudgetLayout *layout, GArray *order)
{
    const char *ids[MAX_SHOWN];
    FoveaMethodStyle styles[MAX_SHOWN];
    guint n = 0;
    while (n < MIN (MAX_SHOWN, order->len) &&
           g_array_index (layout->methods, Method, g_array_index (order, guint, n)).n_won > 0) {
        ids[n] = g_array_index (layout->methods, Method, g_array_index (order, guint, n)).id;
        n++;
    }
    FoveaTheme theme = layout->measures.inks->theme;
    const FoveaMethodStyle other = {fovea_color_map_role (theme, NULL, NULL), FOVEA_MARK_RING,
                                    NULL};
    fovea_method_styles_assign (ids, n, theme, styles);
    for (guint i = 0; i < order->len; i++) {
        Method *method = &g_array_index (layout->methods, Method, g_array_index (order, guint, i));
        method->shown = i < n;
        method->style = i < n ? styles[i] : other;
    }
}

static void
add_cell (BudgetLayout *layout, double x, double y, double cell, int winner)
{
    double gap = cell > 8 ? 1 : 0.4;
    if (winner < 0) {
        fovea_scene_add_rectangle (layout->scene, x + gap / 2, y + gap / 2, cell - gap, cell - gap,
                                   0, layout->measures.inks->outline, 0.4);
        return;
    }
    const Method *method = &g_array_index (layout->methods, Method, winner);
    fovea_scene_add_rectangle (layout->scene, x + gap / 2, y + gap / 2, cell - gap, cell - gap,
                               method->style.color, 0, 0);
    if (cell >= 7)
        fovea_mark_add (layout->scene, method->style.mark, x + cell / 2, y + cell / 2,
                        MIN (0.2 * cell, 3.2), layout->measures.inks->ground, 0);
}

static void
add_grid_labels (BudgetLayout *layout, double left, double top, double cell)
{
    double text = layout->measures.text;
    FoveaTextStyle quiet = {text, FALSE, layout->measures.inks->quiet, FOVEA_ANCHOR_END, FALSE};
    FoveaTextStyle head = {text, FALSE, layout->measures.inks->ink, FOVEA_ANCHOR_MIDDLE, FALSE};
    FoveaTextStyle layer = {text, FALSE, layout->measures.inks->ink, FOVEA_ANCHOR_END, FALSE};
    gint64 step_x = MAX (1, (gint64) ceil ((fovea_text_width ("00", text, FALSE) + 3) / cell));
    gint64 step_y = MAX (1, (gint64) ceil (1.15 * text / cell));
    fovea_scene_add_text (layout->scene, left - 6, top - 4, "head", &quiet);
    for (gint64 h = 0; h < layout->n_heads; h += step_x) {
        g_autofree char *label = g_strdup_printf ("%" G_GINT64_FORMAT, h);
        fovea_scene_add_text (layout->scene, left + ((double) h + 0.5) * cell, top - 4, label,
                              &head);
    }
    for (gint64 l = 0; l < layout->n_layers; l += step_y) {
        g_autofree char *label = g_strdup_printf ("L%" G_GINT64_FORMAT, l);
        fovea_scene_add_text (layout->scene, left - 6,
                              top + ((double) l + 0.5) * cell + 0.36 * text, label, &layer);
    }
}

/* How large a cell can be in this width, from the labels of layers on, and height. */
static double
measure_cell (const BudgetLayout *layout, double width, double height)
{
    double left = fovea_text_width ("head", layout->measures.text, FALSE) + 6;
    return MIN ((width - left) / (double) layout->n_heads, height / (double) layout->n_layers);
}

/* Panel a; gives its lowest edge, or 0 with an error if cells would be too small to see. */
static double
add_grid (BudgetLayout *layout, double cell, double top, GError **error)
{
    double left = fovea_text_width ("head", layout->measures.text, FALSE) + 6;
    if (cell < SMALLEST_CELL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "budget figure: %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT
                     " heads leave %.1f pt a cell, at least %.0f pt are needed",
                     layout->n_layers, layout->n_heads, cell, SMALLEST_CELL);
        return 0;
    }
    add_grid_labels (layout, left, top, cell);
    for (gint64 l = 0; l < layout->n_layers; l++)
        for (gint64 h = 0; h < layout->n_heads; h++)
            add_cell (layout, left + (double) h * cell, top + (double) l * cell, cell,
                      layout->winners[l * layout->n_heads + h]);
    return top + (double) layout->n_layers * cell;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return x < y ? -1 : x > y;
}

static double
get_median (GArray *values)
{
    g_array_sort (values, compare_doubles);
    return values->len > 0 ? g_array_index (values, double, (values->len - 1) / 2) : (double) NAN;
}

static const char *
get_name (const Method *method)
{
    const FoveaSparseMethod *known = fovea_sparse_method_find (method->id, NULL);
    return known != NULL ? known->name : method->id;
}

/* The methods that panel b lists, in order: all where there is room for them, else the winners. */
static GPtrArray *
list_shown (BudgetLayout *layout, GArray *order)
{
    GPtrArray *shown = g_ptr_array_new ();
    for (guint i = 0; i < order->len; i++) {
        Method *method = &g_array_index (layout->methods, Method, g_array_index (order, guint, i));
        if (method->shown || order->len <= SHOW_ALL)
            g_ptr_array_add (shown, method);
    }
    return shown;
}

/* Where the bars begin, behind the longest name. */
static double
measure_names (const BudgetLayout *layout, const GPtrArray *shown)
{
    double text = layout->measures.text, names = LEAST_NAMES * text;
    for (guint i = 0; i < shown->len; i++) {
        double own = fovea_text_width (get_name (g_ptr_array_index (shown, i)), text, TRUE);
        names = MAX (names, own + 10 + text);
    }
    return names;
}

static char *
write_heading (const BudgetLayout *layout)
{
    return g_strdup_printf ("heads won of %" G_GINT64_FORMAT, layout->n_measured);
}

/* What the headings of bars and recalls need. */
static double
measure_headings (const BudgetLayout *layout)
{
    double text = layout->measures.text;
    g_autofree char *title = write_heading (layout);
    return fovea_text_width (title, text, FALSE) + fovea_text_width ("recall", text, FALSE) +
           1.5 * text;
}

/* One method of panel b: mark and name, a bar of heads won, the number, the median. */
static void
add_method_row (
    BudgetLayout *layout, const Method *method, double x, double y, double names, double width)
{
    double text = layout->measures.text, medians = 4 * text;
    double room = width - names - medians - 2.5 * text;
    double bar = room * method->n_won / (double) MAX (layout->n_measured, 1);
    FoveaTextStyle bold = {text, TRUE, method->style.color, FOVEA_ANCHOR_START, FALSE};
    FoveaTextStyle ink = {text, FALSE, layout->measures.inks->ink, FOVEA_ANCHOR_START, FALSE};
    FoveaTextStyle end = {text, FALSE, layout->measures.inks->ink, FOVEA_ANCHOR_END, FALSE};
    g_autofree char *shortened = fovea_text_shorten (get_name (method), text, TRUE, names - 12);
    g_autofree char *won = g_strdup_printf ("%u", method->n_won);
    double median = get_median (method->recalls);
    g_autofree char *number = isnan (median) ? g_strdup ("–") : g_strdup_printf ("%.2f", median);
    fovea_mark_add (layout->scene, method->style.mark, x + 3.5, y - 0.37 * text, 3.2,
                    method->style.color, 0);
    fovea_scene_add_text (layout->scene, x + 10, y, shortened, &bold);
    if (bar > 0)
        fovea_scene_add_rectangle (layout->scene, x + names, y - 0.75 * text, bar, 0.8 * text,
                                   method->style.color, 0, 0);
    fovea_scene_add_text (layout->scene, x + names + bar + 3, y, won, &ink);
    fovea_scene_add_text (layout->scene, x + width, y, number, &end);
}

/* Panel b; gives its lowest baseline. */
static double
add_ranking (BudgetLayout *layout, GArray *order, double x, double top, double width)
{
    double text = layout->measures.text, y = top - 4;
    FoveaTextStyle ink = {text, FALSE, layout->measures.inks->ink, FOVEA_ANCHOR_START, FALSE};
    FoveaTextStyle end = {text, FALSE, layout->measures.inks->ink, FOVEA_ANCHOR_END, FALSE};
    g_autofree char *title = write_heading (layout);
    g_autoptr (GPtrArray) shown = list_shown (layout, order);
    double names = MIN (measure_names (layout, shown), MOST_NAMES * width);
    names = MIN (names, width - measure_headings (layout));
    fovea_scene_add_text (layout->scene, x + names, y, title, &ink);
    fovea_scene_add_text (layout->scene, x + width, y, "recall", &end);
    for (guint i = 0; i < shown->len; i++) {
        y += 1.65 * text;
        add_method_row (layout, g_ptr_array_index (shown, i), x, y, names, width);
    }
    return y + 0.3 * text;
}

static void
add_caption (BudgetLayout *layout, double y)
{
    if (layout->info == NULL)
        return;
    g_autofree char *percent = fovea_text_number (100 * layout->density, 3);
    g_autofree char *rest = g_strdup_printf (
        "A head has the colour of the method that keeps most of its attention mass when %s %% of "
        "causal pairs are computed, read off each method’s curve; recall is the median of all "
        "heads.",
        percent);
    g_autofree char *words = fovea_figure_caption (layout->info, rest);
    fovea_figure_add_caption (layout->scene, &layout->measures, y, words);
}

/* What the caption takes, with the gap above it. */
static double
get_foot (BudgetLayout *layout)
{
    double text = layout->measures.text;
    layout->scene = fovea_scene_new (layout->measures.width, layout->measures.inks);
    add_caption (layout, 2.2 * text);
    double foot = fovea_scene_get_content (layout->scene).y1;
    g_clear_pointer (&layout->scene, fovea_scene_free);
    return MAX (foot, text);
}

/* Where panel b begins beside the grid. */
static double
get_ranking_x (const BudgetLayout *layout)
{
    return SPLIT * layout->measures.width + 2.4 * layout->measures.text;
}

/* Panel b stands right of the grid or below it: where its names would be cut beside the grid, and on
 * a page of a set height that then has larger cells. */
static void
choose_place (BudgetLayout *layout, GArray *order, double top)
{
    double text = layout->measures.text, width = layout->measures.width;
    double room = layout->measures.max_height - top - get_foot (layout);
    g_autoptr (GPtrArray) shown = list_shown (layout, order);
    double ranking = (1.65 * shown->len + 1.3) * text + top;
    double under = measure_cell (layout, width, room - ranking);
    double beside = measure_cell (layout, SPLIT * width, room);
    double needed = measure_names (layout, shown) + measure_headings (layout);
    gboolean set = layout->measures.height > 0;
    layout->below = width - get_ranking_x (layout) < needed || (set && under > beside);
    layout->cell = layout->below ? under : beside;
    if (!set)
        layout->cell = MIN (layout->cell, LARGEST_CELL);
}

static FoveaFigure *
lay_out (BudgetLayout *layout, GError **error)
{
    double text = layout->measures.text, width = layout->measures.width;
    double top = (layout->measures.letters ? 3.6 : 1.9) * text;
    g_autoptr (GArray) order = rank_methods (layout);
    assign_styles (layout, order);
    choose_place (layout, order, top);
    layout->scene = fovea_scene_new (width, layout->measures.inks);
    fovea_figure_add_letter (layout->scene, &layout->measures, 0, "a");
    double low = add_grid (layout, layout->cell, top, error);
    if (low == 0)
        return NULL;
    FoveaTextStyle letter = {text * 8 / 7, TRUE, layout->measures.inks->ink, FOVEA_ANCHOR_START,
                             FALSE};
    double x = layout->below ? 0 : get_ranking_x (layout), y = layout->below ? low + text : 0;
    if (layout->measures.letters)
        fovea_scene_add_text (layout->scene, x, y + 0.78 * letter.size, "b", &letter);
    double last = add_ranking (layout, order, x, y + top, width - x);
    add_caption (layout, MAX (low, last) + 2.2 * text);
    return fovea_figure_finish (g_steal_pointer (&layout->scene), &layout->measures, error,
                                "Best sparse method of each head at density %g", layout->density);
}

FoveaFigure *
fovea_figure_budget_new (const FoveaTraceInfo *info,
                         FoveaTable *recall,
                         const FoveaSparseOptions *options,
                         const FoveaFigureStyle *style,
                         GError **error)
{
    g_auto (BudgetLayout) layout = {.set = fovea_curve_set_new (recall), .info = info};
    g_auto (GStrv) named = options->methods != NULL ? g_strsplit (options->methods, ",", -1) : NULL;
    layout.methods = g_array_new (FALSE, FALSE, sizeof (Method));
    g_array_set_clear_func (layout.methods, clear_method);
    if (!fovea_figure_measure (style, FOVEA_FIGURE_DOUBLE_MM, &layout.measures, error))
        return NULL;
    choose_density (&layout, options, named);
    run_competition (&layout, named);
    if (layout.n_measured > 0)
        return lay_out (&layout, error);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                 "budget figure: no curve of a head reaches density %g", layout.density);
    return NULL;
}
