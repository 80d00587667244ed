/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to capture/: the pyramid of one layer's attention maps, built from rows of 64x64 block
 * sums as they come. Needs O(H B) floats, B = ceil (T/64): never the map. */
#include <glib.h>

#include "kernels/ops.h"

typedef struct _FoveaPyramid FoveaPyramid;

/* A finished row of blocks of heads [first_head, first_head + n_heads). */
typedef struct {
    guint level;
    gint64 row;
    gint64 first_head, n_heads;
    const float *mean, *largest; /* (n_heads, B of the level) */
} FoveaBlockRow;

typedef gboolean (*FoveaPyramidEmit) (gpointer data, const FoveaBlockRow *row, GError **error);

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

/* Sums of the next rows of 64x64 blocks of some heads. */
typedef struct {
    gint64 first_head, n_heads, n_rows;
    const float *mass; /* sum of weights of block b: mass[h * head_stride + r * row_stride + b] */
    const float *largest; /* largest weight, likewise */
    gint64 head_stride, row_stride;
} FoveaBlockRows;

/**
 * fovea_pyramid_add_rows:
 *
 * Emits the rows at level 0 and each row of higher levels that they complete.
 *
 * Errors: those of @emit.
 * Thread: one at a time for each head, which comes with the same others each time; different heads
 * on different threads.
 */
gboolean fovea_pyramid_add_rows (FoveaPyramid *pyramid,
                                 const FoveaBlockRows *rows,
                                 FoveaPyramidEmit emit,
                                 gpointer data,
                                 GError **error);
