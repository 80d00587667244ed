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
    PASSES = 3,    /* over the upper bits in which scores differ */
    FEW_MOVES = 4, /* for each score, before all its bits are sooner sorted */
    FEW = 64,      /* up to these are sooner compared, all with all, than counted in tables */
};

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

/* A score under way: upper bits of its rank, and its index below them. */
typedef guint64 Entry;

enum {
    INDEX_BITS = 64 - PASSES * DIGIT_BITS,
};

static gint64
get_index (Entry entry)
{
    return (gint64) (entry & (~(guint64) 0 >> (64 - INDEX_BITS)));
}

/* Counting passes, which keep the order of equals, over the upper bits of @from, which they leave
 * behind; all digits are counted at once. @to: room for as many. Gives where the sorted ones are. */
static Entry *
sort_upper (Entry *from, Entry *to, gsize n)
{
    guint32 places[PASSES][DIGITS] = {{0}};
    for (gsize i = 0; i < n; i++)
        for (int pass = 0; pass < PASSES; pass++)
            places[pass][from[i] >> (INDEX_BITS + pass * DIGIT_BITS) & (DIGITS - 1)]++;
    for (int pass = 0; pass < PASSES; pass++) {
        int shift = INDEX_BITS + pass * DIGIT_BITS;
        guint32 at = 0;
        if (places[pass][from[0] >> shift & (DIGITS - 1)] == n)
            continue;
        for (gsize digit = 0; digit < DIGITS; digit++) {
            guint32 count = places[pass][digit];
            places[pass][digit] = at;
            at += count;
        }
        for (gsize i = 0; i < n; i++)
            to[places[pass][from[i] >> shift & (DIGITS - 1)]++] = from[i];
        Entry *swap = from;
        from = to;
        to = swap;
    }
    return from;
}

/* Puts those in order that their upper bits do not tell apart; equals stay as they are, by index. FALSE
 * if they are many, with @order still a permutation. */
static gboolean
settle_neighbours (const double *scores, const Entry *sorted, gint64 *order, gsize n)
{
    gsize moves = 0;
    for (gsize i = 1; i < n; i++) {
        if (sorted[i - 1] >> INDEX_BITS != sorted[i] >> INDEX_BITS)
            continue;
        gint64 own = order[i];
        gsize at = i;
        for (; at > 0 && scores[order[at - 1]] < scores[own]; at--)
            order[at] = order[at - 1];
        order[at] = own;
        moves += i - at;
        if (moves > FEW_MOVES * n)
            return FALSE;
    }
    return TRUE;
}

/* By score, then by index, whatever order they come in. */
static int
compare_scores (gconstpointer a, gconstpointer b, gpointer data)
{
    const double *scores = data;
    gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;
    if (scores[x] != scores[y])
        return scores[x] > scores[y] ? -1 : 1;
    return x < y ? -1 : x > y;
}

/* The upper bits in which the ranks differ, from the lowest rank on, so that one sign or a few powers of
 * two do not use them up. */
static gsize
make_entries (const double *scores, gsize n, Entry *entries)
{
    guint64 low = G_MAXUINT64, high = 0;
    gsize m = 0;
    for (gsize i = 0; i < n; i++)
        if (scores[i] > -INFINITY) { /* false for NaN */
            guint64 rank = get_rank (scores[i]);
            low = MIN (low, rank);
            high = MAX (high, rank);
        }
    int used = high > low ? 64 - __builtin_clzll (high - low) : 0;
    int shift = MAX (used - PASSES * DIGIT_BITS, 0);
    for (gsize i = 0; i < n; i++)
        if (scores[i] > -INFINITY)
            entries[m++] = (get_rank (scores[i]) - low) >> shift << INDEX_BITS | (guint64) i;
    return m;
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
    gsize m = make_entries (scores, n, entries);
    if (m == 0)
        return 0;
    const Entry *sorted = sort_upper (entries, entries + n, m);
    for (gsize i = 0; i < m; i++)
        order[i] = get_index (sorted[i]);
    if (!settle_neighbours (scores, sorted, order, m))
        g_qsort_with_data (order, (gint) m, sizeof *order, compare_scores, (gpointer) scores);
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
