/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Buffered by stdio; patches go through the same stream, so order is kept. */
#include "capture/output-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct _FoveaOutputFile {
    char *path, *scratch; /* scratch NULL: written in place */
    FILE *stream;
    guint64 offset;
};

static gboolean
fail (const FoveaOutputFile *file, int code, GError **error)
{
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s: %s", file->path,
                 g_strerror (code));
    return FALSE;
}

/* Whether something stands there that a rename would destroy: "-o /dev/null" of the superuser. */
static gboolean
is_special (const char *path)
{
    struct stat status;
    return stat (path, &status) == 0 && !S_ISREG (status.st_mode) && !S_ISDIR (status.st_mode);
}

FoveaOutputFile *
fovea_output_file_new (const char *path, GError **error)
{
    g_autoptr (FoveaOutputFile) file = g_new0 (FoveaOutputFile, 1);
    file->path = g_strdup (path);
    if (is_special (path)) {
        file->stream = fopen (path, "wb");
        if (file->stream != NULL)
            return g_steal_pointer (&file);
        fail (file, errno, error);
        return NULL;
    }
    file->scratch = g_strdup_printf ("%s.part-XXXXXX", path);
    int fd = g_mkstemp_full (file->scratch, O_RDWR, 0666);
    if (fd < 0) {
        g_clear_pointer (&file->scratch, g_free);
        fail (file, errno, error);
        return NULL;
    }
    file->stream = fdopen (fd, "wb");
    return g_steal_pointer (&file);
}

void
fovea_output_file_free (FoveaOutputFile *file)
{
    if (file == NULL)
        return;
    if (file->stream != NULL)
        fclose (file->stream);
    if (file->scratch != NULL)
        g_unlink (file->scratch);
    g_free (file->scratch);
    g_free (file->path);
    g_free (file);
}

gboolean
fovea_output_file_write (FoveaOutputFile *file, const void *data, gsize n, GError **error)
{
    if (n > 0 && fwrite (data, 1, n, file->stream) != n)
        return fail (file, errno, error);
    file->offset += n;
    return TRUE;
}

gboolean
fovea_output_file_patch (
    FoveaOutputFile *file, guint64 offset, const void *data, gsize n, GError **error)
{
    if (fseeko (file->stream, (off_t) offset, SEEK_SET) != 0 ||
        fwrite (data, 1, n, file->stream) != n || fseeko (file->stream, 0, SEEK_END) != 0)
        return fail (file, errno, error);
    return TRUE;
}

guint64
fovea_output_file_get_offset (const FoveaOutputFile *file)
{
    return file->offset;
}

gboolean
fovea_output_file_finish (FoveaOutputFile *file, GError **error)
{
    gboolean flushed =
        fflush (file->stream) == 0 && (file->scratch == NULL || fsync (fileno (file->stream)) == 0);
    int code = errno;
    gboolean closed = fclose (g_steal_pointer (&file->stream)) == 0;
    if (!flushed || !closed)
        return fail (file, flushed ? errno : code, error);
    if (file->scratch != NULL && g_rename (file->scratch, file->path) != 0)
        return fail (file, errno, error);
    g_clear_pointer (&file->scratch, g_free);
    return TRUE;
}

gboolean
fovea_output_file_save (const char *path, const void *data, gsize n, GError **error)
{
    g_autoptr (FoveaOutputFile) file = fovea_output_file_new (path, error);
    return file != NULL && fovea_output_file_write (file, data, n, error) &&
           fovea_output_file_finish (file, error);
}
