/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Made once; asking empties it. */
#include "ui/position-entry.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/popover-place.h"
#include "ui/token-text.h"

struct _FoveaPositionEntry {
    GtkPopover parent_instance;
    FoveaSelection *selection;
    GtkWidget *entry;
    GtkWidget *asking, *before; /* weak; had the keys when it was asked */
};

G_DEFINE_FINAL_TYPE (FoveaPositionEntry, fovea_position_entry, GTK_TYPE_POPOVER)

/* "157,26" or "157": query, and key if given. FALSE if it is neither. */
static gboolean
parse (const char *text, gint64 *query, gint64 *key)
{
    char *end = NULL;
    *query = g_ascii_strtoll (text, &end, 10);
    if (end == text)
        return FALSE;
    end += strspn (end, " ,;");
    if (*end == '\0')
        return TRUE;
    text = end;
    *key = g_ascii_strtoll (text, &end, 10);
    return end > text && end[strspn (end, " ")] == '\0';
}

/* What is wrong stays to be corrected, with what would be right in the status line. */
static void
typed (FoveaPositionEntry *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    gint64 last = info != NULL ? info->n_tokens - 1 : 0;
    gint64 query, key = fovea_selection_get_place (self->selection)->key;
    gboolean read = parse (gtk_editable_get_text (GTK_EDITABLE (self->entry)), &query, &key);
    if (read && MIN (query, key) >= 0 && MAX (query, key) <= last) {
        gtk_popover_popdown (GTK_POPOVER (self));
        fovea_selection_select_cell (self->selection, query, key);
        return;
    }
    g_autofree char *end = fovea_number_text (last);
    g_autofree char *words = g_strdup_printf (
        _ ("A position is a query, or query,key as 157,26: numbers from 0 to %s"), end);
    gtk_widget_add_css_class (self->entry, "error");
    gtk_widget_activate_action (GTK_WIDGET (self), "win.say", "s", words);
}

static void
fovea_position_entry_dispose (GObject *object)
{
    FoveaPositionEntry *self = FOVEA_POSITION_ENTRY (object);
    g_clear_weak_pointer (&self->asking);
    g_clear_weak_pointer (&self->before);
    g_clear_object (&self->selection);
    G_OBJECT_CLASS (fovea_position_entry_parent_class)->dispose (object);
}

static void
fovea_position_entry_class_init (FoveaPositionEntryClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_position_entry_dispose;
}

static void
fovea_position_entry_init (FoveaPositionEntry *self)
{
    self->entry = gtk_entry_new ();
    gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), _ ("query,key"));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Position, query and key"), -1);
    gtk_popover_set_child (GTK_POPOVER (self), self->entry);
    g_signal_connect_object (self->entry, "activate", G_CALLBACK (typed), self, G_CONNECT_SWAPPED);
}

/* The keys go on where they came from. */
static void
closed (FoveaPositionEntry *self)
{
    if (self->before != NULL && gtk_widget_get_mapped (self->before))
        gtk_widget_grab_focus (self->before);
    else if (self->asking != NULL)
        gtk_widget_child_focus (self->asking, GTK_DIR_TAB_FORWARD);
}

GtkWidget *
fovea_position_entry_new (FoveaSelection *selection, GtkWidget *parent, GtkWidget *asking)
{
    FoveaPositionEntry *self = g_object_new (FOVEA_TYPE_POSITION_ENTRY, NULL);
    self->selection = g_object_ref (selection);
    gtk_widget_set_parent (GTK_WIDGET (self), parent);
    g_set_weak_pointer (&self->asking, asking);
    g_signal_connect (self, "closed", G_CALLBACK (closed), NULL);
    return GTK_WIDGET (self);
}

void
fovea_position_entry_ask (FoveaPositionEntry *self, const GdkRectangle *at)
{
    GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
    GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
    gboolean menu = focus != NULL && gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) != NULL;
    g_set_weak_pointer (&self->before, menu ? NULL : focus); /* a menu is about to go */
    gtk_widget_remove_css_class (self->entry, "error");
    gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
    if (at != NULL)
        fovea_popover_place (GTK_POPOVER (self), at);
    gtk_popover_popup (GTK_POPOVER (self));
    gtk_widget_grab_focus (self->entry);
}
