/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Vectors lie by twos, four elements of each in turn, in double: a register of eight holds the four sums
 * of both that a product is made of, and nothing is converted twice. Widths that four does not divide go
 * the plain way. */
#include "analysis/sparse-packed.h"

#include <math.h>
#include <string.h>

#include "analysis/every-set.h"

enum {
    SIDE = 8, /* vectors that are multiplied side by side */
};

struct _FoveaPackedVectors {
    const FoveaSparseHead *head;
    const float *vectors; /* borrowed */
    gint64 stride, n;
    double *
        packed; /* (most, up to a multiple of SIDE, D), zeros behind the last; NULL: the plain way */
    double *twice;    /* (2 D) each four elements of the other vector two times */
    double *products; /* (most, up to a multiple of SIDE) */
};

FoveaPackedVectors *
fovea_packed_vectors_new (const FoveaSparseHead *head, gint64 most)
{
    FoveaPackedVectors *packed = g_new0 (FoveaPackedVectors, 1);
    gsize room = (gsize) (most + SIDE - 1) / SIDE * SIDE, D = (gsize) head->width;
    packed->head = head;
    packed->products = g_new (double, room);
    if (D % 4 != 0)
        return packed;
    packed->packed = g_new (double, room *D);
    packed->twice = g_new (double, 2 * D);
    return packed;
}

void
fovea_packed_vectors_free (FoveaPackedVectors *packed)
{
    if (packed == NULL)
        return;
    g_free (packed->packed);
    g_free (packed->twice);
    g_free (packed->products);
    g_free (packed);
}

void
fovea_packed_vectors_set (FoveaPackedVectors *packed, const float *vectors, gint64 stride, gint64 n)
{
    gint64 D = packed->head->width, whole = (n + SIDE - 1) / SIDE * SIDE;
    packed->vectors = vectors;
    packed->stride = stride;
    packed->n = n;
    for (gint64 i = 0; i < whole && packed->packed != NULL; i++)
        for (gint64 d = 0; d < D; d++)
            packed->packed[i / 2 * 2 * D + d / 4 * 8 + i % 2 * 4 + d % 4] =
                i < n ? (double) vectors[i * stride + d] : 0;
}

typedef double Eight __attribute__ ((vector_size (64)));

/* SIDE products; the four sums of each are joined as everywhere. */
FOVEA_EVERY_SET static void
multiply (const double *restrict twice,
          const double *restrict packed,
          gint64 D,
          double *restrict out)
{
    Eight sums[SIDE / 2] = {{0}}, own, other;
    for (gint64 d = 0; d < 2 * D; d += 8) {
        memcpy (&own, twice + d, sizeof own);
        for (int i = 0; i < SIDE / 2; i++) {
            memcpy (&other, packed + i * 2 * D + d, sizeof other);
            sums[i] += own * other;
        }
    }
    for (int i = 0; i < SIDE / 2; i++) {
        out[2 * i] = (sums[i][0] + sums[i][1]) + (sums[i][2] + sums[i][3]);
        out[2 * i + 1] = (sums[i][4] + sums[i][5]) + (sums[i][6] + sums[i][7]);
    }
}

double
fovea_packed_vectors_find_best (FoveaPackedVectors *packed, const float *other)
{
    gint64 D = packed->head->width, n = packed->n;
    double best = -INFINITY, *twice = packed->twice;
    if (packed->packed == NULL)
        fovea_sparse_head_get_products (packed->head, other, packed->vectors, packed->stride, n,
                                        packed->products);
    for (gint64 d = 0; d < D && twice != NULL; d++)
        twice[d / 4 * 8 + d % 4] = twice[d / 4 * 8 + 4 + d % 4] = (double) other[d];
    for (gint64 i = 0; i < n && twice != NULL; i += SIDE)
        multiply (twice, packed->packed + i * D, D, packed->products + i);
    for (gint64 i = 0; i < n; i++)
        best = MAX (best, packed->products[i]);
    return best;
}
