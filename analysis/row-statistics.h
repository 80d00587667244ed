/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Numbers that describe one softmax row: the weights of the keys that a query may see. Sums in
 * double; an empty row gives zeros. Source of all: methods/features-and-sparsity.md 9.1. */
#include <glib.h>

typedef struct {
    double entropy;            /* nats */
    double normalised_entropy; /* entropy / ln n, 0..1; 0 if n = 1 */
    double effective_tokens;   /* exp (entropy) */
    double participation;      /* 1 / sum a^2 */
    double max_weight;
    gint64 max_key; /* lower index wins a tie; -1 in an empty row */
    double gini;    /* 0 uniform .. towards 1 */
    double hoyer;   /* 0 uniform .. 1 one-hot; 1 if n = 1 */
} FoveaRowStatistics;

/**
 * fovea_row_statistics:
 * @weights: (n) of the allowed keys
 *
 * Thread: any.
 */
FoveaRowStatistics fovea_row_statistics (const float *weights, gint64 n);

/**
 * fovea_row_mean_distance:
 * @query: position of the query, in the same count as the index of @weights
 *
 * Sum of a |query - key|.
 *
 * Units: tokens.   Thread: any.
 */
double fovea_row_mean_distance (const float *weights, gint64 n, gint64 query);

/**
 * fovea_row_window_mass:
 * @window: keys from query - window + 1 on
 *
 * Thread: any.
 */
double fovea_row_window_mass (const float *weights, gint64 n, gint64 query, gint64 window);

/**
 * fovea_row_tokens_for:
 * @share: 0..1
 *
 * The smallest number of largest weights whose sum reaches @share (n if rounding keeps all below).
 *
 * Thread: any.
 */
gint64 fovea_row_tokens_for (const float *weights, gint64 n, double share);
