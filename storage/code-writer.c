/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Codes wait in memory until there are enough that each latent's part is worth a row: with 32 codes a
 * token a million tokens give eight parts, so a latent is eight short reads. Then they are written
 * together, by sequence and by latent. Between such batches no lock is held: rows are read from the
 * same file by other connections, which a transaction larger than its page cache would shut out. Until
 * the end the dictionary bears another hash, so nobody finds it half written; what a dead writer left
 * under that hash goes when the next one begins. */
#include <string.h>

#include "storage/checksum.h"
#include "storage/code-rows.h"
#include "storage/store-private.h"

enum {
    MOST_WAITING = 1 << 22 /* codes, 64 MiB, and 32 MiB as rows */
};

#define UNFINISHED "+" /* behind the hash */

/* A code on its way to the index. */
typedef struct {
    gint32 latent;
    FoveaFiring firing;
} Waiting;

/* Rows of a sequence on their way. */
typedef struct {
    gint64 sequence, n_rows, n_codes;
    void *data;
    gsize n_bytes;
} Packed;

struct _FoveaCodeWriter {
    FoveaStore *store;
    gint64 dictionary, n_latents;
    gint64 n_tokens, n_codes, part;
    gint64 *counts;  /* (F + 1) of the codes that wait */
    GArray *waiting; /* of Waiting, in the order of sequences */
    GArray *packed;  /* of Packed */
    char *hash;      /* the dictionary's own */
};

static void
clear_packed (gpointer data)
{
    g_free (((Packed *) data)->data);
}

static gboolean
insert_dictionary (FoveaCodeWriter *writer, const FoveaDictionary *d, GError **error)
{
    FoveaDatabase *database = writer->store->database;
    g_autofree char *now = fovea_store_now ();
    g_autofree char *hash = g_strconcat (d->hash, UNFINISHED, NULL);
    return fovea_database_run (database, error, "DELETE FROM dictionary WHERE hash = ?1", "s",
                               hash) &&
           fovea_database_run (database, error,
                               "INSERT INTO dictionary (hash, name, site, architecture, n_latents,"
                               " n_tokens, n_codes, created) VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, ?6)",
                               "ssssis", hash, d->name, d->site, d->architecture, d->n_latents,
                               now) &&
           fovea_database_get_integer (database, 0, &writer->dictionary, error,
                                       "SELECT id FROM dictionary WHERE hash = ?1", "s", hash);
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
    if (!fovea_store_require_writable (store, error) ||
        !fovea_database_begin (store->database, error))
        return NULL;
    g_autoptr (FoveaCodeWriter) writer = g_new0 (FoveaCodeWriter, 1);
    writer->store = store;
    writer->hash = g_strdup (dictionary->hash);
    writer->n_latents = dictionary->n_latents;
    writer->counts = g_new0 (gint64, (gsize) dictionary->n_latents + 1);
    writer->waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));
    writer->packed = g_array_new (FALSE, FALSE, sizeof (Packed));
    g_array_set_clear_func (writer->packed, clear_packed);
    gboolean fine = insert_dictionary (writer, dictionary, error);
    fine = fovea_database_end (store->database, fine, fine ? error : NULL) && fine;
    return fine ? g_steal_pointer (&writer) : NULL;
}

void
fovea_code_writer_free (FoveaCodeWriter *writer)
{
    if (writer == NULL)
        return;
    /* After finishing no dictionary has this hash. */
    g_autofree char *hash = g_strconcat (writer->hash, UNFINISHED, NULL);
    fovea_database_run (writer->store->database, NULL, "DELETE FROM dictionary WHERE hash = ?1",
                        "s", hash);
    g_free (writer->counts);
    g_array_unref (writer->waiting);
    g_array_unref (writer->packed);
    g_free (writer->hash);
    g_free (writer);
}

/* The last two parameters of a prepared insert are a blob's checksum and the blob. */
static gboolean
insert_blob (FoveaDatabase *database,
             sqlite3_stmt *insert,
             int parameter,
             const void *data,
             gsize n_bytes,
             GError **error)
{
    g_autoptr (GError) failure = NULL;
    sqlite3_bind_int64 (insert, parameter, fovea_checksum (data, n_bytes));
    sqlite3_bind_blob64 (insert, parameter + 1, data, n_bytes, SQLITE_STATIC);
    fovea_database_step (database, insert, &failure);
    if (failure == NULL)
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
}

static gboolean
insert_part (
    FoveaCodeWriter *writer, gint64 latent, const FoveaFiring *firings, gint64 n, GError **error)
{
    FoveaDatabase *database = writer->store->database;
    float least = firings[0].value, most = firings[0].value;
    for (gint64 i = 1; i < n; i++) {
        least = MIN (least, firings[i].value);
        most = MAX (most, firings[i].value);
    }
    g_autoptr (sqlite3_stmt) insert = fovea_database_query (
        database, error,
        "INSERT INTO firing (dictionary_id, latent, part, n_codes, least, most, checksum, data)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        "iiiidd", writer->dictionary, latent, writer->part, n, (double) least, (double) most);
    return insert != NULL &&
           insert_blob (database, insert, 7, firings, (gsize) n * sizeof *firings, error);
}

/* Writes what waits sorted by latent; the order of sequences stays within each. */
static gboolean
insert_parts (FoveaCodeWriter *writer, GError **error)
{
    g_autofree FoveaFiring *sorted = g_new (FoveaFiring, MAX (writer->waiting->len, 1));
    g_autofree gint64 *starts = g_new0 (gint64, (gsize) writer->n_latents + 1);
    for (gint64 j = 0; j < writer->n_latents; j++)
        starts[j + 1] = starts[j] + writer->counts[j];
    memset (writer->counts, 0, (gsize) writer->n_latents * sizeof *writer->counts);
    for (guint i = 0; i < writer->waiting->len; i++) {
        const Waiting *code = &g_array_index (writer->waiting, Waiting, i);
        sorted[starts[code->latent] + writer->counts[code->latent]++] = code->firing;
    }
    for (gint64 j = 0; j < writer->n_latents; j++)
        if (writer->counts[j] > 0 &&
            !insert_part (writer, j, sorted + starts[j], writer->counts[j], error))
            return FALSE;
    memset (writer->counts, 0, (gsize) writer->n_latents * sizeof *writer->counts);
    g_array_set_size (writer->waiting, 0);
    writer->part++;
    return TRUE;
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
           insert_blob (database, insert, 5, packed->data, packed->n_bytes, error);
}

/* A batch, in one transaction. */
static gboolean
flush (FoveaCodeWriter *writer, GError **error)
{
    FoveaDatabase *database = writer->store->database;
    if (!fovea_database_begin (database, error))
        return FALSE;
    gboolean fine = TRUE;
    for (guint i = 0; fine && i < writer->packed->len; i++)
        fine = insert_rows (writer, &g_array_index (writer->packed, Packed, i), error);
    fine = fine && insert_parts (writer, error);
    g_array_set_size (writer->packed, 0);
    return fovea_database_end (database, fine, fine ? error : NULL) && fine;
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
    for (gint64 i = 0; i < codes->n_rows; i++)
        for (gint64 c = codes->offsets[i]; c < codes->offsets[i + 1]; c++) {
            const Waiting code = {codes->latents[c],
                                  {sequence_id, (gint32) positions[i], codes->values[c]}};
            g_array_append_val (writer->waiting, code);
            writer->counts[code.latent]++;
        }
    writer->n_tokens += codes->n_rows;
    writer->n_codes += codes->offsets[codes->n_rows];
    return writer->waiting->len < MOST_WAITING || flush (writer, error);
}

gboolean
fovea_code_writer_finish (FoveaCodeWriter *writer, GError **error)
{
    FoveaDatabase *database = writer->store->database;
    if (!flush (writer, error) || !fovea_database_begin (database, error))
        return FALSE;
    gboolean fine =
        fovea_database_run (database, error, "DELETE FROM dictionary WHERE hash = ?1", "s",
                            writer->hash) &&
        fovea_database_run (database, error,
                            "UPDATE dictionary SET hash = ?2, n_tokens = ?3, n_codes = ?4"
                            " WHERE id = ?1",
                            "isii", writer->dictionary, writer->hash, writer->n_tokens,
                            writer->n_codes);
    return fovea_database_end (database, fine, fine ? error : NULL) && fine;
}
