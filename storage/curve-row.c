/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A point is one insert of 21 values, about a fifth of what its cells cost. Numbers that a table
 * does not have are NULL, so that tables of older and newer versions both fit. */
#include "storage/curve-row.h"

#include <math.h>
#include <string.h>

static const char *const numbers[] = {
    "value",     "density",       "block_density", "recall",       "recall_from",
    "recall_to", "late_recall",   "low_recall",    "least_recall", "value_recall",
    "error",     "oracle_recall", "n_sequences",
};

enum {
    N_NUMBERS = G_N_ELEMENTS (numbers),
    N_SEQUENCES = N_NUMBERS - 1,
};

/* Where a table keeps what a point needs; -1 = nowhere. */
typedef struct {
    int layer, head, method, series, knob, first_tokens;
    int numbers[N_NUMBERS];
} Columns;

static gboolean
find_columns (FoveaTable *table, Columns *columns)
{
    columns->layer = fovea_table_find_kind (table, "layer", FOVEA_COLUMN_INTEGER);
    columns->head = fovea_table_find_kind (table, "head", FOVEA_COLUMN_INTEGER);
    columns->method = fovea_table_find_kind (table, "method", FOVEA_COLUMN_TEXT);
    columns->series = fovea_table_find_kind (table, "series", FOVEA_COLUMN_TEXT);
    columns->knob = fovea_table_find_kind (table, "knob", FOVEA_COLUMN_TEXT);
    columns->first_tokens = fovea_table_find_kind (table, "first_tokens", FOVEA_COLUMN_INTEGER);
    for (gsize i = 0; i < N_NUMBERS; i++)
        columns->numbers[i] = fovea_table_find_kind (table, numbers[i], FOVEA_COLUMN_NUMBER);
    return columns->layer >= 0 && columns->head >= 0 && columns->method >= 0 &&
           columns->series >= 0 && columns->knob >= 0;
}

static gboolean
insert_point (FoveaStore *store,
              gint64 result,
              FoveaTable *table,
              guint row,
              const Columns *c,
              GError **error)
{
    double v[N_NUMBERS];
    for (gsize i = 0; i < N_NUMBERS; i++)
        v[i] = c->numbers[i] >= 0 ? fovea_table_get_number (table, row, (guint) c->numbers[i])
                                  : (double) NAN;
    gint64 first_tokens =
        c->first_tokens >= 0 ? fovea_table_get_integer (table, row, (guint) c->first_tokens) : 0;
    gint64 n_sequences = isnan (v[N_SEQUENCES]) ? 0 : (gint64) v[N_SEQUENCES];
    return fovea_database_run (
        store->database, error,
        "INSERT INTO curve_point (result_id, line, layer, head, method, series, knob, value,"
        " density, block_density, recall, recall_from, recall_to, late_recall, low_recall,"
        " least_recall, value_recall, error, oracle_recall, n_sequences, first_tokens)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,"
        " ?19, ?20, ?21)",
        "iiiisssddddddddddddii", result, (gint64) row,
        fovea_table_get_integer (table, row, (guint) c->layer),
        fovea_table_get_integer (table, row, (guint) c->head),
        fovea_table_get_text (table, row, (guint) c->method),
        fovea_table_get_text (table, row, (guint) c->series),
        fovea_table_get_text (table, row, (guint) c->knob), v[0], v[1], v[2], v[3], v[4], v[5],
        v[6], v[7], v[8], v[9], v[10], v[11], n_sequences, MAX (first_tokens, 0));
}

gboolean
fovea_curve_rows_insert (FoveaStore *store, gint64 result, FoveaTable *table, GError **error)
{
    Columns columns;
    if (strcmp (fovea_table_get_name (table), "recall") != 0 || !find_columns (table, &columns))
        return TRUE;
    for (guint row = 0; row < fovea_table_get_n_rows (table); row++)
        if (!insert_point (store, result, table, row, &columns, error))
            return FALSE;
    return TRUE;
}
