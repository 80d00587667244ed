/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The exact numbers of the selected cell: its row over all keys and its column over all queries,
 * read off the main loop and renewed when the selection moves. Strip, profile, inspector and card
 * all show this one object. */
#include "analysis/mask-verdict.h"
#include "capture/score-parts.h"
#include "ui/row-facts.h"
#include "ui/selection.h"

typedef struct _FoveaMaskOverlay FoveaMaskOverlay; /* ui/mask-overlay.h */

#define FOVEA_TYPE_CELL_MODEL (fovea_cell_model_get_type ())
G_DECLARE_FINAL_TYPE (FoveaCellModel, fovea_cell_model, FOVEA, CELL_MODEL, GObject)

/* A row and a column of one head's pattern. Owned by the model until the next "changed". */
typedef struct {
    FoveaPlace place; /* what it is of; lags behind the selection while reading */
    gint64 n_tokens;
    gint64 first_key, end_key; /* keys that the query may see */
    float *row;                /* (T) weights of the query */
    FoveaRowFacts facts;       /* of the row */
    float *column;             /* (T) weights onto the key */
    float other; /* weight of the cell in what the text is compared with; NaN = nothing is */
    float score; /* of the cell, before the softmax, nats; -inf where forbidden, NaN unknown */
    FoveaScoreParts *parts; /* of the score; NULL = queries and keys were not kept */
    gboolean judged;        /* a mask lies over the cell */
    FoveaVerdict verdict;   /* what it does to it */
    gboolean beyond;        /* a mask lies over the head, of a part of the text without the cell */
} FoveaCellData;

typedef struct {
    gint64 token;
    float weight;
} FoveaWeightedToken;

/**
 * fovea_cell_model_new:
 *
 * Signals: "changed", "failed" (message).
 *
 * Thread: main.   Owner: caller; keeps @selection.
 */
FoveaCellModel *fovea_cell_model_new (FoveaSelection *selection);

/**
 * fovea_cell_model_get_data:
 *
 * Owner: the model; NULL before the first row arrived.   Thread: main.
 */
const FoveaCellData *fovea_cell_model_get_data (FoveaCellModel *self);

/**
 * fovea_cell_model_retry:
 *
 * Reads the cell once more.   Thread: main.
 */
void fovea_cell_model_retry (FoveaCellModel *self);

/**
 * fovea_cell_model_set_mask:
 * @mask: (nullable): a reference is kept
 *
 * What lies over the map from now on; the cell is read again.   Thread: main.
 */
void fovea_cell_model_set_mask (FoveaCellModel *self, FoveaMaskOverlay *mask);

/**
 * fovea_cell_data_get_verdict:
 *
 * "kept", "missed", "wasted", "left out" or "beyond the mask"; NULL where no mask says anything of the cell.
 *
 * Thread: any.   Owner: static.
 */
const char *fovea_cell_data_get_verdict (const FoveaCellData *data);

/**
 * fovea_cell_data_get_rank:
 * @mass: (out) (optional): sum of the weights down to this rank
 *
 * Place of @weight among the allowed keys of the row, 1 = largest.
 *
 * Thread: any.
 */
gint64 fovea_cell_data_get_rank (const FoveaCellData *data, gint64 key, double *mass);

/**
 * fovea_weights_find_top:
 * @weights: (array length=n):
 * @top: (out caller-allocates): @n_top of them, largest first, ties to the lower index
 *
 * Gives how many were found: zeros are left out.
 *
 * Thread: any.
 */
guint fovea_weights_find_top (const float *weights, gint64 n, FoveaWeightedToken *top, guint n_top);

/**
 * fovea_weights_find_strong:
 * @from: where to start
 * @direction: +1 or -1
 *
 * Next token from @from whose weight is at least a tenth of the largest, or -1.
 *
 * Thread: any.
 */
gint64 fovea_weights_find_strong (const float *weights, gint64 n, gint64 from, int direction);
