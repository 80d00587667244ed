/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/mask-table.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/line-table.h"
#include "ui/sparse-numbers.h"
#include "ui/token-text.h"

enum {
    KEPT_MASS = FOVEA_LINE_WEIGHT,
    MISSED_MASS,
    N_KEYS,
    WASTED
};

static const FoveaLineColumn columns[] = {
    {.title = N_ ("▶ query"), .form = FOVEA_LINE_QUERIES},
    {.title = N_ ("token"), .form = FOVEA_LINE_QUERY_WORDS, .words = fovea_token_text, .chars = 16},
    {N_ ("keys in the mask"), FOVEA_LINE_COUNTS, N_KEYS},
    {N_ ("kept mass"), FOVEA_LINE_SHARES, KEPT_MASS, .chars = 11},
    {N_ ("missed mass"), FOVEA_LINE_SHARES, MISSED_MASS, .chars = 11},
    {N_ ("wasted work"), FOVEA_LINE_SHARES, WASTED, .chars = 11},
};

/* Numbers come after the mask, which comes after the point. */
static gboolean
find_row (gpointer model, const FoveaPlace *selected, FoveaPlace *row)
{
    *row = *selected;
    return fovea_sparse_model_get_numbers (model) != NULL;
}

static GPtrArray *
make_lines (gpointer model, const FoveaTraceInfo *info, const FoveaPlace *row)
{
    const FoveaSparseNumbers *numbers = fovea_sparse_model_get_numbers (model);
    GPtrArray *lines = g_ptr_array_new_with_free_func (g_object_unref);
    for (gint64 q = 0; q < numbers->n_tokens; q++) {
        const FoveaMaskRow *of = &numbers->rows[q];
        if (isnan (of->recall))
            continue;
        FoveaLine *line = fovea_line_new (info, q, -1);
        gint64 n = of->n_kept + of->n_wasted;
        line->numbers[N_KEYS] = (double) n;
        line->numbers[KEPT_MASS] = of->recall;
        line->numbers[MISSED_MASS] = 1 - of->recall;
        line->numbers[WASTED] = n > 0 ? (double) of->n_wasted / (double) n : 0;
        g_ptr_array_add (lines, line);
    }
    return lines;
}

/* "Mask of StreamingLLM, window 24, head 5.10: 160 queries" */
static char *
describe (gpointer model, const FoveaTraceInfo *info, const FoveaPlace *row, guint n)
{
    gint64 all = fovea_sparse_model_get_numbers (model)->n_tokens;
    g_autofree char *name = fovea_sparse_model_name_mask (model);
    g_autofree char *some = fovea_number_text (n), *whole = fovea_number_text (all);
    if (n < all)
        return g_strdup_printf (_ ("Mask of %s, head %u.%u: %s of %s queries, sampled"), name,
                                row->layer, row->head, some, whole);
    return g_strdup_printf (
        ngettext ("Mask of %s, head %u.%u: %s query", "Mask of %s, head %u.%u: %s queries", n),
        name, row->layer, row->head, some);
}

GtkWidget *
fovea_mask_table_new (FoveaSparseModel *model, FoveaSelection *selection)
{
    static const FoveaLineKind kind = {.label = N_ ("What the mask does to each query"),
                                       .columns = columns,
                                       .n_columns = G_N_ELEMENTS (columns),
                                       .changed = "mask-changed",
                                       .anew = TRUE,
                                       .of_head = TRUE,
                                       .find_row = find_row,
                                       .make_lines = make_lines,
                                       .describe = describe};
    return fovea_line_table_new (&kind, model, selection);
}
