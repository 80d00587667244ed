/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Gathers the rows of a sequence, however small they come, into chunks; private to storage/. */
#include "storage/chunk.h"

typedef struct _FoveaPacker FoveaPacker;

/* Takes a full chunk over. */
typedef gboolean (*FoveaPackerEmit) (gpointer data, FoveaChunk *chunk, GError **error);

/**
 * fovea_packer_new:
 * @arrays: of #FoveaArray, borrowed for the packer's life
 *
 * Errors: FOVEA_ERROR_SHAPE for an array that no store can hold.
 * Thread: any.   Owner: caller, fovea_packer_free(); autoptr.
 */
FoveaPacker *
fovea_packer_new (GPtrArray *arrays, FoveaPackerEmit emit, gpointer emit_data, GError **error);

/**
 * fovea_packer_predict:
 *
 * Most bytes of rows that wait in open chunks for a sequence of these arrays.
 *
 * Thread: any.
 */
guint64 fovea_packer_predict (GPtrArray *arrays);

/**
 * fovea_packer_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @packer.
 */
void fovea_packer_free (FoveaPacker *packer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaPacker, fovea_packer_free)

/**
 * fovea_packer_write:
 *
 * As the sink's write.
 *
 * Errors: FOVEA_ERROR_SHAPE for rows outside the array or out of order; those of emit.
 * Thread: one at a time.
 */
gboolean fovea_packer_write (FoveaPacker *packer,
                             guint index,
                             gint64 first_row,
                             gint64 n_rows,
                             const void *data,
                             GError **error);

/**
 * fovea_packer_finish:
 *
 * Emits what is left.
 *
 * Errors: FOVEA_ERROR_SHAPE if rows are missing; those of emit.
 * Thread: one at a time.
 */
gboolean fovea_packer_finish (FoveaPacker *packer, GError **error);
