/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The pointer of a display, moved by xdotool while the main loop runs. Without a window manager a window
 * lies at the screen's corner, inside its shadow. */
#include <gtk/gtk.h>

/**
 * pointer_prepare:
 *
 * Whether there are a display and xdotool; if not, main() returns 77. Clicks count as single ones from
 * then on.
 */
gboolean pointer_prepare (void);

/**
 * pointer_place:
 *
 * "X Y" of a place in a widget, on the screen.   Owner: caller.
 */
char *pointer_place (GtkWidget *widget, double x, double y);

/**
 * pointer_do:
 * @gesture: arguments of xdotool, "mousemove 10 20 click 1"
 *
 * One xdotool does the whole gesture; the loop runs until it has ended.
 */
void pointer_do (const char *gesture);

/**
 * pointer_point:
 *
 * The pointer goes to a place in a widget.
 */
void pointer_point (GtkWidget *widget, double x, double y);

/**
 * pointer_run_frame:
 *
 * Until a frame has taken the events up: GTK keeps only the last place of the pointer in each.
 */
void pointer_run_frame (GtkWidget *widget);

/**
 * pointer_click:
 * @click: what xdotool does there: "click 1", "keydown shift click 1 keyup shift"
 */
void pointer_click (GtkWidget *widget, double x, double y, const char *click);

/**
 * pointer_double_click:
 *
 * Two clicks that count as one double click however long they take; the last of the widget's clicks.
 */
void pointer_double_click (GtkWidget *widget, double x, double y);

/**
 * pointer_drag:
 * @corners: (array length=n): places of the widget, from where the button goes down
 * @modifier: (nullable): "shift", held meanwhile
 */
void pointer_drag (GtkWidget *widget, const double (*corners)[2], guint n, const char *modifier);
