/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Hopper's instructions as functions: barriers in shared memory, bulk tensor copies, products of a
 * warpgroup. Encodings: PTX ISA 8.x, wgmma and mbarrier chapters. */
#include <cuda.h>
#include <cuda_runtime.h>
#include <stdint.h>

/* Instructions for shared memory take its own 32-bit addresses, not generic ones. */
static __device__ inline uint32_t
shared_address (const void *p)
{
    return (uint32_t) __cvta_generic_to_shared (p);
}

/* Waits until the kernels before this one are done: of one that may start early, the first thing. */
static __device__ inline void
grid_wait (void)
{
    asm volatile("griddepcontrol.wait;" ::: "memory");
}

/* Lets the next kernel start where this one has left a multiprocessor; it waits for the rest itself. */
static __device__ inline void
grid_release (void)
{
    asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
}

/* @count arrivals end a phase, and as many bytes as were expected in it. */
static __device__ inline void
barrier_init (uint64_t *bar, int count)
{
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_address (bar)), "r"(count));
}

/* Makes new barriers known to the copy engine, which does not see this thread's stores by itself. */
static __device__ inline void
barrier_fence_init (void)
{
    asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}

/* Releases what this thread has read or written: who waits sees it. */
static __device__ inline void
barrier_arrive (uint64_t *bar)
{
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(shared_address (bar)) : "memory");
}

/* An arrival that lets the phase end only when @bytes more have come. Before the copies are asked for: the
 * count may fall below 0 for a while, but a phase that has ended cannot be told any more. */
static __device__ inline void
barrier_expect (uint64_t *bar, uint32_t bytes)
{
    asm volatile(
        "mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address (bar)),
        "r"(bytes)
        : "memory");
}

/* Until the phase of @parity (0, then 1, and so on) has ended; the instruction itself sleeps for a while. A
 * fresh barrier counts as having ended the phase before its first. */
static __device__ inline void
barrier_wait (uint64_t *bar, uint32_t parity)
{
    asm volatile("{\n"
                 ".reg .pred done;\n"
                 "again:\n"
                 "mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
                 "@done bra end;\n"
                 "bra again;\n"
                 "end:\n"
                 "}\n" ::"r"(shared_address (bar)),
                 "r"(parity)
                 : "memory");
}

/* Arrives if @one; without a branch. */
static __device__ inline void
barrier_arrive_if (uint64_t *bar, bool one)
{
    asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, %1, 0;\n"
                 "@p mbarrier.arrive.shared::cta.b64 _, [%0];\n}\n" ::"r"(shared_address (bar)),
                 "r"((int) one)
                 : "memory");
}

/* One box of a rank-3 map into shared memory; rows outside the tensor arrive as zeros. */
static __device__ inline void
tensor_load (const CUtensorMap *map, void *to, uint64_t *bar, int x, int y, int z)
{
    asm volatile("cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes "
                 "[%0], [%1, {%3, %4, %5}], [%2];" ::"r"(shared_address (to)),
                 "l"(map), "r"(shared_address (bar)), "r"(x), "r"(y), "r"(z)
                 : "memory");
}

/* Fetches a map before the first box is wanted. */
static __device__ inline void
map_prefetch (const CUtensorMap *map)
{
    asm volatile("prefetch.tensormap [%0];" ::"l"(map) : "memory");
}

/* Stores for one reading if @one; without a branch, behind which nothing counts as the same for all lanes. */
static __device__ inline void
store_pair_if (float2 *to, float2 x, bool one)
{
    asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, %3, 0;\n"
                 "@p st.global.cs.v2.f32 [%0], {%1, %2};\n}\n" ::"l"(to),
                 "f"(x.x), "f"(x.y), "r"((int) one)
                 : "memory");
}

/* By address, of data that another warp wrote: volatile, so that it is read after the wait that stands before
 * it. */
static __device__ inline float4
load_four (uint32_t shared)
{
    float4 x;
    asm volatile("ld.shared.v4.f32 {%0, %1, %2, %3}, [%4];"
                 : "=f"(x.x), "=f"(x.y), "=f"(x.z), "=f"(x.w)
                 : "r"(shared));
    return x;
}

static __device__ inline float
load_one (uint32_t shared)
{
    float x;
    asm volatile("ld.shared.f32 %0, [%1];" : "=f"(x) : "r"(shared));
    return x;
}

/* Named barrier @id among @threads threads of a block. */
static __device__ inline void
named_sync (int id, int threads)
{
    asm volatile("bar.sync %0, %1;" ::"r"(id), "r"(threads) : "memory");
}

/* The same without waiting. */
static __device__ inline void
named_arrive (int id, int threads)
{
    asm volatile("bar.arrive %0, %1;" ::"r"(id), "r"(threads) : "memory");
}

/* A value that a kernel in front may write at this very moment, if @there, else @nothing: from the L2
 * cache, never an older copy. Without a branch, behind which it would have to be waited for. */
static __device__ inline float
load_coming (const float *from, bool there, float nothing)
{
    float x;
    asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, %2, 0;\nmov.f32 %0, %3;\n"
                 "@p ld.relaxed.gpu.global.f32 %0, [%1];\n}\n"
                 : "=f"(x)
                 : "l"(from), "r"((int) there), "f"(nothing)
                 : "memory");
    return x;
}

/* @BYTES (4, 8 or 16) of memory into shared memory, under way until the thread's copy_wait(). */
template <int BYTES>
static __device__ inline void
copy_async (void *to, const void *from)
{
    asm volatile("cp.async.ca.shared.global [%0], [%1], %2;" ::"r"(shared_address (to)), "l"(from),
                 "n"(BYTES)
                 : "memory");
}

static __device__ inline void
copy_wait (void)
{
    asm volatile("cp.async.wait_all;" ::: "memory");
}

/* Before a first product: registers that were written are to be seen by the tensor cores. */
static __device__ inline void
product_fence (void)
{
    asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
}

/* Products since the last one become a group that can be waited for. */
static __device__ inline void
product_commit (void)
{
    asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}

/* Until no more than the last PENDING groups are under way. */
template <int PENDING>
static __device__ inline void
product_wait (void)
{
    asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(PENDING) : "memory");
}

/* Keeps reads and writes of accumulators out of a product's flight: the compiler does not know
 * that they are in use. */
template <int N>
static __device__ inline void
pin (float (&x)[N])
{
#pragma unroll
    for (int i = 0; i < N; i++)
        asm volatile("" : "+f"(x[i])::"memory");
}

template <int N>
static __device__ inline void
pin (uint32_t (&x)[N])
{
#pragma unroll
    for (int i = 0; i < N; i++)
        asm volatile("" : "+r"(x[i])::"memory");
}

template <typename T, int B, int N>
static __device__ inline void
pin (T (&x)[B][N])
{
#pragma unroll
    for (int b = 0; b < B; b++)
        pin (x[b]);
}

/* Operands of products: registers by fours and sixteens, and their names in the text of an instruction. */
#define FOVEA_F4(d, i) "+f"(d[i]), "+f"(d[i + 1]), "+f"(d[i + 2]), "+f"(d[i + 3])
#define FOVEA_F16(d, i)                                                                            \
    FOVEA_F4 (d, i), FOVEA_F4 (d, i + 4), FOVEA_F4 (d, i + 8), FOVEA_F4 (d, i + 12)
#define FOVEA_D16 "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15"
#define FOVEA_D32                                                                                  \
    FOVEA_D16 ", %16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31"
#define FOVEA_D64                                                                                  \
    FOVEA_D32 ", %32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, " \
              "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63"

/* d (64 x 128) = or += A B, both K-major in shared memory. */
static __device__ inline void
product_ss (float (&d)[64], uint64_t a, uint64_t b, int add)
{
    asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, %66, 0;\n"
                 "wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 {" FOVEA_D64
                 "}, %64, %65, p, 1, 1, 0, 0;\n}\n"
                 : FOVEA_F16 (d, 0), FOVEA_F16 (d, 16), FOVEA_F16 (d, 32), FOVEA_F16 (d, 48)
                 : "l"(a), "l"(b), "r"(add));
}

/* The same with 64 columns a block: one or two blocks. */
static __device__ inline void
product_ss (float (&d)[1][32], uint64_t a, uint64_t b, int add)
{
    asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, %34, 0;\n"
                 "wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 {" FOVEA_D32
                 "}, %32, %33, p, 1, 1, 0, 0;\n}\n"
                 : FOVEA_F16 (d[0], 0), FOVEA_F16 (d[0], 16)
                 : "l"(a), "l"(b), "r"(add));
}

static __device__ inline void
product_ss (float (&d)[2][32], uint64_t a, uint64_t b, int add)
{
    asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, %66, 0;\n"
                 "wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 {" FOVEA_D64
                 "}, %64, %65, p, 1, 1, 0, 0;\n}\n"
                 : FOVEA_F16 (d[0], 0), FOVEA_F16 (d[0], 16), FOVEA_F16 (d[1], 0),
                   FOVEA_F16 (d[1], 16)
                 : "l"(a), "l"(b), "r"(add));
}

/* d (64 x D) += A B; A of four registers, B in shared memory with D along the row. */
static __device__ inline void
product_rs (float (&d)[64], const uint32_t *a, uint64_t b)
{
    asm volatile("{\n.reg .pred p;\nsetp.eq.b32 p, 0, 0;\n"
                 "wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 {" FOVEA_D64
                 "}, {%64, %65, %66, %67}, %68, p, 1, 1, 1;\n}\n"
                 : FOVEA_F16 (d, 0), FOVEA_F16 (d, 16), FOVEA_F16 (d, 32), FOVEA_F16 (d, 48)
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));
}

static __device__ inline void
product_rs (float (&d)[32], const uint32_t *a, uint64_t b)
{
    asm volatile("{\n.reg .pred p;\nsetp.eq.b32 p, 0, 0;\n"
                 "wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 {" FOVEA_D32
                 "}, {%32, %33, %34, %35}, %36, p, 1, 1, 1;\n}\n"
                 : FOVEA_F16 (d, 0), FOVEA_F16 (d, 16)
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));
}

static __device__ inline void
product_rs (float (&d)[16], const uint32_t *a, uint64_t b)
{
    asm volatile("{\n.reg .pred p;\nsetp.eq.b32 p, 0, 0;\n"
                 "wgmma.mma_async.sync.aligned.m64n32k16.f32.bf16.bf16 {" FOVEA_D16
                 "}, {%16, %17, %18, %19}, %20, p, 1, 1, 1;\n}\n"
                 : FOVEA_F16 (d, 0)
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));
}

/* Within 2 units in the last place, as the exponential unit has it; subnormal results become 0. */
static __device__ inline float
exp2_fast (float x)
{
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

static __device__ inline float
log2_fast (float x)
{
    float y;
    asm("lg2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

/* Two floats as bf16, the first in the low half. */
static __device__ inline uint32_t
pack_bf16 (float low, float high)
{
    uint32_t both;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(both) : "f"(high), "f"(low));
    return both;
}
