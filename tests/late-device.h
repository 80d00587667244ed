/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A device with its own memory that needs no GPU, as unkind as ops.h allows: buffers are addresses
 * that no one can read, operations run only when somebody waits for them, copies to the host later
 * than operations that were enqueued after them, and their host end holds garbage until then. The
 * arithmetic is the CPU table's, so results have its bits. A missing wait, a look at device memory
 * or a buffer used again too early crashes or changes the bits. */
#include "kernels/device.h"

typedef struct {
    guint32 seed;   /* of the order in which copies and operations run */
    guint fail_at;  /* the how-manieth operation fails; 0 = none */
    guint64 memory; /* bytes it pretends to have; 0 = 1 GiB */
    int n_threads;
    guint64 scratch; /* bytes that it says operations keep, and that a session takes at once */
} LateOptions;

/**
 * late_device_new:
 *
 * Owner: caller frees with late_device_free(); never with fovea_device_free().
 */
FoveaDevice *late_device_new (const LateOptions *options);

/**
 * late_device_free:
 *
 * Asserts that every buffer was freed.
 */
void late_device_free (FoveaDevice *device);

/**
 * late_device_count:
 *
 * Operations that ran so far.
 */
guint late_device_count (FoveaDevice *device);

/**
 * late_device_reads:
 *
 * How often the host waited for everything by a read.
 */
guint late_device_reads (FoveaDevice *device);

/**
 * late_device_allocations:
 *
 * Buffers taken so far, device and pinned.
 */
guint late_device_allocations (FoveaDevice *device);

/**
 * late_device_peak:
 *
 * Most bytes that were taken of the device at once, whole pages.
 */
guint64 late_device_peak (FoveaDevice *device);
