/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What tells classes apart beside their colour: marks and dashes. */
#include <math.h>
#include <string.h>

#include "tests/support.h"
#include "ui/figures/inks.h"
#include "ui/figures/marks.h"
#include "ui/figures/method-style.h"

/* Each stands around its place, as wide to the left as to the right, and no larger than half again. */
START_TEST (every_mark_stands_around_its_place)
{
    const double x = 40, y = 25, radius = 3;
    g_autoptr (FoveaScene) scene = fovea_scene_new (100, fovea_inks_get (FOVEA_THEME_LIGHT));
    fovea_mark_add (scene, (FoveaMark) _i, x, y, radius, 0xFF000000, 0);
    guint n;
    const FoveaItem *item = fovea_scene_get_items (scene, &n);
    ck_assert_uint_eq (n, 1);
    const FoveaBox box = fovea_scene_get_box (item);
    ck_assert_double_eq_tol (box.x0 + box.x1, 2 * x, 1e-9);
    ck_assert_double_eq_tol (box.y0 + box.y1, 2 * y, 0.25 * radius);
    ck_assert (box.x1 - box.x0 > 1.5 * radius && box.x1 - box.x0 < 3 * radius);
    ck_assert (box.y1 - box.y0 > 0.7 * radius && box.y1 - box.y0 < 3 * radius);
    for (guint i = 0; i < item->n_points; i++) {
        gboolean mirrored = FALSE;
        for (guint k = 0; k < item->n_points; k++)
            mirrored |= fabs (item->points[2 * i] + item->points[2 * k] - 2 * x) < 1e-9 &&
                        item->points[2 * i + 1] == item->points[2 * k + 1];
        ck_assert_msg (mirrored, "mark %d: corner %u has no mirror image", _i, i);
    }
}
END_TEST

/* On a cell of its own colour a mark is seen by its edge, which shows the ground of the theme. */
START_TEST (every_mark_may_have_an_edge)
{
    const FoveaInks *inks = fovea_inks_get ((FoveaTheme) (_i % 2));
    g_autoptr (FoveaScene) scene = fovea_scene_new (100, inks);
    fovea_mark_add (scene, (FoveaMark) (_i / 2), 40, 25, 3, 0xFF112233, 0.8);
    guint n;
    const FoveaItem *items = fovea_scene_get_items (scene, &n), *last = &items[n - 1];
    ck_assert_uint_ge (n, 1);
    ck_assert_uint_eq (items->stroke, inks->ground);
    ck_assert (last->fill == 0xFF112233 || last->stroke == 0xFF112233);
    if (_i / 2 != FOVEA_MARK_RING)
        return;
    ck_assert_uint_eq (n, 2);
    ck_assert_double_eq_tol (items->w, last->w, 1e-9);
    ck_assert_double_eq_tol (items->line_width, last->line_width + 2 * 0.8, 1e-9);
}
END_TEST

START_TEST (methods_are_told_apart_by_colour_and_by_mark_or_dash)
{
    static const char *const ids[] = {"oracle-token", "streaming",    "xattention",  "flexprefill",
                                      "hip",          "oracle-block", "oracle-mass", "window"};
    FoveaMethodStyle styles[G_N_ELEMENTS (ids)];
    fovea_method_styles_assign (ids, G_N_ELEMENTS (ids), FOVEA_THEME_LIGHT, styles);
    FoveaMethodStyle bound = fovea_method_style_get_bound (FOVEA_THEME_LIGHT);
    ck_assert_uint_eq (styles[0].color, bound.color);
    for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
        for (guint j = 0; j < i; j++) {
            ck_assert_uint_ne (styles[i].color, styles[j].color);
            ck_assert (styles[i].mark != styles[j].mark || styles[i].dash[0] != styles[j].dash[0]);
        }
}
END_TEST

START_TEST (dashes_reach_the_svg)
{
    g_autoptr (FoveaScene) scene = fovea_scene_new (100, fovea_inks_get (FOVEA_THEME_LIGHT));
    const double points[] = {0, 0, 10, 10, 20, 0}, dash[] = {3, 1.5, 0};
    fovea_scene_add_curve (scene, points, 3, 0xFF112233, 1, dash);
    fovea_scene_add_curve (scene, points, 3, 0xFF112233, 1, NULL);
    g_autofree char *svg = fovea_scene_print_svg (scene, NULL, NULL);
    char *first = strstr (svg, "stroke-dasharray=\"3 1.5\"");
    ck_assert_ptr_nonnull (first);
    ck_assert_ptr_null (strstr (first + 1, "stroke-dasharray"));
    ck_assert_ptr_nonnull (strstr (svg, "stroke-linejoin=\"round\""));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("marks");
    TCase *tcase = tcase_create ("marks");
    tcase_add_loop_test (tcase, every_mark_stands_around_its_place, 0, FOVEA_MARK_RING + 1);
    tcase_add_loop_test (tcase, every_mark_may_have_an_edge, 0, 2 * (FOVEA_MARK_RING + 1));
    tcase_add_test (tcase, methods_are_told_apart_by_colour_and_by_mark_or_dash);
    tcase_add_test (tcase, dashes_reach_the_svg);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
