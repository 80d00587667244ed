/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* From the forward pass to a sink.
 * Invariant: recording reads values and never changes them; where the sink offers its memory the
 * pass computes into it, and a point costs nothing but the pages it fills. On a device with its own
 * memory values leave through a ring (staging.h), in their kept type and beside the operations that
 * follow. Nothing is allocated after fovea_recorder_new(). */
#include "capture/recorder.h"

#include <string.h>

#include "capture/plan-private.h"
#include "capture/recorder-attend.h"
#include "capture/recorder-heads.h"
#include "capture/recorder-void.h"

static gboolean
is_summary (FoveaPointKind kind)
{
    return kind >= FOVEA_POINT_LSE && kind <= FOVEA_POINT_PYRAMID_MAX;
}

static gboolean
is_map (FoveaPointKind kind)
{
    return kind == FOVEA_POINT_SCORES || kind == FOVEA_POINT_PATTERN;
}

/* Points that are made a few rows at a time (recorder-heads.c). */
static gboolean
is_per_head (FoveaPointKind kind)
{
    return (kind >= FOVEA_POINT_ATTN_IN && kind <= FOVEA_POINT_V_INPUT) ||
           kind == FOVEA_POINT_RESULT;
}

/* Longest row a token has in any kept array, of those with @per_head or of the others. */
static gint64
longest_row (const FoveaArchitecture *architecture, GPtrArray *items, gboolean per_head)
{
    gint64 longest = per_head ? 0 : 1;
    for (guint i = 0; i < items->len; i++) {
        const FoveaPlanItem *item = g_ptr_array_index (items, i);
        if (is_map (item->point.kind) || is_summary (item->point.kind) ||
            is_per_head (item->point.kind) != per_head)
            continue;
        g_autoptr (FoveaArray) array = fovea_point_describe (architecture, item->point, 1);
        longest = MAX (longest, fovea_array_row_length (array));
    }
    return longest;
}

static gboolean
any_item (GPtrArray *items, FoveaPointKind from, FoveaPointKind to)
{
    for (guint i = 0; i < items->len; i++) {
        const FoveaPlanItem *item = g_ptr_array_index (items, i);
        if (item->point.kind >= from && item->point.kind <= to)
            return TRUE;
    }
    return FALSE;
}

static gboolean
any_slice (GPtrArray *items)
{
    for (guint i = 0; i < items->len; i++) {
        const FoveaPlanItem *item = g_ptr_array_index (items, i);
        if (item->heads != NULL)
            return TRUE;
    }
    return FALSE;
}

static FoveaRecorderSizes
measure (const FoveaArchitecture *architecture,
         GPtrArray *items,
         gint64 n_tokens,
         gint64 max_rows,
         gboolean host)
{
    FoveaRecorderSizes sizes = {0};
    gsize L = (gsize) architecture->n_layers, H = (gsize) architecture->n_heads;
    gsize T = (gsize) n_tokens, R = (gsize) max_rows;
    gsize n_blocks = (T + FOVEA_BLOCK - 1) / FOVEA_BLOCK;
    gsize block_rows = R / FOVEA_BLOCK + 2;
    gsize n_maps = any_item (items, FOVEA_POINT_SCORES, FOVEA_POINT_SCORES) +
                   any_item (items, FOVEA_POINT_PATTERN, FOVEA_POINT_PATTERN);
    if (any_item (items, FOVEA_POINT_LSE, FOVEA_POINT_ROW_LOCAL))
        sizes.statistics = FOVEA_N_STATISTIC_POINTS * R * H * sizeof (float);
    if (any_item (items, FOVEA_POINT_COLUMN_MASS, FOVEA_POINT_COLUMN_MASS))
        sizes.column_mass = L * H * T * sizeof (double);
    if (any_item (items, FOVEA_POINT_PYRAMID_MEAN, FOVEA_POINT_PYRAMID_MAX)) {
        sizes.blocks = H * block_rows * n_blocks * sizeof (float);
        sizes.carry = L * H * n_blocks * sizeof (float);
        sizes.pyramids = L * fovea_pyramid_bytes ((gint64) H, n_tokens);
    }
    sizes.maps = n_maps * H * R * T * sizeof (float);
    /* Rows are staged to gather heads, to be widened, and for a map's rows to reach T keys. */
    gsize row = (gsize) longest_row (architecture, items, FALSE) * sizeof (float);
    gsize heads_row = (gsize) longest_row (architecture, items, TRUE) * sizeof (float);
    gsize heads_rows = (gsize) fovea_recorder_heads_rows (architecture, max_rows, host);
    gsize map_row = n_maps > 0 ? T * sizeof (float) : 0;
    sizes.per_head = heads_rows * heads_row;
    if (any_item (items, FOVEA_POINT_RESULT, FOVEA_POINT_RESULT))
        sizes.one_head = fovea_recorder_heads_bytes (architecture, (gint64) heads_rows);
    if (host) {
        gsize gathered = any_slice (items) ? MAX (R * row, sizes.per_head) : 0;
        gsize staged = MAX (gathered, R * map_row);
        sizes.staging = MAX (staged, MAX (R * H, T) * sizeof (float));
        return sizes;
    }
    row = MAX (row, heads_row);
    gsize largest_row = MAX (MAX (row, map_row), T * sizeof (double)); /* columns come by heads */
    gsize all = MAX (MAX (R * row, R * map_row), H * T * sizeof (double));
    gsize piece = MIN (all, MAX (largest_row, FOVEA_STAGED_BYTES));
    sizes.longest = MAX (piece, 2 * sizes.blocks);
    sizes.staging = 2 * piece;
    return sizes;
}

void
fovea_recorder_predict (FoveaPlan *plan,
                        gint64 n_tokens,
                        gint64 max_rows,
                        gboolean host,
                        guint64 most_ring,
                        FoveaRecorderMemory *memory)
{
    *memory = (FoveaRecorderMemory){0};
    if (plan == NULL)
        return;
    g_autoptr (GPtrArray) arrays = NULL;
    g_autoptr (GPtrArray) items = fovea_plan_resolve (plan, n_tokens, &arrays);
    FoveaRecorderSizes sizes = measure (plan->architecture, items, n_tokens, max_rows, host);
    guint64 on_device = sizes.statistics + sizes.column_mass + 2 * sizes.blocks + sizes.maps +
                        sizes.per_head + sizes.one_head + 2 * sizes.carry;
    guint64 on_host = sizes.staging + sizes.pyramids;
    if (host) {
        memory->host = on_device + on_host;
        return;
    }
    /* The longer the ring, the later a sink that is slower than the device holds it up. */
    guint64 wished = MIN (fovea_plan_get_bytes (plan, n_tokens), most_ring);
    memory->ring = MAX (wished, 2 * (sizes.longest + FOVEA_STAGED_ALIGNMENT));
    memory->device = on_device + memory->ring;
    memory->host = on_host + memory->ring;
}

static void
index_items (FoveaRecorder *recorder)
{
    gsize L = (gsize) recorder->architecture->n_layers;
    gsize n = L * FOVEA_N_POINTS, n_cells = L * recorder->n_levels;
    recorder->whole = g_new (gint, n);
    memset (recorder->whole, 0xff, n * sizeof (gint));
    for (int side = 0; side < 2; side++) {
        recorder->pyramid[side] = g_new (gint, n_cells);
        memset (recorder->pyramid[side], 0xff, n_cells * sizeof (gint));
    }
    for (guint i = 0; i < recorder->items->len; i++) {
        const FoveaPlanItem *item = g_ptr_array_index (recorder->items, i);
        FoveaPoint point = item->point;
        if (item->heads != NULL || item->sliced)
            continue;
        recorder->whole[point.layer * FOVEA_N_POINTS + point.kind] = (gint) i;
        if (point.kind == FOVEA_POINT_PYRAMID_MEAN || point.kind == FOVEA_POINT_PYRAMID_MAX)
            recorder->pyramid[point.kind == FOVEA_POINT_PYRAMID_MAX]
                             [point.layer * recorder->n_levels + point.level] = (gint) i;
    }
}

/* Shapes by kind, so that recording looks nothing up and allocates nothing. */
static void
measure_rows (FoveaRecorder *recorder)
{
    for (guint kind = 0; kind < FOVEA_N_POINTS; kind++) {
        FoveaPoint point = {kind, 0, 0};
        g_autoptr (FoveaArray) row = fovea_point_describe (recorder->architecture, point, 1);
        recorder->row_floats[kind] = fovea_array_row_length (row);
        recorder->heads[kind] = fovea_point_head_axis (kind) == 1 ? row->shape[1] : 0;
    }
}

static void *
alloc_zeroed (FoveaRecorder *recorder, gsize bytes)
{
    if (bytes == 0)
        return NULL;
    void *buffer = recorder->ops->alloc (recorder->device, bytes);
    if (buffer != NULL)
        recorder->ops->zero (recorder->device, buffer, bytes);
    return buffer;
}

static void
allocate (FoveaRecorder *recorder, const FoveaRecorderSizes *sizes)
{
    const FoveaOps *ops = recorder->ops;
    gsize L = (gsize) recorder->architecture->n_layers;
    gsize n_maps = (gsize) any_item (recorder->items, FOVEA_POINT_SCORES, FOVEA_POINT_SCORES);
    gsize H = (gsize) recorder->architecture->n_heads;
    recorder->staging = g_malloc (sizes->staging);
    recorder->statistics = alloc_zeroed (recorder, sizes->statistics);
    recorder->column_mass = alloc_zeroed (recorder, sizes->column_mass);
    if (sizes->maps > 0) {
        gsize one = H * (gsize) recorder->max_rows * (gsize) recorder->n_tokens;
        float *maps = ops->alloc (recorder->device, sizes->maps);
        recorder->maps[0] = maps;
        recorder->maps[1] = maps != NULL ? maps + n_maps * one : NULL;
    }
    if (sizes->per_head > 0)
        recorder->per_head = ops->alloc (recorder->device, sizes->per_head);
    if (recorder->n_source > 0)
        recorder->nothing = alloc_zeroed (recorder, fovea_recorder_void_bytes (recorder));
    if (sizes->one_head > 0)
        recorder->one_head = ops->alloc (recorder->device, sizes->one_head);
    recorder->rules = g_new0 (FoveaScoreRule, L);
    for (guint layer = 0; layer < L; layer++)
        recorder->rules[layer] = fovea_architecture_get_sequence_rule (recorder->architecture,
                                                                       layer, recorder->n_source);
    if (sizes->blocks == 0)
        return;
    recorder->blocks = alloc_zeroed (recorder, 2 * sizes->blocks);
    for (int side = 0; side < 2; side++)
        recorder->carry[side] = alloc_zeroed (recorder, sizes->carry);
    recorder->pyramids = g_new0 (FoveaPyramid *, L);
    for (guint layer = 0; layer < L; layer++)
        recorder->pyramids[layer] =
            fovea_pyramid_new (&recorder->rules[layer], (gint64) H, recorder->n_tokens);
}

FoveaRecorder *
fovea_recorder_new (FoveaPlan *plan,
                    const FoveaTraceInfo *info,
                    FoveaSink *sink,
                    FoveaDevice *device,
                    FoveaStaging *ring,
                    gint64 max_rows,
                    GError **error)
{
    g_autoptr (FoveaRecorder) recorder = g_new0 (FoveaRecorder, 1);
    recorder->architecture = fovea_architecture_copy (info->architecture);
    recorder->sink = sink;
    recorder->device = device;
    recorder->ops = fovea_device_get_ops (device);
    recorder->host = !fovea_device_has_own_memory (device);
    recorder->ring = recorder->host ? NULL : ring;
    if (recorder->ring != NULL)
        recorder->team =
            fovea_threads_new (MIN ((int) g_get_num_processors (), FOVEA_MOST_DELIVERY_THREADS));
    recorder->n_tokens = info->n_tokens;
    recorder->n_source = fovea_trace_info_count_source (info);
    recorder->max_rows = max_rows;
    recorder->n_blocks = (info->n_tokens + FOVEA_BLOCK - 1) / FOVEA_BLOCK;
    recorder->n_levels = fovea_point_n_levels (info->n_tokens);
    if (plan != NULL) {
        recorder->items = fovea_plan_resolve (plan, info->n_tokens, &recorder->arrays);
    } else {
        recorder->items = g_ptr_array_new ();
        recorder->arrays = g_ptr_array_new ();
    }
    for (guint i = 0; i < recorder->arrays->len; i++)
        recorder->kept_bytes += fovea_array_bytes (g_ptr_array_index (recorder->arrays, i));
    recorder->finished = TRUE; /* until the sink has begun */
    index_items (recorder);
    measure_rows (recorder);
    FoveaRecorderSizes sizes =
        measure (info->architecture, recorder->items, info->n_tokens, max_rows, recorder->host);
    allocate (recorder, &sizes);
    if (!fovea_device_sync (device, error) || !sink->begin (sink, info, recorder->arrays, error))
        return NULL;
    recorder->finished = FALSE;
    if (recorder->ring != NULL)
        fovea_staging_begin (recorder->ring, fovea_recorder_deliver, recorder);
    return g_steal_pointer (&recorder);
}

void
fovea_recorder_free (FoveaRecorder *recorder)
{
    if (recorder == NULL)
        return;
    if (!recorder->finished) {
        if (recorder->ring != NULL)
            fovea_staging_cancel (recorder->ring);
        recorder->sink->abandon (recorder->sink);
    }
    void *buffers[] = {recorder->statistics, recorder->column_mass, recorder->blocks,
                       recorder->carry[0],   recorder->carry[1],    recorder->maps[0],
                       recorder->per_head,   recorder->one_head,    recorder->nothing};
    for (guint i = 0; i < G_N_ELEMENTS (buffers); i++)
        if (buffers[i] != NULL)
            recorder->ops->free (recorder->device, buffers[i]);
    for (guint layer = 0;
         recorder->pyramids != NULL && layer < (guint64) recorder->architecture->n_layers; layer++)
        fovea_pyramid_free (recorder->pyramids[layer]);
    for (int side = 0; side < 2; side++) {
        g_free (recorder->pyramid[side]);
    }
    g_free (recorder->pyramids);
    g_free (recorder->rules);
    g_free (recorder->staging);
    fovea_threads_free (recorder->team);
    g_free (recorder->whole);
    g_ptr_array_unref (recorder->items);
    g_ptr_array_unref (recorder->arrays);
    fovea_architecture_free (recorder->architecture);
    g_free (recorder);
}

gint
fovea_recorder_array_of (const FoveaRecorder *recorder, FoveaPointKind kind, guint layer)
{
    return recorder->whole[layer * FOVEA_N_POINTS + kind];
}

gboolean
fovea_recorder_wants (FoveaRecorder *recorder, FoveaPointKind kind, guint layer)
{
    if (recorder == NULL)
        return FALSE;
    if (fovea_recorder_array_of (recorder, kind, layer) >= 0)
        return TRUE;
    for (guint i = 0; i < recorder->items->len; i++) {
        const FoveaPlanItem *item = g_ptr_array_index (recorder->items, i);
        if (item->point.kind == kind && item->point.layer == layer)
            return TRUE;
    }
    return FALSE;
}

float *
fovea_recorder_destination (FoveaRecorder *recorder,
                            FoveaPointKind kind,
                            guint layer,
                            gint64 first,
                            gint64 n,
                            float *fallback)
{
    if (recorder == NULL || !recorder->host || recorder->sink->reserve == NULL)
        return fallback;
    gint index = fovea_recorder_array_of (recorder, kind, layer);
    if (index < 0)
        return fallback;
    FoveaDtype dtype = ((const FoveaArray *) g_ptr_array_index (recorder->arrays, index))->dtype;
    return dtype == FOVEA_F32 || dtype == FOVEA_I32
               ? recorder->sink->reserve (recorder->sink, (guint) index, first, n)
               : fallback;
}

float *
fovea_recorder_history (FoveaRecorder *recorder, FoveaPointKind kind, guint layer, float *fallback)
{
    gint64 n = recorder != NULL ? recorder->n_tokens : 0;
    return fovea_recorder_destination (recorder, kind, layer, 0, n, fallback);
}

gboolean
fovea_recorder_fills_memory (FoveaRecorder *recorder, guint64 weight_bytes)
{
    if (recorder == NULL || !recorder->host || recorder->sink->reserve == NULL)
        return FALSE;
    return recorder->kept_bytes / FOVEA_KEPT_TO_WEIGHTS >= weight_bytes;
}

gint64
fovea_recorder_piece (const FoveaRecorder *recorder, gint64 n, gsize row_bytes)
{
    gint64 fit = (gint64) (FOVEA_STAGED_BYTES / MAX (row_bytes, 1));
    return recorder->ring != NULL ? CLAMP (fit, 1, n) : n;
}

gboolean
fovea_recorder_hand_over (FoveaRecorder *recorder,
                          const FoveaStaged *staged,
                          const void *values,
                          gint64 n_elements,
                          GError **error)
{
    if (recorder->ring == NULL)
        return fovea_recorder_deliver (recorder, staged, values, error);
    /* Elements that are no floats have the size of one or two, and keep their bits as F32. */
    gboolean narrow = staged->dtype == FOVEA_F16 || staged->dtype == FOVEA_BF16;
    FoveaDtype dtype = narrow ? staged->dtype : FOVEA_F32;
    gpointer stretch = fovea_staging_reserve (recorder->ring,
                                              (gsize) n_elements * fovea_dtype_size (dtype), error);
    if (stretch == NULL)
        return FALSE;
    recorder->ops->convert (recorder->device, values, dtype, n_elements, stretch);
    fovea_staging_send (recorder->ring, staged);
    return TRUE;
}

/* What the arrays of a point are kept as: all of them the same. */
static FoveaDtype
kept_type (const FoveaRecorder *recorder, FoveaPointKind kind, guint layer)
{
    for (guint i = 0; i < recorder->items->len; i++) {
        const FoveaPlanItem *item = g_ptr_array_index (recorder->items, i);
        if (item->point.kind == kind && item->point.layer == layer)
            return ((const FoveaArray *) g_ptr_array_index (recorder->arrays, i))->dtype;
    }
    return FOVEA_F32;
}

gboolean
fovea_recorder_record (FoveaRecorder *recorder,
                       FoveaPointKind kind,
                       guint layer,
                       gint64 first,
                       gint64 n,
                       const float *data,
                       GError **error)
{
    if (recorder == NULL || !fovea_recorder_wants (recorder, kind, layer))
        return TRUE;
    gint64 length = recorder->row_floats[kind];
    FoveaStaged staged = {
        .what = FOVEA_STAGED_ROWS,
        .kind = kind,
        .layer = layer,
        .dtype = recorder->ring != NULL ? kept_type (recorder, kind, layer) : FOVEA_F32,
        .in_place = fovea_recorder_destination (recorder, kind, layer, first, n, NULL) == data,
    };
    gint64 piece = fovea_recorder_piece (recorder, n, (gsize) length * sizeof (float));
    for (gint64 at = 0; at < n; at += staged.n) {
        staged.first = first + at;
        staged.n = MIN (piece, n - at);
        if (!fovea_recorder_hand_over (recorder, &staged, data + at * length, staged.n * length,
                                       error))
            return FALSE;
    }
    return TRUE;
}

FoveaTrace *
fovea_recorder_finish (FoveaRecorder *recorder, GError **error)
{
    if (recorder->ring != NULL && !fovea_staging_flush (recorder->ring, error))
        return NULL;
    FoveaTrace *trace = recorder->sink->finish (recorder->sink, error);
    recorder->finished = trace != NULL;
    return trace;
}
