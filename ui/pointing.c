/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Controllers belong to the widget and go with it, hence plain connections. */
#include "ui/pointing.h"

#include "ui/context-menu.h"

static void
connect (gpointer source, const char *signal, GCallback handler, GtkWidget *widget)
{
    if (handler != NULL)
        g_signal_connect (source, signal, handler, widget);
}

static void
add_drag (GtkWidget *widget, const FoveaPointing *on)
{
    GtkGesture *drag = gtk_gesture_drag_new ();
    connect (drag, "drag-begin", on->drag_begin, widget);
    connect (drag, "drag-update", on->drag_update, widget);
    connect (drag, "drag-end", on->drag_end, widget);
    gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
}

/* A ring shows where the focus is. */
static void
follow_focus (GtkWidget *widget)
{
    GtkEventController *focus = gtk_event_controller_focus_new ();
    gtk_widget_set_focusable (widget, TRUE);
    g_signal_connect_swapped (focus, "enter", G_CALLBACK (gtk_widget_queue_draw), widget);
    g_signal_connect_swapped (focus, "leave", G_CALLBACK (gtk_widget_queue_draw), widget);
    gtk_widget_add_controller (widget, focus);
}

void
fovea_pointing_bind (GtkWidget *widget, const FoveaPointing *on)
{
    GtkGesture *click = gtk_gesture_click_new ();
    GtkEventController *motion = gtk_event_controller_motion_new ();
    gtk_widget_set_hexpand (widget, TRUE);
    gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
    gtk_widget_set_has_tooltip (widget, on->query_tooltip != NULL);
    connect (widget, "query-tooltip", on->query_tooltip, widget);
    connect (click, "pressed", on->pressed, widget);
    connect (motion, "motion", on->motion, widget);
    if (on->leave != NULL)
        g_signal_connect_swapped (motion, "leave", on->leave, widget);
    gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
    gtk_widget_add_controller (widget, motion);
    if (on->drag_begin != NULL)
        add_drag (widget, on);
    follow_focus (widget);
    if (on->menu != NULL)
        fovea_context_menu_bind (widget, on->menu, widget);
}
