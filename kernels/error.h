/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The one error domain of Fovea. It stands in the lowest folder so that every room can report
 * through it. */
#include <glib.h>

#define FOVEA_ERROR (fovea_error_quark ())

/**
 * FoveaError:
 * @FOVEA_ERROR_FORMAT: a file is truncated, malformed or lies about itself; the message has the
 * byte offset
 * @FOVEA_ERROR_UNSUPPORTED: a family, activation, rope type, tokenizer part or option that Fovea
 * does not know
 * @FOVEA_ERROR_SHAPE: an array has another shape or type than its use needs; the message has both
 * @FOVEA_ERROR_RANGE: an id, layer, head, row or option value lies outside its range; the message
 * has the range
 * @FOVEA_ERROR_NOT_FOUND: a file, point, tensor, run or sequence does not exist; the message has
 * the nearest names
 * @FOVEA_ERROR_MEMORY: more memory is needed than is available or allowed; the message has both
 * sizes
 * @FOVEA_ERROR_DEVICE: no such device, or an operation failed on it; the message names the
 * operation
 * @FOVEA_ERROR_NUMERIC: NaN in an input; the message names point and position
 * @FOVEA_ERROR_STORE: the store is damaged, locked, newer than this program, or its disk is full
 * @FOVEA_ERROR_USAGE: wrong command line (exit status 2)
 *
 * Expected failures. Files that cannot be opened keep their %G_FILE_ERROR or %G_IO_ERROR;
 * cancellation is %G_IO_ERROR_CANCELLED.
 */
typedef enum {
    FOVEA_ERROR_FORMAT,
    FOVEA_ERROR_UNSUPPORTED,
    FOVEA_ERROR_SHAPE,
    FOVEA_ERROR_RANGE,
    FOVEA_ERROR_NOT_FOUND,
    FOVEA_ERROR_MEMORY,
    FOVEA_ERROR_DEVICE,
    FOVEA_ERROR_NUMERIC,
    FOVEA_ERROR_STORE,
    FOVEA_ERROR_USAGE,
} FoveaError;

/**
 * fovea_error_quark:
 *
 * The quark behind FOVEA_ERROR.
 *
 * Thread: any.
 */
GQuark fovea_error_quark (void);

/**
 * fovea_error_keep:
 * @lock: of what threads share
 * @first: (inout): what failed first, NULL = nothing has
 * @error: (inout): what failed now; taken if it is the first, else left
 *
 * Of several threads that fail, who asks for their work is told by one error.
 *
 * Thread: any, without @lock.
 */
void fovea_error_keep (GMutex *lock, GError **first, GError **error);
