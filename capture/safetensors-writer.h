/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Streaming writer of safetensors. Declare all tensors, then append their bytes in that order, in
 * pieces of any size; the file appears under its name complete or not at all. */
#include <glib.h>

#include "kernels/dtype.h"
#include "kernels/error.h"

typedef struct _FoveaSafetensorsWriter FoveaSafetensorsWriter;

/**
 * fovea_safetensors_writer_new:
 * @path: of the finished file
 *
 * Nothing is written yet.
 *
 * Thread: one at a time.   Owner: caller frees with fovea_safetensors_writer_free(); autoptr.
 */
FoveaSafetensorsWriter *fovea_safetensors_writer_new (const char *path);

/**
 * fovea_safetensors_writer_free:
 *
 * An unfinished file is removed. NULL is fine.
 *
 * Thread: any.   Owner: takes @writer.
 */
void fovea_safetensors_writer_free (FoveaSafetensorsWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSafetensorsWriter, fovea_safetensors_writer_free)

/**
 * fovea_safetensors_writer_add_metadata:
 *
 * A pair of "__metadata__"; before the first append.
 *
 * Thread: one at a time.   Owner: both texts are copied.
 */
void fovea_safetensors_writer_add_metadata (FoveaSafetensorsWriter *writer,
                                            const char *key,
                                            const char *value);

/**
 * fovea_safetensors_writer_add_tensor:
 * @shape: @rank lengths
 *
 * Declares the next tensor; before the first append.
 *
 * Errors: FOVEA_ERROR_RANGE for a name given twice or a size that overflows.
 * Thread: as the writer.
 */
gboolean fovea_safetensors_writer_add_tensor (FoveaSafetensorsWriter *writer,
                                              const char *name,
                                              FoveaDtype dtype,
                                              guint rank,
                                              const gint64 *shape,
                                              GError **error);

/**
 * fovea_safetensors_writer_append:
 * @data: the next @n_bytes of the tensors, in the order of their declaration
 *
 * Errors: file errors; FOVEA_ERROR_SHAPE if more arrives than was declared.
 * Thread: one at a time; blocks.
 */
gboolean fovea_safetensors_writer_append (FoveaSafetensorsWriter *writer,
                                          const void *data,
                                          gsize n_bytes,
                                          GError **error);

/**
 * fovea_safetensors_writer_finish:
 *
 * Flushes to the disk and gives the file its name.
 *
 * Errors: file errors; FOVEA_ERROR_SHAPE if bytes are missing.
 * Thread: one at a time; blocks.
 */
gboolean fovea_safetensors_writer_finish (FoveaSafetensorsWriter *writer, GError **error);
