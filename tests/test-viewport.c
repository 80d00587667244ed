/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Where cells of a map are on the screen: fit, steps of zoom, panning. Geometry by chance: whatever was done
 * to a viewport, what it says of itself agrees; a drag encloses what a ray in the other direction says it
 * does. */
#include <math.h>

#include "tests/support.h"
#include "ui/lasso.h"
#include "ui/viewport.h"

START_TEST (fit_fills_the_shorter_side)
{
    g_autoptr (FoveaViewport) viewport = fovea_viewport_new ();
    gint64 first, end;
    fovea_viewport_set_size (viewport, 640, 480);
    fovea_viewport_set_tokens (viewport, 160);
    ck_assert (fovea_viewport_is_fit (viewport));
    ck_assert_double_eq_tol (fovea_viewport_get_scale (viewport), 3, 1e-9);
    fovea_viewport_get_span (viewport, TRUE, &first, &end);
    ck_assert_int_eq (first, 0);
    ck_assert_int_eq (end, 160);
}
END_TEST
START_TEST (zooming_in_walks_the_steps_and_back_to_fit)
{
    static const double steps[] = {4, 8, 15, 24, 40, 40};
    g_autoptr (FoveaViewport) viewport = fovea_viewport_new ();
    fovea_viewport_set_size (viewport, 480, 480);
    fovea_viewport_set_tokens (viewport, 160);
    for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
        fovea_viewport_zoom (viewport, 1, 100, 100);
        ck_assert_double_eq_tol (fovea_viewport_get_scale (viewport), steps[i], 1e-9);
    }
    fovea_viewport_zoom (viewport, -9, 100, 100);
    ck_assert (fovea_viewport_is_fit (viewport));
    ck_assert_double_eq_tol (fovea_viewport_get_scale (viewport), 3, 1e-9);
}
END_TEST

static const struct {
    gint64 n_tokens, step;
    double wanted;
} rulers[] = {{109, 20, 14.5},  {109, 5, 5},    {109, 1, 0.2},        {1023, 200, 137},
              {1024, 256, 137}, {1024, 20, 14}, {131072, 16384, 9000}};

START_TEST (rulers_of_a_text_count_in_round_steps)
{
    g_autoptr (FoveaViewport) viewport = fovea_viewport_new ();
    fovea_viewport_set_tokens (viewport, rulers[_i].n_tokens);
    ck_assert_int_eq (fovea_viewport_find_step (viewport, rulers[_i].wanted), rulers[_i].step);
}
END_TEST

START_TEST (long_texts_zoom_by_powers_of_two_tokens_a_pixel)
{
    g_autoptr (FoveaViewport) viewport = fovea_viewport_new ();
    fovea_viewport_set_size (viewport, 600, 600);
    fovea_viewport_set_tokens (viewport, 4096);
    fovea_viewport_zoom (viewport, 1, 0, 0);
    ck_assert_double_eq_tol (1 / fovea_viewport_get_scale (viewport), 4, 1e-9);
    fovea_viewport_zoom (viewport, 2, 0, 0);
    ck_assert_double_eq_tol (fovea_viewport_get_scale (viewport), 1, 1e-9);
}
END_TEST

START_TEST (zoom_keeps_the_cell_under_the_pointer)
{
    g_autoptr (FoveaViewport) viewport = fovea_viewport_new ();
    gint64 query, key, query_after, key_after;
    fovea_viewport_set_size (viewport, 480, 480);
    fovea_viewport_set_tokens (viewport, 160);
    ck_assert (fovea_viewport_find_cell (viewport, 241, 301, &query, &key));
    for (int i = 0; i < 5; i++) {
        fovea_viewport_zoom (viewport, 1, 241, 301);
        ck_assert (fovea_viewport_find_cell (viewport, 241, 301, &query_after, &key_after));
        ck_assert_int_eq (query_after, query);
        ck_assert_int_eq (key_after, key);
    }
}
END_TEST

START_TEST (a_cell_is_found_where_it_is_located_at_every_scale)
{
    g_autoptr (FoveaViewport) viewport = fovea_viewport_new ();
    fovea_viewport_set_size (viewport, 517, 433);
    fovea_viewport_set_tokens (viewport, 109);
    for (int zoom = 0; zoom < 6; zoom++) {
        gint64 q0, q1, k0, k1, query, key;
        fovea_viewport_get_span (viewport, TRUE, &q0, &q1);
        fovea_viewport_get_span (viewport, FALSE, &k0, &k1);
        for (gint64 t = MAX (q0, k0) + 1; t < MIN (q1, k1) - 1; t++) {
            double x, y, w, h;
            fovea_viewport_locate (viewport, t, FALSE, &x, &w);
            fovea_viewport_locate (viewport, t, TRUE, &y, &h);
            ck_assert (fovea_viewport_find_cell (viewport, x, y + h - 1, &query, &key));
            ck_assert_int_eq (query, t);
            ck_assert_int_eq (key, t);
        }
        fovea_viewport_zoom (viewport, 1, 200, 200);
    }
}
END_TEST

START_TEST (revealing_a_cell_pans_only_as_far_as_needed)
{
    g_autoptr (FoveaViewport) viewport = fovea_viewport_new ();
    gint64 x, y, x_after, y_after;
    fovea_viewport_set_size (viewport, 480, 480);
    fovea_viewport_set_tokens (viewport, 160);
    fovea_viewport_zoom_to (viewport, 15, 80, 80);
    fovea_viewport_get_origin (viewport, &x, &y);
    fovea_viewport_reveal (viewport, 81, 79);
    fovea_viewport_get_origin (viewport, &x_after, &y_after);
    ck_assert_int_eq (x_after, x);
    ck_assert_int_eq (y_after, y);
    fovea_viewport_reveal (viewport, 159, 79);
    fovea_viewport_get_origin (viewport, &x_after, &y_after);
    ck_assert_int_eq (x_after, x);
    ck_assert_int_eq (y_after, 160 * 15 - 480);
}
END_TEST

enum {
    WALKS = 40,
    STEPS = 150,
    LOOPS = 200,
    POINTS = 60
};

typedef struct {
    FoveaViewport *view;
    gint64 n, x, y;
    int width, height;
    double scale;
} State;

static void
read_state (FoveaViewport *view, State *s)
{
    s->view = view;
    s->n = fovea_viewport_get_tokens (view);
    s->scale = fovea_viewport_get_scale (view);
    fovea_viewport_get_origin (view, &s->x, &s->y);
    fovea_viewport_get_size (view, &s->width, &s->height);
}

/* The map lies in the canvas as far as it fills it, and at fit all of it. */
static void
assert_within_map (const State *s)
{
    double extent = ceil (s->scale * (double) s->n - 1e-6);
    ck_assert_msg (s->scale > 0 && isfinite (s->scale), "scale %g", s->scale);
    ck_assert_msg (s->x >= 0 && s->y >= 0, "origin %ld,%ld", (long) s->x, (long) s->y);
    ck_assert_msg ((double) s->x <= MAX (extent - s->width, 0) &&
                       (double) s->y <= MAX (extent - s->height, 0),
                   "origin %ld,%ld of %g pixels in %d x %d", (long) s->x, (long) s->y, extent,
                   s->width, s->height);
    if (!fovea_viewport_is_fit (s->view))
        return;
    ck_assert_int_eq (s->x + s->y, 0);
    ck_assert_double_le (extent, MAX (MIN (s->width, s->height), 1));
}

/* The visible tokens are those that have a pixel in the canvas, along either axis. */
static void
assert_span (const State *s, gboolean vertical)
{
    int size = vertical ? s->height : s->width;
    gint64 first, end;
    double at, length;
    fovea_viewport_get_span (s->view, vertical, &first, &end);
    ck_assert_msg (first >= 0 && first <= end && end <= s->n, "%ld .. %ld of %ld", (long) first,
                   (long) end, (long) s->n);
    if (first == end)
        return;
    fovea_viewport_locate (s->view, first, vertical, &at, &length);
    ck_assert_msg (at + length > 0 && length >= 1, "first %g + %g", at, length);
    fovea_viewport_locate (s->view, end - 1, vertical, &at, &length);
    ck_assert_msg (at < size, "last begins at %g of %d", at, size);
    if (end == s->n)
        return;
    fovea_viewport_locate (s->view, end, vertical, &at, &length);
    ck_assert_msg (at + length > size - 1, "token %ld at %g + %g is seen, too", (long) end, at,
                   length);
}

/* A canvas point lies on the cell that is found there. */
static void
assert_found (const State *s, GRand *rand)
{
    gint64 query, key;
    double at, length;
    int x = g_rand_int_range (rand, -3, s->width + 3),
        y = g_rand_int_range (rand, -3, s->height + 3);
    double extent = ceil (s->scale * (double) s->n - 1e-6);
    gboolean inside = x >= 0 && y >= 0 && x < s->width && y < s->height &&
                      (double) (s->x + x) < extent && (double) (s->y + y) < extent;
    ck_assert_msg (fovea_viewport_find_cell (s->view, x, y, &query, &key) == inside,
                   "a cell at %d,%d: %d", x, y, !inside);
    if (!inside)
        return;
    fovea_viewport_locate (s->view, key, FALSE, &at, &length);
    ck_assert_msg (at <= x && x < at + length, "key %ld at %g + %g, not %d", (long) key, at, length,
                   x);
    fovea_viewport_locate (s->view, query, TRUE, &at, &length);
    ck_assert_msg (at <= y && y < at + length, "query %ld at %g + %g, not %d", (long) query, at,
                   length, y);
}

static void
count (FoveaViewport *view, int *n)
{
    (*n)++;
}

static gboolean
is_in_sight (const State *s, gint64 token, gboolean vertical, double *over)
{
    double at, length, size = vertical ? s->height : s->width;
    fovea_viewport_locate (s->view, token, vertical, &at, &length);
    *over = MAX (MAX (-at, at + length - size), 0);
    return *over == 0 || length > size;
}

/* A cell comes into sight by no more than what was missing, along each axis alone. */
static void
assert_reveals (State *s, GRand *rand)
{
    gint64 query = g_rand_int_range (rand, 0, (gint32) s->n),
           key = g_rand_int_range (rand, 0, (gint32) s->n);
    double over_x, over_y, none;
    int changes = 0;
    gboolean seen_x = is_in_sight (s, key, FALSE, &over_x);
    gboolean seen_y = is_in_sight (s, query, TRUE, &over_y);
    gulong id = g_signal_connect (s->view, "changed", G_CALLBACK (count), &changes);
    fovea_viewport_reveal (s->view, query, key);
    g_signal_handler_disconnect (s->view, id);
    State after;
    read_state (s->view, &after);
    ck_assert_int_eq (changes, after.x != s->x || after.y != s->y);
    if (fovea_viewport_is_fit (s->view) || s->width == 0)
        return;
    ck_assert (is_in_sight (&after, key, FALSE, &none) && is_in_sight (&after, query, TRUE, &none));
    ck_assert_msg (!seen_x || over_x > 0 || after.x == s->x, "moved along keys");
    ck_assert_msg (!seen_y || over_y > 0 || after.y == s->y, "moved along queries");
    if (!seen_x)
        ck_assert_double_eq (fabs ((double) (after.x - s->x)), over_x);
    if (!seen_y)
        ck_assert_double_eq (fabs ((double) (after.y - s->y)), over_y);
    *s = after;
}

static void
do_something (State *s, GRand *rand)
{
    double x = g_rand_double (rand) * s->width, y = g_rand_double (rand) * s->height;
    switch (g_rand_int_range (rand, 0, 9)) {
    case 0:
        fovea_viewport_set_size (s->view, g_rand_int_range (rand, 1, 1500),
                                 g_rand_int_range (rand, 1, 1500));
        break;
    case 1:
        fovea_viewport_fit (s->view);
        break;
    case 2:
        fovea_viewport_zoom_to (s->view, exp2 (g_rand_double_range (rand, -8, 7)),
                                g_rand_double (rand) * (double) s->n,
                                g_rand_double (rand) * (double) s->n);
        break;
    case 3:
    case 4:
        fovea_viewport_pan (s->view, g_rand_double_range (rand, -2000, 2000),
                            g_rand_double_range (rand, -2000, 2000));
        break;
    default:
        fovea_viewport_zoom (s->view, g_rand_int_range (rand, -2, 4), x, y);
    }
    read_state (s->view, s);
}

START_TEST (a_viewport_agrees_with_itself_whatever_was_done)
{
    g_autoptr (GRand) rand = g_rand_new_with_seed (8);
    int moved = 0;
    for (int walk = 0; walk < WALKS; walk++) {
        g_autoptr (FoveaViewport) view = fovea_viewport_new ();
        State s;
        fovea_viewport_set_size (view, g_rand_int_range (rand, 1, 1500),
                                 g_rand_int_range (rand, 1, 1500));
        fovea_viewport_set_tokens (view, (gint64) exp2 (g_rand_double_range (rand, 0, 17)));
        read_state (view, &s);
        for (int step = 0; step < STEPS; step++) {
            do_something (&s, rand);
            assert_within_map (&s);
            assert_span (&s, FALSE);
            assert_span (&s, TRUE);
            assert_found (&s, rand);
            assert_reveals (&s, rand);
            moved += !fovea_viewport_is_fit (view);
        }
    }
    ck_assert_int_gt (moved, WALKS * STEPS / 3);
}
END_TEST

/* A ray downwards, where the code sends one to the right; corners are whole and points are not. */
static gboolean
is_enclosed (const double *at, guint n, double x, double y)
{
    int crossings = 0;
    for (guint i = 0; i < n; i++) {
        const double *a = at + 2 * i, *b = at + 2 * ((i + 1) % n);
        if ((a[0] < x) == (b[0] < x))
            continue;
        crossings += a[1] + (x - a[0]) / (b[0] - a[0]) * (b[1] - a[1]) > y;
    }
    return crossings % 2 == 1;
}

START_TEST (a_drag_encloses_what_lies_inside)
{
    g_autoptr (GRand) rand = g_rand_new_with_seed (9);
    int enclosed = 0, tried = 0;
    for (int i = 0; i < LOOPS; i++) {
        gboolean free_hand = i % 3 > 0;
        int corners = g_rand_int_range (rand, 1, free_hand ? 30 : 4);
        g_autoptr (FoveaLasso) lasso = fovea_lasso_new (free_hand, g_rand_int_range (rand, 0, 300),
                                                        g_rand_int_range (rand, 0, 300));
        for (int k = 0; k < corners; k++)
            fovea_lasso_move (lasso, g_rand_int_range (rand, 0, 300),
                              g_rand_int_range (rand, 0, 300));
        if (!fovea_lasso_is_drawn (lasso))
            continue;
        guint n;
        const double *at = fovea_lasso_get_corners (lasso, &n);
        for (int k = 0; k < POINTS; k++, tried++) {
            double x = g_rand_int_range (rand, -20, 320) + 0.37;
            double y = g_rand_int_range (rand, -20, 320) + 0.41;
            gboolean inside = is_enclosed (at, n, x, y);
            ck_assert_msg (fovea_lasso_contains (lasso, x, y) == inside,
                           "loop %d of %u corners: %g,%g", i, n, x, y);
            enclosed += inside;
        }
    }
    ck_assert_int_gt (enclosed, tried / 10);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("viewport");
    TCase *tcase = tcase_create ("by chance");
    tcase_add_test (tcase, a_viewport_agrees_with_itself_whatever_was_done);
    tcase_add_test (tcase, a_drag_encloses_what_lies_inside);
    suite_add_tcase (suite, tcase);
    TCase *steps = tcase_create ("steps");
    tcase_add_test (steps, fit_fills_the_shorter_side);
    tcase_add_test (steps, zooming_in_walks_the_steps_and_back_to_fit);
    tcase_add_loop_test (steps, rulers_of_a_text_count_in_round_steps, 0, G_N_ELEMENTS (rulers));
    tcase_add_test (steps, long_texts_zoom_by_powers_of_two_tokens_a_pixel);
    tcase_add_test (steps, zoom_keeps_the_cell_under_the_pointer);
    tcase_add_test (steps, a_cell_is_found_where_it_is_located_at_every_scale);
    tcase_add_test (steps, revealing_a_cell_pans_only_as_far_as_needed);
    suite_add_tcase (suite, steps);
    return support_run (suite);
}
