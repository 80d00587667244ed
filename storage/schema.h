/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The tables of a store as an append-only list of migrations; private to storage/. */
#include "storage/database.h"

#define FOVEA_STORE_APPLICATION_ID 0x466f7665 /* "Fove" */

/**
 * fovea_schema_latest:
 *
 * The version that this program writes.
 *
 * Thread: any.
 */
int fovea_schema_latest (void);

/**
 * fovea_schema_migrate:
 * @to: a version not above fovea_schema_latest()
 *
 * Runs the missing migrations in one transaction: all of them happen, or nothing does.
 *
 * Errors: FOVEA_ERROR_STORE; the store is then as it was.
 * Thread: the connection's; blocks.
 */
gboolean fovea_schema_migrate (FoveaDatabase *database, int to, GError **error);
