/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* For each block of queries a kernel walks the chosen distances from the farthest to the nearest. A
 * distance asks for the tile of keys that ends where its diagonal leaves the block; neighbouring
 * tiles grow into one range, and columns that no range covers are gathered one by one. */
#include "analysis/sparse-lines.h"

#include <math.h>

#include "analysis/mask-rows.h"

/* One block of queries under way. */
typedef struct {
    const FoveaSparseHead *head;
    FoveaMask *mask; /* NULL: cells are counted and nothing is drawn */
    gint64 kept;     /* cells, where they are counted */
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

static gint64
count_cells (const Walk *walk, gint64 from, gint64 to)
{
    const FoveaSparseHead *head = walk->head;
    return fovea_key_range_count ((FoveaKeyRange){from, to}, head->rule, head->n_tokens, walk->q0,
                                  MIN (walk->q1, head->n_tokens));
}

static void
emit_range (Walk *walk)
{
    if (walk->mask != NULL)
        fovea_mask_add_rectangle (walk->mask, walk->q0, walk->q1, walk->from, walk->to);
    else
        walk->kept += count_cells (walk, walk->from, walk->to);
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

/* Only a distance that reaches beyond the range changes anything, so the walk goes from one such to the
 * next. @n_below: (T + 1) how many distances are under each. */
static void
walk_block (Walk *walk, const gint64 *distances, const gint32 *n_below)
{
    gint64 T = walk->head->n_tokens;
    gint32 n = n_below[MIN (walk->q1, T)];
    if (n == 0)
        return;
    walk->to = MAX (walk->q1 - distances[n - 1], walk->tile);
    walk->from = walk->to - walk->tile;
    for (gint64 reach = walk->q1 - walk->to; reach > 0 && (n = n_below[MIN (reach, T)]) > 0;
         reach = walk->q1 - walk->to)
        take_tile (walk, walk->q1 - distances[n - 1]);
    consume_columns (walk);
    emit_range (walk);
    if (walk->mask != NULL)
        fovea_mask_add_blocks (walk->mask, walk->q0, walk->q1, 1, walk->single, walk->n_single);
    for (gsize i = 0; i < walk->n_single && walk->mask == NULL; i++)
        walk->kept += count_cells (walk, walk->single[i], walk->single[i] + 1);
    walk->cells += (double) walk->n_single * (double) walk->tile;
}

/* Lines that were chosen, ascending. */
typedef struct {
    gint64 tile;
    const gint64 *columns, *distances;
    gsize n_columns, n_distances;
} Lines;

/* How many distances are under 0 .. T. */
static gint32 *
count_below (const Lines *lines, gint64 n_tokens)
{
    gint32 *n_below = g_new (gint32, (gsize) n_tokens + 1);
    gsize n = 0;
    for (gint64 distance = 0; distance <= n_tokens; distance++) {
        while (n < lines->n_distances && lines->distances[n] < distance)
            n++;
        n_below[distance] = (gint32) n;
    }
    return n_below;
}

/* Draws into @mask or, without one, counts; gives the cells that were counted. */
static gint64
walk_lines (const FoveaSparseHead *head, const Lines *lines, FoveaMask *mask, double *kernel_cells)
{
    g_autofree gint64 *single = g_new (gint64, lines->n_columns + 1);
    g_autofree gint32 *n_below = count_below (lines, head->n_tokens);
    gint64 tile = lines->tile, kept = 0;
    *kernel_cells = 0;
    for (gint64 q0 = 0; q0 < head->n_tokens; q0 += tile) {
        Walk walk = {.head = head,
                     .mask = mask,
                     .q0 = q0,
                     .q1 = q0 + tile,
                     .tile = tile,
                     .columns = lines->columns,
                     .columns_end = lines->columns + lines->n_columns,
                     .single = single};
        walk_block (&walk, lines->distances, n_below);
        kept += walk.kept;
        /* Tiles that do not start where the blocks do may need one more than there are blocks; then
         * all blocks are the cheaper way, and what a kernel falls back to. */
        *kernel_cells += MIN (walk.cells, (double) (q0 / tile + 1) * (double) (tile * tile));
    }
    return kept;
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
    const Lines lines = {tile, columns, distances, n_columns, n_distances};
    FoveaMask *mask = fovea_mask_new (head->n_tokens, head->rule);
    walk_lines (head, &lines, mask, kernel_cells);
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

/* The best lines of both kinds; @room: (2, T). */
static Lines
choose (FoveaSparseHead *head,
        const char *name,
        const double *lines,
        const FoveaLineBudget *budget,
        gint64 *room,
        FoveaMargin *margin)
{
    gint64 T = head->n_tokens;
    const double *orders = get_orders (head, name, lines);
    Lines chosen = {.tile = budget->tile, .columns = room, .distances = room + T};
    chosen.n_columns = choose_lines (lines, orders, T, MIN (budget->columns, T),
                                     budget->forced_columns, room, margin);
    chosen.n_distances = choose_lines (lines + T, orders + T, T, MIN (budget->distances, T),
                                       budget->forced_distances, room + T, margin);
    return chosen;
}

void
fovea_sparse_lines_select (FoveaSparseHead *head,
                           const char *name,
                           const double *lines,
                           const FoveaLineBudget *budget,
                           FoveaSparseSelection *out)
{
    gint64 T = head->n_tokens;
    g_autofree gint64 *room = g_new (gint64, (gsize) (2 * T));
    const Lines chosen = choose (head, name, lines, budget, room, &out->margin);
    out->selected = fovea_mask_new (T, head->rule);
    fovea_mask_add_blocks (out->selected, 0, T, 1, chosen.columns, chosen.n_columns);
    fovea_mask_add_diagonals (out->selected, 0, T, chosen.distances, chosen.n_distances);
    fovea_mask_finish (out->selected);
    out->executed =
        fovea_sparse_lines_execute (head, budget->tile, chosen.columns, chosen.n_columns,
                                    chosen.distances, chosen.n_distances, &out->kernel_cells);
    out->tile = budget->tile;
}

gint64
fovea_sparse_lines_count (FoveaSparseHead *head,
                          const char *name,
                          const double *lines,
                          const FoveaLineBudget *budget)
{
    g_autofree gint64 *room = g_new (gint64, (gsize) (2 * head->n_tokens));
    const Lines chosen = choose (head, name, lines, budget, room, NULL);
    double kernel_cells;
    return walk_lines (head, &chosen, NULL, &kernel_cells);
}
