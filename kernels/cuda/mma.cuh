/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Tensor cores as every GPU since sm_80 has them: copies into shared memory that run beside, ldmatrix
 * and mma.sync, as functions. Encodings: PTX ISA 8.x. */
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <stdint.h>
#include <type_traits>

static __device__ inline uint32_t
shared_address (const void *pointer)
{
    return (uint32_t) __cvta_generic_to_shared (pointer);
}

/* BYTES (8 or 16) into shared memory, zeros unless @inside. */
template <int BYTES>
static __device__ inline void
copy_async (void *to, const void *from, bool inside)
{
    if constexpr (BYTES == 16)
        asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;\n" ::"r"(shared_address (to)),
                     "l"(from), "r"(inside ? BYTES : 0));
    else
        asm volatile("cp.async.ca.shared.global [%0], [%1], 8, %2;\n" ::"r"(shared_address (to)),
                     "l"(from), "r"(inside ? BYTES : 0));
}

/* Copies begun since the last call become one group, an empty one too: groups are counted, and a loop
 * that always makes one may always wait for the same number. */
static __device__ inline void
commit_copies ()
{
    asm volatile("cp.async.commit_group;\n" ::);
}

/* Until all but the last N groups of this thread are there; for other threads' a barrier is needed. */
template <int N>
static __device__ inline void
wait_copies ()
{
    asm volatile("cp.async.wait_group %0;\n" ::"n"(N));
}

/* Four 8 x 8 matrices of two bytes; lane l names row l % 8 of matrix l / 8. */
static __device__ inline void
load_4 (uint32_t *r, const void *from)
{
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];\n"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(shared_address (from)));
}

/* The same, each matrix turned: for products along what lies across memory. */
static __device__ inline void
load_4_turned (uint32_t *r, const void *from)
{
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];\n"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(shared_address (from)));
}

/* c (16 x 8) += a (16 x 16) b (16 x 8). @T: __nv_bfloat16 or __half. */
template <typename T>
static __device__ inline void
multiply_16 (float *c, const uint32_t *a, const uint32_t *b)
{
    if constexpr (std::is_same<T, __half>::value)
        asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, "
                     "{%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};\n"
                     : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                     : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
    else
        asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, "
                     "{%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};\n"
                     : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                     : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
