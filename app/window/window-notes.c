/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Joins the notes of the window to those of the store. A note that cannot be written stays in the
 * window, and the failure bar says what is in the way; nobody closes the window over it unasked. */
#include "app/window/note-keeper.h"

#include <glib/gi18n.h>
#include "app/window/window-private.h"

enum {
    COPY = 1,
    CLOSE
};

/* A note on its way into a store. */
typedef struct {
    FoveaWindow *window;
    char *path, *text;
    gint64 sequence;
    FoveaPlace place;
} Saving;

static void
saving_free (Saving *saving)
{
    g_object_unref (saving->window);
    g_free (saving->path);
    g_free (saving->text);
    g_free (saving);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Saving, saving_free)

static void
leave (FoveaWindow *self)
{
    GApplication *application = G_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));
    FoveaLeaving how = self->leaving;
    self->leaving = FOVEA_STAYING;
    fovea_loose_notes_clear (self->loose);
    if (how == FOVEA_QUITTING && application != NULL)
        g_action_group_activate_action (G_ACTION_GROUP (application), "quit", NULL);
    else
        gtk_window_destroy (GTK_WINDOW (self));
}

static gboolean
leave_now (gpointer window)
{
    leave (window);
    return G_SOURCE_REMOVE;
}

/* The dialog is still in use while it tells of the answer, and the toolkit ends it with what it belongs to. */
static void
answered (GtkDialog *dialog, int response, FoveaWindow *self)
{
    g_autofree char *notes = fovea_loose_notes_describe (self->loose);
    gtk_window_destroy (GTK_WINDOW (dialog));
    if (response == CLOSE) {
        g_idle_add_full (G_PRIORITY_DEFAULT, leave_now, g_object_ref (self), g_object_unref);
        return;
    }
    self->leaving = FOVEA_STAYING;
    if (response != COPY)
        return;
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), notes);
    fovea_window_say (self, _ ("Copied: notes that are in this window only"));
}

static void
ask (FoveaWindow *self)
{
    guint n = fovea_loose_notes_get_n (self->loose);
    g_autofree char *notes = fovea_loose_notes_describe (self->loose);
    GtkWidget *dialog = gtk_message_dialog_new (
        GTK_WINDOW (self), GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT, GTK_MESSAGE_WARNING,
        GTK_BUTTONS_NONE,
        ngettext ("A note is in this window only", "%u notes are in this window only", n), n);
    gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (dialog), "%s\n\n%s",
                                              fovea_loose_notes_get_reason (self->loose), notes);
    gtk_dialog_add_buttons (GTK_DIALOG (dialog), _ ("Cancel"), GTK_RESPONSE_CANCEL,
                            ngettext ("Copy note", "Copy notes", n), COPY,
                            ngettext ("Close without it", "Close without them", n), CLOSE, NULL);
    gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_CANCEL);
    gtk_widget_add_css_class (dialog, "fovea");
    g_signal_connect_object (dialog, "response", G_CALLBACK (answered), self, 0);
    gtk_window_present (GTK_WINDOW (dialog));
}

/* What was typed last is first given to its store, and the answer waited for. */
gboolean
fovea_window_hold (FoveaWindow *self, FoveaLeaving how)
{
    fovea_note_box_commit (fovea_inspector_get_note (self->inspector));
    gboolean asked = self->leaving != FOVEA_STAYING;
    if (self->notes_on_way == 0 && fovea_loose_notes_get_n (self->loose) == 0)
        return FALSE;
    self->leaving = how;
    if (!asked && self->notes_on_way == 0)
        ask (self);
    else if (!asked)
        fovea_window_say (self, _ ("The note is being written…"));
    return TRUE;
}

static gboolean
close_requested (FoveaWindow *self)
{
    return fovea_window_hold (self, FOVEA_CLOSING);
}

static void
go_on_leaving (FoveaWindow *self)
{
    if (self->leaving == FOVEA_STAYING || self->notes_on_way > 0)
        return;
    if (fovea_loose_notes_get_n (self->loose) > 0)
        ask (self);
    else
        leave (self);
}

static void
saved (GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr (Saving) saving = data;
    FoveaWindow *self = saving->window;
    g_autoptr (GError) error = NULL;
    gboolean done = fovea_note_keeper_save_finish (result, &error);
    self->notes_on_way--;
    if (g_cancellable_is_cancelled (self->cancellable))
        return; /* closed meanwhile */
    fovea_loose_notes_set (self->loose, saving->path, saving->sequence, &saving->place,
                           done ? NULL : saving->text, done ? NULL : error->message);
    if (!done) {
        g_autofree char *text =
            g_strdup_printf (_ ("The note stays in this window only: %s"), error->message);
        fovea_window_show_failure (self, text);
    } else if (self->job == NULL)
        fovea_window_say (self, _ ("Note kept in the store"));
    go_on_leaving (self);
}

static void
edited (FoveaWindow *self, const FoveaPlace *place, const char *text)
{
    if (self->opened == NULL)
        return;
    const FoveaNoteObject about = {place->layer, place->head, place->query, place->key};
    Saving *saving = g_new0 (Saving, 1);
    *saving = (Saving){g_object_ref (self), g_strdup (self->opened->path), g_strdup (text),
                       self->opened->sequence, *place};
    self->notes_on_way++;
    self->notes_written++;
    fovea_note_keeper_save_async (self->opened->path, self->opened->sequence, &about, text, saved,
                                  saving);
}

/* What was asked for, and how many notes had been written here by then. */
typedef struct {
    FoveaWindow *window;
    char *path;
    gint64 sequence;
    guint n_written;
} Listing;

/* Another window may have written some, and nothing that was written here since is undone. */
static void
listed (GObject *object, GAsyncResult *result, gpointer data)
{
    Listing *listing = data;
    FoveaWindow *self = listing->window;
    g_autoptr (GPtrArray) notes = fovea_note_keeper_list_finish (result, NULL);
    if (notes != NULL && !g_cancellable_is_cancelled (self->cancellable) && self->opened != NULL &&
        self->opened->sequence == listing->sequence &&
        g_str_equal (self->opened->path, listing->path) &&
        self->notes_written == listing->n_written)
        fovea_window_show_notes (self, notes);
    g_object_unref (self);
    g_free (listing->path);
    g_free (listing);
}

void
fovea_window_read_notes (FoveaWindow *self, const char *path)
{
    if (self->opened == NULL || !g_str_equal (self->opened->path, path))
        return;
    Listing *listing = g_new0 (Listing, 1);
    *listing = (Listing){g_object_ref (self), g_strdup (path), self->opened->sequence,
                         self->notes_written};
    fovea_note_keeper_list_async (path, self->opened->sequence, listed, listing);
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
    self->loose = fovea_loose_notes_new ();
    g_signal_connect_object (self, "close-request", G_CALLBACK (close_requested), self,
                             G_CONNECT_SWAPPED);
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
    if (self->opened != NULL)
        fovea_loose_notes_add_to (self->loose, self->opened->path, self->opened->sequence,
                                  self->notes);
}

void
fovea_window_write_note (FoveaWindow *self)
{
    gboolean shown;
    g_object_get (self->shell, "show-inspector", &shown, NULL);
    fovea_window_settle_view (self); /* the note is on what the view selects */
    if (!gtk_widget_get_visible (GTK_WIDGET (fovea_inspector_get_note (self->inspector)))) {
        fovea_window_say (self,
                          _ ("A note is on one head, in Heads, or on one cell, in Map (Alt+2)"));
        return;
    }
    g_object_set (self->shell, "show-inspector", TRUE, NULL);
    self->inspector_for_note = !shown;
    fovea_note_box_write (fovea_inspector_get_note (self->inspector));
}
