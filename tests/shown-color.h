/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The colours that a widget is drawn in, for what stands in no text. */
#include <gtk/gtk.h>
#include <math.h>
#include <string.h>

#include "tests/support.h"

/* Where pixels of a colour are. */
typedef struct {
    guint n;
    int left, top; /* first column and row with one; meaningless where there is none */
} ShownColor;

/* Colours by name, as in the window; without them all fall back to that of text. */
static inline void
shown_color_load (void)
{
    g_autofree char *path = support_data ("data/colors-light.css");
    g_autoptr (GtkCssProvider) colors = gtk_css_provider_new ();
    gtk_css_provider_load_from_path (colors, path);
    gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                                GTK_STYLE_PROVIDER (colors),
                                                GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

static inline guint32
shown_color_of (const GdkRGBA *color)
{
    return 0xFF000000 | (guint32) round (color->red * 255) << 16 |
           (guint32) round (color->green * 255) << 8 | (guint32) round (color->blue * 255);
}

/* As it was drawn last: between a change and the next frame a widget has no drawing at all. */
static inline GskRenderNode *
shown_color_draw (GtkWidget *widget)
{
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
    gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (widget),
                            gtk_widget_get_height (widget));
    return gtk_snapshot_free_to_node (snapshot);
}

/* The same as pixels of ARGB without gaps; NULL = it has no drawing.   Owner: caller. */
static inline cairo_surface_t *
shown_color_paint (GtkWidget *widget)
{
    g_autoptr (GskRenderNode) node = shown_color_draw (widget);
    if (node == NULL)
        return NULL;
    cairo_surface_t *surface = cairo_image_surface_create (
        CAIRO_FORMAT_ARGB32, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
    cairo_t *cr = cairo_create (surface);
    gsk_render_node_draw (node, cr);
    cairo_destroy (cr);
    cairo_surface_flush (surface);
    return surface;
}

static inline ShownColor
shown_color_find (GtkWidget *widget, guint32 color)
{
    int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
    ShownColor found = {0, width, height};
    cairo_surface_t *surface = shown_color_paint (widget);
    if (surface == NULL)
        return found;
    const guchar *bytes = cairo_image_surface_get_data (surface);
    for (int i = 0; i < width * height; i++) {
        guint32 pixel;
        memcpy (&pixel, bytes + (gsize) i * sizeof pixel, sizeof pixel);
        if (pixel != color)
            continue;
        found.n++;
        found.left = MIN (found.left, i % width);
        found.top = MIN (found.top, i / width);
    }
    cairo_surface_destroy (surface);
    return found;
}

/* Pixels of a widget that have that colour. */
static inline guint
shown_color_count (GtkWidget *widget, guint32 color)
{
    return shown_color_find (widget, color).n;
}

/* Pixels that anything is drawn on. */
static inline guint
shown_color_count_drawn (GtkWidget *widget)
{
    gsize n = (gsize) gtk_widget_get_width (widget) * (gsize) gtk_widget_get_height (widget);
    cairo_surface_t *surface = shown_color_paint (widget);
    guint drawn = 0;
    for (gsize i = 0; surface != NULL && i < n; i++)
        drawn += cairo_image_surface_get_data (surface)[4 * i + 3] > 0; /* alpha */
    g_clear_pointer (&surface, cairo_surface_destroy);
    return drawn;
}
