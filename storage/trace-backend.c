/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A trace whose arrays lie in a store. Opening reads rows about the arrays, never their data. Each
 * read borrows a connection from the store's readers for its duration, so any number of threads may
 * read, and a trace stays readable after its store is closed. */
#include <string.h>

#include "capture/point.h"
#include "kernels/error.h"
#include "storage/chunk.h"
#include "storage/sequence-row.h"
#include "storage/store-private.h"

typedef struct {
    FoveaReaders *readers;
    GPtrArray *arrays;
    GArray *ids;
    FoveaSoundChunks *sound;
} Backend;

static gboolean
backend_read (
    gpointer data, guint index, gint64 first_row, gint64 n_rows, float *out, GError **error)
{
    Backend *backend = data;
    FoveaDatabase *database = fovea_readers_take (backend->readers, error);
    if (database == NULL)
        return FALSE;
    gboolean ok = fovea_chunk_read_rows (database, g_array_index (backend->ids, gint64, index),
                                         g_ptr_array_index (backend->arrays, index), first_row,
                                         n_rows, backend->sound, out, error);
    fovea_readers_give (backend->readers, database);
    return ok;
}

static void
backend_free (gpointer data)
{
    Backend *backend = data;
    fovea_readers_unref (backend->readers);
    g_ptr_array_unref (backend->arrays);
    g_array_unref (backend->ids);
    fovea_sound_chunks_free (backend->sound);
    g_free (backend);
}

static const FoveaTraceBackend functions = {backend_read, backend_free};

/* Shapes and description come from different rows of a file that may be damaged or hostile. */
static gboolean
check_shapes (gint64 sequence_id, const FoveaTraceInfo *info, GPtrArray *arrays, GError **error)
{
    g_autoptr (GError) wrong = NULL;
    for (guint i = 0; i < arrays->len; i++)
        if (!fovea_point_check_array (info->architecture, g_ptr_array_index (arrays, i),
                                      info->n_tokens, &wrong)) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE,
                         "store is damaged: sequence %" G_GINT64_FORMAT ": %s", sequence_id,
                         wrong->message);
            return FALSE;
        }
    return TRUE;
}

static FoveaTrace *
open_trace (FoveaStore *store, gint64 sequence_id, GError **error)
{
    /* While this stands at its row, nobody changes the file between the looks that follow. */
    g_autoptr (sqlite3_stmt) held = fovea_database_query (
        store->database, error, "SELECT 1 FROM sequence WHERE id = ?1", "i", sequence_id);
    g_autoptr (GError) failure = NULL;
    if (held == NULL)
        return NULL;
    if (!fovea_database_step (store->database, held, &failure) && failure != NULL) {
        g_propagate_error (error, g_steal_pointer (&failure));
        return NULL;
    }
    g_autoptr (FoveaTraceInfo) info =
        fovea_sequence_row_read_info (store->database, sequence_id, error);
    g_autoptr (GArray) ids = NULL;
    g_autoptr (GPtrArray) arrays =
        info != NULL ? fovea_sequence_row_read_arrays (store->database, sequence_id, &ids, error)
                     : NULL;
    if (arrays == NULL || !check_shapes (sequence_id, info, arrays, error))
        return NULL;
    Backend *backend = g_new0 (Backend, 1);
    backend->readers = fovea_readers_ref (store->readers);
    backend->arrays = g_ptr_array_ref (arrays);
    backend->ids = g_steal_pointer (&ids);
    backend->sound = fovea_sound_chunks_new ();
    return fovea_trace_new (g_steal_pointer (&info), g_steal_pointer (&arrays), &functions,
                            backend);
}

/* What the database itself says of a broken page has no word of what was looked for there; all else names it. */
FoveaTrace *
fovea_store_open_trace (FoveaStore *store, gint64 sequence_id, GError **error)
{
    GError *failure = NULL;
    FoveaTrace *trace = open_trace (store, sequence_id, &failure);
    if (trace != NULL)
        return trace;
    if (strstr (failure->message, "sequence ") == NULL)
        g_prefix_error (&failure, "sequence %" G_GINT64_FORMAT ": ", sequence_id);
    g_propagate_error (error, failure);
    return NULL;
}
