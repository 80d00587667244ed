/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A mask over the map and in its square: what is shown until it is there, and when that is said. Nothing sleeps.
 * Exit status 77 without a display. */
#include "tests/on-display.h"
#include "tests/shown-color.h"
#include "tests/shown-text.h"
#include "tests/sparse-bench.h"
#include "tests/sparse-support.h"
#include "tests/trace-support.h"
#include "ui/figures/mask-dots.h"
#include "ui/late.h"
#include "ui/map-canvas-private.h"
#include "ui/map-page.h"
#include "ui/mask-overlay.h"
#include "ui/mask-view.h"
#include "ui/palette.h"
#include "ui/point-facts.h"
#include "ui/sparse-numbers.h"
#include "ui/trace-source.h"

#define FEW 10 /* pixels of the colour of words that are of something else */
#define HELD_BACK_US                                                                               \
    150000 /* of ui/map-tiles.c and ui/mask-view.c: what comes before says nothing */

static gboolean
has_drawing (GtkWidget *widget)
{
    g_autoptr (GskRenderNode) node = shown_color_draw (widget);
    return node != NULL;
}

static gboolean
is_waiting (GtkWidget *canvas)
{
    gboolean waiting;
    g_object_get (canvas, "waiting", &waiting, NULL);
    return waiting;
}

static gboolean
is_never_blank (GtkWidget *canvas, guint32 future)
{
    ck_assert (!has_drawing (canvas) || shown_color_count (canvas, future) > 1000 ||
               shown_color_count (canvas, FOVEA_MASK_KEPT) > 500 || is_waiting (canvas));
    return TRUE;
}

START_TEST (the_map_shows_the_mask_by_one_key_and_the_next_method_by_another)
{
    SparseBench *bench = sparse_bench_new ();
    g_autoptr (FoveaCellModel) cells = fovea_cell_model_new (bench->selection);
    GtkWidget *page = fovea_map_page_new (bench->selection, cells);
    fovea_map_page_set_sparse (FOVEA_MAP_PAGE (page), bench->model);
    GtkWidget *window = show_in_window (page, 1100, 700);
    GtkWidget *canvas = GTK_WIDGET (fovea_map_page_get_canvas (FOVEA_MAP_PAGE (page)));
    FoveaPalette palette;
    guint first, second;
    fovea_selection_set_trace (bench->selection, NULL, NULL, &(FoveaPlace){0});
    fovea_selection_set_trace (bench->selection, bench->source, NULL,
                               &(FoveaPlace){1, 0, T - 1, 0});
    fovea_sparse_model_set_table (bench->model, bench->table);
    ck_assert_ptr_null (fovea_sparse_model_get_overlay (bench->model)); /* nobody looks */
    ck_assert_uint_eq (shown_color_count (canvas, FOVEA_MASK_KEPT), 0);
    fovea_sparse_model_select (bench->model, sparse_bench_find_method ("streaming"), 3);
    fovea_palette_load (canvas, &palette);
    guint32 future = fovea_color_map_future (palette.theme);
    RUN_UNTIL (shown_color_count (canvas, future) > 5000);
    gtk_widget_activate_action (canvas, "map.overlay", NULL);
    /* While its tiles are made the weights stay, hence what lies above the diagonal. */
    RUN_UNTIL (is_never_blank (canvas, future) &&
               shown_color_count (canvas, FOVEA_MASK_KEPT) > 500);
    ck_assert_uint_gt (shown_color_count (canvas, FOVEA_MASK_MISSED), 500);
    fovea_sparse_model_get_point (bench->model, &first, NULL);
    gtk_widget_activate_action (canvas, "map.next-mask", NULL);
    fovea_sparse_model_get_point (bench->model, &second, NULL);
    ck_assert_uint_ne (first, second);
    gtk_widget_activate_action (canvas, "map.overlay", NULL);
    RUN_UNTIL (shown_color_count (canvas, FOVEA_MASK_MISSED) == 0);
    gtk_window_destroy (GTK_WINDOW (window));
    sparse_bench_free (bench);
}
END_TEST

/* Weights look like kept mass. Nobody makes the mask here until the test does. */
START_TEST (what_is_not_the_mask_yet_is_dimmed_and_says_so)
{
    SparseBench *bench = sparse_bench_new ();
    g_autoptr (FoveaCellModel) cells = fovea_cell_model_new (bench->selection);
    g_autoptr (FoveaViewport) viewport = fovea_viewport_new ();
    GtkWidget *canvas = fovea_map_canvas_new (bench->selection, cells, viewport);
    fovea_map_canvas_set_sparse (FOVEA_MAP_CANVAS (canvas), bench->model);
    GtkWidget *window = show_in_window (canvas, 900, 700);
    FoveaPalette palette;
    fovea_selection_set_trace (bench->selection, NULL, NULL, &(FoveaPlace){0});
    fovea_selection_set_trace (bench->selection, bench->source, NULL,
                               &(FoveaPlace){1, 0, T - 1, 0});
    fovea_sparse_model_set_table (bench->model, bench->table);
    fovea_sparse_model_select (bench->model, sparse_bench_find_method ("streaming"), 3);
    fovea_palette_load (canvas, &palette);
    guint32 future = fovea_color_map_future (palette.theme);
    RUN_UNTIL (shown_color_count (canvas, future) > 5000);
    ck_assert (!is_waiting (canvas));
    gint64 began = g_get_monotonic_time ();
    g_object_set (canvas, "overlay", TRUE, NULL);
    RUN_UNTIL (is_waiting (canvas));
    ck_assert_int_ge (g_get_monotonic_time () - began, HELD_BACK_US);
    RUN_UNTIL (has_drawing (canvas) && shown_color_count (canvas, future) == 0);
    g_autofree char *words = fovea_map_canvas_describe_waiting (FOVEA_MAP_CANVAS (canvas));
    g_autofree char *name = fovea_sparse_model_get_name (bench->model);
    ck_assert_msg (strstr (words, name) != NULL, "%s", words);
    fovea_sparse_model_use (bench->model, TRUE);
    RUN_UNTIL (shown_color_count (canvas, FOVEA_MASK_KEPT) > 500);
    RUN_UNTIL (!is_waiting (canvas));
    RUN_UNTIL (shown_color_count (canvas, future) > 5000);
    ck_assert_ptr_null (fovea_map_canvas_describe_waiting (FOVEA_MAP_CANVAS (canvas)));
    fovea_sparse_model_use (bench->model, FALSE);
    gtk_window_destroy (GTK_WINDOW (window));
    sparse_bench_free (bench);
}
END_TEST

/* An empty square could be a mask that keeps nothing. Nobody makes this one until the test does. */
START_TEST (a_square_without_its_mask_says_so_after_a_while)
{
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *view = fovea_mask_view_new (bench->model, bench->selection);
    GtkWidget *window = show_in_window (view, 400, 400);
    FoveaPalette palette;
    shown_color_load ();
    fovea_palette_load (view, &palette);
    const guint32 words = shown_color_of (&palette.quiet);
    for (int round = 0; round < 2; round++) { /* and so does the next */
        fovea_selection_set_trace (bench->selection, NULL, NULL, &(FoveaPlace){0});
        RUN_UNTIL (fovea_late_is_due (view));
        gint64 began = g_get_monotonic_time ();
        fovea_selection_set_trace (bench->selection, bench->source, NULL,
                                   &(FoveaPlace){1, 0, T - 1, 0});
        fovea_sparse_model_set_table (bench->model, bench->table);
        fovea_sparse_model_select (bench->model, sparse_bench_find_method ("streaming"), 3);
        RUN_UNTIL (shown_color_count (view, words) > FEW);
        ck_assert_int_ge (g_get_monotonic_time () - began, HELD_BACK_US);
        fovea_sparse_model_use (bench->model, TRUE);
        RUN_UNTIL (shown_color_count (view, FOVEA_MASK_KEPT) > 500);
        ck_assert_uint_lt (shown_color_count (view, words), FEW);
        fovea_sparse_model_use (bench->model, FALSE);
    }
    gtk_window_destroy (GTK_WINDOW (window));
    sparse_bench_free (bench);
}
END_TEST

/* No colour is alone, however small the square: there is room beside it. */
START_TEST (a_small_square_has_its_key_beside_it)
{
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *view = fovea_mask_view_new (bench->model, bench->selection);
    GtkWidget *window = show_in_window (view, 420, 150);
    FoveaPalette palette;
    shown_color_load ();
    fovea_palette_load (view, &palette);
    fovea_selection_set_trace (bench->selection, bench->source, NULL,
                               &(FoveaPlace){1, 0, T - 1, 0});
    fovea_sparse_model_set_table (bench->model, bench->table);
    fovea_sparse_model_select (bench->model, sparse_bench_find_method ("streaming"), 3);
    fovea_sparse_model_use (bench->model, TRUE);
    RUN_UNTIL (shown_color_count (view, FOVEA_MASK_KEPT) > 500);
    RUN_UNTIL (shown_color_count (view, shown_color_of (&palette.text)) > FEW);
    gtk_window_destroy (GTK_WINDOW (window));
    sparse_bench_free (bench);
}
END_TEST

/* The queries of layer 0 cannot be read. */
START_TEST (the_last_mask_stays_paler_where_the_next_fails)
{
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *view = fovea_mask_view_new (bench->model, bench->selection);
    GtkWidget *window = show_in_window (view, 400, 400);
    static TraceReads reads = {.unreadable = 0}; /* threads may let go of the trace later */
    g_autoptr (FoveaTrace) trace =
        trace_watched (fovea_trace_source_get_trace (bench->source), &reads);
    g_autoptr (FoveaTraceSource) source = fovea_trace_source_new (trace);
    fovea_selection_set_trace (bench->selection, source, NULL, &(FoveaPlace){0, 0, T - 1, 0});
    fovea_sparse_model_set_table (bench->model, bench->table);
    fovea_sparse_model_select (bench->model, sparse_bench_find_method ("streaming"), 3);
    fovea_sparse_model_use (bench->model, TRUE);
    RUN_UNTIL (fovea_sparse_model_has_failed (bench->model) && shown_color_count_drawn (view) > 0);
    guint words = shown_color_count_drawn (view); /* with the frame and the key */
    fovea_selection_select_head (bench->selection, 1, 0);
    RUN_UNTIL (shown_color_count (view, FOVEA_MASK_KEPT) > 500);
    guint whole = shown_color_count_drawn (view);
    fovea_selection_select_head (bench->selection, 0, 0);
    RUN_UNTIL (fovea_sparse_model_has_failed (bench->model) &&
               shown_color_count (view, FOVEA_MASK_KEPT) <= 500);
    RUN_UNTIL (shown_color_count_drawn (view) > 2 * words &&
               shown_color_count_drawn (view) + FEW >= whole);
    fovea_sparse_model_use (bench->model, FALSE);
    gtk_window_destroy (GTK_WINDOW (window));
    sparse_bench_free (bench);
}
END_TEST

/* What the inspector says of the selected point.   Owner: caller. */
static char *
describe_point (SparseBench *bench)
{
    GtkWidget *column = g_object_ref_sink (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
    FoveaSection *sections[3];
    g_autoptr (GString) words = g_string_new (NULL);
    for (guint i = 0; i < G_N_ELEMENTS (sections); i++) {
        sections[i] = FOVEA_SECTION (fovea_section_new (""));
        gtk_box_append (GTK_BOX (column), GTK_WIDGET (sections[i]));
    }
    g_free (fovea_point_facts_fill (bench->model, bench->selection, sections));
    shown_text_collect (column, words);
    g_object_unref (column);
    return g_string_free (g_steal_pointer (&words), FALSE);
}

/* The first array of layer 0 cannot be read, and of layer 0 of another text there is nothing. */
START_TEST (a_point_without_its_mask_says_why)
{
    static const char of[] = "Pairs, worst query, 10th centile and wasted work are of the mask. ";
    static TraceReads reads = {.unreadable = 0}; /* threads may let go of the trace later */
    SparseBench *bench = sparse_bench_new ();
    g_autoptr (FoveaTrace) whole = sparse_trace_new (T, LAYERS, HEADS, 1, 3); /* of layer 0 */
    g_autoptr (FoveaTrace) trace = trace_watched (whole, &reads);
    g_autoptr (FoveaTraceSource) source = fovea_trace_source_new (trace);
    fovea_selection_set_trace (bench->selection, source, NULL, &(FoveaPlace){0, 1, T - 1, 0});
    fovea_sparse_model_set_table (bench->model, bench->table);
    fovea_sparse_model_select (bench->model, sparse_bench_find_method ("streaming"), 3);
    fovea_sparse_model_use (bench->model, TRUE);
    RUN_UNTIL (fovea_sparse_model_has_failed (bench->model));
    g_autofree char *damaged = describe_point (bench);
    g_autofree char *why = g_strconcat (of, "Mask of head 0.1: no bytes of blocks.0.", NULL);
    ck_assert_msg (strstr (damaged, why) != NULL, "%s", damaged);
    fovea_selection_select_head (bench->selection, 1, 1);
    RUN_UNTIL (fovea_sparse_model_has_failed (bench->model));
    g_autofree char *missing = describe_point (bench);
    g_autofree char *needs =
        g_strconcat (of, "Needs blocks.1.attn.hook_q and hook_k, or hook_pattern", NULL);
    ck_assert_msg (strstr (missing, needs) != NULL, "%s", missing);
    fovea_selection_set_trace (bench->selection, bench->source, NULL,
                               &(FoveaPlace){0, 1, T - 1, 0});
    fovea_sparse_model_set_table (bench->model, bench->table);
    fovea_sparse_model_select (bench->model, sparse_bench_find_method ("streaming"), 3);
    RUN_UNTIL (fovea_sparse_model_get_numbers (bench->model) != NULL);
    g_autofree char *whole_point = describe_point (bench);
    ck_assert (strstr (whole_point, "are of the mask") == NULL);
    fovea_sparse_model_use (bench->model, FALSE);
    sparse_bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tests)
{
    tcase_add_test (tests, the_map_shows_the_mask_by_one_key_and_the_next_method_by_another);
    tcase_add_test (tests, what_is_not_the_mask_yet_is_dimmed_and_says_so);
    tcase_add_test (tests, a_square_without_its_mask_says_so_after_a_while);
    tcase_add_test (tests, the_last_mask_stays_paler_where_the_next_fails);
    tcase_add_test (tests, a_point_without_its_mask_says_why);
    tcase_add_test (tests, a_small_square_has_its_key_beside_it);
}

int
main (void)
{
    return run_on_display ("mask shown", add_tests, 120);
}
