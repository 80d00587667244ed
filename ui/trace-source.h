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
