/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Kernels that are put in place while the one in front still runs, on Hopper and later: starting one takes
 * some 2 us, as long as many of them take for a row. Such a kernel must call early_wait() before it looks at
 * anything that another one writes, or writes itself; until then it may read what no kernel writes, weights
 * for example. Elsewhere nothing of this changes anything. */
#include <cuda_runtime.h>

/* Until the kernel in front has ended, and with it all before, which it waited for. */
static __device__ inline void
early_wait (void)
{
#if __CUDA_ARCH__ >= 900
    cudaGridDependencySynchronize ();
#endif
}

/* Says that the next kernel may be put in place; it counts once all blocks have said so or ended. */
static __device__ inline void
early_admit (void)
{
#if __CUDA_ARCH__ >= 900
    cudaTriggerProgrammaticLaunchCompletion ();
#endif
}

/* How a kernel that calls early_wait() is launched. @early: room for the attribute that says so. */
static inline cudaLaunchConfig_t
early_config (
    dim3 grid, int threads, size_t shared, cudaStream_t stream, cudaLaunchAttribute *early)
{
    int device = 0, capability = 0;
    cudaLaunchConfig_t config = {};
    /* Both answers are the driver's own notes: some 50 ns. */
    if (cudaGetDevice (&device) == cudaSuccess)
        cudaDeviceGetAttribute (&capability, cudaDevAttrComputeCapabilityMajor, device);
    early->id = cudaLaunchAttributeProgrammaticStreamSerialization;
    early->val.programmaticStreamSerializationAllowed = 1;
    config.gridDim = grid;
    config.blockDim = dim3 ((unsigned) threads);
    config.dynamicSmemBytes = shared;
    config.stream = stream;
    config.attrs = early;
    config.numAttrs = capability >= 9 ? 1 : 0;
    return config;
}

/* Launches a kernel that calls early_wait(), of blocks in a row. */
template <typename... Taken, typename... Given>
static inline cudaError_t
early_launch (
    void (*kernel) (Taken...), unsigned grid, int threads, cudaStream_t stream, Given... given)
{
    cudaLaunchAttribute early;
    cudaLaunchConfig_t config = early_config (dim3 (grid), threads, 0, stream, &early);
    return cudaLaunchKernelEx (&config, kernel, given...);
}
