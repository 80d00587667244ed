/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Traces of given arrays, which no forward pass made, and the plain pattern that their queries and
 * keys must give: double precision, one cell at a time, straight from the score rule. */
#include "capture/attention.h"
#include "tests/support.h"

/* One array of a trace to be. */
typedef struct {
    const char *name;
    guint rank;
    gint64 shape[3];
    guint row_axes;
    const float *data;
} TraceArray;

/**
 * trace_info:
 * @architecture: copied; family "import" unless it has one
 *
 * Owner: caller.
 */
FoveaTraceInfo *trace_info (const FoveaArchitecture *architecture, gint64 n_tokens);

/**
 * trace_of:
 *
 * The arrays as f32 in memory.   Owner: caller.
 */
FoveaTrace *trace_of (const FoveaTraceInfo *info, const TraceArray *arrays, guint n);

/**
 * trace_of_products:
 * @q: (T, H, D)
 * @k: (T, G, D)
 *
 * Queries and keys of layer 0 and nothing else.   Owner: caller.
 */
FoveaTrace *trace_of_products (const FoveaTraceInfo *info, const float *q, const float *k);

/* What is asked of a trace's backend, and which array it cannot read. */
typedef struct {
    guint unreadable; /* index; past the last array: all can be read */
    guint n_reads;
    gint64 n_rows;
    GCancellable *cancelled; /* NULL, or what the first read cancels */
    guint n_freed;           /* of the backend: 1 when the trace has ended */
} TraceReads;

/**
 * trace_watched:
 * @reads: outlives the trace
 *
 * The same arrays behind another backend; where one cannot be read it says "no bytes of NAME".
 * Owner: caller.
 */
FoveaTrace *trace_watched (FoveaTrace *whole, TraceReads *reads);

/**
 * trace_open_attention:
 *
 * Layer 0; fails where it cannot be opened.   Owner: caller.
 */
FoveaAttention *trace_open_attention (FoveaTrace *trace);

/**
 * trace_assert_said:
 * @code: of FOVEA_ERROR
 *
 * Fails unless @error is this one, to the letter.
 */
void trace_assert_said (const GError *error, int code, const char *said);

/**
 * trace_random_values:
 *
 * Evenly spread over -2 .. 2.   Owner: caller.
 */
float *trace_random_values (gsize n, guint64 seed);

/**
 * trace_plain_scores:
 *
 * (T, T) scores of one head of layer 0 by the formula of score-rule.h, -inf where forbidden.
 * Owner: caller.
 */
double *trace_plain_scores (const FoveaTraceInfo *info, const float *q, const float *k, guint head);

/**
 * trace_plain_pattern:
 *
 * Their softmax by rows; 0 where forbidden.   Owner: caller.
 */
double *
trace_plain_pattern (const FoveaTraceInfo *info, const float *q, const float *k, guint head);
