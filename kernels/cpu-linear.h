/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Products with weights in the CPU table. */
#include "kernels/ops.h"

/**
 * fovea_linear_cpu:
 *
 * The operation `linear`.   Thread: the one that uses the device.
 */
void fovea_linear_cpu (FoveaDevice *device, const FoveaLinearArgs *args);
