/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* An encoder's other half on a device with memory of its own: what kernels/top-codes.c hands its calls
 * to there, and what codes by a level are made by. */
#include "kernels/top-codes.h"

typedef struct _FoveaDeviceEncoder FoveaDeviceEncoder;

/* Codes of rows, one row after another. */
typedef struct {
    const int64_t *offset; /* (rows + 1) */
    const int32_t *latent; /* (offset[rows]) rising in a row */
    const float *value;    /* (offset[rows]) */
} FoveaAboveCodes;

/**
 * fovea_device_encoder_is_for:
 *
 * Whether @device has `top_codes` and memory of its own.   Thread: any.
 */
gboolean fovea_device_encoder_is_for (const FoveaDevice *device);

/**
 * fovea_device_encoder_has_levels:
 *
 * Whether @device has `codes_above` and memory of its own.   Thread: any.
 */
gboolean fovea_device_encoder_has_levels (const FoveaDevice *device);

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
 * @level: (nullable): (n_latents) finite; NULL for the k largest
 *
 * Copies and prepares the weights; a failure stays on the device.   Thread: as above.
 */
void fovea_device_encoder_set (FoveaDeviceEncoder *encoder,
                               const FoveaTopWeights *weights,
                               const float *level);

/**
 * fovea_device_encoder_run:
 *
 * Errors: FOVEA_ERROR_DEVICE, FOVEA_ERROR_MEMORY.   Thread: as above; blocks.
 */
gboolean fovea_device_encoder_run (FoveaDeviceEncoder *encoder,
                                   const FoveaTopCodesArgs *args,
                                   GError **error);

/**
 * fovea_device_encoder_run_above:
 * @x: (rows, n_in)
 * @codes: (out): the encoder's, until it runs again
 *
 * All products above their latents' levels. Room grows to what a call has needed, which makes that
 * call's codes twice.
 *
 * Errors: as above.   Thread: as above; blocks.
 */
gboolean fovea_device_encoder_run_above (FoveaDeviceEncoder *encoder,
                                         int64_t rows,
                                         const float *x,
                                         FoveaAboveCodes *codes,
                                         GError **error);
