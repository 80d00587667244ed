/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Asks the system to start writing a file's dirty pages now, so that the disk works while the next
 * chunk is made and the commit's wait is short; private to storage/. Only ever a hint. */
#include <glib.h>
#include <sys/types.h>

/* A file that this process has open. */
typedef struct {
    dev_t device;
    ino_t inode;
    int descriptor; /* SQLite's own, -1 = none found */
} FoveaWriteback;

/**
 * fovea_writeback_init:
 * @path: a file that SQLite has open
 *
 * Finds the descriptor that it is open under. It is borrowed, not opened: closing another one of the
 * same file would drop SQLite's locks.
 *
 * Thread: any.
 */
void fovea_writeback_init (FoveaWriteback *writeback, const char *path);

/**
 * fovea_writeback_start:
 *
 * Returns at once, the pages still on their way.
 *
 * Thread: one at a time.
 */
void fovea_writeback_start (FoveaWriteback *writeback);
