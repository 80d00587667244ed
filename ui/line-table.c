/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Lines are objects of their own, since what the model read goes when it reads the next: made anew for each row,
 * and only while somebody looks. */
#include "ui/line-table.h"

#include <glib/gi18n.h>

#include "ui/data-table.h"
#include "ui/token-text.h"

G_DEFINE_FINAL_TYPE (FoveaLine, fovea_line, G_TYPE_OBJECT)

static void
fovea_line_class_init (FoveaLineClass *klass)
{
}

static void
fovea_line_init (FoveaLine *self)
{
}

FoveaLine *
fovea_line_new (const FoveaTraceInfo *info, gint64 query, gint64 key)
{
    FoveaLine *self = g_object_new (FOVEA_TYPE_LINE, NULL);
    self->info = info;
    self->query = query;
    self->key = key;
    return self;
}

struct _FoveaLineTable {
    GtkBox parent_instance;
    const FoveaLineKind *kind;
    GObject *model;
    FoveaSelection *selection;
    FoveaDataTable *table;
    GtkLabel *title;
    FoveaPlace shown; /* row that the lines are of; head and query count */
    gboolean filled;
};

G_DEFINE_FINAL_TYPE (FoveaLineTable, fovea_line_table, GTK_TYPE_BOX)

/* That a column is of. */
static gint64
get_token (const FoveaLine *line, const FoveaLineColumn *column)
{
    return column->form == FOVEA_LINE_QUERIES || column->form == FOVEA_LINE_QUERY_WORDS
               ? line->query
               : line->key;
}

static double
get_number (gpointer item, gconstpointer data)
{
    const FoveaLineColumn *column = data;
    return column->form == FOVEA_LINE_QUERIES || column->form == FOVEA_LINE_KEYS
               ? (double) get_token (item, column)
               : ((FoveaLine *) item)->numbers[column->number];
}

static char *
get_text (gpointer item, gconstpointer data)
{
    const FoveaLineColumn *column = data;
    const FoveaLine *line = item;
    if (column->words != NULL)
        return column->words (line->info, get_token (line, column));
    return column->form == FOVEA_LINE_SHARES ? fovea_share_text (get_number (item, data))
                                             : fovea_number_text ((gint64) get_number (item, data));
}

static gboolean
is_cell (gpointer item, gconstpointer place)
{
    const FoveaLine *line = item;
    const FoveaPlace *cell = place;
    return line->query == cell->query && (line->key < 0 || line->key == cell->key);
}

static void
fill (FoveaLineTable *self, const FoveaTraceInfo *info, const FoveaPlace *row)
{
    g_autoptr (GPtrArray) lines = self->kind->make_lines (self->model, info, row);
    g_autofree char *title = self->kind->describe (self->model, info, row, lines->len);
    gtk_label_set_text (self->title, title);
    fovea_data_table_set_items (self->table, lines);
    self->shown = *row;
    self->filled = TRUE;
}

/* Moving among the lines only moves the selected one. */
static void
show (FoveaLineTable *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    FoveaPlace row;
    if (info == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)) ||
        !self->kind->find_row (self->model, fovea_selection_get_place (self->selection), &row))
        return;
    if (!self->filled || self->shown.layer != row.layer || self->shown.head != row.head ||
        (!self->kind->of_head && self->shown.query != row.query))
        fill (self, info, &row);
    fovea_data_table_select (self->table, is_cell, &row);
}

static void
model_changed (FoveaLineTable *self)
{
    self->filled &= !self->kind->anew;
    show (self);
}

/* Lines point into the sequence that is being left. */
static void
trace_changed (FoveaLineTable *self)
{
    g_autoptr (GPtrArray) none = g_ptr_array_new ();
    fovea_data_table_set_items (self->table, none);
    gtk_label_set_text (self->title, "");
    self->filled = FALSE;
}

static void
line_chosen (FoveaLineTable *self, FoveaLine *line)
{
    gint64 key = fovea_selection_get_place (self->selection)->key;
    fovea_selection_select_cell (self->selection, line->query, line->key < 0 ? key : line->key);
}

/* As over its cell of the map, or over its query in the strip. */
static void
line_hovered (FoveaLineTable *self, FoveaLine *line)
{
    if (line == NULL)
        fovea_selection_hover_nothing (self->selection);
    else if (line->key < 0)
        fovea_selection_hover_query (self->selection, line->query);
    else
        fovea_selection_hover_cell (self->selection, line->query, line->key);
}

static void
fovea_line_table_dispose (GObject *object)
{
    FoveaLineTable *self = FOVEA_LINE_TABLE (object);
    g_clear_object (&self->model);
    g_clear_object (&self->selection);
    G_OBJECT_CLASS (fovea_line_table_parent_class)->dispose (object);
}

static void
fovea_line_table_class_init (FoveaLineTableClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_line_table_dispose;
    gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "rowtable");
}

static void
fovea_line_table_init (FoveaLineTable *self)
{
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
    self->title = GTK_LABEL (gtk_label_new (""));
    gtk_widget_add_css_class (GTK_WIDGET (self->title), "plottitle");
    gtk_label_set_xalign (self->title, 0);
    gtk_label_set_ellipsize (self->title, PANGO_ELLIPSIZE_END);
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->title));
    g_signal_connect (self, "map", G_CALLBACK (show), NULL);
}

static void
add_table (FoveaLineTable *self)
{
    self->table = FOVEA_DATA_TABLE (fovea_data_table_new (_ (self->kind->label)));
    for (guint i = 0; i < self->kind->n_columns; i++) {
        const FoveaLineColumn *column = &self->kind->columns[i];
        fovea_data_table_add_column (
            self->table, _ (column->title),
            &(FoveaDataColumn){.text = get_text,
                               .number = column->form < FOVEA_LINE_QUERY_WORDS ? get_number : NULL,
                               .column = column,
                               .chars = column->chars});
    }
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->table));
    g_signal_connect_object (self->table, "chosen", G_CALLBACK (line_chosen), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->table, "hovered", G_CALLBACK (line_hovered), self,
                             G_CONNECT_SWAPPED);
}

GtkWidget *
fovea_line_table_new (const FoveaLineKind *kind, gpointer model, FoveaSelection *selection)
{
    FoveaLineTable *self = g_object_new (FOVEA_TYPE_LINE_TABLE, NULL);
    self->kind = kind;
    self->model = g_object_ref (model);
    self->selection = g_object_ref (selection);
    add_table (self);
    g_signal_connect_object (model, kind->changed != NULL ? kind->changed : "changed",
                             G_CALLBACK (model_changed), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (trace_changed), self,
                             G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}

GListModel *
fovea_line_table_get_rows (FoveaLineTable *self)
{
    return fovea_data_table_get_rows (self->table);
}

gboolean
fovea_line_table_focus (FoveaLineTable *self)
{
    return fovea_data_table_focus (self->table);
}
