/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How long it will take to measure curves of recall, and how much memory, before it begins: a few heads
 * are measured on the beginning of the longest text and thrown away. */
#include "app/recall-job.h"

typedef struct {
    gint64 n_heads;  /* that were asked for, of all layers */
    gint64 n_layer;  /* heads of one layer */
    gint64 n_tokens; /* of all texts */
    double head;     /* s a head, in all texts */
    guint64 bytes;   /* at a time */
    guint64 room;    /* what is free of the machine's memory */
} FoveaRecallPrediction;

/**
 * fovea_recall_predict:
 * @out: (out caller-allocates): of no time where the work is too little for a word
 *
 * Errors: those of recall-job.h.   Thread: the store's; blocks.
 */
gboolean fovea_recall_predict (FoveaStore *store,
                               FoveaRecallRequest *request,
                               FoveaRecallPrediction *out,
                               GCancellable *cancellable,
                               GError **error);

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
