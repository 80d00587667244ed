/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What part of a map a canvas shows: scale and origin in device pixels, with the zoom steps of
 * ui.md 4. Pure geometry; canvas, rail and row profile share one. */
#include <glib-object.h>

#include "ui/kept.h"

#define FOVEA_TYPE_VIEWPORT (fovea_viewport_get_type ())
G_DECLARE_FINAL_TYPE (FoveaViewport, fovea_viewport, FOVEA, VIEWPORT, GObject)

/**
 * fovea_viewport_new:
 *
 * Signals: "changed". Starts at fit.
 *
 * Thread: main.   Owner: caller.
 */
FoveaViewport *fovea_viewport_new (void);

/**
 * fovea_viewport_set_tokens:
 *
 * Another sequence; goes to fit.   Thread: main.
 */
void fovea_viewport_set_tokens (FoveaViewport *self, gint64 n_tokens);

/**
 * fovea_viewport_get_tokens:
 *
 * Thread: main.
 */
gint64 fovea_viewport_get_tokens (FoveaViewport *self);

/**
 * fovea_viewport_find_step:
 * @wanted: tokens between two ticks, at least
 *
 * The smallest step 1, 2, 5 x 10^n, or 64 x 2^n for long texts, that is no smaller: every ruler of one
 * text counts in the same steps.
 *
 * Thread: main.
 */
gint64 fovea_viewport_find_step (FoveaViewport *self, double wanted);

/**
 * fovea_viewport_set_size:
 *
 * Size of the canvas, device pixels.   Thread: main.
 */
void fovea_viewport_set_size (FoveaViewport *self, int width, int height);

/**
 * fovea_viewport_get_size:
 *
 * Thread: main.
 */
void fovea_viewport_get_size (FoveaViewport *self, int *width, int *height);

/**
 * fovea_viewport_get_scale:
 *
 * Device pixels per token.   Thread: main.
 */
double fovea_viewport_get_scale (FoveaViewport *self);

/**
 * fovea_viewport_get_origin:
 * @x: (out): map pixel at the canvas's left edge
 * @y: (out): at its top
 *
 * Thread: main.
 */
void fovea_viewport_get_origin (FoveaViewport *self, gint64 *x, gint64 *y);

/**
 * fovea_viewport_is_fit:
 *
 * Whether all of the map is shown, and stays so when the canvas changes size.   Thread: main.
 */
gboolean fovea_viewport_is_fit (FoveaViewport *self);

/**
 * fovea_viewport_fit:
 *
 * Thread: main.
 */
void fovea_viewport_fit (FoveaViewport *self);

/**
 * fovea_viewport_show:
 * @scale: device pixels per token
 * @x, @y: map pixel at the canvas's left edge, and at its top
 *
 * A part that was shown before, cut to what there is; one that is not smaller than the map is the whole map, also
 * where the canvas gets its size later.
 *
 * Thread: main.
 */
void fovea_viewport_show (FoveaViewport *self, double scale, gint64 x, gint64 y);

/**
 * fovea_viewport_zoom:
 * @steps: >0 nearer
 * @x, @y: canvas point that stays where it is, device pixels
 *
 * Thread: main.
 */
void fovea_viewport_zoom (FoveaViewport *self, int steps, double x, double y);

/**
 * fovea_viewport_zoom_to:
 * @scale: wanted pixels per token; the nearest step at or below is taken
 * @query, @key: cell that comes to the middle
 *
 * Thread: main.
 */
void fovea_viewport_zoom_to (FoveaViewport *self, double scale, double query, double key);

/**
 * fovea_viewport_pan:
 *
 * Moves by device pixels.   Thread: main.
 */
void fovea_viewport_pan (FoveaViewport *self, double dx, double dy);

/**
 * fovea_viewport_reveal:
 *
 * Pans as little as needed to show a cell.   Thread: main.
 */
void fovea_viewport_reveal (FoveaViewport *self, gint64 query, gint64 key);

/**
 * fovea_viewport_find_cell:
 *
 * Cell under a canvas point; FALSE outside the map.   Thread: main.
 */
gboolean
fovea_viewport_find_cell (FoveaViewport *self, double x, double y, gint64 *query, gint64 *key);

/**
 * fovea_viewport_locate:
 * @first: (out): canvas pixel where @token starts along an axis
 * @length: (out): its extent, at least 1
 * @vertical: queries rather than keys
 *
 * Thread: main.
 */
void fovea_viewport_locate (
    FoveaViewport *self, gint64 token, gboolean vertical, double *first, double *length);

/**
 * fovea_viewport_get_span:
 * @first: (out): first visible token
 * @end: (out): one past the last
 *
 * Thread: main.
 */
void fovea_viewport_get_span (FoveaViewport *self, gboolean vertical, gint64 *first, gint64 *end);

/**
 * fovea_viewport_keep:
 *
 * @kept gets which part of the map is in sight.   Thread: main.
 */
void fovea_viewport_keep (FoveaViewport *self, FoveaKept *kept);
