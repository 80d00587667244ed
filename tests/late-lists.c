/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "tests/late-lists.h"

#include <glib.h>
#include <string.h>

#include "kernels/mask-rows.h"

/* Bytes of each list; they lie one behind the other. */
typedef struct {
    gsize ends, tiles, bits; /* bytes */
} Lists;

static Lists
measure_lists (const FoveaMaskRowsArgs *args)
{
    gsize n = (gsize) (args->n_masks * fovea_mask_rows_count_blocks (args));
    return (Lists){(n + 1) * sizeof *args->ends, (gsize) args->ends[n] * sizeof *args->tiles,
                   (gsize) args->n_words * sizeof *args->bits};
}

void *
late_lists_copy (const FoveaMaskRowsArgs *args)
{
    Lists lists = measure_lists (args);
    char *copy = g_malloc (lists.ends + lists.tiles + lists.bits + 1);
    memcpy (copy, args->ends, lists.ends);
    if (lists.tiles > 0)
        memcpy (copy + lists.ends, args->tiles, lists.tiles);
    if (lists.bits > 0)
        memcpy (copy + lists.ends + lists.tiles, args->bits, lists.bits);
    return copy;
}

void
late_lists_use (FoveaMaskRowsArgs *args, void *copy)
{
    args->ends = copy;
    Lists lists = measure_lists (args);
    char *tiles = (char *) copy + lists.ends;
    args->tiles = (const FoveaMaskTile *) (gpointer) tiles;
    args->bits = (const uint64_t *) (gpointer) (tiles + lists.tiles);
}
