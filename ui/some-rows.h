/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A part of a list, which grows to all of it some rows a frame. GtkListView makes two hundred row widgets
 * as soon as there are so many rows, which for a store of thousands of sequences takes several frames at
 * once; it is given a screenful first. */
#include <gtk/gtk.h>

#define FOVEA_TYPE_SOME_ROWS (fovea_some_rows_get_type ())
G_DECLARE_FINAL_TYPE (FoveaSomeRows, fovea_some_rows, FOVEA, SOME_ROWS, GObject)

/**
 * fovea_some_rows_new:
 * @all: (transfer full):
 *
 * A #GListModel of a stretch of @all, which is all of it unless many rows come at once.
 *
 * Thread: main.   Owner: caller.
 */
FoveaSomeRows *fovea_some_rows_new (GListModel *all);

/* Position in the whole list of the row that has the keys, GTK_INVALID_LIST_POSITION = none. */
typedef guint (*FoveaSomeRowsStay) (gpointer data);

/**
 * fovea_some_rows_set_stay:
 * @stays: (nullable): asked when many rows have come
 *
 * That row stays shown, whatever comes before it.   Thread: main.
 */
void fovea_some_rows_set_stay (FoveaSomeRows *self, FoveaSomeRowsStay stays, gpointer data);

/**
 * fovea_some_rows_grow:
 *
 * Shows more rows on either side; TRUE = there are still more.   Thread: main.
 */
gboolean fovea_some_rows_grow (FoveaSomeRows *self);

/**
 * fovea_some_rows_is_whole:
 *
 * Whether every row is shown.   Thread: main.
 */
gboolean fovea_some_rows_is_whole (FoveaSomeRows *self);

/**
 * fovea_some_rows_cut:
 *
 * Shows no rows if there were many; FALSE = there were not.   Thread: main.
 */
gboolean fovea_some_rows_cut (FoveaSomeRows *self);

/**
 * fovea_some_rows_hold:
 *
 * Rows that come now are not shown until fovea_some_rows_go_to().   Thread: main.
 */
void fovea_some_rows_hold (FoveaSomeRows *self);

/**
 * fovea_some_rows_find:
 * @position: in the whole list
 *
 * Among the rows that are shown, GTK_INVALID_LIST_POSITION if it is not one of them.   Thread: main.
 */
guint fovea_some_rows_find (FoveaSomeRows *self, guint position);

/**
 * fovea_some_rows_go_to:
 * @position: in the whole list, GTK_INVALID_LIST_POSITION = none
 *
 * Sees to it that this row is shown, with what is round it, and gives its position among those that are.
 *
 * Thread: main.
 */
guint fovea_some_rows_go_to (FoveaSomeRows *self, guint position);
