/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* For each block of queries a kernel walks the chosen distances from the farthest to the nearest. A
 * distance asks for the tile of keys that ends where its diagonal leaves the block; neighbouring
 * tiles grow into one range, and columns that no range covers are gathered one by one. */
#include "analysis/sparse-lines.h"

#include <math.h>

/* One block of queries under way. */
typedef struct {
    FoveaMask *mask;
    gint64 q0, q1, tile;
    gint64 from, to;       /* the range that grows */
    const gint64 *columns; /* not yet consumed */
    const gint64 *columns_end;
    gint64 *single; /* room for all columns */
    gsize n_single;
    double cells;
} Walk;

/* Columns before the end of the range: inside they are covered, before it they stand alone. */
static void
consume_columns (Walk *walk)
{
    for (; walk->columns < walk->columns_end && *walk->columns < walk->to; walk->columns++)
        if (*walk->columns < walk->from)
            walk->single[walk->n_single++] = *walk->columns;
}

static void
emit_range (Walk *walk)
{
    fovea_mask_add_rectangle (walk->mask, walk->q0, walk->q1, walk->from, walk->to);
    walk->cells += (double) (walk->to - walk->from) * (double) walk->tile;
}

/* @end: of the tile that the next distance asks for. The range grows by a whole tile at a time, so
 * it may pass @end. */
static void
take_tile (Walk *walk, gint64 end)
{
    consume_columns (walk);
    if (end > walk->to + walk->tile) {
        emit_range (walk);
        walk->from = end - walk->tile;
        walk->to = end;
    } else if (end > walk->to) {
        walk->to += walk->tile;
    }
}

static void
walk_block (Walk *walk, const gint64 *distances, gsize n_distances)
{
    gboolean started = FALSE;
    for (gsize i = n_distances; i-- > 0;) {
        if (distances[i] >= walk->q1)
            continue;
        gint64 end = MAX (walk->q1 - distances[i], walk->tile);
        if (started) {
            take_tile (walk, end);
        } else {
            walk->from = end - walk->tile;
            walk->to = end;
            started = TRUE;
        }
    }
    if (!started)
        return;
    consume_columns (walk);
    emit_range (walk);
    fovea_mask_add_blocks (walk->mask, walk->q0, walk->q1, 1, walk->single, walk->n_single);
    walk->cells += (double) walk->n_single * (double) walk->tile;
}

FoveaMask *
fovea_sparse_lines_execute (const FoveaSparseHead *head,
                            gint64 tile,
                            const gint64 *columns,
                            gsize n_columns,
                            const gint64 *distances,
                            gsize n_distances,
                            double *kernel_cells)
{
    g_autofree gint64 *single = g_new (gint64, n_columns + 1);
    FoveaMask *mask = fovea_mask_new (head->n_tokens, head->rule);
    *kernel_cells = 0;
    for (gint64 q0 = 0; q0 < head->n_tokens; q0 += tile) {
        Walk walk = {.mask = mask,
                     .q0 = q0,
                     .q1 = q0 + tile,
                     .tile = tile,
                     .columns = columns,
                     .columns_end = columns + n_columns,
                     .single = single};
        walk_block (&walk, distances, n_distances);
        /* Tiles that do not start where the blocks do may need one more than there are blocks; then
         * all blocks are the cheaper way, and what a kernel falls back to. */
        *kernel_cells += MIN (walk.cells, (double) (q0 / tile + 1) * (double) (tile * tile));
    }
    fovea_mask_finish (mask);
    return mask;
}

/* Both kinds of lines by falling score, (2, T); what each kind has is followed by a negative. A sweep
 * and a search ask for many numbers of the same lines. */
static const double *
get_orders (FoveaSparseHead *head, const char *name, const double *lines)
{
    g_autofree char *key = g_strconcat ("order of ", name, NULL);
    const double *found = fovea_sparse_head_find (head, key);
    gsize T = (gsize) head->n_tokens;
    if (found != NULL)
        return found;
    g_autofree gint64 *order = g_new (gint64, T);
    double *orders = g_new (double, 2 * T);
    for (gsize kind = 0; kind < 2; kind++) {
        gsize n = fovea_select_rank (lines + kind * T, T, order);
        for (gsize i = 0; i < T; i++)
            orders[kind * T + i] = i < n ? (double) order[i] : -1;
    }
    return fovea_sparse_head_keep (head, key, orders);
}

/* The best @k lines, ascending; the first @forced always among them, as if they scored above all. */
static gsize
choose_lines (const double *scores,
              const double *order,
              gint64 T,
              gint64 k,
              gint64 forced,
              gint64 *chosen,
              FoveaMargin *margin)
{
    gint64 n = 0, last = -1;
    for (; n < MIN (MIN (forced, T), k); n++)
        chosen[n] = n;
    for (gint64 i = 0; i < T && order[i] >= 0; i++) {
        gint64 line = (gint64) order[i];
        if (line < forced)
            continue;
        if (n >= k) { /* the first that is left out */
            if (last >= 0)
                fovea_margin_compare (margin, scores[last], scores[line]);
            break;
        }
        last = chosen[n++] = line;
    }
    fovea_select_sort (chosen, (gsize) n);
    return (gsize) n;
}

void
fovea_sparse_lines_select (FoveaSparseHead *head,
                           const char *name,
                           const double *lines,
                           const FoveaLineBudget *budget,
                           FoveaSparseSelection *out)
{
    gint64 T = head->n_tokens;
    const double *orders = get_orders (head, name, lines);
    g_autofree gint64 *columns = g_new (gint64, (gsize) T);
    g_autofree gint64 *distances = g_new (gint64, (gsize) T);
    gsize v = choose_lines (lines, orders, T, MIN (budget->columns, T), budget->forced_columns,
                            columns, &out->margin);
    gsize s = choose_lines (lines + T, orders + T, T, MIN (budget->distances, T),
                            budget->forced_distances, distances, &out->margin);
    out->selected = fovea_mask_new (T, head->rule);
    fovea_mask_add_blocks (out->selected, 0, T, 1, columns, v);
    fovea_mask_add_diagonals (out->selected, 0, T, distances, s);
    fovea_mask_finish (out->selected);
    out->executed = fovea_sparse_lines_execute (head, budget->tile, columns, v, distances, s,
                                                &out->kernel_cells);
    out->tile = budget->tile;
}
