/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Whether a widget of a window looks as it did. */
#include "tests/window-bench.h"

typedef struct {
    GtkWidget *widget;
    guint hash;
    gboolean taken;
} WindowLook;

/* Behind the painting of a frame, when all that is there has its place. */
static inline void
window_look_take (GdkFrameClock *clock, WindowLook *look)
{
    int width = gtk_widget_get_width (look->widget), height = gtk_widget_get_height (look->widget);
    g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (look->widget);
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    gdk_paintable_snapshot (paintable, snapshot, width, height);
    GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);
    look->taken = TRUE;
    if (node == NULL)
        return;
    g_autoptr (GdkTexture) texture = gsk_renderer_render_texture (
        gtk_native_get_renderer (gtk_widget_get_native (look->widget)), node,
        &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
    gsize n = (gsize) width * (gsize) height;
    g_autofree guint32 *pixels = g_new (guint32, n);
    gdk_texture_download (texture, (guchar *) pixels, (gsize) width * sizeof *pixels);
    for (gsize i = 0; i < n; i++)
        look->hash = look->hash * 31 + pixels[i];
    gsk_render_node_unref (node);
}

/* A number of the widget's pixels in the next frame: alike for pictures that are alike. */
static inline guint
window_look (GtkWidget *widget)
{
    WindowLook look = {.widget = widget};
    GdkFrameClock *clock = gtk_widget_get_frame_clock (look.widget);
    gulong handler = g_signal_connect (clock, "after-paint", G_CALLBACK (window_look_take), &look);
    gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_PAINT);
    RUN_UNTIL (look.taken);
    g_signal_handler_disconnect (clock, handler);
    return look.hash;
}
