/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Which axis means what follows from the point: the head axis from its table, tokens and keys from
 * where they stand. Arrays without such an axis (residual streams have no heads) are taken whole
 * along it. A chosen head's axis is dropped from the result. */
#include "capture/exchange-slice.h"

#include <string.h>

#include "capture/point-table.h"

static void
find_axes (FoveaSlice *slice, const FoveaTraceInfo *info)
{
    const FoveaArray *array = slice->array;
    FoveaPoint point;
    slice->head_axis = slice->row_axis = slice->key_axis = -1;
    gboolean known = fovea_point_parse (info->architecture, array->name, &point);
    if (known)
        slice->head_axis = fovea_point_head_axis (point.kind);
    gboolean pyramid =
        known && (point.kind == FOVEA_POINT_PYRAMID_MEAN || point.kind == FOVEA_POINT_PYRAMID_MAX);
    if (array->row_axes == 2 && !pyramid) {
        slice->row_axis = 1;
        slice->key_axis = 2;
    } else if (known && point.kind == FOVEA_POINT_COLUMN_MASS)
        slice->key_axis = 1;
    else if (array->row_axes == 1 && array->shape[0] == info->n_tokens)
        slice->row_axis = 0;
}

static gboolean
check_range (const FoveaArray *array,
             const char *what,
             gint64 length,
             gint64 *from,
             gint64 *to,
             GError **error)
{
    if (*to < 0)
        *to = length;
    if (*from >= 0 && *from < *to && *to <= length)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "%s: %s %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT
                 " are not a range within 0:%" G_GINT64_FORMAT,
                 array->name, what, *from, *to, length);
    return FALSE;
}

/* Ranges of every axis, all of it to begin with. */
static gboolean
choose_ranges (FoveaSlice *slice,
               const FoveaTraceInfo *info,
               const FoveaExportOptions *options,
               GError **error)
{
    const FoveaArray *array = slice->array;
    gint64 (*ranges)[2] = slice->ranges;
    int head_axis = slice->head_axis, row = slice->row_axis, key = slice->key_axis;
    for (guint i = 0; i < array->rank; i++) {
        ranges[i][0] = 0;
        ranges[i][1] = array->shape[i];
    }
    if (row >= 0) {
        ranges[row][0] = options->row0;
        ranges[row][1] = options->row1;
        if (!check_range (array, "rows", array->shape[row], &ranges[row][0], &ranges[row][1],
                          error))
            return FALSE;
    }
    if (key >= 0) {
        ranges[key][0] = options->key0;
        ranges[key][1] = options->key1;
        if (!check_range (array, "keys", array->shape[key], &ranges[key][0], &ranges[key][1],
                          error))
            return FALSE;
    }
    if (head_axis < 0 || options->head < 0)
        return TRUE;
    gint64 n_heads = info->architecture->n_heads, n = array->shape[head_axis];
    if (options->head >= n_heads) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "%s: head %" G_GINT64_FORMAT " is not in 0 .. %" G_GINT64_FORMAT, array->name,
                     options->head, n_heads - 1);
        return FALSE;
    }
    gint64 head = options->head / MAX (n_heads / MAX (n, 1), 1);
    ranges[head_axis][0] = head;
    ranges[head_axis][1] = head + 1;
    return TRUE;
}

/* Splits the ranges into rows of the array and what is taken within a row. */
static void
place_ranges (FoveaSlice *slice)
{
    gint64 (*ranges)[2] = slice->ranges;
    const FoveaArray *array = slice->array;
    guint rows = array->row_axes;
    slice->outer0 = rows == 2 ? ranges[0][0] : 0;
    slice->outer1 = rows == 2 ? ranges[0][1] : 1;
    slice->inner_rows = array->shape[rows - 1];
    slice->row0 = ranges[rows - 1][0];
    slice->row1 = ranges[rows - 1][1];
    slice->before = slice->after = slice->axis = 1;
    slice->axis0 = 0;
    slice->axis1 = 1;
    for (guint i = rows; i < array->rank; i++) {
        gboolean whole = ranges[i][0] == 0 && ranges[i][1] == array->shape[i];
        if (!whole) {
            slice->before *= slice->axis * slice->after;
            slice->after = 1;
            slice->axis = array->shape[i];
            slice->axis0 = ranges[i][0];
            slice->axis1 = ranges[i][1];
        } else
            slice->after *= array->shape[i];
    }
}

gboolean
fovea_slice_init (FoveaSlice *slice,
                  FoveaArray *array,
                  const FoveaTraceInfo *info,
                  const FoveaExportOptions *options,
                  GError **error)
{
    memset (slice, 0, sizeof *slice);
    slice->array = array;
    find_axes (slice, info);
    if (!choose_ranges (slice, info, options, error)) {
        fovea_slice_clear (slice);
        return FALSE;
    }
    place_ranges (slice);
    slice->out = (FoveaTensor){.name = array->name, .dtype = FOVEA_F32, .n_elements = 1};
    for (guint i = 0; i < array->rank; i++) {
        gint64 n = slice->ranges[i][1] - slice->ranges[i][0];
        if ((int) i != slice->head_axis || options->head < 0)
            slice->out.shape[slice->out.rank++] = n;
        slice->out.n_elements *= n;
    }
    slice->out.n_bytes = (gsize) slice->out.n_elements * sizeof (float);
    return TRUE;
}

static gboolean
is_cut (const FoveaSlice *slice, int axis)
{
    return axis >= 0 &&
           (slice->ranges[axis][0] > 0 || slice->ranges[axis][1] < slice->array->shape[axis]);
}

static void
append_range (GString *name, const FoveaSlice *slice, int axis, const char *before)
{
    if (axis >= 0)
        g_string_append_printf (name, "%s%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, before,
                                slice->ranges[axis][0], slice->ranges[axis][1]);
}

FoveaArray *
fovea_slice_describe (const FoveaSlice *slice)
{
    FoveaArray *array = g_memdup2 (slice->array, sizeof *slice->array);
    GString *name = g_string_new (slice->array->name);
    gboolean keys = is_cut (slice, slice->key_axis);
    for (guint i = 0; i < array->rank; i++)
        array->shape[i] = slice->ranges[i][1] - slice->ranges[i][0];
    if (is_cut (slice, slice->head_axis))
        g_string_append_printf (name, "[%" G_GINT64_FORMAT "]", slice->ranges[slice->head_axis][0]);
    if (keys || is_cut (slice, slice->row_axis))
        append_range (g_string_append_c (name, '@'), slice, slice->row_axis, "");
    if (keys)
        append_range (name, slice, slice->key_axis, "x");
    array->name = g_string_free (name, FALSE);
    return array;
}

void
fovea_slice_clear (FoveaSlice *slice)
{
    g_clear_pointer (&slice->array, fovea_array_free);
}

gsize
fovea_slice_gather (const FoveaSlice *slice, const float *rows, gint64 n, float *out)
{
    gint64 block = slice->axis * slice->after;
    gint64 length = (slice->axis1 - slice->axis0) * slice->after;
    gsize written = 0;
    for (gint64 i = 0; i < n * slice->before; i++) {
        memcpy (out + written, rows + i * block + slice->axis0 * slice->after,
                (gsize) length * sizeof *out);
        written += (gsize) length;
    }
    return written;
}
