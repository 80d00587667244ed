/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One read is in flight at a time: walking through heads with a held key asks for the head on which
 * it stops, not for all that were passed. A failed head is remembered with its failure told once. */
#include "ui/score-range.h"

#include <glib/gi18n.h>

#include "ui/background.h"
#include "ui/figures/map-image.h"
#include "ui/trace-source.h"

#define FAILED_LIMIT (-1.0)

struct _FoveaScoreRange {
    GObject parent_instance;
    FoveaSelection *selection;
    GCancellable *cancellable; /* of the open sequence */
    GHashTable *limits;        /* layer << 16 | head -> double */
    gboolean reading;
};

G_DEFINE_FINAL_TYPE (FoveaScoreRange, fovea_score_range, G_TYPE_OBJECT)

enum {
    CHANGED,
    FAILED,
    N_SIGNALS,
};
static guint signals[N_SIGNALS];

typedef struct {
    FoveaTraceSource *source;
    guint key;
    double limit;
} Work;

static void
work_free (gpointer data)
{
    Work *work = data;
    fovea_trace_source_unref (work->source);
    g_free (work);
}

static void
read_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    Work *work = data;
    GError *error = NULL;
    FoveaAttention *attention =
        fovea_trace_source_get_layer (work->source, work->key >> 16, &error);
    gint64 n = fovea_trace_get_info (fovea_trace_source_get_trace (work->source))->n_tokens;
    if (attention != NULL && fovea_score_limit_read (attention, work->key & 0xffff, n, &work->limit,
                                                     cancellable, &error))
        g_task_return_boolean (task, TRUE);
    else {
        fovea_trace_source_name_error (work->source, _ ("Range of scores"), work->key >> 16,
                                       work->key & 0xffff, &error);
        g_task_return_error (task, error);
    }
}

static void
keep (FoveaScoreRange *self, guint key, double limit)
{
    double *kept = g_new (double, 1);
    *kept = limit;
    g_hash_table_insert (self->limits, GUINT_TO_POINTER (key), kept);
}

/* "changed" makes whoever draws ask again, for another head if the selection moved meanwhile. */
static void
read_done (GObject *object, GAsyncResult *result, gpointer unused)
{
    FoveaScoreRange *self = FOVEA_SCORE_RANGE (object);
    const Work *work = g_task_get_task_data (G_TASK (result));
    g_autoptr (GError) error = NULL;
    gboolean done = g_task_propagate_boolean (G_TASK (result), &error);
    if (g_task_get_cancellable (G_TASK (result)) != self->cancellable)
        return;
    self->reading = FALSE;
    keep (self, work->key, done ? work->limit : FAILED_LIMIT);
    if (done)
        g_signal_emit (self, signals[CHANGED], 0);
    else
        g_signal_emit (self, signals[FAILED], 0, error->message);
}

/* A read of the sequence that was left answers to a cancellable that is no longer ours. */
static void
trace_changed (FoveaScoreRange *self)
{
    g_cancellable_cancel (self->cancellable);
    g_object_unref (self->cancellable);
    self->cancellable = g_cancellable_new ();
    g_hash_table_remove_all (self->limits);
    self->reading = FALSE;
}

static void
fovea_score_range_dispose (GObject *object)
{
    FoveaScoreRange *self = FOVEA_SCORE_RANGE (object);
    g_cancellable_cancel (self->cancellable);
    g_clear_object (&self->selection);
    G_OBJECT_CLASS (fovea_score_range_parent_class)->dispose (object);
}

static void
fovea_score_range_finalize (GObject *object)
{
    FoveaScoreRange *self = FOVEA_SCORE_RANGE (object);
    g_object_unref (self->cancellable);
    g_hash_table_unref (self->limits);
    G_OBJECT_CLASS (fovea_score_range_parent_class)->finalize (object);
}

static void
fovea_score_range_class_init (FoveaScoreRangeClass *klass)
{
    GType type = G_TYPE_FROM_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_score_range_dispose;
    G_OBJECT_CLASS (klass)->finalize = fovea_score_range_finalize;
    signals[CHANGED] =
        g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
fovea_score_range_init (FoveaScoreRange *self)
{
    self->cancellable = g_cancellable_new ();
    self->limits = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

FoveaScoreRange *
fovea_score_range_new (FoveaSelection *selection)
{
    FoveaScoreRange *self = g_object_new (FOVEA_TYPE_SCORE_RANGE, NULL);
    self->selection = g_object_ref (selection);
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (trace_changed), self,
                             G_CONNECT_SWAPPED);
    return self;
}

double
fovea_score_range_get (FoveaScoreRange *self)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    FoveaTraceSource *source = fovea_selection_get_source (self->selection);
    guint key = place->layer << 16 | place->head;
    const double *kept = g_hash_table_lookup (self->limits, GUINT_TO_POINTER (key));
    if (kept != NULL || self->reading || source == NULL)
        return kept != NULL ? MAX (*kept, 0) : 0;
    self->reading = TRUE;
    Work *work = g_new0 (Work, 1);
    work->source = fovea_trace_source_ref (source);
    work->key = key;
    g_autoptr (GTask) task = g_task_new (self, self->cancellable, read_done, NULL);
    g_task_set_source_tag (task, fovea_score_range_get);
    g_task_set_task_data (task, work, work_free);
    fovea_background_run (task, FOVEA_BACKGROUND_LOOK, read_thread);
    return 0;
}

static gboolean
has_failed (gpointer key, gpointer limit, gpointer unused)
{
    return *(const double *) limit == FAILED_LIMIT;
}

void
fovea_score_range_retry (FoveaScoreRange *self)
{
    g_hash_table_foreach_remove (self->limits, has_failed, NULL);
}
