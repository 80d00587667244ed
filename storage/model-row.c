/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Models in a store: found by name, hash and description, so that a run of the same model adds no
 * row. */
#include "storage/model-row.h"

#include "capture/architecture-json.h"

gboolean
fovea_model_row_find (FoveaDatabase *database,
                      const FoveaTraceInfo *info,
                      gint64 *id,
                      GError **error)
{
    g_autofree char *description = fovea_architecture_to_json (info->architecture);
    return fovea_database_get_integer (database, 0, id, error,
                                       "SELECT id FROM model WHERE name = ?1 AND hash = ?2"
                                       " AND description = ?3",
                                       "sss", info->model_name, info->model_hash, description);
}

gint64
fovea_model_row_insert (FoveaDatabase *database, const FoveaTraceInfo *info, GError **error)
{
    const FoveaArchitecture *a = info->architecture;
    g_autofree char *description = fovea_architecture_to_json (a);
    gboolean ok = fovea_database_run (
        database, error,
        "INSERT INTO model (name, hash, family, n_layers, n_heads, n_kv_heads, head_width, width,"
        " mlp_width, vocabulary, context, n_parameters, weight_dtype, description)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        "sssiiiiiiiiiss", info->model_name, info->model_hash, a->family, a->n_layers, a->n_heads,
        a->n_kv_heads, a->head_width, a->width, a->mlp_width, a->vocabulary, a->context,
        a->n_parameters, fovea_dtype_name (a->weight_dtype), description);
    return ok ? sqlite3_last_insert_rowid (database->handle) : 0;
}
