/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Where the words of a figure stand: names of curves clear of curves, of each other and of each other's
 * leaders, and no letter below the page. */
#include <math.h>

#include <pango/pangocairo.h>

#include "tests/support.h"
#include "ui/figures/inks.h"
#include "ui/figures/label-place.h"
#include "ui/figures/text.h"

START_TEST (a_label_stands_by_its_own_curve_and_clear_of_all)
{
    const double low[] = {0, 80, 100, 80}, high[] = {0, 20, 100, 20};
    g_autoptr (FoveaLabelPlacer) placer = fovea_label_placer_new ((FoveaBox){0, 0, 100, 100});
    FoveaLabelPlace place;
    fovea_label_placer_add_curve (placer, low, 2);
    guint curve = fovea_label_placer_add_curve (placer, high, 2);
    FoveaBox before = {0};
    for (int i = 0; i < 3; i++) {
        ck_assert (fovea_label_placer_find (placer, curve, 30, 7, &place));
        double off = MIN (fabs (place.box.y0 - 20), fabs (place.box.y1 - 20));
        ck_assert (place.box.y1 < 20 - 3 || place.box.y0 > 20 + 3);
        ck_assert_double_lt (off, 20);
        ck_assert (i == 0 || place.box.x1 <= before.x0 || place.box.x0 >= before.x1 ||
                   place.box.y1 <= before.y0 || place.box.y0 >= before.y1);
        before = place.box;
    }
}
END_TEST

/* Four bundled curves that cross nowhere but at their ends, as curves of recall do. */
static FoveaLabelPlacer *
new_crowd (double step)
{
    FoveaLabelPlacer *placer = fovea_label_placer_new ((FoveaBox){46, 10, 536, 430});
    fovea_label_placer_set_step (placer, step);
    for (int c = 0; c < 4; c++) {
        double points[20];
        for (int i = 0; i < 10; i++) {
            points[2 * i] = 46 + 490 * i / 9.0;
            points[2 * i + 1] = 10 + (420 - 40 * c) * (9 - i) * (9 - i) / (81.0 - 8 * c);
        }
        fovea_label_placer_add_curve (placer, points, 10);
    }
    return placer;
}

/* The places are those that a search without short cuts found, sample by sample. */
START_TEST (short_cuts_change_no_place)
{
    static const struct {
        double step, x[4], y[4];
    } searched[] = {{5, {101, 351, 421, 66}, {235, 10, 40, 410}},
                    {2, {94, 352, 436, 66}, {244, 10, 34, 416}}};
    for (guint s = 0; s < G_N_ELEMENTS (searched); s++) {
        g_autoptr (FoveaLabelPlacer) placer = new_crowd (searched[s].step);
        for (guint c = 0; c < 4; c++) {
            FoveaLabelPlace place;
            ck_assert (fovea_label_placer_find (placer, c, 60 + 20 * c, 14, &place));
            ck_assert_double_eq (place.box.x0, searched[s].x[c]);
            ck_assert_double_eq (place.box.y0, searched[s].y[c]);
            ck_assert_int_eq (place.leader, c < 3);
        }
    }
}
END_TEST

START_TEST (a_panel_without_room_has_no_place)
{
    g_autoptr (FoveaLabelPlacer) placer = fovea_label_placer_new ((FoveaBox){0, 0, 20, 10});
    const double line[] = {0, 5, 20, 5};
    FoveaLabelPlace place;
    guint curve = fovea_label_placer_add_curve (placer, line, 2);
    ck_assert (!fovea_label_placer_find (placer, curve, 15, 7, &place));
}
END_TEST

/* Whether a leader, step by step, is inside a box. */
static gboolean
is_crossed (const FoveaLabelPlace *leader, const FoveaBox *box)
{
    for (int i = 0; i <= 400; i++) {
        double x = leader->from[0] + (leader->to[0] - leader->from[0]) * i / 400.0;
        double y = leader->from[1] + (leader->to[1] - leader->from[1]) * i / 400.0;
        if (x > box->x0 && x < box->x1 && y > box->y0 && y < box->y1)
            return TRUE;
    }
    return FALSE;
}

/* Of recall on a text of 160 tokens: three of the four lie on each other, so that names stand off. */
static const struct {
    double width, points[16];
    guint n;
} crowd[] = {
    {64, {10, 153, 57, 114, 79, 95, 108, 68, 137, 42, 164, 20, 187, 5, 199, 0}, 8},
    {61, {119, 109, 167, 41, 185, 16, 199, 0}, 4},
    {49, {79, 176, 93, 147, 104, 131, 122, 106, 144, 78, 167, 45, 188, 15, 199, 0}, 8},
    {88, {126, 104, 129, 99, 160, 57, 183, 19, 194, 4, 199, 0}, 6},
};

START_TEST (a_leader_runs_through_no_name)
{
    enum {
        N = G_N_ELEMENTS (crowd)
    };
    g_autoptr (FoveaLabelPlacer) placer = fovea_label_placer_new ((FoveaBox){2, -1, 199, 209});
    FoveaLabelPlace places[N];
    guint n_leaders = 0;
    for (guint c = 0; c < N; c++)
        fovea_label_placer_add_curve (placer, crowd[c].points, crowd[c].n);
    for (guint c = 0; c < N; c++) {
        ck_assert (fovea_label_placer_find (placer, c, crowd[c].width, 6.86, &places[c]));
        n_leaders += places[c].leader;
    }
    ck_assert_uint_ge (n_leaders, 2);
    for (guint a = 0; a < N; a++)
        for (guint b = 0; b < N && places[a].leader; b++)
            ck_assert_msg (!is_crossed (&places[a], &places[b].box), "%u through %u", a, b);
}
END_TEST

/* A leader through another name is better than none: curves at the top, room only below each other. */
START_TEST (a_name_is_not_left_out_because_its_leader_must_cross)
{
    const double flat[] = {20, 4, 105, 3, 190, 2}, bent[] = {46, 150, 46, 12, 190, 2};
    g_autoptr (FoveaLabelPlacer) placer = fovea_label_placer_new ((FoveaBox){0, 0, 190, 150});
    FoveaLabelPlace place;
    for (guint c = 0; c < 6; c++)
        fovea_label_placer_add_curve (placer, c == 5 ? bent : flat, 3);
    for (guint c = 0; c < 5; c++)
        ck_assert (fovea_label_placer_find (placer, c, 134, 14, &place));
}
END_TEST

static const char *const samples[] = {"gpyjq", "(weights)", "Q, |bos|", "10⁻³; šķ"};

/* What is drawn, against the room that the scene takes for it: a page without margins ends there. */
START_TEST (letters_hang_no_lower_than_their_scene_knows)
{
    for (int bold = 0; bold < 2; bold++) {
        const FoveaTextStyle style = {700, bold, 0xFF000000, FOVEA_ANCHOR_START, FALSE};
        g_autoptr (FoveaScene) scene = fovea_scene_new (200, fovea_inks_get (FOVEA_THEME_LIGHT));
        cairo_surface_t *ink = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, NULL);
        cairo_t *cr = cairo_create (ink);
        double x, y, width, height;
        fovea_text_draw (cr, samples[_i], 0, 0, &style);
        cairo_recording_surface_ink_extents (ink, &x, &y, &width, &height);
        fovea_scene_add_text (scene, 0, 0, samples[_i], &style);
        ck_assert_double_gt (height, 100);
        ck_assert_double_ge (fovea_scene_get_content (scene).y1, y + height);
        cairo_destroy (cr);
        cairo_surface_destroy (ink);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("figure words");
    TCase *places = tcase_create ("places");
    tcase_add_test (places, a_label_stands_by_its_own_curve_and_clear_of_all);
    tcase_add_test (places, short_cuts_change_no_place);
    tcase_add_test (places, a_panel_without_room_has_no_place);
    tcase_add_test (places, a_leader_runs_through_no_name);
    tcase_add_test (places, a_name_is_not_left_out_because_its_leader_must_cross);
    tcase_add_loop_test (places, letters_hang_no_lower_than_their_scene_knows, 0,
                         G_N_ELEMENTS (samples));
    suite_add_tcase (suite, places);
    return support_run (suite);
}
