/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A PNG is a signature and chunks: length, type, data, CRC-32 of type and data. Rows are stored
 * with filter 0 in one zlib stream; maps are noise to the other filters, and drawings compress well
 * anyway. Source: W3C PNG specification, second edition. */
#include "ui/figures/png.h"

#include <math.h>
#include <string.h>
#include <zlib.h>

#define SIGNATURE       "\211PNG\r\n\032\n"
#define SIGNATURE_BYTES 8
#define KEYWORD         "fovea"
/* Keyword, its NUL, no compression, method 0, empty language tag, empty translated keyword. */
#define TEXT_HEAD       KEYWORD "\0\0\0\0"
#define TEXT_HEAD_BYTES (sizeof TEXT_HEAD)
#define ZLIB_LEVEL      9 /* zlib's strongest: figures are small and kept for long */
#define COLOR_RGB       2
#define COLOR_INDEXED   3

static void
append_u32 (GByteArray *out, guint32 value)
{
    guint32 big = GUINT32_TO_BE (value);
    g_byte_array_append (out, (const guint8 *) &big, 4);
}

static void
append_chunk (GByteArray *out, const char *type, const void *data, gsize length)
{
    append_u32 (out, (guint32) length);
    guint start = out->len;
    g_byte_array_append (out, (const guint8 *) type, 4);
    if (length > 0)
        g_byte_array_append (out, data, (guint) length);
    append_u32 (out, (guint32) crc32 (0, out->data + start, out->len - start));
}

static GByteArray *
start_file (guint32 width, guint32 height, guint8 color_type)
{
    GByteArray *out = g_byte_array_new ();
    g_byte_array_append (out, (const guint8 *) SIGNATURE, SIGNATURE_BYTES);
    g_autoptr (GByteArray) head = g_byte_array_new ();
    append_u32 (head, width);
    append_u32 (head, height);
    const guint8 rest[] = {8, color_type, 0, 0, 0};
    g_byte_array_append (head, rest, sizeof rest);
    append_chunk (out, "IHDR", head->data, head->len);
    return out;
}

/* @rows: each row led by its filter byte. */
static GBytes *
finish_file (GByteArray *out, const guint8 *rows, gsize length)
{
    uLongf packed_bytes = compressBound (length);
    g_autofree guint8 *packed = g_malloc (packed_bytes);
    int status = compress2 (packed, &packed_bytes, rows, length, ZLIB_LEVEL);
    g_assert (status == Z_OK); /* the bound makes any other answer impossible */
    append_chunk (out, "IDAT", packed, packed_bytes);
    append_chunk (out, "IEND", NULL, 0);
    return g_byte_array_free_to_bytes (out);
}

/* Entries up to the last one used; tRNS only up to the last that is transparent. */
static void
append_palette (GByteArray *out, const FoveaIndexedImage *image)
{
    guint8 colors[3 * 256], alphas[256];
    gsize n = (gsize) image->width * image->height;
    guint last = 0;
    for (gsize i = 0; i < n; i++)
        last = MAX (last, image->pixels[i]);
    guint last_clear = 0, any_clear = 0;
    for (guint i = 0; i <= last; i++) {
        guint32 color = image->palette[i];
        colors[3 * i] = color >> 16 & 255;
        colors[3 * i + 1] = color >> 8 & 255;
        colors[3 * i + 2] = color & 255;
        alphas[i] = color >> 24;
        if (alphas[i] != 255) {
            last_clear = i;
            any_clear = 1;
        }
    }
    append_chunk (out, "PLTE", colors, 3 * (last + 1));
    if (any_clear)
        append_chunk (out, "tRNS", alphas, last_clear + 1);
}

GBytes *
fovea_png_print_indexed (const FoveaIndexedImage *image)
{
    GByteArray *out = start_file (image->width, image->height, COLOR_INDEXED);
    append_palette (out, image);
    gsize stride = (gsize) image->width + 1;
    g_autofree guint8 *rows = g_malloc0_n (image->height, stride);
    for (guint y = 0; y < image->height; y++)
        memcpy (rows + y * stride + 1, image->pixels + (gsize) y * image->width, image->width);
    return finish_file (out, rows, image->height * stride);
}

/* pHYs counts pixels a metre. */
static void
append_resolution (GByteArray *out, double dpi)
{
    g_autoptr (GByteArray) data = g_byte_array_new ();
    guint32 per_metre = (guint32) lround (dpi / 0.0254);
    append_u32 (data, per_metre);
    append_u32 (data, per_metre);
    const guint8 metre = 1;
    g_byte_array_append (data, &metre, 1);
    append_chunk (out, "pHYs", data->data, data->len);
}

static void
append_text (GByteArray *out, const char *text)
{
    g_autoptr (GByteArray) data = g_byte_array_new ();
    g_byte_array_append (data, (const guint8 *) TEXT_HEAD, TEXT_HEAD_BYTES);
    g_byte_array_append (data, (const guint8 *) text, (guint) strlen (text));
    append_chunk (out, "iTXt", data->data, data->len);
}

GBytes *
fovea_png_print_surface (cairo_surface_t *surface, double dpi, const char *text)
{
    guint width = (guint) cairo_image_surface_get_width (surface);
    guint height = (guint) cairo_image_surface_get_height (surface);
    GByteArray *out = start_file (width, height, COLOR_RGB);
    append_resolution (out, dpi);
    if (text != NULL)
        append_text (out, text);
    cairo_surface_flush (surface);
    const guint8 *data = cairo_image_surface_get_data (surface);
    gsize stride_in = (gsize) cairo_image_surface_get_stride (surface);
    gsize stride = 3 * (gsize) width + 1;
    g_autofree guint8 *rows = g_malloc0_n (height, stride);
    for (guint y = 0; y < height; y++) {
        const guint32 *in = (const guint32 *) (data + y * stride_in);
        guint8 *row = rows + y * stride + 1;
        for (guint x = 0; x < width; x++) {
            row[3 * x] = in[x] >> 16 & 255;
            row[3 * x + 1] = in[x] >> 8 & 255;
            row[3 * x + 2] = in[x] & 255;
        }
    }
    return finish_file (out, rows, height * stride);
}

static guint32
read_u32 (const guint8 *data)
{
    return (guint32) data[0] << 24 | (guint32) data[1] << 16 | (guint32) data[2] << 8 | data[3];
}

char *
fovea_png_read_text (const guint8 *data, gsize length, GError **error)
{
    if (length < SIGNATURE_BYTES || memcmp (data, SIGNATURE, SIGNATURE_BYTES) != 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "not a PNG: bad signature at byte 0");
        return NULL;
    }
    gsize at = SIGNATURE_BYTES;
    while (length - at >= 12) {
        guint32 n = read_u32 (data + at);
        if (n > length - at - 12)
            break;
        const guint8 *body = data + at + 8;
        if (memcmp (data + at + 4, "iTXt", 4) == 0 && n >= TEXT_HEAD_BYTES &&
            memcmp (body, TEXT_HEAD, TEXT_HEAD_BYTES) == 0)
            return g_strndup ((const char *) body + TEXT_HEAD_BYTES, n - TEXT_HEAD_BYTES);
        if (memcmp (data + at + 4, "IEND", 4) == 0) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                         "PNG: carries no query of Fovea");
            return NULL;
        }
        at += (gsize) n + 12;
    }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                 "PNG: cut short at byte %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT, at, length);
    return NULL;
}
