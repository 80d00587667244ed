/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Items are those of the model behind, cut at the limit. @n is what the view has been told, which a
 * change behind must be reckoned from. A slot is made when it is asked for: views ask for what they have
 * widgets for, some hundreds of thousands. */
#include "ui/front.h"

struct _FoveaSlot {
    GObject parent_instance;
    GObject *item;
};

G_DEFINE_FINAL_TYPE (FoveaSlot, fovea_slot, G_TYPE_OBJECT)

static void
fovea_slot_dispose (GObject *object)
{
    g_clear_object (&FOVEA_SLOT (object)->item);
    G_OBJECT_CLASS (fovea_slot_parent_class)->dispose (object);
}

static void
fovea_slot_class_init (FoveaSlotClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_slot_dispose;
}

static void
fovea_slot_init (FoveaSlot *self)
{
}

gpointer
fovea_slot_get_item (FoveaSlot *self)
{
    return self->item;
}

struct _FoveaFront {
    GObject parent_instance;
    GtkSelectionModel *whole;
    GPtrArray *slots; /* of FoveaSlot or NULL, by place; NULL: items themselves are handed out */
    guint limit, n;
};

static guint moved_signal;

static guint
count (FoveaFront *self)
{
    return MIN (self->limit, g_list_model_get_n_items (G_LIST_MODEL (self->whole)));
}

static GType
get_item_type (GListModel *model)
{
    FoveaFront *self = FOVEA_FRONT (model);
    return self->slots != NULL ? FOVEA_TYPE_SLOT
                               : g_list_model_get_item_type (G_LIST_MODEL (self->whole));
}

static guint
get_n_items (GListModel *model)
{
    return FOVEA_FRONT (model)->n;
}

static gpointer
get_slot (FoveaFront *self, guint at)
{
    if (self->slots->len <= at)
        g_ptr_array_set_size (self->slots, (int) self->n);
    if (self->slots->pdata[at] == NULL) {
        FoveaSlot *slot = g_object_new (FOVEA_TYPE_SLOT, NULL);
        slot->item = g_list_model_get_item (G_LIST_MODEL (self->whole), at);
        self->slots->pdata[at] = slot;
    }
    return g_object_ref (self->slots->pdata[at]);
}

static gpointer
get_item (GListModel *model, guint at)
{
    FoveaFront *self = FOVEA_FRONT (model);
    if (at >= self->n)
        return NULL;
    return self->slots != NULL ? get_slot (self, at)
                               : g_list_model_get_item (G_LIST_MODEL (self->whole), at);
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
    GtkSelectionModel *whole = FOVEA_FRONT (model)->whole;
    return at < g_list_model_get_n_items (G_LIST_MODEL (whole)) &&
           gtk_selection_model_select_item (whole, at, unselect_rest);
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

/* From the first change on. Places behind the last item have none. */
static void
move_items (FoveaFront *self, guint at)
{
    for (guint i = at; i < self->slots->len; i++) {
        FoveaSlot *slot = self->slots->pdata[i];
        if (slot == NULL)
            continue;
        g_clear_object (&slot->item);
        slot->item = g_list_model_get_item (G_LIST_MODEL (self->whole), i);
    }
}

/* @n: places from now on */
static void
change_slots (FoveaFront *self, guint at, guint n)
{
    guint before = self->n, both = MIN (before, n);
    self->n = n;
    if (self->slots->len > n)
        g_ptr_array_set_size (self->slots, (int) n);
    move_items (self, at);
    if (before != n)
        g_list_model_items_changed (G_LIST_MODEL (self), both, before - both, n - both);
    if (at >= both)
        return;
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), at, both - at);
    g_signal_emit (self, moved_signal, 0);
}

/* From the first change on all is told to be new: what moved across the limit is not worth finding. Slots
 * without an item stay until a limit takes them: a widget that goes costs nearly what a new one does. */
static void
items_changed (FoveaFront *self, guint at)
{
    guint before = self->n;
    if (at >= before && count (self) <= before)
        return;
    if (self->slots != NULL) {
        change_slots (self, at, MAX (count (self), before));
        return;
    }
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
    g_clear_pointer (&FOVEA_FRONT (object)->slots, g_ptr_array_unref);
    G_OBJECT_CLASS (fovea_front_parent_class)->dispose (object);
}

static void
fovea_front_class_init (FoveaFrontClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_front_dispose;
    moved_signal = g_signal_new ("moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
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

static void
slot_free (gpointer slot)
{
    if (slot != NULL)
        g_object_unref (slot);
}

FoveaFront *
fovea_front_new_slots (GtkSelectionModel *whole)
{
    FoveaFront *self = fovea_front_new (whole);
    self->slots = g_ptr_array_new_with_free_func (slot_free);
    return self;
}

void
fovea_front_set_limit (FoveaFront *self, guint limit)
{
    self->limit = limit;
    if (self->slots != NULL)
        change_slots (self, self->n, limit < self->n ? limit : MAX (count (self), self->n));
    else
        items_changed (self, MIN (self->n, count (self)));
}

gboolean
fovea_front_is_whole (FoveaFront *self)
{
    return self->n == g_list_model_get_n_items (G_LIST_MODEL (self->whole));
}
