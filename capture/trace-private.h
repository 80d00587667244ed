/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Shared by trace.c and trace-derive.c. Everything is fixed after fovea_trace_new() but the rotary
 * table, which is made once on first need, and the attention under its lock. */
#include "capture/attention.h"
#include "capture/point-table.h"
#include "capture/rotary-table.h"
#include "capture/trace.h"

struct _FoveaTrace {
    gatomicrefcount refs;
    FoveaTraceInfo *info;
    GPtrArray *arrays; /* of FoveaArray */
    GHashTable *index; /* name -> position in arrays + 1 */
    FoveaTraceBackend functions;
    gpointer backend;
    gsize rotary_once[FOVEA_N_ANGLES];
    FoveaRotaryTable *rotary[FOVEA_N_ANGLES];
    GMutex attention_lock;
    FoveaAttention *attention; /* of the layer whose maps were derived last */
};

/**
 * fovea_trace_borrow_attention:
 *
 * The layer's attention for derived points, kept from one call to the next so that reading a map in
 * slabs does not begin anew each time. Locked until fovea_trace_return_attention().
 *
 * Errors: as fovea_attention_open(); then nothing is locked.   Thread: any; waits for the lock.
 */
FoveaAttention *fovea_trace_borrow_attention (FoveaTrace *trace, guint layer, GError **error);

/**
 * fovea_trace_return_attention:
 *
 * Thread: the one that borrowed.
 */
void fovea_trace_return_attention (FoveaTrace *trace);

/**
 * fovea_trace_find:
 *
 * Position of a kept array, or -1.
 *
 * Thread: any.
 */
gint64 fovea_trace_find (FoveaTrace *trace, const char *name);

/**
 * fovea_trace_can_derive:
 *
 * Whether @point follows exactly from what is kept.
 *
 * Thread: any.
 */
gboolean fovea_trace_can_derive (FoveaTrace *trace, FoveaPoint point);

/**
 * fovea_trace_derive:
 *
 * Rows of a point that fovea_trace_can_derive().
 *
 * Errors: the backend's, FOVEA_ERROR_DEVICE.   Thread: any; blocks.
 */
gboolean fovea_trace_derive (FoveaTrace *trace,
                             FoveaPoint point,
                             gint64 first_row,
                             gint64 n_rows,
                             float *out,
                             GError **error);

/**
 * fovea_trace_derivation_needs:
 *
 * What would have to be kept for @point, for an error message: "hook_q", or NULL.
 * Thread: any.
 * Owner: caller, g_free().
 */
char *fovea_trace_derivation_needs (FoveaTrace *trace, FoveaPoint point);
