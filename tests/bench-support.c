/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "tests/bench-support.h"

#include "capture/random.h"

FoveaTraceInfo *
bench_random_sequence (FoveaModel *model, gint64 n)
{
    const FoveaArchitecture *architecture = fovea_model_get_architecture (model);
    FoveaTraceInfo *info = g_new0 (FoveaTraceInfo, 1);
    FoveaRandom random;
    fovea_random_init (&random, 1);
    info->architecture = fovea_architecture_copy (architecture);
    info->model_name = g_strdup (fovea_model_get_name (model));
    info->model_hash = g_strdup ("");
    info->title = g_strdup ("bench");
    info->n_tokens = n;
    info->ids = g_new (gint32, (gsize) n);
    for (gint64 t = 0; t < n; t++)
        info->ids[t] = (gint32) fovea_random_below (&random, (guint64) architecture->vocabulary);
    return info;
}
