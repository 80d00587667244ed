/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Attention and sparse codes of the reference table; see ops.h for what the operations promise. */
#include "kernels/ops.h"

/**
 * fovea_round_half:
 *
 * A value as f16 has it.   Thread: any.
 */
static inline float
fovea_round_half (float value)
{
    uint16_t half;
    fovea_dtype_from_f32 (&value, 1, FOVEA_F16, &half);
    fovea_dtype_to_f32 (&half, FOVEA_F16, 1, &value);
    return value;
}

/**
 * fovea_attend_ref:
 *
 * The operation `attend`, one score row at a time.   Thread: the one that uses the device.
 */
void fovea_attend_ref (FoveaDevice *device, const FoveaAttendArgs *args);

/**
 * fovea_attend_half_ref:
 *
 * The same of queries, keys and values that are rounded to f16, as the weights are before they meet
 * values: as llama.cpp keeps and multiplies them.
 *
 * Thread: the one that uses the device.
 */
void fovea_attend_half_ref (FoveaDevice *device, const FoveaAttendArgs *args);

/**
 * fovea_rectangle_ref:
 *
 * The operation `rectangle`.   Thread: the one that uses the device.
 */
void fovea_rectangle_ref (FoveaDevice *device, const FoveaRectangleArgs *args);

/**
 * fovea_top_prepare_ref:
 *
 * The operation `top_prepare`: nothing.   Thread: the one that uses the device.
 */
void fovea_top_prepare_ref (FoveaDevice *device, const FoveaCodesWeights *weights);

/**
 * fovea_codes_above_ref:
 *
 * The operation `codes_above`.   Thread: the one that uses the device.
 */
void fovea_codes_above_ref (FoveaDevice *device, const FoveaAboveArgs *args);
