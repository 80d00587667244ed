/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How far two models differ on the same tokens: what quantisation, another precision or further
 * training did, per point and per head. Differences are B's against A, which is the reference. */
#include <gio/gio.h>

#include "analysis/table.h"
#include "capture/trace.h"

/* How the predictions of the next token differ, over all positions. */
typedef struct {
    double divergence; /* mean of KL (A || B), nats */
    double agreement;  /* share of positions with the same best token */
} FoveaPredictionChange;

/**
 * fovea_compare_check_models:
 *
 * Errors: FOVEA_ERROR_SHAPE if they have other layers, heads or widths of heads.   Thread: any.
 */
gboolean fovea_compare_check_models (const FoveaArchitecture *p,
                                     const char *name_p,
                                     const FoveaArchitecture *q,
                                     const char *name_q,
                                     GError **error);

/**
 * fovea_compare_check:
 *
 * Errors: FOVEA_ERROR_SHAPE if the traces are of other tokens, or of models of another shape.
 * Thread: any.
 */
gboolean fovea_compare_check (FoveaTrace *a, FoveaTrace *b, GError **error);

/**
 * fovea_compare_points:
 *
 * One row a point that both traces answer: root of the mean square of B - A as a share of A's,
 * cosine between them, largest difference. Values that are -inf in both (forbidden scores) are left
 * out; optional points, which only repeat the stream, and numbers of keys too.
 *
 * Errors: FOVEA_ERROR_SHAPE if the traces are of other tokens or shapes; those of reading;
 * G_IO_ERROR_CANCELLED.
 * Thread: any.   Owner: caller.
 */
FoveaTable *
fovea_compare_points (FoveaTrace *a, FoveaTrace *b, GCancellable *cancellable, GError **error);

/**
 * fovea_compare_heads:
 *
 * One row a head: error of its output z as in fovea_compare_points(); share of attention that moved
 * to other keys (half the sum of |B - A| over a row of the pattern, mean over queries); largest
 * change of one weight.
 *
 * Errors: as fovea_compare_points().
 * Thread: any.   Owner: caller.
 */
FoveaTable *
fovea_compare_heads (FoveaTrace *a, FoveaTrace *b, GCancellable *cancellable, GError **error);

/**
 * fovea_compare_predictions:
 * @change: (out)
 *
 * Errors: FOVEA_ERROR_NOT_FOUND if a trace lacks unembed.hook_out; as fovea_compare_points().
 * Thread: any; blocks.
 */
gboolean fovea_compare_predictions (FoveaTrace *a,
                                    FoveaTrace *b,
                                    FoveaPredictionChange *change,
                                    GCancellable *cancellable,
                                    GError **error);
