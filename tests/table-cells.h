/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Rows of tables that are in sight, for the pointer to go to. */
#include <gtk/gtk.h>

#include "tests/widget-tree.h"
#include "ui/text-cell.h"

/* Whether it is a cell of the first column that is drawn. */
static inline gboolean
table_cells_begins_row (GtkWidget *widget)
{
    return FOVEA_IS_TEXT_CELL (widget) && gtk_widget_get_mapped (widget) &&
           gtk_widget_get_height (widget) > 0 &&
           gtk_widget_get_prev_sibling (gtk_widget_get_parent (widget)) == NULL;
}

/* The first cell of the first row that begins so, NULL = none is in sight. */
static inline GtkWidget *
table_cells_find (GtkWidget *table, const char *words)
{
    EACH_WIDGET (widget, table)
        if (table_cells_begins_row (widget) &&
            g_str_has_prefix (fovea_text_cell_get_text (FOVEA_TEXT_CELL (widget)), words))
            return widget;
    return NULL;
}

/* That of the n-th row. */
static inline GtkWidget *
table_cells_find_nth (GtkWidget *table, guint n)
{
    EACH_WIDGET (widget, table)
        if (table_cells_begins_row (widget) && n-- == 0)
            return widget;
    return NULL;
}
