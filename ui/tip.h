/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Tooltips without questions to the display server: GTK asks it where the pointer is whenever a visible widget
 * is given one, also where the widget is in no window yet, and waits for all that is being drawn. */
#include <gtk/gtk.h>

/**
 * fovea_tip_set:
 * @text: (nullable): NULL = none
 *
 * As gtk_widget_set_tooltip_text(), and nothing where the text is the one that it has.
 *
 * Thread: main.
 */
void fovea_tip_set (GtkWidget *widget, const char *text);
