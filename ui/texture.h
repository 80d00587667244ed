/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Pictures of pixels in a widget: maps, thumbnails, overviews. A GPU keeps a GdkTexture; where the
 * window is drawn by cairo, GTK 4.8 turns every pixel of a texture into four floats and back in each
 * frame, so the same pixels are drawn as they are. */
#include <gtk/gtk.h>

/**
 * fovea_texture_new:
 * @pixels: (array length=width*height) (transfer full): 0xAARRGGBB, premultiplied, g_free()d
 *
 * Thread: main.   Owner: caller.
 */
GdkTexture *fovea_texture_new (guint32 *pixels, guint width, guint height);

/**
 * fovea_texture_new_for_bytes:
 * @pixels: (width * height) 0xAARRGGBB, premultiplied
 *
 * Thread: any.   Owner: caller.
 */
GdkTexture *fovea_texture_new_for_bytes (GBytes *pixels, guint width, guint height);

/**
 * fovea_texture_draw:
 * @texture: of fovea_texture_new()
 *
 * Stretched over @rect. What stays where it is costs nothing in the next frame.   Thread: main.
 */
void fovea_texture_draw (GtkWidget *widget,
                         GtkSnapshot *snapshot,
                         GdkTexture *texture,
                         const graphene_rect_t *rect);

/**
 * fovea_texture_is_plain:
 *
 * Whether a texture's pixels reach the window of @widget as they are, since cairo draws it and nothing
 * between them scales.
 *
 * Thread: main.
 */
gboolean fovea_texture_is_plain (GtkWidget *widget);
