/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Reads are numbered, so that an answer of something that was left is known. A stopped reader is
 * silent: its cancellable only ever means that the owner is going away. */
#include "ui/reader.h"

#include "ui/background.h"

struct _FoveaReader {
    GObject *owner;
    const FoveaReaderFunctions *functions;
    GCancellable *cancellable;
    gboolean reading, due;
    guint number; /* of the last that may be taken */
};

typedef struct {
    const FoveaReaderFunctions *functions;
    gpointer request;
    guint number;
} Work;

static void
work_free (gpointer data)
{
    Work *work = data;
    work->functions->free_request (work->request);
    g_free (work);
}

FoveaReader *
fovea_reader_new (GObject *owner, const FoveaReaderFunctions *functions)
{
    FoveaReader *reader = g_new0 (FoveaReader, 1);
    reader->owner = owner;
    reader->functions = functions;
    reader->cancellable = g_cancellable_new ();
    return reader;
}

void
fovea_reader_free (FoveaReader *reader)
{
    g_object_unref (reader->cancellable);
    g_free (reader);
}

static void
read_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    const Work *work = data;
    GError *error = NULL;
    gpointer found = work->functions->read (work->request, cancellable, &error);
    if (found != NULL)
        g_task_return_pointer (task, found, work->functions->free_data);
    else
        g_task_return_error (task, error);
}

static void
read_done (GObject *object, GAsyncResult *result, gpointer data)
{
    FoveaReader *reader = data;
    const Work *work = g_task_get_task_data (G_TASK (result));
    gboolean wanted = work->number == reader->number;
    g_autoptr (GError) error = NULL;
    gpointer found = g_task_propagate_pointer (G_TASK (result), &error);
    reader->reading = FALSE;
    if (g_cancellable_is_cancelled (reader->cancellable))
        return;
    if (found != NULL && wanted)
        reader->functions->take (reader->owner, found);
    else if (found != NULL)
        reader->functions->free_data (found);
    if (reader->due)
        fovea_reader_go (reader);
    if (found == NULL && wanted &&
        !reader->reading) /* else another thing was asked for meanwhile */
        reader->functions->fail (reader->owner, error->message);
}

void
fovea_reader_go (FoveaReader *reader)
{
    reader->due = reader->reading;
    if (reader->reading || g_cancellable_is_cancelled (reader->cancellable))
        return;
    gpointer request = reader->functions->ask (reader->owner);
    if (request == NULL)
        return;
    reader->reading = TRUE;
    Work *work = g_new0 (Work, 1);
    work->functions = reader->functions;
    work->request = request;
    work->number = reader->number;
    g_autoptr (GTask) task = g_task_new (reader->owner, reader->cancellable, read_done, reader);
    g_task_set_source_tag (task, fovea_reader_go);
    g_task_set_task_data (task, work, work_free);
    fovea_background_run (task, FOVEA_BACKGROUND_LOOK, read_thread);
}

void
fovea_reader_drop (FoveaReader *reader)
{
    reader->number++;
}

void
fovea_reader_stop (FoveaReader *reader)
{
    g_cancellable_cancel (reader->cancellable);
}
