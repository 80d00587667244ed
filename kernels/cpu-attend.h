/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Attention of the CPU table; see ops.h for what the operations promise. */
#include "kernels/device.h"

/**
 * fovea_attend_cpu:
 *
 * The operation `attend`, tile by tile on the device's threads.
 *
 * Thread: the one that uses the device.
 */
void fovea_attend_cpu (FoveaDevice *device, const FoveaAttendArgs *args);

/**
 * fovea_rectangle_cpu:
 *
 * The operation `rectangle`, with the very scores of fovea_attend_cpu().
 *
 * Thread: the one that uses the device.
 */
void fovea_rectangle_cpu (FoveaDevice *device, const FoveaRectangleArgs *args);

/**
 * fovea_attend_predict_cpu:
 *
 * Scratch that attention of these sizes reserves: bytes a worker, and bytes that all share.
 *
 * Thread: any.
 */
void fovea_attend_predict_cpu (FoveaDevice *device,
                               const FoveaScratchShape *shape,
                               size_t *worker,
                               size_t *shared);
