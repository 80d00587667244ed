/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Is a store whole? SQLite's own check of its pages first, then the checksum and size of every
 * chunk. Damage becomes rows of a table, not errors: the check goes on past it, so that one run
 * names everything. Reads the whole file once or twice, at the disk's speed. */
#include "kernels/error.h"
#include "storage/checksum.h"
#include "storage/chunk.h"
#include "storage/store-private.h"

typedef void (*CheckProgress) (gpointer data, guint64 done, guint64 total);

static FoveaTable *
new_table (void)
{
    static const FoveaColumn columns[] = {
        {"sequence", FOVEA_COLUMN_INTEGER, "", "damaged sequence; 0 = the file itself"},
        {"title", FOVEA_COLUMN_TEXT, "", "its title, or what is wrong"},
        {"array", FOVEA_COLUMN_TEXT, "", "damaged array"},
        {"row", FOVEA_COLUMN_INTEGER, "", "first row of the chunk"},
    };
    return fovea_table_new_with ("damage", columns, G_N_ELEMENTS (columns));
}

static void
add_damage (FoveaTable *table, gint64 sequence, const char *title, const char *array, gint64 row)
{
    guint line = fovea_table_add_row (table);
    fovea_table_set_integer (table, line, 0, sequence);
    fovea_table_set_text (table, line, 1, title);
    fovea_table_set_text (table, line, 2, array);
    fovea_table_set_integer (table, line, 3, row);
}

/* SQLite's words about its own pages; it stops after ten. */
static void
check_pages (FoveaStore *store, FoveaTable *table)
{
    g_autoptr (GError) failure = NULL;
    g_autoptr (sqlite3_stmt) row =
        fovea_database_query (store->database, &failure, "PRAGMA quick_check (10)", "");
    while (row != NULL && fovea_database_step (store->database, row, &failure)) {
        g_autofree char *said = fovea_statement_get_text (row, 0);
        if (!g_str_equal (said, "ok"))
            add_damage (table, 0, said, "", 0);
    }
    if (failure != NULL)
        add_damage (table, 0, failure->message, "", 0);
}

/* Whether a chunk's bytes are those that were written, and as many as its rows need. */
static gboolean
chunk_is_sound (sqlite3_stmt *row)
{
    gsize n = (gsize) sqlite3_column_bytes (row, 5);
    const void *data = sqlite3_column_blob (row, 5);
    return (data != NULL || n == 0) &&
           sqlite3_column_int64 (row, 4) == (gint64) fovea_checksum (data, n);
}

static gboolean
check_chunks (FoveaStore *store,
              FoveaTable *table,
              CheckProgress progress,
              gpointer progress_data,
              GCancellable *cancellable,
              GError **error)
{
    gint64 total = 0, done = 0;
    g_autoptr (GError) failure = NULL;
    fovea_database_get_integer (store->database, 0, &total, NULL,
                                "SELECT total (n_bytes) FROM sequence WHERE complete", "");
    g_autoptr (sqlite3_stmt) row = fovea_database_query (
        store->database, &failure,
        "SELECT sequence.id, title, array.name, first_row, checksum, data FROM sequence"
        " JOIN array ON sequence_id = sequence.id JOIN chunk ON array_id = array.id"
        " WHERE complete ORDER BY sequence.id, array.position, first_row",
        "");
    while (row != NULL && fovea_database_step (store->database, row, &failure)) {
        if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
        if (!chunk_is_sound (row)) {
            g_autofree char *title = fovea_statement_get_text (row, 1);
            g_autofree char *array = fovea_statement_get_text (row, 2);
            add_damage (table, sqlite3_column_int64 (row, 0), title, array,
                        sqlite3_column_int64 (row, 3));
        }
        done += sqlite3_column_bytes (row, 5);
        if (progress != NULL)
            progress (progress_data, (guint64) done, (guint64) MAX (total, done));
    }
    if (failure != NULL)
        add_damage (table, 0, failure->message, "", 0);
    return TRUE;
}

FoveaTable *
fovea_store_check (FoveaStore *store,
                   void (*progress) (gpointer data, guint64 done, guint64 total),
                   gpointer progress_data,
                   GCancellable *cancellable,
                   GError **error)
{
    g_autoptr (FoveaTable) table = new_table ();
    check_pages (store, table);
    if (!check_chunks (store, table, progress, progress_data, cancellable, error))
        return NULL;
    return g_steal_pointer (&table);
}
