/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A sorted array: sets are small, looked into for every cell that is drawn, and listed in order. */
#include "ui/head-set.h"

struct _FoveaHeadSet {
    GObject parent_instance;
    GArray *heads; /* of FoveaHeadPlace, rising */
};

G_DEFINE_FINAL_TYPE (FoveaHeadSet, fovea_head_set, G_TYPE_OBJECT)

static guint changed_signal;

static void
fovea_head_set_finalize (GObject *object)
{
    g_array_unref (FOVEA_HEAD_SET (object)->heads);
    G_OBJECT_CLASS (fovea_head_set_parent_class)->finalize (object);
}

static void
fovea_head_set_class_init (FoveaHeadSetClass *klass)
{
    G_OBJECT_CLASS (klass)->finalize = fovea_head_set_finalize;
    changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_head_set_init (FoveaHeadSet *self)
{
    self->heads = g_array_new (FALSE, FALSE, sizeof (FoveaHeadPlace));
}

FoveaHeadSet *
fovea_head_set_new (void)
{
    return g_object_new (FOVEA_TYPE_HEAD_SET, NULL);
}

/* Whether it is in; @at: where it is, or where it would go. */
static gboolean
find (FoveaHeadSet *self, guint layer, guint head, guint *at)
{
    guint low = 0, high = self->heads->len;
    while (low < high) {
        guint middle = (low + high) / 2;
        FoveaHeadPlace place = g_array_index (self->heads, FoveaHeadPlace, middle);
        if (place.layer < layer || (place.layer == layer && place.head < head))
            low = middle + 1;
        else
            high = middle;
    }
    *at = low;
    if (low == self->heads->len)
        return FALSE;
    FoveaHeadPlace place = g_array_index (self->heads, FoveaHeadPlace, low);
    return place.layer == layer && place.head == head;
}

void
fovea_head_set_add (FoveaHeadSet *self, guint layer, guint head)
{
    guint at;
    FoveaHeadPlace place = {layer, head};
    if (find (self, layer, head, &at))
        return;
    g_array_insert_val (self->heads, at, place);
    g_signal_emit (self, changed_signal, 0);
}

void
fovea_head_set_toggle (FoveaHeadSet *self, guint layer, guint head)
{
    guint at;
    if (!find (self, layer, head, &at)) {
        fovea_head_set_add (self, layer, head);
        return;
    }
    g_array_remove_index (self->heads, at);
    g_signal_emit (self, changed_signal, 0);
}

void
fovea_head_set_clear (FoveaHeadSet *self)
{
    if (self->heads->len == 0)
        return;
    g_array_set_size (self->heads, 0);
    g_signal_emit (self, changed_signal, 0);
}

void
fovea_head_set_replace (FoveaHeadSet *self, const FoveaHeadPlace *places, guint n)
{
    guint at;
    g_array_set_size (self->heads, 0);
    for (guint i = 0; i < n; i++)
        if (!find (self, places[i].layer, places[i].head, &at))
            g_array_insert_val (self->heads, at, places[i]);
    g_signal_emit (self, changed_signal, 0);
}

gboolean
fovea_head_set_contains (FoveaHeadSet *self, guint layer, guint head)
{
    guint at;
    return find (self, layer, head, &at);
}

guint
fovea_head_set_get_n (FoveaHeadSet *self)
{
    return self->heads->len;
}

GArray *
fovea_head_set_list (FoveaHeadSet *self)
{
    return g_array_copy (self->heads);
}
