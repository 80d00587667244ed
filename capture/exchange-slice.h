/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What an export takes of one array: rows, one head, a range of keys. */
#include "capture/exchange.h"
#include "capture/safetensors.h"

typedef struct {
    FoveaArray *array; /* of the trace */
    FoveaTensor out;   /* name, type and shape of what is written; no data */
    /* Rows of the array: for each outer index, rows [row0, row1) of @inner_rows. */
    gint64 outer0, outer1, inner_rows, row0, row1;
    /* Within a row, seen as (before, axis, after): [axis0, axis1). */
    gint64 before, axis, after, axis0, axis1;
    /* By axis of the array; axes that are not there are -1. */
    gint64 ranges[4][2];
    int head_axis, row_axis, key_axis;
} FoveaSlice;

/**
 * fovea_slice_init:
 * @array: (transfer full)
 *
 * A head of an array of key/value heads is the one that serves the query head.
 *
 * Errors: FOVEA_ERROR_RANGE naming the array and its limits.
 * Thread: any.
 */
gboolean fovea_slice_init (FoveaSlice *slice,
                           FoveaArray *array,
                           const FoveaTraceInfo *info,
                           const FoveaExportOptions *options,
                           GError **error);

/**
 * fovea_slice_describe:
 *
 * The slice as an array of a trace, named as a capture names it: "blocks.5.attn.hook_z[3]@60:68",
 * with keys "hook_pattern[7]@60:68x3:50". A chosen head stays an axis, of one. What is not cut
 * keeps its name.
 *
 * Thread: any.   Owner: caller, fovea_array_free().
 */
FoveaArray *fovea_slice_describe (const FoveaSlice *slice);

/**
 * fovea_slice_clear:
 *
 * Frees what fovea_slice_init() took.
 *
 * Thread: any.   Owner: frees what @slice holds, not itself.
 */
void fovea_slice_clear (FoveaSlice *slice);

/**
 * fovea_slice_gather:
 * @rows: @n whole rows
 * @out: (out caller-allocates): the wanted elements of each, dense
 *
 * Elements written.
 *
 * Thread: any.
 */
gsize fovea_slice_gather (const FoveaSlice *slice, const float *rows, gint64 n, float *out);
