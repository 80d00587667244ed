/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "tests/discard-sink.h"

typedef struct {
    FoveaSink sink;
    FoveaTraceInfo *info;
} Discarder;

static gboolean
discard_begin (FoveaSink *sink, const FoveaTraceInfo *info, GPtrArray *arrays, GError **error)
{
    (void) arrays, (void) error;
    ((Discarder *) sink)->info = fovea_trace_info_copy (info);
    return TRUE;
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
    return fovea_trace_new (g_steal_pointer (&((Discarder *) sink)->info),
                            g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free),
                            &nothing, NULL);
}

static void
discard_abandon (FoveaSink *sink)
{
    g_clear_pointer (&((Discarder *) sink)->info, fovea_trace_info_free);
}

FoveaSink *
discard_sink_new (void)
{
    Discarder *self = g_new0 (Discarder, 1);
    self->sink = (FoveaSink){.begin = discard_begin,
                             .write = discard_rows,
                             .finish = discard_finish,
                             .abandon = discard_abandon,
                             .free = (void (*) (FoveaSink *)) g_free};
    return &self->sink;
}
