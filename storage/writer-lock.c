/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A long sequence is written in several transactions, between which SQLite holds no lock; without
 * this one a second writer would take the first one's unfinished rows for those of a dead program. An encoding
 * has rows of its own and reads sequences that are complete, so it has a lock of its own as well.
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

#define GIVE_WAY_US                                                                                \
    (120 * G_TIME_SPAN_MILLISECOND) /* who waits looks every 100 ms whether it may write */

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

/* Owner: caller. */
static char *
get_path (const char *store_path, FoveaWriterKind kind)
{
    return g_strconcat (store_path, kind == FOVEA_WRITER_CODES ? "-encoder" : "-writer", NULL);
}

static void
set_error (const char *store_path, FoveaWriterKind kind, int code, GError **error)
{
    if (code == EAGAIN)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE,
                     "store '%s' is locked: another %s is writing into it just now; try again when "
                     "it has ended",
                     store_path, kind == FOVEA_WRITER_CODES ? "encoding" : "capture");
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
fovea_store_has_writer (const char *store_path, FoveaWriterKind kind)
{
    g_autofree char *path = get_path (store_path, kind);
    struct flock region = make_lock ();
    int descriptor = open (path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return FALSE;
    gboolean held = fcntl (descriptor, F_OFD_GETLK, &region) == 0 && region.l_type != F_UNLCK;
    close (descriptor);
    return held;
}

gboolean
fovea_store_require_idle (FoveaStore *store, FoveaWriterKind kind, GError **error)
{
    const char *path = fovea_store_get_path (store);
    if (!fovea_store_has_writer (path, kind))
        return TRUE;
    set_error (path, kind, EAGAIN, error);
    return FALSE;
}

FoveaWriterLock *
fovea_writer_lock_take (const char *store_path, FoveaWriterKind kind, GError **error)
{
    g_autofree char *path = get_path (store_path, kind);
    for (;;) {
        struct flock region = make_lock ();
        int descriptor = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (descriptor < 0 || fcntl (descriptor, F_OFD_SETLK, &region) != 0) {
            set_error (store_path, kind, errno, error);
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

gboolean
fovea_writer_begin (FoveaDatabase *database, FoveaWriterKind kind, GError **error)
{
    const FoveaWriterKind other =
        kind == FOVEA_WRITER_CODES ? FOVEA_WRITER_SEQUENCES : FOVEA_WRITER_CODES;
    if (fovea_store_has_writer (database->path, other))
        g_usleep (GIVE_WAY_US);
    for (;;) {
        g_autoptr (GError) failure = NULL;
        if (fovea_database_begin (database, &failure))
            return TRUE;
        gboolean busy = (sqlite3_errcode (database->handle) & 0xff) == SQLITE_BUSY;
        if (!busy || !fovea_store_has_writer (database->path, other)) {
            g_propagate_error (error, g_steal_pointer (&failure));
            return FALSE;
        }
    }
}
