/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A texture for a GtkPicture: as it is, where the window is drawn by cairo (see texture.h). */
#include <gtk/gtk.h>

#define FOVEA_TYPE_TEXTURE_PAINTABLE (fovea_texture_paintable_get_type ())
G_DECLARE_FINAL_TYPE (
    FoveaTexturePaintable, fovea_texture_paintable, FOVEA, TEXTURE_PAINTABLE, GObject)

/**
 * fovea_texture_paintable_new:
 * @widget: that will show it
 * @texture: of fovea_texture_new(), in pixels of the screen
 *
 * Thread: main.   Owner: caller.
 */
GdkPaintable *fovea_texture_paintable_new (GtkWidget *widget, GdkTexture *texture);
