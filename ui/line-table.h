/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Cells of a map as a table: what one query looks at, a line for each key; or a line for each query, or for each
 * weight that counts; with what is told of it in words and numbers. A whole map has T^2 cells, which no table
 * shows. */
#include "ui/selection.h"

#include <gtk/gtk.h>

#define FOVEA_TYPE_LINE (fovea_line_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLine, fovea_line, FOVEA, LINE, GObject)
#define FOVEA_TYPE_LINE_TABLE (fovea_line_table_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLineTable, fovea_line_table, FOVEA, LINE_TABLE, GtkBox)

enum {
    FOVEA_LINE_WEIGHT, /* of each line; the others are the table's own */
    FOVEA_LINE_N_NUMBERS = 4
};

/* A cell, and the numbers that its columns show. */
struct _FoveaLine {
    GObject parent_instance;
    const FoveaTraceInfo *info; /* of the open sequence; lines go before it does */
    gint64 query, key;          /* key -1 = the line is of its query as a whole */
    double numbers[FOVEA_LINE_N_NUMBERS];
};

typedef enum {
    FOVEA_LINE_SHARES, /* of 1 */
    FOVEA_LINE_COUNTS,
    FOVEA_LINE_QUERIES,     /* sorts by query; words, if there are any, else the query itself */
    FOVEA_LINE_KEYS,        /* the same of keys */
    FOVEA_LINE_QUERY_WORDS, /* which do not sort */
    FOVEA_LINE_WORDS        /* of keys */
} FoveaLineForm;

typedef struct {
    const char *title; /* marked for translation */
    FoveaLineForm form;
    guint number;                                              /* of shares and counts */
    char *(*words) (const FoveaTraceInfo *info, gint64 token); /* of the others */
    guint chars; /* digits that it has room for, 0 = the usual */
} FoveaLineColumn;

/* What the lines are of. @model is a GObject with a signal that tells of changes, see fovea_line_table_new(). */
typedef struct {
    const char *label; /* accessible name, marked for translation */
    const FoveaLineColumn *columns;
    guint n_columns;
    const char *changed; /* the signal's name, NULL = "changed" */
    gboolean anew;       /* it tells of other lines also of the row that is shown */
    gboolean of_head;    /* lines of all queries: another one has the same */

    /* The row that is known and the selected key in it, or the cell in the head's lines; FALSE = none is. */
    gboolean (*find_row) (gpointer model, const FoveaPlace *selected, FoveaPlace *row);

    /* Their numbers, in the order of keys.   Owner: caller. */
    GPtrArray *(*make_lines) (gpointer model, const FoveaTraceInfo *info, const FoveaPlace *row);

    /* What stands above @n lines.   Owner: caller. */
    char *(*describe) (gpointer model, const FoveaTraceInfo *info, const FoveaPlace *row, guint n);
} FoveaLineKind;

/**
 * fovea_line_new:
 *
 * Its numbers are 0.   Thread: main.   Owner: caller.
 */
FoveaLine *fovea_line_new (const FoveaTraceInfo *info, gint64 query, gint64 key);

/**
 * fovea_line_table_new:
 * @kind: static
 * @model: kept
 *
 * Filled while it is mapped; choosing a line selects its cell, the pointer over it hovers that.   Thread: main.   Owner: caller (floating).
 */
GtkWidget *
fovea_line_table_new (const FoveaLineKind *kind, gpointer model, FoveaSelection *selection);

/**
 * fovea_line_table_get_rows:
 *
 * As sorted.   Thread: main.   Owner: the table.
 */
GListModel *fovea_line_table_get_rows (FoveaLineTable *self);

/**
 * fovea_line_table_focus:
 *
 * FALSE as long as there are no lines.   Thread: main.
 */
gboolean fovea_line_table_focus (FoveaLineTable *self);
