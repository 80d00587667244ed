/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* GtkDropDown's own factory makes labels that never shrink, and one factory would serve button and
 * list alike, so there are two here. The list's rows mark what is chosen, as GTK's do. */
#include "ui/choice.h"

#include <string.h>

#include "ui/short-label.h"
#include "ui/tip.h"

#define LABEL_KEY   "fovea-label"
#define REFUSED_KEY "fovea-refused" /* a row ... */
#define WHY_KEY     "fovea-why"     /* ... and why; NULL = none is refused */

static void
setup_button (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
    gtk_list_item_set_child (item, fovea_short_label_new ());
}

static void
bind_button (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
    fovea_short_label_set_text (FOVEA_SHORT_LABEL (gtk_list_item_get_child (item)),
                                gtk_string_object_get_string (gtk_list_item_get_item (item)));
}

static void
setup_row (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *label = gtk_label_new (NULL);
    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_widget_set_hexpand (label, TRUE);
    gtk_box_append (GTK_BOX (row), label);
    gtk_box_append (GTK_BOX (row), gtk_image_new_from_icon_name ("object-select-symbolic"));
    gtk_list_item_set_child (item, row);
}

/* What cannot be chosen is grey and says why, to the pointer and aloud. */
static void
show_refusal (GtkListItem *item, GtkDropDown *list)
{
    GtkWidget *row = gtk_list_item_get_child (item);
    const char *why = g_object_get_data (G_OBJECT (list), WHY_KEY);
    guint refused = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (list), REFUSED_KEY));
    if (why != NULL && gtk_list_item_get_position (item) != refused)
        why = NULL;
    gtk_list_item_set_activatable (item, why == NULL);
    gtk_list_item_set_selectable (item, why == NULL);
    gtk_widget_set_sensitive (row, why == NULL);
    fovea_tip_set (row, why);
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (row)),
                                    GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, why != NULL ? why : "",
                                    -1);
}

/* By opacity, so that rows do not change their width with the choice. */
static void
mark_row (GtkListItem *item)
{
    GtkWidget *row = gtk_list_item_get_child (item);
    GtkDropDown *list = g_object_get_data (G_OBJECT (item), "list");
    gboolean chosen = gtk_drop_down_get_selected_item (list) == gtk_list_item_get_item (item);
    gtk_widget_set_opacity (gtk_widget_get_last_child (row), chosen ? 1 : 0);
    show_refusal (item, list);
}

static void
bind_row (GtkSignalListItemFactory *factory, GtkListItem *item, GtkDropDown *list)
{
    GtkWidget *row = gtk_list_item_get_child (item), *label = gtk_widget_get_first_child (row);
    const char *text = gtk_string_object_get_string (gtk_list_item_get_item (item));
    gtk_label_set_text (GTK_LABEL (label), text);
    /* What has the focus is what the list puts round it, which GTK 4.8 has no name for. */
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (row)),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
    g_object_set_data (G_OBJECT (item), "list", list);
    g_signal_connect_swapped (list, "notify::selected-item", G_CALLBACK (mark_row), item);
    mark_row (item);
}

static void
unbind_row (GtkSignalListItemFactory *factory, GtkListItem *item, GtkDropDown *list)
{
    g_signal_handlers_disconnect_by_func (list, mark_row, item);
}

/* GTK gives the focus to the row that had it last, at first the top one, and one more Enter would
 * choose that. Lists as short as these have a widget for each row, in order. */
static void
focus_chosen (GtkPopover *popover, GtkDropDown *list)
{
    GtkWidget *scroller = gtk_widget_get_last_child (gtk_popover_get_child (popover));
    GtkWidget *rows = gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (scroller));
    GtkWidget *row = gtk_widget_get_first_child (rows);
    guint chosen = gtk_drop_down_get_selected (list);
    for (guint i = 0; i < chosen && row != NULL; i++)
        row = gtk_widget_get_next_sibling (row);
    if (row != NULL)
        gtk_widget_grab_focus (row);
}

/* The focus is on the button inside, which has no name of its own: what the list is for, unless the choice
 * says it, and what is chosen. */
static void
name_button (GtkDropDown *list)
{
    const char *label = g_object_get_data (G_OBJECT (list), LABEL_KEY);
    GtkStringObject *chosen = gtk_drop_down_get_selected_item (list);
    if (!GTK_IS_STRING_OBJECT (chosen))
        return;
    const char *text = gtk_string_object_get_string (chosen);
    g_autofree char *name = label == NULL || strchr (text, ':') != NULL
                                ? g_strdup (text)
                                : g_strdup_printf ("%s: %s", label, text);
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (GTK_WIDGET (list))),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void
fovea_choice_open_at_chosen (GtkDropDown *list)
{
    GtkWidget *popover = gtk_widget_get_last_child (GTK_WIDGET (list));
    g_return_if_fail (GTK_IS_POPOVER (popover));
    g_signal_connect (list, "notify::selected-item", G_CALLBACK (name_button), NULL);
    name_button (list);
    g_signal_connect_object (popover, "show", G_CALLBACK (focus_chosen), list, G_CONNECT_AFTER);
}

GtkDropDown *
fovea_choice_new (const char *const *choices, const char *label)
{
    GtkWidget *list = gtk_drop_down_new (NULL, NULL);
    g_autoptr (GtkListItemFactory) button = gtk_signal_list_item_factory_new ();
    g_autoptr (GtkListItemFactory) rows = gtk_signal_list_item_factory_new ();
    g_signal_connect (button, "setup", G_CALLBACK (setup_button), NULL);
    g_signal_connect (button, "bind", G_CALLBACK (bind_button), NULL);
    /* Factories die with their list, hence they need not hold it. */
    g_signal_connect (rows, "setup", G_CALLBACK (setup_row), NULL);
    g_signal_connect (rows, "bind", G_CALLBACK (bind_row), list);
    g_signal_connect (rows, "unbind", G_CALLBACK (unbind_row), list);
    /* In this order, or rows would be made by each factory. */
    gtk_drop_down_set_list_factory (GTK_DROP_DOWN (list), rows);
    gtk_drop_down_set_factory (GTK_DROP_DOWN (list), button);
    if (choices != NULL) {
        g_autoptr (GtkStringList) names = gtk_string_list_new (choices);
        gtk_drop_down_set_model (GTK_DROP_DOWN (list), G_LIST_MODEL (names));
    }
    g_object_set_data_full (G_OBJECT (list), LABEL_KEY, g_strdup (label), g_free);
    gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
    fovea_tip_set (list, label);
    fovea_choice_open_at_chosen (GTK_DROP_DOWN (list));
    return GTK_DROP_DOWN (list);
}

void
fovea_choice_refuse (GtkDropDown *list, guint row, const char *why)
{
    if (g_strcmp0 (why, g_object_get_data (G_OBJECT (list), WHY_KEY)) == 0)
        return;
    g_object_set_data (G_OBJECT (list), REFUSED_KEY, GUINT_TO_POINTER (row));
    g_object_set_data_full (G_OBJECT (list), WHY_KEY, g_strdup (why), g_free);
    g_object_notify (G_OBJECT (list), "selected-item"); /* rows look again */
}

static void
setup_whole (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
    GtkWidget *label = gtk_label_new (NULL);
    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_list_item_set_child (item, label);
}

static void
bind_whole (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
    gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                        gtk_string_object_get_string (gtk_list_item_get_item (item)));
}

void
fovea_choice_keep_whole (GtkDropDown *list)
{
    g_autoptr (GtkListItemFactory) button = gtk_signal_list_item_factory_new ();
    g_signal_connect (button, "setup", G_CALLBACK (setup_whole), NULL);
    g_signal_connect (button, "bind", G_CALLBACK (bind_whole), NULL);
    gtk_drop_down_set_factory (list, button);
}
