/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Colours go through a palette of 256, so that a figure's file stays small. */
#include "ui/figures/picture-image.h"

#include <math.h>

#define FAINT    0.5  /* how far an overlay's picture is towards paper: dark colours are large */
#define LEAST    0.35 /* opacity of the smallest weight that has a colour */
#define LARGEST  0.85
#define N_STEPS  16 /* of grey, and of weight */
#define RGB_STEP 6  /* values a channel of the picture alone */

gboolean
fovea_picture_image_has (const FoveaTraceInfo *info)
{
    return info != NULL && info->architecture->image_size > 0 &&
           info->n_tokens == info->architecture->context;
}

FoveaPictureImage *
fovea_picture_image_new (FoveaTrace *trace, GError **error)
{
    const FoveaArchitecture *a = fovea_trace_get_info (trace)->architecture;
    gint64 p = a->patch_size, S = a->image_size, n = S / p, channels = a->n_channels;
    gint64 width = fovea_architecture_patch_width (a);
    g_autofree float *rows = g_new (float, (gsize) (n * n * width));
    float least = INFINITY, most = -INFINITY;
    if (!fovea_trace_read (trace, "embed.hook_patches", 1, n * n, rows, error))
        return NULL;
    FoveaPictureImage *image = g_new0 (FoveaPictureImage, 1);
    *image = (FoveaPictureImage){.size = S, .patch = p, .across = n, .n_channels = channels};
    for (gint64 i = 0; i < n * n * width; i++) {
        least = MIN (least, rows[i]);
        most = MAX (most, rows[i]);
    }
    float range = most > least ? most - least : 1;
    image->pixels = g_new (float, (gsize) (channels * S * S));
    for (gint64 i = 0; i < n * n; i++)
        for (gint64 j = 0; j < width; j++) {
            gint64 c = j / (p * p), y = i / n * p + j % (p * p) / p, x = i % n * p + j % p;
            image->pixels[(c * S + y) * S + x] = (rows[i * width + j] - least) / range;
        }
    return image;
}

void
fovea_picture_image_free (FoveaPictureImage *image)
{
    if (image == NULL)
        return;
    g_free (image->pixels);
    g_free (image);
}

static double
channel (const FoveaPictureImage *image, gint64 c, gint64 pixel)
{
    gint64 n = image->n_channels;
    return (double) image->pixels[MIN (c, n - 1) * image->size * image->size + pixel];
}

static double
grey (const FoveaPictureImage *image, gint64 pixel)
{
    return 0.299 * channel (image, 0, pixel) + 0.587 * channel (image, 1, pixel) +
           0.114 * channel (image, 2, pixel);
}

static guint32
pack (double red, double green, double blue)
{
    return 0xff000000u | (guint32) lround (255 * red) << 16 | (guint32) lround (255 * green) << 8 |
           (guint32) lround (255 * blue);
}

FoveaIndexedImage *
fovea_picture_image_draw (const FoveaPictureImage *image)
{
    gint64 S = image->size;
    FoveaIndexedImage *out = fovea_indexed_image_new ((guint) S, (guint) S);
    for (guint i = 0; i < RGB_STEP * RGB_STEP * RGB_STEP; i++)
        out->palette[i] = pack (i / 36 / 5.0, i / 6 % 6 / 5.0, i % 6 / 5.0);
    for (gint64 i = 0; i < S * S; i++)
        out->pixels[i] =
            (guint8) (36 * lround (5 * channel (image, 0, i)) +
                      6 * lround (5 * channel (image, 1, i)) + lround (5 * channel (image, 2, i)));
    return out;
}

/* Colours of a grey under a step of weight: step 0 leaves it as it is. The picture is towards paper, or
 * towards a dark ground, from which strong weights are far. */
static void
fill_palette (FoveaTheme theme, guint32 *palette)
{
    const guint32 *map = fovea_color_map_sequential (theme);
    double ground = theme == FOVEA_THEME_DARK ? 0 : FAINT;
    for (guint i = 0; i < 256; i++) {
        double base = ground + (1 - FAINT) * (i / N_STEPS) / (N_STEPS - 1.0);
        guint step = i % N_STEPS;
        double share = step == 0 ? 0 : LEAST + (LARGEST - LEAST) * (step - 1) / (N_STEPS - 2);
        guint of_ramp = step * 253 / (N_STEPS - 1); /* its 254 steps, as figures draw them */
        guint32 color = map[(of_ramp * 255 + 126) / 253];
        double parts[3];
        for (int c = 0; c < 3; c++)
            parts[c] = (1 - share) * base + share * (color >> (16 - 8 * c) & 0xff) / 255.0;
        palette[i] = pack (parts[0], parts[1], parts[2]);
    }
}

FoveaIndexedImage *
fovea_picture_image_overlay (const FoveaPictureImage *image,
                             const FoveaRamp *ramp,
                             const float *weights,
                             FoveaTheme theme)
{
    gint64 S = image->size;
    FoveaIndexedImage *out = fovea_indexed_image_new ((guint) S, (guint) S);
    fill_palette (theme, out->palette);
    for (gint64 y = 0; y < S; y++)
        for (gint64 x = 0; x < S; x++) {
            gint64 token = 1 + y / image->patch * image->across + x / image->patch;
            guint index = fovea_ramp_get_index (ramp, (double) weights[token]);
            guint step = index < 2 ? 0 : (index - 2) * (N_STEPS - 1) / 253;
            guint level = (guint) lround ((N_STEPS - 1) * grey (image, y * S + x));
            out->pixels[y * S + x] = (guint8) (level * N_STEPS + step);
        }
    return out;
}
