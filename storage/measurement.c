/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Pieces wait in memory and are committed together every other second. A failure to keep them is no failure of
 * what is measured: the first ends the keeping. Of measurements that were stopped and never gone on with the
 * newest few stay. */
#include "storage/measurement.h"

#include "storage/checksum.h"
#include "storage/code-index.h"
#include "storage/store-private.h"

#define COMMIT_US    (2 * G_TIME_SPAN_SECOND)
#define COMMIT_BYTES (16 * 1024 * 1024)
#define MOST_STOPPED 4 /* measurements of a kind that are kept */

typedef struct {
    gint64 sequence, layer;
    GBytes *bytes;
} Piece;

struct _FoveaMeasurement {
    FoveaStore *store; /* NULL: it is not written */
    gint64 id;         /* 0 until something is kept */
    GArray *waiting;   /* of Piece */
    gsize waiting_bytes;
    gint64 committed; /* us, monotonic */
    char *kind, *options;
};

static void
clear_piece (gpointer data)
{
    g_bytes_unref (((Piece *) data)->bytes);
}

FoveaMeasurement *
fovea_measurement_new (FoveaStore *store, const char *kind, const char *options)
{
    FoveaMeasurement *self = g_new0 (FoveaMeasurement, 1);
    self->store = store->mode != FOVEA_STORE_READ ? store : NULL;
    self->kind = g_strdup (kind);
    self->options = g_strdup (options);
    self->waiting = g_array_new (FALSE, FALSE, sizeof (Piece));
    g_array_set_clear_func (self->waiting, clear_piece);
    self->committed = g_get_monotonic_time ();
    if (self->store != NULL)
        fovea_database_get_integer (store->database, 0, &self->id, NULL,
                                    "SELECT id FROM measurement WHERE kind = ?1 AND options = ?2",
                                    "ss", kind, options);
    return self;
}

/* The row, and no room for more than a few that were stopped. */
static gboolean
begin (FoveaMeasurement *self, GError **error)
{
    FoveaDatabase *database = self->store->database;
    g_autofree char *now = fovea_store_now ();
    return fovea_database_run (database, error,
                               "INSERT OR IGNORE INTO measurement (kind, options, created,"
                               " complete) VALUES (?1, ?2, ?3, 0)",
                               "sss", self->kind, self->options, now) &&
           fovea_database_get_integer (database, 0, &self->id, error,
                                       "SELECT id FROM measurement WHERE kind = ?1"
                                       " AND options = ?2",
                                       "ss", self->kind, self->options) &&
           fovea_database_run (database, error,
                               "DELETE FROM measurement WHERE kind = ?1 AND id <> ?2 AND id NOT IN"
                               " (SELECT id FROM measurement WHERE kind = ?1 ORDER BY id DESC"
                               " LIMIT ?3)",
                               "sii", self->kind, self->id, (gint64) MOST_STOPPED);
}

static gboolean
insert (FoveaMeasurement *self, const Piece *piece, GError **error)
{
    gsize n;
    const void *data = g_bytes_get_data (piece->bytes, &n);
    g_autoptr (sqlite3_stmt) row = fovea_database_query (
        self->store->database, error,
        "INSERT OR REPLACE INTO piece (measurement_id, sequence_id, layer, checksum, data)"
        " VALUES (?1, ?2, ?3, ?4, ?5)",
        "iii", self->id, piece->sequence, piece->layer);
    return row != NULL && fovea_code_insert_blob (self->store->database, row, 4, data, n, error);
}

static void
commit (FoveaMeasurement *self)
{
    if (self->store == NULL || self->waiting->len == 0)
        return;
    FoveaDatabase *database = self->store->database;
    gboolean fine = fovea_database_begin (database, NULL);
    if (fine) {
        fine = begin (self, NULL);
        for (guint i = 0; fine && i < self->waiting->len; i++)
            fine = insert (self, &g_array_index (self->waiting, Piece, i), NULL);
        fine = fovea_database_end (database, fine, NULL) && fine;
    }
    g_array_set_size (self->waiting, 0);
    self->waiting_bytes = 0;
    self->committed = g_get_monotonic_time ();
    if (!fine)
        self->store = NULL;
}

void
fovea_measurement_free (FoveaMeasurement *self)
{
    if (self == NULL)
        return;
    /* Whoever was stopped within two seconds of the last commit keeps that work, too. */
    if (self->id != 0)
        commit (self);
    g_array_unref (self->waiting);
    g_free (self->kind);
    g_free (self->options);
    g_free (self);
}

GBytes *
fovea_measurement_find (FoveaMeasurement *self, gint64 sequence_id, gint64 layer)
{
    if (self->store == NULL || self->id == 0)
        return NULL;
    g_autoptr (sqlite3_stmt) row = fovea_database_query (
        self->store->database, NULL,
        "SELECT checksum, data FROM piece WHERE measurement_id = ?1 AND sequence_id = ?2"
        " AND layer = ?3",
        "iii", self->id, sequence_id, layer);
    if (row == NULL || !fovea_database_step (self->store->database, row, NULL))
        return NULL;
    const void *data = sqlite3_column_blob (row, 1);
    gsize n = (gsize) sqlite3_column_bytes (row, 1);
    return data != NULL && (gint64) fovea_checksum (data, n) == sqlite3_column_int64 (row, 0)
               ? g_bytes_new (data, n)
               : NULL;
}

void
fovea_measurement_keep (FoveaMeasurement *self, gint64 sequence_id, gint64 layer, GBytes *bytes)
{
    if (self->store == NULL)
        return;
    const Piece piece = {sequence_id, layer, g_bytes_ref (bytes)};
    g_array_append_val (self->waiting, piece);
    self->waiting_bytes += g_bytes_get_size (bytes);
    if (self->waiting_bytes >= COMMIT_BYTES ||
        g_get_monotonic_time () - self->committed >= COMMIT_US)
        commit (self);
}

void
fovea_measurement_complete (FoveaMeasurement *self)
{
    if (self->store == NULL || self->id == 0)
        return; /* it was short */
    commit (self);
    if (self->store != NULL)
        fovea_database_run (self->store->database, NULL,
                            "UPDATE measurement SET complete = 1 WHERE id = ?1", "i", self->id);
}

gint64
fovea_measurement_count (FoveaMeasurement *self, gint64 run_id, gint64 sequence_id)
{
    gint64 n = 0;
    if (self->store != NULL && self->id != 0)
        fovea_database_get_integer (self->store->database, 0, &n, NULL,
                                    "SELECT count (*) FROM piece JOIN sequence ON sequence.id ="
                                    " sequence_id WHERE measurement_id = ?1"
                                    " AND (?2 = 0 OR run_id = ?2) AND (?3 = 0 OR sequence_id = ?3)",
                                    "iii", self->id, run_id, sequence_id);
    return n;
}

gboolean
fovea_store_has_measurements (FoveaStore *store, const char *kind)
{
    gint64 n = 0;
    if (store->mode != FOVEA_STORE_READ)
        fovea_database_get_integer (store->database, 0, &n, NULL,
                                    "SELECT count (*) FROM measurement WHERE kind = ?1", "s", kind);
    return n > 0;
}

gboolean
fovea_store_forget_complete (FoveaStore *store, const char *kind, GError **error)
{
    gint64 n = 0;
    return fovea_database_get_integer (store->database, 0, &n, error,
                                       "SELECT count (*) FROM measurement WHERE kind = ?1"
                                       " AND complete",
                                       "s", kind) &&
           (n == 0 || (fovea_database_run (store->database, error,
                                           "DELETE FROM measurement WHERE kind = ?1 AND complete",
                                           "s", kind) &&
                       fovea_database_exec (store->database, "PRAGMA incremental_vacuum", error)));
}
