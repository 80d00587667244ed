/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `top_rows` of each device of ops-support.h against the reference's sorting: every term of a rule,
 * rows of all lengths around a block of threads, ties in every number, scores that are far apart. */
#include <math.h>
#include <string.h>

#include "tests/ops-carry.h"
#include "tests/ops-support.h"
#include "tests/support.h"

enum {
    N_COUNTS = 8,
    HEADS = 3,
};

/* Queries and keys of one head, with gaps between rows. */
typedef struct {
    int64_t T, D, stride;
    float *q, *k;
} Head;

static Head
head_new (int64_t T, int64_t D, guint32 seed)
{
    Head head = {T, D, D + 5, NULL, NULL};
    head.q = g_new (float, T *head.stride);
    head.k = g_new (float, T *head.stride);
    ops_fill (head.q, T * head.stride, seed);
    ops_fill (head.k, T * head.stride, seed + 1);
    return head;
}

static void
head_clear (Head *head)
{
    g_free (head->q);
    g_free (head->k);
}

/* Rows [q0,q1) on the reference and on all devices, twice each. */
static void
check (const Head *head, const FoveaScoreRule *rule, int64_t q0, int64_t q1, const char *what)
{
    const int64_t counts[N_COUNTS] = {0,           1,           2,          7, head->T / 64,
                                      head->T / 4, head->T - 1, 2 * head->T};
    int64_t ascending[N_COUNTS];
    for (int c = 0; c < N_COUNTS; c++)
        ascending[c] = c > 0 ? MAX (ascending[c - 1], counts[c]) : 0;
    int64_t n = (q1 - q0) * N_COUNTS;
    g_autofree float *expected = g_new (float, n), *mass = g_new (float, n),
                     *again = g_new (float, n);
    FoveaTopRowsArgs args = {.rule = *rule,
                             .head = HEADS - 1,
                             .q0 = q0,
                             .n_queries = q1 - q0,
                             .n_keys = head->T,
                             .width = head->D,
                             .q = head->q + q0 * head->stride,
                             .q_stride = head->stride,
                             .k = head->k,
                             .k_stride = head->stride,
                             .counts = ascending,
                             .n_counts = N_COUNTS,
                             .mass = expected};
    fovea_ops_ref.top_rows (ops_reference, &args);
    for (int i = 0; i < ops_n_devices; i++) {
        memset (mass, 0xff, (size_t) n * sizeof *mass);
        args.mass = mass;
        carry_top_rows (ops_devices[i], &args);
        args.mass = again;
        carry_top_rows (ops_devices[i], &args);
        ck_assert_mem_eq (mass, again, (size_t) n * sizeof *mass);
        for (int64_t at = 0; at < n; at++)
            ck_assert_msg (fabs ((double) mass[at] - (double) expected[at]) < 2e-5,
                           "%s on %s, T %d, query %d, %d keys: %g, not %g", what,
                           fovea_device_describe (ops_devices[i]), (int) head->T,
                           (int) (q0 + at / N_COUNTS), (int) ascending[at % N_COUNTS],
                           (double) mass[at], (double) expected[at]);
    }
}

static const int64_t lengths[] = {1, 2, 33, 130, 513, 1100};

START_TEST (heaviest_mass_agrees_with_sorting)
{
    int64_t T = lengths[_i];
    Head head = head_new (T, 32, 40 + (guint32) _i);
    const float slopes[HEADS] = {0, 0, 0.02f}, sinks[HEADS] = {0, 0, 1.5f};
    g_autofree int32_t *segments = g_new (int32_t, T);
    for (int64_t t = 0; t < T; t++)
        segments[t] = (int32_t) (t / 50 % 2);
    FoveaScoreRule rule = {.scale = 0.4f, .causal = true};
    check (&head, &rule, 0, T, "causal");
    check (&head, &rule, T / 3, T, "from a third on");
    rule.window = 40;
    check (&head, &rule, 0, T, "window");
    check (&head, &rule, T / 2, T, "window from the middle on");
    rule.causal = false;
    check (&head, &rule, 0, T, "window, both ways");
    rule.window = 0;
    rule.sink_logits = sinks;
    check (&head, &rule, 0, T, "sink");
    rule.soft_cap = 2;
    rule.alibi_slopes = slopes;
    check (&head, &rule, 0, T, "cap and slope");
    rule.segments = segments;
    check (&head, &rule, 0, T, "segments");
    head_clear (&head);
}
END_TEST

START_TEST (heaviest_mass_follows_a_bias_by_distance)
{
    enum {
        REACH = 30,
    };
    Head head = head_new (200, 32, 77);
    float bias[HEADS * (2 * REACH + 1)];
    ops_fill (bias, G_N_ELEMENTS (bias), 78);
    FoveaScoreRule rule = {.scale = 0.1f, .distance_bias = bias, .reach = REACH};
    check (&head, &rule, 0, 200, "bias by distance");
    rule.causal = true;
    check (&head, &rule, 90, 200, "bias by distance, causal");
    head_clear (&head);
}
END_TEST

/* Numbers of keys of each row's own, more than are ranked at once, in no order and with equals. */
START_TEST (rows_may_want_numbers_of_their_own)
{
    enum {
        T = 300,
        N = 19,
    };
    Head head = head_new (T, 32, 91);
    const FoveaScoreRule rule = {.scale = 0.3f, .causal = true};
    g_autofree int32_t *counts = g_new (int32_t, T * N);
    g_autofree float *mass = g_new (float, T *N), *expected = g_new (float, T *N);
    for (int at = 0; at < T * N; at++)
        counts[at] = (at * 7919 + at / N) % (at / N + 3); /* 0 to two more than there are */
    FoveaTopRowsArgs args = {.rule = rule,
                             .n_queries = T,
                             .n_keys = T,
                             .width = head.D,
                             .q = head.q,
                             .q_stride = head.stride,
                             .k = head.k,
                             .k_stride = head.stride,
                             .row_counts = counts,
                             .n_counts = N,
                             .mass = expected};
    fovea_ops_ref.top_rows (ops_reference, &args);
    for (int64_t t = 0; t < T; t += 37) { /* against one row with the same number for all */
        const int64_t one = counts[t * N + 3];
        float alone;
        FoveaTopRowsArgs row = args;
        row.q0 = t;
        row.n_queries = 1;
        row.q += t * head.stride;
        row.counts = &one;
        row.n_counts = 1;
        row.mass = &alone;
        fovea_ops_ref.top_rows (ops_reference, &row);
        ck_assert_double_eq ((double) alone, (double) expected[t * N + 3]);
    }
    args.mass = mass;
    for (int i = 0; i < ops_n_devices; i++) {
        memset (mass, 0xff, T * N * sizeof *mass);
        carry_top_rows (ops_devices[i], &args);
        for (int at = 0; at < T * N; at++)
            ck_assert_msg (fabs ((double) mass[at] - (double) expected[at]) < 2e-5,
                           "%s, row %d, %d keys: %g, not %g",
                           fovea_device_describe (ops_devices[i]), at / N, counts[at],
                           (double) mass[at], (double) expected[at]);
    }
    head_clear (&head);
}
END_TEST

/* Scores of few values: each number of keys ends among equals, and no list of a bin's scores is long
 * enough for them. */
START_TEST (ties_take_as_many_as_are_wanted)
{
    int64_t T = 2100;
    Head head = head_new (T, 8, 9);
    const FoveaScoreRule rule = {.scale = 1, .causal = true};
    for (int levels = 0; levels < 4; levels++) {
        for (int64_t i = 0; i < T * head.stride; i++) {
            head.q[i] = i % head.stride == 0 ? 1 : 0;
            head.k[i] = levels == 0 ? 0 : (float) ((i / head.stride * 7) % levels);
        }
        check (&head, &rule, T - 70, T, "ties");
    }
    head_clear (&head);
}
END_TEST

/* One key far above all others leaves them in few bins; one far below does, too. */
START_TEST (a_far_score_hides_no_other)
{
    int64_t T = 1500;
    Head head = head_new (T, 16, 21);
    const FoveaScoreRule rule = {.scale = 0.2f, .causal = true};
    static const float far[] = {50, -50, 4000, -4000};
    for (gsize f = 0; f < G_N_ELEMENTS (far); f++) {
        for (int64_t t = T - 40; t < T; t++)
            head.q[t * head.stride] = 1;
        head.k[3 * head.stride] = far[f];
        check (&head, &rule, T - 40, T, "a far score");
    }
    head_clear (&head);
}
END_TEST

START_TEST (rows_that_see_nothing_hold_nothing)
{
    Head head = head_new (20, 8, 2);
    const FoveaScoreRule rule = {.scale = 1, .causal = true};
    for (int64_t i = 0; i < 20 * head.stride; i++)
        head.k[i] = NAN; /* weighs nothing */
    const int64_t counts[] = {1, 5};
    float mass[40];
    const FoveaTopRowsArgs args = {.rule = rule,
                                   .n_queries = 20,
                                   .n_keys = 20,
                                   .width = 8,
                                   .q = head.q,
                                   .q_stride = head.stride,
                                   .k = head.k,
                                   .k_stride = head.stride,
                                   .counts = counts,
                                   .n_counts = 2,
                                   .mass = mass};
    for (int i = 0; i < ops_n_devices; i++) {
        memset (mass, 0xff, sizeof mass);
        carry_top_rows (ops_devices[i], &args);
        for (int at = 0; at < 40; at++)
            ck_assert_double_eq ((double) mass[at], 0);
    }
    head_clear (&head);
}
END_TEST

int
main (void)
{
    if (!ops_prepare ())
        return 77;
    Suite *suite = suite_create ("top-rows");
    TCase *all = tcase_create ("all");
    tcase_set_timeout (all, 60);
    tcase_add_checked_fixture (all, ops_open_all, ops_close_all);
    tcase_add_loop_test (all, heaviest_mass_agrees_with_sorting, 0, G_N_ELEMENTS (lengths));
    tcase_add_test (all, heaviest_mass_follows_a_bias_by_distance);
    tcase_add_test (all, rows_may_want_numbers_of_their_own);
    tcase_add_test (all, ties_take_as_many_as_are_wanted);
    tcase_add_test (all, a_far_score_hides_no_other);
    tcase_add_test (all, rows_that_see_nothing_hold_nothing);
    suite_add_tcase (suite, all);
    return support_run (suite);
}
