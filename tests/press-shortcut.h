/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Keys that a widget has in a shortcut controller of its own. */
#include <gtk/gtk.h>

/* Does what the plain key does there; FALSE if no shortcut has it, or if that lets it pass. */
static inline gboolean
press_shortcut (GtkWidget *widget, guint key)
{
    g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
    for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
        g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
        guint n = GTK_IS_SHORTCUT_CONTROLLER (controller)
                      ? g_list_model_get_n_items (G_LIST_MODEL (controller))
                      : 0;
        for (guint k = 0; k < n; k++) {
            g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), k);
            GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);
            if (GTK_IS_KEYVAL_TRIGGER (trigger) &&
                gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) == key &&
                gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger)) == 0)
                return gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, widget,
                                                     gtk_shortcut_get_arguments (shortcut));
        }
    }
    return FALSE;
}
