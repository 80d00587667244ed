/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sums run in double. Outputs are summed within groups of 16 keys in float and kept at the groups'
 * ends only: D/16 doubles a key instead of D. The weights are sorted as bits, which order like the
 * numbers where none is negative: three counting passes of 11 bits, O(n). */
#include "analysis/sparse-row.h"

#include <math.h>
#include <string.h>

enum {
    GROUP = 16,
    DIGIT_BITS = 11,
    DIGITS = 1 << DIGIT_BITS,
};

struct _FoveaSparseRow {
    gint64 T, D;
    gint64 first, n;           /* keys of the row at hand */
    const float *weights;      /* borrowed */
    const float *v;            /* (T, D) or NULL, borrowed */
    double *lengths;           /* (T) of the values */
    double *mass;              /* (T+1) sum of weights before each key */
    double *value_mass;        /* (T+1) */
    double *outputs;           /* (T/GROUP + 1, D) sum of weight * value before each group */
    float *group;              /* (D) */
    guint32 *sorted, *scratch; /* (T) bits of the weights, falling */
    double *sums;              /* (T+1) */
};

FoveaSparseRow *
fovea_sparse_row_new (const FoveaSparseHead *head)
{
    FoveaSparseRow *row = g_new0 (FoveaSparseRow, 1);
    gsize T = (gsize) head->n_tokens, D = (gsize) head->width;
    row->T = head->n_tokens;
    row->D = head->width;
    row->v = head->v;
    row->mass = g_new0 (double, T + 1);
    row->sums = g_new0 (double, T + 1);
    row->sorted = g_new (guint32, T);
    row->scratch = g_new (guint32, T);
    if (head->v == NULL)
        return row;
    row->lengths = g_new0 (double, T);
    row->value_mass = g_new0 (double, T + 1);
    row->outputs = g_new0 (double, (T / GROUP + 1) * D);
    row->group = g_new (float, D);
    for (gsize t = 0; t < T; t++) {
        for (gsize d = 0; d < D; d++)
            row->lengths[t] += (double) head->v[t * D + d] * (double) head->v[t * D + d];
        row->lengths[t] = sqrt (row->lengths[t]);
    }
    return row;
}

void
fovea_sparse_row_free (FoveaSparseRow *row)
{
    if (row == NULL)
        return;
    g_free (row->lengths);
    g_free (row->mass);
    g_free (row->value_mass);
    g_free (row->outputs);
    g_free (row->group);
    g_free (row->sorted);
    g_free (row->scratch);
    g_free (row->sums);
    g_free (row);
}

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

static void
sort (FoveaSparseRow *row)
{
    gsize n = (gsize) (row->n - row->first);
    memcpy (row->scratch, row->weights + row->first, n * sizeof *row->scratch);
    sort_digit (row->scratch, row->sorted, n, 0);
    sort_digit (row->sorted, row->scratch, n, DIGIT_BITS);
    sort_digit (row->scratch, row->sorted, n, 2 * DIGIT_BITS);
    for (gsize c = 0; c < n; c++)
        row->sums[c + 1] = row->sums[c] + (double) from_bits (row->sorted[c]);
}

/* These loops are half of a sweep's time: wherever the compiler can, they exist for several sets of
 * instructions and the processor picks. Products are never fused with sums, so all give the same. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_EVERY_SET __attribute__ ((target_clones ("avx512f", "avx2", "default")))
#else
#define FOR_EVERY_SET
#endif

/* weight * value of keys [from,to), at most a group, added to @out. */
FOR_EVERY_SET static void
add_keys (const FoveaSparseRow *row, gint64 from, gint64 to, float *restrict out)
{
    gint64 D = row->D;
    for (gint64 j = from; j < to; j++) {
        const float *restrict v = row->v + j * D;
        float weight = row->weights[j];
        for (gint64 d = 0; d < D; d++)
            out[d] += weight * v[d];
    }
}

/* What running sums grew by between two groups. */
FOR_EVERY_SET static void
add_groups (const double *restrict before,
            const double *restrict after,
            gint64 D,
            double *restrict out)
{
    for (gint64 d = 0; d < D; d++)
        out[d] += after[d] - before[d];
}

/* Empties a group into a sum. */
FOR_EVERY_SET static void
flush_group (float *restrict group, gint64 D, double *restrict out)
{
    for (gint64 d = 0; d < D; d++) {
        out[d] += (double) group[d];
        group[d] = 0;
    }
}

static void
add_outputs (FoveaSparseRow *row)
{
    gint64 D = row->D;
    for (gint64 g = 0; (g + 1) * GROUP <= row->n; g++) {
        const double *before = row->outputs + g * D;
        double *after = row->outputs + (g + 1) * D;
        memset (row->group, 0, (gsize) D * sizeof *row->group);
        add_keys (row, g * GROUP, (g + 1) * GROUP, row->group);
        for (gint64 d = 0; d < D; d++)
            after[d] = before[d] + (double) row->group[d];
    }
    for (gint64 j = 0; j < row->n; j++)
        row->value_mass[j + 1] = row->value_mass[j] + (double) row->weights[j] * row->lengths[j];
}

void
fovea_sparse_row_load (FoveaSparseRow *row, const float *weights, gint64 first, gint64 n)
{
    row->weights = weights;
    row->first = first;
    row->n = n;
    for (gint64 j = 0; j < n; j++)
        row->mass[j + 1] = row->mass[j] + (double) weights[j];
    if (row->v != NULL)
        add_outputs (row);
    sort (row);
}

const double *
fovea_sparse_row_get_sums (const FoveaSparseRow *row)
{
    return row->sums;
}

double
fovea_sparse_row_get_mass (const FoveaSparseRow *row, const FoveaKeyRange *ranges, gsize n)
{
    double sum = 0;
    for (gsize i = 0; i < n; i++)
        sum += row->mass[ranges[i].to] - row->mass[ranges[i].from];
    return sum;
}

double
fovea_sparse_row_get_value_mass (const FoveaSparseRow *row, const FoveaKeyRange *ranges, gsize n)
{
    double sum = 0;
    for (gsize i = 0; i < n; i++)
        sum += row->value_mass[ranges[i].to] - row->value_mass[ranges[i].from];
    return sum;
}

/* Keys [from,to) into the group, which is emptied whenever it has taken as many as a group holds:
 * lone keys then cost no more than those of a run. */
static void
add_loose (FoveaSparseRow *row, gint64 from, gint64 to, gint64 *n_held, double *out)
{
    if (from >= to)
        return;
    if (*n_held + to - from > GROUP) {
        flush_group (row->group, row->D, out);
        *n_held = 0;
    }
    add_keys (row, from, to, row->group);
    *n_held += to - from;
}

/* One range: whole groups from the running sums, the rest key by key. */
static void
add_range (FoveaSparseRow *row, FoveaKeyRange range, gint64 *n_held, double *out)
{
    gint64 D = row->D, g0 = (range.from + GROUP - 1) / GROUP, g1 = range.to / GROUP;
    if (g0 >= g1) {
        gint64 middle = CLAMP (g0 * GROUP, range.from, range.to);
        add_loose (row, range.from, middle, n_held, out);
        add_loose (row, middle, range.to, n_held, out);
        return;
    }
    add_loose (row, range.from, g0 * GROUP, n_held, out);
    add_loose (row, g1 * GROUP, range.to, n_held, out);
    add_groups (row->outputs + g0 * D, row->outputs + g1 * D, D, out);
}

void
fovea_sparse_row_get_output (FoveaSparseRow *row, const FoveaKeyRange *ranges, gsize n, double *out)
{
    gint64 n_held = 0;
    memset (out, 0, (gsize) row->D * sizeof *out);
    memset (row->group, 0, (gsize) row->D * sizeof *row->group);
    for (gsize i = 0; i < n; i++)
        add_range (row, ranges[i], &n_held, out);
    flush_group (row->group, row->D, out);
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
