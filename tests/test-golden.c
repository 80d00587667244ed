/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Every view against a picture of it that was looked at, in the theme that FOVEA_THEME names. Pictures
 * were made with GTK 4.8 and DejaVu Sans; with others the checks are skipped. They are made anew by
 * tests/make-golden.sh and must be looked at then. Exit status 77 without a display. */
#include "app/data-files.h"
#include "app/window/window-private.h"
#include "tests/forward-support.h"
#include "tests/golden-picture.h"
#include "tests/support.h"
#include "tests/window-bench.h"
#include "ui/picture-page.h"
#include "ui/trace-source.h"

#define FONT   "DejaVu Sans"
#define SHRINK 4
#define WIDTH  1040
#define HEIGHT 740

static const char *
get_theme (void)
{
    const char *theme = g_getenv ("FOVEA_THEME");
    return theme != NULL ? theme : "light";
}

/* Letters of a size that no desktop changes. FALSE = the font is not there. */
static gboolean
fix_letters (GtkWidget *widget)
{
    g_object_set (gtk_settings_get_default (), "gtk-font-name", FONT " 10", "gtk-xft-dpi",
                  96 * 1024, "gtk-xft-antialias", 1, "gtk-xft-hinting", 0, "gtk-xft-rgba", "none",
                  "gtk-enable-animations", FALSE, NULL);
    PangoContext *context = gtk_widget_get_pango_context (widget);
    g_autoptr (PangoFontDescription) wanted = pango_font_description_from_string (FONT " 10");
    g_autoptr (PangoFont) font = pango_context_load_font (context, wanted);
    g_autoptr (PangoFontDescription) found = pango_font_describe (font);
    return g_strcmp0 (pango_font_description_get_family (found), FONT) == 0;
}

/* What the window's own renderer draws. A widget alone has no ground, which the window gives it. */
static guint32 *
render (GtkWidget *widget, int width, int height)
{
    g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
    GtkWidget *window = GTK_WIDGET (gtk_widget_get_root (widget));
    GskRenderer *renderer = gtk_native_get_renderer (GTK_NATIVE (window));
    const graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);
    GdkRGBA ground = {1, 1, 1, 1};
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    gtk_style_context_lookup_color (gtk_widget_get_style_context (window), "fovea_window", &ground);
    gtk_snapshot_append_color (snapshot, &ground, &bounds);
    gdk_paintable_snapshot (paintable, snapshot, width, height);
    GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);
    g_autoptr (GdkTexture) texture = gsk_renderer_render_texture (renderer, node, &bounds);
    guint32 *pixels = g_new (guint32, (gsize) width * (gsize) height);
    gdk_texture_download (texture, (guchar *) pixels, (gsize) width * sizeof *pixels);
    gsk_render_node_unref (node);
    return pixels;
}

static GoldenPicture *
take (GtkWidget *widget)
{
    int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
    g_autofree guint32 *pixels = render (widget, width, height);
    return golden_picture_new (pixels, width, height, SHRINK);
}

static gboolean
count_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer n)
{
    return ++*(guint *) n < 6;
}

/* The picture of a widget at rest: ten in a row are alike, six frames apart, which is a second. What
 * workers bring may be late on a machine that is busy. */
static GoldenPicture *
settle (GtkWidget *widget)
{
    RUN_UNTIL (gtk_widget_get_width (widget) >= WIDTH / 2);
    GoldenPicture *last = take (widget);
    gint64 end = g_get_monotonic_time () + WINDOW_BENCH_DEADLINE_S * G_USEC_PER_SEC;
    for (guint still = 0; still < 10 && g_get_monotonic_time () < end;) {
        guint frames = 0;
        gtk_widget_queue_draw (widget);
        gtk_widget_add_tick_callback (widget, count_frame, &frames, NULL);
        RUN_UNTIL (frames >= 6);
        GoldenPicture *next = take (widget);
        still = golden_picture_compare (last, next).most > 0 ? 0 : still + 1;
        golden_picture_free (last);
        last = next;
    }
    return last;
}

static void
check (GtkWidget *widget, const char *view)
{
    g_autoptr (GoldenPicture) picture = settle (widget);
    g_autofree char *name = g_strdup_printf ("%s-%s", view, get_theme ());
    golden_picture_check (picture, "window", name);
}

/* NULL = skipped, loudly. */
static Bench *
open_bench (void)
{
    Bench *bench = bench_new ();
    if (gtk_get_minor_version () != 8 || !fix_letters (GTK_WIDGET (bench->window))) {
        support_skip ("pictures are of GTK 4.8 with %s, here is GTK 4.%u", FONT,
                      gtk_get_minor_version ());
        bench_free (bench);
        return NULL;
    }
    gtk_window_set_default_size (GTK_WINDOW (bench->window), WIDTH, HEIGHT);
    g_object_set (bench->window->shell, "show-sidebar", FALSE, NULL); /* it has sizes of files */
    open_scored (bench);
    return bench;
}

/* Nothing that can be asked for is still on its way. */
static gboolean
is_quiet (Bench *bench)
{
    FoveaWindow *window = bench->window;
    const FoveaPlace *place = fovea_selection_get_place (bench->selection);
    const FoveaCellData *cell = fovea_cell_model_get_data (window->cells);
    return !fovea_window_is_busy (window) && cell != NULL && cell->place.query == place->query &&
           cell->place.head == place->head &&
           fovea_tile_cache_get_pending (fovea_heads_page_get_thumbnails (window->heads)) == 0 &&
           fovea_tile_cache_get_pending (
               fovea_map_canvas_get_tiles (fovea_map_page_get_canvas (window->map))) == 0;
}

static void
show (Bench *bench, const char *view)
{
    activate (bench, "view", g_variant_new_string (view));
    RUN_UNTIL (is_quiet (bench));
}

START_TEST (heads_map_and_arcs_look_as_they_did)
{
    Bench *bench = open_bench ();
    if (bench == NULL)
        return;
    show (bench, "heads");
    check (bench->window->shell, "heads");
    show (bench, "map");
    fovea_selection_select (bench->selection, &(FoveaPlace){3, 11, 20, 4});
    RUN_UNTIL (is_quiet (bench));
    check (bench->window->shell, "map");
    GtkWidget *arcs =
        find_labelled (GTK_WIDGET (bench->window->map), GTK_TYPE_TOGGLE_BUTTON, "Arcs");
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (arcs), TRUE);
    check (bench->window->shell, "arcs");
    bench_free (bench);
}
END_TEST

START_TEST (sparsity_and_features_look_as_they_did)
{
    Bench *bench = open_bench ();
    if (bench == NULL)
        return;
    g_autofree char *folder = fovea_data_find ("sae/abstopk", NULL);
    show (bench, "sparsity");
    activate (bench, "measure", NULL);
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    fovea_selection_select (bench->selection, &(FoveaPlace){3, 11, 20, 4});
    RUN_UNTIL (is_quiet (bench) && fovea_sparse_model_get_numbers (bench->window->sparse) != NULL);
    check (bench->window->shell, "sparsity");
    activate (bench, "encode", g_variant_new_string (folder));
    RUN_UNTIL (!fovea_window_is_busy (bench->window));
    RUN_UNTIL (find_text (GTK_WIDGET (bench->window), "abstopk, 1,536 latents") != NULL);
    RUN_UNTIL (is_quiet (bench) && fovea_feature_model_get_shown (bench->window->features) != NULL);
    check (bench->window->shell, "features");
    bench_free (bench);
}
END_TEST

/* Of the small image model, in a window of its own. */
START_TEST (a_picture_under_weights_looks_as_it_did)
{
    Bench *bench = open_bench ();
    if (bench == NULL)
        return;
    g_autoptr (FoveaTrace) trace = runner_capture_corner ("attention");
    FoveaTraceSource *source = fovea_trace_source_new (trace);
    g_autoptr (FoveaSelection) selection = fovea_selection_new ();
    GtkWidget *window = gtk_window_new (), *page = fovea_picture_page_new (selection);
    gtk_widget_add_css_class (window, "fovea");
    gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
    gtk_window_set_child (GTK_WINDOW (window), page);
    gtk_window_present (GTK_WINDOW (window));
    fovea_selection_set_trace (selection, source, NULL, &(FoveaPlace){1, 0, 5, 9});
    RUN_UNTIL (gtk_widget_get_mapped (page));
    check (page, "picture");
    gtk_window_destroy (GTK_WINDOW (window));
    fovea_trace_source_unref (source);
    bench_free (bench);
}
END_TEST

/* Two breakages that a review missed would be: a view moved by six pixels, a legend not drawn. */
START_TEST (a_view_that_is_broken_is_told)
{
    Bench *bench = open_bench ();
    if (bench == NULL)
        return;
    GtkWidget *views = GTK_WIDGET (bench->window->views), *shell = bench->window->shell;
    show (bench, "map");
    g_autoptr (GoldenPicture) whole = settle (shell);
    gtk_widget_set_margin_start (views, 6);
    g_autoptr (GoldenPicture) moved = settle (shell);
    GoldenDifference difference = golden_picture_compare (whole, moved);
    ck_assert_double_gt (difference.most, GOLDEN_MOST_LEVELS);
    gtk_widget_set_margin_start (views, 0);
    g_autoptr (GoldenPicture) back = settle (shell);
    ck_assert_double_le (golden_picture_compare (whole, back).most, GOLDEN_MOST_LEVELS);
    /* The strip's caption and legend stand in its first 16 rows. */
    for (int y = 0; y < 16 / SHRINK; y++)
        for (int x = 0; x < 3 * back->width; x++)
            back->levels[y * 3 * back->width + x] = back->levels[x % 3];
    difference = golden_picture_compare (whole, back);
    ck_assert_double_gt (difference.most, GOLDEN_MOST_LEVELS);
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_set_timeout (tcase, 280);
    tcase_add_test (tcase, heads_map_and_arcs_look_as_they_did);
    tcase_add_test (tcase, sparsity_and_features_look_as_they_did);
    tcase_add_test (tcase, a_picture_under_weights_looks_as_it_did);
    tcase_add_test (tcase, a_view_that_is_broken_is_told);
}

int
main (void)
{
    return window_bench_main ("golden", add_tests);
}
