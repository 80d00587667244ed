/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What every head looked at when a token was made, as a TSV file beside a continuation. */
#include "capture/output-file.h"
#include "capture/session-rows.h"

/**
 * fovea_rows_file_begin:
 *
 * A file with its line of column names, for the calls below.
 *
 * Errors: file errors.   Thread: one at a time.   Owner: caller, fovea_output_file_free().
 */
FoveaOutputFile *fovea_rows_file_begin (const char *path, GError **error);

/**
 * fovea_rows_file_add:
 * @position: of the first row
 *
 * A line for each row, layer and head.
 *
 * Errors: file errors.   Thread: one at a time.
 */
gboolean fovea_rows_file_add (FoveaOutputFile *file,
                              const FoveaRowStatistics *rows,
                              gint64 position,
                              GError **error);
