/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/sequence-order.h"

#include <glib/gi18n.h>
#include <string.h>

static const struct {
    const char *id, *title;
} orders[FOVEA_N_ORDERS] = {
    [FOVEA_ORDER_CAPTURED] = {"captured", N_ ("order of capture")},
    [FOVEA_ORDER_TITLE] = {"title", N_ ("title")},
    [FOVEA_ORDER_SHORTEST] = {"shortest", N_ ("shortest first")},
    [FOVEA_ORDER_LONGEST] = {"longest", N_ ("longest first")},
    [FOVEA_ORDER_NEWEST] = {"newest", N_ ("newest first")},
};

const char *
fovea_sequence_order_get_id (FoveaSequenceOrder order)
{
    return orders[order].id;
}

FoveaSequenceOrder
fovea_sequence_order_from_id (const char *id)
{
    for (guint i = 0; i < FOVEA_N_ORDERS; i++)
        if (g_strcmp0 (orders[i].id, id) == 0)
            return (FoveaSequenceOrder) i;
    return FOVEA_ORDER_CAPTURED;
}

const char *
fovea_sequence_order_get_title (FoveaSequenceOrder order)
{
    return _ (orders[order].title);
}

static int
compare_numbers (gint64 a, gint64 b)
{
    return a < b ? -1 : a > b;
}

int
fovea_sequence_order_compare (FoveaTreeItem *a, FoveaTreeItem *b, FoveaSequenceOrder order)
{
    int newest = order == FOVEA_ORDER_NEWEST ? -1 : 1, by = 0;
    int written = (fovea_tree_item_get_progress (a) >= 0) - (fovea_tree_item_get_progress (b) >= 0);
    if (written != 0)
        return newest * written;
    if (order == FOVEA_ORDER_TITLE)
        by = strcmp (fovea_tree_item_get_title_key (a), fovea_tree_item_get_title_key (b));
    else if (order == FOVEA_ORDER_SHORTEST)
        by = compare_numbers (fovea_tree_item_get_length (a), fovea_tree_item_get_length (b));
    else if (order == FOVEA_ORDER_LONGEST)
        by = compare_numbers (fovea_tree_item_get_length (b), fovea_tree_item_get_length (a));
    /* Ids are given in order of capture. */
    return by != 0
               ? by
               : newest * compare_numbers (fovea_tree_item_get_id (a), fovea_tree_item_get_id (b));
}

static int
compare_items (gconstpointer a, gconstpointer b, gpointer order)
{
    return fovea_sequence_order_compare (*(FoveaTreeItem *const *) a, *(FoveaTreeItem *const *) b,
                                         *(const FoveaSequenceOrder *) order);
}

/* NULL: what is being written before its run is there. */
static GPtrArray *
list_children (FoveaTreeItem *item, FoveaSequenceOrder order)
{
    GPtrArray *all = g_ptr_array_new_with_free_func (g_object_unref);
    GListStore *children = fovea_tree_item_get_children (item);
    guint n = children != NULL ? g_list_model_get_n_items (G_LIST_MODEL (children)) : 0;
    for (guint i = 0; i < n; i++)
        g_ptr_array_add (all, g_list_model_get_item (G_LIST_MODEL (children), i));
    if (order != FOVEA_ORDER_CAPTURED)
        g_ptr_array_sort_with_data (all, compare_items, &order);
    return all;
}

GPtrArray *
fovea_sequence_order_list (FoveaTreeItem *store, FoveaSequenceOrder order)
{
    GPtrArray *all = g_ptr_array_new_with_free_func (g_object_unref);
    g_autoptr (GPtrArray) runs =
        list_children (store, order == FOVEA_ORDER_NEWEST ? order : FOVEA_ORDER_CAPTURED);
    for (guint r = 0; r < runs->len; r++) {
        g_autoptr (GPtrArray) sequences = list_children (runs->pdata[r], order);
        for (guint i = 0; i < sequences->len; i++)
            if (fovea_tree_item_get_progress (sequences->pdata[i]) < 0)
                g_ptr_array_add (all, g_object_ref (sequences->pdata[i]));
    }
    return all;
}
