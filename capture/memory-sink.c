/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A sink that keeps arrays in anonymous mappings, one each, in their kept type.
 * Invariant: pages are touched only as rows arrive, so memory grows with the capture and a failed
 * one gives all of it back. Large pages are asked for: filling 250 MB in 4 KiB pages would cost
 * 64,000 faults, about a tenth of the forward pass itself. Zeroing fresh pages costs even so (a
 * fifth of a capture of everything), so mappings of a trace that is gone serve the sink's next
 * sequence: of a batch only the first pays. What that one does not want is unmapped at once. */
#include "capture/sink.h"

#include <string.h>
#include <sys/mman.h>

enum {
    HUGE_PAGE = 2 << 20
};

typedef struct {
    gpointer data;
    gsize bytes; /* mapped */
} Mapping;

/* Mappings of traces that are gone; shared by a sink and its traces, whichever lives longer. */
typedef struct {
    GMutex lock;
    GArray *idle;  /* of Mapping */
    gboolean open; /* the sink lives, so that idle ones may still serve */
} Pool;

/* Shared by the sink while it fills and the trace afterwards. */
typedef struct {
    GPtrArray *arrays; /* of FoveaArray */
    Mapping *mappings;
    Pool *pool;
} MemoryArrays;

typedef struct {
    FoveaSink sink;
    Pool *pool;
    FoveaTraceInfo *info;
    MemoryArrays *memory;
} MemorySink;

static void
unmap (gpointer mapping)
{
    Mapping *self = mapping;
    if (self->data != NULL)
        munmap (self->data, self->bytes);
}

static Pool *
pool_new (void)
{
    Pool *pool = g_atomic_rc_box_new0 (Pool);
    g_mutex_init (&pool->lock);
    pool->idle = g_array_new (FALSE, FALSE, sizeof (Mapping));
    g_array_set_clear_func (pool->idle, unmap);
    pool->open = TRUE;
    return pool;
}

static void
pool_clear (gpointer data)
{
    Pool *pool = data;
    g_array_unref (pool->idle);
    g_mutex_clear (&pool->lock);
}

static void
pool_unref (Pool *pool)
{
    g_atomic_rc_box_release_full (pool, pool_clear);
}

/* Unmaps what lies idle. */
static void
pool_empty (Pool *pool, gboolean open)
{
    g_mutex_lock (&pool->lock);
    g_array_set_size (pool->idle, 0);
    pool->open = open;
    g_mutex_unlock (&pool->lock);
}

static void
pool_give (Pool *pool, Mapping mapping)
{
    g_mutex_lock (&pool->lock);
    gboolean keep = pool->open && mapping.data != NULL;
    if (keep)
        g_array_append_val (pool->idle, mapping);
    g_mutex_unlock (&pool->lock);
    if (!keep)
        unmap (&mapping);
}

/* An idle mapping of exactly that size: sequences of a batch mostly have the same. */
static gboolean
pool_take (Pool *pool, gsize bytes, Mapping *mapping)
{
    gboolean found = FALSE;
    g_mutex_lock (&pool->lock);
    for (guint i = 0; !found && i < pool->idle->len; i++) {
        Mapping *idle = &g_array_index (pool->idle, Mapping, i);
        found = idle->bytes == bytes;
        if (found) {
            *mapping = *idle;
            idle->data = NULL; /* ours now: removal must not unmap it */
            g_array_remove_index_fast (pool->idle, i);
        }
    }
    g_mutex_unlock (&pool->lock);
    return found;
}

static void
memory_arrays_free (gpointer data)
{
    MemoryArrays *memory = data;
    for (guint i = 0; memory->mappings != NULL && i < memory->arrays->len; i++)
        pool_give (memory->pool, memory->mappings[i]);
    g_free (memory->mappings);
    g_ptr_array_unref (memory->arrays);
    pool_unref (memory->pool);
    g_free (memory);
}

static gboolean
map_array (Pool *pool, const FoveaArray *array, Mapping *mapping, GError **error)
{
    gsize bytes;
    if (!g_size_checked_mul (&bytes, (gsize) fovea_array_n_rows (array),
                             (gsize) fovea_array_row_length (array)) ||
        !g_size_checked_mul (&bytes, bytes, fovea_dtype_size (array->dtype))) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY, "%s: too large to address",
                     array->name);
        return FALSE;
    }
    if (pool_take (pool, MAX (bytes, 1), mapping))
        return TRUE;
    mapping->bytes = MAX (bytes, 1);
    mapping->data = mmap (NULL, mapping->bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapping->data == MAP_FAILED) {
        mapping->data = NULL;
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY,
                     "%s: no room for %" G_GSIZE_FORMAT " bytes", array->name, bytes);
        return FALSE;
    }
    if (bytes >= HUGE_PAGE)
        madvise (mapping->data, bytes, MADV_HUGEPAGE);
    return TRUE;
}

static void
drop (MemorySink *self)
{
    g_clear_pointer (&self->memory, memory_arrays_free);
    g_clear_pointer (&self->info, fovea_trace_info_free);
}

static gboolean
memory_sink_begin (FoveaSink *sink, const FoveaTraceInfo *info, GPtrArray *arrays, GError **error)
{
    MemorySink *self = (MemorySink *) sink;
    drop (self);
    self->info = fovea_trace_info_copy (info);
    self->memory = g_new0 (MemoryArrays, 1);
    self->memory->pool = g_atomic_rc_box_acquire (self->pool);
    self->memory->arrays = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    self->memory->mappings = g_new0 (Mapping, arrays->len);
    for (guint i = 0; i < arrays->len; i++) {
        const FoveaArray *array = g_ptr_array_index (arrays, i);
        g_ptr_array_add (self->memory->arrays, fovea_array_copy (array));
        if (!map_array (self->pool, array, &self->memory->mappings[i], error)) {
            drop (self);
            return FALSE;
        }
    }
    pool_empty (self->pool, TRUE);
    return TRUE;
}

static gpointer
row_at (const MemoryArrays *memory, guint index, gint64 row)
{
    const FoveaArray *array = g_ptr_array_index (memory->arrays, index);
    gsize row_bytes = (gsize) fovea_array_row_length (array) * fovea_dtype_size (array->dtype);
    return (char *) memory->mappings[index].data + (gsize) row * row_bytes;
}

static gpointer
memory_sink_reserve (FoveaSink *sink, guint index, gint64 first_row, gint64 n_rows)
{
    MemorySink *self = (MemorySink *) sink;
    const FoveaArray *array = g_ptr_array_index (self->memory->arrays, index);
    g_return_val_if_fail (first_row + n_rows <= fovea_array_n_rows (array), NULL);
    gboolean direct = array->dtype == FOVEA_F32 || array->dtype == FOVEA_I32;
    return direct ? row_at (self->memory, index, first_row) : NULL;
}

static gboolean
memory_sink_write (
    FoveaSink *sink, guint index, gint64 first_row, gint64 n_rows, const void *data, GError **error)
{
    MemorySink *self = (MemorySink *) sink;
    const FoveaArray *array = g_ptr_array_index (self->memory->arrays, index);
    gsize n = (gsize) (n_rows * fovea_array_row_length (array));
    g_return_val_if_fail (first_row + n_rows <= fovea_array_n_rows (array), FALSE);
    gpointer to = row_at (self->memory, index, first_row);
    if (array->dtype == FOVEA_F32 || array->dtype == FOVEA_I32)
        memcpy (to, data, n * 4);
    else
        fovea_dtype_from_f32 (data, n, array->dtype, to);
    return TRUE;
}

static gboolean
memory_sink_write_kept (
    FoveaSink *sink, guint index, gint64 first_row, gint64 n_rows, const void *data, GError **error)
{
    MemorySink *self = (MemorySink *) sink;
    const FoveaArray *array = g_ptr_array_index (self->memory->arrays, index);
    gsize n = (gsize) (n_rows * fovea_array_row_length (array));
    g_return_val_if_fail (first_row + n_rows <= fovea_array_n_rows (array), FALSE);
    memcpy (row_at (self->memory, index, first_row), data, n * fovea_dtype_size (array->dtype));
    return TRUE;
}

static gboolean
memory_read (
    gpointer backend, guint index, gint64 first_row, gint64 n_rows, float *out, GError **error)
{
    const MemoryArrays *memory = backend;
    const FoveaArray *array = g_ptr_array_index (memory->arrays, index);
    gsize n = (gsize) (n_rows * fovea_array_row_length (array));
    fovea_dtype_to_f32 (row_at (memory, index, first_row), array->dtype, n, out);
    return TRUE;
}

static FoveaTrace *
memory_sink_finish (FoveaSink *sink, GError **error)
{
    MemorySink *self = (MemorySink *) sink;
    static const FoveaTraceBackend backend = {memory_read, memory_arrays_free};
    GPtrArray *arrays = g_ptr_array_ref (self->memory->arrays);
    return fovea_trace_new (g_steal_pointer (&self->info), arrays, &backend,
                            g_steal_pointer (&self->memory));
}

static void
memory_sink_abandon (FoveaSink *sink)
{
    drop ((MemorySink *) sink);
    pool_empty (((MemorySink *) sink)->pool, TRUE);
}

static void
memory_sink_free (FoveaSink *sink)
{
    MemorySink *self = (MemorySink *) sink;
    drop (self);
    pool_empty (self->pool, FALSE);
    pool_unref (self->pool);
    g_free (self);
}

FoveaSink *
fovea_memory_sink_new (void)
{
    MemorySink *self = g_new0 (MemorySink, 1);
    self->pool = pool_new ();
    self->sink = (FoveaSink){
        .begin = memory_sink_begin,
        .write = memory_sink_write,
        .finish = memory_sink_finish,
        .abandon = memory_sink_abandon,
        .free = memory_sink_free,
        .reserve = memory_sink_reserve,
        .write_kept = memory_sink_write_kept,
    };
    return &self->sink;
}
