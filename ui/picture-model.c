/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One read is in flight at a time. A read is the rows of all heads, O(L H T D), and the rollout, O(L H T^2): some milliseconds for a picture of 200 patches. */
#include "ui/picture-model.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "analysis/rollout.h"
#include "capture/attention.h"
#include "ui/reader.h"
#include "ui/trace-source.h"

struct _FoveaPictureModel {
    GObject parent_instance;
    FoveaSelection *selection;
    FoveaPictureData *data;
    FoveaReader *reader;
    gint64 asked; /* query of the latest read */
    gboolean active;
};

G_DEFINE_FINAL_TYPE (FoveaPictureModel, fovea_picture_model, G_TYPE_OBJECT)

static guint changed_signal, failed_signal;

typedef struct {
    FoveaTraceSource *source;
    gint64 query;
} Request;

static void
data_free (gpointer pointer)
{
    FoveaPictureData *data = pointer;
    if (data == NULL)
        return;
    fovea_picture_image_free (data->image);
    g_free (data->rollout);
    g_free (data->heads);
    g_free (data);
}

static void
request_free (gpointer pointer)
{
    Request *request = pointer;
    fovea_trace_source_unref (request->source);
    g_free (request);
}

static gboolean
read_heads (FoveaTraceSource *source,
            FoveaPictureData *data,
            GCancellable *cancellable,
            GError **error)
{
    gint64 T = data->n_tokens;
    for (guint layer = 0; layer < data->n_layers; layer++) {
        FoveaAttention *attention = fovea_trace_source_get_layer (source, layer, error);
        if (attention == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
        for (guint head = 0; head < data->n_heads; head++) {
            float *row = data->heads + ((gint64) layer * data->n_heads + head) * T;
            if (!fovea_attention_read_pattern (attention, head, data->query, data->query + 1, 0, T,
                                               row, error)) {
                fovea_trace_source_name_error (source, _ ("Map"), layer, head, error);
                return FALSE;
            }
        }
    }
    return TRUE;
}

/* Runs in a worker. */
static gpointer
read_picture (gconstpointer asked, GCancellable *cancellable, GError **error)
{
    const Request *request = asked;
    FoveaTrace *trace = fovea_trace_source_get_trace (request->source);
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    FoveaPictureData *data = g_new0 (FoveaPictureData, 1);
    data->query = request->query;
    data->n_tokens = info->n_tokens;
    data->n_layers = (guint) info->architecture->n_layers;
    data->n_heads = (guint) info->architecture->n_heads;
    data->rollout = g_new (float, (gsize) data->n_tokens);
    data->heads = g_new (float, (gsize) (data->n_layers * data->n_heads) * (gsize) data->n_tokens);
    data->image = fovea_picture_image_new (trace, error);
    if (data->image != NULL && read_heads (request->source, data, cancellable, error) &&
        fovea_rollout_read (trace, data->query, data->rollout, cancellable, error))
        return data;
    data_free (data);
    return NULL;
}

/* Nothing while nobody looks, or of a position that was asked for last. */
static gpointer
ask (gpointer owner)
{
    FoveaPictureModel *self = owner;
    gint64 query = MAX (fovea_selection_get_place (self->selection)->query, 0);
    if (!self->active || query == self->asked ||
        !fovea_picture_image_has (fovea_selection_get_info (self->selection)))
        return NULL;
    self->asked = query;
    Request *request = g_new0 (Request, 1);
    request->source = fovea_trace_source_ref (fovea_selection_get_source (self->selection));
    request->query = query;
    return request;
}

static void
take (gpointer owner, gpointer data)
{
    FoveaPictureModel *self = owner;
    data_free (self->data);
    self->data = data;
    g_signal_emit (self, changed_signal, 0);
}

static void
fail (gpointer owner, const char *message)
{
    g_signal_emit (owner, failed_signal, 0, message);
}

static const FoveaReaderFunctions functions = {ask,  read_picture, take,
                                               fail, request_free, data_free};

static void
moved (FoveaPictureModel *self)
{
    fovea_reader_go (self->reader);
}

static void
trace_changed (FoveaPictureModel *self)
{
    g_clear_pointer (&self->data, data_free);
    fovea_reader_drop (self->reader); /* of a trace that was left */
    self->asked = -1;
    g_signal_emit (self, changed_signal, 0);
    fovea_reader_go (self->reader);
}

static void
fovea_picture_model_dispose (GObject *object)
{
    FoveaPictureModel *self = FOVEA_PICTURE_MODEL (object);
    fovea_reader_stop (self->reader);
    g_clear_object (&self->selection);
    G_OBJECT_CLASS (fovea_picture_model_parent_class)->dispose (object);
}

static void
fovea_picture_model_finalize (GObject *object)
{
    FoveaPictureModel *self = FOVEA_PICTURE_MODEL (object);
    g_clear_pointer (&self->data, data_free);
    fovea_reader_free (self->reader);
    G_OBJECT_CLASS (fovea_picture_model_parent_class)->finalize (object);
}

static void
fovea_picture_model_class_init (FoveaPictureModelClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_picture_model_dispose;
    G_OBJECT_CLASS (klass)->finalize = fovea_picture_model_finalize;
    changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
    failed_signal = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
fovea_picture_model_init (FoveaPictureModel *self)
{
    self->reader = fovea_reader_new (G_OBJECT (self), &functions);
    self->asked = -1;
}

FoveaPictureModel *
fovea_picture_model_new (FoveaSelection *selection)
{
    FoveaPictureModel *self = g_object_new (FOVEA_TYPE_PICTURE_MODEL, NULL);
    self->selection = g_object_ref (selection);
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (trace_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (moved), self, G_CONNECT_SWAPPED);
    return self;
}

void
fovea_picture_model_set_active (FoveaPictureModel *self, gboolean active)
{
    self->active = active;
    fovea_reader_go (self->reader);
}

void
fovea_picture_model_retry (FoveaPictureModel *self)
{
    self->asked = -1;
    fovea_reader_go (self->reader);
}

const FoveaPictureData *
fovea_picture_model_get_data (FoveaPictureModel *self)
{
    return self->data;
}

const float *
fovea_picture_data_get_head (const FoveaPictureData *data, guint layer, guint head)
{
    return data->heads + ((gint64) layer * data->n_heads + head) * data->n_tokens;
}

char *
fovea_picture_name_position (const FoveaTraceInfo *info, gint64 position)
{
    if (position <= 0)
        return g_strdup (_ ("the class token"));
    gint64 across = info->architecture->image_size / info->architecture->patch_size;
    return g_strdup_printf (_ ("patch %" PRId64 ",%" PRId64), (position - 1) / across,
                            (position - 1) % across);
}
