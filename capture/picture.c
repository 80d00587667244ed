/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Decoding. The kind of file is told by its first bytes and the loader of that kind alone is asked,
 * so that no further loader of the platform ever sees a user's file. Sizes are checked before
 * pixels are made: a PNG's from its header, a JPEG's when its loader has read them. */
#include "capture/picture.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

enum {
    FED_AT_ONCE = 4096, /* bytes between two looks at what the loader found */
    PNG_HEADER = 24     /* signature, length and name of the first chunk, width, height */
};

void
fovea_picture_free (FoveaPicture *picture)
{
    if (picture == NULL)
        return;
    g_free (picture->values);
    g_free (picture);
}

static gboolean
check_size (gint64 width, gint64 height, const char *name, GError **error)
{
    if (width >= 1 && height >= 1 && width <= FOVEA_MAX_PICTURE_SIDE &&
        height <= FOVEA_MAX_PICTURE_SIDE && width * height <= FOVEA_MAX_PICTURE_PIXELS)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "%s: a picture of %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT
                 " pixels; sides of 1 to %d and at most %d pixels are read",
                 name, width, height, FOVEA_MAX_PICTURE_SIDE, FOVEA_MAX_PICTURE_PIXELS);
    return FALSE;
}

FoveaPicture *
fovea_picture_new (gint64 width, gint64 height, gint64 channels, const char *name, GError **error)
{
    if (!check_size (width, height, name, error))
        return NULL;
    FoveaPicture *picture = g_new0 (FoveaPicture, 1);
    *picture =
        (FoveaPicture){width, height, channels, g_malloc0 ((gsize) (width * height * channels))};
    return picture;
}

static const char *
loader_name (const guint8 *bytes, gsize length)
{
    static const guint8 png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    static const guint8 jpeg[] = {0xff, 0xd8, 0xff};
    if (length >= sizeof png && memcmp (bytes, png, sizeof png) == 0)
        return "png";
    return length >= sizeof jpeg && memcmp (bytes, jpeg, sizeof jpeg) == 0 ? "jpeg" : NULL;
}

static gint64
read_u32 (const guint8 *bytes)
{
    return (gint64) bytes[0] << 24 | (gint64) bytes[1] << 16 | (gint64) bytes[2] << 8 | bytes[3];
}

/* Whether the last chunk is there: a loader gives a picture whose end is missing grey for it. */
static gboolean
png_is_whole (const guint8 *bytes, gsize length)
{
    for (gsize at = 8; at + 12 <= length; at += 12 + (gsize) read_u32 (bytes + at))
        if (memcmp (bytes + at + 4, "IEND", 4) == 0)
            return TRUE;
    return FALSE;
}

/* Whether the end mark stands behind the first scan; the one of a small picture in a segment does
 * not count. */
static gboolean
jpeg_is_whole (const guint8 *bytes, gsize length)
{
    const guint8 scan = 0xda;
    for (gsize at = 2; at + 4 <= length && bytes[at] == 0xff;
         at += 2 + (gsize) (bytes[at + 2] << 8 | bytes[at + 3]))
        if (bytes[at + 1] == scan)
            return memmem (bytes + at, length - at, "\xff\xd9", 2) != NULL;
    return FALSE;
}

typedef struct {
    int width, height;
} Size;

static void
on_size (GdkPixbufLoader *loader, int width, int height, gpointer data)
{
    Size *size = data;
    *size = (Size){width, height};
    if (!check_size (width, height, "", NULL))
        gdk_pixbuf_loader_set_size (loader, 1, 1); /* nothing of it is used */
}

/* FALSE with an error for a damaged file or a size that is not read. */
static gboolean
feed (GdkPixbufLoader *loader,
      const guint8 *bytes,
      gsize length,
      const Size *size,
      const char *name,
      GError **error)
{
    for (gsize at = 0; at < length; at += FED_AT_ONCE) {
        g_autoptr (GError) why = NULL;
        if (size->width > 0 && !check_size (size->width, size->height, name, error))
            return FALSE;
        if (!gdk_pixbuf_loader_write (loader, bytes + at, MIN (FED_AT_ONCE, length - at), &why)) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                         "%s: bytes %" G_GSIZE_FORMAT " to %" G_GSIZE_FORMAT ": %s", name, at,
                         MIN (at + FED_AT_ONCE, length), why != NULL ? why->message : "damaged");
            return FALSE;
        }
    }
    return size->width == 0 || check_size (size->width, size->height, name, error);
}

static FoveaPicture *
copy_pixels (GdkPixbuf *pixbuf, const char *name, GError **error)
{
    int n = gdk_pixbuf_get_n_channels (pixbuf), stride = gdk_pixbuf_get_rowstride (pixbuf);
    const guint8 *from = gdk_pixbuf_read_pixels (pixbuf);
    FoveaPicture *picture = fovea_picture_new (gdk_pixbuf_get_width (pixbuf),
                                               gdk_pixbuf_get_height (pixbuf), 3, name, error);
    if (picture == NULL)
        return NULL;
    guint8 *to = picture->values;
    for (gint64 y = 0; y < picture->height; y++)
        for (gint64 x = 0; x < picture->width; x++, to += 3)
            memcpy (to, from + y * stride + x * n, 3);
    return picture;
}

FoveaPicture *
fovea_picture_decode (GBytes *bytes, const char *name, GError **error)
{
    gsize length;
    const guint8 *data = g_bytes_get_data (bytes, &length);
    const char *kind = loader_name (data, length);
    Size size = {0};
    if (kind == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "%s: no picture that is read (known: PNG, JPEG, .npy)", name);
        return NULL;
    }
    if (*kind == 'p' && length >= PNG_HEADER &&
        !check_size (read_u32 (data + 16), read_u32 (data + 20), name, error))
        return NULL;
    if (!(*kind == 'p' ? png_is_whole : jpeg_is_whole) (data, length)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "%s: its %" G_GSIZE_FORMAT " bytes end before the picture does", name, length);
        return NULL;
    }
    g_autoptr (GError) why = NULL;
    g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new_with_type (kind, error);
    if (loader == NULL)
        return NULL;
    g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size), &size);
    gboolean fed = feed (loader, data, length, &size, name, error);
    gboolean closed = gdk_pixbuf_loader_close (loader, fed ? &why : NULL);
    if (!fed)
        return NULL;
    GdkPixbuf *pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
    if (closed && pixbuf != NULL && gdk_pixbuf_get_bits_per_sample (pixbuf) == 8 &&
        gdk_pixbuf_get_n_channels (pixbuf) >= 3)
        return copy_pixels (pixbuf, name, error);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: %s", name,
                 why != NULL ? why->message : "no pixels in it");
    return NULL;
}

FoveaPicture *
fovea_picture_to_grey (const FoveaPicture *picture)
{
    FoveaPicture *grey = fovea_picture_new (picture->width, picture->height, 1, "", NULL);
    const guint8 *from = picture->values;
    gint64 step = picture->channels, last = step - 1;
    for (gint64 i = 0; i < picture->width * picture->height; i++, from += step)
        grey->values[i] = (guint8) ((19595 * from[0] + 38470 * from[MIN (1, last)] +
                                     7471 * from[last] + 0x8000) >>
                                    16);
    return grey;
}
