/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Members are stored as they come: captured floats hardly compress, and numpy can then read at the
 * disk's speed. A member's checksum is known only after its bytes, so its header is patched. */
#include "capture/array-writer.h"
#include "capture/npy.h"
#include "capture/output-file.h"

#include <string.h>
#include <zlib.h>

enum {
    LOCAL_CRC_AT = 14,
    VERSION = 20,
    VERSION_64 = 45,
    EXTRA64_LOCAL = 20,   /* id, length, two sizes */
    EXTRA64_CENTRAL = 28, /* and an offset */
    UTF8_FLAG = 0x800,
    DOS_DATE = 1 << 5 | 1 /* 1980-01-01: the same request gives the same bytes */
};

typedef struct {
    char *name; /* with .npy */
    GString *header;
    guint64 bytes; /* header and data */
    guint64 offset;
    guint32 checksum;
} Entry;

typedef struct {
    FoveaArrayWriter base;
    FoveaOutputFile *file;
    GArray *entries;
    guint current;
    guint64 left; /* data bytes that the current entry still wants */
    gboolean open;
} NpzWriter;

static void
clear_entry (gpointer data)
{
    Entry *entry = data;
    g_free (entry->name);
    g_string_free (entry->header, TRUE);
}

/* @value in @n bytes, little-endian; more than eight only pads with zeros. */
static void
put (GString *out, guint64 value, guint n)
{
    for (guint i = 0; i < n; i++, value >>= 8)
        g_string_append_c (out, (char) (value & 0xFF));
}

static guint64
cap32 (guint64 value)
{
    return MIN (value, G_MAXUINT32);
}

static gboolean
needs_64 (const Entry *entry)
{
    return entry->bytes >= G_MAXUINT32 || entry->offset >= G_MAXUINT32;
}

static gboolean
npz_add (FoveaArrayWriter *base, const FoveaTensor *tensor, GError **error)
{
    NpzWriter *writer = (NpzWriter *) base;
    guint64 bytes = fovea_dtype_size (tensor->dtype);
    for (guint i = 0; i < tensor->rank; i++)
        bytes *= (guint64) tensor->shape[i];
    Entry entry = {.name = g_strconcat (tensor->name, ".npy", NULL)};
    entry.header = fovea_npy_write_header (tensor->dtype, tensor->rank, tensor->shape);
    entry.bytes = bytes + entry.header->len;
    g_array_append_val (writer->entries, entry);
    return TRUE;
}

/* Method, time, checksum and sizes: the fields that both kinds of header share. */
static void
put_common (GString *out, const Entry *entry)
{
    put (out, UTF8_FLAG, 2);
    put (out, 0, 2);
    put (out, 0, 2);
    put (out, DOS_DATE, 2);
    put (out, entry->checksum, 4);
    put (out, needs_64 (entry) ? G_MAXUINT32 : entry->bytes, 4);
    put (out, needs_64 (entry) ? G_MAXUINT32 : entry->bytes, 4);
    put (out, strlen (entry->name), 2);
}

static gboolean
open_entry (NpzWriter *writer, Entry *entry, GError **error)
{
    entry->offset = fovea_output_file_get_offset (writer->file);
    entry->checksum =
        (guint32) crc32 (0, (const Bytef *) entry->header->str, (uInt) entry->header->len);
    g_autoptr (GString) out = g_string_new ("PK\x03\x04");
    put (out, needs_64 (entry) ? VERSION_64 : VERSION, 2);
    put_common (out, entry);
    put (out, needs_64 (entry) ? EXTRA64_LOCAL : 0, 2);
    g_string_append (out, entry->name);
    if (needs_64 (entry)) {
        put (out, 1, 2);
        put (out, EXTRA64_LOCAL - 4, 2);
        put (out, entry->bytes, 8);
        put (out, entry->bytes, 8);
    }
    g_string_append_len (out, entry->header->str, entry->header->len);
    writer->left = entry->bytes - entry->header->len;
    writer->open = TRUE;
    return fovea_output_file_write (writer->file, out->str, out->len, error);
}

static gboolean
close_entry (NpzWriter *writer, const Entry *entry, GError **error)
{
    guint32 checksum = GUINT32_TO_LE (entry->checksum);
    writer->open = FALSE;
    writer->current++;
    return fovea_output_file_patch (writer->file, entry->offset + LOCAL_CRC_AT, &checksum,
                                    sizeof checksum, error);
}

static gboolean
npz_append (FoveaArrayWriter *base, const void *data, gsize n_bytes, GError **error)
{
    NpzWriter *writer = (NpzWriter *) base;
    const guint8 *p = data;
    while (n_bytes > 0 && writer->current < writer->entries->len) {
        Entry *entry = &g_array_index (writer->entries, Entry, writer->current);
        if (!writer->open && !open_entry (writer, entry, error))
            return FALSE;
        gsize n = MIN (MIN (n_bytes, writer->left), G_MAXINT32);
        entry->checksum = (guint32) crc32 (entry->checksum, p, (uInt) n);
        if (!fovea_output_file_write (writer->file, p, n, error))
            return FALSE;
        p += n;
        n_bytes -= n;
        writer->left -= n;
        if (writer->left == 0 && !close_entry (writer, entry, error))
            return FALSE;
    }
    g_return_val_if_fail (n_bytes == 0, FALSE);
    return TRUE;
}

static void
put_central (GString *out, const Entry *entry)
{
    g_string_append (out, "PK\x01\x02");
    put (out, VERSION_64, 2);
    put (out, needs_64 (entry) ? VERSION_64 : VERSION, 2);
    put_common (out, entry);
    put (out, needs_64 (entry) ? EXTRA64_CENTRAL : 0, 2);
    put (out, 0, 10); /* comment, disk, attributes */
    put (out, needs_64 (entry) ? G_MAXUINT32 : entry->offset, 4);
    g_string_append (out, entry->name);
    if (needs_64 (entry)) {
        put (out, 1, 2);
        put (out, EXTRA64_CENTRAL - 4, 2);
        put (out, entry->bytes, 8);
        put (out, entry->bytes, 8);
        put (out, entry->offset, 8);
    }
}

/* The end record, before it its 64-bit form if anything does not fit. */
static void
put_end (GString *out, guint64 n, guint64 start, guint64 size)
{
    guint64 end = start + size;
    if (n >= G_MAXUINT16 || end >= G_MAXUINT32) {
        g_string_append (out, "PK\x06\x06");
        put (out, 44, 8);
        put (out, VERSION_64, 2);
        put (out, VERSION_64, 2);
        put (out, 0, 8);
        put (out, n, 8);
        put (out, n, 8);
        put (out, size, 8);
        put (out, start, 8);
        g_string_append (out, "PK\x06\x07");
        put (out, 0, 4);
        put (out, end, 8);
        put (out, 1, 4);
    }
    g_string_append (out, "PK\x05\x06");
    put (out, 0, 4);
    put (out, MIN (n, G_MAXUINT16), 2);
    put (out, MIN (n, G_MAXUINT16), 2);
    put (out, cap32 (size), 4);
    put (out, cap32 (start), 4);
    put (out, 0, 2);
}

static gboolean
npz_finish (FoveaArrayWriter *base, GError **error)
{
    NpzWriter *writer = (NpzWriter *) base;
    g_return_val_if_fail (writer->current == writer->entries->len, FALSE);
    g_autoptr (GString) out = g_string_new (NULL);
    guint64 start = fovea_output_file_get_offset (writer->file);
    for (guint i = 0; i < writer->entries->len; i++)
        put_central (out, &g_array_index (writer->entries, Entry, i));
    put_end (out, writer->entries->len, start, out->len);
    return fovea_output_file_write (writer->file, out->str, out->len, error) &&
           fovea_output_file_finish (writer->file, error);
}

static void
npz_free (FoveaArrayWriter *base)
{
    NpzWriter *writer = (NpzWriter *) base;
    fovea_output_file_free (writer->file);
    g_array_unref (writer->entries);
    g_free (writer);
}

FoveaArrayWriter *
fovea_npz_writer_new (const char *path, GError **error)
{
    g_autoptr (FoveaOutputFile) file = fovea_output_file_new (path, error);
    if (file == NULL)
        return NULL;
    NpzWriter *writer = g_new0 (NpzWriter, 1);
    writer->base = (FoveaArrayWriter){npz_add, npz_append, npz_finish, npz_free, NULL, FALSE};
    writer->file = g_steal_pointer (&file);
    writer->entries = g_array_new (FALSE, TRUE, sizeof (Entry));
    g_array_set_clear_func (writer->entries, clear_entry);
    return &writer->base;
}
