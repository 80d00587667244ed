/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Columns of one kind each, all as long as the table has rows. Filled by one thread, then read by
 * any; reading never changes it. Cost: a cell is 8 bytes. */
#include "analysis/table.h"

#include <math.h>

typedef union {
    gint64 integer;
    double number;
    char *text;
} Cell;

typedef struct {
    char *name;
    char *unit;
    char *description;
    FoveaColumnKind kind;
    GArray *cells; /* of Cell */
} Column;

struct _FoveaTable {
    gatomicrefcount references;
    char *name;
    GPtrArray *columns;  /* of Column */
    GHashTable *by_name; /* number of the first column of that name, and 1 */
    guint n_rows;
    GTree *notes; /* sorted by key */
};

static int
compare_keys (gconstpointer a, gconstpointer b, gpointer data)
{
    return g_strcmp0 (a, b);
}

static void
free_column (gpointer data)
{
    Column *column = data;
    for (guint i = 0; column->kind == FOVEA_COLUMN_TEXT && i < column->cells->len; i++)
        g_free (g_array_index (column->cells, Cell, i).text);
    g_array_unref (column->cells);
    g_free (column->name);
    g_free (column->unit);
    g_free (column->description);
    g_free (column);
}

FoveaTable *
fovea_table_new (const char *name)
{
    FoveaTable *table = g_new0 (FoveaTable, 1);
    g_atomic_ref_count_init (&table->references);
    table->name = g_strdup (name);
    table->columns = g_ptr_array_new_with_free_func (free_column);
    table->by_name = g_hash_table_new (g_str_hash, g_str_equal);
    table->notes = g_tree_new_full (compare_keys, NULL, g_free, g_free);
    return table;
}

FoveaTable *
fovea_table_ref (FoveaTable *table)
{
    g_atomic_ref_count_inc (&table->references);
    return table;
}

void
fovea_table_unref (FoveaTable *table)
{
    if (!g_atomic_ref_count_dec (&table->references))
        return;
    g_hash_table_unref (table->by_name);
    g_ptr_array_unref (table->columns);
    g_tree_unref (table->notes);
    g_free (table->name);
    g_free (table);
}

static Column *
get_column (FoveaTable *table, guint column)
{
    g_assert (column < table->columns->len);
    return table->columns->pdata[column];
}

/* The cell, which must exist and be of @kind. */
static Cell *
get_cell (FoveaTable *table, guint row, guint column, FoveaColumnKind kind)
{
    Column *at = get_column (table, column);
    g_assert (row < table->n_rows && at->kind == kind);
    return &g_array_index (at->cells, Cell, row);
}

guint
fovea_table_add_column (FoveaTable *table,
                        const char *name,
                        FoveaColumnKind kind,
                        const char *unit,
                        const char *description)
{
    g_assert (table->n_rows == 0);
    Column *column = g_new0 (Column, 1);
    column->name = g_strdup (name);
    column->unit = g_strdup (unit);
    column->description = g_strdup (description);
    column->kind = kind;
    column->cells = g_array_new (FALSE, TRUE, sizeof (Cell));
    g_ptr_array_add (table->columns, column);
    if (!g_hash_table_contains (table->by_name, name))
        g_hash_table_insert (table->by_name, column->name, GUINT_TO_POINTER (table->columns->len));
    return table->columns->len - 1;
}

void
fovea_table_add_columns (FoveaTable *table, const FoveaColumn *columns, guint n)
{
    for (guint i = 0; i < n; i++)
        fovea_table_add_column (table, columns[i].name, columns[i].kind, columns[i].unit,
                                columns[i].description);
}

FoveaTable *
fovea_table_new_with (const char *name, const FoveaColumn *columns, guint n)
{
    FoveaTable *table = fovea_table_new (name);
    fovea_table_add_columns (table, columns, n);
    return table;
}

guint
fovea_table_add_row (FoveaTable *table)
{
    for (guint i = 0; i < table->columns->len; i++) {
        Column *column = table->columns->pdata[i];
        Cell cell = {.integer = 0};
        if (column->kind == FOVEA_COLUMN_NUMBER)
            cell.number = NAN;
        else if (column->kind == FOVEA_COLUMN_TEXT)
            cell.text = g_strdup ("");
        g_array_append_val (column->cells, cell);
    }
    return table->n_rows++;
}

void
fovea_table_set_integer (FoveaTable *table, guint row, guint column, gint64 value)
{
    get_cell (table, row, column, FOVEA_COLUMN_INTEGER)->integer = value;
}

void
fovea_table_set_number (FoveaTable *table, guint row, guint column, double value)
{
    get_cell (table, row, column, FOVEA_COLUMN_NUMBER)->number = value;
}

void
fovea_table_set_text (FoveaTable *table, guint row, guint column, const char *value)
{
    Cell *cell = get_cell (table, row, column, FOVEA_COLUMN_TEXT);
    g_free (cell->text);
    cell->text = g_strdup (value != NULL ? value : "");
}

void
fovea_table_set_note (FoveaTable *table, const char *key, const char *value)
{
    g_tree_replace (table->notes, g_strdup (key), g_strdup (value));
}

const char *
fovea_table_get_note (FoveaTable *table, const char *key)
{
    return g_tree_lookup (table->notes, key);
}

static gboolean
add_key (gpointer key, gpointer value, gpointer data)
{
    g_ptr_array_add (data, g_strdup (key));
    return FALSE;
}

char **
fovea_table_get_note_keys (FoveaTable *table)
{
    GPtrArray *keys = g_ptr_array_new ();
    g_tree_foreach (table->notes, add_key, keys);
    g_ptr_array_add (keys, NULL);
    return (char **) g_ptr_array_free (keys, FALSE);
}

const char *
fovea_table_get_name (FoveaTable *table)
{
    return table->name;
}

guint
fovea_table_get_n_rows (FoveaTable *table)
{
    return table->n_rows;
}

guint
fovea_table_get_n_columns (FoveaTable *table)
{
    return table->columns->len;
}

int
fovea_table_find_column (FoveaTable *table, const char *name)
{
    return GPOINTER_TO_INT (g_hash_table_lookup (table->by_name, name)) - 1;
}

int
fovea_table_find_kind (FoveaTable *table, const char *name, FoveaColumnKind kind)
{
    int column = fovea_table_find_column (table, name);
    if (column < 0)
        return -1;
    FoveaColumnKind is = get_column (table, (guint) column)->kind;
    gboolean reads = is == kind || (is == FOVEA_COLUMN_INTEGER && kind == FOVEA_COLUMN_NUMBER);
    return reads ? column : -1;
}

const char *
fovea_table_get_column (FoveaTable *table,
                        guint column,
                        FoveaColumnKind *kind,
                        const char **unit,
                        const char **description)
{
    Column *at = get_column (table, column);
    if (kind != NULL)
        *kind = at->kind;
    if (unit != NULL)
        *unit = at->unit;
    if (description != NULL)
        *description = at->description;
    return at->name;
}

gint64
fovea_table_get_integer (FoveaTable *table, guint row, guint column)
{
    return get_cell (table, row, column, FOVEA_COLUMN_INTEGER)->integer;
}

double
fovea_table_get_number (FoveaTable *table, guint row, guint column)
{
    if (get_column (table, column)->kind == FOVEA_COLUMN_INTEGER)
        return (double) fovea_table_get_integer (table, row, column);
    return get_cell (table, row, column, FOVEA_COLUMN_NUMBER)->number;
}

const char *
fovea_table_get_text (FoveaTable *table, guint row, guint column)
{
    return get_cell (table, row, column, FOVEA_COLUMN_TEXT)->text;
}

double
fovea_table_read_number (FoveaTable *table, guint row, const char *name)
{
    int column = fovea_table_find_kind (table, name, FOVEA_COLUMN_NUMBER);
    return column >= 0 ? fovea_table_get_number (table, row, (guint) column) : NAN;
}

const char *
fovea_table_read_text (FoveaTable *table, guint row, const char *name)
{
    int column = fovea_table_find_kind (table, name, FOVEA_COLUMN_TEXT);
    return column >= 0 ? fovea_table_get_text (table, row, (guint) column) : "";
}
