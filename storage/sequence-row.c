/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sequences, tokens and arrays as rows. Tokens cost one bound insert each, about a million a
 * second. What is read may come from a damaged or hostile file, so that sizes are believed only
 * when rows or chunks to that amount exist. */
#include "storage/sequence-row.h"

#include <string.h>

#include "capture/architecture-json.h"
#include "storage/model-row.h"

/* The next id of a table of #last_id, which no complete sequence ever had. Those of sequences that
 * nobody saw complete are given again, so that a resumed run ends as one that was never stopped. */
static gboolean
find_next_id (
    FoveaDatabase *database, const char *name, const char *highest, gint64 *id, GError **error)
{
    gint64 there = 0, given = 0;
    if (!fovea_database_get_integer (database, 0, &there, error, highest, "") ||
        !fovea_database_get_integer (database, 0, &given, error,
                                     "SELECT id FROM last_id WHERE name = ?1", "s", name))
        return FALSE;
    if (MAX (there, given) < G_MAXINT64 - G_MAXINT32) { /* a file from anywhere may hold any */
        *id = MAX (MAX (there, given), 0) + 1;
        return TRUE;
    }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE, "store '%s' has no id left for another %s",
                 database->path, name);
    return FALSE;
}

static gboolean
insert_sequence (FoveaDatabase *database,
                 gint64 id,
                 gint64 run_id,
                 gint64 position,
                 const FoveaTraceInfo *info,
                 GError **error)
{
    return fovea_database_run (database, error,
                               "INSERT INTO sequence (id, run_id, position, title, n_tokens,"
                               " repeat_period, keep, folded, n_bytes, complete)"
                               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0)",
                               "iiisiisi", id, run_id, position, info->title, info->n_tokens,
                               info->repeat_period, fovea_dtype_name (info->keep),
                               (gint64) (info->folded != FALSE));
}

static void
bind_token_text (sqlite3_stmt *insert, int parameter, const char *text)
{
    gsize n_bytes = strlen (text);
    if (g_utf8_validate_len (text, n_bytes, NULL))
        sqlite3_bind_text (insert, parameter, text, (int) n_bytes, SQLITE_STATIC);
    else
        sqlite3_bind_blob (insert, parameter, text, (int) n_bytes, SQLITE_STATIC);
}

static gboolean
insert_tokens (FoveaDatabase *database,
               gint64 sequence_id,
               const FoveaTraceInfo *info,
               GError **error)
{
    if (info->ids == NULL && info->token_texts == NULL && info->special == NULL)
        return TRUE;
    g_autoptr (sqlite3_stmt) insert =
        fovea_database_query (database, error,
                              "INSERT INTO token (sequence_id, position, id, text, special)"
                              " VALUES (?1, ?2, ?3, ?4, ?5)",
                              "i", sequence_id);
    if (insert == NULL)
        return FALSE;
    for (gint64 t = 0; t < info->n_tokens; t++) {
        sqlite3_bind_int64 (insert, 2, t);
        if (info->ids != NULL)
            sqlite3_bind_int64 (insert, 3, info->ids[t]);
        if (info->token_texts != NULL)
            bind_token_text (insert, 4, info->token_texts[t]);
        if (info->special != NULL)
            sqlite3_bind_int (insert, 5, info->special[t] != FALSE);
        if (sqlite3_step (insert) != SQLITE_DONE) {
            fovea_database_set_error (database, error);
            return FALSE;
        }
        sqlite3_reset (insert);
    }
    return TRUE;
}

static char *
shape_to_json (const FoveaArray *array)
{
    GString *json = g_string_new ("[");
    for (guint i = 0; i < array->rank; i++)
        g_string_append_printf (json, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "", array->shape[i]);
    g_string_append_c (json, ']');
    return g_string_free (json, FALSE);
}

static gboolean
insert_array (FoveaDatabase *database,
              gint64 id,
              gint64 sequence_id,
              guint position,
              const FoveaArray *array,
              GError **error)
{
    g_autofree char *shape = shape_to_json (array);
    return fovea_database_run (
        database, error,
        "INSERT INTO array (id, sequence_id, position, name, dtype, shape, row_axes)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        "iiisssi", id, sequence_id, (gint64) position, array->name, fovea_dtype_name (array->dtype),
        shape, (gint64) array->row_axes);
}

gint64
fovea_sequence_row_insert (FoveaDatabase *database,
                           gint64 run_id,
                           gint64 position,
                           const FoveaTraceInfo *info,
                           GPtrArray *arrays,
                           gint64 *array_ids,
                           GError **error)
{
    gint64 sequence_id = 0, next = 0;
    if (!find_next_id (database, "sequence", "SELECT max (id) FROM sequence", &sequence_id,
                       error) ||
        !find_next_id (database, "array", "SELECT max (id) FROM array", &next, error) ||
        !insert_sequence (database, sequence_id, run_id, position, info, error) ||
        !insert_tokens (database, sequence_id, info, error))
        return 0;
    for (guint i = 0; i < arrays->len; i++) {
        array_ids[i] = next + i;
        if (!insert_array (database, array_ids[i], sequence_id, i, arrays->pdata[i], error))
            return 0;
    }
    return sequence_id;
}

gboolean
fovea_sequence_row_complete (FoveaDatabase *database,
                             gint64 sequence_id,
                             guint64 n_bytes,
                             GError **error)
{
    static const char given[] = "INSERT INTO last_id (name, id) VALUES (?1, ?2)"
                                " ON CONFLICT (name) DO UPDATE SET id = max (id, excluded.id)";
    gint64 array = 0;
    return fovea_database_run (database, error,
                               "UPDATE sequence SET complete = 1, n_bytes = ?2 WHERE id = ?1", "ii",
                               sequence_id, (gint64) n_bytes) &&
           fovea_database_get_integer (database, 0, &array, error,
                                       "SELECT max (id) FROM array WHERE sequence_id = ?1", "i",
                                       sequence_id) &&
           fovea_database_run (database, error, given, "si", "sequence", sequence_id) &&
           fovea_database_run (database, error, given, "si", "array", array);
}

gboolean
fovea_sequence_row_purge (FoveaDatabase *database, GError **error)
{
    gint64 n = 0;
    if (!fovea_database_get_integer (database, 0, &n, error,
                                     "SELECT count (*) FROM sequence WHERE complete = 0", ""))
        return FALSE;
    if (n == 0)
        return TRUE;
    if (!fovea_database_begin (database, error))
        return FALSE;
    gboolean ok =
        fovea_database_run (database, error, "DELETE FROM sequence WHERE complete = 0", "");
    return fovea_database_end (database, ok, error) &&
           fovea_database_exec (database, "PRAGMA incremental_vacuum", error);
}

/* Reading. */

static gboolean
set_damaged (gint64 sequence_id, const char *what, GError **error)
{
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE,
                 "store is damaged: sequence %" G_GINT64_FORMAT ": %s", sequence_id, what);
    return FALSE;
}

static gboolean
read_sequence (FoveaDatabase *database, gint64 sequence_id, FoveaTraceInfo *info, GError **error)
{
    g_autoptr (sqlite3_stmt) row = fovea_database_query (
        database, error,
        "SELECT title, n_tokens, repeat_period, keep, folded, model.name, hash,"
        " CASE WHEN json_valid (description) THEN description END"
        " FROM sequence JOIN run ON run.id = run_id LEFT JOIN model ON model.id = model_id"
        " WHERE sequence.id = ?1 AND complete",
        "i", sequence_id);
    g_autoptr (GError) step_error = NULL;
    if (row == NULL)
        return FALSE;
    if (!fovea_database_step (database, row, &step_error)) {
        if (step_error != NULL)
            g_propagate_error (error, g_steal_pointer (&step_error));
        else
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                         "store '%s' has no sequence %" G_GINT64_FORMAT, database->path,
                         sequence_id);
        return FALSE;
    }
    info->title = fovea_statement_get_text (row, 0);
    info->n_tokens = sqlite3_column_int64 (row, 1);
    info->repeat_period = sqlite3_column_int64 (row, 2);
    info->folded = sqlite3_column_int (row, 4) != 0;
    info->model_name = fovea_statement_get_text (row, 5);
    info->model_hash = fovea_statement_get_text (row, 6);
    g_autofree char *keep = fovea_statement_get_text (row, 3);
    g_autofree char *description = fovea_statement_get_text (row, 7);
    g_autoptr (GError) nonsense = NULL;
    info->architecture =
        fovea_architecture_from_json (description, "a model's description", &nonsense);
    if (info->architecture == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE, "store is damaged: %s",
                     nonsense->message);
        return FALSE;
    }
    if (info->n_tokens < 1 || info->n_tokens > G_MAXINT32 ||
        !fovea_dtype_from_name (keep, &info->keep))
        return set_damaged (sequence_id, "its sizes or types make no sense", error);
    return TRUE;
}

/* The first row says which columns are known; the others must agree. */
static gboolean
read_token (sqlite3_stmt *row, gint64 t, FoveaTraceInfo *info)
{
    gboolean has_id = sqlite3_column_type (row, 1) != SQLITE_NULL;
    gboolean has_text = sqlite3_column_type (row, 2) != SQLITE_NULL;
    gboolean has_special = sqlite3_column_type (row, 3) != SQLITE_NULL;
    gsize n = (gsize) info->n_tokens;
    if (t == 0) {
        info->ids = has_id ? g_new0 (gint32, n) : NULL;
        info->token_texts = has_text ? g_new0 (char *, n + 1) : NULL;
        info->special = has_special ? g_new0 (gboolean, n) : NULL;
    }
    if (sqlite3_column_int64 (row, 0) != t || has_id != (info->ids != NULL) ||
        has_text != (info->token_texts != NULL) || has_special != (info->special != NULL))
        return FALSE;
    if (has_id)
        info->ids[t] = sqlite3_column_int (row, 1);
    if (has_text)
        info->token_texts[t] = fovea_statement_get_text (row, 2);
    if (has_special)
        info->special[t] = sqlite3_column_int (row, 3) != 0;
    return TRUE;
}

static gboolean
read_tokens (FoveaDatabase *database, gint64 sequence_id, FoveaTraceInfo *info, GError **error)
{
    gint64 n = 0;
    if (!fovea_database_get_integer (database, 0, &n, error,
                                     "SELECT count (*) FROM token WHERE sequence_id = ?1", "i",
                                     sequence_id))
        return FALSE;
    if (n != 0 && n != info->n_tokens)
        return set_damaged (sequence_id, "tokens are missing", error);
    g_autoptr (sqlite3_stmt) row = fovea_database_query (
        database, error,
        "SELECT position, id, text, special FROM token WHERE sequence_id = ?1 ORDER BY position",
        "i", sequence_id);
    if (row == NULL)
        return FALSE;
    g_autoptr (GError) step_error = NULL;
    gint64 t = 0;
    gboolean ok = TRUE;
    while (ok && fovea_database_step (database, row, &step_error)) {
        ok = t < n && read_token (row, t, info);
        t++;
    }
    if (step_error != NULL) {
        g_propagate_error (error, g_steal_pointer (&step_error));
        return FALSE;
    }
    return (ok && t == n) || set_damaged (sequence_id, "its tokens make no sense", error);
}

FoveaTraceInfo *
fovea_sequence_row_read_info (FoveaDatabase *database, gint64 sequence_id, GError **error)
{
    g_autoptr (FoveaTraceInfo) info = g_new0 (FoveaTraceInfo, 1);
    gboolean ok = read_sequence (database, sequence_id, info, error) &&
                  read_tokens (database, sequence_id, info, error);
    return ok ? g_steal_pointer (&info) : NULL;
}

/* "[6,512,64]": digits, commas and brackets only, as this program writes it. */
static gboolean
shape_from_json (const char *json, FoveaArray *array)
{
    const char *at = json;
    if (*at++ != '[')
        return FALSE;
    while (array->rank < G_N_ELEMENTS (array->shape) && g_ascii_isdigit (*at)) {
        char *end = NULL;
        guint64 n = g_ascii_strtoull (at, &end, 10);
        if (n > G_MAXINT32)
            return FALSE;
        array->shape[array->rank++] = (gint64) n;
        at = end;
        if (*at != ',')
            break;
        if (!g_ascii_isdigit (*++at))
            return FALSE;
    }
    return at[0] == ']' && at[1] == '\0';
}

/* Elements of all, without overflow. */
static gboolean
shape_is_sane (const FoveaArray *array)
{
    gsize n = fovea_dtype_size (array->dtype);
    for (guint i = 0; i < array->rank; i++) {
        if (!g_size_checked_mul (&n, n, (gsize) array->shape[i]))
            return FALSE;
    }
    return array->rank >= array->row_axes && array->row_axes >= 1 && array->row_axes <= 2 &&
           n <= G_MAXINT64;
}

static FoveaArray *
read_array (sqlite3_stmt *row)
{
    g_autoptr (FoveaArray) array = g_new0 (FoveaArray, 1);
    g_autofree char *dtype = fovea_statement_get_text (row, 2);
    g_autofree char *shape = fovea_statement_get_text (row, 3);
    array->name = fovea_statement_get_text (row, 1);
    array->row_axes = (guint) sqlite3_column_int (row, 4);
    if (!fovea_dtype_from_name (dtype, &array->dtype) || !shape_from_json (shape, array) ||
        !shape_is_sane (array))
        return NULL;
    /* All rows present, so that a claimed size is backed by the file. */
    gboolean empty = fovea_array_row_length (array) == 0;
    if (!empty && sqlite3_column_int64 (row, 5) != fovea_array_n_rows (array))
        return NULL;
    return g_steal_pointer (&array);
}

static gboolean
add_array (sqlite3_stmt *row, gint64 sequence_id, GPtrArray *arrays, GArray *ids, GError **error)
{
    FoveaArray *array = read_array (row);
    if (array == NULL) {
        g_autofree char *name = fovea_statement_get_text (row, 1);
        g_autofree char *valid = g_utf8_make_valid (name, -1);
        g_autofree char *what = g_strdup_printf ("array '%s' makes no sense or lacks rows", valid);
        return set_damaged (sequence_id, what, error);
    }
    gint64 id = sqlite3_column_int64 (row, 0);
    g_ptr_array_add (arrays, array);
    g_array_append_val (ids, id);
    return TRUE;
}

/* Chunks say how many rows they hold, but only reading one tells whether it does. Together they are
 * no larger than the file, so that nothing is allocated that the file does not back. */
static gboolean
check_total (FoveaDatabase *database, gint64 sequence_id, GPtrArray *arrays, GError **error)
{
    gint64 file_bytes = 0;
    guint64 bytes = 0;
    if (!fovea_database_get_integer (database, 0, &file_bytes, error,
                                     "SELECT page_count * page_size FROM pragma_page_count,"
                                     " pragma_page_size",
                                     ""))
        return FALSE;
    for (guint i = 0; i < arrays->len && bytes <= (guint64) file_bytes; i++)
        bytes += fovea_array_bytes (g_ptr_array_index (arrays, i));
    return bytes <= (guint64) file_bytes ||
           set_damaged (sequence_id, "its arrays are larger than the file", error);
}

GPtrArray *
fovea_sequence_row_read_arrays (FoveaDatabase *database,
                                gint64 sequence_id,
                                GArray **ids,
                                GError **error)
{
    g_autoptr (GPtrArray) arrays =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (gint64));
    g_autoptr (sqlite3_stmt) row =
        fovea_database_query (database, error,
                              "SELECT id, name, dtype, shape, row_axes,"
                              " (SELECT sum (n_rows) FROM chunk WHERE array_id = array.id)"
                              " FROM array WHERE sequence_id = ?1 ORDER BY position",
                              "i", sequence_id);
    if (row == NULL)
        return NULL;
    g_autoptr (GError) step_error = NULL;
    while (fovea_database_step (database, row, &step_error)) {
        if (!add_array (row, sequence_id, arrays, list, error))
            return NULL;
    }
    if (step_error != NULL) {
        g_propagate_error (error, g_steal_pointer (&step_error));
        return NULL;
    }
    if (!check_total (database, sequence_id, arrays, error))
        return NULL;
    *ids = g_steal_pointer (&list);
    return g_steal_pointer (&arrays);
}
