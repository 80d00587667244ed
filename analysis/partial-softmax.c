/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sums are kept relative to the largest score so far and scaled down when a larger one comes. */
#include "analysis/partial-softmax.h"

#include <math.h>
#include <string.h>

void
fovea_partial_softmax_init (FoveaPartialSoftmax *partial, double *room, gsize width)
{
    memset (room, 0, width * sizeof *room);
    *partial = (FoveaPartialSoftmax){width, -INFINITY, 0, room};
}

/* Moves to a larger maximum. */
static void
rescale (FoveaPartialSoftmax *partial, double largest)
{
    double factor = isfinite (partial->largest) ? exp (partial->largest - largest) : 0;
    partial->sum *= factor;
    for (gsize d = 0; d < partial->width; d++)
        partial->weighed[d] *= factor;
    partial->largest = largest;
}

void
fovea_partial_softmax_add (FoveaPartialSoftmax *partial,
                           const double *scores,
                           const double *values,
                           gsize n)
{
    double largest = partial->largest;
    for (gsize j = 0; j < n; j++)
        largest = MAX (largest, scores[j]);
    if (!isfinite (largest))
        return; /* a tile in which nothing is allowed */
    rescale (partial, largest);
    for (gsize j = 0; j < n; j++) {
        double weight = exp (scores[j] - largest);
        partial->sum += weight;
        for (gsize d = 0; d < partial->width; d++)
            partial->weighed[d] += weight * values[j * partial->width + d];
    }
}

void
fovea_partial_softmax_merge (FoveaPartialSoftmax *partial, const FoveaPartialSoftmax *other)
{
    if (!isfinite (other->largest))
        return;
    rescale (partial, MAX (partial->largest, other->largest));
    double factor = exp (other->largest - partial->largest);
    partial->sum += other->sum * factor;
    for (gsize d = 0; d < partial->width; d++)
        partial->weighed[d] += other->weighed[d] * factor;
}

double
fovea_partial_softmax_finish (const FoveaPartialSoftmax *partial, double *out)
{
    for (gsize d = 0; d < partial->width; d++)
        out[d] = partial->sum > 0 ? partial->weighed[d] / partial->sum : 0;
    return partial->sum > 0 ? partial->largest + log (partial->sum) : -INFINITY;
}
