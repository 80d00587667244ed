/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A long sequence is written in several transactions, between which SQLite holds no lock; without
 * this one a second writer would take the first one's unfinished rows for those of a dead program.
 * The lock is a file beside the store, held through its open descriptor: it vanishes with its process
 * however that ends, and keeps two writers of one program apart as well. It is not the store's own file,
 * because closing a descriptor of that would drop SQLite's locks. Of its kind one can be asked for without
 * being taken: who only looks must not shut out a writer that begins at this moment. */
#include "storage/writer-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernels/error.h"
#include "storage/store.h"

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
    if (code == EAGAIN)
        g_set_error (
            error, FOVEA_ERROR, FOVEA_ERROR_STORE,
            "store '%s' is locked: another capture or encoding is writing into it just now",
            store_path);
    else
        g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                     "cannot write to store '%s': %s", store_path, g_strerror (code));
}

/* The whole file. */
static struct flock
make_lock (void)
{
    return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
}

gboolean
fovea_store_is_being_written (const char *store_path)
{
    g_autofree char *path = g_strconcat (store_path, "-writer", NULL);
    struct flock region = make_lock ();
    int descriptor = open (path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return FALSE;
    gboolean held = fcntl (descriptor, F_OFD_GETLK, &region) == 0 && region.l_type != F_UNLCK;
    close (descriptor);
    return held;
}

gboolean
fovea_store_require_idle (FoveaStore *store, GError **error)
{
    const char *path = fovea_store_get_path (store);
    if (!fovea_store_is_being_written (path))
        return TRUE;
    set_error (path, EAGAIN, error);
    return FALSE;
}

FoveaWriterLock *
fovea_writer_lock_take (const char *store_path, GError **error)
{
    g_autofree char *path = g_strconcat (store_path, "-writer", NULL);
    for (;;) {
        struct flock region = make_lock ();
        int descriptor = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (descriptor < 0 || fcntl (descriptor, F_OFD_SETLK, &region) != 0) {
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
