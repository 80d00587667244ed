/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Columns are made from the table's own columns, so a new score needs nothing here. Rows are
 * FoveaHeadItem, which look their scores up by column name. */
#include "ui/head-table.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/data-table.h"
#include "ui/head-item.h"
#include "ui/token-text.h"

static char *
name_text (gpointer item, gconstpointer column)
{
    return g_strdup_printf ("%s  %s", fovea_head_item_get_name (item),
                            fovea_head_item_get_role (item));
}

static double
score_number (gpointer item, gconstpointer column)
{
    return fovea_head_item_get_score (item, column);
}

static char *
score_text (gpointer item, gconstpointer column)
{
    double value = fovea_head_item_get_score (item, column);
    return fovea_weight_text (value, fabs (value) >= 10 ? 1 : 3);
}

/* Standard errors are left to the inspector: they would double the columns. Names are interned,
 * since columns outlive the table they came from. */
static void
make_columns (FoveaDataTable *table, FoveaTable *heads)
{
    fovea_data_table_clear_columns (table);
    fovea_data_table_add_column (table, _ ("head"), &(FoveaDataColumn){.text = name_text});
    for (guint c = 0; heads != NULL && c < fovea_table_get_n_columns (heads); c++) {
        FoveaColumnKind kind;
        const char *unit, *name = fovea_table_get_column (heads, c, &kind, &unit, NULL);
        if (kind != FOVEA_COLUMN_NUMBER || g_str_has_suffix (name, "_se"))
            continue;
        g_autofree char *words = g_strdelimit (g_strdup (name), "_", ' ');
        g_autofree char *title = unit != NULL && *unit != '\0'
                                     ? g_strdup_printf ("%s, %s", words, unit)
                                     : g_strdup (words);
        fovea_data_table_add_column (table, title,
                                     &(FoveaDataColumn){.text = score_text,
                                                        .number = score_number,
                                                        .column = g_intern_string (name)});
    }
}

static void
fill (FoveaDataTable *table, FoveaSelection *selection)
{
    FoveaTable *heads = fovea_selection_get_heads (selection);
    const FoveaTraceInfo *info = fovea_selection_get_info (selection);
    g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
    make_columns (table, heads);
    for (gint64 l = 0; info != NULL && l < info->architecture->n_layers; l++)
        for (gint64 h = 0; h < info->architecture->n_heads; h++)
            g_ptr_array_add (items, fovea_head_item_new ((guint) l, (guint) h, heads));
    fovea_data_table_set_items (table, items);
}

static void
row_chosen (FoveaSelection *selection, FoveaHeadItem *item)
{
    guint layer, head;
    fovea_head_item_get_place (item, &layer, &head);
    fovea_selection_select_head (selection, layer, head);
}

GtkWidget *
fovea_head_table_new (FoveaSelection *selection)
{
    GtkWidget *table = fovea_data_table_new (_ ("Scores of all heads"));
    g_signal_connect_object (selection, "heads-changed", G_CALLBACK (fill), table,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (table, "chosen", G_CALLBACK (row_chosen), selection,
                             G_CONNECT_SWAPPED);
    return table;
}
