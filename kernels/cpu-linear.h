/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Products with weights in the CPU table. */
#include "kernels/device.h"

/**
 * fovea_linear_cpu:
 *
 * The operation `linear`.   Thread: the one that uses the device.
 */
void fovea_linear_cpu (FoveaDevice *device, const FoveaLinearArgs *args);

/**
 * fovea_linear_predict_cpu:
 *
 * Scratch that products of these sizes reserves: bytes a worker, and bytes that all share.
 *
 * Thread: any.
 */
void fovea_linear_predict_cpu (FoveaDevice *device,
                               const FoveaScratchShape *shape,
                               size_t *worker,
                               size_t *shared);
