/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The three head detectors of TransformerLens on any text: how much of a pattern A lies on the
 * cells where a detection matrix M, made from the tokens, is 1
 * (methods/features-and-sparsity.md 9.2). Patterns are only read: nothing is written into them,
 * whatever is excluded. */
#include <glib.h>

typedef enum {
    FOVEA_DETECTOR_PREVIOUS,  /* M[t,t-1] */
    FOVEA_DETECTOR_DUPLICATE, /* M[t,s], s < t, same token */
    FOVEA_DETECTOR_INDUCTION, /* M[t,s], 1 <= s <= t, token s-1 the same as token t */
    FOVEA_N_DETECTORS,
} FoveaDetector;

typedef enum {
    FOVEA_EXCLUDE_NOTHING = 0,
    FOVEA_EXCLUDE_FIRST = 1 << 0,   /* column 0 */
    FOVEA_EXCLUDE_CURRENT = 1 << 1, /* the diagonal */
} FoveaExclusion;

/* The ones of a detection matrix, as a chain through earlier occurrences: O(n) memory however many
 * ones there are. */
typedef struct _FoveaTargets FoveaTargets;

/* Sums over rows of a pattern. */
typedef struct {
    double on_target; /* sum of A where M is 1 */
    double total;     /* sum of A */
    gint64 n_targets; /* sum of M */
    gint64 n_rows;
} FoveaDetection;

/**
 * fovea_targets_new:
 * @ids: (n) token ids
 *
 * O(n).
 *
 * Thread: any.   Owner: caller frees with fovea_targets_free(); autoptr.
 */
FoveaTargets *fovea_targets_new (const gint32 *ids, gint64 n);

/**
 * fovea_targets_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @targets.
 */
void fovea_targets_free (FoveaTargets *targets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaTargets, fovea_targets_free)

/**
 * fovea_targets_sum_row:
 * @query: t
 * @row: weights of keys 0 .. t
 * @count: (out) (optional): ones of the row
 *
 * Sum of a row where M is 1 and nothing excludes it; O(ones).
 *
 * Thread: any.
 */
double fovea_targets_sum_row (const FoveaTargets *targets,
                              FoveaDetector detector,
                              FoveaExclusion exclude,
                              gint64 query,
                              const float *row,
                              gint64 *count);

/**
 * fovea_detection_add_rows:
 * @first: query of the first row
 * @rows: (n, stride), keys from 0
 *
 * Thread: any.
 */
void fovea_detection_add_rows (FoveaDetection *detection,
                               const FoveaTargets *targets,
                               FoveaDetector detector,
                               FoveaExclusion exclude,
                               gint64 first,
                               gint64 n,
                               const float *rows,
                               gint64 stride);

/**
 * fovea_detection_get_mul:
 *
 * sum (A M) / sum A, 0..1; NaN without weights.
 *
 * Thread: any.
 */
double fovea_detection_get_mul (const FoveaDetection *detection);

/**
 * fovea_detection_get_abs:
 *
 * 1 - round (sum |A - M| / n, 3), -1..1.
 *
 * Thread: any.
 */
double fovea_detection_get_abs (const FoveaDetection *detection);
