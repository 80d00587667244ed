/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Plain and unchanging but for its children, and for how far it is while it is being written. */
#include "ui/tree-item.h"

struct _FoveaTreeItem {
    GObject parent_instance;
    FoveaTreeKind kind;
    gint64 id;
    char *path, *title, *count;
    GListStore *children;
    double progress;
};

G_DEFINE_FINAL_TYPE (FoveaTreeItem, fovea_tree_item, G_TYPE_OBJECT)

enum {
    PROP_0,
    PROP_PROGRESS,
    N_PROPERTIES,
};
static GParamSpec *properties[N_PROPERTIES];

static void
fovea_tree_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    g_value_set_double (value, FOVEA_TREE_ITEM (object)->progress);
}

static void
fovea_tree_item_finalize (GObject *object)
{
    FoveaTreeItem *self = FOVEA_TREE_ITEM (object);
    g_free (self->path);
    g_free (self->title);
    g_free (self->count);
    g_clear_object (&self->children);
    G_OBJECT_CLASS (fovea_tree_item_parent_class)->finalize (object);
}

static void
fovea_tree_item_class_init (FoveaTreeItemClass *klass)
{
    G_OBJECT_CLASS (klass)->finalize = fovea_tree_item_finalize;
    G_OBJECT_CLASS (klass)->get_property = fovea_tree_item_get_property;
    properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, -1, 1, -1,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPERTIES, properties);
}

static void
fovea_tree_item_init (FoveaTreeItem *self)
{
    self->progress = -1;
}

FoveaTreeItem *
fovea_tree_item_new (
    FoveaTreeKind kind, const char *path, gint64 id, const char *title, const char *count)
{
    FoveaTreeItem *self = g_object_new (FOVEA_TYPE_TREE_ITEM, NULL);
    self->kind = kind;
    self->id = id;
    self->path = g_strdup (path);
    self->title = g_strdup (title);
    self->count = g_strdup (count);
    if (kind != FOVEA_TREE_SEQUENCE)
        self->children = g_list_store_new (FOVEA_TYPE_TREE_ITEM);
    return self;
}

FoveaTreeKind
fovea_tree_item_get_kind (FoveaTreeItem *self)
{
    return self->kind;
}

const char *
fovea_tree_item_get_path (FoveaTreeItem *self)
{
    return self->path;
}

gint64
fovea_tree_item_get_id (FoveaTreeItem *self)
{
    return self->id;
}

const char *
fovea_tree_item_get_title (FoveaTreeItem *self)
{
    return self->title;
}

const char *
fovea_tree_item_get_count (FoveaTreeItem *self)
{
    return self->count;
}

GListStore *
fovea_tree_item_get_children (FoveaTreeItem *self)
{
    return self->children;
}

void
fovea_tree_item_set_progress (FoveaTreeItem *self, double progress)
{
    if (self->progress == progress)
        return;
    self->progress = progress;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROGRESS]);
}

double
fovea_tree_item_get_progress (FoveaTreeItem *self)
{
    return self->progress;
}
