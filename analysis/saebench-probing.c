/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The probe of k latents is trained on k columns only, whatever F is. */
#include "analysis/saebench-probing.h"

#include <math.h>

#include "analysis/probe.h"

static const FoveaProbeOptions probe_options = {.raw = TRUE};

/* Places of latents by the magnitude of their difference, the first @k. */
static gint32 *
rank_latents (const FoveaBenchRows *train, const guint8 *labels, gint64 k)
{
    g_autofree double *differences = fovea_bench_differences (train, labels);
    for (gint64 j = 0; j < train->codes->n_latents; j++)
        differences[j] = fabs (differences[j]);
    return fovea_bench_largest (differences, train->codes->n_latents, k);
}

static gboolean
probe_latents (const FoveaBenchRows *train,
               const guint8 *train_labels,
               const FoveaBenchRows *test,
               const guint8 *test_labels,
               const gint32 *latents,
               FoveaSparseProbe *out,
               GError **error)
{
    g_autofree float *x = fovea_bench_columns (train, latents, out->k);
    g_autofree float *test_x = fovea_bench_columns (test, latents, out->k);
    g_autoptr (FoveaProbe) probe =
        fovea_probe_train (train->n, out->k, x, train_labels, &probe_options, error);
    if (probe == NULL)
        return FALSE;
    out->best = latents[0];
    out->accuracy = fovea_probe_measure (probe, test->n, test_x, test_labels, &out->auroc);
    return TRUE;
}

gboolean
fovea_sparse_probe (const FoveaBenchRows *train,
                    const guint8 *train_labels,
                    const FoveaBenchRows *test,
                    const guint8 *test_labels,
                    const gint64 *ks,
                    guint n_ks,
                    FoveaSparseProbe *probes,
                    double *reference,
                    GError **error)
{
    gint64 F = train->codes->n_latents, most = 0;
    for (guint i = 0; i < n_ks; i++) {
        if (ks[i] < 1 || ks[i] > F) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                         "sparse probing: k %" G_GINT64_FORMAT " is outside 1 .. %" G_GINT64_FORMAT
                         " latents",
                         ks[i], F);
            return FALSE;
        }
        most = MAX (most, ks[i]);
    }
    g_autoptr (FoveaProbe) dense =
        fovea_probe_train (train->n, train->d, train->x, train_labels, &probe_options, error);
    if (dense == NULL)
        return FALSE;
    *reference = fovea_probe_measure (dense, test->n, test->x, test_labels, NULL);
    g_autofree gint32 *latents = rank_latents (train, train_labels, most);
    for (guint i = 0; i < n_ks; i++) {
        probes[i] = (FoveaSparseProbe){.k = ks[i]};
        if (!probe_latents (train, train_labels, test, test_labels, latents, &probes[i], error))
            return FALSE;
    }
    return TRUE;
}
