/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rows of the inspector as they are drawn: where bars begin, which way they go, how high rows are. Nothing
 * sleeps. Exit status 77 without a display. */
#include <gtk/gtk.h>

#include "tests/on-display.h"
#include "ui/fact.h"

enum {
    WIDTH = 264, /* of an inspector's rows */
    HEIGHT = 120,
    MARKS = 16, /* the marks in front are of the same colours */
};

static const guint32 colors[] = {0xFF2040E0, 0xFFE04020, 0xFF20C040};

/* A window that is as wide as rows of an inspector are. */
static GtkWidget *
show (GListStore *facts)
{
    GtkWidget *window = gtk_window_new (), *section = fovea_section_new ("ROWS");
    gtk_widget_set_valign (section, GTK_ALIGN_START);
    gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
    gtk_window_set_child (GTK_WINDOW (window), section);
    gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
    fovea_section_set (FOVEA_SECTION (section), NULL, facts, NULL);
    gtk_window_present (GTK_WINDOW (window));
    RUN_UNTIL (gtk_widget_get_width (section) == WIDTH);
    return window;
}

static guint32 *
render (GtkWidget *window)
{
    g_autoptr (GdkPaintable) paintable =
        gtk_widget_paintable_new (gtk_window_get_child (GTK_WINDOW (window)));
    GskRenderer *renderer = gtk_native_get_renderer (GTK_NATIVE (window));
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    gdk_paintable_snapshot (paintable, snapshot, WIDTH,
                            gtk_widget_get_height (gtk_window_get_child (GTK_WINDOW (window))));
    GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);
    ck_assert_ptr_nonnull (node);
    g_autoptr (GdkTexture) drawn =
        gsk_renderer_render_texture (renderer, node, &GRAPHENE_RECT_INIT (0, 0, WIDTH, HEIGHT));
    guint32 *pixels = g_new (guint32, WIDTH * HEIGHT);
    gdk_texture_download (drawn, (guchar *) pixels, WIDTH * sizeof *pixels);
    gsk_render_node_unref (node);
    return pixels;
}

/* Columns that have a pixel of @color behind the marks. */
static void
find_bar (const guint32 *pixels, guint32 color, int *from, int *to)
{
    *from = WIDTH;
    *to = -1;
    for (int y = 0; y < HEIGHT; y++)
        for (int x = MARKS; x < WIDTH; x++)
            if (pixels[y * WIDTH + x] == color) {
                *from = MIN (*from, x);
                *to = MAX (*to, x);
            }
    ck_assert_int_ge (*to, *from);
}

static void
add (GListStore *facts, guint i, const char *label, double share, const char *value)
{
    g_autoptr (FoveaFact) fact =
        fovea_fact_new_marked (colors[i], FOVEA_MARK_DISC, label, share, value);
    g_list_store_append (facts, fact);
}

START_TEST (bars_of_codes_begin_in_the_middle_and_minus_goes_left)
{
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    int from[2], to[2];
    add (facts, 0, "745 · sea", 0.5, "−8.25");
    add (facts, 1, "30", 0.5, "+8.25");
    GtkWidget *window = show (facts);
    g_autofree guint32 *pixels = render (window);
    for (guint i = 0; i < 2; i++)
        find_bar (pixels, colors[i], &from[i], &to[i]);
    ck_assert_int_lt (to[0], from[1]);
    ck_assert_int_le (from[1] - to[0], 2); /* the line in the middle alone is between them */
    ck_assert_int_le (ABS ((to[0] - from[0]) - (to[1] - from[1])), 1);
    ck_assert_int_ge (to[1] - from[1], 10);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

START_TEST (bars_beside_names_of_any_length_begin_in_one_column)
{
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    int from[3], to[3];
    add (facts, 0, "Quest", 1, "8 %");
    add (facts, 1, "StreamingLLM", 1, "100 %");
    add (facts, 2, "XAttention", 0.5, "≤ 41 %");
    GtkWidget *window = show (facts);
    g_autofree guint32 *pixels = render (window);
    for (guint i = 0; i < 3; i++) {
        find_bar (pixels, colors[i], &from[i], &to[i]);
        ck_assert_int_le (ABS (from[i] - from[0]), 1);
    }
    ck_assert_int_eq (to[1], to[0]);
    ck_assert_int_lt (to[2], to[0] - 10); /* half of it */
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

/* A name that leaves no room is shortened, not the bar. */
START_TEST (a_long_name_leaves_a_bar_that_can_be_read)
{
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    int from, to, short_from, short_to;
    add (facts, 0, "MInference, pattern searched per head and once more", 1, "100 %");
    GtkWidget *window = show (facts);
    g_autofree guint32 *pixels = render (window);
    find_bar (pixels, colors[0], &from, &to);
    ck_assert_int_ge (to - from + 1, 17); /* of 20; its corners are round */
    g_list_store_remove_all (facts);
    add (facts, 0, "Quest", 1, "100 %");
    GtkWidget *second = show (facts);
    g_autofree guint32 *others = render (second);
    find_bar (others, colors[0], &short_from, &short_to);
    ck_assert_int_gt (short_to - short_from, 2 * (to - from));
    gtk_window_destroy (GTK_WINDOW (second));
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

static int
measure_height (GtkWidget *window)
{
    int least;
    gtk_widget_measure (gtk_window_get_child (GTK_WINDOW (window)), GTK_ORIENTATION_VERTICAL, WIDTH,
                        &least, NULL, NULL, NULL);
    return least;
}

/* The rows of a section are made once: what they show may become lower or higher. */
START_TEST (rows_with_a_mark_are_higher_than_plain_ones)
{
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    g_autoptr (FoveaFact) plain = fovea_fact_new ("Density", "31.8 %");
    add (facts, 0, "Quest", 1, "100 %");
    add (facts, 1, "StreamingLLM", 1, "100 %");
    GtkWidget *window = show (facts);
    int marked = measure_height (window);
    g_list_store_remove_all (facts);
    g_list_store_append (facts, plain);
    g_list_store_append (facts, plain);
    fovea_section_set (FOVEA_SECTION (gtk_window_get_child (GTK_WINDOW (window))), NULL, facts,
                       NULL);
    ck_assert_int_eq (measure_height (window), marked - 6);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

int
main (void)
{
    if (!gtk_init_check ())
        return 77;
    Suite *suite = suite_create ("facts");
    TCase *tcase = tcase_create ("display");
    tcase_add_test (tcase, bars_of_codes_begin_in_the_middle_and_minus_goes_left);
    tcase_add_test (tcase, bars_beside_names_of_any_length_begin_in_one_column);
    tcase_add_test (tcase, a_long_name_leaves_a_bar_that_can_be_read);
    tcase_add_test (tcase, rows_with_a_mark_are_higher_than_plain_ones);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
