/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Joins the Sparsity view to the store: curves that it has are shown at once, Run measures the chosen
 * methods as `fovea recall` would and keeps them there. */
#include "app/window/sparse-task.h"

#include <glib/gi18n.h>

#include "app/window/preferences.h"
#include "app/window/window-private.h"

#include "ui/sentences.h"

/* Of what the job was about, which may no longer be open when it ends. */
typedef struct {
    FoveaWindow *window;
    FoveaTraceSource *source;
    char *command;
    FoveaCurvesWay way;
    gint64 since; /* us */
} Measurement;

static const char *
why_not (FoveaWindow *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    if (self->opened == NULL)
        return _ ("Open a sequence first.");
    if (info != NULL && info->architecture->n_encoder_layers > 0)
        return _ (
            "Sparse methods are measured on models of one text; this one reads a source and a "
            "target.");
    return NULL;
}

void
fovea_window_update_sparse (FoveaWindow *self)
{
    gboolean occupied = fovea_window_is_occupied (self);
    fovea_sparse_page_set_running (self->sparse_page, occupied, why_not (self));
    gtk_widget_set_sensitive (GTK_WIDGET (fovea_sparse_page_get_offer (self->sparse_page)),
                              !occupied);
    gtk_widget_set_sensitive (GTK_WIDGET (fovea_heads_page_get_offer (self->heads)), !occupied);
}

/* "288 curves in 0.3 s, kept in the store": what the status line says of a measurement. */
static char *
describe (FoveaTable *table, gboolean kept, const Measurement *m)
{
    guint n;
    g_autoptr (FoveaCurveSet) set = fovea_curve_set_new (table);
    fovea_curve_set_list (set, &n);
    return g_strdup_printf (
        ngettext ("%u curve after %.1f s, %s. Same as: %s",
                  "%u curves after %.1f s, %s. Same as: %s", n),
        n, (double) (g_get_monotonic_time () - m->since) / G_USEC_PER_SEC,
        kept ? _ ("kept in the store") : _ ("not kept: the store cannot be written"), m->command);
}

static void
measured (GObject *object, GAsyncResult *result, gpointer data)
{
    Measurement *m = data;
    g_autoptr (FoveaWindow) self = m->window;
    g_autoptr (FoveaTraceSource) source = m->source;
    g_autofree char *command = m->command;
    g_autoptr (GError) error = NULL;
    const FoveaCurvesWay way = m->way;
    gboolean kept;
    g_autoptr (FoveaRecallPrediction) offer = NULL;
    g_autoptr (FoveaTable) table = fovea_sparse_task_finish (result, &kept, &offer, &error);
    g_autofree char *text = table != NULL ? describe (table, kept, m) : NULL;
    g_free (m);
    if (g_cancellable_is_cancelled (self->cancellable))
        return; /* closed meanwhile */
    fovea_window_end_job (self, error, offer != NULL ? _ ("Curves wait for a choice") : text);
    fovea_window_say_measured (self, error, fovea_sparse_task_get_measured (result));
    if (offer != NULL)
        fovea_window_offer_curves (self, offer, &way);
    if (table != NULL && fovea_selection_get_source (self->selection) == source)
        fovea_window_add_curves (self, table);
}

static FoveaSparseRequest *
make_request (FoveaWindow *self, const FoveaCurvesWay *way)
{
    guint methods[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (self->sparse, methods);
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    FoveaSparseRequest *request = g_new0 (FoveaSparseRequest, 1);
    request->path = g_strdup (self->opened->path);
    request->run = self->opened->run;
    gboolean here = way->heads == FOVEA_MEASURE_LAYER || way->heads == FOVEA_MEASURE_HEAD;
    request->layer = here ? (gint64) place->layer : -1;
    if (way->heads == FOVEA_MEASURE_CHOSEN)
        request->heads = fovea_head_set_list (fovea_selection_get_chosen (self->selection));
    request->head = way->heads == FOVEA_MEASURE_HEAD ? (gint64) place->head : -1;
    request->patience = way->patience;
    request->said = way->said;
    request->first_tokens = way->first_tokens;
    request->settings = fovea_sparse_model_list_settings (self->sparse);
    request->methods = g_ptr_array_new ();
    for (guint i = 0; i < n; i++)
        g_ptr_array_add (request->methods, (gpointer) fovea_sparse_method_list ()[methods[i]]);
    g_ptr_array_add (request->methods, NULL);
    return request;
}

void
fovea_window_measure_as (FoveaWindow *self, FoveaCurvesWay way)
{
    guint methods[FOVEA_MAX_CHOSEN];
    if (self->opened == NULL)
        return;
    if (fovea_sparse_model_list_chosen (self->sparse, methods) == 0) {
        fovea_sparse_page_show_failure (self->sparse_page, _ ("No method is chosen."));
        return;
    }
    if (way.heads == FOVEA_MEASURE_CHOSEN &&
        fovea_head_set_get_n (fovea_selection_get_chosen (self->selection)) == 0) {
        fovea_sparse_page_show_failure (
            self->sparse_page, _ ("No head is chosen: Ctrl+click some in Heads, or draw a loop."));
        return;
    }
    if (fovea_window_start_job (self, _ ("Measuring sparse attention")) == NULL)
        return;
    Measurement *m = g_new0 (Measurement, 1);
    FoveaSparseRequest *request = make_request (self, &way);
    fovea_offer_bar_hide (fovea_sparse_page_get_offer (self->sparse_page));
    m->window = g_object_ref (self);
    m->source = fovea_trace_source_ref (self->opened->source);
    m->command = fovea_sparse_request_to_command (request);
    m->way = way;
    m->since = g_get_monotonic_time ();
    fovea_sparse_task_async (request, self->relay, self->job, measured, m);
}

/* What is added to curves is of as many tokens as they are. */
void
fovea_window_measure (FoveaWindow *self)
{
    fovea_window_measure_as (
        self, (FoveaCurvesWay){.heads = fovea_sparse_page_get_measure (self->sparse_page),
                               .first_tokens = fovea_sparse_model_get_first_tokens (self->sparse),
                               .patience = fovea_preferences_get_patience ()});
}

/* The overlay is on when the map comes, as the button promises. */
static void
open_map (FoveaWindow *self)
{
    g_object_set (fovea_map_page_get_canvas (self->map), "overlay", TRUE, NULL);
    fovea_window_show_view (self, "map");
}

void
fovea_window_connect_sparse (FoveaWindow *self)
{
    g_signal_connect_object (self->sparse_page, "run", G_CALLBACK (fovea_window_measure), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->sparse_page, "open-map", G_CALLBACK (open_map), self,
                             G_CONNECT_SWAPPED);
    fovea_window_update_sparse (self);
}
