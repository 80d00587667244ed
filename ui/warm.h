/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Letters are set for the first time more slowly than ever after: each is hinted and drawn once for each
 * size, and signs that the desktop's font has not are looked for in all others. So are icons drawn. */
#include <gtk/gtk.h>

/**
 * fovea_warm_fonts:
 * @widget: in a window; what it shows comes first
 *
 * Sets the letters and signs of every size that figures and views are labelled in, and reads the icons, one
 * each time that the main loop has nothing else to do, once in a process.
 *
 * Thread: main.
 */
void fovea_warm_fonts (GtkWidget *widget);
