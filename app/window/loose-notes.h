/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Notes that no store took: they stay with what they are about, and nothing closes over them unasked. */
#include "ui/notes.h"

typedef struct _FoveaLooseNotes FoveaLooseNotes;

/**
 * fovea_loose_notes_new:
 *
 * Thread: main.   Owner: caller, fovea_loose_notes_free(); autoptr.
 */
FoveaLooseNotes *fovea_loose_notes_new (void);

/**
 * fovea_loose_notes_free:
 *
 * NULL is fine.   Thread: main.   Owner: takes @self.
 */
void fovea_loose_notes_free (FoveaLooseNotes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaLooseNotes, fovea_loose_notes_free)

/**
 * fovea_loose_notes_set:
 * @path: store that the note belongs to
 * @text: (nullable): NULL = the store has what was written last; empty = a note that should be gone
 * @reason: (nullable): why the store did not take it
 *
 * Thread: main.
 */
void fovea_loose_notes_set (FoveaLooseNotes *self,
                            const char *path,
                            gint64 sequence,
                            const FoveaPlace *place,
                            const char *text,
                            const char *reason);

/**
 * fovea_loose_notes_add_to:
 *
 * Puts those of a sequence in the place of what its store has.   Thread: main.
 */
void fovea_loose_notes_add_to (FoveaLooseNotes *self,
                               const char *path,
                               gint64 sequence,
                               FoveaNotes *notes);

/**
 * fovea_loose_notes_get_n:
 *
 * Those that have a text.   Thread: main.
 */
guint fovea_loose_notes_get_n (FoveaLooseNotes *self);

/**
 * fovea_loose_notes_describe:
 *
 * A line for each that has a text: store, sequence, what it is about, the note.
 *
 * Thread: main.   Owner: caller.
 */
char *fovea_loose_notes_describe (FoveaLooseNotes *self);

/**
 * fovea_loose_notes_get_reason:
 *
 * Why the last of them was not taken, NULL = there are none.   Owner: @self.   Thread: main.
 */
const char *fovea_loose_notes_get_reason (FoveaLooseNotes *self);

/**
 * fovea_loose_notes_clear:
 *
 * Forgets all.   Thread: main.
 */
void fovea_loose_notes_clear (FoveaLooseNotes *self);
