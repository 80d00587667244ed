/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Runs and sequences as lists, and a run's begin and end. Lists are read in one statement each: a
 * store has few runs, and sequences by the thousand at most. Only complete sequences are listed;
 * what a killed writer left is never seen. */
#include "fovea-config.h"
#include "kernels/error.h"
#include "storage/store-private.h"

void
fovea_run_info_free (FoveaRunInfo *info)
{
    if (info == NULL)
        return;
    g_free (info->kind);
    g_free (info->model_name);
    g_free (info->model_hash);
    g_free (info->family);
    g_free (info->weight_dtype);
    g_free (info->options);
    g_free (info->device);
    g_free (info->precision);
    g_free (info->version);
    g_free (info->created);
    g_free (info);
}

void
fovea_sequence_info_free (FoveaSequenceInfo *info)
{
    if (info == NULL)
        return;
    g_free (info->title);
    g_free (info);
}

static FoveaRunInfo *
read_run (sqlite3_stmt *row)
{
    FoveaRunInfo *info = g_new0 (FoveaRunInfo, 1);
    info->id = sqlite3_column_int64 (row, 0);
    info->kind = fovea_statement_get_text (row, 1);
    info->options = fovea_statement_get_text (row, 2);
    info->device = fovea_statement_get_text (row, 3);
    info->precision = fovea_statement_get_text (row, 4);
    info->version = fovea_statement_get_text (row, 5);
    info->created = fovea_statement_get_text (row, 6);
    info->finished = sqlite3_column_type (row, 7) != SQLITE_NULL;
    info->n_sequences = sqlite3_column_int64 (row, 8);
    info->model_name = fovea_statement_get_text (row, 9);
    info->model_hash = fovea_statement_get_text (row, 10);
    info->family = fovea_statement_get_text (row, 11);
    info->weight_dtype = fovea_statement_get_text (row, 12);
    info->n_layers = sqlite3_column_int64 (row, 13);
    info->n_heads = sqlite3_column_int64 (row, 14);
    info->n_kv_heads = sqlite3_column_int64 (row, 15);
    info->head_width = sqlite3_column_int64 (row, 16);
    info->width = sqlite3_column_int64 (row, 17);
    info->vocabulary = sqlite3_column_int64 (row, 18);
    info->n_parameters = sqlite3_column_int64 (row, 19);
    info->n_planned = sqlite3_column_int64 (row, 20);
    return info;
}

GPtrArray *
fovea_store_list_runs (FoveaStore *store, GError **error)
{
    g_autoptr (GPtrArray) runs =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_run_info_free);
    gint64 version = 0;
    if (!fovea_store_get_version (store, &version, error))
        return NULL;
    g_autofree char *sql = g_strdup_printf (
        "SELECT run.id, kind, options, device, precision, run.version, run.created, finished,"
        " (SELECT count (*) FROM sequence WHERE run_id = run.id AND complete), name, hash, family,"
        " weight_dtype, n_layers, n_heads, n_kv_heads, head_width, width, vocabulary, n_parameters,"
        " %s FROM run LEFT JOIN model ON model.id = model_id ORDER BY run.id",
        version >= FOVEA_STORE_GOES_ON ? "n_planned" : "NULL");
    g_autoptr (sqlite3_stmt) row = fovea_database_query (store->database, error, sql, "");
    g_autoptr (GError) failure = NULL;
    while (row != NULL && fovea_database_step (store->database, row, &failure))
        g_ptr_array_add (runs, read_run (row));
    if (failure != NULL)
        g_propagate_error (error, g_steal_pointer (&failure));
    else if (row != NULL)
        return g_steal_pointer (&runs);
    return NULL;
}

GPtrArray *
fovea_store_list_sequences (FoveaStore *store, gint64 run_id, GError **error)
{
    g_autoptr (GPtrArray) list =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_sequence_info_free);
    g_autoptr (sqlite3_stmt) row = fovea_database_query (
        store->database, error,
        "SELECT id, run_id, position, title, n_tokens, repeat_period, n_bytes FROM sequence"
        " WHERE complete AND (?1 = 0 OR run_id = ?1) ORDER BY run_id, position",
        "i", run_id);
    g_autoptr (GError) failure = NULL;
    while (row != NULL && fovea_database_step (store->database, row, &failure)) {
        FoveaSequenceInfo *info = g_new0 (FoveaSequenceInfo, 1);
        info->id = sqlite3_column_int64 (row, 0);
        info->run_id = sqlite3_column_int64 (row, 1);
        info->position = sqlite3_column_int64 (row, 2);
        info->title = fovea_statement_get_text (row, 3);
        info->n_tokens = sqlite3_column_int64 (row, 4);
        info->repeat_period = sqlite3_column_int64 (row, 5);
        info->n_bytes = (guint64) sqlite3_column_int64 (row, 6);
        g_ptr_array_add (list, info);
    }
    if (failure != NULL)
        g_propagate_error (error, g_steal_pointer (&failure));
    else if (row != NULL)
        return g_steal_pointer (&list);
    return NULL;
}

gboolean
fovea_store_begins_with (FoveaStore *store,
                         gint64 sequence_id,
                         const gint32 *ids,
                         gint64 n,
                         gboolean *begins,
                         GError **error)
{
    g_autoptr (GError) failure = NULL;
    gint64 n_rows = 0, n_same = 0;
    g_autoptr (sqlite3_stmt) row =
        fovea_database_query (store->database, error,
                              "SELECT id FROM token WHERE sequence_id = ?1 AND position < ?2"
                              " AND id IS NOT NULL ORDER BY position",
                              "ii", sequence_id, n);
    if (row == NULL)
        return FALSE;
    for (; fovea_database_step (store->database, row, &failure); n_rows++)
        n_same += n_rows < n && sqlite3_column_int64 (row, 0) == ids[n_rows];
    /* A position has one row, or more in a file that is damaged: n that are the same are all of them. */
    *begins = n_rows == 0 || n_same == n;
    if (failure == NULL)
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
}

gint64
fovea_store_begin_run (FoveaStore *store,
                       const char *kind,
                       const char *options,
                       const char *device,
                       const char *precision,
                       GError **error)
{
    g_autofree char *now = fovea_store_now ();
    if (!fovea_store_require_writable (store, error) ||
        !fovea_database_run (store->database, error,
                             "INSERT INTO run (origin, kind, options, device, precision, version,"
                             " created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                             "sssssss", store->uuid, kind, options, device, precision,
                             FOVEA_VERSION, now))
        return 0;
    return sqlite3_last_insert_rowid (store->database->handle);
}

gboolean
fovea_store_plan_run (FoveaStore *store, gint64 run_id, gint64 n_sequences, GError **error)
{
    return fovea_store_require_writable (store, error) &&
           fovea_database_run (store->database, error,
                               "UPDATE run SET n_planned = ?2 WHERE id = ?1", "ii", run_id,
                               n_sequences);
}

gint64
fovea_store_find_unfinished_run (FoveaStore *store,
                                 const char *kind,
                                 const char *options,
                                 GError **error)
{
    gint64 id = 0;
    fovea_database_get_integer (store->database, 0, &id, error,
                                "SELECT max (id) FROM run WHERE finished IS NULL AND kind = ?1"
                                " AND options = ?2",
                                "ss", kind, options);
    return id;
}

gboolean
fovea_store_finish_run (FoveaStore *store, gint64 run_id, GError **error)
{
    g_autofree char *now = fovea_store_now ();
    return fovea_store_require_writable (store, error) &&
           fovea_database_run (store->database, error,
                               "UPDATE run SET finished = coalesce (finished, ?2) WHERE id = ?1",
                               "is", run_id, now);
}
