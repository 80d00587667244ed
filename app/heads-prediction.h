/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How long it will take to score every head of a store, and how much memory, before it begins. A text is
 * scored in the square of its length, so the first tokens of a long one are the fitting choice. */
#include "app/job-time.h"
#include "storage/store.h"

/* What is begun without a word takes no longer, where nobody has chosen another number. */
#define FOVEA_LONG_JOB_S 10.0

typedef struct _FoveaHeadsPrediction FoveaHeadsPrediction;

/**
 * fovea_heads_prediction_new:
 * @run: 0 = every sequence
 *
 * Pieces of the work are timed on the longest text; a store whose texts are all short is not worth it, and
 * is predicted to take no time.
 *
 * Errors: those of fovea_store_open_trace() and head-measures.h; G_IO_ERROR_CANCELLED.
 * Thread: the store's; blocks.   Owner: caller, fovea_heads_prediction_free(); autoptr.
 */
FoveaHeadsPrediction *fovea_heads_prediction_new (FoveaStore *store,
                                                  gint64 run,
                                                  GCancellable *cancellable,
                                                  GError **error);

/**
 * fovea_heads_prediction_free:
 *
 * NULL is fine.   Thread: any.
 */
void fovea_heads_prediction_free (FoveaHeadsPrediction *p);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaHeadsPrediction, fovea_heads_prediction_free)

/**
 * fovea_heads_prediction_get_measured:
 * @first_tokens: 0 = all, or one of fovea_heads_prediction_list_fitting()
 *
 * The share of it that one that was stopped has left in the store: 0 .. 1.   Thread: any.
 */
double fovea_heads_prediction_get_measured (const FoveaHeadsPrediction *p, gint64 first_tokens);

/**
 * fovea_heads_prediction_get_time:
 * @first_tokens: of each text; 0 = all
 *
 * Thread: any.
 */
FoveaJobTime fovea_heads_prediction_get_time (const FoveaHeadsPrediction *p, gint64 first_tokens);

/**
 * fovea_heads_prediction_get_seconds:
 *
 * While the machine is as busy as now.   Units: s.   Thread: any.
 */
double fovea_heads_prediction_get_seconds (const FoveaHeadsPrediction *p, gint64 first_tokens);

/**
 * fovea_heads_prediction_get_bytes:
 *
 * At a time, beside the program.   Units: bytes.   Thread: any.
 */
guint64 fovea_heads_prediction_get_bytes (const FoveaHeadsPrediction *p, gint64 first_tokens);

/**
 * fovea_heads_prediction_get_longest:
 * @n_heads: (out) (optional): of all layers
 *
 * Tokens of the longest text.   Thread: any.
 */
gint64 fovea_heads_prediction_get_longest (const FoveaHeadsPrediction *p, gint64 *n_heads);

/**
 * fovea_heads_prediction_is_long:
 * @patience: s
 *
 * Whether all of it takes more than @patience, or more memory than there is.   Thread: any.
 */
gboolean fovea_heads_prediction_is_long (const FoveaHeadsPrediction *p, double patience);

/**
 * fovea_heads_prediction_list_fitting:
 * @patience: s
 * @tokens: (out caller-allocates): (2) numbers of first tokens, ascending
 *
 * Powers of two, 1,024 or more, that fit into @patience, and into six times that; none for texts
 * whose tokens look ahead, of which the beginning is no map.
 *
 * Thread: any.
 */
guint fovea_heads_prediction_list_fitting (const FoveaHeadsPrediction *p,
                                           double patience,
                                           gint64 tokens[2]);

/**
 * fovea_heads_prediction_describe:
 *
 * "Scoring 72 heads on 32,768 tokens takes about 90 s and 130 MB of memory." or, where it does not fit,
 * ", of which 100 MB are free.".
 *
 * Thread: any.   Owner: caller.
 */
char *fovea_heads_prediction_describe (const FoveaHeadsPrediction *p);
