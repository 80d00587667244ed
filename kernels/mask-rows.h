/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* `mask_rows` of devices whose buffers are host addresses. */
#include "kernels/ops.h"

/**
 * fovea_mask_rows_ref:
 *
 * `mask_rows` tile by tile, in double.
 *
 * Thread: the device's.
 */
void fovea_mask_rows_ref (FoveaDevice *device, const FoveaMaskRowsArgs *args);

/**
 * fovea_mask_rows_cpu:
 *
 * `mask_rows` with the weights of a block of rows made once for all masks, which the device's
 * threads share.
 *
 * Thread: the device's.
 */
void fovea_mask_rows_cpu (FoveaDevice *device, const FoveaMaskRowsArgs *args);

/**
 * fovea_mask_rows_count_blocks:
 *
 * Blocks of rows: lists of tiles that a mask has.
 *
 * Thread: any.
 */
static inline int64_t
fovea_mask_rows_count_blocks (const FoveaMaskRowsArgs *args)
{
    return (args->n_queries + FOVEA_BLOCK - 1) / FOVEA_BLOCK;
}
