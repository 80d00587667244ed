/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A popover without an arrow, whose first row lies beside the thing; GTK moves it into the window. */
#include "ui/context-menu.h"

#include <glib/gi18n.h>

GtkWidget *
fovea_context_menu_new (GtkWidget *parent, const FoveaMenuRow *rows, guint n)
{
    g_autoptr (GMenu) menu = g_menu_new ();
    for (guint i = 0; i < n; i++)
        g_menu_append (menu, _ (rows[i].title), rows[i].action);
    GtkWidget *popover = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
    gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
    gtk_widget_set_halign (popover, GTK_ALIGN_START);
    gtk_widget_set_parent (popover, parent);
    return popover;
}

void
fovea_context_menu_show (GtkWidget *menu, const GdkRectangle *at)
{
    gtk_popover_set_pointing_to (
        GTK_POPOVER (menu), &(GdkRectangle){at->x, at->y, MAX (at->width, 1), MAX (at->height, 1)});
    gtk_popover_popup (GTK_POPOVER (menu));
}

void
fovea_context_menu_bind (GtkWidget *widget, GCallback show, gpointer data)
{
    GtkGesture *click = gtk_gesture_click_new ();
    gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
    g_signal_connect (click, "pressed", show, data);
    gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
}
