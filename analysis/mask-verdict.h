/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A mask judged cell by cell against the exact weights: what it keeps, misses and wastes. A pair
 * matters if it is among the fewest keys that hold a share of its query's mass. */
#include "analysis/mask.h"
#include "analysis/sparse-head.h"

typedef enum {
    FOVEA_VERDICT_NONE,   /* neither kept nor missed: not in the mask, and does not matter */
    FOVEA_VERDICT_KEPT,   /* in the mask, and matters */
    FOVEA_VERDICT_MISSED, /* matters, and not in the mask */
    FOVEA_VERDICT_WASTED, /* in the mask, and does not matter */
    FOVEA_VERDICT_FUTURE, /* not allowed at all */
    FOVEA_N_VERDICTS,
} FoveaVerdict;

typedef struct {
    double kept_mass;                /* of all queries' mass, share; 1 - this is missed */
    double wasted;                   /* of the mask's pairs, share */
    double density;                  /* the mask's pairs, of the allowed ones */
    gint64 counts[FOVEA_N_VERDICTS]; /* pairs */
} FoveaVerdictSummary;

/**
 * fovea_verdict_get_commonest:
 * @counts: (array fixed-size=FOVEA_N_VERDICTS): pairs of a block
 *
 * What one dot says of them; of equal counts the first of kept, missed, wasted, none. The future only
 * where there is nothing else.
 *
 * Thread: any.
 */
FoveaVerdict fovea_verdict_get_commonest (const guint32 *counts);

/**
 * fovea_mask_verdict_read:
 * @masks: (array length=n): of the head, finished
 * @share: of a query's mass that decides what matters, 0 .. 1
 * @block: side of the blocks that are joined to one cell each: their commonest verdict
 * @cells: (out caller-allocates): (n, ceil (T/block), ceil (T/block)) of #FoveaVerdict
 * @summaries: (out caller-allocates): (n)
 *
 * Shape: rows are queries.
 * Errors: FOVEA_ERROR_RANGE for a @share or @block out of range; the backend's;
 * G_IO_ERROR_CANCELLED by the head's cancellable.
 * Thread: the head's; blocks.   Cost: T^2 (2 D + a sort's), and T^2 for each mask.
 */
gboolean fovea_mask_verdict_read (FoveaSparseHead *head,
                                  FoveaMask *const *masks,
                                  guint n,
                                  double share,
                                  gint64 block,
                                  guint8 *cells,
                                  FoveaVerdictSummary *summaries,
                                  GError **error);
