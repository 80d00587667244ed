/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Where things stand in a figure of masks, and what its caption says: what pictures of it do not hold. */
#include <math.h>

#include "tests/figure-support.h"
#include "tests/support.h"
#include "ui/figures/figure-sparse.h"

enum {
    T = 96
};

#define NEAR 0.6 /* points that rounding to dots may take */

static FoveaTrace *trace;

static void
set_up (void)
{
    trace = figure_trace (T);
}

static void
tear_down (void)
{
    fovea_trace_unref (trace);
}

static FoveaFigure *
draw (FoveaTrace *of, const FoveaSparseOptions *options, double width_mm, double text_pt)
{
    const FoveaFigureStyle style = {
        .width_mm = width_mm, .text_pt = text_pt, .caption = TRUE, .letters = TRUE};
    g_autoptr (GError) error = NULL;
    FoveaFigure *figure = fovea_figure_mask_new (of, options, &style, NULL, &error);
    ck_assert_msg (figure != NULL, "%s", error != NULL ? error->message : "");
    return figure;
}

/* The line of text @words whose middle is right of @left and below @top, the first from there; it must be
 * there. */
static FoveaBox
find_text (FoveaFigure *figure, const char *words, double left, double top)
{
    guint n;
    const FoveaItem *items = fovea_scene_get_items (fovea_figure_get_scene (figure), &n);
    FoveaBox best = {HUGE_VAL, HUGE_VAL, HUGE_VAL, HUGE_VAL};
    for (guint i = 0; i < n; i++) {
        if (items[i].kind != FOVEA_ITEM_TEXT || !g_str_equal (items[i].text, words))
            continue;
        FoveaBox box = fovea_scene_get_box (&items[i]);
        if (box.x0 + box.x1 > 2 * left && box.y0 + box.y1 > 2 * top && box.x0 < best.x0)
            best = box;
    }
    ck_assert_msg (isfinite (best.x0), "no '%s'", words);
    return best;
}

static FoveaBox
find_map (FoveaFigure *figure, guint panel)
{
    const FoveaItem *image = figure_find_image (figure, panel);
    ck_assert_ptr_nonnull (image);
    return fovea_scene_get_box (image);
}

static double
middle_x (FoveaBox box)
{
    return (box.x0 + box.x1) / 2;
}

static double
middle_y (FoveaBox box)
{
    return (box.y0 + box.y1) / 2;
}

/* Of a part of 30 queries and 20 keys, in two panels: queries from 40 on, keys from 10 on. */
START_TEST (axes_stand_at_the_cells_that_they_name)
{
    const FoveaSparseOptions options = {
        .methods = "streaming,oracle-token", .q0 = 40, .q1 = 70, .k0 = 10, .k1 = 30};
    g_autoptr (FoveaFigure) figure = draw (trace, &options, 183, 7);
    for (guint panel = 0; panel < 2; panel++) {
        FoveaBox map = find_map (figure, panel),
                 name = find_text (figure, "key position", map.x0, 0);
        double cell = (map.x1 - map.x0) / 20;
        ck_assert_double_eq_tol (middle_x (name), middle_x (map), NEAR);
        ck_assert_double_gt (name.y0, map.y1);
        FoveaBox first = find_text (figure, "10", map.x0, map.y1);
        ck_assert_double_eq_tol (middle_x (first), map.x0 + 0.5 * cell, NEAR);
        ck_assert (first.y0 > map.y1 && first.y1 <= name.y0 + NEAR);
    }
    FoveaBox map = find_map (figure, 0), name = find_text (figure, "query position", 0, 0);
    FoveaBox first = find_text (figure, "40", 0, map.y0);
    double cell = (map.y1 - map.y0) / 30;
    ck_assert_double_eq_tol (middle_y (name), middle_y (map), NEAR);
    ck_assert_double_eq_tol (middle_y (first), map.y0 + 0.5 * cell, 2 * NEAR);
    ck_assert (name.x1 <= first.x0 && first.x1 < map.x0);
}
END_TEST

/* Large letters on a narrow page: what hangs over the end of one axis has its room before the next map. */
START_TEST (panels_are_apart_by_what_hangs_over_their_axes)
{
    const FoveaSparseOptions options = {
        .methods = "streaming,oracle-token", .q0 = 90, .q1 = 92, .k1 = 91};
    g_autoptr (FoveaFigure) figure = draw (trace, &options, 90, 16);
    FoveaBox a = find_map (figure, 0), b = find_map (figure, 1), last;
    last = find_text (figure, "90", middle_x (a), a.y1);
    double over = last.x1 - a.x1;
    ck_assert_double_gt (over, 3);
    ck_assert_double_ge (b.x0 - a.x1, 2 * over + 16 - NEAR);
}
END_TEST

/* Both ways there is no empty triangle: the words of the colours are in a row below the map, before the bars. */
START_TEST (words_of_the_colours_are_a_line_between_map_and_bars)
{
    g_autoptr (FoveaTrace) both = figure_trace (24);
    ((FoveaArchitecture *) fovea_trace_get_info (both)->architecture)->bidirectional = TRUE;
    const FoveaSparseOptions options = {.methods = "oracle-token"};
    g_autoptr (FoveaFigure) figure = draw (both, &options, 89, 7);
    FoveaBox map = find_map (figure, 0), bars = find_text (figure, "attention mass", 0, 0);
    static const char *const words[] = {"missed", "kept", "wasted"};
    for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
        FoveaBox word = find_text (figure, words[i], 0, 0);
        ck_assert_msg (word.y0 >= map.y1 && word.y0 <= map.y1 + 7, "%s at %g", words[i], word.y0);
        ck_assert_msg (bars.y0 >= word.y1 + 7 && bars.y0 <= word.y1 + 2 * 7, "%s %g, bars at %g",
                       words[i], word.y1, bars.y0);
        ck_assert (i == 0 || word.x0 > find_text (figure, words[i - 1], 0, 0).x1);
    }
}
END_TEST

/* All lines of the caption, in one. */
static char *
read_caption (FoveaFigure *figure)
{
    guint n;
    const FoveaItem *items = fovea_scene_get_items (fovea_figure_get_scene (figure), &n);
    g_autoptr (GString) text = g_string_new (NULL);
    for (guint i = 0; i < n; i++)
        if (items[i].kind == FOVEA_ITEM_TEXT)
            g_string_append_printf (text, "%s ", items[i].text);
    const char *from = strstr (text->str, "Head ");
    ck_assert_ptr_nonnull (from);
    return g_strchomp (g_strdup (from));
}

START_TEST (the_caption_is_whole_sentences)
{
    const FoveaSparseOptions whole = {.methods = "streaming", .layer = 1, .head = 2};
    const FoveaSparseOptions part = {
        .methods = "streaming", .q0 = 40, .q1 = 70, .k0 = 10, .k1 = 30, .goal = 0.9};
    g_autoptr (FoveaFigure) all = draw (trace, &whole, 89, 7), few = draw (trace, &part, 89, 7);
    g_autofree char *of_all = read_caption (all), *of_few = read_caption (few);
    ck_assert_str_eq (of_all, "Head 1.2. Coloured: kept pairs, and the fewest that hold 95 % of "
                              "their query’s mass. White: neither. Queries run down, keys right.");
    ck_assert_str_eq (of_few, "Head 0.0. Coloured: kept pairs, and the fewest that hold 90 % of "
                              "their query’s mass. White: neither. Queries 40 to 69 run down, keys "
                              "10 to 29 right; shares are of this part, masks of all 96 tokens.");
}
END_TEST

/* "StreamingLLM, window 16": the name, a comma, and the knob in one piece. */
START_TEST (a_panel_is_named_by_method_and_knob)
{
    const FoveaSparseOptions options = {.methods = "streaming:window=16"};
    g_autoptr (FoveaFigure) figure = draw (trace, &options, 89, 7);
    ck_assert (figure_has_text (figure, "StreamingLLM, window\u00a016"));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("mask figure");
    TCase *tcase = tcase_create ("layout");
    tcase_add_unchecked_fixture (tcase, set_up, tear_down);
    tcase_add_test (tcase, axes_stand_at_the_cells_that_they_name);
    tcase_add_test (tcase, panels_are_apart_by_what_hangs_over_their_axes);
    tcase_add_test (tcase, words_of_the_colours_are_a_line_between_map_and_bars);
    tcase_add_test (tcase, the_caption_is_whole_sentences);
    tcase_add_test (tcase, a_panel_is_named_by_method_and_knob);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
