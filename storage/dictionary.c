/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A store that was opened for reading may be older than codes are, so the table is asked for first. */
#include "storage/dictionary.h"

#include <string.h>

#include "capture/count-text.h"
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
    g_free (info->options);
    g_free (info);
}

static FoveaDictionaryInfo *
read_row (sqlite3_stmt *row)
{
    FoveaDictionaryInfo *info = g_new0 (FoveaDictionaryInfo, 1);
    g_autofree char *hash = fovea_statement_get_text (row, 1);
    info->id = sqlite3_column_int64 (row, 0);
    info->finished = !g_str_has_suffix (hash, FOVEA_UNFINISHED_CODES);
    info->hash = g_strndup (hash, strlen (hash) - (info->finished ? 0 : 1));
    info->name = fovea_statement_get_text (row, 2);
    info->site = fovea_statement_get_text (row, 3);
    info->architecture = fovea_statement_get_text (row, 4);
    info->n_latents = sqlite3_column_int64 (row, 5);
    info->n_tokens = sqlite3_column_int64 (row, 6);
    info->n_sequences = sqlite3_column_int64 (row, 7);
    info->n_all = sqlite3_column_int64 (row, 8);
    info->options = fovea_statement_get_text (row, 9);
    return info;
}

/* Options are a column that an older store does not have. */
#define SELECT_DICTIONARIES(options)                                                               \
    "SELECT id, hash, name, site, architecture, n_latents, n_tokens,"                              \
    " (SELECT count (*) FROM code_rows WHERE dictionary_id = dictionary.id),"                      \
    " (SELECT count (*) FROM sequence WHERE complete), " options " FROM dictionary"

static GPtrArray *
list (FoveaStore *store, const char *sql, GError **error)
{
    g_autoptr (GError) failure = NULL;
    g_autoptr (GPtrArray) list =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_dictionary_info_free);
    g_autoptr (sqlite3_stmt) row = fovea_database_query (store->database, error, sql, "");
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

GPtrArray *
fovea_store_list_dictionaries (FoveaStore *store, GError **error)
{
    gboolean there = FALSE;
    gint64 version = 0;
    if (!fovea_store_has_table (store, "dictionary", &there, error))
        return NULL;
    if (!there || !fovea_store_get_version (store, &version, error))
        return there ? NULL
                     : g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_dictionary_info_free);
    return list (store,
                 version >= FOVEA_STORE_GOES_ON
                     ? SELECT_DICTIONARIES ("options") " WHERE hash NOT LIKE '%+' ORDER BY id"
                     : SELECT_DICTIONARIES ("''") " WHERE hash NOT LIKE '%+' ORDER BY id",
                 error);
}

/* What a program left that did not note with which options it encoded is none: nothing goes on there. */
GPtrArray *
fovea_store_list_unfinished_dictionaries (FoveaStore *store, GError **error)
{
    gint64 version = 0;
    if (!fovea_store_get_version (store, &version, error))
        return NULL;
    return version >= FOVEA_STORE_GOES_ON
               ? list (store,
                       SELECT_DICTIONARIES (
                           "options") " WHERE hash LIKE '%+' AND options <> '' ORDER BY id",
                       error)
               : g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_dictionary_info_free);
}

const FoveaDictionaryInfo *
fovea_dictionaries_find (GPtrArray *dictionaries, const char *hash)
{
    for (guint i = 0; i < dictionaries->len; i++) {
        const FoveaDictionaryInfo *info = g_ptr_array_index (dictionaries, i);
        if (g_strcmp0 (info->hash, hash) == 0)
            return info;
    }
    return NULL;
}

gboolean
fovea_store_require_dictionary (
    FoveaStore *store, const char *hash, gint64 *id, gint64 *n_tokens, GError **error)
{
    if (!fovea_store_find_dictionary (store, hash, id, n_tokens, error))
        return FALSE;
    if (*id != 0)
        return TRUE;
    g_autoptr (GPtrArray) unfinished = fovea_store_list_unfinished_dictionaries (store, error);
    if (unfinished == NULL)
        return FALSE;
    const FoveaDictionaryInfo *begun = fovea_dictionaries_find (unfinished, hash);
    g_autofree char *n = fovea_count_text (begun != NULL ? begun->n_sequences : 0);
    g_autofree char *all = fovea_count_text (begun != NULL ? begun->n_all : 0);
    if (begun == NULL)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "%s has no codes of this autoencoder ('fovea sae encode' keeps them)",
                     store->path);
    else
        g_set_error (
            error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
            "%s of %s sequences of %s are encoded with this autoencoder; 'fovea sae encode' "
            "goes on there",
            n, all, store->path);
    return FALSE;
}

GArray *
fovea_store_list_encoded (FoveaStore *store, gint64 dictionary, GError **error)
{
    g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (gint64));
    g_autoptr (GError) failure = NULL;
    g_autoptr (sqlite3_stmt) row = fovea_database_query (
        store->database, error,
        "SELECT sequence_id FROM code_rows JOIN sequence ON sequence.id = sequence_id"
        " WHERE dictionary_id = ?1 ORDER BY run_id, position",
        "i", dictionary);
    if (row == NULL)
        return NULL;
    while (fovea_database_step (store->database, row, &failure)) {
        gint64 id = sqlite3_column_int64 (row, 0);
        g_array_append_val (list, id);
    }
    if (failure == NULL)
        return g_steal_pointer (&list);
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
}
