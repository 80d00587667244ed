/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "tests/widget-tree.h"
#include "tests/window-bench.h"

#include <stdlib.h>
#include <unistd.h>

#include "app/window/preferences.h"
#include "app/window/window-private.h"
#include "tests/shown-text.h"
#include "tests/support.h"
#include "ui/background.h"
#include "ui/finder.h"

#define EDGES 24 /* of a window, pixels of its size at most */

const char window_bench_text[] =
    "The Psychologist was the only person besides the Doctor and myself who "
    "had attended the previous dinner. The Psychologist was quiet.";

FoveaApplication *window_bench_application;

/* Of this process: below where its application keeps its state. */
static char *scored_path;

static gboolean
tick (gpointer data)
{
    return G_SOURCE_REMOVE;
}

void
window_bench_iterate (void)
{
    g_timeout_add (20, tick, NULL);
    g_main_context_iteration (NULL, TRUE);
}

/* What the test before it closed is there in this one. */
static void
reset_panels (void)
{
    GSettings *settings = fovea_preferences_get ();
    if (settings == NULL)
        return;
    g_settings_reset (settings, "show-sidebar");
    g_settings_reset (settings, "show-inspector");
}

Bench *
bench_new (void)
{
    Bench *bench = g_new0 (Bench, 1);
    reset_panels ();
    bench->folder = support_temp_dir ();
    bench->path = g_build_filename (bench->folder, "look.fovea", NULL);
    bench->window = fovea_window_new (GTK_APPLICATION (window_bench_application));
    bench->selection = fovea_window_get_selection (bench->window);
    gtk_window_present (GTK_WINDOW (bench->window));
    RUN_UNTIL (gtk_widget_get_mapped (GTK_WIDGET (bench->window)));
    return bench;
}

void
bench_free (Bench *bench)
{
    if (bench->window != NULL) /* not closed before */
        gtk_window_destroy (GTK_WINDOW (bench->window));
    while (g_main_context_pending (NULL))
        g_main_context_iteration (NULL, FALSE);
    support_remove_dir (bench->folder);
    g_free (bench->path);
    g_free (bench);
}

static void
wait_for_scores (Bench *bench)
{
    RUN_UNTIL (fovea_selection_get_heads (bench->selection) != NULL &&
               !fovea_window_is_busy (bench->window));
}

void
run_and_score (Bench *bench)
{
    fovea_window_run_text (bench->window, window_bench_text, bench->path);
    wait_for_scores (bench);
}

static void
copy_store (const char *from, const char *to)
{
    g_autoptr (GFile) source = g_file_new_for_path (from);
    g_autoptr (GFile) copy = g_file_new_for_path (to);
    g_autoptr (GError) error = NULL;
    ck_assert_msg (g_file_copy (source, copy, G_FILE_COPY_NONE, NULL, NULL, NULL, &error), "%s",
                   error != NULL ? error->message : "");
}

/* Shown in some turns of the main loop; the focus goes into the view with the frame behind them, and to
 * the selected head once the grid has it. */
static gboolean
is_opened (Bench *bench)
{
    GtkWidget *view = gtk_stack_get_visible_child (bench->window->views);
    GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (bench->window));
    return bench->window->opened != NULL && bench->window->opening == 0 && focus != NULL &&
           gtk_widget_is_ancestor (focus, view) &&
           (gtk_widget_get_state_flags (focus) & GTK_STATE_FLAG_SELECTED) != 0;
}

void
open_scored (Bench *bench)
{
    if (!g_file_test (scored_path, G_FILE_TEST_EXISTS)) {
        run_and_score (bench);
        copy_store (bench->path, scored_path); /* at rest, a store is one file */
        return;
    }
    copy_store (scored_path, bench->path);
    fovea_window_open (bench->window, bench->path);
    RUN_UNTIL (is_opened (bench));
    wait_for_scores (bench);
}

/* Asked for again each time: what was answered meanwhile is the size asked for now. */
static gboolean
take_size (GtkWidget *window, int width, int height)
{
    int wide = gtk_widget_get_width (window), high = gtk_widget_get_height (window);
    gtk_window_set_default_size (GTK_WINDOW (window), width, height);
    return wide <= width && wide > width - EDGES && high <= height && high > height - EDGES;
}

void
bench_resize (Bench *bench, int width, int height)
{
    RUN_UNTIL (take_size (GTK_WIDGET (bench->window), width, height));
}

void
activate (Bench *bench, const char *action, GVariant *parameter)
{
    g_action_group_activate_action (G_ACTION_GROUP (bench->window), action, parameter);
}

/* First label below @parent whose text begins so, NULL = none. */
const char *
find_text (GtkWidget *parent, const char *start)
{
    EACH_WIDGET (widget, parent) {
        const char *text = gtk_widget_get_mapped (widget) ? shown_text (widget) : NULL;
        if (text != NULL && g_str_has_prefix (text, start))
            return text;
    }
    return NULL;
}

const char *
wait_for_text (GtkWidget *parent, const char *start)
{
    RUN_UNTIL (find_text (parent, start) != NULL);
    return find_text (parent, start);
}

GtkWidget *
find_label (GtkWidget *parent, const char *words)
{
    EACH_WIDGET (widget, parent)
        if (GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), words))
            return widget;
    return NULL;
}

/* First descendant of a type with that label, or with any if @label is NULL. */
GtkWidget *
find_labelled (GtkWidget *parent, GType type, const char *label)
{
    EACH_WIDGET (widget, parent)
        if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type) &&
            (label == NULL || (GTK_IS_BUTTON (widget) &&
                               g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), label) == 0)))
            return widget;
    return NULL;
}

/* The open window with a title, NULL = none. */
GtkWidget *
find_window (const char *title)
{
    GListModel *windows = gtk_window_get_toplevels ();
    for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
        g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);
        if (g_strcmp0 (gtk_window_get_title (window), title) == 0)
            return GTK_WIDGET (window);
    }
    return NULL;
}

GtkWidget *
wait_for_window (const char *title)
{
    GtkWidget *window;
    RUN_UNTIL ((window = find_window (title)) != NULL && gtk_widget_get_mapped (window));
    return window;
}

void
find_and_go (Bench *bench, const char *typed, const char *expected)
{
    activate (bench, "palette", NULL);
    GtkWidget *finder = find_window ("Find");
    ck_assert_ptr_nonnull (finder);
    fovea_finder_set_text (FOVEA_FINDER (finder), typed);
    GListModel *results = fovea_finder_get_results (FOVEA_FINDER (finder));
    g_autoptr (FoveaFinderItem) first = g_list_model_get_item (results, 0);
    ck_assert_msg (first != NULL, "%s: nothing found", typed);
    ck_assert_str_eq (fovea_finder_item_get_title (first), expected);
    g_signal_emit_by_name (find_labelled (finder, GTK_TYPE_SEARCH_ENTRY, NULL), "activate");
    ck_assert_ptr_null (find_window ("Find"));
}

int
window_bench_main (const char *name, void (*add_tests) (TCase *tcase))
{
    char *state = g_dir_make_tmp ("fovea-test-XXXXXX", NULL);
    scored_path = g_build_filename (state, "scored.fovea", NULL);
    g_setenv ("XDG_STATE_HOME", state, TRUE);
    g_setenv ("XDG_DATA_HOME", state, TRUE);
    g_setenv ("CK_FORK", "no", TRUE); /* a child would share the connection to the display */
    g_set_prgname ("fovea-window");   /* as a main() does; the toolkit's list of files wants one */
    if (!gtk_init_check ())
        return 77;
    window_bench_application = fovea_application_new ();
    /* A window that is open on this desktop must not take the tests' place. */
    g_application_set_flags (G_APPLICATION (window_bench_application),
                             G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE);
    if (!g_application_register (G_APPLICATION (window_bench_application), NULL, NULL))
        return EXIT_FAILURE;
    Suite *suite = suite_create (name);
    TCase *tcase = tcase_create ("display");
    tcase_set_timeout (tcase, 120);
    add_tests (tcase);
    suite_add_tcase (suite, tcase);
    int status = support_run (suite);
    g_object_unref (window_bench_application);
    if (!fovea_background_finish (WINDOW_BENCH_DEADLINE_S)) {
        g_printerr ("what a window began goes on after it\n");
        _exit (EXIT_FAILURE);
    }
    support_remove_dir (state);
    g_free (scored_path);
    return status;
}
