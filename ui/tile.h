/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A piece of one head's map as pixels. A map at a scale is a plane of device pixels; a tile is a
 * rectangle of it. Pure functions, so that threads may share them and tests need no display. */
#include <gio/gio.h>

#include "ui/figures/color-map.h"
#include "capture/attention.h"
#include "ui/figures/figure.h"

typedef struct _FoveaTraceSource FoveaTraceSource; /* ui/trace-source.h */

typedef struct {
    guint layer, head;
    double scale; /* device pixels per token; below 1: blocks of 1/scale tokens */
    gint64 x, y;  /* first pixel, 0,0 = query 0, key 0 */
    guint width, height;
    FoveaBlockValue block;
    FoveaColorScale color;
    double floor; /* of the log scale; of scores: the limit of their range */
    FoveaTheme theme;
    gboolean paper;      /* the future stays transparent, as in figures */
    gboolean difference; /* weights less those of another trace; @floor is the limit of the range */
    gboolean overlay;    /* a mask's verdicts instead of weights, see mask-overlay.h */
} FoveaTileSpec;

/* Far from any weight or score, and exact in float32. */
#define FOVEA_TILE_FUTURE  (-0x1p100f) /* no allowed pair in this pixel */
#define FOVEA_TILE_OUTSIDE (-0x1p101f) /* beyond the sequence */
/* Queries read of each pixel where scores of 64 and more share one: scores have no pyramid. */
#define FOVEA_TILE_SAMPLES 8

/**
 * fovea_tile_get_tokens:
 * @pixel: along one axis
 * @first: (out): first token under it
 * @end: (out): one past the last; at least @first + 1
 *
 * Thread: any.
 */
void fovea_tile_get_tokens (double scale, gint64 pixel, gint64 *first, gint64 *end);

/**
 * fovea_tile_read:
 * @values: (out caller-allocates): (height, width) weights: the mean over allowed pairs or the
 * largest of each pixel, or one of the marks above
 *
 * Exact below 64 tokens a pixel, O(tokens of the tile squared); above that weights come from the
 * pyramid, O(4 pixels), and scores from FOVEA_TILE_SAMPLES queries a pixel.
 *
 * Errors: the trace's; G_IO_ERROR_CANCELLED.   Thread: any; blocks.
 */
gboolean fovea_tile_read (FoveaTraceSource *source,
                          const FoveaTileSpec *spec,
                          float *values,
                          GCancellable *cancellable,
                          GError **error);

/**
 * fovea_tile_read_difference:
 * @other: a trace of as many tokens, layers and heads
 *
 * As fovea_tile_read() of weights, less those of @other.
 *
 * Errors: either trace's; G_IO_ERROR_CANCELLED.   Thread: any; blocks.
 */
gboolean fovea_tile_read_difference (FoveaTraceSource *source,
                                     FoveaTraceSource *other,
                                     const FoveaTileSpec *spec,
                                     float *values,
                                     GCancellable *cancellable,
                                     GError **error);

/**
 * fovea_tile_color:
 * @pixels: (out caller-allocates): (height, width) 0xAARRGGBB, premultiplied; transparent outside
 *
 * Thread: any.
 */
void fovea_tile_color (const FoveaTileSpec *spec, const float *values, guint32 *pixels);
