/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A few tokens of a sequence, without opening it: pages of examples show windows out of many. */
#include "storage/store.h"

typedef struct {
    gint64 n_tokens; /* of the sequence */
    gint64 first;    /* position of the window's first token */
    guint n;         /* tokens of the window; 0 if the position is none of the sequence */
    char **texts; /* (n) bytes, NULL-terminated list; where none are kept " 123", the id or place */
    guint8 *special; /* (n) 1 = begin, end and the like */
} FoveaTextWindow;

/**
 * fovea_text_window_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @window.
 */
void fovea_text_window_free (FoveaTextWindow *window);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaTextWindow, fovea_text_window_free)

/**
 * fovea_store_read_window:
 * @reach: tokens before and after @position
 *
 * Errors: FOVEA_ERROR_NOT_FOUND for a sequence that is not there or not complete; FOVEA_ERROR_STORE,
 * also where tokens are missing.   Thread: the store's; blocks.   Owner: caller.
 */
FoveaTextWindow *fovea_store_read_window (
    FoveaStore *store, gint64 sequence_id, gint64 position, guint reach, GError **error);
