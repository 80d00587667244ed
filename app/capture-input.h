/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The sequences that a capture request stands for, whatever their source. */
#include "app/capture-job.h"

/**
 * fovea_capture_input_read:
 *
 * Sequences (of #FoveaTraceInfo), before sharding. Several files share the limit.
 *
 * Errors: FOVEA_ERROR_USAGE without exactly one source; file errors; those of texts.h.
 * Thread: any; blocks.   Owner: caller.
 */
GPtrArray *
fovea_capture_input_read (FoveaModel *model, const FoveaCaptureRequest *request, GError **error);

/**
 * fovea_capture_input_is_picture:
 *
 * By its name.   Thread: any.
 */
gboolean fovea_capture_input_is_picture (const char *path);

/**
 * fovea_capture_input_continue:
 * @n_more: tokens
 *
 * The sequence with @n_more greedy tokens after it; fewer if the model ends the text.
 *
 * Errors: those of fovea_session_run().
 * Thread: the session's; blocks.   Owner: caller, fovea_trace_info_free().
 */
FoveaTraceInfo *fovea_capture_input_continue (FoveaModel *model,
                                              FoveaSession *session,
                                              const FoveaTraceInfo *info,
                                              gint64 n_more,
                                              GCancellable *cancellable,
                                              GError **error);
