/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* One writer of sequences a store and one of codes, across programs and across transactions; private to storage/. */
#include "storage/database.h"
#include "storage/store.h"

typedef struct _FoveaWriterLock FoveaWriterLock;

/**
 * fovea_writer_lock_take:
 *
 * Errors: FOVEA_ERROR_STORE at once if somebody else writes such rows; %G_FILE_ERROR if the lock file cannot
 * be made.
 * Thread: any.   Owner: caller, fovea_writer_lock_release(); autoptr.
 */
FoveaWriterLock *
fovea_writer_lock_take (const char *store_path, FoveaWriterKind kind, GError **error);

/**
 * fovea_writer_lock_release:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @lock.
 */
void fovea_writer_lock_release (FoveaWriterLock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaWriterLock, fovea_writer_lock_release)

/**
 * fovea_writer_begin:
 * @kind: whose lock the caller holds
 *
 * A transaction. Where a writer of the other kind is at work too it comes first if it waits, and the caller waits
 * as long as it takes: between two that work at once SQLite has no order, and after half a minute one would
 * fail.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the database's; blocks.
 */
gboolean fovea_writer_begin (FoveaDatabase *database, FoveaWriterKind kind, GError **error);
