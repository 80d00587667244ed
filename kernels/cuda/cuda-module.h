/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Between the program and its CUDA module, which is opened at run time and sees neither GLib nor the
 * inside of a device: what each gives the other. */
#include "kernels/ops.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    FOVEA_CUDA_FAILED,   /* an operation or the GPU */
    FOVEA_CUDA_NO_MEMORY /* of the GPU */
} FoveaCudaFailure;

/* What operations ask of the device that they are handed. */
typedef struct {
    void *(*state) (FoveaDevice *device); /* FoveaCudaDevice.state */
    bool (*has_failed) (FoveaDevice *device);
    /* Keeps the first failure. */
    void (*fail) (FoveaDevice *device,
                  FoveaCudaFailure failure,
                  const char *operation,
                  const char *what);
} FoveaCudaHost;

/* An opened GPU. */
typedef struct {
    const FoveaOps *ops;
    void *state;
    char description[160]; /* "NVIDIA H100 80GB HBM3, 79 GiB, driver 13.0, sm_90" */
    void (*close) (void *state);
} FoveaCudaDevice;

/**
 * fovea_cuda_open:
 * @index: which GPU
 * @host: stays valid
 * @device: (out)
 * @why: (out): one line, what stands in the way; 160 bytes
 *
 * The module's one symbol. A machine without a driver hears so in a fraction of a millisecond.
 *
 * Thread: any.
 */
bool fovea_cuda_open (int index, const FoveaCudaHost *host, FoveaCudaDevice *device, char *why);

typedef bool (*FoveaCudaOpen) (int index,
                               const FoveaCudaHost *host,
                               FoveaCudaDevice *device,
                               char *why);
#define FOVEA_CUDA_OPEN "fovea_cuda_open"

#ifdef __cplusplus
}
#endif
