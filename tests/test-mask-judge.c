/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A mask judged piece by piece says of each cell what the whole map says (mask-verdict.h). */
#include <math.h>
#include <string.h>

#include "analysis/mask-judge.h"
#include "analysis/pattern-rows.h"
#include "tests/sparse-support.h"

enum {
    T = 32,
};

typedef struct {
    SparseFixture fixture;
    FoveaSparseSelection selection;
    guint8 cells[T * T]; /* by the whole map */
    FoveaVerdictSummary summary;
    FoveaMaskJudge *judge;
} Bench;

static void
bench_init (Bench *bench, const char *method_id, const char *knobs, double share)
{
    const FoveaSparseMethod *method = fovea_sparse_method_find (method_id, NULL);
    double values[FOVEA_SPARSE_MAX_KNOBS];
    bench->fixture = sparse_fixture_tiny (T, 1, 0, TRUE);
    sparse_set_knobs (method, T, knobs, values);
    ck_assert (
        fovea_sparse_method_select (method, bench->fixture.head, values, &bench->selection, NULL));
    ck_assert (fovea_mask_verdict_read (bench->fixture.head, &bench->selection.executed, 1, NULL,
                                        share, 1, bench->cells, &bench->summary, NULL));
    bench->judge =
        fovea_mask_judge_new (bench->fixture.attention, 0, bench->selection.executed, share);
}

static void
bench_clear (Bench *bench)
{
    fovea_mask_judge_free (bench->judge);
    fovea_sparse_selection_clear (&bench->selection);
    sparse_fixture_clear (&bench->fixture);
}

static const struct {
    const char *method, *knobs;
    double share;
} masks[] = {{"streaming", "window=6 sinks=2", 0.95},
             {"vertical-slash", "", 0.8},
             {"oracle-token", "k=4", 0.5},
             {"window", "window=1", 1}};

START_TEST (every_piece_agrees_with_the_whole_map)
{
    Bench bench;
    bench_init (&bench, masks[_i].method, masks[_i].knobs, masks[_i].share);
    /* First in pieces of a row not seen before, then of rows that were. */
    for (int round = 0; round < 2; round++)
        for (gint64 q = T - 1; q >= 0; q--) {
            guint8 piece[T];
            gint64 k0 = (q * 7 + round) % T, k1 = MIN (k0 + 5 + q % 9, T);
            ck_assert (fovea_mask_judge_read (bench.judge, q, k0, k1, piece, NULL));
            for (gint64 k = k0; k < k1; k++)
                ck_assert_msg (piece[k - k0] == bench.cells[q * T + k],
                               "query %d key %d is %d, the map says %d", (int) q, (int) k,
                               piece[k - k0], bench.cells[q * T + k]);
        }
    bench_clear (&bench);
}
END_TEST

START_TEST (a_report_of_all_rows_has_the_numbers_of_the_map)
{
    Bench bench;
    FoveaMaskReport report;
    FoveaMaskRow rows[T];
    bench_init (&bench, masks[_i].method, masks[_i].knobs, masks[_i].share);
    ck_assert (fovea_mask_judge_report (bench.judge, 1000, &report, rows, NULL, NULL));
    ck_assert_int_eq (report.n_rows, T);
    ck_assert (fabs (report.kept_mass - bench.summary.kept_mass) <= 1e-6);
    ck_assert (fabs (report.wasted - bench.summary.wasted) <= 1e-12);
    ck_assert_int_eq (report.n_pairs, bench.summary.counts[FOVEA_VERDICT_KEPT] +
                                          bench.summary.counts[FOVEA_VERDICT_WASTED]);
    ck_assert_int_eq (report.n_allowed, T * (T + 1) / 2);
    double sum = 0, least = 1;
    guint below = 0;
    for (gint64 q = 0; q < T; q++) {
        double recall = rows[q].recall;
        sum += recall;
        least = fmin (least, recall);
        below += recall < report.low_recall - 1e-6;
        gint64 counts[FOVEA_VERDICT_FUTURE + 1] = {0};
        for (gint64 k = 0; k < T; k++)
            counts[bench.cells[q * T + k]]++;
        ck_assert_int_eq (rows[q].n_kept, counts[FOVEA_VERDICT_KEPT]);
        ck_assert_int_eq (rows[q].n_wasted, counts[FOVEA_VERDICT_WASTED]);
    }
    ck_assert (fabs (sum / T - report.kept_mass) <= 1e-6);
    ck_assert (fabs (least - report.least_recall) <= 1e-6);
    ck_assert (fabs (rows[report.least_query].recall - least) <= 1e-6);
    ck_assert_uint_lt (below, (T + 9) / 10); /* nearest rank: at most 10 % lie below */
    bench_clear (&bench);
}
END_TEST

START_TEST (the_most_missed_pairs_are_missed_and_the_heaviest)
{
    Bench bench;
    FoveaMaskReport report;
    bench_init (&bench, "streaming", "window=3 sinks=0", 0.95);
    ck_assert (fovea_mask_judge_report (bench.judge, T, &report, NULL, NULL, NULL));
    ck_assert_uint_eq (report.n_missed, FOVEA_N_MISSED);
    guint heavier = 0;
    for (gint64 q = 0; q < T; q++) {
        float row[T];
        ck_assert (
            fovea_attention_read_pattern (bench.fixture.attention, 0, q, q + 1, 0, T, row, NULL));
        for (gint64 k = 0; k < T; k++)
            heavier += bench.cells[q * T + k] == FOVEA_VERDICT_MISSED &&
                       row[k] > report.missed[FOVEA_N_MISSED - 1].weight;
    }
    ck_assert_uint_lt (heavier, FOVEA_N_MISSED);
    for (guint i = 0; i < report.n_missed; i++) {
        const FoveaMissedPair *pair = &report.missed[i];
        ck_assert_int_eq (bench.cells[pair->query * T + pair->key], FOVEA_VERDICT_MISSED);
        ck_assert (i == 0 || pair->weight <= report.missed[i - 1].weight);
    }
    bench_clear (&bench);
}
END_TEST

START_TEST (a_sampled_report_says_how_many_rows_and_leaves_the_rest_unknown)
{
    Bench bench;
    FoveaMaskReport report;
    FoveaMaskRow rows[T];
    int known = 0;
    bench_init (&bench, "streaming", "window=6 sinks=2", 0.95);
    ck_assert (fovea_mask_judge_report (bench.judge, 8, &report, rows, NULL, NULL));
    ck_assert_int_eq (report.n_rows, 8);
    for (gint64 q = 0; q < T; q++)
        known += !isnan (rows[q].recall);
    ck_assert_int_eq (known, 8);
    ck_assert_int_eq (report.n_pairs, bench.summary.counts[FOVEA_VERDICT_KEPT] +
                                          bench.summary.counts[FOVEA_VERDICT_WASTED]);
    bench_clear (&bench);
}
END_TEST

START_TEST (a_row_or_key_beyond_the_sequence_is_named)
{
    static const gint64 wrong[][3] = {{T, 0, 1}, {-1, 0, 1}, {0, 0, T + 1}, {0, 5, 4}, {0, -1, 2}};
    Bench bench;
    guint8 piece[T + 1];
    bench_init (&bench, "streaming", "window=6 sinks=2", 0.95);
    for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
        g_autoptr (GError) error = NULL;
        ck_assert (!fovea_mask_judge_read (bench.judge, wrong[i][0], wrong[i][1], wrong[i][2],
                                           piece, &error));
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
    }
    bench_clear (&bench);
}
END_TEST

START_TEST (a_report_stops_when_it_is_cancelled)
{
    Bench bench;
    FoveaMaskReport report;
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GError) error = NULL;
    bench_init (&bench, "streaming", "window=6 sinks=2", 0.95);
    g_cancellable_cancel (cancellable);
    ck_assert (!fovea_mask_judge_report (bench.judge, T, &report, NULL, cancellable, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    bench_clear (&bench);
}
END_TEST

static const struct {
    gint64 n_tokens;
    gboolean causal;
    gint64 window;
} maps[] = {{1, TRUE, 0},    {63, TRUE, 0},  {64, FALSE, 0}, {65, TRUE, 0},
            {200, TRUE, 70}, {200, TRUE, 0}, {131, FALSE, 0}};

/* Rising, falling and by chance: a kept block must never answer for another. */
START_TEST (rows_in_any_order_are_those_of_the_map)
{
    gint64 n = maps[_i].n_tokens;
    g_autoptr (FoveaTrace) trace = sparse_trace_new (n, 1, 2, 1, 5);
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, 0, NULL);
    g_autoptr (GRand) rand = g_rand_new_with_seed (6);
    FoveaScoreRule *rule = (FoveaScoreRule *) fovea_attention_get_rule (attention);
    rule->causal = maps[_i].causal;
    rule->window = maps[_i].window;
    g_autoptr (FoveaPatternRows) rows = fovea_pattern_rows_new (attention, 1, n);
    g_autofree float *want = g_new (float, n);
    for (gint64 i = 0; i < 3 * n; i++) {
        gint64 query = i < n       ? i
                       : i < 2 * n ? 2 * n - 1 - i
                                   : g_rand_int_range (rand, 0, (gint32) n);
        gint64 end = fovea_score_rule_end_key (rule, query, n);
        const float *got = fovea_pattern_rows_get (rows, query, NULL);
        ck_assert (fovea_attention_read_pattern (attention, 1, query, query + 1, 0, n, want, NULL));
        ck_assert_ptr_nonnull (got);
        ck_assert_mem_eq (got, want, (gsize) end * sizeof *got);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("mask-judge");
    TCase *tests = tcase_create ("mask-judge");
    tcase_add_loop_test (tests, every_piece_agrees_with_the_whole_map, 0, G_N_ELEMENTS (masks));
    tcase_add_loop_test (tests, a_report_of_all_rows_has_the_numbers_of_the_map, 0,
                         G_N_ELEMENTS (masks));
    tcase_add_test (tests, the_most_missed_pairs_are_missed_and_the_heaviest);
    tcase_add_test (tests, a_sampled_report_says_how_many_rows_and_leaves_the_rest_unknown);
    tcase_add_test (tests, a_row_or_key_beyond_the_sequence_is_named);
    tcase_add_test (tests, a_report_stops_when_it_is_cancelled);
    tcase_add_loop_test (tests, rows_in_any_order_are_those_of_the_map, 0, G_N_ELEMENTS (maps));
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
