/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Reads back the query that a figure carries. Files may come from anywhere, so nothing is trusted:
 * every search is bounded by the file's end. The SVG's metadata element, the PNG's text chunk and
 * the PDF's /Subject string are the three places. */
#include "ui/figures/figure.h"

#include <string.h>

#include "ui/figures/png.h"

/* A run of bytes inside a file. */
typedef struct {
    const char *at, *end;
} Span;

static const char *
find (Span span, const char *needle)
{
    return span.at < span.end ? memmem (span.at, span.end - span.at, needle, strlen (needle))
                              : NULL;
}

static char *
none (const char *path, GError **error)
{
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "%s: carries no query of Fovea", path);
    return NULL;
}

static char *
broken (const char *path, gsize offset, GError **error)
{
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                 "%s: damaged query at byte %" G_GSIZE_FORMAT, path, offset);
    return NULL;
}

/* The five entities that XML always has; others stay as they are. */
static char *
unescape_xml (const char *text, gsize length)
{
    static const struct {
        const char *name, *value;
    } entities[] = {
        {"&amp;", "&"},   {"&lt;", "<"},   {"&gt;", ">"},
        {"&quot;", "\""}, {"&apos;", "'"}, {"&#39;", "'"},
    };
    GString *out = g_string_sized_new (length);
    for (gsize i = 0; i < length;) {
        guint e = 0;
        while (e < G_N_ELEMENTS (entities) &&
               strncmp (text + i, entities[e].name, strlen (entities[e].name)) != 0)
            e++;
        if (e < G_N_ELEMENTS (entities)) {
            g_string_append (out, entities[e].value);
            i += strlen (entities[e].name);
        } else {
            g_string_append_c (out, text[i++]);
        }
    }
    return g_string_free (out, FALSE);
}

static char *
read_svg (const char *path, Span file, GError **error)
{
    const char *start = find (file, "<metadata>");
    if (start == NULL)
        return none (path, error);
    start += strlen ("<metadata>");
    const char *end = find ((Span){start, file.end}, "</metadata>");
    if (end == NULL)
        return broken (path, start - file.at, error);
    return unescape_xml (start, end - start);
}

/* A literal string: backslash before parentheses and itself, or three octal digits. */
static char *
read_literal (Span span)
{
    GString *out = g_string_new (NULL);
    int depth = 0;
    for (const char *p = span.at; p < span.end; p++) {
        if (*p == ')' && depth-- == 0)
            return g_string_free (out, FALSE);
        if (*p == '(')
            depth++;
        if (*p == '\\' && ++p < span.end && g_ascii_isdigit (*p) && span.end - p > 3) {
            g_string_append_c (out, (char) ((p[0] - '0') * 64 + (p[1] - '0') * 8 + p[2] - '0'));
            p += 2;
        } else if (p < span.end) {
            g_string_append_c (out, *p);
        }
    }
    g_string_free (out, TRUE);
    return NULL;
}

/* A string in hexadecimal: UTF-16, big end first, led by its byte order mark. */
static char *
read_hexadecimal (Span span)
{
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    int high = -1;
    const char *close = find (span, ">");
    if (close == NULL)
        return NULL;
    for (const char *p = span.at; p < close; p++) {
        int digit = g_ascii_xdigit_value (*p);
        if (digit < 0)
            continue;
        guint8 byte = (guint8) (high * 16 + digit);
        if (high >= 0)
            g_byte_array_append (bytes, &byte, 1);
        high = high >= 0 ? -1 : digit;
    }
    if (bytes->len < 2 || bytes->data[0] != 0xFE || bytes->data[1] != 0xFF)
        return NULL;
    return g_convert ((const char *) bytes->data + 2, bytes->len - 2, "UTF-8", "UTF-16BE", NULL,
                      NULL, NULL);
}

static char *
read_pdf (const char *path, Span file, GError **error)
{
    const char *start = find (file, "/Subject ");
    if (start == NULL)
        return none (path, error);
    start += strlen ("/Subject ");
    Span body = {start + 1, file.end};
    char *text = NULL;
    if (start < file.end && *start == '(')
        text = read_literal (body);
    else if (start < file.end && *start == '<')
        text = read_hexadecimal (body);
    return text != NULL ? text : broken (path, start - file.at, error);
}

char *
fovea_figure_read_provenance (const char *path, GError **error)
{
    g_autofree char *data = NULL;
    gsize length;
    if (!g_file_get_contents (path, &data, &length, error))
        return NULL;
    Span file = {data, data + length};
    if (length >= 4 && memcmp (data, "%PDF", 4) == 0)
        return read_pdf (path, file, error);
    if (length >= 4 && memcmp (data, "\211PNG", 4) == 0) {
        char *text = fovea_png_read_text ((const guint8 *) data, length, error);
        if (text == NULL)
            g_prefix_error (error, "%s: ", path);
        return text;
    }
    if (length >= 5 && (memcmp (data, "<?xml", 5) == 0 || memcmp (data, "<svg", 4) == 0))
        return read_svg (path, file, error);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                 "%s: neither PDF nor SVG nor PNG at byte 0", path);
    return NULL;
}
