/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How far a job is, on standard error: a bar with rate and time left on a terminal, a plain line
 * now and then otherwise, nothing with --quiet. Costs a clock reading per call. */
#include <glib.h>

typedef struct _FoveaMeter FoveaMeter;

/**
 * fovea_meter_new:
 * @what: "capture"
 * @unit: what is counted, "tokens"
 * @total: of them
 * @is_quiet: say nothing
 *
 * Thread: one at a time.   Owner: caller frees with fovea_meter_free(); autoptr.
 */
FoveaMeter *fovea_meter_new (const char *what, const char *unit, gint64 total, gboolean is_quiet);

/**
 * fovea_meter_free:
 *
 * Ends the bar's line. NULL is fine.
 *
 * Thread: any.   Owner: takes @meter.
 */
void fovea_meter_free (FoveaMeter *meter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaMeter, fovea_meter_free)

/**
 * fovea_meter_update:
 * @done: units so far
 * @detail: (nullable): "sequence 3 of 12"
 *
 * Redraws at most ten times a second on a terminal, and every five seconds elsewhere.
 *
 * Thread: one at a time.
 */
void fovea_meter_update (FoveaMeter *meter, gint64 done, const char *detail);

/**
 * fovea_meter_expect:
 * @since: of g_get_monotonic_time(), when the job began
 * @said: s that it was said to take; 0 = nothing was
 *
 * For a meter that is made when the first progress comes.   Thread: one at a time.
 */
void fovea_meter_expect (FoveaMeter *meter, gint64 since, double said);

/**
 * fovea_meter_format:
 * @elapsed: seconds since the start
 * @said: s that all of it was said to take; 0 = nothing was
 *
 * The line without bar: "capture  45 %  900 of 2,000 tokens  1,200/s  1 s left".
 *
 * Thread: any.
 * Owner: caller frees with g_free().
 */
char *fovea_meter_format (
    const char *what, const char *unit, gint64 done, gint64 total, double elapsed, double said);
