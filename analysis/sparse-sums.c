/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Percentiles need every row's recall, so these are kept; all else is a sum. */
#include "analysis/sparse-sums.h"

#include <math.h>
#include <string.h>

#include "analysis/every-set.h"

void
fovea_sparse_sums_add (FoveaSparseSums *sums, const FoveaSparseRowFigures *row)
{
    sums->cells += row->n_keys;
    sums->allowed += row->n_allowed;
    sums->n_queries++;
    sums->n_empty += row->n_keys == 0;
    sums->recall += row->recall;
    sums->oracle_recall += row->oracle_recall;
    if (row->is_late) {
        sums->late_recall += row->recall;
        sums->n_late++;
    }
    if (!row->has_output)
        return;
    sums->squared_error += row->squared_loss;
    sums->squared_output += row->squared_output;
    sums->value_recall += row->value_recall;
    if (row->squared_output > 0) {
        double relative = sqrt (row->squared_loss / row->squared_output);
        sums->error += relative;
        sums->largest_error = MAX (sums->largest_error, relative);
        sums->n_outputs++;
    }
}

void
fovea_sparse_sums_join (FoveaSparseSums *to, const FoveaSparseSums *from)
{
    to->cells += from->cells;
    to->allowed += from->allowed;
    to->n_queries += from->n_queries;
    to->n_late += from->n_late;
    to->n_empty += from->n_empty;
    to->n_outputs += from->n_outputs;
    to->n_tiles += from->n_tiles;
    to->recall += from->recall;
    to->late_recall += from->late_recall;
    to->value_recall += from->value_recall;
    to->oracle_recall += from->oracle_recall;
    to->squared_error += from->squared_error;
    to->squared_output += from->squared_output;
    to->error += from->error;
    to->largest_error = MAX (to->largest_error, from->largest_error);
}

/* The number at place @k of @values in ascending order, which are moved about. */
static float
find_ranked (float *values, gint64 n, gint64 k)
{
    gint64 low = 0, high = n - 1;
    while (low < high) {
        float cut = values[(low + high) / 2];
        gint64 i = low, j = high;
        while (i <= j) {
            while (values[i] < cut)
                i++;
            while (values[j] > cut)
                j--;
            if (i > j)
                break;
            float swap = values[i];
            values[i++] = values[j];
            values[j--] = swap;
        }
        if (k <= j)
            high = j;
        else if (k >= i)
            low = i;
        else
            break; /* equals of the cut */
    }
    return values[k];
}

/* Minimum, percentile and histogram, which need every query's recall. */
static void
set_spread (float *recalls, gint64 n_tokens, FoveaSparseMeasures *out)
{
    float least = INFINITY;
    gint64 n = 0;
    for (gint64 q = 0; q < n_tokens; q++) {
        if (isnan (recalls[q]))
            continue;
        int bin = (int) (recalls[q] * FOVEA_RECALL_BINS);
        out->histogram[CLAMP (bin, 0, FOVEA_RECALL_BINS - 1)]++;
        least = MIN (least, recalls[q]);
        recalls[n++] = recalls[q];
    }
    out->least_recall = n > 0 ? (double) least : NAN;
    out->low_recall = n > 0 ? (double) find_ranked (recalls, n, (n - 1) / 20) : NAN;
}

/* Whether tiles can be counted along with the rows: rows of tiles lie within blocks of rows. */
static gboolean
has_row_tiles (const FoveaSparseSubject *subject)
{
    gint64 side = subject->mask != NULL ? subject->selection->tile : 0;
    return side > 0 && FOVEA_SPARSE_ROWS % side == 0 && subject->selection->first_row == 0;
}

/* Tiles that a kernel visits, over those it could. */
static double
get_block_density (const FoveaSparseSubject *subject, gint64 n_tiles)
{
    if (subject->mask == NULL || subject->selection->tile == 0)
        return NAN; /* single keys: no kernel of tiles */
    gint64 B = subject->selection->tile;
    gint64 n_allowed = fovea_mask_count_allowed_tiles (subject->mask, B, B);
    gboolean executed = subject->mask == subject->selection->executed;
    if (executed && subject->selection->kernel_cells > 0)
        return subject->selection->kernel_cells / ((double) n_allowed * (double) B * (double) B);
    if (!has_row_tiles (subject))
        n_tiles = fovea_mask_count_tiles (subject->mask, B, B, &n_allowed);
    return (double) n_tiles / (double) n_allowed;
}

void
fovea_sparse_sums_finish (const FoveaSparseSums *sums,
                          const FoveaSparseHead *head,
                          const FoveaSparseSubject *subject,
                          float *recalls,
                          FoveaSparseMeasures *out)
{
    double n = (double) sums->n_queries;
    gboolean values = head->v != NULL;
    memset (out, 0, sizeof *out);
    out->cells = sums->cells;
    out->allowed = sums->allowed;
    out->n_queries = sums->n_queries;
    out->n_empty = sums->n_empty;
    out->density = (double) sums->cells / (double) sums->allowed;
    out->sparsity = 1 - out->density;
    out->block_density = get_block_density (subject, sums->n_tiles);
    out->recall = sums->recall / n;
    out->late_recall = sums->late_recall / (double) sums->n_late;
    out->oracle_recall = sums->oracle_recall / n;
    out->oracle_gap = out->oracle_recall - out->recall;
    out->value_recall = values ? sums->value_recall / n : NAN;
    out->error = values && sums->squared_output > 0
                     ? sqrt (sums->squared_error / sums->squared_output)
                     : NAN;
    out->mean_error = sums->n_outputs > 0 ? sums->error / (double) sums->n_outputs : NAN;
    out->largest_error = sums->n_outputs > 0 ? sums->largest_error : NAN;
    set_spread (recalls, head->n_tokens, out);
}

static void
mark_tiles (const FoveaSparseTiles *tiles, const FoveaKeyRange *ranges, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        gsize first = (gsize) ranges[i].from >> tiles->shift;
        gsize last = (gsize) (ranges[i].to - 1) >> tiles->shift;
        guint64 head = G_MAXUINT64 << (first % 64), tail = G_MAXUINT64 >> (63 - last % 64);
        if (first / 64 == last / 64) {
            tiles->bits[first / 64] |= head & tail;
            continue;
        }
        tiles->bits[first / 64] |= head;
        for (gsize w = first / 64 + 1; w < last / 64; w++)
            tiles->bits[w] = G_MAXUINT64;
        tiles->bits[last / 64] |= tail;
    }
}

/* Counts the tiles of a row of them when its last query is done. */
FOVEA_EVERY_SET static void
take_tiles (const FoveaSparseTiles *tiles, gint64 query, FoveaSparseSums *sums)
{
    gint64 side = (gint64) 1 << tiles->shift;
    if ((query + 1) % side != 0 && query + 1 != tiles->n_tokens)
        return;
    for (gint64 w = 0; w <= (tiles->n_tokens - 1) / side / 64; w++) {
        sums->n_tiles += __builtin_popcountll (tiles->bits[w]);
        tiles->bits[w] = 0;
    }
}

void
fovea_sparse_tiles_init (FoveaSparseTiles *tiles,
                         const FoveaSparseSubject *subject,
                         gint64 n_tokens)
{
    *tiles = (FoveaSparseTiles){.n_tokens = n_tokens};
    if (!has_row_tiles (subject))
        return;
    gint64 side = subject->selection->tile;
    tiles->shift = __builtin_ctzll ((guint64) side); /* divides a power of two */
    tiles->bits = g_new0 (guint64, (gsize) ((n_tokens - 1) / side / 64 + 1));
}

void
fovea_sparse_tiles_clear (FoveaSparseTiles *tiles)
{
    g_free (tiles->bits);
}

void
fovea_sparse_tiles_add_row (FoveaSparseTiles *tiles,
                            gint64 query,
                            const FoveaKeyRange *ranges,
                            gsize n,
                            FoveaSparseSums *sums)
{
    if (tiles->bits == NULL)
        return;
    mark_tiles (tiles, ranges, n);
    take_tiles (tiles, query, sums);
}
