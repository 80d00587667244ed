/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The whole window on a display with the bundled model: run, open, cancel, find, failure. Nothing
 * sleeps; exit status 77 without a display. */
#include <string.h>

#include "app/window/window-private.h"
#include "storage/note.h"
#include "tests/support.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"
#include "ui/finder.h"
#include "ui/head-set.h"
#include "ui/map-canvas.h"
#include "ui/sentences.h"
#include "ui/start-page.h"
#include "ui/status-line.h"

START_TEST (a_text_is_run_kept_scored_and_shown)
{
    Bench *bench = bench_new ();
    run_and_score (bench);
    const FoveaTraceInfo *info = fovea_selection_get_info (bench->selection);
    const FoveaPlace *place = fovea_selection_get_place (bench->selection);
    ck_assert_int_eq (info->architecture->n_layers, 6);
    ck_assert_uint_eq (fovea_table_get_n_rows (fovea_selection_get_heads (bench->selection)), 72);
    /* The first look is at an induction head, which this model has in its last layer. */
    ck_assert_uint_eq (place->layer, 5);
    ck_assert_int_lt (place->key, place->query);
    g_autoptr (FoveaStore) store = fovea_store_open (bench->path, FOVEA_STORE_READ, NULL);
    g_autoptr (GPtrArray) sequences = fovea_store_list_sequences (store, 0, NULL);
    ck_assert_uint_eq (sequences->len, 1);
    bench_free (bench);
}
END_TEST

START_TEST (a_store_that_was_scored_opens_with_its_heads)
{
    Bench *first = bench_new (), *second = bench_new ();
    open_scored (first);
    fovea_window_open (second->window, first->path);
    RUN_UNTIL (fovea_selection_get_info (second->selection) != NULL);
    ck_assert_ptr_nonnull (fovea_selection_get_heads (second->selection));
    ck_assert (!fovea_window_is_busy (second->window));
    bench_free (second);
    bench_free (first);
}
END_TEST

START_TEST (what_is_hovered_stands_in_the_status_line_beside_what_was_done)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    FoveaStatusLine *line =
        FOVEA_STATUS_LINE (widget_tree_find (GTK_WIDGET (bench->window), FOVEA_TYPE_STATUS_LINE));
    g_autofree char *done = g_strdup (fovea_window_get_status (bench->window));
    ck_assert_str_eq (fovea_status_line_get_hovered (line), "");
    fovea_selection_hover_cell (bench->selection, 3, 0);
    g_autofree char *pair = fovea_sentence_for_pair (bench->selection, 3, 0);
    ck_assert_str_eq (fovea_status_line_get_hovered (line), pair);
    fovea_selection_hover_head (bench->selection, 2, 7);
    ck_assert_ptr_nonnull (strstr (fovea_status_line_get_hovered (line), "2.7"));
    ck_assert_str_eq (fovea_window_get_status (bench->window), done);
    fovea_selection_hover_nothing (bench->selection);
    ck_assert_str_eq (fovea_status_line_get_hovered (line), "");
    fovea_selection_hover_head (bench->selection, 2, 7);
    activate (bench, "view", g_variant_new_string ("map")); /* its grid is not there any more */
    ck_assert_str_eq (fovea_status_line_get_hovered (line), "");
    fovea_selection_hover_cell (bench->selection, 3, 0); /* and the text of this one is not */
    fovea_selection_set_trace (bench->selection, bench->window->opened->source, NULL,
                               fovea_selection_get_place (bench->selection));
    ck_assert_str_eq (fovea_status_line_get_hovered (line), "");
    bench_free (bench);
}
END_TEST

START_TEST (a_store_opens_where_it_was_left)
{
    Bench *first = bench_new ();
    open_scored (first);
    g_autofree char *kept = g_strdup (first->path);
    activate (first, "view", g_variant_new_string ("map"));
    fovea_selection_select (first->selection, &(FoveaPlace){2, 7, 11, 5});
    gtk_window_destroy (GTK_WINDOW (first->window));
    first->window = fovea_window_new (GTK_APPLICATION (window_bench_application));
    first->selection = fovea_window_get_selection (first->window);
    gtk_window_present (GTK_WINDOW (first->window));
    fovea_window_open (first->window, kept);
    RUN_UNTIL (fovea_selection_get_info (first->selection) != NULL);
    const FoveaPlace *place = fovea_selection_get_place (first->selection);
    ck_assert_uint_eq (place->layer, 2);
    ck_assert_uint_eq (place->head, 7);
    ck_assert_int_eq (place->query, 11);
    ck_assert_int_eq (place->key, 5);
    bench_free (first);
}
END_TEST

static guint
count_windows (void)
{
    guint n = 0;
    for (GList *at = gtk_application_get_windows (GTK_APPLICATION (window_bench_application));
         at != NULL; at = at->next)
        n += FOVEA_IS_WINDOW (at->data);
    return n;
}

START_TEST (a_file_that_is_handed_over_opens_in_the_window_that_is_there)
{
    Bench *bench = bench_new (), *other = bench_new ();
    open_scored (other);
    g_autofree char *kept = g_strdup (other->path);
    gtk_window_destroy (GTK_WINDOW (other->window));
    guint n = count_windows ();
    gtk_window_present (GTK_WINDOW (bench->window));
    g_autoptr (GFile) file = g_file_new_for_path (kept);
    g_application_open (G_APPLICATION (window_bench_application), &file, 1, "");
    RUN_UNTIL (fovea_selection_get_info (bench->selection) != NULL);
    ck_assert_uint_eq (count_windows (), n);
    /* The desktop's list of recent files knows it now. */
    g_autofree char *uri = g_file_get_uri (file);
    RUN_UNTIL (gtk_recent_manager_has_item (gtk_recent_manager_get_default (), uri));
    other->window = fovea_window_new (GTK_APPLICATION (window_bench_application));
    bench_free (other);
    bench_free (bench);
}
END_TEST

/* Opens what is open no longer and gives the one window there is then. */
static FoveaWindow *
start_again (void)
{
    g_application_activate (G_APPLICATION (window_bench_application));
    return FOVEA_WINDOW (
        gtk_application_get_active_window (GTK_APPLICATION (window_bench_application)));
}

START_TEST (the_next_start_opens_the_store_that_was_left_unless_it_was_the_start_page)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    gtk_window_set_default_size (GTK_WINDOW (bench->window), 1210, 770);
    while (g_main_context_pending (NULL))
        g_main_context_iteration (NULL, FALSE);
    gtk_window_destroy (GTK_WINDOW (bench->window));
    ck_assert_uint_eq (count_windows (), 0);
    bench->window = start_again ();
    bench->selection = fovea_window_get_selection (bench->window);
    RUN_UNTIL (fovea_selection_get_info (bench->selection) != NULL);
    int width, height;
    gtk_window_get_default_size (GTK_WINDOW (bench->window), &width, &height);
    ck_assert_int_eq (width, 1210);
    ck_assert_int_eq (height, 770);
    activate (bench, "start", NULL);
    gtk_window_destroy (GTK_WINDOW (bench->window));
    bench->window = start_again ();
    bench->selection = fovea_window_get_selection (bench->window);
    GtkWidget *page = find_labelled (GTK_WIDGET (bench->window), FOVEA_TYPE_START_PAGE, NULL);
    RUN_UNTIL (gtk_widget_get_mapped (page));
    while (g_main_context_pending (NULL)) /* nor does anything open after a moment */
        g_main_context_iteration (NULL, FALSE);
    ck_assert (gtk_widget_get_mapped (page));
    ck_assert_ptr_null (fovea_selection_get_info (bench->selection));
    bench_free (bench);
}
END_TEST

START_TEST (a_note_is_in_the_store_when_the_window_has_closed)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("map"));
    fovea_selection_select (bench->selection, &(FoveaPlace){2, 7, 11, 5});
    activate (bench, "note", NULL);
    GtkWidget *entry = gtk_window_get_focus (GTK_WINDOW (bench->window));
    ck_assert (GTK_IS_TEXT_VIEW (entry));
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (entry)), "reads on", -1);
    gtk_window_destroy (GTK_WINDOW (bench->window)); /* at once: the pause has not passed */
    g_autoptr (FoveaStore) store = fovea_store_open (bench->path, FOVEA_STORE_READ, NULL);
    g_autoptr (GPtrArray) notes = fovea_store_list_notes (store, 1, NULL);
    ck_assert_uint_eq (notes->len, 1);
    const FoveaNote *note = g_ptr_array_index (notes, 0);
    ck_assert_str_eq (note->text, "reads on");
    ck_assert (note->object.layer == 2 && note->object.head == 7 && note->object.query == 11 &&
               note->object.key == 5);
    bench->window = fovea_window_new (GTK_APPLICATION (window_bench_application));
    bench_free (bench);
}
END_TEST

START_TEST (a_cancelled_run_leaves_nothing_in_the_store)
{
    Bench *bench = bench_new ();
    g_autofree char *path = support_data ("data/texts/moby_dick.txt");
    g_autofree char *whole = NULL;
    ck_assert (g_file_get_contents (path, &whole, NULL, NULL));
    whole[12000] = '\0';
    fovea_window_run_text (bench->window, whole, bench->path);
    ck_assert (fovea_window_is_busy (bench->window));
    activate (bench, "cancel", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_str_eq (fovea_window_get_status (bench->window), "Cancelled");
    ck_assert_ptr_null (fovea_selection_get_source (bench->selection));
    g_autoptr (FoveaStore) store = fovea_store_open (bench->path, FOVEA_STORE_READ, NULL);
    g_autoptr (GPtrArray) kept = store != NULL ? fovea_store_list_sequences (store, 0, NULL) : NULL;
    ck_assert (kept == NULL || kept->len == 0);
    bench_free (bench);
}
END_TEST

START_TEST (what_is_no_store_is_refused_in_one_line)
{
    Bench *bench = bench_new ();
    g_autofree char *path = g_build_filename (bench->folder, "no.fovea", NULL);
    ck_assert (g_file_set_contents (path, "this is no store", -1, NULL));
    fovea_window_open (bench->window, path);
    const char *message;
    RUN_UNTIL ((message = fovea_window_get_failure (bench->window)) != NULL);
    ck_assert_ptr_nonnull (strstr (message, "no.fovea"));
    ck_assert_ptr_null (strchr (message, '\n'));
    ck_assert_ptr_null (fovea_selection_get_source (bench->selection));
    bench_free (bench);
}
END_TEST

/* The one that failed is not marked as the open one, and the bar goes with the next that is asked for. */
START_TEST (what_cannot_be_read_leaves_the_row_of_what_is_shown)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    g_autofree char *copy = g_build_filename (bench->folder, "copy.fovea", NULL);
    g_autoptr (GFile) from = g_file_new_for_path (bench->path), to = g_file_new_for_path (copy);
    ck_assert (g_file_copy (from, to, 0, NULL, NULL, NULL, NULL));
    fovea_window_open (bench->window, copy);
    RUN_UNTIL (g_str_equal (bench->window->opened->path, copy));
    fovea_window_open (bench->window, bench->path);
    RUN_UNTIL (g_str_equal (bench->window->opened->path, bench->path));
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    g_autoptr (FoveaTreeItem) shown = g_object_ref (bench->window->opened_item);
    g_autoptr (FoveaTreeItem) store = fovea_library_find_store (bench->window->library, copy);
    g_autoptr (FoveaTreeItem) gone = fovea_library_find (store, 0);
    ck_assert (g_file_delete (to, NULL, NULL));
    g_signal_emit_by_name (bench->window->sidebar, "opened", gone);
    RUN_UNTIL (fovea_window_get_failure (bench->window) != NULL);
    ck_assert_ptr_eq (bench->window->opened_item, shown);
    ck_assert_str_eq (bench->window->opened->path, bench->path);
    g_signal_emit_by_name (bench->window->sidebar, "opened", shown);
    RUN_UNTIL (fovea_window_get_failure (bench->window) == NULL);
    /* Of two that are asked for at once, the one that fails is told of. */
    fovea_window_open (bench->window, copy);
    fovea_window_open (bench->window, bench->path);
    RUN_UNTIL (fovea_window_get_failure (bench->window) != NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_ptr_nonnull (fovea_window_get_failure (bench->window));
    bench_free (bench);
}
END_TEST

START_TEST (the_start_page_fits_the_smallest_window)
{
    Bench *bench = bench_new ();
    gtk_window_destroy (GTK_WINDOW (bench->window));
    bench->window = fovea_window_new (GTK_APPLICATION (window_bench_application));
    gtk_window_set_default_size (GTK_WINDOW (bench->window), 960, 600);
    gtk_window_present (GTK_WINDOW (bench->window));
    GtkWidget *scrolled = find_labelled (gtk_window_get_child (GTK_WINDOW (bench->window)),
                                         GTK_TYPE_SCROLLED_WINDOW, NULL);
    GtkAdjustment *down = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
    RUN_UNTIL (find_text (GTK_WIDGET (bench->window), "Keeps every") != NULL);
    RUN_UNTIL (gtk_adjustment_get_page_size (down) > 300 &&
               gtk_adjustment_get_upper (down) <= gtk_adjustment_get_page_size (down));
    bench_free (bench);
}
END_TEST

START_TEST (the_palette_finds_actions_heads_sequences_and_tokens)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    find_and_go (bench, "3.11", "Head 3.11, previous token");
    const FoveaPlace *place = fovea_selection_get_place (bench->selection);
    ck_assert (place->layer == 3 && place->head == 11);
    find_and_go (bench, "dinner", "“dinner”");
    place = fovea_selection_get_place (bench->selection);
    const FoveaTraceInfo *info = fovea_selection_get_info (bench->selection);
    ck_assert_ptr_nonnull (strstr (info->token_texts[place->query], "dinner"));
    ck_assert_int_le (place->key, place->query);
    find_and_go (bench, "map", "Map");
    GtkWidget *shown = gtk_window_get_focus (GTK_WINDOW (bench->window));
    ck_assert_ptr_nonnull (gtk_widget_get_ancestor (shown, FOVEA_TYPE_MAP_CANVAS));
    /* An action of the heads view brings it to the front. */
    find_and_go (bench, "choose every", "Choose every head shown");
    ck_assert_uint_eq (fovea_head_set_get_n (fovea_selection_get_chosen (bench->selection)), 72);
    FoveaTraceSource *before = fovea_selection_get_source (bench->selection);
    find_and_go (bench, "the psychologist", "The Psychologist was th…");
    RUN_UNTIL (fovea_selection_get_source (bench->selection) != before);
    bench_free (bench);
}
END_TEST

START_TEST (the_palette_leaves_out_what_cannot_be_done_now)
{
    Bench *bench = bench_new ();
    activate (bench, "palette", NULL);
    GtkWidget *finder = find_window ("Find");
    fovea_finder_set_text (FOVEA_FINDER (finder), "export this view");
    GListModel *results = fovea_finder_get_results (FOVEA_FINDER (finder));
    ck_assert_uint_eq (g_list_model_get_n_items (results), 0); /* nothing is open */
    fovea_finder_set_text (FOVEA_FINDER (finder), "new capture");
    ck_assert_uint_eq (g_list_model_get_n_items (results), 2); /* and one of files */
    /* A view that is not there is no answer either: this model reads no pictures. */
    fovea_finder_set_text (FOVEA_FINDER (finder), "picture");
    for (guint i = 0; i < g_list_model_get_n_items (results); i++) {
        g_autoptr (FoveaFinderItem) item = g_list_model_get_item (results, i);
        ck_assert_str_ne (fovea_finder_item_get_title (item), "Picture");
    }
    gtk_window_destroy (GTK_WINDOW (finder));
    bench_free (bench);
}
END_TEST

START_TEST (back_and_forward_follow_the_selection)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    FoveaPlace before = *fovea_selection_get_place (bench->selection);
    fovea_selection_select_head (bench->selection, 1, 3);
    ck_assert (g_action_group_get_action_enabled (G_ACTION_GROUP (bench->window), "back"));
    activate (bench, "back", NULL);
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->layer, before.layer);
    ck_assert (g_action_group_get_action_enabled (G_ACTION_GROUP (bench->window), "forward"));
    activate (bench, "forward", NULL);
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->head, 3);
    bench_free (bench);
}
END_TEST

START_TEST (the_copy_key_is_left_to_text_that_has_the_focus)
{
    Bench *bench = bench_new ();
    GActionGroup *actions = G_ACTION_GROUP (bench->window);
    ck_assert (!g_action_group_get_action_enabled (actions, "copy-value"));
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("map"));
    RUN_UNTIL (g_action_group_get_action_enabled (actions, "copy-value"));
    activate (bench, "search", NULL);
    ck_assert (!g_action_group_get_action_enabled (actions, "copy-value"));
    bench_free (bench);
}
END_TEST

/* Where there is nothing to stand in it, neither key nor button goes to an empty table unseen. */
START_TEST (a_view_without_data_has_no_table)
{
    Bench *bench = bench_new ();
    GActionGroup *actions = G_ACTION_GROUP (bench->window);
    open_scored (bench);
    ck_assert (g_action_group_get_action_enabled (actions, "table"));
    activate (bench, "view", g_variant_new_string ("features"));
    ck_assert (!g_action_group_get_action_enabled (actions, "table"));
    activate (bench, "view", g_variant_new_string ("sparsity"));
    ck_assert (!g_action_group_get_action_enabled (actions, "table"));
    activate (bench, "measure", NULL);
    RUN_UNTIL (g_action_group_get_action_enabled (actions, "table"));
    activate (bench, "view", g_variant_new_string ("map"));
    ck_assert (g_action_group_get_action_enabled (actions, "table"));
    bench_free (bench);
}
END_TEST

static void
find_by (Bench *bench, const char *typed)
{
    activate (bench, "palette", NULL);
    GtkWidget *finder = find_window ("Find");
    RUN_UNTIL (gtk_widget_get_mapped (finder));
    fovea_finder_set_text (FOVEA_FINDER (finder), typed);
    GListModel *results = fovea_finder_get_results (FOVEA_FINDER (finder));
    ck_assert_uint_gt (g_list_model_get_n_items (results), 0);
    g_autoptr (FoveaFinderItem) first = g_list_model_get_item (results, 0);
    ck_assert_int_eq (fovea_finder_item_get_target (first)->kind, FOVEA_FINDER_NOTE);
    g_signal_emit_by_name (widget_tree_find (finder, GTK_TYPE_SEARCH_ENTRY), "activate");
}

/* Of many thousands of cells nobody looks through all for it. */
START_TEST (a_note_is_found_by_its_words)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    fovea_notes_edit (bench->window->notes, &(FoveaPlace){5, 3, -1, -1}, "moves\nwith chapters");
    fovea_notes_edit (bench->window->notes, &(FoveaPlace){2, 7, 9, 4}, "a strange pair");
    RUN_UNTIL (bench->window->notes_on_way == 0);
    find_by (bench, "moves with");
    const FoveaPlace *place = fovea_selection_get_place (bench->selection);
    ck_assert_uint_eq (place->layer, 5);
    ck_assert_uint_eq (place->head, 3);
    ck_assert_str_eq (gtk_stack_get_visible_child_name (bench->window->views), "heads");
    find_by (bench, "note on 9"); /* and by what it is on */
    place = fovea_selection_get_place (bench->selection);
    ck_assert_uint_eq (place->layer, 2);
    ck_assert_uint_eq (place->head, 7);
    ck_assert_int_eq (place->query, 9);
    ck_assert_int_eq (place->key, 4);
    ck_assert_str_eq (gtk_stack_get_visible_child_name (bench->window->views), "map");
    bench_free (bench);
}
END_TEST

static void
search_for (Bench *bench, const char *text)
{
    gtk_editable_set_text (GTK_EDITABLE (bench->window->search), text);
    g_signal_emit_by_name (bench->window->search, "activate");
}

/* What the filter of Heads would read is no token: people type it where they search. */
START_TEST (a_search_for_a_role_shows_the_heads_that_have_it)
{
    Bench *bench = bench_new ();
    guint n = 0;
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("map"));
    search_for (bench, "role:induction");
    g_autofree char *filter = NULL;
    g_object_get (bench->window->heads, "filter", &filter, "n-shown", &n, NULL);
    ck_assert_str_eq (filter, "role:induction");
    ck_assert_uint_gt (n, 0);
    ck_assert_uint_lt (n, 72);
    ck_assert_str_eq (gtk_stack_get_visible_child_name (bench->window->views), "heads");
    GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (bench->window));
    ck_assert (!GTK_IS_EDITABLE (focus) && !GTK_IS_TEXT (focus)); /* so that Enter opens a head */
    search_for (bench, "sink>2");                                 /* no head has, and all stays */
    ck_assert_ptr_nonnull (strstr (fovea_window_get_status (bench->window), "sink>2"));
    g_clear_pointer (&filter, g_free);
    g_object_get (bench->window->heads, "filter", &filter, NULL);
    ck_assert_str_eq (filter, "role:induction");
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, a_text_is_run_kept_scored_and_shown);
    tcase_add_test (tcase, a_store_that_was_scored_opens_with_its_heads);
    tcase_add_test (tcase, what_is_hovered_stands_in_the_status_line_beside_what_was_done);
    tcase_add_test (tcase, a_store_opens_where_it_was_left);
    tcase_add_test (tcase, a_file_that_is_handed_over_opens_in_the_window_that_is_there);
    tcase_add_test (tcase,
                    the_next_start_opens_the_store_that_was_left_unless_it_was_the_start_page);
    tcase_add_test (tcase, a_note_is_in_the_store_when_the_window_has_closed);
    tcase_add_test (tcase, a_cancelled_run_leaves_nothing_in_the_store);
    tcase_add_test (tcase, what_is_no_store_is_refused_in_one_line);
    tcase_add_test (tcase, what_cannot_be_read_leaves_the_row_of_what_is_shown);
    tcase_add_test (tcase, the_start_page_fits_the_smallest_window);
    tcase_add_test (tcase, the_palette_finds_actions_heads_sequences_and_tokens);
    tcase_add_test (tcase, the_palette_leaves_out_what_cannot_be_done_now);
    tcase_add_test (tcase, back_and_forward_follow_the_selection);
    tcase_add_test (tcase, the_copy_key_is_left_to_text_that_has_the_focus);
    tcase_add_test (tcase, a_view_without_data_has_no_table);
    tcase_add_test (tcase, a_note_is_found_by_its_words);
    tcase_add_test (tcase, a_search_for_a_role_shows_the_heads_that_have_it);
}

int
main (void)
{
    return window_bench_main ("window", add_tests);
}
