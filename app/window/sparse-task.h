/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Curves of recall measured for the window: the job of `fovea recall` in a thread of its own. */
#include "app/recall-prediction.h"
#include "app/window/relay.h"
#include "ui/head-set.h"

/* A measurement as the view asks for it. */
typedef struct {
    char *path; /* of the store */
    gint64 run;
    gint64 layer, head;  /* only these; -1 = all */
    gint64 first_tokens; /* of each longer text; 0 = all */
    GArray *heads;       /* of FoveaHeadPlace, only these; NULL = as @layer and @head say */
    GPtrArray *methods;  /* of FoveaSparseMethod, NULL at the end */
    GArray *settings;    /* of FoveaSparseSetting */
    double patience;     /* s that it may take; INFINITY = whatever it does */
    FoveaJobTime said;   /* when it was offered; unknown if that was not asked for */
} FoveaSparseRequest;

/**
 * fovea_sparse_request_free:
 *
 * NULL is fine.   Thread: any.
 */
void fovea_sparse_request_free (FoveaSparseRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSparseRequest, fovea_sparse_request_free)

/**
 * fovea_sparse_request_to_command:
 *
 * "fovea recall STORE --run 1 --methods ... --sweep": the same measurement from a shell.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_sparse_request_to_command (const FoveaSparseRequest *request);

/**
 * fovea_sparse_task_async:
 * @request: (transfer full):
 * @relay: told about progress
 *
 * Nothing is kept of a measurement that is cancelled.   Thread: main.
 */
void fovea_sparse_task_async (FoveaSparseRequest *request,
                              FoveaRelay *relay,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data);

/**
 * fovea_sparse_task_finish:
 * @kept: (out): whether the store has them now; one that may not be written has not
 * @offer: (out) (transfer full): set, and NULL given without an error, where it is too long to begin unasked
 *
 * All curves of the run, those from before included.
 *
 * Errors: those of recall-job.h and recall-keep.h.   Thread: main.   Owner: caller.
 */
FoveaTable *fovea_sparse_task_finish (GAsyncResult *result,
                                      gboolean *kept,
                                      FoveaRecallPrediction **offer,
                                      GError **error);

/**
 * fovea_sparse_task_get_measured:
 *
 * The share of the work that stays of a measurement that failed or was cancelled, 0 .. 1: the same goes on
 * there.
 *
 * Thread: main.
 */
double fovea_sparse_task_get_measured (GAsyncResult *result);
