/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sums run over the ranking in order and in double, so a choice is the same on every machine. */
#include "analysis/sparse-select.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/every-set.h"

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
    DIGIT_BITS = 8,
    DIGITS = 1 << DIGIT_BITS,
    UPPER = 32, /* bits that the first passes leave aside */
    FEW_EQUAL = 32,
    FEW = 64, /* up to these are sooner compared, all with all, than counted in tables */
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

/* By 32 bits of the rank from @first on. Gives where the sorted ones are. */
static Entry *
sort_half (Entry *from, Entry *to, gsize n, int first)
{
    for (int shift = first; shift < first + UPPER; shift += DIGIT_BITS) {
        if (!sort_digit (from, to, n, shift))
            continue;
        Entry *swap = from;
        from = to;
        to = swap;
    }
    return from;
}

static void
insert_by_rank (Entry *entries, gsize n)
{
    for (gsize i = 1; i < n; i++) {
        Entry own = entries[i];
        gsize at = i;
        for (; at > 0 && entries[at - 1].rank > own.rank; at--)
            entries[at] = entries[at - 1];
        entries[at] = own;
    }
}

/* A run of equal upper halves; equal ranks keep their order, which is that of their indices. */
static void
sort_run (Entry *entries, Entry *room, gsize n)
{
    gboolean sorted = TRUE;
    for (gsize i = 1; i < n; i++)
        sorted = sorted && entries[i - 1].rank <= entries[i].rank;
    if (sorted)
        return;
    if (n <= FEW_EQUAL) {
        insert_by_rank (entries, n);
        return;
    }
    const Entry *found = sort_half (entries, room, n, 0);
    if (found != entries)
        memcpy (entries, found, n * sizeof *entries);
}

/* By rank, then by index. @entries has room for twice @n; gives where the sorted ones are. Upper
 * halves tell nearly all scores apart: only those that they do not are looked at again. */
static const Entry *
sort_entries (Entry *entries, gsize n)
{
    Entry *sorted = sort_half (entries, entries + n, n, UPPER);
    Entry *room = sorted == entries ? entries + n : entries;
    for (gsize i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n; end++)
            if (sorted[end].rank >> UPPER != sorted[i].rank >> UPPER)
                break;
        if (end - i > 1)
            sort_run (sorted + i, room, end - i);
    }
    return sorted;
}

/* How many of @n scores come before number @i, which of equal ones are those with lower indices. */
FOVEA_EVERY_SET static gint64
count_before (const double *scores, gint64 n, gint64 i)
{
    double own = scores[i];
    gint64 count = 0;
    for (gint64 j = 0; j < i; j++)
        count += scores[j] >= own;
    for (gint64 j = i + 1; j < n; j++)
        count += scores[j] > own;
    return count;
}

/* n^2 compares without a branch: a microsecond for a hundred. NaN and -inf compare as before none, so
 * only their own places need care. */
static gsize
rank_few (const double *scores, gsize n, gint64 *order)
{
    gsize m = 0;
    for (gsize i = 0; i < n; i++)
        if (scores[i] > -INFINITY) {
            order[count_before (scores, (gint64) n, (gint64) i)] = (gint64) i;
            m++;
        }
    return m;
}

gsize
fovea_select_rank (const double *scores, gsize n, gint64 *order)
{
    if (n <= FEW)
        return rank_few (scores, n, order);
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

/* Sorts distinct numbers 0 .. @limit-1 through a bit each; FALSE if some are not. */
static gboolean
sort_by_bits (gint64 *numbers, gsize n, gint64 limit)
{
    gsize n_words = (gsize) limit / 64 + 1, at = 0;
    g_autofree guint64 *bits = g_new0 (guint64, n_words);
    for (gsize i = 0; i < n; i++) {
        guint64 bit = G_GUINT64_CONSTANT (1) << (numbers[i] % 64);
        if ((bits[numbers[i] / 64] & bit) != 0)
            return FALSE;
        bits[numbers[i] / 64] |= bit;
    }
    for (gsize w = 0; w < n_words; w++)
        for (guint64 word = bits[w]; word != 0; word &= word - 1)
            numbers[at++] = (gint64) w * 64 + __builtin_ctzll (word);
    return TRUE;
}

void
fovea_select_sort (gint64 *chosen, gsize n)
{
    gint64 least = G_MAXINT64, most = G_MININT64;
    gboolean sorted = TRUE;
    for (gsize i = 0; i < n; i++) {
        sorted = sorted && (i == 0 || chosen[i - 1] <= chosen[i]);
        least = MIN (least, chosen[i]);
        most = MAX (most, chosen[i]);
    }
    if (sorted)
        return;
    gboolean many = n > 16 && least >= 0 && (gsize) most / 64 < 8 * n;
    if (!many || !sort_by_bits (chosen, n, most + 1))
        qsort (chosen, n, sizeof *chosen, compare_indices);
}
