/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A sequence leaves with all that is known of it. Most of that hangs on its row and goes by itself; its
 * codes by latent stand in blobs together with those of other sequences, so those of the latents
 * that fire in it are written anew. One transaction: a store is never seen with half of it gone. */
#include "storage/checksum.h"
#include "storage/code-rows.h"
#include "storage/store-private.h"

/* A part of a latent's firings as it stands in the store. */
typedef struct {
    gint64 id; /* rowid */
    FoveaFiring *firings;
    gint64 n;
} Part;

static void
clear_part (gpointer data)
{
    g_free (((Part *) data)->firings);
}

static gboolean
check_removable (FoveaStore *store, gint64 sequence_id, GError **error)
{
    gint64 finished = -1;
    if (!fovea_database_get_integer (store->database, -1, &finished, error,
                                     "SELECT finished IS NOT NULL FROM sequence JOIN run"
                                     " ON run.id = run_id WHERE sequence.id = ?1",
                                     "i", sequence_id))
        return FALSE;
    if (finished > 0)
        return TRUE;
    if (finished < 0)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "store '%s' has no sequence %" G_GINT64_FORMAT, store->path, sequence_id);
    else
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE,
                     "sequence %" G_GINT64_FORMAT
                     " is of a run that is not finished: going on with "
                     "it would count from the wrong place",
                     sequence_id);
    return FALSE;
}

/* All parts of a latent that can be read. A damaged one stays as it is: what would be left of it would get a
 * checksum anew, and which of its firings are whose nobody knows. Whoever reads the latent is told, and
 * encoding again mends it. */
static GArray *
read_parts (FoveaStore *store, gint64 dictionary, gint64 latent, GError **error)
{
    g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (Part));
    g_autoptr (GError) failure = NULL;
    g_autoptr (sqlite3_stmt) row = fovea_database_query (
        store->database, error,
        "SELECT n_codes, checksum, data, rowid FROM firing WHERE dictionary_id = ?1"
        " AND latent = ?2 ORDER BY part",
        "ii", dictionary, latent);
    g_array_set_clear_func (parts, clear_part);
    if (row == NULL)
        return NULL;
    while (fovea_database_step (store->database, row, &failure)) {
        Part part = {.id = sqlite3_column_int64 (row, 3)};
        const FoveaFiring *firings = fovea_code_rows_get_part (store, row, latent, &part.n, NULL);
        if (firings == NULL)
            continue;
        part.firings = g_memdup2 (firings, (gsize) part.n * sizeof *firings);
        g_array_append_val (parts, part);
    }
    if (failure == NULL)
        return g_steal_pointer (&parts);
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
}

static gboolean
write_part (FoveaStore *store, const Part *part, GError **error)
{
    g_autoptr (GError) failure = NULL;
    float least = part->firings[0].value, most = least;
    gsize bytes = (gsize) part->n * sizeof *part->firings;
    for (gint64 i = 1; i < part->n; i++) {
        least = MIN (least, part->firings[i].value);
        most = MAX (most, part->firings[i].value);
    }
    g_autoptr (sqlite3_stmt) update = fovea_database_query (
        store->database, error,
        "UPDATE firing SET n_codes = ?2, least = ?3, most = ?4, checksum = ?5, data = ?6"
        " WHERE rowid = ?1",
        "iiddi", part->id, part->n, (double) least, (double) most,
        (gint64) fovea_checksum (part->firings, bytes));
    if (update == NULL)
        return FALSE;
    sqlite3_bind_blob64 (update, 6, part->firings, bytes, SQLITE_STATIC);
    fovea_database_step (store->database, update, &failure);
    if (failure == NULL)
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
}

/* Takes a sequence's firings out of one part. */
static gboolean
shrink_part (FoveaStore *store, Part *part, gint64 sequence_id, GError **error)
{
    gint64 kept = 0;
    for (gint64 i = 0; i < part->n; i++)
        if (part->firings[i].sequence != sequence_id)
            part->firings[kept++] = part->firings[i];
    if (kept == part->n)
        return TRUE;
    part->n = kept;
    return kept > 0 ? write_part (store, part, error)
                    : fovea_database_run (store->database, error,
                                          "DELETE FROM firing WHERE rowid = ?1", "i", part->id);
}

static gboolean
shrink_latent (
    FoveaStore *store, gint64 dictionary, gint64 latent, gint64 sequence_id, GError **error)
{
    g_autoptr (GArray) parts = read_parts (store, dictionary, latent, error);
    for (guint i = 0; parts != NULL && i < parts->len; i++)
        if (!shrink_part (store, &g_array_index (parts, Part, i), sequence_id, error))
            return FALSE;
    return parts != NULL;
}

/* Latents that fire in the sequence, as a set; NULL if its codes cannot be read. */
static GHashTable *
find_firing (FoveaStore *store, gint64 dictionary, gint64 sequence_id)
{
    g_autofree gint64 *positions = NULL;
    g_autoptr (FoveaSaeCodes) codes =
        fovea_store_read_codes (store, dictionary, sequence_id, &positions, NULL);
    if (codes == NULL)
        return NULL;
    GHashTable *set = g_hash_table_new (g_direct_hash, g_direct_equal);
    for (gint64 c = 0; c < codes->offsets[codes->n_rows]; c++)
        g_hash_table_add (set, GINT_TO_POINTER (codes->latents[c]));
    return set;
}

/* First column of a query about @id. */
static GArray *
list_integers (FoveaStore *store, const char *sql, gint64 id, GError **error)
{
    g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (gint64));
    g_autoptr (GError) failure = NULL;
    g_autoptr (sqlite3_stmt) row = fovea_database_query (store->database, error, sql, "i", id);
    if (row == NULL)
        return NULL;
    while (fovea_database_step (store->database, row, &failure)) {
        gint64 value = sqlite3_column_int64 (row, 0);
        g_array_append_val (list, value);
    }
    if (failure == NULL)
        return g_steal_pointer (&list);
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
}

/* What the dictionary holds is counted again: numbers of a damaged sequence are not to be taken off. */
static gboolean
shrink_dictionary (FoveaStore *store, gint64 dictionary, gint64 sequence_id, GError **error)
{
    g_autoptr (GHashTable) fires = find_firing (store, dictionary, sequence_id);
    g_autoptr (GArray) latents = list_integers (
        store, "SELECT DISTINCT latent FROM firing WHERE dictionary_id = ?1", dictionary, error);
    for (guint i = 0; latents != NULL && i < latents->len; i++) {
        gint64 j = g_array_index (latents, gint64, i);
        if ((fires == NULL || g_hash_table_contains (fires, GINT_TO_POINTER (j))) &&
            !shrink_latent (store, dictionary, j, sequence_id, error))
            return FALSE;
    }
    return latents != NULL &&
           fovea_database_run (store->database, error,
                               "UPDATE dictionary SET (n_tokens, n_codes) ="
                               " (SELECT CAST (total (n_rows) AS INTEGER),"
                               "  CAST (total (n_codes) AS INTEGER) FROM code_rows"
                               "  WHERE dictionary_id = ?1 AND sequence_id <> ?2) WHERE id = ?1",
                               "ii", dictionary, sequence_id);
}

static gboolean
remove_all (FoveaStore *store, gint64 sequence_id, GError **error)
{
    g_autoptr (GArray) dictionaries = list_integers (
        store, "SELECT dictionary_id FROM code_rows WHERE sequence_id = ?1", sequence_id, error);
    for (guint i = 0; dictionaries != NULL && i < dictionaries->len; i++)
        if (!shrink_dictionary (store, g_array_index (dictionaries, gint64, i), sequence_id, error))
            return FALSE;
    return dictionaries != NULL &&
           fovea_database_run (store->database, error, "DELETE FROM sequence WHERE id = ?1", "i",
                               sequence_id);
}

gboolean
fovea_store_remove_sequence (FoveaStore *store, gint64 sequence_id, GError **error)
{
    if (!fovea_store_require_writable (store, error) ||
        !check_removable (store, sequence_id, error) ||
        !fovea_database_begin (store->database, error))
        return FALSE;
    gboolean ok = remove_all (store, sequence_id, error);
    return fovea_database_end (store->database, ok, ok ? error : NULL) && ok &&
           fovea_database_exec (store->database, "PRAGMA incremental_vacuum", error);
}
