/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Small traces and tables whose every value is known, for the suites about pictures. */
#include "analysis/table.h"
#include "capture/trace.h"
#include "ui/figures/figure-private.h"

/**
 * figure_trace:
 * @n_tokens: T
 *
 * Causal; 2 layers of 3 heads with dense patterns; weights are those of figure_weight().   Owner:
 * caller.
 */
FoveaTrace *figure_trace (gint64 n_tokens);

/**
 * figure_weight:
 *
 * A weight of the trace: half of a row's mass on key 0, the rest falling with distance.
 */
float figure_weight (guint layer, guint head, gint64 n_tokens, gint64 query, gint64 key);

/**
 * figure_heads:
 *
 * The heads table of such a trace: roles, scores on repeats with standard errors.   Owner: caller.
 */
FoveaTable *figure_heads (guint n_layers, guint n_heads);

/* Every query and key, log colour, no chosen cell. */
extern const FoveaMapOptions figure_whole_map;

/**
 * figure_map_of:
 *
 * A map with its caption, which must succeed.   Owner: caller.
 */
FoveaFigure *figure_map_of (FoveaTrace *trace, FoveaMapOptions options, double width_mm);

/**
 * figure_pixel:
 *
 * Colour of a drawn figure at a place, at 20 pixels a point.   Units: points.
 */
guint32 figure_pixel (FoveaFigure *figure, double x, double y);

/**
 * figure_find_image:
 *
 * The n-th image of a figure's scene, or NULL.   Owner: the figure.
 */
const FoveaItem *figure_find_image (FoveaFigure *figure, guint index);

/**
 * figure_has_text:
 *
 * Whether a line of text of the figure holds @part.
 */
gboolean figure_has_text (FoveaFigure *figure, const char *part);

/**
 * figure_assert_tidy:
 *
 * No two lines of text touch, and none leaves the figure.
 */
void figure_assert_tidy (FoveaFigure *figure);
