/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a position at the last layer has seen of the input, if attention alone carried information:
 * each layer mixes, half and half, a position with what its heads attend to on average. */
#include <gio/gio.h>

#include "capture/trace.h"

/**
 * fovea_rollout_read:
 * @query: 0 .. T-1
 * @out: (out caller-allocates): (T) shares of the input positions, which add to 1
 *
 * One row of the product of all layers; O(L H T^2) exact weights, a few rows in memory at a time.
 *
 * Errors: FOVEA_ERROR_RANGE; those of fovea_attention_open(); G_IO_ERROR_CANCELLED.
 * Thread: any; blocks.   Source: Abnar and Zuidema 2020 (arXiv:2005.00928), sec. 3.
 */
gboolean fovea_rollout_read (
    FoveaTrace *trace, gint64 query, float *out, GCancellable *cancellable, GError **error);
