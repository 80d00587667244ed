/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The sidebar's row of the sequence that a capture is writing: it has a bar, and what is committed
 * beside it can be looked at meanwhile. */
#include "app/window/library.h"

typedef struct _FoveaWritingRow FoveaWritingRow;

/* The store was listed again; its row is another one now. */
typedef void (*FoveaWritingListed) (gpointer data, FoveaTreeItem *store);

/**
 * fovea_writing_row_new:
 * @path: store that is written
 * @listed: (scope notified): until fovea_writing_row_end()
 *
 * Thread: main.   Owner: caller, fovea_writing_row_end().
 */
FoveaWritingRow *fovea_writing_row_new (FoveaLibrary *library,
                                        const char *path,
                                        FoveaWritingListed listed,
                                        gpointer data);

/**
 * fovea_writing_row_get_path:
 *
 * Of the store, absolute.   Thread: main.   Owner: the row.
 */
const char *fovea_writing_row_get_path (FoveaWritingRow *self);

/**
 * fovea_writing_row_get_relay:
 *
 * Takes the number of committed sequences plus the share of the next that is done, and its title.
 *
 * Thread: main.   Owner: the row.
 */
FoveaRelay *fovea_writing_row_get_relay (FoveaWritingRow *self);

/**
 * fovea_writing_row_end:
 *
 * Takes the row away, and the store's too if nothing came into it.   NULL is fine.   Thread: main.
 */
void fovea_writing_row_end (FoveaWritingRow *self);
