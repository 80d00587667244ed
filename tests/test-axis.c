/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Axes and texts of figures: which values are marked, which labels survive, and how numbers and tokens
 * are written. */
#include <math.h>
#include <string.h>

#include "capture/random.h"
#include "tests/support.h"
#include "ui/figures/axis.h"
#include "ui/figures/text.h"

START_TEST (rounding_up_gives_the_next_of_1_2_5)
{
    static const double cases[][2] = {
        {1, 1},       {1.0001, 2},  {2, 2},       {2.1, 5},     {5, 5},       {5.5, 10},
        {10, 10},     {11, 20},     {0.1, 0.1},   {0.11, 0.2},  {0.3, 0.5},   {0.02, 0.02},
        {1e-7, 1e-7}, {3e-9, 5e-9}, {1e12, 1e12}, {999, 1000},  {1000, 1000}, {1e-3, 1e-3},
        {0, 1},       {-3, 1},      {NAN, 1},     {INFINITY, 1}};
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
        ck_assert_double_eq_tol (fovea_ticks_round_up (cases[i][0]) / cases[i][1], 1, 1e-12);
}
END_TEST

static gboolean
is_multiple (double value, double step)
{
    return fabs (value / step - round (value / step)) < 1e-6;
}

/* The step that all values between the ends are multiples of, as large as can be; 0 if there is none. */
static double
find_step (const double *values, guint n)
{
    double gap = n > 3 ? values[2] - values[1] : 0;
    for (guint i = 1; i + 1 < n; i++) {
        if (n > 3 && (!is_multiple (values[i], gap) ||
                      (i > 1 && fabs (values[i] - values[i - 1] - gap) > 1e-6 * gap)))
            return -1;
    }
    return gap;
}

START_TEST (steps_are_few_even_and_keep_off_the_ends)
{
    FoveaRandom random;
    fovea_random_init (&random, 5);
    for (int i = 0; i < 20000; i++) {
        gboolean whole = i % 3 == 0;
        guint most = 2 + (guint) fovea_random_below (&random, 8);
        double size = pow (10, 8 * fovea_random_uniform (&random) - 3);
        double low = (fovea_random_uniform (&random) - 0.5) * size;
        double high = low + fovea_random_uniform (&random) * size * 2 + 1e-4 * size;
        if (whole) {
            low = floor (low);
            high = ceil (high) + 1;
        }
        g_autoptr (GArray) list = fovea_ticks_steps (low, high, whole, most);
        const double *values = (const double *) (gpointer) list->data;
        g_autofree char *what =
            g_strdup_printf ("%.9g to %.9g, at most %u: %u values", low, high, most, list->len);
        ck_assert_msg (list->len >= 2 && list->len <= most, "%s", what);
        ck_assert_msg (values[0] == low && values[list->len - 1] == high, "%s", what);
        double step = find_step (values, list->len);
        ck_assert_msg (step >= 0, "%s", what);
        for (guint v = 1; v + 1 < list->len; v++) {
            ck_assert_msg (values[v] - low >= step * (0.5 - 1e-6) &&
                               high - values[v] >= step * (0.5 - 1e-6),
                           "%s, value %g", what, values[v]);
            ck_assert_msg (!whole || values[v] == round (values[v]), "%s, value %.9g", what,
                           values[v]);
        }
    }
}
END_TEST

START_TEST (steps_of_known_ranges)
{
    static const struct {
        double low, high;
        gboolean whole;
        guint most, n;
        double values[8];
    } cases[] = {
        {0, 1, FALSE, 6, 6, {0, 0.2, 0.4, 0.6, 0.8, 1}},
        {0, 1, FALSE, 3, 3, {0, 0.5, 1}},
        {1, 5, TRUE, 5, 5, {1, 2, 3, 4, 5}},
        {0, 4095, TRUE, 6, 5, {0, 1000, 2000, 3000, 4095}},
        {0.5, 4.5, FALSE, 5, 3, {0.5, 2, 4.5}}, /* and not six */
        {0, 1, TRUE, 7, 2, {0, 1}},
        {3, 3, TRUE, 5, 1, {3}},
        {3, 2, FALSE, 5, 1, {3}},
        {NAN, 2, FALSE, 5, 1, {NAN}},
    };
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GArray) list =
            fovea_ticks_steps (cases[i].low, cases[i].high, cases[i].whole, cases[i].most);
        ck_assert_uint_eq (list->len, cases[i].n);
        for (guint v = 0; v < list->len; v++)
            ck_assert_msg (fabs (g_array_index (list, double, v) - cases[i].values[v]) < 1e-9 ||
                               isnan (cases[i].values[v]),
                           "case %u, value %u: %g", i, v, g_array_index (list, double, v));
    }
}
END_TEST

static GArray *
make_ticks (FoveaRandom *random, guint n, double width)
{
    GArray *ticks = fovea_ticks_new ();
    for (guint i = 0; i < n; i++) {
        g_autofree char *label = g_strdup_printf ("%d", (int) fovea_random_below (random, 100000));
        fovea_ticks_add (ticks, i, width * i / n, label, fovea_random_uniform (random) < 0.1);
    }
    return ticks;
}

/* Room between two labels' middles, from the rule in axis.h's words. */
static double
room_of (const FoveaTick *a, const FoveaTick *b, double text, gboolean vertical)
{
    return vertical ? 1.15 * text
                    : 4 + (fovea_text_width (a->label, text, a->bold) +
                           fovea_text_width (b->label, text, b->bold)) /
                              2;
}

/* No two labels touch, and of those that went each would have touched one that stayed. */
START_TEST (thinning_drops_what_would_touch_and_nothing_else)
{
    FoveaRandom random;
    fovea_random_init (&random, 6 + (guint64) _i);
    for (int round = 0; round < 12; round++) {
        gboolean vertical = round % 2;
        double width = 20 + 300 * fovea_random_uniform (&random);
        g_autoptr (GArray) all = make_ticks (&random, 1 + (guint) round * 3, width);
        g_autoptr (GArray) kept = fovea_ticks_new ();
        for (guint i = 0; i < all->len; i++) {
            const FoveaTick *tick = &g_array_index (all, FoveaTick, i);
            fovea_ticks_add (kept, tick->value, tick->at, tick->label, tick->bold);
        }
        fovea_ticks_thin (kept, 7, vertical);
        ck_assert_uint_gt (kept->len, 0);
        for (guint i = 0, at = 0; i < all->len; i++) {
            const FoveaTick *tick = &g_array_index (all, FoveaTick, i);
            gboolean stays =
                at < kept->len && g_array_index (kept, FoveaTick, at).value == tick->value;
            gboolean touches = FALSE;
            for (guint k = 0; k < kept->len; k++) {
                const FoveaTick *other = &g_array_index (kept, FoveaTick, k);
                touches |= (!stays || k != at) &&
                           fabs (tick->at - other->at) < room_of (tick, other, 7, vertical);
            }
            ck_assert_msg (stays != touches, "tick %u of %u at %g", i, all->len, tick->at);
            at += stays;
        }
    }
}
END_TEST

START_TEST (chosen_ticks_win_then_the_ends)
{
    g_autoptr (GArray) ticks = fovea_ticks_new ();
    fovea_ticks_add (ticks, 0, 0, "0", FALSE);
    fovea_ticks_add (ticks, 1, 4, "1", FALSE);
    fovea_ticks_add (ticks, 2, 50, "2", FALSE);
    fovea_ticks_add (ticks, 3, 52, "3", TRUE);
    fovea_ticks_add (ticks, 4, 96, "4", FALSE);
    fovea_ticks_add (ticks, 5, 100, "5", FALSE);
    double width = fovea_ticks_width (ticks, 7);
    ck_assert_double_eq (width, fovea_text_width ("3", 7, TRUE));
    fovea_ticks_thin (ticks, 7, FALSE);
    ck_assert_uint_eq (ticks->len, 3);
    const char *const labels[] = {"0", "3", "5"};
    for (guint i = 0; i < 3; i++)
        ck_assert_str_eq (g_array_index (ticks, FoveaTick, i).label, labels[i]);
    g_autoptr (GArray) none = fovea_ticks_new ();
    fovea_ticks_thin (none, 7, TRUE);
    ck_assert_double_eq (fovea_ticks_width (none, 7), 0);
}
END_TEST

static const struct {
    double value;
    guint digits;
    const char *text;
} numbers[] = {
    {0, 3, "0"},
    {0.8612, 2, "0.86"},
    {-3, 3, "−3"},
    {0.001, 2, "10⁻³"},
    {1e-10, 2, "10⁻¹⁰"},
    {-0.0001, 2, "−10⁻⁴"},
    {0.00032, 2, "3.2 × 10⁻⁴"},
    {0.00002, 3, "2 × 10⁻⁵"},
    {0.01, 2, "0.01"},
    {0.0012, 2, "0.0012"},
    {999999, 6, "999999"},
    {1234567, 3, "1.23 × 10⁶"},
    {999999.7, 3, "10⁶"},
    {1e6, 1, "10⁶"},
    {100, 3, "100"},
    {100, 2, "100"},
    {139.4, 2, "139"},
    {99.7, 2, "100"},
    {-12345, 1, "−12345"},
    {0.5, 1, "0.5"},
};

START_TEST (numbers_are_written_for_people)
{
    g_autofree char *text = fovea_text_number (numbers[_i].value, numbers[_i].digits);
    ck_assert_str_eq (text, numbers[_i].text);
}
END_TEST

START_TEST (counts_have_commas)
{
    static const struct {
        gint64 value;
        const char *text;
    } cases[] = {{0, "0"},        {999, "999"},        {1000, "1,000"},
                 {4096, "4,096"}, {-65536, "−65,536"}, {1234567890, "1,234,567,890"}};
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *text = fovea_text_count (cases[i].value);
        ck_assert_str_eq (text, cases[i].text);
    }
}
END_TEST

static const struct {
    const char *bytes;
    gboolean special, running;
    const char *text;
} tokens[] = {
    {" the", FALSE, FALSE, "the"},
    {" the", FALSE, TRUE, " the"},
    {"  ", FALSE, FALSE, "··"},
    {"  ", FALSE, TRUE, "  "},
    {" a b", FALSE, FALSE, "a b"},
    {"\n\n", FALSE, FALSE, "⏎⏎"},
    {"\t", FALSE, TRUE, "⇥"},
    {"\xE2", FALSE, FALSE, "\\xE2"},
    {"\xE2\x80", FALSE, FALSE, "\\xE2\\x80"},
    {"a\xFF"
     "b",
     FALSE, FALSE, "a\\xFFb"},
    {"\x01", FALSE, FALSE, "\\x01"},
    {"\x7F", FALSE, FALSE, "\\x7F"},
    {"é", FALSE, FALSE, "é"},
    {"", FALSE, FALSE, ""},
    {"<|bos|>", TRUE, FALSE, "bos"},
    {"<s>", TRUE, FALSE, "s"},
    {"[CLS]", TRUE, FALSE, "CLS"},
    {"<|>", TRUE, FALSE, "|"},
    {"<>", TRUE, FALSE, "<>"},
    {"<s>", FALSE, FALSE, "<s>"},
    {"pad", TRUE, FALSE, "pad"},
    {"<|\xE2|>", TRUE, FALSE, "\\xE2"},
    {"<|a\nb|>", TRUE, TRUE, "a⏎b"},
    {"   x", FALSE, FALSE, "x"},
    {"\u200B", FALSE, FALSE, "U+200B"},
    {"a\u202E", FALSE, TRUE, "aU+202E"}, /* turns what stands behind it */
    {"\u200D", FALSE, FALSE, "U+200D"},
    {"\u0646\u200C\u0647", FALSE, FALSE, "\u0646\u200C\u0647"}, /* joins or parts its neighbours */
    {" \u00A0", FALSE, FALSE, "U+00A0"},
    {"1\u00A0000", FALSE, FALSE, "1\u00A0000"},
    {"\u2028", FALSE, TRUE, "U+2028"},
    {"\u0301", FALSE, FALSE, "\u0301"},
    {"\xC2\x9B", FALSE, FALSE, "\\x9B"}, /* a control character of 8-bit terminals */
};

START_TEST (tokens_are_one_line_of_utf_8)
{
    g_autofree char *text =
        fovea_text_token (tokens[_i].bytes, tokens[_i].special, tokens[_i].running);
    ck_assert_str_eq (text, tokens[_i].text);
    ck_assert (g_utf8_validate (text, -1, NULL));
}
END_TEST

/* As long as can be: one character more would be too wide. */
START_TEST (shortened_texts_fill_the_width)
{
    static const char *const texts[] = {"induction", "a b c d e f", "ééééé", "x", ""};
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
        double whole = fovea_text_width (texts[i], 7, FALSE);
        for (double width = 0; width <= whole + 1; width += 0.7) {
            g_autofree char *text = fovea_text_shorten (texts[i], 7, FALSE, width);
            if (width >= whole) {
                ck_assert_str_eq (text, texts[i]);
                continue;
            }
            ck_assert (g_str_has_suffix (text, "…"));
            glong n = g_utf8_strlen (text, -1) - 1;
            ck_assert (n == 0 || fovea_text_width (text, 7, FALSE) <= width);
            ck_assert (strncmp (text, texts[i], strlen (text) - strlen ("…")) == 0);
            g_autofree char *more =
                g_utf8_substring (texts[i], 0, MIN (n + 2, g_utf8_strlen (texts[i], -1)));
            g_autofree char *longer = g_strconcat (g_strchomp (more), "…", NULL);
            if (strlen (longer) > strlen (text) && n + 2 < g_utf8_strlen (texts[i], -1))
                ck_assert_double_gt (fovea_text_width (longer, 7, FALSE), width);
        }
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("axis");
    TCase *ticks = tcase_create ("ticks"), *texts = tcase_create ("texts");
    tcase_add_test (ticks, rounding_up_gives_the_next_of_1_2_5);
    tcase_add_test (ticks, steps_are_few_even_and_keep_off_the_ends);
    tcase_add_test (ticks, steps_of_known_ranges);
    tcase_add_loop_test (ticks, thinning_drops_what_would_touch_and_nothing_else, 0, 3);
    tcase_add_test (ticks, chosen_ticks_win_then_the_ends);
    tcase_add_loop_test (texts, numbers_are_written_for_people, 0, G_N_ELEMENTS (numbers));
    tcase_add_test (texts, counts_have_commas);
    tcase_add_loop_test (texts, tokens_are_one_line_of_utf_8, 0, G_N_ELEMENTS (tokens));
    tcase_add_test (texts, shortened_texts_fill_the_width);
    suite_add_tcase (suite, ticks);
    suite_add_tcase (suite, texts);
    return support_run (suite);
}
