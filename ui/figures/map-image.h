/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A rectangle of one head's pattern as an indexed image: one pixel a cell, or a block mean where
 * cells would be finer than print can show. Read in tiles; never T x T at once. All heads of a layer
 * are read by several threads at once (head-maps.c). */
#include "capture/attention.h"
#include "ui/figures/ramp.h"
#include "ui/figures/scene.h"

typedef struct {
    guint head;
    gint64 q0, q1, k0, k1; /* half open */
    gint64 n_tokens;       /* T */
    double width, height;  /* points on paper */
    FoveaRamp ramp;
    FoveaTheme theme;     /* of the palette */
    gboolean scores;      /* before the softmax instead of weights; never from the pyramid */
    FoveaAttention *less; /* whose weights are taken away, of the same size; NULL = none */
} FoveaMapRequest;

/**
 * fovea_map_image_get_blocks:
 * @block_q: (out): queries a pixel
 * @block_k: (out): keys a pixel
 *
 * What fovea_map_image_new() would join, without reading anything.
 *
 * Thread: any.
 */
void fovea_map_image_get_blocks (FoveaAttention *attention,
                                 const FoveaMapRequest *request,
                                 gint64 *block_q,
                                 gint64 *block_k);

/**
 * fovea_map_image_new:
 * @block_q: (out): queries a pixel
 * @block_k: (out): keys a pixel
 *
 * Pixels without an allowed pair are transparent; block means are over allowed pairs. At most 600
 * pixels an inch.
 *
 * Errors: FOVEA_ERROR_NUMERIC for a NaN weight, the trace's, G_IO_ERROR_CANCELLED.
 * Thread: any; blocks.   Owner: caller.
 */
FoveaIndexedImage *fovea_map_image_new (FoveaAttention *attention,
                                        const FoveaMapRequest *request,
                                        gint64 *block_q,
                                        gint64 *block_k,
                                        GCancellable *cancellable,
                                        GError **error);

/**
 * fovea_head_maps_read:
 * @request: what every map shows; its head is not used
 * @images: (out caller-allocates): (n_heads), as fovea_map_image_new() makes them; NULL after a
 * failure
 * @block: (out): queries a pixel, the same for all heads
 *
 * The same images whatever the number of processors. Of several failures the lowest head's is told.
 *
 * Errors: fovea_map_image_new()'s; G_IO_ERROR_CANCELLED.   Thread: any; blocks.
 * Owner: caller frees each image.
 */
gboolean fovea_head_maps_read (FoveaAttention *attention,
                               const FoveaMapRequest *request,
                               guint n_heads,
                               FoveaIndexedImage **images,
                               gint64 *block,
                               GCancellable *cancellable,
                               GError **error);

/**
 * fovea_score_limit_read:
 * @n_tokens: T
 * @limit: (out): a round number; colours of a head's scores run from -limit to limit
 *
 * At least 99.5 % of the absolute scores of evenly spaced pairs, at most 256 rows of 256 keys.
 *
 * Units: nats.   Errors: the trace's; G_IO_ERROR_CANCELLED.   Thread: any; blocks.
 */
gboolean fovea_score_limit_read (FoveaAttention *attention,
                                 guint head,
                                 gint64 n_tokens,
                                 double *limit,
                                 GCancellable *cancellable,
                                 GError **error);
