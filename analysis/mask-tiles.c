/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A block keeps its words column by column, as they are sent, and remembers between which columns it
 * was drawn into: clearing and reading it cost what was drawn. */
#include "analysis/mask-tiles.h"

#include <string.h>

#include "analysis/every-set.h"

struct _FoveaMaskBlock {
    gint64 n_columns;
    gint64 from, to; /* columns that hold anything; from >= to: none */
    guint64 *words;  /* (columns, FOVEA_BLOCK) */
};

struct _FoveaMaskTiles {
    const FoveaScoreRule *rule;
    gint64 n_tokens;
    GArray *ends, *tiles, *bits; /* of gint64, FoveaMaskTile, guint64 */
};

FoveaMaskBlock *
fovea_mask_block_new (gint64 n_tokens)
{
    FoveaMaskBlock *block = g_new0 (FoveaMaskBlock, 1);
    block->n_columns = (n_tokens + FOVEA_BLOCK - 1) / FOVEA_BLOCK;
    block->from = block->n_columns;
    block->words = g_new0 (guint64, (gsize) (block->n_columns * FOVEA_BLOCK));
    return block;
}

void
fovea_mask_block_free (FoveaMaskBlock *block)
{
    if (block == NULL)
        return;
    g_free (block->words);
    g_free (block);
}

/* Keys [from,to) of one row. */
static void
draw_range (FoveaMaskBlock *block, gint64 row, gint64 from, gint64 to)
{
    gint64 first = from / FOVEA_BLOCK, last = (to - 1) / FOVEA_BLOCK;
    guint64 *words = block->words + row;
    guint64 head = G_MAXUINT64 << (from % FOVEA_BLOCK);
    guint64 tail = G_MAXUINT64 >> (FOVEA_BLOCK - 1 - (to - 1) % FOVEA_BLOCK);
    block->from = MIN (block->from, first);
    block->to = MAX (block->to, last + 1);
    if (first == last) {
        words[first * FOVEA_BLOCK] |= head & tail;
        return;
    }
    words[first * FOVEA_BLOCK] |= head;
    for (gint64 column = first + 1; column < last; column++)
        words[column * FOVEA_BLOCK] = G_MAXUINT64;
    words[last * FOVEA_BLOCK] |= tail;
}

gint64
fovea_mask_block_add_row (FoveaMaskBlock *block, gint64 row, const FoveaKeyRange *ranges, gsize n)
{
    gint64 n_keys = 0;
    for (gsize i = 0; i < n; i++) {
        draw_range (block, row, ranges[i].from, ranges[i].to);
        n_keys += ranges[i].to - ranges[i].from;
    }
    return n_keys;
}

FoveaMaskTiles *
fovea_mask_tiles_new (const FoveaScoreRule *rule, gint64 n_tokens)
{
    FoveaMaskTiles *tiles = g_new0 (FoveaMaskTiles, 1);
    tiles->rule = rule;
    tiles->n_tokens = n_tokens;
    tiles->ends = g_array_new (FALSE, FALSE, sizeof (gint64));
    tiles->tiles = g_array_new (FALSE, FALSE, sizeof (FoveaMaskTile));
    tiles->bits = g_array_new (FALSE, FALSE, sizeof (guint64));
    fovea_mask_tiles_clear (tiles);
    return tiles;
}

void
fovea_mask_tiles_free (FoveaMaskTiles *tiles)
{
    if (tiles == NULL)
        return;
    g_array_unref (tiles->ends);
    g_array_unref (tiles->tiles);
    g_array_unref (tiles->bits);
    g_free (tiles);
}

void
fovea_mask_tiles_clear (FoveaMaskTiles *tiles)
{
    const gint64 none = 0;
    g_array_set_size (tiles->ends, 0);
    g_array_set_size (tiles->tiles, 0);
    g_array_set_size (tiles->bits, 0);
    g_array_append_val (tiles->ends, none);
}

/* Whether a tile with @n_kept keys has all that the rule allows. Segments would have to be looked at
 * key by key: their tiles keep their bits. */
static gboolean
is_whole (const FoveaMaskTiles *tiles, gint64 query, gint64 column, gint64 n_kept)
{
    gint64 k0 = column * FOVEA_BLOCK, k1 = MIN (k0 + FOVEA_BLOCK, tiles->n_tokens);
    gint64 q1 = MIN (query + FOVEA_BLOCK, tiles->n_tokens);
    return n_kept == FOVEA_BLOCK * FOVEA_BLOCK ||
           (tiles->rule->segments == NULL &&
            n_kept == fovea_score_rule_count (tiles->rule, query, q1, k0, k1));
}

static void
end_list (FoveaMaskTiles *tiles)
{
    gint64 end = tiles->tiles->len;
    g_array_append_val (tiles->ends, end);
}

FOVEA_EVERY_SET static gint64
count_bits (const guint64 *words)
{
    gint64 n = 0;
    for (int i = 0; i < FOVEA_BLOCK; i++)
        n += __builtin_popcountll (words[i]);
    return n;
}

void
fovea_mask_tiles_append (FoveaMaskTiles *tiles, gint64 query, FoveaMaskBlock *block)
{
    for (gint64 column = block->from; column < block->to; column++) {
        guint64 *words = block->words + column * FOVEA_BLOCK;
        gint64 n_kept = count_bits (words);
        if (n_kept == 0)
            continue;
        FoveaMaskTile tile = {(int32_t) column, -1};
        if (!is_whole (tiles, query, column, n_kept)) {
            tile.bits = (int32_t) tiles->bits->len;
            g_array_append_vals (tiles->bits, words, FOVEA_BLOCK);
        }
        g_array_append_val (tiles->tiles, tile);
        memset (words, 0, FOVEA_BLOCK * sizeof *words);
    }
    block->from = block->n_columns;
    block->to = 0;
    end_list (tiles);
}

void
fovea_mask_tiles_append_whole (FoveaMaskTiles *tiles, gint64 query)
{
    gint64 last = MIN (query + FOVEA_BLOCK, tiles->n_tokens) - 1;
    gint64 first = fovea_score_rule_first_key (tiles->rule, query);
    gint64 end = fovea_score_rule_end_key (tiles->rule, last, tiles->n_tokens);
    for (gint64 column = first / FOVEA_BLOCK; column * FOVEA_BLOCK < end; column++) {
        const FoveaMaskTile tile = {(int32_t) column, -1};
        g_array_append_val (tiles->tiles, tile);
    }
    end_list (tiles);
}

gsize
fovea_mask_tiles_get_n_words (const FoveaMaskTiles *tiles)
{
    return tiles->bits->len;
}

void
fovea_mask_tiles_give (const FoveaMaskTiles *tiles, FoveaMaskRowsArgs *args)
{
    args->ends = (const int64_t *) (gconstpointer) tiles->ends->data;
    args->tiles = (const FoveaMaskTile *) (gconstpointer) tiles->tiles->data;
    args->bits = (const uint64_t *) (gconstpointer) tiles->bits->data;
    args->n_words = tiles->bits->len;
}
