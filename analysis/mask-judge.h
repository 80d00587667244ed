/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A mask over a head's map, judged piece by piece: what a view that pans and zooms asks. Where
 * mask-verdict.h reads the whole map, this reads the rows that are looked at and remembers what
 * matters in them. The verdicts of a cell are the same. */
#include "analysis/mask-verdict.h"

typedef struct _FoveaMaskJudge FoveaMaskJudge;

enum {
    FOVEA_N_MISSED = 6,
};

/* A pair that matters and is not in the mask. */
typedef struct {
    gint64 query, key;
    float weight;
} FoveaMissedPair;

/* What a mask does to a head, from some of its rows. Shares are means over those rows. */
typedef struct {
    gint64 n_rows;             /* looked at; T = all */
    gint64 n_pairs, n_allowed; /* of the whole mask, of the whole map */
    double kept_mass, wasted;  /* 1 - kept_mass is missed; wasted: of the mask's pairs */
    double low_recall;         /* 10th centile of rows, nearest rank */
    double least_recall;       /* of any row */
    gint64 least_query;        /* the row that it is of */
    FoveaMissedPair missed[FOVEA_N_MISSED]; /* largest weights first */
    guint n_missed;
} FoveaMaskReport;

/* What it does to one row. */
typedef struct {
    double recall;           /* share of the query's mass that is kept; NaN = not looked at */
    gint64 n_kept, n_wasted; /* pairs of the mask that matter, and that do not */
} FoveaMaskRow;

/**
 * fovea_mask_judge_new:
 * @attention: borrowed until the judge is freed
 * @mask: finished; a reference is kept
 * @share: of a query's mass that decides what matters, above 0 to 1
 *
 * Memory: 20 T bytes.
 *
 * Thread: any.   Owner: caller frees with fovea_mask_judge_free(); autoptr.
 */
FoveaMaskJudge *
fovea_mask_judge_new (FoveaAttention *attention, guint head, FoveaMask *mask, double share);

/**
 * fovea_mask_judge_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @judge.
 */
void fovea_mask_judge_free (FoveaMaskJudge *judge);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaMaskJudge, fovea_mask_judge_free)

/**
 * fovea_mask_judge_read:
 * @verdicts: (out caller-allocates): (k1 - k0) of #FoveaVerdict
 *
 * Keys [k0,k1) of one query. O(T (D + log T)) the first time that a row is looked at, O((k1-k0) D)
 * after that.
 *
 * Errors: FOVEA_ERROR_RANGE; the backend's.   Thread: any, one at a time works; blocks.
 */
gboolean fovea_mask_judge_read (
    FoveaMaskJudge *judge, gint64 query, gint64 k0, gint64 k1, guint8 *verdicts, GError **error);

/**
 * fovea_mask_judge_report:
 * @max_rows: at most so many rows, evenly spread
 * @rows: (out caller-allocates) (nullable): (T)
 *
 * Errors: the backend's; G_IO_ERROR_CANCELLED.   Thread: any; blocks.   Cost: rows * T (D + log T).
 */
gboolean fovea_mask_judge_report (FoveaMaskJudge *judge,
                                  gint64 max_rows,
                                  FoveaMaskReport *report,
                                  FoveaMaskRow *rows,
                                  GCancellable *cancellable,
                                  GError **error);
