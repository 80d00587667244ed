/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Where the keys go is always to be seen: every stop of Tab, and every place that arrows lead to from there,
 * looks other than without the focus. Exit status 77 without a display. */
#include "tests/shown-color.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"

#define MOST_STOPS 120 /* more than any window has: a circle that never closes */
#define LEAST_SEEN 20  /* pixels: the caret of an entry has more */
#define ROUND      10  /* pixels round a widget in which its ring may lie */

/* Until what was changed is drawn. */
static void
run_frames (GtkWidget *window)
{
    GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
    gint64 before = gdk_frame_clock_get_frame_counter (clock);
    gtk_widget_queue_draw (window);
    RUN_UNTIL (gdk_frame_clock_get_frame_counter (clock) > before + 1 ||
               (gtk_widget_queue_draw (window), FALSE));
}

/* Pixels in which two drawings of a window differ, within and close round a widget. */
static guint
count_changes (cairo_surface_t *a, cairo_surface_t *b, GtkWidget *window, GtkWidget *widget)
{
    graphene_rect_t bounds;
    int width = cairo_image_surface_get_width (a), height = cairo_image_surface_get_height (a);
    const guint32 *of_a = (const guint32 *) (gconstpointer) cairo_image_surface_get_data (a);
    const guint32 *of_b = (const guint32 *) (gconstpointer) cairo_image_surface_get_data (b);
    guint n = 0;
    ck_assert (width == cairo_image_surface_get_width (b));
    ck_assert (height == cairo_image_surface_get_height (b));
    ck_assert (gtk_widget_compute_bounds (widget, window, &bounds));
    graphene_rect_inset (&bounds, -ROUND, -ROUND);
    int left = MAX ((int) bounds.origin.x, 0), top = MAX ((int) bounds.origin.y, 0);
    int right = MIN ((int) (bounds.origin.x + bounds.size.width), width);
    int bottom = MIN ((int) (bounds.origin.y + bounds.size.height), height);
    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++)
            n += of_a[y * width + x] != of_b[y * width + x];
    return n;
}

static cairo_surface_t *
paint (GtkWidget *window)
{
    cairo_surface_t *surface = NULL;
    RUN_UNTIL ((run_frames (window), (surface = shown_color_paint (window)) != NULL));
    return surface;
}

/* Once it stays as it is: some of a window is drawn a frame or two later than the rest. */
static cairo_surface_t *
paint_settled (GtkWidget *window)
{
    cairo_surface_t *last = paint (window);
    for (gboolean same = FALSE; !same;) {
        cairo_surface_t *next = paint (window);
        same = count_changes (last, next, window, window) == 0;
        cairo_surface_destroy (last);
        last = next;
    }
    return last;
}

/* "window > box > button", for who has to find it. */
static char *
describe_path (GtkWidget *widget)
{
    g_autoptr (GString) path = g_string_new (NULL);
    for (; widget != NULL; widget = gtk_widget_get_parent (widget)) {
        g_string_prepend (path, path->len > 0 ? " > " : "");
        g_string_prepend (path, gtk_widget_get_css_name (widget));
    }
    return g_string_free (g_steal_pointer (&path), FALSE);
}

/* What the focus changes in a drawing; the focus stays where it is. */
static guint
measure_ring (GtkWidget *window, GtkWidget *focus, cairo_surface_t *(*draw) (GtkWidget *window))
{
    cairo_surface_t *with = draw (window);
    gtk_window_set_focus (GTK_WINDOW (window), NULL);
    cairo_surface_t *without = draw (window);
    guint n = count_changes (with, without, window, focus);
    cairo_surface_destroy (with);
    cairo_surface_destroy (without);
    gtk_window_set_focus (GTK_WINDOW (window), focus);
    run_frames (window);
    return n;
}

static void
check_seen (GtkWidget *window, GtkWidget *focus, const char *where)
{
    guint n = measure_ring (window, focus, paint);
    if (n < LEAST_SEEN) /* it may come later than the rest */
        n = measure_ring (window, focus, paint_settled);
    g_autofree char *path = describe_path (focus);
    ck_assert_msg (n >= LEAST_SEEN, "%s: the focus changes %u pixels at %s%s", where, n, path,
                   gtk_widget_get_mapped (focus) ? "" : ", which is not in sight");
}

/* From a stop by arrows as well, which lead to places that Tab leaves out. */
static void
check_arrows (GtkWidget *window, GtkWidget *from, GHashTable *seen, const char *where)
{
    static const GtkDirectionType arrows[] = {GTK_DIR_RIGHT, GTK_DIR_DOWN, GTK_DIR_LEFT,
                                              GTK_DIR_UP};
    for (guint i = 0; i < G_N_ELEMENTS (arrows); i++) {
        gtk_widget_child_focus (window, arrows[i]);
        GtkWidget *at = gtk_window_get_focus (GTK_WINDOW (window));
        if (at != NULL && g_hash_table_add (seen, at)) {
            run_frames (window);
            check_seen (window, at, where);
        }
        gtk_window_set_focus (GTK_WINDOW (window), from);
    }
}

/* All round, from where the focus is to where it was before; gives how many stops there are. */
static guint
check_stops (GtkWidget *window, const char *where)
{
    g_autoptr (GHashTable) stops = g_hash_table_new (NULL, NULL);
    g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
    guint n_stops = 0;
    gtk_widget_add_css_class (window, "keys"); /* as after any key */
    gtk_window_set_focus_visible (GTK_WINDOW (window), TRUE);
    cairo_surface_destroy (paint_settled (window));
    for (; n_stops < MOST_STOPS; n_stops++) {
        gtk_widget_child_focus (window, GTK_DIR_TAB_FORWARD);
        GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));
        if (focus == NULL) /* the end of a round */
            continue;
        if (!g_hash_table_add (stops, focus))
            break;
        run_frames (window);
        if (g_hash_table_add (seen, focus))
            check_seen (window, focus, where);
        check_arrows (window, focus, seen, where);
    }
    ck_assert_msg (n_stops < MOST_STOPS, "%s: no round of Tab in %u stops", where, n_stops);
    return n_stops;
}

START_TEST (every_stop_of_the_start_page_is_seen)
{
    Bench *bench = bench_new ();
    ck_assert_uint_ge (check_stops (GTK_WIDGET (bench->window), "start page"), 5);
    bench_free (bench);
}
END_TEST

static const char *const views[] = {"heads", "map", "sparsity", "features"};

START_TEST (every_stop_of_every_view_is_seen)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    GtkWidget *open_map = find_labelled (GTK_WIDGET (bench->window), GTK_TYPE_BUTTON, "Open map");
    activate (bench, "view", g_variant_new_string (views[_i]));
    RUN_UNTIL (gtk_widget_get_mapped (open_map) == (_i == 0)); /* the inspector has followed */
    if (g_str_equal (views[_i], "features")) /* what it was looked for with is away then */
        RUN_UNTIL (find_text (GTK_WIDGET (bench->window), "No dictionary in this store.") != NULL);
    ck_assert_uint_ge (check_stops (GTK_WIDGET (bench->window), views[_i]), 10);
    bench_free (bench);
}
END_TEST

static const struct {
    const char *action, *title;
} dialogs[] = {
    {"new-capture", "New capture"}, {"export", "Export"}, {"preferences", "Preferences"}};

START_TEST (every_stop_of_every_dialog_is_seen)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, dialogs[_i].action, NULL);
    GtkWidget *dialog = wait_for_window (dialogs[_i].title);
    RUN_UNTIL (gtk_window_get_focus (GTK_WINDOW (dialog)) != NULL);
    ck_assert_uint_ge (check_stops (dialog, dialogs[_i].title), 4);
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, every_stop_of_the_start_page_is_seen);
    tcase_add_loop_test (tcase, every_stop_of_every_view_is_seen, 0, G_N_ELEMENTS (views));
    tcase_add_loop_test (tcase, every_stop_of_every_dialog_is_seen, 0, G_N_ELEMENTS (dialogs));
}

int
main (void)
{
    return window_bench_main ("focus", add_tests);
}
