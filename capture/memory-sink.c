/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A sink that keeps the arrays of a sequence in one anonymous mapping, in their kept types.
 * Invariant: a sequence that fails gives all of its memory back; what is mapped is what the arrays
 * need. They share one mapping because it is made of huge pages: cut alone, arrays below 2 MiB (a
 * 512-token sequence of the bundled model has hardly any other) and the ends of the others would be
 * filled through a fault every 4 KiB, which costs as much as zeroing does.
 * Cost: fresh pages are zeroed by the system, about 15 GB/s on two threads, a twelfth of a capture
 * of everything; so the mapping of a trace that is gone serves the sink's next sequence, and of a
 * batch only the first pays. What that one does not want is unmapped at once. */
#include "capture/sink.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    HUGE_PAGE = 2 << 20,
    ALIGNMENT = 64, /* of an array: a cache line, the widest vector */
    PIECE = 4 * HUGE_PAGE,
    MOST_THREADS = 4,
    MOST_READY = 1 << 30 /* bytes made ready ahead, which takes about 0.1 s */
};

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14; older systems refuse it */
#endif

typedef struct {
    gpointer data; /* on a huge page if it has one */
    gsize bytes;   /* mapped: whole pages */
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
    gsize *offsets;    /* of each array in the mapping */
    Mapping mapping;
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

/* An idle mapping that is large enough, cut to @bytes: what a longer sequence touched behind them
 * would count as memory of this one. */
static gboolean
pool_take (Pool *pool, gsize bytes, Mapping *mapping)
{
    gboolean found = FALSE;
    g_mutex_lock (&pool->lock);
    for (guint i = 0; !found && i < pool->idle->len; i++) {
        Mapping *idle = &g_array_index (pool->idle, Mapping, i);
        found = idle->bytes >= bytes;
        if (found) {
            *mapping = *idle;
            idle->data = NULL; /* ours now: removal must not unmap it */
            g_array_remove_index_fast (pool->idle, i);
        }
    }
    g_mutex_unlock (&pool->lock);
    if (found && mapping->bytes > bytes) {
        munmap ((char *) mapping->data + bytes, mapping->bytes - bytes);
        mapping->bytes = bytes;
    }
    return found;
}

static void
memory_arrays_free (gpointer data)
{
    MemoryArrays *memory = data;
    pool_give (memory->pool, memory->mapping);
    g_free (memory->offsets);
    g_ptr_array_unref (memory->arrays);
    pool_unref (memory->pool);
    g_free (memory);
}

/* Places all arrays behind each other; @total: (out): whole pages. Says which array is too much. */
static gboolean
lay_out (MemoryArrays *memory, gsize *total, GError **error)
{
    gsize page = (gsize) sysconf (_SC_PAGESIZE), at = 0;
    for (guint i = 0; i < memory->arrays->len; i++) {
        const FoveaArray *array = g_ptr_array_index (memory->arrays, i);
        gsize bytes;
        memory->offsets[i] = at;
        if (!g_size_checked_mul (&bytes, (gsize) fovea_array_n_rows (array),
                                 (gsize) fovea_array_row_length (array)) ||
            !g_size_checked_mul (&bytes, bytes, fovea_dtype_size (array->dtype)) ||
            !g_size_checked_add (&at, at, bytes) || !g_size_checked_add (&at, at, ALIGNMENT - 1)) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY, "%s: too large to address",
                         array->name);
            return FALSE;
        }
        at &= ~(gsize) (ALIGNMENT - 1);
    }
    *total = (MAX (at, 1) + page - 1) & ~(page - 1);
    if (*total >= at)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY, "%u arrays: too large to address",
                 memory->arrays->len);
    return FALSE;
}

/* Starts on a huge page: more is mapped, and what lies around the aligned part given back. */
static gboolean
map_aligned (gsize bytes, Mapping *mapping)
{
    gsize slack = bytes >= HUGE_PAGE ? HUGE_PAGE : 0, mapped;
    if (!g_size_checked_add (&mapped, bytes, slack))
        return FALSE;
    char *data = mmap (NULL, mapped, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (data == MAP_FAILED)
        return FALSE;
    *mapping = (Mapping){data, bytes};
    if (slack == 0)
        return TRUE;
    gsize before = (HUGE_PAGE - GPOINTER_TO_SIZE (data) % HUGE_PAGE) % HUGE_PAGE;
    if (before > 0)
        munmap (data, before);
    if (slack > before)
        munmap (data + before + bytes, slack - before);
    mapping->data = data + before;
    /* The last part of a page stays in small ones: memory is what was asked for. */
    madvise (mapping->data, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
    return TRUE;
}

/* A mapping whose pages several threads make ready, piece by piece. */
typedef struct {
    const Mapping *mapping;
    gint n_pieces, next; /* next: atomic */
} Filling;

static gpointer
fill_pieces (gpointer data)
{
    Filling *filling = data;
    const Mapping *mapping = filling->mapping;
    for (gint i = g_atomic_int_add (&filling->next, 1); i < filling->n_pieces;
         i = g_atomic_int_add (&filling->next, 1)) {
        gsize at = (gsize) i * PIECE;
        char *from = (char *) mapping->data + at;
        if (madvise (from, MIN (PIECE, mapping->bytes - at), MADV_POPULATE_WRITE) != 0)
            break; /* the pages come when they are touched */
    }
    return NULL;
}

/* Zeroes the pages before the pass wants them. Two workers of it that touch a new huge page at once
 * both zero one, and one of them is thrown away: measured, 258 MiB cost 36 ms where two threads that
 * share the pages out need 17. More than MOST_READY comes as it is touched, so that a long capture
 * starts at once and can be stopped. */
static void
make_ready (const Mapping *mapping)
{
    Filling filling = {mapping, (gint) ((MIN (mapping->bytes, MOST_READY) + PIECE - 1) / PIECE), 0};
    GThread *threads[MOST_THREADS] = {NULL};
    gint n = MIN (MIN ((gint) g_get_num_processors (), MOST_THREADS), filling.n_pieces);
    for (gint i = 1; i < n; i++)
        threads[i] = g_thread_try_new ("fovea-pages", fill_pieces, &filling, NULL);
    fill_pieces (&filling);
    for (gint i = 1; i < n; i++)
        if (threads[i] != NULL)
            g_thread_join (threads[i]);
}

static gboolean
map_arrays (MemoryArrays *memory, GError **error)
{
    gsize bytes;
    if (!lay_out (memory, &bytes, error))
        return FALSE;
    if (pool_take (memory->pool, bytes, &memory->mapping))
        return TRUE;
    if (map_aligned (bytes, &memory->mapping)) {
        make_ready (&memory->mapping);
        return TRUE;
    }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY,
                 "%u arrays: no room for %" G_GSIZE_FORMAT " bytes", memory->arrays->len, bytes);
    return FALSE;
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
    self->memory->offsets = g_new0 (gsize, arrays->len);
    for (guint i = 0; i < arrays->len; i++)
        g_ptr_array_add (self->memory->arrays, fovea_array_copy (g_ptr_array_index (arrays, i)));
    if (!map_arrays (self->memory, error)) {
        drop (self);
        return FALSE;
    }
    pool_empty (self->pool, TRUE);
    return TRUE;
}

static gpointer
row_at (const MemoryArrays *memory, guint index, gint64 row)
{
    const FoveaArray *array = g_ptr_array_index (memory->arrays, index);
    gsize row_bytes = (gsize) fovea_array_row_length (array) * fovea_dtype_size (array->dtype);
    return (char *) memory->mapping.data + memory->offsets[index] + (gsize) row * row_bytes;
}

static gpointer
memory_sink_reserve (FoveaSink *sink, guint index, gint64 first_row, gint64 n_rows)
{
    MemorySink *self = (MemorySink *) sink;
    const FoveaArray *array = g_ptr_array_index (self->memory->arrays, index);
    g_return_val_if_fail (first_row + n_rows <= fovea_array_n_rows (array), NULL);
    return row_at (self->memory, index, first_row);
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
    };
    return &self->sink;
}
