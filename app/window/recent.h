/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The desktop's list of files used lately. The toolkit reads it well and writes it on the main loop,
 * which then waits for the disk. */
#include <gtk/gtk.h>

/**
 * fovea_recent_note:
 * @path: a store that was opened
 *
 * Written soon, unless the desktop keeps no such list; a list that cannot be read stays as it is.
 *
 * Thread: main.
 */
void fovea_recent_note (const char *path);

/**
 * fovea_recent_list:
 *
 * Stores of the list that are still there, latest first.
 *
 * Thread: main.   Owner: caller (element-type GtkRecentInfo).
 */
GPtrArray *fovea_recent_list (void);
