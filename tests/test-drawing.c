/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What keeps a frame short: words that change and lay nothing out, pixels that cairo draws as they
 * are. Nothing sleeps. Exit status 77 without a display. */
#include <gtk/gtk.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/on-display.h"
#include "tests/widget-tree.h"
#include "ui/fact.h"
#include "ui/ahead.h"
#include "ui/still-label.h"
#include "ui/still.h"
#include "ui/text-cell.h"
#include "ui/texture-paintable.h"
#include "ui/texture.h"
#include "ui/token-text.h"
#include "ui/whole.h"

static int
measure (GtkWidget *widget, GtkOrientation orientation)
{
    int natural;
    gtk_widget_measure (widget, orientation, -1, NULL, &natural, NULL, NULL);
    return natural;
}

START_TEST (other_words_leave_the_size_of_a_still_label)
{
    for (guint lines = 1; lines <= 3; lines++) {
        g_autoptr (GtkWidget) label = g_object_ref_sink (fovea_still_label_new ("quiet", lines));
        int width = measure (label, GTK_ORIENTATION_HORIZONTAL);
        int height = measure (label, GTK_ORIENTATION_VERTICAL);
        fovea_still_label_set (label, "MInference Vertical-Slash, window 24, head 5.10, and more, "
                                      "and more again than a line could hold");
        ck_assert_int_eq (measure (label, GTK_ORIENTATION_HORIZONTAL), width);
        ck_assert_int_eq (measure (label, GTK_ORIENTATION_VERTICAL), height);
        ck_assert (gtk_widget_has_css_class (label, "quiet"));
    }
    g_autoptr (GtkWidget) one = g_object_ref_sink (fovea_still_label_new (NULL, 1));
    g_autoptr (GtkWidget) three = g_object_ref_sink (fovea_still_label_new (NULL, 3));
    ck_assert_int_gt (measure (three, GTK_ORIENTATION_VERTICAL),
                      2 * measure (one, GTK_ORIENTATION_VERTICAL));
}
END_TEST

static gboolean
has_tooltip (GtkWidget *widget)
{
    g_autoptr (GtkTooltip) tooltip = g_object_new (GTK_TYPE_TOOLTIP, NULL);
    gboolean shown = FALSE;
    g_signal_emit_by_name (widget, "query-tooltip", 0, 0, FALSE, tooltip, &shown);
    return shown;
}

static void
collect_named (GtkWidget *parent, const char *type, GPtrArray *found)
{
    EACH_WIDGET (widget, parent)
        if (g_str_equal (G_OBJECT_TYPE_NAME (widget), type))
            g_ptr_array_add (found, widget);
}

/* Words that were shortened are whole in the tooltip; those that are there need none. */
START_TEST (what_is_shortened_is_whole_in_a_tooltip)
{
    static const char words[] =
        "MInference Vertical-Slash, window 24, head 5.10, and a little more";
    GtkWidget *window = gtk_window_new (), *label = fovea_still_label_new (NULL, 1),
              *cell = fovea_text_cell_new (NULL, 5, FALSE),
              *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    gtk_window_set_default_size (GTK_WINDOW (window), 200, 100);
    gtk_box_append (GTK_BOX (box), label);
    gtk_box_append (GTK_BOX (box), cell);
    gtk_window_set_child (GTK_WINDOW (window), box);
    gtk_window_present (GTK_WINDOW (window));
    RUN_UNTIL (gtk_widget_get_width (label) > 100);
    ck_assert_str_eq (fovea_still_label_get (label), "");
    ck_assert (!has_tooltip (label) && !has_tooltip (cell));
    fovea_still_label_set (label, "Cell 157 → 26");
    fovea_text_cell_set_text (FOVEA_TEXT_CELL (cell), "0.25");
    ck_assert_str_eq (fovea_still_label_get (label), "Cell 157 → 26");
    ck_assert (!has_tooltip (label) && !has_tooltip (cell));
    fovea_still_label_set (label, words);
    fovea_text_cell_set_text (FOVEA_TEXT_CELL (cell), words);
    ck_assert (has_tooltip (label) && has_tooltip (cell));
    fovea_still_label_set (label, NULL);
    ck_assert_str_eq (fovea_still_label_get (label), "");
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

/* The longest version that has room; the tooltip has the whole as soon as another is shown. */
START_TEST (a_label_takes_the_version_that_fits)
{
    static const char *const versions[] = {"1.2 tokens per px", "1 : 1.2", NULL};
    static const int widths[] = {300, 90, 12};
    static const char *const shown[] = {"1.2 tokens per px", "1 : 1.2", ""};
    for (guint i = 0; i < G_N_ELEMENTS (widths); i++) {
        GtkWidget *window = gtk_window_new (), *row = gtk_fixed_new (),
                  *label = fovea_still_label_new (NULL, 1);
        g_object_set (label, "min-chars", 0, "nat-chars", 0, "width-request", widths[i], NULL);
        gtk_fixed_put (GTK_FIXED (row), label, 0, 0);
        gtk_window_set_child (GTK_WINDOW (window), row);
        gtk_window_present (GTK_WINDOW (window));
        RUN_UNTIL (gtk_widget_get_width (label) >= widths[i]);
        fovea_still_label_set_fitting (label, versions);
        ck_assert_str_eq (fovea_still_label_get (label), shown[i]);
        ck_assert_int_eq (has_tooltip (label), i > 0);
        gtk_window_destroy (GTK_WINDOW (window));
    }
}
END_TEST

/* A row of the inspector beside its value: only the first label has room. */
START_TEST (a_facts_label_that_is_shortened_is_whole_in_a_tooltip)
{
    GtkWidget *section = fovea_section_new ("DENSITY"), *window = gtk_window_new ();
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    static const char *const labels[] = {"Block oracle", "MInference Vertical-Slash of all heads"};
    gtk_window_set_default_size (GTK_WINDOW (window), 260, 200);
    gtk_window_set_child (GTK_WINDOW (window), section);
    gtk_window_present (GTK_WINDOW (window));
    for (guint i = 0; i < G_N_ELEMENTS (labels); i++) {
        g_autoptr (FoveaFact) fact =
            fovea_fact_new_marked (0xff204080, FOVEA_MARK_DISC, labels[i], 0.5, "88 %");
        g_list_store_append (facts, fact);
    }
    fovea_section_set (FOVEA_SECTION (section), NULL, facts, NULL);
    g_autoptr (GPtrArray) rows = g_ptr_array_new ();
    RUN_UNTIL ((g_ptr_array_set_size (rows, 0), collect_named (section, "FoveaFactRow", rows),
                rows->len == 2 && gtk_widget_get_width (rows->pdata[1]) > 100));
    ck_assert (!has_tooltip (rows->pdata[0]));
    ck_assert (has_tooltip (rows->pdata[1]));
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

/* The longest run of columns without any ink, from @first to @end. */
static int
find_gap (GtkWidget *widget, int first, int end)
{
    int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget), gap = 0;
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
    cairo_t *cr = cairo_create (surface);
    GTK_WIDGET_GET_CLASS (widget)->snapshot (widget, snapshot);
    g_autoptr (GskRenderNode) node = gtk_snapshot_free_to_node (snapshot);
    gsk_render_node_draw (node, cr);
    cairo_surface_flush (surface);
    for (int x = first, run = 0; x < end; x++) {
        gboolean ink = FALSE;
        for (int y = 0; y < height; y++)
            ink |= cairo_image_surface_get_data (
                       surface)[y * cairo_image_surface_get_stride (surface) + 4 * x + 3] != 0;
        run = ink ? 0 : run + 1;
        gap = MAX (gap, run);
    }
    cairo_destroy (cr);
    cairo_surface_destroy (surface);
    return gap;
}

/* Of a book: the position, its token, the bar and the weight stand apart. */
START_TEST (long_positions_and_small_weights_have_their_room)
{
    GtkWidget *section = fovea_section_new ("TOP KEYS"), *window = gtk_window_new (), *row;
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    g_autofree char *weight = fovea_small_text (4.6e-7, 3);
    gtk_window_set_default_size (GTK_WINDOW (window), 260, 200);
    gtk_window_set_child (GTK_WINDOW (window), section);
    gtk_window_present (GTK_WINDOW (window));
    ck_assert_str_eq (weight, "4.6 × 10⁻⁷");
    for (guint i = 0; i < 2; i++) {
        g_autoptr (FoveaFact) fact =
            fovea_fact_new_bar (NULL, "▼", i == 0 ? "9" : "31,335", "mmmmmm", 0.9, weight);
        g_list_store_append (facts, fact);
    }
    fovea_section_set (FOVEA_SECTION (section), NULL, facts, NULL);
    g_autoptr (GPtrArray) rows = g_ptr_array_new ();
    RUN_UNTIL ((g_ptr_array_set_size (rows, 0), collect_named (section, "FoveaFactRow", rows),
                rows->len == 2 && gtk_widget_get_width (rows->pdata[1]) > 100));
    row = rows->pdata[1];
    int width = gtk_widget_get_width (row);
    ck_assert_int_ge (find_gap (row, 50, 80), 5);                 /* number | token */
    ck_assert_int_ge (find_gap (row, 68, width - 78 - 20), 3);    /* token | bar */
    ck_assert_int_ge (find_gap (row, width - 90, width - 60), 4); /* bar | weight */
    ck_assert_int_ge (find_gap (rows->pdata[0], 30, 66), 30);     /* tokens in one column */
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

/* A density is at most all: its bar ends in front of it. */
START_TEST (a_share_of_all_stands_apart_from_its_bar)
{
    GtkWidget *section = fovea_section_new ("DENSITY"), *window = gtk_window_new ();
    g_autoptr (GListStore) facts = g_list_store_new (FOVEA_TYPE_FACT);
    g_autoptr (FoveaFact) fact =
        fovea_fact_new_marked (0xff204080, FOVEA_MARK_DISC, "Streaming", 1, "≤ 100 %");
    gtk_window_set_default_size (GTK_WINDOW (window), 260, 200);
    gtk_window_set_child (GTK_WINDOW (window), section);
    gtk_window_present (GTK_WINDOW (window));
    g_list_store_append (facts, fact);
    fovea_section_set (FOVEA_SECTION (section), NULL, facts, NULL);
    g_autoptr (GPtrArray) rows = g_ptr_array_new ();
    RUN_UNTIL ((g_ptr_array_set_size (rows, 0), collect_named (section, "FoveaFactRow", rows),
                rows->len == 1 && gtk_widget_get_width (rows->pdata[0]) > 100));
    int width = gtk_widget_get_width (rows->pdata[0]);
    ck_assert_int_ge (find_gap (rows->pdata[0], width - 66, width - 46), 3);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

static GListStore *
new_facts (guint n, const char *value)
{
    GListStore *facts = g_list_store_new (FOVEA_TYPE_FACT);
    for (guint i = 0; i < n; i++) {
        g_autoptr (FoveaFact) fact = fovea_fact_new ("of one thing", value);
        g_list_store_append (facts, fact);
    }
    return facts;
}

/* Rows that are shown, from the top. */
static GPtrArray *
list_rows (GtkWidget *section)
{
    g_autoptr (GPtrArray) all = g_ptr_array_new ();
    GPtrArray *shown = g_ptr_array_new ();
    collect_named (section, "FoveaFactRow", all);
    for (guint i = 0; i < all->len; i++)
        if (gtk_widget_get_visible (all->pdata[i]))
            g_ptr_array_add (shown, all->pdata[i]);
    return shown;
}

/* @n of them that are laid out. */
static GPtrArray *
wait_for_rows (GtkWidget *section, guint n)
{
    GPtrArray *rows = list_rows (section);
    ck_assert_uint_eq (rows->len, n);
    RUN_UNTIL (gtk_widget_get_width (rows->pdata[n - 1]) > 0);
    return rows;
}

/* Long labels have a tooltip, which tells what a row shows. For a while there are none, as while
 * numbers are being read. */
START_TEST (rows_of_facts_stay_and_show_the_next)
{
    GtkWidget *child = fovea_section_new ("FACTS"), *window = gtk_window_new ();
    static const guint sizes[] = {3, 5, 2};
    g_autoptr (GListStore) none = new_facts (0, "");
    g_autoptr (GPtrArray) first = NULL;
    gtk_window_set_default_size (GTK_WINDOW (window), 240, 300);
    gtk_window_set_child (GTK_WINDOW (window), child);
    gtk_window_present (GTK_WINDOW (window));
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
        /* A value that leaves its label no room, every other time. */
        g_autoptr (GListStore) facts =
            new_facts (sizes[i], i % 2 ? "a value that is as long as its row" : "1");
        fovea_section_set (FOVEA_SECTION (child), NULL, facts, NULL);
        g_autoptr (GPtrArray) rows = wait_for_rows (child, sizes[i]);
        for (guint r = 0; r < sizes[i]; r++)
            ck_assert_int_eq (has_tooltip (rows->pdata[r]), i % 2);
        if (first == NULL)
            first = g_steal_pointer (&rows);
        else
            for (guint r = 0; r < MIN (sizes[i], sizes[0]); r++)
                ck_assert_ptr_eq (rows->pdata[r], first->pdata[r]);
        fovea_section_set (FOVEA_SECTION (child), NULL, none, NULL);
        g_autoptr (GPtrArray) hidden = list_rows (child);
        ck_assert_uint_eq (hidden->len, 0);
    }
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

START_TEST (arrows_go_through_facts_and_tab_goes_past_them)
{
    GtkWidget *child = fovea_section_new ("FACTS"), *window = gtk_window_new (),
              *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *before = gtk_button_new_with_label ("before"),
              *after = gtk_button_new_with_label ("after");
    g_autoptr (GListStore) facts = new_facts (3, "1");
    gtk_box_append (GTK_BOX (box), before);
    gtk_box_append (GTK_BOX (box), child);
    gtk_box_append (GTK_BOX (box), after);
    gtk_window_set_child (GTK_WINDOW (window), box);
    fovea_section_set (FOVEA_SECTION (child), NULL, facts, NULL);
    gtk_window_present (GTK_WINDOW (window));
    g_autoptr (GPtrArray) rows = wait_for_rows (child, 3);
    GtkWidget *const way[] = {rows->pdata[0], rows->pdata[1], rows->pdata[2], rows->pdata[1]};
    static const GtkDirectionType keys[] = {GTK_DIR_TAB_FORWARD, GTK_DIR_DOWN, GTK_DIR_DOWN,
                                            GTK_DIR_UP};
    gtk_widget_grab_focus (before);
    for (guint i = 0; i < G_N_ELEMENTS (way); i++) {
        ck_assert (gtk_widget_child_focus (window, keys[i]));
        ck_assert_ptr_eq (gtk_window_get_focus (GTK_WINDOW (window)), way[i]);
    }
    ck_assert (gtk_widget_child_focus (window, GTK_DIR_TAB_FORWARD));
    ck_assert_ptr_eq (gtk_window_get_focus (GTK_WINDOW (window)), after);
    ck_assert (gtk_widget_child_focus (window, GTK_DIR_UP));
    ck_assert_ptr_eq (gtk_window_get_focus (GTK_WINDOW (window)), rows->pdata[2]);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

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

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, other_words_leave_the_size_of_a_still_label);
    tcase_add_test (tcase, what_is_shortened_is_whole_in_a_tooltip);
    tcase_add_test (tcase, a_label_takes_the_version_that_fits);
    tcase_add_test (tcase, a_facts_label_that_is_shortened_is_whole_in_a_tooltip);
    tcase_add_test (tcase, rows_of_facts_stay_and_show_the_next);
    tcase_add_test (tcase, a_share_of_all_stands_apart_from_its_bar);
    tcase_add_test (tcase, long_positions_and_small_weights_have_their_room);
    tcase_add_test (tcase, arrows_go_through_facts_and_tab_goes_past_them);
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
}

int
main (void)
{
    return run_on_display ("drawing", add_tests, 60);
}
