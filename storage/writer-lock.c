/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A long sequence is written in several transactions, between which SQLite holds no lock; without
 * this one a second writer would take the first one's unfinished rows for those of a dead program.
 * The lock is a file beside the store, held with flock(): it vanishes with its process however that
 * ends. It is not the store's own file, because closing a descriptor of that would drop SQLite's
 * locks. */
#include "storage/writer-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernels/error.h"

struct _FoveaWriterLock {
    char *path;
    int descriptor;
};

/* The file that is locked must still be the one in the folder: a releasing writer unlinks it. */
static gboolean
is_current (int descriptor, const char *path)
{
    struct stat held, found;
    return fstat (descriptor, &held) == 0 && stat (path, &found) == 0 &&
           held.st_ino == found.st_ino && held.st_dev == found.st_dev;
}

static void
set_error (const char *store_path, int code, GError **error)
{
    if (code == EWOULDBLOCK)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE,
                     "store '%s' is locked: another capture is writing into it", store_path);
    else
        g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                     "cannot write to store '%s': %s", store_path, g_strerror (code));
}

FoveaWriterLock *
fovea_writer_lock_take (const char *store_path, GError **error)
{
    g_autofree char *path = g_strconcat (store_path, "-writer", NULL);
    for (;;) {
        int descriptor = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (descriptor < 0 || flock (descriptor, LOCK_EX | LOCK_NB) != 0) {
            set_error (store_path, errno, error);
            if (descriptor >= 0)
                close (descriptor);
            return NULL;
        }
        if (is_current (descriptor, path)) {
            FoveaWriterLock *lock = g_new (FoveaWriterLock, 1);
            lock->path = g_steal_pointer (&path);
            lock->descriptor = descriptor;
            return lock;
        }
        close (descriptor);
    }
}

void
fovea_writer_lock_release (FoveaWriterLock *lock)
{
    if (lock == NULL)
        return;
    unlink (lock->path);
    close (lock->descriptor);
    g_free (lock->path);
    g_free (lock);
}
