/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sums run in double. Outputs are summed within groups of 16 keys in float and kept at the groups'
 * ends only: D/16 doubles a key instead of D. */
#include "analysis/sparse-row.h"

#include <math.h>
#include <string.h>

#include "analysis/every-set.h"
#include "analysis/sparse-row-private.h"

enum {
    GROUP = 16, /* keys whose outputs are summed in float */
};

/* A row with lengths of the values that are there already, or NULL. */
static FoveaSparseRow *
make_row (const FoveaSparseHead *head, double *lengths)
{
    FoveaSparseRow *row = g_new0 (FoveaSparseRow, 1);
    gsize T = (gsize) head->n_tokens, D = (gsize) head->width;
    row->T = head->n_tokens;
    row->D = head->width;
    row->v = head->v;
    row->lengths = lengths;
    row->mass = g_new0 (double, T + 1);
    row->sums = g_new0 (double, T + 1);
    row->bits = g_new (guint32, T);
    row->sorted = g_new (guint32, T);
    row->scratch = g_new (guint32, T);
    row->levels = g_new (gint32, T);
    row->by_level = g_new (gint32, T);
    if (head->v == NULL)
        return row;
    row->value_mass = g_new0 (double, T + 1);
    row->outputs = g_new0 (double, (T / GROUP + 1) * D);
    row->group = g_new (float, D);
    row->listed = g_new (gint32, T);
    return row;
}

FoveaSparseRow *
fovea_sparse_row_new (const FoveaSparseHead *head)
{
    gint64 T = head->n_tokens, D = head->width;
    double *lengths = head->v != NULL ? g_new0 (double, (gsize) T) : NULL;
    for (gint64 t = 0; t < T && lengths != NULL; t++) {
        for (gint64 d = 0; d < D; d++)
            lengths[t] += (double) head->v[t * D + d] * (double) head->v[t * D + d];
        lengths[t] = sqrt (lengths[t]);
    }
    FoveaSparseRow *row = make_row (head, lengths);
    row->owns_lengths = TRUE;
    return row;
}

FoveaSparseRow *
fovea_sparse_row_new_beside (const FoveaSparseHead *head, const FoveaSparseRow *row)
{
    return make_row (head, row->lengths);
}

void
fovea_sparse_row_free (FoveaSparseRow *row)
{
    if (row == NULL)
        return;
    if (row->owns_lengths)
        g_free (row->lengths);
    g_free (row->mass);
    g_free (row->value_mass);
    g_free (row->outputs);
    g_free (row->group);
    g_free (row->bits);
    g_free (row->sorted);
    g_free (row->scratch);
    g_free (row->sums);
    g_free (row->levels);
    g_free (row->by_level);
    g_free (row->listed);
    g_free (row);
}

/* weight * value of keys [from,to), at most a group, added to @out. */
FOVEA_EVERY_SET static void
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
FOVEA_EVERY_SET static void
add_groups (const double *restrict before,
            const double *restrict after,
            gint64 D,
            double *restrict out)
{
    for (gint64 d = 0; d < D; d++)
        out[d] += after[d] - before[d];
}

/* As many floats as two registers of the widest set; narrower sets take several. */
typedef float Strip __attribute__ ((vector_size (64)));

enum {
    STRIP = 16,
};

/* Rows whose sums are made together, and where they go. */
typedef struct {
    const FoveaSparseRow *row; /* the first: all have its values */
    const float *weights[FOVEA_SPARSE_MOST_ROWS];
    double *out; /* (rows, D) */
} Outputs;

/* Adds one strip's floats. */
static inline __attribute__ ((always_inline)) void
add_strip (const Strip *strip, double *restrict out)
{
    float sums[STRIP];
    memcpy (sums, strip, sizeof sums);
    for (int i = 0; i < STRIP; i++)
        out[i] += (double) sums[i];
}

/* Sums of one pair of strips over at most a group of keys. A value is read once for all rows; of one row
 * alone the sums of even and of odd places are apart, so that the processor always has several under
 * way. */
static inline __attribute__ ((always_inline)) void
add_strips (const Outputs *o, int n_rows, const gint32 *keys, gint64 n, gint64 d)
{
    Strip low[FOVEA_SPARSE_MOST_ROWS + 1] = {{0}}, high[FOVEA_SPARSE_MOST_ROWS + 1] = {{0}}, v, w;
    int other = n_rows == 1; /* where the sums of odd places are */
    for (gint64 k = 0; k < n; k++) {
        const float *from = o->row->v + keys[k] * o->row->D + d;
        memcpy (&v, from, sizeof v);
        memcpy (&w, from + STRIP, sizeof w);
        for (int r = 0; r < n_rows; r++) {
            float weight = o->weights[r][keys[k]];
            low[r] += weight * v;
            high[r] += weight * w;
        }
        if (other == 0 || ++k >= n)
            continue;
        from = o->row->v + keys[k] * o->row->D + d;
        memcpy (&v, from, sizeof v);
        memcpy (&w, from + STRIP, sizeof w);
        low[other] += o->weights[0][keys[k]] * v;
        high[other] += o->weights[0][keys[k]] * w;
    }
    if (other != 0) {
        low[0] += low[other];
        high[0] += high[other];
    }
    for (int r = 0; r < n_rows; r++) {
        add_strip (&low[r], o->out + r * o->row->D + d);
        add_strip (&high[r], o->out + r * o->row->D + d + STRIP);
    }
}

/* weight * value of listed keys, summed in float over a group of them and then in double. Strips of
 * the values at a time, so that the sums stay in registers. */
static inline __attribute__ ((always_inline)) void
add_listed_to (const Outputs *o, int n_rows, const gint32 *keys, gint64 n)
{
    gint64 D = o->row->D;
    for (gint64 k0 = 0; k0 < n; k0 += GROUP) {
        gint64 held = MIN (GROUP, n - k0), d = 0;
        for (; d + 2 * STRIP <= D; d += 2 * STRIP)
            add_strips (o, n_rows, keys + k0, held, d);
        for (; d < D; d++)
            for (int r = 0; r < n_rows; r++) {
                float sum = 0;
                for (gint64 k = k0; k < k0 + held; k++)
                    sum += o->weights[r][keys[k]] * o->row->v[keys[k] * D + d];
                o->out[r * D + d] += (double) sum;
            }
    }
}

FOVEA_EVERY_SET static void
add_listed_to_one (const Outputs *o, const gint32 *keys, gint64 n)
{
    add_listed_to (o, 1, keys, n);
}

FOVEA_EVERY_SET static void
add_listed_to_all (const Outputs *o, const gint32 *keys, gint64 n)
{
    add_listed_to (o, FOVEA_SPARSE_MOST_ROWS, keys, n);
}

void
fovea_sparse_row_add_listed (const FoveaSparseRow *row, const gint32 *keys, gint64 n, double *out)
{
    const Outputs outputs = {.row = row, .weights = {row->weights}, .out = out};
    add_listed_to_one (&outputs, keys, n);
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
fovea_sparse_row_load_beyond (
    FoveaSparseRow *row, const float *weights, gint64 first, gint64 end, gint64 n)
{
    row->end = end;
    row->weights = weights;
    row->first = first;
    row->n = n;
    for (gint64 j = 0; j < n; j++)
        row->mass[j + 1] = row->mass[j] + (double) weights[j];
    if (row->v != NULL)
        add_outputs (row);
    fovea_sparse_row_sort (row);
}

void
fovea_sparse_row_load (FoveaSparseRow *row, const float *weights, gint64 first, gint64 n)
{
    fovea_sparse_row_load_beyond (row, weights, first, n, n);
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

/* One range: whole groups from the running sums, the rest is listed. Gives how many are listed. */
static inline __attribute__ ((always_inline)) gint64
add_range (
    FoveaSparseRow *const *rows, gsize n_rows, FoveaKeyRange range, gint64 n_listed, double *out)
{
    gint64 D = rows[0]->D, g0 = (range.from + GROUP - 1) / GROUP, g1 = range.to / GROUP;
    gint64 head = range.to, tail = range.to;
    gint32 *listed = rows[0]->listed;
    if (g0 < g1) {
        head = g0 * GROUP;
        tail = g1 * GROUP;
        for (gsize r = 0; r < n_rows; r++)
            add_groups (rows[r]->outputs + g0 * D, rows[r]->outputs + g1 * D, D,
                        out + (gint64) r * D);
    }
    for (gint64 j = range.from; j < head; j++)
        listed[n_listed++] = (gint32) j;
    for (gint64 j = tail; j < range.to; j++)
        listed[n_listed++] = (gint32) j;
    return n_listed;
}

/* Masses of ranges, and their outputs as far as whole groups hold them; gives how many keys are listed. */
static inline __attribute__ ((always_inline)) gint64
add_ranges (FoveaSparseRow *const *rows,
            gsize n_rows,
            const FoveaKeyRange *ranges,
            gsize n,
            FoveaRowShare *shares,
            double *out)
{
    gint64 n_keys = 0, n_listed = 0;
    memset (shares, 0, n_rows * sizeof *shares);
    if (out != NULL)
        memset (out, 0, n_rows * (gsize) rows[0]->D * sizeof *out);
    for (gsize i = 0; i < n; i++) {
        gint64 from = ranges[i].from, to = ranges[i].to;
        n_keys += to - from;
        for (gsize r = 0; r < n_rows; r++)
            shares[r].mass += rows[r]->mass[to] - rows[r]->mass[from];
        if (out == NULL)
            continue;
        for (gsize r = 0; r < n_rows; r++)
            shares[r].value_mass += rows[r]->value_mass[to] - rows[r]->value_mass[from];
        n_listed = add_range (rows, n_rows, ranges[i], n_listed, out);
    }
    for (gsize r = 0; r < n_rows; r++)
        shares[r].n_keys = n_keys;
    return n_listed;
}

FoveaRowShare
fovea_sparse_row_get_share (FoveaSparseRow *row, const FoveaKeyRange *ranges, gsize n, double *out)
{
    FoveaRowShare share;
    gint64 n_listed = add_ranges (&row, 1, ranges, n, &share, out);
    if (n_listed > 0)
        fovea_sparse_row_add_listed (row, row->listed, n_listed, out);
    return share;
}

void
fovea_sparse_rows_get_shares (FoveaSparseRow *const *rows,
                              const FoveaKeyRange *ranges,
                              gsize n,
                              FoveaRowShare *shares,
                              double *out)
{
    gint64 n_listed = add_ranges (rows, FOVEA_SPARSE_MOST_ROWS, ranges, n, shares, out);
    Outputs outputs = {.row = rows[0], .out = out};
    for (int r = 0; r < FOVEA_SPARSE_MOST_ROWS; r++) {
        outputs.weights[r] = rows[r]->weights;
        /* Keys that a row may not see weigh nothing, but they are none of its own. */
        for (gsize i = n; i-- > 0 && ranges[i].to > rows[r]->end;)
            shares[r].n_keys -= ranges[i].to - MAX (ranges[i].from, rows[r]->end);
    }
    if (n_listed > 0)
        add_listed_to_all (&outputs, rows[0]->listed, n_listed);
}
