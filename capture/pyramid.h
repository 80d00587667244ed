/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to capture/: the pyramid of one layer's attention maps, built from rows of 64x64 block
 * sums as they come. Needs O(H B) floats, B = ceil (T/64): never the map. */
#include <glib.h>

#include "kernels/ops.h"

typedef struct _FoveaPyramid FoveaPyramid;

/* A finished row of blocks of all heads. @mean, @largest: (H, B of the level). */
typedef gboolean (*FoveaPyramidEmit) (gpointer data,
                                      guint level,
                                      gint64 block_row,
                                      const float *mean,
                                      const float *largest,
                                      GError **error);

/**
 * fovea_pyramid_new:
 * @rule: borrowed
 *
 * Thread: any.   Owner: caller frees with fovea_pyramid_free(); autoptr.
 */
FoveaPyramid *fovea_pyramid_new (const FoveaScoreRule *rule, gint64 n_heads, gint64 n_tokens);

/**
 * fovea_pyramid_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @pyramid.
 */
void fovea_pyramid_free (FoveaPyramid *pyramid);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaPyramid, fovea_pyramid_free)

/**
 * fovea_pyramid_bytes:
 *
 * What fovea_pyramid_new() allocates.
 *
 * Units: bytes.   Thread: any.
 */
guint64 fovea_pyramid_bytes (gint64 n_heads, gint64 n_tokens);

/**
 * fovea_pyramid_add_row:
 * @mass: (H, B), row stride @stride: sum of weights in each block of the next block row
 * @largest: (H, B), same stride
 *
 * Emits the row at level 0 and each row of higher levels that it completes.
 *
 * Errors: those of @emit.
 */
gboolean fovea_pyramid_add_row (FoveaPyramid *pyramid,
                                const float *mass,
                                const float *largest,
                                gint64 stride,
                                FoveaPyramidEmit emit,
                                gpointer data,
                                GError **error);
