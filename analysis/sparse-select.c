/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sums run over the ranking in order and in double, so a choice is the same on every machine. */
#include "analysis/sparse-select.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void
fovea_margin_init (FoveaMargin *margin)
{
    *margin = (FoveaMargin){INFINITY, 0};
}

void
fovea_margin_compare (FoveaMargin *margin, double value, double cut)
{
    if (margin == NULL || !isfinite (value) || !isfinite (cut))
        return;
    margin->gap = MIN (margin->gap, fabs (value - cut));
    margin->scale = MAX (margin->scale, MAX (fabs (value), fabs (cut)));
}

enum {
    DIGIT_BITS = 11,
    DIGITS = 1 << DIGIT_BITS,
    FEW = 192, /* fewer than these are sooner compared than counted in six tables */
};

/* A score as a whole number that falls as it rises, and where it stands. */
typedef struct {
    guint64 rank;
    gint64 index;
} Entry;

/* The bits of a double order like it once negative ones are turned over; both zeros are one. */
static guint64
get_rank (double score)
{
    guint64 bits;
    score += 0.0;
    memcpy (&bits, &score, sizeof bits);
    bits ^= bits >> 63 != 0 ? G_MAXUINT64 : G_GUINT64_CONSTANT (1) << 63;
    return ~bits;
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
    const Entry *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* One counting pass, which keeps the order of equals; FALSE if all are equal here. */
static gboolean
sort_digit (const Entry *from, Entry *to, gsize n, int shift)
{
    guint32 places[DIGITS] = {0}, at = 0;
    for (gsize i = 0; i < n; i++)
        places[from[i].rank >> shift & (DIGITS - 1)]++;
    if (places[from[0].rank >> shift & (DIGITS - 1)] == n)
        return FALSE;
    for (gsize digit = 0; digit < DIGITS; digit++) {
        guint32 count = places[digit];
        places[digit] = at;
        at += count;
    }
    for (gsize i = 0; i < n; i++)
        to[places[from[i].rank >> shift & (DIGITS - 1)]++] = from[i];
    return TRUE;
}

/* By rank, then by index. @entries has room for twice @n; gives where the sorted ones are. */
static const Entry *
sort_entries (Entry *entries, gsize n)
{
    Entry *from = entries, *to = entries + n;
    if (n < FEW) {
        qsort (entries, n, sizeof *entries, compare_entries);
        return entries;
    }
    for (int shift = 0; shift < 64; shift += DIGIT_BITS) {
        if (!sort_digit (from, to, n, shift))
            continue;
        Entry *swap = from;
        from = to;
        to = swap;
    }
    return from;
}

gsize
fovea_select_rank (const double *scores, gsize n, gint64 *order)
{
    g_autofree Entry *entries = g_new (Entry, 2 * n + 1);
    gsize m = 0;
    for (gsize i = 0; i < n; i++)
        if (scores[i] > -INFINITY) /* false for NaN */
            entries[m++] = (Entry){get_rank (scores[i]), (gint64) i};
    const Entry *sorted = m > 0 ? sort_entries (entries, m) : entries;
    for (gsize i = 0; i < m; i++)
        order[i] = sorted[i].index;
    return m;
}

gsize
fovea_select_top (const double *scores, gsize n, gint64 k, gint64 *order, FoveaMargin *margin)
{
    gsize m = fovea_select_rank (scores, n, order), kept = (gsize) CLAMP (k, 0, (gint64) m);
    if (kept > 0 && kept < m)
        fovea_margin_compare (margin, scores[order[kept - 1]], scores[order[kept]]);
    return kept;
}

gsize
fovea_select_cover_before (const double *scores,
                           const gint64 *order,
                           gsize n,
                           double mass,
                           double target,
                           FoveaMargin *margin)
{
    gsize t = 0;
    for (; t < n; t++) {
        fovea_margin_compare (margin, mass, target);
        if (!(mass < target))
            break;
        mass += scores[order[t]];
    }
    return t;
}

gsize
fovea_select_cover_reach (
    const double *scores, const gint64 *order, gsize n, double target, FoveaMargin *margin)
{
    double mass = 0;
    for (gsize t = 0; t < n; t++) {
        mass += scores[order[t]];
        fovea_margin_compare (margin, mass, target);
        if (mass >= target)
            return t + 1;
    }
    return 0;
}

gsize
fovea_select_cover_within (
    const double *scores, const gint64 *order, gsize n, double target, FoveaMargin *margin)
{
    double mass = 0;
    gsize t = 0;
    for (; t < n; t++) {
        mass += scores[order[t]];
        fovea_margin_compare (margin, mass, target);
        if (!(mass <= target))
            break;
    }
    return t;
}

void
fovea_select_softmax (double *scores, gsize n)
{
    double largest = -INFINITY, sum = 0;
    for (gsize i = 0; i < n; i++)
        largest = MAX (largest, scores[i]);
    for (gsize i = 0; i < n; i++)
        sum += scores[i] = isfinite (largest) ? exp (scores[i] - largest) : 0;
    for (gsize i = 0; i < n; i++)
        scores[i] /= sum > 0 ? sum : 1;
}

static int
compare_indices (gconstpointer a, gconstpointer b)
{
    gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;
    return x < y ? -1 : x > y;
}

void
fovea_select_sort (gint64 *chosen, gsize n)
{
    qsort (chosen, n, sizeof *chosen, compare_indices);
}
