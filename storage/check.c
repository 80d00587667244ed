/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Is a store whole? SQLite's own check of its pages first, then whether every sequence opens, then
 * checksum, size and place of every chunk, then codes. Damage becomes rows of a table, not errors:
 * the check goes on past it, so that one run names everything. Reads the whole file once or twice,
 * at the disk's speed. */
#include "kernels/error.h"
#include "storage/checksum.h"
#include "storage/chunk.h"
#include "storage/code-rows.h"
#include "storage/sequence-row.h"
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

/* What a check needs at hand. */
typedef struct {
    FoveaStore *store;
    FoveaTable *table;
    GHashTable *row_bytes; /* (gint64 *, gsize *): bytes of a row, of arrays that can be opened */
    CheckProgress progress;
    gpointer progress_data;
    guint64 done, total;
    GCancellable *cancellable;
} Check;

/* FALSE if the check is to stop. */
static gboolean
advance (Check *check, gsize n_bytes, GError **error)
{
    check->done += n_bytes;
    if (check->progress != NULL)
        check->progress (check->progress_data, check->done, MAX (check->total, check->done));
    return !g_cancellable_set_error_if_cancelled (check->cancellable, error);
}

static gboolean
keep_row_bytes (Check *check, gint64 sequence, GError **error)
{
    g_autoptr (GArray) ids = NULL;
    g_autoptr (GPtrArray) arrays =
        fovea_sequence_row_read_arrays (check->store->database, sequence, &ids, error);
    for (guint i = 0; arrays != NULL && i < arrays->len; i++) {
        const FoveaArray *array = g_ptr_array_index (arrays, i);
        gsize n = (gsize) fovea_array_row_length (array) * fovea_dtype_size (array->dtype);
        g_hash_table_insert (check->row_bytes,
                             g_memdup2 (&g_array_index (ids, gint64, i), sizeof (gint64)),
                             g_memdup2 (&n, sizeof n));
    }
    return arrays != NULL;
}

/* One whose rows do not agree is damaged even where every checksum is right. */
static gboolean
check_sequences (Check *check, GError **error)
{
    g_autoptr (GError) failure = NULL;
    FoveaDatabase *database = check->store->database;
    g_autoptr (sqlite3_stmt) row = fovea_database_query (
        database, &failure, "SELECT id FROM sequence WHERE complete ORDER BY id", "");
    while (row != NULL && fovea_database_step (database, row, &failure)) {
        g_autoptr (GError) wrong = NULL;
        gint64 id = sqlite3_column_int64 (row, 0);
        g_autoptr (FoveaTrace) trace = fovea_store_open_trace (check->store, id, &wrong);
        if (trace == NULL || !keep_row_bytes (check, id, &wrong))
            add_damage (check->table, id, wrong->message, "", 0);
        if (g_cancellable_set_error_if_cancelled (check->cancellable, error))
            return FALSE;
    }
    if (failure != NULL)
        add_damage (check->table, 0, failure->message, "", 0);
    return TRUE;
}

/* Whether a chunk's bytes are those that were written, as many as its rows need, and its rows those
 * that are due. */
static gboolean
chunk_is_sound (const Check *check, sqlite3_stmt *row, gint64 array, gint64 due)
{
    gsize n = (gsize) sqlite3_column_bytes (row, 6);
    const void *data = sqlite3_column_blob (row, 6);
    const gsize *row_bytes = g_hash_table_lookup (check->row_bytes, &array);
    gint64 n_rows = sqlite3_column_int64 (row, 4);
    if (row_bytes != NULL && *row_bytes > 0 &&
        (sqlite3_column_int64 (row, 3) != due || n_rows < 1 || n % *row_bytes != 0 ||
         n / *row_bytes != (guint64) n_rows))
        return FALSE;
    return (data != NULL || n == 0) &&
           sqlite3_column_int64 (row, 5) == (gint64) fovea_checksum (data, n);
}

static gboolean
check_chunks (Check *check, GError **error)
{
    g_autoptr (GError) failure = NULL;
    gint64 last = 0, due = 0;
    FoveaDatabase *database = check->store->database;
    g_autoptr (sqlite3_stmt) row = fovea_database_query (
        database, &failure,
        "SELECT sequence.id, title, array.name, first_row, n_rows, checksum, data, array.id"
        " FROM sequence JOIN array ON sequence_id = sequence.id JOIN chunk ON array_id = array.id"
        " WHERE complete ORDER BY sequence.id, array.position, first_row",
        "");
    while (row != NULL && fovea_database_step (database, row, &failure)) {
        gint64 array = sqlite3_column_int64 (row, 7), first = sqlite3_column_int64 (row, 3);
        if (!chunk_is_sound (check, row, array, array == last ? due : 0)) {
            g_autofree char *title = fovea_statement_get_text (row, 1);
            g_autofree char *name = fovea_statement_get_text (row, 2);
            add_damage (check->table, sqlite3_column_int64 (row, 0), title, name, first);
        }
        last = array;
        due = (gint64) ((guint64) first + (guint64) sqlite3_column_int64 (row, 4));
        if (!advance (check, (gsize) sqlite3_column_bytes (row, 6), error))
            return FALSE;
    }
    if (failure != NULL)
        add_damage (check->table, 0, failure->message, "", 0);
    return TRUE;
}

/* Codes by sequence, then by latent. */
static gboolean
check_codes (Check *check, GError **error)
{
    static const char by_sequence[] =
        "SELECT dictionary_id, sequence_id, title, name, length (data) FROM code_rows"
        " JOIN sequence ON sequence.id = sequence_id JOIN dictionary ON dictionary.id ="
        " dictionary_id WHERE hash NOT LIKE '%+' ORDER BY dictionary_id, sequence_id";
    static const char by_latent[] =
        "SELECT firing.n_codes, checksum, data, latent, name FROM firing JOIN dictionary ON"
        " dictionary.id = dictionary_id WHERE hash NOT LIKE '%+'"
        " ORDER BY dictionary_id, latent, part";
    FoveaDatabase *database = check->store->database;
    g_autoptr (GError) failure = NULL;
    g_autoptr (sqlite3_stmt) row = fovea_database_query (database, &failure, by_sequence, "");
    while (row != NULL && fovea_database_step (database, row, &failure)) {
        g_autofree gint64 *positions = NULL;
        gint64 sequence = sqlite3_column_int64 (row, 1);
        g_autoptr (FoveaSaeCodes) codes = fovea_store_read_codes (
            check->store, sqlite3_column_int64 (row, 0), sequence, &positions, NULL);
        if (codes == NULL) {
            g_autofree char *title = fovea_statement_get_text (row, 2);
            g_autofree char *name = fovea_statement_get_text (row, 3);
            g_autofree char *of = g_strdup_printf ("codes of %s", name);
            add_damage (check->table, sequence, title, of, 0);
        }
        if (!advance (check, (gsize) sqlite3_column_int64 (row, 4), error))
            return FALSE;
    }
    g_autoptr (sqlite3_stmt) part =
        failure == NULL ? fovea_database_query (database, &failure, by_latent, "") : NULL;
    while (part != NULL && fovea_database_step (database, part, &failure)) {
        gint64 n = 0, latent = sqlite3_column_int64 (part, 3);
        if (fovea_code_rows_get_part (check->store, part, latent, &n, NULL) == NULL) {
            g_autofree char *title = g_strdup_printf ("latent %" G_GINT64_FORMAT, latent);
            g_autofree char *name = fovea_statement_get_text (part, 4);
            g_autofree char *of = g_strdup_printf ("codes of %s", name);
            add_damage (check->table, 0, title, of, 0);
        }
        if (!advance (check, (gsize) sqlite3_column_bytes (part, 2), error))
            return FALSE;
    }
    if (failure != NULL)
        add_damage (check->table, 0, failure->message, "", 0);
    return TRUE;
}

/* Bytes of all that is gone through. */
static guint64
count_bytes (FoveaStore *store, gboolean has_codes)
{
    gint64 arrays = 0, codes = 0;
    fovea_database_get_integer (store->database, 0, &arrays, NULL,
                                "SELECT total (n_bytes) FROM sequence WHERE complete", "");
    if (has_codes)
        fovea_database_get_integer (store->database, 0, &codes, NULL,
                                    "SELECT (SELECT total (length (data)) FROM code_rows)"
                                    " + (SELECT total (length (data)) FROM firing)",
                                    "");
    return (guint64) MAX (arrays, 0) + (guint64) MAX (codes, 0);
}

FoveaTable *
fovea_store_check (FoveaStore *store,
                   void (*progress) (gpointer data, guint64 done, guint64 total),
                   gpointer progress_data,
                   GCancellable *cancellable,
                   GError **error)
{
    g_autoptr (FoveaTable) table = new_table ();
    g_autoptr (GHashTable) row_bytes =
        g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
    gboolean has_codes = FALSE;
    if (!fovea_store_has_table (store, "firing", &has_codes, error))
        return NULL;
    Check check = {store, table, row_bytes, progress, progress_data, 0, 0, cancellable};
    check.total = count_bytes (store, has_codes);
    check_pages (store, table);
    if (!check_sequences (&check, error) || !check_chunks (&check, error) ||
        (has_codes && !check_codes (&check, error)))
        return NULL;
    return g_steal_pointer (&table);
}
