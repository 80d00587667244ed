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

/* Drawn by cairo, as the renderer of the suites does, whose texture would take as long again to be read. */
static inline guint
window_look_hash (GskRenderNode *node, int width, int height)
{
    cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
    cairo_t *cr = cairo_create (surface);
    guint64 hash = 0;
    gsk_render_node_draw (node, cr);
    cairo_destroy (cr);
    cairo_surface_flush (surface);
    const guint64 *pairs = (const guint64 *) cairo_image_surface_get_data (surface);
    gsize n = (gsize) cairo_image_surface_get_stride (surface) * (gsize) height / sizeof *pairs;
    for (gsize i = 0; i < n; i++)
        hash = (hash ^ pairs[i]) * 0x9e3779b97f4a7c15u;
    cairo_surface_destroy (surface);
    return (guint) (hash >> 32);
}

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
    look->hash = window_look_hash (node, width, height);
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
