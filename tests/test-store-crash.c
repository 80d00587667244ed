/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Writers that die, models that change, readers that must not wait. A writer is killed by its own
 * hand: after a seeded number of writes, or when a seeded timer rings, wherever the writing thread
 * then stands. Sequences are larger than one transaction, so that what a killed writer leaves is
 * also what it had committed of an unfinished sequence. */
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "storage/store.h"
#include "tests/support.h"

#define N_SEQUENCES 3
#define N_KILLS     20
#define OPTIONS     "{\"points\":\"all\"}"

static char *folder, *path;

static void
set_up (void)
{
    folder = support_temp_dir ();
    path = g_build_filename (folder, "killed.fovea", NULL);
}

static void
tear_down (void)
{
    g_free (path);
    support_remove_dir (folder);
}

static FoveaTraceInfo *
make_info (gint64 n_tokens, const char *hash)
{
    FoveaTraceInfo *info = g_new0 (FoveaTraceInfo, 1);
    info->architecture = g_new0 (FoveaArchitecture, 1);
    info->architecture->family = g_strdup ("llama");
    info->architecture->n_layers = info->architecture->n_kv_heads = 1;
    info->architecture->n_heads = 3;
    info->architecture->head_width = 1;
    info->model_name = g_strdup ("made up");
    info->model_hash = g_strdup (hash);
    info->title = g_strdup_printf ("%d tokens", (int) n_tokens);
    info->n_tokens = n_tokens;
    info->ids = g_new0 (gint32, (gsize) n_tokens);
    for (gint64 t = 0; t < n_tokens; t++)
        info->ids[t] = (gint32) (t % 251);
    return info;
}

static void
add_array (
    GPtrArray *arrays, const char *name, FoveaDtype dtype, guint row_axes, gint64 a, gint64 b)
{
    FoveaArray *array = g_new0 (FoveaArray, 1);
    array->name = g_strdup (name);
    array->dtype = dtype;
    array->row_axes = row_axes;
    array->rank = 3;
    array->shape[0] = a;
    array->shape[1] = b;
    array->shape[2] = b;
    g_ptr_array_add (arrays, array);
}

/* A map, scores as wide kept narrower, and many planes as small as the top of a pyramid's. */
static GPtrArray *
make_arrays (gint64 T)
{
    GPtrArray *arrays = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    add_array (arrays, "blocks.0.attn.hook_pattern", FOVEA_F32, 2, 3, T);
    add_array (arrays, "blocks.0.attn.hook_attn_scores", FOVEA_BF16, 2, 3, T);
    add_array (arrays, "planes", FOVEA_F32, 2, 40, 1);
    return arrays;
}

static float
value_at (gint64 T, guint array, gint64 row)
{
    return (float) ((row * 131 + (gint64) array * 17 + T) % 256);
}

static gboolean
write_rows (FoveaSink *sink, guint index, gint64 T, gint64 first, gint64 n, gint64 length)
{
    g_autofree float *rows = g_new (float, n *length);
    for (gint64 i = 0; i < n; i++)
        for (gint64 j = 0; j < length; j++)
            rows[i * length + j] = value_at (T, index, first + i);
    return sink->write (sink, index, first, n, rows, NULL);
}

/* Dies at write number @fatal, never if that is negative. */
static void
write_all (FoveaSink *sink, GPtrArray *arrays, gint64 T, int *fatal)
{
    const gint64 slab = 61;
    for (gint64 at = 0; at < T; at += slab) {
        for (guint i = 0; i < arrays->len; i++) {
            const FoveaArray *array = arrays->pdata[i];
            for (gint64 p = 0; p < array->shape[0]; p++) {
                if (at >= array->shape[1])
                    continue;
                if ((*fatal)-- == 0)
                    raise (SIGKILL);
                gint64 n = MIN (slab, array->shape[1] - at);
                ck_assert (write_rows (sink, i, T, p * array->shape[1] + at, n, array->shape[2]));
            }
        }
    }
}

static FoveaTrace *
write_sequence (FoveaSink *sink, gint64 T, const char *hash, int *fatal, GError **error)
{
    g_autoptr (FoveaTraceInfo) info = make_info (T, hash);
    g_autoptr (GPtrArray) arrays = make_arrays (T);
    if (!sink->begin (sink, info, arrays, error))
        return NULL;
    write_all (sink, arrays, T, fatal);
    return sink->finish (sink, error);
}

static FoveaStore *
open_store (const char *file, FoveaStoreMode mode)
{
    g_autoptr (GError) error = NULL;
    FoveaStore *store = fovea_store_open (file, mode, &error);
    ck_assert_msg (store != NULL, "%s", error != NULL ? error->message : "");
    return store;
}

/* Tokens of sequence @i: the first two make more than one transaction each. */
static gint64
length_of (guint i)
{
    const gint64 lengths[N_SEQUENCES] = {2111, 2050, 1};
    return lengths[i];
}

/* Goes on with the run where it stands, as --resume does. */
static void
capture (const char *file, int fatal)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = open_store (file, FOVEA_STORE_CREATE);
    gint64 run = fovea_store_find_unfinished_run (store, "text", OPTIONS, NULL);
    g_autoptr (GPtrArray) whole = fovea_store_list_sequences (store, 0, NULL);
    if (run == 0 && whole->len == N_SEQUENCES)
        return; /* the one before was killed between its run's end and its own */
    if (run == 0)
        run = fovea_store_begin_run (store, "text", OPTIONS, "cpu", "f32", NULL);
    g_autoptr (GPtrArray) done = fovea_store_list_sequences (store, run, NULL);
    g_autoptr (FoveaSink) sink = fovea_store_new_sink (store, run, done->len, &error);
    ck_assert_msg (sink != NULL, "%s", error != NULL ? error->message : "");
    for (guint i = done->len; i < N_SEQUENCES; i++) {
        g_autoptr (FoveaTrace) trace = write_sequence (sink, length_of (i), "a", &fatal, &error);
        ck_assert_msg (trace != NULL, "%s", error != NULL ? error->message : "");
    }
    g_clear_pointer (&sink, fovea_sink_free);
    ck_assert (fovea_store_finish_run (store, run, NULL));
}

static void
die (int number)
{
    raise (SIGKILL);
}

/* TRUE if the child was killed, FALSE if it came to its end. */
static gboolean
capture_in_child (GRand *random, guint round)
{
    int fatal = round % 2 == 0 ? g_rand_int_range (random, 0, 320) : -1;
    glong instant = g_rand_int_range (random, 1000, 400000);
    pid_t child = fork ();
    if (child == 0) {
        if (fatal < 0) {
            struct itimerval timer = {{0, 0}, {0, instant}};
            signal (SIGALRM, die);
            setitimer (ITIMER_REAL, &timer, NULL);
        }
        capture (path, fatal);
        _exit (0);
    }
    int status = 0;
    ck_assert_int_eq (waitpid (child, &status, 0), child);
    ck_assert (WIFSIGNALED (status) || WEXITSTATUS (status) == 0);
    return WIFSIGNALED (status);
}

/* What is complete is whole, wherever the writer died. */
static guint
check_store (void)
{
    if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return 0;
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = open_store (path, FOVEA_STORE_READ);
    g_autoptr (FoveaTable) damage = fovea_store_check (store, NULL, NULL, NULL, &error);
    ck_assert_msg (damage != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_uint_eq (fovea_table_get_n_rows (damage), 0);
    g_autoptr (GPtrArray) all = fovea_store_list_sequences (store, 0, NULL);
    for (guint i = 0; i < all->len; i++) {
        const FoveaSequenceInfo *info = all->pdata[i];
        ck_assert_int_eq (info->position, i);
        ck_assert_int_eq (info->n_tokens, length_of (i));
    }
    return all->len;
}

static gint64
count (sqlite3 *db, const char *sql)
{
    sqlite3_stmt *row = NULL;
    ck_assert_msg (sqlite3_prepare_v2 (db, sql, -1, &row, NULL) == SQLITE_OK, "%s",
                   sqlite3_errmsg (db));
    ck_assert_int_eq (sqlite3_step (row), SQLITE_ROW);
    gint64 n = sqlite3_column_int64 (row, 0);
    sqlite3_finalize (row);
    return n;
}

/* Every row of both stores but identity and times. */
static void
assert_same_rows (const char *other)
{
    static const char *const columns[][2] = {
        {"model", "*"},
        {"run", "id, model_id, kind, options, device, precision, finished IS NULL"},
        {"sequence", "*"},
        {"token", "*"},
        {"array", "*"},
        {"chunk", "id, array_id, first_row, n_rows, checksum, length (data)"},
    };
    sqlite3 *db = NULL;
    ck_assert_int_eq (sqlite3_open (path, &db), SQLITE_OK);
    g_autofree char *attach = g_strdup_printf ("ATTACH '%s' AS o", other);
    ck_assert_int_eq (sqlite3_exec (db, attach, NULL, NULL, NULL), SQLITE_OK);
    for (guint i = 0; i < G_N_ELEMENTS (columns); i++) {
        const char *table = columns[i][0], *list = columns[i][1];
        g_autofree char *rows = g_strdup_printf ("SELECT count (*) FROM %s", table);
        g_autofree char *less = g_strdup_printf (
            "SELECT count (*) FROM (SELECT %s FROM main.%s EXCEPT SELECT %s FROM o.%s)", list,
            table, list, table);
        g_autofree char *more = g_strdup_printf (
            "SELECT count (*) FROM (SELECT %s FROM o.%s EXCEPT SELECT %s FROM main.%s)", list,
            table, list, table);
        ck_assert_int_gt (count (db, rows), 0);
        ck_assert_msg (count (db, less) == 0 && count (db, more) == 0, "%s differs", table);
    }
    ck_assert_int_eq (count (db,
                             "SELECT count (*) FROM main.chunk AS a JOIN o.chunk AS b USING (id)"
                             " WHERE a.data <> b.data"),
                      0);
    sqlite3_close (db);
}

START_TEST (runs_killed_twenty_times_and_resumed_equal_an_uninterrupted_one)
{
    g_autoptr (GRand) random = g_rand_new_with_seed (20261125);
    g_autofree char *straight = g_build_filename (folder, "straight.fovea", NULL);
    capture (straight, -1);
    guint n_done = 0, n_killed = 0;
    for (guint round = 0; n_killed < N_KILLS; round++) {
        ck_assert_uint_lt (round, 10 * N_KILLS);
        if (capture_in_child (random, round)) {
            guint n = check_store ();
            ck_assert_uint_ge (n, n_done);
            n_done = n;
            n_killed++;
        } else {
            /* It came to its end before its instant: the next round begins anew. */
            ck_assert_uint_eq (check_store (), N_SEQUENCES);
            assert_same_rows (straight);
            ck_assert_int_eq (g_unlink (path), 0);
            n_done = 0;
        }
    }
    capture (path, -1);
    ck_assert_uint_eq (check_store (), N_SEQUENCES);
    assert_same_rows (straight);
}
END_TEST

START_TEST (a_run_does_not_go_on_with_another_model)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = open_store (path, FOVEA_STORE_CREATE);
    gint64 run = fovea_store_begin_run (store, "text", OPTIONS, "cpu", "f32", NULL);
    g_autoptr (FoveaSink) sink = fovea_store_new_sink (store, run, 0, NULL);
    int never = -1;
    fovea_trace_unref (write_sequence (sink, 3, "a", &never, NULL));
    ck_assert_ptr_null (write_sequence (sink, 4, "b", &never, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE));
    ck_assert_ptr_nonnull (strstr (error->message, "another model"));
    g_autoptr (FoveaTrace) again = write_sequence (sink, 5, "a", &never, NULL);
    ck_assert_ptr_nonnull (again);
    g_autoptr (GPtrArray) all = fovea_store_list_sequences (store, run, NULL);
    ck_assert_uint_eq (all->len, 2);
}
END_TEST

/* More than SQLite's cache holds is written, then the model computes on: the reader would be told
 * after ten seconds that the store is locked. */
START_TEST (a_writer_that_waits_for_its_model_keeps_no_reader_out)
{
    const gint64 T = 1500;
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = open_store (path, FOVEA_STORE_CREATE);
    gint64 run = fovea_store_begin_run (store, "text", OPTIONS, "cpu", "f32", NULL);
    g_autoptr (FoveaSink) sink = fovea_store_new_sink (store, run, 0, NULL);
    g_autoptr (FoveaTraceInfo) info = make_info (T, "a");
    g_autoptr (GPtrArray) arrays = make_arrays (T);
    ck_assert (sink->begin (sink, info, arrays, NULL));
    int never = -1;
    write_all (sink, arrays, T, &never);
    gint64 before = g_get_monotonic_time ();
    g_autoptr (FoveaStore) reader = open_store (path, FOVEA_STORE_READ);
    g_autoptr (GPtrArray) all = fovea_store_list_sequences (reader, 0, &error);
    ck_assert_msg (all != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_uint_eq (all->len, 0);
    ck_assert_int_lt (g_get_monotonic_time () - before, 8 * G_TIME_SPAN_SECOND);
    sink->abandon (sink);
    g_clear_pointer (&sink, fovea_sink_free);
    sqlite3 *db = NULL;
    ck_assert_int_eq (sqlite3_open (path, &db), SQLITE_OK);
    ck_assert_int_eq (count (db, "SELECT count (*) FROM chunk"), 0);
    ck_assert_int_eq (count (db, "SELECT freelist_count FROM pragma_freelist_count"), 0);
    sqlite3_close (db);
}
END_TEST

typedef struct {
    FoveaTrace *trace;
    gint64 T, first;
    gboolean ok;
} Reading;

static gpointer
read_some (gpointer data)
{
    Reading *reading = data;
    gint64 T = reading->T;
    g_autofree float *out = g_new (float, 7 * T);
    reading->ok = TRUE;
    for (gint64 row = reading->first; row + 7 <= 3 * T; row += 41) {
        for (guint a = 0; a < 2; a++) {
            const char *name =
                a == 0 ? "blocks.0.attn.hook_pattern" : "blocks.0.attn.hook_attn_scores";
            reading->ok = reading->ok && fovea_trace_read (reading->trace, name, row, 7, out, NULL);
            for (gint64 i = 0; i < 7; i++)
                reading->ok = reading->ok && out[i * T] == value_at (T, a, row + i) &&
                              out[i * T + T - 1] == value_at (T, a, row + i);
        }
    }
    return NULL;
}

START_TEST (threads_read_one_trace_side_by_side)
{
    const gint64 T = 700;
    int never = -1;
    FoveaTrace *trace = NULL;
    {
        /* The trace outlives its sink and its store. */
        g_autoptr (FoveaStore) store = open_store (path, FOVEA_STORE_CREATE);
        gint64 run = fovea_store_begin_run (store, "text", OPTIONS, "cpu", "f32", NULL);
        g_autoptr (FoveaSink) sink = fovea_store_new_sink (store, run, 0, NULL);
        trace = write_sequence (sink, T, "a", &never, NULL);
    }
    ck_assert_ptr_nonnull (trace);
    Reading readings[6];
    GThread *threads[G_N_ELEMENTS (readings)];
    for (guint i = 0; i < G_N_ELEMENTS (readings); i++) {
        readings[i] = (Reading){trace, T, i * 5, FALSE};
        threads[i] = g_thread_new ("reader", read_some, &readings[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS (readings); i++) {
        g_thread_join (threads[i]);
        ck_assert (readings[i].ok);
    }
    fovea_trace_unref (trace);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("store-crash");
    TCase *tests = tcase_create ("crash");
    tcase_set_timeout (tests, 200);
    tcase_add_checked_fixture (tests, set_up, tear_down);
    tcase_add_test (tests, runs_killed_twenty_times_and_resumed_equal_an_uninterrupted_one);
    tcase_add_test (tests, a_run_does_not_go_on_with_another_model);
    tcase_add_test (tests, a_writer_that_waits_for_its_model_keeps_no_reader_out);
    tcase_add_test (tests, threads_read_one_trace_side_by_side);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
