/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sequences that leave a store: with all that is kept of them and nothing of others, past damage, and never
 * followed by another under the same number. */
#include <string.h>

#include "storage/store-private.h"
#include "tests/codes-support.h"

START_TEST (removed_sequence_takes_its_codes_along)
{
    g_autoptr (GError) error = NULL;
    store_make (N_SEQUENCES, T);
    g_autoptr (FoveaStore) store = write_codes (TRUE);
    gint64 id = find (store), n_tokens;
    g_autofree gint64 *places = NULL;
    ck_assert_msg (fovea_store_remove_sequence (store, 1, &error), "%s",
                   error != NULL ? error->message : "");
    ck_assert (fovea_store_find_dictionary (store, "abcd", &id, &n_tokens, NULL));
    ck_assert_int_eq (n_tokens, 3 * (N_SEQUENCES - 1));
    g_autoptr (GArray) firings = fovea_store_read_firings (store, id, 5, NULL);
    ck_assert_uint_eq (firings->len, 2 * (N_SEQUENCES - 1));
    for (guint i = 0; i < firings->len; i++)
        ck_assert_int_eq (g_array_index (firings, FoveaFiring, i).sequence, 2);
    ck_assert_ptr_null (fovea_store_read_codes (store, id, 1, &places, NULL));
    g_autoptr (GPtrArray) left = fovea_store_list_sequences (store, 0, NULL);
    ck_assert_uint_eq (left->len, N_SEQUENCES - 1);
    /* The parts themselves are smaller: nothing of it is left in the file's blobs. */
    fovea_store_close (g_steal_pointer (&store));
    store_run_sql ("CREATE TABLE probe (x INTEGER CHECK (x = 2));"
                   "INSERT INTO probe SELECT length (data) / 16 FROM firing WHERE latent = 5");
    store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaTable) damage = fovea_store_check (store, NULL, NULL, NULL, NULL);
    ck_assert_uint_eq (fovea_table_get_n_rows (damage), 0);
    /* The last one leaves no part behind. */
    ck_assert (fovea_store_remove_sequence (store, 2, NULL));
    ck_assert (fovea_store_find_dictionary (store, "abcd", &id, &n_tokens, NULL));
    ck_assert_int_eq (n_tokens, 0);
    g_autoptr (GArray) none = fovea_store_read_firings (store, id, 5, NULL);
    ck_assert_uint_eq (none->len, 0);
}
END_TEST

/* They are those of what stays. */
START_TEST (extremes_are_found_again)
{
    store_make (N_SEQUENCES, T);
    fovea_store_close (write_codes (TRUE));
    store_run_sql ("UPDATE firing SET least = -99, most = 99");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    ck_assert (fovea_store_remove_sequence (store, 1, NULL));
    ck_assert_double_eq (store_ask ("SELECT least FROM firing WHERE latent = 5"), -1);
    ck_assert_double_eq (store_ask ("SELECT most FROM firing WHERE latent = 5"), 3);
    ck_assert_double_eq (store_ask ("SELECT least FROM firing WHERE latent = 0"), .5);
    ck_assert_double_eq (store_ask ("SELECT n_codes FROM firing WHERE latent = 5"), 2);
}
END_TEST

START_TEST (a_trace_of_a_removed_sequence_says_so)
{
    store_make (N_SEQUENCES, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaTrace) gone = fovea_store_open_trace (store, 1, NULL);
    g_autoptr (FoveaTrace) stays = fovea_store_open_trace (store, 2, NULL);
    g_auto (GStrv) names = fovea_trace_list_points (gone);
    g_autoptr (FoveaArray) array = fovea_trace_describe_point (gone, names[0], NULL);
    g_autofree float *row = g_new (float, fovea_array_row_length (array));
    g_autoptr (GError) error = NULL;
    ck_assert (fovea_trace_read (gone, names[0], 0, 1, row, NULL));
    ck_assert (fovea_store_remove_sequence (store, 1, NULL));
    ck_assert (!fovea_trace_read (gone, names[0], 0, 1, row, &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND) &&
                       strstr (error->message, "removed") != NULL,
                   "%s", error->message);
    ck_assert (fovea_trace_read (stays, names[0], 0, 1, row, NULL));
}
END_TEST

/* Whoever still holds what was removed must not be given what came after it. */
START_TEST (ids_of_a_removed_sequence_do_not_come_back)
{
    store_make (N_SEQUENCES, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaTrace) gone = fovea_store_open_trace (store, N_SEQUENCES, NULL);
    g_auto (GStrv) names = fovea_trace_list_points (gone);
    g_autoptr (FoveaArray) array = fovea_trace_describe_point (gone, names[0], NULL);
    g_autofree float *row = g_new (float, fovea_array_row_length (array));
    for (int round = 0; round < 2; round++) {
        g_autoptr (GError) unread = NULL, unopened = NULL;
        ck_assert (fovea_store_remove_sequence (store, N_SEQUENCES + round, NULL));
        store_make (1, T); /* by another program */
        ck_assert (!fovea_trace_read (gone, names[0], 0, 1, row, &unread));
        ck_assert (g_error_matches (unread, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
        ck_assert_ptr_null (fovea_store_open_trace (store, N_SEQUENCES + round, &unopened));
        ck_assert (g_error_matches (unopened, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
        g_autoptr (FoveaTrace) next = fovea_store_open_trace (store, N_SEQUENCES + round + 1, NULL);
        store_assert_trace (next, T);
    }
}
END_TEST

/* Every latent is gone through, and what the dictionary holds is counted from what stays. */
START_TEST (sequence_with_damaged_codes_can_be_removed)
{
    static const char *const changes[] = {
        "UPDATE code_rows SET data = zeroblob (length (data)) WHERE sequence_id = 2",
        "UPDATE code_rows SET data = x'' WHERE sequence_id = 2",
        "UPDATE code_rows SET n_rows = 1000000000, n_codes = 9000000000 WHERE sequence_id = 2",
        "UPDATE dictionary SET n_latents = 1000000000000000, n_tokens = 0, n_codes = 77",
    };
    g_autoptr (GError) error = NULL;
    store_make (N_SEQUENCES, T);
    fovea_store_close (write_codes (TRUE));
    store_run_sql (changes[_i]);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    ck_assert_msg (fovea_store_remove_sequence (store, 2, &error), "%s",
                   error != NULL ? error->message : "");
    for (gint32 j = 0; j < F; j++) {
        g_autoptr (GArray) firings = fovea_store_read_firings (store, find (store), j, NULL);
        ck_assert_uint_eq (firings->len, j == 0 || j == 2 ? 1 : j == 5 ? 2 : 0);
        for (guint i = 0; i < firings->len; i++)
            ck_assert_int_eq (g_array_index (firings, FoveaFiring, i).sequence, 1);
    }
    ck_assert_int_eq ((gint64) store_ask ("SELECT n_tokens FROM dictionary"), 3);
    ck_assert_int_eq ((gint64) store_ask ("SELECT n_codes FROM dictionary"), 4);
    ck_assert_int_eq ((gint64) store_ask ("SELECT count (*) FROM sequence"), N_SEQUENCES - 1);
    ck_assert_int_eq ((gint64) store_ask ("SELECT sum (length (data)) FROM firing"), 4 * 16);
}
END_TEST

/* What is left of a part is written with a checksum of its own: of damaged numbers it would be a lie, so that
 * a damaged part stays as it is. The sequence goes all the same, and with it what of it can be read. */
START_TEST (damage_by_latent_stays_damage_and_keeps_no_sequence)
{
    static const char *const changes[] = {
        "UPDATE firing SET data = CAST (substr (data, 1, length (data) - 4) || x'00002041' AS BLOB)"
        " WHERE latent = 5",
        "UPDATE firing SET data = CAST (data || data AS BLOB) WHERE latent = 5",
        "UPDATE firing SET n_codes = n_codes + 1 WHERE latent = 5",
        /* and the codes by sequence with them */
        "UPDATE firing SET n_codes = n_codes + 1 WHERE latent = 5; UPDATE code_rows SET data = x''",
    };
    g_autoptr (GError) removing = NULL, reading = NULL;
    store_make (N_SEQUENCES, T);
    fovea_store_close (write_codes (TRUE));
    store_run_sql (changes[_i]);
    const char part[] = "SELECT checksum + 1000 * length (data) FROM firing WHERE latent = 5";
    double before = store_ask (part);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    ck_assert_msg (fovea_store_remove_sequence (store, 1, &removing), "%s",
                   removing != NULL ? removing->message : "");
    ck_assert_double_eq (store_ask (part), before);
    ck_assert_ptr_null (fovea_store_read_firings (store, find (store), 5, &reading));
    ck_assert_msg (strstr (reading->message, "firings of latent 5") != NULL, "%s",
                   reading->message);
    ck_assert (check_names (store, 0, "latent 5"));
    g_autoptr (GArray) other = fovea_store_read_firings (store, find (store), 2, NULL);
    ck_assert_uint_eq (other->len, N_SEQUENCES - 1);
    ck_assert_int_eq ((gint64) store_ask ("SELECT length (data) FROM firing WHERE latent = 2"), 16);
    g_autoptr (GPtrArray) left = fovea_store_list_sequences (store, 0, NULL);
    ck_assert_uint_eq (left->len, N_SEQUENCES - 1);
}
END_TEST

/* Encoding what stayed mends what a removal had to leave. */
START_TEST (codes_written_again_mend_what_was_damaged)
{
    store_make (N_SEQUENCES + 1, T);
    fovea_store_close (write_codes (TRUE));
    store_run_sql ("UPDATE firing SET n_codes = n_codes + 1");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    ck_assert (fovea_store_remove_sequence (store, N_SEQUENCES + 1, NULL));
    g_autoptr (FoveaTable) broken = fovea_store_check (store, NULL, NULL, NULL, NULL);
    ck_assert_uint_eq (fovea_table_get_n_rows (broken), 3); /* latents 0, 2 and 5 */
    fovea_store_close (write_codes (TRUE));
    g_autoptr (FoveaTable) sound = fovea_store_check (store, NULL, NULL, NULL, NULL);
    ck_assert_uint_eq (fovea_table_get_n_rows (sound), 0);
}
END_TEST

START_TEST (sequence_deleted_by_another_tool_fires_no_more)
{
    store_make (N_SEQUENCES, T);
    fovea_store_close (write_codes (TRUE));
    store_run_sql ("PRAGMA foreign_keys = ON; DELETE FROM sequence WHERE id = 1");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (GArray) firings = fovea_store_read_firings (store, find (store), 5, NULL);
    ck_assert_uint_eq (firings->len, 2 * (N_SEQUENCES - 1));
    ck_assert_int_eq (g_array_index (firings, FoveaFiring, 0).sequence, 2);
}
END_TEST

START_TEST (what_cannot_be_removed_stays_whole)
{
    g_autoptr (GError) missing = NULL, unfinished = NULL, locked = NULL;
    store_make (N_SEQUENCES, T);
    g_autoptr (FoveaStore) store = write_codes (TRUE);
    ck_assert (!fovea_store_remove_sequence (store, 9, &missing));
    ck_assert (g_error_matches (missing, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
    fovea_store_close (g_steal_pointer (&store));
    store = store_open (FOVEA_STORE_READ);
    ck_assert (!fovea_store_remove_sequence (store, 1, &locked));
    ck_assert (g_error_matches (locked, FOVEA_ERROR, FOVEA_ERROR_STORE));
    fovea_store_close (g_steal_pointer (&store));
    store_run_sql ("UPDATE run SET finished = NULL");
    store = store_open (FOVEA_STORE_WRITE);
    ck_assert (!fovea_store_remove_sequence (store, 1, &unfinished));
    ck_assert_ptr_nonnull (strstr (unfinished->message, "not finished"));
    g_autoptr (GArray) firings = fovea_store_read_firings (store, find (store), 5, NULL);
    ck_assert_uint_eq (firings->len, 2 * N_SEQUENCES);
}
END_TEST

/* One statement fails after so many instructions of SQLite, and those that follow would not. */
static int
fail_later (void *left)
{
    return (*(gint *) left)-- == 0;
}

/* What is left of rows that a removal touches, as one number. */
static double
count_rows (void)
{
    return store_ask ("SELECT (SELECT count (*) FROM token) + 1000 * (SELECT count (*) FROM chunk)"
                      " + 1e6 * (SELECT sum (n_codes) FROM firing)"
                      " + 1e9 * (SELECT count (*) FROM code_rows)"
                      " + 1e10 * (SELECT count (*) FROM sequence)");
}

/* From a whole store, with one statement that fails; whether the removal came so far. */
static gboolean
remove_with_failure (gint step, double before, double after)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    gint left = step;
    sqlite3_progress_handler (store->database->handle, 1, fail_later, &left);
    const gboolean ok = fovea_store_remove_sequence (store, 1, &error);
    sqlite3_progress_handler (store->database->handle, 0, NULL, NULL);
    ck_assert_int_eq (ok, error == NULL);
    ck_assert_msg (ok || strstr (error->message, "interrupted") != NULL, "%s", error->message);
    if (!sqlite3_get_autocommit (store->database->handle)) /* its BEGIN had failed, and begun */
        fovea_database_end (store->database, FALSE, NULL);
    const double there = count_rows ();
    ck_assert_msg (there == after || (!ok && there == before), "half a removal after %d steps",
                   step);
    g_autoptr (FoveaTable) damage = fovea_store_check (store, NULL, NULL, NULL, NULL);
    ck_assert_uint_eq (fovea_table_get_n_rows (damage), 0);
    return left < 0;
}

/* All of a sequence goes or nothing. Codes that cannot be read keep no sequence, so that failure alone is
 * none of the removal's. */
START_TEST (a_removal_that_fails_removes_nothing)
{
    g_autofree char *whole = NULL;
    gsize n_bytes;
    store_make (N_SEQUENCES, T);
    fovea_store_close (write_codes (TRUE));
    ck_assert (g_file_get_contents (store_path, &whole, &n_bytes, NULL));
    const double before = count_rows ();
    const double after =
        before - 1e10 - 1e9 - 4e6 -
        store_ask ("SELECT (SELECT count (*) FROM token WHERE sequence_id = 1) + 1000 * (SELECT"
                   " count (*) FROM chunk JOIN array ON array.id = array_id AND sequence_id = 1)");
    gint steps = 0;
    do
        ck_assert (g_file_set_contents (store_path, whole, (gssize) n_bytes, NULL));
    while (remove_with_failure (steps += 7, before, after));
    ck_assert_int_gt (steps, 200);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("store, removal");
    TCase *tests = tcase_create ("removal");
    tcase_add_checked_fixture (tests, store_set_up, store_tear_down);
    tcase_add_test (tests, removed_sequence_takes_its_codes_along);
    tcase_add_test (tests, extremes_are_found_again);
    tcase_add_test (tests, a_trace_of_a_removed_sequence_says_so);
    tcase_add_test (tests, ids_of_a_removed_sequence_do_not_come_back);
    tcase_add_loop_test (tests, sequence_with_damaged_codes_can_be_removed, 0, 4);
    tcase_add_loop_test (tests, damage_by_latent_stays_damage_and_keeps_no_sequence, 0, 4);
    tcase_add_test (tests, codes_written_again_mend_what_was_damaged);
    tcase_add_test (tests, sequence_deleted_by_another_tool_fires_no_more);
    tcase_add_test (tests, what_cannot_be_removed_stays_whole);
    tcase_add_test (tests, a_removal_that_fails_removes_nothing);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
