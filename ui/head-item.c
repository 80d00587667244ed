/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Items of one trace share the head table and differ in their row of it. */
#include "ui/head-item.h"

#include <math.h>

#include "ui/sentences.h"

struct _FoveaHeadItem {
    GObject parent_instance;
    guint layer, head;
    char *name;
    FoveaTable *heads, *reference;
    int row;
    double key;
    double change;
};

G_DEFINE_FINAL_TYPE (FoveaHeadItem, fovea_head_item, G_TYPE_OBJECT)

enum {
    PROP_0,
    PROP_LAYER,
    PROP_HEAD,
    PROP_NAME,
    PROP_ROLE,
    N_PROPS,
};

static void
fovea_head_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    FoveaHeadItem *self = FOVEA_HEAD_ITEM (object);
    if (id == PROP_LAYER)
        g_value_set_uint (value, self->layer);
    else if (id == PROP_HEAD)
        g_value_set_uint (value, self->head);
    else
        g_value_set_string (value, id == PROP_NAME ? self->name : fovea_head_item_get_role (self));
}

static void
fovea_head_item_finalize (GObject *object)
{
    FoveaHeadItem *self = FOVEA_HEAD_ITEM (object);
    g_free (self->name);
    g_clear_pointer (&self->heads, fovea_table_unref);
    g_clear_pointer (&self->reference, fovea_table_unref);
    G_OBJECT_CLASS (fovea_head_item_parent_class)->finalize (object);
}

static void
fovea_head_item_class_init (FoveaHeadItemClass *klass)
{
    GObjectClass *object_class = G_OBJECT_CLASS (klass);
    const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
    object_class->get_property = fovea_head_item_get_property;
    object_class->finalize = fovea_head_item_finalize;
    g_object_class_install_property (
        object_class, PROP_LAYER, g_param_spec_uint ("layer", NULL, NULL, 0, G_MAXUINT, 0, flags));
    g_object_class_install_property (
        object_class, PROP_HEAD, g_param_spec_uint ("head", NULL, NULL, 0, G_MAXUINT, 0, flags));
    g_object_class_install_property (object_class, PROP_NAME,
                                     g_param_spec_string ("name", NULL, NULL, NULL, flags));
    g_object_class_install_property (object_class, PROP_ROLE,
                                     g_param_spec_string ("role", NULL, NULL, NULL, flags));
}

static void
fovea_head_item_init (FoveaHeadItem *self)
{
    self->change = NAN;
}

FoveaHeadItem *
fovea_head_item_new (guint layer, guint head, FoveaTable *heads)
{
    FoveaHeadItem *self = g_object_new (FOVEA_TYPE_HEAD_ITEM, NULL);
    self->layer = layer;
    self->head = head;
    self->name = g_strdup_printf ("%u.%u", layer, head);
    fovea_head_item_set_scores (self, heads, NULL);
    return self;
}

void
fovea_head_item_set_scores (FoveaHeadItem *self, FoveaTable *heads, FoveaTable *reference)
{
    FoveaTable *before[] = {self->heads, self->reference};
    self->heads = heads != NULL ? fovea_table_ref (heads) : NULL;
    self->reference = reference != NULL ? fovea_table_ref (reference) : NULL;
    self->row = fovea_heads_find_row (heads, self->layer, self->head);
    for (guint i = 0; i < G_N_ELEMENTS (before); i++)
        g_clear_pointer (&before[i], fovea_table_unref);
}

void
fovea_head_item_get_place (FoveaHeadItem *self, guint *layer, guint *head)
{
    *layer = self->layer;
    *head = self->head;
}

const char *
fovea_head_item_get_name (FoveaHeadItem *self)
{
    return self->name;
}

const char *
fovea_head_item_get_role (FoveaHeadItem *self)
{
    return fovea_heads_get_role (self->heads, self->row);
}

double
fovea_head_item_get_score (FoveaHeadItem *self, const char *name)
{
    return g_str_equal (name, FOVEA_HEAD_CHANGE)
               ? self->change
               : fovea_heads_get_score (self->heads, self->row, name);
}

gboolean
fovea_head_item_has_score (FoveaHeadItem *self, const char *name)
{
    return self->heads == NULL || fovea_heads_has_score (self->heads, name) ||
           (g_str_equal (name, FOVEA_HEAD_CHANGE) && !isnan (self->change));
}

/* The same role's deciding score may stand in another row there. */
double
fovea_head_item_get_difference (FoveaHeadItem *self, const char *name)
{
    if (g_str_equal (name, FOVEA_HEAD_CHANGE))
        return self->change;
    int row = fovea_heads_find_row (self->reference, self->layer, self->head);
    return fovea_head_item_get_score (self, name) -
           fovea_heads_get_score (self->reference, row, name);
}

void
fovea_head_item_set_change (FoveaHeadItem *self, double change)
{
    self->change = change;
}

void
fovea_head_item_set_key (FoveaHeadItem *self, double key)
{
    self->key = key;
}

double
fovea_head_item_get_key (FoveaHeadItem *self)
{
    return self->key;
}
