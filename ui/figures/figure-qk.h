/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* One score before the softmax by dimension: query, key, their products, and how these add up to it. */
#include "ui/figures/figure.h"

/**
 * fovea_figure_qk_new:
 * @options: head, query and key; nothing else is looked at. A query of -1 is the last token, a key of
 * -1 the one that the query weighs most.
 *
 * Four panels: a bar for each dimension of the query, of the key and of their product, the strongest
 * named; and the running sum to the score, by rotary pairs where the layer turns them, with what
 * position and soft cap add.
 *
 * Errors: FOVEA_ERROR_RANGE for a head or token that is not there, a key that the query may not see,
 * and a page too small; FOVEA_ERROR_NOT_FOUND where queries and keys were not kept; FOVEA_ERROR_NUMERIC
 * for a product that is no number; the trace's.
 * Thread: any; blocks.   Owner: caller, fovea_figure_unref().
 */
FoveaFigure *fovea_figure_qk_new (FoveaTrace *trace,
                                  const FoveaMapOptions *options,
                                  const FoveaFigureStyle *style,
                                  GError **error);
