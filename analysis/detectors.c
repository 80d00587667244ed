/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* M is never formed. The ones of row t of the duplicate matrix are the earlier places of its token,
 * which a chain of "the place before this one" walks; those of the induction matrix stand one to
 * the right of them. */
#include "analysis/detectors.h"

#include <math.h>

struct _FoveaTargets {
    gint64 n;
    gint64 *previous; /* (n) last place before t of the same token, or -1 */
};

FoveaTargets *
fovea_targets_new (const gint32 *ids, gint64 n)
{
    FoveaTargets *targets = g_new0 (FoveaTargets, 1);
    g_autoptr (GHashTable) last = g_hash_table_new (NULL, NULL); /* id -> place + 1 */
    targets->n = n;
    targets->previous = g_new (gint64, n);
    for (gint64 t = 0; t < n; t++) {
        gpointer key = GINT_TO_POINTER (ids[t]);
        targets->previous[t] = (gint64) GPOINTER_TO_SIZE (g_hash_table_lookup (last, key)) - 1;
        g_hash_table_insert (last, key, GSIZE_TO_POINTER ((gsize) t + 1));
    }
    return targets;
}

void
fovea_targets_free (FoveaTargets *targets)
{
    if (targets == NULL)
        return;
    g_free (targets->previous);
    g_free (targets);
}

static gboolean
is_excluded (FoveaExclusion exclude, gint64 query, gint64 key)
{
    return ((exclude & FOVEA_EXCLUDE_FIRST) && key == 0) ||
           ((exclude & FOVEA_EXCLUDE_CURRENT) && key == query);
}

double
fovea_targets_sum_row (const FoveaTargets *targets,
                       FoveaDetector detector,
                       FoveaExclusion exclude,
                       gint64 query,
                       const float *row,
                       gint64 *count)
{
    const gboolean chained = detector != FOVEA_DETECTOR_PREVIOUS;
    const gint64 shift = detector == FOVEA_DETECTOR_INDUCTION ? 1 : 0;
    gint64 place = chained ? targets->previous[query] : query - 1;
    gint64 ones = 0;
    double sum = 0;
    while (place >= 0) {
        gint64 key = place + shift;
        if (!is_excluded (exclude, query, key)) {
            sum += row[key];
            ones++;
        }
        place = chained ? targets->previous[place] : -1;
    }
    if (count != NULL)
        *count = ones;
    return sum;
}

void
fovea_detection_add_rows (FoveaDetection *detection,
                          const FoveaTargets *targets,
                          FoveaDetector detector,
                          FoveaExclusion exclude,
                          gint64 first,
                          gint64 n,
                          const float *rows,
                          gint64 stride)
{
    for (gint64 i = 0; i < n; i++) {
        const float *row = rows + i * stride;
        gint64 query = first + i, ones;
        for (gint64 key = 0; key <= query; key++)
            detection->total += is_excluded (exclude, query, key) ? 0 : row[key];
        detection->on_target +=
            fovea_targets_sum_row (targets, detector, exclude, query, row, &ones);
        detection->n_targets += ones;
        detection->n_rows++;
    }
}

double
fovea_detection_get_mul (const FoveaDetection *detection)
{
    return detection->total > 0 ? detection->on_target / detection->total : NAN;
}

/* |A - M| is 1 - A on targets and A elsewhere, since weights lie in 0..1. */
double
fovea_detection_get_abs (const FoveaDetection *detection)
{
    double difference = detection->total - 2 * detection->on_target + (double) detection->n_targets;
    return 1 - round (1000 * difference / (double) detection->n_rows) / 1000;
}
