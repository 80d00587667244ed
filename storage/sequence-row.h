/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A sequence's rows - itself, tokens, arrays - written and read back; private to storage/. */
#include "capture/trace.h"
#include "storage/database.h"

/**
 * fovea_sequence_row_insert:
 * @array_ids: (out): (n) ids of the rows of @arrays
 *
 * An incomplete sequence with its tokens and arrays, in the caller's transaction. Gives its id, 0
 * on failure.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the connection's.
 */
gint64 fovea_sequence_row_insert (FoveaDatabase *database,
                                  gint64 run_id,
                                  gint64 position,
                                  const FoveaTraceInfo *info,
                                  GPtrArray *arrays,
                                  gint64 *array_ids,
                                  GError **error);

/**
 * fovea_sequence_row_complete:
 *
 * Makes the sequence visible.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the connection's.
 */
gboolean fovea_sequence_row_complete (FoveaDatabase *database,
                                      gint64 sequence_id,
                                      guint64 n_bytes,
                                      GError **error);

/**
 * fovea_sequence_row_purge:
 *
 * Removes incomplete sequences and gives their pages back. Only for the one who holds the writer's
 * lock.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the connection's.
 */
gboolean fovea_sequence_row_purge (FoveaDatabase *database, GError **error);

/**
 * fovea_sequence_row_read_info:
 *
 * Errors: FOVEA_ERROR_NOT_FOUND, FOVEA_ERROR_STORE.
 * Thread: the connection's.
 * Owner: caller, fovea_trace_info_free().
 */
FoveaTraceInfo *
fovea_sequence_row_read_info (FoveaDatabase *database, gint64 sequence_id, GError **error);

/**
 * fovea_sequence_row_read_arrays:
 * @ids: (out): of gint64, one an array
 *
 * Of #FoveaArray; every row of each is said to be there, and the file is large enough.
 *
 * Errors: FOVEA_ERROR_STORE for rows that contradict themselves, or chunks that are missing.
 * Thread: the connection's.   Owner: caller, g_ptr_array_unref() and g_array_unref().
 */
GPtrArray *fovea_sequence_row_read_arrays (FoveaDatabase *database,
                                           gint64 sequence_id,
                                           GArray **ids,
                                           GError **error);
