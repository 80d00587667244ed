/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Runs as a store tells of them: every column in its place, what no sequence has told yet is unknown, and
 * a run ends once. */
#include <string.h>

#include "kernels/error.h"
#include "tests/store-support.h"

/* Values that differ from each other, so that no two columns can be taken for one another. */
START_TEST (what_is_said_of_a_run_comes_back)
{
    store_make (2, 5);
    store_make (3, 7);
    store_run_sql ("UPDATE run SET kind = 'ids', options = 'o', device = 'd', precision = 'p',"
                   " version = 'v', created = 'c' WHERE id = 2;"
                   "UPDATE model SET name = 'n', hash = 'h', family = 'f', n_layers = 11,"
                   " n_heads = 12, n_kv_heads = 13, head_width = 14, width = 15, vocabulary = 16,"
                   " n_parameters = 17, weight_dtype = 'w'");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (GPtrArray) runs = fovea_store_list_runs (store, NULL);
    ck_assert_uint_eq (runs->len, 2);
    const FoveaRunInfo *run = g_ptr_array_index (runs, 1);
    ck_assert_int_eq (run->id, 2);
    ck_assert_str_eq (run->kind, "ids");
    ck_assert_str_eq (run->options, "o");
    ck_assert_str_eq (run->device, "d");
    ck_assert_str_eq (run->precision, "p");
    ck_assert_str_eq (run->version, "v");
    ck_assert_str_eq (run->created, "c");
    ck_assert (run->finished);
    ck_assert_int_eq (run->n_sequences, 3);
    ck_assert_str_eq (run->model_name, "n");
    ck_assert_str_eq (run->model_hash, "h");
    ck_assert_str_eq (run->family, "f");
    ck_assert_str_eq (run->weight_dtype, "w");
    const gint64 sizes[] = {run->n_layers, run->n_heads,    run->n_kv_heads,  run->head_width,
                            run->width,    run->vocabulary, run->n_parameters};
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        ck_assert_int_eq (sizes[i], 11 + i);
}
END_TEST

START_TEST (sequences_are_listed_with_what_is_said_of_them)
{
    store_make (2, 5);
    store_run_sql ("UPDATE sequence SET title = 't', n_tokens = 21, repeat_period = 22,"
                   " n_bytes = 23 WHERE position = 1");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (GPtrArray) all = fovea_store_list_sequences (store, 1, NULL);
    g_autoptr (GPtrArray) none = fovea_store_list_sequences (store, 2, NULL);
    ck_assert_uint_eq (none->len, 0);
    ck_assert_uint_eq (all->len, 2);
    const FoveaSequenceInfo *first = all->pdata[0], *second = all->pdata[1];
    ck_assert (first->id == 1 && first->run_id == 1 && first->position == 0);
    ck_assert (second->id == 2 && second->run_id == 1 && second->position == 1);
    ck_assert_str_eq (first->title, "made");
    ck_assert_str_eq (second->title, "t");
    ck_assert_int_eq (second->n_tokens, 21);
    ck_assert_int_eq (second->repeat_period, 22);
    ck_assert_uint_eq (second->n_bytes, 23);
}
END_TEST

/* Also what a killed writer left does not count. */
START_TEST (a_run_that_has_no_sequence_yet_has_no_model)
{
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    store_begin_run (store);
    g_autoptr (GPtrArray) runs = fovea_store_list_runs (store, NULL);
    ck_assert_uint_eq (runs->len, 1);
    const FoveaRunInfo *run = g_ptr_array_index (runs, 0);
    ck_assert_str_eq (run->model_name, "");
    ck_assert_str_eq (run->family, "");
    ck_assert (!run->finished && run->n_sequences == 0 && run->n_layers == 0);
    ck_assert_str_eq (run->kind, "text");
    ck_assert_str_eq (run->device, "cpu");
    ck_assert_str_eq (run->precision, "f32");
    g_autoptr (GDateTime) created = g_date_time_new_from_iso8601 (run->created, NULL);
    ck_assert_ptr_nonnull (created);
    store_make (1, 5);
    store_run_sql ("UPDATE sequence SET complete = 0");
    g_autoptr (GPtrArray) later = fovea_store_list_runs (store, NULL);
    ck_assert_int_eq (((const FoveaRunInfo *) later->pdata[1])->n_sequences, 0);
}
END_TEST

START_TEST (a_run_ends_once_and_the_last_that_did_not_is_found)
{
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    const gint64 first = store_begin_run (store), second = store_begin_run (store);
    ck_assert_int_eq (fovea_store_find_unfinished_run (store, "text", "{\"a\":1}", NULL), second);
    ck_assert (fovea_store_finish_run (store, second, NULL));
    ck_assert_int_eq (fovea_store_find_unfinished_run (store, "text", "{\"a\":1}", NULL), first);
    store_run_sql ("UPDATE run SET finished = 'then' WHERE id = 2");
    ck_assert (fovea_store_finish_run (store, second, NULL));
    ck_assert_double_eq (store_ask ("SELECT finished = 'then' FROM run WHERE id = 2"), 1);
    ck_assert_double_eq (store_ask ("SELECT finished IS NULL FROM run WHERE id = 1"), 1);
}
END_TEST

START_TEST (runs_of_a_store_for_reading_stay_as_they_are)
{
    store_make (1, 5);
    store_run_sql ("UPDATE run SET finished = NULL");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (GError) begun = NULL, finished = NULL;
    g_autofree char *said = g_strdup_printf ("store '%s' is open for reading only", store_path);
    ck_assert_int_eq (fovea_store_begin_run (store, "text", "{}", "cpu", "f32", &begun), 0);
    ck_assert (g_error_matches (begun, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert_str_eq (begun->message, said);
    ck_assert (!fovea_store_finish_run (store, 1, &finished));
    ck_assert (g_error_matches (finished, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert_str_eq (finished->message, said);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM run WHERE finished IS NULL"), 1);
}
END_TEST

/* A kind that no run has is refused by the table itself. */
START_TEST (a_run_of_no_kind_is_refused)
{
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    g_autoptr (GError) error = NULL;
    ck_assert_int_eq (fovea_store_begin_run (store, "dream", "{}", "cpu", "f32", &error), 0);
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert_ptr_nonnull (strstr (error->message, store_path));
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM run"), 0);
}
END_TEST

/* Other weights under the same name are another model; the sequences of before stay, and the same goes on. */
START_TEST (a_run_goes_on_with_the_model_that_it_was_begun_with)
{
    store_make (2, 5);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaSink) sink = store_new_sink (store, 1, 2);
    g_autoptr (GPtrArray) arrays = store_arrays (5);
    g_autoptr (FoveaTraceInfo) info = store_info (5, "other");
    g_autoptr (GError) error = NULL;
    g_autofree char *said = g_strdup_printf ("run 1 of store '%s' was begun with another model "
                                             "than 'made up', or with other weights of it",
                                             store_path);
    g_free (info->model_hash);
    info->model_hash = g_strdup ("def456");
    ck_assert (!sink->begin (sink, info, arrays, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert_str_eq (error->message, said);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM sequence"), 2);
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM model"), 1);
    fovea_trace_unref (store_write_sequence (sink, 5, "same", 50));
    ck_assert_double_eq (store_ask ("SELECT count (*) FROM sequence WHERE complete"), 3);
}
END_TEST

/* A sequence of five ids of which one is not there is not the one that has it, as far as it is asked for. */
START_TEST (a_sequence_that_lacks_an_id_is_another)
{
    const gint32 ids[] = {0, 7, 14, 21, 28};
    g_autofree char *sql =
        g_strdup_printf ("UPDATE token SET id = NULL WHERE sequence_id = 2 AND position = %d", _i);
    store_make (2, 5);
    store_run_sql (sql);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    for (gint64 n = 1; n <= 5; n++) {
        gboolean begins = n > _i, whole = FALSE;
        if (n > 1 || _i > 0) { /* of a beginning without any id nothing is known */
            ck_assert (fovea_store_begins_with (store, 2, ids, n, &begins, NULL));
            ck_assert_int_eq (begins, n <= _i);
        }
        ck_assert (fovea_store_begins_with (store, 1, ids, n, &whole, NULL) && whole);
    }
}
END_TEST

/* Nor is one of which an id is another, as far as that is asked for. */
START_TEST (a_sequence_of_another_id_is_another)
{
    gint32 ids[] = {0, 7, 14, 21, 28};
    store_make (1, 5);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    ids[_i]++;
    for (gint64 n = 1; n <= 5; n++) {
        gboolean begins = n > _i;
        ck_assert (fovea_store_begins_with (store, 1, ids, n, &begins, NULL));
        ck_assert_int_eq (begins, n <= _i);
    }
}
END_TEST

/* A picture, or what was imported without its ids, may be of any. */
START_TEST (a_sequence_without_ids_is_not_known_to_be_another)
{
    const gint32 ids[] = {3, 1, 4, 1, 5};
    gboolean begins = FALSE;
    store_make (1, 5);
    store_run_sql ("UPDATE token SET id = NULL");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    ck_assert (fovea_store_begins_with (store, 1, ids, 5, &begins, NULL) && begins);
}
END_TEST

/* Run 0 is all of them, by run and place; what is not complete is of none. */
START_TEST (sequences_of_all_runs_are_in_order)
{
    static const gint64 order[] = {3, 1, 2, 5, 4};
    store_make (3, 4);
    store_make (2, 4);
    store_run_sql ("UPDATE sequence SET position = position + 10;"
                   "UPDATE sequence SET position = 0 WHERE id = 3;"
                   "UPDATE sequence SET position = 1 WHERE id = 1;"
                   "UPDATE sequence SET position = 2 WHERE id = 2;"
                   "UPDATE sequence SET position = 3 WHERE id = 5");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (GPtrArray) all = fovea_store_list_sequences (store, 0, NULL);
    g_autoptr (GPtrArray) second = fovea_store_list_sequences (store, 2, NULL);
    ck_assert_uint_eq (all->len, G_N_ELEMENTS (order));
    for (guint i = 0; i < all->len; i++)
        ck_assert_int_eq (((const FoveaSequenceInfo *) all->pdata[i])->id, order[i]);
    ck_assert_uint_eq (second->len, 2);
    ck_assert_int_eq (((const FoveaSequenceInfo *) second->pdata[0])->id, 5);
    store_run_sql ("UPDATE sequence SET complete = 0 WHERE id = 2");
    g_autoptr (GPtrArray) fewer = fovea_store_list_sequences (store, 0, NULL);
    ck_assert_uint_eq (fewer->len, G_N_ELEMENTS (order) - 1);
}
END_TEST

static gboolean
list_runs (FoveaStore *store, GError **error)
{
    g_autoptr (GPtrArray) runs = fovea_store_list_runs (store, error);
    return runs != NULL && runs->len == 1;
}

static gboolean
list_sequences (FoveaStore *store, GError **error)
{
    g_autoptr (GPtrArray) sequences = fovea_store_list_sequences (store, 1, error);
    return sequences != NULL && sequences->len == 3;
}

START_TEST (nothing_is_freed_without_a_word)
{
    fovea_run_info_free (NULL);
    fovea_sequence_info_free (NULL);
}
END_TEST

static gboolean
compare_ids (FoveaStore *store, GError **error)
{
    const gint32 ids[] = {0, 7, 14};
    gboolean begins = TRUE; /* whatever was there, a failure is one */
    return fovea_store_begins_with (store, 1, ids, 3, &begins, error) && begins;
}

static gboolean
find_run (FoveaStore *store, GError **error)
{
    return fovea_store_find_unfinished_run (store, "text", "{\"a\":1}", error) == 1;
}

/* What reads runs and sequences. */
static gboolean (*const works[]) (FoveaStore *, GError **) = {compare_ids, find_run, list_runs,
                                                              list_sequences};

START_TEST (a_read_that_fails_is_told_in_sqlites_words)
{
    store_make (3, 5);
    store_run_sql ("UPDATE run SET finished = NULL");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    store_fail_at_each_step (store, works[_i]);
}
END_TEST

/* Where a table is gone its name is told. */
START_TEST (a_table_that_is_gone_is_named)
{
    static const gboolean of_tokens[] = {TRUE, FALSE, FALSE, FALSE};
    store_make (3, 5);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    store_run_sql ("PRAGMA legacy_alter_table = ON; ALTER TABLE token RENAME TO one;"
                   "ALTER TABLE run RENAME TO two; ALTER TABLE sequence RENAME TO three");
    for (guint i = 0; i < G_N_ELEMENTS (works); i++) {
        g_autoptr (GError) error = NULL;
        ck_assert (!works[i](store, &error));
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE));
        ck_assert_msg (strstr (error->message, "no such table: ") != NULL, "%s", error->message);
        ck_assert_int_eq (strstr (error->message, "token") != NULL, of_tokens[i]);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("runs of a store");
    TCase *tests = tcase_create ("runs");
    tcase_add_checked_fixture (tests, store_set_up, store_tear_down);
    tcase_add_test (tests, what_is_said_of_a_run_comes_back);
    tcase_add_test (tests, sequences_are_listed_with_what_is_said_of_them);
    tcase_add_test (tests, a_run_that_has_no_sequence_yet_has_no_model);
    tcase_add_test (tests, a_run_ends_once_and_the_last_that_did_not_is_found);
    tcase_add_test (tests, runs_of_a_store_for_reading_stay_as_they_are);
    tcase_add_test (tests, a_run_of_no_kind_is_refused);
    tcase_add_loop_test (tests, a_read_that_fails_is_told_in_sqlites_words, 0,
                         G_N_ELEMENTS (works));
    tcase_add_test (tests, a_run_goes_on_with_the_model_that_it_was_begun_with);
    tcase_add_loop_test (tests, a_sequence_that_lacks_an_id_is_another, 0, 5);
    tcase_add_loop_test (tests, a_sequence_of_another_id_is_another, 0, 5);
    tcase_add_test (tests, sequences_of_all_runs_are_in_order);
    tcase_add_test (tests, a_sequence_without_ids_is_not_known_to_be_another);
    tcase_add_test (tests, a_table_that_is_gone_is_named);
    tcase_add_test (tests, nothing_is_freed_without_a_word);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
