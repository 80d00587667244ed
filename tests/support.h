/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the suites share: golden files, scratch folders, comparison that no NaN slips through. */
#include <glib.h>

#include "tests/check-marks.h"

/**
 * support_skip:
 * @format: why, without a line's end
 *
 * Says loudly on standard error that the running check, or one about to be left out of its suite, is
 * skipped. .ci/summary.py takes one check a "SKIPPED check" off those that passed, so that it stands
 * there once a process: Check forks for every check (with CK_FORK=no only the first is told).
 */
void support_skip (const char *format, ...) G_GNUC_PRINTF (1, 2);

/**
 * support_shared:
 * @relative: "models/stories260K/config.json"
 *
 * Path of a file of the reference collection ($FOVEA_SHARED, or shared/ beside the source tree), or
 * NULL after saying loudly on standard error that the test is skipped for want of it.
 *
 * Owner: caller.
 */
char *support_shared (const char *relative);

/**
 * support_data:
 *
 * Path below the source tree ("data/demo", "tests/golden/x").   Owner: caller.
 */
char *support_data (const char *relative);

/**
 * support_check_families:
 * @check: is given a folder's name in tests/golden/families, and @plan
 *
 * Every family of models that reads tokens; fails the test if they are fewer than there have been.
 */
void support_check_families (void (*check) (const char *family, int plan), int plan);

/**
 * support_temp_dir:
 *
 * A new empty folder, removed by support_remove_dir().   Owner: caller.
 */
char *support_temp_dir (void);

/**
 * support_remove_dir:
 *
 * Removes a folder and all in it, and frees @path.
 */
void support_remove_dir (char *path);

/**
 * support_difference:
 *
 * Largest |a - b|; infinity if either holds a NaN that the other does not, or infinities differ.
 */
double support_difference (const float *a, const float *b, gsize n);

/**
 * support_status_bytes:
 * @field: of /proc/self/status, as "RssAnon"
 *
 * What the system says of this process, in bytes; fails the test if it says nothing.
 */
guint64 support_status_bytes (const char *field);

/**
 * support_read_count:
 *
 * The count that a sentence says behind @before and in front of @after, "2,048" as 2048; fails the test if
 * it does not.
 */
int support_read_count (const char *sentence, const char *before, const char *after);

/**
 * support_run:
 * @suite: of Check
 *
 * Runs a suite with fatal warnings and returns the exit status of main().
 */
int support_run (Suite *suite);
