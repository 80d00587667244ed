/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Devices: choice by name, first failure, scratch memory.
 *
 * A GPU is reached through a module that is opened only when one is asked for, so that a program
 * without a GPU needs neither CUDA's libraries nor its start-up time. */
#include "kernels/device-private.h"
#include "kernels/ops-int8.h"

#include <gmodule.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "fovea-config.h"
#include <cblas.h>

#include "kernels/blas.h"
#include "kernels/cpu-attend.h"
#include "kernels/cpu-kernels.h"
#include "kernels/cpu-linear.h"

static void keep_failure (FoveaDevice *device, FoveaError code, const char *operation, char *what);

/* FOVEA_MODULE_DIR of the environment comes first, for modules that are tried or carried along.
 * Symbols of a module stay in use until the process ends, so it is never closed. */
static GModule *
open_cuda_module (void)
{
    const char *const folders[] = {g_getenv ("FOVEA_MODULE_DIR"), FOVEA_MODULE_DIR,
                                   FOVEA_BUILD_DIR "/kernels/cuda"};
    GModule *module = NULL;
    for (guint i = 0; i < G_N_ELEMENTS (folders) && module == NULL; i++) {
        if (folders[i] == NULL)
            continue;
        g_autofree char *path = g_build_filename (folders[i], "fovea-cuda.so", NULL);
        module = g_module_open (path, G_MODULE_BIND_LOCAL);
    }
    if (module != NULL)
        g_module_make_resident (module);
    return module;
}

/* What the module asks of a device: its side of it knows no more than these tell. */
static void *
cuda_state (FoveaDevice *device)
{
    return device->cuda.state;
}

static void
cuda_failed (FoveaDevice *device, FoveaCudaFailure failure, const char *operation, const char *what)
{
    FoveaError code = failure == FOVEA_CUDA_NO_MEMORY ? FOVEA_ERROR_MEMORY : FOVEA_ERROR_DEVICE;
    keep_failure (device, code, operation, g_strdup (what));
}

static FoveaDevice *
new_cuda_device (int index, GError **error)
{
    static const FoveaCudaHost host = {cuda_state, fovea_device_has_failed, cuda_failed};
    char why[160] = "unknown reason";
    GModule *module = open_cuda_module ();
    gpointer symbol = NULL;
    if (module == NULL || !g_module_symbol (module, FOVEA_CUDA_OPEN, &symbol)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_DEVICE,
                     "no CUDA device: the module fovea-cuda.so cannot be used: %s",
                     g_module_error ());
        return NULL;
    }
    FoveaDevice *device = g_new0 (FoveaDevice, 1);
    if (!((FoveaCudaOpen) symbol) (index, &host, &device->cuda, why)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_DEVICE, "no CUDA device: %s", why);
        g_free (device);
        return NULL;
    }
    device->ops = device->cuda.ops;
    device->description = g_strdup (device->cuda.description);
    return device;
}

/* Products are tried before a number is computed: OpenBLAS of some releases is wrong on some processors, and
 * a wrong map looks like any other. */
static FoveaDevice *
new_cpu_device (const FoveaOps *ops, int n_threads, GError **error)
{
    if (!fovea_blas_check (error))
        return NULL;
    const FoveaCpuKernels *kernels = fovea_cpu_kernels_choose (g_getenv ("FOVEA_CPU"), error);
    if (kernels == NULL)
        return NULL;
    FoveaDevice *device = g_new0 (FoveaDevice, 1);
    device->ops = ops;
    device->kernels = kernels;
    device->threads = fovea_threads_new (n_threads);
    int n = fovea_threads_count (device->threads);
    device->scratch = g_new0 (void *, n + 1); /* one a worker, and one that all share */
    device->scratch_bytes = g_new0 (size_t, n + 1);
    device->description =
        g_strdup_printf ("CPU, %d thread%s, %s, OpenBLAS %s", n, n == 1 ? "" : "s", kernels->title,
                         openblas_get_corename ());
    return device;
}

/* "cuda" or "cuda:N"; -1 if @name is neither. */
static int
cuda_index (const char *name)
{
    guint64 index = 0;
    if (strcmp (name, "cuda") == 0)
        return 0;
    if (g_str_has_prefix (name, "cuda:") &&
        g_ascii_string_to_unsigned (name + 5, 10, 0, 255, &index, NULL))
        return (int) index;
    return -1;
}

FoveaDevice *
fovea_device_open (const char *name, int n_threads, GError **error)
{
    if (strcmp (name, "cpu") == 0)
        return new_cpu_device (&fovea_ops_cpu, n_threads, error);
    if (strcmp (name, "ref") == 0)
        return new_cpu_device (&fovea_ops_ref, 1, error);
    if (strcmp (name, "int8") == 0)
        return new_cpu_device (fovea_ops_int8 (), n_threads, error);
    /* Why there is no GPU is told to those who ask for one by name. */
    if (strcmp (name, "auto") == 0) {
        FoveaDevice *device = new_cuda_device (0, NULL);
        return device != NULL ? device : new_cpu_device (&fovea_ops_cpu, n_threads, error);
    }
    int index = cuda_index (name);
    if (index >= 0)
        return new_cuda_device (index, error);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_DEVICE,
                 "no device \"%s\"; devices are auto, cpu, cuda, cuda:N, int8 and ref", name);
    return NULL;
}

void
fovea_device_free (FoveaDevice *device)
{
    if (device == NULL)
        return;
    for (int i = 0; device->threads != NULL && i <= fovea_threads_count (device->threads); i++)
        free (device->scratch[i]);
    if (device->cuda.close != NULL)
        device->cuda.close (device->cuda.state);
    fovea_threads_free (device->threads);
    g_free (device->scratch);
    g_free (device->scratch_bytes);
    g_free (device->description);
    g_free (device->message);
    g_free (device);
}

const FoveaOps *
fovea_device_get_ops (FoveaDevice *device)
{
    return device->ops;
}

FoveaThreads *
fovea_device_get_threads (FoveaDevice *device)
{
    return device->threads;
}

const char *
fovea_device_describe (FoveaDevice *device)
{
    return device->description;
}

/* A number of /proc/meminfo in bytes; @unknown where there is none. */
static guint64
machine_memory (const char *key, guint64 unknown)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents ("/proc/meminfo", &text, NULL, NULL))
        return unknown;
    const char *line = strstr (text, key);
    guint64 kib = line != NULL ? g_ascii_strtoull (line + strlen (key), NULL, 10) : 0;
    return kib > 0 ? kib * 1024 : unknown;
}

void
fovea_device_memory (FoveaDevice *device, guint64 *free_bytes, guint64 *total_bytes)
{
    size_t free_size = 0, total_size = 0;
    if (device != NULL && device->ops->memory != NULL) {
        device->ops->memory (device, &free_size, &total_size);
        *free_bytes = free_size;
        *total_bytes = total_size;
        return;
    }
    /* What the kernel would hand out without swapping. */
    *free_bytes = machine_memory ("MemAvailable:", G_MAXUINT64);
    *total_bytes = machine_memory ("MemTotal:", G_MAXUINT64);
}

static const char *const precision_names[FOVEA_N_PRECISIONS] = {"f32", "bf16", "f16", "tf32"};

const char *
fovea_precision_name (FoveaPrecision precision)
{
    return precision_names[precision];
}

FoveaPrecision
fovea_precision_from_name (const char *name)
{
    for (int i = 0; i < FOVEA_N_PRECISIONS; i++)
        if (strcmp (name, precision_names[i]) == 0)
            return (FoveaPrecision) i;
    return FOVEA_PRECISION_F32;
}

gboolean
fovea_device_check_precision (FoveaDevice *device, FoveaPrecision precision, GError **error)
{
    if (precision != FOVEA_PRECISION_TF32 || device->ops->has_tf32)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_DEVICE,
                 "precision tf32 is a GPU's (--device cuda); %s multiplies in f32, bf16 or f16",
                 device->description);
    return FALSE;
}

FoveaDtype
fovea_device_attend_dtype (FoveaDevice *device, FoveaPrecision precision)
{
    const FoveaOps *ops = device->ops;
    return ops->attend_dtype != NULL ? ops->attend_dtype (device, precision) : FOVEA_F32;
}

void
fovea_device_get_counts (FoveaDevice *device, FoveaDeviceCounts *counts)
{
    *counts = (FoveaDeviceCounts){0};
    if (device->ops->counts != NULL)
        device->ops->counts (device, counts);
}

gboolean
fovea_device_has_own_memory (FoveaDevice *device)
{
    return !device->ops->host_memory;
}

/* The first alone: what fails behind it fails for want of its results. */
static void
keep_failure (FoveaDevice *device, FoveaError code, const char *operation, char *what)
{
    if (device->failed) {
        g_free (what);
        return;
    }
    device->failed = true;
    device->code = code;
    device->message = g_strdup_printf ("%s: %s", operation, what);
    g_free (what);
}

void
fovea_device_fail (FoveaDevice *device, const char *operation, const char *format, ...)
{
    va_list list;
    va_start (list, format);
    keep_failure (device, FOVEA_ERROR_DEVICE, operation, g_strdup_vprintf (format, list));
    va_end (list);
}

bool
fovea_device_has_failed (FoveaDevice *device)
{
    return device->failed;
}

gboolean
fovea_device_sync (FoveaDevice *device, GError **error)
{
    if (device->ops->sync != NULL)
        device->ops->sync (device);
    if (!device->failed)
        return TRUE;
    g_set_error_literal (error, FOVEA_ERROR, device->code, device->message);
    return FALSE;
}

/* From 2 MiB on, memory is aligned to huge pages and asks for them: touching 16 MiB for the first
 * time then takes 8 faults instead of 4,096. */
static void *
allocate (FoveaDevice *device, const char *operation, size_t bytes)
{
    enum {
        HUGE_PAGE = 2 << 20
    };
    void *memory = NULL;
    size_t alignment = bytes >= HUGE_PAGE ? HUGE_PAGE : 64; /* a cache line, and AVX-512's width */
    if (bytes > G_MAXSSIZE || posix_memalign (&memory, alignment, MAX (bytes, 64)) != 0) {
        keep_failure (device, FOVEA_ERROR_MEMORY, operation,
                      g_strdup_printf ("no room for %zu bytes", bytes));
        return NULL;
    }
    if (alignment == HUGE_PAGE) /* whoever refuses gives small pages: slower, and right */
        madvise (memory, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
    return memory;
}

/* Grows and never shrinks, and what was in it is gone: freed before the larger one is taken, so that the two
 * never stand side by side in a predicted peak. */
static bool
reserve_one (FoveaDevice *device, const char *operation, int slot, size_t bytes)
{
    if (device->scratch_bytes[slot] >= bytes)
        return true;
    free (device->scratch[slot]);
    device->scratch_bytes[slot] = 0;
    device->scratch[slot] = allocate (device, operation, bytes);
    if (device->scratch[slot] == NULL)
        return false;
    device->scratch_bytes[slot] = bytes;
    return true;
}

bool
fovea_device_reserve (FoveaDevice *device, const char *operation, size_t bytes, size_t shared_bytes)
{
    int n = fovea_threads_count (device->threads);
    bool fits = !device->failed && reserve_one (device, operation, n, shared_bytes);
    for (int i = 0; i < n && fits; i++)
        fits = reserve_one (device, operation, i, bytes);
    return fits;
}

size_t
fovea_device_predict_scratch (FoveaDevice *device, const FoveaScratchShape *shape)
{
    size_t attend[2], linear[2];
    if (device->ops->scratch != NULL)
        return device->ops->scratch (device, shape);
    if (device->threads == NULL)
        return 0;
    fovea_attend_predict_cpu (device, shape, &attend[0], &attend[1]);
    fovea_linear_predict_cpu (device, shape, &linear[0], &linear[1]);
    return (size_t) fovea_threads_count (device->threads) * MAX (attend[0], linear[0]) +
           MAX (attend[1], linear[1]);
}

void *
fovea_device_scratch (FoveaDevice *device, int worker)
{
    return device->scratch[worker >= 0 ? worker : fovea_threads_count (device->threads)];
}

void *
fovea_host_alloc (FoveaDevice *device, size_t bytes)
{
    return device->failed ? NULL : allocate (device, "alloc", bytes);
}

void
fovea_host_free (FoveaDevice *device, void *buffer)
{
    free (buffer);
}

void
fovea_host_copy_in (FoveaDevice *device, void *to, const void *host, size_t bytes)
{
    if (!device->failed)
        memcpy (to, host, bytes);
}

void
fovea_host_copy_out (FoveaDevice *device, void *host, const void *from, size_t bytes)
{
    if (!device->failed)
        memcpy (host, from, bytes);
}

void
fovea_host_zero (FoveaDevice *device, void *buffer, size_t bytes)
{
    if (!device->failed)
        memset (buffer, 0, bytes);
}

void
fovea_host_copy_rows (FoveaDevice *device,
                      void *to,
                      size_t to_stride,
                      const void *from,
                      size_t from_stride,
                      size_t n_rows,
                      size_t bytes)
{
    for (size_t i = 0; i < n_rows && !device->failed; i++)
        memmove ((char *) to + i * to_stride, (const char *) from + i * from_stride, bytes);
}

/* On the host a copy is done when its call returns: there is one ticket, 0, and nothing to wait for. */
FoveaTicket
fovea_host_enqueue_copy (FoveaDevice *device, void *host, const void *from, size_t bytes)
{
    fovea_host_copy_out (device, host, from, bytes);
    return 0;
}

void
fovea_host_order (FoveaDevice *device, FoveaTicket ticket)
{
}

bool
fovea_host_wait (FoveaDevice *device, FoveaTicket ticket)
{
    return !device->failed;
}
