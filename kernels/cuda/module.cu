/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The CUDA module: what device.c opens at run time. Its one symbol answers whether GPU number
 * @index can be used. The driver is asked first, because a machine without one must hear so in a
 * fraction of a millisecond. */
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cuda_runtime.h>

extern "C" {
#include "kernels/ops.h"

const FoveaOps *fovea_cuda_open (int index, char **why);
}

/* malloc'ed text, as the caller frees it. */
static char *
text (const char *format, int a, int b)
{
    char buffer[160];
    snprintf (buffer, sizeof buffer, format, a, b);
    return strdup (buffer);
}

const FoveaOps *
fovea_cuda_open (int index, char **why)
{
    int count = 0;
    cudaError_t status = cudaGetDeviceCount (&count);
    if (status == cudaErrorInsufficientDriver || status == cudaErrorNoDevice)
        *why = text ("no CUDA driver or GPU on this machine", 0, 0);
    else if (status != cudaSuccess)
        *why = strdup (cudaGetErrorString (status));
    else if (index >= count)
        *why = text ("GPU %d asked for, %d present", index, count);
    else
        *why = text ("this build's CUDA module has no operations yet", 0, 0);
    return NULL;
}
