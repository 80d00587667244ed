/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What suites about `fovea recall` judge, made in the folder of the command's tests. */

/**
 * recall_import_tiny:
 *
 * tiny.fovea: TINY-32 as another program would hand it over, q, k and v of one head.
 */
void recall_import_tiny (void);

/**
 * recall_capture_demo:
 *
 * a.fovea: a sentence seen by the demo model, two windows of it.
 */
void recall_capture_demo (void);
