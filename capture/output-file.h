/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A file that appears under its name complete or not at all: written beside it under a scratch
 * name, flushed to the disk, then renamed. A device or a pipe of that name is written to instead, since
 * it must not be replaced. */
#include <glib.h>

typedef struct _FoveaOutputFile FoveaOutputFile;

/**
 * fovea_output_file_new:
 * @path: of the finished file
 *
 * Errors: file errors.
 * Thread: one at a time.   Owner: caller frees with fovea_output_file_free(); autoptr.
 */
FoveaOutputFile *fovea_output_file_new (const char *path, GError **error);

/**
 * fovea_output_file_free:
 *
 * An unfinished file is removed. NULL is fine.
 *
 * Thread: any.   Owner: takes @file.
 */
void fovea_output_file_free (FoveaOutputFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaOutputFile, fovea_output_file_free)

/**
 * fovea_output_file_write:
 *
 * Appends @n bytes.
 *
 * Errors: file errors.
 * Thread: one at a time; blocks.
 */
gboolean fovea_output_file_write (FoveaOutputFile *file, const void *data, gsize n, GError **error);

/**
 * fovea_output_file_patch:
 *
 * Replaces @n bytes at @offset that were written before.
 *
 * Errors: file errors.
 * Thread: one at a time; blocks.
 */
gboolean fovea_output_file_patch (
    FoveaOutputFile *file, guint64 offset, const void *data, gsize n, GError **error);

/**
 * fovea_output_file_get_offset:
 *
 * Bytes written so far.
 *
 * Units: bytes.   Thread: one at a time.
 */
guint64 fovea_output_file_get_offset (const FoveaOutputFile *file);

/**
 * fovea_output_file_finish:
 *
 * Errors: file errors.
 * Thread: one at a time; blocks on the disk.
 */
gboolean fovea_output_file_finish (FoveaOutputFile *file, GError **error);

/**
 * fovea_output_file_save:
 *
 * A whole file of @n bytes at once.
 *
 * Errors: file errors.
 * Thread: any; blocks.
 */
gboolean fovea_output_file_save (const char *path, const void *data, gsize n, GError **error);
