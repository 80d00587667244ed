/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The pool of read connections. Taking one costs a lock; a new one costs opening the file, once a
 * thread that reads at the same time. Idle ones beyond a few are closed. */
#include "storage/readers.h"

#define MAX_IDLE 8

struct _FoveaReaders {
    char *path;
    GMutex lock;
    GPtrArray *idle; /* of FoveaDatabase; under lock */
};

FoveaReaders *
fovea_readers_new (const char *path)
{
    FoveaReaders *readers = g_atomic_rc_box_new0 (FoveaReaders);
    readers->path = g_strdup (path);
    g_mutex_init (&readers->lock);
    readers->idle = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_database_close);
    return readers;
}

FoveaReaders *
fovea_readers_ref (FoveaReaders *readers)
{
    return g_atomic_rc_box_acquire (readers);
}

static void
clear (gpointer data)
{
    FoveaReaders *readers = data;
    g_ptr_array_unref (readers->idle);
    g_mutex_clear (&readers->lock);
    g_free (readers->path);
}

void
fovea_readers_unref (FoveaReaders *readers)
{
    g_atomic_rc_box_release_full (readers, clear);
}

FoveaDatabase *
fovea_readers_take (FoveaReaders *readers, GError **error)
{
    FoveaDatabase *database = NULL;
    g_mutex_lock (&readers->lock);
    if (readers->idle->len > 0)
        database = g_ptr_array_steal_index_fast (readers->idle, readers->idle->len - 1);
    g_mutex_unlock (&readers->lock);
    if (database != NULL)
        return database;
    return fovea_database_open (readers->path, FOVEA_DATABASE_READ, error);
}

void
fovea_readers_give (FoveaReaders *readers, FoveaDatabase *database)
{
    if (database == NULL)
        return;
    g_mutex_lock (&readers->lock);
    gboolean keep = readers->idle->len < MAX_IDLE;
    if (keep)
        g_ptr_array_add (readers->idle, database);
    g_mutex_unlock (&readers->lock);
    if (!keep)
        fovea_database_close (database);
}
