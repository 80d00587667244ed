/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the suites share: golden files, scratch folders, comparison that no NaN slips through. */
#include <check.h>
#include <glib.h>

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
 * support_run:
 * @suite: of Check
 *
 * Runs a suite with fatal criticals and returns the exit status of main().
 */
int support_run (Suite *suite);
