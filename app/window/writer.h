/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the window writes on the side, notes and what the desktop and the next start are to remember, off
 * the main loop: a disk that is busy answers when it likes. One thread writes all, so that of two
 * changes of one file the later one stays. */
#include <glib.h>

/**
 * fovea_writer_push:
 * @write: called with @data in the writer's thread, which takes it over
 *
 * Thread: main.
 */
void fovea_writer_push (void (*write) (gpointer data), gpointer data);

/**
 * fovea_writer_flush:
 *
 * Waits until everything is written: for a window that closes, and whoever reads such a file.
 *
 * Thread: main.
 */
void fovea_writer_flush (void);
