/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A whole window over a store that is damaged while it is open: what the bars of the views say, and that
 * "Try again" reads what can be read by then. Exit status 77 without a display. */
#include <sqlite3.h>
#include <string.h>

#include "app/data-files.h"
#include "app/window/window-private.h"
#include "fovea-config.h"
#include "tests/window-bench.h"

/* The bar of the view in front. */
static FoveaFailureBar *
find_bar (Bench *bench)
{
    GtkWidget *view = gtk_stack_get_visible_child (bench->window->views);
    return FOVEA_FAILURE_BAR (find_labelled (view, FOVEA_TYPE_FAILURE_BAR, NULL));
}

static void
change_store (Bench *bench, const char *sql)
{
    sqlite3 *db = NULL;
    char *message = NULL;
    ck_assert_int_eq (sqlite3_open (bench->path, &db), SQLITE_OK);
    sqlite3_busy_timeout (db, 10000);
    ck_assert_msg (sqlite3_exec (db, sql, NULL, NULL, &message) == SQLITE_OK, "%s", message);
    sqlite3_close (db);
}

static void
try_again (FoveaFailureBar *bar)
{
    g_signal_emit_by_name (find_labelled (GTK_WIDGET (bar), GTK_TYPE_BUTTON, "Try again"),
                           "clicked");
}

/* The scored store with the codes of the bundled dictionary, not yet looked at. */
static void
open_encoded (Bench *bench)
{
    g_autofree char *folder = fovea_data_find ("sae/abstopk", NULL);
    open_scored (bench);
    g_autofree char *line =
        g_strdup_printf ("%s sae encode %s %s --model demo", FOVEA_BUILD_DIR "/app/command/fovea",
                         folder, bench->path);
    int status = -1;
    ck_assert (g_spawn_command_line_sync (line, NULL, NULL, &status, NULL));
    ck_assert_int_eq (status, 0);
}

START_TEST (a_dictionary_that_cannot_be_read_is_named_and_read_when_tried_again)
{
    Bench *bench = bench_new ();
    open_encoded (bench);
    change_store (bench, "UPDATE code_rows SET n_codes = n_codes + 1");
    activate (bench, "view", g_variant_new_string ("features"));
    FoveaFailureBar *bar = find_bar (bench);
    for (int round = 0; round < 2; round++) {
        RUN_UNTIL (fovea_failure_bar_get_message (bar) != NULL);
        ck_assert_msg (g_str_has_prefix (fovea_failure_bar_get_message (bar),
                                         "Dictionary abstopk on blocks.3.hook_resid_post: "),
                       "%s", fovea_failure_bar_get_message (bar));
        ck_assert_ptr_nonnull (
            find_text (GTK_WIDGET (bench->window), "Its dictionaries cannot be read."));
        if (round == 0)
            try_again (bar);
    }
    /* Where and when it was, as in the bar of the window. */
    gtk_widget_activate_action (GTK_WIDGET (bar), "failure.details", NULL);
    const char *details = fovea_failure_bar_get_details (bar);
    ck_assert_msg (strstr (details, FOVEA_VERSION) != NULL && strstr (details, bench->path) != NULL,
                   "%s", details);
    change_store (bench, "UPDATE code_rows SET n_codes = n_codes - 1");
    try_again (bar);
    RUN_UNTIL (fovea_feature_model_get_source (bench->window->features) != NULL);
    ck_assert_ptr_null (fovea_failure_bar_get_message (bar));
    bench_free (bench);
}
END_TEST

static const char broken[] = "map tile: head 5.10: chunk 7 of run 1 is damaged";

static char *
tell_context (GtkWidget *root)
{
    return g_strdup_printf ("store: %s", gtk_window_get_title (GTK_WINDOW (root)));
}

START_TEST (a_failure_is_one_line_until_its_details_are_asked_for)
{
    FoveaFailureBar *bar = FOVEA_FAILURE_BAR (fovea_failure_bar_new (TRUE));
    GtkWidget *window = gtk_window_new ();
    gtk_window_set_title (GTK_WINDOW (window), "a.fovea");
    gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (bar));
    fovea_failure_bar_set_teller (window, tell_context);
    ck_assert_ptr_null (fovea_failure_bar_get_message (bar));
    fovea_failure_bar_show (bar, broken);
    gtk_window_set_title (GTK_WINDOW (window), "b.fovea"); /* opened before anybody looks */
    ck_assert_str_eq (fovea_failure_bar_get_message (bar), broken);
    ck_assert_ptr_null (fovea_failure_bar_get_details (bar));
    gtk_widget_activate_action (GTK_WIDGET (bar), "failure.details", NULL);
    const char *details = fovea_failure_bar_get_details (bar);
    ck_assert_ptr_nonnull (strstr (details, broken));
    ck_assert_ptr_nonnull (strstr (details, "store: a.fovea"));
    gtk_widget_activate_action (GTK_WIDGET (bar), "failure.details", NULL);
    ck_assert_ptr_null (fovea_failure_bar_get_details (bar));
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, a_failure_is_one_line_until_its_details_are_asked_for);
    tcase_add_test (tcase, a_dictionary_that_cannot_be_read_is_named_and_read_when_tried_again);
}

int
main (void)
{
    return window_bench_main ("window-failures", add_tests);
}
