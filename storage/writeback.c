/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Linux only begins to write a file's pages when many are dirty or a sync asks for it, so that a
 * commit would wait for all of a batch. SQLite does not show its descriptor; it is found among the
 * process's own by device and inode, and checked again at each use, since whoever owns it may have
 * closed it. */
#include "storage/writeback.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

static gboolean
is_open_as (const FoveaWriteback *writeback, int descriptor)
{
    struct stat status;
    return descriptor >= 0 && fstat (descriptor, &status) == 0 &&
           status.st_dev == writeback->device && status.st_ino == writeback->inode;
}

void
fovea_writeback_init (FoveaWriteback *writeback, const char *path)
{
    struct stat status;
    writeback->descriptor = -1;
    g_autoptr (GDir) open_files = g_dir_open ("/proc/self/fd", 0, NULL);
    if (open_files == NULL || stat (path, &status) != 0)
        return;
    writeback->device = status.st_dev;
    writeback->inode = status.st_ino;
    const char *name;
    while (writeback->descriptor < 0 && (name = g_dir_read_name (open_files)) != NULL) {
        if (is_open_as (writeback, atoi (name)))
            writeback->descriptor = atoi (name);
    }
}

void
fovea_writeback_start (FoveaWriteback *writeback)
{
    if (is_open_as (writeback, writeback->descriptor))
        sync_file_range (writeback->descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
}
