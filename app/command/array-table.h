/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Arrays as a table of name, type, shape and bytes. */
#include "analysis/table.h"
#include "capture/architecture.h"
#include "capture/array.h"

/**
 * fovea_array_table_new:
 * @name: of the table
 * @arrays: of #FoveaArray
 * @described: (nullable): adds a column that says how to ask for each point of this description
 *
 * Thread: any.
 * Owner: caller, fovea_table_unref().
 */
FoveaTable *
fovea_array_table_new (const char *name, GPtrArray *arrays, const FoveaArchitecture *described);
