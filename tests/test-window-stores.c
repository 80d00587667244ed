/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The stores of a window: closing them, files that go away and come back, and that whatever history leads
 * to is the sequence that notes, curves and exports are of. Exit status 77 without a display. */
#include <glib/gstdio.h>
#include <string.h>

#include "app/window/preferences.h"
#include "app/window/window-private.h"
#include "storage/note.h"
#include "tests/press-shortcut.h"
#include "tests/support.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"

static char *
copy_store (Bench *bench, const char *name)
{
    char *copy = g_build_filename (bench->folder, name, NULL);
    g_autoptr (GFile) from = g_file_new_for_path (bench->path), to = g_file_new_for_path (copy);
    ck_assert (g_file_copy (from, to, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, NULL));
    return copy;
}

static gboolean
shows (Bench *bench, const char *path)
{
    const FoveaOpened *opened = bench->window->opened;
    FoveaTraceSource *source = fovea_selection_get_source (bench->selection);
    return opened != NULL && source != NULL && opened->source == source &&
           g_str_equal (opened->path, path);
}

static void
open_and_wait (Bench *bench, const char *path)
{
    fovea_window_open (bench->window, path);
    RUN_UNTIL (shows (bench, path) && !fovea_window_is_busy (bench->window));
}

/* One that takes longer to read is no later in the list, and no less the first. */
static void
copy_large (Bench *bench, const char *name, char **path)
{
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    *path = g_build_filename (bench->folder, name, NULL);
    request->model = g_strdup ("demo");
    request->random_repeat = 4;
    request->limit = 60;
    fovea_window_capture (bench->window, request, *path);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
}

static guint
count_stores (Bench *bench)
{
    return g_list_model_get_n_items (fovea_library_get_stores (bench->window->library));
}

static gboolean
is_last_store (const char *path)
{
    g_autofree char *kept = g_settings_get_string (fovea_preferences_get (), "last-store");
    return g_str_equal (kept, path);
}

static const char *
get_store (Bench *bench, guint at)
{
    g_autoptr (FoveaTreeItem) item =
        g_list_model_get_item (fovea_library_get_stores (bench->window->library), at);
    return fovea_tree_item_get_path (item);
}

static gboolean
is_at_start (Bench *bench)
{
    return g_str_equal (gtk_stack_get_visible_child_name (bench->window->root), "start");
}

START_TEST (closing_a_store_shows_what_was_before_and_leaves_its_file)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    g_autofree char *copy = copy_store (bench, "copy.fovea");
    open_and_wait (bench, copy);
    activate (bench, "compare", NULL);
    ck_assert_ptr_nonnull (fovea_selection_get_reference (bench->selection));
    activate (bench, "close-store", NULL);
    RUN_UNTIL (shows (bench, bench->path));
    ck_assert_uint_eq (count_stores (bench), 1);
    ck_assert (g_file_test (copy, G_FILE_TEST_EXISTS));
    ck_assert_ptr_null (fovea_selection_get_reference (bench->selection));
    ck_assert_ptr_nonnull (
        strstr (gtk_window_get_title (GTK_WINDOW (bench->window)), "look.fovea"));
    RUN_UNTIL (strstr (fovea_window_get_status (bench->window), "copy.fovea") != NULL);
    /* No way back leads there. */
    fovea_selection_select (bench->selection, &(FoveaPlace){0, 1, 0, 0});
    for (guint i = 0; i < 20; i++) {
        fovea_selection_go (bench->selection, -1);
        ck_assert (shows (bench, bench->path));
    }
    bench_free (bench);
}
END_TEST

static const char *
unfold_details (Bench *bench)
{
    FoveaFailureBar *bar = bench->window->failure;
    if (fovea_failure_bar_get_details (bar) == NULL)
        gtk_widget_activate_action (GTK_WIDGET (bar), "failure.details", NULL);
    return fovea_failure_bar_get_details (bar);
}

static void
assert_ends (const char *details, const char *format, const char *path)
{
    g_autofree char *end = g_strdup_printf (format, path);
    ck_assert_msg (g_str_has_suffix (details, end), "%s", details);
}

/* What a message says was open is what was open when it came, and stays true whatever is opened since. */
START_TEST (details_are_of_the_time_of_their_message)
{
    Bench *bench = bench_new ();
    g_autofree char *none = g_build_filename (bench->folder, "none.fovea", NULL);
    fovea_window_show_failure (bench->window, "No reason: none.");
    g_autofree char *first = g_strdup (unfold_details (bench));
    assert_ends (first, ", open at that time: %s", "no store");
    open_scored (bench);
    ck_assert_str_eq (unfold_details (bench), first);
    fovea_window_show_failure (bench->window, "No reason either: none.");
    assert_ends (unfold_details (bench), ", open at that time: %s", bench->path);
    fovea_window_open (bench->window, none);
    RUN_UNTIL (strstr (fovea_window_get_failure (bench->window), "none.fovea") != NULL);
    g_autofree char *of_none = g_strdup (unfold_details (bench));
    assert_ends (of_none, "\nBeing opened at that time: %s", none);
    ck_assert_ptr_nonnull (strstr (of_none, bench->path));
    bench_free (bench);
}
END_TEST

/* A store may be made and never written to. */
START_TEST (a_store_without_sequences_is_named)
{
    Bench *bench = bench_new ();
    g_autoptr (GError) error = NULL;
    g_autofree char *empty = g_build_filename (bench->folder, "empty.fovea", NULL);
    FoveaStore *store = fovea_store_open (empty, FOVEA_STORE_CREATE, &error);
    ck_assert_ptr_nonnull (store);
    fovea_store_close (store);
    fovea_window_open (bench->window, empty);
    RUN_UNTIL (fovea_window_get_failure (bench->window) != NULL);
    g_autofree char *said = g_strdup_printf ("Store %s holds no sequence yet.", empty);
    ck_assert_str_eq (fovea_window_get_failure (bench->window), said);
    bench_free (bench);
}
END_TEST

/* As they are given at the start: the order of the list is theirs, and the last is shown, whichever is read
 * first; the next start shows it too. A name that is no store is told of and takes no place. */
START_TEST (of_several_stores_the_last_is_shown)
{
    static const guint orders[][2] = {{0, 1}, {1, 0}};
    g_autofree char *large = NULL;
    Bench *bench = bench_new ();
    open_scored (bench);
    copy_large (bench, "large.fovea", &large);
    g_autofree char *copy = copy_store (bench, "copy.fovea");
    g_autofree char *missing = g_build_filename (bench->folder, "missing.fovea", NULL);
    const char *paths[] = {large, copy};
    const char *first = paths[orders[_i % 2][0]], *last = paths[orders[_i % 2][1]];
    Bench *other = bench_new ();
    fovea_window_take (other->window, first);
    fovea_window_take (other->window, last);
    if (_i >= 2)
        fovea_window_take (other->window, missing);
    RUN_UNTIL (shows (other, last) && count_stores (other) == 2);
    RUN_UNTIL (!fovea_window_is_busy (other->window));
    ck_assert (shows (other, last));
    ck_assert_str_eq (get_store (other, 0), first);
    ck_assert_str_eq (get_store (other, 1), last);
    ck_assert_int_eq (fovea_window_get_failure (other->window) != NULL, _i >= 2);
    RUN_UNTIL (is_last_store (last));
    bench_free (other);
    bench_free (bench);
}
END_TEST

/* The order of the list and what is shown, also where the latter was not opened last; a file that is gone
 * meanwhile is named, is no row and keeps no other from coming. */
START_TEST (the_next_start_has_every_store_that_was_listed)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    g_autofree char *second = copy_store (bench, "second.fovea");
    g_autofree char *third = copy_store (bench, "third.fovea");
    Bench *first = bench_new ();
    fovea_window_take (first->window, bench->path);
    fovea_window_take (first->window, second);
    open_and_wait (first, third);
    open_and_wait (first, second);
    bench_free (first); /* closed as by hand */
    Bench *next = bench_new ();
    if (_i > 0)
        ck_assert_int_eq (g_unlink (_i == 1 ? third : second), 0);
    fovea_window_restore (next->window);
    const char *shown = _i == 2 ? third : second;
    RUN_UNTIL (shows (next, shown) && !fovea_window_is_busy (next->window));
    ck_assert_uint_eq (count_stores (next), _i > 0 ? 2 : 3);
    ck_assert_str_eq (get_store (next, 0), bench->path);
    ck_assert_str_eq (get_store (next, 1), _i == 2 ? third : second);
    const char *failure = fovea_window_get_failure (next->window);
    ck_assert_int_eq (failure != NULL, _i > 0);
    if (_i > 0)
        ck_assert_msg (strstr (failure, _i == 1 ? "third.fovea" : "second.fovea") != NULL, "%s",
                       failure);
    bench_free (next);
    bench_free (bench);
}
END_TEST

/* And what is drawn there is gone with it: nothing is exported, and the next start is not there either. */
START_TEST (closing_the_only_store_leads_to_the_start_page)
{
    static const char *const views[] = {"heads", "map", "sparsity", "features"};
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string (views[_i % 4]));
    if (_i >= 8)
        activate (bench, "arcs", NULL);
    else if (_i >= 4)
        activate (bench, "table", NULL);
    for (guint i = 0; i < 10; i++)
        window_bench_iterate ();
    activate (bench, "close-store", NULL);
    ck_assert (is_at_start (bench));
    ck_assert_ptr_null (bench->window->opened);
    ck_assert_ptr_null (fovea_selection_get_source (bench->selection));
    ck_assert_str_eq (gtk_window_get_title (GTK_WINDOW (bench->window)), "Fovea");
    ck_assert (!g_action_group_get_action_enabled (G_ACTION_GROUP (bench->window), "close-store"));
    ck_assert (!g_action_group_get_action_enabled (G_ACTION_GROUP (bench->window), "view"));
    g_autofree char *last = g_settings_get_string (fovea_preferences_get (), "last-store");
    ck_assert_str_eq (last, "");
    open_and_wait (bench, bench->path); /* as if nothing had been */
    RUN_UNTIL (!is_at_start (bench));
    ck_assert_uint_eq (count_stores (bench), 1);
    bench_free (bench);
}
END_TEST

/* Of two, the other; the keys stay in the list, where the next one may be closed. */
START_TEST (delete_in_the_list_closes_the_store_of_the_row)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    g_autofree char *copy = copy_store (bench, "copy.fovea");
    g_autoptr (GFile) file = g_file_new_for_path (copy);
    open_and_wait (bench, copy);
    GtkWidget *sidebar = GTK_WIDGET (bench->window->sidebar);
    RUN_UNTIL (fovea_sidebar_focus (bench->window->sidebar));
    ck_assert (press_key (GTK_WINDOW (bench->window), GDK_KEY_Delete, 0));
    RUN_UNTIL (shows (bench, bench->path));
    ck_assert_uint_eq (count_stores (bench), 1);
    GtkWidget *focus;
    RUN_UNTIL ((focus = gtk_window_get_focus (GTK_WINDOW (bench->window))) != NULL &&
               gtk_widget_is_ancestor (focus, sidebar));
    ck_assert (press_key (GTK_WINDOW (bench->window), GDK_KEY_Delete, 0));
    ck_assert (is_at_start (bench));
    ck_assert (g_file_test (copy, G_FILE_TEST_EXISTS));
    ck_assert (g_file_test (bench->path, G_FILE_TEST_EXISTS));
    bench_free (bench);
}
END_TEST

START_TEST (a_store_that_is_written_is_not_closed)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    request->model = g_strdup ("demo");
    request->random_repeat = 1000;
    request->limit = 8;
    fovea_window_capture (bench->window, request, bench->path);
    fovea_window_close_store (bench->window, bench->path);
    ck_assert_uint_eq (count_stores (bench), 1);
    ck_assert_ptr_nonnull (strstr (fovea_window_get_failure (bench->window), "look.fovea"));
    activate (bench, "cancel", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    bench_free (bench);
}
END_TEST

static gboolean
lists_recent (Bench *bench)
{
    GMenuModel *menu = G_MENU_MODEL (bench->window->main_menu);
    gboolean found = FALSE;
    for (int i = 0; i < g_menu_model_get_n_items (menu); i++) {
        g_autoptr (GMenuModel) submenu = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SUBMENU);
        found |= submenu != NULL && g_menu_model_get_n_items (submenu) > 0;
        ck_assert (submenu == NULL || g_menu_model_get_n_items (submenu) > 0);
    }
    return found;
}

/* The first test: this process has opened none before. */
START_TEST (the_menu_has_no_list_of_recent_stores_until_there_are_some)
{
    Bench *bench = bench_new ();
    ck_assert (!lists_recent (bench));
    open_scored (bench);
    RUN_UNTIL (lists_recent (bench));
    bench_free (bench);
}
END_TEST

static gboolean
is_missing (Bench *bench, const char *path)
{
    g_autoptr (FoveaTreeItem) store = fovea_library_find_store (bench->window->library, path);
    return fovea_tree_item_get_missing (store);
}

START_TEST (a_store_whose_file_is_gone_says_so_until_it_is_back)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    g_autofree char *copy = copy_store (bench, "copy.fovea");
    open_and_wait (bench, copy);
    open_and_wait (bench, bench->path);
    ck_assert_int_eq (g_unlink (copy), 0);
    RUN_UNTIL (is_missing (bench, copy));
    GtkWidget *sidebar = GTK_WIDGET (bench->window->sidebar);
    RUN_UNTIL (find_text (sidebar, "missing") != NULL);
    ck_assert (!is_missing (bench, bench->path));
    g_autofree char *again = copy_store (bench, "copy.fovea");
    RUN_UNTIL (!is_missing (bench, copy));
    RUN_UNTIL (find_text (sidebar, "missing") == NULL);
    /* One that is not there any more goes all the same. */
    ck_assert_int_eq (g_unlink (copy), 0);
    RUN_UNTIL (is_missing (bench, copy));
    fovea_window_close_store (bench->window, copy);
    ck_assert_uint_eq (count_stores (bench), 1);
    ck_assert (shows (bench, bench->path));
    bench_free (bench);
}
END_TEST

static gboolean
has_note (Bench *bench, const char *text)
{
    const char *note =
        fovea_notes_get (bench->window->notes, fovea_selection_get_place (bench->selection));
    return g_strcmp0 (note, text) == 0;
}

/* Notes and curves are those of the text that is in sight again, and so is whatever is written of it. */
START_TEST (what_history_leads_back_to_is_what_is_open)
{
    static const FoveaPlace noted = {1, 2, 9, 4};
    Bench *bench = bench_new ();
    open_scored (bench);
    g_autofree char *copy = copy_store (bench, "copy.fovea");
    fovea_selection_select (bench->selection, &noted);
    fovea_notes_edit (bench->window->notes, &noted, "on the first");
    activate (bench, "measure", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_ptr_nonnull (fovea_sparse_model_get_table (bench->window->sparse));
    open_and_wait (bench, copy);
    ck_assert (!has_note (bench, "on the first"));
    ck_assert_ptr_null (fovea_sparse_model_get_table (bench->window->sparse));
    activate (bench, "back", NULL);
    ck_assert (shows (bench, bench->path)); /* at once: nothing is written to the other one */
    RUN_UNTIL (has_note (bench, "on the first"));
    RUN_UNTIL (fovea_sparse_model_get_table (bench->window->sparse) != NULL);
    ck_assert_str_eq (fovea_tree_item_get_path (bench->window->opened_item), bench->path);
    activate (bench, "forward", NULL);
    ck_assert (shows (bench, copy));
    ck_assert (!has_note (bench, "on the first"));
    bench_free (bench);
}
END_TEST

/* As another window does, or a program; what is written here at the same time stays. */
START_TEST (notes_of_another_window_appear)
{
    static const FoveaPlace theirs = {1, 2, -1, -1}, mine = {0, 3, -1, -1};
    const FoveaNoteObject about = {1, 2, -1, -1};
    Bench *bench = bench_new ();
    g_autoptr (GError) error = NULL;
    open_scored (bench);
    g_autoptr (FoveaStore) store = fovea_store_open (bench->path, FOVEA_STORE_WRITE, &error);
    ck_assert_msg (store != NULL, "%s", error != NULL ? error->message : "");
    ck_assert (fovea_store_put_note (store, 1, &about, "by somebody else", &error));
    fovea_notes_edit (bench->window->notes, &mine, "by me");
    RUN_UNTIL (g_str_equal (fovea_notes_get (bench->window->notes, &theirs), "by somebody else"));
    ck_assert_str_eq (fovea_notes_get (bench->window->notes, &mine), "by me");
    bench_free (bench);
}
END_TEST

static GtkWidget *
find_question (void)
{
    g_autoptr (GList) windows = gtk_window_list_toplevels ();
    for (GList *at = windows; at != NULL; at = at->next)
        if (GTK_IS_MESSAGE_DIALOG (at->data) && gtk_widget_get_mapped (at->data))
            return at->data;
    return NULL;
}

static void
keep_text (GObject *clipboard, GAsyncResult *result, gpointer data)
{
    *(char **) data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
}

/* By its button or by leaving the program: with what was typed last, which no store has heard of. */
START_TEST (a_note_that_no_store_took_is_not_closed_over)
{
    static const FoveaPlace noted = {1, 2, -1, -1};
    Bench *bench = bench_new ();
    open_scored (bench);
    g_autofree char *copy = copy_store (bench, "copy.fovea"), *copied = NULL;
    g_autofree char *away = g_build_filename (bench->folder, "away", NULL);
    GtkWindow *window = GTK_WINDOW (bench->window);
    GActionGroup *program = G_ACTION_GROUP (gtk_window_get_application (window));
    ck_assert_int_eq (g_rename (bench->path, away), 0);
    fovea_notes_edit (bench->window->notes, &noted, "only here");
    _i == 0 ? gtk_window_close (window) : g_action_group_activate_action (program, "quit", NULL);
    RUN_UNTIL (find_question () != NULL);
    ck_assert_ptr_nonnull (find_text (find_question (), "A note is in this window only"));
    gtk_dialog_response (GTK_DIALOG (find_question ()), 1);
    gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (window)), NULL, keep_text,
                                   &copied);
    RUN_UNTIL (copied != NULL);
    ck_assert_ptr_nonnull (strstr (copied, ", sequence 1, head 1.2: only here"));
    RUN_UNTIL (find_question () == NULL);
    ck_assert (gtk_widget_get_mapped (GTK_WIDGET (window)));
    /* Nor is it gone with another text. */
    open_and_wait (bench, copy);
    ck_assert_str_eq (fovea_notes_get (bench->window->notes, &noted), "");
    ck_assert_int_eq (g_rename (away, bench->path), 0);
    open_and_wait (bench, bench->path);
    ck_assert_str_eq (fovea_notes_get (bench->window->notes, &noted), "only here");
    fovea_notes_edit (bench->window->notes, &noted, "in the store");
    RUN_UNTIL (g_str_equal (fovea_window_get_status (bench->window), "Note kept in the store"));
    g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &bench->window);
    gtk_window_close (window);
    RUN_UNTIL (bench->window == NULL);
    ck_assert_ptr_null (find_question ());
    bench_free (bench);
}
END_TEST

/* Once somebody said so. */
START_TEST (a_note_goes_with_its_window_when_that_was_answered)
{
    static const FoveaPlace noted = {1, 2, 5, 4};
    Bench *bench = bench_new ();
    open_scored (bench);
    GtkWindow *window = GTK_WINDOW (bench->window);
    ck_assert_int_eq (g_remove (bench->path), 0);
    fovea_notes_edit (bench->window->notes, &noted, "only here");
    gtk_window_close (window);
    RUN_UNTIL (find_question () != NULL);
    g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &bench->window);
    gtk_dialog_response (GTK_DIALOG (find_question ()), 2);
    RUN_UNTIL (bench->window == NULL);
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, the_menu_has_no_list_of_recent_stores_until_there_are_some);
    tcase_add_test (tcase, closing_a_store_shows_what_was_before_and_leaves_its_file);
    tcase_add_test (tcase, details_are_of_the_time_of_their_message);
    tcase_add_test (tcase, a_store_without_sequences_is_named);
    tcase_add_loop_test (tcase, of_several_stores_the_last_is_shown, 0, 4);
    tcase_add_loop_test (tcase, the_next_start_has_every_store_that_was_listed, 0, 3);
    tcase_add_loop_test (tcase, closing_the_only_store_leads_to_the_start_page, 0, 9);
    tcase_add_test (tcase, delete_in_the_list_closes_the_store_of_the_row);
    tcase_add_test (tcase, a_store_that_is_written_is_not_closed);
    tcase_add_test (tcase, a_store_whose_file_is_gone_says_so_until_it_is_back);
    tcase_add_test (tcase, what_history_leads_back_to_is_what_is_open);
    tcase_add_test (tcase, notes_of_another_window_appear);
    tcase_add_loop_test (tcase, a_note_that_no_store_took_is_not_closed_over, 0, 2);
    tcase_add_test (tcase, a_note_goes_with_its_window_when_that_was_answered);
}

int
main (void)
{
    return window_bench_main ("window stores", add_tests);
}
