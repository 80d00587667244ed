/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Connections. Settings and their reasons: rollback journal in TRUNCATE mode, because appended
 * pages are then written once (in WAL twice); synchronous FULL, because a committed sequence must
 * survive a power cut; a small cache that spills, so that the disk works while the rest of a batch
 * is made (readers wait for the end of the batch then, which is why batches are small); mapped
 * reads, three times as fast on random access.
 *
 * The file is only ever opened through SQLite: closing any other descriptor of it would drop the
 * POSIX locks of every connection in this process. */
#include "storage/database.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "kernels/error.h"

#define READ_TIMEOUT_MS  10000
#define WRITE_TIMEOUT_MS 30000

static void
set_system_error (int code, const char *path, GError **error)
{
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "cannot open store '%s': %s",
                 path, g_strerror (code));
}

void
fovea_database_set_error (FoveaDatabase *database, GError **error)
{
    sqlite3 *db = database->handle;
    const char *path = database->path;
    int system_code = sqlite3_system_errno (db);
    switch (sqlite3_errcode (db) & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE,
                     "store '%s' is locked by another program", path);
        break;
    case SQLITE_NOTADB:
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE, "'%s' is not a Fovea store", path);
        break;
    case SQLITE_CORRUPT:
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE, "store '%s' is damaged: %s", path,
                     sqlite3_errmsg (db));
        break;
    case SQLITE_FULL:
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE,
                     "store '%s' cannot grow: disk is full; what was committed stays readable",
                     path);
        break;
    case SQLITE_CANTOPEN:
        set_system_error (system_code != 0 ? system_code : EIO, path, error);
        break;
    default:
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE, "store '%s': %s%s%s", path,
                     sqlite3_errmsg (db), system_code != 0 ? ": " : "",
                     system_code != 0 ? g_strerror (system_code) : "");
    }
}

/* Before the first page is made or read: nothing here touches the file. */
static gboolean
configure (FoveaDatabase *database, FoveaDatabaseMode mode, GError **error)
{
    sqlite3 *db = database->handle;
    sqlite3_busy_timeout (db, mode == FOVEA_DATABASE_READ ? READ_TIMEOUT_MS : WRITE_TIMEOUT_MS);
    sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (!fovea_database_exec (database, "PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON;",
                              error))
        return FALSE;
    if (mode == FOVEA_DATABASE_READ)
        return fovea_database_exec (database,
                                    "PRAGMA query_only = ON; PRAGMA mmap_size = 2147418112;"
                                    "PRAGMA cache_size = -4096;",
                                    error);
    if (mode == FOVEA_DATABASE_CREATE &&
        !fovea_database_exec (database,
                              "PRAGMA page_size = 65536; PRAGMA auto_vacuum = INCREMENTAL;", error))
        return FALSE;
    g_autofree char *pragmas = g_strdup_printf (
        "PRAGMA synchronous = FULL; PRAGMA cache_size = -%d;", FOVEA_WRITER_CACHE_BYTES / 1024);
    return fovea_database_exec (database, pragmas, error);
}

static void
finalize_statement (gpointer statement)
{
    sqlite3_finalize (statement);
}

FoveaDatabase *
fovea_database_open (const char *path, FoveaDatabaseMode mode, GError **error)
{
    /* A read connection opens for writing too, so that it can roll back what a killed writer left;
     * query_only keeps it from changing anything else. */
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    if (mode == FOVEA_DATABASE_CREATE)
        flags |= SQLITE_OPEN_CREATE;
    g_autoptr (FoveaDatabase) database = g_new0 (FoveaDatabase, 1);
    /* An absolute path is never one of SQLite's special names. */
    database->path = g_canonicalize_filename (path, NULL);
    database->statements =
        g_hash_table_new_full (g_str_hash, g_str_equal, NULL, finalize_statement);
    if (sqlite3_open_v2 (database->path, &database->handle, flags, NULL) != SQLITE_OK) {
        fovea_database_set_error (database, error);
        return NULL;
    }
    if (!configure (database, mode, error))
        return NULL;
    if (mode == FOVEA_DATABASE_WRITE && sqlite3_db_readonly (database->handle, "main") == 1) {
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_ACCES, "store '%s' may not be written: %s",
                     path, g_strerror (EACCES));
        return NULL;
    }
    return g_steal_pointer (&database);
}

void
fovea_database_close (FoveaDatabase *database)
{
    if (database == NULL)
        return;
    g_hash_table_unref (database->statements);
    sqlite3_close_v2 (database->handle);
    g_free (database->path);
    g_free (database);
}

gboolean
fovea_database_exec (FoveaDatabase *database, const char *sql, GError **error)
{
    if (sqlite3_exec (database->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
        return TRUE;
    fovea_database_set_error (database, error);
    return FALSE;
}

static sqlite3_stmt *
prepare (FoveaDatabase *database, const char *sql, GError **error)
{
    sqlite3_stmt *statement = g_hash_table_lookup (database->statements, sql);
    if (statement != NULL)
        return statement;
    if (sqlite3_prepare_v3 (database->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement,
                            NULL) != SQLITE_OK) {
        fovea_database_set_error (database, error);
        return NULL;
    }
    g_hash_table_insert (database->statements, (gpointer) sqlite3_sql (statement), statement);
    return statement;
}

static void
bind_all (sqlite3_stmt *statement, const char *types, va_list values)
{
    for (int i = 0; types[i] != '\0'; i++) {
        if (types[i] == 'i')
            sqlite3_bind_int64 (statement, i + 1, va_arg (values, gint64));
        else if (types[i] == 'd')
            sqlite3_bind_double (statement, i + 1, va_arg (values, double));
        else if (types[i] == 's')
            sqlite3_bind_text (statement, i + 1, va_arg (values, const char *), -1,
                               SQLITE_TRANSIENT);
        else
            g_assert_not_reached ();
    }
}

static sqlite3_stmt *
query_va (
    FoveaDatabase *database, GError **error, const char *sql, const char *types, va_list values)
{
    sqlite3_stmt *statement = prepare (database, sql, error);
    if (statement != NULL)
        bind_all (statement, types, values);
    return statement;
}

sqlite3_stmt *
fovea_database_query (
    FoveaDatabase *database, GError **error, const char *sql, const char *types, ...)
{
    va_list values;
    va_start (values, types);
    sqlite3_stmt *statement = query_va (database, error, sql, types, values);
    va_end (values);
    return statement;
}

gboolean
fovea_database_step (FoveaDatabase *database, sqlite3_stmt *statement, GError **error)
{
    int code = sqlite3_step (statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        fovea_database_set_error (database, error);
    return code == SQLITE_ROW;
}

gboolean
fovea_database_run (
    FoveaDatabase *database, GError **error, const char *sql, const char *types, ...)
{
    va_list values;
    va_start (values, types);
    g_autoptr (sqlite3_stmt) statement = query_va (database, error, sql, types, values);
    va_end (values);
    if (statement == NULL)
        return FALSE;
    if (sqlite3_step (statement) == SQLITE_DONE)
        return TRUE;
    fovea_database_set_error (database, error);
    return FALSE;
}

gboolean
fovea_database_get_integer (FoveaDatabase *database,
                            gint64 fallback,
                            gint64 *value,
                            GError **error,
                            const char *sql,
                            const char *types,
                            ...)
{
    va_list values;
    va_start (values, types);
    g_autoptr (sqlite3_stmt) statement = query_va (database, error, sql, types, values);
    va_end (values);
    if (statement == NULL)
        return FALSE;
    int code = sqlite3_step (statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        fovea_database_set_error (database, error);
        return FALSE;
    }
    *value = code == SQLITE_ROW ? sqlite3_column_int64 (statement, 0) : fallback;
    return TRUE;
}

gboolean
fovea_database_begin (FoveaDatabase *database, GError **error)
{
    return fovea_database_run (database, error, "BEGIN IMMEDIATE", "");
}

gboolean
fovea_database_end (FoveaDatabase *database, gboolean ok, GError **error)
{
    if (ok && fovea_database_run (database, error, "COMMIT", ""))
        return TRUE;
    /* A full disk may have rolled back already: the error of a second time says nothing. */
    if (!sqlite3_get_autocommit (database->handle))
        fovea_database_run (database, NULL, "ROLLBACK", "");
    return FALSE;
}

char *
fovea_statement_get_text (sqlite3_stmt *statement, int column)
{
    const void *bytes = sqlite3_column_blob (statement, column);
    int n_bytes = sqlite3_column_bytes (statement, column);
    return bytes != NULL ? g_strndup (bytes, (gsize) n_bytes) : g_strdup ("");
}

void
fovea_statement_reset (sqlite3_stmt *statement)
{
    if (statement == NULL)
        return;
    sqlite3_reset (statement);
    sqlite3_clear_bindings (statement);
}
