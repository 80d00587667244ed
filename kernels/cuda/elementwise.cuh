/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Loops over elements by a grid of 256-thread blocks: neighbouring threads take neighbouring elements,
 * and 16 blocks a processor are enough to keep memory busy however many elements there are. */
#include <stdint.h>

enum {
    ELEMENT_THREADS = 256,
    ELEMENT_BLOCKS = 16 /* a processor */
};

static inline unsigned
element_grid (int n_processors, int64_t n)
{
    int64_t blocks = (n + ELEMENT_THREADS - 1) / ELEMENT_THREADS;
    int64_t most = ELEMENT_BLOCKS * (int64_t) n_processors;
    return (unsigned) (blocks < most ? blocks : most);
}

/* for (i = element_first (); i < n; i += element_step ()) */
static __device__ inline int64_t
element_first (void)
{
    return (int64_t) blockIdx.x * ELEMENT_THREADS + threadIdx.x;
}

static __device__ inline int64_t
element_step (void)
{
    return (int64_t) gridDim.x * ELEMENT_THREADS;
}
