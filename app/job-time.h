/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a long job is said to take, what is left of it, and what finished jobs teach about the next. A file
 * of the user's cache folder keeps how much longer or shorter the last ones took than was said; window and
 * command share it. Nothing needs it: without it, or where it is damaged, a prediction stands as it is. */
#include <glib.h>

#define FOVEA_JOB_HEADS  "heads"
#define FOVEA_JOB_CURVES "curves"

typedef struct {
    double seconds; /* while the machine is as busy as now; 0 = not worth a word */
    double idle;    /* s where no other program runs; never more */
    double factor;  /* what earlier jobs taught, in both of them */
} FoveaJobTime;

/**
 * fovea_job_time_read_pace:
 * @job: FOVEA_JOB_HEADS or FOVEA_JOB_CURVES
 * @busy: s that pass for each that the job runs, 1 on an idle machine
 *
 * What one second of a job, as it is worked out, takes: with the factor of the jobs of this kind that are
 * remembered.
 *
 * Thread: any.
 */
FoveaJobTime fovea_job_time_read_pace (const char *job, double busy);

/**
 * fovea_job_time_multiply:
 * @worked_out: s of the job on an idle machine
 *
 * Thread: any.
 */
FoveaJobTime fovea_job_time_multiply (FoveaJobTime pace, double worked_out);

/**
 * fovea_job_time_describe:
 *
 * "about 40 s"; or "about 2 min, or about 40 s once no other program runs" where that makes a difference.
 * "" if nothing is known.
 *
 * Thread: any.   Owner: caller.
 */
char *fovea_job_time_describe (FoveaJobTime time);

/**
 * fovea_job_time_learn:
 * @said: before it began
 * @taken: s until it was finished
 *
 * Remembers how they differ. Jobs of less than a second teach nothing. Where other programs ran, only what
 * neither they nor their absence would explain does.
 *
 * Thread: any.
 */
void fovea_job_time_learn (const char *job, FoveaJobTime said, double taken);

/**
 * fovea_job_time_get_left:
 * @share: that is done, 0 to 1
 * @elapsed: s since it began
 * @said: s that all of it was said to take; 0 = unknown
 *
 * At first what was said, from a fifth of the job on its own pace, and between them a mixture: the first
 * steps are too few to tell.
 *
 * Units: s, NaN while there is nothing to tell from.   Thread: any.
 */
double fovea_job_time_get_left (double share, double elapsed, double said);

/**
 * fovea_job_time_begin:
 * @started: us of the monotonic clock, when a job went on
 * @first: how much of it was done before
 * @done: how much is now
 *
 * When a job would have begun that took all of @done at the pace since; now, if nothing came since.
 *
 * Thread: any.
 */
gint64 fovea_job_time_begin (gint64 started, gint64 first, gint64 done);
