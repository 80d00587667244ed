/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The toolkit's own switch for this came later. For the moment of the press the list is none of those that
 * can be gone to, so that whoever hands the focus round passes it over. */
#include "ui/tab-out.h"

static gboolean
key_pressed (GtkEventControllerKey *controller,
             guint key,
             guint code,
             GdkModifierType state,
             GtkWidget *list)
{
    gboolean back = key == GDK_KEY_ISO_Left_Tab;
    if ((key != GDK_KEY_Tab && key != GDK_KEY_KP_Tab && !back) || (state & GDK_CONTROL_MASK))
        return FALSE;
    gtk_widget_set_can_focus (list, FALSE);
    gboolean moved = gtk_widget_child_focus (GTK_WIDGET (gtk_widget_get_root (list)),
                                             back ? GTK_DIR_TAB_BACKWARD : GTK_DIR_TAB_FORWARD);
    gtk_widget_set_can_focus (list, TRUE);
    return moved;
}

void
fovea_tab_out_bind (GtkWidget *list)
{
    GtkEventController *keys = gtk_event_controller_key_new ();
    gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
    g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed), list);
    gtk_widget_add_controller (list, keys);
}
