/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The place is remembered with the text: when the selection moves, what was typed belongs to the
 * place that was left. */
#include "ui/note-box.h"
#include "ui/tip.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#define PAUSE_MS   800
#define MIN_HEIGHT 54

struct _FoveaNoteBox {
    GtkBox parent_instance;
    FoveaSelection *selection;
    FoveaNotes *notes;
    GtkTextView *text;
    gboolean cell;
    FoveaPlace place; /* what the text is about */
    gboolean typed;   /* since it was shown or committed */
    gboolean showing; /* the text is being set, not typed */
    guint timeout;
    GtkAdjustment *down; /* of what it is in, while it is written; NULL = is not */
};

G_DEFINE_FINAL_TYPE (FoveaNoteBox, fovea_note_box, GTK_TYPE_BOX)

static guint done_signal;

void
fovea_note_box_commit (FoveaNoteBox *self)
{
    GtkTextIter start, end;
    g_clear_handle_id (&self->timeout, g_source_remove);
    if (!self->typed)
        return;
    GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
    gtk_text_buffer_get_bounds (buffer, &start, &end);
    g_autofree char *text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
    self->typed = FALSE;
    fovea_notes_edit (self->notes, &self->place, g_strchomp (text));
}

static gboolean
paused (gpointer data)
{
    FoveaNoteBox *self = data;
    self->timeout = 0;
    fovea_note_box_commit (self);
    return G_SOURCE_REMOVE;
}

static void
text_typed (FoveaNoteBox *self)
{
    if (self->showing)
        return;
    self->typed = TRUE;
    g_clear_handle_id (&self->timeout, g_source_remove);
    self->timeout = g_timeout_add (PAUSE_MS, paused, self);
}

/* Nothing is shown anew while somebody types about the same thing: the cursor would jump. */
static void
show (FoveaNoteBox *self)
{
    if (self->typed)
        return;
    g_autofree char *label =
        self->cell
            ? g_strdup_printf (_ ("Note on query %" PRId64 ", key %" PRId64 ", head %u.%u"),
                               self->place.query, self->place.key, self->place.layer,
                               self->place.head)
            : g_strdup_printf (_ ("Note on head %u.%u"), self->place.layer, self->place.head);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    label, -1);
    GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
    GtkTextIter start, end;
    const char *text = fovea_notes_get (self->notes, &self->place);
    gtk_text_buffer_get_bounds (buffer, &start, &end);
    g_autofree char *shown = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
    /* A trailing line break is not part of the note, but of the typing that goes on. */
    if (g_str_equal (g_strchomp (shown), text))
        return;
    self->showing = TRUE;
    gtk_text_buffer_set_text (buffer, text, -1);
    self->showing = FALSE;
}

static void
moved (FoveaNoteBox *self)
{
    fovea_note_box_commit (self);
    self->place = *fovea_selection_get_place (self->selection);
    if (!self->cell)
        self->place.query = self->place.key = -1;
    gtk_widget_set_sensitive (GTK_WIDGET (self->text),
                              fovea_selection_get_source (self->selection) != NULL);
    show (self);
}

static gboolean
scroll_down (GtkWidget *widget, GdkFrameClock *clock, gpointer unused)
{
    FoveaNoteBox *self = FOVEA_NOTE_BOX (widget);
    if (self->down != NULL)
        gtk_adjustment_set_value (self->down, G_MAXDOUBLE);
    return G_SOURCE_REMOVE;
}

/* The note, which is the last of all, stays in sight while it is written, also where the panel came with it
 * and is only now laid out, but not where the toolkit gave it the focus that something else lost; in the
 * next frame, since a value that is set within a layout moves nothing. */
static void
room_changed (FoveaNoteBox *self)
{
    if (gtk_widget_get_state_flags (GTK_WIDGET (self)) & GTK_STATE_FLAG_FOCUS_WITHIN)
        gtk_widget_add_tick_callback (GTK_WIDGET (self), scroll_down, NULL, NULL);
}

static void
stop_writing (FoveaNoteBox *self)
{
    if (self->down != NULL)
        g_signal_handlers_disconnect_by_func (self->down, room_changed, self);
    g_clear_object (&self->down);
}

static gboolean
key_pressed (
    GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, FoveaNoteBox *self)
{
    if (key != GDK_KEY_Escape)
        return FALSE;
    fovea_note_box_commit (self);
    if (self->down != NULL) /* who is done with the note reads again what is selected */
        gtk_adjustment_set_value (self->down, 0);
    stop_writing (self);
    g_signal_emit (self, done_signal, 0);
    return TRUE;
}

static void
fovea_note_box_dispose (GObject *object)
{
    FoveaNoteBox *self = FOVEA_NOTE_BOX (object);
    g_clear_handle_id (&self->timeout, g_source_remove);
    stop_writing (self);
    g_clear_object (&self->selection);
    g_clear_object (&self->notes);
    G_OBJECT_CLASS (fovea_note_box_parent_class)->dispose (object);
}

static void
fovea_note_box_class_init (FoveaNoteBoxClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_note_box_dispose;
    done_signal = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "notebox");
}

static void
fovea_note_box_init (FoveaNoteBox *self)
{
    GtkWidget *title = gtk_label_new (_ ("NOTE"));
    GtkEventController *keys = gtk_event_controller_key_new ();
    GtkEventController *focus = gtk_event_controller_focus_new ();
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
    gtk_widget_add_css_class (title, "section");
    gtk_label_set_xalign (GTK_LABEL (title), 0);
    self->text = GTK_TEXT_VIEW (gtk_text_view_new ());
    gtk_text_view_set_wrap_mode (self->text, GTK_WRAP_WORD_CHAR);
    gtk_text_view_set_accepts_tab (self->text, FALSE);
    gtk_widget_set_size_request (GTK_WIDGET (self->text), -1, MIN_HEIGHT);
    fovea_tip_set (GTK_WIDGET (self->text), _ ("Kept in the store (M; Esc leaves)"));
    gtk_box_append (GTK_BOX (self), title);
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->text));
    g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed), self);
    g_signal_connect_swapped (focus, "leave", G_CALLBACK (fovea_note_box_commit), self);
    gtk_widget_add_controller (GTK_WIDGET (self->text), keys);
    gtk_widget_add_controller (GTK_WIDGET (self->text), focus);
    g_signal_connect_object (gtk_text_view_get_buffer (self->text), "changed",
                             G_CALLBACK (text_typed), self, G_CONNECT_SWAPPED);
}

GtkWidget *
fovea_note_box_new (FoveaSelection *selection, FoveaNotes *notes)
{
    FoveaNoteBox *self = g_object_new (FOVEA_TYPE_NOTE_BOX, NULL);
    self->selection = g_object_ref (selection);
    self->notes = g_object_ref (notes);
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (moved), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (moved), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (notes, "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
    moved (self);
    return GTK_WIDGET (self);
}

void
fovea_note_box_set_cell (FoveaNoteBox *self, gboolean cell)
{
    fovea_note_box_commit (self);
    self->cell = cell;
    moved (self);
}

void
fovea_note_box_write (FoveaNoteBox *self)
{
    GtkWidget *frame = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_SCROLLED_WINDOW);
    gtk_widget_grab_focus (GTK_WIDGET (self->text));
    if (frame == NULL || self->down != NULL)
        return;
    self->down = g_object_ref (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (frame)));
    g_signal_connect_object (self->down, "changed", G_CALLBACK (room_changed), self,
                             G_CONNECT_SWAPPED);
}
