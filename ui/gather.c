/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/gather.h"

#include "ui/whole.h"

struct _FoveaGather {
    GtkWidget parent_instance;
    GtkWidget *child;
    guint most;
};

G_DEFINE_FINAL_TYPE (FoveaGather, fovea_gather, GTK_TYPE_WIDGET)

static void
fovea_gather_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
    FoveaGather *self = FOVEA_GATHER (widget);
    GtkSnapshot *drawn = gtk_snapshot_new ();
    gtk_widget_snapshot_child (widget, self->child, drawn);
    fovea_whole_draw (widget, snapshot, drawn, self->most);
}

static void
fovea_gather_dispose (GObject *object)
{
    g_clear_pointer (&FOVEA_GATHER (object)->child, gtk_widget_unparent);
    G_OBJECT_CLASS (fovea_gather_parent_class)->dispose (object);
}

static void
fovea_gather_class_init (FoveaGatherClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
    G_OBJECT_CLASS (klass)->dispose = fovea_gather_dispose;
    widget_class->snapshot = fovea_gather_snapshot;
    gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
fovea_gather_init (FoveaGather *self)
{
}

GtkWidget *
fovea_gather_new (GtkWidget *child, guint most)
{
    FoveaGather *self = g_object_new (FOVEA_TYPE_GATHER, NULL);
    self->child = child;
    self->most = most;
    gtk_widget_set_parent (child, GTK_WIDGET (self));
    return GTK_WIDGET (self);
}
