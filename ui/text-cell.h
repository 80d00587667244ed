/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A line of words in a row of a list. It asks for the room of so many digits, whatever it holds, and
 * shares its layouts with all drawn labels: a list binds a hundred of them in a frame. */
#include <gtk/gtk.h>

#define FOVEA_TYPE_TEXT_CELL (fovea_text_cell_get_type ())
G_DECLARE_FINAL_TYPE (FoveaTextCell, fovea_text_cell, FOVEA, TEXT_CELL, GtkWidget)

/**
 * fovea_text_cell_new:
 * @css_class: (nullable): gives the colour
 * @chars: digits that it has room for; it takes what more there is
 * @right: numbers stand at the right
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_text_cell_new (const char *css_class, guint chars, gboolean right);

/**
 * fovea_text_cell_set_text:
 *
 * Also what is read aloud.   Thread: main.
 */
void fovea_text_cell_set_text (FoveaTextCell *self, const char *text);

/**
 * fovea_text_cell_get_text:
 *
 * Thread: main.   Owner: the cell.
 */
const char *fovea_text_cell_get_text (FoveaTextCell *self);
