/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Ranking by score at sizes on both sides of the change of method: against a plain search for the
 * next best, with ties, both zeros, infinities and NaN. */
#include <math.h>

#include "analysis/sparse-select.h"
#include "capture/random.h"
#include "tests/support.h"

static const gsize sizes[] = {0, 1, 2, 7, 63, 64, 65, 66, 192, 500, 2100};

/* Scores of few values, so that ties abound, or of many. */
static double *
make_scores (gsize n, gboolean few, guint64 seed)
{
    static const double odd[] = {0.0, -0.0, INFINITY, -INFINITY, NAN, 1e-310, -1e-310, 1e300};
    double *scores = g_new (double, n + 1);
    FoveaRandom random;
    fovea_random_init (&random, seed);
    for (gsize i = 0; i < n; i++) {
        double value = fovea_random_uniform (&random);
        scores[i] = few ? floor (6 * value) - 3 : tan (3 * (value - 0.5));
        if (i % 13 == 5)
            scores[i] = odd[(i / 13) % G_N_ELEMENTS (odd)];
    }
    return scores;
}

/* Whether @a comes before @b. */
static gboolean
is_before (const double *scores, gint64 a, gint64 b)
{
    return scores[a] > scores[b] || (scores[a] == scores[b] && a < b);
}

START_TEST (ranks_fall_in_score_and_rise_in_index_among_equals)
{
    gsize n = sizes[_i];
    for (int few = 0; few < 2; few++) {
        g_autofree double *scores = make_scores (n, few, 3 + (guint64) _i);
        g_autofree gint64 *order = g_new (gint64, n + 1);
        g_autofree gboolean *seen = g_new0 (gboolean, n + 1);
        gsize m = fovea_select_rank (scores, n, order), eligible = 0;
        for (gsize i = 0; i < n; i++)
            eligible += scores[i] > -INFINITY;
        ck_assert_uint_eq (m, eligible);
        for (gsize i = 0; i < m; i++) {
            ck_assert (!seen[order[i]] && scores[order[i]] > -INFINITY);
            seen[order[i]] = TRUE;
            ck_assert_msg (i == 0 || is_before (scores, order[i - 1], order[i]),
                           "%g at %d before %g at %d", scores[order[i - (i > 0)]],
                           (int) order[i - (i > 0)], scores[order[i]], (int) order[i]);
        }
    }
}
END_TEST

/* Doubles that agree in their upper halves, in runs that are short and long. */
START_TEST (scores_that_differ_in_their_last_bits_are_told_apart)
{
    enum {
        N = 600
    };
    static const gsize runs[] = {2, 30, 33, 300, N};
    double scores[N];
    gint64 order[N];
    for (gsize i = 0; i < N; i++)
        scores[i] = (double) (i / runs[_i]) - 2 + (double) (i * 7919 % 251) * 0x1p-50;
    ck_assert_uint_eq (fovea_select_rank (scores, N, order), N);
    for (gsize i = 1; i < N; i++)
        ck_assert (is_before (scores, order[i - 1], order[i]));
}
END_TEST

/* Scores on both sides of zero with tiny ones among them use up the upper bits, so that most of the
 * others differ below them only: the order must not. */
START_TEST (scores_of_both_signs_and_all_sizes_are_ranked)
{
    enum {
        N = 3000
    };
    double scores[N];
    gint64 order[N];
    for (gsize i = 0; i < N; i++)
        scores[i] = _i == 0 ? 1 + (double) (i * 7919 % 3001) * 0x1p-40 : (double) i * 1e-9 - 1e-6;
    scores[5] = -1e300;
    scores[77] = 1e300;
    scores[78] = -5e-324;
    ck_assert_uint_eq (fovea_select_rank (scores, N, order), N);
    for (gsize i = 1; i < N; i++)
        ck_assert (is_before (scores, order[i - 1], order[i]));
}
END_TEST

START_TEST (sorted_indices_ascend_whatever_they_are)
{
    enum {
        N = 400
    };
    gint64 numbers[N], sum = 0;
    for (gint64 i = 0; i < N; i++) {
        numbers[i] = _i == 0   ? i * 77 % N                 /* distinct and dense */
                     : _i == 1 ? i * 77 % 100               /* with repeats */
                     : _i == 2 ? i * 77 % N - N / 2         /* some negative */
                               : (i * 77 % N) * 1000000007; /* far apart */
        sum += numbers[i];
    }
    fovea_select_sort (numbers, N);
    for (gsize i = 0; i < N; i++) {
        ck_assert (i == 0 || numbers[i - 1] <= numbers[i]);
        sum -= numbers[i];
    }
    ck_assert_int_eq (sum, 0);
}
END_TEST

START_TEST (the_margin_is_between_the_last_kept_and_the_first_dropped)
{
    gsize n = sizes[_i];
    g_autofree double *scores = make_scores (n, FALSE, 9);
    g_autofree gint64 *order = g_new (gint64, n + 1);
    FoveaMargin margin;
    fovea_margin_init (&margin);
    gsize kept = fovea_select_top (scores, n, (gint64) n / 2, order, &margin);
    ck_assert_uint_le (kept, n / 2);
    if (kept == 0)
        return;
    double gap = scores[order[kept - 1]] - scores[order[kept]];
    ck_assert_double_eq (margin.gap, gap);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("select");
    TCase *tests = tcase_create ("rank");
    tcase_add_loop_test (tests, ranks_fall_in_score_and_rise_in_index_among_equals, 0,
                         G_N_ELEMENTS (sizes));
    tcase_add_loop_test (tests, the_margin_is_between_the_last_kept_and_the_first_dropped, 0,
                         G_N_ELEMENTS (sizes));
    tcase_add_loop_test (tests, scores_that_differ_in_their_last_bits_are_told_apart, 0, 5);
    tcase_add_loop_test (tests, scores_of_both_signs_and_all_sizes_are_ranked, 0, 2);
    tcase_add_loop_test (tests, sorted_indices_ascend_whatever_they_are, 0, 4);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
