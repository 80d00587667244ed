/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Where operations run: a table of operations, its threads, and the first error that one of them
 * met. */
#include <glib.h>

#include "kernels/error.h"
#include "kernels/ops.h"
#include "kernels/threads.h"

/**
 * fovea_device_open:
 * @name: "auto", "cpu", "ref" (the plain table, for tests and selfcheck), "int8" (the CPU with
 * llama.cpp's arithmetic for quantised weights, ops-int8.h), "cuda" or "cuda:N"
 * @n_threads: threads of a CPU device; 0 = cores this process may run on
 * @error: FOVEA_ERROR_DEVICE if the named device is not there ("auto" falls back to the CPU
 * instead)
 *
 * Opens CUDA's module only when asked for a GPU or for "auto". The environment variable FOVEA_CPU
 * (generic, avx2, avx512, amx) holds a CPU device to one instruction set, for tests and for
 * comparison; else it takes the widest that the processor has.
 *
 * Thread: any.   Owner: caller frees with fovea_device_free(); autoptr.
 */
FoveaDevice *fovea_device_open (const char *name, int n_threads, GError **error);

/**
 * fovea_device_free:
 *
 * Thread: any, after the last operation.
 */
void fovea_device_free (FoveaDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaDevice, fovea_device_free)

/**
 * fovea_device_get_ops:
 *
 * Thread: any.   Owner: the device.
 */
const FoveaOps *fovea_device_get_ops (FoveaDevice *device);

/**
 * fovea_device_get_threads:
 *
 * The team that CPU operations run on, NULL on a GPU.
 *
 * Thread: any.   Owner: the device.
 */
FoveaThreads *fovea_device_get_threads (FoveaDevice *device);

/**
 * fovea_device_describe:
 *
 * One line for people: "CPU, 2 threads, AVX-512, AMX bf16, OpenBLAS SkylakeX".
 *
 * Thread: any.   Owner: the device.
 */
const char *fovea_device_describe (FoveaDevice *device);

/**
 * fovea_device_memory:
 * @device: (nullable): NULL asks for the machine's memory
 * @free_bytes: (out): what could be allocated now
 * @total_bytes: (out)
 *
 * G_MAXUINT64 for what the system does not tell.
 *
 * Thread: any.
 */
void fovea_device_memory (FoveaDevice *device, guint64 *free_bytes, guint64 *total_bytes);

/**
 * fovea_device_get_counts:
 * @counts: (out): since the device was opened; zeros where operations are done when they return
 *
 * What made the host wait, for tests and for who looks for the reason of a slow run.
 *
 * Thread: the one that uses the device.
 */
void fovea_device_get_counts (FoveaDevice *device, FoveaDeviceCounts *counts);

/**
 * fovea_device_has_own_memory:
 *
 * Whether buffers are out of the host's reach.
 *
 * Thread: any.
 */
gboolean fovea_device_has_own_memory (FoveaDevice *device);

/**
 * fovea_device_attend_dtype:
 *
 * The type whose values queries, keys and values have when they enter attention: F32, or the type of
 * a reduced precision on a device that multiplies them so.
 *
 * Thread: any.
 */
FoveaDtype fovea_device_attend_dtype (FoveaDevice *device, FoveaPrecision precision);

/**
 * fovea_precision_name:
 *
 * "f32", "bf16", "f16", "tf32".   Thread: any.
 */
const char *fovea_precision_name (FoveaPrecision precision);

/**
 * fovea_precision_from_name:
 *
 * F32 for a name that is none.   Thread: any.
 */
FoveaPrecision fovea_precision_from_name (const char *name);

/**
 * fovea_device_check_precision:
 *
 * Whether the device multiplies in it.
 *
 * Errors: FOVEA_ERROR_DEVICE, naming both.   Thread: any.
 */
gboolean
fovea_device_check_precision (FoveaDevice *device, FoveaPrecision precision, GError **error);

/**
 * fovea_device_predict_scratch:
 *
 * Bytes that operations of these sizes will keep on the device beside their arguments.
 *
 * Thread: any.
 */
size_t fovea_device_predict_scratch (FoveaDevice *device, const FoveaScratchShape *shape);

/**
 * fovea_device_fail:
 * @operation: static text, the operation's name
 *
 * Keeps the first failure; later operations do nothing. For implementations of operations.
 *
 * Thread: the one that uses the device.
 */
void fovea_device_fail (FoveaDevice *device, const char *operation, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/**
 * fovea_device_has_failed:
 *
 * Thread: the one that uses the device.
 */
bool fovea_device_has_failed (FoveaDevice *device);

/**
 * fovea_device_sync:
 *
 * Waits for everything queued; the single place where a device's failure becomes a #GError.
 *
 * Errors: FOVEA_ERROR_DEVICE or FOVEA_ERROR_MEMORY, naming the operation.
 * Thread: the one that uses the device.
 */
gboolean fovea_device_sync (FoveaDevice *device, GError **error);
