/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sparse methods measured in the window: the curves of the command, of chosen heads, and none of what was
 * cancelled. */
#include <math.h>
#include <string.h>

#include "app/data-files.h"
#include "app/window/window-private.h"
#include "fovea-config.h"
#include "storage/store.h"
#include "tests/support.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"
#include "ui/head-set.h"

/* The table "recall" of a store as text, NULL if it has none. */
static char *
read_curves (const char *path)
{
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_READ, NULL);
    g_autoptr (FoveaTable) table = fovea_store_get_table (store, 1, "recall", NULL);
    return table != NULL ? fovea_table_print (table, FOVEA_FORMAT_TSV) : NULL;
}

/* Runs a line that begins with "fovea" by the program that was built. */
static void
run_command (const char *line)
{
    g_autofree char *program = g_build_filename (FOVEA_BUILD_DIR, "app", "command", "fovea", NULL);
    g_autofree char *whole = g_strconcat (program, line + strlen ("fovea"), NULL);
    int status;
    ck_assert (g_spawn_command_line_sync (whole, NULL, NULL, &status, NULL));
    ck_assert_int_eq (status, 0);
}

START_TEST (curves_measured_in_the_window_are_those_of_the_command)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("sparsity"));
    ck_assert_ptr_null (read_curves (bench->path));
    activate (bench, "measure", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
    const char *command = strstr (fovea_window_get_status (bench->window), "fovea recall");
    ck_assert_ptr_nonnull (command);
    g_autofree char *ours = read_curves (bench->path);
    ck_assert_ptr_nonnull (strstr (ours, "streaming"));
    /* Not merged with what is compared. */
    g_autofree char *anew = g_strconcat (command, " --replace", NULL);
    run_command (anew);
    g_autofree char *theirs = read_curves (bench->path);
    ck_assert_str_eq (ours, theirs);
    /* The picture of what is shown is the command's too. */
    g_autofree char *picture = g_build_filename (bench->folder, "curves.svg", NULL);
    g_autofree char *window_bytes = NULL, *command_bytes = NULL;
    activate (bench, "export-to", g_variant_new_string (picture));
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
    ck_assert (g_file_get_contents (picture, &window_bytes, NULL, NULL));
    command = strstr (fovea_window_get_status (bench->window), "fovea figure recall");
    ck_assert_ptr_nonnull (command);
    run_command (command);
    ck_assert (g_file_get_contents (picture, &command_bytes, NULL, NULL));
    gsize same = 0;
    while (window_bytes[same] != '\0' && window_bytes[same] == command_bytes[same])
        same++;
    ck_assert_msg (window_bytes[same] == command_bytes[same], "byte %zu: %.60s, not %.60s", same,
                   window_bytes + same, command_bytes + same);
    g_autofree char *numbers = g_build_filename (bench->folder, "curves.csv", NULL);
    g_autofree char *csv = NULL;
    activate (bench, "export-to", g_variant_new_string (numbers));
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert (g_file_get_contents (numbers, &csv, NULL, NULL));
    ck_assert_ptr_nonnull (strstr (csv, "streaming"));
    /* And they are there at once when the store is opened again. */
    Bench *other = bench_new ();
    fovea_window_open (other->window, bench->path);
    RUN_UNTIL (fovea_selection_get_info (other->selection) != NULL);
    activate (other, "view", g_variant_new_string ("sparsity"));
    RUN_UNTIL (find_text (GTK_WIDGET (other->window), "Mass recall of head") != NULL);
    bench_free (other);
    bench_free (bench);
}
END_TEST

/* The list below @parent that has a choice, which becomes the chosen one; NULL = none. */
static GtkWidget *
take_choice (GtkWidget *parent, const char *choice)
{
    EACH_WIDGET (widget, parent) {
        GListModel *model =
            GTK_IS_DROP_DOWN (widget) ? gtk_drop_down_get_model (GTK_DROP_DOWN (widget)) : NULL;
        for (guint i = 0; model != NULL && i < g_list_model_get_n_items (model); i++)
            if (GTK_IS_STRING_LIST (model) &&
                g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (model), i), choice)) {
                gtk_drop_down_set_selected (GTK_DROP_DOWN (widget), i);
                return widget;
            }
    }
    return NULL;
}

START_TEST (a_hovered_point_of_a_curve_stands_in_the_status_line)
{
    Bench *bench = bench_new ();
    FoveaSparseModel *sparse = bench->window->sparse;
    FoveaStatusLine *line = bench->window->status;
    guint method, index;
    open_scored (bench);
    fovea_selection_select_head (bench->selection, 2, 3);
    activate (bench, "view", g_variant_new_string ("sparsity"));
    ck_assert_ptr_nonnull (take_choice (GTK_WIDGET (bench->window), "This head"));
    activate (bench, "measure", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window) &&
               fovea_sparse_model_get_point (sparse, &method, &index) != NULL);
    ck_assert_str_eq (fovea_status_line_get_hovered (line), "");
    const FoveaCurvePoint *point = fovea_sparse_model_get_point (sparse, &method, &index);
    g_autofree char *words = fovea_sparse_model_describe_point (sparse, method, point);
    g_autofree char *knob = fovea_sparse_model_describe_knob (sparse);
    fovea_sparse_model_hover (sparse, method, index);
    ck_assert_str_eq (fovea_status_line_get_hovered (line), words);
    ck_assert_ptr_nonnull (strstr (words, knob));
    ck_assert_ptr_nonnull (strstr (words, " percent, recall 0."));
    fovea_sparse_model_hover (sparse, G_MAXUINT, 0);
    ck_assert_str_eq (fovea_status_line_get_hovered (line), "");
    fovea_sparse_model_hover (sparse, method, index);
    fovea_selection_select_head (bench->selection, 2, 4); /* which has no curve */
    ck_assert_str_eq (fovea_status_line_get_hovered (line), "");
    bench_free (bench);
}
END_TEST

/* Names of objects in column "name", each once, in order. */
static char *
list_objects (const char *tsv)
{
    g_auto (GStrv) lines = g_strsplit (tsv, "\n", -1);
    GString *names = g_string_new (NULL);
    g_autofree char *last = NULL;
    for (char **line = lines; *line != NULL; line++) {
        g_auto (GStrv) cells = g_strsplit (*line, "\t", 4);
        if (!g_ascii_isdigit (**line) || g_strv_length (cells) < 4 ||
            g_strcmp0 (cells[2], last) == 0)
            continue;
        g_string_append_printf (names, "%s ", cells[2]);
        g_free (last);
        last = g_strdup (cells[2]);
    }
    return g_string_free (names, FALSE);
}

/* Opened where there is something, scored and measured there; the other layers fail nothing. */
START_TEST (an_import_of_one_layer_is_looked_at_like_any_other)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    g_autofree char *arrays = g_build_filename (bench->folder, "pattern.npz", NULL);
    g_autofree char *path = g_build_filename (bench->folder, "import.fovea", NULL);
    g_autofree char *export = g_strdup_printf (
        "fovea export '%s' --point blocks.2.attn.hook_pattern -o '%s'", bench->path, arrays);
    g_autofree char *import = g_strdup_printf ("fovea import '%s' -o '%s' --quiet", arrays, path);
    run_command (export);
    run_command (import);
    fovea_window_open (bench->window, path);
    RUN_UNTIL (strcmp (bench->window->opened->path, path) == 0 &&
               fovea_selection_get_heads (bench->selection) != NULL &&
               !fovea_window_is_busy (bench->window));
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->layer, 2);
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
    activate (bench, "measure", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
    g_autofree char *curves = read_curves (path);
    ck_assert_ptr_nonnull (strstr (curves, "streaming"));
    bench_free (bench);
}
END_TEST

START_TEST (chosen_heads_are_measured_and_no_others)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("sparsity"));
    ck_assert_ptr_nonnull (take_choice (GTK_WIDGET (bench->window), "Chosen heads"));
    /* Without any the view says what to do, and nothing runs. */
    activate (bench, "measure", NULL);
    ck_assert (!fovea_window_is_busy (bench->window));
    RUN_UNTIL (find_text (GTK_WIDGET (bench->window), "No head is chosen") != NULL);
    fovea_head_set_add (fovea_selection_get_chosen (bench->selection), 1, 4);
    fovea_head_set_add (fovea_selection_get_chosen (bench->selection), 3, 0);
    activate (bench, "measure", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
    g_autofree char *ours = read_curves (bench->path);
    g_autofree char *objects = list_objects (ours);
    ck_assert_ptr_nonnull (strstr (objects, "1.4 "));
    ck_assert_ptr_nonnull (strstr (objects, "3.0 "));
    ck_assert_ptr_null (strstr (objects, "1.0 "));
    ck_assert_ptr_null (strstr (objects, "3.4 "));
    /* The command that the window names gives the same curves. */
    const char *command = strstr (fovea_window_get_status (bench->window), "fovea recall");
    ck_assert_ptr_nonnull (command);
    /* Not merged with what is compared. */
    g_autofree char *anew = g_strconcat (command, " --replace", NULL);
    run_command (anew);
    g_autofree char *theirs = read_curves (bench->path);
    ck_assert_str_eq (ours, theirs);
    /* Their figure is of them, not of the selected head. */
    g_autofree char *picture = g_build_filename (bench->folder, "chosen.svg", NULL);
    g_autofree char *drawn = NULL, *again = NULL;
    ck_assert_ptr_nonnull (take_choice (GTK_WIDGET (bench->window), "Show: chosen heads"));
    activate (bench, "export-to", g_variant_new_string (picture));
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
    ck_assert (g_file_get_contents (picture, &drawn, NULL, NULL));
    ck_assert_ptr_nonnull (strstr (drawn, "mean of 2 heads"));
    command = strstr (fovea_window_get_status (bench->window), "fovea figure recall");
    ck_assert_msg (command != NULL && strstr (command, "--heads 1.4,3.0") != NULL, "%s",
                   fovea_window_get_status (bench->window));
    run_command (command);
    ck_assert (g_file_get_contents (picture, &again, NULL, NULL));
    ck_assert (strcmp (drawn, again) == 0);
    bench_free (bench);
}
END_TEST

START_TEST (a_measurement_that_is_cancelled_leaves_no_curves)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "measure", NULL);
    ck_assert (fovea_window_is_busy (bench->window));
    activate (bench, "cancel", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_str_eq (fovea_window_get_status (bench->window), "Cancelled");
    ck_assert_ptr_null (read_curves (bench->path));
    bench_free (bench);
}
END_TEST

static gint64
count_pieces (const char *path)
{
    gint64 n = 0;
    g_autofree char *line = g_strdup_printf ("sqlite3 '%s' 'SELECT count (*) FROM piece'", path);
    g_autofree char *out = NULL;
    if (g_spawn_command_line_sync (line, &out, NULL, NULL, NULL))
        n = g_ascii_strtoll (out, NULL, 10);
    return n;
}

/* Seconds of work, cancelled after the first two of them: no curve is shown, and the same goes on. */
START_TEST (curves_that_were_cancelled_go_on)
{
    Bench *bench = bench_new ();
    const FoveaCurvesWay way = {.heads = FOVEA_MEASURE_MODEL, .patience = INFINITY};
    g_autofree char *book = fovea_data_find ("texts/moby_dick.txt", NULL);
    g_autofree char *capture = g_strdup_printf (
        "fovea capture demo -o '%s' -f '%s' --tokens 4096 --limit 1 --quiet", bench->path, book);
    run_command (capture);
    fovea_window_open (bench->window, bench->path);
    RUN_UNTIL (fovea_selection_get_heads (bench->selection) != NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    activate (bench, "view", g_variant_new_string ("sparsity"));
    fovea_window_measure_as (bench->window, way);
    RUN_UNTIL (count_pieces (bench->path) > 0);
    activate (bench, "cancel", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    const char *status = fovea_window_get_status (bench->window);
    ck_assert_msg (g_str_has_prefix (status, "Cancelled; ") &&
                       g_str_has_suffix (status, " % is measured and kept, the same goes on there"),
                   "%s", status);
    ck_assert_ptr_null (read_curves (bench->path));
    fovea_window_measure_as (bench->window, way);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
    ck_assert_int_eq (count_pieces (bench->path), 0);
    g_autofree char *ours = read_curves (bench->path);
    ck_assert_ptr_nonnull (ours);
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, curves_measured_in_the_window_are_those_of_the_command);
    tcase_add_test (tcase, an_import_of_one_layer_is_looked_at_like_any_other);
    tcase_add_test (tcase, a_hovered_point_of_a_curve_stands_in_the_status_line);
    tcase_add_test (tcase, chosen_heads_are_measured_and_no_others);
    tcase_add_test (tcase, a_measurement_that_is_cancelled_leaves_no_curves);
    tcase_add_test (tcase, curves_that_were_cancelled_go_on);
}

int
main (void)
{
    return window_bench_main ("window, measures", add_tests);
}
