/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Attention of one head over the keys that a mask leaves: what a sparse kernel would put out. */
#include "analysis/mask-rows.h"
#include "kernels/ops.h"

/**
 * fovea_masked_attend:
 * @args: in host memory; z (rows, H, D) is written for @head only
 * @mask: finished, over as many tokens as there are keys
 * @first_row: queries at positions before it are left alone
 *
 * The softmax is over the kept keys (and the sink logit, if there is one); a query that keeps none
 * puts out zeros. Gives how many cells were kept, over the rows that were written.
 *
 * Cost: about 4 D flops and one exponential a kept cell.
 *
 * Thread: any; heads may run side by side.
 */
gint64
fovea_masked_attend (const FoveaAttendArgs *args, guint head, FoveaMask *mask, gint64 first_row);
