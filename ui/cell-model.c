/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One read is in flight at a time, so holding an arrow key down costs one read a frame and never a
 * queue. Reading is O(T D). */
#include "ui/cell-model.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

#include "ui/mask-overlay.h"
#include "ui/reader.h"
#include "ui/trace-source.h"

struct _FoveaCellModel {
    GObject parent_instance;
    FoveaSelection *selection;
    FoveaCellData *data;
    FoveaReader *reader;
    FoveaMaskOverlay *mask; /* NULL = none lies over the map */
};

G_DEFINE_FINAL_TYPE (FoveaCellModel, fovea_cell_model, G_TYPE_OBJECT)

enum {
    CHANGED,
    FAILED,
    N_SIGNALS,
};
static guint signals[N_SIGNALS];

typedef struct {
    FoveaTraceSource *source, *other; /* other: NULL = nothing to compare with */
    FoveaMaskOverlay *mask;
    FoveaPlace place;
} Request;

/* A GDestroyNotify, hence the untyped argument. */
static void
cell_data_free (gpointer pointer)
{
    FoveaCellData *data = pointer;
    g_free (data->row);
    g_free (data->column);
    fovea_score_parts_free (data->parts);
    g_free (data);
}

/* The request keeps its own reference: the selection may move on while it is read. */
static void
request_free (gpointer pointer)
{
    Request *request = pointer;
    fovea_trace_source_unref (request->source);
    g_clear_pointer (&request->other, fovea_trace_source_unref);
    g_clear_pointer (&request->mask, fovea_mask_overlay_unref);
    g_free (request);
}

/* The judge has the last word, as on the map: what matters depends on ties. The mask may be of a head
 * that was left meanwhile, or of the beginning of the text. */
static void
judge_cell (FoveaCellData *data, FoveaMaskOverlay *mask)
{
    const FoveaPlace *place = &data->place;
    const FoveaMaskQuestion *of = mask != NULL ? fovea_mask_overlay_get_question (mask) : NULL;
    guint8 verdict = FOVEA_VERDICT_NONE;
    if (of == NULL || of->layer != place->layer || of->head != place->head)
        return;
    data->beyond = MAX (place->query, place->key) >= fovea_mask_overlay_get_n_tokens (mask);
    data->judged =
        !data->beyond && fovea_mask_judge_read (fovea_mask_overlay_get_judge (mask), place->query,
                                                place->key, place->key + 1, &verdict, NULL);
    data->verdict = (FoveaVerdict) verdict;
}

static FoveaCellData *
cell_data_new (const FoveaPlace *place, gint64 n, const FoveaScoreRule *rule)
{
    FoveaCellData *data = g_new0 (FoveaCellData, 1);
    data->n_tokens = n;
    data->place = *place;
    data->first_key = fovea_score_rule_first_key (rule, place->query);
    data->end_key = fovea_score_rule_end_key (rule, place->query, n);
    data->row = g_new (float, (gsize) n);
    data->column = g_new (float, (gsize) n);
    return data;
}

/* A layer that was kept here may not have been there. */
static float
read_other (FoveaTraceSource *other, const FoveaPlace *place)
{
    float weight;
    FoveaAttention *attention =
        other != NULL ? fovea_trace_source_get_layer (other, place->layer, NULL) : NULL;
    return attention != NULL && fovea_attention_read_pattern (attention, place->head, place->query,
                                                              place->query + 1, place->key,
                                                              place->key + 1, &weight, NULL)
               ? weight
               : NAN;
}

/* Runs in a worker: one row and one column, nothing of the model object is touched. */
static FoveaCellData *
read_numbers (const Request *request, GError **error)
{
    const FoveaPlace *place = &request->place;
    FoveaAttention *attention = fovea_trace_source_get_layer (request->source, place->layer, error);
    if (attention == NULL)
        return NULL;
    FoveaTrace *trace = fovea_trace_source_get_trace (request->source);
    gint64 n = fovea_trace_get_info (trace)->n_tokens;
    FoveaCellData *data = cell_data_new (place, n, fovea_attention_get_rule (attention));
    if (!fovea_attention_read_pattern (attention, place->head, place->query, place->query + 1, 0, n,
                                       data->row, error) ||
        !fovea_attention_read_pattern (attention, place->head, 0, n, place->key, place->key + 1,
                                       data->column, error)) {
        cell_data_free (data);
        return NULL;
    }
    data->facts = fovea_row_facts_measure (data->row, place->query, data->first_key, data->end_key);
    /* An import may hold weights and nothing that scores follow from. */
    if (!fovea_attention_read_scores (attention, place->head, place->query, place->query + 1,
                                      place->key, place->key + 1, &data->score, NULL))
        data->score = NAN;
    data->parts = fovea_score_parts_read (attention, place->head, place->query, place->key, NULL);
    data->other = read_other (request->other, place);
    judge_cell (data, request->mask);
    return data;
}

static gpointer
read_cell (gconstpointer asked, GCancellable *cancellable, GError **error)
{
    const Request *request = asked;
    const FoveaPlace *place = &request->place;
    FoveaCellData *data = read_numbers (request, error);
    if (data == NULL) {
        g_autofree char *what =
            g_strdup_printf (_ ("Cell %" PRId64 ",%" PRId64), place->query, place->key);
        fovea_trace_source_name_error (request->source, what, place->layer, place->head, error);
    }
    return data;
}

static gpointer
ask (gpointer owner)
{
    FoveaCellModel *self = owner;
    FoveaTraceSource *source = fovea_selection_get_source (self->selection);
    if (source == NULL)
        return NULL;
    Request *request = g_new0 (Request, 1);
    request->source = fovea_trace_source_ref (source);
    if (fovea_selection_can_differ (self->selection))
        request->other =
            fovea_trace_source_ref (fovea_selection_get_reference (self->selection)->source);
    request->mask = self->mask != NULL ? fovea_mask_overlay_ref (self->mask) : NULL;
    request->place = *fovea_selection_get_place (self->selection);
    return request;
}

static void
take (gpointer owner, gpointer data)
{
    FoveaCellModel *self = owner;
    g_clear_pointer (&self->data, cell_data_free);
    self->data = data;
    g_signal_emit (self, signals[CHANGED], 0);
}

/* Nor those of another cell beside the name of this one. */
static void
fail (gpointer owner, const char *message)
{
    FoveaCellModel *self = owner;
    const FoveaPlace *at = fovea_selection_get_place (self->selection);
    const FoveaPlace *of = self->data != NULL ? &self->data->place : NULL;
    if (of != NULL && (of->layer != at->layer || of->head != at->head || of->query != at->query ||
                       of->key != at->key))
        take (self, NULL);
    g_signal_emit (owner, signals[FAILED], 0, message);
}

static const FoveaReaderFunctions functions = {ask,  read_cell,    take,
                                               fail, request_free, cell_data_free};

static void
moved (FoveaCellModel *self)
{
    fovea_reader_go (self->reader);
}

static void
trace_changed (FoveaCellModel *self)
{
    /* Numbers of another trace must not be shown beside this one. */
    fovea_reader_drop (self->reader);
    g_clear_pointer (&self->data, cell_data_free);
    g_signal_emit (self, signals[CHANGED], 0);
    fovea_reader_go (self->reader); /* a read that was dropped is not lost, whatever comes first */
}

static void
fovea_cell_model_dispose (GObject *object)
{
    FoveaCellModel *self = FOVEA_CELL_MODEL (object);
    fovea_reader_stop (self->reader);
    g_clear_object (&self->selection);
    G_OBJECT_CLASS (fovea_cell_model_parent_class)->dispose (object);
}

static void
fovea_cell_model_finalize (GObject *object)
{
    FoveaCellModel *self = FOVEA_CELL_MODEL (object);
    g_clear_pointer (&self->data, cell_data_free);
    g_clear_pointer (&self->mask, fovea_mask_overlay_unref);
    fovea_reader_free (self->reader);
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
    self->reader = fovea_reader_new (G_OBJECT (self), &functions);
}

FoveaCellModel *
fovea_cell_model_new (FoveaSelection *selection)
{
    FoveaCellModel *self = g_object_new (FOVEA_TYPE_CELL_MODEL, NULL);
    self->selection = g_object_ref (selection);
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (trace_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (moved), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "reference-changed", G_CALLBACK (moved), self,
                             G_CONNECT_SWAPPED);
    return self;
}

const FoveaCellData *
fovea_cell_model_get_data (FoveaCellModel *self)
{
    return self->data;
}

void
fovea_cell_model_retry (FoveaCellModel *self)
{
    fovea_reader_go (self->reader);
}

void
fovea_cell_model_set_mask (FoveaCellModel *self, FoveaMaskOverlay *mask)
{
    if (mask == self->mask)
        return;
    g_clear_pointer (&self->mask, fovea_mask_overlay_unref);
    self->mask = mask != NULL ? fovea_mask_overlay_ref (mask) : NULL;
    fovea_reader_go (self->reader);
}

const char *
fovea_cell_data_get_verdict (const FoveaCellData *data)
{
    static const char *const words[FOVEA_N_VERDICTS] = {
        [FOVEA_VERDICT_NONE] = N_ ("left out"),
        [FOVEA_VERDICT_KEPT] = N_ ("kept"),
        [FOVEA_VERDICT_MISSED] = N_ ("missed"),
        [FOVEA_VERDICT_WASTED] = N_ ("wasted"),
    };
    if (data->beyond)
        return _ ("beyond the mask");
    return data->judged && words[data->verdict] != NULL ? _ (words[data->verdict]) : NULL;
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
