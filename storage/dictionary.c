/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A store that was opened for reading may be older than codes are, so the table is asked for first. */
#include "storage/dictionary.h"

#include "storage/store-private.h"

void
fovea_dictionary_info_free (FoveaDictionaryInfo *info)
{
    if (info == NULL)
        return;
    g_free (info->hash);
    g_free (info->name);
    g_free (info->site);
    g_free (info->architecture);
    g_free (info);
}

static FoveaDictionaryInfo *
read_row (sqlite3_stmt *row)
{
    FoveaDictionaryInfo *info = g_new0 (FoveaDictionaryInfo, 1);
    info->id = sqlite3_column_int64 (row, 0);
    info->hash = fovea_statement_get_text (row, 1);
    info->name = fovea_statement_get_text (row, 2);
    info->site = fovea_statement_get_text (row, 3);
    info->architecture = fovea_statement_get_text (row, 4);
    info->n_latents = sqlite3_column_int64 (row, 5);
    info->n_tokens = sqlite3_column_int64 (row, 6);
    return info;
}

GPtrArray *
fovea_store_list_dictionaries (FoveaStore *store, GError **error)
{
    gboolean there = FALSE;
    g_autoptr (GError) failure = NULL;
    g_autoptr (GPtrArray) list =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_dictionary_info_free);
    if (!fovea_store_has_table (store, "dictionary", &there, error))
        return NULL;
    if (!there)
        return g_steal_pointer (&list);
    g_autoptr (sqlite3_stmt) row = fovea_database_query (
        store->database, error,
        "SELECT id, hash, name, site, architecture, n_latents, n_tokens FROM dictionary"
        " WHERE hash NOT LIKE '%+' ORDER BY id",
        "");
    if (row == NULL)
        return NULL;
    while (fovea_database_step (store->database, row, &failure)) {
        FoveaDictionaryInfo *info = read_row (row);
        g_ptr_array_add (list, info);
        if (!fovea_code_rows_check_width (store, info->id, info->n_latents, error))
            return NULL;
    }
    if (failure == NULL)
        return g_steal_pointer (&list);
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
}
