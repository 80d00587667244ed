/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A row of the sidebar: name, count or bar, and whether it is there and compared with others. */
#include <gtk/gtk.h>

#include "ui/tree-item.h"

/**
 * fovea_sidebar_row_factory_new:
 *
 * For a list of #GtkTreeListRow of #FoveaTreeItem.   Thread: main.   Owner: caller.
 */
GtkListItemFactory *fovea_sidebar_row_factory_new (void);

/**
 * fovea_sidebar_row_get_item:
 * @widget: (nullable): the list's own widget of a row, or something in it
 *
 * What the row shows, NULL if there is none.   Thread: main.   Owner: the row.
 */
FoveaTreeItem *fovea_sidebar_row_get_item (GtkWidget *widget);

/**
 * fovea_sidebar_row_get_tree_row:
 * @widget: the list's own widget of a row, or something in it
 *
 * NULL if there is none.   Thread: main.   Owner: the row.
 */
GtkTreeListRow *fovea_sidebar_row_get_tree_row (GtkWidget *widget);
