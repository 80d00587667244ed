/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Thin: the work is app/capture-job.c, shared with the command. A cancelled run keeps the sequences
 * it had committed; a run that committed none leaves nothing. */
#include "app/window/capture-task.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "app/job-time.h"
#include "ui/background.h"
#include "ui/token-text.h"
#include "ui/trace-source.h"

typedef struct {
    FoveaCaptureRequest *request;
    char *path;
    FoveaRelay *relay, *rows;
    gint64 started; /* us, for the time left */
    FoveaCaptureJob *job;
    gint64 sequence, before; /* under way, and tokens that were done when it began */
    guint n_kept, n_all;     /* sequences of a run that did not end */
    gint64 run;
    FoveaCaptureChoice wrong;
} Work;

/* The request is gone by then if the job took it over. */
static void
work_free (gpointer data)
{
    Work *work = data;
    fovea_capture_request_free (work->request);
    g_clear_pointer (&work->relay, fovea_relay_unref);
    g_clear_pointer (&work->rows, fovea_relay_unref);
    g_free (work->path);
    g_free (work);
}

/* What is committed, and how much there is of the next. */
static void
report_row (Work *work, const FoveaCaptureProgress *progress)
{
    GPtrArray *all = fovea_capture_job_get_sequences (work->job);
    if (progress->sequence != work->sequence)
        work->before = progress->tokens;
    work->sequence = progress->sequence;
    if (progress->sequence >= (gint64) all->len)
        return; /* all are there */
    const FoveaTraceInfo *info = g_ptr_array_index (all, (guint) progress->sequence);
    double share = (double) (progress->tokens - work->before) / (double) MAX (info->n_tokens, 1);
    fovea_relay_post (work->rows, (double) progress->sequence + CLAMP (share, 0, 0.999),
                      g_strdup (progress->title));
}

/* On the capturing thread; the relays bring it to the main loop. */
static void
report (gpointer data, const FoveaCaptureProgress *progress)
{
    Work *work = data;
    fovea_relay_post_tokens (work->relay, progress->tokens, progress->n_tokens,
                             fovea_job_time_begin (work->started, progress->kept, progress->tokens),
                             0);
    report_row (work, progress);
}

static void
count_kept (Work *work, FoveaStore *store, gint64 run)
{
    g_autoptr (GPtrArray) kept =
        store != NULL && run > 0 ? fovea_store_list_sequences (store, run, NULL) : NULL;
    work->n_kept = kept != NULL ? kept->len : 0;
    work->n_all = work->job != NULL ? fovea_capture_job_get_sequences (work->job)->len : 0;
}

/* A run of the same that was cancelled before is gone on with. A store that this run made and left empty
 * is removed again. */
static void
run_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    Work *work = data;
    GError *error = NULL;
    guint n_done;
    gboolean existed = g_file_test (work->path, G_FILE_TEST_EXISTS);
    work->started = g_get_monotonic_time ();
    g_autoptr (FoveaCaptureJob) job =
        fovea_capture_job_prepare (g_steal_pointer (&work->request), NULL, &error);
    g_autoptr (FoveaStore) store =
        job != NULL ? fovea_store_open (work->path, FOVEA_STORE_CREATE, &error) : NULL;
    work->job = job;
    gboolean resume = store != NULL && fovea_capture_job_find_unfinished (job, store, &n_done) > 0;
    gboolean done = store != NULL && fovea_capture_job_run (job, store, resume, report, work,
                                                            &work->run, cancellable, &error);
    if (done) {
        g_task_return_int (task, work->run);
        return;
    }
    count_kept (work, store, work->run);
    if (store != NULL && !existed) {
        g_autoptr (GPtrArray) kept = fovea_store_list_sequences (store, 0, NULL);
        g_clear_pointer (&store, fovea_store_close);
        if (kept != NULL && kept->len == 0)
            g_unlink (work->path);
    }
    g_task_return_error (task, error);
}

void
fovea_capture_task_run_async (FoveaCaptureRequest *request,
                              const char *path,
                              FoveaRelay *relay,
                              FoveaRelay *rows,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
    Work *work = g_new0 (Work, 1);
    work->request = request;
    work->path = g_strdup (path);
    work->relay = fovea_relay_ref (relay);
    work->rows = fovea_relay_ref (rows);
    g_task_set_source_tag (task, fovea_capture_task_run_async);
    g_task_set_task_data (task, work, work_free);
    fovea_background_run (task, FOVEA_BACKGROUND_JOB, run_thread);
}

gint64
fovea_capture_task_run_finish (GAsyncResult *result, GError **error)
{
    gint64 run = g_task_propagate_int (G_TASK (result), error);
    return MAX (run, 0);
}

guint
fovea_capture_task_get_kept (GAsyncResult *result, guint *n_all, gint64 *run)
{
    const Work *work = g_task_get_task_data (G_TASK (result));
    *n_all = work->n_all;
    *run = work->run;
    return work->n_kept;
}

/* Opens the model and cuts the text, which takes milliseconds for the demo, seconds for large ones.
 */
static void
predict_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    Work *work = data;
    GError *error = NULL;
    g_autoptr (FoveaCaptureJob) job = fovea_capture_job_prepare_or_blame (
        g_steal_pointer (&work->request), NULL, &work->wrong, &error);
    if (job == NULL)
        g_task_return_error (task, error);
    else
        g_task_return_pointer (task, fovea_prediction_new (job, work->path),
                               (GDestroyNotify) fovea_prediction_free);
}

void
fovea_capture_task_predict_async (FoveaCaptureRequest *request,
                                  const char *store,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
    Work *work = g_new0 (Work, 1);
    work->request = request;
    work->path = g_strdup (store);
    g_task_set_source_tag (task, fovea_capture_task_predict_async);
    g_task_set_task_data (task, work, work_free);
    /* It is asked of a device what it would do in the job, hence on as many processors. */
    fovea_background_run (task, FOVEA_BACKGROUND_JOB, predict_thread);
}

FoveaPrediction *
fovea_capture_task_predict_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}

FoveaCaptureChoice
fovea_capture_task_get_wrong (GAsyncResult *result)
{
    return ((const Work *) g_task_get_task_data (G_TASK (result)))->wrong;
}

/* The start page needs one trace. */
static gboolean
take_first (gpointer data, FoveaTrace *trace, GError **error)
{
    FoveaTraceSource **source = data;
    if (*source == NULL)
        *source = fovea_trace_source_new (trace);
    return TRUE;
}

/* In memory only: nothing is written before the user asks for a run. */
static void
look_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    Work *work = data;
    GError *error = NULL;
    g_autoptr (FoveaTraceSource) source = NULL;
    g_autoptr (FoveaCaptureJob) job =
        fovea_capture_job_prepare (g_steal_pointer (&work->request), NULL, &error);
    if (job != NULL &&
        fovea_capture_job_run_in_memory (job, take_first, &source, NULL, NULL, cancellable,
                                         &error) &&
        source != NULL)
        g_task_return_pointer (task, g_steal_pointer (&source),
                               (GDestroyNotify) fovea_trace_source_unref);
    else
        g_task_return_error (task, error);
}

void
fovea_capture_task_look_async (const char *text,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
    Work *work = g_new0 (Work, 1);
    work->request = fovea_capture_request_new ();
    work->request->model = g_strdup ("demo");
    work->request->text = g_strdup (text);
    work->request->limit = 1;
    g_task_set_source_tag (task, fovea_capture_task_look_async);
    g_task_set_task_data (task, work, work_free);
    fovea_background_run (task, FOVEA_BACKGROUND_LOOK, look_thread);
}

FoveaTraceSource *
fovea_capture_task_look_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}
