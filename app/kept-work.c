/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "app/kept-work.h"

#include <math.h>

static GBytes *
find (gpointer data, gint64 layer)
{
    FoveaKeptWork *work = data;
    return fovea_measurement_find (work->measurement, work->sequence, layer);
}

static void
keep (gpointer data, gint64 layer, GBytes *bytes)
{
    FoveaKeptWork *work = data;
    fovea_measurement_keep (work->measurement, work->sequence, layer, bytes);
}

const FoveaKeptLayers *
fovea_kept_work_begin (FoveaKeptWork *work, FoveaMeasurement *measurement, gint64 sequence)
{
    *work = (FoveaKeptWork){measurement, sequence, {find, keep, work}};
    return measurement != NULL ? &work->layers : NULL;
}

gint64
fovea_kept_work_count_layers (FoveaStore *store, const FoveaSequenceInfo *sequence)
{
    g_autoptr (GPtrArray) runs = fovea_store_list_runs (store, NULL);
    for (guint i = 0; runs != NULL && i < runs->len; i++) {
        const FoveaRunInfo *run = g_ptr_array_index (runs, i);
        if (run->id == sequence->run_id)
            return run->n_layers;
    }
    return 0;
}

int
fovea_kept_work_percent (double share)
{
    if (share <= 0 || share >= 1)
        return share > 0 ? 100 : 0;
    return CLAMP ((int) lround (100 * share), 1, 99);
}

gint64
fovea_kept_work_get_tokens (guint i)
{
    return i > 0 ? (gint64) 512 << i : 0;
}

guint
fovea_kept_work_find_tokens (gint64 first_tokens)
{
    for (guint i = 1; i < FOVEA_KEPT_LENGTHS; i++)
        if (fovea_kept_work_get_tokens (i) == first_tokens)
            return i;
    return 0;
}
