/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/patch-table.h"

#include <glib/gi18n.h>

#include "ui/token-text.h"

#define ROLLOUT (FOVEA_LINE_WEIGHT + 1)

static const FoveaLineColumn columns[] = {
    {.title = N_ ("▼ key"),
     .form = FOVEA_LINE_KEYS,
     .words = fovea_picture_name_position,
     .chars = 16},
    {N_ ("weight"), FOVEA_LINE_SHARES, FOVEA_LINE_WEIGHT, .chars = 11},
    {N_ ("rollout"), FOVEA_LINE_SHARES, ROLLOUT, .chars = 11},
};

/* What is read is of every head. */
static gboolean
find_row (gpointer model, const FoveaPlace *selected, FoveaPlace *row)
{
    const FoveaPictureData *data = fovea_picture_model_get_data (model);
    if (data == NULL || selected->layer >= data->n_layers || selected->head >= data->n_heads)
        return FALSE;
    *row = *selected;
    row->query = data->query;
    return TRUE;
}

static GPtrArray *
make_lines (gpointer model, const FoveaTraceInfo *info, const FoveaPlace *row)
{
    const FoveaPictureData *data = fovea_picture_model_get_data (model);
    const float *weights = fovea_picture_data_get_head (data, row->layer, row->head);
    GPtrArray *lines = g_ptr_array_new_with_free_func (g_object_unref);
    for (gint64 k = 0; k < data->n_tokens; k++) {
        FoveaLine *line = fovea_line_new (info, row->query, k);
        line->numbers[FOVEA_LINE_WEIGHT] = (double) weights[k];
        line->numbers[ROLLOUT] = (double) data->rollout[k];
        g_ptr_array_add (lines, line);
    }
    return lines;
}

static char *
describe (gpointer model, const FoveaTraceInfo *info, const FoveaPlace *row, guint n)
{
    g_autofree char *all = fovea_number_text (n);
    g_autofree char *from = fovea_picture_name_position (info, row->query);
    return g_strdup_printf (_ ("What %s looks at, head %u.%u: %s positions"), from, row->layer,
                            row->head, all);
}

GtkWidget *
fovea_patch_table_new (FoveaPictureModel *model, FoveaSelection *selection)
{
    static const FoveaLineKind kind = {.label = N_ ("Weights of the selected position"),
                                       .columns = columns,
                                       .n_columns = G_N_ELEMENTS (columns),
                                       .anew = TRUE,
                                       .find_row = find_row,
                                       .make_lines = make_lines,
                                       .describe = describe};
    return fovea_line_table_new (&kind, model, selection);
}
