/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The part of a drawing that stays as it is while a cursor moves over it. The same node in the next
 * frame tells the renderer that nothing has changed there: only what lies over it is drawn again. Where
 * cairo draws the window it would still set every line and word in the bounds of all that changes in a
 * frame, so there the node is of pixels. */
#include <gtk/gtk.h>

#include "ui/palette.h"

typedef struct {
    GskRenderNode *node; /* NULL = never made */
    int width, height;   /* of the widget it was made for */
    int scale;
    FoveaTheme theme;
    gboolean forgotten; /* shown until the next is there */
    guint idle;         /* in which that is made */
    GtkWidget *widget;
    void (*make) (GtkWidget *widget);
} FoveaStill;

/**
 * fovea_still_is_good:
 *
 * Whether there is one, for the widget's size.   Thread: main.
 */
gboolean fovea_still_is_good (const FoveaStill *still, GtkWidget *widget, FoveaTheme theme);

/**
 * fovea_still_soon:
 * @make: makes it, by fovea_still_take(), if it is still to be made by then
 *
 * For a drawing that takes a good part of a frame: it is made between this frame and the next, in a turn
 * of the main loop that does nothing else, and the widget drawn again. Until then the one before it is
 * shown. Called while the widget is drawn.   Thread: main.
 */
void fovea_still_soon (FoveaStill *still, GtkWidget *widget, void (*make) (GtkWidget *widget));

/**
 * fovea_still_ahead:
 * @make: makes it, by fovea_still_take(), if it is still to be made by then
 *
 * What it shows has changed: it is made in a turn of the main loop of its own before the next frame, if there
 * is a turn before it. Called when the widget is to be drawn again.   Thread: main.
 */
void fovea_still_ahead (FoveaStill *still, GtkWidget *widget, void (*make) (GtkWidget *widget));

/**
 * fovea_still_take:
 * @drawn: (transfer full): what it is from now on
 *
 * Thread: main.
 */
void fovea_still_take (FoveaStill *still, GtkWidget *widget, FoveaTheme theme, GtkSnapshot *drawn);

/**
 * fovea_still_draw:
 *
 * The last that was made, no larger than the widget; nothing if none was.   Thread: main.
 */
void fovea_still_draw (const FoveaStill *still, GtkWidget *widget, GtkSnapshot *snapshot);

/**
 * fovea_still_forget:
 *
 * To be made anew.   Thread: main.
 */
void fovea_still_forget (FoveaStill *still);

/**
 * fovea_still_clear:
 *
 * As if none had been made: for a widget that goes, or has nothing to show.   Thread: main.
 */
void fovea_still_clear (FoveaStill *still);
