/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What people wrote about things of a sequence: a head, a cell of its map, or the whole of it. */
#include "storage/store.h"

/* -1 = any: a head has neither query nor key, the sequence no head either. */
typedef struct {
    gint64 layer, head, query, key;
} FoveaNoteObject;

typedef struct {
    FoveaNoteObject object;
    char *text;
    char *changed; /* ISO 8601, UTC */
} FoveaNote;

/**
 * fovea_note_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @note.
 */
void fovea_note_free (FoveaNote *note);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaNote, fovea_note_free)

/**
 * fovea_store_list_notes:
 * @sequence_id: its notes only
 *
 * Errors: FOVEA_ERROR_STORE.
 * Thread: the store's; blocks.   Owner: caller; of #FoveaNote, by layer, head, query and key.
 */
GPtrArray *fovea_store_list_notes (FoveaStore *store, gint64 sequence_id, GError **error);

/**
 * fovea_store_put_note:
 * @text: UTF-8; replaces what was noted; an empty one removes the note
 *
 * Errors: FOVEA_ERROR_STORE (locked, read-only, no such sequence, text that is not UTF-8).
 * Thread: the store's.
 */
gboolean fovea_store_put_note (FoveaStore *store,
                               gint64 sequence_id,
                               const FoveaNoteObject *object,
                               const char *text,
                               GError **error);
