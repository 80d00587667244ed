/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The same codes by latent, made of those by sequence when all of them are there: so the parts are the same
 * bytes however often the encoding was stopped. Codes wait in memory until there are enough that each
 * latent's part is worth a row: with 32 codes a token a million tokens give eight parts, so a latent is eight
 * short reads. Between such batches no lock is held: rows are read from the same file by other connections,
 * which a transaction larger than its page cache would shut out. */
#include "storage/code-index.h"

#include <string.h>

#include "storage/checksum.h"
#include "storage/code-rows.h"
#include "storage/writer-lock.h"

enum {
    MOST_WAITING = 1 << 22 /* codes, 64 MiB, and 32 MiB as rows */
};

/* A code on its way to the index. */
typedef struct {
    gint32 latent;
    FoveaFiring firing;
} Waiting;

typedef struct {
    FoveaStore *store;
    gint64 dictionary, n_latents, part;
    gint64 *counts;  /* (F + 1) of the codes that wait */
    GArray *waiting; /* of Waiting, in the order of sequences */
} Index;

static void
clear_index (Index *index)
{
    g_free (index->counts);
    g_array_unref (index->waiting);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Index, clear_index)

gboolean
fovea_code_insert_blob (FoveaDatabase *database,
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
insert_part (Index *index, gint64 latent, const FoveaFiring *firings, gint64 n, GError **error)
{
    FoveaDatabase *database = index->store->database;
    float least = firings[0].value, most = firings[0].value;
    for (gint64 i = 1; i < n; i++) {
        least = MIN (least, firings[i].value);
        most = MAX (most, firings[i].value);
    }
    g_autoptr (sqlite3_stmt) insert = fovea_database_query (
        database, error,
        "INSERT INTO firing (dictionary_id, latent, part, n_codes, least, most, checksum, data)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        "iiiidd", index->dictionary, latent, index->part, n, (double) least, (double) most);
    return insert != NULL && fovea_code_insert_blob (database, insert, 7, firings,
                                                     (gsize) n * sizeof *firings, error);
}

/* Writes what waits sorted by latent; the order of sequences stays within each. */
static gboolean
insert_parts (Index *index, GError **error)
{
    g_autofree FoveaFiring *sorted = g_new (FoveaFiring, MAX (index->waiting->len, 1));
    g_autofree gint64 *starts = g_new0 (gint64, (gsize) index->n_latents + 1);
    for (gint64 j = 0; j < index->n_latents; j++)
        starts[j + 1] = starts[j] + index->counts[j];
    memset (index->counts, 0, (gsize) index->n_latents * sizeof *index->counts);
    for (guint i = 0; i < index->waiting->len; i++) {
        const Waiting *code = &g_array_index (index->waiting, Waiting, i);
        sorted[starts[code->latent] + index->counts[code->latent]++] = code->firing;
    }
    for (gint64 j = 0; j < index->n_latents; j++)
        if (index->counts[j] > 0 &&
            !insert_part (index, j, sorted + starts[j], index->counts[j], error))
            return FALSE;
    memset (index->counts, 0, (gsize) index->n_latents * sizeof *index->counts);
    g_array_set_size (index->waiting, 0);
    index->part++;
    return TRUE;
}

/* A batch, in one transaction; what an index that came to no end has left goes with the first. */
static gboolean
flush (Index *index, GError **error)
{
    FoveaDatabase *database = index->store->database;
    if (!fovea_writer_begin (database, FOVEA_WRITER_CODES, error))
        return FALSE;
    gboolean fine =
        (index->part > 0 ||
         fovea_database_run (database, error, "DELETE FROM firing WHERE dictionary_id = ?1", "i",
                             index->dictionary)) &&
        insert_parts (index, error);
    return fovea_database_end (database, fine, fine ? error : NULL) && fine;
}

static gboolean
add_sequence (Index *index, gint64 sequence, GError **error)
{
    g_autofree gint64 *positions = NULL;
    g_autoptr (FoveaSaeCodes) codes =
        fovea_store_read_codes (index->store, index->dictionary, sequence, &positions, error);
    if (codes == NULL)
        return FALSE;
    for (gint64 i = 0; i < codes->n_rows; i++)
        for (gint64 c = codes->offsets[i]; c < codes->offsets[i + 1]; c++) {
            const Waiting code = {codes->latents[c],
                                  {sequence, (gint32) positions[i], codes->values[c]}};
            g_array_append_val (index->waiting, code);
            index->counts[code.latent]++;
        }
    return index->waiting->len < MOST_WAITING || flush (index, error);
}

gboolean
fovea_code_index_build (FoveaStore *store,
                        gint64 dictionary,
                        gint64 n_latents,
                        GArray *sequences,
                        GCancellable *cancellable,
                        GError **error)
{
    g_auto (Index) index = {.store = store, .dictionary = dictionary, .n_latents = n_latents};
    index.counts = g_new0 (gint64, (gsize) n_latents + 1);
    index.waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));
    for (guint i = 0; i < sequences->len; i++)
        if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
            !add_sequence (&index, g_array_index (sequences, gint64, i), error))
            return FALSE;
    return flush (&index, error);
}
