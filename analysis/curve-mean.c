/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Points are matched by their order along a curve: each is one step of the method's sweep, and more
 * of the knob keeps more pairs. A head that was measured at other steps has no partner for them, so
 * its method gets no mean at all rather than one that changes its heads along the curve. */
#include "analysis/curve-mean.h"

#include <math.h>
#include <string.h>

#include "kernels/error.h"

static const char NAME[] = "selection";

/* A table with the columns of another and no rows. */
static FoveaTable *
copy_columns (FoveaTable *recall)
{
    FoveaTable *table = fovea_table_new (fovea_table_get_name (recall));
    const char *settings = fovea_table_get_note (recall, "settings");
    for (guint c = 0; c < fovea_table_get_n_columns (recall); c++) {
        FoveaColumnKind kind;
        const char *unit, *description,
            *name = fovea_table_get_column (recall, c, &kind, &unit, &description);
        fovea_table_add_column (table, name, kind, unit, description);
    }
    if (settings != NULL)
        fovea_table_set_note (table, "settings", settings);
    return table;
}

/* Curves of one method and series, one a head; FALSE if a head lacks it or has other points. */
static gboolean
gather (const FoveaCurveSet *set,
        const FoveaCurve *like,
        const gint64 (*heads)[2],
        guint n,
        const FoveaCurve **found)
{
    guint n_curves;
    const FoveaCurve *curves = fovea_curve_set_list (set, &n_curves);
    for (guint h = 0; h < n; h++) {
        found[h] = NULL;
        for (guint i = 0; i < n_curves && found[h] == NULL; i++)
            if (curves[i].layer == heads[h][0] && curves[i].head == heads[h][1] &&
                curves[i].selected == like->selected &&
                strcmp (curves[i].method, like->method) == 0)
                found[h] = &curves[i];
        if (found[h] == NULL || found[h]->n_points != like->n_points)
            return FALSE;
    }
    return TRUE;
}

/* One column at one point over all heads. */
static double
mean_number (FoveaTable *recall, guint column, const FoveaCurve **found, guint n, guint point)
{
    const char *name = fovea_table_get_column (recall, column, NULL, NULL, NULL);
    gboolean least = strcmp (name, "least_recall") == 0;
    double sum = least ? INFINITY : 0;
    if (strcmp (name, "recall_from") == 0 || strcmp (name, "recall_to") == 0)
        return NAN;
    for (guint h = 0; h < n; h++) {
        double value = fovea_table_get_number (recall, found[h]->points[point].row, column);
        sum = !least ? sum + value : isnan (value) || value < sum ? value : sum;
    }
    return least ? sum : sum / n;
}

static void
add_point (FoveaTable *table, FoveaTable *recall, const FoveaCurve **found, guint n, guint point)
{
    guint row = fovea_table_add_row (table), like = found[0]->points[point].row;
    for (guint c = 0; c < fovea_table_get_n_columns (table); c++) {
        FoveaColumnKind kind;
        const char *name = fovea_table_get_column (recall, c, &kind, NULL, NULL);
        if (strcmp (name, "layer") == 0 || strcmp (name, "head") == 0)
            fovea_table_set_integer (table, row, c, FOVEA_CURVE_CHOSEN);
        else if (strcmp (name, "name") == 0)
            fovea_table_set_text (table, row, c, NAME);
        else if (kind == FOVEA_COLUMN_TEXT && strcmp (name, "mask_hash") != 0)
            fovea_table_set_text (table, row, c, fovea_table_get_text (recall, like, c));
        else if (kind == FOVEA_COLUMN_NUMBER)
            fovea_table_set_number (table, row, c, mean_number (recall, c, found, n, point));
        else if (strcmp (name, "n_sequences") == 0) /* the same for all heads of a run */
            fovea_table_set_integer (table, row, c, fovea_table_get_integer (recall, like, c));
    }
}

FoveaTable *
fovea_curve_mean_new (const FoveaCurveSet *set,
                      FoveaTable *recall,
                      const gint64 (*heads)[2],
                      guint n)
{
    FoveaTable *table = copy_columns (recall);
    guint n_curves;
    const FoveaCurve *curves = fovea_curve_set_list (set, &n_curves);
    g_autofree const FoveaCurve **found = g_new (const FoveaCurve *, (gsize) n + 1);
    for (guint i = 0; n > 0 && i < n_curves; i++) {
        if (curves[i].layer != heads[0][0] || curves[i].head != heads[0][1] ||
            !gather (set, &curves[i], heads, n, found))
            continue;
        for (guint p = 0; p < curves[i].n_points; p++)
            add_point (table, recall, found, n, p);
    }
    return table;
}

/* A row of @recall as it is. */
static void
copy_row (FoveaTable *table, FoveaTable *recall, guint from)
{
    guint row = fovea_table_add_row (table);
    for (guint c = 0; c < fovea_table_get_n_columns (table); c++) {
        FoveaColumnKind kind;
        fovea_table_get_column (recall, c, &kind, NULL, NULL);
        if (kind == FOVEA_COLUMN_TEXT)
            fovea_table_set_text (table, row, c, fovea_table_get_text (recall, from, c));
        else if (kind == FOVEA_COLUMN_NUMBER)
            fovea_table_set_number (table, row, c, fovea_table_get_number (recall, from, c));
        else
            fovea_table_set_integer (table, row, c, fovea_table_get_integer (recall, from, c));
    }
}

FoveaTable *
fovea_curve_chosen_new (
    const FoveaCurveSet *set, FoveaTable *recall, const gint64 (*heads)[2], guint n, GError **error)
{
    g_autoptr (FoveaTable) table = fovea_curve_mean_new (set, recall, heads, n);
    guint n_curves;
    const FoveaCurve *curves = fovea_curve_set_list (set, &n_curves);
    for (guint h = 0; h < n; h++) {
        gboolean any = FALSE;
        for (guint i = 0; i < n_curves; i++) {
            if (curves[i].layer != heads[h][0] || curves[i].head != heads[h][1])
                continue;
            any = TRUE;
            for (guint p = 0; p < curves[i].n_points; p++)
                copy_row (table, recall, curves[i].points[p].row);
        }
        if (any)
            continue;
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "recall: no curves of head %" G_GINT64_FORMAT ".%" G_GINT64_FORMAT,
                     heads[h][0], heads[h][1]);
        return NULL;
    }
    return g_steal_pointer (&table);
}

/* "5.7" and nothing else. */
static gboolean
parse_head (const char *word, gint64 head[2])
{
    g_auto (GStrv) parts = g_strsplit (word, ".", -1);
    guint64 number[2];
    if (g_strv_length (parts) != 2)
        return FALSE;
    for (guint i = 0; i < 2; i++) {
        if (!g_ascii_string_to_unsigned (parts[i], 10, 0, G_MAXINT32, &number[i], NULL))
            return FALSE;
        head[i] = (gint64) number[i];
    }
    return TRUE;
}

gint64 (*fovea_head_list_parse (const char *text, guint *n, GError **error))[2]
{
    g_auto (GStrv) words = g_strsplit (text, ",", -1);
    guint n_words = g_strv_length (words);
    g_autofree gint64 (*heads)[2] = g_malloc_n (n_words + 1, sizeof *heads);
    for (guint i = 0; i < n_words; i++) {
        const char *wrong = parse_head (words[i], heads[i]) ? NULL : "is no head like 5.7";
        for (guint j = 0; wrong == NULL && j < i; j++)
            if (heads[j][0] == heads[i][0] && heads[j][1] == heads[i][1])
                wrong = "stands there twice";
        if (wrong == NULL)
            continue;
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "heads '%s': '%s' %s", text, words[i],
                     wrong);
        return NULL;
    }
    if (n_words == 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "heads '': no head is named");
        return NULL;
    }
    *n = n_words;
    return g_steal_pointer (&heads);
}
