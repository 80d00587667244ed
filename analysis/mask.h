/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Which keys each query of one head may look at: a union of rectangles, bands, diagonals, blocks,
 * columns and explicit keys, always within what the layer's score rule allows. Built part by part,
 * then finished; a finished mask is immutable. Memory O(parts + listed blocks and keys), never
 * O(T^2). Reading rows and tiles: mask-rows.h. */
#include <glib.h>

#include "kernels/score-rule.h"

typedef struct _FoveaMask FoveaMask;

/**
 * fovea_mask_new:
 * @n_tokens: T, 1 or more
 * @rule: what is allowed at all, without a box; its segments are copied
 *
 * An empty mask over T queries and T keys.
 *
 * Thread: any.   Owner: caller, fovea_mask_unref(); autoptr.
 */
FoveaMask *fovea_mask_new (gint64 n_tokens, const FoveaScoreRule *rule);

/**
 * fovea_mask_ref:
 *
 * Thread: any.
 */
FoveaMask *fovea_mask_ref (FoveaMask *mask);

/**
 * fovea_mask_unref:
 *
 * Thread: any.
 */
void fovea_mask_unref (FoveaMask *mask);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaMask, fovea_mask_unref)

/**
 * fovea_mask_add_rectangle:
 *
 * Keys [k0,k1) for queries [q0,q1); spans beyond the sequence are cut.
 *
 * Thread: the one that builds.
 */
void fovea_mask_add_rectangle (FoveaMask *mask, gint64 q0, gint64 q1, gint64 k0, gint64 k1);

/**
 * fovea_mask_add_band:
 * @near: least distance query - key, may be negative
 * @far: one past the largest
 *
 * Keys at @near <= query - key < @far for queries [q0,q1).
 *
 * Thread: the one that builds.
 */
void fovea_mask_add_band (FoveaMask *mask, gint64 q0, gint64 q1, gint64 near, gint64 far);

/**
 * fovea_mask_add_diagonals:
 * @distances: (array length=n): query - key, any order
 *
 * Thread: the one that builds.
 */
void
fovea_mask_add_diagonals (FoveaMask *mask, gint64 q0, gint64 q1, const gint64 *distances, gsize n);

/**
 * fovea_mask_add_blocks:
 * @width: keys of a block; 1 = columns, and with one query explicit keys
 * @blocks: (array length=n): indices, any order; block b holds keys [b*width, (b+1)*width)
 *
 * Thread: the one that builds.
 */
void fovea_mask_add_blocks (
    FoveaMask *mask, gint64 q0, gint64 q1, gint64 width, const gint64 *blocks, gsize n);

/**
 * fovea_mask_set_order:
 * @order: (array length=T): key at each place of a permuted sequence; copied
 *
 * For fovea_mask_add_permuted(); once, before it.
 *
 * Thread: the one that builds.
 */
void fovea_mask_set_order (FoveaMask *mask, const gint64 *order);

/**
 * fovea_mask_add_permuted:
 * @blocks: (array length=n): indices, any order
 *
 * As fovea_mask_add_blocks(), but block b holds the keys at places [b*width, (b+1)*width) of the
 * order.
 *
 * Thread: the one that builds.
 */
void fovea_mask_add_permuted (
    FoveaMask *mask, gint64 q0, gint64 q1, gint64 width, const gint64 *blocks, gsize n);

/**
 * fovea_mask_add_mask:
 * @other: finished, of the same length
 *
 * Union with another mask, of which a reference is kept.
 *
 * Thread: the one that builds.
 */
void fovea_mask_add_mask (FoveaMask *mask, FoveaMask *other);

/**
 * fovea_mask_restrict:
 * @other: finished, of the same length
 *
 * Intersection of all parts, also of those still to come, with another mask.
 *
 * Thread: the one that builds.
 */
void fovea_mask_restrict (FoveaMask *mask, FoveaMask *other);

/**
 * fovea_mask_finish:
 *
 * Makes rows findable; no part may be added afterwards. O(parts + T).
 *
 * Thread: the one that builds.
 */
void fovea_mask_finish (FoveaMask *mask);

/**
 * fovea_mask_get_n_tokens:
 *
 * Thread: any.
 */
gint64 fovea_mask_get_n_tokens (const FoveaMask *mask);

/**
 * fovea_mask_get_rule:
 *
 * Thread: any.   Owner: the mask.
 */
const FoveaScoreRule *fovea_mask_get_rule (const FoveaMask *mask);

/**
 * fovea_mask_get_bytes:
 *
 * Memory held, masks that it refers to included.
 *
 * Thread: any.
 */
gsize fovea_mask_get_bytes (const FoveaMask *mask);
