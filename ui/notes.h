/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Notes on things of the open sequence: a head (query and key -1) or a cell. Kept here while the
 * sequence is open; app/ loads them from the store and writes back what is edited. */
#include "ui/selection.h"

#define FOVEA_TYPE_NOTES (fovea_notes_get_type ())
G_DECLARE_FINAL_TYPE (FoveaNotes, fovea_notes, FOVEA, NOTES, GObject)

/**
 * fovea_notes_new:
 *
 * Signals: "changed" (any note), "edited" (const FoveaPlace *, const char *: by the user).
 *
 * Thread: main.   Owner: caller.
 */
FoveaNotes *fovea_notes_new (void);

/**
 * fovea_notes_clear:
 *
 * For another sequence.   Thread: main.
 */
void fovea_notes_clear (FoveaNotes *self);

/**
 * fovea_notes_add:
 *
 * A note that the store holds.   Thread: main.
 */
void fovea_notes_add (FoveaNotes *self, const FoveaPlace *place, const char *text);

/**
 * fovea_notes_edit:
 * @text: "" removes the note; text that changes nothing is not an edit
 *
 * Thread: main.
 */
void fovea_notes_edit (FoveaNotes *self, const FoveaPlace *place, const char *text);

/**
 * fovea_notes_get:
 *
 * "" if there is none.   Thread: main.   Owner: the notes, until the next change.
 */
const char *fovea_notes_get (FoveaNotes *self, const FoveaPlace *place);

/**
 * fovea_notes_list:
 *
 * Places that have a note, by layer, head, query and key.
 *
 * Thread: main.   Owner: caller; (element-type FoveaPlace), which are the notes', until the next change.
 */
GPtrArray *fovea_notes_list (FoveaNotes *self);

/**
 * fovea_notes_get_n:
 *
 * Thread: main.
 */
guint fovea_notes_get_n (FoveaNotes *self);
