/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The New capture dialog on a display, and dialogs that are closed early. Nothing sleeps; exit status 77
 * without a display. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "app/window/new-capture.h"
#include "fovea-config.h"
#include "tests/shown-text.h"
#include "tests/support.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"

START_TEST (a_capture_starts_only_when_its_prediction_fits)
{
    Bench *bench = bench_new ();
    activate (bench, "new-capture", NULL);
    GtkWidget *dialog = wait_for_window ("New capture");
    GtkWidget *capture = find_labelled (dialog, GTK_TYPE_BUTTON, "Capture");
    GtkWidget *model =
        find_labelled (gtk_window_get_child (GTK_WINDOW (dialog)), GTK_TYPE_ENTRY, NULL);
    ck_assert (!gtk_widget_get_sensitive (capture));
    RUN_UNTIL (gtk_widget_get_sensitive (capture));
    gtk_editable_set_text (GTK_EDITABLE (model), "no such model");
    RUN_UNTIL (!gtk_widget_get_sensitive (capture));
    gtk_editable_set_text (GTK_EDITABLE (model), "demo");
    RUN_UNTIL (gtk_widget_get_sensitive (capture));
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

static GtkWidget *
open_new_capture (Bench *bench)
{
    activate (bench, "new-capture", NULL);
    GtkWidget *dialog = wait_for_window ("New capture");
    return dialog;
}

/* Turns the input to a tab and gives its page. */
static GtkWidget *
turn_to (GtkWidget *dialog, const char *page)
{
    GtkWidget *content = gtk_window_get_child (GTK_WINDOW (dialog));
    GtkWidget *switcher = find_labelled (content, GTK_TYPE_STACK_SWITCHER, NULL);
    GtkStack *pages = gtk_stack_switcher_get_stack (GTK_STACK_SWITCHER (switcher));
    gtk_stack_set_visible_child_name (pages, page);
    return gtk_stack_get_visible_child (pages);
}

START_TEST (a_new_capture_runs_on_ids_and_says_what_is_wrong_with_them)
{
    Bench *bench = bench_new ();
    GtkWidget *dialog = open_new_capture (bench);
    GtkWidget *capture = find_labelled (dialog, GTK_TYPE_BUTTON, "Capture");
    RUN_UNTIL (gtk_window_get_modal (GTK_WINDOW (dialog)));
    RUN_UNTIL (gtk_widget_get_sensitive (capture));
    GtkWidget *page = turn_to (dialog, "ids");
    RUN_UNTIL (!gtk_widget_get_sensitive (capture));
    GtkEditable *ids = GTK_EDITABLE (find_labelled (page, GTK_TYPE_ENTRY, NULL));
    gtk_editable_set_text (ids, "0,519,99999999");
    RUN_UNTIL (find_text (dialog, "ids: ") != NULL); /* not in the vocabulary */
    gtk_editable_set_text (ids, "0,519,671");
    RUN_UNTIL (gtk_widget_get_sensitive (capture));
    RUN_UNTIL (find_text (dialog, "1 sequence, 3 tokens") != NULL);
    ck_assert_ptr_nonnull (strstr (wait_for_text (dialog, "fovea capture"), "--ids '0,519,671'"));
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

START_TEST (the_command_of_a_new_capture_predicts_the_same_store)
{
    Bench *bench = bench_new ();
    GtkWidget *dialog = open_new_capture (bench);
    GtkWidget *capture = find_labelled (dialog, GTK_TYPE_BUTTON, "Capture");
    RUN_UNTIL (gtk_widget_get_sensitive (capture));
    const char *shown = wait_for_text (dialog, "fovea capture");
    g_autofree char *line = g_strdup_printf ("%s/app/command/%s --dry-run", FOVEA_BUILD_DIR, shown);
    g_autofree char *out = NULL;
    int status;
    const char *arguments[] = {"/bin/sh", "-c", line, NULL};
    ck_assert (
        g_spawn_sync (NULL, (char **) arguments, NULL, 0, NULL, NULL, &out, NULL, &status, NULL));
    ck_assert_int_eq (status, 0);
    ck_assert_ptr_nonnull (find_text (dialog, "of ")); /* bars say what there is in words */
    const char *bytes = strstr (out, "store        ");
    ck_assert_ptr_nonnull (bytes);
    g_autofree char *size = g_strndup (bytes + 13, strcspn (bytes + 13, "f") - 1);
    ck_assert_msg (find_text (dialog, size) != NULL, "%s is not shown", size);
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

/* An entry or a button below @parent by how its words begin. */
static GtkWidget *
find_by_words (GtkWidget *parent, const char *start)
{
    EACH_WIDGET (widget, parent) {
        const char *words = GTK_IS_ENTRY (widget)
                                ? gtk_entry_get_placeholder_text (GTK_ENTRY (widget))
                            : GTK_IS_BUTTON (widget) ? gtk_button_get_label (GTK_BUTTON (widget))
                                                     : NULL;
        if (words != NULL && g_str_has_prefix (words, start) && gtk_widget_get_visible (widget))
            return widget;
    }
    return NULL;
}

START_TEST (what_does_not_fit_comes_with_a_button_that_makes_it_fit)
{
    Bench *bench = bench_new ();
    GtkWidget *dialog = open_new_capture (bench), *button = NULL;
    GtkWidget *capture = find_labelled (dialog, GTK_TYPE_BUTTON, "Capture");
    RUN_UNTIL (gtk_widget_get_sensitive (capture));
    ck_assert_ptr_null (find_by_words (dialog, "Windows of"));
    gtk_editable_set_text (GTK_EDITABLE (find_by_words (dialog, "what is free")), "4 MB");
    RUN_UNTIL ((button = find_by_words (dialog, "Windows of")) != NULL);
    ck_assert (!gtk_widget_get_sensitive (capture));
    ck_assert_ptr_nonnull (find_text (dialog, "Memory: "));
    g_signal_emit_by_name (button, "clicked");
    RUN_UNTIL (gtk_widget_get_sensitive (capture));
    ck_assert_ptr_null (find_by_words (dialog, "Windows of"));
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

START_TEST (windows_longer_than_the_context_come_with_a_button_that_makes_them_fit)
{
    Bench *bench = bench_new ();
    GtkWidget *dialog = open_new_capture (bench), *button = NULL;
    GtkWidget *capture = find_labelled (dialog, GTK_TYPE_BUTTON, "Capture");
    GtkWidget *windows = gtk_widget_get_prev_sibling (find_label (dialog, "tokens, stride"));
    RUN_UNTIL (gtk_widget_get_sensitive (capture));
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (windows), 32768);
    RUN_UNTIL ((button = find_by_words (dialog, "Windows of 4,096 tokens")) != NULL);
    ck_assert (!gtk_widget_get_sensitive (capture));
    ck_assert_ptr_nonnull (
        find_text (dialog, "Windows of 32,768 tokens are longer than the context of this model, "
                           "4,096 tokens."));
    g_signal_emit_by_name (button, "clicked");
    RUN_UNTIL (gtk_widget_get_sensitive (capture));
    ck_assert_double_eq (gtk_spin_button_get_value (GTK_SPIN_BUTTON (windows)), 4096);
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

START_TEST (a_text_that_is_cut_at_its_window_is_told_of)
{
    Bench *bench = bench_new ();
    GtkWidget *dialog = open_new_capture (bench);
    GtkWidget *label = find_label (dialog, "tokens, stride");
    GtkSpinButton *tokens = GTK_SPIN_BUTTON (gtk_widget_get_prev_sibling (label));
    GtkSpinButton *stride = GTK_SPIN_BUTTON (gtk_widget_get_next_sibling (label));
    GtkWidget *capture = find_labelled (dialog, GTK_TYPE_BUTTON, "Capture");
    RUN_UNTIL (gtk_widget_get_sensitive (capture));
    ck_assert_ptr_null (find_text (dialog, "Longer texts end there"));
    gtk_spin_button_set_value (tokens, 50);
    RUN_UNTIL (find_text (dialog, "Longer texts end there") != NULL);
    gtk_spin_button_set_value (stride, 50);
    RUN_UNTIL (find_text (dialog, "Longer texts end there") == NULL);
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

/* A number of bytes, wherever it stands. */
static const char *
find_size (GtkWidget *parent)
{
    EACH_WIDGET (widget, parent) {
        const char *text = gtk_widget_get_mapped (widget) ? shown_text (widget) : NULL;
        if (text != NULL && g_ascii_isdigit (*text) &&
            (g_str_has_suffix (text, "MB") || g_str_has_suffix (text, "kB")))
            return text;
    }
    return NULL;
}

START_TEST (a_form_that_is_no_run_shows_no_numbers_of_another)
{
    Bench *bench = bench_new ();
    GtkWidget *dialog = open_new_capture (bench);
    GtkWidget *capture = find_labelled (dialog, GTK_TYPE_BUTTON, "Capture");
    GtkWidget *copy = gtk_widget_get_next_sibling (find_label (dialog, "Same as the command"));
    RUN_UNTIL (gtk_widget_get_sensitive (capture));
    ck_assert_ptr_nonnull (find_text (dialog, "1 sequence, "));
    ck_assert (gtk_widget_get_sensitive (copy));
    ck_assert_ptr_nonnull (find_size (dialog));
    turn_to (dialog, "jsonl");
    RUN_UNTIL (find_text (dialog, "Choose a file of JSON lines") != NULL);
    ck_assert_ptr_null (find_text (dialog, "1 sequence, "));
    ck_assert_ptr_null (find_text (dialog, "fovea capture"));
    GtkWidget *bar = widget_tree_find (dialog, GTK_TYPE_PROGRESS_BAR);
    ck_assert (gtk_widget_has_css_class (bar, "unknown")); /* which shows no end of a bar */
    ck_assert_ptr_null (find_size (dialog));               /* nor of its parts */
    ck_assert (!gtk_widget_get_sensitive (copy));
    turn_to (dialog, "text");
    RUN_UNTIL (gtk_widget_get_sensitive (capture));
    ck_assert (!gtk_widget_has_css_class (bar, "unknown"));
    ck_assert_ptr_nonnull (find_text (dialog, "1 sequence, "));
    ck_assert_ptr_nonnull (find_text (dialog, "fovea capture"));
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

/* Whether Tab would stop in the list of files. */
static gboolean
takes_focus (GtkWidget *dialog)
{
    GtkWidget *list = find_labelled (turn_to (dialog, "files"), GTK_TYPE_LIST_VIEW, NULL);
    return gtk_widget_get_can_focus (gtk_widget_get_ancestor (list, GTK_TYPE_SCROLLED_WINDOW));
}

/* Whether the one file's tokens are those of the whole run, which come a moment later. */
static gboolean
shows_tokens_of_file (GtkWidget *dialog)
{
    const char *where = find_text (dialog, "1 sequence, ");
    int n = where != NULL ? atoi (where + strlen ("1 sequence, ")) : 0;
    g_autofree char *tokens = g_strdup_printf ("%d tokens", n);
    return n > 10 && find_text (turn_to (dialog, "files"), tokens) != NULL;
}

START_TEST (files_are_listed_with_their_tokens)
{
    Bench *bench = bench_new ();
    g_autofree char *path = g_build_filename (bench->folder, "note.txt", NULL);
    ck_assert (g_file_set_contents (path, window_bench_text, -1, NULL));
    fovea_new_capture_present_with (bench->window, (const char *const[]){path, NULL});
    GtkWidget *dialog = wait_for_window ("New capture");
    GtkWidget *capture = find_labelled (dialog, GTK_TYPE_BUTTON, "Capture");
    RUN_UNTIL (find_text (dialog, "note.txt") != NULL);
    RUN_UNTIL (shows_tokens_of_file (dialog));
    ck_assert (gtk_widget_get_sensitive (capture));
    ck_assert (takes_focus (dialog));
    gtk_widget_activate (
        find_labelled (find_labelled (turn_to (dialog, "files"), GTK_TYPE_LIST_VIEW, NULL),
                       GTK_TYPE_BUTTON, NULL));
    RUN_UNTIL (!gtk_widget_get_sensitive (capture)); /* no file is left */
    ck_assert (!takes_focus (dialog));
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

/* A picture has no windows of tokens, which the request would be refused for. */
START_TEST (a_new_capture_takes_pictures)
{
    Bench *bench = bench_new ();
    g_autofree char *picture = support_data ("tests/golden/pictures/source.npy");
    g_autofree char *folder = support_data ("tests/golden/families/vit");
    fovea_new_capture_present_with (bench->window, (const char *const[]){picture, NULL});
    GtkWidget *dialog = wait_for_window ("New capture");
    GtkWidget *capture = find_labelled (dialog, GTK_TYPE_BUTTON, "Capture");
    GtkWidget *model =
        find_labelled (gtk_window_get_child (GTK_WINDOW (dialog)), GTK_TYPE_ENTRY, NULL);
    gtk_editable_set_text (GTK_EDITABLE (model), folder);
    RUN_UNTIL (find_text (dialog, "1 sequence, 10 tokens") != NULL);
    RUN_UNTIL (gtk_widget_get_sensitive (capture));
    ck_assert_ptr_null (strstr (wait_for_text (dialog, "fovea capture"), "--tokens"));
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

/* An image model in the place of the bundled one, the input still a text. */
START_TEST (a_new_capture_says_what_an_image_model_reads)
{
    Bench *bench = bench_new ();
    g_autofree char *folder = support_data ("tests/golden/families/vit");
    GtkWidget *dialog = open_new_capture (bench);
    GtkWidget *model =
        find_labelled (gtk_window_get_child (GTK_WINDOW (dialog)), GTK_TYPE_ENTRY, NULL);
    RUN_UNTIL (find_text (dialog, "llama · ") != NULL);
    gtk_editable_set_text (GTK_EDITABLE (model), folder);
    RUN_UNTIL (find_text (dialog, "vit reads pictures: give files, PNG, JPEG or .npy") != NULL);
    ck_assert_ptr_null (find_text (dialog, "llama · ")); /* nothing of the model before */
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

/* Those that are built over some turns. */
static const struct {
    const char *action, *title;
} dialogs[] = {
    {"export", "Export"}, {"new-capture", "New capture"}, {"preferences", "Preferences"}};

START_TEST (a_dialog_that_is_closed_at_once_is_never_shown)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, dialogs[_i].action, NULL);
    ck_assert_ptr_nonnull (find_window (dialogs[_i].title));
    ck_assert (!gtk_widget_get_mapped (find_window (dialogs[_i].title)));
    gtk_window_destroy (GTK_WINDOW (find_window (dialogs[_i].title)));
    while (g_main_context_pending (NULL))
        g_main_context_iteration (NULL, FALSE);
    ck_assert_ptr_null (find_window (dialogs[_i].title));
    activate (bench, dialogs[_i].action, NULL);
    RUN_UNTIL (gtk_widget_get_mapped (find_window (dialogs[_i].title)));
    gtk_window_destroy (GTK_WINDOW (find_window (dialogs[_i].title)));
    bench_free (bench);
}
END_TEST

/* After each turn of the main loop of the way there. */
START_TEST (a_dialog_may_be_closed_while_it_is_built)
{
    Bench *bench = bench_new ();
    gboolean shown = FALSE;
    open_scored (bench);
    for (int turns = 0; !shown; turns++) {
        activate (bench, dialogs[_i].action, NULL);
        for (int i = 0; i < turns; i++)
            g_main_context_iteration (NULL, FALSE);
        GtkWindow *dialog = GTK_WINDOW (find_window (dialogs[_i].title));
        shown = gtk_widget_get_mapped (GTK_WIDGET (dialog)) && gtk_window_get_modal (dialog);
        gtk_window_destroy (dialog);
        while (g_main_context_pending (NULL))
            g_main_context_iteration (NULL, FALSE);
        ck_assert_ptr_null (find_window (dialogs[_i].title));
        ck_assert_int_lt (turns, 1000);
    }
    bench_free (bench);
}
END_TEST

/* On a server, say: the toolkit's own words are "cannot open display: ". */
START_TEST (without_a_display_the_window_says_so)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
    g_autofree char *tests = g_path_get_dirname (self);
    g_autofree char *program =
        g_build_filename (tests, "..", "app", "window", "fovea-window", NULL);
    static const char *const words[] = {"fovea-window: there is no display",
                                        "fovea-window: no window can be opened on display 'no'"};
    g_auto (GStrv) environment =
        g_environ_unsetenv (g_environ_unsetenv (g_get_environ (), "DISPLAY"), "WAYLAND_DISPLAY");
    if (_i == 1)
        environment = g_environ_setenv (environment, "DISPLAY", "no", TRUE);
    g_autofree char *said = NULL;
    char *argv[] = {program, NULL};
    int status;
    ck_assert_msg (
        g_spawn_sync (NULL, argv, environment, 0, NULL, NULL, NULL, &said, &status, &error), "%s",
        error != NULL ? error->message : "");
    ck_assert (WIFEXITED (status) && WEXITSTATUS (status) == 1);
    ck_assert_msg (g_str_has_prefix (said, words[_i]), "%s", said);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_loop_test (tcase, a_dialog_may_be_closed_while_it_is_built, 0,
                         G_N_ELEMENTS (dialogs));
    tcase_add_loop_test (tcase, a_dialog_that_is_closed_at_once_is_never_shown, 0,
                         G_N_ELEMENTS (dialogs));
    tcase_add_test (tcase, a_capture_starts_only_when_its_prediction_fits);
    tcase_add_loop_test (tcase, without_a_display_the_window_says_so, 0, 2);
    tcase_add_test (tcase, a_new_capture_runs_on_ids_and_says_what_is_wrong_with_them);
    tcase_add_test (tcase, the_command_of_a_new_capture_predicts_the_same_store);
    tcase_add_test (tcase, what_does_not_fit_comes_with_a_button_that_makes_it_fit);
    tcase_add_test (tcase, windows_longer_than_the_context_come_with_a_button_that_makes_them_fit);
    tcase_add_test (tcase, a_text_that_is_cut_at_its_window_is_told_of);
    tcase_add_test (tcase, a_form_that_is_no_run_shows_no_numbers_of_another);
    tcase_add_test (tcase, files_are_listed_with_their_tokens);
    tcase_add_test (tcase, a_new_capture_takes_pictures);
    tcase_add_test (tcase, a_new_capture_says_what_an_image_model_reads);
}

int
main (void)
{
    return window_bench_main ("dialogs", add_tests);
}
