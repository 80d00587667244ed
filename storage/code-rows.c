/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Reading codes back. Blobs come from a file that anybody may have written, so their sizes, offsets
 * and latents are checked before they are used. */
#include "storage/code-rows.h"

#include <math.h>
#include <string.h>

#include "storage/checksum.h"
#include "storage/store-private.h"

gboolean
fovea_store_find_dictionary (
    FoveaStore *store, const char *hash, gint64 *id, gint64 *n_tokens, GError **error)
{
    gboolean there = FALSE;
    *id = 0;
    if (!fovea_store_has_table (store, "dictionary", &there, error))
        return FALSE;
    if (!there)
        return TRUE;
    return fovea_database_get_integer (store->database, 0, id, error,
                                       "SELECT id FROM dictionary WHERE hash = ?1", "s", hash) &&
           (n_tokens == NULL || fovea_database_get_integer (
                                    store->database, 0, n_tokens, error,
                                    "SELECT n_tokens FROM dictionary WHERE hash = ?1", "s", hash));
}

gboolean
fovea_code_rows_check_width (const FoveaStore *store,
                             gint64 dictionary,
                             gint64 n_latents,
                             GError **error)
{
    if (n_latents > 0 && n_latents <= FOVEA_MOST_LATENTS)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE,
                 "store '%s' is damaged: dictionary %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                 " latents",
                 store->path, dictionary, n_latents);
    return FALSE;
}

/* A column's blob, if it has the size and the checksum (column @at) that it should have. */
static const void *
get_blob (const FoveaStore *store, sqlite3_stmt *row, int at, gsize n_bytes, GError **error)
{
    const void *data = sqlite3_column_blob (row, at + 1);
    gsize got = (gsize) sqlite3_column_bytes (row, at + 1);
    if (got == n_bytes && (n_bytes == 0 || data != NULL) &&
        (gint64) fovea_checksum (data, n_bytes) == sqlite3_column_int64 (row, at))
        return data;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE,
                 "store '%s' is damaged: codes of %" G_GSIZE_FORMAT " bytes, of which "
                 "%" G_GSIZE_FORMAT " are there or not as they were written",
                 store->path, n_bytes, got);
    return NULL;
}

/* Sequences whose codes are kept. Somebody else's tool may have deleted one, which its row's codes
 * follow but the parts by latent do not. */
static GHashTable *
list_kept (FoveaStore *store, gint64 dictionary, GError **error)
{
    g_autoptr (GHashTable) kept = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr (GError) failure = NULL;
    g_autoptr (sqlite3_stmt) row = fovea_database_query (
        store->database, error, "SELECT sequence_id FROM code_rows WHERE dictionary_id = ?1", "i",
        dictionary);
    if (row == NULL)
        return NULL;
    while (fovea_database_step (store->database, row, &failure)) {
        gint64 id = sqlite3_column_int64 (row, 0);
        g_hash_table_add (kept, g_memdup2 (&id, sizeof id));
    }
    if (failure == NULL)
        return g_steal_pointer (&kept);
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
}

const FoveaFiring *
fovea_code_rows_get_part (
    const FoveaStore *store, sqlite3_stmt *row, gint64 latent, gint64 *n, GError **error)
{
    *n = sqlite3_column_int64 (row, 0);
    gboolean possible = *n > 0 && *n <= G_MAXINT32;
    const FoveaFiring *part =
        get_blob (store, row, 1, possible ? (gsize) *n * sizeof *part : G_MAXSIZE, error);
    if (part == NULL) {
        g_prefix_error (error, "firings of latent %" G_GINT64_FORMAT ": ", latent);
        return NULL;
    }
    for (gint64 i = 0; i < *n; i++)
        if (part[i].position < 0 || !isfinite (part[i].value)) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE,
                         "store '%s' is damaged: firings of latent %" G_GINT64_FORMAT
                         " make no sense",
                         store->path, latent);
            return NULL;
        }
    return part;
}

/* Appends what is of kept sequences; most often that is all. */
static void
append_kept (GArray *firings, GHashTable *kept, const FoveaFiring *part, gint64 n)
{
    gint64 last = 0;
    gboolean there = FALSE;
    for (gint64 i = 0; i < n; i++) {
        if (i == 0 || part[i].sequence != last)
            there = g_hash_table_contains (kept, &part[i].sequence);
        last = part[i].sequence;
        if (there)
            g_array_append_val (firings, part[i]);
    }
}

GArray *
fovea_store_read_firings (FoveaStore *store, gint64 dictionary, gint32 latent, GError **error)
{
    g_autoptr (GArray) firings = g_array_new (FALSE, FALSE, sizeof (FoveaFiring));
    g_autoptr (GHashTable) kept = list_kept (store, dictionary, error);
    g_autoptr (GError) failure = NULL;
    if (kept == NULL)
        return NULL;
    g_autoptr (sqlite3_stmt) row = fovea_database_query (
        store->database, error,
        "SELECT n_codes, checksum, data FROM firing WHERE dictionary_id = ?1 AND latent = ?2"
        " ORDER BY part",
        "ii", dictionary, (gint64) latent);
    if (row == NULL)
        return NULL;
    while (fovea_database_step (store->database, row, &failure)) {
        gint64 n = 0;
        const FoveaFiring *part = fovea_code_rows_get_part (store, row, latent, &n, error);
        if (part == NULL)
            return NULL;
        append_kept (firings, kept, part, n);
    }
    if (failure == NULL)
        return g_steal_pointer (&firings);
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
}

/* Offsets rise to the number of codes, positions rise, latents rise within a row and are latents, and
 * codes are numbers. */
static gboolean
is_sound (const FoveaSaeCodes *codes, const gint64 *positions, gint64 n)
{
    if (codes->offsets[0] != 0 || codes->offsets[codes->n_rows] != n)
        return FALSE;
    for (gint64 i = 0; i < codes->n_rows; i++)
        if (codes->offsets[i + 1] < codes->offsets[i] ||
            positions[i] <= (i > 0 ? positions[i - 1] : -1) || positions[i] > G_MAXINT32)
            return FALSE;
    for (gint64 c = 0; c < n; c++)
        if (!isfinite (codes->values[c]))
            return FALSE;
    for (gint64 i = 0; i < codes->n_rows; i++)
        for (gint64 c = codes->offsets[i]; c < codes->offsets[i + 1]; c++)
            if (codes->latents[c] < (c > codes->offsets[i] ? codes->latents[c - 1] + 1 : 0) ||
                codes->latents[c] >= codes->n_latents)
                return FALSE;
    return TRUE;
}

static FoveaSaeCodes *
unpack_rows (const guint8 *data, gsize rows, gsize n, gint64 F, gint64 **positions)
{
    FoveaSaeCodes *codes = g_new0 (FoveaSaeCodes, 1);
    const guint8 *at = data + (rows + 1) * sizeof (gint64);
    codes->n_rows = (gint64) rows;
    codes->n_latents = F;
    codes->offsets = g_memdup2 (data, (rows + 1) * sizeof (gint64));
    *positions = g_memdup2 (at, rows * sizeof (gint64));
    at += rows * sizeof (gint64);
    codes->latents = g_memdup2 (at, n * sizeof (gint32));
    codes->values = g_memdup2 (at + n * sizeof (gint32), n * sizeof (float));
    return codes;
}

FoveaSaeCodes *
fovea_store_read_codes (
    FoveaStore *store, gint64 dictionary, gint64 sequence_id, gint64 **positions, GError **error)
{
    g_autoptr (GError) failure = NULL;
    g_autoptr (sqlite3_stmt) row = fovea_database_query (
        store->database, error,
        "SELECT n_rows, code_rows.n_codes, n_latents, checksum, data FROM code_rows"
        " JOIN dictionary ON dictionary.id = dictionary_id"
        " WHERE dictionary_id = ?1 AND sequence_id = ?2",
        "ii", dictionary, sequence_id);
    if (row == NULL)
        return NULL;
    if (!fovea_database_step (store->database, row, &failure)) {
        if (failure == NULL)
            g_set_error (&failure, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                         "store '%s' has no codes of sequence %" G_GINT64_FORMAT, store->path,
                         sequence_id);
        g_propagate_error (error, g_steal_pointer (&failure));
        return NULL;
    }
    gint64 rows = sqlite3_column_int64 (row, 0), n = sqlite3_column_int64 (row, 1);
    gboolean possible = rows >= 0 && rows <= G_MAXINT32 && n >= 0 && n <= G_MAXINT32;
    gsize bytes = possible ? (gsize) (2 * rows + 1) * sizeof (gint64) + (gsize) n * 8 : G_MAXSIZE;
    if (!fovea_code_rows_check_width (store, dictionary, sqlite3_column_int64 (row, 2), error))
        return NULL;
    const guint8 *data = get_blob (store, row, 3, bytes, error);
    if (data == NULL)
        return NULL;
    g_autofree gint64 *places = NULL;
    g_autoptr (FoveaSaeCodes) codes =
        unpack_rows (data, (gsize) rows, (gsize) n, sqlite3_column_int64 (row, 2), &places);
    if (is_sound (codes, places, n)) {
        *positions = g_steal_pointer (&places);
        return g_steal_pointer (&codes);
    }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE,
                 "store '%s' is damaged: codes of sequence %" G_GINT64_FORMAT " are in disorder",
                 store->path, sequence_id);
    return NULL;
}
