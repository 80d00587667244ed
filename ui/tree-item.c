/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Plain; what changes are children and their count, and how far it is while it is being written. */
#include "ui/tree-item.h"

struct _FoveaTreeItem {
    GObject parent_instance;
    FoveaTreeKind kind;
    gint64 id;
    char *path, *title, *count, *hint;
    char *folded, *title_key; /* for searches and for sorting */
    gint64 length;
    GListStore *children;
    double progress;
    gboolean compared, missing;
};

G_DEFINE_FINAL_TYPE (FoveaTreeItem, fovea_tree_item, G_TYPE_OBJECT)

enum {
    PROP_0,
    PROP_PROGRESS,
    PROP_COUNT,
    PROP_COMPARED,
    PROP_MISSING,
    N_PROPERTIES,
};
static GParamSpec *properties[N_PROPERTIES];

static void
fovea_tree_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    FoveaTreeItem *self = FOVEA_TREE_ITEM (object);
    if (id == PROP_COUNT)
        g_value_set_string (value, self->count);
    else if (id == PROP_COMPARED)
        g_value_set_boolean (value, self->compared);
    else if (id == PROP_MISSING)
        g_value_set_boolean (value, self->missing);
    else
        g_value_set_double (value, self->progress);
}

static void
fovea_tree_item_finalize (GObject *object)
{
    FoveaTreeItem *self = FOVEA_TREE_ITEM (object);
    g_free (self->path);
    g_free (self->title);
    g_free (self->count);
    g_free (self->hint);
    g_free (self->folded);
    g_free (self->title_key);
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
    properties[PROP_COUNT] =
        g_param_spec_string ("count", NULL, NULL, "", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    properties[PROP_COMPARED] = g_param_spec_boolean ("compared", NULL, NULL, FALSE,
                                                      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    properties[PROP_MISSING] = g_param_spec_boolean ("missing", NULL, NULL, FALSE,
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
    self->folded = g_utf8_casefold (title, -1);
    self->title_key = g_utf8_collate_key_for_filename (self->folded, -1);
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
fovea_tree_item_get_folded_title (FoveaTreeItem *self)
{
    return self->folded;
}

const char *
fovea_tree_item_get_title_key (FoveaTreeItem *self)
{
    return self->title_key;
}

void
fovea_tree_item_set_length (FoveaTreeItem *self, gint64 n_tokens)
{
    self->length = n_tokens;
}

gint64
fovea_tree_item_get_length (FoveaTreeItem *self)
{
    return self->length;
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
fovea_tree_item_set_hint (FoveaTreeItem *self, const char *hint)
{
    g_free (self->hint);
    self->hint = g_strdup (hint);
}

const char *
fovea_tree_item_get_hint (FoveaTreeItem *self)
{
    return self->hint;
}

void
fovea_tree_item_set_compared (FoveaTreeItem *self, gboolean compared)
{
    if (self->compared == compared)
        return;
    self->compared = compared;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMPARED]);
}

gboolean
fovea_tree_item_get_compared (FoveaTreeItem *self)
{
    return self->compared;
}

void
fovea_tree_item_set_missing (FoveaTreeItem *self, gboolean missing)
{
    if (self->missing == missing)
        return;
    self->missing = missing;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MISSING]);
}

gboolean
fovea_tree_item_get_missing (FoveaTreeItem *self)
{
    return self->missing;
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

/* What is being written has its row behind those that are there. */
static guint
count_listed (GListModel *children)
{
    guint n = g_list_model_get_n_items (children);
    for (guint i = 0; i < n; i++) {
        g_autoptr (FoveaTreeItem) child = g_list_model_get_item (children, i);
        if (child->progress >= 0)
            return i;
    }
    return n;
}

/* Renews the row at @i if it is of the same thing. */
static gboolean
renew_child (FoveaTreeItem *self, FoveaTreeItem *fresh, guint i)
{
    g_autoptr (FoveaTreeItem) old = g_list_model_get_item (G_LIST_MODEL (self->children), i);
    g_autoptr (FoveaTreeItem) new = g_list_model_get_item (G_LIST_MODEL (fresh->children), i);
    if (old->id != new->id || old->kind != new->kind || !g_str_equal (old->title, new->title))
        return FALSE;
    fovea_tree_item_renew (old, new);
    return TRUE;
}

void
fovea_tree_item_renew (FoveaTreeItem *self, FoveaTreeItem *fresh)
{
    fovea_tree_item_set_missing (self, FALSE); /* it could be read */
    if (!g_str_equal (self->count, fresh->count) || g_strcmp0 (self->hint, fresh->hint) != 0) {
        fovea_tree_item_set_hint (self, fresh->hint);
        g_free (self->count);
        self->count = g_strdup (fresh->count);
        g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COUNT]);
    }
    if (self->children == NULL)
        return;
    guint n_old = count_listed (G_LIST_MODEL (self->children)), same = 0;
    guint n_new = g_list_model_get_n_items (G_LIST_MODEL (fresh->children));
    while (same < n_old && same < n_new && renew_child (self, fresh, same))
        same++;
    g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);
    for (guint i = same; i < n_new; i++)
        g_ptr_array_add (added, g_list_model_get_item (G_LIST_MODEL (fresh->children), i));
    if (n_old > same || n_new > same)
        g_list_store_splice (self->children, same, n_old - same, added->pdata, added->len);
}

FoveaTreeItem *
fovea_tree_item_find_sequence (FoveaTreeItem *store, gint64 sequence)
{
    GListModel *runs = G_LIST_MODEL (fovea_tree_item_get_children (store));
    for (guint r = 0; r < g_list_model_get_n_items (runs); r++) {
        g_autoptr (FoveaTreeItem) run = g_list_model_get_item (runs, r);
        GListModel *sequences = G_LIST_MODEL (fovea_tree_item_get_children (run));
        for (guint i = 0; i < g_list_model_get_n_items (sequences); i++) {
            g_autoptr (FoveaTreeItem) item = g_list_model_get_item (sequences, i);
            if (fovea_tree_item_get_id (item) == sequence)
                return g_steal_pointer (&item);
        }
    }
    return NULL;
}
