/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The whole pattern of one head is read off the main loop when the head changes: at most 96 x 96 weights. An
 * answer for a head that is no longer selected was cancelled. */
#include "ui/arc-model.h"

#include <glib/gi18n.h>

#include "ui/background.h"
#include "ui/trace-source.h"

struct _FoveaArcModel {
    GObject parent_instance;
    FoveaSelection *selection;
    GCancellable *cancellable;
    float *weights;    /* (n_tokens, n_tokens), NULL while reading */
    gint64 n_tokens;   /* 0 = nothing is read */
    guint layer, head; /* what weights are of or are being read for */
    guint users;
};

G_DEFINE_FINAL_TYPE (FoveaArcModel, fovea_arc_model, G_TYPE_OBJECT)

static guint changed_signal, failed_signal;

typedef struct {
    FoveaTraceSource *source;
    guint layer, head;
    gint64 n_tokens;
} Request;

static void
request_free (gpointer data)
{
    fovea_trace_source_unref (((Request *) data)->source);
    g_free (data);
}

static void
read_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    const Request *request = data;
    gint64 n = request->n_tokens;
    GError *error = NULL;
    g_autofree float *weights = g_new (float, (gsize) (n * n));
    FoveaAttention *attention =
        fovea_trace_source_get_layer (request->source, request->layer, &error);
    if (attention != NULL &&
        fovea_attention_read_pattern (attention, request->head, 0, n, 0, n, weights, &error))
        g_task_return_pointer (task, g_steal_pointer (&weights), g_free);
    else {
        fovea_trace_source_name_error (request->source, _ ("Arcs"), request->layer, request->head,
                                       &error);
        g_task_return_error (task, error);
    }
}

static void
read_done (GObject *object, GAsyncResult *result, gpointer unused)
{
    FoveaArcModel *self = FOVEA_ARC_MODEL (object);
    g_autoptr (GError) error = NULL;
    float *weights = g_task_propagate_pointer (G_TASK (result), &error);
    if (weights != NULL)
        self->weights = weights;
    else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_signal_emit (self, failed_signal, 0, error->message);
    g_signal_emit (self, changed_signal, 0);
}

static void
read_weights (FoveaArcModel *self)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    g_cancellable_cancel (self->cancellable);
    g_clear_object (&self->cancellable);
    g_clear_pointer (&self->weights, g_free);
    self->n_tokens = 0;
    if (self->users > 0 && fovea_arc_model_can_show (self->selection)) {
        Request *request = g_new0 (Request, 1);
        request->source = fovea_trace_source_ref (fovea_selection_get_source (self->selection));
        request->n_tokens = self->n_tokens = fovea_selection_get_info (self->selection)->n_tokens;
        request->layer = self->layer = place->layer;
        request->head = self->head = place->head;
        self->cancellable = g_cancellable_new ();
        g_autoptr (GTask) task = g_task_new (self, self->cancellable, read_done, NULL);
        g_task_set_source_tag (task, read_weights);
        g_task_set_task_data (task, request, request_free);
        fovea_background_run (task, FOVEA_BACKGROUND_LOOK, read_thread);
    }
    g_signal_emit (self, changed_signal, 0);
}

/* The cell moves with every arrow key; only another head is news. */
static void
moved (FoveaArcModel *self)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    if (self->users > 0 &&
        (place->layer != self->layer || place->head != self->head || self->n_tokens == 0))
        read_weights (self);
}

static void
fovea_arc_model_dispose (GObject *object)
{
    FoveaArcModel *self = FOVEA_ARC_MODEL (object);
    g_cancellable_cancel (self->cancellable);
    g_clear_object (&self->cancellable);
    g_clear_object (&self->selection);
    g_clear_pointer (&self->weights, g_free);
    G_OBJECT_CLASS (fovea_arc_model_parent_class)->dispose (object);
}

static void
fovea_arc_model_class_init (FoveaArcModelClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_arc_model_dispose;
    changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
    failed_signal = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
fovea_arc_model_init (FoveaArcModel *self)
{
}

FoveaArcModel *
fovea_arc_model_new (FoveaSelection *selection)
{
    FoveaArcModel *self = g_object_new (FOVEA_TYPE_ARC_MODEL, NULL);
    self->selection = g_object_ref (selection);
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (read_weights), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (moved), self, G_CONNECT_SWAPPED);
    return self;
}

gboolean
fovea_arc_model_can_show (FoveaSelection *selection)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (selection);
    return info != NULL && info->n_tokens <= FOVEA_ARCS_MAX_TOKENS;
}

void
fovea_arc_model_use (FoveaArcModel *self, gboolean use)
{
    self->users += use ? 1 : -1;
    if (use)
        moved (self);
}

gint64
fovea_arc_model_count_tokens (FoveaArcModel *self)
{
    return self->n_tokens;
}

const float *
fovea_arc_model_get_weights (FoveaArcModel *self)
{
    return self->weights;
}

void
fovea_arc_model_retry (FoveaArcModel *self)
{
    if (self->weights == NULL)
        read_weights (self);
}
