/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Exact rectangles on a GPU. */
#include <cuda_runtime.h>

extern "C" {
#include "kernels/ops.h"

/**
 * fovea_cuda_rectangle:
 * @args: as for `rectangle`, all pointers (the rule's too) device memory; at most 65,535 row tiles
 *
 * Enqueues the rectangle.
 */
cudaError_t fovea_cuda_rectangle (const FoveaRectangleArgs *args, cudaStream_t stream);
}
