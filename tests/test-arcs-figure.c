/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Lines between tokens: as many as there are weights to see, from where to where, and which lie on top. */
#include <math.h>
#include <string.h>

#include "tests/figure-support.h"
#include "tests/support.h"
#include "ui/figures/figure-arcs.h"

enum {
    T = 20,
    QUERY = 7
};

static FoveaFigure *
draw (gint64 n_tokens,
      const FoveaMapOptions *options,
      const FoveaFigureStyle *style,
      GError **error)
{
    g_autoptr (FoveaTrace) trace = figure_trace (n_tokens);
    return fovea_figure_arcs_new (trace, options, style, error);
}

/* Of a figure that must come about; the lines among its items, in a new array. */
static GArray *
find_lines (FoveaFigure *figure)
{
    guint n;
    const FoveaItem *items = fovea_scene_get_items (fovea_figure_get_scene (figure), &n);
    GArray *lines = g_array_new (FALSE, FALSE, sizeof (FoveaItem));
    for (guint i = 0; i < n; i++)
        if (fovea_scene_is_curve (&items[i]))
            g_array_append_val (lines, items[i]);
    return lines;
}

START_TEST (every_weight_that_can_be_seen_has_its_line)
{
    FoveaTheme theme = (FoveaTheme) _i;
    const FoveaFigureStyle style = {.caption = TRUE, .theme = theme};
    FoveaMapOptions options = figure_whole_map;
    options.head = 1;
    options.query = QUERY;
    g_autoptr (FoveaFigure) figure = draw (T, &options, &style, NULL);
    ck_assert_ptr_nonnull (figure);
    figure_assert_tidy (figure);
    g_autoptr (GArray) lines = find_lines (figure);
    guint expected = 0, n_chosen = 0;
    for (gint64 q = 0; q < T; q++)
        for (gint64 k = 0; k <= q; k++) {
            expected += (double) figure_weight (0, 1, T, q, k) >= FOVEA_ARCS_LEAST;
            n_chosen += q == QUERY && (double) figure_weight (0, 1, T, q, k) >= FOVEA_ARCS_LEAST;
        }
    ck_assert_uint_eq (lines->len, expected);
    ck_assert_uint_ge (n_chosen, 3);
    /* All begin at one side and end at the other; rows are alike on both. */
    for (guint i = 0; i < lines->len; i++)
        ck_assert (g_array_index (lines, FoveaItem, i).bent); /* smooth at any size */
    const FoveaItem *first = &g_array_index (lines, FoveaItem, 0);
    for (guint i = 1; i < lines->len; i++) {
        const FoveaItem *line = &g_array_index (lines, FoveaItem, i), *before = line - 1;
        ck_assert_double_eq_tol (line->points[0], first->points[0], 1e-9);
        ck_assert_double_eq_tol (line->points[2 * line->n_points - 2],
                                 first->points[2 * first->n_points - 2], 1e-9);
        /* The strong over the weak; the chosen query's after all others, beginning at its row. */
        if (i != lines->len - n_chosen)
            ck_assert_double_ge (line->line_width, before->line_width);
        gboolean chosen = i >= lines->len - n_chosen;
        ck_assert_int_eq (chosen,
                          fabs (line->points[1] -
                                g_array_index (lines, FoveaItem, lines->len - 1).points[1]) < 1e-9);
    }
    ck_assert (
        figure_has_text (figure, theme == FOVEA_THEME_DARK ? "the lighter and" : "the darker and"));
    ck_assert (figure_has_text (figure, "Attention weight, head 0.1"));
}
END_TEST

START_TEST (a_part_has_its_own_tokens_on_either_side)
{
    FoveaMapOptions options = figure_whole_map;
    options.q0 = 10;
    options.q1 = 14;
    options.k1 = 6;
    g_autoptr (FoveaFigure) figure = draw (T, &options, NULL, NULL);
    guint n, n_words = 0;
    const FoveaItem *items = fovea_scene_get_items (fovea_figure_get_scene (figure), &n);
    for (guint i = 0; i < n; i++)
        n_words += items[i].kind == FOVEA_ITEM_TEXT;
    ck_assert_uint_eq (n_words, 4 + 6 + 3); /* tokens, two headings, the title */
}
END_TEST

static const struct {
    FoveaMapOptions options;
    FoveaFigureStyle style;
    gint64 n_tokens;
    const char *part;
} wrong[] = {
    {{.q1 = -1, .k1 = -1, .query = -1}, {0}, 97, "97 queries, allowed are 96"},
    {{.q1 = 20, .k1 = -1, .query = -1}, {0}, 97, "97 keys, allowed are 96"},
    {{.q0 = 5, .q1 = 5, .k1 = -1, .query = -1}, {0}, T, "queries 5:5 are not a part of 0:20"},
    {{.q1 = -1, .k0 = 3, .k1 = 21, .query = -1}, {0}, T, "keys 3:21 are not a part of 0:20"},
    {{.head = 3, .q1 = -1, .k1 = -1, .query = -1}, {0}, T, "head 3, but layers have heads 0 to 2"},
    {{.q1 = -1, .k1 = -1, .query = -1}, {.height_mm = 40}, T, "20 rows of text of 7 points"},
};

START_TEST (what_cannot_be_drawn_is_named)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (draw (wrong[_i].n_tokens, &wrong[_i].options, &wrong[_i].style, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    ck_assert_msg (strstr (error->message, wrong[_i].part) != NULL, "%s", error->message);
}
END_TEST

START_TEST (most_tokens_fit_a_page)
{
    double height;
    g_autoptr (GError) error = NULL;
    const FoveaFigureStyle style = {.text_pt = 6, .caption = TRUE, .letters = TRUE};
    g_autoptr (FoveaFigure) figure = draw (FOVEA_ARCS_MOST, &figure_whole_map, &style, &error);
    ck_assert_msg (figure != NULL, "%s", error != NULL ? error->message : "");
    figure_assert_tidy (figure);
    fovea_figure_get_size (figure, NULL, &height);
    ck_assert_double_le (height, 247.5);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("arcs figure");
    TCase *tcase = tcase_create ("arcs");
    tcase_add_loop_test (tcase, every_weight_that_can_be_seen_has_its_line, 0, 2);
    tcase_add_test (tcase, a_part_has_its_own_tokens_on_either_side);
    tcase_add_loop_test (tcase, what_cannot_be_drawn_is_named, 0, G_N_ELEMENTS (wrong));
    tcase_add_test (tcase, most_tokens_fit_a_page);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
