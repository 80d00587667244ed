/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The colours of data against the style guide's own claims: stops hit, lightness even, classes
 * readable and told apart. Lightness and distances are measured here from first principles. */
#include "tests/support.h"
#include "ui/figures/color-map.h"

#include <math.h>

typedef struct {
    double l, a, b;
} Lab;

static double
linear (guint32 component)
{
    double c = component / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow ((c + 0.055) / 1.055, 2.4);
}

static double
luminance (guint32 color)
{
    return 0.2126 * linear (color >> 16 & 255) + 0.7152 * linear (color >> 8 & 255) +
           0.0722 * linear (color & 255);
}

static double
contrast (guint32 a, guint32 b)
{
    double x = luminance (a), y = luminance (b);
    return (MAX (x, y) + 0.05) / (MIN (x, y) + 0.05);
}

/* CIE L*a*b* (D65): another space than the one the tables were made in. */
static double
cie_f (double t)
{
    return t > 216.0 / 24389 ? cbrt (t) : (24389.0 / 27 * t + 16) / 116;
}

static Lab
cie_lab (guint32 color)
{
    double r = linear (color >> 16 & 255), g = linear (color >> 8 & 255), b = linear (color & 255);
    double x = cie_f ((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
    double y = cie_f (0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
    double z = cie_f ((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
    return (Lab){116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

static double
distance (guint32 a, guint32 b)
{
    Lab x = cie_lab (a), y = cie_lab (b);
    return sqrt (pow (x.l - y.l, 2) + pow (x.a - y.a, 2) + pow (x.b - y.b, 2));
}

static guint
component_difference (guint32 a, guint32 b)
{
    guint worst = 0;
    for (int shift = 0; shift < 24; shift += 8)
        worst = MAX (worst, (guint) ABS ((int) (a >> shift & 255) - (int) (b >> shift & 255)));
    return worst;
}

static const guint32 light_stops[] = {0xFFF2EFC5, 0xFFBCDAA8, 0xFF7FC39F, 0xFF48A89F, 0xFF108A9C,
                                      0xFF056993, 0xFF1C4783, 0xFF242765, 0xFF1B0C3F};

START_TEST (ends_are_first_and_last_stop_exactly)
{
    const guint32 *light = fovea_color_map_sequential (FOVEA_THEME_LIGHT);
    ck_assert_uint_eq (light[0], light_stops[0]);
    ck_assert_uint_eq (light[255], light_stops[8]);
    ck_assert_uint_eq (fovea_color_map_sequential (FOVEA_THEME_DARK)[255], 0xFFFAF6C8);
    ck_assert_uint_eq (fovea_color_map_diverging (FOVEA_THEME_LIGHT)[0], 0xFF034393);
    ck_assert_uint_eq (fovea_color_map_diverging (FOVEA_THEME_DARK)[255], 0xFFFFA971);
}
END_TEST

START_TEST (every_stop_is_hit_within_half_a_step)
{
    const guint32 *table = fovea_color_map_sequential (FOVEA_THEME_LIGHT);
    for (int s = 0; s < 9; s++) {
        guint best = 255;
        for (int i = 0; i < 256; i++)
            best = MIN (best, component_difference (table[i], light_stops[s]));
        ck_assert_msg (best <= 1, "stop %d is missed by %u", s, best);
    }
}
END_TEST

START_TEST (lightness_of_weights_is_monotonic)
{
    for (int theme = 0; theme < 2; theme++) {
        const guint32 *table = fovea_color_map_sequential ((FoveaTheme) theme);
        double sign = theme == FOVEA_THEME_LIGHT ? -1 : 1;
        for (int i = 1; i < 256; i++)
            ck_assert_double_gt (sign * (cie_lab (table[i]).l - cie_lab (table[i - 1]).l),
                                 -0.35); /* 8-bit noise */
        for (int i = 8; i < 256; i += 8)
            ck_assert_double_gt (sign * (cie_lab (table[i]).l - cie_lab (table[i - 8]).l), 0.5);
    }
}
END_TEST

START_TEST (signed_map_is_lightest_in_the_middle_and_falls_both_ways)
{
    const guint32 *table = fovea_color_map_diverging (FOVEA_THEME_LIGHT);
    ck_assert_uint_le (component_difference (table[127], 0xFFF3F3F3), 2);
    for (int i = 16; i < 128; i += 16) {
        ck_assert_double_gt (cie_lab (table[i]).l, cie_lab (table[i - 16]).l);
        ck_assert_double_lt (cie_lab (table[127 + i]).l, cie_lab (table[111 + i]).l);
    }
    ck_assert_uint_gt (table[0] & 255, table[0] >> 16 & 255); /* minus is blue */
}
END_TEST

static const struct {
    gint64 n_tokens;
    double floor;
} floors[] = {{1, 1e-1},   {5, 1e-2},    {16, 1e-2},     {17, 1e-3},
              {160, 1e-3}, {4096, 1e-5}, {131072, 1e-6}, {0, 1e-1}};

START_TEST (floor_is_largest_power_of_ten_below_the_sixth_of_even_weight)
{
    ck_assert_double_eq_tol (fovea_color_map_floor (floors[_i].n_tokens), floors[_i].floor,
                             floors[_i].floor * 1e-12);
}
END_TEST

START_TEST (log_scale_runs_from_floor_to_one)
{
    const guint32 *table = fovea_color_map_sequential (FOVEA_THEME_LIGHT);
    ck_assert_uint_eq (fovea_color_map_log (FOVEA_THEME_LIGHT, 1, 1e-3), table[255]);
    ck_assert_uint_eq (fovea_color_map_log (FOVEA_THEME_LIGHT, 1e-3, 1e-3), table[0]);
    ck_assert_uint_eq (fovea_color_map_log (FOVEA_THEME_LIGHT, 0.1, 1e-3), table[170]);
    ck_assert_uint_eq (fovea_color_map_log (FOVEA_THEME_LIGHT, 7, 1e-3), table[255]);
}
END_TEST

START_TEST (below_the_floor_is_the_zero_colour_and_differs_from_the_future)
{
    for (int t = 0; t < 2; t++) {
        FoveaTheme theme = (FoveaTheme) t;
        guint32 zero = fovea_color_map_zero (theme);
        ck_assert_uint_eq (fovea_color_map_log (theme, 0.00099, 1e-3), zero);
        ck_assert_uint_eq (fovea_color_map_log (theme, 0, 1e-3), zero);
        ck_assert_uint_eq (fovea_color_map_log (theme, NAN, 1e-3), zero);
        ck_assert_uint_eq (fovea_color_map_linear (theme, 0.0049), zero);
        ck_assert_uint_ne (fovea_color_map_linear (theme, 0.0051), zero);
        ck_assert_uint_ne (fovea_color_map_future (theme), zero);
    }
}
END_TEST

static const char *const roles[] = {"previous token", "induction", "local",    "duplicate token",
                                    "sink",           "retrieval", "streaming"};

START_TEST (roles_have_their_own_mark_and_reach_contrast_on_the_view)
{
    for (int t = 0; t < 2; t++) {
        guint32 view = fovea_color_map_zero ((FoveaTheme) t);
        guint seen = 0;
        for (guint i = 0; i < G_N_ELEMENTS (roles); i++) {
            FoveaMark mark;
            guint32 color = fovea_color_map_role ((FoveaTheme) t, roles[i], &mark);
            ck_assert_uint_eq (seen & 1u << mark, 0);
            seen |= 1u << mark;
            double reached = contrast (color, view);
            ck_assert_msg (reached >= 4.49, "%s: %g", roles[i], reached);
            for (guint j = 0; j < i; j++)
                ck_assert_double_gt (
                    distance (color, fovea_color_map_role ((FoveaTheme) t, roles[j], NULL)), 8);
        }
    }
}
END_TEST

START_TEST (no_role_is_a_grey_ring)
{
    FoveaMark mark = FOVEA_MARK_DISC;
    ck_assert_uint_eq (fovea_color_map_role (FOVEA_THEME_LIGHT, "", &mark), 0xFF5E6670);
    ck_assert_int_eq (mark, FOVEA_MARK_RING);
    ck_assert_uint_eq (fovea_color_map_role (FOVEA_THEME_DARK, NULL, NULL), 0xFFB5BCC6);
    ck_assert_uint_eq (fovea_color_map_role (FOVEA_THEME_LIGHT, "unheard of", NULL), 0xFF5E6670);
}
END_TEST

START_TEST (text_on_any_data_colour_reaches_contrast)
{
    for (int t = 0; t < 2; t++) {
        for (int i = 0; i < 256; i++) {
            guint32 ground = fovea_color_map_sequential ((FoveaTheme) t)[i];
            ck_assert_double_ge (contrast (fovea_color_map_text_on (ground), ground), 4.58);
            ground = fovea_color_map_diverging ((FoveaTheme) t)[i];
            ck_assert_double_ge (contrast (fovea_color_map_text_on (ground), ground), 4.58);
        }
    }
}
END_TEST

/* A band of a curve is 13 % of its colour on the view; its own name and others stand on it. */
START_TEST (a_word_on_a_band_is_changed_as_little_as_it_takes)
{
    const guint32 view = fovea_color_map_zero ((FoveaTheme) _i);
    for (guint b = 0; b < 8; b++) {
        guint32 band = 0xFF000000, color = fovea_color_map_class ((FoveaTheme) _i, b);
        for (int shift = 0; shift < 24; shift += 8)
            band |= (guint32) lround (0.87 * (view >> shift & 255) + 0.13 * (color >> shift & 255))
                    << shift;
        for (guint w = 0; w < 8; w++) {
            guint32 plain = fovea_color_map_class ((FoveaTheme) _i, w);
            guint32 word = fovea_color_map_word_on (plain, band);
            ck_assert_double_ge (contrast (word, band), 4.5);
            ck_assert_double_lt (contrast (word, band), MAX (contrast (plain, band), 4.7) + 1e-9);
            ck_assert (contrast (plain, band) < 4.5 || word == plain);
        }
    }
    ck_assert_uint_eq (fovea_color_map_word_on (0xFF777777, 0xFF777777) >> 24, 0xFF);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("color-map");
    TCase *tables = tcase_create ("tables");
    tcase_add_test (tables, ends_are_first_and_last_stop_exactly);
    tcase_add_test (tables, every_stop_is_hit_within_half_a_step);
    tcase_add_test (tables, lightness_of_weights_is_monotonic);
    tcase_add_test (tables, signed_map_is_lightest_in_the_middle_and_falls_both_ways);
    suite_add_tcase (suite, tables);
    TCase *scales = tcase_create ("scales");
    tcase_add_loop_test (scales, floor_is_largest_power_of_ten_below_the_sixth_of_even_weight, 0,
                         G_N_ELEMENTS (floors));
    tcase_add_test (scales, log_scale_runs_from_floor_to_one);
    tcase_add_test (scales, below_the_floor_is_the_zero_colour_and_differs_from_the_future);
    suite_add_tcase (suite, scales);
    TCase *classes = tcase_create ("classes");
    tcase_add_test (classes, roles_have_their_own_mark_and_reach_contrast_on_the_view);
    tcase_add_test (classes, no_role_is_a_grey_ring);
    tcase_add_test (classes, text_on_any_data_colour_reaches_contrast);
    tcase_add_loop_test (classes, a_word_on_a_band_is_changed_as_little_as_it_takes, 0, 2);
    suite_add_tcase (suite, classes);
    return support_run (suite);
}
