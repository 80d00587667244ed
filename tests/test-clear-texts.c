/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* No text of a view stands on another, at any size of window and letters: read from what the window
 * draws, so that labels of widgets and words that a plot draws by itself count alike. Exit status 77
 * without a display. */
#include <string.h>

#include "app/data-files.h"
#include "app/window/window-private.h"
#include "tests/window-bench.h"

/* Boxes of letters reach beyond their ink: so much may two of them share, pixels. */
#define SHARED 3

typedef struct {
    GArray *boxes; /* of graphene_rect_t, in pixels of the window */
    GskTransform *transform;
    graphene_rect_t clip;
} Walk;

static void walk (Walk *at, GskRenderNode *node);

/* Slanted words, of a map's keys, have boxes that share corners: those are left out. */
static void
add_text (Walk *at, GskRenderNode *node)
{
    graphene_rect_t box, seen;
    if (gsk_transform_get_category (at->transform) < GSK_TRANSFORM_CATEGORY_2D_AFFINE)
        return;
    gsk_render_node_get_bounds (node, &box);
    gsk_transform_transform_bounds (at->transform, &box, &box);
    if (graphene_rect_intersection (&box, &at->clip, &seen))
        g_array_append_val (at->boxes, seen);
}

static void
walk_clipped (Walk *at, GskRenderNode *child, const graphene_rect_t *clip)
{
    graphene_rect_t before = at->clip, moved;
    gsk_transform_transform_bounds (at->transform, clip, &moved);
    if (graphene_rect_intersection (&before, &moved, &at->clip))
        walk (at, child);
    at->clip = before;
}

static void
walk_moved (Walk *at, GskRenderNode *node)
{
    GskTransform *before = at->transform;
    at->transform = gsk_transform_transform (gsk_transform_ref (before),
                                             gsk_transform_node_get_transform (node));
    walk (at, gsk_transform_node_get_child (node));
    gsk_transform_unref (at->transform);
    at->transform = before;
}

/* Of the kinds of nodes that this window's widgets make, those that can hold a text. */
static void
walk (Walk *at, GskRenderNode *node)
{
    switch (gsk_render_node_get_node_type (node)) {
    case GSK_CONTAINER_NODE:
        for (guint i = 0; i < gsk_container_node_get_n_children (node); i++)
            walk (at, gsk_container_node_get_child (node, i));
        break;
    case GSK_TEXT_NODE:
        add_text (at, node);
        break;
    case GSK_TRANSFORM_NODE:
        walk_moved (at, node);
        break;
    case GSK_CLIP_NODE:
        walk_clipped (at, gsk_clip_node_get_child (node), gsk_clip_node_get_clip (node));
        break;
    case GSK_ROUNDED_CLIP_NODE:
        walk_clipped (at, gsk_rounded_clip_node_get_child (node),
                      &gsk_rounded_clip_node_get_clip (node)->bounds);
        break;
    case GSK_OPACITY_NODE:
        if (gsk_opacity_node_get_opacity (node) > 0)
            walk (at, gsk_opacity_node_get_child (node));
        break;
    case GSK_SHADOW_NODE:
        walk (at, gsk_shadow_node_get_child (node));
        break;
    case GSK_DEBUG_NODE:
        walk (at, gsk_debug_node_get_child (node));
        break;
    default:
        break;
    }
}

static GArray *
list_texts (GtkWidget *widget)
{
    g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
    Walk at = {.boxes = g_array_new (FALSE, FALSE, sizeof (graphene_rect_t)),
               .clip = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height)};
    gdk_paintable_snapshot (paintable, snapshot, width, height);
    GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);
    if (node != NULL) {
        walk (&at, node);
        gsk_render_node_unref (node);
    }
    return at.boxes;
}

static gboolean
is_same (GArray *a, GArray *b)
{
    return a->len == b->len && memcmp (a->data, b->data, a->len * sizeof (graphene_rect_t)) == 0;
}

static gboolean
count_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer frames)
{
    return ++*(guint *) frames < 3;
}

/* What workers bring comes some frames later; the names of curves are such. */
static GArray *
settle (GtkWidget *widget)
{
    GArray *last = list_texts (widget);
    for (guint still = 0; still < 20;) {
        guint frames = 0;
        gtk_widget_queue_draw (widget);
        gtk_widget_add_tick_callback (widget, count_frame, &frames, NULL);
        RUN_UNTIL (frames >= 3);
        GArray *next = list_texts (widget);
        still = is_same (last, next) ? still + 1 : 0;
        g_array_unref (last);
        last = next;
    }
    return last;
}

static void
list_meeting (GArray *boxes, GString *found)
{
    for (guint i = 0; i < boxes->len; i++)
        for (guint j = i + 1; j < boxes->len; j++) {
            const graphene_rect_t *a = &g_array_index (boxes, graphene_rect_t, i);
            const graphene_rect_t *b = &g_array_index (boxes, graphene_rect_t, j);
            graphene_rect_t both;
            if (graphene_rect_intersection (a, b, &both) && both.size.width > SHARED &&
                both.size.height > SHARED)
                g_string_append_printf (found,
                                        "  (%.0f, %.0f) %.0f x %.0f on (%.0f, %.0f) %.0f x %.0f\n",
                                        a->origin.x, a->origin.y, a->size.width, a->size.height,
                                        b->origin.x, b->origin.y, b->size.width, b->size.height);
        }
}

static void
set_scale (double scale)
{
    g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", (int) (96 * 1024 * scale), NULL);
}

static const struct {
    int width, height;
    double scale;
} rooms[] = {{1440, 900, 1}, {1440, 900, 2}, {960, 600, 1}, {960, 600, 2}, {1100, 700, 1.5}};

/* Curves and latents, so that no view is empty. */
static void
fill_views (Bench *bench)
{
    g_autofree char *folder = fovea_data_find ("sae/abstopk", NULL);
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("sparsity"));
    activate (bench, "measure", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    activate (bench, "encode", g_variant_new_string (folder));
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    RUN_UNTIL (fovea_feature_model_get_shown (bench->window->features) != NULL);
}

static void
look_at_views (Bench *bench, GString *found)
{
    static const char *const views[] = {"heads", "map", "sparsity", "features"};
    for (guint i = 0; i < G_N_ELEMENTS (views); i++) {
        activate (bench, "view", g_variant_new_string (views[i]));
        g_autoptr (GArray) boxes = settle (GTK_WIDGET (bench->window));
        ck_assert_uint_gt (boxes->len, 20); /* the strip alone has some ten */
        g_string_append_printf (found, "%s:\n", views[i]);
        list_meeting (boxes, found);
    }
}

START_TEST (no_text_stands_on_another)
{
    Bench *bench = bench_new ();
    g_autoptr (GString) found = g_string_new (NULL);
    fill_views (bench);
    for (guint i = 0; i < G_N_ELEMENTS (rooms); i++) {
        set_scale (rooms[i].scale);
        bench_resize (bench, rooms[i].width, rooms[i].height);
        g_string_append_printf (found, "%d x %d, letters x %g\n", rooms[i].width, rooms[i].height,
                                rooms[i].scale);
        look_at_views (bench, found);
    }
    ck_assert_msg (strchr (found->str, '(') == NULL, "\n%s", found->str);
    bench_free (bench);
    set_scale (1);
}
END_TEST

/* The walk sees what it is for: two labels in one place. */
START_TEST (a_text_on_another_is_told)
{
    GtkWidget *window = gtk_window_new (), *overlay = gtk_overlay_new ();
    g_autoptr (GString) found = g_string_new (NULL);
    gtk_overlay_set_child (GTK_OVERLAY (overlay), gtk_label_new ("beneath"));
    gtk_window_set_child (GTK_WINDOW (window), overlay);
    gtk_window_present (GTK_WINDOW (window));
    g_autoptr (GArray) one = settle (overlay);
    list_meeting (one, found);
    ck_assert_uint_eq (one->len, 1);
    ck_assert_uint_eq (found->len, 0);
    gtk_overlay_add_overlay (GTK_OVERLAY (overlay), gtk_label_new ("above"));
    g_autoptr (GArray) two = settle (overlay);
    list_meeting (two, found);
    ck_assert_uint_eq (two->len, 2);
    ck_assert_uint_gt (found->len, 0);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_set_timeout (tcase, 280);
    tcase_add_test (tcase, a_text_on_another_is_told);
    tcase_add_test (tcase, no_text_stands_on_another);
}

int
main (void)
{
    return window_bench_main ("clear texts", add_tests);
}
