/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The store is opened again in the thread, because a figure names the store's identity and the
 * trace it was made from. */
#include "app/window/export.h"
#include "ui/trace-source.h"

typedef struct {
    FoveaFigureRequest *request;
    FoveaTraceSource *source;
    FoveaTable *heads;
    char *store_path, *path;
    gint64 sequence;
} Export;

static void
export_free (gpointer data)
{
    Export *work = data;
    fovea_figure_request_free (work->request);
    fovea_trace_source_unref (work->source);
    g_clear_pointer (&work->heads, fovea_table_unref);
    g_free (work->store_path);
    g_free (work->path);
    g_free (work);
}

static void
export_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    Export *work = data;
    GError *error = NULL;
    FoveaTrace *trace = fovea_trace_source_get_trace (work->source);
    g_autoptr (FoveaStore) store = fovea_store_open (work->store_path, FOVEA_STORE_READ, &error);
    if (store == NULL) {
        g_task_return_error (task, error);
        return;
    }
    fovea_figure_request_set_object (work->request, store, work->sequence, trace);
    g_autoptr (FoveaFigure) figure =
        fovea_figure_request_draw (work->request, trace, work->heads, cancellable, &error);
    g_autofree char *provenance = fovea_figure_request_to_json (work->request);
    if (figure != NULL &&
        fovea_figure_save (figure, work->path, work->request->dpi, provenance, &error))
        g_task_return_pointer (
            task, fovea_figure_request_to_command (work->request, work->store_path, work->path),
            g_free);
    else
        g_task_return_error (task, error);
}

void
fovea_export_async (FoveaFigureRequest *request,
                    const FoveaOpened *opened,
                    FoveaTable *heads,
                    const char *path,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
    Export *work = g_new0 (Export, 1);
    work->request = request;
    work->source = fovea_trace_source_ref (opened->source);
    work->heads = heads != NULL ? fovea_table_ref (heads) : NULL;
    work->store_path = g_strdup (opened->path);
    work->path = g_strdup (path);
    work->sequence = opened->sequence;
    g_task_set_source_tag (task, fovea_export_async);
    g_task_set_task_data (task, work, export_free);
    g_task_run_in_thread (task, export_thread);
}

char *
fovea_export_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}
