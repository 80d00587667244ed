/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the files of storage/ share about an open store. */
#include "analysis/sae-codes.h"
#include "storage/database.h"
#include "storage/readers.h"
#include "storage/store.h"

struct _FoveaStore {
    FoveaDatabase *database; /* of the thread that uses the store */
    FoveaReaders *readers;   /* shared with traces, which may outlive the store */
    FoveaStoreMode mode;
    char *path;
    char *uuid;
};

/**
 * fovea_store_connect_writer:
 * @path: a file already known to be a store
 *
 * A connection of its own for a thread that writes.
 *
 * Errors: FOVEA_ERROR_STORE, %G_FILE_ERROR.   Owner: caller frees with fovea_database_close().
 * Thread: the store's.
 */
FoveaDatabase *fovea_store_connect_writer (const char *path, GError **error);

/**
 * fovea_store_has_table:
 * @has: (out)
 *
 * Whether the file has a table that came with a later version: one opened for reading may be older.
 * Asked each time, since a writer may migrate it meanwhile.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's.
 */
gboolean fovea_store_has_table (FoveaStore *store, const char *name, gboolean *has, GError **error);

/* The version whose runs know how many sequences they are to have, and whose encodings go on. */
#define FOVEA_STORE_GOES_ON 9

/**
 * fovea_store_get_version:
 * @version: (out): of the schema
 *
 * For columns, as fovea_store_has_table() for tables.   Errors: FOVEA_ERROR_STORE.   Thread: the store's.
 */
gboolean fovea_store_get_version (FoveaStore *store, gint64 *version, GError **error);

/**
 * fovea_store_require_writable:
 *
 * Errors: FOVEA_ERROR_STORE if it was opened for reading.   Thread: the store's.
 */
gboolean fovea_store_require_writable (FoveaStore *store, GError **error);

/**
 * fovea_code_rows_get_part:
 * @row: of firing: n_codes, checksum, data
 * @n: (out): codes of it
 *
 * Errors: FOVEA_ERROR_STORE for a part whose checksum is wrong or whose codes are no numbers.
 * Thread: the store's.   Owner: @row, until its next step.
 */
const FoveaFiring *fovea_code_rows_get_part (
    const FoveaStore *store, sqlite3_stmt *row, gint64 latent, gint64 *n, GError **error);

/**
 * fovea_store_now:
 *
 * ISO 8601, UTC.   Owner: caller.
 *
 * Thread: any.
 */
char *fovea_store_now (void);
