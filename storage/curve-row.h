/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Points of recall curves as rows that people join on; private to storage/. */
#include "storage/store-private.h"

/**
 * fovea_curve_rows_insert:
 * @result: row of table result that @table was written as
 *
 * The rows of a table called "recall" into curve_point; a table of another name has none. A table
 * without the columns of an object and a method is left out whole.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's, inside a transaction.
 */
gboolean
fovea_curve_rows_insert (FoveaStore *store, gint64 result, FoveaTable *table, GError **error);
