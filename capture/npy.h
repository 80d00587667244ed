/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Headers of numpy's array files: (1) "\x93NUMPY", (2) version, 2 bytes, (3) length of the text,
 * uint16 or (versions 2, 3) uint32, (4) a Python dictionary of descr, fortran_order and shape,
 * padded to 64 bytes, (5) data. */
#include "capture/safetensors.h"

/**
 * fovea_npy_read:
 * @name: (transfer none): becomes the tensor's
 * @offset: of @bytes in its file, for messages
 * @tensor: (out): data points into @bytes
 *
 * Errors: FOVEA_ERROR_FORMAT with the byte offset; FOVEA_ERROR_UNSUPPORTED for another element
 * type, byte order or Fortran order. Thread: any.   Source: numpy.lib.format.
 */
gboolean fovea_npy_read (const guint8 *bytes,
                         gsize length,
                         const char *name,
                         gsize offset,
                         FoveaTensor *tensor,
                         GError **error);

/**
 * fovea_npy_write_header:
 *
 * Everything before the data.
 *
 * Thread: any.   Owner: caller.
 */
GString *fovea_npy_write_header (FoveaDtype dtype, guint rank, const gint64 *shape);
