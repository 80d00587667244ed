/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Differences are of pictures blurred over three by three pixels: an edge that moves by a fraction of
 * a pixel costs little, a word that is gone costs much. */
#include "tests/golden-picture.h"

#include <cairo.h>
#include <math.h>
#include <stdio.h>

#include "tests/support.h"

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

GoldenPicture *
golden_picture_new (const guint32 *pixels, int width, int height, int shrink)
{
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

void
golden_picture_check (const GoldenPicture *picture, const char *folder, const char *name)
{
    const char *out = g_getenv ("GOLDEN_WRITE");
    g_autofree char *file = g_strconcat (name, ".png", NULL);
    g_autofree char *below = g_build_filename ("tests/golden", folder, file, NULL);
    g_autofree char *path = out != NULL ? g_build_filename (out, file, NULL) : support_data (below);
    if (out != NULL) {
        ck_assert (golden_picture_write (picture, path));
        return;
    }
    g_autoptr (GoldenPicture) kept = golden_picture_read (path);
    ck_assert_msg (kept != NULL, "no picture %s", path);
    GoldenDifference difference = golden_picture_compare (picture, kept);
    printf ("%s: %.2f levels apart in the mean, %.1f at most\n", name, difference.mean,
            difference.most);
    ck_assert_msg (difference.mean <= GOLDEN_MEAN_LEVELS && difference.most <= GOLDEN_MOST_LEVELS,
                   "%s: %.2f levels apart in the mean, %.1f at (%d, %d) of the small picture", name,
                   difference.mean, difference.most, difference.x, difference.y);
}
