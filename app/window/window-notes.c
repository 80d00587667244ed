/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Joins the notes of the window to those of the store. A note that cannot be written stays in the
 * window, and the failure bar says what is in the way. */
#include "app/window/note-keeper.h"

#include <glib/gi18n.h>
#include "app/window/window-private.h"

static void
saved (GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr (FoveaWindow) self = data;
    g_autoptr (GError) error = NULL;
    gboolean done = fovea_note_keeper_save_finish (result, &error);
    if (g_cancellable_is_cancelled (self->cancellable))
        return; /* closed meanwhile */
    if (!done) {
        g_autofree char *text =
            g_strdup_printf (_ ("The note stays in this window only: %s"), error->message);
        fovea_window_show_failure (self, text);
    } else if (self->job == NULL)
        fovea_window_say (self, _ ("Note kept in the store"));
}

static void
edited (FoveaWindow *self, const FoveaPlace *place, const char *text)
{
    if (self->opened == NULL)
        return;
    const FoveaNoteObject about = {place->layer, place->head, place->query, place->key};
    fovea_note_keeper_save_async (self->opened->path, self->opened->sequence, &about, text, saved,
                                  g_object_ref (self));
}

/* Back to where the hands were before M. */
static void
note_done (FoveaWindow *self)
{
    if (self->inspector_for_note)
        g_object_set (self->shell, "show-inspector", FALSE, NULL);
    self->inspector_for_note = FALSE;
    fovea_window_show_view (self, gtk_stack_get_visible_child_name (self->views));
    if (gtk_window_get_focus (GTK_WINDOW (self)) == NULL ||
        gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (self)),
                                GTK_WIDGET (self->inspector)))
        gtk_widget_child_focus (GTK_WIDGET (self->views), GTK_DIR_TAB_FORWARD);
}

void
fovea_window_connect_notes (FoveaWindow *self)
{
    g_signal_connect_object (self->notes, "edited", G_CALLBACK (edited), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (fovea_inspector_get_note (self->inspector), "done",
                             G_CALLBACK (note_done), self, G_CONNECT_SWAPPED);
}

void
fovea_window_show_notes (FoveaWindow *self, GPtrArray *notes)
{
    fovea_notes_clear (self->notes);
    for (guint i = 0; notes != NULL && i < notes->len; i++) {
        const FoveaNote *note = g_ptr_array_index (notes, i);
        const FoveaNoteObject *o = &note->object;
        if (o->layer < 0 || o->head < 0)
            continue; /* on the sequence: nothing here shows it */
        fovea_notes_add (self->notes,
                         &(FoveaPlace){(guint) o->layer, (guint) o->head, o->query, o->key},
                         note->text);
    }
}

void
fovea_window_write_note (FoveaWindow *self)
{
    gboolean shown;
    g_object_get (self->shell, "show-inspector", &shown, NULL);
    g_object_set (self->shell, "show-inspector", TRUE, NULL);
    self->inspector_for_note = !shown;
    fovea_window_settle_view (self); /* the note is on what the view selects */
    fovea_note_box_write (fovea_inspector_get_note (self->inspector));
}
