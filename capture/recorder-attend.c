/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What is recorded of a softmax layer: row statistics, column mass, pyramid, dense maps.
 * A row of 64-query blocks may begin in one chunk and end in the next: its sums wait in carry until
 * it is whole, so the pyramid does not depend on where chunks end but for rounding. */
#include "capture/recorder-attend.h"

#include "capture/plan-private.h"
#include "capture/recorder.h"

/* Order of the statistics buffer: that of the points. */
static float *
statistic_buffer (FoveaRecorder *recorder, FoveaPointKind kind)
{
    gint64 one = recorder->max_rows * recorder->architecture->n_heads;
    return recorder->statistics + (kind - FOVEA_POINT_LSE) * one;
}

static float *
statistic_destination (FoveaRecorder *recorder,
                       FoveaPointKind kind,
                       guint layer,
                       const FoveaAttendArgs *args)
{
    if (!fovea_recorder_wants (recorder, kind, layer))
        return NULL;
    return fovea_recorder_destination (recorder, kind, layer, args->first_query, args->rows,
                                       statistic_buffer (recorder, kind));
}

static gint64
block_rows_of (const FoveaAttendArgs *args)
{
    gint64 first = args->first_query / FOVEA_BLOCK;
    return (args->first_query + args->rows - 1) / FOVEA_BLOCK - first + 1;
}

/* Zeroed blocks, the first row holding what the chunk before left. */
static void
prepare_blocks (FoveaRecorder *recorder, guint layer, FoveaAttendArgs *args)
{
    gint64 H = args->heads, n_rows = block_rows_of (args), stride = recorder->n_blocks;
    gsize row = (gsize) stride * sizeof (float), side_bytes = (gsize) (H * n_rows) * row;
    args->block_mass = recorder->blocks;
    args->block_max = recorder->blocks + H * n_rows * stride;
    args->block_stride = stride;
    recorder->ops->zero (recorder->device, recorder->blocks, 2 * side_bytes);
    for (int side = 0; args->first_query % FOVEA_BLOCK != 0 && side < 2; side++)
        recorder->ops->copy_rows (
            recorder->device, side == 0 ? args->block_mass : args->block_max, (gsize) n_rows * row,
            recorder->carry[side] + (gint64) layer * H * stride, row, (gsize) H, row);
}

void
fovea_recorder_prepare_attend (FoveaRecorder *recorder, guint layer, FoveaAttendArgs *args)
{
    if (recorder == NULL)
        return;
    args->lse = statistic_destination (recorder, FOVEA_POINT_LSE, layer, args);
    args->entropy = statistic_destination (recorder, FOVEA_POINT_ROW_ENTROPY, layer, args);
    args->max_weight = statistic_destination (recorder, FOVEA_POINT_ROW_MAX, layer, args);
    args->max_key =
        (gint32 *) statistic_destination (recorder, FOVEA_POINT_ROW_ARGMAX, layer, args);
    args->mean_distance = statistic_destination (recorder, FOVEA_POINT_ROW_DISTANCE, layer, args);
    args->first_mass = statistic_destination (recorder, FOVEA_POINT_ROW_FIRST, layer, args);
    args->local_mass = statistic_destination (recorder, FOVEA_POINT_ROW_LOCAL, layer, args);
    if (fovea_recorder_wants (recorder, FOVEA_POINT_COLUMN_MASS, layer)) {
        args->column_stride = recorder->n_tokens;
        args->column_mass =
            recorder->column_mass + (gint64) layer * args->heads * recorder->n_tokens;
    }
    if (fovea_recorder_wants (recorder, FOVEA_POINT_PYRAMID_MEAN, layer) ||
        fovea_recorder_wants (recorder, FOVEA_POINT_PYRAMID_MAX, layer))
        prepare_blocks (recorder, layer, args);
    if (fovea_recorder_array_of (recorder, FOVEA_POINT_SCORES, layer) >= 0)
        args->scores = recorder->maps[0];
    if (fovea_recorder_array_of (recorder, FOVEA_POINT_PATTERN, layer) >= 0)
        args->pattern = recorder->maps[1];
}

/* Hands whole rows of blocks on and keeps the cut one. */
static gboolean
record_blocks (FoveaRecorder *recorder, guint layer, const FoveaAttendArgs *args, GError **error)
{
    gint64 H = args->heads, n_rows = block_rows_of (args), stride = recorder->n_blocks;
    gint64 end = args->first_query + args->rows;
    gboolean cut = end % FOVEA_BLOCK != 0 && end < recorder->n_tokens;
    gsize row = (gsize) stride * sizeof (float);
    const FoveaStaged staged = {
        .what = FOVEA_STAGED_BLOCKS, .layer = layer, .first = args->first_query, .n = args->rows};
    for (int side = 0; cut && side < 2; side++)
        recorder->ops->copy_rows (
            recorder->device, recorder->carry[side] + (gint64) layer * H * stride, row,
            (side == 0 ? args->block_mass : args->block_max) + (n_rows - 1) * stride,
            (gsize) n_rows * row, (gsize) H, row);
    return fovea_recorder_hand_over (recorder, &staged, recorder->blocks, 2 * H * n_rows * stride,
                                     error);
}

/* A dense map, head by head. */
static gboolean
record_map (FoveaRecorder *recorder,
            FoveaPointKind kind,
            guint layer,
            const float *map,
            const FoveaAttendArgs *args,
            GError **error)
{
    gint64 rows = args->rows, n_keys = args->n_keys;
    FoveaStaged staged = {.what = FOVEA_STAGED_MAP, .kind = kind, .layer = layer, .n_keys = n_keys};
    gint64 piece =
        fovea_recorder_piece (recorder, rows, (gsize) recorder->n_tokens * sizeof (float));
    if (fovea_recorder_array_of (recorder, kind, layer) < 0)
        return TRUE;
    for (staged.head = 0; staged.head < args->heads; staged.head++)
        for (gint64 at = 0; at < rows; at += staged.n) {
            staged.first = args->first_query + at;
            staged.n = MIN (piece, rows - at);
            if (!fovea_recorder_hand_over (recorder, &staged,
                                           map + (staged.head * rows + at) * n_keys,
                                           staged.n * n_keys, error))
                return FALSE;
        }
    return TRUE;
}

/* Column masses of the layer, once all queries are through. */
static gboolean
record_columns (FoveaRecorder *recorder, guint layer, GError **error)
{
    gint64 T = recorder->n_tokens, H = recorder->architecture->n_heads;
    const double *mass = recorder->column_mass + (gint64) layer * H * T;
    FoveaStaged staged = {.what = FOVEA_STAGED_COLUMNS, .layer = layer};
    gint64 piece = fovea_recorder_piece (recorder, H, (gsize) T * sizeof (double));
    if (fovea_recorder_array_of (recorder, FOVEA_POINT_COLUMN_MASS, layer) < 0)
        return TRUE;
    for (; staged.head < H; staged.head += staged.n) {
        staged.n = MIN (piece, H - staged.head);
        if (!fovea_recorder_hand_over (recorder, &staged, mass + staged.head * T, 2 * staged.n * T,
                                       error))
            return FALSE;
    }
    return TRUE;
}

gboolean
fovea_recorder_record_attend (FoveaRecorder *recorder,
                              guint layer,
                              const FoveaAttendArgs *args,
                              GError **error)
{
    if (recorder == NULL)
        return TRUE;
    const float *statistics[FOVEA_N_STATISTIC_POINTS] = {
        args->lse,           args->entropy,    args->max_weight, (const float *) args->max_key,
        args->mean_distance, args->first_mass, args->local_mass,
    };
    for (guint s = 0; s < FOVEA_N_STATISTIC_POINTS; s++)
        if (statistics[s] != NULL &&
            !fovea_recorder_record (recorder, FOVEA_POINT_LSE + s, layer, args->first_query,
                                    args->rows, statistics[s], error))
            return FALSE;
    if (args->block_mass != NULL && !record_blocks (recorder, layer, args, error))
        return FALSE;
    if (args->column_mass != NULL && args->first_query + args->rows == recorder->n_tokens &&
        !record_columns (recorder, layer, error))
        return FALSE;
    return record_map (recorder, FOVEA_POINT_SCORES, layer, args->scores, args, error) &&
           record_map (recorder, FOVEA_POINT_PATTERN, layer, args->pattern, args, error);
}
