/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Curves of recall over the sequences of a store: what `fovea recall` prints. */
#include "analysis/sparse-curves.h"
#include "storage/store.h"

typedef struct {
    gint64 run;         /* 0 = all */
    gint64 sequence;    /* 0 = all */
    int threads;        /* 0 = all cores */
    const char *device; /* of fovea_device_open(); a GPU measures the masks. NULL = "cpu" */
    FoveaSparseCurvesOptions curves;
    gint64 first_tokens; /* of each longer text; 0 = all */
    gboolean *(*choose) (gpointer data, gint64 n_layers, gint64 n_heads, GError **error);
    gpointer choose_data; /* which heads, once the sizes are known; `choose` NULL = all */
} FoveaRecallRequest;

/**
 * fovea_recall_request_list:
 *
 * The sequences asked for; of #FoveaSequenceInfo.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND if there is none.   Thread: the store's.   Owner: caller.
 */
GPtrArray *
fovea_recall_request_list (const FoveaRecallRequest *request, FoveaStore *store, GError **error);

/**
 * fovea_recall_request_count_tokens:
 *
 * Of a sequence, that are measured.   Thread: any.
 */
gint64 fovea_recall_request_count_tokens (const FoveaRecallRequest *request,
                                          const FoveaSequenceInfo *sequence);

/**
 * fovea_recall_request_choose_heads:
 *
 * Fills the heads of @request, once a trace tells how many there are: where all are wanted and a layer has no
 * attention, those of the others.
 *
 * Errors: those of its choose().   Thread: one at a time.
 */
gboolean
fovea_recall_request_choose_heads (FoveaRecallRequest *request, FoveaTrace *trace, GError **error);

/* Kind of the measurement (storage/measurement.h). */
#define FOVEA_RECALL_MEASUREMENT "recall"

/**
 * fovea_recall_job_find_measured:
 *
 * The share of the work that one of the same that was stopped has left in @store, opened for writing: 0 .. 1.
 * Fills the heads of @request.
 *
 * Thread: the store's.
 */
double fovea_recall_job_find_measured (FoveaStore *store, FoveaRecallRequest *request);

/**
 * fovea_recall_job_run:
 * @progress: (nullable) (scope call): counts heads over all sequences
 * @interrupted: (out): whether it was cancelled when something was finished already
 *
 * The table "recall" over committed sequences, one trace open at a time; what was finished of it if
 * @interrupted. Its note "first_tokens" is there if a text was longer. A store that is open for writing keeps
 * each layer that is done, so that the same request goes on behind it however this one ends, until
 * fovea_recall_keep() has all of it.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND without sequences; FOVEA_ERROR_UNSUPPORTED if no method applies
 * anywhere; FOVEA_ERROR_DEVICE if the device is not there or fails; those of sparse-curves.h, naming the sequence.
 * Thread: the store's; blocks.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_recall_job_run (FoveaStore *store,
                                  FoveaRecallRequest *request,
                                  FoveaProgress progress,
                                  gpointer progress_data,
                                  gboolean *interrupted,
                                  GCancellable *cancellable,
                                  GError **error);
