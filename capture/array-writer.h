/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* One face for the files that arrays are exported to. As with safetensors-writer.h: declare all
 * arrays, append their bytes in that order, finish. */
#include "capture/safetensors.h"

typedef struct _FoveaArrayWriter FoveaArrayWriter;

struct _FoveaArrayWriter {
    gboolean (*add) (FoveaArrayWriter *writer, const FoveaTensor *tensor, GError **error);
    gboolean (*append) (FoveaArrayWriter *writer, const void *data, gsize n_bytes, GError **error);
    gboolean (*finish) (FoveaArrayWriter *writer, GError **error);
    void (*free) (FoveaArrayWriter *writer);
    /* A pair of the file's metadata; NULL where the format has none. */
    void (*note) (FoveaArrayWriter *writer, const char *key, const char *value);
    gboolean one_array; /* the format holds a single array */
};

/**
 * fovea_array_writer_new:
 * @path: *.safetensors, *.npz, *.npy or *.csv
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED for another suffix; file errors.
 * Thread: one at a time.   Owner: caller frees with fovea_array_writer_free(); autoptr. An
 * unfinished file is removed.
 */
FoveaArrayWriter *fovea_array_writer_new (const char *path, GError **error);

/**
 * fovea_array_writer_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @writer.
 */
void fovea_array_writer_free (FoveaArrayWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaArrayWriter, fovea_array_writer_free)

/**
 * fovea_npz_writer_new:
 *
 * Stored (not deflated) members with checksums, 64-bit sizes where needed.
 *
 * Errors: file errors.
 * Thread: one at a time.   Owner: caller.
 */
FoveaArrayWriter *fovea_npz_writer_new (const char *path, GError **error);

/**
 * fovea_npy_writer_new:
 *
 * One array of any shape.
 *
 * Errors: file errors.
 * Thread: one at a time.   Owner: caller.
 */
FoveaArrayWriter *fovea_npy_writer_new (const char *path, GError **error);

/**
 * fovea_csv_writer_new:
 *
 * One f32 array: a line for each row of the last axis, nine digits, no header.
 *
 * Errors: file errors.
 * Thread: one at a time.   Owner: caller.
 */
FoveaArrayWriter *fovea_csv_writer_new (const char *path, GError **error);
