/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* `top_rows` of devices whose buffers are host addresses: a strip of scores at a time, made by the
 * device's own rectangle, and each row's heaviest mass (kernels/top-mass.h). */
#include "kernels/ops.h"

/**
 * fovea_top_rows_ref:
 *
 * `top_rows` by sorting, in double.
 *
 * Thread: the device's.
 */
void fovea_top_rows_ref (FoveaDevice *device, const FoveaTopRowsArgs *args);

/**
 * fovea_top_rows_cpu:
 *
 * `top_rows` without sorting, on the device's threads.
 *
 * Thread: the device's.
 */
void fovea_top_rows_cpu (FoveaDevice *device, const FoveaTopRowsArgs *args);
