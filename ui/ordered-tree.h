/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Store -> run -> sequence as rows of one list, unfolded at first, in an order that can be chosen. */
#include <gtk/gtk.h>

#include "ui/sequence-order.h"

typedef struct _FoveaOrderedTree FoveaOrderedTree;

/**
 * fovea_ordered_tree_new:
 * @stores: of #FoveaTreeItem
 *
 * Thread: main.   Owner: caller frees with fovea_ordered_tree_free().
 */
FoveaOrderedTree *fovea_ordered_tree_new (GListModel *stores);

/**
 * fovea_ordered_tree_free:
 *
 * NULL is fine. Rows that others hold stay as they are.   Thread: main.
 */
void fovea_ordered_tree_free (FoveaOrderedTree *tree);

/**
 * fovea_ordered_tree_get_rows:
 *
 * Of #GtkTreeListRow.   Thread: main.   Owner: the tree.
 */
GListModel *fovea_ordered_tree_get_rows (FoveaOrderedTree *tree);

/**
 * fovea_ordered_tree_set_order:
 *
 * Rows of sequences are others afterwards; what is folded stays so.   Thread: main.
 */
void fovea_ordered_tree_set_order (FoveaOrderedTree *tree, FoveaSequenceOrder order);

/**
 * fovea_ordered_tree_find:
 * @sequence: of a run of a store
 *
 * Position of its row, GTK_INVALID_LIST_POSITION if it is folded away or not there. Makes no rows.
 *
 * Thread: main.
 */
guint fovea_ordered_tree_find (FoveaOrderedTree *tree, FoveaTreeItem *sequence);
