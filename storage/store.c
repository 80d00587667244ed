/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Opening, creating and migrating store files. Opening reads the header and one row, whatever the
 * size of the file. A store is made under another name and linked into place when complete, so
 * that a file of that name is always a whole store. An older one is read as it is, and migrated in
 * one transaction, in place, by whoever opens it for writing. */
#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fovea-config.h"
#include "kernels/error.h"
#include "storage/schema.h"
#include "storage/store-private.h"

char *
fovea_store_now (void)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
    return g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
}

static gboolean
use_journal (FoveaDatabase *database, GError **error)
{
    return fovea_database_exec (database, "PRAGMA journal_mode = TRUNCATE", error);
}

FoveaDatabase *
fovea_store_connect_writer (const char *path, GError **error)
{
    g_autoptr (FoveaDatabase) database = fovea_database_open (path, FOVEA_DATABASE_WRITE, error);
    if (database == NULL || !use_journal (database, error))
        return NULL;
    return g_steal_pointer (&database);
}

static gboolean
fill_new_file (const char *path, GError **error)
{
    g_autoptr (FoveaDatabase) database = fovea_database_open (path, FOVEA_DATABASE_CREATE, error);
    if (database == NULL || !use_journal (database, error) ||
        !fovea_schema_migrate (database, fovea_schema_latest (), error))
        return FALSE;
    g_autofree char *uuid = g_uuid_string_random ();
    g_autofree char *now = fovea_store_now ();
    return fovea_database_run (database, error,
                               "INSERT INTO store (id, uuid, created, version)"
                               " VALUES (1, ?1, ?2, ?3)",
                               "sss", uuid, now, FOVEA_VERSION);
}

/* link() rather than rename(): a store that appeared meanwhile must not be replaced. */
static gboolean
move_into_place (const char *from, const char *to, GError **error)
{
    if (link (from, to) == 0 || errno == EEXIST)
        return TRUE;
    int code = errno;
    if ((code == EPERM || code == EOPNOTSUPP) && !g_file_test (to, G_FILE_TEST_EXISTS) &&
        rename (from, to) == 0)
        return TRUE;
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                 "cannot create store '%s': %s", to, g_strerror (code));
    return FALSE;
}

/* The draft's name tells nobody anything, and it is gone when the message is read. */
static void
set_draft_error (const char *path, const char *draft, const GError *failure, GError **error)
{
    g_autoptr (GString) message = g_string_new (failure->message);
    g_string_replace (message, draft, path, 0);
    g_set_error (error, failure->domain, failure->code, "cannot create a store: %s", message->str);
}

static gboolean
create_file (const char *path, GError **error)
{
    g_autoptr (GError) failure = NULL;
    g_autofree char *uuid = g_uuid_string_random ();
    g_autofree char *draft = g_strdup_printf ("%s.new-%.8s", path, uuid);
    g_autofree char *draft_journal = g_strconcat (draft, "-journal", NULL);
    gboolean filled = fill_new_file (draft, &failure);
    if (!filled)
        set_draft_error (path, draft, failure, error);
    gboolean ok = filled && move_into_place (draft, path, error);
    g_unlink (draft_journal);
    g_unlink (draft);
    return ok;
}

/* TRUE if there is something that SQLite may look at. */
static gboolean
check_file (const char *path, GError **error)
{
    GStatBuf status;
    if (g_stat (path, &status) != 0) {
        int code = errno;
        g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                     "cannot open store '%s': %s", path, g_strerror (code));
        return FALSE;
    }
    if (!S_ISREG (status.st_mode) || status.st_size == 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE, "'%s' is not a Fovea store: it is %s",
                     path,
                     S_ISDIR (status.st_mode)   ? "a folder"
                     : S_ISREG (status.st_mode) ? "empty"
                                                : "not a file");
        return FALSE;
    }
    return TRUE;
}

static gboolean
read_version (FoveaDatabase *database, const char *path, gint64 *version, GError **error)
{
    gint64 application = 0;
    if (!fovea_database_get_integer (database, 0, &application, error, "PRAGMA application_id",
                                     "") ||
        !fovea_database_get_integer (database, 0, version, error, "PRAGMA user_version", ""))
        return FALSE;
    if (application != FOVEA_STORE_APPLICATION_ID) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE,
                     "'%s' is not a Fovea store: it is an SQLite file of another program", path);
        return FALSE;
    }
    if (*version > fovea_schema_latest ()) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE,
                     "store '%s' has version %" G_GINT64_FORMAT
                     ", made by a newer Fovea; this one reads up to %d",
                     path, *version, fovea_schema_latest ());
        return FALSE;
    }
    if (*version < 1) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE,
                     "store '%s' is damaged: its version is %" G_GINT64_FORMAT, path, *version);
        return FALSE;
    }
    return TRUE;
}

static gboolean
migrate_file (const char *path, GError **error)
{
    g_autoptr (FoveaDatabase) database = fovea_store_connect_writer (path, error);
    return database != NULL && fovea_schema_migrate (database, fovea_schema_latest (), error);
}

/* Tables that a store must have, by the version that they came with. */
static const struct {
    const char *name;
    gint64 since;
} tables[] = {
    {"store", 1},         {"model", 1},        {"run", 1},        {"sequence", 1},
    {"token", 1},         {"array", 1},        {"chunk", 1},      {"result", 2},
    {"result_column", 2}, {"result_cell", 2},  {"head_score", 2}, {"note", 3},
    {"curve_point", 4},   {"dictionary", 6},   {"code_rows", 6},  {"firing", 6},
    {"last_id", 7},       {"measurement", 10}, {"piece", 10},
};

/* In a file made by somebody else a view may stand where a table should, and compute forever. */
static gboolean
check_tables (FoveaDatabase *database, const char *path, gint64 version, GError **error)
{
    gint64 n = 0, expected = 0;
    g_autoptr (GString) sql =
        g_string_new ("SELECT count (*) FROM sqlite_schema WHERE type = 'table' AND name IN (''");
    for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
        if (tables[i].since > version)
            continue;
        g_string_append_printf (sql, ", '%s'", tables[i].name);
        expected++;
    }
    g_string_append_c (sql, ')');
    if (!fovea_database_get_integer (database, 0, &n, error, sql->str, ""))
        return FALSE;
    if (n == expected)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE,
                 "store '%s' is damaged: it has %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                 " tables",
                 path, n, expected);
    return FALSE;
}

gboolean
fovea_store_has_table (FoveaStore *store, const char *name, gboolean *has, GError **error)
{
    gint64 n = 0;
    gboolean ok = fovea_database_get_integer (
        store->database, 0, &n, error,
        "SELECT count (*) FROM sqlite_schema WHERE type = 'table' AND name = ?1", "s", name);
    *has = n > 0;
    return ok;
}

gboolean
fovea_store_get_version (FoveaStore *store, gint64 *version, GError **error)
{
    return fovea_database_get_integer (store->database, 0, version, error, "PRAGMA user_version",
                                       "");
}

static char *
read_uuid (FoveaDatabase *database, const char *path, GError **error)
{
    g_autoptr (sqlite3_stmt) row =
        fovea_database_query (database, error, "SELECT uuid FROM store WHERE id = 1", "");
    if (row == NULL)
        return NULL;
    g_autoptr (GError) step_error = NULL;
    if (fovea_database_step (database, row, &step_error))
        return fovea_statement_get_text (row, 0);
    if (step_error != NULL)
        g_propagate_error (error, g_steal_pointer (&step_error));
    else
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE,
                     "store '%s' is damaged: it has no identity", path);
    return NULL;
}

/* Connects for reading, which changes nothing, until the file is known to be ours. */
static gboolean
connect_store (FoveaStore *store, GError **error)
{
    store->database = fovea_database_open (store->path, FOVEA_DATABASE_READ, error);
    gint64 version = 0;
    if (store->database == NULL || !read_version (store->database, store->path, &version, error))
        return FALSE;
    if (version < fovea_schema_latest () && store->mode != FOVEA_STORE_READ) {
        if (!migrate_file (store->path, error))
            return FALSE;
        version = fovea_schema_latest ();
    }
    if (!check_tables (store->database, store->path, version, error))
        return FALSE;
    if (store->mode == FOVEA_STORE_READ)
        return TRUE;
    g_clear_pointer (&store->database, fovea_database_close);
    store->database = fovea_store_connect_writer (store->path, error);
    return store->database != NULL;
}

FoveaStore *
fovea_store_open (const char *path, FoveaStoreMode mode, GError **error)
{
    g_return_val_if_fail (path != NULL, NULL);
    g_autoptr (FoveaStore) store = g_new0 (FoveaStore, 1);
    store->path = g_canonicalize_filename (path, NULL);
    store->mode = mode;
    if (mode == FOVEA_STORE_CREATE && !g_file_test (path, G_FILE_TEST_EXISTS) &&
        !create_file (store->path, error))
        return NULL;
    if (!check_file (store->path, error) || !connect_store (store, error))
        return NULL;
    store->uuid = read_uuid (store->database, store->path, error);
    if (store->uuid == NULL)
        return NULL;
    store->readers = fovea_readers_new (store->path);
    return g_steal_pointer (&store);
}

void
fovea_store_close (FoveaStore *store)
{
    if (store == NULL)
        return;
    /* TRUNCATE leaves an empty journal behind; a store at rest is one file. Another writer at work
     * keeps its own. */
    if (store->database != NULL && store->mode != FOVEA_STORE_READ) {
        sqlite3_busy_timeout (store->database->handle, 0);
        fovea_database_exec (store->database, "PRAGMA journal_mode = DELETE", NULL);
    }
    g_clear_pointer (&store->database, fovea_database_close);
    g_clear_pointer (&store->readers, fovea_readers_unref);
    g_free (store->path);
    g_free (store->uuid);
    g_free (store);
}

const char *
fovea_store_get_path (FoveaStore *store)
{
    return store->path;
}

const char *
fovea_store_get_uuid (FoveaStore *store)
{
    return store->uuid;
}

gboolean
fovea_store_require_writable (FoveaStore *store, GError **error)
{
    if (store->mode != FOVEA_STORE_READ)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE, "store '%s' is open for reading only",
                 store->path);
    return FALSE;
}
