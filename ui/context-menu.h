/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What can be done with the selected thing of a canvas, beside it: by the secondary button, the Menu
 * key or Shift+F10. Whatever stands here has a key of its own. */
#include <gtk/gtk.h>

#define FOVEA_MENU_MOST 12 /* rows */

typedef struct {
    const char *title; /* marked with N_() */
    const char *action;
    const char *why_off; /* marked, too: said while this "win." action is off; NULL = nothing */
} FoveaMenuRow;

/**
 * fovea_context_menu_new:
 * @parent: its actions, and those of what it stands in, can be named
 * @rows: (n), static, at most FOVEA_MENU_MOST
 *
 * Thread: main.   Owner: @parent, which calls gtk_widget_unparent() when it is disposed of.
 */
GtkWidget *fovea_context_menu_new (GtkWidget *parent, const FoveaMenuRow *rows, guint n);

/**
 * fovea_context_menu_refuse:
 * @action: of some row
 * @why: (nullable) (transfer none): static, "no curve was measured"; NULL = it can be done again
 *
 * The row is grey and says why, until it is told otherwise.   Thread: main.
 */
void fovea_context_menu_refuse (GtkWidget *menu, const char *action, const char *why);

/**
 * fovea_context_menu_show:
 * @at: the selected thing, in the parent's coordinates
 *
 * Thread: main.
 */
void fovea_context_menu_show (GtkWidget *menu, const GdkRectangle *at);

/**
 * fovea_context_menu_bind:
 * @show: (GtkGestureClick *, int, double x, double y, gpointer @data): selects what is there and
 *   shows the menu
 *
 * The secondary button on @widget.   Thread: main.
 */
void fovea_context_menu_bind (GtkWidget *widget, GCallback show, gpointer data);
