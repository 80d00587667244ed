/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Figures by structure: which colour a cell has, that sizes are exact and labels do not collide. Fonts differ between machines, so no picture is
 * compared with a stored one. */
#include "tests/figure-support.h"
#include "tests/support.h"
#include "ui/figures/color-map.h"

#include <gio/gio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static FoveaFigure *
heads_of (FoveaTrace *trace, FoveaTable *table, const char *score, double width_mm)
{
    g_autoptr (GError) error = NULL;
    FoveaFigureStyle style = {.width_mm = width_mm, .caption = TRUE, .letters = TRUE};
    FoveaHeadsOptions options = {score};
    FoveaFigure *figure = fovea_figure_heads_new (trace, table, &options, &style, NULL, &error);
    ck_assert_msg (figure != NULL, "%s", error != NULL ? error->message : "");
    return figure;
}

static FoveaFigure *
tokens_of (FoveaTrace *trace, const float *values, double low, double high)
{
    g_autoptr (GError) error = NULL;
    FoveaFigureStyle style = {.caption = TRUE};
    FoveaTokensOptions options = {"change", values, low, high, FOVEA_COLOR_LINEAR};
    FoveaFigure *figure =
        fovea_figure_tokens_new (fovea_trace_get_info (trace), &options, &style, &error);
    ck_assert_msg (figure != NULL, "%s", error != NULL ? error->message : "");
    return figure;
}

static void
assert_near (guint32 got, guint32 expected)
{
    for (int shift = 0; shift < 24; shift += 8)
        ck_assert_msg (ABS ((int) (got >> shift & 255) - (int) (expected >> shift & 255)) <= 4,
                       "colour %06X, expected %06X", got & 0xFFFFFF, expected & 0xFFFFFF);
}

/* --- maps --- */

START_TEST (every_cell_of_a_map_has_the_colour_of_its_weight)
{
    g_autoptr (FoveaTrace) trace = figure_trace (12);
    FoveaMapOptions options = figure_whole_map;
    options.layer = 1;
    options.head = 2;
    g_autoptr (FoveaFigure) figure = figure_map_of (trace, options, 0);
    const FoveaItem *map = figure_find_image (figure, 0);
    ck_assert_uint_eq (map->image->width, 12);
    ck_assert_uint_eq (map->image->height, 12);
    double cell = map->w / 12, floor = fovea_color_map_floor (12);
    for (gint64 q = 0; q < 12; q++) {
        for (gint64 k = 0; k <= q; k++) {
            /* Off the middle, where an axis' tick or a letter never comes. */
            guint32 got =
                figure_pixel (figure, map->x + (k + 0.4) * cell, map->y + (q + 0.6) * cell);
            double weight = figure_weight (1, 2, 12, q, k);
            assert_near (got, fovea_color_map_log (FOVEA_THEME_LIGHT, weight, floor));
        }
    }
}
END_TEST

START_TEST (future_of_a_map_is_paper_and_not_a_colour)
{
    g_autoptr (FoveaTrace) trace = figure_trace (12);
    g_autoptr (FoveaFigure) figure = figure_map_of (trace, figure_whole_map, 0);
    const FoveaItem *map = figure_find_image (figure, 0);
    for (guint q = 0; q < 12; q++)
        for (guint k = q + 1; k < 12; k++)
            ck_assert_uint_eq (map->image->palette[map->image->pixels[q * 12 + k]] >> 24, 0);
}
END_TEST

START_TEST (rectangle_without_future_has_its_key_below)
{
    g_autoptr (FoveaTrace) trace = figure_trace (40);
    FoveaMapOptions options = figure_whole_map;
    g_autoptr (FoveaFigure) full = figure_map_of (trace, options, 0);
    options.q0 = options.k1 = 20;
    g_autoptr (FoveaFigure) past = figure_map_of (trace, options, 0);
    const FoveaItem *map = figure_find_image (full, 0), *bar = figure_find_image (full, 1);
    ck_assert_double_lt (bar->y, map->y + map->h / 2);
    map = figure_find_image (past, 0);
    bar = figure_find_image (past, 1);
    ck_assert_double_gt (bar->y, map->y + map->h);
}
END_TEST

START_TEST (linear_scale_uses_shares_and_rectangle_only_its_cells)
{
    g_autoptr (FoveaTrace) trace = figure_trace (40);
    FoveaMapOptions options = figure_whole_map;
    options.scale = FOVEA_COLOR_LINEAR;
    options.q0 = 10;
    options.q1 = 20;
    options.k0 = 4;
    options.k1 = 16;
    g_autoptr (FoveaFigure) figure = figure_map_of (trace, options, 0);
    const FoveaItem *map = figure_find_image (figure, 0);
    ck_assert_uint_eq (map->image->width, 12);
    ck_assert_uint_eq (map->image->height, 10);
    ck_assert_double_eq_tol (map->w / 12, map->h / 10, 1e-9);
    double weight = figure_weight (0, 0, 40, 10, 9);
    assert_near (map->image->palette[map->image->pixels[5]],
                 fovea_color_map_linear (FOVEA_THEME_LIGHT, weight));
}
END_TEST

START_TEST (cells_finer_than_print_become_block_means_that_the_bar_states)
{
    g_autoptr (FoveaTrace) trace = figure_trace (900);
    FoveaMapOptions options = figure_whole_map;
    options.floor = 1e-3;
    g_autoptr (FoveaFigure) figure = figure_map_of (trace, options, 45);
    const FoveaItem *map = figure_find_image (figure, 0);
    guint n = (guint) ceil (900 * (72.0 / 600) / map->w);
    ck_assert_uint_gt (n, 1);
    ck_assert_uint_eq (map->image->width, (900 + n - 1) / n);
    double sum = 0;
    guint pairs = 0, row = 100;
    for (guint q = row * n; q < (row + 1) * n; q++)
        for (guint k = row * n; k <= q; k++, pairs++)
            sum += figure_weight (0, 0, 900, q, k);
    guint8 index = map->image->pixels[row * map->image->width + row];
    assert_near (map->image->palette[index],
                 fovea_color_map_log (FOVEA_THEME_LIGHT, sum / pairs, 1e-3));
    g_autofree char *words = g_strdup_printf ("mean of %u × %u", n, n);
    ck_assert (figure_has_text (figure, words));
}
END_TEST

START_TEST (chosen_cell_is_named_with_tokens_weight_and_rank)
{
    g_autoptr (FoveaTrace) trace = figure_trace (60);
    FoveaMapOptions options = figure_whole_map;
    options.query = 50;
    options.key = 0;
    g_autoptr (FoveaFigure) figure = figure_map_of (trace, options, 0);
    ck_assert (figure_has_text (figure, "50 “sky” to 0 “bos”"));
    ck_assert (figure_has_text (figure, "rank 1 of 51 keys"));
    ck_assert (figure_has_text (figure, "weight 0.5"));
}
END_TEST

static const struct {
    gint64 n_tokens;
    double width_mm;
    gboolean token_axes;
    gint64 query, key;
    gint64 q0, q1, k0, k1;
} layouts[] = {
    {1, 0, FALSE, -1, -1, 0, -1, 0, -1},       {5, 0, TRUE, 4, 1, 0, -1, 0, -1},
    {5, 183, TRUE, -1, -1, 0, -1, 0, -1},      {20, 0, TRUE, 15, 3, 0, -1, 0, -1},
    {160, 0, FALSE, 157, 26, 0, -1, 0, -1},    {160, 183, FALSE, 157, 26, 0, -1, 0, -1},
    {160, 0, TRUE, 80, 79, 0, -1, 0, -1},      {160, 60, FALSE, 159, 159, 0, -1, 0, -1},
    {160, 0, FALSE, 100, 0, 100, 101, 0, 160}, {160, 0, FALSE, -1, -1, 0, 160, 3, 4},
    {160, 0, FALSE, 120, 3, 100, 140, 0, 160}, {160, 0, FALSE, -1, -1, 100, 140, 0, 60},
};

START_TEST (labels_of_a_map_never_touch_and_size_is_exact)
{
    g_autoptr (FoveaTrace) trace = figure_trace (layouts[_i].n_tokens);
    FoveaMapOptions options = {.q0 = layouts[_i].q0,
                               .q1 = layouts[_i].q1,
                               .k0 = layouts[_i].k0,
                               .k1 = layouts[_i].k1,
                               .token_axes = layouts[_i].token_axes,
                               .query = layouts[_i].query,
                               .key = layouts[_i].key};
    g_autoptr (FoveaFigure) figure = figure_map_of (trace, options, layouts[_i].width_mm);
    figure_assert_tidy (figure);
    double width, height;
    fovea_figure_get_size (figure, &width, &height);
    ck_assert_double_eq_tol (width, layouts[_i].width_mm > 0 ? layouts[_i].width_mm : 89, 1e-9);
    ck_assert_double_le (height, 247);
    ck_assert_double_eq (fovea_figure_get_smallest_text (figure), 7);
}
END_TEST

/* On a page of the shape of a slide key and chosen cell stand in the triangle of the future where they
 * have room there, so that the map has the height but for axis and caption. */
static const struct {
    gint64 query, key;
    double least; /* of the page's height */
} slides[] = {{-1, -1, 0.65}, {80, 40, 0.5}};

START_TEST (a_map_on_a_slide_has_its_height)
{
    g_autoptr (FoveaTrace) trace = figure_trace (160);
    const FoveaMapOptions options = {
        .query = slides[_i].query, .key = slides[_i].key, .q1 = -1, .k1 = -1};
    const FoveaFigureStyle slide = {
        .width_mm = 254, .height_mm = 143, .text_pt = 12, .caption = TRUE};
    g_autoptr (FoveaFigure) figure = fovea_figure_map_new (trace, &options, &slide, NULL);
    ck_assert_ptr_nonnull (figure);
    figure_assert_tidy (figure);
    double width, height;
    fovea_figure_get_size (figure, &width, &height);
    ck_assert_double_eq_tol (height, 143, 1e-9);
    double mm = figure_find_image (figure, 0)->h / FOVEA_POINTS_PER_MM;
    ck_assert_msg (mm > slides[_i].least * height && mm < height, "%.1f of %.1f mm", mm, height);
}
END_TEST

/* --- heads and tokens --- */

START_TEST (heads_figure_has_a_map_a_head_and_tidy_labels)
{
    g_autoptr (FoveaTrace) trace = figure_trace (30);
    g_autoptr (FoveaTable) table = figure_heads (2, 3);
    g_autoptr (FoveaFigure) figure = heads_of (trace, table, NULL, _i == 0 ? 0 : 89);
    figure_assert_tidy (figure);
    ck_assert_ptr_nonnull (figure_find_image (figure, 6)); /* six maps and the key's ramp */
    ck_assert_ptr_null (figure_find_image (figure, 7));
    ck_assert (figure_has_text (figure, "8 random repeats of 100 tokens"));
    double width;
    fovea_figure_get_size (figure, &width, NULL);
    ck_assert_double_eq_tol (width, _i == 0 ? 183 : 89, 1e-9);
    const FoveaItem *last = figure_find_image (figure, 5);
    assert_near (last->image->palette[last->image->pixels[29 * 30]],
                 fovea_color_map_log (FOVEA_THEME_LIGHT, figure_weight (1, 2, 30, 29, 0),
                                      fovea_color_map_floor (30)));
}
END_TEST

/* Of an import, as of one layer alone. */
START_TEST (heads_figure_has_gaps_where_attention_was_not_kept)
{
    g_autoptr (FoveaTrace) trace = figure_trace (30);
    g_autoptr (FoveaTable) table = figure_heads (3, 3);
    ((FoveaTraceInfo *) fovea_trace_get_info (trace))->architecture->n_layers = 3;
    g_autoptr (FoveaFigure) figure = heads_of (trace, table, NULL, 0);
    figure_assert_tidy (figure);
    ck_assert_ptr_nonnull (figure_find_image (figure, 6)); /* of two layers, and the key's ramp */
    ck_assert_ptr_null (figure_find_image (figure, 7));
    ck_assert (figure_has_text (figure, "Of heads without a map attention was not kept."));
}
END_TEST

/* The first head's value is 1, a round number at which its bar was cut. */
START_TEST (error_bars_of_ranked_heads_are_whole_upwards)
{
    g_autoptr (FoveaTrace) trace = figure_trace (30);
    g_autoptr (FoveaTable) table = figure_heads (2, 3);
    g_autoptr (FoveaFigure) figure = heads_of (trace, table, "first", 0);
    guint n, n_bars = 0;
    const FoveaItem *items = fovea_scene_get_items (fovea_figure_get_scene (figure), &n);
    double longest = 0;
    for (guint i = 0; i + 1 < n; i++) {
        const double *p = items[i].points;
        if (items[i + 1].kind != FOVEA_ITEM_DISC || items[i].kind != FOVEA_ITEM_PATH ||
            items[i].n_points != 2 || p[0] != p[2] || p[0] != items[i + 1].x)
            continue;
        longest = MAX (longest, items[i + 1].y - p[1]);
        n_bars++;
    }
    ck_assert_uint_eq (n_bars, 5); /* the sixth is shorter than its mark */
    for (guint i = 0; i + 1 < n; i++)
        if (items[i + 1].kind == FOVEA_ITEM_DISC && items[i].kind == FOVEA_ITEM_PATH)
            ck_assert_double_eq_tol (items[i + 1].y - items[i].points[1], longest, 1e-9);
}
END_TEST

START_TEST (score_grid_colours_each_head_by_its_score)
{
    g_autoptr (FoveaTable) table = figure_heads (4, 8);
    g_autoptr (FoveaFigure) figure = heads_of (NULL, table, "induction", 0);
    figure_assert_tidy (figure);
    const FoveaItem *grid = figure_find_image (figure, 0);
    ck_assert_uint_eq (grid->image->width, 8);
    ck_assert_uint_eq (grid->image->height, 4);
    int column = fovea_table_find_column (table, "induction");
    for (guint i = 0; i < 32; i++)
        assert_near (grid->image->palette[grid->image->pixels[i]],
                     fovea_color_map_linear (FOVEA_THEME_LIGHT,
                                             fovea_table_get_number (table, i, (guint) column)));
}
END_TEST

START_TEST (many_heads_still_fit_a_page)
{
    g_autoptr (FoveaTable) table = figure_heads (48, 32);
    g_autoptr (FoveaFigure) figure = heads_of (NULL, table, "induction", 183);
    double height;
    fovea_figure_get_size (figure, NULL, &height);
    ck_assert_double_le (height, 247);
    figure_assert_tidy (figure);
}
END_TEST

START_TEST (tokens_stand_on_the_colour_of_their_value)
{
    g_autoptr (FoveaTrace) trace = figure_trace (8);
    const float values[] = {0, 0.1f, 0.9f, -1, 1, 0.5f, -0.2f, 0};
    g_autoptr (FoveaFigure) figure = tokens_of (trace, values, -1, 1);
    ck_assert (figure_has_text (figure, " & <blue>"));
    ck_assert (figure_has_text (figure, "⏎"));
    ck_assert (figure_has_text (figure, "\\xE2"));
    guint n, found = 0;
    const FoveaItem *items = fovea_scene_get_items (fovea_figure_get_scene (figure), &n);
    for (guint i = 1; i < n; i++) {
        if (items[i].kind != FOVEA_ITEM_TEXT || strcmp (items[i].text, " is") != 0)
            continue;
        assert_near (items[i - 1].fill, fovea_color_map_diverging (FOVEA_THEME_LIGHT)[0]);
        ck_assert_uint_eq (items[i].style.color, 0xFFFFFFFF); /* white on dark blue */
        found++;
    }
    ck_assert_uint_eq (found, 1);
}
END_TEST

START_TEST (text_longer_than_a_page_says_how_much_is_shown)
{
    g_autoptr (FoveaTrace) trace = figure_trace (4000);
    g_autofree float *values = g_new0 (float, 4000);
    values[7] = 1;
    g_autoptr (FoveaFigure) figure = tokens_of (trace, values, 0, 0);
    double height;
    fovea_figure_get_size (figure, NULL, &height);
    ck_assert_double_le (height, 247);
    ck_assert (figure_has_text (figure, "of 4,000 tokens have room"));
}
END_TEST

/* --- errors --- */

static const struct {
    FoveaMapOptions options;
    double width_mm;
    const char *message;
} wrong_maps[] = {
    {{.layer = 9, .q1 = -1, .k1 = -1, .query = -1}, 0, "9"},
    {{.head = 3, .q1 = -1, .k1 = -1, .query = -1}, 0, "heads 0 to 2"},
    {{.q0 = 5, .q1 = 5, .k1 = -1, .query = -1}, 0, "queries 5:5"},
    {{.q1 = -1, .k1 = 31, .query = -1}, 0, "0:30"},
    {{.q1 = 10, .k1 = -1, .query = 10}, 0, "outside queries 0:10"},
    {{.q1 = -1, .k1 = -1, .query = -1, .floor = 2}, 0, "floor"},
    {{.q1 = -1, .k1 = -1, .query = -1}, 5, "width in mm is 5"},
};

START_TEST (wrong_map_is_refused_with_the_numbers)
{
    g_autoptr (FoveaTrace) trace = figure_trace (30);
    g_autoptr (GError) error = NULL;
    FoveaFigureStyle style = {.width_mm = wrong_maps[_i].width_mm};
    ck_assert_ptr_null (fovea_figure_map_new (trace, &wrong_maps[_i].options, &style, &error));
    ck_assert_msg (strstr (error->message, wrong_maps[_i].message) != NULL, "%s", error->message);
}
END_TEST

START_TEST (wrong_heads_figures_are_refused_by_name)
{
    g_autoptr (FoveaTrace) trace = figure_trace (30);
    g_autoptr (FoveaTable) table = figure_heads (2, 4);
    g_autoptr (GError) shape = NULL, missing = NULL, empty = NULL;
    ck_assert_ptr_null (fovea_figure_heads_new (trace, table, NULL, NULL, NULL, &shape));
    ck_assert (g_error_matches (shape, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
    FoveaHeadsOptions options = {"wit"};
    ck_assert_ptr_null (fovea_figure_heads_new (NULL, table, &options, NULL, NULL, &missing));
    ck_assert_ptr_nonnull (strstr (missing->message, "\"wit\""));
    options.score = "empty";
    ck_assert_ptr_null (fovea_figure_heads_new (NULL, table, &options, NULL, NULL, &empty));
    ck_assert_ptr_nonnull (strstr (empty->message, "no values"));
}
END_TEST

START_TEST (cancelled_heads_figure_stops)
{
    g_autoptr (FoveaTrace) trace = figure_trace (30);
    g_autoptr (FoveaTable) table = figure_heads (2, 3);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GError) error = NULL;
    g_cancellable_cancel (cancellable);
    ck_assert_ptr_null (fovea_figure_heads_new (trace, table, NULL, NULL, cancellable, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}
END_TEST

START_TEST (nan_among_token_values_is_named)
{
    g_autoptr (FoveaTrace) trace = figure_trace (4);
    const float values[] = {0, 1, NAN, 0};
    FoveaTokensOptions options = {"x", values, 0, 1, FOVEA_COLOR_LINEAR};
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (
        fovea_figure_tokens_new (fovea_trace_get_info (trace), &options, NULL, &error));
    ck_assert_ptr_nonnull (strstr (error->message, "token 2"));
}
END_TEST

static void
add_picture_cases (Suite *suite)
{
    TCase *maps = tcase_create ("maps");
    tcase_add_test (maps, every_cell_of_a_map_has_the_colour_of_its_weight);
    tcase_add_test (maps, future_of_a_map_is_paper_and_not_a_colour);
    tcase_add_test (maps, rectangle_without_future_has_its_key_below);
    tcase_add_test (maps, linear_scale_uses_shares_and_rectangle_only_its_cells);
    tcase_add_test (maps, cells_finer_than_print_become_block_means_that_the_bar_states);
    tcase_add_test (maps, chosen_cell_is_named_with_tokens_weight_and_rank);
    tcase_add_loop_test (maps, a_map_on_a_slide_has_its_height, 0, G_N_ELEMENTS (slides));
    tcase_add_loop_test (maps, labels_of_a_map_never_touch_and_size_is_exact, 0,
                         G_N_ELEMENTS (layouts));
    tcase_set_timeout (maps, 60);
    suite_add_tcase (suite, maps);
    TCase *others = tcase_create ("heads and tokens");
    tcase_add_loop_test (others, heads_figure_has_a_map_a_head_and_tidy_labels, 0, 2);
    tcase_add_test (others, heads_figure_has_gaps_where_attention_was_not_kept);
    tcase_add_test (others, error_bars_of_ranked_heads_are_whole_upwards);
    tcase_add_test (others, score_grid_colours_each_head_by_its_score);
    tcase_add_test (others, many_heads_still_fit_a_page);
    tcase_add_test (others, tokens_stand_on_the_colour_of_their_value);
    tcase_add_test (others, text_longer_than_a_page_says_how_much_is_shown);
    tcase_set_timeout (others, 60);
    suite_add_tcase (suite, others);
}

static void
add_error_cases (Suite *suite)
{
    TCase *errors = tcase_create ("errors");
    tcase_add_loop_test (errors, wrong_map_is_refused_with_the_numbers, 0,
                         G_N_ELEMENTS (wrong_maps));
    tcase_add_test (errors, wrong_heads_figures_are_refused_by_name);
    tcase_add_test (errors, cancelled_heads_figure_stops);
    tcase_add_test (errors, nan_among_token_values_is_named);
    suite_add_tcase (suite, errors);
}

int
main (void)
{
    Suite *suite = suite_create ("figures");
    add_picture_cases (suite);
    add_error_cases (suite);
    return support_run (suite);
}
