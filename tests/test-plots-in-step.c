/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What lies over a plot's points, names and the ring of the selected head, lies on the points that are drawn in
 * every frame, also where the plot has another size and its points are drawn a frame later. Exit status 77
 * without a display. */
#include "app/window/window-private.h"
#include "tests/shown-color.h"
#include "tests/support.h"
#include "tests/turn-meter.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"
#include "ui/head-plots.h"

#define TITLE_X   14 /* px: where the title of the upward axis begins */
#define TITLE_END 16 /* and below which its letters do not reach */
#define N_SHOWN   4  /* grid and plots, either, the table */
#define BELOW     12 /* px: half of a name, or of the ring, on a point that lies on the axis */

/* Of one frame of a plot: how far down its points reach as they are drawn, and what lies over them. */
typedef struct {
    float points, over;
    guint n_frames, n_apart;
} Drawn;

static void
find_depths (GskRenderNode *node, float y, Drawn *drawn)
{
    graphene_rect_t bounds;
    float dx, dy;
    gsk_render_node_get_bounds (node, &bounds);
    float *depth = NULL;
    switch ((int) gsk_render_node_get_node_type (node)) {
    case GSK_CONTAINER_NODE:
        for (guint i = 0; i < gsk_container_node_get_n_children (node); i++)
            find_depths (gsk_container_node_get_child (node, i), y, drawn);
        return;
    case GSK_CLIP_NODE:
        find_depths (gsk_clip_node_get_child (node), y, drawn);
        return;
    case GSK_TRANSFORM_NODE:
        gsk_transform_to_translate (gsk_transform_node_get_transform (node), &dx, &dy);
        find_depths (gsk_transform_node_get_child (node), y + dy, drawn);
        return;
    case GSK_CAIRO_NODE:
    case GSK_TEXTURE_NODE:
        depth = &drawn->points;
        break;
    case GSK_TEXT_NODE:
    case GSK_BORDER_NODE:
        depth = &drawn->over;
        break;
    default:
        return;
    }
    *depth = MAX (*depth, y + bounds.origin.y + bounds.size.height);
}

/* The frame that was drawn. */
static void
look (GtkWidget *plot)
{
    Drawn *drawn = g_object_get_data (G_OBJECT (plot), "drawn");
    g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (plot);
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (plot),
                            gtk_widget_get_height (plot));
    g_autoptr (GskRenderNode) node = gtk_snapshot_free_to_node (snapshot);
    drawn->points = drawn->over = 0;
    if (node == NULL || !gtk_widget_get_mapped (plot))
        return;
    find_depths (node, 0, drawn);
    if (drawn->points <= 0 || drawn->over <= 0)
        return;
    drawn->n_frames++;
    if (drawn->over > drawn->points + BELOW)
        drawn->n_apart++;
}

START_TEST (names_lie_on_the_points_in_every_frame)
{
    Bench *bench = bench_new ();
    Drawn drawn = {0};
    open_scored (bench);
    GtkWidget *plot = widget_tree_find (GTK_WIDGET (bench->window), FOVEA_TYPE_HEAD_PLOT);
    g_object_set_data (G_OBJECT (plot), "drawn", &drawn);
    g_signal_connect_object (gtk_widget_get_frame_clock (plot), "after-paint", G_CALLBACK (look),
                             plot, G_CONNECT_SWAPPED);
    RUN_UNTIL (drawn.n_frames > 0);
    float before = drawn.points;
    for (guint i = 0; i < 2 * N_SHOWN; i++) {
        TurnMeter *meter = turn_meter_new ("shown");
        gtk_widget_activate_action (plot, "heads.show", NULL);
        turn_meter_frames (meter, plot, 4);
        turn_meter_free (meter);
        if (i == 1)
            ck_assert_float_gt (drawn.points, before + 100); /* plots alone are much higher */
    }
    ck_assert_uint_gt (drawn.n_frames, 10);
    ck_assert_msg (drawn.n_apart == 0, "%u of %u frames", drawn.n_apart, drawn.n_frames);
    bench_free (bench);
}
END_TEST

/* The highest that a name reaches which is drawn over the points, and how many there are. */
static void
find_highest (GskRenderNode *node, float x, float y, float *highest, guint *n)
{
    graphene_rect_t bounds;
    float dx, dy;
    gsk_render_node_get_bounds (node, &bounds);
    switch ((int) gsk_render_node_get_node_type (node)) {
    case GSK_CONTAINER_NODE:
        for (guint i = 0; i < gsk_container_node_get_n_children (node); i++)
            find_highest (gsk_container_node_get_child (node, i), x, y, highest, n);
        break;
    case GSK_CLIP_NODE:
        find_highest (gsk_clip_node_get_child (node), x, y, highest, n);
        break;
    case GSK_TRANSFORM_NODE:
        gsk_transform_to_translate (gsk_transform_node_get_transform (node), &dx, &dy);
        find_highest (gsk_transform_node_get_child (node), x + dx, y + dy, highest, n);
        break;
    case GSK_TEXT_NODE:
        if (x + bounds.origin.x <= TITLE_X + 2)
            break; /* the title itself */
        *highest = MIN (*highest, y + bounds.origin.y);
        (*n)++;
    }
}

/* Of the heads that are first by a score, each as the selected one, whose name may stand anywhere about it. */
START_TEST (no_name_lies_on_the_title_of_the_axis)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    GtkWidget *page = widget_tree_find (GTK_WIDGET (bench->window), FOVEA_TYPE_HEADS_PAGE);
    GtkWidget *ranked = NULL;
    EACH_WIDGET (widget, page)
        if (FOVEA_IS_HEAD_PLOT (widget))
            ranked = widget; /* the last of two */
    for (guint head = 0; head < 72; head++) {
        float highest = G_MAXFLOAT;
        guint n = 0;
        fovea_selection_select_head (bench->selection, head / 12, head % 12);
        TurnMeter *meter = turn_meter_new ("selected");
        turn_meter_frames (meter, ranked, 3);
        turn_meter_free (meter);
        g_autoptr (GskRenderNode) drawn = shown_color_draw (ranked);
        find_highest (drawn, 0, 0, &highest, &n);
        ck_assert_uint_gt (n, 0);
        ck_assert_msg (highest >= TITLE_END, "head %u: a name begins at %.1f", head, highest);
    }
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, no_name_lies_on_the_title_of_the_axis);
    tcase_add_test (tcase, names_lie_on_the_points_in_every_frame);
}

int
main (void)
{
    return window_bench_main ("plots in step", add_tests);
}
