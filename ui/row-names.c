/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What has the focus is the widget that the list puts round a row. GTK 4.8 gives it the name of its type, and
 * has no property for another. Named when it gets the focus, it costs the others nothing. */
#include "ui/row-names.h"

#include "ui/text-cell.h"

static const char *
get_words (GtkWidget *widget)
{
    return FOVEA_IS_TEXT_CELL (widget)   ? fovea_text_cell_get_text (FOVEA_TEXT_CELL (widget))
           : GTK_IS_LABEL (widget)       ? gtk_label_get_text (GTK_LABEL (widget))
           : GTK_IS_INSCRIPTION (widget) ? gtk_inscription_get_text (GTK_INSCRIPTION (widget))
                                         : NULL;
}

static void
add_words (GtkWidget *widget, const char *title, GString *name)
{
    const char *words = gtk_widget_get_visible (widget) ? get_words (widget) : NULL;
    if (words != NULL && *words != '\0')
        g_string_append_printf (name, "%s%s%s%s", name->len > 0 ? ", " : "",
                                title != NULL ? title : "", title != NULL ? " " : "", words);
    for (GtkWidget *child = gtk_widget_get_first_child (widget); words == NULL && child != NULL;
         child = gtk_widget_get_next_sibling (child))
        add_words (child, title, name);
}

/* A row of a column view has a child for each column that is shown, in order. */
static void
add_cells (GtkColumnView *view, GtkWidget *row, GString *name)
{
    GListModel *columns = gtk_column_view_get_columns (view);
    GtkWidget *cell = gtk_widget_get_first_child (row);
    for (guint i = 0; cell != NULL && i < g_list_model_get_n_items (columns); i++) {
        g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
        if (!gtk_column_view_column_get_visible (column))
            continue;
        add_words (cell, gtk_column_view_column_get_title (column), name);
        cell = gtk_widget_get_next_sibling (cell);
    }
}

static void
focus_moved (GtkWidget *list, GParamSpec *pspec, GtkRoot *root)
{
    GtkWidget *row = gtk_root_get_focus (root);
    if (row == NULL || !gtk_widget_is_ancestor (row, list))
        return;
    GtkAccessibleRole role = gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (row));
    if (role != GTK_ACCESSIBLE_ROLE_ROW && role != GTK_ACCESSIBLE_ROLE_LIST_ITEM)
        return;
    g_autoptr (GString) name = g_string_new (NULL);
    if (GTK_IS_COLUMN_VIEW (list))
        add_cells (GTK_COLUMN_VIEW (list), row, name);
    else
        add_words (row, NULL, name);
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name->str,
                                    -1);
}

static void
root_changed (GtkWidget *list)
{
    GtkRoot *root = gtk_widget_get_root (list);
    if (root != NULL)
        g_signal_connect_object (root, "notify::focus-widget", G_CALLBACK (focus_moved), list,
                                 G_CONNECT_SWAPPED);
}

void
fovea_row_names_bind (GtkWidget *list)
{
    g_signal_connect (list, "notify::root", G_CALLBACK (root_changed), NULL);
    root_changed (list);
}
