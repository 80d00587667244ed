/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* PNG files written here rather than by cairo, for what cairo leaves out: palettes, the resolution,
 * and a text chunk with the query. The same pixels give the same bytes. */
#include <cairo.h>
#include <glib.h>

#include "kernels/error.h"
#include "ui/figures/scene.h"

/**
 * fovea_png_print_indexed:
 *
 * One byte a pixel; palette entries that no pixel uses at the end are left out.
 *
 * Thread: any.   Owner: caller.
 */
GBytes *fovea_png_print_indexed (const FoveaIndexedImage *image);

/**
 * fovea_png_print_surface:
 * @surface: an image surface of CAIRO_FORMAT_RGB24
 * @dpi: kept in a pHYs chunk
 * @text: (nullable): kept in an iTXt chunk "fovea"
 *
 * Thread: any.   Owner: caller.
 */
GBytes *fovea_png_print_surface (cairo_surface_t *surface, double dpi, const char *text);

/**
 * fovea_png_read_text:
 * @data: a whole file
 *
 * The text of the chunk that fovea_png_print_surface() wrote.
 *
 * Errors: FOVEA_ERROR_FORMAT with the byte offset; FOVEA_ERROR_NOT_FOUND.
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_png_read_text (const guint8 *data, gsize length, GError **error);
