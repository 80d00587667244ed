/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* An encoder's other half on a device with memory of its own: what kernels/top-codes.c hands its calls
 * to there. */
#include "kernels/top-codes.h"

typedef struct _FoveaDeviceEncoder FoveaDeviceEncoder;

/**
 * fovea_device_encoder_is_for:
 *
 * Whether @device has the operation and memory of its own.   Thread: any.
 */
gboolean fovea_device_encoder_is_for (const FoveaDevice *device);

/**
 * fovea_device_encoder_new:
 *
 * Thread: any.   Owner: caller frees with fovea_device_encoder_free().
 */
FoveaDeviceEncoder *fovea_device_encoder_new (FoveaDevice *device, int64_t n_in);

/**
 * fovea_device_encoder_free:
 *
 * NULL is fine.   Thread: the one that uses the device.
 */
void fovea_device_encoder_free (FoveaDeviceEncoder *encoder);

/**
 * fovea_device_encoder_set:
 *
 * Copies and prepares the weights; a failure stays on the device.   Thread: as above.
 */
void fovea_device_encoder_set (FoveaDeviceEncoder *encoder, const FoveaTopWeights *weights);

/**
 * fovea_device_encoder_run:
 *
 * Errors: FOVEA_ERROR_DEVICE, FOVEA_ERROR_MEMORY.   Thread: as above; blocks.
 */
gboolean fovea_device_encoder_run (FoveaDeviceEncoder *encoder,
                                   const FoveaTopCodesArgs *args,
                                   GError **error);
