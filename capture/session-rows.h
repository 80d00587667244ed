/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Statistics of softmax rows while a session decodes: what each head looked at when a token was
 * made, without a trace and without running anything twice. The operation writes them on its way,
 * to memory that was taken beforehand; one copy brings them over. */
#include "capture/session.h"

/* One of (L, rows, H) each, in host memory; meanings as in FoveaAttendArgs (kernels/ops.h). */
typedef struct {
    gint64 n_layers, rows, heads;
    float *lse, *entropy, *max_weight, *mean_distance, *first_mass, *local_mass;
    gint32 *max_key;
} FoveaRowStatistics;

/**
 * fovea_row_statistics_free:
 *
 * NULL is fine.   Thread: any.   Owner: takes @statistics.
 */
void fovea_row_statistics_free (FoveaRowStatistics *statistics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaRowStatistics, fovea_row_statistics_free)

/**
 * fovea_session_watch_rows:
 * @max_rows: up to the session's chunk; 0 = no longer
 *
 * Later fovea_session_run() of at most @max_rows tokens leave statistics of their rows; of longer
 * ones, as of a prompt, none are computed. Logits keep their bits.
 *
 * Errors: FOVEA_ERROR_RANGE; FOVEA_ERROR_MEMORY.   Thread: the session's.
 */
gboolean fovea_session_watch_rows (FoveaSession *session, gint64 max_rows, GError **error);

/**
 * fovea_session_read_rows:
 *
 * Statistics of the last run's rows.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND if that run was not watched; FOVEA_ERROR_DEVICE.
 * Thread: the session's.   Owner: caller.
 */
FoveaRowStatistics *fovea_session_read_rows (FoveaSession *session, GError **error);
