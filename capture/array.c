/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Shapes of captured arrays. */
#include "capture/array.h"

static gint64
product (const gint64 *shape, guint from, guint to)
{
    gint64 n = 1;
    for (guint i = from; i < to; i++)
        n *= shape[i];
    return n;
}

gint64
fovea_array_n_rows (const FoveaArray *array)
{
    return product (array->shape, 0, array->row_axes);
}

gint64
fovea_array_row_length (const FoveaArray *array)
{
    return product (array->shape, array->row_axes, array->rank);
}

guint64
fovea_array_bytes (const FoveaArray *array)
{
    return (guint64) product (array->shape, 0, array->rank) * fovea_dtype_size (array->dtype);
}

char *
fovea_array_print_shape (const FoveaArray *array)
{
    GString *text = g_string_new ("(");
    for (guint i = 0; i < array->rank; i++)
        g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "", array->shape[i]);
    return g_string_free (g_string_append_c (text, ')'), FALSE);
}

FoveaArray *
fovea_array_copy (const FoveaArray *array)
{
    FoveaArray *copy = g_memdup2 (array, sizeof *array);
    copy->name = g_strdup (array->name);
    return copy;
}

void
fovea_array_free (FoveaArray *array)
{
    if (array == NULL)
        return;
    g_free (array->name);
    g_free (array);
}
