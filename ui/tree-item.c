/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Plain and unchanging but for its children. */
#include "ui/tree-item.h"

struct _FoveaTreeItem {
    GObject parent_instance;
    FoveaTreeKind kind;
    gint64 id;
    char *path, *title, *count;
    GListStore *children;
};

G_DEFINE_FINAL_TYPE (FoveaTreeItem, fovea_tree_item, G_TYPE_OBJECT)

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
}

static void
fovea_tree_item_init (FoveaTreeItem *self)
{
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
