/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Listing a store costs milliseconds in a thread, so it is done after commits and twice a second at
 * most. Before the first commit the run may not be there, and the row hangs below the store. */
#include "app/window/writing-row.h"

#include <math.h>

#define PAUSE (G_USEC_PER_SEC / 2) /* between two listings */

struct _FoveaWritingRow {
    FoveaLibrary *library; /* NULL once ended */
    char *path;
    FoveaRelay *relay;
    FoveaWritingListed listed;
    gpointer data;
    FoveaTreeItem *row; /* NULL = nothing has been told yet */
    GListStore *parent; /* that has it */
    gint64 committed;   /* sequences, when the store was last listed */
    gint64 listed_at;   /* us, 0 = never */
    gboolean listing;
};

static void
clear (gpointer data)
{
    FoveaWritingRow *self = data;
    g_free (self->path);
    g_clear_object (&self->row);
    g_clear_object (&self->parent);
    fovea_relay_unref (self->relay);
}

static void
detach (FoveaWritingRow *self)
{
    guint at;
    if (self->parent != NULL && self->row != NULL &&
        g_list_store_find (self->parent, self->row, &at))
        g_list_store_remove (self->parent, at);
    g_clear_object (&self->parent);
}

/* Below the newest run once that has sequences, which is the one being written. */
static void
attach (FoveaWritingRow *self)
{
    g_autoptr (FoveaTreeItem) store = fovea_library_find_store (self->library, self->path);
    if (store == NULL)
        store = fovea_library_add_store (self->library, self->path);
    detach (self); /* or it might be the last of the runs */
    GListStore *runs = fovea_tree_item_get_children (store);
    guint n = g_list_model_get_n_items (G_LIST_MODEL (runs));
    g_autoptr (FoveaTreeItem) run =
        self->committed > 0 && n > 0 ? g_list_model_get_item (G_LIST_MODEL (runs), n - 1) : NULL;
    GListStore *parent = run != NULL ? fovea_tree_item_get_children (run) : NULL;
    self->parent = g_object_ref (parent != NULL ? parent : runs);
    g_list_store_append (self->parent, self->row);
}

static void
store_listed (GObject *object, GAsyncResult *result, gpointer data)
{
    FoveaWritingRow *self = data;
    g_autoptr (FoveaTreeItem) store =
        fovea_library_open_finish (FOVEA_LIBRARY (object), result, NULL);
    self->listing = FALSE;
    if (self->library != NULL && store != NULL) { /* else the next commit tries again */
        attach (self);
        self->listed (self->data, store);
    }
    g_rc_box_release_full (self, clear);
}

static void
list_again (FoveaWritingRow *self, gint64 committed)
{
    gint64 now = g_get_monotonic_time ();
    if (committed <= self->committed || self->listing || now - self->listed_at < PAUSE)
        return;
    self->committed = committed;
    self->listed_at = now;
    self->listing = TRUE;
    fovea_library_open_async (self->library, self->path, NULL, store_listed,
                              g_rc_box_acquire (self));
}

/* FoveaRelayFunc. */
static void
show (gpointer data, double value, const char *title)
{
    FoveaWritingRow *self = data;
    double committed = floor (value);
    if (self->row == NULL || g_strcmp0 (fovea_tree_item_get_title (self->row), title) != 0) {
        detach (self);
        g_clear_object (&self->row);
        self->row = fovea_tree_item_new (FOVEA_TREE_SEQUENCE, self->path, 0, title, "");
        fovea_tree_item_set_progress (self->row, 0);
        attach (self);
    }
    fovea_tree_item_set_progress (self->row, value - committed);
    list_again (self, (gint64) committed);
}

FoveaWritingRow *
fovea_writing_row_new (FoveaLibrary *library,
                       const char *path,
                       FoveaWritingListed listed,
                       gpointer data)
{
    FoveaWritingRow *self = g_rc_box_new0 (FoveaWritingRow);
    self->library = library;
    self->path = g_canonicalize_filename (path, NULL);
    self->relay = fovea_relay_new (show, self);
    self->listed = listed;
    self->data = data;
    return self;
}

const char *
fovea_writing_row_get_path (FoveaWritingRow *self)
{
    return self->path;
}

FoveaRelay *
fovea_writing_row_get_relay (FoveaWritingRow *self)
{
    return self->relay;
}

void
fovea_writing_row_end (FoveaWritingRow *self)
{
    if (self == NULL)
        return;
    fovea_relay_stop (self->relay);
    detach (self);
    g_autoptr (FoveaTreeItem) store = fovea_library_find_store (self->library, self->path);
    if (store != NULL &&
        g_list_model_get_n_items (G_LIST_MODEL (fovea_tree_item_get_children (store))) == 0)
        fovea_library_remove_store (self->library, store);
    self->library = NULL;
    g_rc_box_release_full (self, clear);
}
