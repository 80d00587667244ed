/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* selection <- sort <- one list. A column view makes cells for its first 205 rows, in sight or not, and
 * each costs some 80 us of style, layout and drawing: rows come a few a frame, from the top, while the table is
 * in sight. Sorting costs O(n log n) comparisons of numbers. */
#include "ui/data-table.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/commands.h"
#include "ui/fill.h"
#include "ui/row-names.h"
#include "ui/table-copy.h"
#include "ui/tab-out.h"
#include "ui/text-cell.h"

#define NUMBER_CHARS 7
#define WORD_CHARS   22
#define MOST_CELLS   30 /* made in a frame */
#define WIDER        20 /* pixels a key press */
#define LEAST_WIDTH  40
#define ITEM         "fovea-item"
#define MADE_ROWS    205 /* more have no cells until they are scrolled to */

struct _FoveaDataTable {
    GtkBox parent_instance;
    GtkColumnView *view;
    GListStore *items;
    GtkSingleSelection *rows;
    gboolean following; /* rows are being set, not chosen */
    guint sorted_by;    /* column that keys sort by, G_MAXUINT = none yet */
    GtkSortType order;
    GPtrArray *all;       /* of GObject, as they were set */
    GObject *wanted;      /* to be selected when its row comes, NULL = none */
    FoveaTableCopy *copy; /* under way or done, NULL = none of these rows */
};

G_DEFINE_FINAL_TYPE (FoveaDataTable, fovea_data_table, GTK_TYPE_BOX)

static guint chosen_signal, hovered_signal;

/* Numbers at the right, names at the left. Columns have the room of what they usually hold and not of
 * each row: a thousand cells are measured when a table is first seen. */
static void
setup_cell (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
    const FoveaDataColumn *column = data;
    gboolean number = column->number != NULL;
    guint usual = number ? NUMBER_CHARS : WORD_CHARS;
    GtkWidget *label =
        fovea_text_cell_new (NULL, column->chars > 0 ? column->chars : usual, number);
    gtk_list_item_set_child (item, label);
}

static void
bind_cell (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer data)
{
    const FoveaDataColumn *column = data;
    GtkWidget *cell = gtk_list_item_get_child (list_item);
    g_autofree char *text = column->text (gtk_list_item_get_item (list_item), column->column);
    fovea_text_cell_set_text (FOVEA_TEXT_CELL (cell), text);
    g_object_set_data_full (G_OBJECT (cell), ITEM,
                            g_object_ref (gtk_list_item_get_item (list_item)), g_object_unref);
}

/* What the row at a point shows, NULL = none. A row of GTK 4.8 does not tell; its first cell does. */
static GObject *
find_item (FoveaDataTable *self, double x, double y)
{
    GtkWidget *at = gtk_widget_pick (GTK_WIDGET (self->view), x, y, GTK_PICK_DEFAULT);
    while (at != NULL && g_strcmp0 (gtk_widget_get_css_name (at), "row") != 0)
        at = gtk_widget_get_parent (at);
    GtkWidget *cell = at != NULL ? gtk_widget_get_first_child (at) : NULL;
    GtkWidget *words = cell != NULL ? gtk_widget_get_first_child (cell) : NULL;
    return words != NULL ? g_object_get_data (G_OBJECT (words), ITEM) : NULL;
}

static void
pointer_moved (GtkEventControllerMotion *motion, double x, double y, FoveaDataTable *self)
{
    g_signal_emit (self, hovered_signal, 0, find_item (self, x, y));
}

static void
pointer_left (FoveaDataTable *self)
{
    g_signal_emit (self, hovered_signal, 0, NULL);
}

/* Unknown numbers sort below every known one. */
static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
    const FoveaDataColumn *column = data;
    double x = column->number ((gpointer) a, column->column);
    double y = column->number ((gpointer) b, column->column);
    x = isnan (x) ? -INFINITY : x;
    y = isnan (y) ? -INFINITY : y;
    return (x > y) - (x < y);
}

/* The view lets go of its rows after us, which is no choice either. */
static void
row_selected (FoveaDataTable *self)
{
    if (self->rows == NULL || self->following)
        return;
    GObject *item = gtk_single_selection_get_selected_item (self->rows);
    if (item != NULL)
        g_signal_emit (self, chosen_signal, 0, item);
}

/* Where a column stands, scrolled or not. A column view's first child has the headings, in order. */
static gboolean
get_column_bounds (FoveaDataTable *self, guint at, graphene_rect_t *bounds)
{
    GtkWidget *headings = gtk_widget_get_first_child (GTK_WIDGET (self->view));
    GtkWidget *heading = gtk_widget_get_first_child (headings);
    for (guint i = 0; i < at && heading != NULL; i++)
        heading = gtk_widget_get_next_sibling (heading);
    return heading != NULL && gtk_widget_compute_bounds (heading, headings, bounds);
}

/* What the table is sorted by is in sight. */
static void
show_column (FoveaDataTable *self, guint at)
{
    GtkAdjustment *across = gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (self->view));
    graphene_rect_t column;
    if (get_column_bounds (self, at, &column))
        gtk_adjustment_clamp_page (across, column.origin.x, column.origin.x + column.size.width);
}

/* The next column that begins out of sight comes to the left edge, or the one before that. */
static void
scroll_columns (FoveaDataTable *self, int direction)
{
    GtkAdjustment *across = gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (self->view));
    double value = gtk_adjustment_get_value (across), wanted = direction > 0 ? value : 0;
    graphene_rect_t column;
    for (guint at = 0; get_column_bounds (self, at, &column); at++) {
        if (direction > 0 && column.origin.x > value + 1) {
            wanted = column.origin.x;
            break;
        }
        if (direction < 0 && column.origin.x < value - 1)
            wanted = column.origin.x;
    }
    gtk_adjustment_set_value (across, wanted);
    if (fabs (gtk_adjustment_get_value (across) - value) < 1)
        gtk_widget_activate_action (GTK_WIDGET (self), "win.say", "s",
                                    direction > 0 ? _ ("No column further right")
                                                  : _ ("No column further left"));
}

/* Largest first, as one looks for what stands out; who does not see the arrow is told. */
static void
sort_by (FoveaDataTable *self, guint at, GtkSortType order)
{
    g_autoptr (GtkColumnViewColumn) column =
        g_list_model_get_item (gtk_column_view_get_columns (self->view), at);
    g_autofree char *words =
        g_strdup_printf (order == GTK_SORT_DESCENDING ? _ ("Sorted by %s, largest first")
                                                      : _ ("Sorted by %s, smallest first"),
                         gtk_column_view_column_get_title (column));
    self->sorted_by = at;
    self->order = order;
    gtk_column_view_sort_by_column (self->view, NULL,
                                    order); /* or columns of before keep an arrow */
    gtk_column_view_sort_by_column (self->view, column, order);
    show_column (self, at);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->view),
                                    GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
}

static gboolean
can_sort (FoveaDataTable *self, guint at)
{
    g_autoptr (GtkColumnViewColumn) column =
        g_list_model_get_item (gtk_column_view_get_columns (self->view), at);
    return gtk_column_view_column_get_sorter (column) != NULL;
}

/* Of all rows, in sight or not. */
static void
copy_rows (FoveaDataTable *self)
{
    GListModel *columns = gtk_column_view_get_columns (self->view);
    fovea_table_copy_free (self->copy);
    self->copy = fovea_table_copy_new (GTK_WIDGET (self), fovea_data_table_get_rows (self));
    for (guint i = 0; i < g_list_model_get_n_items (columns); i++) {
        g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
        fovea_table_copy_add_column (self->copy, gtk_column_view_column_get_title (column),
                                     g_object_get_data (G_OBJECT (column), "column"));
    }
}

/* Of the column that sorts, else the first: dragging its edge takes a pointer. */
static void
widen (FoveaDataTable *self, int by)
{
    guint n = g_list_model_get_n_items (gtk_column_view_get_columns (self->view));
    guint at = self->sorted_by < n ? self->sorted_by : 0;
    g_autoptr (GtkColumnViewColumn) column =
        g_list_model_get_item (gtk_column_view_get_columns (self->view), at);
    graphene_rect_t heading;
    if (column == NULL || !get_column_bounds (self, at, &heading))
        return;
    gtk_column_view_column_set_expand (column, FALSE); /* or it would fill up again */
    gtk_column_view_column_set_fixed_width (
        column, MAX ((int) heading.size.width + by * WIDER, LEAST_WIDTH));
    show_column (self, at);
}

/* Headings of GTK 4.8 take clicks only, hence keys of our own. */
static void
activate (GtkWidget *widget, const char *action, GVariant *parameter)
{
    FoveaDataTable *self = FOVEA_DATA_TABLE (widget);
    guint n = g_list_model_get_n_items (gtk_column_view_get_columns (self->view));
    if (g_str_equal (action, "table.pin")) {
        gtk_widget_activate_action (widget, "win.pin", NULL);
        return;
    }
    if (g_str_equal (action, "table.left") || g_str_equal (action, "table.right")) {
        scroll_columns (self, g_str_equal (action, "table.right") ? 1 : -1);
        return;
    }
    if (g_str_equal (action, "table.wider") || g_str_equal (action, "table.narrower")) {
        widen (self, g_str_equal (action, "table.wider") ? 1 : -1);
        return;
    }
    if (g_str_equal (action, "table.copy")) {
        copy_rows (self);
        return;
    }
    if (g_str_equal (action, "table.reverse")) {
        if (self->sorted_by < n)
            sort_by (self, self->sorted_by,
                     self->order == GTK_SORT_DESCENDING ? GTK_SORT_ASCENDING : GTK_SORT_DESCENDING);
        return;
    }
    for (guint step = 1; step <= n; step++) {
        guint at = (self->sorted_by < n ? self->sorted_by + step : step - 1) % n;
        if (!can_sort (self, at))
            continue;
        sort_by (self, at, GTK_SORT_DESCENDING);
        return;
    }
}

static guint
get_n_there (FoveaDataTable *self)
{
    return g_list_model_get_n_items (G_LIST_MODEL (self->items));
}

/* Whether keys come here: to a row, or to the whole while a row is still to come. */
static gboolean
has_keys (FoveaDataTable *self)
{
    return (gtk_widget_get_state_flags (GTK_WIDGET (self)) & GTK_STATE_FLAG_FOCUS_WITHIN) != 0;
}

/* Without a row of their own. One that goes would take them with it, and until the next frame has found them
 * a place they would come to nothing. */
static gboolean
take_keys (FoveaDataTable *self)
{
    gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
    return gtk_widget_grab_focus (GTK_WIDGET (self));
}

/* The row of @item, wherever sorting put it. The action is the inner list's, the last child of a column
 * view. */
static void
select_item (FoveaDataTable *self, GObject *item)
{
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
    for (guint i = 0; i < n; i++) {
        g_autoptr (GObject) other = g_list_model_get_item (G_LIST_MODEL (self->rows), i);
        if (other != item)
            continue;
        g_clear_object (&self->wanted);
        self->following = TRUE;
        gtk_single_selection_set_selected (self->rows, i);
        self->following = FALSE;
        gtk_widget_activate_action (gtk_widget_get_last_child (GTK_WIDGET (self->view)),
                                    "list.scroll-to-item", "u", i);
        if (has_keys (self))
            fovea_data_table_focus (self); /* or another row would look chosen, too */
        return;
    }
}

static void
add_rows (FoveaDataTable *self, guint n)
{
    guint there = get_n_there (self);
    n = MIN (n, self->all->len - there);
    self->following = TRUE;
    g_list_store_splice (self->items, there, 0, self->all->pdata + there, n);
    self->following = FALSE;
    if (self->wanted != NULL)
        select_item (self, self->wanted);
}

static gboolean
add_some (gpointer table)
{
    FoveaDataTable *self = table;
    guint columns = g_list_model_get_n_items (gtk_column_view_get_columns (self->view));
    guint some = MAX (MOST_CELLS / MAX (columns, 1), 1);
    add_rows (self, get_n_there (self) >= MADE_ROWS ? G_MAXUINT : some);
    return get_n_there (self) < self->all->len;
}

/* Whoever comes is at the row that is selected, or will be once that is made. */
static gboolean
fovea_data_table_take_focus (GtkWidget *widget, GtkDirectionType direction)
{
    FoveaDataTable *self = FOVEA_DATA_TABLE (widget);
    return (gtk_widget_get_focus_child (widget) == NULL && fovea_data_table_focus (self)) ||
           GTK_WIDGET_CLASS (fovea_data_table_parent_class)->focus (widget, direction);
}

static void
fovea_data_table_dispose (GObject *object)
{
    FoveaDataTable *self = FOVEA_DATA_TABLE (object);
    g_clear_object (&self->rows);
    g_clear_object (&self->items);
    g_clear_object (&self->wanted);
    g_clear_pointer (&self->copy, fovea_table_copy_free);
    g_clear_pointer (&self->all, g_ptr_array_unref);
    G_OBJECT_CLASS (fovea_data_table_parent_class)->dispose (object);
}

static void
fovea_data_table_class_init (FoveaDataTableClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_data_table_dispose;
    GTK_WIDGET_CLASS (klass)->focus = fovea_data_table_take_focus;
    chosen_signal = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_OBJECT);
    hovered_signal = g_signal_new ("hovered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_OBJECT);
    fovea_commands_bind (GTK_WIDGET_CLASS (klass), "table.", activate);
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "datatable");
}

static void
fovea_data_table_init (FoveaDataTable *self)
{
    GtkWidget *scrolled = gtk_scrolled_window_new ();
    self->sorted_by = G_MAXUINT;
    self->items = g_list_store_new (G_TYPE_OBJECT);
    self->all = g_ptr_array_new_with_free_func (g_object_unref);
    fovea_fill_init (GTK_WIDGET (self), add_some);
    self->view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
    fovea_tab_out_bind (GTK_WIDGET (self->view));
    fovea_row_names_bind (GTK_WIDGET (self->view));
    fovea_commands_bind_first (gtk_widget_get_last_child (GTK_WIDGET (self->view)),
                               (const char *[]){"table.left", "table.right", "table.pin", NULL});
    GtkEventController *motion = gtk_event_controller_motion_new ();
    g_signal_connect (motion, "motion", G_CALLBACK (pointer_moved), self);
    g_signal_connect_swapped (motion, "leave", G_CALLBACK (pointer_left), self);
    gtk_widget_add_controller (GTK_WIDGET (self->view), motion);
    GtkSorter *sorter = g_object_ref (gtk_column_view_get_sorter (self->view));
    GtkSortListModel *sorted =
        gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->items)), sorter);
    self->rows = gtk_single_selection_new (G_LIST_MODEL (sorted));
    gtk_single_selection_set_autoselect (self->rows, FALSE);
    gtk_column_view_set_reorderable (self->view, FALSE); /* by a drag alone, and not kept */
    gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->rows));
    gtk_widget_add_css_class (GTK_WIDGET (self->view), "data-table");
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->view));
    gtk_widget_set_hexpand (scrolled, TRUE);
    gtk_widget_set_vexpand (scrolled, TRUE);
    gtk_box_append (GTK_BOX (self), scrolled);
    g_signal_connect_object (self->rows, "notify::selected", G_CALLBACK (row_selected), self,
                             G_CONNECT_SWAPPED);
}

GtkWidget *
fovea_data_table_new (const char *label)
{
    FoveaDataTable *self = g_object_new (FOVEA_TYPE_DATA_TABLE, NULL);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    label, -1);
    return GTK_WIDGET (self);
}

void
fovea_data_table_add_column (FoveaDataTable *self, const char *title, const FoveaDataColumn *column)
{
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
    FoveaDataColumn *copy = g_memdup2 (column, sizeof *column);
    g_signal_connect (factory, "setup", G_CALLBACK (setup_cell), copy);
    g_signal_connect (factory, "bind", G_CALLBACK (bind_cell), copy);
    g_autoptr (GtkColumnViewColumn) added = gtk_column_view_column_new (title, factory);
    if (column->number != NULL) {
        g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare, copy, NULL));
        gtk_column_view_column_set_sorter (added, sorter);
    }
    /* Factory and sorter live as long as their column. */
    g_object_set_data_full (G_OBJECT (added), "column", copy, g_free);
    gtk_column_view_column_set_resizable (added, TRUE);
    gtk_column_view_column_set_expand (added, column->expand);
    gtk_column_view_append_column (self->view, added);
}

void
fovea_data_table_clear_columns (FoveaDataTable *self)
{
    GListModel *columns = gtk_column_view_get_columns (self->view);
    g_clear_pointer (&self->copy, fovea_table_copy_free); /* it reads them */
    self->sorted_by = G_MAXUINT;
    while (g_list_model_get_n_items (columns) > 0) {
        g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, 0);
        gtk_column_view_remove_column (self->view, column);
    }
}

void
fovea_data_table_set_items (FoveaDataTable *self, GPtrArray *items)
{
    g_autoptr (GPtrArray) before = self->all;
    self->all = g_ptr_array_new_with_free_func (g_object_unref);
    for (guint i = 0; i < items->len; i++)
        g_ptr_array_add (self->all, g_object_ref (g_ptr_array_index (items, i)));
    g_clear_object (&self->wanted);
    g_clear_pointer (&self->copy, fovea_table_copy_free); /* its rows may be of what goes now */
    if (has_keys (self))
        take_keys (self);
    self->following = TRUE;
    g_list_store_remove_all (self->items);
    self->following = FALSE;
    fovea_fill_go (GTK_WIDGET (self));
}

void
fovea_data_table_select (FoveaDataTable *self,
                         gboolean (*matches) (gpointer item, gconstpointer data),
                         gconstpointer data)
{
    for (guint i = 0; i < self->all->len; i++) {
        GObject *item = g_ptr_array_index (self->all, i);
        if (!matches (item, data))
            continue;
        g_set_object (&self->wanted, item);
        select_item (self, item);
        return;
    }
}

GListModel *
fovea_data_table_get_rows (FoveaDataTable *self)
{
    add_rows (self, G_MAXUINT);
    return G_LIST_MODEL (self->rows);
}

/* Left to itself a list puts it on its first row, which then looks like the selected one. */
gboolean
fovea_data_table_focus (FoveaDataTable *self)
{
    GtkWidget *list = gtk_widget_get_last_child (GTK_WIDGET (self->view));
    for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL;
         row = gtk_widget_get_next_sibling (row))
        if (gtk_widget_get_state_flags (row) & GTK_STATE_FLAG_SELECTED) {
            gboolean taken = gtk_widget_grab_focus (row);
            gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
            return taken;
        }
    return self->wanted != NULL && take_keys (self);
}
