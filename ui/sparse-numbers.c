/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Two tasks and not one, so that the picture need not wait for the sums over all rows. */
#include "ui/sparse-numbers.h"

#include "ui/background.h"
#include "ui/trace-source.h"

#define MAX_ROWS 2048

typedef struct {
    FoveaTraceSource *source;
    FoveaMaskQuestion question;
} MaskJob;

static void
mask_job_free (gpointer data)
{
    MaskJob *job = data;
    fovea_trace_source_unref (job->source);
    g_free (job);
}

static void
mask_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    MaskJob *job = data;
    GError *error = NULL;
    FoveaMaskOverlay *overlay =
        fovea_mask_overlay_new (job->source, &job->question, cancellable, &error);
    if (overlay != NULL)
        g_task_return_pointer (task, overlay, (GDestroyNotify) fovea_mask_overlay_unref);
    else
        g_task_return_error (task, error);
}

void
fovea_sparse_mask_async (FoveaTraceSource *source,
                         const FoveaMaskQuestion *question,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
    MaskJob *job = g_new0 (MaskJob, 1);
    job->source = fovea_trace_source_ref (source);
    job->question = *question;
    g_task_set_source_tag (task, fovea_sparse_mask_async);
    g_task_set_task_data (task, job, mask_job_free);
    fovea_background_run (task, FOVEA_BACKGROUND_LOOK, mask_thread);
}

FoveaMaskOverlay *
fovea_sparse_mask_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}

void
fovea_sparse_numbers_free (FoveaSparseNumbers *numbers)
{
    if (numbers == NULL)
        return;
    g_free (numbers->rows);
    g_free (numbers->missed);
    g_free (numbers);
}

/* The number of tokens is the length of what the judge fills. */
typedef struct {
    FoveaMaskOverlay *overlay;
    gint64 n_tokens;
} NumbersJob;

static void
numbers_job_free (gpointer data)
{
    NumbersJob *job = data;
    fovea_mask_overlay_unref (job->overlay);
    g_free (job);
}

static void
numbers_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    NumbersJob *job = data;
    GError *error = NULL;
    g_autoptr (FoveaSparseNumbers) numbers = g_new0 (FoveaSparseNumbers, 1);
    numbers->n_tokens = job->n_tokens;
    numbers->rows = g_new (FoveaMaskRow, (gsize) job->n_tokens);
    numbers->missed = g_new (float, (gsize) job->n_tokens);
    gboolean done = fovea_mask_judge_report (fovea_mask_overlay_get_judge (job->overlay), MAX_ROWS,
                                             &numbers->report, numbers->rows, cancellable, &error);
    for (gint64 q = 0; done && q < job->n_tokens; q++)
        numbers->missed[q] = (float) (1 - numbers->rows[q].recall);
    if (done)
        g_task_return_pointer (task, g_steal_pointer (&numbers),
                               (GDestroyNotify) fovea_sparse_numbers_free);
    else {
        fovea_mask_overlay_name_error (job->overlay, &error);
        g_task_return_error (task, error);
    }
}

void
fovea_sparse_numbers_async (FoveaMaskOverlay *overlay,
                            gint64 n_tokens,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
    NumbersJob *job = g_new0 (NumbersJob, 1);
    job->overlay = fovea_mask_overlay_ref (overlay);
    job->n_tokens = n_tokens;
    g_task_set_source_tag (task, fovea_sparse_numbers_async);
    g_task_set_task_data (task, job, numbers_job_free);
    fovea_background_run (task, FOVEA_BACKGROUND_LOOK, numbers_thread);
}

FoveaSparseNumbers *
fovea_sparse_numbers_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}
