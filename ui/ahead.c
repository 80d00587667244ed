/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/ahead.h"

#define AHEAD "fovea-ahead" /* source that will do it */

static gboolean
measure (gpointer data)
{
    GtkWidget *widget = data;
    int width = gtk_widget_get_width (widget);
    g_object_steal_data (G_OBJECT (widget), AHEAD);
    if (!gtk_widget_get_mapped (widget))
        return G_SOURCE_REMOVE; /* there is no frame before it */
    gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
    gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, width > 0 ? width : -1, NULL, NULL, NULL,
                        NULL);
    return G_SOURCE_REMOVE;
}

static void
forget (gpointer source)
{
    g_source_remove (GPOINTER_TO_UINT (source));
}

void
fovea_ahead_measure (GtkWidget *widget)
{
    if (g_object_get_data (G_OBJECT (widget), AHEAD) != NULL)
        return;
    guint source = g_idle_add_full (GTK_PRIORITY_RESIZE, measure, widget, NULL);
    g_object_set_data_full (G_OBJECT (widget), AHEAD, GUINT_TO_POINTER (source), forget);
}

/* A style is made when it is asked for. The toolkit makes those of a stack's other pages, too. */
void
fovea_ahead_style (GtkWidget *widget)
{
    GdkRGBA color;
    if (!gtk_widget_get_visible (widget))
        return;
    gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
    for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
         child = gtk_widget_get_next_sibling (child))
        fovea_ahead_style (child);
}
