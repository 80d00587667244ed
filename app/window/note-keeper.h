/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Writes notes into their stores and reads them, in the order in which they were made, by app/window/writer.h. */
#include <gio/gio.h>

#include "storage/note.h"

/**
 * fovea_note_keeper_save_async:
 * @path: store
 *
 * Thread: main.
 */
void fovea_note_keeper_save_async (const char *path,
                                   gint64 sequence,
                                   const FoveaNoteObject *object,
                                   const char *text,
                                   GAsyncReadyCallback callback,
                                   gpointer data);

/**
 * fovea_note_keeper_save_finish:
 *
 * Errors: those of fovea_store_put_note().   Thread: main.
 */
gboolean fovea_note_keeper_save_finish (GAsyncResult *result, GError **error);

/**
 * fovea_note_keeper_list_async:
 * @path: store
 *
 * The notes of a sequence after those that are being written.   Thread: main.
 */
void fovea_note_keeper_list_async (const char *path,
                                   gint64 sequence,
                                   GAsyncReadyCallback callback,
                                   gpointer data);

/**
 * fovea_note_keeper_list_finish:
 *
 * Of FoveaNote.
 *
 * Errors: those of fovea_store_list_notes().   Thread: main.   Owner: caller.
 */
GPtrArray *fovea_note_keeper_list_finish (GAsyncResult *result, GError **error);
