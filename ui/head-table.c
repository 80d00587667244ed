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

/* In the words of the rest of the window where the column's own name is not one; else the name with
 * its unit, which it may have in it already: "effective tokens". */
static char *
make_title (const char *name, const char *unit)
{
    static const struct {
        const char *name, *title;
    } titles[] = {
        {"entropy_normalised", N_ ("entropy, share of maximum")},
        {"max_weight", N_ ("largest weight")},
        {"first_token", N_ ("weight on token 0")},
        {"window_16", N_ ("mass within 16 tokens")},
    };
    for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
        if (g_str_equal (titles[i].name, name))
            return g_strdup (_ (titles[i].title));
    char *words = g_strdelimit (g_strdup (name), "_", ' ');
    if (unit == NULL || *unit == '\0' || g_str_has_suffix (words, unit))
        return words;
    g_autofree char *bare = words;
    return g_strdup_printf ("%s, %s", bare, unit);
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
        g_autofree char *title = make_title (name, unit);
        fovea_data_table_add_column (table, title,
                                     &(FoveaDataColumn){.text = score_text,
                                                        .number = score_number,
                                                        .column = g_intern_string (name)});
    }
}

static gboolean
is_head (gpointer item, gconstpointer data)
{
    const FoveaPlace *place = data;
    guint layer, head;
    fovea_head_item_get_place (item, &layer, &head);
    return layer == place->layer && head == place->head;
}

/* The head that every other view has selected. */
static void
follow (FoveaDataTable *table, FoveaSelection *selection)
{
    fovea_data_table_select (table, is_head, fovea_selection_get_place (selection));
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
    follow (table, selection);
}

static void
row_chosen (FoveaSelection *selection, FoveaHeadItem *item)
{
    guint layer, head;
    fovea_head_item_get_place (item, &layer, &head);
    fovea_selection_select_head (selection, layer, head);
}

/* As over its thumbnail: plots, grid and status line follow. */
static void
row_hovered (FoveaSelection *selection, FoveaHeadItem *item)
{
    guint layer, head;
    if (item == NULL) {
        fovea_selection_hover_nothing (selection);
        return;
    }
    fovea_head_item_get_place (item, &layer, &head);
    fovea_selection_hover_head (selection, layer, head);
}

GtkWidget *
fovea_head_table_new (FoveaSelection *selection)
{
    GtkWidget *table = fovea_data_table_new (_ ("Scores of all heads"));
    g_signal_connect_object (selection, "heads-changed", G_CALLBACK (fill), table,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (selection, "moved", G_CALLBACK (follow), table, G_CONNECT_SWAPPED);
    g_signal_connect_object (table, "chosen", G_CALLBACK (row_chosen), selection,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (table, "hovered", G_CALLBACK (row_hovered), selection,
                             G_CONNECT_SWAPPED);
    return table;
}
