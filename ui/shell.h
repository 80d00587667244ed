/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The root container: sidebar | (token strip over (centre | inspector)). Below 1200 pixels the
 * sidebar leaves the layout and opens over the centre, below 1020 the inspector does the same. */
#include <gtk/gtk.h>

#define FOVEA_TYPE_SHELL (fovea_shell_get_type ())
G_DECLARE_FINAL_TYPE (FoveaShell, fovea_shell, FOVEA, SHELL, GtkWidget)

/**
 * fovea_shell_new:
 *
 * Properties: show-sidebar, show-inspector (boolean): in the layout while there is room, over the
 * centre while there is not.
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *
fovea_shell_new (GtkWidget *sidebar, GtkWidget *strip, GtkWidget *centre, GtkWidget *inspector);

/**
 * fovea_shell_get_layout:
 * @sidebar, @inspector: (out): whether it is in the layout where there is room
 *
 * Thread: main.
 */
void fovea_shell_get_layout (FoveaShell *self, gboolean *sidebar, gboolean *inspector);
