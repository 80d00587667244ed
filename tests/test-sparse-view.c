/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The Sparsity view on real curves of a random trace: plots, list of methods, table, page. Nothing
 * sleeps. Exit status 77 without a display. */
#include <gtk/gtk.h>
#include <math.h>
#include <string.h>

#include "analysis/curve-mean.h"
#include "tests/on-display.h"
#include "tests/pointer-support.h"
#include "tests/press-shortcut.h"
#include "tests/shown-color.h"
#include "tests/shown-text.h"
#include "tests/sparse-bench.h"
#include "tests/sparse-support.h"
#include "tests/trace-support.h"
#include "tests/widget-tree.h"
#include "ui/curve-frame.h"
#include "ui/curve-view.h"
#include "ui/failure-bar.h"
#include "ui/figures/mask-dots.h"
#include "ui/layer-curves.h"
#include "ui/map-canvas-private.h"
#include "ui/map-page.h"
#include "ui/mask-overlay.h"
#include "ui/mask-view.h"
#include "ui/method-panel.h"
#include "ui/palette.h"
#include "ui/point-table.h"
#include "ui/sparse-page.h"
#include "ui/trace-source.h"

#define HELD_BACK_US                                                                               \
    150000 /* of ui/map-tiles.c and ui/mask-view.c: what comes before says nothing */

START_TEST (arrow_keys_walk_along_a_curve_and_between_methods)
{
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *view = g_object_ref_sink (fovea_curve_view_new (bench->model, bench->selection));
    guint method, index, other, at;
    fovea_sparse_model_get_point (bench->model, &method, &index);
    gtk_widget_activate_action (view, "curves.right", NULL);
    fovea_sparse_model_get_point (bench->model, &other, &at);
    ck_assert_uint_eq (other, method);
    ck_assert_uint_eq (at, index + 1);
    gtk_widget_activate_action (view, "curves.left", NULL);
    gtk_widget_activate_action (view, "curves.down", NULL);
    const FoveaCurvePoint *point = fovea_sparse_model_get_point (bench->model, &other, &at);
    ck_assert_uint_ne (other, method);
    ck_assert_ptr_nonnull (point);
    for (int i = 0; i < 30; i++)
        gtk_widget_activate_action (view, "curves.left", NULL);
    fovea_sparse_model_get_point (bench->model, &method, &at);
    ck_assert_uint_eq (at, 0); /* the end of the curve, and it stays there */
    gtk_widget_activate_action (view, "curves.next-head", NULL);
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->head, 1);
    double goal;
    gtk_widget_activate_action (view, "curves.goal-down", NULL);
    g_object_get (bench->model, "goal", &goal, NULL);
    ck_assert (fabs (goal - 0.94) <= 1e-9);
    g_object_unref (view);
    sparse_bench_free (bench);
}
END_TEST

START_TEST (what_is_neither_kept_nor_missed_has_the_name_of_its_colour)
{
    g_autofree char *light = fovea_mask_key_explain (FOVEA_THEME_LIGHT, 1);
    g_autofree char *dark = fovea_mask_key_explain (FOVEA_THEME_DARK, 1);
    g_autofree char *dots = fovea_mask_key_explain (FOVEA_THEME_DARK, 4);
    g_autofree char *sampled = fovea_mask_key_explain (FOVEA_THEME_DARK, 32);
    ck_assert (g_str_has_prefix (light, "White: ") && g_str_has_prefix (dark, "Black: "));
    ck_assert_str_eq (dots, "A dot: 4 × 4 pairs; stronger: more matter");
    ck_assert_ptr_nonnull (strstr (sampled, "8 queries sampled"));
}
END_TEST

START_TEST (the_plot_says_what_it_shows_and_what_is_selected)
{
    SparseBench *bench = sparse_bench_new ();
    FoveaCurveView *view = g_object_ref_sink (
        FOVEA_CURVE_VIEW (fovea_curve_view_new (bench->model, bench->selection)));
    fovea_sparse_model_select (bench->model, sparse_bench_find_method ("streaming"), 2);
    g_autofree char *sentence = fovea_curve_view_get_sentence (view);
    ck_assert_ptr_nonnull (strstr (
        sentence, "Mass recall of head 1.0 against density, 4 methods. Selected: StreamingLLM"));
    ck_assert_ptr_nonnull (strstr (sentence, "percent, recall 0."));
    g_object_set (bench->model, "up", FOVEA_UP_ERROR, NULL);
    g_autofree char *errors = fovea_curve_view_get_sentence (view);
    ck_assert_ptr_nonnull (strstr (errors, "Output error of head 1.0"));
    g_object_unref (view);
    sparse_bench_free (bench);
}
END_TEST

/* A bound has no thin lines of its own: those of the first other method stay. */
START_TEST (a_curve_of_one_point_is_a_dot)
{
    const FoveaMethodStyle style = {.color = 0xFF204060};
    const double point[] = {10, 12};
    cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 20, 20);
    cairo_t *cr = cairo_create (surface);
    fovea_curve_frame_stroke (cr, point, 1, &style, 1.4, 1);
    cairo_destroy (cr);
    cairo_surface_flush (surface);
    const guint32 *pixels =
        (const guint32 *) (gconstpointer) cairo_image_surface_get_data (surface);
    ck_assert_uint_eq (pixels[12 * 20 + 10], 0xFF204060);
    ck_assert_uint_eq (pixels[12 * 20 + 15], 0);
    cairo_surface_destroy (surface);
}
END_TEST

START_TEST (thin_lines_are_of_the_selected_points_method)
{
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *layers = g_object_ref_sink (fovea_layer_curves_new (bench->model, bench->selection));
    static const char *const keys[] = {"vertical-slash", "oracle-weight", "streaming"};
    static const char *const names[] = {"(MInference Vertical-Slash)", "(StreamingLLM)",
                                        "(StreamingLLM)"};
    for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
        guint method = sparse_bench_find_method (keys[i]);
        if (fovea_sparse_model_get_curve (bench->model, method) == NULL)
            continue;
        fovea_sparse_model_select (bench->model, method, 1);
        g_autofree char *words = fovea_layer_curves_describe (bench->model, bench->selection);
        ck_assert_msg (g_str_has_suffix (words, names[i]), "%s: %s", keys[i], words);
        g_autofree char *knob = fovea_sparse_model_describe_knob (bench->model);
        g_autofree char *name = fovea_sparse_model_get_name (bench->model);
        ck_assert (g_str_has_prefix (name, fovea_sparse_method_list ()[method]->name));
        ck_assert (g_str_has_suffix (name, knob));
    }
    g_object_unref (layers);
    sparse_bench_free (bench);
}
END_TEST

/* The method stands in a line of its own, so that neither it nor the knob is cut. */
START_TEST (a_masks_title_has_the_method_in_one_line_and_the_knob_in_another)
{
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *page = fovea_sparse_page_new (bench->model, bench->selection);
    GtkWidget *window = show_in_window (page, 1100, 700);
    g_autoptr (GString) text = g_string_new (NULL);
    fovea_sparse_model_select (bench->model, sparse_bench_find_method ("streaming"), 3);
    g_autofree char *knob = fovea_sparse_model_describe_knob (bench->model);
    g_autofree char *lines = g_strdup_printf ("\nStreamingLLM\n%s, head 1.0\n", knob);
    RUN_UNTIL ((g_string_set_size (text, 0), shown_text_collect (page, text),
                strstr (text->str, lines) != NULL));
    gtk_window_destroy (GTK_WINDOW (window));
    sparse_bench_free (bench);
}
END_TEST

START_TEST (the_list_of_methods_is_made_from_the_table_of_methods)
{
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *panel = fovea_method_panel_new (bench->model);
    GtkWidget *window = show_in_window (panel, 1100, 700);
    g_autoptr (GString) text = g_string_new (NULL);
    shown_text_collect (panel, text);
    const FoveaSparseMethod *first = fovea_sparse_method_list ()[0];
    ck_assert_ptr_nonnull (strstr (text->str, first->name));
    ck_assert_ptr_nonnull (strstr (text->str, fovea_honesty_get_name (first->honesty)));
    ck_assert_ptr_nonnull (strstr (text->str, first->paper));
    gtk_window_destroy (GTK_WINDOW (window));
    sparse_bench_free (bench);
}
END_TEST

START_TEST (space_ticks_the_method_at_hand)
{
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *panel = fovea_method_panel_new (bench->model);
    GtkWidget *window = show_in_window (panel, 1100, 700);
    GtkWidget *list = widget_tree_find (panel, GTK_TYPE_LIST_VIEW);
    GtkSelectionModel *rows = gtk_list_view_get_model (GTK_LIST_VIEW (list));
    guint anchor = sparse_bench_find_method ("anchor");
    gtk_selection_model_select_item (rows, anchor, TRUE);
    gtk_widget_grab_focus (list); /* a box that has it ticks itself */
    gboolean before = fovea_sparse_model_is_chosen (bench->model, anchor);
    ck_assert (press_shortcut (list, GDK_KEY_space));
    ck_assert (fovea_sparse_model_is_chosen (bench->model, anchor) != before);
    ck_assert (press_shortcut (list, GDK_KEY_space));
    ck_assert (fovea_sparse_model_is_chosen (bench->model, anchor) == before);
    gtk_window_destroy (GTK_WINDOW (window));
    sparse_bench_free (bench);
}
END_TEST

START_TEST (a_method_that_cannot_apply_says_why)
{
    SparseBench *bench = sparse_bench_new ();
    static const char *const texts[] = {"name", "method", "series", "knob", "note"};
    g_autoptr (FoveaTable) table = fovea_table_new ("recall");
    fovea_table_add_column (table, "layer", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "head", FOVEA_COLUMN_INTEGER, "", "");
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
        fovea_table_add_column (table, texts[i], FOVEA_COLUMN_TEXT, "", "");
    fovea_table_add_row (table);
    fovea_table_set_integer (table, 0, 0, 1);
    fovea_table_set_text (table, 0, 3, "anchor");
    fovea_table_set_text (table, 0, 6, "only for layers that look back");
    fovea_sparse_model_set_table (bench->model, table);
    ck_assert_str_eq (
        fovea_sparse_model_get_reason (bench->model, sparse_bench_find_method ("anchor")),
        "only for layers that look back");
    ck_assert_ptr_null (
        fovea_sparse_model_get_reason (bench->model, sparse_bench_find_method ("window")));
    fovea_selection_select_head (bench->selection, 0, 0);
    ck_assert_ptr_null (
        fovea_sparse_model_get_reason (bench->model, sparse_bench_find_method ("anchor")));
    sparse_bench_free (bench);
}
END_TEST

/* The small plots of layers beside it go on having room for theirs. */
START_TEST (the_axis_of_what_has_no_curve_is_that_of_the_others)
{
    SparseBench *bench = sparse_bench_new ();
    double low = fovea_curve_frame_find_low (bench->model);
    ck_assert_double_lt (low, 0.4);
    g_object_set (bench->model, "scope", FOVEA_SCOPE_CHOSEN, NULL); /* and none are chosen */
    ck_assert_ptr_null (
        fovea_sparse_model_get_curve (bench->model, sparse_bench_find_method ("streaming")));
    ck_assert_double_le (fovea_curve_frame_find_low (bench->model), low);
    sparse_bench_free (bench);
}
END_TEST

START_TEST (the_table_has_a_row_for_every_point_that_is_drawn)
{
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *table = fovea_point_table_new (bench->model);
    GtkWidget *window = show_in_window (table, 1100, 700);
    guint n = 0;
    for (guint i = 0; i < G_N_ELEMENTS (sparse_bench_measured); i++)
        n += fovea_sparse_model_get_curve (bench->model,
                                           sparse_bench_find_method (sparse_bench_measured[i]))
                 ->n_points;
    ck_assert_uint_eq (
        g_list_model_get_n_items (fovea_point_table_get_rows (FOVEA_POINT_TABLE (table))), n);
    gtk_single_selection_set_selected (
        GTK_SINGLE_SELECTION (fovea_point_table_get_rows (FOVEA_POINT_TABLE (table))), n - 1);
    guint method, index;
    fovea_sparse_model_get_point (bench->model, &method, &index);
    const FoveaCurve *last = fovea_sparse_model_get_curve (bench->model, method);
    ck_assert_uint_eq (index, last->n_points - 1);
    gtk_window_destroy (GTK_WINDOW (window));
    sparse_bench_free (bench);
}
END_TEST

START_TEST (the_page_draws_curves_and_a_mask_in_three_colours)
{
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *page = fovea_sparse_page_new (bench->model, bench->selection);
    GtkWidget *window = show_in_window (page, 1100, 700);
    fovea_sparse_model_select (bench->model, sparse_bench_find_method ("streaming"), 3);
    RUN_UNTIL (fovea_sparse_model_get_numbers (bench->model) != NULL);
    RUN_UNTIL (shown_color_count (page, FOVEA_MASK_KEPT) > 500);
    ck_assert_uint_gt (shown_color_count (page, FOVEA_MASK_MISSED), 500);
    ck_assert_uint_gt (shown_color_count (page, FOVEA_MASK_WASTED), 500);
    g_autofree char *label = fovea_mask_view_describe (bench->model, bench->selection);
    ck_assert_ptr_nonnull (strstr (label, "on head 1.0: kept mass 0."));
    gtk_window_destroy (GTK_WINDOW (window));
    sparse_bench_free (bench);
}
END_TEST

START_TEST (without_curves_the_page_offers_to_measure_some)
{
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *page = fovea_sparse_page_new (bench->model, bench->selection);
    GtkWidget *window = show_in_window (page, 1100, 700);
    g_autoptr (GString) text = g_string_new (NULL);
    fovea_sparse_model_set_table (bench->model, NULL);
    shown_text_collect (page, text);
    ck_assert_ptr_nonnull (strstr (text->str, "No curves of this run yet."));
    ck_assert_ptr_nonnull (strstr (text->str, "Measure the chosen methods"));
    /* Two buttons for one thing would be asked about: the other comes with the curves. */
    guint n_suggested = 0;
    EACH_WIDGET (widget, page)
        n_suggested +=
            gtk_widget_has_css_class (widget, "suggested-action") && gtk_widget_get_mapped (widget);
    ck_assert_uint_eq (n_suggested, 1);
    ck_assert_ptr_null (fovea_sparse_model_get_point (bench->model, NULL, NULL));
    /* Of which head? The keys that choose it work before there is a curve that could have them. */
    const FoveaPlace before = *fovea_selection_get_place (bench->selection);
    ck_assert (press_shortcut (page, GDK_KEY_bracketright));
    ck_assert_uint_ne (fovea_selection_get_place (bench->selection)->head, before.head);
    ck_assert (press_shortcut (page, GDK_KEY_bracketleft));
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->head, before.head);
    gtk_window_destroy (GTK_WINDOW (window));
    sparse_bench_free (bench);
}
END_TEST

/* Beside a list, as the sidebar stands: an arrow went there. */
START_TEST (who_waits_for_curves_has_the_keys_in_their_view)
{
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *page = fovea_sparse_page_new (bench->model, bench->selection);
    GtkWidget *both = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
    GtkWidget *beside = gtk_button_new_with_label ("beside");
    gtk_box_append (GTK_BOX (both), beside);
    gtk_box_append (GTK_BOX (both), page);
    GtkWidget *window = show_in_window (both, 1100, 700);
    GtkRoot *root = GTK_ROOT (window);
    if (_i == 0)
        fovea_sparse_model_set_table (bench->model, NULL);
    RUN_UNTIL (gtk_widget_get_width (page) > 0);
    GtkWidget *run = NULL;
    EACH_WIDGET (widget, page)
        if (gtk_widget_has_css_class (widget, "suggested-action") && gtk_widget_get_mapped (widget))
            run = widget;
    ck_assert (gtk_widget_grab_focus (run));
    fovea_sparse_page_set_running (FOVEA_SPARSE_PAGE (page), TRUE, NULL);
    GtkWidget *waiting = gtk_root_get_focus (root);
    ck_assert_ptr_nonnull (waiting);
    ck_assert (gtk_widget_is_ancestor (waiting, page));
    ck_assert (gtk_widget_is_sensitive (waiting));
    for (guint i = 0; i < 3; i++)
        ck_assert (press_shortcut (waiting, GDK_KEY_Down));
    ck_assert_ptr_eq (gtk_root_get_focus (root), waiting);
    g_autoptr (GString) text = g_string_new (NULL);
    shown_text_collect (waiting, text);
    ck_assert (_i == 0 ? strstr (text->str, "Ctrl+. stops it") != NULL
                       : FOVEA_IS_CURVE_VIEW (waiting));
    fovea_sparse_page_set_running (FOVEA_SPARSE_PAGE (page), FALSE, NULL);
    ck_assert_ptr_eq (gtk_root_get_focus (root), _i == 0 ? run : waiting);
    gtk_window_destroy (GTK_WINDOW (window));
    sparse_bench_free (bench);
}
END_TEST

/* Of one method. */
static FoveaTable *
measure_heads (const gboolean *heads)
{
    const FoveaSparseMethod *methods[] = {fovea_sparse_method_find ("streaming", NULL), NULL};
    FoveaSparseCurvesOptions options = {.methods = methods, .sweep = TRUE, .heads = heads};
    g_autoptr (FoveaTrace) trace = sparse_trace_new (T, LAYERS, HEADS, LAYERS, 3);
    FoveaThreads *threads = fovea_threads_new (1);
    g_autoptr (FoveaSparseCurves) curves = fovea_sparse_curves_new (&options);
    ck_assert (fovea_sparse_curves_add (curves, trace, threads, NULL, NULL, NULL, NULL));
    fovea_threads_free (threads);
    return fovea_sparse_curves_finish (curves);
}

START_TEST (a_head_without_curves_says_which_have_some)
{
    static const struct {
        gboolean heads[LAYERS * HEADS];
        const char *title;
    } cases[] = {
        {{FALSE, FALSE, FALSE, TRUE}, "No curve of head 0.0 by these methods; head 1.1 has some"},
        {{FALSE, TRUE, FALSE, TRUE},
         "No curve of head 0.0 by these methods; 2 heads have, from 0.1"},
        {{TRUE, TRUE, TRUE, TRUE}, "Mass recall of head 0.0"},
    };
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *page = fovea_sparse_page_new (bench->model, bench->selection);
    GtkWidget *window = show_in_window (page, 1100, 700);
    g_autoptr (FoveaTable) table = measure_heads (cases[_i].heads);
    g_autoptr (GString) text = g_string_new (NULL);
    fovea_sparse_model_set_table (bench->model, table);
    fovea_selection_select_head (bench->selection, 0, 0);
    shown_text_collect (page, text);
    ck_assert_msg (strstr (text->str, cases[_i].title) != NULL, "%s", text->str);
    gtk_window_destroy (GTK_WINDOW (window));
    sparse_bench_free (bench);
}
END_TEST

static gboolean
is_selected (SparseBench *bench, guint method, guint index)
{
    guint selected, at;
    return fovea_sparse_model_get_point (bench->model, &selected, &at) != NULL &&
           selected == method && at == index;
}

static void
note_open (GtkWidget *page, gboolean *opened)
{
    *opened = TRUE;
}

START_TEST (a_click_on_a_curve_selects_its_point_and_two_open_the_map)
{
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *page = fovea_sparse_page_new (bench->model, bench->selection);
    GtkWidget *window = show_in_window (page, 1100, 700);
    GtkWidget *view = widget_tree_find (page, FOVEA_TYPE_CURVE_VIEW);
    const guint method = sparse_bench_find_method ("streaming");
    gboolean opened = FALSE;
    double x, y;
    g_signal_connect (page, "open-map", G_CALLBACK (note_open), &opened);
    fovea_sparse_model_select (bench->model, sparse_bench_find_method ("oracle-weight"), 0);
    pointer_run_frame (view);
    for (guint i = 3; i < 6; i += 2) {
        ck_assert (fovea_curve_view_locate (FOVEA_CURVE_VIEW (view), method, i, &x, &y));
        pointer_click (view, x, y, "click 1");
        RUN_UNTIL (is_selected (bench, method, i));
    }
    pointer_click (view, x - 40, y - 60, "click 1"); /* between curves, or on another one's point */
    pointer_run_frame (view);
    ck_assert (!opened);
    pointer_double_click (view, x, y);
    RUN_UNTIL (opened);
    ck_assert (is_selected (bench, method, 5));
    gtk_window_destroy (GTK_WINDOW (window));
    sparse_bench_free (bench);
}
END_TEST

/* Where recall @value is drawn, from two points whose places are known. */
static double
find_height (SparseBench *bench, FoveaCurveView *view, double value)
{
    const guint method = sparse_bench_find_method ("streaming");
    const FoveaCurve *curve = fovea_sparse_model_get_curve (bench->model, method);
    guint last = curve->n_points - 1;
    double x, y0, y1, v0 = curve->points[0].recall, v1 = curve->points[last].recall;
    ck_assert (fovea_curve_view_locate (view, method, 0, &x, &y0) &&
               fovea_curve_view_locate (view, method, last, &x, &y1));
    ck_assert_double_gt (v1, v0 + 0.1);
    return y0 + (value - v0) / (v1 - v0) * (y1 - y0);
}

START_TEST (the_goal_is_dragged_along_the_axis)
{
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *page = fovea_sparse_page_new (bench->model, bench->selection);
    GtkWidget *window = show_in_window (page, 1100, 700);
    GtkWidget *view = widget_tree_find (page, FOVEA_TYPE_CURVE_VIEW);
    double goal, x, y;
    pointer_run_frame (view);
    ck_assert (fovea_curve_view_locate (FOVEA_CURVE_VIEW (view),
                                        sparse_bench_find_method ("streaming"), 0, &x, &y));
    g_object_get (bench->model, "goal", &goal, NULL);
    const double way[][2] = {{x + 4, find_height (bench, FOVEA_CURVE_VIEW (view), goal)},
                             {x + 20, find_height (bench, FOVEA_CURVE_VIEW (view), 0.8)},
                             {x + 30, find_height (bench, FOVEA_CURVE_VIEW (view), 0.7)}};
    pointer_drag (view, way, G_N_ELEMENTS (way), NULL);
    RUN_UNTIL ((g_object_get (bench->model, "goal", &goal, NULL), fabs (goal - 0.7) < 0.011));
    gtk_window_destroy (GTK_WINDOW (window));
    sparse_bench_free (bench);
}
END_TEST

/* Panels of layers are 134 wide, the first begins 30 from the left. */
START_TEST (a_click_on_a_layer_or_on_the_mask_goes_there)
{
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *page = fovea_sparse_page_new (bench->model, bench->selection);
    GtkWidget *window = show_in_window (page, 1100, 700);
    GtkWidget *layers = widget_tree_find (page, FOVEA_TYPE_LAYER_CURVES);
    GtkWidget *mask = widget_tree_find (page, FOVEA_TYPE_MASK_VIEW);
    const FoveaPlace *place;
    int scope;
    fovea_sparse_model_select (bench->model, sparse_bench_find_method ("streaming"), 3);
    RUN_UNTIL (gtk_widget_get_mapped (layers) && gtk_widget_get_mapped (mask));
    pointer_run_frame (mask);
    double side = MIN (gtk_widget_get_width (mask), gtk_widget_get_height (mask));
    pointer_click (mask, side * 0.25, side * 0.6, "click 1");
    RUN_UNTIL ((place = fovea_selection_get_place (bench->selection))->query > 0.5 * T &&
               place->query < 0.75 * T && place->key > 0.2 * T && place->key < 0.32 * T);
    ck_assert_uint_eq (place->layer, 1);
    pointer_click (layers, 30 + 60, gtk_widget_get_height (layers) / 2.0, "click 1");
    RUN_UNTIL (fovea_selection_get_place (bench->selection)->layer == 0);
    g_object_get (bench->model, "scope", &scope, NULL);
    ck_assert_int_eq (scope, FOVEA_SCOPE_LAYER);
    gtk_window_destroy (GTK_WINDOW (window));
    sparse_bench_free (bench);
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

/* The queries of layer 1 cannot be read, so its mask fails each time. */
START_TEST (a_mask_that_fails_says_so_and_is_tried_again)
{
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *page = fovea_sparse_page_new (bench->model, bench->selection);
    GtkWidget *window = show_in_window (page, 1100, 700);
    static TraceReads reads = {.unreadable = 3}; /* threads may let go of the trace later */
    g_autoptr (FoveaTrace) trace =
        trace_watched (fovea_trace_source_get_trace (bench->source), &reads);
    FoveaTraceSource *broken = fovea_trace_source_new (trace);
    FoveaFailureBar *bar = FOVEA_FAILURE_BAR (widget_tree_find (page, FOVEA_TYPE_FAILURE_BAR));
    GtkWidget *again = find_button (GTK_WIDGET (bar), "Try again");
    ck_assert_ptr_nonnull (again);
    fovea_selection_set_trace (bench->selection, broken, NULL, &(FoveaPlace){1, 0, T - 1, 0});
    fovea_sparse_model_set_table (bench->model, bench->table);
    fovea_sparse_model_select (bench->model, sparse_bench_find_method ("streaming"), 3);
    for (int round = 0; round < 2; round++) {
        RUN_UNTIL (fovea_failure_bar_get_message (bar) != NULL);
        ck_assert (gtk_widget_get_visible (again));
        g_autofree char *words = fovea_mask_view_describe (bench->model, bench->selection);
        ck_assert_msg (strstr (words, "cannot be read") != NULL, "%s", words);
        g_signal_emit_by_name (again, "clicked");
        ck_assert_ptr_null (fovea_failure_bar_get_message (bar));
        ck_assert (!fovea_sparse_model_has_failed (bench->model)); /* it is being made once more */
    }
    RUN_UNTIL (fovea_failure_bar_get_message (bar) != NULL);
    /* It is not of another text; and what only another choice helps is not tried again. */
    fovea_selection_set_trace (bench->selection, bench->source, NULL,
                               &(FoveaPlace){1, 0, T - 1, 0});
    ck_assert_ptr_null (fovea_failure_bar_get_message (bar));
    fovea_sparse_page_show_failure (FOVEA_SPARSE_PAGE (page), "No method is chosen.");
    ck_assert (!gtk_widget_get_visible (again));
    gtk_window_destroy (GTK_WINDOW (window));
    fovea_trace_source_unref (broken);
    sparse_bench_free (bench);
}
END_TEST

static guint
count_text (GtkWidget *widget)
{
    FoveaPalette palette;
    fovea_palette_load (widget, &palette);
    return shown_color_find (widget, shown_color_of (&palette.text)).n;
}

/* What is hovered there is hovered on the map, and the other way round it is marked here. */
START_TEST (the_mask_hovers_cells_and_marks_those_hovered_elsewhere)
{
    shown_color_load ();
    SparseBench *bench = sparse_bench_new ();
    GtkWidget *page = fovea_sparse_page_new (bench->model, bench->selection);
    GtkWidget *window = show_in_window (page, 1100, 700);
    GtkWidget *mask = widget_tree_find (page, FOVEA_TYPE_MASK_VIEW);
    const FoveaPlace *hover;
    fovea_sparse_model_select (bench->model, sparse_bench_find_method ("streaming"), 3);
    RUN_UNTIL (gtk_widget_get_mapped (mask) &&
               fovea_sparse_model_get_numbers (bench->model) != NULL);
    pointer_point (page, 20, 20);
    pointer_run_frame (mask);
    double side = MIN (gtk_widget_get_width (mask), gtk_widget_get_height (mask));
    pointer_point (mask, side * 0.25, side * 0.6);
    RUN_UNTIL ((hover = fovea_selection_get_hovered_cell (bench->selection)) != NULL);
    ck_assert (hover->query > 0.5 * T && hover->query < 0.75 * T);
    ck_assert (hover->key > 0.2 * T && hover->key < 0.32 * T);
    pointer_point (page, 20, 20);
    RUN_UNTIL (fovea_selection_get_hovered_cell (bench->selection) == NULL);
    pointer_run_frame (mask);
    guint plain = count_text (mask);
    fovea_selection_hover_cell (bench->selection, 90, 30);
    RUN_UNTIL (count_text (mask) >= plain + 12); /* a box */
    gtk_window_destroy (GTK_WINDOW (window));
    sparse_bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tests)
{
    if (pointer_prepare ()) {
        tcase_add_test (tests, a_click_on_a_curve_selects_its_point_and_two_open_the_map);
        tcase_add_test (tests, the_goal_is_dragged_along_the_axis);
        tcase_add_test (tests, a_click_on_a_layer_or_on_the_mask_goes_there);
        tcase_add_test (tests, the_mask_hovers_cells_and_marks_those_hovered_elsewhere);
    }
    tcase_add_test (tests, arrow_keys_walk_along_a_curve_and_between_methods);
    tcase_add_test (tests, what_is_neither_kept_nor_missed_has_the_name_of_its_colour);
    tcase_add_test (tests, the_plot_says_what_it_shows_and_what_is_selected);
    tcase_add_test (tests, a_curve_of_one_point_is_a_dot);
    tcase_add_test (tests, a_mask_that_fails_says_so_and_is_tried_again);
    tcase_add_test (tests, thin_lines_are_of_the_selected_points_method);
    tcase_add_test (tests, a_masks_title_has_the_method_in_one_line_and_the_knob_in_another);
    tcase_add_test (tests, the_list_of_methods_is_made_from_the_table_of_methods);
    tcase_add_test (tests, space_ticks_the_method_at_hand);
    tcase_add_test (tests, the_axis_of_what_has_no_curve_is_that_of_the_others);
    tcase_add_test (tests, a_method_that_cannot_apply_says_why);
    tcase_add_test (tests, the_table_has_a_row_for_every_point_that_is_drawn);
    tcase_add_test (tests, the_page_draws_curves_and_a_mask_in_three_colours);
    tcase_add_test (tests, without_curves_the_page_offers_to_measure_some);
    tcase_add_loop_test (tests, a_head_without_curves_says_which_have_some, 0, 3);
    tcase_add_loop_test (tests, who_waits_for_curves_has_the_keys_in_their_view, 0, 2);
}

int
main (void)
{
    return run_on_display ("sparse-view", add_tests, 120);
}
