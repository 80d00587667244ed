/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What leaves the window: files and copies have the bytes of the command that the status line names. */
#include <string.h>

#include "app/window/window-private.h"
#include "fovea-config.h"
#include "storage/store.h"
#include "tests/support.h"
#include "tests/window-bench.h"

START_TEST (an_export_has_the_bytes_of_the_command_it_names)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    static const char *const views[] = {"map", "heads", "map", "map"};
    static const char *const suffixes[] = {".svg", ".svg", ".csv", ".npz"};
    for (guint i = 0; i < G_N_ELEMENTS (views); i++) {
        g_autofree char *name = g_strconcat (views[i], suffixes[i], NULL);
        g_autofree char *path = g_build_filename (bench->folder, name, NULL);
        g_autofree char *program =
            g_build_filename (FOVEA_BUILD_DIR, "app", "command", "fovea", NULL);
        g_autofree char *window_bytes = NULL, *command_bytes = NULL, *line = NULL;
        gsize window_size, command_size;
        int status;
        activate (bench, "view", g_variant_new_string (views[i]));
        activate (bench, "export-to", g_variant_new_string (path));
        RUN_UNTIL (!fovea_window_is_busy (bench->window));
        const char *said = fovea_window_get_status (bench->window);
        const char *command = strstr (said, i < 2 ? "fovea figure" : "fovea export");
        ck_assert_msg (command != NULL, "%s: %s", said, fovea_window_get_failure (bench->window));
        ck_assert (g_file_get_contents (path, &window_bytes, &window_size, NULL));
        ck_assert_int_eq (remove (path), 0);
        line = g_strconcat (program, command + strlen ("fovea"), NULL);
        ck_assert (g_spawn_command_line_sync (line, NULL, NULL, &status, NULL));
        ck_assert_int_eq (status, 0);
        ck_assert (g_file_get_contents (path, &command_bytes, &command_size, NULL));
        ck_assert_uint_eq (window_size, command_size);
        ck_assert (memcmp (window_bytes, command_bytes, window_size) == 0);
    }
    bench_free (bench);
}
END_TEST

START_TEST (the_scores_of_all_heads_are_saved_as_the_table_that_is_shown)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    g_autofree char *path = g_build_filename (bench->folder, "heads.csv", NULL);
    g_autofree char *bytes = NULL;
    FoveaTable *heads = fovea_selection_get_heads (bench->selection);
    g_autofree char *expected = fovea_table_print (heads, FOVEA_FORMAT_CSV);
    activate (bench, "view", g_variant_new_string ("heads"));
    activate (bench, "export-to", g_variant_new_string (path));
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    g_autofree char *said = g_strdup_printf ("Saved as %s", path);
    ck_assert_str_eq (fovea_window_get_status (bench->window), said);
    ck_assert (g_file_get_contents (path, &bytes, NULL, NULL));
    ck_assert_str_eq (bytes, expected);
    bench_free (bench);
}
END_TEST

/* Runs the command that the status line names, after removing the file it makes. */
static char *
run_named_command (Bench *bench, const char *path, gsize *size)
{
    const char *said = fovea_window_get_status (bench->window);
    const char *command = strstr (said, "fovea figure");
    char *bytes = NULL;
    int status;
    ck_assert_msg (command != NULL, "%s", said);
    ck_assert_int_eq (remove (path), 0);
    g_autofree char *line = g_strconcat (FOVEA_BUILD_DIR "/app/command/", command, NULL);
    ck_assert (g_spawn_command_line_sync (line, NULL, NULL, &status, NULL));
    ck_assert_int_eq (status, 0);
    ck_assert (g_file_get_contents (path, &bytes, size, NULL));
    return bytes;
}

/* Exports what is in front; the file has the bytes that the command makes which is named, with @option in it. */
static void
check_named_command (Bench *bench, const char *name, const char *option)
{
    g_autofree char *path = g_build_filename (bench->folder, name, NULL);
    g_autofree char *bytes = NULL;
    gsize n_bytes, n_command;
    activate (bench, "export-to", g_variant_new_string (path));
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    const char *said = fovea_window_get_status (bench->window);
    ck_assert (g_file_get_contents (path, &bytes, &n_bytes, NULL));
    ck_assert_msg (strstr (said, option) != NULL, "%s", said);
    g_autofree char *command = run_named_command (bench, path, &n_command);
    ck_assert_uint_eq (n_bytes, n_command);
    ck_assert (memcmp (bytes, command, n_bytes) == 0);
}

START_TEST (heads_coloured_by_a_score_leave_as_they_are_shown)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    gtk_widget_activate_action (GTK_WIDGET (bench->window->heads), "heads.color", NULL);
    check_named_command (bench, "induction.svg", "--score induction");
    bench_free (bench);
}
END_TEST

/* What the map shows is what leaves it. The other text is this one with its first words in another order. */
START_TEST (a_difference_has_the_bytes_of_the_command_it_names)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    g_auto (GStrv) words = g_strsplit (window_bench_text, " ", 4);
    g_autofree char *other = g_strjoin (" ", words[0], words[2], words[1], words[3], NULL);
    activate (bench, "compare", NULL);
    fovea_window_run_text (bench->window, other, bench->path);
    RUN_UNTIL (!fovea_window_is_busy (bench->window) && bench->window->opened != NULL &&
               bench->window->opened->sequence == 2);
    ck_assert (fovea_selection_can_differ (bench->selection));
    activate (bench, "view", g_variant_new_string ("map"));
    g_object_set (fovea_map_page_get_canvas (bench->window->map), "color-scale",
                  FOVEA_COLOR_DIFFERENCE, NULL);
    check_named_command (bench, "change.svg", "--less 1");
    bench_free (bench);
}
END_TEST

START_TEST (of_two_head_tables_window_and_command_take_the_one_of_the_run)
{
    Bench *bench = bench_new (), *second = bench_new ();
    open_scored (bench);
    fovea_window_run_text (second->window, window_bench_text,
                           bench->path); /* another run, in the same store */
    RUN_UNTIL (fovea_selection_get_source (second->selection) != NULL &&
               !fovea_window_is_busy (second->window));
    g_autoptr (FoveaStore) store = fovea_store_open (bench->path, FOVEA_STORE_WRITE, NULL);
    g_autoptr (FoveaTable) other = fovea_store_get_table (store, 1, "heads", NULL);
    ck_assert_ptr_nonnull (other);
    int column = fovea_table_find_column (other, "induction");
    fovea_table_set_number (other, 0, (guint) column, 0.77);
    ck_assert (fovea_store_put_table (store, 2, other, NULL)); /* the newest, about run 2 */
    g_clear_pointer (&store, fovea_store_close);
    g_autofree char *path = g_build_filename (bench->folder, "heads.svg", NULL);
    g_autofree char *mine = NULL;
    gsize mine_size, its_size;
    activate (bench, "view", g_variant_new_string ("heads"));
    activate (bench, "export-to", g_variant_new_string (path));
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert (g_file_get_contents (path, &mine, &mine_size, NULL));
    g_autofree char *its = run_named_command (bench, path, &its_size);
    ck_assert_uint_eq (mine_size, its_size);
    ck_assert (memcmp (mine, its, mine_size) == 0);
    bench_free (second);
    bench_free (bench);
}
END_TEST

/* The request as the export dialog would make it. */
static void
export_figure (Bench *bench, FoveaFigureKind kind, FoveaTheme theme, const char *path)
{
    FoveaFigureRequest *request = fovea_window_request_figure (bench->window, kind);
    request->style.theme = theme;
    fovea_window_export (bench->window, request, path);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
}

START_TEST (every_kind_in_either_theme_has_a_command_that_makes_it)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    g_autofree char *path = g_build_filename (bench->folder, "a.svg", NULL);
    activate (bench, "view", g_variant_new_string ("sparsity"));
    activate (bench, "measure", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window) &&
               fovea_sparse_model_get_table (bench->window->sparse) != NULL);
    for (guint i = 0; i < 2 * FOVEA_N_FIGURE_KINDS; i++) {
        g_autofree char *mine = NULL;
        gsize size, its_size;
        if (i / 2 == FOVEA_FIGURE_PICTURE) /* of image models */
            continue;
        export_figure (bench, (FoveaFigureKind) (i / 2), (FoveaTheme) (i % 2), path);
        ck_assert_msg (g_file_get_contents (path, &mine, &size, NULL), "%s: %s",
                       fovea_figure_kind_get_name ((FoveaFigureKind) (i / 2)),
                       fovea_window_get_failure (bench->window));
        ck_assert_int_eq (strstr (mine, "<rect") != NULL, i % 2);
        g_autofree char *its = run_named_command (bench, path, &its_size);
        ck_assert_uint_eq (size, its_size);
        ck_assert (memcmp (mine, its, size) == 0);
        ck_assert_int_eq (remove (path), 0);
    }
    bench_free (bench);
}
END_TEST

static void
written (GObject *object, GAsyncResult *result, gpointer data)
{
    gboolean *done = data;
    ck_assert (
        gdk_content_provider_write_mime_type_finish (GDK_CONTENT_PROVIDER (object), result, NULL));
    *done = TRUE;
}

static GdkContentProvider *
get_copied (Bench *bench)
{
    return gdk_clipboard_get_content (gtk_widget_get_clipboard (GTK_WIDGET (bench->window)));
}

/* The clipboard holds the bytes of the files that are exported now. */
static void
check_copied (Bench *bench)
{
    static const char *const kinds[][2] = {{"image/png", "a.png"}, {"image/svg+xml", "a.svg"}};
    GdkContentProvider *content = get_copied (bench);
    ck_assert_ptr_nonnull (content);
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
        g_autofree char *path = g_build_filename (bench->folder, kinds[i][1], NULL);
        g_autofree char *bytes = NULL;
        gsize size;
        gboolean done = FALSE;
        activate (bench, "export-to", g_variant_new_string (path));
        RUN_UNTIL (!fovea_window_is_busy (bench->window));
        ck_assert (g_file_get_contents (path, &bytes, &size, NULL));
        g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
        gdk_content_provider_write_mime_type_async (content, kinds[i][0], stream,
                                                    G_PRIORITY_DEFAULT, NULL, written, &done);
        RUN_UNTIL (done);
        GMemoryOutputStream *memory = G_MEMORY_OUTPUT_STREAM (stream);
        ck_assert_uint_eq (g_memory_output_stream_get_data_size (memory), size);
        ck_assert (memcmp (g_memory_output_stream_get_data (memory), bytes, size) == 0);
    }
}

static gboolean
has_copied (Bench *bench, GdkContentProvider *before)
{
    return get_copied (bench) != NULL && get_copied (bench) != before;
}

START_TEST (a_copied_picture_is_the_exported_file_as_png_and_svg)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("map"));
    activate (bench, "copy-picture", NULL);
    RUN_UNTIL (has_copied (bench, NULL));
    check_copied (bench);
    bench_free (bench);
}
END_TEST

/* Who presses the key again, one head further, before the first picture is drawn wants the second. */
START_TEST (of_two_pictures_copied_at_once_the_last_counts)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("map"));
    fovea_selection_select_head (bench->selection, 0, 1);
    activate (bench, "copy-picture", NULL);
    fovea_selection_select_head (bench->selection, 3, 2);
    activate (bench, "copy-picture", NULL);
    RUN_UNTIL (strstr (fovea_window_get_status (bench->window), "Copied the picture") != NULL);
    check_copied (bench);
    bench_free (bench);
}
END_TEST

START_TEST (a_picture_is_copied_while_a_job_runs)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("map"));
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (bench->window)), "before");
    g_autoptr (GdkContentProvider) before = g_object_ref (get_copied (bench));
    ck_assert_ptr_nonnull (fovea_window_start_job (bench->window, "A job"));
    activate (bench, "copy-picture", NULL);
    RUN_UNTIL (has_copied (bench, before));
    ck_assert_str_eq (fovea_window_get_status (bench->window),
                      "A job"); /* has the line to itself */
    ck_assert (fovea_window_is_busy (bench->window));
    fovea_window_end_job (bench->window, NULL, "Done");
    check_copied (bench);
    bench_free (bench);
}
END_TEST

START_TEST (copying_is_cancelled_like_a_job)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "copy-picture", NULL);
    g_autoptr (GdkContentProvider) before = get_copied (bench);
    if (before != NULL)
        g_object_ref (before);
    activate (bench, "cancel", NULL);
    RUN_UNTIL (g_str_equal (fovea_window_get_status (bench->window), "Cancelled"));
    ck_assert_ptr_eq (get_copied (bench), before);
    ck_assert (!g_action_group_get_action_enabled (G_ACTION_GROUP (bench->window), "cancel"));
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, an_export_has_the_bytes_of_the_command_it_names);
    tcase_add_test (tcase, heads_coloured_by_a_score_leave_as_they_are_shown);
    tcase_add_test (tcase, a_difference_has_the_bytes_of_the_command_it_names);
    tcase_add_test (tcase, of_two_head_tables_window_and_command_take_the_one_of_the_run);
    tcase_add_test (tcase, the_scores_of_all_heads_are_saved_as_the_table_that_is_shown);
    tcase_add_test (tcase, every_kind_in_either_theme_has_a_command_that_makes_it);
    tcase_add_test (tcase, a_copied_picture_is_the_exported_file_as_png_and_svg);
    tcase_add_test (tcase, of_two_pictures_copied_at_once_the_last_counts);
    tcase_add_test (tcase, a_picture_is_copied_while_a_job_runs);
    tcase_add_test (tcase, copying_is_cancelled_like_a_job);
}

int
main (void)
{
    return window_bench_main ("window, exports", add_tests);
}
