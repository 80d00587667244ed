/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What sparse attention does to a model's answers over a store: means over sequences, against each
 * sequence alone; sequences that are none of the model's; methods that cannot apply; cancelling. */
#include <math.h>
#include <string.h>

#include "app/end-effect-job.h"
#include "tests/job-support.h"
#include "tests/store-support.h"

static char *model;

static void
set_up (void)
{
    store_set_up ();
    model = support_data (JOB_MODEL);
}

static void
tear_down (void)
{
    g_clear_pointer (&model, g_free);
    store_tear_down ();
}

/* A window of @window tokens; where @both the points of windows and of a method that looks ahead. */
static FoveaTable *
measure (gint64 sequence, double window, gboolean both, JobFollow *follow, GError **error)
{
    const FoveaSparseMethod *methods[] = {fovea_sparse_method_find ("window", NULL),
                                          both ? fovea_sparse_method_find ("sparsed", NULL) : NULL,
                                          NULL};
    const FoveaSparseSetting setting = {"window", "window", window};
    FoveaRecallRequest request = {
        .sequence = sequence,
        .threads = 1,
        .curves = {.methods = methods,
                   .sweep = both,
                   .settings = &setting,
                   .n_settings = both ? 0 : 1},
    };
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    return fovea_end_effect_job_run (store, &request, model, job_follow, follow,
                                     follow->cancellable, error);
}

/* However many sequences there are and however long they are, each counts once. The window reaches
 * far enough for something to be copied, and over all of the short sequence. */
START_TEST (numbers_are_means_over_sequences)
{
    static const char *const means[] = {
        "density",   "divergence",  "dense_loss",       "loss",       "loss_change",
        "agreement", "layer_error", "dense_copy_score", "copy_score", "copy_score_change"};
    g_autoptr (GError) error = NULL;
    FoveaTable *alone[3];
    job_capture (6, 1);
    job_capture (9, 2);
    JobFollow all = {0};
    g_autoptr (FoveaTable) table = measure (0, 14, FALSE, &all, &error);
    ck_assert_msg (table != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_uint_eq (fovea_table_get_n_rows (table), 1);
    ck_assert_int_eq (
        fovea_table_get_integer (table, 0, (guint) fovea_table_find_column (table, "n_sequences")),
        3);
    ck_assert_int_eq (all.n_calls, 3);
    ck_assert_int_eq (all.done, all.total);
    for (gint64 s = 0; s < 3; s++) {
        JobFollow one = {0};
        alone[s] = measure (s + 1, 14, FALSE, &one, NULL);
        ck_assert_int_eq (one.total, 1);
    }
    for (guint i = 0; i < G_N_ELEMENTS (means); i++) {
        double sum = 0;
        for (int s = 0; s < 3; s++)
            sum += job_number (alone[s], 0, means[i]);
        ck_assert_double_eq_tol (job_number (table, 0, means[i]), sum / 3, 1e-12);
        ck_assert_msg (sum != 0, "%s: nothing was measured", means[i]);
    }
    double largest = 0;
    for (int s = 0; s < 3; s++)
        largest = fmax (largest, job_number (alone[s], 0, "largest_divergence"));
    ck_assert_double_eq (job_number (table, 0, "largest_divergence"), largest);
    ck_assert_double_ge (largest, job_number (table, 0, "divergence"));
    ck_assert_double_eq_tol (job_number (table, 0, "loss_change"),
                             job_number (table, 0, "loss") - job_number (table, 0, "dense_loss"),
                             1e-6);
    ck_assert_double_eq_tol (
        job_number (table, 0, "copy_score_change"),
        job_number (table, 0, "copy_score") - job_number (table, 0, "dense_copy_score"), 1e-12);
    ck_assert_double_gt (job_number (table, 0, "divergence"), 1e-6);
    ck_assert_str_eq (fovea_table_get_text (table, 0, 1), "window"); /* the knob that is turned */
    for (int s = 0; s < 3; s++)
        fovea_table_unref (alone[s]);
}
END_TEST

/* A window over all tokens changes nothing; a narrower one has the density that it leaves. */
START_TEST (density_is_that_of_the_window)
{
    job_capture (6, 1);
    gint64 T = (gint64) store_ask ("SELECT n_tokens FROM sequence");
    for (gint64 w = 1; w <= T; w += 3) {
        JobFollow follow = {0};
        g_autoptr (FoveaTable) table = measure (0, (double) w, FALSE, &follow, NULL);
        double cells = 0;
        for (gint64 i = 0; i < T; i++)
            cells += (double) MIN (i + 1, w);
        ck_assert_double_eq_tol (job_number (table, 0, "density"),
                                 cells / ((double) T * (double) (T + 1) / 2), 1e-9);
        ck_assert_double_eq (job_number (table, 0, "value"), (double) w);
    }
    JobFollow follow = {0};
    g_autoptr (FoveaTable) whole = measure (0, 1000, FALSE, &follow, NULL);
    ck_assert_double_eq (job_number (whole, 0, "density"), 1);
    ck_assert_double_eq_tol (job_number (whole, 0, "divergence"), 0, 1e-6);
    ck_assert_double_eq_tol (job_number (whole, 0, "layer_error"), 0, 1e-5);
    ck_assert_double_eq (job_number (whole, 0, "agreement"), 1);
}
END_TEST

START_TEST (a_method_that_cannot_apply_has_one_row_with_the_reason)
{
    job_capture (6, 2);
    JobFollow follow = {0};
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaTable) table = measure (0, 2, TRUE, &follow, &error);
    ck_assert_msg (table != NULL, "%s", error != NULL ? error->message : "");
    guint note = (guint) fovea_table_find_column (table, "note");
    guint n = fovea_table_get_n_rows (table), n_refused = 0;
    ck_assert_uint_gt (n, 3);
    for (guint i = 0; i < n; i++) {
        const gboolean applies = strcmp (fovea_table_get_text (table, i, 0), "window") == 0;
        ck_assert_int_eq (*fovea_table_get_text (table, i, note) == '\0', applies);
        ck_assert_int_eq (isnan (job_number (table, i, "loss")), !applies);
        ck_assert_int_eq (isnan (job_number (table, i, "value")), !applies);
        n_refused += !applies;
    }
    ck_assert_uint_eq (n_refused, 1);
    ck_assert_str_eq (fovea_table_get_text (table, n - 1, 0), "sparsed");
}
END_TEST

static const struct {
    const char *sql, *said;
    int code;
} strangers[] = {
    {"UPDATE model SET hash = replace (hex (zeroblob (32)), '00', 'ab')",
     "sequence 1 (random repeat 1): it was captured with olmo2 (hash abababababab), and olmo2 has "
     "hash ",
     FOVEA_ERROR_SHAPE},
    {"UPDATE token SET id = NULL",
     "sequence 1 (random repeat 1): its token ids were not kept, so no model can be run on it",
     FOVEA_ERROR_NOT_FOUND},
    {"UPDATE token SET id = 99999 WHERE position = 4",
     "sequence 1 (random repeat 1): ", FOVEA_ERROR_RANGE},
    {"DELETE FROM token WHERE position = 4",
     "sequence 1 (random repeat 1): store is damaged: sequence 1: tokens are missing",
     FOVEA_ERROR_STORE},
};

START_TEST (sequences_of_another_model_are_refused)
{
    JobFollow follow = {0};
    g_autoptr (GError) error = NULL;
    job_capture (6, 1);
    store_run_sql (strangers[_i].sql);
    ck_assert_ptr_null (measure (0, 2, FALSE, &follow, &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, strangers[_i].code), "%s", error->message);
    ck_assert_msg (g_str_has_prefix (error->message, strangers[_i].said), "%s", error->message);
    ck_assert_int_eq (follow.n_calls, 0);
}
END_TEST

/* A sequence without a hash, as an import has it, is believed. */
START_TEST (sequences_without_a_hash_are_run)
{
    JobFollow follow = {0};
    job_capture (6, 1);
    store_run_sql ("UPDATE model SET hash = ''");
    g_autoptr (FoveaTable) table = measure (0, 2, FALSE, &follow, NULL);
    ck_assert_ptr_nonnull (table);
}
END_TEST

START_TEST (what_is_not_there_is_named)
{
    JobFollow follow = {0};
    g_autoptr (GError) sequence = NULL, nowhere = NULL;
    job_capture (6, 1);
    ck_assert_ptr_null (measure (7, 2, FALSE, &follow, &sequence));
    ck_assert (g_error_matches (sequence, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
    ck_assert_msg (strstr (sequence->message, "run 0, sequence 7 (0 = all): nothing is there") !=
                       NULL,
                   "%s", sequence->message);
    g_free (model);
    model = support_data ("tests/golden/nosuch");
    ck_assert_ptr_null (measure (0, 2, FALSE, &follow, &nowhere));
    ck_assert_msg (strstr (nowhere->message, "nosuch") != NULL, "%s", nowhere->message);
}
END_TEST

START_TEST (runs_can_be_cancelled_between_points)
{
    job_capture (6, 3);
    for (gint64 at = 0; at < 3; at++) {
        g_autoptr (GCancellable) cancellable = g_cancellable_new ();
        g_autoptr (GError) error = NULL;
        JobFollow follow = {.stop_at = at, .cancellable = cancellable};
        if (at == 0)
            g_cancellable_cancel (cancellable);
        ck_assert_ptr_null (measure (0, 2, FALSE, &follow, &error));
        ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
        ck_assert_int_eq (follow.n_calls, at);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("end effect, job");
    TCase *tests = tcase_create ("job");
    tcase_add_checked_fixture (tests, set_up, tear_down);
    tcase_add_test (tests, numbers_are_means_over_sequences);
    tcase_add_test (tests, density_is_that_of_the_window);
    tcase_add_test (tests, a_method_that_cannot_apply_has_one_row_with_the_reason);
    tcase_add_loop_test (tests, sequences_of_another_model_are_refused, 0,
                         G_N_ELEMENTS (strangers));
    tcase_add_test (tests, sequences_without_a_hash_are_run);
    tcase_add_test (tests, what_is_not_there_is_named);
    tcase_add_test (tests, runs_can_be_cancelled_between_points);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
