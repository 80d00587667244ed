/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Captures for the window: into a store in a thread with progress and cancel, the prediction before
 * it, and the small in-memory run behind the start page's maps. */
#include <gio/gio.h>

#include "app/capture-job.h"
#include "app/window/relay.h"
#include "ui/trace-source.h"

/**
 * fovea_capture_task_run_async:
 * @request: (transfer full): what to capture
 * @path: store, made if missing
 *
 * Thread: main.
 */
void fovea_capture_task_run_async (FoveaCaptureRequest *request,
                                   const char *path,
                                   FoveaRelay *relay,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer data);

/**
 * fovea_capture_task_run_finish:
 *
 * The run's id, 0 on failure.   Errors: those of capture-job.h.   Thread: main.
 */
gint64 fovea_capture_task_run_finish (GAsyncResult *result, GError **error);

/* What a capture would take, as shown before it starts. */
typedef struct {
    gint64 n_sequences, n_tokens, context;
    guint64 bytes; /* in the store */
    FoveaMemoryPlan memory;
    char *model;  /* "fovea-demo, 6 layers × 12 heads" */
    char *device; /* one line */
    gint64 n_layers, n_heads;
} FoveaPrediction;

/**
 * fovea_prediction_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @prediction.
 */
void fovea_prediction_free (FoveaPrediction *prediction);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaPrediction, fovea_prediction_free)

/**
 * fovea_capture_task_predict_async:
 * @request: (transfer full):
 *
 * Prepares without running.   Thread: main.
 */
void fovea_capture_task_predict_async (FoveaCaptureRequest *request,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer data);

/**
 * fovea_capture_task_predict_finish:
 *
 * Errors: those of fovea_capture_job_prepare().   Thread: main.   Owner: caller.
 */
FoveaPrediction *fovea_capture_task_predict_finish (GAsyncResult *result, GError **error);

/**
 * fovea_capture_task_look_async:
 * @text: run through the bundled model in memory
 *
 * Thread: main.
 */
void fovea_capture_task_look_async (const char *text,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer data);

/**
 * fovea_capture_task_look_finish:
 *
 * Thread: main.   Owner: caller, fovea_trace_source_unref().
 */
FoveaTraceSource *fovea_capture_task_look_finish (GAsyncResult *result, GError **error);
