/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The one table of actions and keys (ui.md 5): accelerators, local bindings of canvases and the
 * shortcuts window are all made from it, so they cannot disagree. */
#include <gtk/gtk.h>

typedef struct {
    /* "app.", "win.": accelerators; the others ("map.", "heads.", "strip.", ...): bound to the canvas, strip or
     * table that has the focus. */
    const char *action;
    const char *keys; /* accelerators, space separated */
    const char *title;
    const char *group;
} FoveaCommand;

/**
 * fovea_commands_get:
 * @n: (out): how many
 *
 * Thread: any.   Owner: static.
 */
const FoveaCommand *fovea_commands_get (guint *n);

/**
 * fovea_commands_set_accels:
 *
 * Keys of "app." and "win." actions.   Thread: main.
 */
void fovea_commands_set_accels (GtkApplication *application);

/**
 * fovea_commands_bind:
 * @prefix: "map.", "heads.", "strip." and their kind
 * @activate: handles every action of the prefix by its full name
 *
 * Installs actions and key bindings on a widget class.   Thread: main, in class_init.
 */
void fovea_commands_bind (GtkWidgetClass *widget_class,
                          const char *prefix,
                          GtkWidgetActionActivateFunc activate);

/**
 * fovea_commands_bind_first:
 * @actions: (array zero-terminated=1): of the table, installed on @widget or on what it stands in
 *
 * For lists of the toolkit, whose rows take some keys for themselves: here the action comes first.
 *
 * Thread: main.   Owner: @widget.
 */
void fovea_commands_bind_first (GtkWidget *widget, const char *const *actions);

/**
 * fovea_commands_new_window:
 *
 * @section: (nullable): of a view, to begin with; NULL = the window's own
 *
 * The shortcuts window.   Thread: main.   Owner: caller (floating toplevel).
 */
GtkWidget *fovea_commands_new_window (const char *section);
