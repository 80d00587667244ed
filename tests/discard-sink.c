/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "tests/discard-sink.h"

typedef struct {
    FoveaSink sink;
    FoveaTraceInfo *info;
    GPtrArray *arrays;
    char *heap; /* where every array's rows go, one above the other */
} Discarder;

static gboolean
discard_begin (FoveaSink *sink, const FoveaTraceInfo *info, GPtrArray *arrays, GError **error)
{
    Discarder *self = (Discarder *) sink;
    gsize largest = 0;
    (void) error;
    for (guint i = 0; i < arrays->len; i++)
        largest = MAX (largest, fovea_array_bytes (g_ptr_array_index (arrays, i)));
    self->info = fovea_trace_info_copy (info);
    self->arrays = g_ptr_array_ref (arrays);
    self->heap = g_malloc (largest);
    return TRUE;
}

/* As a sink in memory takes values: copied by the threads that deliver, in the type that is kept. */
static gpointer
discard_reserve (FoveaSink *sink, guint index, gint64 first, gint64 n)
{
    const Discarder *self = (const Discarder *) sink;
    const FoveaArray *array = g_ptr_array_index (self->arrays, index);
    (void) n;
    return self->heap +
           fovea_array_bytes (array) / (guint64) fovea_array_n_rows (array) * (guint64) first;
}

static void
discard_end (Discarder *self)
{
    g_clear_pointer (&self->arrays, g_ptr_array_unref);
    g_clear_pointer (&self->heap, g_free);
}

static gboolean
discard_rows (
    FoveaSink *sink, guint index, gint64 first, gint64 n, const void *data, GError **error)
{
    (void) sink, (void) index, (void) first, (void) n, (void) data, (void) error;
    return TRUE;
}

static FoveaTrace *
discard_finish (FoveaSink *sink, GError **error)
{
    static const FoveaTraceBackend nothing = {NULL, NULL};
    (void) error;
    discard_end ((Discarder *) sink);
    return fovea_trace_new (g_steal_pointer (&((Discarder *) sink)->info),
                            g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free),
                            &nothing, NULL);
}

static void
discard_abandon (FoveaSink *sink)
{
    g_clear_pointer (&((Discarder *) sink)->info, fovea_trace_info_free);
    discard_end ((Discarder *) sink);
}

FoveaSink *
discard_sink_new (void)
{
    Discarder *self = g_new0 (Discarder, 1);
    self->sink = (FoveaSink){.begin = discard_begin,
                             .write = discard_rows,
                             .finish = discard_finish,
                             .abandon = discard_abandon,
                             .free = (void (*) (FoveaSink *)) g_free,
                             .reserve = discard_reserve};
    return &self->sink;
}
