/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A disk that refuses: every write, sync and truncation that a work on a store makes fails in its turn, once
 * or from then on. The work says so or is done; the store is sound, and what was committed before is there. */
#include <string.h>

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "tests/codes-support.h"

/* Methods of a kind of file, with those below them. */
typedef struct {
    sqlite3_io_methods own; /* first: a file points to it */
    const sqlite3_io_methods *below;
} Caught;

enum {
    WRITES,
    FULL,
    SYNCS,
    TRUNCATIONS,
    N_FAULTS
};

static sqlite3_vfs *below;
static Caught kinds[8];
static gint fault = -1;   /* what is refused; -1 = nothing */
static gint left;         /* how many are let through before */
static gboolean for_ever; /* all that follow are refused, too */
static gint n_refused;
static char *whole; /* the store's bytes before each try */
static gsize n_whole;

static gboolean
is_refused (int which)
{
    if (g_atomic_int_get (&fault) != which || g_atomic_int_add (&left, -1) > 0)
        return FALSE;
    if (!for_ever && g_atomic_int_get (&n_refused) > 0)
        return FALSE;
    g_atomic_int_inc (&n_refused);
    return TRUE;
}

static const sqlite3_io_methods *
methods_of (sqlite3_file *file)
{
    return ((const Caught *) (gconstpointer) file->pMethods)->below;
}

static int
write_caught (sqlite3_file *file, const void *data, int n, sqlite3_int64 at)
{
    if (is_refused (WRITES))
        return SQLITE_IOERR_WRITE;
    if (is_refused (FULL))
        return SQLITE_FULL;
    return methods_of (file)->xWrite (file, data, n, at);
}

static int
sync_caught (sqlite3_file *file, int flags)
{
    return is_refused (SYNCS) ? SQLITE_IOERR_FSYNC : methods_of (file)->xSync (file, flags);
}

static int
truncate_caught (sqlite3_file *file, sqlite3_int64 size)
{
    return is_refused (TRUNCATIONS) ? SQLITE_IOERR_TRUNCATE
                                    : methods_of (file)->xTruncate (file, size);
}

static int
open_caught (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    int result = below->xOpen (below, name, file, flags, out_flags);
    if (result != SQLITE_OK || file->pMethods == NULL)
        return result;
    guint i = 0;
    while (i + 1 < G_N_ELEMENTS (kinds) && kinds[i].below != NULL &&
           kinds[i].below != file->pMethods)
        i++;
    kinds[i].below = file->pMethods;
    kinds[i].own = *file->pMethods;
    kinds[i].own.xWrite = write_caught;
    kinds[i].own.xSync = sync_caught;
    kinds[i].own.xTruncate = truncate_caught;
    file->pMethods = &kinds[i].own;
    return result;
}

static void
set_up (void)
{
    static sqlite3_vfs above;
    store_set_up ();
    below = sqlite3_vfs_find (NULL);
    above = *below;
    above.zName = "refusing";
    above.xOpen = open_caught;
    ck_assert_int_eq (sqlite3_vfs_register (&above, 1), SQLITE_OK);
    store_make (N_SEQUENCES, T);
    fovea_store_close (write_codes (TRUE));
    ck_assert (g_file_get_contents (store_path, &whole, &n_whole, NULL));
}

static void
tear_down (void)
{
    sqlite3_vfs_register (below, 1);
    g_clear_pointer (&whole, g_free);
    store_tear_down ();
}

static gboolean
write_sequence (FoveaStore *store, GError **error)
{
    g_autoptr (FoveaSink) sink = fovea_store_new_sink (store, 1, N_SEQUENCES, error);
    g_autoptr (FoveaTraceInfo) info = store_info (T, "next");
    g_autoptr (GPtrArray) arrays = store_arrays (T);
    if (sink == NULL || !sink->begin (sink, info, arrays, error))
        return FALSE;
    if (!store_put_all (sink, arrays, 50, error)) {
        sink->abandon (sink);
        return FALSE;
    }
    g_autoptr (FoveaTrace) trace = sink->finish (sink, error);
    return trace != NULL;
}

static gboolean
replace_codes (FoveaStore *store, GError **error)
{
    g_autoptr (FoveaCodeWriter) writer = fovea_code_writer_new (store, &dictionary, error);
    return writer != NULL && fovea_code_writer_add (writer, 1, positions, &rows, error) &&
           fovea_code_writer_add (writer, 2, positions, &rows, error) &&
           fovea_code_writer_finish (writer, NULL, error);
}

static gboolean
put_table (FoveaStore *store, GError **error)
{
    g_autoptr (FoveaTable) table = fovea_table_new ("mine");
    fovea_table_add_column (table, "n", FOVEA_COLUMN_INTEGER, "", "a number");
    for (int i = 0; i < 50; i++)
        fovea_table_set_integer (table, fovea_table_add_row (table), 0, i);
    return fovea_store_put_table (store, 1, table, error);
}

static gboolean
remove_last (FoveaStore *store, GError **error)
{
    return fovea_store_remove_sequence (store, N_SEQUENCES, error);
}

static gboolean (*const works[]) (FoveaStore *, GError **) = {write_sequence, replace_codes,
                                                              put_table, remove_last};

/* Nothing is damaged; the first sequence is what it was, the last as well or gone, a new one whole. */
static void
check_store (guint try)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaStore) store = fovea_store_open (store_path, FOVEA_STORE_READ, &error);
    ck_assert_msg (store != NULL, "try %u: %s", try, error != NULL ? error->message : "");
    g_autoptr (FoveaTable) damage = fovea_store_check (store, NULL, NULL, NULL, NULL);
    ck_assert_msg (fovea_table_get_n_rows (damage) == 0, "try %u: %s", try,
                   fovea_table_get_n_rows (damage) > 0 ? fovea_table_get_text (damage, 0, 1) : "");
    g_autoptr (GPtrArray) all = fovea_store_list_sequences (store, 0, NULL);
    ck_assert_uint_ge (all->len, N_SEQUENCES - 1);
    for (guint i = 0; i < all->len; i++) {
        gint64 id = ((const FoveaSequenceInfo *) all->pdata[i])->id;
        g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, id, NULL);
        ck_assert_int_eq (id, i + 1);
        store_assert_trace (trace, T);
    }
    ck_assert_int_ne (find (store), 0);
    g_autoptr (GArray) firings = fovea_store_read_firings (store, find (store), 5, NULL);
    ck_assert_uint_eq (firings->len, 2 * MIN (all->len, N_SEQUENCES));
    g_autoptr (FoveaTable) table = fovea_store_get_table (store, 1, "mine", NULL);
    ck_assert (table == NULL || fovea_table_get_n_rows (table) == 50);
}

/* Lets @let_through of a kind happen, then refuses; whether any was refused. */
static gboolean
try_once (int work, int kind, gint let_through)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *journal = g_strconcat (store_path, "-journal", NULL);
    g_unlink (journal);
    ck_assert (g_file_set_contents (store_path, whole, (gssize) n_whole, NULL));
    FoveaStore *store = store_open (FOVEA_STORE_WRITE);
    g_atomic_int_set (&n_refused, 0);
    g_atomic_int_set (&left, let_through);
    g_atomic_int_set (&fault, kind);
    gboolean done = works[work](store, &error);
    g_atomic_int_set (&fault, -1);
    fovea_store_close (store);
    ck_assert_msg (done == (error == NULL), "work %d, fault %d, try %d", work, kind, let_through);
    ck_assert_msg (n_refused > 0 || done, "%s", error != NULL ? error->message : "");
    ck_assert_msg (done || strstr (error->message, store_path) != NULL, "%s", error->message);
    check_store ((guint) let_through);
    return n_refused > 0;
}

START_TEST (whatever_the_disk_refuses_is_told_and_nothing_is_lost)
{
    int work = _i / N_FAULTS, kind = _i % N_FAULTS, tries = 0;
    for (int sticky = 0; sticky < 2; sticky++) {
        for_ever = sticky;
        gint at = 0;
        while (try_once (work, kind, at))
            at++;
        tries += at;
    }
    ck_assert_int_ge (tries, 2); /* each work writes, syncs and cuts its journal */
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("store, faults");
    TCase *tests = tcase_create ("faults");
    tcase_set_timeout (tests, 120);
    tcase_add_checked_fixture (tests, set_up, tear_down);
    tcase_add_loop_test (tests, whatever_the_disk_refuses_is_told_and_nothing_is_lost, 0,
                         G_N_ELEMENTS (works) * N_FAULTS);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
