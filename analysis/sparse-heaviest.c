/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The heaviest keys of a row. Weights are sorted as bits, which order like the numbers where none is
 * negative: two counting passes leave hardly anything to do, three do it all; O(n). */
#include <string.h>

#include "analysis/every-set.h"
#include "analysis/sparse-row-private.h"

enum {
    DIGIT_BITS = 11,
    DIGITS = 1 << DIGIT_BITS,
    SMALL_BITS = 10, /* of weights under 2, whose bits are 30 */
    SMALL_DIGITS = 1 << SMALL_BITS,
    FEW_MOVES = 4, /* for each weight, before counting is cheaper */
};

/* One pass of a radix sort, largest digit first. */
static void
sort_digit (const guint32 *from, guint32 *to, gsize n, int shift)
{
    guint32 places[DIGITS] = {0}, at = 0;
    for (gsize i = 0; i < n; i++)
        places[from[i] >> shift & (DIGITS - 1)]++;
    for (int digit = DIGITS - 1; digit >= 0; digit--) {
        guint32 count = places[digit];
        places[digit] = at;
        at += count;
    }
    for (gsize i = 0; i < n; i++)
        to[places[from[i] >> shift & (DIGITS - 1)]++] = from[i];
}

static float
from_bits (guint32 bits)
{
    float value;
    memcpy (&value, &bits, sizeof value);
    return value;
}

/* What is left when all but the lowest bits are in order: places of neighbours. FALSE if they are many,
 * as where a row's weights are nearly equal. */
static gboolean
settle_neighbours (guint32 *bits, gsize n)
{
    gsize moves = 0;
    for (gsize i = 1; i < n; i++) {
        guint32 own = bits[i];
        gsize at = i;
        for (; at > 0 && bits[at - 1] < own; at--)
            bits[at] = bits[at - 1];
        bits[at] = own;
        moves += i - at;
        if (moves > FEW_MOVES * n)
            return FALSE;
    }
    return TRUE;
}

/* Sorts weights under 2 by the upper 20 of their 30 bits, both digits counted at once, and settles the
 * rest; FALSE, with nothing sorted, where that is not enough. */
static gboolean
sort_small (FoveaSparseRow *row, const guint32 *from, gsize n)
{
    enum {
        LOW = SMALL_BITS,
        HIGH = 2 * SMALL_BITS
    };
    guint32 low[SMALL_DIGITS] = {0}, high[SMALL_DIGITS] = {0}, all = 0, at_low = 0, at_high = 0;
    for (gsize i = 0; i < n; i++) {
        all |= from[i];
        low[from[i] >> LOW & (SMALL_DIGITS - 1)]++;
        high[from[i] >> HIGH & (SMALL_DIGITS - 1)]++;
    }
    if (all >> (3 * SMALL_BITS) != 0)
        return FALSE;
    for (int digit = SMALL_DIGITS - 1; digit >= 0; digit--) {
        guint32 n_low = low[digit], n_high = high[digit];
        low[digit] = at_low;
        high[digit] = at_high;
        at_low += n_low;
        at_high += n_high;
    }
    for (gsize i = 0; i < n; i++)
        row->scratch[low[from[i] >> LOW & (SMALL_DIGITS - 1)]++] = from[i];
    for (gsize i = 0; i < n; i++)
        row->sorted[high[row->scratch[i] >> HIGH & (SMALL_DIGITS - 1)]++] = row->scratch[i];
    return settle_neighbours (row->sorted, n);
}

void
fovea_sparse_row_sort (FoveaSparseRow *row)
{
    gsize n = (gsize) (row->n - row->first);
    memcpy (row->bits, row->weights + row->first, n * sizeof *row->bits);
    if (!sort_small (row, row->bits, n)) {
        sort_digit (row->bits, row->sorted, n, 0);
        sort_digit (row->sorted, row->scratch, n, DIGIT_BITS);
        sort_digit (row->scratch, row->sorted, n, 2 * DIGIT_BITS);
    }
    for (gsize c = 0; c < n; c++)
        row->sums[c + 1] = row->sums[c] + (double) from_bits (row->sorted[c]);
}

gsize
fovea_sparse_row_list_heaviest (const FoveaSparseRow *row, gint64 count, FoveaKeyRange *ranges)
{
    gsize n = 0;
    if (count <= 0)
        return 0;
    guint32 cut = row->sorted[count - 1];
    gint64 at_cut = 0; /* how many of those that weigh just the cut */
    for (gint64 c = count; c-- > 0 && row->sorted[c] == cut;)
        at_cut++;
    for (gint64 j = row->first; j < row->n; j++) {
        guint32 bits;
        memcpy (&bits, row->weights + j, sizeof bits);
        if (bits < cut || (bits == cut && at_cut-- <= 0))
            continue;
        if (n > 0 && ranges[n - 1].to == j)
            ranges[n - 1].to++;
        else
            ranges[n++] = (FoveaKeyRange){j, j + 1};
    }
    return n;
}

/* Where the c heaviest keys end, for several c: a key's level is the first c that it is within. */
typedef struct {
    gsize n;
    gint32 *cuts;  /* (n) bits of the c-th weight, falling with c */
    gint64 *spare; /* (n) how many that weigh just the cut are still wanted */
} Levels;

/* A cut that no weight reaches stands for no keys at all. Equal weights lie side by side in the
 * sorted row, so their number is a search away. */
static void
set_level (const FoveaSparseRow *row, gint64 count, gint32 *cut, gint64 *spare)
{
    gint64 low = 0, high = count; /* the first that weighs no more than the cut */
    *cut = G_MAXINT32;
    *spare = 0;
    if (count <= 0)
        return;
    guint32 bits = row->sorted[count - 1];
    while (low < high) {
        gint64 middle = (low + high) / 2;
        if (row->sorted[middle] > bits)
            low = middle + 1;
        else
            high = middle;
    }
    *cut = (gint32) bits;
    *spare = count - low;
}

/* How many cuts each weight is under. Weights are not negative, so their bits order as numbers do. */
FOVEA_EVERY_SET static void
find_levels (const gint32 *restrict bits, gint64 n, const Levels *levels, gint32 *restrict out)
{
    enum {
        STEP = 512
    }; /* stays in the first cache over all cuts */
    for (gint64 j0 = 0; j0 < n; j0 += STEP) {
        gint64 j1 = MIN (j0 + STEP, n);
        memset (out + j0, 0, (gsize) (j1 - j0) * sizeof *out);
        for (gsize i = 0; i < levels->n; i++) {
            gint32 cut = levels->cuts[i];
            for (gint64 j = j0; j < j1; j++)
                out[j] += bits[j] < cut;
        }
    }
}

/* One that weighs just its cut is in as long as the cut wants such, and in all later sets. */
static gsize
settle_level (Levels *levels, gsize level, gint32 bits)
{
    while (level < levels->n && levels->cuts[level] == bits && levels->spare[level] == 0)
        level++;
    for (gsize i = level; i < levels->n && levels->cuts[i] == bits; i++)
        levels->spare[i]--;
    return level;
}

/* Levels of all keys, and how many keys each has; what no set holds has level n. */
static void
count_levels (FoveaSparseRow *row, Levels *levels, gint64 *counts)
{
    gint64 n = row->n - row->first;
    /* Floats are read as whole numbers: both are 32 bits. */
    const gint32 *bits = (const gint32 *) row->bits;
    find_levels (bits, n, levels, row->levels);
    memset (counts, 0, (levels->n + 1) * sizeof *counts);
    for (gint64 j = 0; j < n; j++) {
        gsize level = (gsize) row->levels[j];
        if (level < levels->n && levels->cuts[level] == bits[j])
            level = settle_level (levels, level, bits[j]);
        row->levels[j] = (gint32) level;
        counts[level]++;
    }
}

/* Keys by level, each level's side by side: (n) places where they end. */
static void
list_by_level (FoveaSparseRow *row, gsize n_levels, gint64 *ends)
{
    gint64 at = 0;
    for (gsize level = 0; level <= n_levels; level++) {
        gint64 count = ends[level];
        ends[level] = at;
        at += count;
    }
    for (gint64 j = row->first; j < row->n; j++)
        row->by_level[ends[row->levels[j - row->first]]++] = (gint32) j;
}

/* What one level adds to the one before it. */
static FoveaRowShare
add_level (const FoveaSparseRow *row, const gint32 *keys, gint64 n, double *output)
{
    FoveaRowShare share = {.n_keys = n};
    for (gint64 i = 0; i < n; i++)
        share.mass += (double) row->weights[keys[i]];
    if (row->v == NULL)
        return share;
    for (gint64 i = 0; i < n; i++)
        share.value_mass += (double) row->weights[keys[i]] * row->lengths[keys[i]];
    if (output != NULL)
        fovea_sparse_row_add_listed (row, keys, n, output);
    return share;
}

void
fovea_sparse_row_get_heaviest (
    FoveaSparseRow *row, const gint64 *counts, gsize n, FoveaRowShare *shares, double *outputs)
{
    g_autofree gint32 *cuts = g_new (gint32, n + 1);
    g_autofree gint64 *spare = g_new (gint64, n + 1), *ends = g_new (gint64, n + 1);
    Levels levels = {n, cuts, spare};
    gsize D = (gsize) row->D;
    for (gsize i = 0; i < n; i++)
        set_level (row, counts[i], &cuts[i], &spare[i]);
    if (outputs != NULL)
        memset (outputs, 0, n * D * sizeof *outputs);
    count_levels (row, &levels, ends);
    list_by_level (row, n, ends);
    for (gsize i = 0; i < n; i++) {
        gint64 start = i > 0 ? ends[i - 1] : 0;
        shares[i] = add_level (row, row->by_level + start, ends[i] - start,
                               outputs != NULL ? outputs + i * D : NULL);
        if (i == 0)
            continue;
        shares[i].n_keys += shares[i - 1].n_keys;
        shares[i].mass += shares[i - 1].mass;
        shares[i].value_mass += shares[i - 1].value_mass;
        for (gsize d = 0; outputs != NULL && d < D; d++)
            outputs[i * D + d] += outputs[(i - 1) * D + d];
    }
}
