/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* One writer of sequences a store, across programs and across transactions; private to storage/. */
#include <glib.h>

typedef struct _FoveaWriterLock FoveaWriterLock;

/**
 * fovea_writer_lock_take:
 *
 * Errors: FOVEA_ERROR_STORE at once if somebody else writes; %G_FILE_ERROR if the lock file cannot
 * be made.
 * Thread: any.   Owner: caller, fovea_writer_lock_release(); autoptr.
 */
FoveaWriterLock *fovea_writer_lock_take (const char *store_path, GError **error);

/**
 * fovea_writer_lock_release:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @lock.
 */
void fovea_writer_lock_release (FoveaWriterLock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaWriterLock, fovea_writer_lock_release)
