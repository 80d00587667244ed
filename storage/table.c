/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Tables of results, cell by cell, so that any SQLite program can read them. For joins a head table
 * also fills head_score, one row a head and score, and a table of curves curve_point. Replacing a
 * table and writing the new one is one transaction. Cost: one insert a cell, about a million a
 * second. */
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "capture/json.h"
#include "fovea-config.h"
#include "storage/curve-row.h"
#include "storage/store-private.h"

static const char *const kind_names[] = {"integer", "number", "text"};

/* Notes as a JSON object with sorted names: equal notes are equal text. */
static char *
notes_to_json (FoveaTable *table)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    g_auto (GStrv) keys = fovea_table_get_note_keys (table);
    json_builder_begin_object (builder);
    for (guint i = 0; keys[i] != NULL; i++) {
        json_builder_set_member_name (builder, keys[i]);
        json_builder_add_string_value (builder, fovea_table_get_note (table, keys[i]));
    }
    json_builder_end_object (builder);
    g_autoptr (JsonNode) root = json_builder_get_root (builder);
    return json_to_string (root, FALSE);
}

/* Notes that are no JSON are none: the file may come from anywhere. */
static void
notes_from_json (FoveaTable *table, const char *json)
{
    g_autoptr (JsonObject) notes = fovea_json_parse_object (json, strlen (json), "notes", 0, NULL);
    JsonObjectIter iter;
    const char *name;
    JsonNode *value;
    if (notes == NULL)
        return;
    json_object_iter_init (&iter, notes);
    while (json_object_iter_next (&iter, &name, &value))
        if (json_node_get_value_type (value) == G_TYPE_STRING)
            fovea_table_set_note (table, name, json_node_get_string (value));
}

/* A new row of result, 0 on failure. A run of 0 is kept as NULL: about the whole store. */
static gint64
insert_result (
    FoveaStore *store, gint64 run_id, FoveaTable *table, const char *notes, GError **error)
{
    g_autofree char *now = fovea_store_now ();
    if (!fovea_database_run (store->database, error,
                             "INSERT INTO result (run_id, name, notes, n_rows, version, created)"
                             " VALUES (nullif (?1, 0), ?2, ?3, ?4, ?5, ?6)",
                             "ississ", run_id, fovea_table_get_name (table), notes,
                             (gint64) fovea_table_get_n_rows (table), FOVEA_VERSION, now))
        return 0;
    return sqlite3_last_insert_rowid (store->database->handle);
}

static gboolean
insert_column (FoveaStore *store, gint64 result, FoveaTable *table, guint column, GError **error)
{
    FoveaColumnKind kind;
    const char *unit, *description;
    const char *name = fovea_table_get_column (table, column, &kind, &unit, &description);
    return fovea_database_run (
        store->database, error,
        "INSERT INTO result_column (result_id, position, name, kind, unit, description)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        "iissss", result, (gint64) column, name, kind_names[kind], unit != NULL ? unit : "",
        description != NULL ? description : "");
}

static gboolean
insert_cell (
    FoveaStore *store, gint64 result, FoveaTable *table, guint row, guint column, GError **error)
{
    static const char sql[] = "INSERT INTO result_cell (result_id, line, position, value)"
                              " VALUES (?1, ?2, ?3, ?4)";
    FoveaColumnKind kind;
    fovea_table_get_column (table, column, &kind, NULL, NULL);
    if (kind == FOVEA_COLUMN_TEXT)
        return fovea_database_run (store->database, error, sql, "iiis", result, (gint64) row,
                                   (gint64) column, fovea_table_get_text (table, row, column));
    if (kind == FOVEA_COLUMN_INTEGER)
        return fovea_database_run (store->database, error, sql, "iiii", result, (gint64) row,
                                   (gint64) column, fovea_table_get_integer (table, row, column));
    return fovea_database_run (store->database, error, sql, "iiid", result, (gint64) row,
                               (gint64) column, fovea_table_get_number (table, row, column));
}

/* One score of every head. @layer and @head are columns. */
static gboolean
insert_scores (FoveaStore *store,
               gint64 result,
               FoveaTable *table,
               guint layer,
               guint head,
               guint column,
               GError **error)
{
    FoveaColumnKind kind;
    const char *unit;
    const char *score = fovea_table_get_column (table, column, &kind, &unit, NULL);
    if (kind != FOVEA_COLUMN_NUMBER || g_str_has_suffix (score, "_se"))
        return TRUE;
    g_autofree char *error_name = g_strconcat (score, "_se", NULL);
    int error_column = fovea_table_find_column (table, error_name);
    for (guint row = 0; row < fovea_table_get_n_rows (table); row++) {
        double deviation = error_column >= 0
                               ? fovea_table_get_number (table, row, (guint) error_column)
                               : (double) NAN;
        if (!fovea_database_run (store->database, error,
                                 "INSERT INTO head_score (result_id, layer, head, score, value,"
                                 " standard_error, unit) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                                 "iiisdds", result, fovea_table_get_integer (table, row, layer),
                                 fovea_table_get_integer (table, row, head), score,
                                 fovea_table_get_number (table, row, column), deviation,
                                 unit != NULL ? unit : ""))
            return FALSE;
    }
    return TRUE;
}

static gboolean
insert_head_scores (FoveaStore *store, gint64 result, FoveaTable *table, GError **error)
{
    int layer = fovea_table_find_column (table, "layer");
    int head = fovea_table_find_column (table, "head");
    if (strcmp (fovea_table_get_name (table), "heads") != 0 || layer < 0 || head < 0)
        return TRUE;
    for (guint column = 0; column < fovea_table_get_n_columns (table); column++)
        if (!insert_scores (store, result, table, (guint) layer, (guint) head, column, error))
            return FALSE;
    return TRUE;
}

static gboolean
insert_table (FoveaStore *store, gint64 run_id, FoveaTable *table, GError **error)
{
    g_autofree char *notes = notes_to_json (table);
    if (!fovea_database_run (store->database, error,
                             "DELETE FROM result WHERE name = ?1 AND run_id IS nullif (?2, 0)"
                             " AND notes = ?3",
                             "sis", fovea_table_get_name (table), run_id, notes))
        return FALSE;
    gint64 result = insert_result (store, run_id, table, notes, error);
    if (result == 0)
        return FALSE;
    guint n_columns = fovea_table_get_n_columns (table);
    for (guint column = 0; column < n_columns; column++)
        if (!insert_column (store, result, table, column, error))
            return FALSE;
    for (guint row = 0; row < fovea_table_get_n_rows (table); row++)
        for (guint column = 0; column < n_columns; column++)
            if (!insert_cell (store, result, table, row, column, error))
                return FALSE;
    return insert_head_scores (store, result, table, error) &&
           fovea_curve_rows_insert (store, result, table, error);
}

gboolean
fovea_store_put_table (FoveaStore *store, gint64 run_id, FoveaTable *table, GError **error)
{
    if (!fovea_store_require_writable (store, error) ||
        !fovea_database_begin (store->database, error))
        return FALSE;
    gboolean ok = insert_table (store, run_id, table, error);
    return fovea_database_end (store->database, ok, error);
}

/* A note by its path. Notes that are no JSON, as a file from anywhere may hold, are no notes. */
#define NOTE_AT(n) "CASE json_valid (notes) WHEN 1 THEN json_extract (notes, ?" #n ") END"

/* Notes are JSON, whose paths quote their keys: a key with a quote in it names nothing. */
static char *
get_note_path (const char *note)
{
    return g_strdup_printf ("$.\"%s\"", note);
}

gboolean
fovea_store_remove_table (FoveaStore *store,
                          const char *name,
                          const char *note,
                          const char *text,
                          const char *also,
                          const char *also_text,
                          GError **error)
{
    g_autofree char *path = get_note_path (note), *also_path = get_note_path (also);
    return fovea_store_require_writable (store, error) &&
           fovea_database_run (
               store->database, error,
               "DELETE FROM result WHERE name = ?1 AND " NOTE_AT (2) " = ?3"
                                                                     " AND " NOTE_AT (4) " IS ?5",
               "sssss", name, path, text, also_path, also_text);
}

gboolean
fovea_store_replace_table (FoveaStore *store,
                           gint64 run_id,
                           FoveaTable *table,
                           const char *note,
                           const char *also,
                           GError **error)
{
    g_autofree char *path = get_note_path (note), *also_path = get_note_path (also);
    if (!fovea_store_require_writable (store, error) ||
        !fovea_database_begin (store->database, error))
        return FALSE;
    gboolean ok =
        fovea_database_run (
            store->database, error,
            "DELETE FROM result WHERE name = ?1"
            " AND (" NOTE_AT (2) " = ?3"
                                 " OR (" NOTE_AT (2) " IS NULL AND run_id IS nullif (?4, 0)))"
                                                     " AND " NOTE_AT (5) " IS ?6",
            "sssiss", fovea_table_get_name (table), path, fovea_table_get_note (table, note),
            run_id, also_path, fovea_table_get_note (table, also)) &&
        insert_table (store, run_id, table, error);
    return fovea_database_end (store->database, ok, error);
}

/* What a row of result says of a table, before its columns and cells are read. */
typedef struct {
    gint64 id, n_rows;
    char *notes;
} Found;

/* The next row of a query for id, notes and n_rows; an id of 0 if there is none. */
static Found
take_result (FoveaStore *store, sqlite3_stmt *row, GError **error)
{
    Found found = {0};
    if (row == NULL || !fovea_database_step (store->database, row, error))
        return found;
    found.id = sqlite3_column_int64 (row, 0);
    found.notes = fovea_statement_get_text (row, 1);
    found.n_rows = sqlite3_column_int64 (row, 2);
    return found;
}

static gboolean
read_columns (FoveaStore *store, gint64 result, FoveaTable *table, GError **error)
{
    g_autoptr (GError) failure = NULL;
    g_autoptr (sqlite3_stmt) row = fovea_database_query (
        store->database, error,
        "SELECT name, kind, unit, description FROM result_column WHERE result_id = ?1"
        " ORDER BY position",
        "i", result);
    while (row != NULL && fovea_database_step (store->database, row, &failure)) {
        g_autofree char *name = fovea_statement_get_text (row, 0);
        g_autofree char *kind = fovea_statement_get_text (row, 1);
        g_autofree char *unit = fovea_statement_get_text (row, 2);
        g_autofree char *description = fovea_statement_get_text (row, 3);
        FoveaColumnKind k = FOVEA_COLUMN_INTEGER;
        while (k < FOVEA_COLUMN_TEXT && strcmp (kind, kind_names[k]) != 0)
            k++;
        fovea_table_add_column (table, name, k, unit, description);
    }
    if (failure == NULL)
        return row != NULL;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
}

static void
set_cell (FoveaTable *table, guint line, guint column, sqlite3_stmt *row)
{
    FoveaColumnKind kind;
    fovea_table_get_column (table, column, &kind, NULL, NULL);
    if (kind == FOVEA_COLUMN_INTEGER) {
        fovea_table_set_integer (table, line, column, sqlite3_column_int64 (row, 2));
    } else if (kind == FOVEA_COLUMN_TEXT) {
        g_autofree char *text = fovea_statement_get_text (row, 2);
        fovea_table_set_text (table, line, column, text);
    } else {
        gboolean is_missing = sqlite3_column_type (row, 2) == SQLITE_NULL;
        fovea_table_set_number (table, line, column,
                                is_missing ? (double) NAN : sqlite3_column_double (row, 2));
    }
}

/* Cells outside the claimed size, as a file from anywhere may hold, are left out. */
static gboolean
read_cells (FoveaStore *store, gint64 result, gint64 n_rows, FoveaTable *table, GError **error)
{
    g_autoptr (GError) failure = NULL;
    g_autoptr (sqlite3_stmt) row =
        fovea_database_query (store->database, error,
                              "SELECT line, position, value FROM result_cell WHERE result_id = ?1"
                              " ORDER BY line, position",
                              "i", result);
    gint64 n_columns = fovea_table_get_n_columns (table);
    while (row != NULL && fovea_database_step (store->database, row, &failure)) {
        gint64 line = sqlite3_column_int64 (row, 0), column = sqlite3_column_int64 (row, 1);
        if (line < 0 || line >= n_rows || line > fovea_table_get_n_rows (table) || column < 0 ||
            column >= n_columns)
            continue;
        if (line == fovea_table_get_n_rows (table))
            fovea_table_add_row (table);
        set_cell (table, (guint) line, (guint) column, row);
    }
    if (failure == NULL)
        return row != NULL;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
}

/* Takes the notes of @found. */
static FoveaTable *
read_table (FoveaStore *store, const char *name, const Found *found, GError **error)
{
    g_autofree char *notes = found->notes;
    if (found->id == 0)
        return NULL;
    g_autoptr (FoveaTable) table = fovea_table_new (name);
    notes_from_json (table, notes);
    if (!read_columns (store, found->id, table, error) ||
        !read_cells (store, found->id, found->n_rows, table, error))
        return NULL;
    return g_steal_pointer (&table);
}

/* A store from before results has none; that is no failure. */
static gboolean
has_results (FoveaStore *store, GError **error)
{
    gboolean has = FALSE;
    return fovea_store_has_table (store, "result", &has, error) && has;
}

FoveaTable *
fovea_store_get_table (FoveaStore *store, gint64 run_id, const char *name, GError **error)
{
    if (!has_results (store, error))
        return NULL;
    g_autoptr (sqlite3_stmt) row = fovea_database_query (
        store->database, error,
        "SELECT id, notes, n_rows FROM result WHERE name = ?1 AND (?2 = 0 OR run_id = ?2)"
        " ORDER BY id DESC LIMIT 1",
        "si", name, run_id);
    const Found found = take_result (store, row, error);
    return read_table (store, name, &found, error);
}

FoveaTable *
fovea_store_find_table (FoveaStore *store,
                        const char *name,
                        const char *note,
                        FoveaNoteMatch match,
                        const char *text,
                        const char *also,
                        const char *also_text,
                        GError **error)
{
    g_autofree char *path = get_note_path (note);
    g_autofree char *also_path = get_note_path (also != NULL ? also : note);
    if (!has_results (store, error))
        return NULL;
    g_autoptr (sqlite3_stmt) row =
        fovea_database_query (store->database, error,
                              "SELECT id, notes, n_rows FROM result WHERE name = ?1"
                              " AND CASE ?4 WHEN 0 THEN " NOTE_AT (
                                  2) " = ?3"
                                     " ELSE instr (' ' || " NOTE_AT (
                                         2) " || ' ', ' ' || ?3 || ' ') > 0 END"
                                            " AND (?7 OR " NOTE_AT (5) " IS ?6)"
                                                                       " ORDER BY id DESC LIMIT 1",
                              "sssissi", name, path, text, (gint64) (match == FOVEA_NOTE_HAS_WORD),
                              also_path, also_text, (gint64) (also == NULL));
    const Found found = take_result (store, row, error);
    return read_table (store, name, &found, error);
}

char **
fovea_store_list_table_notes (FoveaStore *store,
                              const char *name,
                              const char *note,
                              const char *word,
                              const char *also,
                              GError **error)
{
    g_autofree char *path = get_note_path (note), *also_path = get_note_path (also);
    g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GError) failure = NULL;
    if (!has_results (store, error))
        return NULL;
    g_autoptr (sqlite3_stmt) row = fovea_database_query (
        store->database, error,
        "SELECT DISTINCT coalesce (" NOTE_AT (4) ", '') FROM result WHERE name = ?1"
                                                 " AND instr (' ' || " NOTE_AT (
                                                     2) " || ' ', ' ' || ?3 || ' ') > 0",
        "ssss", name, path, word, also_path);
    while (row != NULL && fovea_database_step (store->database, row, &failure))
        g_ptr_array_add (texts, fovea_statement_get_text (row, 0));
    if (failure != NULL)
        g_propagate_error (error, g_steal_pointer (&failure));
    if (row == NULL || failure != NULL || texts->len == 0)
        return NULL;
    g_ptr_array_add (texts, NULL);
    return (char **) g_ptr_array_free (g_steal_pointer (&texts), FALSE);
}
