/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Text of figures: one font list, measured without hinting so that a layout is the same at every
 * scale; and how numbers and tokens are written (true minus, powers of ten, the newline glyph). */
#include <cairo.h>
#include <glib.h>

#define FOVEA_TEXT_FAMILIES "Inter, Nimbus Sans, DejaVu Sans"

typedef enum {
    FOVEA_ANCHOR_START,
    FOVEA_ANCHOR_MIDDLE,
    FOVEA_ANCHOR_END,
} FoveaAnchor;

typedef struct {
    double size; /* points */
    gboolean bold;
    guint32 color; /* 0xAARRGGBB */
    FoveaAnchor anchor;
    gboolean turned; /* reads upwards */
} FoveaTextStyle;

/**
 * fovea_text_width:
 *
 * Advance of one line.
 *
 * Units: points.   Thread: any.
 */
double fovea_text_width (const char *text, double size, gboolean bold);

/**
 * fovea_text_draw:
 * @x: where the anchor is
 * @y: baseline (of turned text: the anchor; its baseline is at @x)
 *
 * Thread: any.
 */
void
fovea_text_draw (cairo_t *cr, const char *text, double x, double y, const FoveaTextStyle *style);

/**
 * fovea_text_shorten:
 *
 * @text, or its beginning and an ellipsis if it is wider than @width points.
 *
 * Thread: any.   Owner: caller.
 */
char *fovea_text_shorten (const char *text, double size, gboolean bold, double width);

/**
 * fovea_text_number:
 *
 * A number for people with at most @digits significant digits: "0.86", "−3", "10⁻³", "3.2 × 10⁻⁴". What
 * stands before the point is whole, of however few digits: "139".
 *
 * Thread: any.   Owner: caller.
 */
char *fovea_text_number (double value, guint digits);

/**
 * fovea_text_count:
 *
 * A whole number with commas: "4,096".
 *
 * Thread: any.   Owner: caller.
 */
char *fovea_text_count (gint64 value);

/**
 * fovea_text_token:
 * @bytes: a token's bytes, perhaps not UTF-8
 * @special: written by its bare name ("<|bos|>" is "bos")
 * @running: keep leading spaces, as in running text; else they go, and lone spaces become dots
 *
 * A token as one line of valid UTF-8: newline "⏎", tab "⇥", stray bytes "\xE2", what is not seen "U+200B".
 *
 * Thread: any.   Owner: caller.
 */
char *fovea_text_token (const char *bytes, gboolean special, gboolean running);
