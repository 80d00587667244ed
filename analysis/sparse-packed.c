/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Vectors lie by twos, four elements of each in turn, in double: a register of eight holds the four sums
 * of both that a product is made of, and nothing is converted twice. The first vector stands behind the
 * last until the room is full, which changes no maximum. Widths that four does not divide go the plain
 * way. */
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
    double *products; /* (most), the plain way */
};

FoveaPackedVectors *
fovea_packed_vectors_new (const FoveaSparseHead *head, gint64 most)
{
    FoveaPackedVectors *packed = g_new0 (FoveaPackedVectors, 1);
    gsize room = (gsize) (most + SIDE - 1) / SIDE * SIDE, D = (gsize) head->width;
    packed->head = head;
    if (D % 4 != 0) {
        packed->products = g_new (double, room);
        return packed;
    }
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
                (double) vectors[(i < n ? i : 0) * stride + d];
}

typedef double Eight __attribute__ ((vector_size (64)));
typedef double Four __attribute__ ((vector_size (32)));
typedef float FourFloats __attribute__ ((vector_size (16)));
typedef gint64 Places __attribute__ ((vector_size (64)));

/* Sums of neighbours: those of @a, then those of @b; into @a. */
static inline __attribute__ ((always_inline)) void
add_neighbours (Eight *a, const Eight *b)
{
    Eight even = __builtin_shufflevector (*a, *b, 0, 2, 4, 6, 8, 10, 12, 14);
    Eight odd = __builtin_shufflevector (*a, *b, 1, 3, 5, 7, 9, 11, 13, 15);
    *a = even + odd;
}

/* SIDE products with @twice; the four sums of each are joined as everywhere, by twos. */
static inline __attribute__ ((always_inline)) void
multiply (const double *restrict twice, const double *restrict packed, gint64 D, Eight *out)
{
    Eight sums[SIDE / 2] = {{0}}, own, other;
    for (gint64 d = 0; d < 2 * D; d += 8) {
        memcpy (&own, twice + d, sizeof own);
        for (int i = 0; i < SIDE / 2; i++) {
            memcpy (&other, packed + i * 2 * D + d, sizeof other);
            sums[i] += own * other;
        }
    }
    add_neighbours (&sums[0], &sums[1]);
    add_neighbours (&sums[2], &sums[3]);
    add_neighbours (&sums[0], &sums[2]);
    *out = sums[0];
}

/* The largest product of @other with @n vectors, a multiple of SIDE that is not 0. */
FOVEA_EVERY_SET static double
find_best (const float *restrict other,
           const double *restrict packed,
           gint64 n,
           gint64 D,
           double *restrict twice)
{
    FourFloats floats;
    for (gint64 d = 0; d < D; d += 4) {
        memcpy (&floats, other + d, sizeof floats);
        Four four = __builtin_convertvector(floats, Four);
        memcpy (twice + 2 * d, &four, sizeof four);
        memcpy (twice + 2 * d + 4, &four, sizeof four);
    }
    Eight best, own;
    multiply (twice, packed, D, &best);
    for (gint64 i = SIDE; i < n; i += SIDE) {
        multiply (twice, packed + i * D, D, &own);
        Places larger = own > best;
        best = (Eight) (((Places) own & larger) | ((Places) best & ~larger));
    }
    double largest = best[0];
    for (int i = 1; i < SIDE; i++)
        largest = MAX (largest, best[i]);
    return largest;
}

double
fovea_packed_vectors_find_best (FoveaPackedVectors *packed, const float *other)
{
    gint64 n = packed->n;
    double best = -INFINITY;
    if (n > 0 && packed->packed != NULL)
        return find_best (other, packed->packed, (n + SIDE - 1) / SIDE * SIDE, packed->head->width,
                          packed->twice);
    if (packed->products != NULL)
        fovea_sparse_head_get_products (packed->head, other, packed->vectors, packed->stride, n,
                                        packed->products);
    for (gint64 i = 0; i < n; i++)
        best = MAX (best, packed->products[i]);
    return best;
}
