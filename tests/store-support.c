/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "tests/store-support.h"

#include <math.h>
#include <string.h>

#include <sqlite3.h>

#include "storage/store-private.h"
#include "tests/support.h"

char *store_path;
static char *folder;

void
store_set_up (void)
{
    folder = support_temp_dir ();
    store_path = g_build_filename (folder, "a.fovea", NULL);
}

void
store_tear_down (void)
{
    g_free (store_path);
    support_remove_dir (folder);
}

FoveaStore *
store_open (FoveaStoreMode mode)
{
    g_autoptr (GError) error = NULL;
    FoveaStore *store = fovea_store_open (store_path, mode, &error);
    ck_assert_msg (store != NULL, "%s", error != NULL ? error->message : "");
    return store;
}

FoveaTraceInfo *
store_info (gint64 n_tokens, const char *title)
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
GPtrArray *
store_arrays (gint64 T)
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
store_value (guint index, gint64 i)
{
    return (float) ((i * 31 + index * 7) % 128) - 17;
}

/* Rows [first, first + n) of an array, as a sink wants them. */
static gboolean
put_rows (
    FoveaSink *sink, const FoveaArray *array, guint index, gint64 first, gint64 n, GError **error)
{
    gint64 length = fovea_array_row_length (array);
    g_autofree float *rows = g_new (float, n *length + 1);
    for (gint64 i = 0; i < n * length; i++) {
        rows[i] = store_value (index, first * length + i);
        if (array->dtype == FOVEA_I32) {
            gint32 whole = (gint32) rows[i];
            memcpy (&rows[i], &whole, sizeof whole);
        }
    }
    return sink->write (sink, index, first, n, rows, error);
}

void
store_write_rows (FoveaSink *sink, const FoveaArray *array, guint index, gint64 first, gint64 n)
{
    g_autoptr (GError) error = NULL;
    gboolean ok = put_rows (sink, array, index, first, n, &error);
    ck_assert_msg (ok, "%s", error != NULL ? error->message : "");
}

/* Maps in slabs of queries over all heads, as a forward pass makes them. */
gboolean
store_put_all (FoveaSink *sink, GPtrArray *arrays, gint64 slab, GError **error)
{
    for (guint i = 0; i < arrays->len; i++) {
        const FoveaArray *array = g_ptr_array_index (arrays, i);
        gint64 planes = array->row_axes == 2 ? array->shape[0] : 1;
        gint64 rows = array->shape[array->row_axes - 1];
        for (gint64 at = 0; at < rows; at += slab)
            for (gint64 p = 0; p < planes; p++)
                if (!put_rows (sink, array, i, p * rows + at, MIN (slab, rows - at), error))
                    return FALSE;
    }
    return TRUE;
}

void
store_write_all (FoveaSink *sink, GPtrArray *arrays, gint64 slab)
{
    g_autoptr (GError) error = NULL;
    gboolean ok = store_put_all (sink, arrays, slab, &error);
    ck_assert_msg (ok, "%s", error != NULL ? error->message : "");
}

FoveaTrace *
store_write_sequence (FoveaSink *sink, gint64 T, const char *title, gint64 slab)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaTraceInfo) info = store_info (T, title);
    g_autoptr (GPtrArray) arrays = store_arrays (T);
    ck_assert (sink->begin (sink, info, arrays, &error));
    store_write_all (sink, arrays, slab);
    FoveaTrace *trace = sink->finish (sink, &error);
    ck_assert_msg (trace != NULL, "%s", error != NULL ? error->message : "");
    return trace;
}

gint64
store_begin_run (FoveaStore *store)
{
    gint64 run = fovea_store_begin_run (store, "text", "{\"a\":1}", "cpu", "f32", NULL);
    ck_assert_int_gt (run, 0);
    return run;
}

FoveaSink *
store_new_sink (FoveaStore *store, gint64 run, gint64 position)
{
    g_autoptr (GError) error = NULL;
    FoveaSink *sink = fovea_store_new_sink (store, run, position, &error);
    ck_assert_msg (sink != NULL, "%s", error != NULL ? error->message : "");
    return sink;
}

/* A store of @n complete sequences of @T tokens. */
void
store_make (guint n, gint64 T)
{
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_CREATE);
    gint64 run = store_begin_run (store);
    g_autoptr (FoveaSink) sink = store_new_sink (store, run, 0);
    for (guint i = 0; i < n; i++)
        fovea_trace_unref (store_write_sequence (sink, T, "made", 50));
    ck_assert (fovea_store_finish_run (store, run, NULL));
}

/* Every row of every array, whole and row by row from the middle. */
void
store_assert_trace (FoveaTrace *trace, gint64 T)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) arrays = store_arrays (T);
    for (guint a = 0; a < arrays->len; a++) {
        const FoveaArray *array = g_ptr_array_index (arrays, a);
        gint64 n = fovea_array_n_rows (array), length = fovea_array_row_length (array);
        for (gint64 from = 0; from <= n / 2; from += MAX (n / 2, 1)) {
            g_autofree float *out = g_new (float, (n - from) * length + 1);
            gboolean ok = fovea_trace_read (trace, array->name, from, n - from, out, &error);
            ck_assert_msg (ok, "%s", error != NULL ? error->message : "");
            for (gint64 i = 0; i < (n - from) * length; i++)
                ck_assert_msg (out[i] == store_value (a, from * length + i),
                               "%s, value %" G_GINT64_FORMAT ": %g", array->name, i,
                               (double) out[i]);
        }
    }
}

void
store_run_sql (const char *sql)
{
    sqlite3 *db = NULL;
    ck_assert_int_eq (sqlite3_open (store_path, &db), SQLITE_OK);
    ck_assert_int_eq (sqlite3_exec (db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close (db);
}

double
store_ask (const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *row = NULL;
    ck_assert_int_eq (sqlite3_open_v2 (store_path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    ck_assert_msg (sqlite3_prepare_v2 (db, sql, -1, &row, NULL) == SQLITE_OK, "%s: %s", sql,
                   sqlite3_errmsg (db));
    ck_assert_int_eq (sqlite3_step (row), SQLITE_ROW);
    double value =
        sqlite3_column_type (row, 0) == SQLITE_NULL ? (double) NAN : sqlite3_column_double (row, 0);
    sqlite3_finalize (row);
    sqlite3_close (db);
    return value;
}

typedef struct {
    gint left;
    gboolean once;
} Failure;

static int
fail_step (void *data)
{
    Failure *failure = data;
    const gint before = failure->left--;
    return failure->once ? before == 0 : before <= 0;
}

void
store_fail_at_each_step (FoveaStore *store, gboolean (*work) (FoveaStore *, GError **))
{
    for (int once = 0; once < 2; once++) {
        gint steps = 0;
        for (gboolean ok = FALSE; !ok; steps++) {
            g_autoptr (GError) error = NULL;
            Failure failure = {steps, once};
            sqlite3_progress_handler (store->database->handle, 1, fail_step, &failure);
            ok = work (store, &error);
            sqlite3_progress_handler (store->database->handle, 0, NULL, NULL);
            ck_assert_msg (ok == (error == NULL), "after %d steps", steps);
            ck_assert_msg (ok || (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE) &&
                                  strstr (error->message, "interrupted") != NULL &&
                                  strstr (error->message, store_path) != NULL),
                           "after %d steps: %s", steps, ok ? "" : error->message);
            ck_assert_msg (!ok || failure.left >= 0, "done in spite of a failure after %d steps",
                           steps);
        }
        ck_assert_int_gt (steps, 10);
    }
}
