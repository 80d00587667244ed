/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A model's answers to a sequence as log-probabilities, for comparing runs in which something was
 * changed. */
#include "capture/plan.h"
#include "capture/session.h"

/**
 * fovea_log_probabilities_run:
 * @plan: (nullable): what is kept of the run beside
 * @kept: (out) (nullable): the kept points, caller's, fovea_trace_unref(); NULL with @plan NULL
 *
 * One run with the hooks that the session has.
 *
 * Shape:  (T, V), rows of natural logarithms.
 * Errors: FOVEA_ERROR_MEMORY; those of fovea_session_capture().
 * Thread: the session's; blocks.   Owner: caller, g_free().
 */
float *fovea_log_probabilities_run (FoveaSession *session,
                                    const FoveaTraceInfo *info,
                                    FoveaPlan *plan,
                                    FoveaTrace **kept,
                                    GCancellable *cancellable,
                                    GError **error);

/**
 * fovea_log_probabilities_diverge:
 * @p: (n)
 * @q: (n)
 *
 * KL (p || q).   Units: nats.   Thread: any.
 */
double fovea_log_probabilities_diverge (const float *p, const float *q, gsize n);
