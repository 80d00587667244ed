/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What a store is made of, each by itself: the writer's lock, the pool of read connections, statements
 * and transactions of one connection. */
#include <math.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/readers.h"
#include "storage/writer-lock.h"
#include "tests/store-support.h"

static gboolean
has_lock_file (void)
{
    g_autofree char *path = g_strconcat (store_path, "-writer", NULL);
    return g_file_test (path, G_FILE_TEST_EXISTS);
}

START_TEST (one_writer_holds_the_lock_and_leaves_no_file)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaWriterLock) first =
        fovea_writer_lock_take (store_path, FOVEA_WRITER_SEQUENCES, &error);
    ck_assert_ptr_nonnull (first);
    ck_assert (has_lock_file ());
    for (int i = 0; i < 2; i++) {
        ck_assert_ptr_null (fovea_writer_lock_take (store_path, FOVEA_WRITER_SEQUENCES, &error));
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE));
        ck_assert_ptr_nonnull (strstr (error->message, store_path));
        ck_assert_ptr_nonnull (strstr (error->message, "another capture is writing into it"));
        g_clear_error (&error);
        ck_assert (has_lock_file ()); /* a refused one leaves the first one's file alone */
    }
    g_clear_pointer (&first, fovea_writer_lock_release);
    ck_assert (!has_lock_file ());
    g_autoptr (FoveaWriterLock) next =
        fovea_writer_lock_take (store_path, FOVEA_WRITER_SEQUENCES, &error);
    ck_assert_ptr_nonnull (next);
}
END_TEST

/* However the process ends: its file stays behind and locks nobody out. */
START_TEST (a_lock_ends_with_its_process)
{
    int status;
    pid_t child = fork ();
    if (child == 0)
        _exit (fovea_writer_lock_take (store_path, FOVEA_WRITER_SEQUENCES, NULL) != NULL ? 0 : 1);
    ck_assert_int_eq (waitpid (child, &status, 0), child);
    ck_assert (WIFEXITED (status) && WEXITSTATUS (status) == 0);
    ck_assert (has_lock_file ());
    g_autoptr (FoveaWriterLock) lock =
        fovea_writer_lock_take (store_path, FOVEA_WRITER_SEQUENCES, NULL);
    ck_assert_ptr_nonnull (lock);
    g_clear_pointer (&lock, fovea_writer_lock_release);
    ck_assert (!has_lock_file ());
}
END_TEST

START_TEST (a_lock_that_cannot_be_made_says_why)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *path = g_strconcat (store_path, "/nowhere/b.fovea", NULL);
    ck_assert_ptr_null (fovea_writer_lock_take (path, FOVEA_WRITER_SEQUENCES, &error));
    ck_assert (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT));
    ck_assert_ptr_nonnull (strstr (error->message, path));
}
END_TEST

enum {
    CONTENDERS = 4,
    TURNS = 100
};

static gint holders, together;

/* Releasing unlinks the file: whoever opened it before must not take a lock on what is gone. */
static gpointer
contend (gpointer data)
{
    for (int taken = 0; taken < TURNS;) {
        g_autoptr (FoveaWriterLock) lock =
            fovea_writer_lock_take (store_path, FOVEA_WRITER_SEQUENCES, NULL);
        if (lock == NULL) {
            g_thread_yield ();
            continue;
        }
        if (g_atomic_int_add (&holders, 1) != 0)
            g_atomic_int_inc (&together);
        taken++;
        g_thread_yield ();
        g_atomic_int_add (&holders, -1);
    }
    return NULL;
}

START_TEST (contenders_never_hold_the_lock_together)
{
    GThread *threads[CONTENDERS];
    for (int i = 0; i < CONTENDERS; i++)
        threads[i] = g_thread_new ("contender", contend, NULL);
    for (int i = 0; i < CONTENDERS; i++)
        g_thread_join (threads[i]);
    ck_assert_int_eq (together, 0);
    ck_assert (!has_lock_file ());
}
END_TEST

START_TEST (a_second_sink_on_a_store_is_refused_until_the_first_is_gone)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    gint64 run = store_begin_run (store);
    g_autoptr (FoveaSink) first = store_new_sink (store, run, 0);
    g_autoptr (FoveaStore) other = store_open (FOVEA_STORE_CREATE);
    ck_assert_ptr_null (fovea_store_new_sink (other, run, 1, &error));
    ck_assert_ptr_nonnull (strstr (error->message, "another capture is writing into it"));
    g_clear_error (&error);
    fovea_trace_unref (store_write_sequence (first, 9, "first", 4)); /* which goes on unharmed */
    g_clear_pointer (&first, fovea_sink_free);
    g_autoptr (FoveaSink) second = store_new_sink (other, run, 1);
    g_autoptr (FoveaTrace) trace = store_write_sequence (second, 9, "second", 4);
    store_assert_trace (trace, 9);
    ck_assert_double_eq (store_ask ("SELECT count(*) FROM sequence"), 2);
    ck_assert_ptr_null (fovea_store_new_sink (store, run, 2, &error));
}
END_TEST

/* Descriptors that this process has of the store. */
static guint
count_open (void)
{
    g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
    g_autofree char *real = realpath (store_path, NULL);
    const char *name;
    guint n = 0;
    ck_assert (dir != NULL && real != NULL);
    while ((name = g_dir_read_name (dir)) != NULL) {
        g_autofree char *link = g_build_filename ("/proc/self/fd", name, NULL);
        g_autofree char *target = g_file_read_link (link, NULL);
        n += g_strcmp0 (target, real) == 0;
    }
    return n;
}

/* SQLite keeps a descriptor open while another connection of the process holds a lock; none does. */
START_TEST (readers_are_lent_to_one_at_a_time_and_few_are_kept)
{
    enum {
        N = 12,
        KEPT = 8
    };
    FoveaDatabase *lent[N];
    store_make (1, 5);
    guint before = count_open ();
    g_autoptr (FoveaReaders) readers = fovea_readers_new (store_path);
    ck_assert_uint_eq (count_open (), before); /* none before one is asked for */
    for (int i = 0; i < N; i++) {
        lent[i] = fovea_readers_take (readers, NULL);
        ck_assert_ptr_nonnull (lent[i]);
        for (int j = 0; j < i; j++)
            ck_assert_ptr_ne (lent[i], lent[j]);
        gint64 n = 0;
        ck_assert (fovea_database_get_integer (lent[i], -1, &n, NULL,
                                               "SELECT count (*) FROM sequence", ""));
        ck_assert_int_eq (n, 1);
    }
    ck_assert_uint_eq (count_open (), before + N);
    for (int i = 0; i < N; i++)
        fovea_readers_give (readers, lent[i]);
    fovea_readers_give (readers, NULL);
    ck_assert_uint_eq (count_open (), before + KEPT);
    for (int i = 0; i < KEPT; i++)
        lent[i] = fovea_readers_take (readers, NULL);
    ck_assert_uint_eq (count_open (), before + KEPT); /* idle ones are lent again */
    for (int i = 0; i < KEPT; i++)
        fovea_readers_give (readers, lent[i]);
    g_autoptr (FoveaReaders) second = fovea_readers_ref (readers);
    g_clear_pointer (&readers, fovea_readers_unref);
    ck_assert_uint_eq (count_open (), before + KEPT);
    g_clear_pointer (&second, fovea_readers_unref);
    ck_assert_uint_eq (count_open (), before);
}
END_TEST

START_TEST (readers_of_a_store_that_is_not_there_say_so)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaReaders) readers = fovea_readers_new (store_path);
    ck_assert_ptr_null (fovea_readers_take (readers, &error));
    ck_assert_ptr_nonnull (strstr (error->message, store_path));
    ck_assert (!g_file_test (store_path, G_FILE_TEST_EXISTS)); /* reading makes no file */
}
END_TEST

static FoveaDatabase *
open_database (FoveaDatabaseMode mode)
{
    g_autoptr (GError) error = NULL;
    FoveaDatabase *database = fovea_database_open (store_path, mode, &error);
    ck_assert_msg (database != NULL, "%s", error != NULL ? error->message : "");
    return database;
}

static FoveaDatabase *
new_database (void)
{
    FoveaDatabase *database = open_database (FOVEA_DATABASE_CREATE);
    ck_assert (fovea_database_exec (
        database, "CREATE TABLE t (i INTEGER CHECK (i < 100), d REAL, s TEXT) STRICT", NULL));
    return database;
}

static const char insert[] = "INSERT INTO t VALUES (?1, ?2, ?3)";

static gint64
count_rows (FoveaDatabase *database)
{
    gint64 n = -1;
    ck_assert (fovea_database_get_integer (database, -2, &n, NULL, "SELECT count (*) FROM t", ""));
    return n;
}

START_TEST (parameters_of_every_kind_are_bound)
{
    g_autoptr (FoveaDatabase) database = new_database ();
    ck_assert (fovea_database_run (database, NULL, insert, "ids", (gint64) -7, 0.1, "it's; \"x\""));
    ck_assert (fovea_database_run (database, NULL, insert, "ids", (gint64) 8, (double) NAN, NULL));
    g_autoptr (sqlite3_stmt) row = fovea_database_query (
        database, NULL, "SELECT i, d, s FROM t WHERE i < ?1 ORDER BY i", "i", (gint64) 50);
    ck_assert (fovea_database_step (database, row, NULL));
    ck_assert_int_eq (sqlite3_column_int64 (row, 0), -7);
    ck_assert_double_eq (sqlite3_column_double (row, 1), 0.1);
    g_autofree char *text = fovea_statement_get_text (row, 2);
    ck_assert_str_eq (text, "it's; \"x\"");
    ck_assert (fovea_database_step (database, row, NULL));
    ck_assert_int_eq (sqlite3_column_type (row, 1), SQLITE_NULL);
    ck_assert_int_eq (sqlite3_column_type (row, 2), SQLITE_NULL);
    g_autofree char *nothing = fovea_statement_get_text (row, 2);
    ck_assert_str_eq (nothing, "");
    ck_assert (!fovea_database_step (database, row, NULL));
}
END_TEST

/* The same text gives the same statement, and what was bound before is forgotten. */
START_TEST (statements_are_prepared_once_and_forget_their_parameters)
{
    static const char sql[] = "SELECT ?1 IS NULL";
    g_autoptr (FoveaDatabase) database = new_database ();
    g_autofree char *copy = g_strdup (sql);
    sqlite3_stmt *first = fovea_database_query (database, NULL, sql, "i", (gint64) 5);
    ck_assert (fovea_database_step (database, first, NULL));
    ck_assert_int_eq (sqlite3_column_int64 (first, 0), 0);
    fovea_statement_reset (first);
    sqlite3_stmt *second = fovea_database_query (database, NULL, copy, "");
    ck_assert_ptr_eq (first, second);
    ck_assert (fovea_database_step (database, second, NULL));
    ck_assert_int_eq (sqlite3_column_int64 (second, 0), 1);
    fovea_statement_reset (second);
    fovea_statement_reset (NULL);
}
END_TEST

START_TEST (no_row_is_the_fallback_and_bad_sql_an_error)
{
    g_autoptr (FoveaDatabase) database = new_database ();
    g_autoptr (GError) error = NULL;
    gint64 value = 0;
    ck_assert (fovea_database_get_integer (database, -5, &value, &error,
                                           "SELECT i FROM t WHERE i = ?1", "i", (gint64) 3));
    ck_assert_int_eq (value, -5);
    ck_assert (!fovea_database_get_integer (database, -5, &value, &error, "SELECT x FROM t", ""));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert (strstr (error->message, store_path) != NULL &&
               strstr (error->message, "no such column: x") != NULL);
    g_clear_error (&error);
    ck_assert_ptr_null (fovea_database_query (database, &error, "SELECT nonsense FROM", ""));
    ck_assert_ptr_nonnull (error);
}
END_TEST

/* A constraint that fails inside of a transaction, which ends as the caller says. */
START_TEST (a_transaction_is_kept_whole_or_not_at_all)
{
    g_autoptr (FoveaDatabase) database = new_database ();
    g_autoptr (GError) error = NULL;
    ck_assert (fovea_database_begin (database, NULL));
    ck_assert (fovea_database_run (database, NULL, insert, "ids", (gint64) 1, 1.0, "a"));
    ck_assert (!fovea_database_run (database, &error, insert, "ids", (gint64) 100, 1.0, "b"));
    ck_assert_ptr_nonnull (strstr (error->message, "CHECK constraint failed"));
    ck_assert (!fovea_database_end (database, FALSE, NULL));
    ck_assert_int_eq (count_rows (database), 0);
    ck_assert (fovea_database_begin (database, NULL));
    ck_assert (fovea_database_run (database, NULL, insert, "ids", (gint64) 1, 1.0, "a"));
    ck_assert (fovea_database_end (database, TRUE, NULL));
    ck_assert_int_eq (count_rows (database), 1);
}
END_TEST

START_TEST (closing_rolls_back_and_readers_change_nothing)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaDatabase) writer = new_database ();
    ck_assert (fovea_database_begin (writer, NULL));
    ck_assert (fovea_database_run (writer, NULL, insert, "ids", (gint64) 1, 1.0, "a"));
    g_clear_pointer (&writer, fovea_database_close);
    g_autoptr (FoveaDatabase) reader = open_database (FOVEA_DATABASE_READ);
    ck_assert_int_eq (count_rows (reader), 0);
    ck_assert (!fovea_database_run (reader, &error, insert, "ids", (gint64) 1, 1.0, "a"));
    ck_assert_ptr_nonnull (strstr (error->message, store_path));
    ck_assert_int_eq (count_rows (reader), 0);
}
END_TEST

/* A disk that is full, as far as SQLite can tell: the file may not grow. */
START_TEST (a_full_disk_is_told_and_what_was_committed_stays)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaDatabase) database = new_database ();
    g_autofree char *long_text = g_strnfill (1 << 20, 'x');
    ck_assert (fovea_database_run (database, NULL, insert, "ids", (gint64) 1, 1.0, "kept"));
    ck_assert (fovea_database_exec (database, "PRAGMA max_page_count = 4", NULL));
    ck_assert (fovea_database_begin (database, NULL));
    ck_assert (!fovea_database_run (database, &error, insert, "ids", (gint64) 2, 1.0, long_text));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert (strstr (error->message, store_path) != NULL &&
               strstr (error->message, "disk is full") != NULL);
    ck_assert (!fovea_database_end (database, FALSE, NULL)); /* SQLite has rolled back already */
    ck_assert_int_eq (count_rows (database), 1);
    ck_assert (fovea_database_run (database, NULL, insert, "ids", (gint64) 3, 1.0, "small"));
    ck_assert_int_eq (count_rows (database), 2);
}
END_TEST

START_TEST (a_file_that_is_no_database_is_named)
{
    g_autoptr (GError) error = NULL;
    char text[4096];
    memset (text, 'x', sizeof text);
    ck_assert (g_file_set_contents (store_path, text, sizeof text, NULL));
    ck_assert_ptr_null (fovea_database_open (store_path, FOVEA_DATABASE_READ, &error));
    g_autofree char *expected = g_strdup_printf ("'%s' is not a Fovea store", store_path);
    ck_assert_str_eq (error->message, expected);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("store, parts");
    TCase *lock = tcase_create ("writer's lock"), *pool = tcase_create ("readers");
    TCase *base = tcase_create ("database");
    TCase *all[] = {lock, pool, base};
    tcase_add_test (lock, one_writer_holds_the_lock_and_leaves_no_file);
    tcase_add_test (lock, a_lock_ends_with_its_process);
    tcase_add_test (lock, a_lock_that_cannot_be_made_says_why);
    tcase_add_test (lock, contenders_never_hold_the_lock_together);
    tcase_add_test (lock, a_second_sink_on_a_store_is_refused_until_the_first_is_gone);
    tcase_add_test (pool, readers_are_lent_to_one_at_a_time_and_few_are_kept);
    tcase_add_test (pool, readers_of_a_store_that_is_not_there_say_so);
    tcase_add_test (base, parameters_of_every_kind_are_bound);
    tcase_add_test (base, statements_are_prepared_once_and_forget_their_parameters);
    tcase_add_test (base, no_row_is_the_fallback_and_bad_sql_an_error);
    tcase_add_test (base, a_transaction_is_kept_whole_or_not_at_all);
    tcase_add_test (base, closing_rolls_back_and_readers_change_nothing);
    tcase_add_test (base, a_full_disk_is_told_and_what_was_committed_stays);
    tcase_add_test (base, a_file_that_is_no_database_is_named);
    for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
        tcase_add_checked_fixture (all[i], store_set_up, store_tear_down);
        suite_add_tcase (suite, all[i]);
    }
    return support_run (suite);
}
