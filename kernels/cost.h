/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What an operation cannot do without: bytes of each argument once, and the arithmetic of its
 * products. Time below max (bytes / bandwidth, flops / rate) is not to be had by any implementation;
 * what one moves beyond that (conversions, scores written out) is its own affair and not counted. */
#include "kernels/device-experts.h"

typedef struct {
    double bytes;
    double flops; /* 2 a multiply-add; 0 where only elements are touched */
} FoveaCost;

/** fovea_cost_linear: input, weight, bias, result; 2 rows n_in n_out.   Thread: any. */
FoveaCost fovea_cost_linear (const FoveaLinearArgs *args);

/**
 * fovea_cost_experts:
 * @n_met: experts that some row chose
 *
 * Their weights, rows and results; 6 C M a choice.   Thread: any.
 */
FoveaCost fovea_cost_experts (const FoveaExpertsArgs *args, int64_t n_met);

/**
 * fovea_cost_attend:
 *
 * Queries, keys, values, z and whatever is asked for; 4 D for each pair that the rule allows, of
 * scores and of weighted values. Column mass and dense rows follow from the same scores.
 *
 * Thread: any.
 */
FoveaCost fovea_cost_attend (const FoveaAttendArgs *args);

/** fovea_cost_rectangle: 2 D a cell.   Thread: any. */
FoveaCost fovea_cost_rectangle (const FoveaRectangleArgs *args);

/** fovea_cost_norm: Thread: any. */
FoveaCost fovea_cost_norm (const FoveaNormArgs *args);

/** fovea_cost_rotary: both tables, of the positions at hand.   Thread: any. */
FoveaCost fovea_cost_rotary (const FoveaRotaryArgs *args);

/** fovea_cost_activate: @gated: whether there is an up branch.   Thread: any. */
FoveaCost fovea_cost_activate (int64_t n, bool gated);

/** fovea_cost_add: Thread: any. */
FoveaCost fovea_cost_add (int64_t n);

/** fovea_cost_embed: @n rows of the table and as many results.   Thread: any. */
FoveaCost fovea_cost_embed (const FoveaWeight *table, int64_t n);

/** fovea_cost_cross_entropy: logits once, a target and a loss a row.   Thread: any. */
FoveaCost fovea_cost_cross_entropy (int64_t rows, int64_t V);

/** fovea_cost_convert: Thread: any. */
FoveaCost fovea_cost_convert (FoveaDtype dtype, int64_t n);

/** fovea_cost_find_nan: Thread: any. */
FoveaCost fovea_cost_find_nan (int64_t rows, int64_t width);
