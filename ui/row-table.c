/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A row has T cells, and arrow keys of the map or Previous and Next here walk through the rows. A row costs
 * O(T log T) for the ranks of its keys. */
#include "ui/row-table.h"

#include <glib/gi18n.h>

#include "ui/token-text.h"

#define POWER_CHARS 11 /* digits as wide as "1.2 × 10⁻⁵" is */

enum {
    RANK = FOVEA_LINE_WEIGHT + 1,
    MASS,
    DISTANCE
};

static const FoveaLineColumn columns[] = {
    {.title = N_ ("▼ key"), .form = FOVEA_LINE_KEYS},
    {.title = N_ ("token"), .form = FOVEA_LINE_WORDS, .words = fovea_token_text},
    {N_ ("weight"), FOVEA_LINE_SHARES, FOVEA_LINE_WEIGHT, .chars = POWER_CHARS},
    {N_ ("rank"), FOVEA_LINE_COUNTS, RANK},
    {N_ ("mass to this rank"), FOVEA_LINE_SHARES, MASS},
    {N_ ("distance, tokens"), FOVEA_LINE_COUNTS, DISTANCE},
};

/* Larger weights first; equal ones by key, as ranks are counted everywhere. */
static int
compare_lines (gconstpointer a, gconstpointer b)
{
    const FoveaLine *p = *(FoveaLine *const *) a, *q = *(FoveaLine *const *) b;
    double x = p->numbers[FOVEA_LINE_WEIGHT], y = q->numbers[FOVEA_LINE_WEIGHT];
    if (x != y)
        return x > y ? -1 : 1;
    return (p->key > q->key) - (p->key < q->key);
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
    const FoveaLine *p = *(FoveaLine *const *) a, *q = *(FoveaLine *const *) b;
    return (p->key > q->key) - (p->key < q->key);
}

/* What was read last may still be of the row before. */
static gboolean
find_row (gpointer model, const FoveaPlace *selected, FoveaPlace *row)
{
    const FoveaCellData *data = fovea_cell_model_get_data (model);
    *row = *selected;
    return data != NULL && data->place.layer == row->layer && data->place.head == row->head &&
           data->place.query == row->query;
}

static GPtrArray *
make_lines (gpointer model, const FoveaTraceInfo *info, const FoveaPlace *row)
{
    const FoveaCellData *data = fovea_cell_model_get_data (model);
    GPtrArray *lines = g_ptr_array_new_with_free_func (g_object_unref);
    double mass = 0;
    for (gint64 k = data->first_key; k < data->end_key; k++) {
        FoveaLine *line = fovea_line_new (info, row->query, k);
        line->numbers[FOVEA_LINE_WEIGHT] = data->row[k];
        line->numbers[DISTANCE] = (double) (row->query - k);
        g_ptr_array_add (lines, line);
    }
    g_ptr_array_sort (lines, compare_lines);
    for (guint i = 0; i < lines->len; i++) {
        FoveaLine *line = g_ptr_array_index (lines, i);
        line->numbers[RANK] = i + 1;
        line->numbers[MASS] = mass += line->numbers[FOVEA_LINE_WEIGHT];
    }
    g_ptr_array_sort (lines, compare_keys);
    return lines;
}

static char *
describe (gpointer model, const FoveaTraceInfo *info, const FoveaPlace *row, guint n)
{
    g_autofree char *all = fovea_number_text (n);
    g_autofree char *query = fovea_number_text (row->query);
    g_autofree char *token = fovea_token_quote (info, row->query);
    return g_strdup_printf (_ ("Row of ▶ %s %s, head %u.%u: %s keys"), query, token, row->layer,
                            row->head, all);
}

GtkWidget *
fovea_row_table_new (FoveaSelection *selection, FoveaCellModel *cells)
{
    static const FoveaLineKind kind = {.label = N_ ("Weights of the selected query"),
                                       .columns = columns,
                                       .n_columns = G_N_ELEMENTS (columns),
                                       .find_row = find_row,
                                       .make_lines = make_lines,
                                       .describe = describe};
    return fovea_line_table_new (&kind, cells, selection);
}
