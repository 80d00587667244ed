/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A store that a capture is filling lets a note in between two sequences; the busy timeout of storage/
 * waits. */
#include "app/window/note-keeper.h"

#include "app/window/writer.h"

typedef struct {
    char *path, *text;
    gint64 sequence;
    FoveaNoteObject object;
} Work;

static void
work_free (gpointer data)
{
    Work *work = data;
    g_free (work->path);
    g_free (work->text);
    g_free (work);
}

static void
save (gpointer data)
{
    g_autoptr (GTask) task = data;
    const Work *work = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (FoveaStore) store = fovea_store_open (work->path, FOVEA_STORE_WRITE, &error);
    if (store != NULL &&
        fovea_store_put_note (store, work->sequence, &work->object, work->text, &error))
        g_task_return_boolean (task, TRUE);
    else
        g_task_return_error (task, error);
}

void
fovea_note_keeper_save_async (const char *path,
                              gint64 sequence,
                              const FoveaNoteObject *object,
                              const char *text,
                              GAsyncReadyCallback callback,
                              gpointer data)
{
    GTask *task = g_task_new (NULL, NULL, callback, data);
    Work *work = g_new0 (Work, 1);
    work->path = g_strdup (path);
    work->text = g_strdup (text);
    work->sequence = sequence;
    work->object = *object;
    g_task_set_source_tag (task, fovea_note_keeper_save_async);
    g_task_set_task_data (task, work, work_free);
    fovea_writer_push (save, task);
}

gboolean
fovea_note_keeper_save_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}

static void
list (gpointer data)
{
    g_autoptr (GTask) task = data;
    const Work *work = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (FoveaStore) store = fovea_store_open (work->path, FOVEA_STORE_READ, &error);
    GPtrArray *notes =
        store != NULL ? fovea_store_list_notes (store, work->sequence, &error) : NULL;
    if (notes != NULL)
        g_task_return_pointer (task, notes, (GDestroyNotify) g_ptr_array_unref);
    else
        g_task_return_error (task, error);
}

void
fovea_note_keeper_list_async (const char *path,
                              gint64 sequence,
                              GAsyncReadyCallback callback,
                              gpointer data)
{
    GTask *task = g_task_new (NULL, NULL, callback, data);
    Work *work = g_new0 (Work, 1);
    work->path = g_strdup (path);
    work->sequence = sequence;
    g_task_set_source_tag (task, fovea_note_keeper_list_async);
    g_task_set_task_data (task, work, work_free);
    fovea_writer_push (list, task);
}

GPtrArray *
fovea_note_keeper_list_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}
