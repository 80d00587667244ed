/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Devices and seeded inputs that the suites of operations share. */
#include "kernels/device.h"

enum {
    OPS_MAX_DEVICES = 4
};

/**
 * ops_open_devices:
 * @devices: (out caller-allocates): OPS_MAX_DEVICES pointers
 *
 * The reference device, and one CPU device of 2 threads for each instruction set that this
 * processor has.
 *
 * Owner: caller frees with ops_close_devices().
 */
int ops_open_devices (FoveaDevice **ref, FoveaDevice **devices);

/**
 * ops_close_devices:
 */
void ops_close_devices (FoveaDevice *ref, FoveaDevice **devices, int n);

/**
 * ops_fill:
 *
 * Values in [-1,1), and one in 64 ten times as large: uniform noise alone would hide errors of
 * single elements in the mean.
 */
void ops_fill (float *x, int64_t n, guint32 seed);

/**
 * ops_compare:
 * @what: names operation, device and shape in the message of a failure
 * @nmse: largest normalised squared error allowed
 * @largest: largest |a - b| allowed, relative to 1 + |b|
 *
 * Fails the test unless both hold; a NaN on one side only fails, equal infinities do not.
 */
void ops_compare (
    const char *what, const float *a, const float *b, int64_t n, double nmse, double largest);
