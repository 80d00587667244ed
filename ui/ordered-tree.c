/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Each row's children go through a sorted list of their own, so that a sequence that comes takes its place
 * by itself. Thousands are put into another order in one piece: in parts, GTK would lay out the rows on
 * screen anew after each. */
#include "ui/ordered-tree.h"

typedef struct {
    GtkCustomSorter *of_sequences, *of_runs;
} Sorters;

struct _FoveaOrderedTree {
    GtkTreeListModel *rows;
    Sorters *sorters; /* of the rows, which a list may hold for longer than there is a tree */
    FoveaSequenceOrder order;
};

static int
compare (gconstpointer a, gconstpointer b, gpointer order)
{
    return fovea_sequence_order_compare ((FoveaTreeItem *) a, (FoveaTreeItem *) b,
                                         (FoveaSequenceOrder) GPOINTER_TO_UINT (order));
}

/* Sequences are leaves. */
static GListModel *
get_children (gpointer item, gpointer data)
{
    const Sorters *sorters = data;
    GListStore *children = fovea_tree_item_get_children (item);
    gboolean store = fovea_tree_item_get_kind (item) == FOVEA_TREE_STORE;
    if (children == NULL)
        return NULL;
    return G_LIST_MODEL (gtk_sort_list_model_new (
        G_LIST_MODEL (g_object_ref (children)),
        GTK_SORTER (g_object_ref (store ? sorters->of_runs : sorters->of_sequences))));
}

static void
sorters_free (gpointer data)
{
    Sorters *sorters = data;
    g_object_unref (sorters->of_sequences);
    g_object_unref (sorters->of_runs);
    g_free (sorters);
}

FoveaOrderedTree *
fovea_ordered_tree_new (GListModel *stores)
{
    FoveaOrderedTree *tree = g_new0 (FoveaOrderedTree, 1);
    tree->sorters = g_new (Sorters, 1);
    tree->sorters->of_sequences = gtk_custom_sorter_new (NULL, NULL, NULL);
    tree->sorters->of_runs = gtk_custom_sorter_new (NULL, NULL, NULL);
    tree->rows = gtk_tree_list_model_new (g_object_ref (stores), FALSE, TRUE, get_children,
                                          tree->sorters, sorters_free);
    return tree;
}

void
fovea_ordered_tree_free (FoveaOrderedTree *tree)
{
    if (tree == NULL)
        return;
    g_object_unref (tree->rows);
    g_free (tree);
}

GListModel *
fovea_ordered_tree_get_rows (FoveaOrderedTree *tree)
{
    return G_LIST_MODEL (tree->rows);
}

typedef gboolean (*VisitRun) (GtkTreeListRow *run, gpointer data);

/* Runs of unfolded stores, until one answers TRUE. */
static void
visit_runs (FoveaOrderedTree *tree, VisitRun visit, gpointer data)
{
    gboolean done = FALSE;
    for (guint s = 0; !done; s++) {
        g_autoptr (GtkTreeListRow) store = gtk_tree_list_model_get_child_row (tree->rows, s);
        if (store == NULL)
            return;
        for (guint r = 0; !done; r++) {
            g_autoptr (GtkTreeListRow) run = gtk_tree_list_row_get_child_row (store, r);
            if (run == NULL)
                break;
            done = visit (run, data);
        }
    }
}

static gboolean
note_folded (GtkTreeListRow *run, gpointer folded)
{
    if (gtk_tree_list_row_is_expandable (run) && !gtk_tree_list_row_get_expanded (run))
        g_hash_table_add (folded, gtk_tree_list_row_get_item (run));
    return FALSE;
}

static gboolean
fold_again (GtkTreeListRow *run, gpointer folded)
{
    g_autoptr (FoveaTreeItem) item = gtk_tree_list_row_get_item (run);
    if (g_hash_table_contains (folded, item))
        gtk_tree_list_row_set_expanded (run, FALSE);
    return FALSE;
}

static void
set_order (GtkCustomSorter *sorter, FoveaSequenceOrder order)
{
    gtk_custom_sorter_set_sort_func (sorter, order != FOVEA_ORDER_CAPTURED ? compare : NULL,
                                     GUINT_TO_POINTER (order), NULL);
}

void
fovea_ordered_tree_set_order (FoveaOrderedTree *tree, FoveaSequenceOrder order)
{
    gboolean turned = (order == FOVEA_ORDER_NEWEST) != (tree->order == FOVEA_ORDER_NEWEST);
    if (order == tree->order)
        return;
    tree->order = order;
    set_order (tree->sorters->of_sequences, order);
    if (!turned)
        return;
    g_autoptr (GHashTable) folded = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
    visit_runs (tree, note_folded, folded);
    set_order (tree->sorters->of_runs, order == FOVEA_ORDER_NEWEST ? order : FOVEA_ORDER_CAPTURED);
    visit_runs (tree, fold_again, folded);
}

typedef struct {
    FoveaTreeItem *sequence;
    guint position;
} Search;

static gboolean
find_in_run (GtkTreeListRow *run, gpointer data)
{
    Search *search = data;
    g_autoptr (FoveaTreeItem) own = gtk_tree_list_row_get_item (run);
    GListModel *children = gtk_tree_list_row_get_children (run);
    if (own == search->sequence) { /* written before its run is there */
        search->position = gtk_tree_list_row_get_position (run);
        return TRUE;
    }
    guint n = children != NULL ? g_list_model_get_n_items (children) : 0;
    for (guint i = 0; i < n; i++) {
        g_autoptr (FoveaTreeItem) item = g_list_model_get_item (children, i);
        if (item != search->sequence)
            continue;
        g_autoptr (GtkTreeListRow) row = gtk_tree_list_row_get_child_row (run, i);
        search->position = gtk_tree_list_row_get_position (row);
        return TRUE;
    }
    return FALSE;
}

guint
fovea_ordered_tree_find (FoveaOrderedTree *tree, FoveaTreeItem *sequence)
{
    Search search = {sequence, GTK_INVALID_LIST_POSITION};
    visit_runs (tree, find_in_run, &search);
    return search.position;
}
