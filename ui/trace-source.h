/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A trace with the attention of its layers opened on first need and shared by all views and worker
 * threads. */
#include "capture/attention.h"

typedef struct _FoveaTraceSource FoveaTraceSource;

/**
 * fovea_trace_source_new:
 * @trace: kept
 *
 * Thread: any.   Owner: caller, fovea_trace_source_unref(); autoptr.
 */
FoveaTraceSource *fovea_trace_source_new (FoveaTrace *trace);

/**
 * fovea_trace_source_ref:
 *
 * Thread: any.
 */
FoveaTraceSource *fovea_trace_source_ref (FoveaTraceSource *self);

/**
 * fovea_trace_source_unref:
 *
 * Thread: any.
 */
void fovea_trace_source_unref (FoveaTraceSource *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaTraceSource, fovea_trace_source_unref)

/**
 * fovea_trace_source_set_origin:
 * @path: file of the store that it is from
 * @run: id
 * @sequence: id
 *
 * Before anybody else has the source.   Thread: any.
 */
void fovea_trace_source_set_origin (FoveaTraceSource *self,
                                    const char *path,
                                    gint64 run,
                                    gint64 sequence);

/**
 * fovea_trace_source_get_origin:
 *
 * File of its store, NULL = it is of none.   Thread: any.   Owner: the source.
 */
const char *fovea_trace_source_get_origin (FoveaTraceSource *self);

/**
 * fovea_trace_source_get_run:
 *
 * Id in the store that it is of.   Thread: any.
 */
gint64 fovea_trace_source_get_run (FoveaTraceSource *self);

/**
 * fovea_trace_source_get_sequence:
 *
 * Id in the store that it is of.   Thread: any.
 */
gint64 fovea_trace_source_get_sequence (FoveaTraceSource *self);

/**
 * fovea_trace_source_is_same:
 * @a: (nullable)
 * @b: (nullable)
 *
 * Whether both are of one sequence of one store, which may have been opened twice.   Thread: any.
 */
gboolean fovea_trace_source_is_same (FoveaTraceSource *a, FoveaTraceSource *b);

/**
 * fovea_trace_source_name_error:
 * @what: what of the head was to be read, in the user's words: "Map"
 * @error: (inout) (nullable): left as it is where it only says that nobody waits any more
 *
 * Puts before the message what it is of: "Map of head 3.5, sequence 12 of run 2: ".   Thread: any.
 */
void fovea_trace_source_name_error (
    FoveaTraceSource *self, const char *what, guint layer, guint head, GError **error);

/**
 * fovea_trace_source_get_trace:
 *
 * Owner: the source.   Thread: any.
 */
FoveaTrace *fovea_trace_source_get_trace (FoveaTraceSource *self);

/**
 * fovea_trace_source_get_layer:
 *
 * The attention of a layer.
 *
 * Errors: those of fovea_attention_open().
 * Thread: any; may block for long the first time.   Owner: the source.
 */
FoveaAttention *fovea_trace_source_get_layer (FoveaTraceSource *self, guint layer, GError **error);
