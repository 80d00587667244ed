/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Addresses as instructions on shared memory take them. */
#include <stdint.h>

static __device__ inline uint32_t
shared_address (const void *pointer)
{
    return (uint32_t) __cvta_generic_to_shared (pointer);
}
