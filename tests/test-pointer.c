/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What the pointer does on a display: real events by xdotool, sent while the main loop runs. Nothing
 * sleeps; exit status 77 without a display or xdotool. */
#include <gtk/gtk.h>

#include "tests/feature-bench.h"
#include "tests/on-display.h"
#include "tests/pointer-support.h"
#include "tests/table-cells.h"
#include "tests/ui-support.h"
#include "tests/widget-tree.h"
#include "ui/head-cell.h"
#include "ui/head-plots.h"
#include "ui/head-set.h"
#include "ui/head-table.h"
#include "ui/heads-page.h"
#include "ui/inspector.h"
#include "ui/latent-table.h"
#include "ui/latent-view.h"
#include "ui/row-table.h"

#define PLOTS 216 /* pixels that the plots of Heads have where there is room */

typedef struct {
    FoveaSelection *selection;
    FoveaTraceSource *source;
    FoveaTable *heads;
    FoveaHeadSet *chosen;
    GtkWidget *window, *page;
} Bench;

/* Without a window manager a window lies at the screen's corner, inside its shadow. */
static Bench *
bench_new (void)
{
    Bench *bench = g_new0 (Bench, 1);
    bench->selection = fovea_selection_new ();
    bench->source = ui_support_source (40);
    bench->heads = ui_support_heads ();
    bench->chosen = fovea_selection_get_chosen (bench->selection);
    bench->page = fovea_heads_page_new (bench->selection);
    bench->window = show_in_window (bench->page, 900, 700);
    fovea_selection_set_trace (bench->selection, bench->source, bench->heads,
                               &(FoveaPlace){0, 0, 20, 7});
    return bench;
}

static void
bench_free (Bench *bench)
{
    close_window (bench->window);
    g_object_unref (bench->selection);
    fovea_trace_source_unref (bench->source);
    fovea_table_unref (bench->heads);
    g_free (bench);
}

/* The n-th of a type that is on screen with a size. */
static GtkWidget *
find_shown (Bench *bench, GType type, guint n)
{
    g_autoptr (GPtrArray) all = widget_tree_list (bench->page, type);
    for (guint i = 0; i < all->len; i++) {
        GtkWidget *widget = all->pdata[i];
        if (gtk_widget_get_mapped (widget) && gtk_widget_get_width (widget) > 0 && n-- == 0)
            return widget;
    }
    return NULL;
}

/* Scores of the planted table, so that its four heads lie apart: first token across, previous up. */
static GtkWidget *
show_scatter (Bench *bench)
{
    GtkWidget *plot = find_shown (bench, FOVEA_TYPE_HEAD_PLOT, 0);
    ck_assert_ptr_nonnull (plot);
    /* The plots grow once there are cells to tell what the grid leaves: all of their height. */
    GtkWidget *panes = gtk_widget_get_ancestor (plot, GTK_TYPE_PANED);
    RUN_UNTIL (gtk_widget_get_height (gtk_paned_get_end_child (GTK_PANED (panes))) == PLOTS);
    fovea_head_plot_set_scores (FOVEA_HEAD_PLOT (plot), "first_token", "first", "previous",
                                "previous");
    return plot;
}

START_TEST (a_band_over_the_scatter_chooses_what_it_holds)
{
    Bench *bench = bench_new ();
    GtkWidget *plot = show_scatter (bench);
    double w = gtk_widget_get_width (plot), h = gtk_widget_get_height (plot);
    const double left[][2] = {{w * 0.6, h - 3}, {w * 0.4, h / 2}, {4, 4}};
    pointer_drag (plot, left, G_N_ELEMENTS (left), NULL);
    RUN_UNTIL (fovea_head_set_get_n (bench->chosen) == 3);
    ck_assert (!fovea_head_set_contains (bench->chosen, 1, 0)); /* first token 0.95 */
    const double right[][2] = {{w * 0.7, 4}, {w - 3, h / 2}, {w - 3, h - 3}};
    pointer_drag (plot, right, G_N_ELEMENTS (right), NULL);
    RUN_UNTIL (fovea_head_set_get_n (bench->chosen) == 1);
    ck_assert (fovea_head_set_contains (bench->chosen, 1, 0));
    bench_free (bench);
}
END_TEST

START_TEST (with_ctrl_a_band_adds_and_with_shift_it_is_a_loop)
{
    Bench *bench = bench_new ();
    GtkWidget *plot = show_scatter (bench);
    double w = gtk_widget_get_width (plot), h = gtk_widget_get_height (plot);
    const double right[][2] = {{w * 0.7, 4}, {w - 3, h / 2}, {w - 3, h - 3}};
    const double top[][2] = {{w * 0.6, h / 2}, {w / 2, h / 3}, {4, 4}};
    pointer_drag (plot, right, G_N_ELEMENTS (right), NULL);
    RUN_UNTIL (fovea_head_set_get_n (bench->chosen) == 1);
    pointer_drag (plot, top, G_N_ELEMENTS (top), "ctrl");
    RUN_UNTIL (fovea_head_set_get_n (bench->chosen) == 2);
    ck_assert (fovea_head_set_contains (bench->chosen, 0, 0)); /* previous 0.9 */
    /* Round the upper left half: a rectangle over the same corners would hold all four. */
    const double loop[][2] = {{4, h - 3}, {4, 4}, {w - 3, 4}, {w * 0.35, h * 0.35}};
    pointer_drag (plot, loop, G_N_ELEMENTS (loop), "shift");
    RUN_UNTIL (fovea_head_set_get_n (bench->chosen) == 1);
    ck_assert (fovea_head_set_contains (bench->chosen, 0, 0));
    bench_free (bench);
}
END_TEST

START_TEST (a_click_on_a_mark_selects_its_head_and_chooses_none)
{
    Bench *bench = bench_new ();
    GtkWidget *plot = show_scatter (bench);
    double w = gtk_widget_get_width (plot), h = gtk_widget_get_height (plot);
    const double right[][2] = {{w * 0.7, 4}, {w - 3, h - 3}};
    pointer_drag (plot, right, G_N_ELEMENTS (right), NULL);
    RUN_UNTIL (fovea_head_set_get_n (bench->chosen) == 1);
    /* Axes end at round numbers: 0.95 across of 0 .. 1, 0.01 up of 0 .. 1. */
    double x = 44 + 0.95 * (w - 58), y = 12 + 0.99 * (h - 52);
    g_autofree char *at = pointer_place (plot, x, y);
    g_autofree char *gesture = g_strdup_printf ("mousemove %s click 1", at);
    pointer_do (gesture);
    RUN_UNTIL (fovea_selection_get_place (bench->selection)->layer == 1);
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->head, 0);
    bench_free (bench);
}
END_TEST

/* The menu is of the mark beneath. */
START_TEST (the_second_button_on_a_mark_opens_its_menu)
{
    Bench *bench = bench_new ();
    GtkWidget *plot = show_scatter (bench), *menu = NULL;
    double w = gtk_widget_get_width (plot), h = gtk_widget_get_height (plot);
    pointer_click (plot, 44 + 0.95 * (w - 58), 12 + 0.99 * (h - 52), "click 3");
    RUN_UNTIL (fovea_selection_get_place (bench->selection)->layer == 1);
    RUN_UNTIL ((menu = find_shown (bench, GTK_TYPE_POPOVER_MENU, 0)) != NULL);
    gtk_popover_popdown (GTK_POPOVER (menu));
    RUN_UNTIL (!gtk_widget_get_mapped (menu));
    bench_free (bench);
}
END_TEST

START_TEST (ctrl_and_shift_clicks_on_heads_choose_several)
{
    Bench *bench = bench_new ();
    RUN_UNTIL (find_shown (bench, FOVEA_TYPE_HEAD_CELL, 3) != NULL);
    static const char *const gestures[] = {
        "mousemove %s click 1",
        "mousemove %s keydown ctrl click 1 keyup ctrl",
        "mousemove %s keydown shift click 1 keyup shift",
        "mousemove %s click 1",
    };
    static const guint cells[] = {0, 2, 3, 1}, chosen[] = {0, 2, 4, 0};
    for (guint i = 0; i < G_N_ELEMENTS (gestures); i++) {
        GtkWidget *cell = find_shown (bench, FOVEA_TYPE_HEAD_CELL, cells[i]);
        g_autofree char *at = pointer_place (cell, gtk_widget_get_width (cell) / 2.0,
                                             gtk_widget_get_height (cell) / 2.0);
        g_auto (GStrv) parts = g_strsplit (gestures[i], "%s", 2);
        g_autofree char *gesture = g_strconcat (parts[0], at, parts[1], NULL);
        pointer_do (gesture);
        RUN_UNTIL (fovea_head_set_get_n (bench->chosen) == chosen[i]);
    }
    RUN_UNTIL (fovea_selection_get_place (bench->selection)->head == 1);
    bench_free (bench);
}
END_TEST

/* The n-th row of the inspector that leads to a cell, in sight. */
static GtkWidget *
find_row (GtkWidget *inspector, guint n)
{
    EACH_WIDGET (widget, inspector)
        if (gtk_widget_get_mapped (widget) && gtk_widget_has_css_class (widget, "leads") &&
            gtk_widget_get_height (widget) > 0 && n-- == 0)
            return widget;
    return NULL;
}

static gboolean
hovers (FoveaSelection *selection, gint64 query, gint64 key)
{
    const FoveaPlace *hover = fovea_selection_get_hovered_cell (selection);
    return hover != NULL ? hover->query == query && hover->key == key : query < 0;
}

/* The six strongest keys of the query, then the six queries that look most at the key. */
START_TEST (rows_of_the_inspector_hover_their_cell_and_lead_to_it)
{
    FoveaSelection *selection = fovea_selection_new ();
    FoveaCellModel *cells = fovea_cell_model_new (selection);
    FoveaTraceSource *source = ui_support_source (40);
    FoveaTable *heads = ui_support_heads ();
    g_autoptr (FoveaNotes) notes = fovea_notes_new ();
    g_autoptr (FoveaSparseModel) sparse = fovea_sparse_model_new (selection);
    GtkWidget *inspector = fovea_inspector_new (selection, cells, sparse, notes), *row;
    GtkWidget *window = show_in_window (inspector, 300, 800);
    FoveaWeightedToken top[6];
    fovea_inspector_set_kind (FOVEA_INSPECTOR (inspector), FOVEA_INSPECT_CELL);
    fovea_selection_set_trace (selection, source, heads, &(FoveaPlace){0, 0, 20, 7});
    RUN_UNTIL (fovea_cell_model_get_data (cells) != NULL && find_row (inspector, 2) != NULL);
    const FoveaCellData *data = fovea_cell_model_get_data (cells);
    guint n = fovea_weights_find_top (data->row, data->n_tokens, top, G_N_ELEMENTS (top));
    ck_assert_uint_gt (n, 1);
    gint64 second = top[1].token;
    row = find_row (inspector, 1);
    pointer_run_frame (row);
    pointer_point (row, 40, gtk_widget_get_height (row) / 2.0);
    RUN_UNTIL (hovers (selection, 20, second));
    ck_assert_int_eq (fovea_selection_get_place (selection)->key, 7); /* which selects nothing */
    pointer_point (inspector, 100, 6);
    RUN_UNTIL (hovers (selection, -1, -1));
    pointer_click (row, 40, gtk_widget_get_height (row) / 2.0, "click 1");
    RUN_UNTIL (fovea_selection_get_place (selection)->key == second);
    ck_assert_int_eq (fovea_selection_get_place (selection)->query, 20);
    RUN_UNTIL ((data = fovea_cell_model_get_data (cells)) != NULL && data->place.key == second);
    n = MIN (n, fovea_weights_find_top (data->row, data->n_tokens, top, G_N_ELEMENTS (top)));
    fovea_weights_find_top (data->column, data->n_tokens, top, G_N_ELEMENTS (top));
    gint64 query = top[0].token;
    RUN_UNTIL ((row = find_row (inspector, n)) != NULL);
    pointer_run_frame (row);
    ck_assert (gtk_widget_grab_focus (row));
    pointer_do ("key Return");
    RUN_UNTIL (fovea_selection_get_place (selection)->query == query);
    ck_assert_int_eq (fovea_selection_get_place (selection)->key, second);
    close_window (window);
    g_object_unref (cells);
    g_object_unref (selection);
    fovea_trace_source_unref (source);
    fovea_table_unref (heads);
}
END_TEST

START_TEST (rows_of_the_table_of_heads_hover_their_head)
{
    FoveaSelection *selection = fovea_selection_new ();
    FoveaTraceSource *source = ui_support_source (40);
    FoveaTable *heads = ui_support_heads ();
    GtkWidget *table = fovea_head_table_new (selection), *cell;
    GtkWidget *window = show_in_window (table, 700, 400);
    const FoveaPlace *hover;
    fovea_selection_set_trace (selection, source, heads, &(FoveaPlace){0, 0, 20, 7});
    RUN_UNTIL ((cell = table_cells_find (table, "1.0")) != NULL);
    pointer_run_frame (cell);
    pointer_point (cell, 20, gtk_widget_get_height (cell) / 2.0);
    RUN_UNTIL ((hover = fovea_selection_get_hovered_head (selection)) != NULL);
    ck_assert_uint_eq (hover->layer, 1);
    ck_assert_uint_eq (hover->head, 0);
    ck_assert_uint_eq (fovea_selection_get_place (selection)->layer, 0);
    pointer_point (table, 300, 390); /* below the rows */
    RUN_UNTIL (fovea_selection_get_hovered_head (selection) == NULL);
    close_window (window);
    g_object_unref (selection);
    fovea_trace_source_unref (source);
    fovea_table_unref (heads);
}
END_TEST

START_TEST (rows_of_the_table_of_a_map_hover_their_cell)
{
    FoveaSelection *selection = fovea_selection_new ();
    FoveaCellModel *cells = fovea_cell_model_new (selection);
    FoveaTraceSource *source = ui_support_source (40);
    GtkWidget *table = fovea_row_table_new (selection, cells), *cell;
    GtkWidget *window = show_in_window (table, 700, 500);
    fovea_selection_set_trace (selection, source, NULL, &(FoveaPlace){0, 0, 20, 7});
    RUN_UNTIL ((cell = table_cells_find (table, "3")) != NULL);
    pointer_run_frame (cell);
    pointer_point (cell, 10, gtk_widget_get_height (cell) / 2.0);
    RUN_UNTIL (hovers (selection, 20, 3));
    ck_assert_int_eq (fovea_selection_get_place (selection)->key, 7);
    cell = table_cells_find (table, "0"); /* a key as any other */
    pointer_point (cell, 10, gtk_widget_get_height (cell) / 2.0);
    RUN_UNTIL (hovers (selection, 20, 0));
    pointer_point (table, 100, 5);
    RUN_UNTIL (hovers (selection, -1, -1));
    close_window (window);
    g_object_unref (cells);
    g_object_unref (selection);
    fovea_trace_source_unref (source);
}
END_TEST

/* Of both encoded sequences, of which the one with the id 1 is open. */
START_TEST (a_token_of_a_context_is_hovered_where_its_sequence_is_open)
{
    FeatureBench *bench = feature_bench_new ();
    GtkWidget *view = fovea_latent_view_new (bench->model);
    GtkWidget *window = show_in_window (view, 700, 720);
    fovea_feature_model_set_source (bench->model, bench->source);
    fovea_feature_model_select (bench->model, 3);
    RUN_UNTIL_SHOWN (bench, 3);
    double x = -1, y = -1;
    GPtrArray *examples = fovea_feature_model_get_shown (bench->model)->positive;
    gboolean seen[2] = {FALSE, FALSE};
    for (guint row = 0; row < examples->len; row++) {
        const FoveaLatentExample *example = g_ptr_array_index (examples, row);
        RUN_UNTIL (
            fovea_latent_view_locate (FOVEA_LATENT_VIEW (view), row, example->position, &x, &y));
        pointer_point (view, 3, 3);
        RUN_UNTIL (hovers (bench->selection, -1, -1));
        pointer_point (view, x, y);
        const FoveaPlace *hover;
        if (example->sequence == 1)
            RUN_UNTIL ((hover = fovea_selection_get_hovered_cell (bench->selection)) != NULL &&
                       hover->query == example->position);
        pointer_run_frame (view);
        ck_assert (example->sequence == 1 || hovers (bench->selection, -1, -1));
        seen[example->sequence == 1] = TRUE;
    }
    ck_assert (seen[TRUE]);
    close_window (window);
    feature_bench_free (bench);
}
END_TEST

/* Contexts of both sequences come before the next tokens, which stand nowhere. */
START_TEST (rows_of_the_table_of_contexts_hover_their_token)
{
    FeatureBench *bench = feature_bench_new ();
    GtkWidget *table = fovea_latent_table_new (bench->model), *cell;
    GtkWidget *window = show_in_window (table, 700, 720);
    fovea_feature_model_set_source (bench->model, bench->source);
    fovea_feature_model_select (bench->model, 3);
    RUN_UNTIL_SHOWN (bench, 3);
    GPtrArray *examples = fovea_feature_model_get_shown (bench->model)->positive;
    RUN_UNTIL ((cell = table_cells_find (table, "Strongest +")) != NULL);
    pointer_run_frame (cell);
    gboolean seen = FALSE;
    for (guint row = 0; row < examples->len; row++) {
        const FoveaLatentExample *example = g_ptr_array_index (examples, row);
        double height = gtk_widget_get_height (
            gtk_widget_get_parent (gtk_widget_get_parent (cell))); /* of a row, edges and all */
        pointer_point (table, 300, 4);
        RUN_UNTIL (hovers (bench->selection, -1, -1));
        pointer_point (cell, 10, (row + 0.5) * height);
        const FoveaPlace *hover;
        if (example->sequence == 1)
            RUN_UNTIL ((hover = fovea_selection_get_hovered_cell (bench->selection)) != NULL &&
                       hover->query == example->position);
        pointer_run_frame (table);
        ck_assert (example->sequence == 1 || hovers (bench->selection, -1, -1));
        seen |= example->sequence == 1;
    }
    ck_assert (seen);
    close_window (window);
    feature_bench_free (bench);
}
END_TEST

/* Where the middles of two bins are on the screen. */
static void
locate_bins (GtkWidget *view, guint from, guint to, double (*places)[2])
{
    const guint bins[] = {from, to};
    for (guint i = 0; i < G_N_ELEMENTS (bins); i++)
        RUN_UNTIL (fovea_latent_view_locate_bin (FOVEA_LATENT_VIEW (view), bins[i], &places[i][0],
                                                 &places[i][1]));
}

static gboolean
has_chosen (FeatureBench *bench, guint first, guint last)
{
    const FoveaCodeBins *bins = fovea_feature_model_get_bins (bench->model);
    return bins != NULL && bins->first == first && bins->last == last;
}

START_TEST (a_drag_over_bins_chooses_them_and_a_click_one)
{
    FeatureBench *bench = feature_bench_new ();
    GtkWidget *view = fovea_latent_view_new (bench->model), *window = gtk_window_new ();
    double places[2][2];
    gtk_window_set_default_size (GTK_WINDOW (window), 700, 720);
    gtk_window_set_child (GTK_WINDOW (window), view);
    gtk_window_present (GTK_WINDOW (window));
    fovea_feature_model_set_source (bench->model, bench->source);
    fovea_feature_model_select (bench->model, 3);
    RUN_UNTIL_SHOWN (bench, 3);
    locate_bins (view, 40, 30, places); /* from right to left */
    pointer_drag (view, places, 2, NULL);
    RUN_UNTIL (has_chosen (bench, 30, 40));
    RUN_UNTIL (fovea_feature_model_get_interval (bench->model) != NULL);
    locate_bins (view, 44, 44, places);
    pointer_drag (view, places, 2, NULL);
    RUN_UNTIL (has_chosen (bench, 44, 44));
    locate_bins (view, 44, 44, places); /* once more: all again */
    pointer_drag (view, places, 2, NULL);
    RUN_UNTIL (fovea_feature_model_get_bins (bench->model) == NULL);
    gtk_window_destroy (GTK_WINDOW (window));
    feature_bench_free (bench);
}
END_TEST

int
main (void)
{
    if (!pointer_prepare ())
        return 77;
    Suite *suite = suite_create ("pointer");
    TCase *tcase = tcase_create ("display");
    tcase_set_timeout (tcase, 60);
    tcase_add_test (tcase, a_band_over_the_scatter_chooses_what_it_holds);
    tcase_add_test (tcase, with_ctrl_a_band_adds_and_with_shift_it_is_a_loop);
    tcase_add_test (tcase, a_click_on_a_mark_selects_its_head_and_chooses_none);
    tcase_add_test (tcase, the_second_button_on_a_mark_opens_its_menu);
    tcase_add_test (tcase, ctrl_and_shift_clicks_on_heads_choose_several);
    tcase_add_test (tcase, rows_of_the_inspector_hover_their_cell_and_lead_to_it);
    tcase_add_test (tcase, rows_of_the_table_of_heads_hover_their_head);
    tcase_add_test (tcase, rows_of_the_table_of_a_map_hover_their_cell);
    tcase_add_test (tcase, a_token_of_a_context_is_hovered_where_its_sequence_is_open);
    tcase_add_test (tcase, rows_of_the_table_of_contexts_hover_their_token);
    tcase_add_test (tcase, a_drag_over_bins_chooses_them_and_a_click_one);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
