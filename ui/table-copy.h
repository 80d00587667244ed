/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A table's rows put into the clipboard as CSV: words as they are shown, numbers with all their digits. */
#include <gtk/gtk.h>

#include "ui/data-table.h"

typedef struct _FoveaTableCopy FoveaTableCopy;

/**
 * fovea_table_copy_new:
 * @widget: whose clipboard it is, and which says so ("win.say") when it is done; outlives the copy
 * @rows: as they are sorted now
 *
 * Rows are written some a turn of the main loop, for there may be thousands. Columns are added before the first.
 *
 * Thread: main.   Owner: caller, fovea_table_copy_free().
 */
FoveaTableCopy *fovea_table_copy_new (GtkWidget *widget, GListModel *rows);

/**
 * fovea_table_copy_add_column:
 * @title: marks before its words are left out
 * @column: must live as long as the copy
 *
 * Thread: main.
 */
void fovea_table_copy_add_column (FoveaTableCopy *self,
                                  const char *title,
                                  const FoveaDataColumn *column);

/**
 * fovea_table_copy_free:
 *
 * NULL is fine. One under way comes to nothing.   Thread: main.
 */
void fovea_table_copy_free (FoveaTableCopy *self);
