/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Captures for the window: into a store in a thread with progress and cancel, the prediction before
 * it, and the small in-memory run behind the start page's maps. */
#include <gio/gio.h>

#include "app/capture-prediction.h"
#include "app/window/relay.h"
#include "ui/trace-source.h"

/**
 * fovea_capture_task_run_async:
 * @request: (transfer full): what to capture
 * @path: store, made if missing
 * @relay: told how far all of it is
 * @rows: told which sequence is written, as fovea_writing_row_get_relay() takes it
 *
 * Thread: main.
 */
void fovea_capture_task_run_async (FoveaCaptureRequest *request,
                                   const char *path,
                                   FoveaRelay *relay,
                                   FoveaRelay *rows,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer data);

/**
 * fovea_capture_task_run_finish:
 *
 * The run's id, 0 on failure.   Errors: those of capture-job.h.   Thread: main.
 */
gint64 fovea_capture_task_run_finish (GAsyncResult *result, GError **error);

/**
 * fovea_capture_task_get_kept:
 * @n_all: (out): sequences that there would have been
 * @run: (out): that has them
 *
 * How many sequences of a run that failed or was cancelled stay in the store.
 *
 * Thread: main.
 */
guint fovea_capture_task_get_kept (GAsyncResult *result, guint *n_all, gint64 *run);

/**
 * fovea_capture_task_predict_async:
 * @request: (transfer full):
 * @store: (nullable): path it would write to
 *
 * Prepares without running.   Thread: main.
 */
void fovea_capture_task_predict_async (FoveaCaptureRequest *request,
                                       const char *store,
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
 * fovea_capture_task_get_wrong:
 *
 * What of the request a prediction failed for; NONE if it did not.   Thread: main.
 */
FoveaCaptureChoice fovea_capture_task_get_wrong (GAsyncResult *result);

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
 * Errors: those of opening the store; %G_IO_ERROR_CANCELLED.
 * Thread: main.   Owner: caller, fovea_trace_source_unref().
 */
FoveaTraceSource *fovea_capture_task_look_finish (GAsyncResult *result, GError **error);
