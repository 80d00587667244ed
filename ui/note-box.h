/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The note on the selected head or cell, at the foot of the inspector. Typing is an edit when it
 * pauses, when the focus leaves and when the selection moves on. */
#include <gtk/gtk.h>

#include "ui/notes.h"

#define FOVEA_TYPE_NOTE_BOX (fovea_note_box_get_type ())
G_DECLARE_FINAL_TYPE (FoveaNoteBox, fovea_note_box, FOVEA, NOTE_BOX, GtkBox)

/**
 * fovea_note_box_new:
 *
 * Signal: "done" (Esc was pressed; the text is kept).   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_note_box_new (FoveaSelection *selection, FoveaNotes *notes);

/**
 * fovea_note_box_set_cell:
 * @cell: the note is on the selected cell, else on its head
 *
 * Thread: main.
 */
void fovea_note_box_set_cell (FoveaNoteBox *self, gboolean cell);

/**
 * fovea_note_box_commit:
 *
 * Makes what was typed an edit now.   Thread: main.
 */
void fovea_note_box_commit (FoveaNoteBox *self);

/**
 * fovea_note_box_write:
 *
 * Gives the text the focus; what the box is in shows its foot, with the note, until Escape.   Thread: main.
 */
void fovea_note_box_write (FoveaNoteBox *self);
