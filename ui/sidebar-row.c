/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One widget for stores, runs and sequences, whose parts come and go with what the item tells. */
#include "ui/sidebar-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/tip.h"

#define BAR      54 /* width of the bar of what is being written */
#define ITEM_KEY "fovea-item"

static void
setup_row (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer data)
{
    GtkWidget *expander = gtk_tree_expander_new (),
              *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
    GtkWidget *icon = gtk_image_new_from_icon_name ("fovea-layers-symbolic");
    GtkWidget *title = gtk_label_new (""), *part = gtk_label_new (""), *count = gtk_label_new (""),
              *bar = gtk_progress_bar_new ();
    gtk_label_set_xalign (GTK_LABEL (title), 0);
    gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
    gtk_label_set_xalign (GTK_LABEL (part), 0);
    gtk_widget_set_hexpand (part, TRUE);
    gtk_widget_add_css_class (count, "count");
    gtk_box_append (GTK_BOX (box), icon);
    gtk_box_append (GTK_BOX (box), title);
    gtk_box_append (GTK_BOX (box), part);
    gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("view-dual-symbolic"));
    gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
    gtk_widget_set_size_request (bar, BAR, -1);
    gtk_box_append (GTK_BOX (box), count);
    gtk_box_append (GTK_BOX (box), bar);
    gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), box);
    gtk_list_item_set_child (list_item, expander);
}

/* A sequence that is being written has a bar in place of its count. */
static void
show_progress (FoveaTreeItem *item, GParamSpec *pspec, GtkListItem *list_item)
{
    GtkWidget *expander = gtk_list_item_get_child (list_item);
    GtkWidget *bar =
        gtk_widget_get_last_child (gtk_tree_expander_get_child (GTK_TREE_EXPANDER (expander)));
    double progress = fovea_tree_item_get_progress (item);
    gtk_widget_set_visible (bar, progress >= 0);
    gtk_widget_set_visible (gtk_widget_get_prev_sibling (bar), progress < 0);
    if (progress < 0)
        return;
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (bar), MIN (progress, 1));
    g_autofree char *label =
        g_strdup_printf (_ ("%s, being written"), fovea_tree_item_get_title (item));
    gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
    fovea_tip_set (expander, label);
}

/* What is not there has no size. */
static void
show_count (FoveaTreeItem *item, GParamSpec *pspec, GtkListItem *list_item)
{
    GtkWidget *expander = gtk_list_item_get_child (list_item);
    GtkWidget *bar =
        gtk_widget_get_last_child (gtk_tree_expander_get_child (GTK_TREE_EXPANDER (expander)));
    gboolean missing = fovea_tree_item_get_missing (item);
    gtk_label_set_text (GTK_LABEL (gtk_widget_get_prev_sibling (bar)),
                        missing ? _ ("missing") : fovea_tree_item_get_count (item));
    if (missing)
        gtk_widget_add_css_class (expander, "missing");
    else
        gtk_widget_remove_css_class (expander, "missing");
}

/* Stores may share a name, and a row may be too short for it: where the file is, or was. */
static char *
describe (FoveaTreeItem *item)
{
    g_autofree char *path = g_filename_display_name (fovea_tree_item_get_path (item));
    const char *title = fovea_tree_item_get_title (item);
    if (fovea_tree_item_get_missing (item))
        return g_strdup_printf (_ ("%s is not there any more; Delete closes it"), path);
    if (fovea_tree_item_get_kind (item) == FOVEA_TREE_STORE)
        return g_steal_pointer (&path);
    if (fovea_tree_item_get_hint (item) != NULL)
        return g_strdup_printf ("%s: %s", title, fovea_tree_item_get_hint (item));
    if (fovea_tree_item_get_compared (item))
        return g_strdup_printf (_ ("%s: others are compared with this one"), title);
    return g_strdup (title);
}

/* Two texts may begin alike, so the row itself says which one stands beside the others. */
static void
show_state (FoveaTreeItem *item, GParamSpec *pspec, GtkListItem *list_item)
{
    GtkWidget *expander = gtk_list_item_get_child (list_item);
    GtkWidget *bar =
        gtk_widget_get_last_child (gtk_tree_expander_get_child (GTK_TREE_EXPANDER (expander)));
    GtkWidget *mark = gtk_widget_get_prev_sibling (gtk_widget_get_prev_sibling (bar));
    g_autofree char *tip = describe (item);
    g_autofree char *name = g_strdup_printf ("%s, %s", fovea_tree_item_get_title (item),
                                             fovea_tree_item_get_count (item));
    gtk_widget_set_visible (mark, fovea_tree_item_get_compared (item));
    fovea_tip_set (expander, tip);
    gtk_accessible_update_property (GTK_ACCESSIBLE (expander), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    -1);
    show_count (item, NULL, list_item);
}

/* A row that has left the tree knows its item no more. */
static void
unbind_row (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer data)
{
    g_autoptr (FoveaTreeItem) item = g_object_steal_data (G_OBJECT (list_item), ITEM_KEY);
    g_signal_handlers_disconnect_by_data (item, list_item);
}

/* Windows of a book differ at their end only, which therefore has a label of its own that is never
 * shortened: "moby_di…" and "part 12". */
static void
show_title (GtkWidget *title, GtkWidget *part, const char *text)
{
    static const char mark[] = ", part ";
    const char *end = g_strrstr (text, mark);
    g_autofree char *name = end != NULL ? g_strndup (text, (gsize) (end - text)) : g_strdup (text);
    gtk_label_set_text (GTK_LABEL (title), name);
    gtk_label_set_text (GTK_LABEL (part), end != NULL ? end + 2 : "");
}

/* One row widget for all three kinds; only stores carry the icon. */
static void
bind_row (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer data)
{
    GtkTreeListRow *row = gtk_list_item_get_item (list_item);
    GtkWidget *expander = gtk_list_item_get_child (list_item);
    GtkWidget *icon =
        gtk_widget_get_first_child (gtk_tree_expander_get_child (GTK_TREE_EXPANDER (expander)));
    GtkWidget *title = gtk_widget_get_next_sibling (icon);
    GtkWidget *part = gtk_widget_get_next_sibling (title);
    g_autoptr (FoveaTreeItem) item = gtk_tree_list_row_get_item (row);
    gboolean store = fovea_tree_item_get_kind (item) == FOVEA_TREE_STORE;
    gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (expander), row);
    gtk_widget_set_visible (icon, store);
    show_title (title, part, fovea_tree_item_get_title (item));
    if (store)
        gtk_widget_add_css_class (title, "store");
    else
        gtk_widget_remove_css_class (title, "store");
    if (fovea_tree_item_get_kind (item) == FOVEA_TREE_SEQUENCE)
        gtk_widget_add_css_class (gtk_widget_get_parent (title), "leaf");
    else
        gtk_widget_remove_css_class (gtk_widget_get_parent (title), "leaf");
    g_object_set_data_full (G_OBJECT (list_item), ITEM_KEY, g_object_ref (item), g_object_unref);
    g_signal_connect (item, "notify::progress", G_CALLBACK (show_progress), list_item);
    g_signal_connect (item, "notify::count", G_CALLBACK (show_state), list_item);
    g_signal_connect (item, "notify::compared", G_CALLBACK (show_state), list_item);
    g_signal_connect (item, "notify::missing", G_CALLBACK (show_state), list_item);
    show_state (item, NULL, list_item);
    show_progress (item, NULL, list_item);
}

GtkListItemFactory *
fovea_sidebar_row_factory_new (void)
{
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
    g_signal_connect (factory, "setup", G_CALLBACK (setup_row), NULL);
    g_signal_connect (factory, "bind", G_CALLBACK (bind_row), NULL);
    g_signal_connect (factory, "unbind", G_CALLBACK (unbind_row), NULL);
    return factory;
}

FoveaTreeItem *
fovea_sidebar_row_get_item (GtkWidget *widget)
{
    if (widget == NULL)
        return NULL;
    GtkWidget *child = gtk_widget_get_first_child (widget);
    GtkWidget *expander = GTK_IS_TREE_EXPANDER (child)
                              ? child
                              : gtk_widget_get_ancestor (widget, GTK_TYPE_TREE_EXPANDER);
    g_autoptr (FoveaTreeItem) item =
        expander != NULL ? gtk_tree_expander_get_item (GTK_TREE_EXPANDER (expander)) : NULL;
    return item; /* the tree has it */
}
