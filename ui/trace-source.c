/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One mutex guards the table of opened layers. It is held while a layer opens, so two workers that
 * want the same layer open it once. */
#include "ui/trace-source.h"

struct _FoveaTraceSource {
    gatomicrefcount references;
    FoveaTrace *trace;
    GMutex mutex;
    GHashTable *layers; /* layer -> FoveaAttention */
};

FoveaTraceSource *
fovea_trace_source_new (FoveaTrace *trace)
{
    FoveaTraceSource *self = g_new0 (FoveaTraceSource, 1);
    g_atomic_ref_count_init (&self->references);
    self->trace = fovea_trace_ref (trace);
    g_mutex_init (&self->mutex);
    self->layers = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) fovea_attention_free);
    return self;
}

FoveaTraceSource *
fovea_trace_source_ref (FoveaTraceSource *self)
{
    g_atomic_ref_count_inc (&self->references);
    return self;
}

void
fovea_trace_source_unref (FoveaTraceSource *self)
{
    if (!g_atomic_ref_count_dec (&self->references))
        return;
    g_hash_table_unref (self->layers);
    g_mutex_clear (&self->mutex);
    fovea_trace_unref (self->trace);
    g_free (self);
}

FoveaTrace *
fovea_trace_source_get_trace (FoveaTraceSource *self)
{
    return self->trace;
}

FoveaAttention *
fovea_trace_source_get_layer (FoveaTraceSource *self, guint layer, GError **error)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
    FoveaAttention *attention = g_hash_table_lookup (self->layers, GUINT_TO_POINTER (layer));
    if (attention == NULL) {
        attention = fovea_attention_open (self->trace, layer, error);
        if (attention != NULL)
            g_hash_table_insert (self->layers, GUINT_TO_POINTER (layer), attention);
    }
    return attention;
}
