/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Shapes are written 512x12x32, which no format has to quote. */
#include "app/command/array-table.h"

#include "capture/point.h"

static char *
format_shape (const FoveaArray *array)
{
    GString *text = g_string_new (NULL);
    for (guint i = 0; i < array->rank; i++)
        g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? "x" : "", array->shape[i]);
    return g_string_free (text, FALSE);
}

FoveaTable *
fovea_array_table_new (const char *name, GPtrArray *arrays, const FoveaArchitecture *described)
{
    FoveaTable *table = fovea_table_new (name);
    fovea_table_add_column (table, "name", FOVEA_COLUMN_TEXT, "", "point or summary");
    fovea_table_add_column (table, "type", FOVEA_COLUMN_TEXT, "", "element type");
    fovea_table_add_column (table, "shape", FOVEA_COLUMN_TEXT, "", "axes, without a batch");
    fovea_table_add_column (table, "bytes", FOVEA_COLUMN_INTEGER, "bytes", "size if kept");
    if (described != NULL)
        fovea_table_add_column (table, "asked", FOVEA_COLUMN_TEXT, "",
                                "what a request says: all, or an optional point's own name");
    gboolean two_texts = described != NULL && described->n_encoder_layers > 0;
    if (two_texts)
        fovea_table_add_column (table, "also", FOVEA_COLUMN_TEXT, "",
                                "TransformerLens's name of an encoder-decoder's point");
    for (guint i = 0; i < arrays->len; i++) {
        const FoveaArray *array = g_ptr_array_index (arrays, i);
        g_autofree char *shape = format_shape (array);
        guint row = fovea_table_add_row (table);
        fovea_table_set_text (table, row, 0, array->name);
        fovea_table_set_text (table, row, 1, fovea_dtype_name (array->dtype));
        fovea_table_set_text (table, row, 2, shape);
        fovea_table_set_integer (table, row, 3,
                                 fovea_array_n_rows (array) * fovea_array_row_length (array) *
                                     (gint64) fovea_dtype_size (array->dtype));
        if (described != NULL)
            fovea_table_set_text (table, row, 4,
                                  fovea_point_is_optional (described, array->name) ? "by name"
                                                                                   : "all");
        g_autofree char *alias = two_texts ? fovea_point_text_alias (described, array->name) : NULL;
        if (alias != NULL)
            fovea_table_set_text (table, row, 5, alias);
    }
    return table;
}
