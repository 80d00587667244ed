/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rows that no layer computes are recorded as zeros, one at a time: T rows of each point at most,
 * paid by encoder-decoders alone. Maps, statistics and blocks go through the half of the recorder that
 * deals with softmax layers, as attention that saw no key. */
#include "capture/recorder-void.h"

#include <math.h>

#include "capture/recorder-attend.h"
#include "capture/recorder.h"

/* Points of softmax layers that are no rows of a projection. */
static gboolean
is_of_softmax (FoveaPointKind kind)
{
    return kind >= FOVEA_POINT_SCORES && kind <= FOVEA_POINT_PYRAMID_MAX;
}

gsize
fovea_recorder_void_bytes (const FoveaRecorder *recorder)
{
    gint64 longest = 1;
    for (guint kind = 0; kind < FOVEA_N_POINTS; kind++)
        if (!is_of_softmax (kind))
            longest = MAX (longest, recorder->row_floats[kind]);
    return (gsize) longest * sizeof (float);
}

static gboolean
record_zeros (FoveaRecorder *recorder,
              FoveaPointKind kind,
              guint layer,
              gint64 first,
              gint64 end,
              GError **error)
{
    if (!fovea_recorder_wants (recorder, kind, layer))
        return TRUE;
    for (gint64 t = first; t < end; t++)
        if (!fovea_recorder_record (recorder, kind, layer, t, 1, recorder->nothing, error))
            return FALSE;
    return TRUE;
}

/* @n values of an output that was asked for. */
static void
fill (FoveaRecorder *recorder, gpointer to, gconstpointer value, gint64 n)
{
    for (gint64 i = 0; to != NULL && i < n; i++)
        recorder->ops->write (recorder->device, (char *) to + i * 4, value, 4);
}

/* What attention gives of rows without keys. Maps have one key, which is widened to all. */
static gboolean
record_blind_rows (FoveaRecorder *recorder, guint layer, gint64 first, gint64 end, GError **error)
{
    const FoveaArchitecture *a = recorder->architecture;
    const float zero = 0, least = -INFINITY;
    const gint32 none = -1;
    for (gint64 at = first; at < end;) {
        FoveaAttendArgs args = {.rows = MIN (recorder->max_rows, end - at),
                                .n_keys = 1,
                                .heads = a->n_heads,
                                .kv_heads = a->n_kv_heads,
                                .width = a->head_width,
                                .first_query = at};
        gint64 n = args.rows * args.heads;
        fovea_recorder_prepare_attend (recorder, layer, &args);
        float *const zeros[] = {args.entropy,    args.max_weight, args.mean_distance,
                                args.first_mass, args.local_mass, args.pattern};
        for (guint i = 0; i < G_N_ELEMENTS (zeros); i++)
            fill (recorder, zeros[i], &zero, n);
        fill (recorder, args.lse, &least, n);
        fill (recorder, args.scores, &least, n);
        fill (recorder, args.max_key, &none, n);
        if (!fovea_recorder_record_attend (recorder, layer, &args, error))
            return FALSE;
        at += args.rows;
    }
    return TRUE;
}

/* Rows [first, end) of a layer; of one that attends to the source, keys and values have the others. */
static gboolean
record_layer (FoveaRecorder *recorder, guint layer, gint64 first, gint64 end, GError **error)
{
    FoveaStack stack = fovea_architecture_stack (recorder->architecture, layer);
    for (guint kind = FOVEA_POINT_RESID_PRE; kind < FOVEA_POINT_FINAL_SCALE; kind++) {
        gboolean of_source =
            stack == FOVEA_STACK_CROSS && (kind == FOVEA_POINT_K || kind == FOVEA_POINT_V);
        gint64 from = of_source ? recorder->n_source : first;
        gint64 to = of_source ? recorder->n_tokens : end;
        if (!is_of_softmax (kind) && !record_zeros (recorder, kind, layer, from, to, error))
            return FALSE;
    }
    return record_blind_rows (recorder, layer, first, end, error);
}

gboolean
fovea_recorder_split (FoveaRecorder *recorder, GError **error)
{
    if (recorder == NULL)
        return TRUE;
    gint64 S = recorder->n_source, T = recorder->n_tokens;
    for (guint layer = 0; layer < (guint64) recorder->architecture->n_layers; layer++) {
        gboolean encoder =
            fovea_architecture_stack (recorder->architecture, layer) == FOVEA_STACK_ENCODER;
        if (!record_layer (recorder, layer, encoder ? S : 0, encoder ? T : S, error))
            return FALSE;
    }
    for (guint kind = FOVEA_POINT_SOURCE_SCALE; kind <= FOVEA_POINT_SOURCE; kind++)
        if (!record_zeros (recorder, kind, 0, S, T, error))
            return FALSE;
    for (guint kind = FOVEA_POINT_FINAL_SCALE; kind < FOVEA_N_POINTS; kind++)
        if (!record_zeros (recorder, kind, 0, 0, S, error))
            return FALSE;
    return TRUE;
}
