/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What takes long and has a progress bar: one job at a time. One that nobody asked for gives way to one that
 * somebody did: a choice that is made by key acts a quarter of a second later, and must not be lost to what
 * began meanwhile. A job that has given way finds another in its place when it ends, or none. */
#include <glib/gi18n.h>

#include "app/kept-work.h"
#include "app/window/window-private.h"

static void
show_progress (gpointer data, double fraction, const char *text)
{
    fovea_status_line_set_progress (FOVEA_WINDOW (data)->status, fraction, text);
}

/* Its own relay: a late post of a job that has ended changes nothing. */
static GCancellable *
begin (FoveaWindow *self, const char *text, gboolean unasked)
{
    self->job = g_cancellable_new ();
    self->relay = fovea_relay_new (show_progress, self);
    self->unasked = unasked;
    fovea_status_line_set_text (self->status, text);
    fovea_status_line_set_progress (self->status, 0, NULL);
    fovea_window_update_actions (self);
    return self->job;
}

static void
clear (FoveaWindow *self)
{
    g_clear_object (&self->job);
    fovea_relay_stop (self->relay);
    g_clear_pointer (&self->relay, fovea_relay_unref);
}

gboolean
fovea_window_is_occupied (FoveaWindow *self)
{
    return self->job != NULL && !self->unasked;
}

/* What it was to do is done when the one that takes its place has ended, if it is wanted then. */
static void
give_way (FoveaWindow *self)
{
    g_cancellable_cancel (self->job);
    clear (self);
    self->scoring = FALSE;
    self->unscored = TRUE;
}

GCancellable *
fovea_window_start_job (FoveaWindow *self, const char *text)
{
    if (fovea_window_is_occupied (self)) {
        fovea_window_show_failure (self, _ ("A job is running already; cancel it first (Ctrl+.)."));
        return NULL;
    }
    if (self->job != NULL)
        give_way (self);
    return begin (self, text, FALSE);
}

GCancellable *
fovea_window_start_unasked (FoveaWindow *self, const char *text)
{
    if (fovea_window_is_occupied (self))
        return NULL;
    if (self->job != NULL)
        give_way (self);
    return begin (self, text, TRUE);
}

void
fovea_window_stop_unasked (FoveaWindow *self)
{
    if (self->job == NULL || !self->unasked)
        return;
    give_way (self);
    fovea_status_line_set_progress (self->status, -1, NULL);
    fovea_window_say (self, self->said);
    fovea_window_update_actions (self);
}

void
fovea_window_end_job (FoveaWindow *self, const GError *error, const char *text)
{
    if (g_cancellable_is_cancelled (self->cancellable))
        return; /* closed, and its widgets are gone */
    clear (self);
    fovea_status_line_set_progress (self->status, -1, NULL);
    gboolean cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    if (error != NULL)
        text = cancelled ? _ ("Cancelled") : _ ("Failed");
    fovea_window_say (self, text != NULL ? text : self->said);
    if (error != NULL && !cancelled)
        fovea_window_show_failure (self, error->message);
    fovea_window_update_actions (self);
    fovea_window_score_later (self);
}

void
fovea_window_say_measured (FoveaWindow *self, const GError *error, double share)
{
    if (error == NULL || !(share > 0))
        return;
    g_autofree char *text =
        g_strdup_printf (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                             ? _ ("Cancelled; %d %% is measured and kept, the same goes on there")
                             : _ ("Failed; %d %% is measured and kept, the same goes on there"),
                         fovea_kept_work_percent (share));
    fovea_window_say (self, text);
}
