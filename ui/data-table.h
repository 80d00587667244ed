/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A table of objects: what a canvas shows, as rows that can be read aloud, sorted and chosen. */
#include <gtk/gtk.h>

#define FOVEA_TYPE_DATA_TABLE (fovea_data_table_get_type ())
G_DECLARE_FINAL_TYPE (FoveaDataTable, fovea_data_table, FOVEA, DATA_TABLE, GtkBox)

/* What a column shows and what it sorts by (NaN = unknown, sorts lowest). */
typedef struct {
    char *(*text) (gpointer item, gconstpointer column);
    double (*number) (gpointer item, gconstpointer column); /* NULL: text at the left, unsorted */
    gconstpointer column; /* handed to both; must live as long as the process */
    guint chars;          /* digits that it has room for, 0 = the usual */
    gboolean expand;      /* takes the room that is left */
} FoveaDataColumn;

/**
 * fovea_data_table_new:
 * @label: accessible name
 *
 * Signals: "chosen" (GObject item: by hand), "hovered" (GObject item: under the pointer, NULL = none).   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_data_table_new (const char *label);

/**
 * fovea_data_table_add_column:
 *
 * Thread: main.
 */
void fovea_data_table_add_column (FoveaDataTable *self,
                                  const char *title,
                                  const FoveaDataColumn *column);

/**
 * fovea_data_table_clear_columns:
 *
 * Thread: main.
 */
void fovea_data_table_clear_columns (FoveaDataTable *self);

/**
 * fovea_data_table_set_items:
 * @items: (element-type GObject): replace all rows
 *
 * Rows are filled in from the top, some a frame while the table is in sight.   Thread: main.
 */
void fovea_data_table_set_items (FoveaDataTable *self, GPtrArray *items);

/**
 * fovea_data_table_select:
 * @matches: first row for which it is TRUE; no row: nothing changes
 *
 * Selects without telling "chosen", at once or when the row is filled in.   Thread: main.
 */
void fovea_data_table_select (FoveaDataTable *self,
                              gboolean (*matches) (gpointer item, gconstpointer data),
                              gconstpointer data);

/**
 * fovea_data_table_get_rows:
 *
 * As sorted.   Thread: main.   Owner: the table.
 */
GListModel *fovea_data_table_get_rows (FoveaDataTable *self);

/**
 * fovea_data_table_focus:
 *
 * The row that is selected takes the focus, or the list as long as that row is not made; FALSE if none is.
 *
 * Thread: main.
 */
gboolean fovea_data_table_focus (FoveaDataTable *self);
