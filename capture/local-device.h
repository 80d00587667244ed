/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Single-threaded CPU devices for recomputing points from a trace: the same operations as in the
 * forward pass, so the same bits, callable from any thread. */
#include "kernels/device.h"

/**
 * fovea_local_device_take:
 *
 * An idle device, opened if none is left.
 *
 * Errors: FOVEA_ERROR_DEVICE.
 * Thread: any.   Owner: caller gives it back with fovea_local_device_give().
 */
FoveaDevice *fovea_local_device_take (GError **error);

/**
 * fovea_local_device_give:
 *
 * Back to the idle ones; a failure that an operation left on it is reported here.
 *
 * Errors: those of fovea_device_sync().
 * Thread: any.
 */
gboolean fovea_local_device_give (FoveaDevice *device, GError **error);
