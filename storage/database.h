/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A connection to a store file with its prepared statements, private to storage/. A connection
 * belongs to one thread at a time. Statements are prepared once, found by their text, always bound,
 * and reset by scope: a statement left on a row would hold a read lock and stall the writer. */
#include <glib.h>
#include <sqlite3.h>

typedef struct {
    sqlite3 *handle;
    char *path;
    GHashTable *statements; /* SQL text -> sqlite3_stmt */
} FoveaDatabase;

enum {
    FOVEA_WRITER_CACHE_BYTES = 16 << 20 /* of pages that a connection for writing holds */
};

typedef enum {
    FOVEA_DATABASE_READ,   /* mapped, nothing can be written */
    FOVEA_DATABASE_WRITE,  /* rollback journal, fully synchronous */
    FOVEA_DATABASE_CREATE, /* as WRITE, and makes the file */
} FoveaDatabaseMode;

/**
 * fovea_database_open:
 *
 * Errors: FOVEA_ERROR_STORE, %G_FILE_ERROR if the system refuses the file.
 * Thread: any.   Owner: caller frees with fovea_database_close(); autoptr.
 */
FoveaDatabase *fovea_database_open (const char *path, FoveaDatabaseMode mode, GError **error);

/**
 * fovea_database_close:
 *
 * NULL is fine. An open transaction is rolled back.
 *
 * Thread: any.   Owner: takes @database.
 */
void fovea_database_close (FoveaDatabase *database);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaDatabase, fovea_database_close)

/**
 * fovea_database_set_error:
 *
 * Turns the connection's last error into one line: locked, damaged, full, or SQLite's own words.
 *
 * Errors: sets one, FOVEA_ERROR_STORE or %G_FILE_ERROR.   Thread: the connection's.
 */
void fovea_database_set_error (FoveaDatabase *database, GError **error);

/**
 * fovea_database_exec:
 * @sql: statements without results
 *
 * Errors: as fovea_database_set_error().   Thread: the connection's.
 */
gboolean fovea_database_exec (FoveaDatabase *database, const char *sql, GError **error);

/**
 * fovea_database_query:
 * @types: one letter a parameter: i gint64, d double (NaN = NULL), s text (NULL = NULL)
 *
 * The cached statement for @sql, bound from the first parameter on; step it with
 * fovea_database_step().
 *
 * Errors: as fovea_database_set_error().
 * Thread: the connection's.
 * Owner: the connection; hold it in a g_autoptr (sqlite3_stmt), which resets it.
 */
sqlite3_stmt *fovea_database_query (
    FoveaDatabase *database, GError **error, const char *sql, const char *types, ...);

/**
 * fovea_database_step:
 *
 * TRUE on a row. FALSE without error at the end.
 *
 * Errors: as fovea_database_set_error().   Thread: the connection's.
 */
gboolean fovea_database_step (FoveaDatabase *database, sqlite3_stmt *statement, GError **error);

/**
 * fovea_database_run:
 *
 * As fovea_database_query() for a statement without results, run at once.
 *
 * Errors: as fovea_database_set_error().   Thread: the connection's.
 */
gboolean fovea_database_run (
    FoveaDatabase *database, GError **error, const char *sql, const char *types, ...);

/**
 * fovea_database_get_integer:
 *
 * First column of the first row of @sql, bound as in fovea_database_query(); @fallback if there is
 * no row. FALSE is an error.
 *
 * Errors: as fovea_database_set_error().   Thread: the connection's.
 */
gboolean fovea_database_get_integer (FoveaDatabase *database,
                                     gint64 fallback,
                                     gint64 *value,
                                     GError **error,
                                     const char *sql,
                                     const char *types,
                                     ...);

/**
 * fovea_database_begin:
 *
 * Starts a transaction that may write; waits for another writer up to the busy timeout.
 *
 * Errors: as fovea_database_set_error().   Thread: the connection's.
 */
gboolean fovea_database_begin (FoveaDatabase *database, GError **error);

/**
 * fovea_database_end:
 * @ok: commit, else roll back
 *
 * TRUE only if committed.
 *
 * Errors: as fovea_database_set_error().   Thread: the connection's.
 */
gboolean fovea_database_end (FoveaDatabase *database, gboolean ok, GError **error);

/**
 * fovea_statement_get_text:
 *
 * A column's text or blob, "" for NULL.   Owner: caller.
 *
 * Thread: the connection's.
 */
char *fovea_statement_get_text (sqlite3_stmt *statement, int column);

/**
 * fovea_statement_reset:
 *
 * NULL is fine.
 *
 * Thread: the connection's.   Owner: the connection keeps it.
 */
void fovea_statement_reset (sqlite3_stmt *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, fovea_statement_reset)
