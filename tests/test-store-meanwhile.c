/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Another program that changes a store between any two looks of this one into it: whoever reads gets
 * what was there or hears that it is gone, never a part of each. The moments are those at which SQLite
 * locks the file for reading, caught under it. */
#include "storage/text-window.h"
#include "tests/store-support.h"

#include <sqlite3.h>

enum {
    T = 40,
    GONE = 2, /* the sequence that is removed; another one follows it */
};

static sqlite3_vfs *below;
static sqlite3_io_methods caught;
static int (*lock_below) (sqlite3_file *, int);
static gint moment; /* read locks until the change; 0 = none to come */
static FoveaStore *other;
static void (*change) (void);

static void
write_another (void)
{
    g_autoptr (FoveaSink) sink = store_new_sink (other, store_begin_run (other), 0);
    g_autoptr (FoveaTraceInfo) info = store_info (T, "another");
    g_autoptr (GPtrArray) arrays = store_arrays (T);
    ck_assert (sink->begin (sink, info, arrays, NULL));
    for (guint i = 0; i < arrays->len; i++) {
        const FoveaArray *array = g_ptr_array_index (arrays, i);
        gint64 planes = array->row_axes == 2 ? array->shape[0] : 1;
        gint64 rows = array->shape[array->row_axes - 1];
        g_autofree float *zeros = g_new0 (float, rows *fovea_array_row_length (array));
        for (gint64 p = 0; p < planes; p++)
            ck_assert (sink->write (sink, i, p * rows, rows, zeros, NULL));
    }
    g_autoptr (FoveaTrace) trace = sink->finish (sink, NULL);
    ck_assert_ptr_nonnull (trace);
}

static void
exchange_sequences (void)
{
    ck_assert (fovea_store_remove_sequence (other, GONE, NULL));
    write_another ();
}

/* @n rows that all hold @n, as does a note. */
static FoveaTable *
new_table (guint n)
{
    FoveaTable *table = fovea_table_new ("counts");
    fovea_table_add_column (table, "n", FOVEA_COLUMN_INTEGER, "", "rows of this table");
    g_autofree char *text = g_strdup_printf ("%u", n);
    fovea_table_set_note (table, "of", "a");
    fovea_table_set_note (table, "rows", text);
    for (guint i = 0; i < n; i++)
        fovea_table_set_integer (table, fovea_table_add_row (table), 0, n);
    return table;
}

static void
replace_table (void)
{
    g_autoptr (FoveaTable) table = new_table (3);
    ck_assert (fovea_store_replace_table (other, 1, table, "of", "also", NULL));
}

static int
lock_caught (sqlite3_file *file, int level)
{
    if (level == SQLITE_LOCK_SHARED && g_atomic_int_get (&moment) > 0 &&
        g_atomic_int_dec_and_test (&moment))
        change ();
    return lock_below (file, level);
}

static int
open_caught (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    int result = below->xOpen (below, name, file, flags, out_flags);
    if (result == SQLITE_OK && (flags & SQLITE_OPEN_MAIN_DB) != 0) {
        caught = *file->pMethods;
        lock_below = caught.xLock;
        caught.xLock = lock_caught;
        file->pMethods = &caught;
    }
    return result;
}

static void
set_up (void)
{
    static sqlite3_vfs above;
    store_set_up ();
    below = sqlite3_vfs_find (NULL);
    above = *below;
    above.zName = "caught";
    above.xOpen = open_caught;
    ck_assert_int_eq (sqlite3_vfs_register (&above, 1), SQLITE_OK);
    store_make (GONE, T);
    other = store_open (FOVEA_STORE_WRITE);
    change = exchange_sequences;
}

static void
tear_down (void)
{
    fovea_store_close (g_steal_pointer (&other));
    sqlite3_vfs_register (below, 1);
    store_tear_down ();
}

static void
assert_gone (const GError *error)
{
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND), "%s",
                   error->message);
}

/* Chunks of what follows have the ids of those that went. */
START_TEST (rows_are_of_the_sequence_or_none)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, GONE, NULL);
    float first[15], row[15];
    ck_assert (fovea_trace_read (trace, "blocks.0.attn.hook_q", 7, 1, first, NULL));
    g_atomic_int_set (&moment, _i);
    if (!fovea_trace_read (trace, "blocks.0.attn.hook_q", 7, 1, row, &error)) {
        assert_gone (error);
        return;
    }
    g_atomic_int_set (&moment, 0);
    for (guint i = 0; i < G_N_ELEMENTS (row); i++)
        ck_assert_float_eq (row[i], first[i]);
}
END_TEST

START_TEST (a_trace_has_all_of_its_arrays_or_does_not_open)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTrace) before = fovea_store_open_trace (store, GONE, NULL);
    g_auto (GStrv) expected = fovea_trace_list_points (before);
    g_atomic_int_set (&moment, _i);
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, GONE, &error);
    g_atomic_int_set (&moment, 0);
    if (trace == NULL) {
        assert_gone (error);
        return;
    }
    g_auto (GStrv) names = fovea_trace_list_points (trace);
    ck_assert_uint_eq (g_strv_length (names), g_strv_length (expected));
    ck_assert_ptr_nonnull (fovea_trace_get_info (trace)->token_texts);
}
END_TEST

START_TEST (texts_around_a_token_are_texts_or_none)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (FoveaTextWindow) before = fovea_store_read_window (store, GONE, 7, 2, NULL);
    g_atomic_int_set (&moment, _i);
    g_autoptr (FoveaTextWindow) window = fovea_store_read_window (store, GONE, 7, 2, &error);
    g_atomic_int_set (&moment, 0);
    if (window == NULL) {
        assert_gone (error);
        return;
    }
    for (guint i = 0; i < before->n; i++)
        ck_assert_str_eq (window->texts[i], before->texts[i]);
}
END_TEST

START_TEST (a_table_is_the_one_or_the_other)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaTable) old = new_table (5);
    ck_assert (fovea_store_put_table (other, 1, old, NULL));
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    change = replace_table;
    g_atomic_int_set (&moment, _i);
    g_autoptr (FoveaTable) table = fovea_store_get_table (store, 1, "counts", &error);
    g_atomic_int_set (&moment, 0);
    ck_assert_msg (table != NULL, "%s", error != NULL ? error->message : "no table");
    guint n = fovea_table_get_n_rows (table);
    g_autofree char *text = g_strdup_printf ("%u", n);
    ck_assert (n == 5 || n == 3);
    ck_assert_str_eq (fovea_table_get_note (table, "rows"), text);
    for (guint i = 0; i < n; i++)
        ck_assert_int_eq (fovea_table_get_integer (table, i, 0), n);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("store, meanwhile");
    TCase *tcase = tcase_create ("meanwhile");
    tcase_add_checked_fixture (tcase, set_up, tear_down);
    tcase_add_loop_test (tcase, rows_are_of_the_sequence_or_none, 1, 6);
    tcase_add_loop_test (tcase, a_trace_has_all_of_its_arrays_or_does_not_open, 1, 10);
    tcase_add_loop_test (tcase, texts_around_a_token_are_texts_or_none, 1, 4);
    tcase_add_loop_test (tcase, a_table_is_the_one_or_the_other, 1, 6);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
