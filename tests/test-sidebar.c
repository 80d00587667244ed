/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The list of stores, runs and sequences, and the card of the model below it. Exit status 77 without a
 * display. */
#include <gtk/gtk.h>
#include <string.h>

#include "tests/on-display.h"
#include "tests/press-shortcut.h"
#include "tests/shown-text.h"
#include "tests/ui-support.h"
#include "tests/widget-bench.h"
#include "tests/widget-tree.h"
#include "ui/sidebar.h"

START_TEST (the_sidebar_opens_a_sequence_when_its_row_is_chosen)
{
    WidgetBench *bench = widget_bench_new (40);
    g_autoptr (GListStore) stores = g_list_store_new (FOVEA_TYPE_TREE_ITEM);
    g_autoptr (FoveaTreeItem) store =
        fovea_tree_item_new (FOVEA_TREE_STORE, "a.fovea", 0, "a.fovea", "1 MB");
    g_autoptr (FoveaTreeItem) run =
        fovea_tree_item_new (FOVEA_TREE_RUN, "a.fovea", 1, "Run 1", "1");
    g_autoptr (FoveaTreeItem) sequence =
        fovea_tree_item_new (FOVEA_TREE_SEQUENCE, "a.fovea", 7, "text", "40");
    g_list_store_append (fovea_tree_item_get_children (run), sequence);
    g_list_store_append (fovea_tree_item_get_children (store), run);
    g_list_store_append (stores, store);
    GtkWidget *sidebar = fovea_sidebar_new (bench->selection, G_LIST_MODEL (stores));
    widget_bench_show (bench, sidebar, 246, 600);
    GtkWidget *view = widget_tree_find (sidebar, GTK_TYPE_LIST_VIEW);
    GtkSelectionModel *model = gtk_list_view_get_model (GTK_LIST_VIEW (view));
    FoveaTreeItem *opened = NULL;
    ck_assert_uint_eq (g_list_model_get_n_items (G_LIST_MODEL (model)), 3);
    g_signal_connect_swapped (sidebar, "opened", G_CALLBACK (g_set_object), &opened);
    gtk_selection_model_select_item (model, 2, TRUE);
    ck_assert_ptr_eq (opened, sequence);
    g_clear_object (&opened);
    /* A store that comes above moves the row; nobody asked for anything. */
    g_autoptr (FoveaTreeItem) other =
        fovea_tree_item_new (FOVEA_TREE_STORE, "b.fovea", 0, "b.fovea", "1 MB");
    g_list_store_insert (stores, 0, other);
    ck_assert_uint_eq (gtk_single_selection_get_selected (GTK_SINGLE_SELECTION (model)), 3);
    ck_assert_ptr_null (opened);
    g_signal_emit_by_name (view, "activate", 3); /* Enter reads it once more */
    ck_assert_ptr_eq (opened, sequence);
    g_clear_object (&opened);
    widget_bench_free (bench);
}
END_TEST

/* Rows are what the list has, though the focus is on what is in them. */
static gboolean
is_selected_row (GtkWidget *focus, GtkWidget *view)
{
    while (focus != NULL && gtk_widget_get_parent (focus) != view)
        focus = gtk_widget_get_parent (focus);
    return focus != NULL && (gtk_widget_get_state_flags (focus) & GTK_STATE_FLAG_SELECTED);
}

/* Of a book the first part that was found is opened by Enter and by Down, and has the focus then; a search
 * that does not find it leaves it marked as the open one. */
START_TEST (a_search_of_the_sidebar_leads_to_what_it_found)
{
    WidgetBench *bench = widget_bench_new (40);
    g_autoptr (GListStore) stores = g_list_store_new (FOVEA_TYPE_TREE_ITEM);
    g_autoptr (FoveaTreeItem) store =
        fovea_tree_item_new (FOVEA_TREE_STORE, "a.fovea", 0, "a.fovea", "1 MB");
    g_list_store_append (stores, store);
    for (guint i = 1; i <= 40; i++) {
        g_autofree char *title = g_strdup_printf ("book, part %u", i);
        g_autoptr (FoveaTreeItem) part =
            fovea_tree_item_new (FOVEA_TREE_SEQUENCE, "a.fovea", i, title, "256");
        g_list_store_append (fovea_tree_item_get_children (store), part);
    }
    GtkWidget *sidebar = fovea_sidebar_new (bench->selection, G_LIST_MODEL (stores));
    FoveaTreeItem *opened = NULL;
    widget_bench_show (bench, sidebar, 246, 600);
    g_signal_connect_swapped (sidebar, "opened", G_CALLBACK (g_set_object), &opened);
    GtkWidget *view = widget_tree_find (sidebar, GTK_TYPE_LIST_VIEW);
    GtkWidget *search = widget_tree_find (sidebar, GTK_TYPE_SEARCH_ENTRY);
    GListModel *rows = G_LIST_MODEL (gtk_list_view_get_model (GTK_LIST_VIEW (view)));
    for (guint i = 0; i < 2; i++) {
        gtk_editable_set_text (GTK_EDITABLE (search), i == 0 ? "part 3" : "part 2");
        if (i == 0) /* at once: the list waits a little for more to be typed */
            g_signal_emit_by_name (search, "activate");
        RUN_UNTIL (g_list_model_get_n_items (rows) == 12); /* the store, 3 and 30 to 39 */
        if (i == 1)
            ck_assert (press_shortcut (search, GDK_KEY_Down));
        ck_assert_int_eq (fovea_tree_item_get_id (opened), i == 0 ? 3 : 2);
        RUN_UNTIL (is_selected_row (gtk_root_get_focus (gtk_widget_get_root (sidebar)), view));
    }
    gtk_editable_set_text (GTK_EDITABLE (search), "part 40"); /* what is open is not among these */
    RUN_UNTIL (g_list_model_get_n_items (rows) == 2);
    gtk_editable_set_text (GTK_EDITABLE (search), "");
    RUN_UNTIL (g_list_model_get_n_items (rows) == 41);
    ck_assert (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (rows), 2));
    g_clear_object (&opened);
    widget_bench_free (bench);
}
END_TEST

/* What a row shows of its title, as far as its width goes. */
static const char *
find_row_label (GtkWidget *parent, const char *title, PangoLayout **layout)
{
    EACH_WIDGET (widget, parent)
        if (GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), title)) {
            *layout = gtk_label_get_layout (GTK_LABEL (widget));
            return title;
        }
    return NULL;
}

static FoveaTreeItem *
new_store (guint n_sequences, const char *count)
{
    FoveaTreeItem *store = fovea_tree_item_new (FOVEA_TREE_STORE, "a.fovea", 0, "a.fovea", "1 MB");
    g_autoptr (FoveaTreeItem) run =
        fovea_tree_item_new (FOVEA_TREE_RUN, "a.fovea", 1, "Run 1", count);
    for (guint i = 0; i < n_sequences; i++) {
        g_autoptr (FoveaTreeItem) sequence =
            fovea_tree_item_new (FOVEA_TREE_SEQUENCE, "a.fovea", i + 1, "text", "40");
        g_list_store_append (fovea_tree_item_get_children (run), sequence);
    }
    g_list_store_append (fovea_tree_item_get_children (store), run);
    return store;
}

/* Somebody else writes: rows come, and those that are there stay the same. */
START_TEST (a_store_that_grew_has_more_rows_and_its_old_ones)
{
    WidgetBench *bench = widget_bench_new (40);
    g_autoptr (GListStore) stores = g_list_store_new (FOVEA_TYPE_TREE_ITEM);
    g_autoptr (FoveaTreeItem) store = new_store (2, "2 seq"), grown = new_store (5, "5 seq"),
                              cut = new_store (1, "1 seq");
    g_list_store_append (stores, store);
    GtkWidget *sidebar = fovea_sidebar_new (bench->selection, G_LIST_MODEL (stores));
    widget_bench_show (bench, sidebar, 246, 600);
    GListModel *runs = G_LIST_MODEL (fovea_tree_item_get_children (store));
    g_autoptr (FoveaTreeItem) run = g_list_model_get_item (runs, 0);
    GListModel *sequences = G_LIST_MODEL (fovea_tree_item_get_children (run));
    g_autoptr (FoveaTreeItem) first = g_list_model_get_item (sequences, 0);
    g_autoptr (FoveaTreeItem) written =
        fovea_tree_item_new (FOVEA_TREE_SEQUENCE, "a.fovea", 0, "text", "");
    fovea_tree_item_set_progress (written, 0.5);
    g_list_store_append (G_LIST_STORE (sequences), written);
    fovea_tree_item_renew (store, grown);
    g_autoptr (FoveaTreeItem) run_after = g_list_model_get_item (runs, 0);
    g_autoptr (FoveaTreeItem) first_after = g_list_model_get_item (sequences, 0);
    g_autoptr (FoveaTreeItem) last = g_list_model_get_item (sequences, 5);
    ck_assert_ptr_eq (run_after, run);
    ck_assert_ptr_eq (first_after, first);
    ck_assert_ptr_eq (last, written); /* behind those that are there */
    ck_assert_uint_eq (g_list_model_get_n_items (sequences), 6);
    PangoLayout *layout;
    RUN_UNTIL (find_row_label (sidebar, "5 seq", &layout) != NULL);
    /* And what was removed goes. */
    fovea_tree_item_renew (store, cut);
    ck_assert_uint_eq (g_list_model_get_n_items (sequences), 2);
    widget_bench_free (bench);
}
END_TEST

/* The planted trace is an imported one: of its model only the heads are known. */
START_TEST (what_a_trace_does_not_know_of_its_model_is_no_zero)
{
    WidgetBench *bench = widget_bench_new (40);
    g_autoptr (GListStore) stores = g_list_store_new (FOVEA_TYPE_TREE_ITEM);
    g_autoptr (GString) text = g_string_new (NULL);
    GtkWidget *sidebar = fovea_sidebar_new (bench->selection, G_LIST_MODEL (stores));
    widget_bench_show (bench, sidebar, 246, 600);
    widget_bench_open (bench, 1, 1, 20, 7);
    shown_text_collect (sidebar, text);
    ck_assert_ptr_nonnull (strstr (text->str, "vocabulary\n"));
    ck_assert_ptr_nonnull (strstr (text->str, "\n–\n"));
    ck_assert_ptr_null (strstr (text->str, "\n0"));
    widget_bench_free (bench);
}
END_TEST

static GtkWidget *
find_row (GtkWidget *sidebar, const char *title)
{
    PangoLayout *layout;
    EACH_WIDGET (widget, sidebar)
        if (GTK_IS_TREE_EXPANDER (widget) && find_row_label (widget, title, &layout) != NULL)
            return widget;
    return NULL;
}

static void
take_path (GtkWidget *sidebar, const char *path, char **taken)
{
    g_free (*taken);
    *taken = g_strdup (path);
}

/* Whichever row of it has the focus; and one whose file is gone says where it was. */
START_TEST (a_store_can_be_closed_and_says_when_it_is_not_there)
{
    WidgetBench *bench = widget_bench_new (40);
    g_autoptr (GListStore) stores = g_list_store_new (FOVEA_TYPE_TREE_ITEM);
    g_autoptr (FoveaTreeItem) store = new_store (2, "2 seq"), fresh = new_store (2, "2 seq");
    g_autofree char *path = NULL;
    g_list_store_append (stores, store);
    GtkWidget *sidebar = fovea_sidebar_new (bench->selection, G_LIST_MODEL (stores)), *row;
    widget_bench_show (bench, sidebar, 246, 600);
    g_signal_connect (sidebar, "close-store", G_CALLBACK (take_path), &path);
    RUN_UNTIL ((row = find_row (sidebar, "text")) != NULL);
    ck_assert (gtk_widget_grab_focus (gtk_widget_get_parent (row)));
    ck_assert (press_shortcut (sidebar, GDK_KEY_Delete));
    ck_assert_str_eq (path, "a.fovea");
    row = find_row (sidebar, "a.fovea");
    ck_assert_str_eq (gtk_widget_get_tooltip_text (row), "a.fovea");
    fovea_tree_item_set_missing (store, TRUE);
    ck_assert_ptr_nonnull (find_row (sidebar, "missing"));
    ck_assert_ptr_nonnull (strstr (gtk_widget_get_tooltip_text (row), "not there any more"));
    fovea_tree_item_renew (store, fresh); /* it could be read */
    ck_assert_ptr_null (find_row (sidebar, "missing"));
    ck_assert_ptr_nonnull (find_row (sidebar, "1 MB"));
    widget_bench_free (bench);
}
END_TEST

START_TEST (windows_of_a_book_keep_their_number_in_the_sidebar)
{
    static const char title[] = "a_book_with_a_long_name_of_its_file.txt, part 12";
    WidgetBench *bench = widget_bench_new (40);
    g_autoptr (GListStore) stores = g_list_store_new (FOVEA_TYPE_TREE_ITEM);
    g_autoptr (FoveaTreeItem) store =
        fovea_tree_item_new (FOVEA_TREE_STORE, "a.fovea", 0, "a.fovea", "1 MB");
    g_autoptr (FoveaTreeItem) sequence =
        fovea_tree_item_new (FOVEA_TREE_SEQUENCE, "a.fovea", 7, title, "40");
    g_list_store_append (fovea_tree_item_get_children (store), sequence);
    g_list_store_append (stores, store);
    GtkWidget *sidebar = fovea_sidebar_new (bench->selection, G_LIST_MODEL (stores));
    widget_bench_show (bench, sidebar, 246, 600);
    PangoLayout *name = NULL, *number = NULL;
    RUN_UNTIL (find_row_label (sidebar, "part 12", &number) != NULL);
    ck_assert_ptr_nonnull (
        find_row_label (sidebar, "a_book_with_a_long_name_of_its_file.txt", &name));
    ck_assert (pango_layout_is_ellipsized (name));
    ck_assert (!pango_layout_is_ellipsized (number));
    widget_bench_free (bench);
}
END_TEST

int
main (void)
{
    if (!gtk_init_check ())
        return 77;
    Suite *suite = suite_create ("sidebar");
    TCase *tcase = tcase_create ("display");
    tcase_set_timeout (tcase, 60);
    tcase_add_test (tcase, the_sidebar_opens_a_sequence_when_its_row_is_chosen);
    tcase_add_test (tcase, a_store_that_grew_has_more_rows_and_its_old_ones);
    tcase_add_test (tcase, what_a_trace_does_not_know_of_its_model_is_no_zero);
    tcase_add_test (tcase, a_store_can_be_closed_and_says_when_it_is_not_there);
    tcase_add_test (tcase, a_search_of_the_sidebar_leads_to_what_it_found);
    tcase_add_test (tcase, windows_of_a_book_keep_their_number_in_the_sidebar);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
