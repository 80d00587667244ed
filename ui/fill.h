/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Lists that fill a few rows a frame, from the top, while they are in sight: a row costs style and
 * layout when it is first shown, and a thousand of them a second's tenth at once. Rows are made between
 * two frames, never within one. */
#include <gtk/gtk.h>

/* Adds some rows; TRUE = there are more. */
typedef gboolean (*FoveaFillStep) (gpointer widget);

/**
 * fovea_fill_init:
 *
 * @step is called once a frame from fovea_fill_go() on until it gives FALSE, in sight only; once the
 * widget comes into sight, after its third frame.
 *
 * Thread: main.
 */
void fovea_fill_init (GtkWidget *widget, FoveaFillStep step);

/**
 * fovea_fill_go:
 *
 * There is something to add; the first of it is added now if the widget is in sight.   Thread: main.
 */
void fovea_fill_go (GtkWidget *widget);

/**
 * fovea_fill_hold:
 *
 * Something that is waited for is about to be drawn: rows under way wait two frames.   Thread: main.
 */
void fovea_fill_hold (GtkWidget *widget);
