/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What the pointer does on the map and on what stands round it: the strip of tokens, the rail, the row's
 * profile, arcs. Exit status 77 without a display or xdotool. */
#include <math.h>

#include "tests/on-display.h"
#include "tests/pointer-support.h"
#include "tests/shown-color.h"
#include "tests/ui-support.h"
#include "tests/widget-tree.h"
#include "ui/arc-view.h"
#include "ui/column-profile.h"
#include "ui/map-canvas-private.h"
#include "ui/map-page.h"
#include "ui/map-rail.h"
#include "ui/token-strip.h"

typedef struct {
    FoveaSelection *selection;
    FoveaCellModel *cells;
    FoveaTraceSource *source;
    FoveaTable *heads;
    GtkWidget *window, *strip, *page, *canvas;
    FoveaViewport *viewport;
} Bench;

static Bench *
bench_new_in (gint64 n_tokens, int width, int height)
{
    Bench *bench = g_new0 (Bench, 1);
    GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    bench->selection = fovea_selection_new ();
    bench->cells = fovea_cell_model_new (bench->selection);
    bench->source = ui_support_source (n_tokens);
    bench->heads = ui_support_heads ();
    bench->strip = fovea_token_strip_new (bench->selection, bench->cells);
    bench->page = fovea_map_page_new (bench->selection, bench->cells);
    bench->canvas = GTK_WIDGET (fovea_map_page_get_canvas (FOVEA_MAP_PAGE (bench->page)));
    bench->viewport = fovea_map_page_get_viewport (FOVEA_MAP_PAGE (bench->page));
    gtk_widget_set_vexpand (bench->page, TRUE);
    gtk_box_append (GTK_BOX (box), bench->strip);
    gtk_box_append (GTK_BOX (box), bench->page);
    bench->window = show_in_window (box, width, height);
    fovea_selection_set_trace (bench->selection, bench->source, bench->heads,
                               &(FoveaPlace){0, 0, 20, 7});
    RUN_UNTIL (gtk_widget_get_mapped (bench->canvas) && gtk_widget_get_width (bench->canvas) > 0 &&
               fovea_cell_model_get_data (bench->cells) != NULL);
    pointer_run_frame (bench->canvas);
    return bench;
}

static Bench *
bench_new (gint64 n_tokens)
{
    return bench_new_in (n_tokens, 900, 800);
}

static void
bench_free (Bench *bench)
{
    close_window (bench->window);
    g_object_unref (bench->cells);
    g_object_unref (bench->selection);
    fovea_trace_source_unref (bench->source);
    fovea_table_unref (bench->heads);
    g_free (bench);
}

/* The middle of a cell, in the canvas. */
static void
locate (Bench *bench, gint64 query, gint64 key, double *x, double *y)
{
    double first, length;
    fovea_map_canvas_locate (FOVEA_MAP_CANVAS (bench->canvas), key, FALSE, &first, &length);
    *x = first + length / 2;
    fovea_map_canvas_locate (FOVEA_MAP_CANVAS (bench->canvas), query, TRUE, &first, &length);
    *y = first + length / 2;
}

static void
click_cell (Bench *bench, gint64 query, gint64 key, const char *click)
{
    double x, y;
    locate (bench, query, key, &x, &y);
    pointer_click (bench->canvas, x, y, click);
}

static gboolean
is_at (Bench *bench, gint64 query, gint64 key)
{
    const FoveaPlace *place = fovea_selection_get_place (bench->selection);
    return place->query == query && place->key == key;
}

static void
zoom_to_cells (Bench *bench)
{
    ck_assert (gtk_widget_activate_action (bench->canvas, "map.zoom-cells", NULL));
    RUN_UNTIL (!fovea_viewport_is_fit (bench->viewport));
    pointer_run_frame (bench->canvas);
}

START_TEST (a_click_selects_the_cell_beneath)
{
    static const gint64 cells[][2] = {{20, 7}, {39, 0}, {39, 39}, {5, 4}, {0, 0}};
    Bench *bench = bench_new (40);
    for (guint i = 0; i < G_N_ELEMENTS (cells); i++) {
        click_cell (bench, cells[i][0], cells[i][1], "click 1");
        RUN_UNTIL (is_at (bench, cells[i][0], cells[i][1]));
    }
    click_cell (bench, 10, 30, "click 1"); /* the future: its query's last cell */
    RUN_UNTIL (is_at (bench, 10, 10));
    bench_free (bench);
}
END_TEST

/* Nothing hovered is -1 and -1. */
static gboolean
hovers (Bench *bench, gint64 query, gint64 key)
{
    const FoveaPlace *hover = fovea_selection_get_hovered_cell (bench->selection);
    return hover != NULL ? hover->query == query && hover->key == key : query < 0 && key < 0;
}

static void
point_at_cell (Bench *bench, gint64 query, gint64 key)
{
    double x, y;
    locate (bench, query, key, &x, &y);
    pointer_point (bench->canvas, x, y);
}

START_TEST (cells_are_hovered_and_those_of_the_future_are_not)
{
    Bench *bench = bench_new (40);
    point_at_cell (bench, 30, 11);
    RUN_UNTIL (hovers (bench, 30, 11));
    ck_assert (is_at (bench, 20, 7)); /* which selects nothing */
    point_at_cell (bench, 3, 30);
    RUN_UNTIL (hovers (bench, -1, -1));
    point_at_cell (bench, 30, 11);
    RUN_UNTIL (hovers (bench, 30, 11));
    pointer_point (bench->strip, 300, 5);
    RUN_UNTIL (hovers (bench, -1, -1));
    bench_free (bench);
}
END_TEST

/* The strip begins 12 from its left, its chips 24 below its top. */
START_TEST (tokens_of_the_strip_and_bars_of_the_row_are_hovered_on_the_map)
{
    Bench *bench = bench_new (40);
    GtkWidget *profile = widget_tree_find (bench->page, FOVEA_TYPE_ROW_PROFILE);
    gint64 first, end;
    double x, y;
    fovea_selection_select_cell (bench->selection, 39, 7);
    pointer_run_frame (bench->strip);
    fovea_token_strip_get_visible (FOVEA_TOKEN_STRIP (bench->strip), &first, &end);
    ck_assert_int_gt (first, 7);
    pointer_point (bench->strip, 16, 36);
    RUN_UNTIL (hovers (bench, first, 7)); /* what a click would select */
    pointer_do ("keydown shift mousemove_relative 1 0 keyup shift");
    RUN_UNTIL (hovers (bench, 39, first));
    fovea_selection_select_cell (bench->selection, 39, end - 1);
    pointer_do ("mousemove_relative 1 0");
    RUN_UNTIL (hovers (bench, first, first)); /* it may not look at the selected key */
    locate (bench, 39, 30, &x, &y);
    pointer_point (profile, x, 30);
    RUN_UNTIL (hovers (bench, 39, 30));
    pointer_point (profile, 40, 30); /* its axis */
    RUN_UNTIL (hovers (bench, -1, -1));
    ck_assert (is_at (bench, 39, end - 1));
    bench_free (bench);
}
END_TEST

/* In the strip of the hovered cell query and key are ringed, in the row the key has a line. */
START_TEST (what_the_map_hovers_is_marked_in_the_strip_and_the_row)
{
    shown_color_load ();
    Bench *bench = bench_new (40);
    GtkWidget *profile = widget_tree_find (bench->page, FOVEA_TYPE_ROW_PROFILE);
    FoveaPalette palette;
    gint64 first, end;
    fovea_palette_load (bench->strip, &palette);
    guint32 quiet = shown_color_of (&palette.quiet), text = shown_color_of (&palette.text);
    guint strip = shown_color_count (bench->strip, text);
    guint row = shown_color_count (profile, quiet);
    fovea_token_strip_get_visible (FOVEA_TOKEN_STRIP (bench->strip), &first, &end);
    point_at_cell (bench, first + 2, first + 1);
    RUN_UNTIL (hovers (bench, first + 2, first + 1));
    RUN_UNTIL (shown_color_count (bench->strip, text) > strip + 20);
    RUN_UNTIL (shown_color_count (profile, quiet) > row + 20);
    bench_free (bench);
}
END_TEST

/* Space holds it, wherever the pointer goes; another text lets go. */
START_TEST (what_is_held_stays_until_it_is_let_go)
{
    Bench *bench = bench_new (40);
    point_at_cell (bench, 30, 11);
    RUN_UNTIL (hovers (bench, 30, 11));
    gtk_widget_activate_action (bench->canvas, "map.pin", NULL);
    pointer_point (bench->strip, 16, 36);
    pointer_run_frame (bench->strip);
    ck_assert (hovers (bench, 30, 11));
    gtk_widget_activate_action (bench->canvas, "map.pin", NULL);
    ck_assert (hovers (bench, -1, -1));
    point_at_cell (bench, 30, 12);
    RUN_UNTIL (hovers (bench, 30, 12));
    gtk_widget_activate_action (bench->canvas, "map.pin", NULL);
    fovea_selection_set_trace (bench->selection, bench->source, bench->heads,
                               &(FoveaPlace){0, 0, 20, 7});
    ck_assert (!fovea_selection_is_hover_pinned (bench->selection));
    bench_free (bench);
}
END_TEST

/* By the same key in the strip, whose pointer then is free to go to the map. */
START_TEST (what_the_strip_holds_stays_until_it_is_let_go)
{
    Bench *bench = bench_new (40);
    pointer_point (bench->strip, 16, 36);
    RUN_UNTIL (hovers (bench, 0, 0));
    ck_assert (gtk_widget_activate_action (bench->strip, "strip.pin", NULL));
    point_at_cell (bench, 30, 11);
    pointer_run_frame (bench->canvas);
    ck_assert (hovers (bench, 0, 0));
    ck_assert (gtk_widget_activate_action (bench->strip, "strip.pin", NULL));
    point_at_cell (bench, 31, 12);
    RUN_UNTIL (hovers (bench, 31, 12));
    bench_free (bench);
}
END_TEST

/* The colour that the cell alone would have. */
static guint32
color_of_cell (Bench *bench, gint64 query, gint64 key)
{
    FoveaTileSpec spec;
    g_autoptr (GError) error = NULL;
    float weight;
    guint32 color;
    fovea_map_canvas_get_spec (FOVEA_MAP_CANVAS (bench->canvas), &spec);
    spec.scale = spec.width = spec.height = 1;
    spec.x = key;
    spec.y = query;
    ck_assert_msg (fovea_tile_read (bench->source, &spec, &weight, NULL, &error), "%s",
                   error != NULL ? error->message : "");
    fovea_tile_color (&spec, &weight, &color);
    return color;
}

/* What is drawn once its card is there: of a cell that shares its pixel with others, 12 x 12 of its own, less
 * its frame; the last cell too, round which there is nothing on two sides. */
START_TEST (the_card_shows_a_small_cell_close_by)
{
    static const gint64 cells[][2] = {{1200, 613}, {1299, 1299}};
    Bench *bench = bench_new (1300);
    shown_color_load ();
    for (guint i = 0; i < G_N_ELEMENTS (cells); i++) {
        guint32 color = color_of_cell (bench, cells[i][0], cells[i][1]);
        guint before = shown_color_count (bench->canvas, color);
        point_at_cell (bench, cells[i][0], cells[i][1]);
        RUN_UNTIL (shown_color_count (bench->canvas, color) >= before + 9 * 9);
    }
    bench_free (bench);
}
END_TEST

/* Its card would lie over what the keys show. */
START_TEST (a_pointer_that_rests_hovers_nothing_while_keys_move)
{
    Bench *bench = bench_new (40);
    point_at_cell (bench, 30, 11);
    RUN_UNTIL (hovers (bench, 30, 11));
    gtk_widget_activate_action (bench->canvas, "map.up", NULL);
    zoom_to_cells (bench); /* the map moves under it */
    for (guint i = 0; i < 5; i++) {
        pointer_run_frame (bench->canvas);
        ck_assert (hovers (bench, -1, -1));
    }
    pointer_do ("mousemove_relative 2 2");
    RUN_UNTIL (fovea_selection_get_hovered_cell (bench->selection) != NULL);
    bench_free (bench);
}
END_TEST

START_TEST (a_drag_moves_the_map_and_selects_nothing)
{
    Bench *bench = bench_new (300);
    gint64 x0, y0, x1, y1;
    zoom_to_cells (bench);
    fovea_viewport_pan (bench->viewport, 700, 900);
    pointer_run_frame (bench->canvas);
    fovea_viewport_get_origin (bench->viewport, &x0, &y0);
    const double way[][2] = {{300, 300}, {290, 292}, {260, 280}};
    pointer_drag (bench->canvas, way, G_N_ELEMENTS (way), NULL);
    RUN_UNTIL ((fovea_viewport_get_origin (bench->viewport, &x1, &y1), x1 == x0 + 40));
    ck_assert_int_eq (y1, y0 + 20);
    ck_assert (is_at (bench, 20, 7));
    bench_free (bench);
}
END_TEST

START_TEST (shift_and_drag_zoom_to_the_box_and_select_nothing)
{
    Bench *bench = bench_new (300);
    double corners[2][2];
    gint64 q0, q1, k0, k1;
    locate (bench, 200, 50, &corners[0][0], &corners[0][1]);
    locate (bench, 240, 90, &corners[1][0], &corners[1][1]);
    pointer_drag (bench->canvas, (const double (*)[2]) corners, 2, "shift");
    RUN_UNTIL (!fovea_viewport_is_fit (bench->viewport));
    fovea_viewport_get_span (bench->viewport, TRUE, &q0, &q1);
    fovea_viewport_get_span (bench->viewport, FALSE, &k0, &k1);
    ck_assert_int_le (q0, 200);
    ck_assert_int_gt (q1, 240);
    ck_assert_int_le (k0, 50);
    ck_assert_int_gt (k1, 90);
    ck_assert_int_lt (q1 - q0, 150);
    pointer_run_frame (bench->canvas);
    ck_assert (is_at (bench, 20, 7));
    bench_free (bench);
}
END_TEST

/* From fit the map first grows to fill the canvas, whose middle no place can keep. */
START_TEST (the_wheel_zooms_at_the_pointer_and_pans_with_shift)
{
    Bench *bench = bench_new (300);
    double x, y, first, length, fit = fovea_viewport_get_scale (bench->viewport);
    gint64 x0, y0, x1, y1;
    locate (bench, 210, 120, &x, &y);
    pointer_click (bench->canvas, x, y, "click 4");
    RUN_UNTIL (fovea_viewport_get_scale (bench->viewport) > fit);
    fovea_selection_select_cell (bench->selection, 210, 120);
    zoom_to_cells (bench);
    locate (bench, 212, 117, &x, &y);
    pointer_click (bench->canvas, x, y, "click 4 click 4");
    RUN_UNTIL (fovea_viewport_get_scale (bench->viewport) == 40);
    fovea_map_canvas_locate (FOVEA_MAP_CANVAS (bench->canvas), 117, FALSE, &first, &length);
    ck_assert_msg (x >= first && x <= first + length, "%g, cell at %g", x, first);
    fovea_map_canvas_locate (FOVEA_MAP_CANVAS (bench->canvas), 212, TRUE, &first, &length);
    ck_assert_msg (y >= first && y <= first + length, "%g, cell at %g", y, first);
    fovea_viewport_get_origin (bench->viewport, &x0, &y0);
    pointer_do ("keydown shift click 5 keyup shift");
    RUN_UNTIL ((fovea_viewport_get_origin (bench->viewport, &x1, &y1), x1 > x0));
    ck_assert_int_eq (y1, y0);
    pointer_do ("click --repeat 9 --delay 5 5");
    RUN_UNTIL (fovea_viewport_is_fit (bench->viewport));
    ck_assert (is_at (bench, 210, 120));
    bench_free (bench);
}
END_TEST

START_TEST (a_double_click_shows_the_cell_large)
{
    Bench *bench = bench_new (300);
    double x, y;
    gint64 q0, q1;
    locate (bench, 250, 100, &x, &y);
    pointer_double_click (bench->canvas, x, y);
    RUN_UNTIL (fovea_viewport_get_scale (bench->viewport) >= 10);
    fovea_viewport_get_span (bench->viewport, TRUE, &q0, &q1);
    ck_assert (q0 < 250 && q1 > 250 && fabs ((double) (q0 + q1) / 2 - 250) < 3);
    bench_free (bench);
}
END_TEST

/* The menu is of the cell beneath, not of the one that was selected. */
START_TEST (a_menu_opens_on_the_cell_beneath)
{
    Bench *bench = bench_new (40);
    GtkWidget *menu;
    click_cell (bench, 12, 3, "click 3");
    RUN_UNTIL (is_at (bench, 12, 3));
    RUN_UNTIL ((menu = widget_tree_find (bench->canvas, GTK_TYPE_POPOVER_MENU)) != NULL &&
               gtk_widget_get_mapped (menu));
    gtk_popover_popdown (GTK_POPOVER (menu)); /* it holds the pointer */
    RUN_UNTIL (!gtk_widget_get_mapped (menu));
    bench_free (bench);
}
END_TEST

/* Left of the first chip is a margin of 12; chips stand 24 below the top, the overview 56. */
START_TEST (tokens_are_chosen_in_the_strip)
{
    Bench *bench = bench_new (300);
    gint64 first, end, before;
    fovea_token_strip_get_visible (FOVEA_TOKEN_STRIP (bench->strip), &first, &end);
    ck_assert (first <= 20 && end > 20 && end < 300);
    pointer_click (bench->strip, 16, 36, "click 1");
    RUN_UNTIL (is_at (bench, first, MIN (first, 7)));
    fovea_selection_select_cell (bench->selection, 25, 7);
    pointer_run_frame (bench->strip);
    fovea_token_strip_get_visible (FOVEA_TOKEN_STRIP (bench->strip), &first, &end);
    pointer_click (bench->strip, 16, 36, "keydown shift click 1 keyup shift");
    RUN_UNTIL (is_at (bench, 25, first));
    pointer_click (bench->strip, 16, 36, "keydown ctrl click 1 keyup ctrl");
    RUN_UNTIL (fovea_selection_has_token (bench->selection, first));
    pointer_do ("keydown ctrl click 1 keyup ctrl");
    RUN_UNTIL (!fovea_selection_has_token (bench->selection, first));
    ck_assert (is_at (bench, 25, first));
    before = first;
    pointer_do ("click 5"); /* three a notch */
    RUN_UNTIL ((fovea_token_strip_get_visible (FOVEA_TOKEN_STRIP (bench->strip), &first, &end),
                first == before + 3));
    double width = gtk_widget_get_width (bench->strip);
    pointer_point (bench->strip, 100, 60);
    pointer_do ("click 5"); /* eight times as many over the overview */
    RUN_UNTIL ((fovea_token_strip_get_visible (FOVEA_TOKEN_STRIP (bench->strip), &first, &end),
                first == before + 3 + 24));
    pointer_click (bench->strip, 12 + 0.8 * (width - 24), 60, "click 1");
    RUN_UNTIL ((fovea_token_strip_get_visible (FOVEA_TOKEN_STRIP (bench->strip), &first, &end),
                first < 240 && end > 240));
    const double way[][2] = {{12 + 0.8 * (width - 24), 60}, {12 + 0.5 * (width - 24), 60}};
    pointer_drag (bench->strip, way, 2, NULL);
    RUN_UNTIL ((fovea_token_strip_get_visible (FOVEA_TOKEN_STRIP (bench->strip), &first, &end),
                first < 150 && end > 150 && end < 240));
    ck_assert (is_at (bench, 25, before)); /* looking round selects nothing */
    bench_free (bench);
}
END_TEST

/* The profile begins 88 from the left and ends 36 before the right; the rail's overview is 105 wide, 32
 * from the top. */
START_TEST (profiles_choose_key_and_query_and_the_rail_a_part_of_the_map)
{
    Bench *bench = bench_new (300);
    GtkWidget *profile = widget_tree_find (bench->page, FOVEA_TYPE_ROW_PROFILE);
    GtkWidget *rail = widget_tree_find (bench->page, FOVEA_TYPE_MAP_RAIL);
    gint64 q0, q1, k0, k1;
    fovea_selection_select_cell (bench->selection, 250, 7);
    zoom_to_cells (bench);
    double width = gtk_widget_get_width (profile) - 88 - 36;
    pointer_click (profile, 88 + width * 100.5 / 300, 30, "click 1");
    RUN_UNTIL (is_at (bench, 250, 100));
    pointer_click (profile, 40, 30, "click 1"); /* the axis is no key */
    GtkWidget *column = widget_tree_find (bench->page, FOVEA_TYPE_COLUMN_PROFILE);
    double length = gtk_widget_get_height (column) - FOVEA_MAP_TOP - FOVEA_MAP_BOTTOM;
    pointer_click (column, 20, FOVEA_MAP_TOP + length * 180.5 / 300, "click 1");
    RUN_UNTIL (is_at (bench, 180, 100));
    pointer_point (column, 20, FOVEA_MAP_TOP + length * 220.5 / 300);
    RUN_UNTIL (hovers (bench, 220, 100));
    pointer_click (column, 20, FOVEA_MAP_TOP - 20, "click 1"); /* its name is no query */
    RUN_UNTIL (hovers (bench, -1, -1));
    ck_assert (is_at (bench, 180, 100));
    fovea_selection_select_cell (bench->selection, 250, 100);
    pointer_click (rail, 105 * 0.25, 32 + 105 * 0.75, "click 1");
    RUN_UNTIL ((fovea_viewport_get_span (bench->viewport, TRUE, &q0, &q1), q0 < 225 && q1 > 225));
    fovea_viewport_get_span (bench->viewport, FALSE, &k0, &k1);
    ck_assert (k0 <= 75 && k1 > 75);
    const double way[][2] = {{105 * 0.25, 32 + 105 * 0.75}, {105 * 0.5, 32 + 105 * 0.6}};
    pointer_drag (rail, way, 2, NULL);
    RUN_UNTIL ((fovea_viewport_get_span (bench->viewport, FALSE, &k0, &k1),
                fabs ((double) (k0 + k1) / 2 - 150) < 4));
    ck_assert (is_at (bench, 250, 100));
    bench_free (bench);
}
END_TEST

/* What the second button opens there; it holds the pointer until it goes. */
static void
close_menu (GtkWidget *canvas)
{
    GtkWidget *menu = NULL;
    RUN_UNTIL ((menu = widget_tree_find (canvas, GTK_TYPE_POPOVER_MENU)) != NULL &&
               gtk_widget_get_mapped (menu));
    gtk_popover_popdown (GTK_POPOVER (menu));
    RUN_UNTIL (!gtk_widget_get_mapped (menu));
}

/* Each is of what lies beneath, not of what was selected. */
START_TEST (menus_open_on_profiles_and_arcs)
{
    Bench *bench = bench_new (20);
    GtkWidget *profile = widget_tree_find (bench->page, FOVEA_TYPE_ROW_PROFILE);
    GtkWidget *arcs = widget_tree_find (bench->page, FOVEA_TYPE_ARC_VIEW);
    fovea_map_page_toggle_arcs (FOVEA_MAP_PAGE (bench->page));
    RUN_UNTIL (gtk_widget_get_mapped (arcs) &&
               fovea_arc_view_count_lines (FOVEA_ARC_VIEW (arcs)) > 0);
    pointer_run_frame (arcs);
    pointer_click (arcs, 40, 24 + 18 * 15.5, "click 3");
    RUN_UNTIL (is_at (bench, 15, 7));
    close_menu (arcs);
    double width = gtk_widget_get_width (profile) - 88 - 36;
    pointer_click (profile, 88 + width * 4.5 / 20, 30, "click 3");
    RUN_UNTIL (is_at (bench, 15, 4));
    close_menu (profile);
    bench_free (bench);
}
END_TEST

/* A column of the whole map has its bar straight below it, a row straight beside it, in a window that is high and
 * in one that is wide. */
START_TEST (profiles_of_a_whole_map_are_as_long_as_the_map)
{
    const int sizes[][2] = {{700, 900}, {1200, 600}};
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
        Bench *bench = bench_new_in (300, sizes[i][0], sizes[i][1]);
        GtkWidget *profile = widget_tree_find (bench->page, FOVEA_TYPE_ROW_PROFILE);
        GtkWidget *column = widget_tree_find (bench->page, FOVEA_TYPE_COLUMN_PROFILE);
        double x, y;
        fovea_selection_select_cell (bench->selection, 250, 7);
        locate (bench, 280, 200, &x, &y);
        pointer_click (profile, x, 30, "click 1");
        RUN_UNTIL (is_at (bench, 250, 200));
        pointer_click (column, 20, y, "click 1");
        RUN_UNTIL (is_at (bench, 280, 200));
        bench_free (bench);
    }
}
END_TEST

/* Pixels with something on them between the names, where lines are. */
static guint
count_drawn (GtkWidget *arcs)
{
    int width = gtk_widget_get_width (arcs), height = gtk_widget_get_height (arcs);
    guint n = 0;
    cairo_surface_t *surface = shown_color_paint (arcs);
    if (surface == NULL)
        return G_MAXUINT;
    const guchar *bytes = cairo_image_surface_get_data (surface);
    for (int y = 0; y < height; y++)
        for (int x = 120; x < width - 120; x++)
            n += bytes[4 * ((gsize) y * (gsize) width + (gsize) x) + 3] != 0;
    cairo_surface_destroy (surface);
    return n;
}

/* Rows of 18 from 24 on; the left half is queries, the right one keys. */
START_TEST (arcs_choose_queries_on_the_left_and_keys_on_the_right)
{
    Bench *bench = bench_new (20);
    fovea_map_page_toggle_arcs (FOVEA_MAP_PAGE (bench->page));
    GtkWidget *arcs = widget_tree_find (bench->page, FOVEA_TYPE_ARC_VIEW);
    RUN_UNTIL (gtk_widget_get_mapped (arcs) &&
               fovea_arc_view_count_lines (FOVEA_ARC_VIEW (arcs)) > 0);
    pointer_run_frame (arcs);
    pointer_click (arcs, 40, 24 + 18 * 15.5, "click 1");
    RUN_UNTIL (is_at (bench, 15, 7));
    pointer_click (arcs, gtk_widget_get_width (arcs) - 40, 24 + 18 * 3.5, "click 1");
    RUN_UNTIL (is_at (bench, 15, 3));
    pointer_point (arcs, gtk_widget_get_width (arcs) / 2, 24 + 18 * 8.5); /* lines are no token */
    RUN_UNTIL (hovers (bench, -1, -1));
    guint all = count_drawn (arcs);
    pointer_point (arcs, 40, 24 + 18 * 12.5);
    RUN_UNTIL (hovers (bench, 12, 3));
    RUN_UNTIL (count_drawn (arcs) < all / 2); /* its lines alone */
    pointer_point (arcs, gtk_widget_get_width (arcs) - 40, 24 + 18 * 8.5);
    RUN_UNTIL (hovers (bench, 15, 8));
    bench_free (bench);
}
END_TEST

int
main (void)
{
    if (!pointer_prepare ())
        return 77;
    Suite *suite = suite_create ("pointer, map");
    TCase *map = tcase_create ("map"), *round = tcase_create ("round it");
    tcase_set_timeout (map, 120);
    tcase_set_timeout (round, 120);
    tcase_add_test (map, a_click_selects_the_cell_beneath);
    tcase_add_test (map, cells_are_hovered_and_those_of_the_future_are_not);
    tcase_add_test (map, what_the_map_hovers_is_marked_in_the_strip_and_the_row);
    tcase_add_test (map, what_is_held_stays_until_it_is_let_go);
    tcase_add_test (map, what_the_strip_holds_stays_until_it_is_let_go);
    tcase_add_test (map, the_card_shows_a_small_cell_close_by);
    tcase_add_test (map, a_pointer_that_rests_hovers_nothing_while_keys_move);
    tcase_add_test (map, a_drag_moves_the_map_and_selects_nothing);
    tcase_add_test (map, shift_and_drag_zoom_to_the_box_and_select_nothing);
    tcase_add_test (map, the_wheel_zooms_at_the_pointer_and_pans_with_shift);
    tcase_add_test (map, a_double_click_shows_the_cell_large);
    tcase_add_test (map, a_menu_opens_on_the_cell_beneath);
    tcase_add_test (round, tokens_of_the_strip_and_bars_of_the_row_are_hovered_on_the_map);
    tcase_add_test (round, tokens_are_chosen_in_the_strip);
    tcase_add_test (round, profiles_choose_key_and_query_and_the_rail_a_part_of_the_map);
    tcase_add_test (round, profiles_of_a_whole_map_are_as_long_as_the_map);
    tcase_add_test (round, menus_open_on_profiles_and_arcs);
    tcase_add_test (round, arcs_choose_queries_on_the_left_and_keys_on_the_right);
    suite_add_tcase (suite, map);
    suite_add_tcase (suite, round);
    return support_run (suite);
}
