/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What canvases that draw themselves share: focus, a click, a drag, the pointer over them, a tooltip
 * and a context menu. */
#include <gtk/gtk.h>

/* Handlers of the signals they are named after, the widget being their data; NULL = none. */
typedef struct {
    GCallback pressed;                           /* of GtkGestureClick */
    GCallback drag_begin, drag_update, drag_end; /* of GtkGestureDrag */
    GCallback motion;                            /* of GtkEventControllerMotion */
    GCallback leave;                             /* the same; with the widget alone */
    GCallback menu;                              /* of fovea_context_menu_bind() */
    GCallback query_tooltip;                     /* of the widget */
} FoveaPointing;

/**
 * fovea_pointing_bind:
 *
 * Makes the widget focusable, draws it anew when the focus comes or goes, and cuts what it draws at its
 * edge. To be called once, while it is made.
 *
 * Thread: main.
 */
void fovea_pointing_bind (GtkWidget *widget, const FoveaPointing *on);
