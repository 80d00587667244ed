/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Stores of every older version: read without a byte changed, brought up to date in place by a
 * writer, and left whole by a migration that fails or whose process is killed at any step. An old
 * store is a new one with what came later taken out; a test holds that against the schema. */
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/database.h"
#include "storage/note.h"
#include "storage/schema.h"
#include "tests/store-support.h"

enum {
    N_SEQUENCES = 2,
    T = 40,
    LATEST = 10
};

/* What each version brought, taken out: entry n makes version n of version n + 1. */
static const char *const removals[LATEST] = {
    [1] = "DROP VIEW heads; DROP TABLE head_score; DROP TABLE result_cell;"
          "DROP TABLE result_column; DROP TABLE result;",
    [2] = "DROP VIEW notes; DROP TABLE note;",
    [3] = "DROP VIEW curves; DROP TABLE curve_point;",
    [4] = "UPDATE model SET description = json_remove (description, '$.eos_ids');",
    [5] = "DROP VIEW latents; DROP TABLE firing; DROP TABLE code_rows; DROP TABLE dictionary;",
    [6] = "DROP TABLE last_id;",
    [7] = "DROP VIEW curves; ALTER TABLE curve_point DROP COLUMN first_tokens;"
          "CREATE VIEW curves AS\n"
          "    -- Every point of every curve; object is model, a layer or a head.\n"
          "    SELECT run_id AS run, result.id AS result,\n"
          "        CASE WHEN layer < 0 THEN 'model' WHEN head < 0 THEN 'layer ' || layer\n"
          "            ELSE layer || '.' || head END AS object,\n"
          "        method, series, knob, value, density, recall, recall_from, recall_to, error,\n"
          "        oracle_recall\n"
          "    FROM curve_point JOIN result ON result.id = result_id\n"
          "    ORDER BY result.id, line;",
    [9] = "DROP TABLE piece; DROP TABLE measurement;",
    [8] =
        "DROP VIEW encodings; DROP VIEW latents; DROP VIEW runs;"
        "ALTER TABLE run DROP COLUMN n_planned; ALTER TABLE dictionary DROP COLUMN options;"
        "CREATE VIEW runs AS\n"
        "    -- Every run with its model and what is complete of it.\n"
        "    SELECT run.id AS run, kind, model.name AS model, device, precision, created,"
        " finished,\n"
        "        count (sequence.id) AS sequences, total (n_tokens) AS tokens, total (n_bytes) AS "
        "bytes\n"
        "    FROM run LEFT JOIN model ON model.id = model_id\n"
        "        LEFT JOIN sequence ON run_id = run.id AND complete\n"
        "    GROUP BY run.id;"
        "CREATE VIEW latents AS\n"
        "    -- Every latent that fires, with how often and how strongly.\n"
        "    SELECT dictionary.name AS dictionary, latent, sum (firing.n_codes) AS tokens,\n"
        "        1.0 * sum (firing.n_codes) / max (n_tokens, 1) AS density, min (least) AS"
        " least,\n"
        "        max (most) AS most\n"
        "    FROM firing JOIN dictionary ON dictionary.id = dictionary_id\n"
        "    GROUP BY dictionary.id, latent;",
};

static void
make_old_store (int version)
{
    store_make (N_SEQUENCES, T);
    for (int v = LATEST - 1; v >= version; v--)
        store_run_sql (removals[v]);
    g_autofree char *mark = g_strdup_printf ("PRAGMA user_version = %d", version);
    store_run_sql (mark);
}

/* One value of a file, by a connection that can only read. */
static char *
ask (const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    ck_assert_int_eq (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    ck_assert_msg (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK, "%s",
                   sqlite3_errmsg (db));
    ck_assert_int_eq (sqlite3_step (statement), SQLITE_ROW);
    char *answer = g_strdup ((const char *) sqlite3_column_text (statement, 0));
    sqlite3_finalize (statement);
    sqlite3_close (db);
    return answer;
}

static void
assert_answer (const char *sql, const char *expected)
{
    g_autofree char *answer = ask (store_path, sql);
    ck_assert_str_eq (answer, expected);
}

static const char schema_sql[] =
    "SELECT group_concat (sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY type, name)";

static void
assert_version (int version)
{
    g_autofree char *expected = g_strdup_printf ("%d", version);
    assert_answer ("PRAGMA user_version", expected);
}

/* All sequences and their values. */
static void
assert_contents (FoveaStore *store)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) sequences = fovea_store_list_sequences (store, 0, &error);
    ck_assert_msg (sequences != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_uint_eq (sequences->len, N_SEQUENCES);
    for (guint i = 0; i < sequences->len; i++) {
        const FoveaSequenceInfo *info = g_ptr_array_index (sequences, i);
        g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, info->id, &error);
        ck_assert_msg (trace != NULL, "%s", error != NULL ? error->message : "");
        store_assert_trace (trace, T);
    }
}

static char *
get_checksum (void)
{
    char *bytes = NULL;
    gsize length = 0;
    ck_assert (g_file_get_contents (store_path, &bytes, &length, NULL));
    char *sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) bytes, length);
    g_free (bytes);
    return sum;
}

static void
assert_no_other_file (void)
{
    g_autofree char *folder = g_path_get_dirname (store_path);
    g_autofree char *own = g_path_get_basename (store_path);
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name (dir)) != NULL)
        ck_assert_str_eq (name, own);
}

START_TEST (an_old_store_here_is_what_the_old_schema_made)
{
    ck_assert_int_eq (fovea_schema_latest (), LATEST);
    g_autofree char *other = g_strconcat (store_path, ".plain", NULL);
    {
        g_autoptr (FoveaDatabase) old = fovea_database_open (other, FOVEA_DATABASE_CREATE, NULL);
        ck_assert (fovea_schema_migrate (old, _i, NULL));
    }
    make_old_store (_i);
    g_autofree char *made = ask (other, schema_sql);
    assert_answer (schema_sql, made);
}
END_TEST

START_TEST (an_older_store_is_read_without_a_byte_changed)
{
    make_old_store (_i);
    g_autofree char *before = get_checksum ();
    {
        g_autoptr (GError) error = NULL;
        g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
        assert_contents (store);
        g_autoptr (GPtrArray) notes = fovea_store_list_notes (store, 1, &error);
        ck_assert_msg (notes != NULL, "%s", error != NULL ? error->message : "");
        ck_assert_uint_eq (notes->len, 0);
        ck_assert_ptr_null (fovea_store_get_table (store, 0, "heads", &error));
        ck_assert_ptr_null (error);
        g_autoptr (FoveaTable) damage = fovea_store_check (store, NULL, NULL, NULL, &error);
        ck_assert_msg (damage != NULL, "%s", error != NULL ? error->message : "");
        ck_assert_uint_eq (fovea_table_get_n_rows (damage), 0);
    }
    g_autofree char *after = get_checksum ();
    ck_assert_str_eq (before, after);
    assert_version (_i);
    assert_no_other_file ();
}
END_TEST

START_TEST (a_writer_brings_an_older_store_up_to_date_in_place)
{
    g_autofree char *fresh_path = g_strconcat (store_path, ".fresh", NULL);
    {
        g_autoptr (FoveaStore) fresh = fovea_store_open (fresh_path, FOVEA_STORE_CREATE, NULL);
    }
    g_autofree char *schema = ask (fresh_path, schema_sql);
    ck_assert_int_eq (unlink (fresh_path), 0);
    make_old_store (_i);
    {
        g_autoptr (FoveaStore) reader = store_open (FOVEA_STORE_READ);
        g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
        assert_contents (store);
        const FoveaNoteObject head = {1, 2, -1, -1};
        ck_assert (fovea_store_put_note (store, 1, &head, "seen", NULL));
        /* Opened before the migration, it sees what came with it. */
        g_autoptr (GPtrArray) notes = fovea_store_list_notes (reader, 1, NULL);
        ck_assert_uint_eq (notes->len, 1);
        assert_contents (reader);
    }
    assert_version (LATEST);
    assert_answer (schema_sql, schema);
    assert_no_other_file ();
    /* The same model captured again is the same row, so its description was migrated exactly. */
    store_make (1, T);
    assert_answer ("SELECT count (*) FROM model", "1");
}
END_TEST

/* What was complete before the migration is known by it, what a killed writer left is not. */
START_TEST (ids_of_an_older_store_do_not_come_back)
{
    make_old_store (_i);
    store_run_sql ("INSERT INTO sequence SELECT 9, run_id, 9, title, n_tokens, repeat_period, keep,"
                   " folded, n_bytes, 0 FROM sequence WHERE id = 1;"
                   "INSERT INTO array SELECT 99, 9, position, name, dtype, shape, row_axes"
                   " FROM array WHERE id = 1");
    {
        g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
        g_autofree char *arrays = ask (store_path, "SELECT max (id) FROM array WHERE id < 99");
        assert_answer ("SELECT id FROM last_id WHERE name = 'array'", arrays);
        assert_answer ("SELECT id FROM last_id WHERE name = 'sequence'", "2");
        ck_assert (fovea_store_remove_sequence (store, N_SEQUENCES, NULL));
    }
    store_make (1, T);
    assert_answer ("SELECT group_concat (id) FROM sequence", "1,3");
    assert_answer ("SELECT min (array.id) > 2 * (SELECT count (*) FROM array WHERE sequence_id = 1)"
                   " FROM array WHERE sequence_id = 3",
                   "1");
}
END_TEST

/* The table that version 4 brings is there already, made by somebody else. */
START_TEST (a_migration_that_fails_leaves_the_store_as_it_was)
{
    make_old_store (2);
    store_run_sql ("CREATE TABLE curve_point (mine INTEGER)");
    g_autofree char *schema = ask (store_path, schema_sql);
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_store_open (store_path, FOVEA_STORE_WRITE, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert_msg (strstr (error->message, "curve_point") != NULL, "%s", error->message);
    assert_version (2);
    assert_answer (schema_sql, schema);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    assert_contents (store);
}
END_TEST

static int
die (void *data)
{
    (void) data;
    return kill (getpid (), SIGKILL);
}

/* Steps of SQLite's machine left before the end of the process. */
static int
count_down (void *data)
{
    int *left = data;
    return --*left <= 0 ? die (NULL) : 0;
}

/* Migrates in a process that dies after @steps, or with 0 just before the commit. A cache of one
 * page sends what was changed to the file meanwhile, which then needs its journal. TRUE if it died. */
static gboolean
migrate_and_die (int steps)
{
    int status = 0;
    pid_t child = fork ();
    if (child == 0) {
        FoveaDatabase *database = fovea_database_open (store_path, FOVEA_DATABASE_WRITE, NULL);
        if (database == NULL ||
            !fovea_database_exec (database, "PRAGMA journal_mode = TRUNCATE; PRAGMA cache_size = 1",
                                  NULL))
            _exit (2);
        if (steps > 0)
            sqlite3_progress_handler (database->handle, 1, count_down, &steps);
        else
            sqlite3_commit_hook (database->handle, die, NULL);
        gboolean ok = fovea_schema_migrate (database, LATEST, NULL);
        fovea_database_close (database);
        _exit (ok ? 0 : 1);
    }
    ck_assert_int_gt (child, 0);
    ck_assert_int_eq (waitpid (child, &status, 0), child);
    ck_assert_msg (WIFSIGNALED (status) || WEXITSTATUS (status) == 0, "exit status %d",
                   WIFEXITED (status) ? WEXITSTATUS (status) : -1);
    return WIFSIGNALED (status);
}

/* Reading rolls back what a killed process left. Gives the version found. */
static char *
read_after_kill (void)
{
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    assert_contents (store);
    return ask (store_path, "PRAGMA user_version");
}

START_TEST (a_migration_killed_at_any_step_is_undone)
{
    int n_undone = 0, steps = 0; /* 0: just before the commit */
    make_old_store (2);
    g_autofree char *schema = ask (store_path, schema_sql);
    while (migrate_and_die (steps)) {
        g_autofree char *version = read_after_kill ();
        /* Steps behind the commit come too late to undo anything. */
        if (!g_str_equal (version, "2"))
            break;
        assert_answer (schema_sql, schema);
        n_undone++;
        steps += MAX (1, steps / 12);
    }
    ck_assert_int_ge (n_undone, 20);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_WRITE);
    assert_version (LATEST);
    assert_contents (store);
}
END_TEST

START_TEST (every_id_that_ends_a_text_is_kept)
{
    static const gint32 ids[] = {7, 3, 98};
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    g_autoptr (FoveaTraceInfo) info = store_info (T, "many ends");
    info->architecture->eos_id = ids[0];
    info->architecture->n_eos_ids = G_N_ELEMENTS (ids);
    memcpy (info->architecture->eos_ids, ids, sizeof ids);
    g_autoptr (GPtrArray) arrays = store_arrays (T);
    g_autoptr (FoveaSink) sink = store_new_sink (store, store_begin_run (store), 0);
    ck_assert (sink->begin (sink, info, arrays, NULL));
    store_write_all (sink, arrays, 16);
    g_autoptr (FoveaTrace) trace = sink->finish (sink, NULL);
    const FoveaArchitecture *kept = fovea_trace_get_info (trace)->architecture;
    ck_assert_uint_eq (kept->n_eos_ids, G_N_ELEMENTS (ids));
    ck_assert_mem_eq (kept->eos_ids, ids, sizeof ids);
    ck_assert (fovea_architecture_ends_text (kept, 98));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("store migration");
    TCase *tests = tcase_create ("versions");
    tcase_set_timeout (tests, 120);
    tcase_add_checked_fixture (tests, store_set_up, store_tear_down);
    tcase_add_loop_test (tests, an_old_store_here_is_what_the_old_schema_made, 1, LATEST);
    tcase_add_loop_test (tests, an_older_store_is_read_without_a_byte_changed, 1, LATEST);
    tcase_add_loop_test (tests, a_writer_brings_an_older_store_up_to_date_in_place, 1, LATEST);
    tcase_add_loop_test (tests, ids_of_an_older_store_do_not_come_back, 1, LATEST);
    tcase_add_test (tests, a_migration_that_fails_leaves_the_store_as_it_was);
    tcase_add_test (tests, a_migration_killed_at_any_step_is_undone);
    tcase_add_test (tests, every_id_that_ends_a_text_is_kept);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
