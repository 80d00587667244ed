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

/* Queries [q0,q1) and keys [k0,k1) of a text. */
typedef struct {
    gint64 q0, q1, k0, k1;
} FoveaVerdictPart;

/* A dot stands for one pair or for a block of them: up to FOVEA_N_VERDICTS it is a verdict, behind them
 * a ground (none or wasted) with what matters over it (kept or missed) in steps. */
enum {
    FOVEA_DOT_STEPS = 12,
    FOVEA_N_DOTS = FOVEA_N_VERDICTS + 4 * (FOVEA_DOT_STEPS - 1),
};

/**
 * fovea_verdict_part_check:
 *
 * Whether @part is one of the head's text, in which some query may see some key.
 *
 * Errors: FOVEA_ERROR_RANGE naming both.   Thread: any.
 */
gboolean fovea_verdict_part_check (const FoveaVerdictPart *part,
                                   const FoveaSparseHead *head,
                                   GError **error);

/**
 * fovea_verdict_get_dot:
 * @counts: (array fixed-size=FOVEA_N_VERDICTS): pairs of a block
 *
 * What one dot says of them. Pairs that matter are few and far between in long texts, so that the
 * commonest verdict would hide them: the dot's ground is the commoner of wasted and none (wasted of
 * equals), over it the commoner of kept and missed (kept of equals), as strong as the cube root of the
 * share of the allowed pairs that matter, but never nothing. One pair, or pairs of one kind, give their
 * verdict; the future only where there is nothing else.
 *
 * Thread: any.
 */
guint8 fovea_verdict_get_dot (const guint32 *counts);

/**
 * fovea_verdict_split_dot:
 * @dot: FOVEA_N_VERDICTS to FOVEA_N_DOTS - 1
 * @ground: (out): FOVEA_VERDICT_NONE or FOVEA_VERDICT_WASTED
 * @over: (out): FOVEA_VERDICT_KEPT or FOVEA_VERDICT_MISSED
 *
 * Gives the steps, 1 to FOVEA_DOT_STEPS - 1, that @over has.   Thread: any.
 */
guint fovea_verdict_split_dot (guint8 dot, FoveaVerdict *ground, FoveaVerdict *over);

/**
 * fovea_mask_verdict_read:
 * @masks: (array length=n): of the head, finished
 * @part: (nullable): what of the masks is read and counted; NULL = all
 * @share: of a query's mass that decides what matters, 0 .. 1
 * @block: side of the blocks that are joined to one dot each; of 1 the dots are verdicts
 * @cells: (out caller-allocates): (n, ceil (queries/block), ceil (keys/block)) of dots
 * @summaries: (out caller-allocates): (n)
 *
 * What matters is decided over all keys of a query, whatever part of them is read; masses are those that
 * the part's keys hold.
 *
 * Shape: rows are queries.
 * Errors: FOVEA_ERROR_RANGE for a @share, @block or @part out of range, or if no query of @part may see
 * a key of it; the backend's;
 * G_IO_ERROR_CANCELLED by the head's cancellable.
 * Thread: the head's; blocks.   Cost: T (2 D + a sort's) a query, and as many pairs for each mask.
 */
gboolean fovea_mask_verdict_read (FoveaSparseHead *head,
                                  FoveaMask *const *masks,
                                  guint n,
                                  const FoveaVerdictPart *part,
                                  double share,
                                  gint64 block,
                                  guint8 *cells,
                                  FoveaVerdictSummary *summaries,
                                  GError **error);
