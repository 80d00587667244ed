/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What is recorded of a softmax layer: row statistics, column mass, pyramid, dense maps.
 * A row of 64-query blocks may begin in one chunk and end in the next: its sums wait in carry until
 * it is whole, so the pyramid does not depend on where chunks end but for rounding. */
#include "capture/recorder-attend.h"

#include <math.h>
#include <string.h>

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
    gsize bytes = (gsize) (H * n_rows * stride) * sizeof (float);
    for (int side = 0; side < 2; side++) {
        memset (recorder->host_blocks[side], 0, bytes);
        for (gint64 h = 0; args->first_query % FOVEA_BLOCK != 0 && h < H; h++)
            memcpy (recorder->host_blocks[side] + h * n_rows * stride,
                    recorder->carry[side] + ((gint64) layer * H + h) * stride,
                    (gsize) stride * sizeof (float));
        recorder->ops->write (recorder->device, recorder->blocks[side], recorder->host_blocks[side],
                              bytes);
    }
    args->block_mass = recorder->blocks[0];
    args->block_max = recorder->blocks[1];
    args->block_stride = stride;
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

/* Hands whole rows of blocks to the pyramid and keeps the cut one. */
static gboolean
record_blocks (FoveaRecorder *recorder, guint layer, const FoveaAttendArgs *args, GError **error)
{
    gint64 H = args->heads, n_rows = block_rows_of (args), stride = recorder->n_blocks;
    gint64 end = args->first_query + args->rows;
    gboolean cut = end % FOVEA_BLOCK != 0 && end < recorder->n_tokens;
    BlockRowTarget target = {recorder, layer};
    for (int side = 0; side < 2; side++)
        recorder->ops->read (recorder->device, recorder->host_blocks[side], recorder->blocks[side],
                             (gsize) (H * n_rows * stride) * sizeof (float));
    for (gint64 r = 0; r < n_rows - cut; r++)
        if (!fovea_pyramid_add_row (recorder->pyramids[layer],
                                    recorder->host_blocks[0] + r * stride,
                                    recorder->host_blocks[1] + r * stride, n_rows * stride,
                                    write_block_row, &target, error))
            return FALSE;
    for (int side = 0; cut && side < 2; side++)
        for (gint64 h = 0; h < H; h++)
            memcpy (recorder->carry[side] + ((gint64) layer * H + h) * stride,
                    recorder->host_blocks[side] + (h * n_rows + n_rows - 1) * stride,
                    (gsize) stride * sizeof (float));
    return TRUE;
}

/* Rows of a dense map, widened from the keys so far to all of the sequence. */
static gboolean
record_map (FoveaRecorder *recorder,
            guint index,
            const float *map,
            float forbidden,
            const FoveaAttendArgs *args,
            GError **error)
{
    gint64 T = recorder->n_tokens, rows = args->rows, n_keys = args->n_keys;
    for (gint64 h = 0; h < args->heads; h++) {
        float *to = NULL;
        gint64 row = h * T + args->first_query;
        if (recorder->host && recorder->sink->reserve != NULL)
            to = recorder->sink->reserve (recorder->sink, index, row, rows);
        gboolean in_place = to != NULL;
        if (!in_place)
            to = recorder->staging;
        for (gint64 i = 0; i < rows; i++) {
            recorder->ops->read (recorder->device, to + i * T, map + (h * rows + i) * n_keys,
                                 (gsize) n_keys * sizeof (float));
            for (gint64 j = n_keys; j < T; j++)
                to[i * T + j] = forbidden;
        }
        if (!in_place && !recorder->sink->write (recorder->sink, index, row, rows, to, error))
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
    gint scores = fovea_recorder_array_of (recorder, FOVEA_POINT_SCORES, layer);
    gint pattern = fovea_recorder_array_of (recorder, FOVEA_POINT_PATTERN, layer);
    return (scores < 0 ||
            record_map (recorder, (guint) scores, args->scores, -INFINITY, args, error)) &&
           (pattern < 0 ||
            record_map (recorder, (guint) pattern, args->pattern, 0.0f, args, error));
}

gboolean
fovea_recorder_attend_finish (FoveaRecorder *recorder, GError **error)
{
    gint64 T = recorder->n_tokens, H = recorder->architecture->n_heads;
    g_autofree double *mass = g_new (double, (gsize) T);
    g_autofree float *row = g_new (float, (gsize) T);
    for (guint layer = 0; layer < (guint64) recorder->architecture->n_layers; layer++) {
        gint index = fovea_recorder_array_of (recorder, FOVEA_POINT_COLUMN_MASS, layer);
        for (gint64 h = 0; index >= 0 && h < H; h++) {
            const double *from = recorder->column_mass + ((gint64) layer * H + h) * T;
            recorder->ops->read (recorder->device, mass, from, (gsize) T * sizeof (double));
            for (gint64 t = 0; t < T; t++)
                row[t] = (float) mass[t];
            if (!recorder->sink->write (recorder->sink, (guint) index, h, 1, row, error))
                return FALSE;
        }
    }
    return TRUE;
}
