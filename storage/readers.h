/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Read connections to one store file, lent to whichever thread reads; private to storage/. A store
 * and all its traces share them, so that a hundred open traces cost a handful of descriptors. */
#include "storage/database.h"

typedef struct _FoveaReaders FoveaReaders;

/**
 * fovea_readers_new:
 *
 * Thread: any.   Owner: caller, fovea_readers_unref().
 */
FoveaReaders *fovea_readers_new (const char *path);

/**
 * fovea_readers_ref:
 *
 * Thread: any.
 */
FoveaReaders *fovea_readers_ref (FoveaReaders *readers);

/**
 * fovea_readers_unref:
 *
 * Thread: any.
 */
void fovea_readers_unref (FoveaReaders *readers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaReaders, fovea_readers_unref)

/**
 * fovea_readers_take:
 *
 * An idle connection, or a new one.
 *
 * Errors: as fovea_database_open().
 * Thread: any.   Owner: caller gives it back with fovea_readers_give().
 */
FoveaDatabase *fovea_readers_take (FoveaReaders *readers, GError **error);

/**
 * fovea_readers_give:
 * @database: (transfer full) (nullable): without a statement under way
 *
 * Thread: any.
 */
void fovea_readers_give (FoveaReaders *readers, FoveaDatabase *database);
