/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/table-copy.h"

#include <glib/gi18n.h>

#include "analysis/table.h"
#include "ui/token-text.h"

#define MOST_CELLS 1000 /* in a turn, of which each takes some microseconds */

struct _FoveaTableCopy {
    GtkWidget *widget;
    GPtrArray *items;   /* of GObject, in the order of rows */
    GPtrArray *columns; /* of FoveaDataColumn */
    FoveaTable *table;
    guint source; /* what writes the next rows, 0 = all are written */
};

static void
add_row (FoveaTableCopy *self, gpointer item)
{
    guint row = fovea_table_add_row (self->table);
    for (guint c = 0; c < self->columns->len; c++) {
        const FoveaDataColumn *column = self->columns->pdata[c];
        if (column->number != NULL) {
            fovea_table_set_number (self->table, row, c, column->number (item, column->column));
            continue;
        }
        g_autofree char *text = column->text (item, column->column);
        fovea_table_set_text (self->table, row, c, text);
    }
}

/* Printed in a turn of its own: it is a tenth of what reading the cells takes. */
static void
finish (FoveaTableCopy *self)
{
    guint n = self->items->len;
    g_autofree char *text = fovea_table_print (self->table, FOVEA_FORMAT_CSV);
    g_autofree char *rows = fovea_number_text (n);
    g_autofree char *said =
        g_strdup_printf (ngettext ("%s row copied as CSV", "%s rows copied as CSV", n), rows);
    gdk_clipboard_set_text (gtk_widget_get_clipboard (self->widget), text);
    gtk_widget_activate_action (self->widget, "win.say", "s", said);
}

static gboolean
add_some (gpointer data)
{
    FoveaTableCopy *self = data;
    guint done = fovea_table_get_n_rows (self->table);
    guint some = MAX (MOST_CELLS / MAX (self->columns->len, 1), 1);
    for (guint i = done; i < MIN (done + some, self->items->len); i++)
        add_row (self, self->items->pdata[i]);
    if (done < self->items->len)
        return G_SOURCE_CONTINUE;
    self->source = 0;
    finish (self);
    return G_SOURCE_REMOVE;
}

FoveaTableCopy *
fovea_table_copy_new (GtkWidget *widget, GListModel *rows)
{
    FoveaTableCopy *self = g_new0 (FoveaTableCopy, 1);
    self->widget = widget;
    self->items = g_ptr_array_new_with_free_func (g_object_unref);
    self->columns = g_ptr_array_new ();
    self->table = fovea_table_new ("rows");
    for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
        g_ptr_array_add (self->items, g_list_model_get_item (rows, i));
    self->source = g_idle_add (add_some, self);
    return self;
}

void
fovea_table_copy_add_column (FoveaTableCopy *self, const char *title, const FoveaDataColumn *column)
{
    while (*title != '\0' && !g_unichar_isalnum (g_utf8_get_char (title)))
        title = g_utf8_next_char (title);
    fovea_table_add_column (self->table, title,
                            column->number != NULL ? FOVEA_COLUMN_NUMBER : FOVEA_COLUMN_TEXT, "",
                            "");
    g_ptr_array_add (self->columns, (gpointer) column);
}

void
fovea_table_copy_free (FoveaTableCopy *self)
{
    if (self == NULL)
        return;
    g_clear_handle_id (&self->source, g_source_remove);
    g_ptr_array_unref (self->items);
    g_ptr_array_unref (self->columns);
    fovea_table_unref (self->table);
    g_free (self);
}
