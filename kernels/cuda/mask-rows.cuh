/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What masks keep of rows, from their tiles alone. */
#include <cuda_runtime.h>

extern "C" {
#include "kernels/ops.h"
}

/**
 * fovea_cuda_mask_rows:
 * @args: pointers, the rule's and the lists too, are device memory
 *
 * Enqueues it.
 */
cudaError_t fovea_cuda_mask_rows (const FoveaMaskRowsArgs *args, cudaStream_t stream);
