/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A sink that writes. The capturing thread packs rows into chunks and queues them; a thread of the
 * sink's own converts, sums and inserts them, in transactions of a batch so that neither dirty
 * pages nor the time that readers are kept out grow with the sequence. A sequence becomes visible
 * with the last transaction, which marks it complete; what a killed writer leaves before that is
 * invisible, and removed by the next writer.
 *
 * The connection is used by one of the two threads at a time: by the writer from the end of begin
 * until drain(), else by the caller. The queue holds at most QUEUE_CHUNKS, then packing waits; when
 * it stays empty for IDLE_US the open transaction is committed, because a slow model would keep
 * readers out for as long as it computes a batch. */
#include "capture/sink.h"

#include "kernels/error.h"
#include "storage/model-row.h"
#include "storage/packer.h"
#include "storage/sequence-row.h"
#include "storage/store-private.h"
#include "storage/writeback.h"
#include "storage/writer-lock.h"

#define BATCH_BYTES  (64 * 1024 * 1024)
#define BATCH_US     (G_TIME_SPAN_SECOND / 4)
#define QUEUE_CHUNKS 16
#define FLUSH_BYTES  (8 * 1024 * 1024) /* of data between nudges to the disk */
#define IDLE_US      (100 * G_TIME_SPAN_MILLISECOND)

typedef struct {
    FoveaSink base;
    FoveaStore *store;
    FoveaWriterLock *lock;
    gint64 run_id, position;

    FoveaDatabase *database;
    FoveaWriteback writeback;
    gboolean in_transaction;
    gboolean beside; /* an encoding writes into the same store */
    gsize batch_bytes, flush_bytes;
    gint64 batch_start; /* monotonic, us */

    /* The sequence under way. */
    FoveaTraceInfo *info;
    FoveaPacker *packer;
    gint64 sequence_id; /* 0 = none */
    gint64 *array_ids;
    guint64 n_bytes;

    GThread *thread;
    GMutex mutex; /* guards all below */
    GCond changed;
    GQueue chunks;    /* of FoveaChunk */
    gboolean writing; /* the connection is the thread's */
    gboolean busy;    /* the thread is using it */
    gboolean ends;
    GError *failure; /* the first; later chunks are dropped */
} StoreSink;

guint64
fovea_store_predict_memory (GPtrArray *arrays)
{
    guint64 all = 0;
    for (guint i = 0; i < arrays->len; i++)
        all += fovea_array_bytes (arrays->pdata[i]);
    return fovea_packer_predict (arrays) +
           MIN (all, (guint64) QUEUE_CHUNKS * FOVEA_CHUNK_BYTES + FOVEA_WRITER_CACHE_BYTES);
}

/* Commits what is open; TRUE also if nothing is. */
static gboolean
commit (StoreSink *sink, GError **error)
{
    gboolean open = sink->in_transaction;
    sink->in_transaction = FALSE;
    return !open || fovea_database_end (sink->database, TRUE, error);
}

static gboolean
begin (StoreSink *sink, GError **error)
{
    if (sink->in_transaction)
        return TRUE;
    sink->batch_bytes = 0;
    sink->beside = fovea_store_has_writer (sink->store->path, FOVEA_WRITER_CODES);
    sink->in_transaction = fovea_writer_begin (sink->database, FOVEA_WRITER_SEQUENCES, error);
    sink->batch_start = g_get_monotonic_time (); /* others may have come first */
    return sink->in_transaction;
}

/* Each commit waits for the disk, so a fast one gets large batches; readers are kept out meanwhile,
 * so none takes much longer than BATCH_US, nor does any where an encoding waits for its end. */
static gboolean
batch_is_full (const StoreSink *sink)
{
    return (sink->batch_bytes >= BATCH_BYTES || sink->beside) &&
           g_get_monotonic_time () - sink->batch_start >= BATCH_US;
}

/* On the writer's thread. */
static gboolean
write_chunk (StoreSink *sink, FoveaChunk *chunk, GError **error)
{
    fovea_chunk_encode (chunk);
    gsize n_bytes = fovea_chunk_get_bytes (chunk, chunk->dtype);
    if (!begin (sink, error) ||
        !fovea_chunk_insert (sink->database, sink->array_ids[chunk->array], chunk, error))
        return FALSE;
    sink->n_bytes += n_bytes;
    sink->batch_bytes += n_bytes;
    sink->flush_bytes += n_bytes;
    if (sink->flush_bytes >= FLUSH_BYTES) {
        sink->flush_bytes = 0;
        fovea_writeback_start (&sink->writeback);
    }
    return !batch_is_full (sink) || commit (sink, error);
}

/* Under the mutex, which is let go meanwhile: writes @chunk, or commits if that is NULL. */
static void
work (StoreSink *sink, FoveaChunk *chunk)
{
    gboolean wanted = sink->failure == NULL;
    sink->busy = TRUE;
    g_mutex_unlock (&sink->mutex);
    GError *failure = NULL;
    if (chunk == NULL)
        commit (sink, &failure);
    else if (wanted)
        write_chunk (sink, chunk, &failure);
    fovea_chunk_free (chunk);
    g_mutex_lock (&sink->mutex);
    sink->busy = FALSE;
    if (sink->failure == NULL)
        sink->failure = failure;
    else
        g_clear_error (&failure);
    g_cond_broadcast (&sink->changed);
}

/* Under the mutex: waits for something to do. */
static void
wait_for_work (StoreSink *sink)
{
    gint64 deadline = g_get_monotonic_time () + IDLE_US;
    while (g_queue_is_empty (&sink->chunks) && !sink->ends) {
        if (!sink->writing || !sink->in_transaction) {
            g_cond_wait (&sink->changed, &sink->mutex);
            deadline = g_get_monotonic_time () + IDLE_US;
        } else if (!g_cond_wait_until (&sink->changed, &sink->mutex, deadline)) {
            if (g_queue_is_empty (&sink->chunks) && sink->writing && !sink->ends)
                work (sink, NULL);
        }
    }
}

static gpointer
run_writer (gpointer data)
{
    StoreSink *sink = data;
    g_mutex_lock (&sink->mutex);
    for (;;) {
        wait_for_work (sink);
        FoveaChunk *chunk = g_queue_pop_head (&sink->chunks);
        if (chunk == NULL)
            break;
        work (sink, chunk);
    }
    g_mutex_unlock (&sink->mutex);
    return NULL;
}

/* FoveaPackerEmit: queues a chunk, waiting while the queue is full; the writer's failure is told at
 * the next chance. */
static gboolean
queue_chunk (gpointer data, FoveaChunk *chunk, GError **error)
{
    StoreSink *sink = data;
    g_mutex_lock (&sink->mutex);
    if (g_queue_get_length (&sink->chunks) >= QUEUE_CHUNKS) {
        /* The disk or the thread is behind: better work than wait. */
        g_mutex_unlock (&sink->mutex);
        fovea_chunk_encode (chunk);
        g_mutex_lock (&sink->mutex);
    }
    while (g_queue_get_length (&sink->chunks) >= QUEUE_CHUNKS && sink->failure == NULL)
        g_cond_wait (&sink->changed, &sink->mutex);
    gboolean ok = sink->failure == NULL;
    if (ok)
        g_queue_push_tail (&sink->chunks, chunk);
    else if (error != NULL)
        *error = g_error_copy (sink->failure);
    g_cond_broadcast (&sink->changed);
    g_mutex_unlock (&sink->mutex);
    if (!ok)
        fovea_chunk_free (chunk);
    return ok;
}

/* Waits until every queued chunk is written or dropped; then the connection is the caller's. */
static gboolean
drain (StoreSink *sink, GError **error)
{
    g_mutex_lock (&sink->mutex);
    while (!g_queue_is_empty (&sink->chunks) || sink->busy)
        g_cond_wait (&sink->changed, &sink->mutex);
    sink->writing = FALSE;
    GError *failure = g_steal_pointer (&sink->failure);
    g_mutex_unlock (&sink->mutex);
    if (failure == NULL)
        return TRUE;
    g_propagate_error (error, failure);
    return FALSE;
}

static void
drop_chunks (StoreSink *sink)
{
    g_mutex_lock (&sink->mutex);
    g_queue_clear_full (&sink->chunks, (GDestroyNotify) fovea_chunk_free);
    g_mutex_unlock (&sink->mutex);
}

/* Forgets the sequence under way, in memory. */
static void
clear_sequence (StoreSink *sink)
{
    g_clear_pointer (&sink->packer, fovea_packer_free);
    g_clear_pointer (&sink->info, fovea_trace_info_free);
    g_clear_pointer (&sink->array_ids, g_free);
    sink->sequence_id = 0;
}

static void
sink_abandon (FoveaSink *base)
{
    StoreSink *sink = (StoreSink *) base;
    drop_chunks (sink);
    drain (sink, NULL);
    if (sink->in_transaction)
        fovea_database_end (sink->database, FALSE, NULL);
    sink->in_transaction = FALSE;
    if (sink->sequence_id != 0)
        fovea_sequence_row_purge (sink->database, NULL);
    clear_sequence (sink);
}

/* A resumed run must go on with the model that it was begun with. */
static gboolean
check_model (StoreSink *sink, gint64 model, GError **error)
{
    gint64 of_run = 0;
    if (!fovea_database_get_integer (sink->database, 0, &of_run, error,
                                     "SELECT coalesce (model_id, 0) FROM run WHERE id = ?1", "i",
                                     sink->run_id))
        return FALSE;
    if (of_run == 0 || of_run == model)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE,
                 "run %" G_GINT64_FORMAT " of store '%s' was begun with another model than '%s', "
                 "or with other weights of it",
                 sink->run_id, sink->store->path, sink->info->model_name);
    return FALSE;
}

static gboolean
sink_begin (FoveaSink *base, const FoveaTraceInfo *info, GPtrArray *arrays, GError **error)
{
    StoreSink *sink = (StoreSink *) base;
    g_return_val_if_fail (sink->sequence_id == 0, FALSE);
    sink->n_bytes = 0;
    sink->info = fovea_trace_info_copy (info);
    sink->packer = fovea_packer_new (arrays, queue_chunk, sink, error);
    gint64 model = 0;
    if (sink->packer != NULL && begin (sink, error) &&
        fovea_model_row_find (sink->database, info, &model, error) &&
        check_model (sink, model, error)) {
        sink->array_ids = g_new0 (gint64, arrays->len + 1);
        sink->sequence_id = fovea_sequence_row_insert (sink->database, sink->run_id, sink->position,
                                                       info, arrays, sink->array_ids, error);
    }
    if (sink->sequence_id == 0) {
        sink_abandon (base);
        return FALSE;
    }
    g_mutex_lock (&sink->mutex);
    sink->writing = TRUE;
    g_cond_broadcast (&sink->changed);
    g_mutex_unlock (&sink->mutex);
    return TRUE;
}

static gboolean
sink_write (
    FoveaSink *base, guint index, gint64 first_row, gint64 n_rows, const void *data, GError **error)
{
    StoreSink *sink = (StoreSink *) base;
    return fovea_packer_write (sink->packer, index, first_row, n_rows, data, error);
}

/* The run's model is known from its first complete sequence on. */
static gboolean
link_model (StoreSink *sink, GError **error)
{
    gint64 model = 0;
    if (!fovea_model_row_find (sink->database, sink->info, &model, error))
        return FALSE;
    if (model == 0)
        model = fovea_model_row_insert (sink->database, sink->info, error);
    return model != 0 &&
           fovea_database_run (sink->database, error, "UPDATE run SET model_id = ?2 WHERE id = ?1",
                               "ii", sink->run_id, model);
}

static FoveaTrace *
sink_finish (FoveaSink *base, GError **error)
{
    StoreSink *sink = (StoreSink *) base;
    gint64 sequence_id = sink->sequence_id;
    if (!fovea_packer_finish (sink->packer, error) || !drain (sink, error) ||
        !begin (sink, error) || !link_model (sink, error) ||
        !fovea_sequence_row_complete (sink->database, sequence_id, sink->n_bytes, error) ||
        !commit (sink, error)) {
        sink_abandon (base);
        return NULL;
    }
    clear_sequence (sink);
    sink->position++;
    return fovea_store_open_trace (sink->store, sequence_id, error);
}

static void
sink_free (FoveaSink *base)
{
    StoreSink *sink = (StoreSink *) base;
    if (sink->thread != NULL) {
        sink_abandon (base);
        g_mutex_lock (&sink->mutex);
        sink->ends = TRUE;
        g_cond_broadcast (&sink->changed);
        g_mutex_unlock (&sink->mutex);
        g_thread_join (sink->thread);
    }
    g_clear_pointer (&sink->database, fovea_database_close);
    g_clear_pointer (&sink->lock, fovea_writer_lock_release);
    g_mutex_clear (&sink->mutex);
    g_cond_clear (&sink->changed);
    g_free (sink);
}

FoveaSink *
fovea_store_new_sink (FoveaStore *store, gint64 run_id, gint64 first_position, GError **error)
{
    if (!fovea_store_require_writable (store, error))
        return NULL;
    StoreSink *sink = g_new0 (StoreSink, 1);
    sink->base = (FoveaSink){.begin = sink_begin,
                             .write = sink_write,
                             .finish = sink_finish,
                             .abandon = sink_abandon,
                             .free = sink_free};
    g_mutex_init (&sink->mutex);
    g_cond_init (&sink->changed);
    g_queue_init (&sink->chunks);
    sink->store = store;
    sink->run_id = run_id;
    sink->position = first_position;
    sink->lock = fovea_writer_lock_take (store->path, FOVEA_WRITER_SEQUENCES, error);
    if (sink->lock != NULL)
        sink->database = fovea_store_connect_writer (store->path, error);
    if (sink->database == NULL || !fovea_sequence_row_purge (sink->database, error)) {
        sink_free (&sink->base);
        return NULL;
    }
    fovea_writeback_init (&sink->writeback, store->path);
    sink->thread = g_thread_new ("store writer", run_writer, sink);
    return &sink->base;
}
