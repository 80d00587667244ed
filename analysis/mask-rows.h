/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Reading a finished mask: keys of a row as ascending, disjoint ranges; counts; tiles; a check value.
 * A cursor holds the row at hand as T bits, so each thread has its own. */
#include "analysis/mask.h"

typedef struct _FoveaMaskCursor FoveaMaskCursor;

typedef struct {
    gint64 from, to; /* keys from .. to-1 */
} FoveaKeyRange;

/**
 * fovea_key_range_count:
 * @range: keys that queries [@q0,@q1) share, as if nothing were forbidden
 *
 * Cells of it that @rule allows, its segments left aside.
 *
 * Thread: any.
 */
gint64 fovea_key_range_count (
    FoveaKeyRange range, const FoveaScoreRule *rule, gint64 n_tokens, gint64 q0, gint64 q1);

/**
 * fovea_mask_cursor_new:
 *
 * Thread: any.   Owner: caller frees with fovea_mask_cursor_free(); autoptr. Holds a reference.
 */
FoveaMaskCursor *fovea_mask_cursor_new (FoveaMask *mask);

/**
 * fovea_mask_cursor_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @cursor.
 */
void fovea_mask_cursor_free (FoveaMaskCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaMaskCursor, fovea_mask_cursor_free)

/**
 * fovea_mask_cursor_read:
 * @ranges: (out) (transfer none): ascending, disjoint, not touching; until the next call
 *
 * Keys of query @query; gives how many ranges there are. O(parts of the row + T/64).
 *
 * Thread: one at a time a cursor.
 */
gsize fovea_mask_cursor_read (FoveaMaskCursor *cursor, gint64 query, const FoveaKeyRange **ranges);

/**
 * fovea_mask_cursor_read_rows:
 * @most: queries from @query on that are wanted together
 * @n_rows: (out): @most if they differ in nothing but where the future begins, else 1
 *
 * As fovea_mask_cursor_read() for the last of them: each of the others has those keys of it that it may
 * see.
 *
 * Thread: one at a time a cursor.
 */
gsize fovea_mask_cursor_read_rows (FoveaMaskCursor *cursor,
                                   gint64 query,
                                   gint64 most,
                                   gint64 *n_rows,
                                   const FoveaKeyRange **ranges);

/**
 * fovea_mask_cursor_read_tiles:
 * @counts: (out caller-allocates): (ceil (T/width)) kept cells of each tile
 *
 * Cells of queries [q0,q1) by blocks of @width keys; gives how many tiles hold any.
 *
 * Thread: one at a time a cursor.
 */
gsize fovea_mask_cursor_read_tiles (
    FoveaMaskCursor *cursor, gint64 q0, gint64 q1, gint64 width, gint64 *counts);

/**
 * fovea_mask_count:
 *
 * Cells of the whole mask. O(T^2/64).
 *
 * Thread: any.
 */
gint64 fovea_mask_count (FoveaMask *mask);

/**
 * fovea_mask_count_allowed:
 *
 * Cells that the score rule allows: the denominator of a density.
 *
 * Thread: any.
 */
gint64 fovea_mask_count_allowed (const FoveaMask *mask);

/**
 * fovea_mask_count_tiles:
 * @height: queries of a tile
 * @width: keys of a tile
 * @n_allowed: (out): tiles with an allowed cell
 *
 * Tiles with a kept cell: what a block kernel visits.
 *
 * Thread: any.
 */
gint64 fovea_mask_count_tiles (FoveaMask *mask, gint64 height, gint64 width, gint64 *n_allowed);

/**
 * fovea_mask_count_allowed_tiles:
 *
 * The same tiles with an allowed cell, whatever the mask keeps.
 *
 * Thread: any.
 */
gint64 fovea_mask_count_allowed_tiles (const FoveaMask *mask, gint64 height, gint64 width);

/**
 * fovea_mask_hash:
 *
 * 64-bit FNV-1a over the T*T cells, row by row, a byte 1 for a kept cell and 0 for any other.
 *
 * Thread: any.   Source: methods/prefill.md 3.
 */
guint64 fovea_mask_hash (FoveaMask *mask);
