/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A popover without an arrow, whose first row lies beside the thing; GTK moves it into the window. A row that says why
 * it is grey has an action that does not exist, and so no key either, which would do nothing. */
#include "ui/context-menu.h"

#include <glib/gi18n.h>

#include "ui/popover-place.h"

#define MENU    "fovea-menu"
#define NOWHERE "menu.not-now"

typedef struct {
    const FoveaMenuRow *rows;
    guint n;
    GMenu *model;
    const char *refused[FOVEA_MENU_MOST]; /* why, NULL = it can be done */
    gboolean filled;
    GtkWidget *before; /* weak; had the keys when the menu was shown */
} Menu;

static void
menu_free (gpointer data)
{
    Menu *menu = data;
    g_clear_weak_pointer (&menu->before);
    g_object_unref (menu->model);
    g_free (menu);
}

static void
set_row (Menu *menu, guint row, const char *why)
{
    g_autofree char *title = why != NULL
                                 ? g_strdup_printf (_ ("%s (%s)"), _ (menu->rows[row].title), why)
                                 : g_strdup (_ (menu->rows[row].title));
    g_autoptr (GMenuItem) item =
        g_menu_item_new (title, why != NULL ? NOWHERE : menu->rows[row].action);
    if (menu->filled)
        g_menu_remove (menu->model, (int) row);
    g_menu_insert_item (menu->model, (int) row, item);
    menu->refused[row] = why;
}

/* Left to itself the toolkit gives the keys to something round the canvas, where they do nothing. What was chosen may
 * have taken them elsewhere. */
static void
closed (GtkWidget *popover)
{
    Menu *menu = g_object_get_data (G_OBJECT (popover), MENU);
    GtkRoot *root = gtk_widget_get_root (popover);
    GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
    gboolean lost = focus == NULL || focus == popover || gtk_widget_is_ancestor (focus, popover) ||
                    gtk_widget_is_ancestor (popover, focus);
    if (lost && menu->before != NULL && gtk_widget_get_mapped (menu->before))
        gtk_widget_grab_focus (menu->before);
}

GtkWidget *
fovea_context_menu_new (GtkWidget *parent, const FoveaMenuRow *rows, guint n)
{
    Menu *menu = g_new0 (Menu, 1);
    g_assert (n <= FOVEA_MENU_MOST);
    menu->rows = rows;
    menu->n = n;
    menu->model = g_menu_new ();
    for (guint i = 0; i < n; i++)
        set_row (menu, i, NULL);
    menu->filled = TRUE;
    GtkWidget *popover = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu->model));
    g_object_set_data_full (G_OBJECT (popover), MENU, menu, menu_free);
    gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
    gtk_widget_set_halign (popover, GTK_ALIGN_START);
    gtk_widget_set_parent (popover, parent);
    g_signal_connect (popover, "closed", G_CALLBACK (closed), NULL);
    return popover;
}

void
fovea_context_menu_refuse (GtkWidget *popover, const char *action, const char *why)
{
    Menu *menu = g_object_get_data (G_OBJECT (popover), MENU);
    for (guint i = 0; i < menu->n; i++)
        if (g_str_equal (menu->rows[i].action, action) && menu->refused[i] != why)
            set_row (menu, i, why);
}

/* Of the window's actions alone can be asked whether they are on. */
static void
explain_actions (GtkWidget *popover)
{
    Menu *menu = g_object_get_data (G_OBJECT (popover), MENU);
    GtkRoot *root = gtk_widget_get_root (popover);
    for (guint i = 0; i < menu->n && G_IS_ACTION_GROUP (root); i++) {
        const FoveaMenuRow *row = &menu->rows[i];
        if (row->why_off != NULL)
            fovea_context_menu_refuse (popover, row->action,
                                       g_action_group_get_action_enabled (
                                           G_ACTION_GROUP (root), row->action + sizeof "win." - 1)
                                           ? NULL
                                           : _ (row->why_off));
    }
}

void
fovea_context_menu_show (GtkWidget *menu, const GdkRectangle *at)
{
    GtkRoot *root = gtk_widget_get_root (menu);
    Menu *shown = g_object_get_data (G_OBJECT (menu), MENU);
    if (!gtk_widget_get_visible (menu))
        g_set_weak_pointer (&shown->before, root != NULL ? gtk_root_get_focus (root) : NULL);
    explain_actions (menu);
    fovea_popover_place (GTK_POPOVER (menu), at);
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
