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
    GskRenderNode *node; /* NULL = to be made */
    int width, height;   /* of the widget it was made for */
    FoveaTheme theme;
} FoveaStill;

/**
 * fovea_still_is_good:
 *
 * Whether there is one, for the widget's size.   Thread: main.
 */
gboolean fovea_still_is_good (const FoveaStill *still, GtkWidget *widget, FoveaTheme theme);

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
 * Nothing if there is none.   Thread: main.
 */
void fovea_still_draw (const FoveaStill *still, GtkSnapshot *snapshot);

/**
 * fovea_still_forget:
 *
 * To be made anew.   Thread: main.
 */
void fovea_still_forget (FoveaStill *still);
