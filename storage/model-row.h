/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A model's row: its description as JSON and as columns; private to storage/. */
#include "capture/trace.h"
#include "storage/database.h"

/**
 * fovea_model_row_find:
 * @id: (out): 0 if the store does not know the model yet
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the connection's.
 */
gboolean fovea_model_row_find (FoveaDatabase *database,
                               const FoveaTraceInfo *info,
                               gint64 *id,
                               GError **error);

/**
 * fovea_model_row_insert:
 *
 * Gives the new row's id, 0 on failure.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the connection's.
 */
gint64 fovea_model_row_insert (FoveaDatabase *database, const FoveaTraceInfo *info, GError **error);
