/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* One head's map: tiles, token labels, the boxes of the selected row, column and cell, and the card
 * of the hovered one. Pan, zoom to a single cell, keyboard cursor. */
#include <gtk/gtk.h>

#include "ui/cell-model.h"
#include "ui/score-range.h"
#include "ui/sparse-model.h"
#include "ui/tile-cache.h"
#include "ui/viewport.h"

#define FOVEA_TYPE_MAP_CANVAS (fovea_map_canvas_get_type ())
G_DECLARE_FINAL_TYPE (FoveaMapCanvas, fovea_map_canvas, FOVEA, MAP_CANVAS, GtkWidget)

/**
 * fovea_map_canvas_new:
 *
 * Properties: color-scale (int, FoveaColorScale), block (int, FoveaBlockValue), overlay (boolean: a mask in place of weights, once there is one); all writable.
 * waiting (boolean): what was known before is shown, dimmed, in the place of a mask that is being made.
 * Signal: "goto" (the user wants to type a position).
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *
fovea_map_canvas_new (FoveaSelection *selection, FoveaCellModel *cells, FoveaViewport *viewport);

/**
 * fovea_map_canvas_set_sparse:
 * @sparse: whose mask the overlay is
 *
 * Thread: main.
 */
void fovea_map_canvas_set_sparse (FoveaMapCanvas *self, FoveaSparseModel *sparse);

/**
 * fovea_map_canvas_get_color_scale:
 *
 * As drawn: what can not be is drawn as weights, on the log scale.   Thread: main.
 */
FoveaColorScale fovea_map_canvas_get_color_scale (FoveaMapCanvas *self);

/**
 * fovea_map_canvas_can_color:
 *
 * Whether the selected head can be drawn so: scores need queries and keys of its layer, a difference another
 * text.   Thread: main.
 */
gboolean fovea_map_canvas_can_color (FoveaMapCanvas *self, FoveaColorScale scale);

/**
 * fovea_map_canvas_get_tiles:
 *
 * For progress and failures.   Owner: the canvas.   Thread: main.
 */
FoveaTileCache *fovea_map_canvas_get_tiles (FoveaMapCanvas *self);

/**
 * fovea_map_canvas_get_range:
 *
 * Of the scores; for failures.   Owner: the canvas.   Thread: main.
 */
FoveaScoreRange *fovea_map_canvas_get_range (FoveaMapCanvas *self);

/**
 * fovea_map_canvas_get_spec:
 * @spec: (out): colours, block kind and floor as shown (a floor of 0: the range of scores is still
 * being read); position and scale are zero
 *
 * Thread: main.
 */
void fovea_map_canvas_get_spec (FoveaMapCanvas *self, FoveaTileSpec *spec);

/**
 * fovea_map_canvas_has_picture:
 *
 * Whether some of the map is there, as it is to be coloured now.   Thread: main.
 */
gboolean fovea_map_canvas_has_picture (FoveaMapCanvas *self);

/**
 * fovea_map_canvas_is_causal:
 *
 * Whether the layer's queries see no key behind them.   Thread: main.
 */
gboolean fovea_map_canvas_is_causal (FoveaMapCanvas *self);

/**
 * fovea_map_canvas_shows_bar:
 *
 * Whether the colour bar stands in the empty triangle: the whole causal map is shown, large enough.
 *
 * Thread: main.
 */
gboolean fovea_map_canvas_shows_bar (FoveaMapCanvas *self);

/**
 * fovea_map_canvas_zoom_to_cell:
 * @scale: device pixels per token
 *
 * Brings the selected cell to the middle.   Thread: main.
 */
void fovea_map_canvas_zoom_to_cell (FoveaMapCanvas *self, double scale);

/**
 * fovea_map_canvas_get_whole:
 *
 * The whole map in at most 128 x 128 pixels, NULL while it is being made.
 *
 * Owner: the canvas.   Thread: main.
 */
GdkTexture *fovea_map_canvas_get_whole (FoveaMapCanvas *self);
