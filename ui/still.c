/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/still.h"

#include "ui/texture.h"

/* The same drawing as pixels of the screen. */
static GskRenderNode *
rasterise (GskRenderNode *node, GtkWidget *widget, int width, int height)
{
    int scale = gtk_widget_get_scale_factor (widget);
    gsize n = (gsize) width * (gsize) height * (gsize) (scale * scale);
    guint32 *pixels = g_new0 (guint32, n);
    cairo_surface_t *surface = cairo_image_surface_create_for_data (
        (guchar *) pixels, CAIRO_FORMAT_ARGB32, width * scale, height * scale, 4 * width * scale);
    cairo_surface_set_device_scale (surface, scale, scale);
    cairo_t *cr = cairo_create (surface);
    gsk_render_node_draw (node, cr);
    cairo_destroy (cr);
    cairo_surface_destroy (surface);
    g_autoptr (GdkTexture) texture =
        fovea_texture_new (pixels, (guint) (width * scale), (guint) (height * scale));
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    fovea_texture_draw (widget, snapshot, texture,
                        &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
    return gtk_snapshot_free_to_node (snapshot);
}

gboolean
fovea_still_is_good (const FoveaStill *still, GtkWidget *widget, FoveaTheme theme)
{
    return still->node != NULL && !still->forgotten && still->theme == theme &&
           still->scale == gtk_widget_get_scale_factor (widget) &&
           still->width == gtk_widget_get_width (widget) &&
           still->height == gtk_widget_get_height (widget);
}

static gboolean
make_now (gpointer data)
{
    FoveaStill *still = data;
    still->idle = 0;
    if (gtk_widget_get_mapped (still->widget)) {
        still->make (still->widget);
        gtk_widget_queue_draw (still->widget);
    }
    return G_SOURCE_REMOVE;
}

/* Frames come first, and what waits for an idle main loop later. */
void
fovea_still_soon (FoveaStill *still, GtkWidget *widget, void (*make) (GtkWidget *widget))
{
    still->widget = widget;
    still->make = make;
    if (still->idle == 0)
        still->idle = g_idle_add_full (GDK_PRIORITY_REDRAW + 5, make_now, still, NULL);
}

static gboolean
make_ahead (gpointer data)
{
    FoveaStill *still = data;
    still->idle = 0;
    if (still->forgotten &&
        gtk_widget_get_mapped (still->widget)) /* else a frame was there first */
        still->make (still->widget);
    return G_SOURCE_REMOVE;
}

/* Alone in its turn: what is to be measured ahead is at another priority. */
void
fovea_still_ahead (FoveaStill *still, GtkWidget *widget, void (*make) (GtkWidget *widget))
{
    still->widget = widget;
    still->make = make;
    still->forgotten = TRUE;
    if (still->idle == 0)
        still->idle = g_idle_add_full (GDK_PRIORITY_REDRAW - 5, make_ahead, still, NULL);
}

void
fovea_still_take (FoveaStill *still, GtkWidget *widget, FoveaTheme theme, GtkSnapshot *drawn)
{
    g_clear_pointer (&still->node, gsk_render_node_unref);
    still->node = gtk_snapshot_free_to_node (drawn);
    still->width = gtk_widget_get_width (widget);
    still->height = gtk_widget_get_height (widget);
    still->scale = gtk_widget_get_scale_factor (widget);
    still->theme = theme;
    still->forgotten = FALSE;
    if (still->node == NULL || !fovea_texture_is_plain (widget))
        return;
    g_autoptr (GskRenderNode) lines = still->node;
    still->node = rasterise (lines, widget, still->width, still->height);
}

void
fovea_still_draw (const FoveaStill *still, GtkWidget *widget, GtkSnapshot *snapshot)
{
    int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
    gboolean larger = still->width > width || still->height > height;
    if (still->node == NULL)
        return;
    if (larger)
        gtk_snapshot_push_clip (snapshot,
                                &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
    gtk_snapshot_append_node (snapshot, still->node);
    if (larger)
        gtk_snapshot_pop (snapshot);
}

void
fovea_still_forget (FoveaStill *still)
{
    still->forgotten = TRUE;
}

void
fovea_still_clear (FoveaStill *still)
{
    g_clear_pointer (&still->node, gsk_render_node_unref);
    g_clear_handle_id (&still->idle, g_source_remove);
}
