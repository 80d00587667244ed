/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One row a thing. -1 rather than NULL stands for "any", because NULLs are distinct in a UNIQUE
 * constraint and a thing must not collect two notes. A note is a small transaction of its own: it
 * may be written while a capture fills the same store, between two of its sequences. */
#include "storage/note.h"

#include "kernels/error.h"
#include "storage/store-private.h"

void
fovea_note_free (FoveaNote *note)
{
    if (note == NULL)
        return;
    g_free (note->text);
    g_free (note->changed);
    g_free (note);
}

GPtrArray *
fovea_store_list_notes (FoveaStore *store, gint64 sequence_id, GError **error)
{
    g_autoptr (GError) failure = NULL;
    g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_note_free);
    gboolean has_notes = FALSE;
    if (!fovea_store_has_table (store, "note", &has_notes, error))
        return NULL;
    if (!has_notes)
        return g_steal_pointer (&notes);
    g_autoptr (sqlite3_stmt) row = fovea_database_query (
        store->database, error,
        "SELECT layer, head, query, key, text, changed FROM note WHERE sequence_id = ?1"
        " ORDER BY layer, head, query, key",
        "i", sequence_id);
    if (row == NULL)
        return NULL;
    while (fovea_database_step (store->database, row, &failure)) {
        FoveaNote *note = g_new0 (FoveaNote, 1);
        note->object =
            (FoveaNoteObject){sqlite3_column_int64 (row, 0), sqlite3_column_int64 (row, 1),
                              sqlite3_column_int64 (row, 2), sqlite3_column_int64 (row, 3)};
        note->text = fovea_statement_get_text (row, 4);
        note->changed = fovea_statement_get_text (row, 5);
        g_ptr_array_add (notes, note);
    }
    if (failure != NULL) {
        g_propagate_error (error, g_steal_pointer (&failure));
        return NULL;
    }
    return g_steal_pointer (&notes);
}

/* The foreign key would refuse it too, in SQLite's words. */
static gboolean
check_sequence (FoveaStore *store, gint64 sequence_id, GError **error)
{
    gint64 found = 0;
    if (!fovea_database_get_integer (store->database, 0, &found, error,
                                     "SELECT count (*) FROM sequence WHERE id = ?1", "i",
                                     sequence_id))
        return FALSE;
    if (found > 0)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE,
                 "note: store '%s' has no sequence %" G_GINT64_FORMAT, store->path, sequence_id);
    return FALSE;
}

gboolean
fovea_store_put_note (FoveaStore *store,
                      gint64 sequence_id,
                      const FoveaNoteObject *object,
                      const char *text,
                      GError **error)
{
    const FoveaNoteObject *o = object;
    if (!g_utf8_validate (text, -1, NULL)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE, "note: the text is not UTF-8");
        return FALSE;
    }
    if (!fovea_store_require_writable (store, error) || !check_sequence (store, sequence_id, error))
        return FALSE;
    if (*text == '\0')
        return fovea_database_run (store->database, error,
                                   "DELETE FROM note WHERE sequence_id = ?1 AND layer = ?2"
                                   " AND head = ?3 AND query = ?4 AND key = ?5",
                                   "iiiii", sequence_id, o->layer, o->head, o->query, o->key);
    g_autofree char *now = fovea_store_now ();
    return fovea_database_run (
        store->database, error,
        "INSERT INTO note (sequence_id, layer, head, query, key, text, changed)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        " ON CONFLICT (sequence_id, layer, head, query, key)"
        " DO UPDATE SET text = excluded.text, changed = excluded.changed",
        "iiiiiss", sequence_id, o->layer, o->head, o->query, o->key, text, now);
}
