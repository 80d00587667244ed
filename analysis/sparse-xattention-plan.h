/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* XAttention's thresholds of a layer's heads, planned together (methods/prefill.md 7). */
#include <glib.h>

/**
 * fovea_xattention_plan:
 * @recalls: (n_heads, n_levels) of each head at each threshold
 * @costs: (n_heads, n_levels) whole units
 * @budget: units for all heads together, enough for some plan
 * @levels: (out caller-allocates): (n_heads)
 *
 * The thresholds with the largest sum of recalls whose costs fit, by a dynamic programme over heads and
 * units. O(n_heads n_levels budget).
 *
 * Thread: any.
 */
void fovea_xattention_plan (const double *recalls,
                            const guint *costs,
                            gsize n_heads,
                            gsize n_levels,
                            gsize budget,
                            guint *levels);
