/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Columns are made from the table's own columns, so a new score needs nothing here. Rows are
 * FoveaHeadItem, which look their scores up by column name. */
#include "ui/head-table.h"

#include <math.h>

#include "ui/head-item.h"
#include "ui/token-text.h"

typedef struct {
    FoveaSelection *selection;
    GtkColumnView *view;
    GListStore *items;
    GtkSingleSelection *rows;
    gboolean filling;
} HeadTable;

/* Numbers at the right, names at the left. */
static void
setup_cell (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
    GtkWidget *label = gtk_label_new ("");
    gtk_label_set_xalign (GTK_LABEL (label), column != NULL ? 1 : 0);
    gtk_list_item_set_child (item, label);
}

/* @column NULL: name and role. */
static void
bind_cell (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer column)
{
    FoveaHeadItem *item = gtk_list_item_get_item (list_item);
    GtkLabel *label = GTK_LABEL (gtk_list_item_get_child (list_item));
    if (column == NULL) {
        g_autofree char *text = g_strdup_printf ("%s  %s", fovea_head_item_get_name (item),
                                                 fovea_head_item_get_role (item));
        gtk_label_set_text (label, text);
        return;
    }
    double value = fovea_head_item_get_score (item, column);
    g_autofree char *text = fovea_weight_text (value, fabs (value) >= 10 ? 1 : 3);
    gtk_label_set_text (label, text);
}

/* Unknown scores sort below every known one. */
static int
compare (gconstpointer a, gconstpointer b, gpointer column)
{
    double x = fovea_head_item_get_score (FOVEA_HEAD_ITEM ((gpointer) a), column);
    double y = fovea_head_item_get_score (FOVEA_HEAD_ITEM ((gpointer) b), column);
    x = isnan (x) ? -INFINITY : x;
    y = isnan (y) ? -INFINITY : y;
    return (x > y) - (x < y);
}

/* The name is interned: factories and sorters outlive the table it came from. */
static void
add_column (HeadTable *self, const char *title, const char *column)
{
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
    gpointer name = (gpointer) g_intern_string (column);
    g_signal_connect (factory, "setup", G_CALLBACK (setup_cell), name);
    g_signal_connect (factory, "bind", G_CALLBACK (bind_cell), name);
    g_autoptr (GtkColumnViewColumn) added = gtk_column_view_column_new (title, factory);
    if (column != NULL) {
        g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare, name, NULL));
        gtk_column_view_column_set_sorter (added, sorter);
    }
    gtk_column_view_column_set_resizable (added, TRUE);
    gtk_column_view_append_column (self->view, added);
}

/* Standard errors are left to the inspector: they would double the columns. */
static void
make_columns (HeadTable *self, FoveaTable *heads)
{
    GListModel *columns = gtk_column_view_get_columns (self->view);
    while (g_list_model_get_n_items (columns) > 0) {
        g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, 0);
        gtk_column_view_remove_column (self->view, column);
    }
    add_column (self, "head", NULL);
    for (guint c = 0; heads != NULL && c < fovea_table_get_n_columns (heads); c++) {
        FoveaColumnKind kind;
        const char *unit, *name = fovea_table_get_column (heads, c, &kind, &unit, NULL);
        if (kind != FOVEA_COLUMN_NUMBER || g_str_has_suffix (name, "_se"))
            continue;
        g_autofree char *words = g_strdelimit (g_strdup (name), "_", ' ');
        g_autofree char *title = unit != NULL && *unit != '\0'
                                     ? g_strdup_printf ("%s, %s", words, unit)
                                     : g_strdup (words);
        add_column (self, title, name);
    }
}

/* Selecting is off meanwhile, or emptying the list would move the selection. */
static void
fill (HeadTable *self)
{
    FoveaTable *heads = fovea_selection_get_heads (self->selection);
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    self->filling = TRUE;
    make_columns (self, heads);
    g_list_store_remove_all (self->items);
    for (gint64 l = 0; info != NULL && l < info->architecture->n_layers; l++) {
        for (gint64 h = 0; h < info->architecture->n_heads; h++) {
            g_autoptr (FoveaHeadItem) item = fovea_head_item_new ((guint) l, (guint) h, heads);
            g_list_store_append (self->items, item);
        }
    }
    self->filling = FALSE;
}

static void
row_selected (HeadTable *self)
{
    FoveaHeadItem *item = gtk_single_selection_get_selected_item (self->rows);
    guint layer, head;
    if (item == NULL || self->filling)
        return;
    fovea_head_item_get_place (item, &layer, &head);
    fovea_selection_select_head (self->selection, layer, head);
}

/* The struct belongs to the widget and goes with it. */
static void
destroyed (gpointer data, GObject *widget)
{
    HeadTable *self = data;
    g_signal_handlers_disconnect_by_data (self->selection, self);
    g_signal_handlers_disconnect_by_data (self->rows, self);
    g_object_unref (self->selection);
    g_object_unref (self->rows);
    g_object_unref (self->items);
    g_free (self);
}

GtkWidget *
fovea_head_table_new (FoveaSelection *selection)
{
    HeadTable *self = g_new0 (HeadTable, 1);
    GtkWidget *scrolled = gtk_scrolled_window_new ();
    self->selection = g_object_ref (selection);
    self->items = g_list_store_new (FOVEA_TYPE_HEAD_ITEM);
    self->view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
    GtkSorter *sorter = g_object_ref (gtk_column_view_get_sorter (self->view));
    GtkSortListModel *sorted =
        gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->items)), sorter);
    self->rows = gtk_single_selection_new (G_LIST_MODEL (sorted));
    gtk_single_selection_set_autoselect (self->rows, FALSE);
    gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->rows));
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    "Scores of all heads", -1);
    gtk_widget_add_css_class (GTK_WIDGET (self->view), "data-table");
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->view));
    gtk_widget_set_vexpand (scrolled, TRUE);
    g_signal_connect_swapped (selection, "heads-changed", G_CALLBACK (fill), self);
    g_signal_connect_swapped (self->rows, "notify::selected", G_CALLBACK (row_selected), self);
    g_object_weak_ref (G_OBJECT (scrolled), destroyed, self);
    return scrolled;
}
