/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What the pointer over the curves of the Sparsity view hovers elsewhere, and what is hovered elsewhere is
 * marked as there. Exit status 77 without a display or xdotool. */
#include <gtk/gtk.h>
#include <math.h>
#include <string.h>

#include "tests/on-display.h"
#include "tests/pointer-support.h"
#include "tests/shown-color.h"
#include "tests/sparse-bench.h"
#include "tests/sparse-support.h"
#include "tests/table-cells.h"
#include "tests/widget-tree.h"
#include "ui/curve-frame.h"
#include "ui/curve-view.h"
#include "ui/layer-curves.h"
#include "ui/palette.h"
#include "ui/point-table.h"
#include "ui/sparse-page.h"
#include "ui/trace-source.h"

#define STRONGER 60 /* of 255, a line of 1.4 pixels over one of 0.7 that is a third there */

/* The panels of layers in sight, thin lines of StreamingLLM. */
typedef struct {
    SparseBench *sparse;
    GtkWidget *window, *page, *layers;
    FoveaLayerCurves *curves;
} Bench;

/* Random heads are much alike: the second one of each layer gets less, so that the lines are apart. */
static void
part_heads (SparseBench *sparse)
{
    guint head = (guint) fovea_table_find_column (sparse->table, "head");
    guint recall = (guint) fovea_table_find_column (sparse->table, "recall");
    for (guint row = 0; row < fovea_table_get_n_rows (sparse->table); row++)
        if (fovea_table_get_integer (sparse->table, row, head) == 1)
            fovea_table_set_number (sparse->table, row, recall,
                                    0.5 * fovea_table_get_number (sparse->table, row, recall));
    fovea_sparse_model_set_table (sparse->model, sparse->table);
}

static Bench
bench_new (void)
{
    Bench bench = {.sparse = sparse_bench_new ()};
    part_heads (bench.sparse);
    bench.page = fovea_sparse_page_new (bench.sparse->model, bench.sparse->selection);
    bench.window = show_in_window (bench.page, 1100, 700);
    bench.layers = widget_tree_find (bench.page, FOVEA_TYPE_LAYER_CURVES);
    bench.curves = FOVEA_LAYER_CURVES (bench.layers);
    fovea_sparse_model_select (bench.sparse->model, sparse_bench_find_method ("streaming"), 3);
    RUN_UNTIL (gtk_widget_get_mapped (bench.layers) && gtk_widget_get_height (bench.layers) > 100);
    pointer_run_frame (bench.layers);
    return bench;
}

static void
bench_clear (Bench *bench)
{
    close_window (bench->window);
    sparse_bench_free (bench->sparse);
}

/* G_MAXUINT = no head is. */
static guint
get_hovered (const Bench *bench)
{
    const FoveaPlace *hover = fovea_selection_get_hovered_head (bench->sparse->selection);
    return hover != NULL ? hover->layer * HEADS + hover->head : G_MAXUINT;
}

/* A point of a head's line at which the other head's is further away than it. */
static void
find_apart (const Bench *bench, guint layer, guint head, double *x, double *y)
{
    double other_x, other_y, best = 0, px, py;
    for (guint i = 0; fovea_layer_curves_locate_point (bench->curves, layer, head, i, &px, &py);
         i++) {
        double nearest = INFINITY;
        for (guint k = 0; fovea_layer_curves_locate_point (bench->curves, layer, 1 - head, k,
                                                           &other_x, &other_y);
             k++)
            nearest = MIN (nearest, hypot (other_x - px, other_y - py));
        if (nearest <= best)
            continue;
        best = nearest;
        *x = px;
        *y = py;
    }
    ck_assert_double_gt (best, 20);
}

/* To the nearest place of a line, which need not be a point that was measured. */
START_TEST (a_line_is_as_near_as_its_nearest_place)
{
    const double bent[] = {0, 0, 40, 0, 40, 30}, same[] = {5, 5, 5, 5};
    static const struct {
        double x, y, distance;
    } places[] = {{20, 7, 7}, {-3, 4, 5}, {43, 34, 5}, {46, 15, 6}, {36, 8, 4}, {40, 12, 0}};
    for (guint i = 0; i < G_N_ELEMENTS (places); i++)
        ck_assert_double_eq_tol (fovea_curve_frame_measure (bent, 3, places[i].x, places[i].y),
                                 places[i].distance, 1e-12);
    ck_assert_double_eq_tol (fovea_curve_frame_measure (bent, 1, 3, 4), 5, 1e-12);
    ck_assert_double_eq_tol (fovea_curve_frame_measure (same, 2, 5, 8), 3, 1e-12);
    ck_assert (isinf (fovea_curve_frame_measure (bent, 0, 3, 4)));
}
END_TEST

START_TEST (a_thin_line_hovers_its_head)
{
    Bench bench = bench_new ();
    double x = 0, y = 0;
    for (guint layer = 0; layer < LAYERS; layer++)
        for (guint head = 0; head < HEADS; head++) {
            find_apart (&bench, layer, head, &x, &y);
            pointer_point (bench.layers, round (x), round (y));
            RUN_UNTIL (get_hovered (&bench) == layer * HEADS + head);
        }
    ck_assert_uint_eq (fovea_selection_get_place (bench.sparse->selection)->head, 0);
    pointer_point (bench.layers, 4, 4); /* beside all lines */
    RUN_UNTIL (get_hovered (&bench) == G_MAXUINT);
    pointer_point (bench.layers, round (x), round (y));
    RUN_UNTIL (get_hovered (&bench) != G_MAXUINT);
    pointer_point (bench.page, 500, 100); /* out of the panels */
    RUN_UNTIL (get_hovered (&bench) == G_MAXUINT);
    bench_clear (&bench);
}
END_TEST

/* 18 pixels: the densest point of a line lies at its panel's right end, and nothing right of it. */
START_TEST (a_line_is_hovered_within_reach_alone)
{
    Bench bench = bench_new ();
    double x, y, last_x = 0, last_y = 0;
    for (guint i = 0; fovea_layer_curves_locate_point (bench.curves, 1, 1, i, &x, &y); i++) {
        last_x = x;
        last_y = y;
    }
    static const int away[] = {17, 20, 16};
    for (guint i = 0; i < G_N_ELEMENTS (away); i++) {
        pointer_point (bench.layers, round (last_x) + 4, round (last_y) - away[i]);
        pointer_run_frame (bench.layers);
        RUN_UNTIL ((get_hovered (&bench) != G_MAXUINT) == (away[i] < 18));
    }
    bench_clear (&bench);
}
END_TEST

/* The darkest pixel beside a place, 0 .. 255: of lines there is none in an empty plot. */
static int
find_darkest (const Bench *bench, double x, double y)
{
    int most = 0;
    cairo_surface_t *surface = shown_color_paint (bench->layers);
    if (surface == NULL)
        return 0;
    const guchar *bytes = cairo_image_surface_get_data (surface);
    int stride = cairo_image_surface_get_stride (surface);
    for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++) {
            const guchar *pixel = bytes + ((int) y + dy) * stride + ((int) x + dx) * 4;
            most = MAX (most, pixel[3] - pixel[1]); /* premultiplied: what it takes of green */
        }
    cairo_surface_destroy (surface);
    return most;
}

/* Of a line far from the mean. */
START_TEST (the_line_of_a_head_hovered_elsewhere_is_drawn_strong)
{
    Bench bench = bench_new ();
    double x[LAYERS], y[LAYERS];
    int rest[LAYERS];
    for (guint layer = 0; layer < LAYERS; layer++) {
        find_apart (&bench, layer, 1, &x[layer], &y[layer]);
        RUN_UNTIL (find_darkest (&bench, x[layer], y[layer]) > 0);
        rest[layer] = find_darkest (&bench, x[layer], y[layer]);
    }
    for (guint layer = 0; layer < LAYERS; layer++) {
        fovea_selection_hover_head (bench.sparse->selection, layer, 1);
        RUN_UNTIL (find_darkest (&bench, x[layer], y[layer]) >= rest[layer] + STRONGER);
        ck_assert_int_eq (find_darkest (&bench, x[1 - layer], y[1 - layer]), rest[1 - layer]);
    }
    fovea_selection_hover_nothing (bench.sparse->selection);
    RUN_UNTIL (find_darkest (&bench, x[1], y[1]) == rest[1]);
    bench_clear (&bench);
}
END_TEST

/* Of the frame round a panel, its upper side. */
static gboolean
is_framed (const Bench *bench, guint layer)
{
    int left, width;
    FoveaPalette palette;
    guint32 pixel = 0;
    fovea_palette_load (bench->layers, &palette);
    fovea_layer_curves_locate (bench->curves, layer, &left, &width);
    cairo_surface_t *surface = shown_color_paint (bench->layers);
    if (surface == NULL)
        return FALSE;
    memcpy (&pixel,
            cairo_image_surface_get_data (surface) + cairo_image_surface_get_stride (surface) +
                (gsize) (left + width / 2) * sizeof pixel,
            sizeof pixel);
    cairo_surface_destroy (surface);
    return pixel == fovea_palette_argb (&palette.quiet);
}

/* Layer 1 is selected, and has a frame of its own. */
START_TEST (the_panel_under_the_pointer_is_marked)
{
    Bench bench = bench_new ();
    int left, width;
    RUN_UNTIL (!is_framed (&bench, 0));
    fovea_layer_curves_locate (bench.curves, 0, &left, &width);
    pointer_point (bench.layers, left + width / 2.0, 8);
    RUN_UNTIL (is_framed (&bench, 0));
    pointer_point (bench.page, 500, 100);
    RUN_UNTIL (!is_framed (&bench, 0));
    bench_clear (&bench);
}
END_TEST

static gboolean
hovers (const Bench *bench, guint method, guint index)
{
    guint at, i;
    return fovea_sparse_model_get_hovered (bench->sparse->model, &at, &i) != NULL
               ? at == method && i == index
               : method == G_MAXUINT;
}

START_TEST (a_mark_of_the_plot_hovers_its_point)
{
    Bench bench = bench_new ();
    GtkWidget *view = widget_tree_find (bench.page, FOVEA_TYPE_CURVE_VIEW);
    const guint method = sparse_bench_find_method ("vertical-slash");
    double x, y;
    ck_assert (fovea_curve_view_locate (FOVEA_CURVE_VIEW (view), method, 0, &x, &y));
    pointer_point (view, x, y);
    RUN_UNTIL (hovers (&bench, method, 0));
    pointer_point (view, 4, 4);
    RUN_UNTIL (hovers (&bench, G_MAXUINT, 0));
    pointer_point (view, x, y);
    RUN_UNTIL (hovers (&bench, method, 0));
    g_object_set (bench.sparse->model, "scope", FOVEA_SCOPE_CHOSEN, NULL); /* none has curves */
    ck_assert (hovers (&bench, G_MAXUINT, 0));
    bench_clear (&bench);
}
END_TEST

START_TEST (a_row_of_the_table_of_points_hovers_its_point)
{
    Bench bench = bench_new ();
    GtkWidget *cell;
    fovea_sparse_page_toggle_table (FOVEA_SPARSE_PAGE (bench.page));
    RUN_UNTIL ((cell = table_cells_find (bench.page, "StreamingLLM")) != NULL);
    pointer_run_frame (cell);
    pointer_point (cell, 20, gtk_widget_get_height (cell) / 2.0);
    RUN_UNTIL (hovers (&bench, sparse_bench_find_method ("streaming"), 0));
    pointer_point (bench.page, 300, 4);
    RUN_UNTIL (hovers (&bench, G_MAXUINT, 0));
    bench_clear (&bench);
}
END_TEST

/* How much is drawn round a place, all pixels together; the plot has no ground of its own. */
static guint
measure_drawn (GtkWidget *view, double x, double y)
{
    enum {
        REACH = 9
    };
    guint sum = 0;
    cairo_surface_t *surface = shown_color_paint (view);
    if (surface == NULL)
        return 0;
    const guchar *bytes = cairo_image_surface_get_data (surface);
    int stride = cairo_image_surface_get_stride (surface);
    for (int dy = -REACH; dy <= REACH; dy++)
        for (int dx = -REACH; dx <= REACH; dx++)
            sum += bytes[((int) y + dy) * stride + ((int) x + dx) * 4 + 3];
    cairo_surface_destroy (surface);
    return sum;
}

/* A ring of ink, 14 pixels wide and 1 thick: 40 pixels of nearly 255 each. */
START_TEST (a_point_hovered_elsewhere_has_a_ring)
{
    Bench bench = bench_new ();
    GtkWidget *view = widget_tree_find (bench.page, FOVEA_TYPE_CURVE_VIEW);
    const guint method = sparse_bench_find_method ("oracle-block");
    double x, y;
    FoveaPalette palette;
    fovea_palette_load (view, &palette);
    RUN_UNTIL (shown_color_count (view, fovea_palette_argb (&palette.text)) > 0); /* selected */
    ck_assert (fovea_curve_view_locate (FOVEA_CURVE_VIEW (view), method, 0, &x, &y));
    guint before = measure_drawn (view, x, y);
    fovea_sparse_model_hover (bench.sparse->model, method, 0);
    RUN_UNTIL (measure_drawn (view, x, y) > before + 20 * 200);
    fovea_sparse_model_hover (bench.sparse->model, G_MAXUINT, 0);
    RUN_UNTIL (measure_drawn (view, x, y) == before);
    bench_clear (&bench);
}
END_TEST

int
main (void)
{
    if (!pointer_prepare ())
        return 77;
    shown_color_load ();
    Suite *suite = suite_create ("sparse-pointer");
    TCase *tcase = tcase_create ("display");
    tcase_set_timeout (tcase, 60);
    tcase_add_test (tcase, a_line_is_as_near_as_its_nearest_place);
    tcase_add_test (tcase, a_thin_line_hovers_its_head);
    tcase_add_test (tcase, a_line_is_hovered_within_reach_alone);
    tcase_add_test (tcase, the_line_of_a_head_hovered_elsewhere_is_drawn_strong);
    tcase_add_test (tcase, the_panel_under_the_pointer_is_marked);
    tcase_add_test (tcase, a_mark_of_the_plot_hovers_its_point);
    tcase_add_test (tcase, a_row_of_the_table_of_points_hovers_its_point);
    tcase_add_test (tcase, a_point_hovered_elsewhere_has_a_ring);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
