/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Maps of scores before the softmax, against the plain formula in double: range, tiles exact and
 * sampled, colours, and the figure. */
#include <math.h>
#include <string.h>

#include "tests/figure-support.h"
#include "tests/support.h"
#include "tests/trace-support.h"
#include "ui/cell-model.h"
#include "ui/figures/map-image.h"
#include "ui/score-bars.h"
#include "ui/tile.h"
#include "ui/trace-source.h"

#define N_HEADS 2
#define D       4

typedef struct {
    FoveaTraceInfo *info;
    float *q, *k;
    FoveaTrace *trace;
    FoveaTraceSource *source;
    double *plain[N_HEADS]; /* (T, T) */
    gint64 n_tokens;
} Bench;

static Bench *
bench_new (gint64 n_tokens)
{
    Bench *bench = g_new0 (Bench, 1);
    FoveaArchitecture architecture = {.n_layers = 1,
                                      .n_heads = N_HEADS,
                                      .n_kv_heads = N_HEADS,
                                      .head_width = D,
                                      .width = N_HEADS * D,
                                      .attention_scale = 0.5f};
    gsize n = (gsize) n_tokens * N_HEADS * D;
    bench->n_tokens = n_tokens;
    bench->info = trace_info (&architecture, n_tokens);
    bench->q = trace_random_values (n, 1);
    bench->k = trace_random_values (n, 2);
    bench->trace = trace_of_products (bench->info, bench->q, bench->k);
    bench->source = fovea_trace_source_new (bench->trace);
    for (guint h = 0; h < N_HEADS; h++)
        bench->plain[h] = trace_plain_scores (bench->info, bench->q, bench->k, h);
    return bench;
}

static void
bench_free (Bench *bench)
{
    fovea_trace_source_unref (bench->source);
    fovea_trace_unref (bench->trace);
    for (guint h = 0; h < N_HEADS; h++)
        g_free (bench->plain[h]);
    fovea_trace_info_free (bench->info);
    g_free (bench->q);
    g_free (bench->k);
    g_free (bench);
}

static void
read_tile (Bench *bench, const FoveaTileSpec *spec, float *values)
{
    g_autoptr (GError) error = NULL;
    ck_assert_msg (fovea_tile_read (bench->source, spec, values, NULL, &error), "%s",
                   error != NULL ? error->message : "");
}

START_TEST (a_tile_of_cells_holds_the_scores_themselves)
{
    Bench *bench = bench_new (50);
    FoveaTileSpec spec = {
        .head = 1, .scale = 2, .width = 128, .height = 128, .color = FOVEA_COLOR_SCORE};
    float values[128 * 128];
    guint n_negative = 0;
    read_tile (bench, &spec, values);
    for (int y = 0; y < 100; y++) {
        for (int x = 0; x < 100; x++) {
            double expected = bench->plain[1][y / 2 * 50 + x / 2];
            if (x / 2 > y / 2)
                ck_assert (values[y * 128 + x] == FOVEA_TILE_FUTURE);
            else
                ck_assert_double_eq_tol (values[y * 128 + x], expected, 1e-5);
            n_negative += isfinite (expected) && expected < 0;
        }
    }
    ck_assert (values[110 * 128] == FOVEA_TILE_OUTSIDE);
    ck_assert_uint_gt (n_negative, 1000); /* marks and minus scores must not be confused */
    bench_free (bench);
}
END_TEST

START_TEST (products_of_a_cell_are_those_of_its_query_and_key_and_sum_to_its_score)
{
    Bench *bench = bench_new (50);
    g_autoptr (FoveaSelection) selection = fovea_selection_new ();
    g_autoptr (FoveaCellModel) cells = fovea_cell_model_new (selection);
    const FoveaCellData *data = NULL;
    fovea_selection_set_trace (selection, bench->source, NULL, &(FoveaPlace){0, 1, 40, 13});
    gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
    while ((data = fovea_cell_model_get_data (cells)) == NULL && g_get_monotonic_time () < deadline)
        g_main_context_iteration (NULL, FALSE);
    ck_assert_ptr_nonnull (data);
    ck_assert_ptr_nonnull (data->parts);
    ck_assert_int_eq (data->parts->width, D);
    double sum = 0;
    for (int d = 0; d < D; d++) {
        double expected =
            0.5 * bench->q[(40 * N_HEADS + 1) * D + d] * bench->k[(13 * N_HEADS + 1) * D + d];
        ck_assert_double_eq_tol (data->parts->products[d], expected, 1e-6);
        sum += data->parts->products[d];
    }
    ck_assert_double_eq_tol (sum, bench->plain[1][40 * 50 + 13], 1e-5);
    ck_assert_double_eq_tol (sum, data->score, 1e-5);
    bench_free (bench);
}
END_TEST

START_TEST (products_are_told_by_their_sum_and_the_largest)
{
    float products[] = {0.5f, -3.25f, 1};
    const FoveaScoreParts parts = {.width = 3, .products = products, .sum = -1.75};
    g_autofree char *text = fovea_score_bars_describe (&parts);
    ck_assert_str_eq (text, "Score by dimension: 3 products sum to −1.75 nats; dimension 1 adds "
                            "most, −3.25.");
}
END_TEST

/* Mean or largest over allowed pairs of every @step-th of the queries. */
static double
fold (const Bench *bench, FoveaBlockValue block, gint64 q0, gint64 q1, gint64 k0, gint64 step)
{
    double sum = 0, largest = -INFINITY;
    gint64 n = 0;
    for (gint64 q = q0; q < q1; q += step) {
        for (gint64 k = k0; k < MIN (k0 + q1 - q0, q + 1); k++) {
            sum += bench->plain[0][q * bench->n_tokens + k];
            largest = MAX (largest, bench->plain[0][q * bench->n_tokens + k]);
            n++;
        }
    }
    return block == FOVEA_BLOCK_MAX ? largest : sum / (double) n;
}

/* 16 tokens a pixel: every pair counts. 64: eight queries of each pixel do. */
static const struct {
    gint64 block, step;
} folds[] = {{16, 1}, {64, 8}};

START_TEST (a_pixel_of_many_scores_is_their_mean_or_largest)
{
    const gint64 n = 512, block = folds[_i].block;
    guint side = (guint) (n / block);
    Bench *bench = bench_new (n);
    g_autofree float *values = g_new (float, side *side);
    for (int kind = FOVEA_BLOCK_MEAN; kind <= FOVEA_BLOCK_MAX; kind++) {
        FoveaTileSpec spec = {.scale = 1.0 / (double) block,
                              .width = side,
                              .height = side,
                              .block = (FoveaBlockValue) kind,
                              .color = FOVEA_COLOR_SCORE};
        read_tile (bench, &spec, values);
        for (guint y = 0; y < side; y++)
            for (guint x = 0; x <= y; x++)
                ck_assert_double_eq_tol (
                    values[y * side + x],
                    fold (bench, spec.block, y * block, (y + 1) * block, x * block, folds[_i].step),
                    1e-4);
        ck_assert (values[1] == FOVEA_TILE_FUTURE);
    }
    bench_free (bench);
}
END_TEST

START_TEST (the_range_holds_nearly_all_scores_and_is_the_same_twice)
{
    Bench *bench = bench_new (300);
    g_autoptr (FoveaAttention) attention = fovea_attention_open (bench->trace, 0, NULL);
    for (guint h = 0; h < N_HEADS; h++) {
        double limit, again, largest = 0;
        guint n = 0, n_beyond = 0;
        ck_assert (fovea_score_limit_read (attention, h, 300, &limit, NULL, NULL));
        ck_assert (fovea_score_limit_read (attention, h, 300, &again, NULL, NULL));
        ck_assert_double_eq (limit, again);
        for (gsize i = 0; i < 300 * 300; i++) {
            double size = fabs (bench->plain[h][i]);
            if (!isfinite (size))
                continue;
            n++;
            n_beyond += size > limit;
            largest = MAX (largest, size);
        }
        ck_assert_uint_lt (n_beyond, n / 100);
        ck_assert_double_lt (limit, 2 * largest);
    }
    bench_free (bench);
}
END_TEST

START_TEST (reading_the_range_can_be_cancelled)
{
    Bench *bench = bench_new (30);
    g_autoptr (FoveaAttention) attention = fovea_attention_open (bench->trace, 0, NULL);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GError) error = NULL;
    double limit;
    g_cancellable_cancel (cancellable);
    ck_assert (!fovea_score_limit_read (attention, 0, 30, &limit, cancellable, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    bench_free (bench);
}
END_TEST

START_TEST (minus_is_blue_plus_is_brown_and_zero_between)
{
    for (int theme = FOVEA_THEME_LIGHT; theme <= FOVEA_THEME_DARK; theme++) {
        const guint32 *map = fovea_color_map_diverging (theme);
        FoveaTileSpec spec = {
            .width = 5, .height = 1, .floor = 4, .color = FOVEA_COLOR_SCORE, .theme = theme};
        float values[] = {-9, -4, 0, 4, 9};
        guint32 pixels[5];
        fovea_tile_color (&spec, values, pixels);
        ck_assert_uint_eq (pixels[0], map[0]);
        ck_assert_uint_eq (pixels[1], map[0]);
        ck_assert_uint_eq (pixels[2], map[128]);
        ck_assert_uint_eq (pixels[3], map[255]);
        ck_assert_uint_eq (pixels[4], map[255]);
        ck_assert_uint_gt (pixels[0] & 255, pixels[0] >> 16 & 255); /* more blue than red */
        ck_assert_uint_lt (pixels[4] & 255, pixels[4] >> 16 & 255);
    }
}
END_TEST

START_TEST (a_figure_of_scores_says_so_and_has_their_colours)
{
    Bench *bench = bench_new (20);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaAttention) attention = fovea_attention_open (bench->trace, 0, NULL);
    FoveaMapOptions options = {
        .q1 = -1, .k1 = -1, .query = -1, .key = -1, .scale = FOVEA_COLOR_SCORE};
    FoveaFigureStyle style = {.width_mm = 89, .caption = TRUE};
    double limit;
    g_autoptr (FoveaFigure) figure = fovea_figure_map_new (bench->trace, &options, &style, &error);
    ck_assert_msg (figure != NULL, "%s", error != NULL ? error->message : "");
    ck_assert (figure_has_text (figure, "score in nats"));
    ck_assert (figure_has_text (figure, "before the softmax"));
    figure_assert_tidy (figure);
    ck_assert (fovea_score_limit_read (attention, 0, 20, &limit, NULL, NULL));
    const FoveaItem *map = figure_find_image (figure, 0);
    FoveaRamp ramp = {FOVEA_RAMP_SIGNED, 0, limit};
    ck_assert_uint_eq (map->image->width, 20);
    for (guint q = 0; q < 20; q++)
        for (guint k = 0; k < 20; k++)
            ck_assert_int_le (
                abs (map->image->pixels[q * 20 + k] -
                     (k > q ? 0 : fovea_ramp_get_index (&ramp, bench->plain[0][q * 20 + k]))),
                k > q ? 0 : 1);
    bench_free (bench);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("scores");
    TCase *tcase = tcase_create ("scores");
    tcase_add_test (tcase, a_tile_of_cells_holds_the_scores_themselves);
    tcase_add_test (tcase, products_of_a_cell_are_those_of_its_query_and_key_and_sum_to_its_score);
    tcase_add_test (tcase, products_are_told_by_their_sum_and_the_largest);
    tcase_add_loop_test (tcase, a_pixel_of_many_scores_is_their_mean_or_largest, 0,
                         G_N_ELEMENTS (folds));
    tcase_add_test (tcase, the_range_holds_nearly_all_scores_and_is_the_same_twice);
    tcase_add_test (tcase, reading_the_range_can_be_cancelled);
    tcase_add_test (tcase, minus_is_blue_plus_is_brown_and_zero_between);
    tcase_add_test (tcase, a_figure_of_scores_says_so_and_has_their_colours);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
