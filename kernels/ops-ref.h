/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Attention of the reference table; see ops.h for what the operations promise. */
#include "kernels/ops.h"

/**
 * fovea_attend_ref:
 *
 * The operation `attend`, one score row at a time.   Thread: the one that uses the device.
 */
void fovea_attend_ref (FoveaDevice *device, const FoveaAttendArgs *args);

/**
 * fovea_rectangle_ref:
 *
 * The operation `rectangle`.   Thread: the one that uses the device.
 */
void fovea_rectangle_ref (FoveaDevice *device, const FoveaRectangleArgs *args);
