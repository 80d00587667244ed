/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A map less that of another text: what it is offered for, its colours and what is said of a cell. Exit
 * status 77 without a display. */
#include <math.h>

#include "capture/attention.h"
#include "tests/on-display.h"
#include "tests/shown-color.h"
#include "tests/sparse-support.h"
#include "tests/trace-support.h"
#include "tests/ui-support.h"
#include "tests/widget-bench.h"
#include "tests/widget-tree.h"
#include "ui/failure-bar.h"
#include "ui/map-colors.h"
#include "ui/map-page.h"
#include "ui/sentences.h"
#include "ui/token-text.h"
#include "ui/trace-source.h"

enum {
    T = 40,
    QUERY = 20,
    KEY = 7,
};

typedef struct {
    WidgetBench *base;
    FoveaTraceSource *other;
    FoveaMapCanvas *canvas;
    GtkDropDown *list;
} Bench;

/* The planted text behind a map; the one that has its heads swapped is compared with it, or it with that. */
static Bench
bench_new (void)
{
    Bench bench = {widget_bench_new (T), ui_support_swapped_source (T), NULL, NULL};
    GtkWidget *page = fovea_map_page_new (bench.base->selection, bench.base->cells);
    widget_bench_show (bench.base, page, 900, 800);
    widget_bench_open (bench.base, 0, 0, QUERY, KEY);
    bench.canvas = fovea_map_page_get_canvas (FOVEA_MAP_PAGE (page));
    bench.list = fovea_map_colors_new (bench.canvas, bench.base->selection);
    g_object_ref_sink (bench.list);
    return bench;
}

static void
bench_free (Bench *bench)
{
    g_clear_object (&bench->list);
    fovea_trace_source_unref (bench->other);
    widget_bench_free (bench->base);
}

static guint
count_ways (Bench *bench)
{
    return g_list_model_get_n_items (gtk_drop_down_get_model (bench->list));
}

static void
open_text (Bench *bench, FoveaTraceSource *source)
{
    fovea_selection_set_trace (bench->base->selection, source, NULL,
                               &(FoveaPlace){0, 0, QUERY, KEY});
}

static float
read_weight (FoveaTraceSource *source, guint head)
{
    float weight;
    g_autoptr (GError) error = NULL;
    FoveaAttention *attention = fovea_trace_source_get_layer (source, 0, &error);
    ck_assert_ptr_nonnull (attention);
    ck_assert (fovea_attention_read_pattern (attention, head, QUERY, QUERY + 1, KEY, KEY + 1,
                                             &weight, &error));
    return weight;
}

START_TEST (a_difference_is_offered_while_there_is_something_to_take_away)
{
    Bench bench = bench_new ();
    g_autoptr (FoveaTraceSource) longer = ui_support_source (T + 1);
    ck_assert_uint_eq (count_ways (&bench), 3);
    fovea_selection_set_reference (bench.base->selection); /* this very text */
    ck_assert_uint_eq (count_ways (&bench), 3);
    open_text (&bench, bench.other);
    ck_assert_uint_eq (count_ways (&bench), 4);
    gtk_drop_down_set_selected (bench.list, FOVEA_COLOR_DIFFERENCE);
    ck_assert_int_eq (fovea_map_canvas_get_color_scale (bench.canvas), FOVEA_COLOR_DIFFERENCE);
    open_text (&bench, longer); /* drawn as weights, and said to be */
    ck_assert_uint_eq (count_ways (&bench), 3);
    ck_assert_uint_eq (gtk_drop_down_get_selected (bench.list), FOVEA_COLOR_LOG);
    ck_assert_int_eq (fovea_map_canvas_get_color_scale (bench.canvas), FOVEA_COLOR_LOG);
    open_text (&bench, bench.other); /* as it was wanted */
    ck_assert_uint_eq (gtk_drop_down_get_selected (bench.list), FOVEA_COLOR_DIFFERENCE);
    fovea_selection_compare_with (bench.base->selection, NULL, NULL);
    ck_assert_uint_eq (count_ways (&bench), 3);
    bench_free (&bench);
}
END_TEST

/* L goes round what there is. */
START_TEST (a_key_goes_round_the_ways_that_there_are)
{
    Bench bench = bench_new ();
    /* Of patterns there are no scores. */
    static const int alone[] = {FOVEA_COLOR_LINEAR, FOVEA_COLOR_LOG};
    static const int compared[] = {FOVEA_COLOR_LINEAR, FOVEA_COLOR_DIFFERENCE, FOVEA_COLOR_LOG};
    for (guint i = 0; i < G_N_ELEMENTS (alone); i++) {
        widget_bench_press (GTK_WIDGET (bench.canvas), "map.color");
        ck_assert_int_eq (fovea_map_canvas_get_color_scale (bench.canvas), alone[i]);
        ck_assert_uint_eq (gtk_drop_down_get_selected (bench.list), (guint) alone[i]);
    }
    fovea_selection_compare_with (bench.base->selection, bench.other, NULL);
    for (guint i = 0; i < G_N_ELEMENTS (compared); i++) {
        widget_bench_press (GTK_WIDGET (bench.canvas), "map.color");
        ck_assert_int_eq (fovea_map_canvas_get_color_scale (bench.canvas), compared[i]);
        ck_assert_uint_eq (gtk_drop_down_get_selected (bench.list), (guint) compared[i]);
    }
    bench_free (&bench);
}
END_TEST

/* Of the same cell in both: here head 0, there what was head 1. */
START_TEST (the_colour_and_the_words_of_a_cell_are_of_the_difference)
{
    Bench bench = bench_new ();
    float here = read_weight (bench.base->source, 0), there = read_weight (bench.base->source, 1);
    float change = here - there;
    FoveaTileSpec spec;
    guint32 color;
    const FoveaCellData *data;
    ck_assert_float_gt (fabsf (change), 1e-4f);
    ck_assert (isnan (fovea_cell_model_get_data (bench.base->cells)->other));
    fovea_selection_compare_with (bench.base->selection, bench.other, NULL);
    g_object_set (bench.canvas, "color-scale", FOVEA_COLOR_DIFFERENCE, NULL);
    fovea_map_canvas_get_spec (bench.canvas, &spec);
    ck_assert (spec.difference);
    ck_assert_double_eq_tol (spec.floor, 0.1, 1e-9);
    spec.width = spec.height = 1;
    fovea_tile_color (&spec, &change, &color);
    RUN_UNTIL (shown_color_count (GTK_WIDGET (bench.canvas), color) >=
               150); /* of the cell itself, not of what stands in for it */
    RUN_UNTIL ((data = fovea_cell_model_get_data (bench.base->cells)) != NULL &&
               !isnan (data->other));
    ck_assert_float_eq_tol (data->other, there, 1e-6f);
    g_autofree char *words = fovea_sentence_for_change (data);
    g_autofree char *number = fovea_small_text (fabsf (change), 4);
    g_autofree char *expected = g_strconcat (change > 0 ? "+" : "−", number, NULL);
    ck_assert_str_eq (words, expected);
    bench_free (&bench);
}
END_TEST

/* Of the open list in the window. */
static GtkWidget *
find_row (GtkWidget *root, const char *words)
{
    EACH_WIDGET (label, root)
        if (GTK_IS_LABEL (label) &&
            g_strcmp0 (gtk_label_get_text (GTK_LABEL (label)), words) == 0 &&
            gtk_widget_get_ancestor (label, GTK_TYPE_LIST_VIEW) != NULL)
            return gtk_widget_get_parent (label);
    return NULL;
}

static GtkWidget *
find_list (GtkWidget *root)
{
    EACH_WIDGET (list, root)
        if (GTK_IS_DROP_DOWN (list) &&
            GTK_IS_STRING_LIST (gtk_drop_down_get_model ((void *) list)) &&
            g_strcmp0 (gtk_string_list_get_string ((void *) gtk_drop_down_get_model ((void *) list),
                                                   FOVEA_COLOR_SCORE),
                       "Colour: score") == 0)
            return list;
    return NULL;
}

/* Queries and keys of the first layer only. */
START_TEST (a_layer_without_queries_and_keys_says_why_it_has_no_scores)
{
    Bench bench = bench_new ();
    g_autoptr (FoveaTrace) trace = sparse_trace_new (T, 2, 2, 1, 3);
    g_autoptr (FoveaTraceSource) half = fovea_trace_source_new (trace);
    GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (bench.canvas))), *row = NULL;
    GtkWidget *list = find_list (root);
    open_text (&bench, half);
    g_object_set (bench.canvas, "color-scale", FOVEA_COLOR_SCORE, NULL);
    ck_assert_int_eq (fovea_map_canvas_get_color_scale (bench.canvas), FOVEA_COLOR_SCORE);
    g_signal_emit_by_name (list, "activate");
    RUN_UNTIL ((row = find_row (list, "Colour: score")) != NULL && gtk_widget_get_mapped (row));
    ck_assert (gtk_widget_get_sensitive (row));
    ck_assert_ptr_null (gtk_widget_get_tooltip_text (row));
    fovea_selection_select_head (bench.base->selection, 1, 0);
    ck_assert_int_eq (fovea_map_canvas_get_color_scale (bench.canvas), FOVEA_COLOR_LOG);
    ck_assert_uint_eq (gtk_drop_down_get_selected (GTK_DROP_DOWN (list)), FOVEA_COLOR_LOG);
    ck_assert (!gtk_widget_get_sensitive (row));
    ck_assert_ptr_nonnull (strstr (gtk_widget_get_tooltip_text (row), "blocks.1.attn.hook_q"));
    fovea_selection_select_head (bench.base->selection, 0, 1); /* as it was wanted */
    ck_assert_int_eq (fovea_map_canvas_get_color_scale (bench.canvas), FOVEA_COLOR_SCORE);
    ck_assert (gtk_widget_get_sensitive (row));
    bench_free (&bench);
}
END_TEST

static GtkWidget *
find_button (GtkWidget *bar, const char *words)
{
    EACH_WIDGET (button, bar)
        if (GTK_IS_BUTTON (button) &&
            g_strcmp0 (gtk_button_get_label (GTK_BUTTON (button)), words) == 0)
            return button;
    return NULL;
}

static void
count (guint *n)
{
    (*n)++;
}

/* The keys of the layer cannot be read at first: tiles, scores and the cell fail. */
START_TEST (what_failed_on_the_map_is_read_when_it_is_tried_again)
{
    Bench bench = bench_new ();
    GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (bench.canvas)));
    FoveaFailureBar *bar = FOVEA_FAILURE_BAR (widget_tree_find (root, FOVEA_TYPE_FAILURE_BAR));
    FoveaScoreRange *range = fovea_map_canvas_get_range (bench.canvas);
    g_autoptr (FoveaTrace) whole = sparse_trace_new (T, 2, 2, 2, 3);
    guint n_cells = 0, n_ranges = 0;
    static TraceReads reads = {.unreadable = 1}; /* threads may let go of the trace later */
    g_autoptr (FoveaTrace) trace = trace_watched (whole, &reads);
    g_autoptr (FoveaTraceSource) source = fovea_trace_source_new (trace);
    g_object_set (bench.canvas, "color-scale", FOVEA_COLOR_SCORE, NULL);
    g_signal_connect_swapped (bench.base->cells, "failed", G_CALLBACK (count), &n_cells);
    g_signal_connect_swapped (range, "failed", G_CALLBACK (count), &n_ranges);
    open_text (&bench, source);
    ck_assert_double_eq (fovea_score_range_get (range), 0);
    RUN_UNTIL (n_cells > 0 && n_ranges > 0);
    ck_assert_ptr_nonnull (fovea_failure_bar_get_message (bar));
    ck_assert_ptr_null (fovea_cell_model_get_data (bench.base->cells));
    reads.unreadable = G_MAXUINT;
    g_signal_emit_by_name (bar, "retry");
    RUN_UNTIL (fovea_cell_model_get_data (bench.base->cells) != NULL);
    RUN_UNTIL (fovea_score_range_get (range) > 0);
    bench_free (&bench);
}
END_TEST

/* Tiles come while the map can be read; then it cannot, and a failed cell says nothing of the map's age. */
START_TEST (only_a_map_that_was_drawn_is_from_before_the_failure)
{
    Bench bench = bench_new ();
    GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (bench.canvas)));
    FoveaFailureBar *bar = FOVEA_FAILURE_BAR (widget_tree_find (root, FOVEA_TYPE_FAILURE_BAR));
    FoveaTileCache *tiles = fovea_map_canvas_get_tiles (bench.canvas);
    static const char mark[] = "from before the failure";
    RUN_UNTIL (fovea_map_canvas_has_picture (bench.canvas));
    g_signal_emit_by_name (bench.base->cells, "failed", "no numbers");
    ck_assert_str_eq (fovea_failure_bar_get_message (bar), "no numbers");
    g_signal_emit_by_name (tiles, "failed", "no tile");
    ck_assert_ptr_nonnull (strstr (fovea_failure_bar_get_message (bar), mark));
    /* Of other colours there is nothing before they are drawn. */
    g_object_set (bench.canvas, "color-scale",
                  fovea_map_canvas_get_color_scale (bench.canvas) == FOVEA_COLOR_LOG
                      ? FOVEA_COLOR_LINEAR
                      : FOVEA_COLOR_LOG,
                  NULL);
    ck_assert (!fovea_map_canvas_has_picture (bench.canvas));
    g_signal_emit_by_name (tiles, "failed", "no tile");
    ck_assert_str_eq (fovea_failure_bar_get_message (bar), "no tile");
    bench_free (&bench);
}
END_TEST

/* Layer 1 was not kept, and the first array of layer 0 cannot be read. */
START_TEST (a_failure_goes_with_its_head_and_what_was_not_kept_is_not_tried_again)
{
    static TraceReads reads = {.unreadable = 0}; /* threads may let go of the trace later */
    Bench bench = bench_new ();
    GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (bench.canvas)));
    FoveaFailureBar *bar = FOVEA_FAILURE_BAR (widget_tree_find (root, FOVEA_TYPE_FAILURE_BAR));
    g_autoptr (FoveaTrace) whole = sparse_trace_new (T, 2, 2, 1, 3);
    g_autoptr (FoveaTrace) trace = trace_watched (whole, &reads);
    g_autoptr (FoveaTraceSource) source = fovea_trace_source_new (trace);
    GtkWidget *again = find_button (GTK_WIDGET (bar), "Try again");
    open_text (&bench, source);
    fovea_selection_select_head (bench.base->selection, 0, 1);
    RUN_UNTIL (fovea_failure_bar_get_message (bar) != NULL &&
               strstr (fovea_failure_bar_get_message (bar), "of head 0.1: no bytes of ") != NULL);
    ck_assert (gtk_widget_get_visible (again));
    fovea_selection_select_cell (bench.base->selection, 3, 2); /* of the same head */
    ck_assert_ptr_nonnull (fovea_failure_bar_get_message (bar));
    fovea_selection_select_head (bench.base->selection, 1, 1);
    ck_assert_ptr_null (fovea_failure_bar_get_message (bar));
    RUN_UNTIL (fovea_failure_bar_get_message (bar) != NULL);
    ck_assert (g_str_has_prefix (fovea_failure_bar_get_message (bar),
                                 "Needs blocks.1.attn.hook_q and hook_k, or hook_pattern"));
    ck_assert (!gtk_widget_get_visible (again));
    bench_free (&bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, a_difference_is_offered_while_there_is_something_to_take_away);
    tcase_add_test (tcase, a_key_goes_round_the_ways_that_there_are);
    tcase_add_test (tcase, a_layer_without_queries_and_keys_says_why_it_has_no_scores);
    tcase_add_test (tcase, a_failure_goes_with_its_head_and_what_was_not_kept_is_not_tried_again);
    tcase_add_test (tcase, only_a_map_that_was_drawn_is_from_before_the_failure);
    tcase_add_test (tcase, what_failed_on_the_map_is_read_when_it_is_tried_again);
    tcase_add_test (tcase, the_colour_and_the_words_of_a_cell_are_of_the_difference);
}

int
main (void)
{
    return run_on_display ("map, difference", add_tests, 60);
}
