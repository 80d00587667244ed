/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What curves come to, a row each: the density that a recall costs, and the area under the curve.
 * Asking a curve is in curve-set.c. */
#include "analysis/curve-set.h"
#include "analysis/sparse-curves.h"

static const double wanted[] = {0.8, 0.9, 0.95};

enum {
    LAYER,
    HEAD,
    NAME,
    METHOD,
    SERIES,
    FIRST_DENSITY,
    AREA = FIRST_DENSITY + G_N_ELEMENTS (wanted),
    N_POINTS,
};

static FoveaTable *
make_table (void)
{
    static const char *const names[] = {"layer", "head", "name", "method", "series"};
    FoveaTable *table = fovea_table_new ("sparsity");
    for (guint c = 0; c < G_N_ELEMENTS (names); c++)
        fovea_table_add_column (table, names[c],
                                c < NAME ? FOVEA_COLUMN_INTEGER : FOVEA_COLUMN_TEXT, "",
                                c < NAME ? "-1: mean" : "as in table recall");
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

static void
add_curve (FoveaTable *table, const FoveaCurve *curve)
{
    guint row = fovea_table_add_row (table);
    fovea_table_set_integer (table, row, LAYER, curve->layer);
    fovea_table_set_integer (table, row, HEAD, curve->head);
    fovea_table_set_text (table, row, NAME, curve->name);
    fovea_table_set_text (table, row, METHOD, curve->method);
    fovea_table_set_text (table, row, SERIES, curve->selected ? "selected" : "executed");
    for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
        fovea_table_set_number (table, row, FIRST_DENSITY + i,
                                fovea_curve_get_density (curve, wanted[i]));
    fovea_table_set_number (table, row, AREA, fovea_curve_get_area (curve));
    fovea_table_set_integer (table, row, N_POINTS, curve->n_points);
}

FoveaTable *
fovea_sparse_curves_summarise (FoveaTable *recall)
{
    FoveaTable *table = make_table ();
    g_autoptr (FoveaCurveSet) set = fovea_curve_set_new (recall);
    guint n;
    const FoveaCurve *curves = fovea_curve_set_list (set, &n);
    for (guint i = 0; i < n; i++)
        add_curve (table, &curves[i]);
    return table;
}
