/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Writing safetensors as a stream. The header comes first in the file, so all extents are known
 * from the declarations; it is padded with spaces to 8 bytes, as the format's own writer does, so
 * that data stay aligned in a map. The bytes go to a scratch file beside the target, which is
 * renamed at the end. */
#include "capture/safetensors-writer.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct _FoveaSafetensorsWriter {
    char *path;
    char *scratch; /* NULL until the first byte, and again when finished */
    FILE *stream;
    JsonObject *header;
    JsonObject *metadata;
    gsize declared, written; /* bytes of data */
};

FoveaSafetensorsWriter *
fovea_safetensors_writer_new (const char *path)
{
    FoveaSafetensorsWriter *writer = g_new0 (FoveaSafetensorsWriter, 1);
    writer->path = g_strdup (path);
    writer->header = json_object_new ();
    writer->metadata = json_object_new ();
    return writer;
}

void
fovea_safetensors_writer_free (FoveaSafetensorsWriter *writer)
{
    if (writer == NULL)
        return;
    if (writer->stream != NULL)
        fclose (writer->stream);
    if (writer->scratch != NULL)
        g_unlink (writer->scratch);
    json_object_unref (writer->header);
    json_object_unref (writer->metadata);
    g_free (writer->scratch);
    g_free (writer->path);
    g_free (writer);
}

static gboolean
fail_file (FoveaSafetensorsWriter *writer, int code, GError **error)
{
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s: cannot be written: %s",
                 writer->path, g_strerror (code));
    return FALSE;
}

void
fovea_safetensors_writer_add_metadata (FoveaSafetensorsWriter *writer,
                                       const char *key,
                                       const char *value)
{
    g_return_if_fail (writer->stream == NULL);
    json_object_set_string_member (writer->metadata, key, value);
}

static JsonObject *
describe (FoveaDtype dtype, guint rank, const gint64 *shape, gsize begin, gsize end)
{
    JsonObject *entry = json_object_new ();
    JsonArray *lengths = json_array_new ();
    JsonArray *offsets = json_array_new ();
    for (guint i = 0; i < rank; i++)
        json_array_add_int_element (lengths, shape[i]);
    json_array_add_int_element (offsets, (gint64) begin);
    json_array_add_int_element (offsets, (gint64) end);
    json_object_set_string_member (entry, "dtype", fovea_dtype_name (dtype));
    json_object_set_array_member (entry, "shape", lengths);
    json_object_set_array_member (entry, "data_offsets", offsets);
    return entry;
}

gboolean
fovea_safetensors_writer_add_tensor (FoveaSafetensorsWriter *writer,
                                     const char *name,
                                     FoveaDtype dtype,
                                     guint rank,
                                     const gint64 *shape,
                                     GError **error)
{
    g_return_val_if_fail (writer->stream == NULL, FALSE);
    if (json_object_has_member (writer->header, name) || g_str_equal (name, "__metadata__")) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE, "%s: tensor \"%s\" is given twice",
                     writer->path, name);
        return FALSE;
    }
    gsize bytes = fovea_dtype_size (dtype);
    gboolean fits = TRUE;
    for (guint i = 0; i < rank; i++)
        fits = fits && shape[i] >= 0 && g_size_checked_mul (&bytes, bytes, (gsize) shape[i]);
    gsize end = writer->declared;
    if (!fits || !g_size_checked_add (&end, end, bytes) || end > G_MAXINT64) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "%s: the size of tensor \"%s\" overflows", writer->path, name);
        return FALSE;
    }
    json_object_set_object_member (writer->header, name,
                                   describe (dtype, rank, shape, writer->declared, end));
    writer->declared = end;
    return TRUE;
}

static char *
print_header (FoveaSafetensorsWriter *writer, gsize *length)
{
    if (json_object_get_size (writer->metadata) > 0)
        json_object_set_object_member (writer->header, "__metadata__",
                                       json_object_ref (writer->metadata));
    g_autoptr (JsonNode) root = json_node_alloc ();
    json_node_init_object (root, writer->header);
    char *text = json_to_string (root, FALSE);
    gsize n = strlen (text);
    gsize padded = (n + 7) / 8 * 8;
    text = g_realloc (text, padded);
    memset (text + n, ' ', padded - n);
    *length = padded;
    return text;
}

static gboolean
start (FoveaSafetensorsWriter *writer, GError **error)
{
    if (writer->stream != NULL)
        return TRUE;
    writer->scratch = g_strdup_printf ("%s.part-XXXXXX", writer->path);
    int fd = g_mkstemp_full (writer->scratch, O_RDWR, 0666);
    if (fd < 0) {
        g_clear_pointer (&writer->scratch, g_free);
        return fail_file (writer, errno, error);
    }
    writer->stream = fdopen (fd, "wb");
    gsize length;
    g_autofree char *text = print_header (writer, &length);
    guint64 n = GUINT64_TO_LE ((guint64) length);
    if (fwrite (&n, sizeof n, 1, writer->stream) != 1 ||
        fwrite (text, 1, length, writer->stream) != length)
        return fail_file (writer, errno, error);
    return TRUE;
}

gboolean
fovea_safetensors_writer_append (FoveaSafetensorsWriter *writer,
                                 const void *data,
                                 gsize n_bytes,
                                 GError **error)
{
    if (n_bytes > writer->declared - writer->written) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "%s: %" G_GSIZE_FORMAT " bytes after byte %" G_GSIZE_FORMAT
                     " of the data, but only %" G_GSIZE_FORMAT " were declared",
                     writer->path, n_bytes, writer->written, writer->declared);
        return FALSE;
    }
    if (!start (writer, error))
        return FALSE;
    if (n_bytes > 0 && fwrite (data, 1, n_bytes, writer->stream) != n_bytes)
        return fail_file (writer, errno, error);
    writer->written += n_bytes;
    return TRUE;
}

gboolean
fovea_safetensors_writer_finish (FoveaSafetensorsWriter *writer, GError **error)
{
    if (writer->written != writer->declared) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "%s: %" G_GSIZE_FORMAT " bytes of data arrived, %" G_GSIZE_FORMAT
                     " were declared",
                     writer->path, writer->written, writer->declared);
        return FALSE;
    }
    if (!start (writer, error))
        return FALSE;
    gboolean flushed = fflush (writer->stream) == 0 && fsync (fileno (writer->stream)) == 0;
    int code = errno;
    gboolean closed = fclose (g_steal_pointer (&writer->stream)) == 0;
    if (!flushed || !closed)
        return fail_file (writer, flushed ? errno : code, error);
    if (g_rename (writer->scratch, writer->path) != 0)
        return fail_file (writer, errno, error);
    g_clear_pointer (&writer->scratch, g_free);
    return TRUE;
}
