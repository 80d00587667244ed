/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The menu of the window, whose rows are actions of ui/commands.c. */
#include "app/window/window-menu.h"

#include <glib/gi18n.h>

#include "app/window/window-private.h"
#include "ui/tip.h"

/* Who looked into the menu and left it goes on where he was. */
static void
menu_closed (FoveaWindow *self)
{
    if (self->before_menu != NULL && gtk_widget_get_mapped (self->before_menu))
        gtk_widget_grab_focus (self->before_menu);
    g_clear_weak_pointer (&self->before_menu);
}

GtkWidget *
fovea_window_build_menu (FoveaWindow *self)
{
    GMenu *menu = self->main_menu = g_menu_new ();
    g_menu_append (menu, _ ("New capture…"), "win.new-capture");
    g_menu_append (menu, _ ("Go on with what was cancelled"), "win.go-on");
    g_menu_append (menu, _ ("Open a store…"), "win.open");
    g_menu_append (menu, _ ("Close the open store"), "win.close-store");
    g_menu_append (menu, _ ("Export this view…"), "win.export");
    g_menu_append (menu, _ ("Compare with this, or stop"), "win.compare");
    g_menu_append (menu, _ ("Find anything…"), "win.palette");
    g_menu_append (menu, _ ("Start page"), "win.start");
    g_menu_append (menu, _ ("Full screen"), "win.fullscreen");
    g_menu_append (menu, _ ("Preferences"), "win.preferences");
    g_menu_append (menu, _ ("Keys"), "win.show-help-overlay");
    g_menu_append (menu, _ ("About Fovea"), "app.about");
    g_menu_append (menu, _ ("Quit"), "app.quit");
    GtkWidget *button = gtk_menu_button_new ();
    gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "open-menu-symbolic");
    gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
    g_signal_connect_object (gtk_menu_button_get_popover (GTK_MENU_BUTTON (button)), "closed",
                             G_CALLBACK (menu_closed), self, G_CONNECT_SWAPPED);
    fovea_tip_set (button, _ ("Menu (F10)"));
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Menu"), -1);
    return button;
}
