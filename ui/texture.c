/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* For cairo, a texture carries the node that draws it, made at its first use and again for another
 * size: the same node in the next frame tells the renderer that nothing has changed there. */
#include "ui/texture.h"

#include <math.h>

#define PIXELS "fovea-pixels"
#define NODE   "fovea-node"

/* Cairo's words in memory are those of GDK_MEMORY_DEFAULT, whatever the byte order. */
GdkTexture *
fovea_texture_new_for_bytes (GBytes *pixels, guint width, guint height)
{
    GdkTexture *texture = gdk_memory_texture_new ((int) width, (int) height, GDK_MEMORY_DEFAULT,
                                                  pixels, (gsize) width * sizeof (guint32));
    g_object_set_data_full (G_OBJECT (texture), PIXELS, g_bytes_ref (pixels),
                            (GDestroyNotify) g_bytes_unref);
    return texture;
}

GdkTexture *
fovea_texture_new (guint32 *pixels, guint width, guint height)
{
    g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, (gsize) width * height * sizeof (guint32));
    return fovea_texture_new_for_bytes (bytes, width, height);
}

/* The surface reads the texture's own pixels, which outlive it: the node is let go with them. */
static GskRenderNode *
new_node (GdkTexture *texture, GBytes *pixels, float width, float height)
{
    int across = gdk_texture_get_width (texture), down = gdk_texture_get_height (texture);
    GskRenderNode *node = gsk_cairo_node_new (&GRAPHENE_RECT_INIT (0, 0, width, height));
    cairo_t *cr = gsk_cairo_node_get_draw_context (node);
    cairo_surface_t *surface = cairo_image_surface_create_for_data (
        (guchar *) g_bytes_get_data (pixels, NULL), CAIRO_FORMAT_ARGB32, across, down, 4 * across);
    static const cairo_user_data_key_t key;
    cairo_surface_set_user_data (surface, &key, g_bytes_ref (pixels),
                                 (cairo_destroy_func_t) g_bytes_unref);
    cairo_scale (cr, (double) width / across, (double) height / down);
    cairo_set_source_surface (cr, surface, 0, 0);
    /* Beyond the edge its last pixels go on, or a stretched picture would fade out there. */
    cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
    cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_BILINEAR);
    cairo_rectangle (cr, 0, 0, across, down);
    cairo_fill (cr);
    cairo_surface_destroy (surface);
    cairo_destroy (cr);
    return node;
}

static GskRenderNode *
get_node (GdkTexture *texture, GBytes *pixels, float width, float height)
{
    GskRenderNode *node = g_object_get_data (G_OBJECT (texture), NODE);
    graphene_rect_t bounds;
    if (node != NULL) {
        gsk_render_node_get_bounds (node, &bounds);
        if (bounds.size.width == width && bounds.size.height == height)
            return node;
    }
    node = new_node (texture, pixels, width, height);
    g_object_set_data_full (G_OBJECT (texture), NODE, node, (GDestroyNotify) gsk_render_node_unref);
    return node;
}

static gboolean
is_drawn_by_cairo (GtkWidget *widget)
{
    GtkNative *native = gtk_widget_get_native (widget);
    GskRenderer *renderer = native != NULL ? gtk_native_get_renderer (native) : NULL;
    return renderer != NULL && G_TYPE_CHECK_INSTANCE_TYPE (renderer, GSK_TYPE_CAIRO_RENDERER);
}

void
fovea_texture_draw (GtkWidget *widget,
                    GtkSnapshot *snapshot,
                    GdkTexture *texture,
                    const graphene_rect_t *rect)
{
    GBytes *pixels = g_object_get_data (G_OBJECT (texture), PIXELS);
    if (pixels == NULL || !is_drawn_by_cairo (widget)) {
        gtk_snapshot_append_texture (snapshot, texture, rect);
        return;
    }
    gtk_snapshot_save (snapshot);
    gtk_snapshot_translate (snapshot, &rect->origin);
    gtk_snapshot_append_node (snapshot,
                              get_node (texture, pixels, rect->size.width, rect->size.height));
    gtk_snapshot_restore (snapshot);
}

gboolean
fovea_texture_is_plain (GtkWidget *widget)
{
    GtkWidget *window = GTK_WIDGET (gtk_widget_get_native (widget));
    double x0, y0, x1, y1;
    return is_drawn_by_cairo (widget) &&
           gtk_widget_translate_coordinates (widget, window, 0, 0, &x0, &y0) &&
           gtk_widget_translate_coordinates (widget, window, 1, 1, &x1, &y1) && x1 - x0 == 1 &&
           y1 - y0 == 1 && x0 == rint (x0) && y0 == rint (y0);
}
