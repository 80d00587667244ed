/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A map of 32,768 tokens under a hand that pans and zooms: how long the main loop is away in each
 * turn, printed, and held to two frames where FOVEA_QUIET says that nothing else runs; and that
 * nothing is left waiting that the view has moved on from. Real queries and keys of that length; tiles
 * come from worker threads as in the window. Exit status 77 without a display. */
#include <gtk/gtk.h>

#include "tests/on-display.h"
#include "tests/trace-support.h"
#include "tests/turn-meter.h"
#include "tests/ui-support.h"
#include "ui/map-page.h"

#define TOKENS     32768
#define WIDTH      32
#define DEADLINE_S 120

typedef struct {
    FoveaSelection *selection;
    FoveaCellModel *cells;
    GtkWidget *window, *page;
    FoveaViewport *viewport;
    FoveaTileCache *tiles;
    TurnMeter *meter;
} Bench;

#define TURN_UNTIL(bench, condition)                                                               \
    G_STMT_START                                                                                   \
    {                                                                                              \
        gint64 deadline = g_get_monotonic_time () + DEADLINE_S * G_USEC_PER_SEC;                   \
        while (!(condition) && g_get_monotonic_time () < deadline)                                 \
            turn_meter_turn ((bench)->meter);                                                      \
        ck_assert_msg ((condition), "not reached in %d s: " #condition, DEADLINE_S);               \
    }                                                                                              \
    G_STMT_END

static FoveaTraceSource *
new_long_source (void)
{
    const FoveaArchitecture a = {.n_layers = 1,
                                 .n_heads = 1,
                                 .n_kv_heads = 1,
                                 .head_width = WIDTH,
                                 .width = WIDTH,
                                 .attention_scale = 0.18f,
                                 .context = TOKENS,
                                 .vocabulary = 100};
    g_autoptr (FoveaTraceInfo) info = trace_info (&a, TOKENS);
    g_autofree float *q = trace_random_values ((gsize) TOKENS * WIDTH, 1);
    g_autofree float *k = trace_random_values ((gsize) TOKENS * WIDTH, 2);
    g_autoptr (FoveaTrace) trace = trace_of_products (info, q, k);
    return fovea_trace_source_new (trace);
}

static Bench *
bench_new (FoveaTraceSource *source)
{
    Bench *bench = g_new0 (Bench, 1);
    bench->meter = turn_meter_new ("opening");
    bench->selection = fovea_selection_new ();
    bench->cells = fovea_cell_model_new (bench->selection);
    bench->page = fovea_map_page_new (bench->selection, bench->cells);
    bench->viewport = fovea_map_page_get_viewport (FOVEA_MAP_PAGE (bench->page));
    bench->tiles =
        fovea_map_canvas_get_tiles (fovea_map_page_get_canvas (FOVEA_MAP_PAGE (bench->page)));
    bench->window = gtk_window_new ();
    gtk_window_set_default_size (GTK_WINDOW (bench->window), 1000, 800);
    gtk_window_set_child (GTK_WINDOW (bench->window), bench->page);
    gtk_window_present (GTK_WINDOW (bench->window));
    fovea_selection_set_trace (bench->selection, source, NULL, &(FoveaPlace){0, 0, 30000, 20000});
    TURN_UNTIL (bench, gtk_widget_get_mapped (bench->page));
    TURN_UNTIL (bench, fovea_cell_model_get_data (bench->cells) != NULL &&
                           fovea_tile_cache_get_pending (bench->tiles) == 0);
    return bench;
}

static void
bench_free (Bench *bench)
{
    close_window (bench->window);
    g_object_unref (bench->cells);
    g_object_unref (bench->selection);
    turn_meter_free (bench->meter);
    g_free (bench);
}

/* One step of the hand a frame; never waits for tiles. */
static void
pan (Bench *bench, int steps, double dx, double dy)
{
    GdkFrameClock *clock = gtk_widget_get_frame_clock (bench->page);
    for (int i = 0; i < steps; i++) {
        gint64 before = gdk_frame_clock_get_frame_counter (clock);
        fovea_viewport_pan (bench->viewport, dx, dy);
        gtk_widget_queue_draw (bench->page);
        TURN_UNTIL (bench, gdk_frame_clock_get_frame_counter (clock) > before);
    }
}

START_TEST (a_long_map_waits_for_no_tile_that_scrolled_out_of_sight)
{
    g_autoptr (FoveaTraceSource) source = new_long_source ();
    Bench *bench = bench_new (source);
    int width, height;
    static const double scales[] = {1.0 / 32, 1.0 / 8, 1, 15};
    for (guint s = 0; s < G_N_ELEMENTS (scales); s++) {
        g_autofree char *what = g_strdup_printf ("panning at %g px a token", scales[s]);
        turn_meter_free (bench->meter);
        bench->meter = turn_meter_new (what);
        fovea_viewport_zoom_to (bench->viewport, scales[s], 30000, 20000);
        pan (bench, 40, -37, 0);
        pan (bench, 40, 11, -23);
        fovea_viewport_get_size (bench->viewport, &width, &height);
        guint most = (guint) ((width / 256 + 2) * (height / 256 + 2));
        /* What scrolled out of sight is not waited for, but for the two under way. */
        ck_assert_uint_le (fovea_tile_cache_get_pending (bench->tiles), most + 2);
        turn_meter_report (g_steal_pointer (&bench->meter), TURN_WORST_MS);
        bench->meter = turn_meter_new ("the rest");
    }
    TURN_UNTIL (bench, fovea_tile_cache_get_pending (bench->tiles) == 0);
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, a_long_map_waits_for_no_tile_that_scrolled_out_of_sight);
}

int
main (void)
{
    return run_on_display ("smooth", add_tests, 170);
}
