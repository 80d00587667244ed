/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the implementations of operations on the CPU share: the device behind the opaque pointer and
 * its scratch memory. */
#include "kernels/cuda/cuda-module.h"
#include "kernels/device.h"

typedef struct _FoveaCpuKernels FoveaCpuKernels;

struct _FoveaDevice {
    const FoveaOps *ops;
    FoveaThreads *threads;          /* NULL on a GPU */
    const FoveaCpuKernels *kernels; /* inner loops of the CPU table, for this processor */
    char *description;
    bool failed;
    FoveaError code;
    char *message;  /* of the first failure */
    void **scratch; /* one a worker, and one shared */
    size_t *scratch_bytes;
    FoveaCudaDevice cuda; /* of a GPU */
};

/**
 * fovea_device_reserve:
 * @bytes: that every worker needs
 * @shared_bytes: that all workers share
 *
 * Grows the scratch memory before a loop; it is kept for the next operation, so a forward pass
 * allocates in its first layer only. False, and the device has failed, if there is no room.
 *
 * Thread: the one that uses the device.   Owner: the device.
 */
bool fovea_device_reserve (FoveaDevice *device,
                           const char *operation,
                           size_t bytes,
                           size_t shared_bytes);

/**
 * fovea_device_scratch:
 *
 * Scratch of @worker, or the shared one for -1; 64-byte aligned, contents undefined.
 *
 * Thread: any worker.   Owner: the device.
 */
void *fovea_device_scratch (FoveaDevice *device, int worker);

/* Buffers of both CPU tables are host memory, and whatever is enqueued is done at once. These are
 * the entries of the same names of FoveaOps; after a failure they do nothing. */

/** fovea_host_alloc: 64-byte aligned; large buffers ask for huge pages.   Thread: any. */
void *fovea_host_alloc (FoveaDevice *device, size_t bytes);

/** fovea_host_free: NULL is fine.   Thread: any. */
void fovea_host_free (FoveaDevice *device, void *buffer);

/** fovea_host_copy_in: Thread: the one that uses the device. */
void fovea_host_copy_in (FoveaDevice *device, void *to, const void *host, size_t bytes);

/** fovea_host_copy_out: Thread: the one that uses the device. */
void fovea_host_copy_out (FoveaDevice *device, void *host, const void *from, size_t bytes);

/** fovea_host_zero: Thread: the one that uses the device. */
void fovea_host_zero (FoveaDevice *device, void *buffer, size_t bytes);

/** fovea_host_copy_rows: Thread: the one that uses the device. */
void fovea_host_copy_rows (FoveaDevice *device,
                           void *to,
                           size_t to_stride,
                           const void *from,
                           size_t from_stride,
                           size_t n_rows,
                           size_t bytes);

/** fovea_host_enqueue_copy: `copy_out`; Thread: the one that uses the device. */
FoveaTicket
fovea_host_enqueue_copy (FoveaDevice *device, void *host, const void *from, size_t bytes);

/** fovea_host_order: Thread: the one that uses the device. */
void fovea_host_order (FoveaDevice *device, FoveaTicket ticket);

/** fovea_host_wait: Thread: any. */
bool fovea_host_wait (FoveaDevice *device, FoveaTicket ticket);
