/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Every head of what is open is scored, unasked if that is short, as soon as no job that was asked for runs;
 * until then the views say what scores wait for. Callbacks own a reference to the window, and a closed
 * window has cancelled them all. */
#include <glib/gi18n.h>

#include "app/window/preferences.h"
#include "app/window/window-private.h"

#include "ui/sentences.h"
#include "ui/trace-source.h"

#define TWO_FRAMES_MS 34

/* Callbacks own a reference, so the object is there; its widgets may not be. */
static gboolean
is_closed (FoveaWindow *self)
{
    return g_cancellable_is_cancelled (self->cancellable);
}

static void
tell_waiting (FoveaWindow *self)
{
    fovea_selection_set_waiting (
        self->selection, self->unscored  ? _ ("Heads are scored when the job under way has ended.")
                         : self->scoring ? _ ("Heads are being scored.")
                         : fovea_window_offers_scores (self)
                             ? _ ("Scores wait for a choice above the heads.")
                             : NULL);
}

/* What is left to tell of scores that are shown. */
typedef struct {
    FoveaWindow *window;
    GCancellable *job;
    FoveaTraceSource *source; /* of the sequence that they were made with */
    FoveaPlace place;         /* the cell to begin with */
    gboolean selected;        /* it was */
    char *text;
} Scored;

static void
scored_free (gpointer data)
{
    Scored *told = data;
    g_clear_object (&told->window);
    g_clear_object (&told->job);
    fovea_trace_source_unref (told->source);
    g_free (told->text);
    g_free (told);
}

/* Strip, inspector, and the grid again where it scrolls; then header and status line. */
static gboolean
tell_next (gpointer data)
{
    Scored *told = data;
    FoveaWindow *self = told->window;
    if (is_closed (self))
        return G_SOURCE_REMOVE;
    if (!told->selected) {
        told->selected = TRUE;
        if (self->untouched && fovea_selection_get_source (self->selection) == told->source)
            fovea_selection_select (self->selection, &told->place);
        return G_SOURCE_CONTINUE;
    }
    if (self->job == told->job)
        fovea_window_end_job (self, NULL, told->text);
    return G_SOURCE_REMOVE;
}

/* The grid with its new badges is a frame of work, what follows from them another. */
static void
show_scores (FoveaWindow *self, const FoveaOpened *one)
{
    g_autofree char *scores = fovea_sentence_for_scores (one->heads);
    Scored *told = g_new0 (Scored, 1);
    told->window = g_object_ref (self);
    told->job = g_object_ref (self->job);
    told->source = fovea_trace_source_ref (one->source);
    told->place = one->place;
    g_free (self->unfinished_said);
    self->unfinished_said = fovea_window_describe_unfinished (self, one);
    if (self->unfinished_said != NULL)
        told->text = g_strconcat (self->unfinished_said, " · ", scores, NULL);
    else
        told->text = g_strconcat (
            scores, self->unfinished != NULL ? _ (" · Ctrl+G goes on with the capture") : "", NULL);
    fovea_selection_set_heads (self->selection, one->heads);
    fovea_window_offer_scores (self, NULL);
    g_timeout_add_full (G_PRIORITY_DEFAULT, TWO_FRAMES_MS, tell_next, told, scored_free);
}

/* A choice that was cancelled is offered again; what began by itself does not begin again. */
static void
end_without (FoveaWindow *self,
             const FoveaHeadsPrediction *offer,
             gboolean here,
             double measured,
             const GError *error)
{
    gboolean cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    self->unscored = !here || (cancelled && !self->unasked);
    if (offer != NULL)
        fovea_window_offer_scores (self, offer);
    fovea_window_end_job (self, error, offer != NULL ? _ ("Scores wait for a choice") : NULL);
    fovea_window_say_measured (self, error, measured);
}

/* Scores are of a run: whichever of its sequences is looked at by now has them. Those of a run that was left are
 * kept in its store all the same. */
static void
scored (GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr (FoveaWindow) self = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaHeadsPrediction) offer = NULL;
    g_autoptr (FoveaOpened) one =
        fovea_library_score_finish (FOVEA_LIBRARY (object), result, &offer, &error);
    if (is_closed (self) || g_task_get_cancellable (G_TASK (result)) != self->job)
        return; /* it has given way */
    gboolean here = fovea_window_shows_run (self, self->scored_path, self->scored_run);
    self->scoring = FALSE;
    if (one != NULL && here)
        show_scores (self, one);
    else
        end_without (self, here ? offer : NULL, here, fovea_library_score_get_measured (result),
                     error);
    tell_waiting (self);
}

static void
start (FoveaWindow *self, FoveaScoreWay way)
{
    self->scoring = TRUE;
    self->unscored = FALSE;
    g_free (self->scored_path);
    self->scored_path = g_strdup (self->opened->path);
    self->scored_run = self->opened->run;
    fovea_library_score_async (self->library, self->opened, way, self->relay, self->job, scored,
                               g_object_ref (self));
}

void
fovea_window_score_heads_as (FoveaWindow *self, FoveaScoreWay way)
{
    if (fovea_window_start_job (self, _ ("Scoring heads")) != NULL)
        start (self, way);
    tell_waiting (self);
}

/* Scores of the same run are on their way already, or wait for a choice that stays. */
static gboolean
is_under_way (FoveaWindow *self)
{
    return fovea_window_offers_scores (self) ||
           (self->job != NULL && self->scoring &&
            fovea_window_shows_run (self, self->scored_path, self->scored_run));
}

void
fovea_window_score_heads (FoveaWindow *self)
{
    const FoveaScoreWay way = {.patience = fovea_preferences_get_patience ()};
    gboolean waits = fovea_selection_get_heads (self->selection) == NULL;
    self->unscored = FALSE;
    if (!is_under_way (self)) {
        fovea_window_offer_scores (self, NULL);
        if (waits && fovea_window_start_unasked (self, _ ("Scoring heads")) != NULL)
            start (self, way);
        else
            self->unscored = waits;
    }
    tell_waiting (self);
}

static gboolean
score_now (gpointer data)
{
    FoveaWindow *self = data;
    self->score_turn = 0;
    if (self->opened != NULL)
        fovea_window_score_heads (self);
    self->unscored &= self->opened != NULL;
    return G_SOURCE_REMOVE;
}

/* After the frame that shows what the job before it has brought. */
void
fovea_window_score_later (FoveaWindow *self)
{
    if (self->unscored && self->score_turn == 0)
        self->score_turn = g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, score_now, self, NULL);
}
