/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Names round a zoomed map, to its edges. Exit status 77 without a display. */
#include "tests/on-display.h"
#include "tests/shown-color.h"
#include "tests/shown-reach.h"
#include "tests/widget-bench.h"
#include "ui/map-page.h"
#include "ui/palette.h"

enum {
    T = 300,
    CELL = 15,
};

/* What is drawn at a slant, as key names are alone. */
typedef struct {
    PangoGlyph dots;
    guint n_names, n_dots; /* n_dots: of names that are an ellipsis and nothing else */
} Names;

static void
count_names (GskRenderNode *node, gboolean slanted, Names *names)
{
    if (gsk_render_node_get_node_type (node) == GSK_CONTAINER_NODE) {
        for (guint i = 0; i < gsk_container_node_get_n_children (node); i++)
            count_names (gsk_container_node_get_child (node, i), slanted, names);
    } else if (gsk_render_node_get_node_type (node) == GSK_TRANSFORM_NODE) {
        GskTransform *transform = gsk_transform_node_get_transform (node);
        gboolean turned = gsk_transform_get_category (transform) < GSK_TRANSFORM_CATEGORY_2D_AFFINE;
        count_names (gsk_transform_node_get_child (node), slanted || turned, names);
    } else if (gsk_render_node_get_node_type (node) == GSK_CLIP_NODE) {
        count_names (gsk_clip_node_get_child (node), slanted, names);
    } else if (gsk_render_node_get_node_type (node) == GSK_TEXT_NODE && slanted) {
        const PangoGlyphInfo *glyphs = gsk_text_node_get_glyphs (node, NULL);
        guint n = gsk_text_node_get_num_glyphs (node);
        gboolean dots = TRUE;
        for (guint i = 0; i < n; i++)
            dots &= glyphs[i].glyph == names->dots || glyphs[i].glyph == PANGO_GLYPH_EMPTY;
        names->n_names++;
        names->n_dots += dots;
    }
}

static PangoGlyph
find_dots (GtkWidget *widget)
{
    g_autoptr (PangoLayout) layout = fovea_label_layout (widget, 11, FOVEA_LABEL_NORMAL, "…");
    PangoLayoutLine *line = pango_layout_get_line_readonly (layout, 0);
    PangoGlyphItem *run = line->runs->data;
    return run->glyphs->glyphs[0].glyph;
}

/* A column at the edge of which a pixel more is in sight each time has its name or none. */
START_TEST (a_column_partly_in_sight_has_its_name_or_none_above_it)
{
    WidgetBench *bench = widget_bench_new (T);
    GtkWidget *page = fovea_map_page_new (bench->selection, bench->cells);
    FoveaViewport *viewport = fovea_map_page_get_viewport (FOVEA_MAP_PAGE (page));
    GtkWidget *canvas = GTK_WIDGET (fovea_map_page_get_canvas (FOVEA_MAP_PAGE (page)));
    guint least = G_MAXUINT, most = 0;
    widget_bench_show (bench, page, 900, 700);
    widget_bench_open (bench, 0, 0, 200, 100);
    fovea_viewport_zoom_to (viewport, CELL, 200, 100);
    for (guint i = 0; i < 2 * CELL; i++) {
        Names names = {.dots = find_dots (canvas)};
        gint64 frame = gdk_frame_clock_get_frame_counter (gtk_widget_get_frame_clock (canvas));
        fovea_viewport_pan (viewport, 1, 0);
        RUN_UNTIL (gdk_frame_clock_get_frame_counter (gtk_widget_get_frame_clock (canvas)) > frame);
        g_autoptr (GskRenderNode) drawn = shown_color_draw (canvas);
        count_names (drawn, FALSE, &names);
        ck_assert_uint_eq (names.n_dots, 0);
        least = MIN (least, names.n_names);
        most = MAX (most, names.n_names);
    }
    ck_assert_uint_ge (least, 30); /* of the columns that there is room for */
    ck_assert_uint_le (most - least, 2);
    widget_bench_free (bench);
}
END_TEST

START_TEST (a_row_partly_in_sight_has_no_name_that_is_cut_through)
{
    WidgetBench *bench = widget_bench_new (T);
    GtkWidget *page = fovea_map_page_new (bench->selection, bench->cells);
    FoveaViewport *viewport = fovea_map_page_get_viewport (FOVEA_MAP_PAGE (page));
    GtkWidget *canvas = GTK_WIDGET (fovea_map_page_get_canvas (FOVEA_MAP_PAGE (page)));
    double all = 0;
    widget_bench_show (bench, page, 900, 700);
    widget_bench_open (bench, 0, 0, 200, 100);
    fovea_viewport_zoom_to (viewport, CELL, 200, 100);
    for (guint i = 0; i < 2 * CELL; i++) {
        graphene_point_t reach = {0, 0};
        gint64 frame = gdk_frame_clock_get_frame_counter (gtk_widget_get_frame_clock (canvas));
        fovea_viewport_pan (viewport, 0, 1);
        RUN_UNTIL (gdk_frame_clock_get_frame_counter (gtk_widget_get_frame_clock (canvas)) > frame);
        g_autoptr (GskRenderNode) drawn = shown_color_draw (canvas);
        shown_reach_find (drawn, 0, 0, &reach);
        ck_assert_double_le (reach.y,
                             gtk_widget_get_height (canvas) + 2); /* and what no letter fills */
        all = MAX (all, reach.y);
    }
    ck_assert_double_ge (all, gtk_widget_get_height (canvas) - 2);
    widget_bench_free (bench);
}
END_TEST

/* The last one stands over the map's right edge, where the canvas ends. */
START_TEST (the_position_of_the_last_key_is_not_cut_through)
{
    WidgetBench *bench = widget_bench_new (T);
    GtkWidget *page = fovea_map_page_new (bench->selection, bench->cells);
    GtkWidget *canvas = GTK_WIDGET (fovea_map_page_get_canvas (FOVEA_MAP_PAGE (page)));
    graphene_point_t reach = {0, 0};
    widget_bench_show (bench, page, 640, 800); /* as wide as there is room */
    widget_bench_open (bench, 0, 0, T - 1, T - 1);
    g_autoptr (GskRenderNode) drawn = NULL;
    RUN_UNTIL ((drawn = shown_color_draw (canvas)) != NULL);
    shown_reach_find (drawn, 0, 0, &reach);
    ck_assert_double_ge (reach.x, gtk_widget_get_width (canvas) - 8);
    ck_assert_double_le (reach.x, gtk_widget_get_width (canvas) + 1);
    widget_bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, the_position_of_the_last_key_is_not_cut_through);
    tcase_add_test (tcase, a_row_partly_in_sight_has_no_name_that_is_cut_through);
    tcase_add_test (tcase, a_column_partly_in_sight_has_its_name_or_none_above_it);
}

int
main (void)
{
    return run_on_display ("map labels", add_tests, 60);
}
