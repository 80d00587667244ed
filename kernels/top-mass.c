/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The plain form of a row's heaviest mass, and the choice of the fast one. */
#include "kernels/top-mass.h"

#include <math.h>
#include <stdlib.h>

#include "kernels/cpu-kernels.h"

/* For qsort: the larger comes first. There are no NaN by then. */
static int
compare_falling (const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return x > y ? -1 : x < y;
}

void
fovea_top_mass_ref (const FoveaTopMassArgs *args)
{
    double largest = -INFINITY, total = 0, sum = 0;
    g_autofree double *sorted = g_new (double, (gsize) args->n + 1);
    for (int64_t i = 0; i < args->n; i++)
        largest = args->scores[i] > largest ? args->scores[i] : largest;
    for (int64_t i = 0; i < args->n; i++) {
        sorted[i] = isfinite (largest) ? exp ((double) args->scores[i] - largest) : 0;
        sorted[i] = sorted[i] > 0 ? sorted[i] : 0; /* NaN, too */
        total += sorted[i];
    }
    total += exp ((double) args->sink - largest);
    qsort (sorted, (size_t) args->n, sizeof *sorted, compare_falling);
    int64_t at = 0;
    for (int c = 0; c < args->n_counts; c++) {
        for (; at < args->n && at < args->counts[c]; at++)
            sum += sorted[at];
        args->mass[c] = isfinite (largest) ? sum / total : 0;
    }
}

/* By the processor, as a device's loops are, but without a device: analyses need none. A set that
 * FOVEA_CPU names wrongly is refused where a device is opened; here the best there is will do. */
FoveaTopMass
fovea_top_mass_choose (void)
{
    g_autoptr (GError) error = NULL;
    const struct _FoveaCpuKernels *kernels =
        fovea_cpu_kernels_choose (g_getenv ("FOVEA_CPU"), &error);
    if (kernels == NULL)
        kernels = fovea_cpu_kernels_choose (NULL, NULL);
    return kernels->top_mass;
}
