/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The window with text of another size: what draws itself grows along, and nothing is pushed off
 * the screen. Exit status 77 without a display. */
#include <math.h>
#include <string.h>

#include "app/window/form.h"
#include "app/window/prediction-card.h"
#include "app/window/window-private.h"
#include "tests/shown-color.h"
#include "tests/support.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"
#include "ui/commands.h"
#include "ui/head-cell.h"
#include "ui/layer-curves.h"
#include "ui/palette.h"
#include "ui/plot-key.h"
#include "ui/scaled.h"
#include "ui/still-label.h"
#include "ui/strip-caption.h"
#include "ui/token-strip.h"

static void
set_scale (double scale)
{
    g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", (int) (96 * 1024 * scale), NULL);
    while (g_main_context_pending (NULL))
        g_main_context_iteration (NULL, FALSE);
}

/* A child that asks for 100 x 40 and keeps where it was clicked. */
static GtkWidget *
new_child (void)
{
    GtkWidget *child = gtk_drawing_area_new ();
    gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (child), 100);
    gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (child), 40);
    return child;
}

static const double scales[] = {1, 1.25, 2};

START_TEST (a_frame_grows_with_the_text_and_its_child_does_not_notice)
{
    double scale = scales[_i];
    GtkWidget *window = gtk_window_new (), *child = new_child ();
    GtkWidget *frame = fovea_scaled_new (child);
    set_scale (scale);
    ck_assert_double_eq_tol (fovea_text_scale (frame), scale, 1e-4);
    int minimum;
    gtk_widget_measure (frame, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
    ck_assert_int_eq (minimum, (int) ceil (100 * scale));
    gtk_widget_set_halign (frame, GTK_ALIGN_START);
    gtk_widget_set_valign (frame, GTK_ALIGN_START);
    gtk_window_set_child (GTK_WINDOW (window), frame);
    gtk_window_present (GTK_WINDOW (window));
    RUN_UNTIL (gtk_widget_get_width (child) > 0);
    ck_assert_int_eq (gtk_widget_get_width (child), 100);
    ck_assert_int_eq (gtk_widget_get_height (child), 40);
    /* Places go through the same transform as the drawing, hence the pointer's too. */
    double x, y;
    ck_assert (gtk_widget_translate_coordinates (child, frame, 50, 20, &x, &y));
    ck_assert_double_eq_tol (x, 50 * scale, 1e-3);
    ck_assert_double_eq_tol (y, 20 * scale, 1e-3);
    gtk_window_destroy (GTK_WINDOW (window));
    set_scale (1);
}
END_TEST

static const struct {
    int width, height;
} rooms[] = {{1440, 900}, {960, 600}};

/* What a frame asks for is enough, at every size of text: the child gets back what it asked for. */
START_TEST (a_child_gets_what_it_asked_for_at_any_scale)
{
    GtkWidget *window = gtk_window_new (), *child = gtk_drawing_area_new ();
    GtkWidget *frame = fovea_scaled_new (child);
    gtk_window_set_child (GTK_WINDOW (window), frame);
    for (int dpi = 48; dpi <= 288; dpi++) {
        set_scale (dpi / 96.0);
        for (int least = 12; least <= 252; least += 12) {
            int width, height;
            gtk_widget_set_size_request (child, least, least);
            gtk_widget_measure (frame, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
            gtk_widget_measure (frame, GTK_ORIENTATION_VERTICAL, width, &height, NULL, NULL, NULL);
            gtk_widget_allocate (frame, width, height, -1, NULL);
            ck_assert_msg (gtk_widget_get_allocated_width (child) >= least &&
                               gtk_widget_get_allocated_height (child) >= least,
                           "%d dpi: %d x %d for %d", dpi, gtk_widget_get_allocated_width (child),
                           gtk_widget_get_allocated_height (child), least);
        }
    }
    gtk_window_destroy (GTK_WINDOW (window));
    set_scale (1);
}
END_TEST

/* The shell gives the strip of tokens a fixed height, which its style sheet may not add to. */
START_TEST (the_token_strip_has_the_height_it_asks_for)
{
    Bench *bench = bench_new ();
    GtkWidget *strip = widget_tree_find (GTK_WIDGET (bench->window), FOVEA_TYPE_TOKEN_STRIP);
    open_scored (bench);
    for (guint i = 0; i < G_N_ELEMENTS (scales); i++) {
        int least;
        set_scale (scales[i]);
        bench_resize (bench, rooms[0].width, rooms[0].height);
        gtk_widget_measure (strip, GTK_ORIENTATION_VERTICAL, -1, &least, NULL, NULL, NULL);
        RUN_UNTIL (gtk_widget_get_allocated_height (strip) >= least);
    }
    bench_free (bench);
    set_scale (1);
}
END_TEST

/* What is said of the job that runs had no room in it. */
START_TEST (running_a_text_makes_no_window_wider)
{
    set_scale (2);
    Bench *bench = bench_new ();
    bench_resize (bench, rooms[1].width, rooms[1].height);
    int width = gtk_widget_get_width (GTK_WIDGET (bench->window));
    run_and_score (bench);
    while (g_main_context_pending (NULL))
        g_main_context_iteration (NULL, FALSE);
    ck_assert_int_eq (gtk_widget_get_width (GTK_WIDGET (bench->window)), width);
    bench_free (bench);
    set_scale (1);
}
END_TEST

/* A tile of the screen is asked for once, not by a border that is dragged. */
START_TEST (a_window_of_another_width_has_the_header_for_it)
{
    Bench *bench = bench_new ();
    GtkWidget *window = GTK_WIDGET (bench->window);
    set_scale (_i + 1);
    open_scored (bench);
    bench_resize (bench, rooms[0].width, rooms[0].height);
    for (guint i = 0; i < 2; i++) {
        RUN_UNTIL (gtk_widget_get_mapped (bench->window->search) &&
                   gtk_widget_get_mapped (bench->window->switcher));
        gtk_window_set_default_size (GTK_WINDOW (window), rooms[1].width, rooms[1].height);
        RUN_UNTIL (gtk_widget_get_width (window) <= rooms[1].width);
        RUN_UNTIL (gtk_widget_get_mapped (bench->window->search_button) &&
                   gtk_widget_get_mapped (bench->window->view_list));
        ck_assert (!gtk_widget_get_mapped (bench->window->search));
        gtk_window_set_default_size (GTK_WINDOW (window), rooms[0].width, rooms[0].height);
    }
    bench_free (bench);
    set_scale (1);
}
END_TEST

/* Who needs large letters also wants to know which heads have a role. */
START_TEST (heads_in_large_text_have_room_for_their_badges)
{
    Bench *bench = bench_new ();
    set_scale (2);
    open_scored (bench);
    bench_resize (bench, rooms[0].width, rooms[0].height);
    GtkWidget *page = GTK_WIDGET (bench->window->heads);
    RUN_UNTIL (widget_tree_find (page, FOVEA_TYPE_HEAD_CELL) != NULL);
    GtkWidget *cell = widget_tree_find (page, FOVEA_TYPE_HEAD_CELL);
    g_autoptr (PangoLayout) words = fovea_label_layout (cell, 11, FOVEA_LABEL_BOLD, "5.10 .95");
    int width;
    pango_layout_get_pixel_size (words, &width, NULL);
    RUN_UNTIL (gtk_widget_get_width (cell) > width);
    bench_free (bench);
    set_scale (1);
}
END_TEST

/* A narrow window has no room beside the names; the corner of a thumbnail's future has. */
START_TEST (roles_are_marked_however_little_room_there_is)
{
    Bench *bench = bench_new ();
    set_scale (2);
    open_scored (bench);
    bench_resize (bench, rooms[1].width, rooms[1].height);
    fovea_selection_select_head (bench->selection, 5, 10);
    GtkWidget *grid = widget_tree_find (GTK_WIDGET (bench->window->heads), GTK_TYPE_GRID_VIEW);
    RUN_UNTIL (
        shown_color_count (grid, fovea_color_map_role (FOVEA_THEME_LIGHT, "induction", NULL)) > 10);
    bench_free (bench);
    set_scale (1);
}
END_TEST

static int
text_width (GtkWidget *widget)
{
    g_autoptr (PangoLayout) layout =
        fovea_label_layout (widget, 12, FOVEA_LABEL_NORMAL, "previous token");
    int width;
    pango_layout_get_pixel_size (layout, &width, NULL);
    return width;
}

START_TEST (text_grows_once_inside_a_frame_and_outside)
{
    GtkWidget *window = gtk_window_new (), *inside = new_child (), *outside = new_child ();
    GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    gtk_box_append (GTK_BOX (box), fovea_scaled_new (inside));
    gtk_box_append (GTK_BOX (box), outside);
    gtk_window_set_child (GTK_WINDOW (window), box);
    gtk_window_present (GTK_WINDOW (window));
    set_scale (1);
    int usual = text_width (outside);
    ck_assert_int_eq (text_width (inside), usual);
    set_scale (2);
    ck_assert_int_le (abs (text_width (inside) - usual), 1 + usual / 20); /* hinting */
    ck_assert_int_le (abs (text_width (outside) - 2 * usual), 2 + usual / 10);
    gtk_window_destroy (GTK_WINDOW (window));
    set_scale (1);
}
END_TEST

static int
natural_width (GtkWidget *window, const char *text)
{
    GtkWidget *label = gtk_label_new (text);
    int width;
    gtk_window_set_child (GTK_WINDOW (window), label);
    gtk_widget_measure (label, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
    return width;
}

/* In a font whose ones are narrow, as that of the figures is; one that is not installed has no say. */
START_TEST (digits_are_of_one_width_so_that_numbers_stand_in_columns)
{
    GtkWidget *window = gtk_window_new ();
    g_autofree char *before = NULL;
    g_object_get (gtk_settings_get_default (), "gtk-font-name", &before, NULL);
    g_object_set (gtk_settings_get_default (), "gtk-font-name", "Inter 11", NULL);
    int narrow = natural_width (window, "111,111"), wide = natural_width (window, "888,888");
    gtk_widget_add_css_class (window, "fovea");
    ck_assert_int_le (narrow, wide);
    ck_assert_int_eq (natural_width (window, "111,111"), natural_width (window, "888,888"));
    g_object_set (gtk_settings_get_default (), "gtk-font-name", before, NULL);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

/* The one in sight, once it has its size. */
static GtkWidget *
find_toolbar (GtkWidget *window)
{
    EACH_WIDGET (widget, window)
        if (gtk_widget_has_css_class (widget, "toolbar") && gtk_widget_get_mapped (widget) &&
            gtk_widget_get_width (widget) > 0)
            return widget;
    return NULL;
}

static void
check_toolbar (GtkWidget *bar, const char *view)
{
    guint n = 0;
    EACH_WIDGET (widget, bar) {
        graphene_rect_t box;
        if (gtk_widget_get_parent (widget) != bar || !gtk_widget_get_mapped (widget))
            continue;
        ck_assert (gtk_widget_compute_bounds (widget, bar, &box));
        ck_assert_msg (box.origin.x + box.size.width <= (float) gtk_widget_get_width (bar),
                       "%s: control %u of the toolbar ends at %.0f of %d", view, n,
                       box.origin.x + box.size.width, gtk_widget_get_width (bar));
        n++;
    }
    ck_assert_uint_gt (n, 2);
}

START_TEST (text_twice_as_large_fits_the_usual_window_and_the_least)
{
    static const char *const views[] = {"heads", "map", "sparsity", "features"};
    Bench *bench = bench_new ();
    GtkWidget *window = GTK_WIDGET (bench->window);
    open_scored (bench);
    set_scale (2);
    bench_resize (bench, rooms[_i].width, rooms[_i].height);
    for (guint i = 0; i < G_N_ELEMENTS (views); i++) {
        int width, height;
        activate (bench, "view", g_variant_new_string (views[i]));
        RUN_UNTIL (find_toolbar (window) != NULL);
        gtk_widget_measure (window, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
        gtk_widget_measure (window, GTK_ORIENTATION_VERTICAL, rooms[_i].width, &height, NULL, NULL,
                            NULL);
        ck_assert_msg (width <= rooms[_i].width && height <= rooms[_i].height, "%s wants %d x %d",
                       views[i], width, height);
        check_toolbar (find_toolbar (window), views[i]);
    }
    bench_free (bench);
    set_scale (1);
}
END_TEST

/* The caption of the mask, once there is one. */
static GtkWidget *
find_caption (GtkWidget *window)
{
    EACH_WIDGET (widget, window)
        if (GTK_IS_INSCRIPTION (widget) && gtk_widget_has_css_class (widget, "note") &&
            gtk_widget_get_mapped (widget) &&
            strstr (fovea_still_label_get (widget), "Kept mass") != NULL)
            return widget;
    return NULL;
}

static int
words_height (GtkWidget *label)
{
    g_autoptr (PangoLayout) layout =
        gtk_widget_create_pango_layout (label, fovea_still_label_get (label));
    int height;
    pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_width (layout, gtk_widget_get_width (label) * PANGO_SCALE);
    pango_layout_get_pixel_size (layout, NULL, &height);
    return height;
}

/* With curves: the face without them is measured no longer, and words are under the mask. */
START_TEST (curves_and_mask_in_large_text_fit_and_the_caption_is_whole)
{
    Bench *bench = bench_new ();
    GtkWidget *window = GTK_WIDGET (bench->window);
    int width;
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("sparsity"));
    activate (bench, "measure", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window) && find_caption (window) != NULL);
    set_scale (2);
    bench_resize (bench, rooms[_i].width, rooms[_i].height);
    gtk_widget_measure (window, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
    ck_assert_msg (width <= rooms[_i].width, "wants %d", width);
    GtkWidget *caption = find_caption (window);
    RUN_UNTIL (words_height (caption) == gtk_widget_get_height (caption));
    /* Other words get the room that they need; as many lines leave it as it is. */
    g_autofree char *words = g_strdup (fovea_still_label_get (caption));
    int height = gtk_widget_get_height (caption);
    fovea_still_label_set (caption, "Kept mass.");
    RUN_UNTIL (gtk_widget_get_height (caption) < height);
    fovea_still_label_set (caption, words);
    RUN_UNTIL (gtk_widget_get_height (caption) == height);
    bench_free (bench);
    set_scale (1);
}
END_TEST

static gboolean
is_whole_in_sight (FoveaLayerCurves *plots, guint layer, double from, double page)
{
    int x, width;
    fovea_layer_curves_locate (plots, layer, &x, &width);
    return x >= from && x + width <= from + page;
}

/* How many are, 0 where one is cut that begins in sight. */
static guint
count_whole (FoveaLayerCurves *plots, guint n_layers, double from, double page)
{
    guint n_whole = 0;
    for (guint l = 0; l < n_layers; l++) {
        int x, width;
        fovea_layer_curves_locate (plots, l, &x, &width);
        gboolean whole = is_whole_in_sight (plots, l, from, page);
        if (!whole && x >= from && x < from + page)
            return 0;
        n_whole += whole;
    }
    return n_whole;
}

/* Six layers stand side by side wherever they have room for their numbers. */
START_TEST (no_plot_of_a_layer_is_cut)
{
    static const struct {
        int width, height;
        double scale;
        guint n_whole;
    } sizes[] = {{960, 600, 1, 6},   {1200, 800, 1, 6}, {1224, 800, 1, 6}, {1300, 800, 1, 6},
                 {1600, 1000, 1, 6}, {960, 600, 2, 4},  {1300, 800, 2, 6}};
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "view", g_variant_new_string ("sparsity"));
    activate (bench, "measure", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    GtkWidget *plots = widget_tree_find (GTK_WIDGET (bench->window), FOVEA_TYPE_LAYER_CURVES);
    RUN_UNTIL (gtk_widget_get_mapped (plots));
    FoveaLayerCurves *curves = FOVEA_LAYER_CURVES (plots);
    GtkWidget *scrolled = gtk_widget_get_ancestor (plots, GTK_TYPE_SCROLLED_WINDOW);
    GtkAdjustment *across = gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (scrolled));
    guint n_layers = (guint) fovea_selection_get_info (bench->selection)->architecture->n_layers;
    set_scale (sizes[_i].scale);
    bench_resize (bench, sizes[_i].width, sizes[_i].height);
    fovea_selection_select_head (bench->selection, 0, 0);
#define FROM (gtk_adjustment_get_value (across) / sizes[_i].scale)
#define PAGE (gtk_adjustment_get_page_size (across) / sizes[_i].scale)
    RUN_UNTIL (FROM == 0 && count_whole (curves, n_layers, FROM, PAGE) == sizes[_i].n_whole);
    fovea_selection_select_head (bench->selection, n_layers - 1, 0);
    ck_assert (is_whole_in_sight (curves, n_layers - 1, FROM, PAGE));
    ck_assert_uint_eq (count_whole (curves, n_layers, FROM, PAGE), sizes[_i].n_whole);
#undef FROM
#undef PAGE
    bench_free (bench);
    set_scale (1);
}
END_TEST

/* Its button is in the header, at the right end. */
START_TEST (new_capture_fits_the_least_screen)
{
    Bench *bench = bench_new ();
    int width, height;
    set_scale (2);
    activate (bench, "new-capture", NULL);
    GtkWidget *dialog = wait_for_window ("New capture");
    gtk_widget_measure (dialog, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
    gtk_widget_measure (dialog, GTK_ORIENTATION_VERTICAL, -1, &height, NULL, NULL, NULL);
    ck_assert_msg (width <= 960 && height <= 600, "New capture wants %d x %d", width, height);
    /* On a screen with room it is as wide as its two columns. */
    RUN_UNTIL (gtk_widget_get_width (dialog) > 960);
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
    set_scale (1);
}
END_TEST

/* What has no room in height is scrolled to, in width nothing is. */
START_TEST (preferences_fit_the_least_screen)
{
    Bench *bench = bench_new ();
    int width, height;
    set_scale (2);
    activate (bench, "preferences", NULL);
    GtkWidget *dialog = wait_for_window ("Preferences");
    GtkWidget *scrolled = gtk_window_get_child (GTK_WINDOW (dialog));
    GtkAdjustment *across = gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (scrolled));
    RUN_UNTIL (gtk_adjustment_get_page_size (across) > 100);
    gtk_window_get_default_size (GTK_WINDOW (dialog), &width, &height);
    gtk_widget_measure (dialog, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);
    ck_assert_msg (width <= 960 && height <= 600, "Preferences want %d x %d", width, height);
    ck_assert_double_le (gtk_adjustment_get_upper (across), gtk_adjustment_get_page_size (across));
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
    set_scale (1);
}
END_TEST

/* On the least screen the prediction stands below the form, and nothing is to be found at the side. The screen
 * of the tests is wider, so that its columns are told of the other. */
START_TEST (new_capture_needs_no_scrolling_sideways)
{
    Bench *bench = bench_new ();
    set_scale (2);
    activate (bench, "new-capture", NULL);
    GtkWidget *dialog = wait_for_window ("New capture");
    GtkWidget *card = widget_tree_find (dialog, FOVEA_TYPE_PREDICTION_CARD);
    GtkWidget *columns = gtk_widget_get_parent (card);
    graphene_rect_t box;
    RUN_UNTIL (gtk_widget_get_width (columns) > rooms[1].width);
    ck_assert (gtk_widget_compute_bounds (card, dialog, &box));
    ck_assert_float_gt (box.origin.x, (float) rooms[1].width / 2);
    ck_assert_int_le (fovea_form_fit_columns (columns, rooms[1].width), rooms[1].width);
    RUN_UNTIL (gtk_widget_compute_bounds (card, dialog, &box) && box.origin.x < 100);
    /* The text that is typed has some whole lines in sight. */
    GtkWidget *view = widget_tree_find (dialog, GTK_TYPE_TEXT_VIEW);
    g_autoptr (PangoLayout) lines = gtk_widget_create_pango_layout (view, "a\nb\nc\nd\ne");
    int height;
    pango_layout_get_pixel_size (lines, NULL, &height);
    RUN_UNTIL (gtk_widget_get_height (view) >= height);
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
    set_scale (1);
}
END_TEST

/* The list of keys scrolls where it has no room, so that its closing button is in sight. */
START_TEST (the_keys_fit_the_least_screen)
{
    int width, height;
    set_scale (2);
    GtkWidget *window = fovea_commands_new_window ("map");
    gtk_widget_measure (window, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
    gtk_widget_measure (window, GTK_ORIENTATION_VERTICAL, -1, &height, NULL, NULL, NULL);
    ck_assert_msg (width <= 960 && height <= 600, "the keys want %d x %d", width, height);
    gtk_widget_measure (window, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
    ck_assert_int_gt (width, 960); /* all of it where there is room */
    gtk_window_destroy (GTK_WINDOW (window));
    g_object_unref (window);
    set_scale (1);
}
END_TEST

/* Measures are of one font, desktops have others. */
START_TEST (new_capture_is_as_wide_as_its_columns)
{
    Bench *bench = bench_new ();
    activate (bench, "new-capture", NULL);
    GtkWidget *dialog = wait_for_window ("New capture");
    GtkWidget *scrolled = gtk_window_get_child (GTK_WINDOW (dialog));
    GtkAdjustment *across = gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (scrolled));
    RUN_UNTIL (gtk_widget_get_mapped (dialog) && gtk_adjustment_get_page_size (across) > 100);
    ck_assert_double_le (gtk_adjustment_get_upper (across), gtk_adjustment_get_page_size (across));
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

START_TEST (a_caption_leaves_out_what_goes_without_saying)
{
    GtkWidget *window = gtk_window_new ();
    const char *whole = "Tokens, coloured by head 5.10 weight from query 293 “or”";
    const char *other = "Recall of each query as it is measured";
    ck_assert_ptr_eq (fovea_strip_caption_fit (window, whole, 2000), whole);
    ck_assert_str_eq (fovea_strip_caption_fit (window, whole, 100),
                      "head 5.10 weight from query 293 “or”");
    ck_assert_ptr_eq (fovea_strip_caption_fit (window, other, 100), other);
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

/* The first column of a key has the longest words, as roles have. */
START_TEST (columns_of_a_key_are_as_wide_as_their_words_where_room_is_short)
{
    double widths[3];
    fovea_plot_key_divide ((const double[]){90, 60}, 2, 300, widths);
    ck_assert (widths[0] == 150 && widths[1] == 150); /* alike */
    fovea_plot_key_divide ((const double[]){100, 60}, 2, 170, widths);
    ck_assert (widths[0] == 100 && widths[1] == 70); /* each whole; halves would cut the first */
    fovea_plot_key_divide ((const double[]){100, 60}, 2, 130, widths);
    ck_assert (widths[0] == 70 && widths[1] == 60); /* the last one whole */
    fovea_plot_key_divide ((const double[]){100, 60, 50}, 3, 220, widths);
    ck_assert (widths[0] == 100 && widths[1] == 70 && widths[2] == 50);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, running_a_text_makes_no_window_wider);
    tcase_add_loop_test (tcase, a_window_of_another_width_has_the_header_for_it, 0, 2);
    tcase_add_test (tcase, heads_in_large_text_have_room_for_their_badges);
    tcase_add_test (tcase, roles_are_marked_however_little_room_there_is);
    tcase_add_test (tcase, a_caption_leaves_out_what_goes_without_saying);
    tcase_add_test (tcase, columns_of_a_key_are_as_wide_as_their_words_where_room_is_short);
    tcase_add_loop_test (tcase, a_frame_grows_with_the_text_and_its_child_does_not_notice, 0,
                         G_N_ELEMENTS (scales));
    tcase_add_test (tcase, a_child_gets_what_it_asked_for_at_any_scale);
    tcase_add_test (tcase, the_token_strip_has_the_height_it_asks_for);
    tcase_add_test (tcase, text_grows_once_inside_a_frame_and_outside);
    tcase_add_test (tcase, digits_are_of_one_width_so_that_numbers_stand_in_columns);
    tcase_add_loop_test (tcase, text_twice_as_large_fits_the_usual_window_and_the_least, 0,
                         G_N_ELEMENTS (rooms));
    tcase_add_loop_test (tcase, no_plot_of_a_layer_is_cut, 0, 7);
    tcase_add_loop_test (tcase, curves_and_mask_in_large_text_fit_and_the_caption_is_whole, 0,
                         G_N_ELEMENTS (rooms));
    tcase_add_test (tcase, new_capture_fits_the_least_screen);
    tcase_add_test (tcase, preferences_fit_the_least_screen);
    tcase_add_test (tcase, the_keys_fit_the_least_screen);
    tcase_add_test (tcase, new_capture_needs_no_scrolling_sideways);
    tcase_add_test (tcase, new_capture_is_as_wide_as_its_columns);
}

int
main (void)
{
    return window_bench_main ("text scale", add_tests);
}
