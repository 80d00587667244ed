/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The beginning of a sequence as a trace of its own. */
#include "capture/trace.h"

/**
 * fovea_trace_new_prefix:
 * @n_tokens: 1 or more; at most those of @whole
 *
 * The first tokens of @whole with what is kept of each: activations, queries, keys and values. Where no
 * token looks ahead, its statistics of rows stay what they are too; where one does, they and the weights
 * follow from the keys that are left, which is another map. Maps, pyramids and column masses are not
 * kept: they are made anew where they are asked for.
 *
 * Errors: FOVEA_ERROR_RANGE for another number.   Thread: any.   Owner: caller, fovea_trace_unref().
 */
FoveaTrace *fovea_trace_new_prefix (FoveaTrace *whole, gint64 n_tokens, GError **error);

/**
 * fovea_trace_take_beginning:
 * @whole: (transfer full):
 * @n_tokens: most that are left
 *
 * @whole itself where it is no longer than that.
 *
 * Errors: FOVEA_ERROR_UNSUPPORTED for a longer one whose tokens look ahead, of which the beginning is another
 * map.
 * Thread: any.   Owner: caller, fovea_trace_unref().
 */
FoveaTrace *fovea_trace_take_beginning (FoveaTrace *whole, gint64 n_tokens, GError **error);

/**
 * fovea_trace_keeps_rows:
 *
 * Whether the normalisers of all rows were kept, without which any look at a layer's weights computes all of
 * them once.
 *
 * Thread: any.
 */
gboolean fovea_trace_keeps_rows (FoveaTrace *trace);

/**
 * fovea_trace_looks_ahead:
 *
 * Whether a row of some layer sees keys behind it.
 *
 * Thread: any.
 */
gboolean fovea_trace_looks_ahead (FoveaTrace *trace);
