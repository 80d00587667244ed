/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What keeps a frame short: pixels that cairo draws as they are, drawings that are kept. Nothing sleeps. Exit status 77 without a display. */
#include <gtk/gtk.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/on-display.h"
#include "tests/widget-tree.h"
#include "ui/ahead.h"
#include "ui/fact.h"
#include "ui/palette.h"
#include "ui/still.h"
#include "ui/texture-paintable.h"
#include "ui/texture.h"
#include "ui/whole.h"

enum {
    SIDE = 12, /* of the picture */
    N_BOXES = 8,
};

static guint32
get_pixel (guint at)
{
    return 0xFF000000 | (at * 0x1F35A7 & 0xFFFFFF);
}

static GdkTexture *
new_picture (void)
{
    guint32 *pixels = g_new (guint32, SIDE * SIDE);
    for (guint i = 0; i < SIDE * SIDE; i++)
        pixels[i] = get_pixel (i);
    return fovea_texture_new (pixels, SIDE, SIDE);
}

static GskRenderNode *
draw (GtkWidget *widget, GdkTexture *texture, float x, float side)
{
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    fovea_texture_draw (widget, snapshot, texture, &GRAPHENE_RECT_INIT (x, 0, side, side));
    return gtk_snapshot_free_to_node (snapshot);
}

/* Pixels of a square of a node, as the window's own renderer makes them. */
static guint32 *
render (GtkWidget *window, GskRenderNode *node, float x, guint side)
{
    GskRenderer *renderer = gtk_native_get_renderer (GTK_NATIVE (window));
    g_autoptr (GdkTexture) drawn = gsk_renderer_render_texture (
        renderer, node, &GRAPHENE_RECT_INIT (x, 0, (float) side, (float) side));
    guint32 *pixels = g_new (guint32, (gsize) side * side);
    gdk_texture_download (drawn, (guchar *) pixels, side * sizeof *pixels);
    return pixels;
}

static GtkWidget *
new_window (void)
{
    GtkWidget *window = gtk_window_new ();
    gtk_window_present (GTK_WINDOW (window));
    RUN_UNTIL (gtk_widget_get_mapped (window));
    return window;
}

START_TEST (a_texture_drawn_at_its_size_is_its_pixels)
{
    GtkWidget *window = new_window ();
    g_autoptr (GdkTexture) texture = new_picture ();
    for (int x = 0; x <= 300; x += 300) {
        GskRenderNode *node = draw (window, texture, (float) x, SIDE);
        g_autofree guint32 *pixels = render (window, node, (float) x, SIDE);
        for (guint i = 0; i < SIDE * SIDE; i++)
            ck_assert_uint_eq (pixels[i], get_pixel (i));
        gsk_render_node_unref (node);
    }
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

/* Stretched, the corners keep their colour: nothing fades out at the edge. */
START_TEST (a_stretched_texture_is_full_to_its_edge)
{
    GtkWidget *window = new_window ();
    g_autoptr (GdkTexture) texture = new_picture ();
    GskRenderNode *node = draw (window, texture, 0, 4 * SIDE);
    g_autofree guint32 *pixels = render (window, node, 0, 4 * SIDE);
    ck_assert_uint_eq (pixels[0], get_pixel (0));
    ck_assert_uint_eq (pixels[16 * SIDE * SIDE - 1], get_pixel (SIDE * SIDE - 1));
    gsk_render_node_unref (node);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

/* Whatever is inside of translations. */
static GskRenderNode *
get_inner (GskRenderNode *node)
{
    while (gsk_render_node_get_node_type (node) == GSK_TRANSFORM_NODE)
        node = gsk_transform_node_get_child (node);
    return node;
}

/* Where cairo draws, which these suites ask for: the node of the frame before says "nothing new". */
START_TEST (a_texture_that_stays_is_the_same_node_in_the_next_frame)
{
    GtkWidget *window = new_window ();
    g_autoptr (GdkTexture) texture = new_picture ();
    GskRenderer *renderer = gtk_native_get_renderer (GTK_NATIVE (window));
    if (!G_TYPE_CHECK_INSTANCE_TYPE (renderer, GSK_TYPE_CAIRO_RENDERER)) {
        printf ("skipped: drawn by %s\n", G_OBJECT_TYPE_NAME (renderer));
        gtk_window_destroy (GTK_WINDOW (window));
        return;
    }
    GskRenderNode *first = draw (window, texture, 5, SIDE);
    GskRenderNode *second = draw (window, texture, 9, SIDE);
    GskRenderNode *larger = draw (window, texture, 5, 2 * SIDE);
    ck_assert_int_eq (gsk_render_node_get_node_type (get_inner (first)), GSK_CAIRO_NODE);
    ck_assert_ptr_eq (get_inner (first), get_inner (second));
    ck_assert_ptr_ne (get_inner (first), get_inner (larger));
    gsk_render_node_unref (first);
    gsk_render_node_unref (second);
    gsk_render_node_unref (larger);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

/* A translucent box between pixels, and a disc. */
static GtkSnapshot *
draw_lines (void)
{
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    fovea_fill_draw (snapshot, 1.5, 2.25, 9, 5, 0, &(GdkRGBA){0.8f, 0.2f, 0.1f, 0.5f});
    cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (4, 4, 12, 12));
    cairo_arc (cr, 10, 10, 4.5, 0, 2 * G_PI);
    cairo_fill (cr);
    cairo_destroy (cr);
    return snapshot;
}

static guint
get_difference (guint32 a, guint32 b)
{
    guint most = 0;
    for (guint shift = 0; shift < 32; shift += 8)
        most = MAX (most, (guint) abs ((int) (a >> shift & 0xFF) - (int) (b >> shift & 0xFF)));
    return most;
}

/* Coverage and colour are rounded once more, hence one of 255. */
START_TEST (what_is_kept_of_a_drawing_looks_as_it_did)
{
    GtkWidget *area = gtk_drawing_area_new (), *window = show_in_window (area, 40, 40);
    FoveaStill still = {0};
    ck_assert (!fovea_still_is_good (&still, area, FOVEA_THEME_LIGHT));
    fovea_still_take (&still, area, FOVEA_THEME_LIGHT, draw_lines ());
    ck_assert (fovea_still_is_good (&still, area, FOVEA_THEME_LIGHT));
    ck_assert (!fovea_still_is_good (&still, area, FOVEA_THEME_DARK));
    GskRenderNode *lines = gtk_snapshot_free_to_node (draw_lines ());
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    fovea_still_draw (&still, area, snapshot);
    g_autoptr (GskRenderNode) kept = gtk_snapshot_free_to_node (snapshot);
    ck_assert_ptr_eq (kept, still.node); /* the same in each frame */
    g_autofree guint32 *expected = render (window, lines, 0, 2 * SIDE);
    g_autofree guint32 *pixels = render (window, kept, 0, 2 * SIDE);
    for (guint i = 0; i < 4 * SIDE * SIDE; i++)
        ck_assert_uint_le (get_difference (pixels[i], expected[i]), 1);
    ck_assert_uint_eq (pixels[10 * 2 * SIDE + 10], 0xFF000000); /* the disc is there */
    fovea_still_forget (&still);
    ck_assert (!fovea_still_is_good (&still, area, FOVEA_THEME_LIGHT));
    ck_assert_ptr_eq (still.node, kept); /* until the next is there */
    fovea_still_clear (&still);
    ck_assert_ptr_null (still.node);
    gsk_render_node_unref (lines);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

/* A widget that counts how often it is asked for its size. */
#define TYPE_MEASURED (measured_get_type ())
G_DECLARE_FINAL_TYPE (Measured, measured, TEST, MEASURED, GtkWidget)
struct _Measured {
    GtkWidget parent_instance;
    guint n;
};
G_DEFINE_FINAL_TYPE (Measured, measured, GTK_TYPE_WIDGET)

static void
measured_measure (GtkWidget *widget,
                  GtkOrientation orientation,
                  int for_size,
                  int *minimum,
                  int *natural,
                  int *minimum_baseline,
                  int *natural_baseline)
{
    TEST_MEASURED (widget)->n++;
    *minimum = *natural = 10;
}

static void
measured_class_init (MeasuredClass *klass)
{
    GTK_WIDGET_CLASS (klass)->measure = measured_measure;
}

static void
measured_init (Measured *self)
{
}

static void
count_frame (guint *n)
{
    (*n)++;
}

START_TEST (sizes_that_were_found_ahead_are_not_looked_for_in_the_frame)
{
    GtkWidget *widget = g_object_new (TYPE_MEASURED, NULL),
              *window = show_in_window (widget, 40, 40);
    Measured *measured = TEST_MEASURED (widget);
    guint n_layouts = 0;
    g_signal_connect_swapped (gtk_widget_get_frame_clock (widget), "layout",
                              G_CALLBACK (count_frame), &n_layouts);
    measured->n = 0;
    gtk_widget_queue_resize (widget);
    for (guint i = 0; i < 2; i++)
        fovea_ahead_measure (window);
    RUN_UNTIL (measured->n > 0);
    ck_assert_uint_eq (n_layouts, 0);
    guint n = measured->n;
    RUN_UNTIL (n_layouts > 0);
    ck_assert_uint_eq (measured->n, n);
    /* What has gone is not asked. */
    g_object_ref (widget);
    fovea_ahead_measure (widget);
    gtk_window_destroy (GTK_WINDOW (window));
    while (g_main_context_iteration (NULL, FALSE))
        ;
    ck_assert_uint_eq (measured->n, n);
    g_object_unref (widget);
}
END_TEST

static FoveaStill soon;
static guint n_made, n_frames;

static void
make_soon (GtkWidget *widget)
{
    n_made++;
    fovea_still_take (&soon, widget, FOVEA_THEME_LIGHT, draw_lines ());
}

/* As a widget does in each of its frames. */
static void
ask_twice (GtkWidget *area)
{
    n_frames++;
    for (guint i = 0; i < 2; i++)
        if (!fovea_still_is_good (&soon, area, FOVEA_THEME_LIGHT))
            fovea_still_soon (&soon, area, make_soon);
}

START_TEST (what_is_made_between_two_frames_is_made_once_and_then_drawn)
{
    GtkWidget *area = gtk_drawing_area_new (), *window = show_in_window (area, 40, 40);
    GdkFrameClock *clock = gtk_widget_get_frame_clock (area);
    g_signal_connect_object (clock, "paint", G_CALLBACK (ask_twice), area, G_CONNECT_SWAPPED);
    gtk_widget_queue_draw (area);
    RUN_UNTIL (n_frames >= 2); /* the second is asked for by the first */
    ck_assert_uint_eq (n_made, 1);
    fovea_still_forget (&soon);
    gtk_widget_queue_draw (area);
    RUN_UNTIL (n_made == 2);
    /* Nothing is made for a widget that went meanwhile. */
    fovea_still_forget (&soon);
    fovea_still_soon (&soon, area, make_soon);
    fovea_still_clear (&soon);
    gtk_window_destroy (GTK_WINDOW (window));
    while (g_main_context_iteration (NULL, FALSE))
        ;
    ck_assert_uint_eq (n_made, 2);
}
END_TEST

/* A row of boxes, each moved to its place; the first of them in another colour. */
static GskRenderNode *
draw_boxes (GtkWidget *area, guint n_other)
{
    GtkSnapshot *snapshot = gtk_snapshot_new (), *drawn = gtk_snapshot_new ();
    for (guint i = 0; i < N_BOXES; i++) {
        GdkRGBA color = {i < n_other, 0, 1, 1};
        gtk_snapshot_save (drawn);
        gtk_snapshot_translate (drawn, &GRAPHENE_POINT_INIT ((float) (4 * i), (float) (4 * i)));
        gtk_snapshot_append_color (drawn, &color, &GRAPHENE_RECT_INIT (0, 0, 3, 3));
        gtk_snapshot_append_color (drawn, &color, &GRAPHENE_RECT_INIT (0, 2, 3, 1));
        gtk_snapshot_restore (drawn);
    }
    fovea_whole_draw (area, snapshot, drawn, N_BOXES / 2);
    return gtk_snapshot_free_to_node (snapshot);
}

static void
count_before_frame (guint *n_before)
{
    *n_before = n_made;
}

START_TEST (what_has_changed_is_made_before_the_frame_that_shows_it)
{
    GtkWidget *area = gtk_drawing_area_new (), *window = show_in_window (area, 40, 40);
    GdkFrameClock *clock = gtk_widget_get_frame_clock (area);
    guint n_before = G_MAXUINT, id;
    fovea_still_clear (&soon);
    n_made = 0;
    id = (guint) g_signal_connect_swapped (clock, "before-paint", G_CALLBACK (count_before_frame),
                                           &n_before);
    for (guint i = 0; i < 2; i++) /* two changes are made once */
        fovea_still_ahead (&soon, area, make_soon);
    gtk_widget_queue_draw (area);
    RUN_UNTIL (n_before != G_MAXUINT);
    g_signal_handler_disconnect (clock, id);
    ck_assert_uint_eq (n_before, 1);
    ck_assert (fovea_still_is_good (&soon, area, FOVEA_THEME_LIGHT));
    /* Made by the frame that came first, it is not made again. */
    fovea_still_ahead (&soon, area, make_soon);
    make_soon (area);
    while (g_main_context_iteration (NULL, FALSE))
        ;
    ck_assert_uint_eq (n_made, 2);
    fovea_still_clear (&soon);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

START_TEST (what_is_drawn_as_a_whole_looks_as_its_parts)
{
    GtkWidget *area = gtk_drawing_area_new (), *window = show_in_window (area, 40, 40);
    GskRenderNode *parts = gtk_snapshot_free_to_node (draw_lines ());
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    fovea_whole_draw (area, snapshot, draw_lines (), 0);
    g_autoptr (GskRenderNode) whole = gtk_snapshot_free_to_node (snapshot);
    ck_assert_int_eq (gsk_render_node_get_node_type (parts), GSK_CONTAINER_NODE);
    ck_assert_int_eq (gsk_render_node_get_node_type (whole),
                      fovea_texture_is_plain (area) ? GSK_CLIP_NODE : GSK_CONTAINER_NODE);
    g_autofree guint32 *expected = render (window, parts, 0, 2 * SIDE);
    g_autofree guint32 *pixels = render (window, whole, 0, 2 * SIDE);
    ck_assert_mem_eq (pixels, expected, 4 * SIDE * SIDE * sizeof *pixels);
    snapshot = gtk_snapshot_new ();
    fovea_whole_draw (area, snapshot, gtk_snapshot_new (), 0);
    ck_assert_ptr_null (gtk_snapshot_free_to_node (snapshot));
    gsk_render_node_unref (parts);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

/* GTK compares two clips that are the same, and draws all of two that are not. */
START_TEST (few_changes_are_drawn_by_themselves_and_many_as_a_whole)
{
    GtkWidget *area = gtk_drawing_area_new (), *window = show_in_window (area, 40, 40);
    static const guint n_other[] = {0, N_BOXES / 2, N_BOXES / 2, 0, N_BOXES, N_BOXES - 1, 0};
    graphene_rect_t clip = GRAPHENE_RECT_INIT (0, 0, 0, 0);
    for (guint i = 0; i < G_N_ELEMENTS (n_other) && fovea_texture_is_plain (area); i++) {
        g_autoptr (GskRenderNode) node = draw_boxes (area, n_other[i]);
        const graphene_rect_t *next = gsk_clip_node_get_clip (node);
        if (i > 0)
            ck_assert_int_eq (graphene_rect_equal (next, &clip),
                              ABS ((int) n_other[i] - (int) n_other[i - 1]) <= N_BOXES / 2);
        clip = *next;
    }
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

START_TEST (a_picture_widget_shows_a_textures_pixels)
{
    GtkWidget *picture = gtk_picture_new (), *window = show_in_window (picture, 40, 40);
    g_autoptr (GdkTexture) texture = new_picture ();
    g_autoptr (GdkPaintable) paintable = fovea_texture_paintable_new (picture, texture);
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    ck_assert_int_eq (gdk_paintable_get_intrinsic_width (paintable), SIDE);
    ck_assert_int_eq (gdk_paintable_get_intrinsic_height (paintable), SIDE);
    gdk_paintable_snapshot (paintable, snapshot, SIDE, SIDE);
    GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);
    g_autofree guint32 *pixels = render (window, node, 0, SIDE);
    for (guint i = 0; i < SIDE * SIDE; i++)
        ck_assert_uint_eq (pixels[i], get_pixel (i));
    gsk_render_node_unref (node);
    gtk_picture_set_paintable (GTK_PICTURE (picture), paintable);
    gtk_window_destroy (GTK_WINDOW (window)); /* which the paintable outlives */
    snapshot = gtk_snapshot_new ();
    gdk_paintable_snapshot (paintable, snapshot, SIDE, SIDE);
    ck_assert_ptr_null (gtk_snapshot_free_to_node (snapshot));
}
END_TEST

/* Pixels in the colour of an empty bar, of a section with a role in it. */
static guint
count_trough (double share)
{
    GtkWidget *section = fovea_section_new ("ROLES");
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    g_autoptr (FoveaFact) fact =
        fovea_fact_new_bar ("local", NULL, NULL, "local", share, "0.83 (0.71–0.93)");
    FoveaPalette palette;
    guint n = 0;
    g_list_store_append (facts, fact);
    fovea_section_set (FOVEA_SECTION (section), NULL, facts, NULL);
    GtkWidget *window = show_in_window (section, 300, 80);
    g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (section);
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    gdk_paintable_snapshot (paintable, snapshot, 300, 300);
    g_autoptr (GskRenderNode) node = gtk_snapshot_free_to_node (snapshot);
    g_autofree guint32 *pixels = render (window, node, 0, 300);
    fovea_palette_load (section, &palette);
    for (guint i = 0; i < 300 * 300; i++)
        n += get_difference (pixels[i], 0xFF000000 |
                                            (guint) lround (palette.button.red * 255) << 16 |
                                            (guint) lround (palette.button.green * 255) << 8 |
                                            (guint) lround (palette.button.blue * 255)) == 0;
    gtk_window_destroy (GTK_WINDOW (window));
    return n;
}

/* An empty one would say that the share is zero. */
START_TEST (a_number_without_a_share_has_no_bar)
{
    guint full = count_trough (1); /* what else has that colour: a rule above it */
    ck_assert_uint_gt (count_trough (0), full);
    ck_assert_uint_eq (count_trough (-1), full);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, a_texture_drawn_at_its_size_is_its_pixels);
    tcase_add_test (tcase, a_stretched_texture_is_full_to_its_edge);
    tcase_add_test (tcase, a_texture_that_stays_is_the_same_node_in_the_next_frame);
    tcase_add_test (tcase, what_is_kept_of_a_drawing_looks_as_it_did);
    tcase_add_test (tcase, what_is_made_between_two_frames_is_made_once_and_then_drawn);
    tcase_add_test (tcase, sizes_that_were_found_ahead_are_not_looked_for_in_the_frame);
    tcase_add_test (tcase, what_has_changed_is_made_before_the_frame_that_shows_it);
    tcase_add_test (tcase, what_is_drawn_as_a_whole_looks_as_its_parts);
    tcase_add_test (tcase, few_changes_are_drawn_by_themselves_and_many_as_a_whole);
    tcase_add_test (tcase, a_picture_widget_shows_a_textures_pixels);
    tcase_add_test (tcase, a_number_without_a_share_has_no_bar);
}

int
main (void)
{
    return run_on_display ("drawing", add_tests, 60);
}
