/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Curves read back from a table: which rows make a curve, and what is asked of one, against plain
 * interpolation and numerical integration. */
#include <math.h>
#include <string.h>

#include "analysis/curve-mean.h"
#include "analysis/curve-set.h"
#include "tests/support.h"

static FoveaTable *
new_table (void)
{
    static const FoveaColumn columns[] = {
        {"layer", FOVEA_COLUMN_INTEGER, "", ""}, {"head", FOVEA_COLUMN_INTEGER, "", ""},
        {"name", FOVEA_COLUMN_TEXT, "", ""},     {"method", FOVEA_COLUMN_TEXT, "", ""},
        {"series", FOVEA_COLUMN_TEXT, "", ""},   {"density", FOVEA_COLUMN_NUMBER, "", ""},
        {"recall", FOVEA_COLUMN_NUMBER, "", ""}, {"value", FOVEA_COLUMN_NUMBER, "", ""},
    };
    return fovea_table_new_with ("recall", columns, G_N_ELEMENTS (columns));
}

static void
add_row (FoveaTable *table,
         gint64 layer,
         gint64 head,
         const char *method,
         const char *series,
         double density,
         double recall)
{
    guint row = fovea_table_add_row (table);
    g_autofree char *name = g_strdup_printf ("%d.%d", (int) layer, (int) head);
    fovea_table_set_integer (table, row, 0, layer);
    fovea_table_set_integer (table, row, 1, head);
    fovea_table_set_text (table, row, 2, name);
    fovea_table_set_text (table, row, 3, method);
    fovea_table_set_text (table, row, 4, series);
    fovea_table_set_number (table, row, 5, density);
    fovea_table_set_number (table, row, 6, recall);
    fovea_table_set_number (table, row, 7, row);
}

START_TEST (rows_of_one_object_method_and_series_are_a_curve)
{
    g_autoptr (FoveaTable) table = new_table ();
    guint n;
    add_row (table, 3, 1, "window", "executed", 0.5, 0.9);
    add_row (table, 3, 1, "window", "executed", 0.1, 0.6);
    add_row (table, 3, 1, "window", "executed", 0.1, 0.5);
    add_row (table, 3, 1, "window", "selected", 0.05, 0.4);
    add_row (table, 3, 1, "quest", "executed", 0.2, 0.7);
    add_row (table, 3, -1, "quest", "executed", 0.3, 0.8);
    add_row (table, -1, -1, "quest", "executed", NAN, NAN); /* why it cannot apply is its note */
    g_autoptr (FoveaCurveSet) set = fovea_curve_set_new (table);
    const FoveaCurve *curves = fovea_curve_set_list (set, &n);
    ck_assert_uint_eq (n, 4);
    ck_assert_uint_eq (curves[0].n_points, 3);
    const guint order[] = {2, 1, 0}; /* by density, then by recall */
    for (guint i = 0; i < 3; i++) {
        ck_assert_uint_eq (curves[0].points[i].row, order[i]);
        ck_assert_double_eq (curves[0].points[i].value, order[i]);
        ck_assert (isnan (curves[0].points[i].low)); /* a column that is not there */
    }
    ck_assert (curves[1].selected && !curves[0].selected);
    ck_assert_str_eq (curves[3].name, "3.-1");
    ck_assert_ptr_eq (fovea_curve_set_find (set, 3, 1, "window"), &curves[0]);
    ck_assert_ptr_eq (fovea_curve_set_find (set, 3, -1, "quest"), &curves[3]);
    ck_assert_ptr_null (fovea_curve_set_find (set, -1, -1, "quest"));
    ck_assert_ptr_null (fovea_curve_set_find (set, 1, 3, "window"));
}
END_TEST

START_TEST (rows_that_no_density_can_have_are_left_out)
{
    static const double wrong[][2] = {{0, 0.5},   {-0.1, 0.5},     {1.001, 0.5},  {NAN, 0.5},
                                      {0.5, NAN}, {0.5, INFINITY}, {INFINITY, 1}, {0.5, -INFINITY}};
    g_autoptr (FoveaTable) table = new_table ();
    guint n;
    for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
        add_row (table, 0, 0, "window", "executed", wrong[i][0], wrong[i][1]);
    add_row (table, 0, 0, "window", "executed", 1, 0.99);
    add_row (table, 0, 1, "window", "executed", NAN, 0.99);
    g_autoptr (FoveaCurveSet) set = fovea_curve_set_new (table);
    const FoveaCurve *curves = fovea_curve_set_list (set, &n);
    ck_assert_uint_eq (n, 1);
    ck_assert_uint_eq (curves[0].n_points, 1);
    ck_assert_uint_eq (curves[0].points[0].row, G_N_ELEMENTS (wrong));
}
END_TEST

/* A table from a file may lack a column, or have it of another kind. */
START_TEST (tables_of_other_columns_hold_no_curves)
{
    static const FoveaColumn columns[] = {
        {"layer", FOVEA_COLUMN_INTEGER, "", ""}, {"head", FOVEA_COLUMN_INTEGER, "", ""},
        {"name", FOVEA_COLUMN_TEXT, "", ""},     {"method", FOVEA_COLUMN_TEXT, "", ""},
        {"series", FOVEA_COLUMN_TEXT, "", ""},   {"density", FOVEA_COLUMN_TEXT, "", ""},
        {"recall", FOVEA_COLUMN_NUMBER, "", ""},
    };
    for (guint n = 0; n <= G_N_ELEMENTS (columns); n++) {
        g_autoptr (FoveaTable) table = fovea_table_new_with ("recall", columns, n);
        guint n_curves;
        fovea_table_add_row (table);
        g_autoptr (FoveaCurveSet) set = fovea_curve_set_new (table);
        fovea_curve_set_list (set, &n_curves);
        ck_assert_uint_eq (n_curves, 0);
    }
}
END_TEST

/* Points of one curve, rising in density; closed by (1, 1) unless they reach it. */
static const struct {
    guint n;
    double points[6][2];
} shapes[] = {
    {1, {{0.25, 0.7}}},
    {1, {{0.02, 0.3}}},
    {1, {{1, 0.97}}},
    {1, {{0.001, 0.2}}},
    {3, {{0.001, 0.1}, {0.01, 0.4}, {0.015, 0.5}}},
    {3, {{0.01, 0.3}, {0.04, 0.5}, {0.6, 0.95}}},
    {4, {{0.05, 0.5}, {0.1, 0.4}, {0.2, 0.8}, {1, 0.99}}}, /* more gave less at one place */
    {4, {{0.1, 0.5}, {0.1, 0.6}, {0.3, 0.6}, {0.4, 1}}},
    {6, {{0.03, 0.1}, {0.06, 0.2}, {0.12, 0.4}, {0.24, 0.7}, {0.5, 0.9}, {0.9, 0.98}}},
};

static FoveaCurveSet *
make_set (int shape, const FoveaCurve **curve)
{
    g_autoptr (FoveaTable) table = new_table ();
    for (guint i = shapes[shape].n; i-- > 0;)
        add_row (table, 0, 0, "window", "executed", shapes[shape].points[i][0],
                 shapes[shape].points[i][1]);
    FoveaCurveSet *set = fovea_curve_set_new (table);
    *curve = fovea_curve_set_find (set, 0, 0, "window");
    ck_assert_ptr_nonnull (*curve);
    return set;
}

/* Straight in (log density, recall), and in proportion to the density below the first point. */
static double
plain_recall (int shape, double density)
{
    const double (*p)[2] = shapes[shape].points;
    guint n = shapes[shape].n;
    if (density < p[0][0])
        return p[0][1] * density / p[0][0];
    for (guint i = 1; i < n; i++)
        if (density <= p[i][0])
            return p[i - 1][1] + (p[i][1] - p[i - 1][1]) * log (density / p[i - 1][0]) /
                                     log (p[i][0] / p[i - 1][0]);
    return p[n - 1][0] < 1 ? p[n - 1][1] + (1 - p[n - 1][1]) * log (density / p[n - 1][0]) /
                                               log (1 / p[n - 1][0])
                           : p[n - 1][1];
}

START_TEST (recall_is_straight_over_log_density)
{
    const FoveaCurve *curve;
    g_autoptr (FoveaCurveSet) set = make_set (_i, &curve);
    double first = shapes[_i].points[0][0];
    ck_assert (isnan (fovea_curve_get_recall (curve, first * 0.999)));
    ck_assert (isnan (fovea_curve_get_recall (curve, 1.0001)));
    ck_assert (isnan (fovea_curve_get_recall (curve, NAN)));
    for (int i = 1; i < 500; i++) {
        double density = pow (first, 1 - i / 500.0);
        ck_assert_double_eq_tol (fovea_curve_get_recall (curve, density),
                                 plain_recall (_i, density), 1e-12);
    }
    ck_assert_double_eq (
        fovea_curve_get_recall (curve, 1),
        shapes[_i].points[shapes[_i].n - 1][0] < 1 ? 1 : shapes[_i].points[shapes[_i].n - 1][1]);
}
END_TEST

/* The least density of all: none below it reaches as much. */
START_TEST (density_is_the_least_that_reaches_a_recall)
{
    const FoveaCurve *curve;
    g_autoptr (FoveaCurveSet) set = make_set (_i, &curve);
    double first = shapes[_i].points[0][0], most = 0;
    for (guint i = 0; i < shapes[_i].n; i++)
        most = MAX (most, shapes[_i].points[i][1]);
    if (shapes[_i].points[shapes[_i].n - 1][0] < 1)
        most = 1;
    ck_assert_double_eq (fovea_curve_get_density (curve, 0), first);
    ck_assert (isnan (fovea_curve_get_density (curve, most + 1e-9)));
    for (double recall = 0.01; recall <= most; recall += 0.01) {
        double density = fovea_curve_get_density (curve, recall);
        ck_assert_msg (density >= first && density <= 1, "%g at %g", density, recall);
        ck_assert_double_ge (plain_recall (_i, MIN (density * (1 + 1e-12), 1)), recall - 1e-9);
        for (double share = 0.001; share < 1; share += 0.001) {
            double below = first * pow (density / first, share);
            if (below < density * (1 - 1e-9))
                ck_assert_double_lt (plain_recall (_i, below), recall + 1e-9);
        }
    }
}
END_TEST

START_TEST (area_is_the_mean_over_log_density)
{
    enum {
        STEPS = 200000
    };
    const FoveaCurve *curve;
    g_autoptr (FoveaCurveSet) set = make_set (_i, &curve);
    double sum = 0;
    for (int i = 0; i < STEPS; i++) /* middles of equal steps of the logarithm from 0.02 to 1 */
        sum += plain_recall (_i, pow (0.02, 1 - (i + 0.5) / STEPS));
    ck_assert_double_eq_tol (fovea_curve_get_area (curve), sum / STEPS, 3e-6);
}
END_TEST

static const struct {
    const char *text;
    guint n; /* 0 = no list */
} lists[] = {{"5.7", 1},  {"5.7,5.10", 2}, {"", 0},         {"5", 0},
             {"5.7,", 0}, {"5.7.1", 0},    {"5.-1", 0},     {"5.7,5.7", 0},
             {"a.b", 0},  {"5.7 ,5.8", 0}, {"0.0,0.00", 0}, {"99999999999.0", 0}};

START_TEST (a_list_of_heads_is_layers_and_numbers_once_each)
{
    guint n = 0;
    g_autoptr (GError) error = NULL;
    g_autofree gint64 (*heads)[2] = fovea_head_list_parse (lists[_i].text, &n, &error);
    ck_assert_msg ((heads != NULL) == (lists[_i].n > 0), "'%s'", lists[_i].text);
    ck_assert ((error != NULL) == (heads == NULL));
    if (heads != NULL) {
        ck_assert_uint_eq (n, lists[_i].n);
        ck_assert (heads[0][0] == 5 && heads[0][1] == 7 && heads[n - 1][1] == (n > 1 ? 10 : 7));
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("curve set");
    TCase *rows = tcase_create ("rows"), *asked = tcase_create ("curves");
    int n = G_N_ELEMENTS (shapes);
    tcase_add_test (rows, rows_of_one_object_method_and_series_are_a_curve);
    tcase_add_test (rows, rows_that_no_density_can_have_are_left_out);
    tcase_add_test (rows, tables_of_other_columns_hold_no_curves);
    tcase_add_loop_test (rows, a_list_of_heads_is_layers_and_numbers_once_each, 0,
                         G_N_ELEMENTS (lists));
    tcase_add_loop_test (asked, recall_is_straight_over_log_density, 0, n);
    tcase_add_loop_test (asked, density_is_the_least_that_reaches_a_recall, 0, n);
    tcase_add_loop_test (asked, area_is_the_mean_over_log_density, 0, n);
    suite_add_tcase (suite, rows);
    suite_add_tcase (suite, asked);
    return support_run (suite);
}
