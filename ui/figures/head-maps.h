/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The maps of all heads of one layer as indexed images, read by several threads at once. */
#include "ui/figures/map-image.h"

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
