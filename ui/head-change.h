/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How much each head's map differs from that of another text of as many tokens. */
#include "ui/trace-source.h"

/* Blocks along each side of a map. */
#define FOVEA_HEAD_CHANGE_SIDE 64

/**
 * fovea_head_change_read:
 * @other: a trace of as many tokens, layers and heads
 * @changes: (out caller-allocates): (layers, heads) 0 = the same .. 1 = nothing in common
 *
 * The share of attention that lies in other blocks than there: half the sum of differences of what
 * each of 64 × 64 blocks holds, mean over queries.
 *
 * Errors: either trace's; G_IO_ERROR_CANCELLED.   Thread: any; blocks.
 */
gboolean fovea_head_change_read (FoveaTraceSource *source,
                                 FoveaTraceSource *other,
                                 float *changes,
                                 GCancellable *cancellable,
                                 GError **error);
