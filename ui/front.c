/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Items are those of the model behind, cut at the limit. @n is what the view has been told, which a
 * change behind must be reckoned from. */
#include "ui/front.h"

struct _FoveaFront {
    GObject parent_instance;
    GtkSelectionModel *whole;
    guint limit, n;
};

static guint
count (FoveaFront *self)
{
    return MIN (self->limit, g_list_model_get_n_items (G_LIST_MODEL (self->whole)));
}

static GType
get_item_type (GListModel *model)
{
    return g_list_model_get_item_type (G_LIST_MODEL (FOVEA_FRONT (model)->whole));
}

static guint
get_n_items (GListModel *model)
{
    return FOVEA_FRONT (model)->n;
}

static gpointer
get_item (GListModel *model, guint at)
{
    FoveaFront *self = FOVEA_FRONT (model);
    return at < self->n ? g_list_model_get_item (G_LIST_MODEL (self->whole), at) : NULL;
}

static void
list_iface_init (GListModelInterface *iface)
{
    iface->get_item_type = get_item_type;
    iface->get_n_items = get_n_items;
    iface->get_item = get_item;
}

static gboolean
is_selected (GtkSelectionModel *model, guint at)
{
    return gtk_selection_model_is_selected (FOVEA_FRONT (model)->whole, at);
}

static GtkBitset *
get_selection_in_range (GtkSelectionModel *model, guint first, guint n)
{
    return gtk_selection_model_get_selection_in_range (FOVEA_FRONT (model)->whole, first, n);
}

static gboolean
select_item (GtkSelectionModel *model, guint at, gboolean unselect_rest)
{
    return gtk_selection_model_select_item (FOVEA_FRONT (model)->whole, at, unselect_rest);
}

static gboolean
unselect_item (GtkSelectionModel *model, guint at)
{
    return gtk_selection_model_unselect_item (FOVEA_FRONT (model)->whole, at);
}

static void
selection_iface_init (GtkSelectionModelInterface *iface)
{
    iface->is_selected = is_selected;
    iface->get_selection_in_range = get_selection_in_range;
    iface->select_item = select_item;
    iface->unselect_item = unselect_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FoveaFront,
                               fovea_front,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_iface_init)
                                   G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL,
                                                          selection_iface_init))

/* From the first change on all is told to be new: what moved across the limit is not worth finding. */
static void
items_changed (FoveaFront *self, guint at)
{
    guint before = self->n;
    if (at >= before && count (self) == before)
        return;
    at = MIN (at, MIN (before, count (self)));
    self->n = count (self);
    g_list_model_items_changed (G_LIST_MODEL (self), at, before - at, self->n - at);
}

static void
selection_changed (FoveaFront *self, guint at, guint n)
{
    if (at < self->n)
        gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), at,
                                               MIN (n, self->n - at));
}

static void
fovea_front_dispose (GObject *object)
{
    g_clear_object (&FOVEA_FRONT (object)->whole);
    G_OBJECT_CLASS (fovea_front_parent_class)->dispose (object);
}

static void
fovea_front_class_init (FoveaFrontClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_front_dispose;
}

static void
fovea_front_init (FoveaFront *self)
{
}

FoveaFront *
fovea_front_new (GtkSelectionModel *whole)
{
    FoveaFront *self = g_object_new (FOVEA_TYPE_FRONT, NULL);
    self->whole = g_object_ref (whole);
    g_signal_connect_object (whole, "items-changed", G_CALLBACK (items_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (whole, "selection-changed", G_CALLBACK (selection_changed), self,
                             G_CONNECT_SWAPPED);
    return self;
}

void
fovea_front_set_limit (FoveaFront *self, guint limit)
{
    self->limit = limit;
    items_changed (self, MIN (self->n, count (self)));
}

gboolean
fovea_front_is_whole (FoveaFront *self)
{
    return self->n == g_list_model_get_n_items (G_LIST_MODEL (self->whole));
}
