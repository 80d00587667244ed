/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A sink that keeps arrays in anonymous mappings, one each, in their kept type.
 * Invariant: pages are touched only as rows arrive, so memory grows with the capture and a failed
 * one gives all of it back. Large pages are asked for: filling 250 MB in 4 KiB pages would cost
 * 64,000 faults, about a tenth of the forward pass itself. */
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

/* Shared by the sink while it fills and the trace afterwards. */
typedef struct {
    GPtrArray *arrays; /* of FoveaArray */
    Mapping *mappings;
} MemoryArrays;

typedef struct {
    FoveaSink sink;
    FoveaTraceInfo *info;
    MemoryArrays *memory;
} MemorySink;

static void
memory_arrays_free (gpointer data)
{
    MemoryArrays *memory = data;
    for (guint i = 0; memory->mappings != NULL && i < memory->arrays->len; i++)
        if (memory->mappings[i].data != NULL)
            munmap (memory->mappings[i].data, memory->mappings[i].bytes);
    g_free (memory->mappings);
    g_ptr_array_unref (memory->arrays);
    g_free (memory);
}

static gboolean
map_array (const FoveaArray *array, Mapping *mapping, GError **error)
{
    gsize bytes;
    if (!g_size_checked_mul (&bytes, (gsize) fovea_array_n_rows (array),
                             (gsize) fovea_array_row_length (array)) ||
        !g_size_checked_mul (&bytes, bytes, fovea_dtype_size (array->dtype))) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY, "%s: too large to address",
                     array->name);
        return FALSE;
    }
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
    self->memory->arrays = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    self->memory->mappings = g_new0 (Mapping, arrays->len);
    for (guint i = 0; i < arrays->len; i++) {
        const FoveaArray *array = g_ptr_array_index (arrays, i);
        g_ptr_array_add (self->memory->arrays, fovea_array_copy (array));
        if (!map_array (array, &self->memory->mappings[i], error)) {
            drop (self);
            return FALSE;
        }
    }
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
}

static void
memory_sink_free (FoveaSink *sink)
{
    drop ((MemorySink *) sink);
    g_free (sink);
}

FoveaSink *
fovea_memory_sink_new (void)
{
    MemorySink *self = g_new0 (MemorySink, 1);
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
