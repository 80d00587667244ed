/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What head scores are made of, a row at a time: its statistics, and the keys that a detector means. */
#include "analysis/detectors.h"
#include "analysis/head-measures.h"
#include "analysis/heads.h"
#include "analysis/row-statistics.h"
#include "tests/support.h"
#include "tests/trace-support.h"

#include <math.h>
#include <string.h>

START_TEST (row_statistics_match_the_worked_row)
{
    const float a[] = {0.5f, 0.25f, 0.125f, 0.125f};
    FoveaRowStatistics row = fovea_row_statistics (a, 4);
    ck_assert_double_eq_tol (row.entropy, 1.213008, 1e-6);
    ck_assert_double_eq_tol (row.entropy / log (2), 1.75, 1e-6);
    ck_assert_double_eq_tol (row.normalised_entropy, 0.875, 1e-6);
    ck_assert_double_eq_tol (row.effective_tokens, 3.363586, 1e-6);
    ck_assert_double_eq_tol (row.participation, 2.909091, 1e-6);
    ck_assert_double_eq (row.max_weight, 0.5);
    ck_assert_int_eq (row.max_key, 0);
    ck_assert_double_eq_tol (row.gini, 0.3125, 1e-6);
    ck_assert_double_eq_tol (row.hoyer, 0.294394, 1e-6);
    ck_assert_double_eq (fovea_row_mean_distance (a, 4, 3), 2.125);
    ck_assert_double_eq (fovea_row_window_mass (a, 4, 3, 2), 0.25);
    ck_assert_int_eq (fovea_row_tokens_for (a, 4, 0.95), 4);
    ck_assert_int_eq (fovea_row_tokens_for (a, 4, 0.75), 2);
}
END_TEST

START_TEST (uniform_and_one_hot_rows_are_the_extremes)
{
    const float uniform[] = {0.2f, 0.2f, 0.2f, 0.2f, 0.2f}, one_hot[] = {0, 0, 1, 0};
    FoveaRowStatistics flat = fovea_row_statistics (uniform, 5);
    FoveaRowStatistics peak = fovea_row_statistics (one_hot, 4);
    ck_assert_double_eq_tol (flat.normalised_entropy, 1, 1e-6);
    ck_assert_double_eq_tol (flat.gini, 0, 1e-6);
    ck_assert_double_eq_tol (flat.hoyer, 0, 1e-6);
    ck_assert_double_eq (peak.entropy, 0);
    ck_assert_double_eq_tol (peak.hoyer, 1, 1e-12);
    ck_assert_int_eq (peak.max_key, 2);
    FoveaRowStatistics single = fovea_row_statistics (one_hot + 2, 1);
    ck_assert_double_eq (single.normalised_entropy, 0);
    FoveaRowStatistics empty = fovea_row_statistics (NULL, 0);
    ck_assert_int_eq (empty.max_key, -1);
    ck_assert_double_eq (empty.entropy, 0);
}
END_TEST
/* M as its definition says, cell by cell. */
static gboolean
is_target (FoveaDetector detector, const gint32 *ids, gint64 t, gint64 s)
{
    if (detector == FOVEA_DETECTOR_PREVIOUS)
        return s == t - 1;
    if (detector == FOVEA_DETECTOR_DUPLICATE)
        return s < t && ids[s] == ids[t];
    return s >= 1 && s <= t && s - 1 < t && ids[s - 1] == ids[t];
}

START_TEST (targets_are_those_of_the_definition)
{
    enum {
        N = 40
    };
    gint32 ids[N];
    float row[N];
    for (gint64 t = 0; t < N; t++) {
        ids[t] = (gint32) ((t * t * 7 + t / 5) % 6);
        row[t] = (float) (1 << (t % 20)) + (float) t; /* sums tell which cells were taken */
    }
    g_autoptr (FoveaTargets) targets = fovea_targets_new (ids, N);
    for (int detector = 0; detector < FOVEA_N_DETECTORS; detector++) {
        for (gint64 t = 0; t < N; t++) {
            double expected = 0;
            gint64 ones = 0, count;
            for (gint64 s = 0; s <= t; s++) {
                expected += is_target (detector, ids, t, s) ? row[s] : 0;
                ones += is_target (detector, ids, t, s);
            }
            ck_assert_double_eq (fovea_targets_sum_row (targets, detector, 0, t, row, &count),
                                 expected);
            ck_assert_int_eq (count, ones);
        }
    }
}
END_TEST

/* Uniform attention of layer 1 of 2, as an import may have it; then of none, which is an error. */
START_TEST (layers_without_attention_have_no_scores)
{
    enum {
        T = 80
    };
    FoveaArchitecture model = {.n_layers = 2, .n_heads = 1, .n_kv_heads = 1, .head_width = 1};
    g_autoptr (FoveaTraceInfo) info = trace_info (&model, T);
    g_autofree float *pattern = g_new0 (float, T *T);
    FoveaThreads *threads = fovea_threads_new (1);
    FoveaHeadMeasuresCost cost;
    for (gint64 t = 0; t < T; t++)
        for (gint64 s = 0; s <= t; s++)
            pattern[t * T + s] = 1 / (float) (t + 1);
    for (int there = 1; there >= 0; there--) {
        g_autoptr (GError) error = NULL;
        g_autoptr (FoveaHeads) heads = fovea_heads_new ();
        const TraceArray array = {.name = there ? "blocks.1.attn.hook_pattern"
                                                : "blocks.1.attn.hook_other",
                                  .rank = 3,
                                  .shape = {1, T, T},
                                  .row_axes = 2,
                                  .data = pattern};
        g_autoptr (FoveaTrace) trace = trace_of (info, &array, 1);
        ck_assert_int_eq (fovea_heads_add (heads, trace, NULL, &error), there);
        ck_assert (fovea_head_measures_time (trace, threads, &cost, NULL, NULL));
        ck_assert_int_eq (cost.layers.shared > 0, there);
        g_autoptr (FoveaTable) table = there ? fovea_heads_finish (heads) : NULL;
        if (there) {
            guint column = (guint) fovea_table_find_column (table, "entropy_normalised");
            ck_assert (isnan (fovea_table_get_number (table, 0, column)));
            ck_assert_double_eq_tol (fovea_table_get_number (table, 1, column), 1, 1e-5);
            ck_assert_str_eq (fovea_table_read_text (table, 0, "role"), "");
        } else
            ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
    }
    fovea_threads_free (threads);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("head parts");
    TCase *parts = tcase_create ("parts");
    tcase_add_test (parts, row_statistics_match_the_worked_row);
    tcase_add_test (parts, uniform_and_one_hot_rows_are_the_extremes);
    tcase_add_test (parts, layers_without_attention_have_no_scores);
    tcase_add_test (parts, targets_are_those_of_the_definition);
    suite_add_tcase (suite, parts);
    return support_run (suite);
}
