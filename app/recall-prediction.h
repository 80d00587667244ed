/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How long it will take to measure curves of recall, and how much memory, before it begins: a few heads
 * are measured on the beginning of the longest text and thrown away. */
#include "app/job-time.h"
#include "app/recall-job.h"

typedef struct _FoveaRecallPrediction FoveaRecallPrediction;

/**
 * fovea_recall_prediction_new:
 *
 * Of no time where the work is too little for a word.
 *
 * Errors: those of recall-job.h.   Thread: the store's; blocks.
 * Owner: caller, fovea_recall_prediction_free(); autoptr.
 */
FoveaRecallPrediction *fovea_recall_prediction_new (FoveaStore *store,
                                                    FoveaRecallRequest *request,
                                                    GCancellable *cancellable,
                                                    GError **error);

/**
 * fovea_recall_prediction_free:
 *
 * NULL is fine.   Thread: any.
 */
void fovea_recall_prediction_free (FoveaRecallPrediction *p);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaRecallPrediction, fovea_recall_prediction_free)

/**
 * fovea_recall_prediction_get_n_heads:
 * @n_layer: (out) (optional): heads of one layer
 *
 * Heads that were asked for, of all layers.   Thread: any.
 */
gint64 fovea_recall_prediction_get_n_heads (const FoveaRecallPrediction *p, gint64 *n_layer);

/**
 * fovea_recall_prediction_get_measured:
 * @first_tokens: 0 = all, or one of fovea_recall_prediction_list_fitting()
 *
 * The share of it that one that was stopped has left in the store: 0 .. 1.   Thread: any.
 */
double fovea_recall_prediction_get_measured (const FoveaRecallPrediction *p, gint64 first_tokens);

/**
 * fovea_recall_prediction_get_time:
 * @n_heads: that are measured, of as few layers as hold them; those that were asked for are of their own
 * @first_tokens: of each text; 0 = as many as were asked for
 *
 * Thread: any.
 */
FoveaJobTime fovea_recall_prediction_get_time (const FoveaRecallPrediction *p,
                                               gint64 n_heads,
                                               gint64 first_tokens);

/**
 * fovea_recall_prediction_list_fitting:
 * @patience: s
 * @tokens: (out caller-allocates): (2) numbers of first tokens, ascending
 *
 * Of all heads that were asked for, as fovea_heads_prediction_list_fitting().   Thread: any.
 */
guint fovea_recall_prediction_list_fitting (const FoveaRecallPrediction *p,
                                            double patience,
                                            gint64 tokens[2]);

/**
 * fovea_recall_prediction_get_bytes:
 * @first_tokens: of each text; 0 = as many as were asked for
 *
 * At a time, beside the program.   Units: bytes.   Thread: any.
 */
guint64 fovea_recall_prediction_get_bytes (const FoveaRecallPrediction *p, gint64 first_tokens);

/**
 * fovea_recall_prediction_is_long:
 * @patience: s
 *
 * Whether it takes more than @patience, or more memory than there is.   Thread: any.
 */
gboolean fovea_recall_prediction_is_long (const FoveaRecallPrediction *p, double patience);

/**
 * fovea_recall_prediction_describe:
 *
 * "Curves of 72 heads on 32,768 tokens take about 9 min and 310 MB of memory." or, where it does not fit,
 * ", of which 100 MB are free.".
 *
 * Thread: any.   Owner: caller.
 */
char *fovea_recall_prediction_describe (const FoveaRecallPrediction *p);
