/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The table of codes by latent; private to storage/. */
#include "storage/store-private.h"

/**
 * fovea_code_index_build:
 * @sequences: of gint64: all that have codes, in the order that firings are read in
 *
 * Replaces what the table has of the dictionary. Stopped anywhere it leaves parts that say nothing, which
 * the next one takes away.
 *
 * Errors: FOVEA_ERROR_STORE; G_IO_ERROR_CANCELLED.   Thread: the store's; blocks.
 */
gboolean fovea_code_index_build (FoveaStore *store,
                                 gint64 dictionary,
                                 gint64 n_latents,
                                 GArray *sequences,
                                 GCancellable *cancellable,
                                 GError **error);

/**
 * fovea_code_insert_blob:
 * @insert: whose last two parameters are a blob's checksum, number @parameter, and the blob
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's.
 */
gboolean fovea_code_insert_blob (FoveaDatabase *database,
                                 sqlite3_stmt *insert,
                                 int parameter,
                                 const void *data,
                                 gsize n_bytes,
                                 GError **error);
