/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* From host memory to the sink: rows whole and in slices, blocks through the pyramid, maps widened
 * to all keys, column masses as f32. Runs on the capturing thread where device memory is host
 * memory, else on the ring's thread with a team of its own; nothing here touches the device. */
#include <math.h>
#include <string.h>

#include "capture/plan-private.h"
#include "capture/recorder-attend.h"
#include "capture/recorder.h"
#include "kernels/streamed-copy.h"

enum {
    PIECE = 512 << 10 /* bytes that one thread copies at a time */
};

/* Where rows of an array stay, if they come in its own type and the sink says it; else NULL. */
static gpointer
place_of (FoveaRecorder *recorder, guint index, FoveaDtype dtype, gint64 first, gint64 n)
{
    const FoveaArray *array = g_ptr_array_index (recorder->arrays, index);
    gboolean same = array->dtype == dtype || (array->dtype == FOVEA_I32 && dtype == FOVEA_F32);
    return same && recorder->sink->reserve != NULL
               ? recorder->sink->reserve (recorder->sink, index, first, n)
               : NULL;
}

/* Bytes on their way from one place to another. */
typedef struct {
    char *to;
    const char *from;
    gsize bytes;
} Copy;

static void
copy_piece (void *data, gint64 i, int worker)
{
    const Copy *copy = data;
    gsize at = (gsize) i * PIECE;
    (void) worker;
    fovea_streamed_copy (copy->to + at, copy->from + at, MIN (PIECE, copy->bytes - at));
}

static void
copy_rows (FoveaRecorder *recorder, gpointer to, gconstpointer from, gsize bytes)
{
    Copy copy = {to, from, bytes};
    if (recorder->team != NULL && bytes > PIECE)
        fovea_threads_loop (recorder->team, (gint64) ((bytes + PIECE - 1) / PIECE), copy_piece,
                            &copy);
    else
        memcpy (to, from, bytes);
}

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
    gint64 n_elements = staged->n * recorder->row_floats[staged->kind];
    gpointer place =
        whole ? place_of (recorder, (guint) index, staged->dtype, staged->first, staged->n) : NULL;
    if (place != NULL) {
        copy_rows (recorder, place, values, (gsize) n_elements * fovea_dtype_size (staged->dtype));
        whole = FALSE;
    }
    if (!whole && !has_slices (recorder, staged))
        return TRUE;
    const float *rows = values;
    if (narrow) {
        fovea_dtype_to_f32 (values, staged->dtype, (gsize) n_elements, recorder->staging);
        rows = recorder->staging;
    }
    return (!whole || sink->write (sink, (guint) index, staged->first, staged->n, rows, error)) &&
           deliver_slices (recorder, staged, rows, error);
}

/* Blocks on their way from the pyramid to the sink. */
typedef struct {
    FoveaRecorder *recorder;
    guint layer;
    FoveaBlockRows rows;
    gint64 heads; /* of each part */
} Blocks;

static gboolean
write_block_row (gpointer data, const FoveaBlockRow *row, GError **error)
{
    const Blocks *target = data;
    FoveaRecorder *recorder = target->recorder;
    FoveaSink *sink = recorder->sink;
    const float *values[2] = {row->mean, row->largest};
    for (int side = 0; side < 2; side++) {
        gint index = recorder->pyramid[side][target->layer * recorder->n_levels + row->level];
        if (index < 0)
            continue;
        gint64 n =
            ((const FoveaArray *) g_ptr_array_index (recorder->arrays, (guint) index))->shape[1];
        for (gint64 h = 0; h < row->n_heads; h++) {
            gint64 at = (row->first_head + h) * n + row->row;
            gpointer place = place_of (recorder, (guint) index, FOVEA_F32, at, 1);
            if (place != NULL)
                memcpy (place, values[side] + h * n, (gsize) n * sizeof (float));
            else if (!sink->write (sink, (guint) index, at, 1, values[side] + h * n, error))
                return FALSE;
        }
    }
    return TRUE;
}

/* A part of the heads, which cannot fail: its rows have their places. */
static void
add_heads (void *data, gint64 i, int worker)
{
    const Blocks *all = data;
    Blocks part = *all;
    gint64 H = all->rows.n_heads;
    (void) worker;
    part.rows.first_head = i * all->heads;
    part.rows.n_heads = MIN (all->heads, H - part.rows.first_head);
    fovea_pyramid_add_rows (all->recorder->pyramids[all->layer], &part.rows, write_block_row, &part,
                            NULL);
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
    gint64 n_parts = recorder->team != NULL ? MIN (fovea_threads_count (recorder->team), H) : 1;
    Blocks all = {recorder,
                  staged->layer,
                  {.n_heads = H,
                   .n_rows = n_rows - cut,
                   .mass = blocks,
                   .largest = blocks + H * n_rows * stride,
                   .head_stride = n_rows * stride,
                   .row_stride = stride},
                  (H + n_parts - 1) / n_parts};
    if (n_parts == 1 || recorder->sink->reserve == NULL)
        return fovea_pyramid_add_rows (recorder->pyramids[staged->layer], &all.rows,
                                       write_block_row, &all, error);
    fovea_threads_loop (recorder->team, (H + all.heads - 1) / all.heads, add_heads, &all);
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
    float *to = place_of (recorder, index, FOVEA_F32, row, staged->n);
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
