/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What the Sparsity view draws, as tables. Exit status 77 without a display or xdotool. */
#include <gtk/gtk.h>
#include <math.h>

#include "tests/on-display.h"
#include "tests/pointer-support.h"
#include "tests/shown-text.h"
#include "tests/sparse-bench.h"
#include "tests/sparse-support.h"
#include "tests/table-cells.h"
#include "tests/widget-tree.h"
#include "ui/line-table.h"
#include "ui/mask-table.h"
#include "ui/point-table.h"
#include "ui/sparse-numbers.h"
#include "ui/sparse-page.h"
#include "ui/sparse-tables.h"
#include "ui/text-cell.h"
#include "ui/trace-source.h"

/* Numbers of the lines' columns, as ui/mask-table.c has them. */
enum {
    KEPT_MASS,
    MISSED_MASS,
    N_KEYS,
    WASTED
};

START_TEST (the_mask_as_a_table_has_a_row_for_each_query)
{
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *table = fovea_mask_table_new (bench->model, bench->selection);
    GtkWidget *window = show_in_window (table, 900, 700);
    fovea_sparse_model_use (bench->model, TRUE);
    fovea_sparse_model_select (bench->model, sparse_bench_find_method ("streaming"), 3);
    GListModel *rows;
    RUN_UNTIL (fovea_sparse_model_get_numbers (bench->model) != NULL &&
               (rows = fovea_line_table_get_rows (FOVEA_LINE_TABLE (table))) != NULL &&
               g_list_model_get_n_items (rows) == T);
    const FoveaSparseNumbers *numbers = fovea_sparse_model_get_numbers (bench->model);
    double mass = 0, pairs = 0, wasted = 0;
    for (gint64 q = 0; q < T; q++) {
        g_autoptr (FoveaLine) line = g_list_model_get_item (rows, (guint) q);
        ck_assert_int_eq (line->query, q);
        ck_assert (fabs (line->numbers[KEPT_MASS] + line->numbers[MISSED_MASS] - 1) <= 1e-12);
        ck_assert (fabs (line->numbers[MISSED_MASS] - (double) numbers->missed[q]) <= 1e-6);
        mass += line->numbers[KEPT_MASS] / T;
        pairs += line->numbers[N_KEYS];
        wasted += line->numbers[N_KEYS] * line->numbers[WASTED];
    }
    ck_assert (fabs (mass - numbers->report.kept_mass) <= 1e-9);
    ck_assert (fabs (pairs - (double) numbers->report.n_pairs) <= 1e-6);
    ck_assert (fabs (wasted / pairs - numbers->report.wasted) <= 1e-9);
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (rows), 30, TRUE);
    ck_assert_int_eq (fovea_selection_get_place (bench->selection)->query, 30);
    fovea_selection_select_cell (bench->selection, 12, 5);
    ck_assert (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (rows), 12));
    ck_assert_int_eq (fovea_selection_get_place (bench->selection)->key, 5);
    g_autoptr (GString) text = g_string_new (NULL);
    g_autofree char *name = fovea_sparse_model_name_mask (bench->model);
    g_autofree char *title = g_strdup_printf ("Mask of %s, head 1.0: 160 queries", name);
    shown_text_collect (table, text);
    ck_assert_msg (strstr (text->str, title) != NULL, "%s in %s", title, text->str);
    /* Another point's mask keeps more. */
    fovea_sparse_model_select (bench->model, sparse_bench_find_method ("streaming"), 4);
    RUN_UNTIL (fovea_sparse_model_get_numbers (bench->model) != NULL);
    double more = 0;
    rows = fovea_line_table_get_rows (FOVEA_LINE_TABLE (table));
    for (guint q = 0; q < g_list_model_get_n_items (rows); q++) {
        g_autoptr (FoveaLine) line = g_list_model_get_item (rows, q);
        more += line->numbers[N_KEYS];
    }
    ck_assert_double_gt (more, pairs);
    close_window (window);
    sparse_bench_free (bench);
}
END_TEST

START_TEST (a_row_of_the_masks_table_hovers_its_query)
{
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *table = fovea_mask_table_new (bench->model, bench->selection), *cell;
    GtkWidget *window = show_in_window (table, 900, 700);
    const FoveaPlace *hover;
    fovea_sparse_model_use (bench->model, TRUE);
    fovea_sparse_model_select (bench->model, sparse_bench_find_method ("streaming"), 3);
    fovea_selection_select_cell (bench->selection, 20, 5);
    RUN_UNTIL ((cell = table_cells_find (table, "7")) != NULL);
    pointer_run_frame (cell);
    pointer_point (cell, 10, gtk_widget_get_height (cell) / 2.0);
    RUN_UNTIL ((hover = fovea_selection_get_hovered_cell (bench->selection)) != NULL &&
               hover->query == 7 && hover->key == 5);
    pointer_point (table, 100, 5);
    RUN_UNTIL (fovea_selection_get_hovered_cell (bench->selection) == NULL);
    close_window (window);
    sparse_bench_free (bench);
}
END_TEST

static guint
count_rows (GtkWidget *table)
{
    return g_list_model_get_n_items (fovea_point_table_get_rows (FOVEA_POINT_TABLE (table)));
}

/* Words of a row's cells, with a | between them; NULL = it is not in sight.   Owner: caller. */
static char *
read_row (GtkWidget *first_cell)
{
    GString *words = g_string_new (NULL);
    for (GtkWidget *cell = gtk_widget_get_parent (first_cell); cell != NULL;
         cell = gtk_widget_get_next_sibling (cell))
        g_string_append_printf (
            words, "%s|",
            fovea_text_cell_get_text (FOVEA_TEXT_CELL (gtk_widget_get_first_child (cell))));
    return g_string_free (words, FALSE);
}

/* Layer by layer, its mean before its heads; the numbers are the curves'. */
START_TEST (the_point_in_every_head_has_a_row_for_each_of_them)
{
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *table = fovea_point_table_new_of_layers (bench->model, bench->selection), *cell;
    GtkWidget *window = show_in_window (table, 1200, 700);
    const guint method = sparse_bench_find_method ("streaming");
    const guint n = LAYERS * (HEADS + 1);
    int scope;
    fovea_sparse_model_select (bench->model, method, 3);
    RUN_UNTIL (count_rows (table) == n && table_cells_find_nth (table, n - 1) != NULL);
    for (guint i = 0; i < n; i++) {
        gint64 layer = i / (HEADS + 1), head = (gint64) i % (HEADS + 1) - 1;
        const FoveaCurvePoint *point =
            &fovea_sparse_model_find_curve (bench->model, layer, head, method)->points[3];
        g_autofree char *name = head < 0 ? g_strdup ("mean") : g_strdup_printf ("%d", (int) head);
        g_autofree char *start = g_strdup_printf ("%d|%s|", (int) layer, name);
        g_autofree char *recall = g_strdup_printf ("|%.3f|", point->recall);
        g_autofree char *density = g_strdup_printf ("|%.3f|", point->density);
        RUN_UNTIL ((cell = table_cells_find_nth (table, i)) != NULL);
        g_autofree char *row = read_row (cell);
        ck_assert_msg (g_str_has_prefix (row, start) && strstr (row, recall) != NULL &&
                           strstr (row, density) != NULL,
                       "%s has not %s%s%s", row, start, density, recall);
    }
    g_autoptr (GString) text = g_string_new (NULL);
    g_autofree char *point_name = fovea_sparse_model_get_name (bench->model);
    g_autofree char *title = g_strconcat (point_name, ", in every layer and head", NULL);
    shown_text_collect (table, text);
    ck_assert_msg (strstr (text->str, title) != NULL, "%s in %s", title, text->str);
    close_window (window);
    g_object_get (bench->model, "scope", &scope, NULL);
    ck_assert_int_eq (scope, FOVEA_SCOPE_HEAD);
    sparse_bench_free (bench);
}
END_TEST

/* A row of a head leads to it, that of a mean to its layer; the point stays, and with it the rows. */
START_TEST (rows_of_every_head_lead_to_it)
{
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *table = fovea_point_table_new_of_layers (bench->model, bench->selection);
    GtkWidget *window = show_in_window (table, 1200, 700);
    const guint method = sparse_bench_find_method ("streaming"), last = LAYERS * (HEADS + 1) - 1;
    const FoveaPlace *place = fovea_selection_get_place (bench->selection);
    guint at, index;
    int scope;
    fovea_selection_select_head (bench->selection, 0, 0);
    fovea_sparse_model_select (bench->model, method, 3);
    RUN_UNTIL (count_rows (table) == last + 1);
    GtkSelectionModel *rows =
        GTK_SELECTION_MODEL (fovea_point_table_get_rows (FOVEA_POINT_TABLE (table)));
    ck_assert (gtk_selection_model_is_selected (rows, 1)); /* head 0.0 */
    g_autoptr (GObject) before = g_list_model_get_item (G_LIST_MODEL (rows), last);
    gtk_selection_model_select_item (rows, last, TRUE);
    place = fovea_selection_get_place (bench->selection);
    ck_assert (place->layer == 1 && place->head == 1);
    g_autoptr (GObject) after = g_list_model_get_item (G_LIST_MODEL (rows), last);
    ck_assert_ptr_eq (before, after);
    gtk_selection_model_select_item (rows, 0, TRUE);
    place = fovea_selection_get_place (bench->selection);
    ck_assert (place->layer == 0 && place->head == 1);
    g_object_get (bench->model, "scope", &scope, NULL);
    ck_assert_int_eq (scope, FOVEA_SCOPE_LAYER);
    ck_assert (gtk_selection_model_is_selected (rows, 0));
    fovea_sparse_model_get_point (bench->model, &at, &index);
    ck_assert (at == method && index == 3);
    fovea_sparse_model_select (bench->model, method, 4); /* another point, other rows */
    g_autoptr (GObject) other =
        g_list_model_get_item (fovea_point_table_get_rows (FOVEA_POINT_TABLE (table)), last);
    ck_assert_ptr_ne (other, after);
    ck_assert (gtk_selection_model_is_selected (rows, 0));
    fovea_sparse_model_set_table (bench->model, NULL);
    RUN_UNTIL (count_rows (table) == 0);
    close_window (window);
    sparse_bench_free (bench);
}
END_TEST

START_TEST (a_row_of_every_head_hovers_it)
{
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *table = fovea_point_table_new_of_layers (bench->model, bench->selection), *cell;
    GtkWidget *window = show_in_window (table, 1200, 1000);
    const FoveaPlace *hover;
    fovea_sparse_model_select (bench->model, sparse_bench_find_method ("streaming"), 3);
    RUN_UNTIL ((cell = table_cells_find_nth (table, 2)) != NULL); /* after the mean and head 0 */
    pointer_run_frame (cell);
    pointer_point (cell, 10, gtk_widget_get_height (cell) / 2.0);
    RUN_UNTIL ((hover = fovea_selection_get_hovered_head (bench->selection)) != NULL);
    ck_assert (hover->layer == 0 && hover->head == 1);
    pointer_point (table_cells_find_nth (table, 0), 10, 5); /* a mean is no head */
    RUN_UNTIL (fovea_selection_get_hovered_head (bench->selection) == NULL);
    close_window (window);
    sparse_bench_free (bench);
}
END_TEST

static GtkWidget *
find_shown_table (GtkWidget *page)
{
    EACH_WIDGET (widget, page)
        if (GTK_IS_COLUMN_VIEW (widget) && gtk_widget_get_mapped (widget))
            return widget;
    return NULL;
}

/* Three tables in the place of one picture, and a list that says which. */
START_TEST (a_list_chooses_which_table_is_in_sight)
{
    SparseBench *bench = sparse_bench_new ();
    FoveaSparsePage *page =
        FOVEA_SPARSE_PAGE (fovea_sparse_page_new (bench->model, bench->selection));
    GtkWidget *window = show_in_window (GTK_WIDGET (page), 1100, 700), *seen[3];
    fovea_sparse_page_toggle_table (page);
    GtkWidget *tables = widget_tree_find (GTK_WIDGET (page), FOVEA_TYPE_SPARSE_TABLES);
    GtkWidget *list = widget_tree_find (tables, GTK_TYPE_DROP_DOWN);
    for (guint i = 0; i < G_N_ELEMENTS (seen); i++) {
        gtk_drop_down_set_selected (GTK_DROP_DOWN (list), i);
        RUN_UNTIL ((seen[i] = find_shown_table (GTK_WIDGET (page))) != NULL);
        guint n = 0;
        EACH_WIDGET (widget, GTK_WIDGET (page))
            n += GTK_IS_COLUMN_VIEW (widget) && gtk_widget_get_mapped (widget);
        ck_assert_uint_eq (n, 1);
        for (guint k = 0; k < i; k++)
            ck_assert_ptr_ne (seen[i], seen[k]);
    }
    /* Away and back again, at the table that was chosen. */
    fovea_sparse_page_toggle_table (page);
    ck_assert (!gtk_widget_get_mapped (seen[2]));
    fovea_sparse_page_toggle_table (page);
    ck_assert (gtk_widget_get_mapped (seen[2]));
    close_window (window);
    sparse_bench_free (bench);
}
END_TEST

int
main (void)
{
    if (!pointer_prepare ())
        return 77;
    Suite *suite = suite_create ("sparse-tables");
    TCase *tcase = tcase_create ("display");
    tcase_set_timeout (tcase, 60);
    tcase_add_test (tcase, the_mask_as_a_table_has_a_row_for_each_query);
    tcase_add_test (tcase, a_row_of_the_masks_table_hovers_its_query);
    tcase_add_test (tcase, the_point_in_every_head_has_a_row_for_each_of_them);
    tcase_add_test (tcase, rows_of_every_head_lead_to_it);
    tcase_add_test (tcase, a_row_of_every_head_hovers_it);
    tcase_add_test (tcase, a_list_chooses_which_table_is_in_sight);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
