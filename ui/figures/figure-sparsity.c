/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The density that heads need is a score of heads like any other: it becomes a small head table and
 * is drawn as the figure of heads draws scores. */
#include "ui/figures/figure-sparse.h"

#include <math.h>
#include <string.h>

#include "analysis/curve-set.h"
#include "ui/figures/figure-private.h"

#define DEFAULT_GOAL 0.9

/* The method named, or the bound, or the first that has curves of heads. */
static const char *
choose_method (const FoveaCurveSet *set, const char *named)
{
    guint n;
    const FoveaCurve *curves = fovea_curve_set_list (set, &n);
    const char *first = NULL, *token = NULL;
    for (guint i = 0; i < n; i++) {
        if (curves[i].head < 0 || curves[i].selected)
            continue;
        if (named == NULL && first == NULL)
            first = curves[i].method;
        if (strcmp (curves[i].method, named != NULL ? named : "oracle-weight") == 0)
            return curves[i].method;
        if (named == NULL && strcmp (curves[i].method, "oracle-token") == 0)
            token = curves[i].method;
    }
    return token != NULL ? token : first;
}

static const char *
find_role (FoveaTable *heads, gint64 layer, gint64 head)
{
    int columns[] = {fovea_table_find_kind (heads, "layer", FOVEA_COLUMN_INTEGER),
                     fovea_table_find_kind (heads, "head", FOVEA_COLUMN_INTEGER),
                     fovea_table_find_kind (heads, "role", FOVEA_COLUMN_TEXT)};
    if (columns[0] < 0 || columns[1] < 0 || columns[2] < 0)
        return "";
    for (guint row = 0; row < fovea_table_get_n_rows (heads); row++)
        if (fovea_table_get_integer (heads, row, (guint) columns[0]) == layer &&
            fovea_table_get_integer (heads, row, (guint) columns[1]) == head)
            return fovea_table_get_text (heads, row, (guint) columns[2]);
    return "";
}

/* A head table whose one score is the density that @method needs for @goal. */
static FoveaTable *
make_table (
    const FoveaCurveSet *set, const char *method, double goal, const char *score, FoveaTable *heads)
{
    guint n;
    const FoveaCurve *curves = fovea_curve_set_list (set, &n);
    FoveaTable *table = fovea_table_new ("heads");
    fovea_table_add_column (table, "layer", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "head", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "name", FOVEA_COLUMN_TEXT, "", "");
    fovea_table_add_column (table, "role", FOVEA_COLUMN_TEXT, "", "");
    fovea_table_add_column (table, score, FOVEA_COLUMN_NUMBER, "share", "");
    for (guint i = 0; i < n; i++) {
        if (curves[i].head < 0 || curves[i].selected || strcmp (curves[i].method, method) != 0)
            continue;
        guint row = fovea_table_add_row (table);
        fovea_table_set_integer (table, row, 0, curves[i].layer);
        fovea_table_set_integer (table, row, 1, curves[i].head);
        fovea_table_set_text (table, row, 2, curves[i].name);
        if (heads != NULL)
            fovea_table_set_text (table, row, 3,
                                  find_role (heads, curves[i].layer, curves[i].head));
        fovea_table_set_number (table, row, 4, fovea_curve_get_density (&curves[i], goal));
    }
    return table;
}

/* The grey line at the foot. */
static char *
write_caption (const FoveaTraceInfo *info, const char *method)
{
    const FoveaSparseMethod *known = fovea_sparse_method_find (method, NULL);
    g_autofree char *rest = g_strdup_printf (
        "%s. Density: share of causal pairs that is computed; heads on the right of the ranking "
        "need least.",
        known != NULL ? known->name : method);
    return info != NULL ? fovea_figure_caption (info, rest) : NULL;
}

FoveaFigure *
fovea_figure_sparsity_new (const FoveaTraceInfo *info,
                           FoveaTable *recall,
                           FoveaTable *heads,
                           const FoveaSparseOptions *options,
                           const FoveaFigureStyle *style,
                           GError **error)
{
    g_autoptr (FoveaCurveSet) set = fovea_curve_set_new (recall);
    double goal = options->goal > 0 ? options->goal : DEFAULT_GOAL;
    const char *method = choose_method (set, options->methods);
    if (method == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "sparsity figure: the table has no curves of heads by %s",
                     options->methods != NULL ? options->methods : "any method");
        return NULL;
    }
    g_autofree char *score = g_strdup_printf ("density for recall %g", goal);
    g_autoptr (FoveaTable) table = make_table (set, method, goal, score, heads);
    g_autofree char *caption = write_caption (info, method);
    const FoveaHeadsOptions grid = {score, caption};
    return fovea_figure_heads_new (NULL, table, &grid, style, NULL, error);
}
