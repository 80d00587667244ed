/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Parts of a view that are drawn some frames after the rest of it: a view that comes into sight is more
 * than one frame can draw, and so is all that shows a run's scores when they come. */
#include <gtk/gtk.h>

/**
 * fovea_late_init:
 * @frames: that are drawn without the widget once it comes into sight
 * @renew: called when it is due
 *
 * Thread: main.
 */
void fovea_late_init (GtkWidget *widget, guint frames, void (*renew) (gpointer widget));

/**
 * fovea_late_draw:
 *
 * For fovea_late_init(): what there is to renew is the drawing.   Thread: main.
 */
void fovea_late_draw (gpointer widget);

/**
 * fovea_late_is_due:
 *
 * Whether the widget is to be drawn. Out of sight it always is.   Thread: main.
 */
gboolean fovea_late_is_due (GtkWidget *widget);

/**
 * fovea_late_is_waiting:
 *
 * Whether the widget has a renewal before it.   Thread: main.
 */
gboolean fovea_late_is_waiting (GtkWidget *widget);

/**
 * fovea_late_put_off:
 *
 * What the widget shows has changed: it is renewed after as many frames, or now if it is out of sight.
 * What it showed stays until then.
 *
 * Thread: main.
 */
void fovea_late_put_off (GtkWidget *widget);
