/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Drawings that change in many places at once. Of what differs from the frame before, GTK's renderer keeps
 * up to 30 rectangles, those of all widgets together; beyond that it draws again all that they are in, which
 * is the window where a row of tokens and a column of facts have changed. As wholes they are one each. */
#include <gtk/gtk.h>

#define FOVEA_WHOLE_MOST 4 /* rectangles of a widget that draws itself */

/**
 * fovea_whole_draw:
 * @drawn: (transfer full): in the coordinates of @widget; once a frame
 * @most: where it differs from the frame before in no more rectangles than these, only they are drawn
 *   again, else all of it
 *
 * Thread: main.
 */
void fovea_whole_draw (GtkWidget *widget, GtkSnapshot *snapshot, GtkSnapshot *drawn, guint most);

/**
 * fovea_whole_draw_again:
 *
 * What the last fovea_whole_draw() of the widget drew, as it is: what lies over a drawing that is late
 * stays with the one before it. Nothing if there was none.   Thread: main.
 */
void fovea_whole_draw_again (GtkWidget *widget, GtkSnapshot *snapshot);
