/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Where cairo draws the window every frame has pixels of its own, 5 MB at 1440 x 900, and as many for
 * the way to the display. Given back to the system after it, each of their pages is a fault in the next
 * frame, some milliseconds of it: they are kept. */
#include <gtk/gtk.h>

/**
 * fovea_frame_memory_keep:
 * @window: realized
 *
 * Nothing where a GPU draws. What is kept is that of the process, and of the window's display: the first
 * call is the one that counts.
 *
 * Thread: main.
 */
void fovea_frame_memory_keep (GtkWidget *window);
