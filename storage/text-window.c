/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One range of the table of tokens, by its primary key. */
#include "storage/text-window.h"

#include "storage/store-private.h"

void
fovea_text_window_free (FoveaTextWindow *window)
{
    if (window == NULL)
        return;
    g_strfreev (window->texts);
    g_free (window->special);
    g_free (window);
}

static void
take_token (FoveaTextWindow *window, guint i, sqlite3_stmt *row)
{
    gint64 id = sqlite3_column_type (row, 1) != SQLITE_NULL ? sqlite3_column_int64 (row, 1)
                                                            : window->first + i;
    window->texts[i] = sqlite3_column_type (row, 2) != SQLITE_NULL
                           ? fovea_statement_get_text (row, 2)
                           : g_strdup_printf (" %" G_GINT64_FORMAT, id);
    window->special[i] = sqlite3_column_int (row, 3) != 0;
}

/* Imports without ids have no rows at all; then places stand for texts. */
static gboolean
read_tokens (FoveaStore *store, gint64 sequence_id, FoveaTextWindow *window, GError **error)
{
    g_autoptr (GError) failure = NULL;
    guint i = 0;
    g_autoptr (sqlite3_stmt) row = fovea_database_query (
        store->database, error,
        "SELECT position, id, text, special FROM token"
        " WHERE sequence_id = ?1 AND position >= ?2 AND position < ?3 ORDER BY position",
        "iii", sequence_id, window->first, window->first + window->n);
    if (row == NULL)
        return FALSE;
    for (; i < window->n && fovea_database_step (store->database, row, &failure); i++) {
        if (sqlite3_column_int64 (row, 0) != window->first + i)
            break;
        take_token (window, i, row);
    }
    if (failure != NULL) {
        g_propagate_error (error, g_steal_pointer (&failure));
        return FALSE;
    }
    if (i > 0 && i < window->n) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE,
                     "store is damaged: sequence %" G_GINT64_FORMAT ": tokens are missing",
                     sequence_id);
        return FALSE;
    }
    for (; i < window->n; i++)
        window->texts[i] = g_strdup_printf (" %" G_GINT64_FORMAT, window->first + i);
    return TRUE;
}

FoveaTextWindow *
fovea_store_read_window (
    FoveaStore *store, gint64 sequence_id, gint64 position, guint reach, GError **error)
{
    g_autoptr (GError) failure = NULL;
    /* Stands at its row until the tokens are read, so that nobody removes them in between. */
    g_autoptr (sqlite3_stmt) row = fovea_database_query (
        store->database, error, "SELECT n_tokens FROM sequence WHERE id = ?1 AND complete", "i",
        sequence_id);
    if (row == NULL)
        return NULL;
    if (!fovea_database_step (store->database, row, &failure)) {
        if (failure == NULL)
            g_set_error (&failure, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                         "store '%s' has no sequence %" G_GINT64_FORMAT, store->path, sequence_id);
        g_propagate_error (error, g_steal_pointer (&failure));
        return NULL;
    }
    gint64 T = MAX (sqlite3_column_int64 (row, 0), 0);
    g_autoptr (FoveaTextWindow) window = g_new0 (FoveaTextWindow, 1);
    gboolean inside = position >= 0 && position < T;
    window->n_tokens = T;
    window->first = inside ? MAX (position - (gint64) reach, 0) : 0;
    window->n = inside ? (guint) (MIN (position + (gint64) reach + 1, T) - window->first) : 0;
    window->texts = g_new0 (char *, window->n + 1);
    window->special = g_new0 (guint8, MAX (window->n, 1));
    return read_tokens (store, sequence_id, window, error) ? g_steal_pointer (&window) : NULL;
}
