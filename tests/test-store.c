/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The store by its public calls: what goes in comes out, what is not complete is not there, and
 * what is damaged is named. Traces are made here, with shapes that straddle nothing evenly. */
#include <fcntl.h>
#include <malloc.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <zlib.h>

#include "storage/checksum.h"
#include "tests/store-support.h"

START_TEST (what_goes_in_comes_out)
{
    static const gint64 lengths[] = {1, 2, 63, 65, 400};
    gint64 T = lengths[_i];
    g_autoptr (FoveaTrace) kept = NULL;
    {
        g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
        g_autoptr (FoveaSink) sink = store_new_sink (store, store_begin_run (store), 0);
        kept = store_write_sequence (sink, T, "größe", _i % 2 == 0 ? 17 : T);
        store_assert_trace (kept, T);
    }
    /* A trace outlives its store. */
    store_assert_trace (kept, T);
    g_autoptr (FoveaStore) again = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (again, 1, NULL);
    store_assert_trace (trace, T);
}
END_TEST

START_TEST (everything_about_a_sequence_is_restored)
{
    store_make (1, 70);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, 1, NULL);
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    g_autoptr (FoveaTraceInfo) made = store_info (70, "made");
    ck_assert_str_eq (info->model_name, "made up");
    ck_assert_str_eq (info->model_hash, "abc123");
    ck_assert_str_eq (info->title, "made");
    ck_assert_str_eq (info->architecture->family, "llama");
    ck_assert_double_eq (info->architecture->rotary_base, 100000.125);
    ck_assert (info->architecture->norm_eps == 1e-5f);
    ck_assert_int_eq (info->architecture->eos_id, -1);
    for (gint64 t = 0; t < 70; t++) {
        ck_assert_int_eq (info->ids[t], made->ids[t]);
        ck_assert_str_eq (info->token_texts[t], made->token_texts[t]);
        ck_assert_int_eq (info->special[t], made->special[t]);
    }
}
END_TEST

START_TEST (runs_and_sequences_are_listed_in_order)
{
    store_make (3, 5);
    store_make (2, 9);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (GPtrArray) runs = fovea_store_list_runs (store, NULL);
    g_autoptr (GPtrArray) all = fovea_store_list_sequences (store, 0, NULL);
    g_autoptr (GPtrArray) second = fovea_store_list_sequences (store, 2, NULL);
    const FoveaRunInfo *run = g_ptr_array_index (runs, 0);
    const FoveaSequenceInfo *last = g_ptr_array_index (second, 1);
    ck_assert_uint_eq (runs->len, 2);
    ck_assert (run->finished && run->n_sequences == 3);
    ck_assert_str_eq (run->options, "{\"a\":1}");
    ck_assert_int_eq (run->n_heads, 3);
    ck_assert_uint_eq (all->len, 5);
    ck_assert (last->position == 1 && last->n_tokens == 9 && last->run_id == 2);
}
END_TEST

START_TEST (a_store_at_rest_is_one_file)
{
    store_make (2, 5);
    g_autofree char *name = g_path_get_basename (store_path);
    g_autofree char *beside = g_path_get_dirname (store_path);
    g_autoptr (GDir) dir = g_dir_open (beside, 0, NULL);
    const char *found;
    while ((found = g_dir_read_name (dir)) != NULL)
        ck_assert_str_eq (found, name);
}
END_TEST

START_TEST (an_abandoned_sequence_leaves_nothing)
{
    store_make (1, 20);
    {
        g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
        g_autoptr (FoveaSink) sink = store_new_sink (store, store_begin_run (store), 0);
        g_autoptr (FoveaTraceInfo) info = store_info (600, "gone");
        g_autoptr (GPtrArray) arrays = store_arrays (600);
        ck_assert (sink->begin (sink, info, arrays, NULL));
        store_write_all (sink, arrays, 100);
        sink->abandon (sink);
        fovea_trace_unref (store_write_sequence (sink, 20, "after", 20));
    }
    sqlite3 *db = NULL;
    sqlite3_stmt *row = NULL;
    ck_assert_int_eq (sqlite3_open (store_path, &db), SQLITE_OK);
    sqlite3_prepare_v2 (db, "SELECT count (*), sum (complete) FROM sequence", -1, &row, NULL);
    ck_assert_int_eq (sqlite3_step (row), SQLITE_ROW);
    ck_assert_int_eq (sqlite3_column_int (row, 0), 2);
    ck_assert_int_eq (sqlite3_column_int (row, 1), 2);
    sqlite3_finalize (row);
    sqlite3_close (db);
}
END_TEST

START_TEST (rows_missing_or_out_of_order_are_refused)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    g_autoptr (FoveaSink) sink = store_new_sink (store, store_begin_run (store), 0);
    g_autoptr (FoveaTraceInfo) info = store_info (10, "short");
    g_autoptr (GPtrArray) arrays = store_arrays (10);
    ck_assert (sink->begin (sink, info, arrays, NULL));
    store_write_rows (sink, g_ptr_array_index (arrays, 0), 0, 0, 9);
    ck_assert_ptr_null (sink->finish (sink, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
    g_autoptr (GPtrArray) all = fovea_store_list_sequences (store, 0, NULL);
    ck_assert_uint_eq (all->len, 0);
}
END_TEST

START_TEST (a_second_writer_is_told_at_once)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    gint64 run = store_begin_run (store);
    g_autoptr (FoveaSink) sink = store_new_sink (store, run, 0);
    g_autoptr (FoveaStore) other = store_open (FOVEA_STORE_WRITE);
    ck_assert_ptr_null (fovea_store_new_sink (other, run, 0, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert_ptr_nonnull (strstr (error->message, "locked"));
}
END_TEST

START_TEST (a_store_can_be_read_while_it_is_written)
{
    store_make (1, 30);
    g_autoptr (FoveaStore) writer = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaSink) sink = store_new_sink (writer, store_begin_run (writer), 0);
    g_autoptr (FoveaStore) reader = store_open (FOVEA_STORE_READ);
    for (guint i = 0; i < 4; i++) {
        g_autoptr (FoveaTrace) trace = fovea_store_open_trace (reader, 1, NULL);
        store_assert_trace (trace, 30);
        fovea_trace_unref (store_write_sequence (sink, 300, "more", 64));
        g_autoptr (GPtrArray) all = fovea_store_list_sequences (reader, 0, NULL);
        ck_assert_uint_eq (all->len, 2 + i);
    }
}
END_TEST

/* Writes sequences until it is killed. */
static void
write_for_ever (int ready)
{
    FoveaStore *store = store_open (FOVEA_STORE_WRITE);
    gint64 run = fovea_store_find_unfinished_run (store, "text", "{\"a\":1}", NULL);
    GPtrArray *done = fovea_store_list_sequences (store, run, NULL);
    FoveaSink *sink = store_new_sink (store, run, done->len);
    ck_assert_int_eq (write (ready, "", 1), 1);
    for (;;)
        fovea_trace_unref (store_write_sequence (sink, 256, "killed", 32));
}

START_TEST (a_killed_writer_loses_only_the_sequence_under_way)
{
    {
        g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
        store_begin_run (store);
    }
    guint n_before = 0;
    for (guint round = 0; round < 8; round++) {
        int ends[2];
        char byte;
        ck_assert_int_eq (pipe (ends), 0);
        pid_t child = fork ();
        if (child == 0)
            write_for_ever (ends[1]);
        ck_assert_int_eq (read (ends[0], &byte, 1), 1);
        /* An instant that differs each round: after so many looks at the growing file. */
        GStatBuf status;
        for (guint looks = 0; looks < 200 + round * 7919 % 3000; looks++)
            g_stat (store_path, &status);
        kill (child, SIGKILL);
        waitpid (child, NULL, 0);
        close (ends[0]);
        close (ends[1]);
        g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
        g_autoptr (FoveaTable) damage = fovea_store_check (store, NULL, NULL, NULL, NULL);
        g_autoptr (GPtrArray) all = fovea_store_list_sequences (store, 0, NULL);
        ck_assert_uint_eq (fovea_table_get_n_rows (damage), 0);
        ck_assert_uint_ge (all->len, n_before);
        n_before = all->len;
        for (guint i = 0; i < all->len; i++) {
            const FoveaSequenceInfo *info = g_ptr_array_index (all, i);
            ck_assert_int_eq (info->position, i);
            g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, info->id, NULL);
            store_assert_trace (trace, 256);
        }
    }
}
END_TEST

START_TEST (an_unfinished_run_is_found_by_its_options)
{
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    gint64 run = store_begin_run (store);
    ck_assert_int_eq (fovea_store_find_unfinished_run (store, "text", "{\"a\":1}", NULL), run);
    ck_assert_int_eq (fovea_store_find_unfinished_run (store, "text", "{\"a\":2}", NULL), 0);
    ck_assert_int_eq (fovea_store_find_unfinished_run (store, "ids", "{\"a\":1}", NULL), 0);
    ck_assert (fovea_store_finish_run (store, run, NULL));
    ck_assert_int_eq (fovea_store_find_unfinished_run (store, "text", "{\"a\":1}", NULL), 0);
}
END_TEST

/* A small head table with a missing value. */
static FoveaTable *
make_heads (double score)
{
    FoveaTable *table = fovea_table_new ("heads");
    fovea_table_add_column (table, "layer", FOVEA_COLUMN_INTEGER, "", "layer");
    fovea_table_add_column (table, "head", FOVEA_COLUMN_INTEGER, "", "head");
    fovea_table_add_column (table, "role", FOVEA_COLUMN_TEXT, "", "role");
    fovea_table_add_column (table, "induction", FOVEA_COLUMN_NUMBER, "share", "score");
    fovea_table_add_column (table, "induction_se", FOVEA_COLUMN_NUMBER, "share", "error");
    fovea_table_set_note (table, "seed", "7");
    for (guint i = 0; i < 3; i++) {
        fovea_table_add_row (table);
        fovea_table_set_integer (table, i, 1, i);
        fovea_table_set_text (table, i, 2, i == 1 ? "induction" : "");
        fovea_table_set_number (table, i, 3, i == 2 ? (double) NAN : score + i);
        fovea_table_set_number (table, i, 4, 0.25);
    }
    return table;
}

START_TEST (a_table_comes_back_as_it_was)
{
    store_make (1, 4);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaTable) made = make_heads (0.5);
    ck_assert_ptr_null (fovea_store_get_table (store, 0, "heads", NULL));
    ck_assert (fovea_store_put_table (store, 1, made, NULL));
    g_autoptr (FoveaTable) read = fovea_store_get_table (store, 1, "heads", NULL);
    g_autofree char *a = fovea_table_print (made, FOVEA_FORMAT_JSON);
    g_autofree char *b = fovea_table_print (read, FOVEA_FORMAT_JSON);
    ck_assert_str_eq (a, b);
    ck_assert_ptr_null (fovea_store_get_table (store, 2, "heads", NULL));
}
END_TEST

START_TEST (a_table_replaces_its_predecessor_and_fills_head_scores)
{
    store_make (1, 4);
    {
        g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
        for (guint i = 0; i < 3; i++) {
            g_autoptr (FoveaTable) table = make_heads (i);
            ck_assert (fovea_store_put_table (store, 0, table, NULL));
        }
    }
    sqlite3 *db = NULL;
    sqlite3_stmt *row = NULL;
    ck_assert_int_eq (sqlite3_open (store_path, &db), SQLITE_OK);
    sqlite3_prepare_v2 (db,
                        "SELECT count (*), max (value), max (standard_error) FROM head_score"
                        " WHERE score = 'induction'",
                        -1, &row, NULL);
    ck_assert_int_eq (sqlite3_step (row), SQLITE_ROW);
    ck_assert_int_eq (sqlite3_column_int (row, 0), 3);
    ck_assert_double_eq (sqlite3_column_double (row, 1), 3);
    ck_assert_double_eq (sqlite3_column_double (row, 2), 0.25);
    sqlite3_finalize (row);
    sqlite3_close (db);
}
END_TEST

/* Files that are no store of ours. */
static void
assert_refused (const char *part)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_store_open (store_path, FOVEA_STORE_READ, &error));
    ck_assert_msg (strstr (error->message, part) != NULL, "%s", error->message);
    g_clear_error (&error);
    ck_assert_ptr_null (fovea_store_open (store_path, FOVEA_STORE_CREATE, &error));
}

START_TEST (a_newer_store_is_refused_untouched)
{
    store_make (1, 4);
    store_run_sql ("PRAGMA user_version = 1000");
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    gsize n_before, n_after;
    ck_assert (g_file_get_contents (store_path, &before, &n_before, NULL));
    assert_refused ("newer");
    ck_assert (g_file_get_contents (store_path, &after, &n_after, NULL));
    ck_assert (n_before == n_after && memcmp (before, after, n_before) == 0);
}
END_TEST

START_TEST (what_is_no_store_is_refused)
{
    store_run_sql ("CREATE TABLE t (x)");
    assert_refused ("another program");
    ck_assert (
        g_file_set_contents (store_path, "just a text, and long enough to be looked at", -1, NULL));
    assert_refused ("not a Fovea store");
    ck_assert (g_file_set_contents (store_path, "", 0, NULL));
    assert_refused ("empty");
    g_unlink (store_path);
    g_mkdir (store_path, 0700);
    assert_refused ("folder");
}
END_TEST

START_TEST (check_names_what_is_damaged)
{
    store_make (3, 200);
    store_run_sql (
        "UPDATE chunk SET data = zeroblob (length (data)) WHERE array_id IN (SELECT id FROM"
        " array WHERE sequence_id = 2 AND name = 'blocks.0.attn.hook_q')");
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTable) damage = fovea_store_check (store, NULL, NULL, NULL, NULL);
    ck_assert_uint_eq (fovea_table_get_n_rows (damage), 1);
    ck_assert_int_eq (fovea_table_get_integer (damage, 0, 0), 2);
    ck_assert_str_eq (fovea_table_get_text (damage, 0, 2), "blocks.0.attn.hook_q");
    g_autoptr (FoveaTrace) sound = fovea_store_open_trace (store, 3, NULL);
    store_assert_trace (sound, 200);
}
END_TEST

START_TEST (a_disk_that_fills_up_leaves_what_was_committed)
{
    store_make (2, 100);
    g_autoptr (GError) error = NULL;
    pid_t child = fork ();
    if (child == 0) {
        /* Refused growth, as a full disk refuses it. */
        FoveaStore *store = store_open (FOVEA_STORE_WRITE);
        FoveaSink *sink = store_new_sink (store, store_begin_run (store), 0);
        signal (SIGXFSZ, SIG_IGN);
        struct rlimit limit = {2000000, 2000000};
        if (setrlimit (RLIMIT_FSIZE, &limit) != 0)
            _exit (3);
        g_autoptr (FoveaTraceInfo) info = store_info (900, "too much");
        g_autoptr (GPtrArray) arrays = store_arrays (900);
        gboolean ok = sink->begin (sink, info, arrays, &error);
        g_autofree float *rows = g_new0 (float, 900 * 900);
        for (gint64 i = 0; ok && i < 2700; i += 900)
            ok = sink->write (sink, 1, i, 900, rows, &error);
        _exit (sink->finish (sink, &error) == NULL ? 0 : 2);
    }
    int status = 0;
    waitpid (child, &status, 0);
    ck_assert (WIFEXITED (status));
    ck_assert_int_eq (WEXITSTATUS (status), 0);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (GPtrArray) all = fovea_store_list_sequences (store, 0, NULL);
    ck_assert_uint_eq (all->len, 2);
    g_autoptr (FoveaTrace) sound = fovea_store_open_trace (store, 2, NULL);
    store_assert_trace (sound, 100);
}
END_TEST

START_TEST (the_checksum_is_that_of_zlib)
{
    g_autofree guint8 *bytes = g_new (guint8, 70000);
    for (gsize i = 0; i < 70000; i++)
        bytes[i] = (guint8) (i * i * 31 + i / 7);
    for (gsize n = 0; n < 400; n++)
        for (gsize from = 0; from < 3; from++)
            ck_assert_uint_eq (fovea_checksum (bytes + from, n), crc32_z (0, bytes + from, n));
    ck_assert_uint_eq (fovea_checksum (bytes, 70000), crc32_z (0, bytes, 70000));
    bytes[69999] ^= 1;
    guint32 before = fovea_checksum (bytes, 70000);
    bytes[12345] ^= 128;
    ck_assert_uint_ne (before, fovea_checksum (bytes, 70000));
}
END_TEST

START_TEST (a_missing_sequence_is_named)
{
    g_autoptr (GError) error = NULL;
    store_make (1, 4);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    ck_assert_ptr_null (fovea_store_open_trace (store, 77, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
    ck_assert_ptr_nonnull (strstr (error->message, "77"));
}
END_TEST

/* 48 arrays of 3 MiB that grow side by side, as activations of a model do; rows wait as f32 whatever is
 * kept of them. */
START_TEST (a_sink_holds_what_is_predicted)
{
    enum {
        N_ARRAYS = 48,
        ROWS = 2048,
        AT_ONCE = 128,
        WIDTH = 384
    };
    mallopt (M_PERTURB, 0);
    static float rows[AT_ONCE * WIDTH];
    g_autoptr (GPtrArray) arrays =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    for (guint i = 0; i < N_ARRAYS; i++) {
        FoveaArray *array = g_new0 (FoveaArray, 1);
        array->name = g_strdup_printf ("mine.%u", i);
        array->rank = 2;
        array->shape[0] = ROWS;
        array->shape[1] = WIDTH;
        array->row_axes = 1;
        array->dtype = _i == 0 ? FOVEA_F32 : FOVEA_BF16;
        g_ptr_array_add (arrays, array);
    }
    guint64 predicted = fovea_store_predict_memory (arrays), most = 0;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    g_autoptr (FoveaTraceInfo) info = store_info (ROWS, "long");
    g_autoptr (FoveaSink) sink = store_new_sink (store, store_begin_run (store), 0);
    guint64 before = support_status_bytes ("RssAnon");
    ck_assert (sink->begin (sink, info, arrays, NULL));
    for (gint64 row = 0; row < ROWS; row += AT_ONCE)
        for (guint i = 0; i < N_ARRAYS; i++) {
            if (!sink->write (sink, i, row, AT_ONCE, rows, NULL))
                ck_abort_msg ("row %d of array %u was not taken", (int) row, i);
            most = MAX (most, support_status_bytes ("RssAnon") - before);
        }
    g_autoptr (FoveaTrace) trace = sink->finish (sink, NULL);
    ck_assert_ptr_nonnull (trace);
    ck_assert_msg (most <= predicted * 9 / 8 && most >= predicted * 3 / 4,
                   "predicted %.1f MB, held %.1f MB", (double) predicted / 1e6,
                   (double) most / 1e6);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("store");
    TCase *content = tcase_create ("content");
    tcase_set_timeout (content, 60);
    tcase_add_checked_fixture (content, store_set_up, store_tear_down);
    tcase_add_loop_test (content, what_goes_in_comes_out, 0, 5);
    tcase_add_test (content, everything_about_a_sequence_is_restored);
    tcase_add_test (content, runs_and_sequences_are_listed_in_order);
    tcase_add_test (content, a_store_at_rest_is_one_file);
    tcase_add_test (content, an_abandoned_sequence_leaves_nothing);
    tcase_add_test (content, rows_missing_or_out_of_order_are_refused);
    tcase_add_test (content, an_unfinished_run_is_found_by_its_options);
    tcase_add_test (content, a_table_comes_back_as_it_was);
    tcase_add_test (content, a_table_replaces_its_predecessor_and_fills_head_scores);
    tcase_add_test (content, the_checksum_is_that_of_zlib);
    tcase_add_test (content, a_missing_sequence_is_named);
    suite_add_tcase (suite, content);
    TCase *trouble = tcase_create ("trouble");
    tcase_set_timeout (trouble, 120);
    tcase_add_checked_fixture (trouble, store_set_up, store_tear_down);
    tcase_add_test (trouble, a_second_writer_is_told_at_once);
    tcase_add_test (trouble, a_store_can_be_read_while_it_is_written);
    tcase_add_test (trouble, a_killed_writer_loses_only_the_sequence_under_way);
    tcase_add_test (trouble, a_newer_store_is_refused_untouched);
    tcase_add_test (trouble, what_is_no_store_is_refused);
    tcase_add_test (trouble, check_names_what_is_damaged);
    tcase_add_test (trouble, a_sink_holds_what_is_predicted);
    tcase_add_test (trouble, a_disk_that_fills_up_leaves_what_was_committed);
    suite_add_tcase (suite, trouble);
    return support_run (suite);
}
