/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Curves are runs of rows of one object, method and series; their points lie in one array, sorted
 * within each curve. Where more density gave less recall the curve is left as it was measured. */
#include "analysis/curve-set.h"

#include <math.h>
#include <string.h>

static const double LEAST_DENSITY = 0.02; /* where the area begins */

struct _FoveaCurveSet {
    FoveaTable *table;
    GArray *points; /* of FoveaCurvePoint */
    GArray *curves; /* of FoveaCurve */
};

/* Where the table keeps what a curve needs. */
typedef struct {
    int layer, head, name, method, series, knob;
    int density, recall, low, high, value;
} Columns;

static gboolean
find_columns (FoveaTable *table, Columns *c)
{
    c->layer = fovea_table_find_kind (table, "layer", FOVEA_COLUMN_INTEGER);
    c->head = fovea_table_find_kind (table, "head", FOVEA_COLUMN_INTEGER);
    c->name = fovea_table_find_kind (table, "name", FOVEA_COLUMN_TEXT);
    c->method = fovea_table_find_kind (table, "method", FOVEA_COLUMN_TEXT);
    c->series = fovea_table_find_kind (table, "series", FOVEA_COLUMN_TEXT);
    c->knob = fovea_table_find_kind (table, "knob", FOVEA_COLUMN_TEXT);
    c->density = fovea_table_find_kind (table, "density", FOVEA_COLUMN_NUMBER);
    c->recall = fovea_table_find_kind (table, "recall", FOVEA_COLUMN_NUMBER);
    c->low = fovea_table_find_kind (table, "recall_from", FOVEA_COLUMN_NUMBER);
    c->high = fovea_table_find_kind (table, "recall_to", FOVEA_COLUMN_NUMBER);
    c->value = fovea_table_find_kind (table, "value", FOVEA_COLUMN_NUMBER);
    return c->layer >= 0 && c->head >= 0 && c->name >= 0 && c->method >= 0 && c->series >= 0 &&
           c->density >= 0 && c->recall >= 0;
}

static double
get_number (FoveaTable *table, guint row, int column)
{
    return column >= 0 ? fovea_table_get_number (table, row, (guint) column) : (double) NAN;
}

static const char *
get_text (FoveaTable *table, guint row, int column)
{
    const char *text = column >= 0 ? fovea_table_get_text (table, row, (guint) column) : NULL;
    return text != NULL ? text : "";
}

static gboolean
is_same_curve (FoveaTable *table, const Columns *c, guint a, guint b)
{
    const int columns[] = {c->name, c->method, c->series};
    for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
        if (strcmp (get_text (table, a, columns[i]), get_text (table, b, columns[i])) != 0)
            return FALSE;
    return TRUE;
}

static int
compare_points (gconstpointer a, gconstpointer b)
{
    const FoveaCurvePoint *p = a, *q = b;
    if (p->density != q->density)
        return p->density < q->density ? -1 : 1;
    if (p->recall != q->recall)
        return p->recall < q->recall ? -1 : 1;
    return p->row < q->row ? -1 : p->row > q->row;
}

/* Rows [first,end) as a curve whose points start where the array of points ends now; the addresses
 * are set when that array no longer grows. */
static void
add_curve (FoveaCurveSet *set, const Columns *c, guint first, guint end)
{
    guint start = set->points->len;
    for (guint row = first; row < end; row++) {
        FoveaCurvePoint point = {
            .density = get_number (set->table, row, c->density),
            .recall = get_number (set->table, row, c->recall),
            .low = get_number (set->table, row, c->low),
            .high = get_number (set->table, row, c->high),
            .value = get_number (set->table, row, c->value),
            .row = row,
        };
        if (point.density > 0 && point.density <= 1 && isfinite (point.recall))
            g_array_append_val (set->points, point);
    }
    guint n = set->points->len - start;
    if (n == 0)
        return;
    qsort (&g_array_index (set->points, FoveaCurvePoint, start), n, sizeof (FoveaCurvePoint),
           compare_points);
    FoveaCurve curve = {
        .layer = fovea_table_get_integer (set->table, first, (guint) c->layer),
        .head = fovea_table_get_integer (set->table, first, (guint) c->head),
        .name = get_text (set->table, first, c->name),
        .method = get_text (set->table, first, c->method),
        .knob = get_text (set->table, first, c->knob),
        .selected = strcmp (get_text (set->table, first, c->series), "selected") == 0,
        .n_points = n,
    };
    g_array_append_val (set->curves, curve);
}

gint64
fovea_curves_get_first_tokens (FoveaTable *recall)
{
    const char *note = fovea_table_get_note (recall, "first_tokens");
    return note != NULL ? MAX (g_ascii_strtoll (note, NULL, 10), 0) : 0;
}

FoveaCurveSet *
fovea_curve_set_new (FoveaTable *recall)
{
    FoveaCurveSet *set = g_new0 (FoveaCurveSet, 1);
    Columns columns;
    guint n = fovea_table_get_n_rows (recall);
    set->table = fovea_table_ref (recall);
    set->points = g_array_new (FALSE, FALSE, sizeof (FoveaCurvePoint));
    set->curves = g_array_new (FALSE, FALSE, sizeof (FoveaCurve));
    if (!find_columns (recall, &columns))
        return set;
    for (guint first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && is_same_curve (recall, &columns, first, end); end++)
            ;
        add_curve (set, &columns, first, end);
    }
    for (guint i = 0, at = 0; i < set->curves->len; i++) {
        FoveaCurve *curve = &g_array_index (set->curves, FoveaCurve, i);
        curve->points = &g_array_index (set->points, FoveaCurvePoint, at);
        at += curve->n_points;
    }
    return set;
}

void
fovea_curve_set_free (FoveaCurveSet *set)
{
    if (set == NULL)
        return;
    fovea_table_unref (set->table);
    g_array_unref (set->points);
    g_array_unref (set->curves);
    g_free (set);
}

const FoveaCurve *
fovea_curve_set_list (const FoveaCurveSet *set, guint *n)
{
    *n = set->curves->len;
    return (const FoveaCurve *) (gpointer) set->curves->data;
}

const FoveaCurve *
fovea_curve_set_find (const FoveaCurveSet *set, gint64 layer, gint64 head, const char *method)
{
    for (guint i = 0; i < set->curves->len; i++) {
        const FoveaCurve *curve = &g_array_index (set->curves, FoveaCurve, i);
        if (curve->layer == layer && curve->head == head && !curve->selected &&
            strcmp (curve->method, method) == 0)
            return curve;
    }
    return NULL;
}

/* Point @i of a curve closed by the dense end. */
static FoveaCurvePoint
get_point (const FoveaCurve *curve, guint i)
{
    const FoveaCurvePoint dense = {.density = 1, .recall = 1};
    return i < curve->n_points ? curve->points[i] : dense;
}

static guint
count_closed (const FoveaCurve *curve)
{
    return curve->n_points + (curve->points[curve->n_points - 1].density < 1);
}

static double
interpolate (FoveaCurvePoint a, FoveaCurvePoint b, double density)
{
    double width = log (b.density) - log (a.density);
    double share = width > 0 ? (log (density) - log (a.density)) / width : 1;
    return a.recall + share * (b.recall - a.recall);
}

double
fovea_curve_get_recall (const FoveaCurve *curve, double density)
{
    guint n = count_closed (curve), i = 1;
    if (!(density >= curve->points[0].density) || density > 1)
        return NAN;
    while (i < n && get_point (curve, i).density < density)
        i++;
    if (i == n)
        return get_point (curve, n - 1).recall;
    return interpolate (get_point (curve, i - 1), get_point (curve, i), density);
}

double
fovea_curve_get_density (const FoveaCurve *curve, double recall)
{
    guint n = count_closed (curve);
    if (curve->points[0].recall >= recall)
        return curve->points[0].density;
    for (guint i = 1; i < n; i++) {
        FoveaCurvePoint a = get_point (curve, i - 1), b = get_point (curve, i);
        if (b.recall < recall)
            continue;
        double share = (recall - a.recall) / (b.recall - a.recall);
        return exp (log (a.density) + share * (log (b.density) - log (a.density)));
    }
    return NAN;
}

/* Integral over the logarithm of the density from @a to @b, cut at the least density. */
static double
get_piece (FoveaCurvePoint a, FoveaCurvePoint b)
{
    if (b.density <= LEAST_DENSITY)
        return 0;
    if (a.density < LEAST_DENSITY) {
        a.recall = interpolate (a, b, LEAST_DENSITY);
        a.density = LEAST_DENSITY;
    }
    return (a.recall + b.recall) / 2 * (log (b.density) - log (a.density));
}

double
fovea_curve_get_area (const FoveaCurve *curve)
{
    FoveaCurvePoint first = curve->points[0];
    double area = 0;
    /* Recall in proportion to density: its integral over the logarithm is the difference. */
    if (first.density > LEAST_DENSITY)
        area += first.recall * (1 - LEAST_DENSITY / first.density);
    for (guint i = 1; i < count_closed (curve); i++)
        area += get_piece (get_point (curve, i - 1), get_point (curve, i));
    return area / log (1 / LEAST_DENSITY);
}
