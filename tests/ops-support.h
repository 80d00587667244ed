/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Devices and seeded inputs that the suites of operations share.
 *
 * FOVEA_TEST_DEVICE chooses the table that is held against the reference: cpu (default; one device
 * for each instruction set), late (late-device.h: device memory, no GPU needed), cuda. */
#include "kernels/device.h"

enum {
    OPS_MAX_DEVICES = 4
};

/**
 * ops_prepare:
 *
 * To be called before the suite runs: false after saying why, if the chosen device is not on this
 * machine (main() then returns 77). Tests on a GPU run in one process: CUDA does not survive a
 * fork.
 */
bool ops_prepare (void);

/**
 * ops_open_devices:
 * @devices: (out caller-allocates): OPS_MAX_DEVICES pointers
 *
 * The reference device, and those of FOVEA_TEST_DEVICE: a CPU device of 2 threads for each
 * instruction set that this processor has, or the one of the other kinds.
 *
 * Owner: caller frees with ops_close_devices(); a GPU stays open for the next test until it fails.
 */
int ops_open_devices (FoveaDevice **ref, FoveaDevice **devices);

/**
 * ops_close_devices:
 */
void ops_close_devices (FoveaDevice *ref, FoveaDevice **devices, int n);

/* The same devices for the test at hand, by a checked fixture. */
extern FoveaDevice *ops_reference, *ops_devices[OPS_MAX_DEVICES];
extern int ops_n_devices;

/**
 * ops_open_all:
 */
void ops_open_all (void);

/**
 * ops_close_all:
 */
void ops_close_all (void);

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
