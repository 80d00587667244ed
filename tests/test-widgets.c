/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Widgets on a display, by property, action and accessible label; nothing here sleeps: the main
 * loop runs until a condition holds or a deadline passes. Exit status 77 without a display. */
#include <gtk/gtk.h>
#include <string.h>

#include "tests/on-display.h"
#include "tests/shown-text.h"
#include "tests/trace-support.h"
#include "tests/ui-support.h"
#include "tests/widget-bench.h"
#include "tests/widget-tree.h"
#include "ui/commands.h"
#include "ui/fact.h"
#include "ui/inspector.h"
#include "ui/map-page.h"
#include "ui/row-table.h"
#include "ui/score-bars.h"
#include "ui/sentences.h"
#include "ui/shell.h"
#include "ui/start-page.h"
#include "ui/token-strip.h"

START_TEST (the_cell_model_reads_row_and_column_off_the_main_loop)
{
    WidgetBench *bench = widget_bench_new (40);
    widget_bench_show (bench, gtk_label_new (""), 100, 100);
    widget_bench_open (bench, 1, 1, UI_SUPPORT_SPIKE_QUERY, UI_SUPPORT_SPIKE_KEY);
    const FoveaCellData *data = fovea_cell_model_get_data (bench->cells);
    for (gint64 k = 0; k < 40; k++) {
        ck_assert_float_eq_tol (data->row[k], ui_support_weight (1, 1, UI_SUPPORT_SPIKE_QUERY, k),
                                1e-6);
        ck_assert_float_eq_tol (data->column[k], ui_support_weight (1, 1, k, UI_SUPPORT_SPIKE_KEY),
                                1e-6);
    }
    ck_assert_int_eq (fovea_cell_data_get_rank (data, UI_SUPPORT_SPIKE_KEY, NULL), 1);
    widget_bench_free (bench);
}
END_TEST

START_TEST (many_moves_end_at_the_last_place)
{
    WidgetBench *bench = widget_bench_new (40);
    widget_bench_show (bench, gtk_label_new (""), 100, 100);
    widget_bench_open (bench, 0, 0, 5, 4);
    for (gint64 q = 6; q < 40; q++)
        fovea_selection_select_cell (bench->selection, q, 3);
    RUN_UNTIL (fovea_cell_model_get_data (bench->cells)->place.query == 39);
    widget_bench_free (bench);
}
END_TEST

START_TEST (keys_move_the_cursor_of_the_map)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *page = fovea_map_page_new (bench->selection, bench->cells);
    GtkWidget *canvas = GTK_WIDGET (fovea_map_page_get_canvas (FOVEA_MAP_PAGE (page)));
    widget_bench_show (bench, page, 900, 700);
    widget_bench_open (bench, 1, 1, 20, 7);
    const FoveaPlace *place = fovea_selection_get_place (bench->selection);
    static const struct {
        const char *action;
        guint head;
        gint64 query, key;
    } steps[] = {
        {"map.up", 1, 19, 7},         {"map.right", 1, 19, 8},     {"map.first-key", 1, 19, 0},
        {"map.last-key", 1, 19, 19},  {"map.far-down", 1, 39, 19}, {"map.first-query", 1, 0, 0},
        {"map.last-query", 1, 39, 0}, {"map.left", 1, 39, 0},      {"map.previous-head", 0, 39, 0},
        {"map.next-head", 1, 39, 0},
    };
    for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
        widget_bench_press (canvas, steps[i].action);
        place = fovea_selection_get_place (bench->selection);
        ck_assert_msg (place->head == steps[i].head && place->query == steps[i].query &&
                           place->key == steps[i].key,
                       "%s went to %u, %d, %d", steps[i].action, place->head, (int) place->query,
                       (int) place->key);
    }
    widget_bench_press (canvas, "map.previous-layer");
    ck_assert_uint_eq (fovea_selection_get_place (bench->selection)->layer, 0);
    widget_bench_free (bench);
}
END_TEST

START_TEST (the_next_strong_cell_of_a_row_is_found_by_key)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *page = fovea_map_page_new (bench->selection, bench->cells);
    widget_bench_show (bench, page, 900, 700);
    widget_bench_open (bench, 0, 0, 30, 0);
    widget_bench_press (GTK_WIDGET (fovea_map_page_get_canvas (FOVEA_MAP_PAGE (page))),
                        "map.next-strong");
    ck_assert_int_eq (fovea_selection_get_place (bench->selection)->key, 29);
    widget_bench_free (bench);
}
END_TEST

START_TEST (the_map_zooms_to_a_single_cell_and_back_to_fit)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *page = fovea_map_page_new (bench->selection, bench->cells);
    GtkWidget *canvas = GTK_WIDGET (fovea_map_page_get_canvas (FOVEA_MAP_PAGE (page)));
    FoveaViewport *viewport = fovea_map_page_get_viewport (FOVEA_MAP_PAGE (page));
    FoveaTileCache *tiles = fovea_map_canvas_get_tiles (FOVEA_MAP_CANVAS (canvas));
    widget_bench_show (bench, page, 900, 700);
    widget_bench_open (bench, 1, 1, 20, 7);
    int scale = gtk_widget_get_scale_factor (canvas);
    gint64 first, end;
    ck_assert (fovea_viewport_is_fit (viewport));
    widget_bench_press (canvas, "map.zoom-cell");
    ck_assert_double_eq_tol (fovea_viewport_get_scale (viewport), 40 * scale, 1e-9);
    fovea_viewport_get_span (viewport, TRUE, &first, &end);
    ck_assert (first <= 20 && end > 20);
    RUN_UNTIL (fovea_tile_cache_get_pending (tiles) == 0);
    widget_bench_press (canvas, "map.fit");
    ck_assert (fovea_viewport_is_fit (viewport));
    widget_bench_free (bench);
}
END_TEST

START_TEST (block_and_colour_keys_switch_and_the_lists_follow)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *page = fovea_map_page_new (bench->selection, bench->cells);
    GtkWidget *canvas = GTK_WIDGET (fovea_map_page_get_canvas (FOVEA_MAP_PAGE (page)));
    int block, color;
    widget_bench_show (bench, page, 900, 700);
    widget_bench_open (bench, 1, 1, 20, 7);
    widget_bench_press (canvas, "map.block");
    widget_bench_press (canvas, "map.color");
    g_object_get (canvas, "block", &block, "color-scale", &color, NULL);
    ck_assert_int_eq (block, FOVEA_BLOCK_MAX);
    ck_assert_int_eq (color, FOVEA_COLOR_LINEAR);
    widget_bench_free (bench);
}
END_TEST

START_TEST (a_tile_on_screen_has_the_colours_of_its_weights)
{
    WidgetBench *bench = widget_bench_new (40);
    g_autoptr (FoveaTileCache) cache = fovea_tile_cache_new (8);
    FoveaTileSpec spec = {
        .layer = 1, .head = 1, .scale = 4, .width = 160, .height = 160, .floor = 1e-3};
    guint32 pixels[160 * 160];
    widget_bench_show (bench, gtk_label_new (""), 100, 100);
    fovea_tile_cache_set_source (cache, bench->source);
    ck_assert_ptr_null (fovea_tile_cache_get (cache, &spec, 0));
    RUN_UNTIL (fovea_tile_cache_get (cache, &spec, 0) != NULL);
    gdk_texture_download (fovea_tile_cache_get (cache, &spec, 0), (guchar *) pixels, 160 * 4);
    ck_assert_uint_eq (
        pixels[(UI_SUPPORT_SPIKE_QUERY * 4 + 1) * 160 + UI_SUPPORT_SPIKE_KEY * 4 + 2],
        fovea_color_map_log (FOVEA_THEME_LIGHT, 0.5, 1e-3));
    ck_assert_uint_eq (pixels[(3 * 4) * 160 + 100], fovea_color_map_future (FOVEA_THEME_LIGHT));
    widget_bench_free (bench);
}
END_TEST

/* Made by workers and told by an idle callback, which comes later than the last of them. */
START_TEST (a_cache_says_how_long_its_tiles_took)
{
    WidgetBench *bench = widget_bench_new (40);
    g_autoptr (FoveaTileCache) cache = fovea_tile_cache_new (64);
    widget_bench_show (bench, gtk_label_new (""), 100, 100);
    fovea_tile_cache_set_source (cache, bench->source);
    for (int round = 0; round < 2; round++) {
        gint64 before = g_get_monotonic_time ();
        double last = fovea_tile_cache_get_ms (cache);
        for (gint64 i = 0; i < 20; i++) {
            FoveaTileSpec spec = {
                .scale = 40, .x = i * 64, .y = round, .width = 64, .height = 64, .floor = 1e-3};
            fovea_tile_cache_get (cache, &spec, (int) i);
        }
        RUN_UNTIL (fovea_tile_cache_get_ms (cache) != last);
        double all = (double) (g_get_monotonic_time () - before) / 1e3;
        ck_assert_uint_eq (fovea_tile_cache_get_pending (cache), 0);
        ck_assert_double_gt (fovea_tile_cache_get_ms (cache), 0);
        ck_assert_double_le (fovea_tile_cache_get_ms (cache), all);
    }
    widget_bench_free (bench);
}
END_TEST

START_TEST (stale_tiles_are_dropped_and_a_round_keeps_what_it_asks_for)
{
    WidgetBench *bench = widget_bench_new (40);
    g_autoptr (FoveaTileCache) cache = fovea_tile_cache_new (64);
    widget_bench_show (bench, gtk_label_new (""), 100, 100);
    fovea_tile_cache_set_source (cache, bench->source);
    fovea_tile_cache_begin (cache);
    for (gint64 i = 0; i < 20; i++) {
        FoveaTileSpec spec = {.scale = 40, .x = i * 64, .width = 64, .height = 64, .floor = 1e-3};
        fovea_tile_cache_get (cache, &spec, (int) i);
    }
    fovea_tile_cache_end (cache);
    ck_assert_uint_eq (fovea_tile_cache_get_pending (cache), 20);
    fovea_tile_cache_begin (cache);
    FoveaTileSpec last = {.scale = 40, .x = 19 * 64, .width = 64, .height = 64, .floor = 1e-3};
    fovea_tile_cache_get (cache, &last, 0);
    fovea_tile_cache_end (cache);
    /* What two workers had begun may still come; all else but the last is gone. */
    ck_assert_uint_le (fovea_tile_cache_get_pending (cache), 3);
    RUN_UNTIL (fovea_tile_cache_get_pending (cache) == 0);
    ck_assert_ptr_nonnull (fovea_tile_cache_get (cache, &last, 0));
    widget_bench_free (bench);
}
END_TEST

static void
note_open (GtkWidget *page, gboolean *opened)
{
    *opened = TRUE;
}

START_TEST (a_text_of_one_token_is_shown_like_any_other)
{
    WidgetBench *bench = widget_bench_new (1);
    GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *map = fovea_map_page_new (bench->selection, bench->cells);
    FoveaTileCache *tiles =
        fovea_map_canvas_get_tiles (fovea_map_page_get_canvas (FOVEA_MAP_PAGE (map)));
    gtk_box_append (GTK_BOX (box), fovea_token_strip_new (bench->selection, bench->cells));
    gtk_box_append (GTK_BOX (box), map);
    widget_bench_show (bench, box, 900, 800);
    widget_bench_open (bench, 0, 0, 5, 5);
    const FoveaCellData *data = fovea_cell_model_get_data (bench->cells);
    ck_assert_int_eq (data->n_tokens, 1);
    ck_assert_float_eq_tol (data->row[0], 1, 1e-6);
    widget_bench_press (GTK_WIDGET (fovea_map_page_get_canvas (FOVEA_MAP_PAGE (map))),
                        "map.zoom-cell");
    RUN_UNTIL (fovea_tile_cache_get_pending (tiles) == 0);
    widget_bench_free (bench);
}
END_TEST

START_TEST (the_map_as_a_table_has_a_line_for_each_key_of_the_row)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *table = fovea_row_table_new (bench->selection, bench->cells);
    widget_bench_show (bench, table, 700, 500);
    widget_bench_open (bench, 1, 1, UI_SUPPORT_SPIKE_QUERY, 3);
    GListModel *rows = fovea_line_table_get_rows (FOVEA_LINE_TABLE (table));
    ck_assert_uint_eq (g_list_model_get_n_items (rows), UI_SUPPORT_SPIKE_QUERY + 1);
    ck_assert (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (rows), 3));
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (rows), UI_SUPPORT_SPIKE_KEY, TRUE);
    ck_assert_int_eq (fovea_selection_get_place (bench->selection)->key, UI_SUPPORT_SPIKE_KEY);
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (rows), 0, TRUE);
    ck_assert_int_eq (fovea_selection_get_place (bench->selection)->key, 0);
    fovea_selection_select_cell (bench->selection, 4, 2);
    RUN_UNTIL (g_list_model_get_n_items (rows) == 5);
    ck_assert (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (rows), 2));
    widget_bench_free (bench);
}
END_TEST

START_TEST (a_table_sorts_by_number_and_tells_what_is_chosen)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *table = fovea_row_table_new (bench->selection, bench->cells);
    widget_bench_show (bench, table, 700, 500);
    widget_bench_open (bench, 1, 1, UI_SUPPORT_SPIKE_QUERY, 3);
    GtkWidget *view = widget_tree_find (table, GTK_TYPE_COLUMN_VIEW);
    GListModel *columns = gtk_column_view_get_columns (GTK_COLUMN_VIEW (view));
    GListModel *rows = fovea_line_table_get_rows (FOVEA_LINE_TABLE (table));
    g_autoptr (GtkColumnViewColumn) weight = g_list_model_get_item (columns, 2);
    gtk_column_view_sort_by_column (GTK_COLUMN_VIEW (view), weight, GTK_SORT_DESCENDING);
    gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (rows));
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (rows), 0, TRUE);
    ck_assert_int_eq (fovea_selection_get_place (bench->selection)->key, UI_SUPPORT_SPIKE_KEY);
    widget_bench_free (bench);
}
END_TEST

START_TEST (the_inspector_names_cell_and_head)
{
    WidgetBench *bench = widget_bench_new (40);
    g_autoptr (FoveaNotes) notes = fovea_notes_new ();
    g_autoptr (FoveaSparseModel) sparse = fovea_sparse_model_new (bench->selection);
    GtkWidget *inspector = fovea_inspector_new (bench->selection, bench->cells, sparse, notes);
    widget_bench_show (bench, inspector, 300, 700);
    fovea_inspector_set_kind (FOVEA_INSPECTOR (inspector), FOVEA_INSPECT_CELL);
    widget_bench_open (bench, 1, 0, 20, 7);
    ck_assert_str_eq (fovea_inspector_get_title (FOVEA_INSPECTOR (inspector)), "Cell 20 → 7");
    fovea_inspector_set_kind (FOVEA_INSPECTOR (inspector), FOVEA_INSPECT_HEAD);
    ck_assert_str_eq (fovea_inspector_get_title (FOVEA_INSPECTOR (inspector)), "Head 1.0");
    GtkWidget *section = widget_tree_find (inspector, FOVEA_TYPE_SECTION);
    ck_assert (gtk_widget_get_visible (section));
    /* Weights alone were kept: there is no score to take apart. */
    ck_assert_ptr_null (fovea_cell_model_get_data (bench->cells)->parts);
    ck_assert (!gtk_widget_is_visible (widget_tree_find (bench->window, FOVEA_TYPE_SCORE_BARS)));
    widget_bench_free (bench);
}
END_TEST

static gboolean
says (GtkWidget *widget, const char *words)
{
    EACH_WIDGET (at, widget)
        if (gtk_widget_get_mapped (at) && g_strcmp0 (shown_text (at), words) == 0)
            return TRUE;
    return FALSE;
}

/* As behind a damaged chunk of one layer. */
START_TEST (what_cannot_be_read_is_not_what_another_head_has)
{
    static TraceReads reads; /* what was asked for last may be read after the test */
    reads = (TraceReads){.unreadable = G_MAXUINT};
    WidgetBench *bench = widget_bench_new (40);
    g_autoptr (FoveaTrace) watched =
        trace_watched (fovea_trace_source_get_trace (bench->source), &reads);
    g_autoptr (FoveaNotes) notes = fovea_notes_new ();
    g_autoptr (FoveaSparseModel) sparse = fovea_sparse_model_new (bench->selection);
    GtkWidget *inspector = fovea_inspector_new (bench->selection, bench->cells, sparse, notes);
    fovea_trace_source_unref (bench->source);
    bench->source = fovea_trace_source_new (watched);
    widget_bench_show (bench, inspector, 300, 700);
    fovea_inspector_set_kind (FOVEA_INSPECTOR (inspector), FOVEA_INSPECT_CELL);
    widget_bench_open (bench, 0, 1, 20, 7);
    RUN_UNTIL (says (inspector, "CELL"));
    reads.unreadable = 1;
    fovea_selection_select (bench->selection, &(FoveaPlace){1, 1, 20, 7});
    RUN_UNTIL (says (inspector, "Cell 20,7 of head 1.1: no bytes of blocks.1.attn.hook_pattern"));
    ck_assert_ptr_null (fovea_cell_model_get_data (bench->cells));
    ck_assert (says (inspector, "CELL") && !says (inspector, "TOP KEYS OF QUERY 20"));
    fovea_inspector_set_kind (FOVEA_INSPECTOR (inspector), FOVEA_INSPECT_HEAD);
    fovea_selection_select (bench->selection, &(FoveaPlace){0, 1, 20, 7});
    RUN_UNTIL (says (inspector, "ON THIS TEXT"));
    fovea_selection_select (bench->selection, &(FoveaPlace){1, 1, 20, 7});
    RUN_UNTIL (says (inspector, "no bytes of blocks.1.attn.hook_pattern"));
    ck_assert (says (inspector, "ON THIS TEXT") && !says (inspector, "STRONGEST PAIRS"));
    ck_assert (says (inspector, "ROLES")); /* are of the table */
    /* What happened to the cell before anybody looked at it is told, too. */
    fovea_inspector_set_kind (FOVEA_INSPECTOR (inspector), FOVEA_INSPECT_CELL);
    RUN_UNTIL (says (inspector, "Cell 20,7 of head 1.1: no bytes of blocks.1.attn.hook_pattern"));
    widget_bench_free (bench);
}
END_TEST

static gboolean
strip_ends_at (GtkWidget *strip, gint64 expected)
{
    gint64 first, end;
    fovea_token_strip_get_visible (FOVEA_TOKEN_STRIP (strip), &first, &end);
    return end == expected;
}

START_TEST (the_strip_follows_the_query)
{
    WidgetBench *bench = widget_bench_new (400);
    GtkWidget *strip = fovea_token_strip_new (bench->selection, bench->cells);
    gint64 first, end;
    widget_bench_show (bench, strip, 700, 80);
    widget_bench_open (bench, 0, 0, 0, 0);
    fovea_token_strip_get_visible (FOVEA_TOKEN_STRIP (strip), &first, &end);
    ck_assert_int_eq (first, 0);
    ck_assert_int_lt (end, 40);
    fovea_selection_select_cell (bench->selection, 399, 0);
    fovea_token_strip_get_visible (FOVEA_TOKEN_STRIP (strip), &first, &end);
    ck_assert_int_eq (end, 400);
    /* A jump brings tokens on both sides along, a step as few as it must. */
    fovea_selection_select_cell (bench->selection, 200, 0);
    fovea_token_strip_get_visible (FOVEA_TOKEN_STRIP (strip), &first, &end);
    ck_assert_int_lt (first, 198);
    ck_assert_int_gt (end, 202);
    ck_assert_int_gt (200 - first, end - 200);
    fovea_selection_select_cell (bench->selection, end, 0);
    ck_assert (strip_ends_at (strip, end + 1));
    fovea_token_strip_get_visible (FOVEA_TOKEN_STRIP (strip), &first, &end);
    fovea_selection_select_cell (bench->selection, first - 1, 0);
    gint64 before = first;
    fovea_token_strip_get_visible (FOVEA_TOKEN_STRIP (strip), &first, &end);
    ck_assert_int_eq (first, before - 1);
    widget_bench_free (bench);
}
END_TEST

static void
count_signal (guint *n)
{
    (*n)++;
}

START_TEST (tokens_are_chosen_by_key_and_let_go)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *strip = fovea_token_strip_new (bench->selection, bench->cells);
    guint n = 0;
    widget_bench_show (bench, strip, 900, 80);
    g_signal_connect_swapped (bench->selection, "tokens-changed", G_CALLBACK (count_signal), &n);
    widget_bench_open (bench, 0, 0, 9, 3);
    n = 0;
    gtk_widget_activate_action (strip, "strip.choose", NULL);
    gtk_widget_activate_action (strip, "strip.left", NULL);
    gtk_widget_activate_action (strip, "strip.choose", NULL);
    fovea_selection_choose_token (bench->selection, 40); /* there is none */
    fovea_selection_choose_token (bench->selection, -1);
    g_autoptr (GArray) both = fovea_selection_list_tokens (bench->selection);
    ck_assert_uint_eq (both->len, 2);
    ck_assert_int_eq (g_array_index (both, gint64, 0), 8); /* rising */
    ck_assert_int_eq (g_array_index (both, gint64, 1), 9);
    ck_assert_uint_eq (n, 2);
    FoveaTokenPaint *paint = fovea_token_strip_get_paint (FOVEA_TOKEN_STRIP (strip));
    g_autofree char *lines = fovea_sentence_for_tokens (bench->selection, paint);
    ck_assert (g_str_has_prefix (lines, "8\t"));
    ck_assert_ptr_nonnull (strstr (lines, "\n9\t"));
    gtk_widget_activate_action (strip, "strip.choose", NULL); /* the one that is chosen */
    ck_assert (!fovea_selection_has_token (bench->selection, 8));
    ck_assert (fovea_selection_has_token (bench->selection, 9));
    gtk_widget_activate_action (strip, "strip.choose-none", NULL);
    ck_assert (!fovea_selection_has_token (bench->selection, 9));
    ck_assert_ptr_null (fovea_sentence_for_tokens (bench->selection, paint));
    /* Another sequence begins with none. */
    fovea_selection_choose_token (bench->selection, 5);
    fovea_selection_set_trace (bench->selection, bench->source, NULL, &(FoveaPlace){0, 0, 1, 0});
    g_autoptr (GArray) none = fovea_selection_list_tokens (bench->selection);
    ck_assert_uint_eq (none->len, 0);
    widget_bench_free (bench);
}
END_TEST

START_TEST (the_strip_shows_a_query_that_was_selected_before_it_was_shown)
{
    WidgetBench *bench = widget_bench_new (400);
    GtkWidget *strip = fovea_token_strip_new (bench->selection, bench->cells);
    gint64 first, end;
    fovea_selection_set_trace (bench->selection, bench->source, NULL, &(FoveaPlace){0, 0, 300, 3});
    widget_bench_show (bench, strip, 700, 80);
    fovea_token_strip_get_visible (FOVEA_TOKEN_STRIP (strip), &first, &end);
    ck_assert (first <= 300 && end > 300);
    widget_bench_free (bench);
}
END_TEST

START_TEST (panels_leave_the_layout_when_the_window_is_narrow)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *side = gtk_label_new ("side"), *inspector = gtk_label_new ("inspector");
    GtkWidget *shell =
        fovea_shell_new (side, gtk_label_new ("strip"), gtk_label_new ("centre"), inspector);
    gboolean shown;
    widget_bench_show (bench, shell, 1000, 600);
    ck_assert (!gtk_widget_get_child_visible (side));
    ck_assert (!gtk_widget_get_child_visible (inspector));
    g_object_set (shell, "show-sidebar", TRUE, NULL);
    RUN_UNTIL (gtk_widget_get_child_visible (side));
    g_object_get (shell, "show-sidebar", &shown, NULL);
    ck_assert (shown);
    widget_bench_free (bench);
}
END_TEST

/* What a scrolled list does whose bar turns out to be needed while it is given its place. */
static void
ask_again (GtkWidget *area)
{
    gtk_widget_queue_resize (area);
}

/* In one frame a panel goes or comes, what is beside it asks for its place again, and a line below changes: all
 * above the line keeps its size, and still has to be laid out. The toolkit tells of what is drawn without. */
START_TEST (a_panel_goes_while_a_line_below_changes)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *centre = gtk_drawing_area_new (), *root = gtk_stack_new ();
    GtkWidget *shell = fovea_shell_new (gtk_label_new ("side"), gtk_label_new ("strip"), centre,
                                        gtk_label_new ("inspector"));
    GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *line = gtk_label_new ("");
    gtk_stack_add_named (GTK_STACK (root), shell, "work");
    gtk_widget_set_vexpand (root, TRUE);
    gtk_box_append (GTK_BOX (column), root);
    gtk_box_append (GTK_BOX (column), line);
    widget_bench_show (bench, column, 1240, 600);
    g_signal_connect (centre, "resize", G_CALLBACK (ask_again), NULL);
    for (int i = 0; i < 4; i++) {
        GdkFrameClock *clock = gtk_widget_get_frame_clock (column);
        int width = gtk_widget_get_width (centre);
        gint64 frame = gdk_frame_clock_get_frame_counter (clock);
        g_object_set (shell, "show-inspector", i % 2 != 0, NULL);
        gtk_label_set_text (GTK_LABEL (line), i % 2 != 0 ? "shown" : "not shown");
        RUN_UNTIL (gtk_widget_get_width (centre) != width &&
                   gdk_frame_clock_get_frame_counter (clock) > frame);
    }
    widget_bench_free (bench);
}
END_TEST

START_TEST (the_start_page_runs_only_when_it_can)
{
    WidgetBench *bench = widget_bench_new (40);
    GtkWidget *page = fovea_start_page_new ();
    gboolean ran = FALSE;
    widget_bench_show (bench, page, 900, 800);
    g_signal_connect (page, "run", G_CALLBACK (note_open), &ran);
    widget_bench_press (page, "start.run");
    ck_assert (!ran);
    fovea_start_page_set_prediction (FOVEA_START_PAGE (page), "1 of 10 tokens", "", TRUE);
    widget_bench_press (page, "start.run");
    ck_assert (ran);
    widget_bench_free (bench);
}
END_TEST

START_TEST (every_command_has_a_key_that_parses_and_none_is_taken_twice_in_its_place)
{
    guint n;
    const FoveaCommand *commands = fovea_commands_get (&n);
    g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < n; i++) {
        g_auto (GStrv) keys = g_strsplit (commands[i].keys, " ", -1);
        const char *place = strchr (commands[i].action, '.');
        for (guint k = 0; keys[k] != NULL; k++) {
            guint key;
            GdkModifierType modifiers;
            ck_assert_msg (gtk_accelerator_parse (keys[k], &key, &modifiers), "%s", keys[k]);
            char *name = g_strdup_printf ("%.*s %s", (int) (place - commands[i].action),
                                          commands[i].action, keys[k]);
            ck_assert_msg (g_hash_table_add (taken, name), "%s twice", keys[k]);
        }
    }
    GtkWidget *window = fovea_commands_new_window ("map");
    ck_assert (GTK_IS_SHORTCUTS_WINDOW (window));
    gtk_window_destroy (GTK_WINDOW (window));
    g_object_unref (window);
}
END_TEST

int
main (void)
{
    if (!gtk_init_check ())
        return 77;
    Suite *suite = suite_create ("widgets");
    TCase *tcase = tcase_create ("display");
    tcase_set_timeout (tcase, 60);
    tcase_add_test (tcase, the_cell_model_reads_row_and_column_off_the_main_loop);
    tcase_add_test (tcase, many_moves_end_at_the_last_place);
    tcase_add_test (tcase, keys_move_the_cursor_of_the_map);
    tcase_add_test (tcase, the_next_strong_cell_of_a_row_is_found_by_key);
    tcase_add_test (tcase, the_map_zooms_to_a_single_cell_and_back_to_fit);
    tcase_add_test (tcase, block_and_colour_keys_switch_and_the_lists_follow);
    tcase_add_test (tcase, a_tile_on_screen_has_the_colours_of_its_weights);
    tcase_add_test (tcase, a_cache_says_how_long_its_tiles_took);
    tcase_add_test (tcase, stale_tiles_are_dropped_and_a_round_keeps_what_it_asks_for);
    tcase_add_test (tcase, a_text_of_one_token_is_shown_like_any_other);
    tcase_add_test (tcase, the_map_as_a_table_has_a_line_for_each_key_of_the_row);
    tcase_add_test (tcase, a_table_sorts_by_number_and_tells_what_is_chosen);
    tcase_add_test (tcase, the_inspector_names_cell_and_head);
    tcase_add_test (tcase, what_cannot_be_read_is_not_what_another_head_has);
    tcase_add_test (tcase, the_strip_follows_the_query);
    tcase_add_test (tcase, tokens_are_chosen_by_key_and_let_go);
    tcase_add_test (tcase, the_strip_shows_a_query_that_was_selected_before_it_was_shown);
    tcase_add_test (tcase, panels_leave_the_layout_when_the_window_is_narrow);
    tcase_add_test (tcase, a_panel_goes_while_a_line_below_changes);
    tcase_add_test (tcase, the_start_page_runs_only_when_it_can);
    tcase_add_test (tcase,
                    every_command_has_a_key_that_parses_and_none_is_taken_twice_in_its_place);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
