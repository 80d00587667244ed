/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Masks as lists of 64 x 64 tiles, which is how a device takes them (`mask_rows` in kernels/ops.h):
 * rows are drawn into a block of rows, and blocks are appended, one for each mask, block of rows by
 * block of rows. */
#include "analysis/mask-rows.h"
#include "kernels/ops.h"

/* FOVEA_BLOCK rows of one mask, being drawn. */
typedef struct _FoveaMaskBlock FoveaMaskBlock;
/* Lists of finished blocks. */
typedef struct _FoveaMaskTiles FoveaMaskTiles;

/**
 * fovea_mask_block_new:
 *
 * An empty block. Memory 8 T bytes.
 *
 * Thread: any.   Owner: caller frees with fovea_mask_block_free(); autoptr.
 */
FoveaMaskBlock *fovea_mask_block_new (gint64 n_tokens);

/**
 * fovea_mask_block_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @block.
 */
void fovea_mask_block_free (FoveaMaskBlock *block);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaMaskBlock, fovea_mask_block_free)

/**
 * fovea_mask_block_add_row:
 * @row: 0 .. FOVEA_BLOCK-1
 * @ranges: (array length=n): keys of that row
 *
 * Gives how many keys they are.
 *
 * Thread: one at a time.
 */
gint64
fovea_mask_block_add_row (FoveaMaskBlock *block, gint64 row, const FoveaKeyRange *ranges, gsize n);

/**
 * fovea_mask_tiles_new:
 * @rule: of the masks; borrowed
 *
 * No lists yet.
 *
 * Thread: any.   Owner: caller frees with fovea_mask_tiles_free(); autoptr.
 */
FoveaMaskTiles *fovea_mask_tiles_new (const FoveaScoreRule *rule, gint64 n_tokens);

/**
 * fovea_mask_tiles_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @tiles.
 */
void fovea_mask_tiles_free (FoveaMaskTiles *tiles);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaMaskTiles, fovea_mask_tiles_free)

/**
 * fovea_mask_tiles_append:
 * @query: of the block's first row
 *
 * A block's tiles as the next list; the block is empty again. Tiles in which everything that the
 * rule allows is kept need no bits.
 *
 * Thread: one at a time.
 */
void fovea_mask_tiles_append (FoveaMaskTiles *tiles, gint64 query, FoveaMaskBlock *block);

/**
 * fovea_mask_tiles_append_whole:
 *
 * A list of all tiles that the rule leaves to queries from @query on.
 *
 * Thread: one at a time.
 */
void fovea_mask_tiles_append_whole (FoveaMaskTiles *tiles, gint64 query);

/**
 * fovea_mask_tiles_get_n_words:
 *
 * Words of bits in all lists: eight bytes each.
 *
 * Thread: any.
 */
gsize fovea_mask_tiles_get_n_words (const FoveaMaskTiles *tiles);

/**
 * fovea_mask_tiles_clear:
 *
 * Drops all lists.
 *
 * Thread: one at a time.
 */
void fovea_mask_tiles_clear (FoveaMaskTiles *tiles);

/**
 * fovea_mask_tiles_give:
 * @args: (inout): gets the lists, borrowed until they change
 *
 * Thread: any.
 */
void fovea_mask_tiles_give (const FoveaMaskTiles *tiles, FoveaMaskRowsArgs *args);
