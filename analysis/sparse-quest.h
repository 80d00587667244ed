/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Pages of keys by their channels' extremes (methods/prefill.md 9.6). */
#include "analysis/sparse-head.h"

/**
 * fovea_quest_get_bounds:
 * @page: keys of a page
 *
 * Least and largest element of each channel over each page: (pages, 2, D), least first.
 *
 * Thread: one at a time.   Owner: the head.
 */
const double *fovea_quest_get_bounds (FoveaSparseHead *head, gint64 page);

/**
 * fovea_quest_score:
 * @query: (D)
 * @bounds: (2, D) of a page
 *
 * The largest product that any key within the bounds could have with the query.
 *
 * Thread: any.
 */
double fovea_quest_score (const FoveaSparseHead *head, const float *query, const double *bounds);
