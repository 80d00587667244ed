/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Name, type and shape of a captured array. Arrays are written and read by rows: a row is the index
 * over the first
 * @row_axes axes, flattened, and holds all the rest. Activations (T, ...) have one row a token;
 * maps (H, T, T) have one row a head and query, row h*T + i. */
#include <glib.h>

#include "kernels/dtype.h"

typedef struct {
    char *name;       /* point name, or a summary's */
    FoveaDtype dtype; /* as kept: F32, F16, BF16, I32 */
    guint rank;
    gint64 shape[4];
    guint row_axes; /* 1 or 2 */
} FoveaArray;

/**
 * fovea_array_n_rows:
 *
 * Thread: any.
 */
gint64 fovea_array_n_rows (const FoveaArray *array);

/**
 * fovea_array_row_length:
 *
 * Elements in a row.
 *
 * Thread: any.
 */
gint64 fovea_array_row_length (const FoveaArray *array);

/**
 * fovea_array_bytes:
 *
 * Size of all rows in the kept type.
 *
 * Thread: any.
 */
guint64 fovea_array_bytes (const FoveaArray *array);

/**
 * fovea_array_print_shape:
 *
 * "(12, 64, 64)".
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_array_print_shape (const FoveaArray *array);

/**
 * fovea_array_copy:
 *
 * Thread: any.   Owner: caller frees with fovea_array_free(); autoptr.
 */
FoveaArray *fovea_array_copy (const FoveaArray *array);

/**
 * fovea_array_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @array.
 */
void fovea_array_free (FoveaArray *array);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaArray, fovea_array_free)
