/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A mask of the first tokens of a longer text: what lies behind them is hatched, at every zoom and from tile to
 * tile, and the map says in words that nothing was measured there. Nothing sleeps. Exit status 77 without a
 * display. */
#include <gtk/gtk.h>
#include <string.h>

#include "tests/on-display.h"
#include "tests/sparse-bench.h"
#include "tests/trace-support.h"
#include "ui/figures/mask-dots.h"
#include "ui/map-canvas-private.h"
#include "ui/mask-overlay.h"
#include "ui/sentences.h"
#include "ui/trace-source.h"

enum {
    N_TOKENS = 100,
    MEASURED = 37,
    WIDTH = 8, /* of a head */
};

static FoveaTraceSource *
make_source (gint64 window)
{
    FoveaArchitecture architecture = {.n_layers = 1,
                                      .n_heads = 1,
                                      .n_kv_heads = 1,
                                      .head_width = WIDTH,
                                      .width = WIDTH,
                                      .attention_scale = 0.35f};
    if (window > 0)
        fovea_architecture_set_windows (&architecture, window);
    g_autoptr (FoveaTraceInfo) info = trace_info (&architecture, N_TOKENS);
    g_free (architecture.windows);
    g_autofree float *q = trace_random_values (N_TOKENS * WIDTH, 1);
    g_autofree float *k = trace_random_values (N_TOKENS * WIDTH, 2);
    g_autoptr (FoveaTrace) trace = trace_of_products (info, q, k);
    return fovea_trace_source_new (trace);
}

static FoveaMaskOverlay *
make_mask (FoveaTraceSource *source, gint64 first_tokens)
{
    FoveaMaskQuestion question = {.method = fovea_sparse_method_find ("oracle-token", NULL),
                                  .share = 0.95,
                                  .first_tokens = first_tokens};
    fovea_sparse_method_get_defaults (question.method, MEASURED, question.knobs);
    g_autoptr (GError) error = NULL;
    FoveaMaskOverlay *mask = fovea_mask_overlay_new (source, &question, NULL, &error);
    ck_assert_msg (mask != NULL, "%s", error != NULL ? error->message : "");
    return mask;
}

/* Owner: caller. */
static guint32 *
read_pixels (FoveaMaskOverlay *mask, FoveaTileSpec spec)
{
    g_autoptr (GError) error = NULL;
    guint32 *pixels = g_new (guint32, (gsize) spec.width * spec.height);
    memset (pixels, 0x77, (gsize) spec.width * spec.height * sizeof *pixels);
    ck_assert (fovea_mask_overlay_read (mask, &spec, pixels, NULL, &error));
    return pixels;
}

/* The tokens of a pixel within the text; FALSE = behind its end. */
static gboolean
get_tokens (double scale, gint64 pixel, gint64 *first, gint64 *end)
{
    fovea_tile_get_tokens (scale, pixel, first, end);
    *end = MIN (*end, N_TOKENS);
    return *first < N_TOKENS;
}

/* Any pair of a pixel. */
static gboolean
is_allowed (gint64 window, gint64 q0, gint64 q1, gint64 k0, gint64 k1)
{
    for (gint64 q = q0; q < q1; q++)
        for (gint64 k = k0; k < k1; k++)
            if (k <= q && q - k < window)
                return TRUE;
    return FALSE;
}

/* Every pixel by the definition: what the mask is over, what is not measured, what nobody may see, and what is
 * no text at all. */
START_TEST (what_was_not_measured_is_hatched_and_nothing_else_is)
{
    gint64 window = _i % 2 != 0 ? 20 : N_TOKENS;
    const double scale = (const double[]){1, 3, 0.25}[_i / 2];
    const guint side = (guint) (N_TOKENS * scale) + 20;
    const FoveaTileSpec spec = {.scale = scale, .width = side, .height = side};
    const guint32 line = fovea_mask_hatch_get_color (spec.theme);
    const guint32 ground = fovea_color_map_zero (spec.theme);
    const guint32 future = fovea_color_map_future (spec.theme);
    FoveaTraceSource *source = make_source (_i % 2 != 0 ? window : 0);
    g_autoptr (FoveaMaskOverlay) mask = make_mask (source, MEASURED);
    g_autofree guint32 *pixels = read_pixels (mask, spec);
    guint n_lines = 0, n_hatched = 0;
    ck_assert (fovea_mask_overlay_is_cut (mask));
    for (guint y = 0; y < side; y++) {
        for (guint x = 0; x < side; x++) {
            gint64 q0, q1, k0, k1;
            guint32 pixel = pixels[y * side + x];
            gboolean text = get_tokens (scale, y, &q0, &q1);
            if (!get_tokens (scale, x, &k0, &k1) || !text)
                ck_assert_uint_eq (pixel, 0);
            else if (!is_allowed (window, q0, q1, k0, k1))
                ck_assert_uint_eq (pixel, future);
            else if (q0 < MEASURED && k0 < MEASURED)
                ck_assert (pixel != line && pixel != 0);
            else {
                ck_assert (pixel == line || pixel == ground);
                n_lines += pixel == line;
                n_hatched++;
            }
        }
    }
    ck_assert_uint_gt (n_lines, n_hatched / 10);
    ck_assert_uint_lt (n_lines, n_hatched / 6);
    fovea_trace_source_unref (source);
}
END_TEST

/* Lines go on over the edges of tiles. */
START_TEST (a_tile_is_hatched_as_the_whole_is)
{
    FoveaTraceSource *source = make_source (0);
    g_autoptr (FoveaMaskOverlay) mask = make_mask (source, MEASURED);
    const FoveaTileSpec whole = {.scale = 2, .width = 200, .height = 200};
    const FoveaTileSpec part = {.scale = 2, .x = 33, .y = 61, .width = 70, .height = 90};
    g_autofree guint32 *all = read_pixels (mask, whole), *some = read_pixels (mask, part);
    for (guint y = 0; y < part.height; y++)
        ck_assert_mem_eq (some + y * part.width, all + (y + 61) * 200 + 33,
                          part.width * sizeof *some);
    fovea_trace_source_unref (source);
}
END_TEST

/* A mask of all tokens, or of more than there are, has none of it. */
START_TEST (a_mask_of_the_whole_text_is_not_hatched)
{
    FoveaTraceSource *source = make_source (0);
    g_autoptr (FoveaMaskOverlay) mask = make_mask (source, _i == 0 ? 0 : N_TOKENS + _i - 1);
    const FoveaTileSpec spec = {.scale = 1, .width = N_TOKENS, .height = N_TOKENS};
    g_autofree guint32 *pixels = read_pixels (mask, spec);
    ck_assert (!fovea_mask_overlay_is_cut (mask));
    for (guint i = 0; i < N_TOKENS * N_TOKENS; i++)
        ck_assert_uint_ne (pixels[i], fovea_mask_hatch_get_color (spec.theme));
    fovea_trace_source_unref (source);
}
END_TEST

/* Pixels of a colour in a part of a widget, as drawn. */
static guint
count_color (GtkWidget *widget, const graphene_rect_t *part, guint32 color)
{
    int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
    gdk_paintable_snapshot (paintable, snapshot, width, height);
    g_autoptr (GskRenderNode) node = gtk_snapshot_free_to_node (snapshot);
    if (node == NULL)
        return 0;
    cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
    cairo_t *cr = cairo_create (surface);
    guint n = 0;
    gsk_render_node_draw (node, cr);
    cairo_destroy (cr);
    cairo_surface_flush (surface);
    const guint8 *data = cairo_image_surface_get_data (surface);
    int stride = cairo_image_surface_get_stride (surface);
    for (int y = (int) part->origin.y; y < (int) (part->origin.y + part->size.height); y++)
        for (int x = (int) part->origin.x; x < (int) (part->origin.x + part->size.width); x++)
            n += ((const guint32 *) (gconstpointer) (data + y * stride))[x] == color;
    cairo_surface_destroy (surface);
    return n;
}

/* Where the words stand; FALSE = they do not. */
static gboolean
find_words (FoveaMapCanvas *canvas, graphene_rect_t *place)
{
    FoveaPalette palette;
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    fovea_palette_load (GTK_WIDGET (canvas), &palette);
    fovea_map_canvas_draw_beyond (canvas, snapshot, &palette);
    g_autoptr (GskRenderNode) node = gtk_snapshot_free_to_node (snapshot);
    if (node != NULL)
        gsk_render_node_get_bounds (node, place);
    return node != NULL;
}

/* Also while one looks at what was measured alone, or at what was not. */
static void
assert_words (FoveaMapCanvas *canvas, FoveaViewport *viewport)
{
    GtkWidget *widget = GTK_WIDGET (canvas);
    graphene_rect_t place, all = GRAPHENE_RECT_INIT (0, 0, 900, 700);
    double first, length;
    FoveaPalette palette;
    fovea_palette_load (widget, &palette);
    guint32 hatch = fovea_mask_hatch_get_color (palette.theme);
    RUN_UNTIL (count_color (widget, &all, hatch) > 1000);
    RUN_UNTIL (find_words (canvas, &place)); /* when no tile is waited for */
    fovea_map_canvas_locate (canvas, 64, TRUE, &first, &length);
    ck_assert_double_ge (place.origin.y, first); /* they cover nothing of the mask */
    ck_assert_uint_lt (count_color (widget, &place, hatch), 20); /* behind the corners */
    fovea_viewport_zoom_to (viewport, 40, 10, 5);
    ck_assert (!find_words (canvas, &place));
    fovea_viewport_zoom_to (viewport, 40, 150, 145);
    RUN_UNTIL (find_words (canvas, &place));
    fovea_viewport_fit (viewport);
}

static gboolean
says (FoveaSelection *selection, FoveaCellModel *cells, const char *words)
{
    g_autofree char *sentence =
        fovea_sentence_for_cell (selection, fovea_cell_model_get_data (cells));
    return strstr (sentence, words) != NULL;
}

START_TEST (the_map_says_in_place_what_was_not_measured)
{
    SparseBench *bench = sparse_bench_new ();
    g_autoptr (FoveaCellModel) cells = fovea_cell_model_new (bench->selection);
    g_autoptr (FoveaViewport) viewport = fovea_viewport_new ();
    GtkWidget *widget = fovea_map_canvas_new (bench->selection, cells, viewport);
    FoveaMapCanvas *canvas = FOVEA_MAP_CANVAS (widget);
    fovea_map_canvas_set_sparse (canvas, bench->model);
    GtkWidget *window = show_in_window (widget, 900, 700);
    graphene_rect_t place;
    fovea_table_set_note (bench->table, "first_tokens", G_STRINGIFY (64));
    fovea_selection_set_trace (bench->selection, NULL, NULL, &(FoveaPlace){0});
    fovea_selection_set_trace (bench->selection, bench->source, NULL,
                               &(FoveaPlace){1, 0, T - 1, 0});
    fovea_sparse_model_set_table (bench->model, bench->table);
    fovea_sparse_model_select (bench->model, sparse_bench_find_method ("streaming"), 3);
    fovea_sparse_model_use (bench->model, TRUE);
    RUN_UNTIL (fovea_sparse_model_get_overlay (bench->model) != NULL);
    ck_assert_ptr_null (fovea_map_canvas_describe_beyond (canvas)); /* the weights are shown */
    ck_assert (!find_words (canvas, &place));
    g_object_set (canvas, "overlay", TRUE, NULL);
    g_autofree char *said = fovea_map_canvas_describe_beyond (canvas);
    ck_assert_str_eq (said, "Hatched: not measured, beyond the first 64 tokens.");
    assert_words (canvas, viewport);
    RUN_UNTIL (says (bench->selection, cells, ", beyond the mask: not measured."));
    fovea_selection_select_cell (bench->selection, 60, 60);
    RUN_UNTIL (says (bench->selection, cells, " by the mask."));
    g_object_set (canvas, "overlay", FALSE, NULL);
    ck_assert (!find_words (canvas, &place));
    fovea_sparse_model_use (bench->model, FALSE);
    gtk_window_destroy (GTK_WINDOW (window));
    sparse_bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_loop_test (tcase, what_was_not_measured_is_hatched_and_nothing_else_is, 0, 6);
    tcase_add_test (tcase, a_tile_is_hatched_as_the_whole_is);
    tcase_add_loop_test (tcase, a_mask_of_the_whole_text_is_not_hatched, 0, 3);
    tcase_add_test (tcase, the_map_says_in_place_what_was_not_measured);
}

int
main (void)
{
    return run_on_display ("mask cut", add_tests, 60);
}
