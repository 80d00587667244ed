/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The capture points of a model: TransformerLens's classic names and shapes, the bridge names as
 * aliases (methods/points.md). Which points exist follows from the description alone. */
#include "capture/architecture.h"
#include "capture/array.h"
#include "kernels/error.h"

/**
 * fovea_points_list:
 * @n_tokens: T, for shapes
 *
 * Every point of the family in forward order, dense ones (hook_attn_scores, hook_pattern), optional
 * ones and summaries of trace.h included.
 *
 * Thread: any.   Owner: caller; of #FoveaArray with F32 type.
 */
GPtrArray *fovea_points_list (const FoveaArchitecture *architecture, gint64 n_tokens);

/**
 * fovea_point_is_optional:
 * @name: classic name
 *
 * Whether TransformerLens records the point only behind a flag, because it costs H times the stream
 * or repeats another point: no request means it that does not spell it out.
 *
 * Thread: any.
 */
gboolean fovea_point_is_optional (const FoveaArchitecture *architecture, const char *name);

/**
 * fovea_point_check_array:
 *
 * Whether an array that is called like a point of the family has that point's shape for @n_tokens.
 * Readers of points size their buffers by the description, so a trace from a file must be checked.
 *
 * Errors: FOVEA_ERROR_SHAPE naming the array and both shapes.   Thread: any.
 */
gboolean fovea_point_check_array (const FoveaArchitecture *architecture,
                                  const FoveaArray *array,
                                  gint64 n_tokens,
                                  GError **error);

/**
 * fovea_point_canonical_name:
 * @name: classic name or bridge alias
 *
 * The classic name ("blocks.0.attn.q.hook_out" gives "blocks.0.attn.hook_q"), or a copy of @name if
 * it is no alias.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_point_canonical_name (const FoveaArchitecture *architecture, const char *name);

/**
 * fovea_point_text_alias:
 * @name: classic name
 *
 * What TransformerLens calls it in an encoder-decoder ("decoder.0.cross_attn.hook_pattern"), or NULL.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_point_text_alias (const FoveaArchitecture *architecture, const char *name);

/**
 * fovea_point_suggest:
 *
 * "; nearest names: ..." for an error message about the unknown @name.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_point_suggest (const FoveaArchitecture *architecture, const char *name);
