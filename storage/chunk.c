/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One megabyte a chunk: large enough that a row's cost in SQLite vanishes, small enough that a
 * random read is cheap (4 MiB blobs were three times slower). The first read of a
 * chunk takes its checksum, those after it only the bytes they need out of its blob; none holds a lock between
 * chunks. The format is little-endian, as are all machines
 * that Fovea runs on. */
#include "storage/chunk.h"

#include <string.h>

#include "kernels/error.h"
#include "storage/checksum.h"

#if G_BYTE_ORDER != G_LITTLE_ENDIAN
#error "chunks are little-endian and copied without swapping"
#endif

void
fovea_chunk_free (FoveaChunk *chunk)
{
    if (chunk == NULL)
        return;
    g_free (chunk->data);
    g_free (chunk);
}

gsize
fovea_chunk_get_bytes (const FoveaChunk *chunk, FoveaDtype dtype)
{
    return (gsize) chunk->n_rows * chunk->row_length * fovea_dtype_size (dtype);
}

void
fovea_chunk_encode (FoveaChunk *chunk)
{
    if (chunk->encoded)
        return;
    gsize n_bytes = fovea_chunk_get_bytes (chunk, chunk->dtype);
    if (chunk->dtype == FOVEA_F16 || chunk->dtype == FOVEA_BF16) {
        gpointer narrow = g_malloc (n_bytes);
        fovea_dtype_from_f32 (chunk->data, (gsize) chunk->n_rows * chunk->row_length, chunk->dtype,
                              narrow);
        g_free (chunk->data);
        chunk->data = narrow;
    }
    chunk->checksum = fovea_checksum (chunk->data, n_bytes);
    chunk->encoded = TRUE;
}

gboolean
fovea_chunk_insert (FoveaDatabase *database, gint64 array_id, FoveaChunk *chunk, GError **error)
{
    gsize n_bytes = fovea_chunk_get_bytes (chunk, chunk->dtype);
    g_autoptr (sqlite3_stmt) insert = fovea_database_query (
        database, error,
        "INSERT INTO chunk (array_id, first_row, n_rows, checksum, data)"
        " VALUES (?1, ?2, ?3, ?4, ?5)",
        "iiii", array_id, chunk->first_row, chunk->n_rows, (gint64) chunk->checksum);
    if (insert == NULL)
        return FALSE;
    sqlite3_bind_blob64 (insert, 5, chunk->data, n_bytes, SQLITE_STATIC);
    if (sqlite3_step (insert) == SQLITE_DONE)
        return TRUE;
    fovea_database_set_error (database, error);
    return FALSE;
}

/* Ids of rows; a chunk is never changed. */
struct _FoveaSoundChunks {
    GMutex mutex;
    GHashTable *ids;
};

FoveaSoundChunks *
fovea_sound_chunks_new (void)
{
    FoveaSoundChunks *sound = g_new0 (FoveaSoundChunks, 1);
    g_mutex_init (&sound->mutex);
    sound->ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
    return sound;
}

void
fovea_sound_chunks_free (FoveaSoundChunks *sound)
{
    if (sound == NULL)
        return;
    g_mutex_clear (&sound->mutex);
    g_hash_table_unref (sound->ids);
    g_free (sound);
}

static gboolean
is_known (FoveaSoundChunks *sound, gint64 id)
{
    if (sound == NULL)
        return FALSE;
    g_mutex_lock (&sound->mutex);
    gboolean known = g_hash_table_contains (sound->ids, &id);
    g_mutex_unlock (&sound->mutex);
    return known;
}

static void
add_known (FoveaSoundChunks *sound, gint64 id)
{
    if (sound == NULL)
        return;
    g_mutex_lock (&sound->mutex);
    if (!g_hash_table_contains (sound->ids, &id))
        g_hash_table_add (sound->ids, g_memdup2 (&id, sizeof id));
    g_mutex_unlock (&sound->mutex);
}

/* Where a row lies. */
typedef struct {
    gint64 id, first_row, n_rows, checksum;
} Place;

static gboolean
set_damaged (const FoveaArray *array, gint64 row, const char *what, GError **error)
{
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE,
                 "store is damaged: %s, row %" G_GINT64_FORMAT ": %s", array->name, row, what);
    return FALSE;
}

/* What the database itself says has no word of what was looked for. */
static gboolean
name_rows (const FoveaArray *array, gint64 row, GError **error)
{
    g_prefix_error (error, "%s, row %" G_GINT64_FORMAT ": ", array->name, row);
    return FALSE;
}

static gboolean
find_place (FoveaDatabase *database,
            sqlite3_stmt *found,
            const FoveaArray *array,
            gint64 row,
            Place *place,
            GError **error)
{
    g_autoptr (GError) step_error = NULL;
    gboolean has_row = fovea_database_step (database, found, &step_error);
    if (step_error != NULL) {
        g_propagate_error (error, g_steal_pointer (&step_error));
        return name_rows (array, row, error);
    }
    if (has_row)
        *place = (Place){sqlite3_column_int64 (found, 0), sqlite3_column_int64 (found, 1),
                         sqlite3_column_int64 (found, 2), sqlite3_column_int64 (found, 3)};
    gint64 n_all = fovea_array_n_rows (array);
    if (!has_row || place->n_rows > n_all || row - place->first_row >= place->n_rows)
        return set_damaged (array, row, "chunk is missing", error);
    return TRUE;
}

/* @n elements from element @first of a chunk's blob. */
static gboolean
read_blob (sqlite3_blob *blob, const FoveaArray *array, gsize first, gsize n, float *out)
{
    gsize size = fovea_dtype_size (array->dtype);
    if (array->dtype == FOVEA_F32)
        return sqlite3_blob_read (blob, out, (int) (n * size), (int) (first * size)) == SQLITE_OK;
    g_autofree void *raw = g_malloc (n * size);
    if (sqlite3_blob_read (blob, raw, (int) (n * size), (int) (first * size)) != SQLITE_OK)
        return FALSE;
    fovea_dtype_to_f32 (raw, array->dtype, n, out);
    return TRUE;
}

/* The same of a chunk that nobody has looked at yet, all of whose bytes are read for that. */
static gboolean
read_unknown (sqlite3_blob *blob,
              const FoveaArray *array,
              const Place *place,
              gsize first,
              gsize n,
              float *out,
              gboolean *sound)
{
    gsize size = fovea_dtype_size (array->dtype), n_bytes = (gsize) sqlite3_blob_bytes (blob);
    g_autofree char *raw = g_malloc (n_bytes);
    if (sqlite3_blob_read (blob, raw, (int) n_bytes, 0) != SQLITE_OK)
        return FALSE;
    *sound = (gint64) fovea_checksum (raw, n_bytes) == place->checksum;
    if (array->dtype == FOVEA_F32)
        memcpy (out, raw + first * size, n * size);
    else
        fovea_dtype_to_f32 (raw + first * size, array->dtype, n, out);
    return TRUE;
}

static gboolean
read_place (FoveaDatabase *database,
            const FoveaArray *array,
            const Place *place,
            gint64 first_row,
            gint64 n_rows,
            FoveaSoundChunks *known,
            float *out,
            GError **error)
{
    gsize row_length = (gsize) fovea_array_row_length (array);
    gsize expected = (gsize) place->n_rows * row_length * fovea_dtype_size (array->dtype);
    gsize first = (gsize) (first_row - place->first_row) * row_length;
    gsize n = (gsize) n_rows * row_length;
    sqlite3_blob *blob = NULL;
    if (sqlite3_blob_open (database->handle, "main", "chunk", "data", place->id, 0, &blob) !=
        SQLITE_OK) {
        fovea_database_set_error (database, error);
        sqlite3_blob_close (blob);
        return name_rows (array, first_row, error);
    }
    gboolean sized = (gsize) sqlite3_blob_bytes (blob) == expected, sound = TRUE, ok = FALSE;
    if (sized && is_known (known, place->id))
        ok = read_blob (blob, array, first, n, out);
    else if (sized)
        ok = read_unknown (blob, array, place, first, n, out, &sound);
    sqlite3_blob_close (blob);
    if (ok && sound) {
        add_known (known, place->id);
        return TRUE;
    }
    return set_damaged (array, place->first_row,
                        !sized ? "chunk has a wrong size"
                        : ok   ? "chunk has a wrong checksum"
                               : "chunk cannot be read",
                        error);
}

static gboolean
read_rows (FoveaDatabase *database,
           gint64 array_id,
           const FoveaArray *array,
           gint64 first_row,
           gint64 n_rows,
           FoveaSoundChunks *sound,
           float *out,
           GError **error)
{
    gint64 n_all = fovea_array_n_rows (array);
    gsize row_length = (gsize) fovea_array_row_length (array);
    if (first_row < 0 || n_rows < 0 || first_row > n_all || n_rows > n_all - first_row) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "%s: rows %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT
                     " are outside 0:%" G_GINT64_FORMAT,
                     array->name, first_row, first_row + n_rows, n_all);
        return FALSE;
    }
    gint64 end = row_length > 0 ? first_row + n_rows : first_row;
    for (gint64 row = first_row; row < end;) {
        Place place;
        /* Not reset before the bytes are read: between the two another program could give the
         * chunk's id to one of another array. */
        g_autoptr (sqlite3_stmt) found = fovea_database_query (
            database, error,
            "SELECT id, first_row, n_rows, checksum FROM chunk WHERE array_id = ?1"
            " AND first_row <= ?2 ORDER BY first_row DESC LIMIT 1",
            "ii", array_id, row);
        if (found == NULL)
            return name_rows (array, row, error);
        if (!find_place (database, found, array, row, &place, error))
            return FALSE;
        gint64 n = MIN (end, place.first_row + place.n_rows) - row;
        if (!read_place (database, array, &place, row, n, sound,
                         out + (gsize) (row - first_row) * row_length, error))
            return FALSE;
        row += n;
    }
    return TRUE;
}

gboolean
fovea_chunk_read_rows (FoveaDatabase *database,
                       gint64 array_id,
                       const FoveaArray *array,
                       gint64 first_row,
                       gint64 n_rows,
                       FoveaSoundChunks *sound,
                       float *out,
                       GError **error)
{
    GError *failure = NULL;
    gint64 there = 1;
    if (read_rows (database, array_id, array, first_row, n_rows, sound, out, &failure))
        return TRUE;
    /* Another process may have removed the sequence under a trace: that is no damage. */
    if (fovea_database_get_integer (database, 0, &there, NULL, "SELECT 1 FROM array WHERE id = ?1",
                                    "i", array_id) &&
        there == 0) {
        g_clear_error (&failure);
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "%s: its sequence was removed from the store meanwhile", array->name);
        return FALSE;
    }
    g_propagate_error (error, failure);
    return FALSE;
}
