/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Lines between the tokens of a short text, and the table of them. Exit status 77 without a display. */
#include <gtk/gtk.h>

#include "tests/on-display.h"
#include "tests/ui-support.h"
#include "tests/widget-bench.h"
#include "tests/widget-tree.h"
#include "ui/arc-view.h"
#include "ui/data-table.h"
#include "ui/line-table.h"
#include "ui/map-page.h"

START_TEST (arcs_draw_a_line_for_each_weight_of_a_short_text)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *page = fovea_map_page_new (bench->selection, bench->cells);
    g_autoptr (FoveaTraceSource) longer = ui_support_source (FOVEA_ARCS_MAX_TOKENS + 1);
    widget_bench_show (bench, page, 900, 700);
    widget_bench_open (bench, 0, 0, 20, 7);
    fovea_map_page_toggle_arcs (FOVEA_MAP_PAGE (page));
    GtkWidget *arcs = widget_tree_find (page, FOVEA_TYPE_ARC_VIEW);
    RUN_UNTIL (gtk_widget_get_mapped (arcs) &&
               fovea_arc_view_count_lines (FOVEA_ARC_VIEW (arcs)) > 0);
    /* Head 0.0: the first token looks at itself, 39 others at the one before and at themselves. */
    ck_assert_uint_eq (fovea_arc_view_count_lines (FOVEA_ARC_VIEW (arcs)), 79);
    widget_bench_press (arcs, "arcs.up");
    widget_bench_press (arcs, "arcs.right");
    ck_assert_int_eq (fovea_selection_get_place (bench->selection)->query, 19);
    ck_assert_int_eq (fovea_selection_get_place (bench->selection)->key, 8);
    widget_bench_press (
        arcs, "arcs.next-head"); /* spread evenly: no line but where few keys share a row */
    RUN_UNTIL (fovea_arc_view_count_lines (FOVEA_ARC_VIEW (arcs)) > 79);
    /* A longer text has its map instead. */
    fovea_selection_set_trace (bench->selection, longer, NULL, &(FoveaPlace){0, 0, 20, 7});
    ck_assert (!gtk_widget_get_mapped (arcs));
    fovea_map_page_toggle_arcs (FOVEA_MAP_PAGE (page));
    ck_assert (!gtk_widget_get_mapped (arcs));
    widget_bench_free (bench);
}
END_TEST

/* The table of @page that is in sight, NULL = none. */
static FoveaLineTable *
find_table (GtkWidget *page)
{
    EACH_WIDGET (widget, page)
        if (FOVEA_IS_LINE_TABLE (widget) && gtk_widget_get_mapped (widget))
            return FOVEA_LINE_TABLE (widget);
    return NULL;
}

/* Whether they go to it or to one of its rows. */
static gboolean
has_keys (GtkWidget *widget)
{
    GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
    return focus != NULL && gtk_widget_is_ancestor (focus, widget);
}

START_TEST (arcs_as_a_table_have_a_row_for_each_line)
{
    WidgetBench *bench = widget_bench_new (40);
    FoveaMapPage *page = FOVEA_MAP_PAGE (fovea_map_page_new (bench->selection, bench->cells));
    widget_bench_show (bench, GTK_WIDGET (page), 900, 700);
    widget_bench_open (bench, 0, 0, 20, 7);
    fovea_map_page_toggle_arcs (page);
    GtkWidget *arcs = widget_tree_find (GTK_WIDGET (page), FOVEA_TYPE_ARC_VIEW);
    RUN_UNTIL (gtk_widget_get_mapped (arcs));
    fovea_map_page_toggle_table (page);
    FoveaLineTable *table;
    RUN_UNTIL ((table = find_table (GTK_WIDGET (page))) != NULL);
    ck_assert (!gtk_widget_get_mapped (arcs) && fovea_map_page_shows_arcs (page));
    RUN_UNTIL (has_keys (GTK_WIDGET (table)));
    GListModel *rows = fovea_line_table_get_rows (table);
    RUN_UNTIL (g_list_model_get_n_items (fovea_line_table_get_rows (table)) == 79);
    double before = 1;
    for (guint i = 0; i < 79; i++) {
        g_autoptr (FoveaLine) line = g_list_model_get_item (rows, i);
        double weight = line->numbers[FOVEA_LINE_WEIGHT];
        ck_assert (weight >= (double) FOVEA_ARCS_LEAST && weight <= before);
        ck_assert (line->key == line->query || line->key == line->query - 1);
        before = weight;
    }
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (rows), 30, TRUE);
    g_autoptr (FoveaLine) chosen = g_list_model_get_item (rows, 30);
    const FoveaPlace *place = fovea_selection_get_place (bench->selection);
    ck_assert_int_eq (place->query, chosen->query);
    ck_assert_int_eq (place->key, chosen->key);
    fovea_selection_select_cell (bench->selection, 19, 19); /* the row moves, the lines stay */
    guint at = 0;
    while (at < 79 && !gtk_selection_model_is_selected (GTK_SELECTION_MODEL (rows), at))
        at++;
    g_autoptr (FoveaLine) other = g_list_model_get_item (rows, at);
    ck_assert (other != NULL && other->query == 19 && other->key == 19);
    fovea_selection_select_head (bench->selection, 0, 1); /* spread evenly */
    RUN_UNTIL (g_list_model_get_n_items (fovea_line_table_get_rows (table)) > 79);
    fovea_map_page_toggle_table (page);
    RUN_UNTIL (gtk_widget_get_mapped (arcs) && find_table (GTK_WIDGET (page)) == NULL);
    ck_assert (gtk_widget_has_focus (arcs));
    fovea_map_page_toggle_arcs (page);
    fovea_map_page_toggle_table (page);
    RUN_UNTIL ((table = find_table (GTK_WIDGET (page))) != NULL);
    RUN_UNTIL (g_list_model_get_n_items (fovea_line_table_get_rows (table)) ==
               20);                    /* of query 19 */
    fovea_map_page_toggle_arcs (page); /* who asks for lines sees them */
    RUN_UNTIL (gtk_widget_get_mapped (arcs) && find_table (GTK_WIDGET (page)) == NULL);
    widget_bench_free (bench);
}
END_TEST

/* What the clipboard holds, "" = nothing.   Owner: caller. */
static char *
read_clipboard (GtkWidget *widget)
{
    GdkContentProvider *content = gdk_clipboard_get_content (gtk_widget_get_clipboard (widget));
    g_auto (GValue) value = G_VALUE_INIT;
    g_value_init (&value, G_TYPE_STRING);
    return content != NULL && gdk_content_provider_get_value (content, &value, NULL)
               ? g_value_dup_string (&value)
               : g_strdup ("");
}

static gboolean
note_rest (gpointer rested)
{
    *(gboolean *) rested = TRUE;
    return G_SOURCE_REMOVE;
}

/* Query 39 first, as it is sorted; weights with all their digits. */
START_TEST (a_table_is_copied_as_csv_in_its_order)
{
    WidgetBench *bench = widget_bench_new (40);
    FoveaMapPage *page = FOVEA_MAP_PAGE (fovea_map_page_new (bench->selection, bench->cells));
    g_autoptr (FoveaTraceSource) other = ui_support_source (30);
    widget_bench_show (bench, GTK_WIDGET (page), 900, 700);
    widget_bench_open (bench, 0, 0, 20, 7);
    fovea_map_page_toggle_arcs (page);
    fovea_map_page_toggle_table (page);
    FoveaLineTable *table;
    RUN_UNTIL ((table = find_table (GTK_WIDGET (page))) != NULL &&
               g_list_model_get_n_items (fovea_line_table_get_rows (table)) == 79);
    GtkWidget *rows = widget_tree_find (GTK_WIDGET (table), FOVEA_TYPE_DATA_TABLE);
    gtk_widget_activate_action (rows, "table.sort", NULL);
    gtk_widget_activate_action (rows, "table.copy", NULL);
    g_autofree char *text = NULL;
    RUN_UNTIL ((g_free (text), text = read_clipboard (rows), *text != '\0'));
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    ck_assert_uint_eq (g_strv_length (lines), 1 + 79 + 1);
    ck_assert_str_eq (lines[0], "query,token,key,token,weight");
    g_autoptr (FoveaLine) first = g_list_model_get_item (fovea_line_table_get_rows (table), 0);
    g_auto (GStrv) cells = g_strsplit (lines[1], ",", -1);
    ck_assert_str_eq (cells[0], "39");
    ck_assert_int_eq (g_ascii_strtoll (cells[2], NULL, 10), first->key);
    double weight = g_ascii_strtod (cells[g_strv_length (cells) - 1], NULL);
    ck_assert_double_eq_tol (weight, first->numbers[FOVEA_LINE_WEIGHT], 1e-8);
    ck_assert_str_eq (lines[80], "");
    /* What was still being written when the text was left comes to nothing. */
    gtk_widget_activate_action (rows, "table.reverse", NULL);
    gtk_widget_activate_action (rows, "table.copy", NULL);
    fovea_selection_set_trace (bench->selection, other, NULL, &(FoveaPlace){0, 0, 20, 7});
    RUN_UNTIL (g_list_model_get_n_items (fovea_line_table_get_rows (table)) == 59);
    gboolean rested = FALSE; /* after all that is done when nothing else is */
    g_idle_add_full (G_PRIORITY_LOW, note_rest, &rested, NULL);
    RUN_UNTIL (rested);
    g_autofree char *after = read_clipboard (rows);
    ck_assert_str_eq (after, text);
    widget_bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, arcs_draw_a_line_for_each_weight_of_a_short_text);
    tcase_add_test (tcase, a_table_is_copied_as_csv_in_its_order);
    tcase_add_test (tcase, arcs_as_a_table_have_a_row_for_each_line);
}

int
main (void)
{
    return run_on_display ("arcs", add_tests, 60);
}
