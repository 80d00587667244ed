/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Made once; asking empties it. */
#include "ui/map-position.h"

#include <glib/gi18n.h>
#include <string.h>

struct _FoveaMapPosition {
    GtkPopover parent_instance;
    FoveaSelection *selection;
    GtkWidget *entry;
};

G_DEFINE_FINAL_TYPE (FoveaMapPosition, fovea_map_position, GTK_TYPE_POPOVER)

/* "157,26" or "157": query, and key if given. */
static void
typed (FoveaMapPosition *self)
{
    const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
    char *end = NULL;
    gint64 query = g_ascii_strtoll (text, &end, 10);
    if (end == text) {
        gtk_widget_add_css_class (self->entry, "error");
        return;
    }
    gint64 key = fovea_selection_get_place (self->selection)->key;
    end += strspn (end, " ,;");
    if (g_ascii_isdigit (*end))
        key = g_ascii_strtoll (end, NULL, 10);
    gtk_popover_popdown (GTK_POPOVER (self));
    fovea_selection_select_cell (self->selection, query, key);
}

static void
fovea_map_position_dispose (GObject *object)
{
    g_clear_object (&FOVEA_MAP_POSITION (object)->selection);
    G_OBJECT_CLASS (fovea_map_position_parent_class)->dispose (object);
}

static void
fovea_map_position_class_init (FoveaMapPositionClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_map_position_dispose;
}

static void
fovea_map_position_init (FoveaMapPosition *self)
{
    self->entry = gtk_entry_new ();
    gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), _ ("query,key"));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Position, query and key"), -1);
    gtk_popover_set_child (GTK_POPOVER (self), self->entry);
    g_signal_connect_object (self->entry, "activate", G_CALLBACK (typed), self, G_CONNECT_SWAPPED);
}

FoveaMapPosition *
fovea_map_position_new (FoveaSelection *selection, GtkWidget *parent)
{
    FoveaMapPosition *self = g_object_new (FOVEA_TYPE_MAP_POSITION, NULL);
    self->selection = g_object_ref (selection);
    gtk_widget_set_parent (GTK_WIDGET (self), parent);
    return self;
}

void
fovea_map_position_ask (FoveaMapPosition *self)
{
    gtk_widget_remove_css_class (self->entry, "error");
    gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
    gtk_popover_popup (GTK_POPOVER (self));
    gtk_widget_grab_focus (self->entry);
}
