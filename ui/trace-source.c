/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One mutex guards the table of opened layers. It is held while a layer opens, so two workers that
 * want the same layer open it once. */
#include "ui/trace-source.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <inttypes.h>

struct _FoveaTraceSource {
    gatomicrefcount references;
    FoveaTrace *trace;
    char *origin;
    gint64 run, sequence;
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
    g_free (self->origin);
    g_free (self);
}

void
fovea_trace_source_set_origin (FoveaTraceSource *self,
                               const char *path,
                               gint64 run,
                               gint64 sequence)
{
    g_free (self->origin);
    self->origin = g_strdup (path);
    self->run = run;
    self->sequence = sequence;
}

const char *
fovea_trace_source_get_origin (FoveaTraceSource *self)
{
    return self->origin;
}

gint64
fovea_trace_source_get_run (FoveaTraceSource *self)
{
    return self->run;
}

gint64
fovea_trace_source_get_sequence (FoveaTraceSource *self)
{
    return self->sequence;
}

gboolean
fovea_trace_source_is_same (FoveaTraceSource *a, FoveaTraceSource *b)
{
    return a == b || (a != NULL && b != NULL && a->origin != NULL &&
                      g_strcmp0 (a->origin, b->origin) == 0 && a->sequence == b->sequence);
}

void
fovea_trace_source_name_error (
    FoveaTraceSource *self, const char *what, guint layer, guint head, GError **error)
{
    if (error == NULL || g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (self->origin != NULL)
        /* Translators: "Map of head 3.5, sequence 12 of run 2: " and what went wrong */
        g_prefix_error (error, _ ("%s of head %u.%u, sequence %" PRId64 " of run %" PRId64 ": "),
                        what, layer, head, self->sequence, self->run);
    else
        g_prefix_error (error, _ ("%s of head %u.%u: "), what, layer, head);
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
