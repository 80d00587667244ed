/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Head tables of stores and of models: which sequences they are of, where they come from, how far they
 * are, what stops them, and which kept table belongs to a run. */
#include <string.h>
#include <unistd.h>

#include "app/heads-job.h"
#include "tests/job-support.h"
#include "tests/store-support.h"

#define N_HEADS 8 /* of the small model: a sequence is so many steps */

/* Of a run its own sequences, of no run all of them, and the scores are not the same. */
START_TEST (a_table_is_of_the_sequences_of_its_run)
{
    static const char *const n_repeat[] = {"5", "3", "2"};
    double scores[3];
    job_capture (6, 3);
    job_capture (9, 2);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    for (gint64 run = 0; run < 3; run++) {
        g_autoptr (GError) error = NULL;
        JobFollow follow = {0};
        g_autoptr (FoveaTable) table =
            fovea_heads_job_run_store (store, run, 0, job_follow, &follow, NULL, &error);
        ck_assert_msg (table != NULL, "%s", error != NULL ? error->message : "");
        ck_assert_str_eq (fovea_table_get_note (table, "n_repeat"), n_repeat[run]);
        ck_assert_str_eq (fovea_table_get_note (table, "store_id"), fovea_store_get_uuid (store));
        ck_assert_uint_eq (follow.n_calls, N_HEADS * (guint) atoi (n_repeat[run]));
        ck_assert_int_eq (follow.done, follow.total);
        ck_assert_int_gt (follow.total, 5 * atoi (n_repeat[run])); /* tokens, not sequences */
        scores[run] = job_number (table, 0, "induction");
    }
    /* A mean over all is the mean of the runs' means, by how many they are. */
    ck_assert_double_ne (scores[1], scores[2]);
    ck_assert_double_eq_tol (scores[0], (3 * scores[1] + 2 * scores[2]) / 5, 1e-6);
}
END_TEST

START_TEST (runs_without_sequences_are_refused)
{
    g_autoptr (GError) none = NULL, other = NULL;
    fovea_store_close (store_open (FOVEA_STORE_CREATE));
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    ck_assert_ptr_null (fovea_heads_job_run_store (store, 0, 0, NULL, NULL, NULL, &none));
    ck_assert (g_error_matches (none, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
    g_autofree char *said = g_strdup_printf ("heads: %s: run 0 holds no sequence", store_path);
    ck_assert_str_eq (none->message, said);
    job_capture (6, 1);
    ck_assert_ptr_null (fovea_heads_job_run_store (store, 2, 0, NULL, NULL, NULL, &other));
    ck_assert_msg (strstr (other->message, "run 2 holds no sequence") != NULL, "%s",
                   other->message);
}
END_TEST

/* A sequence that cannot be read is named; the others' numbers are not given for all. */
START_TEST (a_damaged_sequence_is_named)
{
    static const char *const changes[] = {
        "DELETE FROM token WHERE sequence_id = 2 AND position = 3",
        "UPDATE chunk SET data = x'00' WHERE array_id IN (SELECT id FROM array WHERE sequence_id = "
        "2)",
    };
    g_autoptr (GError) error = NULL;
    JobFollow follow = {0};
    job_capture (6, 3);
    store_run_sql (changes[_i]);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    ck_assert_ptr_null (fovea_heads_job_run_store (store, 1, 0, job_follow, &follow, NULL, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert_msg (
        g_str_has_prefix (error->message, "sequence 2 (random repeat 2): store is damaged"), "%s",
        error->message);
    ck_assert_uint_eq (follow.n_calls, N_HEADS);
}
END_TEST

START_TEST (scores_of_a_store_can_be_cancelled_between_sequences)
{
    job_capture (6, 3);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    for (guint at = 0; at < 3; at++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (GCancellable) cancellable = g_cancellable_new ();
        JobFollow follow = {.stop_at = at * N_HEADS, .cancellable = cancellable};
        if (at == 0)
            g_cancellable_cancel (cancellable);
        ck_assert_ptr_null (
            fovea_heads_job_run_store (store, 1, 0, job_follow, &follow, cancellable, &error));
        ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
        ck_assert_uint_eq (follow.n_calls, at * N_HEADS);
    }
}
END_TEST

/* "n_repeat" of the kept table, "" if there is none. */
static const char *
kept_of (FoveaStore *store, gint64 run, const FoveaArchitecture *a)
{
    static char kept[8];
    g_autoptr (FoveaTable) table = fovea_heads_job_get_kept (store, run, a);
    g_strlcpy (kept, table != NULL ? fovea_table_get_note (table, "n_repeat") : "", sizeof kept);
    return kept;
}

/* The run's own table before a newer one about anything else, and neither of another model. */
START_TEST (the_kept_table_is_that_of_the_run)
{
    job_capture (6, 1);
    job_capture (9, 2);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, 1, NULL);
    FoveaArchitecture *a = fovea_architecture_copy (fovea_trace_get_info (trace)->architecture);
    ck_assert_int_eq (fovea_heads_job_find_run (store, 1), 1);
    ck_assert_int_eq (fovea_heads_job_find_run (store, 3), 2);
    ck_assert_int_eq (fovea_heads_job_find_run (store, 4), 0);
    ck_assert_str_eq (kept_of (store, 1, a), "");
    g_autoptr (FoveaTable) second = fovea_heads_job_run_store (store, 2, 0, NULL, NULL, NULL, NULL);
    g_autoptr (FoveaTable) all = fovea_heads_job_run_store (store, 0, 0, NULL, NULL, NULL, NULL);
    ck_assert (fovea_store_put_table (store, 2, second, NULL));
    ck_assert_str_eq (kept_of (store, 1, a), "2");
    ck_assert (fovea_store_put_table (store, 0, all, NULL));
    ck_assert_str_eq (kept_of (store, 0, a), "3");
    ck_assert_str_eq (kept_of (store, 1, a), "3");
    ck_assert_str_eq (kept_of (store, 2, a), "2");
    a->n_heads--;
    ck_assert_str_eq (kept_of (store, 2, a), "");
    a->n_heads++;
    a->n_layers--;
    ck_assert_str_eq (kept_of (store, 2, a), "");
    fovea_architecture_free (a);
}
END_TEST

/* Scores a model, with all that the request leaves open small. */
static FoveaTable *
score (const char *model, gint64 limit, JobFollow *follow, GError **error)
{
    const FoveaHeadsRequest request = {
        .model = model, .tokens = 16, .limit = limit, .seed = 3, .device = "cpu", .threads = 1};
    return fovea_heads_job_run_model (&request, job_follow, follow, follow->cancellable, error);
}

START_TEST (a_model_without_tokenizer_is_tried_on_repeats_alone)
{
    g_autofree char *path = support_data (JOB_MODEL);
    g_autoptr (GError) error = NULL;
    JobFollow follow = {0};
    g_autoptr (FoveaTable) table = score (path, 2, &follow, &error);
    ck_assert_msg (table != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_str_eq (fovea_table_get_note (table, "n_text"), "0");
    ck_assert_str_eq (fovea_table_get_note (table, "n_repeat"), "2");
    ck_assert_str_eq (fovea_table_get_note (table, "model"), "olmo2");
    ck_assert_str_eq (fovea_table_get_note (table, "seed"), "3");
    ck_assert_uint_eq (strlen (fovea_table_get_note (table, "model_hash")), 64);
    ck_assert_int_eq (follow.done, follow.total);
}
END_TEST

/* Links to the bundled model's files, but for its tokenizer, which is written as @text. */
static char *
new_model (const char *text)
{
    static const char *const files[] = {"config.json", "model.safetensors"};
    char *folder = support_temp_dir ();
    for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
        g_autofree char *relative = g_build_filename ("data/demo", files[i], NULL);
        g_autofree char *from = support_data (relative);
        g_autofree char *to = g_build_filename (folder, files[i], NULL);
        ck_assert_int_eq (symlink (from, to), 0);
    }
    g_autofree char *path = g_build_filename (folder, "tokenizer.json", NULL);
    ck_assert (g_file_set_contents (path, text, -1, NULL));
    return folder;
}

/* Half the sequences would be missing, and the table alone does not show it. */
START_TEST (a_damaged_tokenizer_is_no_missing_one)
{
    static const char *const texts[] = {"", "{\"model\": {", "[]"};
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
        char *folder = new_model (texts[i]);
        g_autoptr (GError) error = NULL;
        JobFollow follow = {0};
        ck_assert_ptr_null (score (folder, 1, &follow, &error));
        ck_assert_ptr_nonnull (error);
        ck_assert_msg (strstr (error->message, "tokenizer.json") != NULL, "%s", error->message);
        support_remove_dir (folder);
    }
}
END_TEST

/* Texts and repeats both, in one count of tokens; stopped in either. */
START_TEST (scores_of_a_model_can_be_cancelled)
{
    g_autofree char *path = support_data ("data/demo");
    g_autoptr (GError) error = NULL;
    JobFollow whole = {0};
    g_autoptr (FoveaTable) table = score (path, 1, &whole, &error);
    ck_assert_msg (table != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_str_eq (fovea_table_get_note (table, "n_text"), "1");
    ck_assert_str_eq (fovea_table_get_note (table, "n_repeat"), "1");
    ck_assert_int_eq (whole.total, 16 + 201);
    ck_assert_int_eq (whole.done, whole.total);
    const guint stops[] = {1, whole.n_calls - 2};
    for (guint i = 0; i < G_N_ELEMENTS (stops); i++) {
        g_autoptr (GCancellable) cancellable = g_cancellable_new ();
        g_autoptr (GError) cancelled = NULL;
        JobFollow follow = {.stop_at = stops[i], .cancellable = cancellable};
        ck_assert_ptr_null (score (path, 1, &follow, &cancelled));
        ck_assert (g_error_matches (cancelled, G_IO_ERROR, G_IO_ERROR_CANCELLED));
        ck_assert_int_lt (follow.done, whole.total);
    }
}
END_TEST

START_TEST (models_that_cannot_be_tried_say_why)
{
    static const struct {
        const char *model, *part;
    } rows[] = {
        {"tests/golden/nosuch", "nosuch"},
        {"tests/golden/families/vit", "reads pictures"},
    };
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autofree char *path = support_data (rows[i].model);
        g_autoptr (GError) error = NULL;
        JobFollow follow = {0};
        ck_assert_ptr_null (score (path, 1, &follow, &error));
        ck_assert_msg (error != NULL && strstr (error->message, rows[i].part) != NULL, "%s",
                       error != NULL ? error->message : "no error");
        ck_assert_uint_eq (follow.n_calls, 0);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("heads, job");
    TCase *tests = tcase_create ("heads");
    tcase_add_checked_fixture (tests, store_set_up, store_tear_down);
    tcase_add_test (tests, a_table_is_of_the_sequences_of_its_run);
    tcase_add_test (tests, runs_without_sequences_are_refused);
    tcase_add_loop_test (tests, a_damaged_sequence_is_named, 0, 2);
    tcase_add_test (tests, scores_of_a_store_can_be_cancelled_between_sequences);
    tcase_add_test (tests, the_kept_table_is_that_of_the_run);
    tcase_add_test (tests, a_model_without_tokenizer_is_tried_on_repeats_alone);
    tcase_add_test (tests, a_damaged_tokenizer_is_no_missing_one);
    tcase_add_test (tests, scores_of_a_model_can_be_cancelled);
    tcase_add_test (tests, models_that_cannot_be_tried_say_why);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
