/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What suites of jobs over stores share: runs of the smallest model, progress that is followed and stopped,
 * and numbers of tables. */
#include "storage/store.h"
#include "tests/support.h"

/* The model of job_capture(), in the source tree. */
#define JOB_MODEL "tests/golden/families/olmo2"

typedef struct {
    gint64 n_calls, done, total;
    gint64 stop_at; /* the call that cancels; 0 = none */
    GCancellable *cancellable;
} JobFollow;

/**
 * job_follow:
 * @data: a #JobFollow
 *
 * A FoveaProgress that fails the test if less is done than before or more than all.
 */
void job_follow (gpointer data, gint64 done, gint64 total);

/**
 * job_capture:
 *
 * One more run of @n random sequences, twice @period tokens each, in the store at store_path.
 */
void job_capture (gint64 period, gint64 n);

/**
 * job_number:
 *
 * Fails the test if there is no such column.
 */
double job_number (FoveaTable *table, guint row, const char *column);
