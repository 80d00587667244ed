/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* From host memory to the sink: rows whole and in slices, blocks through the pyramid, maps widened
 * to all keys, column masses as f32. Runs on the capturing thread where device memory is host
 * memory, else on the ring's thread; nothing here touches the device. */
#include <math.h>
#include <string.h>

#include "capture/plan-private.h"
#include "capture/recorder-attend.h"
#include "capture/recorder.h"

/* Moves the wanted heads of @n rows together; @to may not be @from unless heads only move down. */
static void
gather_heads (
    const FoveaPlanItem *item, const float *from, gint64 n, gint64 width, gint64 heads, float *to)
{
    for (gint64 t = 0; t < n; t++)
        for (guint h = 0; h < item->heads->len; h++) {
            gint64 head = g_array_index (item->heads, gint64, h);
            memmove (to + (t * item->heads->len + h) * width, from + (t * heads + head) * width,
                     (gsize) width * sizeof (float));
        }
}

static gboolean
deliver_slice (FoveaRecorder *recorder,
               guint index,
               const FoveaStaged *staged,
               const float *data,
               GError **error)
{
    const FoveaPlanItem *item = g_ptr_array_index (recorder->items, index);
    gint64 length = recorder->row_floats[staged->kind], heads = recorder->heads[staged->kind];
    gint64 from, to;
    fovea_plan_item_span (item, recorder->n_tokens, &from, &to);
    gint64 start = MAX (staged->first, from), end = MIN (staged->first + staged->n, to);
    if (start >= end)
        return TRUE;
    const float *rows = data + (start - staged->first) * length;
    if (item->heads != NULL) {
        /* Behind widened rows, which the next slice may want whole. */
        float *gathered = recorder->staging + (data == recorder->staging ? staged->n * length : 0);
        gather_heads (item, rows, end - start, length / heads, heads, gathered);
        rows = gathered;
    }
    return recorder->sink->write (recorder->sink, index, start - from, end - start, rows, error);
}

static gboolean
deliver_slices (FoveaRecorder *recorder,
                const FoveaStaged *staged,
                const float *data,
                GError **error)
{
    for (guint i = 0; i < recorder->items->len; i++) {
        const FoveaPlanItem *item = g_ptr_array_index (recorder->items, i);
        if (item->point.kind == staged->kind && item->point.layer == staged->layer &&
            (item->heads != NULL || item->sliced) &&
            !deliver_slice (recorder, i, staged, data, error))
            return FALSE;
    }
    return TRUE;
}

/* Whether rows of a point are wanted otherwise than whole. */
static gboolean
has_slices (const FoveaRecorder *recorder, const FoveaStaged *staged)
{
    for (guint i = 0; i < recorder->items->len; i++) {
        const FoveaPlanItem *item = g_ptr_array_index (recorder->items, i);
        if (item->point.kind == staged->kind && item->point.layer == staged->layer &&
            (item->heads != NULL || item->sliced))
            return TRUE;
    }
    return FALSE;
}

static gboolean
deliver_rows (FoveaRecorder *recorder,
              const FoveaStaged *staged,
              gconstpointer values,
              GError **error)
{
    FoveaSink *sink = recorder->sink;
    gint index = fovea_recorder_array_of (recorder, staged->kind, staged->layer);
    gboolean narrow = staged->dtype == FOVEA_F16 || staged->dtype == FOVEA_BF16;
    gboolean whole = index >= 0 && !staged->in_place;
    if (narrow && whole && sink->write_kept != NULL) {
        if (!sink->write_kept (sink, (guint) index, staged->first, staged->n, values, error))
            return FALSE;
        whole = FALSE;
    }
    if (!whole && !has_slices (recorder, staged))
        return TRUE;
    const float *rows = values;
    if (narrow) {
        fovea_dtype_to_f32 (values, staged->dtype,
                            (gsize) (staged->n * recorder->row_floats[staged->kind]),
                            recorder->staging);
        rows = recorder->staging;
    }
    return (!whole || sink->write (sink, (guint) index, staged->first, staged->n, rows, error)) &&
           deliver_slices (recorder, staged, rows, error);
}

/* Blocks on their way from the pyramid to the sink. */
typedef struct {
    FoveaRecorder *recorder;
    guint layer;
} BlockRowTarget;

static gboolean
write_block_row (gpointer data,
                 guint level,
                 gint64 block_row,
                 const float *mean,
                 const float *largest,
                 GError **error)
{
    const BlockRowTarget *target = data;
    FoveaRecorder *recorder = target->recorder;
    const float *values[2] = {mean, largest};
    for (int side = 0; side < 2; side++) {
        gint index = recorder->pyramid[side][target->layer * recorder->n_levels + level];
        if (index < 0)
            continue;
        const FoveaArray *array = g_ptr_array_index (recorder->arrays, (guint) index);
        gint64 n = array->shape[1];
        for (gint64 h = 0; h < array->shape[0]; h++)
            if (!recorder->sink->write (recorder->sink, (guint) index, h * n + block_row, 1,
                                        values[side] + h * n, error))
                return FALSE;
    }
    return TRUE;
}

/* Hands whole rows of blocks to the pyramid; one that the chunk's end cut comes again. */
static gboolean
deliver_blocks (FoveaRecorder *recorder,
                const FoveaStaged *staged,
                const float *blocks,
                GError **error)
{
    gint64 H = recorder->architecture->n_heads, stride = recorder->n_blocks;
    gint64 end = staged->first + staged->n;
    gint64 n_rows = (end - 1) / FOVEA_BLOCK - staged->first / FOVEA_BLOCK + 1;
    gboolean cut = end % FOVEA_BLOCK != 0 && end < recorder->n_tokens;
    const float *largest = blocks + H * n_rows * stride;
    BlockRowTarget target = {recorder, staged->layer};
    for (gint64 r = 0; r < n_rows - cut; r++)
        if (!fovea_pyramid_add_row (recorder->pyramids[staged->layer], blocks + r * stride,
                                    largest + r * stride, n_rows * stride, write_block_row, &target,
                                    error))
            return FALSE;
    return TRUE;
}

/* Rows of a dense map, widened from the keys so far to all of the sequence. */
static gboolean
deliver_map (FoveaRecorder *recorder, const FoveaStaged *staged, const float *map, GError **error)
{
    FoveaSink *sink = recorder->sink;
    gint64 T = recorder->n_tokens, n_keys = staged->n_keys;
    gint64 row = staged->head * T + staged->first;
    float forbidden = staged->kind == FOVEA_POINT_SCORES ? -INFINITY : 0.0f;
    guint index = (guint) fovea_recorder_array_of (recorder, staged->kind, staged->layer);
    float *to = sink->reserve != NULL ? sink->reserve (sink, index, row, staged->n) : NULL;
    gboolean in_place = to != NULL;
    if (!in_place)
        to = recorder->staging;
    for (gint64 i = 0; i < staged->n; i++) {
        memcpy (to + i * T, map + i * n_keys, (gsize) n_keys * sizeof (float));
        for (gint64 j = n_keys; j < T; j++)
            to[i * T + j] = forbidden;
    }
    return in_place || sink->write (sink, index, row, staged->n, to, error);
}

static gboolean
deliver_columns (FoveaRecorder *recorder,
                 const FoveaStaged *staged,
                 const double *mass,
                 GError **error)
{
    gint64 T = recorder->n_tokens;
    gint index = fovea_recorder_array_of (recorder, FOVEA_POINT_COLUMN_MASS, staged->layer);
    for (gint64 h = 0; h < staged->n; h++) {
        for (gint64 t = 0; t < T; t++)
            recorder->staging[t] = (float) mass[h * T + t];
        if (!recorder->sink->write (recorder->sink, (guint) index, staged->head + h, 1,
                                    recorder->staging, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
fovea_recorder_deliver (gpointer data,
                        const FoveaStaged *staged,
                        gconstpointer values,
                        GError **error)
{
    FoveaRecorder *recorder = data;
    switch (staged->what) {
    case FOVEA_STAGED_ROWS:
        return deliver_rows (recorder, staged, values, error);
    case FOVEA_STAGED_BLOCKS:
        return deliver_blocks (recorder, staged, values, error);
    case FOVEA_STAGED_MAP:
        return deliver_map (recorder, staged, values, error);
    case FOVEA_STAGED_COLUMNS:
        return deliver_columns (recorder, staged, values, error);
    }
    g_return_val_if_reached (FALSE);
}
