/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
#include <gtk/gtk.h>

/* The command that does what a form would do: what of it has room, and a button that copies all of it. */
#define FOVEA_TYPE_COMMAND_TEXT (fovea_command_text_get_type ())
G_DECLARE_FINAL_TYPE (FoveaCommandText, fovea_command_text, FOVEA, COMMAND_TEXT, GtkBox)

/**
 * fovea_command_text_new:
 *
 * Units: characters a line.   Thread: main.   Owner: floating.
 */
GtkWidget *fovea_command_text_new (int characters);

/**
 * fovea_command_text_set:
 *
 * "" = there is none yet: nothing to copy.   Thread: main.   Owner: the widget copies.
 */
void fovea_command_text_set (FoveaCommandText *self, const char *command);
