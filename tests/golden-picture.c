/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Differences are of pictures blurred over three by three pixels: an edge that moves by a fraction of
 * a pixel costs little, a word that is gone costs much. */
#include "tests/golden-picture.h"

#include <math.h>

#define STEP 8 /* levels that are told apart: a third of the file's size */

static GoldenPicture *
new_picture (int width, int height)
{
    GoldenPicture *picture = g_new0 (GoldenPicture, 1);
    picture->width = width;
    picture->height = height;
    picture->levels = g_new0 (guint8, (gsize) width * (gsize) height * 3);
    return picture;
}

void
golden_picture_free (GoldenPicture *picture)
{
    if (picture == NULL)
        return;
    g_free (picture->levels);
    g_free (picture);
}

static guint8 *
get_pixel (const GoldenPicture *picture, int x, int y)
{
    return picture->levels + 3 * ((gsize) y * (gsize) picture->width + (gsize) x);
}

static guint8
round_level (guint level)
{
    return (guint8) MIN ((level + STEP / 2) / STEP * STEP, 255);
}

/* What the window's own renderer draws. A widget alone has no ground, which the window gives it. */
static guint32 *
render (GtkWidget *widget, int width, int height)
{
    g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
    GtkWidget *window = GTK_WIDGET (gtk_widget_get_root (widget));
    GskRenderer *renderer = gtk_native_get_renderer (GTK_NATIVE (window));
    const graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);
    GdkRGBA ground = {1, 1, 1, 1};
    GtkSnapshot *snapshot = gtk_snapshot_new ();
    gtk_style_context_lookup_color (gtk_widget_get_style_context (window), "fovea_window", &ground);
    gtk_snapshot_append_color (snapshot, &ground, &bounds);
    gdk_paintable_snapshot (paintable, snapshot, width, height);
    GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);
    g_autoptr (GdkTexture) texture = gsk_renderer_render_texture (renderer, node, &bounds);
    guint32 *pixels = g_new (guint32, (gsize) width * (gsize) height);
    gdk_texture_download (texture, (guchar *) pixels, (gsize) width * sizeof *pixels);
    gsk_render_node_unref (node);
    return pixels;
}

GoldenPicture *
golden_picture_take (GtkWidget *widget, int shrink)
{
    int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
    g_autofree guint32 *pixels = render (widget, width, height);
    GoldenPicture *picture = new_picture (width / shrink, height / shrink);
    for (int y = 0; y < picture->height; y++)
        for (int x = 0; x < picture->width; x++)
            for (int c = 0; c < 3; c++) {
                guint sum = 0;
                for (int i = 0; i < shrink * shrink; i++)
                    sum += pixels[(y * shrink + i / shrink) * width + x * shrink + i % shrink] >>
                               (8 * (2 - c)) &
                           0xff;
                get_pixel (picture, x, y)[c] = round_level (sum / (guint) (shrink * shrink));
            }
    return picture;
}

GoldenPicture *
golden_picture_read (const char *path)
{
    cairo_surface_t *surface = cairo_image_surface_create_from_png (path);
    GoldenPicture *picture = NULL;
    if (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS) {
        const guint8 *data = cairo_image_surface_get_data (surface);
        gsize stride = (gsize) cairo_image_surface_get_stride (surface);
        picture = new_picture (cairo_image_surface_get_width (surface),
                               cairo_image_surface_get_height (surface));
        for (int y = 0; y < picture->height; y++)
            for (int x = 0; x < picture->width; x++)
                for (int c = 0; c < 3; c++)
                    get_pixel (picture, x, y)[c] =
                        (guint8) (((const guint32 *) (data + (gsize) y * stride))[x] >>
                                  (8 * (2 - c)));
    }
    cairo_surface_destroy (surface);
    return picture;
}

gboolean
golden_picture_write (const GoldenPicture *picture, const char *path)
{
    cairo_surface_t *surface =
        cairo_image_surface_create (CAIRO_FORMAT_RGB24, picture->width, picture->height);
    guint8 *data = cairo_image_surface_get_data (surface);
    gsize stride = (gsize) cairo_image_surface_get_stride (surface);
    for (int y = 0; y < picture->height; y++)
        for (int x = 0; x < picture->width; x++) {
            guint32 pixel = 0;
            for (int c = 0; c < 3; c++)
                pixel = pixel << 8 | get_pixel (picture, x, y)[c];
            ((guint32 *) (data + (gsize) y * stride))[x] = pixel;
        }
    cairo_surface_mark_dirty (surface);
    gboolean written = cairo_surface_write_to_png (surface, path) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy (surface);
    return written;
}

/* Mean of the pixels round one, those that there are. */
static double
blur (const GoldenPicture *picture, int x, int y, int c)
{
    double sum = 0;
    int n = 0;
    for (int v = MAX (y - 1, 0); v <= MIN (y + 1, picture->height - 1); v++)
        for (int u = MAX (x - 1, 0); u <= MIN (x + 1, picture->width - 1); u++, n++)
            sum += get_pixel (picture, u, v)[c];
    return sum / n;
}

GoldenDifference
golden_picture_compare (const GoldenPicture *a, const GoldenPicture *b)
{
    GoldenDifference difference = {255, 255, 0, 0};
    if (a->width != b->width || a->height != b->height)
        return difference;
    difference.mean = difference.most = 0;
    for (int y = 0; y < a->height; y++)
        for (int x = 0; x < a->width; x++)
            for (int c = 0; c < 3; c++) {
                double off = fabs (blur (a, x, y, c) - blur (b, x, y, c));
                difference.mean += off / (3.0 * a->width * a->height);
                if (off <= difference.most)
                    continue;
                difference.most = off;
                difference.x = x;
                difference.y = y;
            }
    return difference;
}
