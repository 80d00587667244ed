/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One read is in flight at a time. Moves during it only mark the model dirty, so holding an arrow
 * key down costs one read a frame and never a queue. Reading is O(T D). */
#include "ui/cell-model.h"
#include "ui/trace-source.h"

#include <math.h>

struct _FoveaCellModel {
    GObject parent_instance;
    FoveaSelection *selection;
    FoveaCellData *data;
    GCancellable *cancellable;
    gboolean reading, dirty;
};

G_DEFINE_FINAL_TYPE (FoveaCellModel, fovea_cell_model, G_TYPE_OBJECT)

enum {
    CHANGED,
    FAILED,
    N_SIGNALS,
};
static guint signals[N_SIGNALS];

typedef struct {
    FoveaTraceSource *source;
    FoveaPlace place;
} Request;

static void read_later (FoveaCellModel *self);

/* GDestroyNotify of the task result too, hence the untyped argument. */
static void
cell_data_free (gpointer pointer)
{
    FoveaCellData *data = pointer;
    g_free (data->row);
    g_free (data->column);
    g_free (data->products);
    g_free (data);
}

/* The request keeps its own reference: the selection may move on while it is read. */
static void
request_free (gpointer pointer)
{
    Request *request = pointer;
    fovea_trace_source_unref (request->source);
    g_free (request);
}

/* What each dimension adds to the score; nothing where the vectors were not kept. */
static void
read_products (FoveaAttention *attention, FoveaCellData *data)
{
    gint64 width;
    const FoveaScoreRule *rule = fovea_attention_get_rule (attention);
    fovea_attention_get_shape (attention, NULL, NULL, NULL, &width);
    g_autofree float *query = g_new (float, (gsize) width), *key = g_new (float, (gsize) width);
    if (!fovea_attention_read_vectors (attention, data->place.head, FOVEA_VECTOR_QUERY,
                                       data->place.query, 1, query, NULL) ||
        !fovea_attention_read_vectors (attention, data->place.head, FOVEA_VECTOR_KEY,
                                       data->place.key, 1, key, NULL))
        return;
    for (gint64 d = 0; d < width; d++)
        query[d] *= key[d] * rule->scale;
    data->products = g_steal_pointer (&query);
    data->n_products = width;
}

/* Runs in a worker: one row and one column, nothing of the model object is touched. */
static void
read_thread (GTask *task, gpointer object, gpointer task_data, GCancellable *cancellable)
{
    const Request *request = task_data;
    GError *error = NULL;
    const FoveaPlace *place = &request->place;
    FoveaAttention *attention =
        fovea_trace_source_get_layer (request->source, place->layer, &error);
    if (attention == NULL) {
        g_task_return_error (task, error);
        return;
    }
    FoveaTrace *trace = fovea_trace_source_get_trace (request->source);
    FoveaCellData *data = g_new0 (FoveaCellData, 1);
    gint64 n = data->n_tokens = fovea_trace_get_info (trace)->n_tokens;
    const FoveaScoreRule *rule = fovea_attention_get_rule (attention);
    data->place = *place;
    data->first_key = fovea_score_rule_first_key (rule, place->query);
    data->end_key = fovea_score_rule_end_key (rule, place->query, n);
    data->row = g_new (float, (gsize) n);
    data->column = g_new (float, (gsize) n);
    if (fovea_attention_read_pattern (attention, place->head, place->query, place->query + 1, 0, n,
                                      data->row, &error) &&
        fovea_attention_read_pattern (attention, place->head, 0, n, place->key, place->key + 1,
                                      data->column, &error)) {
        /* An import may hold weights and nothing that scores follow from. */
        if (!fovea_attention_read_scores (attention, place->head, place->query, place->query + 1,
                                          place->key, place->key + 1, &data->score, NULL))
            data->score = NAN;
        read_products (attention, data);
        g_task_return_pointer (task, data, cell_data_free);
        return;
    }
    cell_data_free (data);
    g_task_return_error (task, error);
}

/* A cancel is silent, since it only ever means that the model is going away. */
static void
read_done (GObject *object, GAsyncResult *result, gpointer unused)
{
    FoveaCellModel *self = FOVEA_CELL_MODEL (object);
    g_autoptr (GError) error = NULL;
    FoveaCellData *data = g_task_propagate_pointer (G_TASK (result), &error);
    self->reading = FALSE;
    if (data != NULL) {
        g_clear_pointer (&self->data, cell_data_free);
        self->data = data;
        g_signal_emit (self, signals[CHANGED], 0);
    } else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        g_signal_emit (self, signals[FAILED], 0, error->message);
    }
    if (self->dirty)
        read_later (self);
}

/* Starts a read, or notes that one more is due when the present one ends. */
static void
read_later (FoveaCellModel *self)
{
    FoveaTraceSource *source = fovea_selection_get_source (self->selection);
    self->dirty = self->reading;
    if (self->reading || source == NULL)
        return;
    self->reading = TRUE;
    Request *request = g_new0 (Request, 1);
    request->source = fovea_trace_source_ref (source);
    request->place = *fovea_selection_get_place (self->selection);
    g_autoptr (GTask) task = g_task_new (self, self->cancellable, read_done, NULL);
    g_task_set_source_tag (task, read_later);
    g_task_set_task_data (task, request, request_free);
    g_task_run_in_thread (task, read_thread);
}

static void
trace_changed (FoveaCellModel *self)
{
    /* Numbers of another trace must not be shown beside this one. */
    g_clear_pointer (&self->data, cell_data_free);
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
fovea_cell_model_dispose (GObject *object)
{
    FoveaCellModel *self = FOVEA_CELL_MODEL (object);
    g_cancellable_cancel (self->cancellable);
    g_clear_object (&self->selection);
    G_OBJECT_CLASS (fovea_cell_model_parent_class)->dispose (object);
}

static void
fovea_cell_model_finalize (GObject *object)
{
    FoveaCellModel *self = FOVEA_CELL_MODEL (object);
    g_clear_pointer (&self->data, cell_data_free);
    g_object_unref (self->cancellable);
    G_OBJECT_CLASS (fovea_cell_model_parent_class)->finalize (object);
}

static void
fovea_cell_model_class_init (FoveaCellModelClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_cell_model_dispose;
    G_OBJECT_CLASS (klass)->finalize = fovea_cell_model_finalize;
    signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
    signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
fovea_cell_model_init (FoveaCellModel *self)
{
    self->cancellable = g_cancellable_new ();
}

FoveaCellModel *
fovea_cell_model_new (FoveaSelection *selection)
{
    FoveaCellModel *self = g_object_new (FOVEA_TYPE_CELL_MODEL, NULL);
    self->selection = g_object_ref (selection);
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (trace_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (read_later), self, G_CONNECT_SWAPPED);
    return self;
}

const FoveaCellData *
fovea_cell_model_get_data (FoveaCellModel *self)
{
    return self->data;
}

gint64
fovea_cell_data_get_rank (const FoveaCellData *data, gint64 key, double *mass)
{
    gint64 rank = 1;
    double sum = data->row[key];
    for (gint64 k = data->first_key; k < data->end_key; k++) {
        if (data->row[k] > data->row[key] || (data->row[k] == data->row[key] && k < key)) {
            rank++;
            sum += data->row[k];
        }
    }
    if (mass != NULL)
        *mass = sum;
    return rank;
}

double
fovea_cell_data_get_entropy (const FoveaCellData *data)
{
    double entropy = 0;
    for (gint64 k = data->first_key; k < data->end_key; k++)
        if (data->row[k] > 0)
            entropy -= data->row[k] * log2 (data->row[k]);
    return entropy;
}

/* Insertion into a short list: n_top is at most eight, so no heap is worth it. */
guint
fovea_weights_find_top (const float *weights, gint64 n, FoveaWeightedToken *top, guint n_top)
{
    guint n_found = 0;
    for (gint64 i = 0; i < n; i++) {
        if (!(weights[i] > 0) || (n_found == n_top && weights[i] <= top[n_top - 1].weight))
            continue;
        guint at = n_found < n_top ? n_found++ : n_top - 1;
        for (; at > 0 && top[at - 1].weight < weights[i]; at--)
            top[at] = top[at - 1];
        top[at] = (FoveaWeightedToken){i, weights[i]};
    }
    return n_found;
}

/* A tenth of the row's largest weight is what the eye sees as strong on the log scale. */
gint64
fovea_weights_find_strong (const float *weights, gint64 n, gint64 from, int direction)
{
    float largest = 0;
    for (gint64 i = 0; i < n; i++)
        largest = MAX (largest, weights[i]);
    for (gint64 i = from + direction; i >= 0 && i < n; i += direction)
        if (weights[i] > 0 && weights[i] >= largest / 10)
            return i;
    return -1;
}
