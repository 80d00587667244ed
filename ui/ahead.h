/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A view that comes into sight is laid out and drawn in one frame, and to find the sizes of its words is
 * near half of that. They are kept until something changes, so they can be found before. */
#include <gtk/gtk.h>

/**
 * fovea_ahead_measure:
 *
 * Finds the sizes of what is in the widget in a turn of the main loop of its own, before the next frame.
 * Called again before then it does so once.
 *
 * Thread: main.
 */
void fovea_ahead_measure (GtkWidget *widget);

/**
 * fovea_ahead_style:
 *
 * Finds the styles of what is visible in the widget now: a window that gets the focus, or loses it, has
 * others, which its next frame would find before it draws.   Thread: main.
 */
void fovea_ahead_style (GtkWidget *widget);
