/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A window that is opened anew is as the one before it was left: what is compared, which mask lies over the
 * map, and what was chosen in the views, all there with the first picture; also when the program before was
 * killed, and when what is kept is of an older Fovea or of a store that has changed since. Exit status 77
 * without a display. */
#include <string.h>

#include "app/data-files.h"
#include "app/window/preferences.h"
#include "app/window/window-private.h"
#include "tests/support.h"
#include "tests/turn-meter.h"
#include "tests/window-bench.h"
#include "ui/head-cell.h"
#include "ui/head-set.h"
#include "ui/map-page.h"
#include "ui/shell.h"

static gboolean
is_at_rest (Bench *bench)
{
    FoveaWindow *window = bench->window;
    return window->opened != NULL && window->opening == 0 && window->coming == NULL &&
           !fovea_window_is_busy (window) && fovea_selection_get_heads (bench->selection) != NULL;
}

/* The window is there, the store not yet. */
static void
close_and_start (Bench *bench)
{
    gtk_window_destroy (GTK_WINDOW (bench->window));
    bench->window = fovea_window_new (GTK_APPLICATION (window_bench_application));
    bench->selection = fovea_window_get_selection (bench->window);
    gtk_window_present (GTK_WINDOW (bench->window));
    RUN_UNTIL (gtk_widget_get_mapped (GTK_WIDGET (bench->window)));
}

/* No turn of the main loop is longer than a frame, up to some frames after the views are there. */
static void
open_measured (Bench *bench, const char *name)
{
    TurnMeter *meter = turn_meter_new (name);
    turn_meter_begin (meter);
    fovea_window_open (bench->window, bench->path);
    turn_meter_end (meter);
    while (!is_at_rest (bench))
        turn_meter_turn (meter);
    turn_meter_frames (meter, GTK_WIDGET (bench->window), 5);
    turn_meter_report (meter, TURN_FRAME_MS);
}

static void
come_back (Bench *bench)
{
    close_and_start (bench);
    fovea_window_open (bench->window, bench->path);
    RUN_UNTIL (is_at_rest (bench));
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
}

/* A second sequence, of which the first is what it is compared with. */
static void
compare_with_another (Bench *bench)
{
    open_scored (bench);
    activate (bench, "compare", NULL);
    fovea_window_run_text (bench->window, "Another text that is quite short.", bench->path);
    RUN_UNTIL (is_at_rest (bench) && bench->window->opened->sequence == 2);
    ck_assert (fovea_selection_is_compared (bench->selection));
}

/* Pictures of a text without what it is compared with would be drawn in vain. */
static void
note_alone (FoveaSelection *selection, gboolean *alone)
{
    *alone |=
        fovea_selection_get_source (selection) != NULL && !fovea_selection_is_compared (selection);
}

START_TEST (what_is_compared_is_so_again)
{
    Bench *bench = bench_new ();
    gboolean alone = FALSE;
    guint how;
    compare_with_another (bench);
    g_object_set (bench->window->heads, "compare", FOVEA_HEAD_ALONE, "sort", 4, NULL);
    close_and_start (bench);
    g_signal_connect (bench->selection, "trace-changed", G_CALLBACK (note_alone), &alone);
    open_measured (bench, "back, compared");
    const FoveaReference *reference = fovea_selection_get_reference (bench->selection);
    ck_assert (!alone);
    ck_assert_ptr_nonnull (reference);
    ck_assert_int_eq (fovea_trace_source_get_sequence (reference->source), 1);
    ck_assert_ptr_nonnull (reference->heads);
    ck_assert_int_eq (bench->window->opened->sequence, 2);
    g_object_get (bench->window->heads, "compare", &how, NULL);
    ck_assert_uint_eq (how, FOVEA_HEAD_ALONE);
    g_autoptr (FoveaTreeItem) store =
        fovea_library_find_store (bench->window->library, bench->path);
    g_autoptr (FoveaTreeItem) first = fovea_tree_item_find_sequence (store, 1);
    g_autoptr (FoveaTreeItem) second = fovea_tree_item_find_sequence (store, 2);
    ck_assert (fovea_tree_item_get_compared (first));
    ck_assert (!fovea_tree_item_get_compared (second));
    /* Who ends it finds none at the next start. */
    fovea_selection_compare_with (bench->selection, NULL, NULL);
    come_back (bench);
    ck_assert_ptr_null (fovea_selection_get_reference (bench->selection));
    bench_free (bench);
}
END_TEST

/* What others are compared with, when it was open itself. */
START_TEST (a_text_that_others_are_to_be_compared_with_still_is)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "compare", NULL);
    come_back (bench);
    const FoveaReference *reference = fovea_selection_get_reference (bench->selection);
    ck_assert_ptr_nonnull (reference);
    ck_assert_int_eq (fovea_trace_source_get_sequence (reference->source), 1);
    bench_free (bench);
}
END_TEST

static void
measure_few (Bench *bench)
{
    FoveaSparseModel *model = bench->window->sparse;
    guint methods[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (model, methods);
    for (guint i = 1; i < n; i++)
        fovea_sparse_model_choose (model, methods[i], FALSE);
    fovea_sparse_page_set_measure (bench->window->sparse_page, FOVEA_MEASURE_HEAD);
    activate (bench, "measure", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    ck_assert_ptr_nonnull (fovea_sparse_model_get_point (model, NULL, NULL));
}

static gboolean
has_overlay (Bench *bench)
{
    gboolean overlay;
    g_object_get (fovea_map_page_get_canvas (bench->window->map), "overlay", &overlay, NULL);
    return overlay;
}

START_TEST (the_mask_over_the_map_is_there_again)
{
    Bench *bench = bench_new ();
    guint method, index, before;
    open_scored (bench);
    measure_few (bench);
    fovea_sparse_model_get_point (bench->window->sparse, &method, &index);
    before = index > 0 ? index - 1 : index + 1; /* no point that would be selected anyhow */
    fovea_sparse_model_select (bench->window->sparse, method, before);
    g_object_set (fovea_map_page_get_canvas (bench->window->map), "overlay", TRUE, NULL);
    activate (bench, "view", g_variant_new_string ("map"));
    come_back (bench);
    ck_assert (has_overlay (bench));
    ck_assert_ptr_nonnull (fovea_sparse_model_get_point (bench->window->sparse, &method, &index));
    ck_assert_uint_eq (index, before);
    RUN_UNTIL (fovea_sparse_model_get_overlay (bench->window->sparse) != NULL);
    bench_free (bench);
}
END_TEST

/* Something else than a window begins with, in every view. */
static void
choose_everything (Bench *bench)
{
    FoveaWindow *window = bench->window;
    GVariantDict wanted;
    g_autoptr (GVariant) now = fovea_window_list_kept (window);
    g_variant_dict_init (&wanted, now);
    static const char *const lists[] = {
        "heads-sort", "heads-badge", "plot-across",   "plot-up",          "plot-rank",
        "map-block",  "map-margins", "features-sort", "sparsity-measure", "picture-overlay"};
    static const char *const switches[] = {"heads-grid",     "heads-plots",   "heads-table",
                                           "map-table",      "map-mask",      "sparsity-table",
                                           "features-table", "picture-table", "picture-patches"};
    for (guint i = 0; i < G_N_ELEMENTS (lists); i++) {
        guint row = 0;
        ck_assert_msg (g_variant_lookup (now, lists[i], "u", &row), "%s", lists[i]);
        g_variant_dict_insert (&wanted, lists[i], "u", row == 0 ? 1 : row - 1);
    }
    for (guint i = 0; i < G_N_ELEMENTS (switches); i++) {
        gboolean on = FALSE;
        ck_assert_msg (g_variant_lookup (now, switches[i], "b", &on), "%s", switches[i]);
        g_variant_dict_insert (&wanted, switches[i], "b", !on);
    }
    g_variant_dict_insert (&wanted, "heads-filter", "s", "layer:2-4 entropy>0.1");
    g_variant_dict_insert (&wanted, "heads-handle", "i", 200);
    g_variant_dict_insert (&wanted, "features-search", "s", "+ the");
    g_variant_dict_insert (&wanted, "map-color", "i", FOVEA_COLOR_LINEAR);
    g_variant_dict_insert (&wanted, "sparsity-show", "i", FOVEA_SCOPE_MODEL);
    g_variant_dict_insert (&wanted, "sparsity-across", "i", FOVEA_ACROSS_KNOB);
    g_variant_dict_insert (&wanted, "sparsity-up", "i", FOVEA_UP_LEAST);
    g_variant_dict_insert (&wanted, "sparsity-goal", "d", 0.9);
    g_autoptr (GVariant) heads =
        g_variant_ref_sink (g_variant_new_parsed ("[(uint32 1, uint32 2), (uint32 3, uint32 4)]"));
    g_autoptr (GVariant) tokens = g_variant_ref_sink (g_variant_new_parsed ("[int64 3, 5]"));
    g_variant_dict_insert_value (&wanted, "heads", heads);
    g_variant_dict_insert_value (&wanted, "tokens", tokens);
    g_autoptr (GVariant) all = g_variant_ref_sink (g_variant_dict_end (&wanted));
    fovea_window_restore_kept_of_text (window, all);
    fovea_viewport_zoom_to (fovea_map_page_get_viewport (window->map), 24, 10, 5);
}

/* Names that differ, NULL = none does. */
static char *
find_difference (GVariant *a, GVariant *b)
{
    GString *text = g_string_new (NULL);
    GVariantIter each;
    const char *name;
    GVariant *value;
    g_variant_iter_init (&each, a);
    while (g_variant_iter_loop (&each, "{&sv}", &name, &value)) {
        g_autoptr (GVariant) other = g_variant_lookup_value (b, name, NULL);
        if (other != NULL && g_variant_equal (value, other))
            continue;
        g_autofree char *was = g_variant_print (value, FALSE);
        g_autofree char *is = other != NULL ? g_variant_print (other, FALSE) : g_strdup ("none");
        g_string_append_printf (text, "%s was %s and is %s; ", name, was, is);
    }
    return g_string_free (text, text->len == 0);
}

/* What a window has when its first picture of a store is drawn. */
typedef struct {
    FoveaWindow *window;
    GVariant *choices;
} First;

static gboolean
note_first (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
    First *first = data;
    if (!gtk_widget_get_mapped (GTK_WIDGET (first->window->shell)))
        return G_SOURCE_CONTINUE;
    first->choices = fovea_window_list_kept (first->window);
    return G_SOURCE_REMOVE;
}

START_TEST (what_was_chosen_in_the_views_is_there_with_the_first_picture)
{
    Bench *bench = bench_new ();
    g_autofree char *folder = fovea_data_find ("sae/abstopk", NULL);
    First first = {0};
    open_scored (bench);
    measure_few (bench);
    activate (bench, "encode", g_variant_new_string (folder));
    RUN_UNTIL (!fovea_window_is_busy (bench->window) &&
               fovea_feature_model_get_shown (bench->window->features) != NULL);
    fovea_feature_model_select (bench->window->features, 7);
    activate (bench, "view", g_variant_new_string ("map")); /* has a size now */
    RUN_UNTIL (gtk_widget_get_width (GTK_WIDGET (fovea_map_page_get_canvas (bench->window->map))) >
               0);
    choose_everything (bench);
    g_autoptr (GVariant) before = fovea_window_list_kept (bench->window);
    close_and_start (bench);
    g_autoptr (GVariant) fresh = fovea_window_list_kept (bench->window);
    first.window = bench->window;
    gtk_widget_add_tick_callback (GTK_WIDGET (bench->window), note_first, &first, NULL);
    open_measured (bench, "back, with all choices");
    RUN_UNTIL (first.choices != NULL);
    g_autofree char *at_first = find_difference (before, first.choices);
    g_autofree char *begun = find_difference (before, fresh);
    ck_assert_msg (at_first == NULL, "%s", at_first);
    ck_assert_ptr_nonnull (begun); /* a window does not begin so by itself */
    RUN_UNTIL (fovea_sparse_model_get_overlay (bench->window->sparse) != NULL);
    activate (bench, "view", g_variant_new_string ("features"));
    RUN_UNTIL (fovea_feature_model_get_shown (bench->window->features) != NULL);
    ck_assert_int_eq (fovea_feature_model_get_latent (bench->window->features), 7);
    g_autoptr (GVariant) after = fovea_window_list_kept (bench->window);
    g_autofree char *later = find_difference (before, after);
    ck_assert_msg (later == NULL, "%s", later);
    g_variant_unref (first.choices);
    bench_free (bench);
}
END_TEST

/* Nothing but the choice itself brings it into the file. */
START_TEST (a_program_that_is_killed_has_kept_what_was_chosen)
{
    Bench *bench = bench_new ();
    guint sort;
    int width, height;
    open_scored (bench);
    RUN_UNTIL (bench->window->session_timeout == 0);
    g_object_set (bench->window->heads, "sort", 3, NULL);
    ck_assert_uint_ne (bench->window->session_timeout, 0);
    RUN_UNTIL (bench->window->session_timeout == 0);
    activate (bench, "compare", NULL);
    ck_assert_uint_ne (bench->window->session_timeout, 0);
    RUN_UNTIL (bench->window->session_timeout == 0);
    fovea_head_set_add (fovea_selection_get_chosen (bench->selection), 1, 1);
    ck_assert_uint_ne (bench->window->session_timeout, 0);
    RUN_UNTIL (bench->window->session_timeout == 0);
    bench_resize (bench, 1310, 790);
    ck_assert_uint_ne (bench->window->session_timeout, 0);
    RUN_UNTIL (bench->window->session_timeout == 0);
    g_settings_get (fovea_preferences_get (), "window-size", "(ii)", &width, &height);
    ck_assert (width <= 1310 && width > 1280 && height <= 790 && height > 760);
    g_autoptr (FoveaLeft) left = fovea_session_file_recall (bench->path);
    ck_assert_ptr_nonnull (left->choices);
    ck_assert (g_variant_lookup (left->choices, "heads-sort", "u", &sort));
    ck_assert_uint_eq (sort, 3);
    ck_assert_str_eq (left->reference_path, bench->path);
    ck_assert_int_eq (left->reference, 1);
    bench_free (bench);
}
END_TEST

/* As a file that is handed over once more is, a moment after a choice. */
START_TEST (a_store_that_is_opened_again_stays_as_it_is)
{
    Bench *bench = bench_new ();
    guint sort;
    open_scored (bench);
    RUN_UNTIL (bench->window->session_timeout == 0);
    FoveaTraceSource *before = fovea_selection_get_source (bench->selection);
    g_object_set (bench->window->heads, "sort", 3, NULL);
    fovea_window_open (bench->window, bench->path);
    RUN_UNTIL (is_at_rest (bench) && fovea_selection_get_source (bench->selection) != before);
    g_object_get (bench->window->heads, "sort", &sort, NULL);
    ck_assert_uint_eq (sort, 3);
    bench_free (bench);
}
END_TEST

static void
rewrite (const char *path, void (*change) (GKeyFile *keys, const char *group))
{
    g_autofree char *file =
        g_build_filename (g_get_user_state_dir (), "fovea", "session.ini", NULL);
    g_autofree char *group = g_uri_escape_string (path, "/ ", TRUE);
    g_autoptr (GKeyFile) keys = g_key_file_new ();
    ck_assert (g_key_file_load_from_file (keys, file, G_KEY_FILE_NONE, NULL));
    ck_assert (g_key_file_has_group (keys, group));
    change (keys, group);
    ck_assert (g_key_file_save_to_file (keys, file, NULL));
}

static void
make_old (GKeyFile *keys, const char *group)
{
    g_key_file_remove_key (keys, group, "choices", NULL);
    g_key_file_remove_key (keys, group, "compared-with", NULL);
    g_key_file_remove_key (keys, group, "compared-sequence", NULL);
}

/* Of a store that was another one then, and of a Fovea that had other lists. */
static void
make_strange (GKeyFile *keys, const char *group)
{
    g_key_file_set_int64 (keys, group, "compared-sequence", 99);
    g_key_file_set_string (
        keys, group, "choices",
        "{'heads-sort': <uint32 99>, 'heads-badge': <'sink'>, 'heads': <[(uint32 99, uint32 0)]>, "
        "'tokens': <[int64 -5, 100000]>, 'map-part': <(false, 1e9, int64 -5, int64 -5)>, "
        "'map-mask': <true>, 'sparsity-point': <('gone', 3.0, int64 7)>, 'sparsity-up': <77>, "
        "'sparsity-methods': <['gone']>, 'sparsity-goal': <-4.0>, 'never heard of': <1>}");
}

static void
make_unreadable (GKeyFile *keys, const char *group)
{
    g_key_file_set_string (keys, group, "choices", "{'heads-sort': <uint32");
}

START_TEST (what_cannot_be_any_more_is_left_out_quietly)
{
    static void (*const changes[]) (GKeyFile *, const char *) = {make_old, make_strange,
                                                                 make_unreadable};
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "compare", NULL);
    activate (bench, "view", g_variant_new_string ("map"));
    fovea_selection_select (bench->selection, &(FoveaPlace){2, 7, 11, 5});
    gtk_window_destroy (GTK_WINDOW (bench->window));
    rewrite (bench->path, changes[_i]);
    bench->window = fovea_window_new (GTK_APPLICATION (window_bench_application));
    bench->selection = fovea_window_get_selection (bench->window);
    gtk_window_present (GTK_WINDOW (bench->window));
    g_autoptr (GVariant) fresh = fovea_window_list_kept (bench->window);
    fovea_window_open (bench->window, bench->path);
    RUN_UNTIL (is_at_rest (bench));
    const FoveaPlace *place = fovea_selection_get_place (bench->selection);
    ck_assert_uint_eq (place->layer, 2);
    ck_assert_uint_eq (place->head, 7);
    ck_assert_int_eq (place->query, 11);
    ck_assert_str_eq (gtk_stack_get_visible_child_name (bench->window->views), "map");
    ck_assert_ptr_null (fovea_window_get_failure (bench->window));
    ck_assert (!has_overlay (bench));
    ck_assert_uint_eq (fovea_head_set_get_n (fovea_selection_get_chosen (bench->selection)), 0);
    ck_assert_int_eq (fovea_selection_get_reference (bench->selection) != NULL,
                      changes[_i] == make_unreadable); /* whose other lines can be read */
    g_autoptr (GVariant) after = fovea_window_list_kept (bench->window);
    g_autofree char *difference = find_difference (fresh, after);
    if (difference != NULL) /* the map got a size */
        ck_assert_msg (g_str_has_prefix (difference, "map-part was (true") &&
                           strchr (difference, ';') == strrchr (difference, ';'),
                       "%s", difference);
    bench_free (bench);
}
END_TEST

START_TEST (panels_that_were_closed_stay_so)
{
    Bench *bench = bench_new ();
    gboolean sidebar, inspector;
    open_scored (bench);
    bench_resize (bench, 1500, 900);
    activate (bench, "inspector", NULL);
    come_back (bench);
    fovea_shell_get_layout (FOVEA_SHELL (bench->window->shell), &sidebar, &inspector);
    ck_assert (sidebar && !inspector);
    RUN_UNTIL (gtk_widget_get_width (bench->window->shell) > 1400);
    activate (bench, "inspector", NULL);
    activate (bench, "sidebar", NULL);
    FoveaWindow *beside = /* of a program that was killed nobody closed a window */
        fovea_window_new (GTK_APPLICATION (window_bench_application));
    fovea_shell_get_layout (FOVEA_SHELL (beside->shell), &sidebar, &inspector);
    ck_assert (!sidebar && inspector);
    gtk_window_destroy (GTK_WINDOW (beside));
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tests)
{
    tcase_add_test (tests, what_is_compared_is_so_again);
    tcase_add_test (tests, a_text_that_others_are_to_be_compared_with_still_is);
    tcase_add_test (tests, the_mask_over_the_map_is_there_again);
    tcase_add_test (tests, what_was_chosen_in_the_views_is_there_with_the_first_picture);
    tcase_add_test (tests, a_program_that_is_killed_has_kept_what_was_chosen);
    tcase_add_test (tests, a_store_that_is_opened_again_stays_as_it_is);
    tcase_add_loop_test (tests, what_cannot_be_any_more_is_left_out_quietly, 0, 3);
    tcase_add_test (tests, panels_that_were_closed_stay_so);
}

int
main (void)
{
    return window_bench_main ("come back", add_tests);
}
