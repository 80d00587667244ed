/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The dictionary is read by a scanner of just what numpy writes: strings, True, False and tuples of
 * numbers. Nothing is evaluated, and pickled object arrays are refused as a type. */
#include "capture/npy.h"

#include <string.h>

enum {
    MAGIC_BYTES = 6,
    PREFIX_BYTES = 10, /* magic, version, uint16 length */
    ALIGNMENT = 64
};

static const char magic[] = "\x93NUMPY";

static const struct {
    const char *descr;
    FoveaDtype dtype;
} types[] = {
    {"<f4", FOVEA_F32}, {"<f2", FOVEA_F16}, {"<f8", FOVEA_F64},
    {"<i8", FOVEA_I64}, {"<i4", FOVEA_I32}, {"<i2", FOVEA_I16},
    {"|i1", FOVEA_I8},  {"|u1", FOVEA_U8},  {"|b1", FOVEA_BOOL},
};

/* Where the scanner stands in the dictionary. */
typedef struct {
    const char *p, *end;
} Scanner;

static void
skip_blanks (Scanner *scanner)
{
    while (scanner->p < scanner->end && g_ascii_isspace (*scanner->p))
        scanner->p++;
}

static gboolean
take (Scanner *scanner, const char *text)
{
    gsize n = strlen (text);
    skip_blanks (scanner);
    if ((gsize) (scanner->end - scanner->p) < n || memcmp (scanner->p, text, n) != 0)
        return FALSE;
    scanner->p += n;
    return TRUE;
}

/* A quoted string without escapes. */
static gboolean
take_string (Scanner *scanner, char *out, gsize size)
{
    if (!take (scanner, "'") && !take (scanner, "\""))
        return FALSE;
    char quote = scanner->p[-1];
    const char *close = memchr (scanner->p, quote, scanner->end - scanner->p);
    if (close == NULL || (gsize) (close - scanner->p) >= size)
        return FALSE;
    memcpy (out, scanner->p, close - scanner->p);
    out[close - scanner->p] = '\0';
    scanner->p = close + 1;
    return TRUE;
}

static gboolean
take_number (Scanner *scanner, gint64 *number)
{
    skip_blanks (scanner);
    const char *start = scanner->p;
    *number = 0;
    for (; scanner->p < scanner->end && g_ascii_isdigit (*scanner->p); scanner->p++) {
        if (*number > (G_MAXINT64 - 9) / 10)
            return FALSE;
        *number = *number * 10 + (*scanner->p - '0');
    }
    return scanner->p > start;
}

/* "(3, 4)", "(3,)" or "()" */
static gboolean
take_shape (Scanner *scanner, FoveaTensor *tensor)
{
    if (!take (scanner, "("))
        return FALSE;
    tensor->rank = 0;
    while (!take (scanner, ")")) {
        if (tensor->rank == FOVEA_MAX_RANK || !take_number (scanner, &tensor->shape[tensor->rank]))
            return FALSE;
        tensor->rank++;
        if (!take (scanner, ","))
            return take (scanner, ")");
    }
    return TRUE;
}

typedef struct {
    char descr[16];
    gboolean fortran;
    guint seen; /* one bit a member */
} Header;

static gboolean
take_member (Scanner *scanner, Header *header, FoveaTensor *tensor)
{
    char key[16];
    if (!take_string (scanner, key, sizeof key) || !take (scanner, ":"))
        return FALSE;
    if (strcmp (key, "descr") == 0) {
        header->seen |= 1;
        return take_string (scanner, header->descr, sizeof header->descr);
    }
    if (strcmp (key, "shape") == 0) {
        header->seen |= 2;
        return take_shape (scanner, tensor);
    }
    header->seen |= 4;
    header->fortran = take (scanner, "True");
    return strcmp (key, "fortran_order") == 0 && (header->fortran || take (scanner, "False"));
}

static gboolean
take_header (Scanner *scanner, Header *header, FoveaTensor *tensor)
{
    if (!take (scanner, "{"))
        return FALSE;
    while (!take (scanner, "}")) {
        if (!take_member (scanner, header, tensor))
            return FALSE;
        take (scanner, ",");
    }
    return header->seen == 7;
}

static gboolean
fail (GError **error, const char *name, gsize offset, const char *what)
{
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: byte %zu: %s", name, offset, what);
    return FALSE;
}

/* Where the dictionary stands: [*start, *end). */
static gboolean
find_dictionary (const guint8 *bytes, gsize length, gsize *start, gsize *end)
{
    if (length < PREFIX_BYTES || memcmp (bytes, magic, MAGIC_BYTES) != 0)
        return FALSE;
    gsize n = bytes[8] | (gsize) bytes[9] << 8;
    *start = PREFIX_BYTES;
    if (bytes[6] == 2 || bytes[6] == 3) {
        if (length < PREFIX_BYTES + 2)
            return FALSE;
        n |= (gsize) bytes[10] << 16 | (gsize) bytes[11] << 24;
        *start += 2;
    } else if (bytes[6] != 1)
        return FALSE;
    *end = *start + n;
    return n <= length - *start;
}

static gboolean
set_type (const Header *header, const char *name, FoveaTensor *tensor, GError **error)
{
    if (header->fortran && tensor->rank > 1) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "%s: in Fortran order; save numpy.ascontiguousarray() of it", name);
        return FALSE;
    }
    for (guint i = 0; i < G_N_ELEMENTS (types); i++)
        if (strcmp (header->descr, types[i].descr) == 0) {
            tensor->dtype = types[i].dtype;
            return TRUE;
        }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                 "%s: element type '%s' is not supported", name, header->descr);
    return FALSE;
}

gboolean
fovea_npy_read (const guint8 *bytes,
                gsize length,
                const char *name,
                gsize offset,
                FoveaTensor *tensor,
                GError **error)
{
    gsize start, end;
    *tensor = (FoveaTensor){.name = name};
    if (!find_dictionary (bytes, length, &start, &end))
        return fail (error, name, offset, "no numpy array");
    Scanner scanner = {(const char *) bytes + start, (const char *) bytes + end};
    Header header = {"", FALSE, 0};
    if (!take_header (&scanner, &header, tensor))
        return fail (error, name, offset + (scanner.p - (const char *) bytes),
                     "malformed numpy header");
    if (!set_type (&header, name, tensor, error))
        return FALSE;
    gsize n = 1, n_bytes;
    gboolean fits = TRUE;
    for (guint i = 0; i < tensor->rank; i++)
        fits = fits && g_size_checked_mul (&n, n, (gsize) tensor->shape[i]);
    fits = fits && g_size_checked_mul (&n_bytes, n, fovea_dtype_size (tensor->dtype));
    if (!fits || n_bytes != length - end)
        return fail (error, name, offset + end, "shape and number of bytes differ");
    tensor->n_elements = (gint64) n;
    tensor->data = bytes + end;
    tensor->n_bytes = n_bytes;
    tensor->offset = offset + end;
    return TRUE;
}

GString *
fovea_npy_write_header (FoveaDtype dtype, guint rank, const gint64 *shape)
{
    const char *descr = NULL;
    for (guint i = 0; i < G_N_ELEMENTS (types); i++)
        if (types[i].dtype == dtype)
            descr = types[i].descr;
    g_return_val_if_fail (descr != NULL, NULL);
    g_autoptr (GString) text = g_string_new (NULL);
    g_string_printf (text, "{'descr': '%s', 'fortran_order': False, 'shape': (", descr);
    for (guint i = 0; i < rank; i++)
        g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "", shape[i]);
    g_string_append (text, rank == 1 ? ",), }" : "), }");
    while ((PREFIX_BYTES + text->len + 1) % ALIGNMENT != 0)
        g_string_append_c (text, ' ');
    g_string_append_c (text, '\n');
    GString *header = g_string_new_len (magic, MAGIC_BYTES);
    const char version_and_length[] = {1, 0, (char) (text->len & 0xFF), (char) (text->len >> 8)};
    g_string_append_len (header, version_and_length, sizeof version_and_length);
    g_string_append_len (header, text->str, text->len);
    return header;
}
