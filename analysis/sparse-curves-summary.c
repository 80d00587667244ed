/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What a curve comes to: the density that a recall costs, and the area under it. Points are taken in
 * order of density; where more density gave less recall the curve is left as it was measured. */
#include <math.h>
#include <string.h>

#include "analysis/sparse-curves.h"

static const double LEAST_DENSITY = 0.02; /* where the area begins */
static const double wanted[] = {0.8, 0.9, 0.95};

typedef struct {
    double density, recall;
} Point;

static int
compare_points (gconstpointer a, gconstpointer b)
{
    const Point *p = a, *q = b;
    if (p->density != q->density)
        return p->density < q->density ? -1 : 1;
    return p->recall < q->recall ? -1 : p->recall > q->recall;
}

/* Points by density, the dense end included. */
static void
close_curve (GArray *points)
{
    const Point dense = {1, 1};
    g_array_sort (points, compare_points);
    if (points->len == 0 || g_array_index (points, Point, points->len - 1).density < 1)
        g_array_append_val (points, dense);
}

static double
interpolate (Point a, Point b, double density)
{
    double width = log (b.density) - log (a.density);
    double share = width > 0 ? (log (density) - log (a.density)) / width : 1;
    return a.recall + share * (b.recall - a.recall);
}

/* The least density at which the curve reaches @recall; NaN if it never does. */
static double
find_density (const GArray *points, double recall)
{
    const Point *p = (const Point *) (gpointer) points->data;
    if (p[0].recall >= recall)
        return p[0].density;
    for (guint i = 1; i < points->len; i++) {
        if (p[i].recall < recall)
            continue;
        double share = (recall - p[i - 1].recall) / (p[i].recall - p[i - 1].recall);
        return exp (log (p[i - 1].density) + share * (log (p[i].density) - log (p[i - 1].density)));
    }
    return NAN;
}

/* Integral over the logarithm of the density of the piece from @a to @b, cut at the least density. */
static double
get_piece (Point a, Point b)
{
    if (b.density <= LEAST_DENSITY)
        return 0;
    if (a.density < LEAST_DENSITY)
        a = (Point){LEAST_DENSITY, interpolate (a, b, LEAST_DENSITY)};
    return (a.recall + b.recall) / 2 * (log (b.density) - log (a.density));
}

static double
get_area (const GArray *points)
{
    const Point *p = (const Point *) (gpointer) points->data;
    double area = 0;
    /* Recall in proportion to density: its integral over the logarithm is the difference. */
    if (p[0].density > LEAST_DENSITY)
        area += p[0].recall * (1 - LEAST_DENSITY / p[0].density);
    for (guint i = 1; i < points->len; i++)
        area += get_piece (p[i - 1], p[i]);
    return area / log (1 / LEAST_DENSITY);
}

static const char *const names[] = {"layer", "head", "name", "method", "series"};

static FoveaTable *
make_table (void)
{
    FoveaTable *table = fovea_table_new ("sparsity");
    for (guint c = 0; c < G_N_ELEMENTS (names); c++)
        fovea_table_add_column (table, names[c], c < 2 ? FOVEA_COLUMN_INTEGER : FOVEA_COLUMN_TEXT,
                                "", c < 2 ? "-1: mean" : "as in table recall");
    for (guint i = 0; i < G_N_ELEMENTS (wanted); i++) {
        g_autofree char *name = g_strdup_printf ("density_for_%g", wanted[i]);
        fovea_table_add_column (table, name, FOVEA_COLUMN_NUMBER, "share",
                                "density at which recall reaches this");
    }
    fovea_table_add_column (table, "area", FOVEA_COLUMN_NUMBER, "share",
                            "mean recall over log density, 0.02 to 1");
    fovea_table_add_column (table, "n_points", FOVEA_COLUMN_INTEGER, "", "of the curve");
    return table;
}

static gboolean
is_same_curve (FoveaTable *recall, const int *columns, guint a, guint b)
{
    for (guint c = 2; c < G_N_ELEMENTS (names); c++)
        if (strcmp (fovea_table_get_text (recall, a, (guint) columns[c]),
                    fovea_table_get_text (recall, b, (guint) columns[c])) != 0)
            return FALSE;
    return TRUE;
}

static void
add_curve (FoveaTable *table, FoveaTable *recall, const int *columns, guint first, GArray *points)
{
    guint row = fovea_table_add_row (table), n = points->len;
    close_curve (points);
    for (guint c = 0; c < G_N_ELEMENTS (names); c++) {
        if (c < 2)
            fovea_table_set_integer (table, row, c,
                                     fovea_table_get_integer (recall, first, (guint) columns[c]));
        else
            fovea_table_set_text (table, row, c,
                                  fovea_table_get_text (recall, first, (guint) columns[c]));
    }
    for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
        fovea_table_set_number (table, row, 5 + i, find_density (points, wanted[i]));
    fovea_table_set_number (table, row, 8, get_area (points));
    fovea_table_set_integer (table, row, 9, n);
}

FoveaTable *
fovea_sparse_curves_summarise (FoveaTable *recall)
{
    FoveaTable *table = make_table ();
    int columns[G_N_ELEMENTS (names)];
    int density = fovea_table_find_kind (recall, "density", FOVEA_COLUMN_NUMBER);
    int kept = fovea_table_find_kind (recall, "recall", FOVEA_COLUMN_NUMBER);
    guint n = fovea_table_get_n_rows (recall);
    for (guint c = 0; c < G_N_ELEMENTS (names); c++)
        columns[c] = fovea_table_find_kind (recall, names[c],
                                            c < 2 ? FOVEA_COLUMN_INTEGER : FOVEA_COLUMN_TEXT);
    g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (Point));
    for (guint first = 0, end; first < n; first = end) {
        g_array_set_size (points, 0);
        for (end = first; end < n && is_same_curve (recall, columns, first, end); end++) {
            Point point = {fovea_table_get_number (recall, end, (guint) density),
                           fovea_table_get_number (recall, end, (guint) kept)};
            if (point.density > 0 && isfinite (point.recall))
                g_array_append_val (points, point);
        }
        if (points->len > 0)
            add_curve (table, recall, columns, first, points);
    }
    return table;
}
