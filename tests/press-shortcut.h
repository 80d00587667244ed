/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Keys that widgets have in shortcut controllers, of their own or of their class. */
#include <gtk/gtk.h>

/* Shortcuts that come before those of what stands in the widget, or behind them. */
static inline gboolean
press_shortcut_in (GtkWidget *widget, guint key, GdkModifierType modifiers, gboolean before)
{
    g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
    for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
        g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
        gboolean captures =
            gtk_event_controller_get_propagation_phase (controller) == GTK_PHASE_CAPTURE;
        guint n = GTK_IS_SHORTCUT_CONTROLLER (controller) && captures == before
                      ? g_list_model_get_n_items (G_LIST_MODEL (controller))
                      : 0;
        for (guint k = 0; k < n; k++) {
            g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), k);
            GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);
            if (GTK_IS_KEYVAL_TRIGGER (trigger) &&
                gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) == key &&
                gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger)) == modifiers &&
                gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, widget,
                                              gtk_shortcut_get_arguments (shortcut)))
                return TRUE;
        }
    }
    return FALSE;
}

static inline gboolean
press_shortcut_with (GtkWidget *widget, guint key, GdkModifierType modifiers)
{
    return press_shortcut_in (widget, key, modifiers, TRUE) ||
           press_shortcut_in (widget, key, modifiers, FALSE);
}

/* From the window down to @at. */
static inline gboolean
press_captured (GtkWidget *at, guint key, GdkModifierType modifiers)
{
    GtkWidget *parent = gtk_widget_get_parent (at);
    return (parent != NULL && press_captured (parent, key, modifiers)) ||
           press_shortcut_in (at, key, modifiers, TRUE);
}

/* Does what the plain key does there; FALSE if no shortcut has it, or if all let it pass. */
static inline gboolean
press_shortcut (GtkWidget *widget, guint key)
{
    return press_shortcut_with (widget, key, 0);
}

/* Does what the key does in a window: the application's, then those of what has the focus and of
 * everything that this is in. FALSE if nobody takes it. */
static inline gboolean
press_key (GtkWindow *window, guint key, GdkModifierType modifiers)
{
    g_autofree char *name = gtk_accelerator_name (key, modifiers);
    g_auto (GStrv) actions =
        gtk_application_get_actions_for_accel (gtk_window_get_application (window), name);
    GtkWidget *at = gtk_window_get_focus (window);
    for (guint i = 0; actions[i] != NULL; i++) {
        g_autofree char *action = NULL;
        g_autoptr (GVariant) target = NULL;
        if (g_action_parse_detailed_name (actions[i], &action, &target, NULL) &&
            gtk_widget_activate_action_variant (at != NULL ? at : GTK_WIDGET (window), action,
                                                target))
            return TRUE;
    }
    if (at != NULL && press_captured (at, key, modifiers))
        return TRUE;
    for (; at != NULL; at = gtk_widget_get_parent (at))
        if (press_shortcut_in (at, key, modifiers, FALSE))
            return TRUE;
    return FALSE;
}
