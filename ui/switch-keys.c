/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/switch-keys.h"

static void
follow (GtkWidget *switcher)
{
    GtkStack *stack = gtk_stack_switcher_get_stack (GTK_STACK_SWITCHER (switcher));
    g_autoptr (GtkSelectionModel) pages = gtk_stack_get_pages (stack);
    GtkWidget *button = gtk_widget_get_first_child (switcher);
    for (guint i = 0; button != NULL; i++, button = gtk_widget_get_next_sibling (button))
        gtk_widget_set_focusable (button, gtk_selection_model_is_selected (pages, i));
}

static gboolean
choose (GtkWidget *switcher, int step)
{
    GtkStack *stack = gtk_stack_switcher_get_stack (GTK_STACK_SWITCHER (switcher));
    g_autoptr (GtkSelectionModel) pages = gtk_stack_get_pages (stack);
    int n = (int) g_list_model_get_n_items (G_LIST_MODEL (pages)), at = 0;
    while (at < n && !gtk_selection_model_is_selected (pages, (guint) at))
        at++;
    if (at + step < 0 || at + step >= n)
        return TRUE; /* the end of the row */
    gtk_selection_model_select_item (pages, (guint) (at + step), TRUE);
    follow (switcher);
    GtkWidget *button = gtk_widget_get_first_child (switcher);
    for (int i = 0; i < at + step && button != NULL; i++)
        button = gtk_widget_get_next_sibling (button);
    return button != NULL && gtk_widget_grab_focus (button);
}

static gboolean
key_pressed (GtkEventControllerKey *controller,
             guint key,
             guint code,
             GdkModifierType state,
             GtkWidget *switcher)
{
    int step = key == GDK_KEY_Left || key == GDK_KEY_KP_Left     ? -1
               : key == GDK_KEY_Right || key == GDK_KEY_KP_Right ? 1
                                                                 : 0;
    if (step == 0 || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK)))
        return FALSE;
    return choose (switcher,
                   gtk_widget_get_direction (switcher) == GTK_TEXT_DIR_RTL ? -step : step);
}

void
fovea_switch_keys_bind (GtkWidget *switcher)
{
    GtkEventController *keys = gtk_event_controller_key_new ();
    GtkStack *stack = gtk_stack_switcher_get_stack (GTK_STACK_SWITCHER (switcher));
    gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
    g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed), switcher);
    gtk_widget_add_controller (switcher, keys);
    g_signal_connect_object (stack, "notify::visible-child", G_CALLBACK (follow), switcher,
                             G_CONNECT_SWAPPED);
    follow (switcher);
}
