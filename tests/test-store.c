/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The store by its public calls: what goes in comes out, what is not complete is not there, and
 * what is damaged is named. Traces are made here, with shapes that straddle nothing evenly. */
#include <fcntl.h>
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
#include "storage/store.h"
#include "tests/support.h"

static char *folder, *path;

static void
set_up (void)
{
    folder = support_temp_dir ();
    path = g_build_filename (folder, "a.fovea", NULL);
}

static void
tear_down (void)
{
    g_free (path);
    support_remove_dir (folder);
}

static FoveaStore *
open_store (FoveaStoreMode mode)
{
    g_autoptr (GError) error = NULL;
    FoveaStore *store = fovea_store_open (path, mode, &error);
    ck_assert_msg (store != NULL, "%s", error != NULL ? error->message : "");
    return store;
}

static FoveaTraceInfo *
make_info (gint64 n_tokens, const char *title)
{
    FoveaTraceInfo *info = g_new0 (FoveaTraceInfo, 1);
    FoveaArchitecture *a = g_new0 (FoveaArchitecture, 1);
    a->family = g_strdup ("llama");
    a->n_layers = 2;
    a->n_heads = 3;
    a->n_kv_heads = 1;
    a->head_width = 5;
    a->width = 15;
    a->vocabulary = 99;
    a->context = 4096;
    a->rotary_base = 100000.125;
    a->norm_eps = 1e-5f;
    a->bos_id = a->eos_id = -1;
    info->architecture = a;
    info->model_name = g_strdup ("made up");
    info->model_hash = g_strdup ("abc123");
    info->title = g_strdup (title);
    info->n_tokens = n_tokens;
    info->keep = FOVEA_F32;
    info->ids = g_new0 (gint32, n_tokens);
    info->token_texts = g_new0 (char *, n_tokens + 1);
    info->special = g_new0 (gboolean, n_tokens);
    for (gint64 t = 0; t < n_tokens; t++) {
        info->ids[t] = (gint32) (t * 7 % 99);
        info->token_texts[t] = g_strdup (t % 3 == 0 ? "\xE2" : t % 3 == 1 ? " the" : "\n");
    }
    info->special[0] = TRUE;
    return info;
}

static void
add_array (GPtrArray *arrays,
           const char *name,
           FoveaDtype dtype,
           guint row_axes,
           gint64 a,
           gint64 b,
           gint64 c)
{
    FoveaArray *array = g_new0 (FoveaArray, 1);
    array->name = g_strdup (name);
    array->dtype = dtype;
    array->row_axes = row_axes;
    array->rank = c > 0 ? 3 : 2;
    array->shape[0] = a;
    array->shape[1] = b;
    array->shape[2] = c;
    g_ptr_array_add (arrays, array);
}

/* An activation, a whole map, a half-width array, whole numbers, and a pyramid level. */
static GPtrArray *
make_arrays (gint64 T)
{
    GPtrArray *arrays = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    add_array (arrays, "blocks.0.attn.hook_q", FOVEA_F32, 1, T, 3, 5);
    add_array (arrays, "blocks.0.attn.hook_pattern", FOVEA_F32, 2, 3, T, T);
    add_array (arrays, "blocks.0.hook_resid_pre", FOVEA_BF16, 1, T, 15, 0);
    add_array (arrays, "blocks.0.attn.hook_row_argmax", FOVEA_I32, 1, T, 3, 0);
    add_array (arrays, "blocks.0.attn.hook_pyramid_mean.0", FOVEA_F32, 2, 3, (T + 63) / 64,
               (T + 63) / 64);
    return arrays;
}

/* Value @i of array @index: exact in bf16 and as a whole number. */
static float
value_at (guint index, gint64 i)
{
    return (float) ((i * 31 + index * 7) % 128) - 17;
}

/* Rows [first, first + n) of an array, as a sink wants them. */
static void
write_rows (FoveaSink *sink, const FoveaArray *array, guint index, gint64 first, gint64 n)
{
    g_autoptr (GError) error = NULL;
    gint64 length = fovea_array_row_length (array);
    g_autofree float *rows = g_new (float, n *length + 1);
    for (gint64 i = 0; i < n * length; i++) {
        rows[i] = value_at (index, first * length + i);
        if (array->dtype == FOVEA_I32) {
            gint32 whole = (gint32) rows[i];
            memcpy (&rows[i], &whole, sizeof whole);
        }
    }
    gboolean ok = sink->write (sink, index, first, n, rows, &error);
    ck_assert_msg (ok, "%s", error != NULL ? error->message : "");
}

/* Writes every row, maps in slabs of queries over all heads as a forward pass makes them. */
static void
write_all (FoveaSink *sink, GPtrArray *arrays, gint64 slab)
{
    for (guint i = 0; i < arrays->len; i++) {
        const FoveaArray *array = g_ptr_array_index (arrays, i);
        gint64 planes = array->row_axes == 2 ? array->shape[0] : 1;
        gint64 rows = array->shape[array->row_axes - 1];
        for (gint64 at = 0; at < rows; at += slab)
            for (gint64 p = 0; p < planes; p++)
                write_rows (sink, array, i, p * rows + at, MIN (slab, rows - at));
    }
}

static FoveaTrace *
write_sequence (FoveaSink *sink, gint64 T, const char *title, gint64 slab)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaTraceInfo) info = make_info (T, title);
    g_autoptr (GPtrArray) arrays = make_arrays (T);
    ck_assert (sink->begin (sink, info, arrays, &error));
    write_all (sink, arrays, slab);
    FoveaTrace *trace = sink->finish (sink, &error);
    ck_assert_msg (trace != NULL, "%s", error != NULL ? error->message : "");
    return trace;
}

static gint64
begin_run (FoveaStore *store)
{
    gint64 run = fovea_store_begin_run (store, "text", "{\"a\":1}", "cpu", "f32", NULL);
    ck_assert_int_gt (run, 0);
    return run;
}

static FoveaSink *
new_sink (FoveaStore *store, gint64 run, gint64 position)
{
    g_autoptr (GError) error = NULL;
    FoveaSink *sink = fovea_store_new_sink (store, run, position, &error);
    ck_assert_msg (sink != NULL, "%s", error != NULL ? error->message : "");
    return sink;
}

/* A store of @n complete sequences of @T tokens. */
static void
make_store (guint n, gint64 T)
{
    g_autoptr (FoveaStore) store = open_store (FOVEA_STORE_CREATE);
    gint64 run = begin_run (store);
    g_autoptr (FoveaSink) sink = new_sink (store, run, 0);
    for (guint i = 0; i < n; i++)
        fovea_trace_unref (write_sequence (sink, T, "made", 50));
    ck_assert (fovea_store_finish_run (store, run, NULL));
}

/* Every row of every array, whole and row by row from the middle. */
static void
assert_trace (FoveaTrace *trace, gint64 T)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) arrays = make_arrays (T);
    for (guint a = 0; a < arrays->len; a++) {
        const FoveaArray *array = g_ptr_array_index (arrays, a);
        gint64 n = fovea_array_n_rows (array), length = fovea_array_row_length (array);
        for (gint64 from = 0; from <= n / 2; from += MAX (n / 2, 1)) {
            g_autofree float *out = g_new (float, (n - from) * length + 1);
            gboolean ok = fovea_trace_read (trace, array->name, from, n - from, out, &error);
            ck_assert_msg (ok, "%s", error != NULL ? error->message : "");
            for (gint64 i = 0; i < (n - from) * length; i++)
                ck_assert_msg (out[i] == value_at (a, from * length + i),
                               "%s, value %" G_GINT64_FORMAT ": %g", array->name, i,
                               (double) out[i]);
        }
    }
}

START_TEST (what_goes_in_comes_out)
{
    static const gint64 lengths[] = {1, 2, 63, 65, 400};
    gint64 T = lengths[_i];
    g_autoptr (FoveaTrace) kept = NULL;
    {
        g_autoptr (FoveaStore) store = open_store (FOVEA_STORE_CREATE);
        g_autoptr (FoveaSink) sink = new_sink (store, begin_run (store), 0);
        kept = write_sequence (sink, T, "größe", _i % 2 == 0 ? 17 : T);
        assert_trace (kept, T);
    }
    /* A trace outlives its store. */
    assert_trace (kept, T);
    g_autoptr (FoveaStore) again = open_store (FOVEA_STORE_READ);
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (again, 1, NULL);
    assert_trace (trace, T);
}
END_TEST

START_TEST (everything_about_a_sequence_is_restored)
{
    make_store (1, 70);
    g_autoptr (FoveaStore) store = open_store (FOVEA_STORE_READ);
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, 1, NULL);
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    g_autoptr (FoveaTraceInfo) made = make_info (70, "made");
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
    make_store (3, 5);
    make_store (2, 9);
    g_autoptr (FoveaStore) store = open_store (FOVEA_STORE_READ);
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
    make_store (2, 5);
    g_autofree char *name = g_path_get_basename (path);
    g_autofree char *beside = g_path_get_dirname (path);
    g_autoptr (GDir) dir = g_dir_open (beside, 0, NULL);
    const char *found;
    while ((found = g_dir_read_name (dir)) != NULL)
        ck_assert_str_eq (found, name);
}
END_TEST

START_TEST (an_abandoned_sequence_leaves_nothing)
{
    make_store (1, 20);
    {
        g_autoptr (FoveaStore) store = open_store (FOVEA_STORE_WRITE);
        g_autoptr (FoveaSink) sink = new_sink (store, begin_run (store), 0);
        g_autoptr (FoveaTraceInfo) info = make_info (600, "gone");
        g_autoptr (GPtrArray) arrays = make_arrays (600);
        ck_assert (sink->begin (sink, info, arrays, NULL));
        write_all (sink, arrays, 100);
        sink->abandon (sink);
        fovea_trace_unref (write_sequence (sink, 20, "after", 20));
    }
    sqlite3 *db = NULL;
    sqlite3_stmt *row = NULL;
    ck_assert_int_eq (sqlite3_open (path, &db), SQLITE_OK);
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
    g_autoptr (FoveaStore) store = open_store (FOVEA_STORE_CREATE);
    g_autoptr (FoveaSink) sink = new_sink (store, begin_run (store), 0);
    g_autoptr (FoveaTraceInfo) info = make_info (10, "short");
    g_autoptr (GPtrArray) arrays = make_arrays (10);
    ck_assert (sink->begin (sink, info, arrays, NULL));
    write_rows (sink, g_ptr_array_index (arrays, 0), 0, 0, 9);
    ck_assert_ptr_null (sink->finish (sink, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
    g_autoptr (GPtrArray) all = fovea_store_list_sequences (store, 0, NULL);
    ck_assert_uint_eq (all->len, 0);
}
END_TEST

START_TEST (a_second_writer_is_told_at_once)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = open_store (FOVEA_STORE_CREATE);
    gint64 run = begin_run (store);
    g_autoptr (FoveaSink) sink = new_sink (store, run, 0);
    g_autoptr (FoveaStore) other = open_store (FOVEA_STORE_WRITE);
    ck_assert_ptr_null (fovea_store_new_sink (other, run, 0, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert_ptr_nonnull (strstr (error->message, "locked"));
}
END_TEST

START_TEST (a_store_can_be_read_while_it_is_written)
{
    make_store (1, 30);
    g_autoptr (FoveaStore) writer = open_store (FOVEA_STORE_WRITE);
    g_autoptr (FoveaSink) sink = new_sink (writer, begin_run (writer), 0);
    g_autoptr (FoveaStore) reader = open_store (FOVEA_STORE_READ);
    for (guint i = 0; i < 4; i++) {
        g_autoptr (FoveaTrace) trace = fovea_store_open_trace (reader, 1, NULL);
        assert_trace (trace, 30);
        fovea_trace_unref (write_sequence (sink, 300, "more", 64));
        g_autoptr (GPtrArray) all = fovea_store_list_sequences (reader, 0, NULL);
        ck_assert_uint_eq (all->len, 2 + i);
    }
}
END_TEST

/* Writes sequences until it is killed. */
static void
write_for_ever (int ready)
{
    FoveaStore *store = open_store (FOVEA_STORE_WRITE);
    gint64 run = fovea_store_find_unfinished_run (store, "text", "{\"a\":1}", NULL);
    GPtrArray *done = fovea_store_list_sequences (store, run, NULL);
    FoveaSink *sink = new_sink (store, run, done->len);
    ck_assert_int_eq (write (ready, "", 1), 1);
    for (;;)
        fovea_trace_unref (write_sequence (sink, 256, "killed", 32));
}

START_TEST (a_killed_writer_loses_only_the_sequence_under_way)
{
    {
        g_autoptr (FoveaStore) store = open_store (FOVEA_STORE_CREATE);
        begin_run (store);
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
            g_stat (path, &status);
        kill (child, SIGKILL);
        waitpid (child, NULL, 0);
        close (ends[0]);
        close (ends[1]);
        g_autoptr (FoveaStore) store = open_store (FOVEA_STORE_READ);
        g_autoptr (FoveaTable) damage = fovea_store_check (store, NULL, NULL, NULL, NULL);
        g_autoptr (GPtrArray) all = fovea_store_list_sequences (store, 0, NULL);
        ck_assert_uint_eq (fovea_table_get_n_rows (damage), 0);
        ck_assert_uint_ge (all->len, n_before);
        n_before = all->len;
        for (guint i = 0; i < all->len; i++) {
            const FoveaSequenceInfo *info = g_ptr_array_index (all, i);
            ck_assert_int_eq (info->position, i);
            g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, info->id, NULL);
            assert_trace (trace, 256);
        }
    }
}
END_TEST

START_TEST (an_unfinished_run_is_found_by_its_options)
{
    g_autoptr (FoveaStore) store = open_store (FOVEA_STORE_CREATE);
    gint64 run = begin_run (store);
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
    make_store (1, 4);
    g_autoptr (FoveaStore) store = open_store (FOVEA_STORE_WRITE);
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
    make_store (1, 4);
    {
        g_autoptr (FoveaStore) store = open_store (FOVEA_STORE_WRITE);
        for (guint i = 0; i < 3; i++) {
            g_autoptr (FoveaTable) table = make_heads (i);
            ck_assert (fovea_store_put_table (store, 0, table, NULL));
        }
    }
    sqlite3 *db = NULL;
    sqlite3_stmt *row = NULL;
    ck_assert_int_eq (sqlite3_open (path, &db), SQLITE_OK);
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
run_sql (const char *sql)
{
    sqlite3 *db = NULL;
    ck_assert_int_eq (sqlite3_open (path, &db), SQLITE_OK);
    ck_assert_int_eq (sqlite3_exec (db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close (db);
}

static void
assert_refused (const char *part)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_store_open (path, FOVEA_STORE_READ, &error));
    ck_assert_msg (strstr (error->message, part) != NULL, "%s", error->message);
    g_clear_error (&error);
    ck_assert_ptr_null (fovea_store_open (path, FOVEA_STORE_CREATE, &error));
}

START_TEST (a_newer_store_is_refused_untouched)
{
    make_store (1, 4);
    run_sql ("PRAGMA user_version = 1000");
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    gsize n_before, n_after;
    ck_assert (g_file_get_contents (path, &before, &n_before, NULL));
    assert_refused ("newer");
    ck_assert (g_file_get_contents (path, &after, &n_after, NULL));
    ck_assert (n_before == n_after && memcmp (before, after, n_before) == 0);
}
END_TEST

START_TEST (what_is_no_store_is_refused)
{
    run_sql ("CREATE TABLE t (x)");
    assert_refused ("another program");
    ck_assert (
        g_file_set_contents (path, "just a text, and long enough to be looked at", -1, NULL));
    assert_refused ("not a Fovea store");
    ck_assert (g_file_set_contents (path, "", 0, NULL));
    assert_refused ("empty");
    g_unlink (path);
    g_mkdir (path, 0700);
    assert_refused ("folder");
}
END_TEST

START_TEST (check_names_what_is_damaged)
{
    make_store (3, 200);
    run_sql ("UPDATE chunk SET data = zeroblob (length (data)) WHERE array_id IN (SELECT id FROM"
             " array WHERE sequence_id = 2 AND name = 'blocks.0.attn.hook_q')");
    g_autoptr (FoveaStore) store = open_store (FOVEA_STORE_READ);
    g_autoptr (FoveaTable) damage = fovea_store_check (store, NULL, NULL, NULL, NULL);
    ck_assert_uint_eq (fovea_table_get_n_rows (damage), 1);
    ck_assert_int_eq (fovea_table_get_integer (damage, 0, 0), 2);
    ck_assert_str_eq (fovea_table_get_text (damage, 0, 2), "blocks.0.attn.hook_q");
    g_autoptr (FoveaTrace) sound = fovea_store_open_trace (store, 3, NULL);
    assert_trace (sound, 200);
}
END_TEST

START_TEST (a_disk_that_fills_up_leaves_what_was_committed)
{
    make_store (2, 100);
    g_autoptr (GError) error = NULL;
    pid_t child = fork ();
    if (child == 0) {
        /* Refused growth, as a full disk refuses it. */
        FoveaStore *store = open_store (FOVEA_STORE_WRITE);
        FoveaSink *sink = new_sink (store, begin_run (store), 0);
        signal (SIGXFSZ, SIG_IGN);
        struct rlimit limit = {2000000, 2000000};
        if (setrlimit (RLIMIT_FSIZE, &limit) != 0)
            _exit (3);
        g_autoptr (FoveaTraceInfo) info = make_info (900, "too much");
        g_autoptr (GPtrArray) arrays = make_arrays (900);
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
    g_autoptr (FoveaStore) store = open_store (FOVEA_STORE_READ);
    g_autoptr (GPtrArray) all = fovea_store_list_sequences (store, 0, NULL);
    ck_assert_uint_eq (all->len, 2);
    g_autoptr (FoveaTrace) sound = fovea_store_open_trace (store, 2, NULL);
    assert_trace (sound, 100);
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
    make_store (1, 4);
    g_autoptr (FoveaStore) store = open_store (FOVEA_STORE_READ);
    ck_assert_ptr_null (fovea_store_open_trace (store, 77, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
    ck_assert_ptr_nonnull (strstr (error->message, "77"));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("store");
    TCase *content = tcase_create ("content");
    tcase_set_timeout (content, 60);
    tcase_add_checked_fixture (content, set_up, tear_down);
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
    tcase_add_checked_fixture (trouble, set_up, tear_down);
    tcase_add_test (trouble, a_second_writer_is_told_at_once);
    tcase_add_test (trouble, a_store_can_be_read_while_it_is_written);
    tcase_add_test (trouble, a_killed_writer_loses_only_the_sequence_under_way);
    tcase_add_test (trouble, a_newer_store_is_refused_untouched);
    tcase_add_test (trouble, what_is_no_store_is_refused);
    tcase_add_test (trouble, check_names_what_is_damaged);
    tcase_add_test (trouble, a_disk_that_fills_up_leaves_what_was_committed);
    suite_add_tcase (suite, trouble);
    return support_run (suite);
}
