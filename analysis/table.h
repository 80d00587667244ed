/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What an analysis found: named columns with units and provenance. Immutable once filled; every
 * figure, export and stored result is made from one. */
#include <gio/gio.h>

#include "kernels/error.h"

typedef struct _FoveaTable FoveaTable;

typedef enum {
    FOVEA_COLUMN_INTEGER,
    FOVEA_COLUMN_NUMBER, /* double; NaN = not available */
    FOVEA_COLUMN_TEXT,
} FoveaColumnKind;

typedef enum {
    FOVEA_FORMAT_TEXT, /* aligned columns for people */
    FOVEA_FORMAT_TSV,
    FOVEA_FORMAT_JSON,
    FOVEA_FORMAT_CSV,
} FoveaTableFormat;

/* A column to be, as fovea_table_add_column() takes it. */
typedef struct {
    const char *name;
    FoveaColumnKind kind;
    const char *unit, *description;
} FoveaColumn;

/**
 * fovea_table_new:
 * @name: what it is, "heads"
 *
 * Without columns or rows.
 *
 * Thread: any.   Owner: caller, fovea_table_unref(); autoptr.
 */
FoveaTable *fovea_table_new (const char *name);

/**
 * fovea_table_new_with:
 * @columns: (array length=n): copied; more may follow them
 *
 * Without rows. Column i is @columns[i], so an enum of places can index the list.
 *
 * Thread: any.   Owner: caller, fovea_table_unref(); autoptr.
 */
FoveaTable *fovea_table_new_with (const char *name, const FoveaColumn *columns, guint n);

/**
 * fovea_table_ref:
 *
 * Thread: any.
 */
FoveaTable *fovea_table_ref (FoveaTable *table);

/**
 * fovea_table_unref:
 *
 * Thread: any.
 */
void fovea_table_unref (FoveaTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaTable, fovea_table_unref)

/**
 * fovea_table_add_column:
 * @name: lower-case with underscores, "induction"
 * @unit: "nats", "tokens", "share", "" ...
 * @description: one line, for headings and help
 *
 * Columns come before rows. Gives the column's index.
 *
 * Thread: the one that fills.
 */
guint fovea_table_add_column (FoveaTable *table,
                              const char *name,
                              FoveaColumnKind kind,
                              const char *unit,
                              const char *description);

/**
 * fovea_table_add_columns:
 * @columns: (array length=n): copied
 *
 * All of them, in this order.
 *
 * Thread: the one that fills.
 */
void fovea_table_add_columns (FoveaTable *table, const FoveaColumn *columns, guint n);

/**
 * fovea_table_add_row:
 *
 * Appends an empty row (0, NaN, "") and gives its index.
 *
 * Thread: the one that fills.
 */
guint fovea_table_add_row (FoveaTable *table);

/**
 * fovea_table_set_integer:
 * @row: of fovea_table_add_row()
 * @column: one of integers
 *
 * Replaces what the cell held.
 *
 * Thread: the one that fills.
 */
void fovea_table_set_integer (FoveaTable *table, guint row, guint column, gint64 value);

/**
 * fovea_table_set_number:
 * @row: of fovea_table_add_row()
 * @column: one of numbers; NaN = not available
 *
 * Replaces what the cell held.
 *
 * Thread: the one that fills.
 */
void fovea_table_set_number (FoveaTable *table, guint row, guint column, double value);

/**
 * fovea_table_set_text:
 * @row: of fovea_table_add_row()
 * @column: one of text
 * @value: copied
 *
 * Replaces what the cell held.
 *
 * Thread: the one that fills.
 */
void fovea_table_set_text (FoveaTable *table, guint row, guint column, const char *value);

/**
 * fovea_table_set_note:
 * @key: "seed", "n_sequences", "model_hash" ...
 *
 * Provenance; printed in JSON and as comment lines.
 *
 * Thread: the one that fills.
 */
void fovea_table_set_note (FoveaTable *table, const char *key, const char *value);

/**
 * fovea_table_get_note:
 *
 * Thread: any.   Owner: the table; NULL if unset.
 */
const char *fovea_table_get_note (FoveaTable *table, const char *key);

/**
 * fovea_table_get_note_keys:
 *
 * Thread: any.   Owner: caller, g_strfreev(); sorted.
 */
char **fovea_table_get_note_keys (FoveaTable *table);

/**
 * fovea_table_get_name:
 *
 * Thread: any.   Owner: the table.
 */
const char *fovea_table_get_name (FoveaTable *table);

/**
 * fovea_table_get_n_rows:
 *
 * Thread: any.
 */
guint fovea_table_get_n_rows (FoveaTable *table);

/**
 * fovea_table_get_n_columns:
 *
 * Thread: any.
 */
guint fovea_table_get_n_columns (FoveaTable *table);

/**
 * fovea_table_find_column:
 *
 * Index of the column called @name, or -1.
 *
 * Thread: any.
 */
int fovea_table_find_column (FoveaTable *table, const char *name);

/**
 * fovea_table_find_kind:
 * @kind: what the caller will read; a column of whole numbers is one of numbers too
 *
 * As fovea_table_find_column(), but -1 also for a column of another kind: for tables from a file,
 * and for names that a user types.
 *
 * Thread: any.
 */
int fovea_table_find_kind (FoveaTable *table, const char *name, FoveaColumnKind kind);

/**
 * fovea_table_get_column:
 * @kind: (out) (optional):
 * @unit: (out) (optional) (transfer none):
 * @description: (out) (optional) (transfer none):
 *
 * Name of a column.
 *
 * Thread: any.   Owner: the table.
 */
const char *fovea_table_get_column (FoveaTable *table,
                                    guint column,
                                    FoveaColumnKind *kind,
                                    const char **unit,
                                    const char **description);

/**
 * fovea_table_get_integer:
 *
 * Thread: any.
 */
gint64 fovea_table_get_integer (FoveaTable *table, guint row, guint column);

/**
 * fovea_table_get_number:
 *
 * A number column's value, or an integer column's as double.
 *
 * Thread: any.
 */
double fovea_table_get_number (FoveaTable *table, guint row, guint column);

/**
 * fovea_table_get_text:
 *
 * Thread: any.   Owner: the table.
 */
const char *fovea_table_get_text (FoveaTable *table, guint row, guint column);

/**
 * fovea_table_read_number:
 * @name: of a column
 *
 * As fovea_table_get_number(), by name; NaN where there is no such column, or it holds words.
 *
 * Thread: any.
 */
double fovea_table_read_number (FoveaTable *table, guint row, const char *name);

/**
 * fovea_table_read_text:
 * @name: of a column
 *
 * As fovea_table_get_text(), by name; "" where there is no such column, or it holds numbers.
 *
 * Thread: any.   Owner: the table.
 */
const char *fovea_table_read_text (FoveaTable *table, guint row, const char *name);

/**
 * fovea_table_print:
 *
 * The whole table in a format; numbers in TSV, CSV and JSON with 9 significant digits, locale-free;
 * NaN is "" or null.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_table_print (FoveaTable *table, FoveaTableFormat format);
