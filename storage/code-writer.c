/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Codes are committed by sequence while they are made, several times a second at most: each commit waits for
 * the disk. Those by latent are made of them at the end (code-index.c). Until then the dictionary bears
 * another hash, under which only the next writer of the same finds it: that one goes on there. A store has
 * one writer of codes: two would give each other's sequences twice. A capture may write beside it. */
#include "storage/code-rows.h"

#include <string.h>

#include "storage/code-index.h"
#include "storage/dictionary.h"
#include "storage/writer-lock.h"

#define COMMIT_US    (G_TIME_SPAN_SECOND / 2) /* of work that a kill may take */
#define COMMIT_BYTES (64 * 1024 * 1024)

enum {
    COPIED_TOGETHER = 32 /* sequences */
};

/* Rows of a sequence on their way. */
typedef struct {
    gint64 sequence, n_rows, n_codes;
    void *data;
    gsize n_bytes;
} Packed;

struct _FoveaCodeWriter {
    FoveaStore *store;
    FoveaWriterLock *lock;
    gint64 dictionary; /* 0 until the first commit */
    gint64 outgrown;   /* a finished one whose codes are taken over then, 0 = none */
    gint64 n_latents;
    GHashTable *kept; /* of gint64: sequences whose codes were there */
    GArray *packed;   /* of Packed */
    gsize packed_bytes;
    gint64 committed; /* us, monotonic */
    char *hash, *unfinished, *name, *site, *architecture, *options;
};

static void
clear_packed (gpointer data)
{
    g_free (((Packed *) data)->data);
}

/* A finished one that lacks sequences, which came later, is as good a beginning; its codes are copied, since it is
 * read until the new one is finished. One that lacks none is made anew. */
static gboolean
find_outgrown (FoveaCodeWriter *writer, GError **error)
{
    return fovea_database_get_integer (
        writer->store->database, 0, &writer->outgrown, error,
        "SELECT id FROM dictionary WHERE hash = ?1 AND options = ?2 AND options <> ''"
        " AND n_latents = ?3 AND EXISTS (SELECT 1 FROM sequence WHERE complete AND id NOT IN"
        " (SELECT sequence_id FROM code_rows WHERE dictionary_id = dictionary.id))",
        "ssi", writer->hash, writer->options, writer->n_latents);
}

/* A sequence whose codes are damaged is encoded again. */
static gboolean
find_kept (FoveaCodeWriter *writer, GError **error)
{
    FoveaStore *store = writer->store;
    if (!fovea_database_get_integer (store->database, 0, &writer->dictionary, error,
                                     "SELECT id FROM dictionary WHERE hash = ?1 AND options = ?2"
                                     " AND options <> '' AND n_latents = ?3",
                                     "ssi", writer->unfinished, writer->options, writer->n_latents))
        return FALSE;
    if (writer->dictionary == 0 && !find_outgrown (writer, error))
        return FALSE;
    gint64 from = writer->dictionary != 0 ? writer->dictionary : writer->outgrown;
    g_autoptr (GArray) sequences = fovea_store_list_encoded (store, from, error);
    for (guint i = 0; sequences != NULL && i < sequences->len; i++) {
        gint64 id = g_array_index (sequences, gint64, i);
        g_autofree gint64 *positions = NULL;
        g_autoptr (FoveaSaeCodes) codes =
            fovea_store_read_codes (store, from, id, &positions, NULL);
        if (codes != NULL)
            g_hash_table_add (writer->kept, g_memdup2 (&id, sizeof id));
        else if (from != writer->outgrown &&
                 !fovea_database_run (store->database, error,
                                      "DELETE FROM code_rows WHERE dictionary_id = ?1"
                                      " AND sequence_id = ?2",
                                      "ii", writer->dictionary, id))
            return FALSE;
    }
    return sequences != NULL;
}

FoveaCodeWriter *
fovea_code_writer_new (FoveaStore *store, const FoveaDictionary *dictionary, GError **error)
{
    if (dictionary->n_latents > FOVEA_MOST_LATENTS) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "codes of %" G_GINT64_FORMAT " latents; a store keeps those of at most "
                     "%" G_GINT64_FORMAT,
                     dictionary->n_latents, FOVEA_MOST_LATENTS);
        return NULL;
    }
    if (!fovea_store_require_writable (store, error))
        return NULL;
    g_autoptr (FoveaCodeWriter) writer = g_new0 (FoveaCodeWriter, 1);
    writer->store = store;
    writer->n_latents = dictionary->n_latents;
    writer->hash = g_strdup (dictionary->hash);
    writer->unfinished = g_strconcat (dictionary->hash, FOVEA_UNFINISHED_CODES, NULL);
    writer->name = g_strdup (dictionary->name);
    writer->site = g_strdup (dictionary->site);
    writer->architecture = g_strdup (dictionary->architecture);
    writer->options = g_strdup (dictionary->options != NULL ? dictionary->options : "");
    writer->kept = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
    writer->packed = g_array_new (FALSE, FALSE, sizeof (Packed));
    writer->committed = g_get_monotonic_time ();
    g_array_set_clear_func (writer->packed, clear_packed);
    writer->lock = fovea_writer_lock_take (store->path, FOVEA_WRITER_CODES, error);
    return writer->lock != NULL && find_kept (writer, error) ? g_steal_pointer (&writer) : NULL;
}

/* The blob of code_rows: offsets, positions, latents, values. */
static void *
pack_rows (const FoveaSaeCodes *codes, const gint64 *positions, gsize *n_bytes)
{
    gsize rows = (gsize) codes->n_rows, n = (gsize) codes->offsets[rows];
    *n_bytes = (2 * rows + 1) * sizeof (gint64) + n * 8;
    guint8 *data = g_malloc (*n_bytes), *at = data;
    memcpy (at, codes->offsets, (rows + 1) * sizeof (gint64));
    at += (rows + 1) * sizeof (gint64);
    if (rows > 0)
        memcpy (at, positions, rows * sizeof (gint64));
    at += rows * sizeof (gint64);
    if (n > 0) {
        memcpy (at, codes->latents, n * sizeof (gint32));
        memcpy (at + n * sizeof (gint32), codes->values, n * sizeof (float));
    }
    return data;
}

static gboolean
insert_rows (FoveaCodeWriter *writer, const Packed *packed, GError **error)
{
    FoveaDatabase *database = writer->store->database;
    g_autoptr (sqlite3_stmt) insert = fovea_database_query (
        database, error,
        "INSERT INTO code_rows (dictionary_id, sequence_id, n_rows, n_codes, checksum, data)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        "iiii", writer->dictionary, packed->sequence, packed->n_rows, packed->n_codes);
    return insert != NULL &&
           fovea_code_insert_blob (database, insert, 5, packed->data, packed->n_bytes, error);
}

/* In place of one that was begun with other options. */
static gboolean
insert_dictionary (FoveaCodeWriter *writer, GError **error)
{
    FoveaDatabase *database = writer->store->database;
    g_autofree char *now = fovea_store_now ();
    return fovea_database_run (database, error, "DELETE FROM dictionary WHERE hash = ?1", "s",
                               writer->unfinished) &&
           fovea_database_run (
               database, error,
               "INSERT INTO dictionary (hash, name, site, architecture, n_latents,"
               " n_tokens, n_codes, created, options) VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, ?6, ?7)",
               "ssssiss", writer->unfinished, writer->name, writer->site, writer->architecture,
               writer->n_latents, now, writer->options) &&
           fovea_database_get_integer (database, 0, &writer->dictionary, error,
                                       "SELECT id FROM dictionary WHERE hash = ?1", "s",
                                       writer->unfinished);
}

static gboolean
copy_rows (FoveaCodeWriter *writer, gint64 sequence, GError **error)
{
    return fovea_database_run (
        writer->store->database, error,
        "INSERT INTO code_rows (dictionary_id, sequence_id, n_rows, n_codes, checksum, data)"
        " SELECT ?1, sequence_id, n_rows, n_codes, checksum, data FROM code_rows"
        " WHERE dictionary_id = ?2 AND sequence_id = ?3",
        "iii", writer->dictionary, writer->outgrown, sequence);
}

/* A few sequences at a time, so that nobody who reads is shut out for long. Stopped on the way, what is not copied is
 * encoded again. */
static gboolean
take_over (FoveaCodeWriter *writer, GError **error)
{
    FoveaDatabase *database = writer->store->database;
    g_autofree gpointer *ids = g_hash_table_get_keys_as_array (writer->kept, NULL);
    guint n = g_hash_table_size (writer->kept), i = 0;
    do {
        if (!fovea_writer_begin (database, FOVEA_WRITER_CODES, error))
            return FALSE;
        gboolean fine = writer->dictionary != 0 || insert_dictionary (writer, error);
        for (guint end = MIN (i + COPIED_TOGETHER, n); fine && i < end; i++)
            fine = copy_rows (writer, *(gint64 *) ids[i], error);
        if (!(fovea_database_end (database, fine, fine ? error : NULL) && fine))
            return FALSE;
    } while (i < n);
    return TRUE;
}

/* What waits, in one transaction, and with the first of it the dictionary: one of which nothing could be
 * encoded is no beginning, and replaces none. */
static gboolean
commit (FoveaCodeWriter *writer, GError **error)
{
    FoveaDatabase *database = writer->store->database;
    if (writer->dictionary == 0 && writer->outgrown != 0 && !take_over (writer, error))
        return FALSE;
    gint64 before = writer->dictionary;
    if (!fovea_writer_begin (database, FOVEA_WRITER_CODES, error))
        return FALSE;
    gboolean fine = before != 0 || insert_dictionary (writer, error);
    for (guint i = 0; fine && i < writer->packed->len; i++)
        fine = insert_rows (writer, &g_array_index (writer->packed, Packed, i), error);
    g_array_set_size (writer->packed, 0);
    writer->packed_bytes = 0;
    fine = fovea_database_end (database, fine, fine ? error : NULL) && fine;
    if (!fine)
        writer->dictionary = before;
    writer->committed = g_get_monotonic_time ();
    return fine;
}

void
fovea_code_writer_free (FoveaCodeWriter *writer)
{
    if (writer == NULL)
        return;
    if (writer->packed->len > 0)
        commit (writer, NULL); /* whoever wants to hear of it finishes */
    g_clear_pointer (&writer->lock, fovea_writer_lock_release);
    g_hash_table_unref (writer->kept);
    g_array_unref (writer->packed);
    g_free (writer->hash);
    g_free (writer->unfinished);
    g_free (writer->name);
    g_free (writer->site);
    g_free (writer->architecture);
    g_free (writer->options);
    g_free (writer);
}

guint
fovea_code_writer_get_n_kept (FoveaCodeWriter *writer)
{
    return g_hash_table_size (writer->kept);
}

gboolean
fovea_code_writer_has (FoveaCodeWriter *writer, gint64 sequence_id)
{
    return g_hash_table_contains (writer->kept, &sequence_id);
}

gboolean
fovea_code_writer_add (FoveaCodeWriter *writer,
                       gint64 sequence_id,
                       const gint64 *positions,
                       const FoveaSaeCodes *codes,
                       GError **error)
{
    if (codes->n_latents != writer->n_latents) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "codes over %" G_GINT64_FORMAT
                     " latents, the dictionary has %" G_GINT64_FORMAT,
                     codes->n_latents, writer->n_latents);
        return FALSE;
    }
    Packed packed = {sequence_id, codes->n_rows, codes->offsets[codes->n_rows], NULL, 0};
    packed.data = pack_rows (codes, positions, &packed.n_bytes);
    g_array_append_val (writer->packed, packed);
    writer->packed_bytes += packed.n_bytes;
    return (writer->packed_bytes < COMMIT_BYTES &&
            g_get_monotonic_time () - writer->committed < COMMIT_US) ||
           commit (writer, error);
}

/* The dictionary gets its own hash, in place of the one that had it. */
static gboolean
complete (FoveaCodeWriter *writer, GError **error)
{
    FoveaDatabase *database = writer->store->database;
    if (!fovea_writer_begin (database, FOVEA_WRITER_CODES, error))
        return FALSE;
    gboolean fine = fovea_database_run (database, error, "DELETE FROM dictionary WHERE hash = ?1",
                                        "s", writer->hash) &&
                    fovea_database_run (database, error,
                                        "UPDATE dictionary SET hash = ?2, (n_tokens, n_codes) ="
                                        " (SELECT CAST (total (n_rows) AS INTEGER),"
                                        "  CAST (total (n_codes) AS INTEGER) FROM code_rows"
                                        "  WHERE dictionary_id = ?1) WHERE id = ?1",
                                        "is", writer->dictionary, writer->hash);
    return fovea_database_end (database, fine, fine ? error : NULL) && fine;
}

gboolean
fovea_code_writer_finish (FoveaCodeWriter *writer, GCancellable *cancellable, GError **error)
{
    if (!commit (writer, error))
        return FALSE;
    g_autoptr (GArray) sequences =
        fovea_store_list_encoded (writer->store, writer->dictionary, error);
    return sequences != NULL &&
           fovea_code_index_build (writer->store, writer->dictionary, writer->n_latents, sequences,
                                   cancellable, error) &&
           complete (writer, error);
}
