/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* One score before the softmax, taken apart: a product for each dimension, then what position and
 * soft cap make of their sum. */
#include "capture/attention.h"

typedef struct {
    gint64 width;       /* D */
    float *query, *key; /* (D), as they enter the product: turned where the family turns them */
    float *products;    /* (D) scale * query * key, nats */
    double scale;
    double sum;      /* of the products */
    double position; /* bias by distance; 0 where the family has none */
    double cap;      /* what the soft cap adds to both, of the other sign; 0 without one */
    double score;    /* sum + position + cap */
    gboolean has_position, has_cap;
    gint64
        n_pairs; /* of dimensions that are turned together, the fastest first; 0 = nothing turns */
    gboolean interleaved; /* pairs are neighbours, else half of what turns apart */
} FoveaScoreParts;

/**
 * fovea_score_parts_choose_cell:
 * @query: (inout): -1 becomes the last token
 * @key: (inout): -1 becomes the one that the query weighs most
 * @weight: (out): of the cell
 *
 * Errors: FOVEA_ERROR_RANGE for what is not there, and for a key that the query may not see; the
 * backend's.
 * Thread: any; blocks.
 */
gboolean fovea_score_parts_choose_cell (FoveaAttention *attention,
                                        guint head,
                                        gint64 *query,
                                        gint64 *key,
                                        double *weight,
                                        GError **error);

/**
 * fovea_score_parts_read:
 *
 * Of one cell, whether its query may see its key or not.
 *
 * Errors: FOVEA_ERROR_RANGE; FOVEA_ERROR_NOT_FOUND if queries and keys were not kept; the backend's.
 * Thread: any; blocks.   Owner: caller frees with fovea_score_parts_free(); autoptr.
 */
FoveaScoreParts *fovea_score_parts_read (
    FoveaAttention *attention, guint head, gint64 query, gint64 key, GError **error);

/**
 * fovea_score_parts_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @parts.
 */
void fovea_score_parts_free (FoveaScoreParts *parts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaScoreParts, fovea_score_parts_free)

/**
 * fovea_score_parts_get_pair:
 * @pair: 0 .. n_pairs-1
 * @first, @second: (out): its dimensions
 *
 * Thread: any.
 */
void fovea_score_parts_get_pair (const FoveaScoreParts *parts,
                                 gint64 pair,
                                 gint64 *first,
                                 gint64 *second);

/**
 * fovea_score_parts_find_pair:
 *
 * The pair that a dimension turns in, -1 = it does not turn.   Thread: any.
 */
gint64 fovea_score_parts_find_pair (const FoveaScoreParts *parts, gint64 dimension);
