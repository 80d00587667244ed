/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The system says when a file was written, many times a commit; the first of them begins a pause, at the
 * end of which all are told as one. A store that nobody writes costs nothing. */
#include "app/window/store-watch.h"

#define PAUSE_S 2

typedef struct {
    FoveaStoreWatch *watch;
    char *path;
    GFileMonitor *monitor;
    guint pause; /* 0 = nothing is to be told */
} Watched;

struct _FoveaStoreWatch {
    GHashTable *stores; /* path -> Watched */
    FoveaStoreWatchFunc changed;
    gpointer data;
};

static void
watched_free (gpointer data)
{
    Watched *self = data;
    g_clear_handle_id (&self->pause, g_source_remove);
    g_signal_handlers_disconnect_by_data (self->monitor, self);
    g_object_unref (self->monitor);
    g_free (self->path);
    g_free (self);
}

static gboolean
tell (gpointer data)
{
    Watched *self = data;
    if (!self->watch->changed (self->watch->data, self->path))
        return G_SOURCE_CONTINUE;
    self->pause = 0;
    return G_SOURCE_REMOVE;
}

static void
file_changed (
    GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, Watched *self)
{
    if (self->pause == 0 &&
        (event == G_FILE_MONITOR_EVENT_CHANGED || event == G_FILE_MONITOR_EVENT_CREATED ||
         event == G_FILE_MONITOR_EVENT_DELETED || event == G_FILE_MONITOR_EVENT_UNMOUNTED))
        self->pause = g_timeout_add_seconds (PAUSE_S, tell, self);
}

FoveaStoreWatch *
fovea_store_watch_new (FoveaStoreWatchFunc changed, gpointer data)
{
    FoveaStoreWatch *watch = g_new0 (FoveaStoreWatch, 1);
    watch->stores = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, watched_free);
    watch->changed = changed;
    watch->data = data;
    return watch;
}

void
fovea_store_watch_free (FoveaStoreWatch *watch)
{
    if (watch == NULL)
        return;
    g_hash_table_unref (watch->stores);
    g_free (watch);
}

void
fovea_store_watch_add (FoveaStoreWatch *watch, const char *path)
{
    g_autoptr (GFile) file = g_file_new_for_path (path);
    if (g_hash_table_contains (watch->stores, path))
        return;
    GFileMonitor *monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, NULL);
    if (monitor == NULL)
        return;
    Watched *self = g_new0 (Watched, 1);
    self->watch = watch;
    self->path = g_strdup (path);
    self->monitor = monitor;
    g_signal_connect (monitor, "changed", G_CALLBACK (file_changed), self);
    g_hash_table_insert (watch->stores, self->path, self);
}

void
fovea_store_watch_remove (FoveaStoreWatch *watch, const char *path)
{
    g_hash_table_remove (watch->stores, path);
}
