/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Products of 128 x 256 a block by steps of 64 inputs: one thread loads stages by bulk copies, and two
 * warpgroups multiply 64 rows each by all columns, the widest product there is, so that A is read once for
 * all of it. 128 x 256 sums for 48 KB of a step are 85 flop a byte from the L2 cache, where 128 x 128 would
 * have 64, and at the tensor cores' rate both ask more of it than it gives. Four stages are what shared
 * memory holds.
 *
 * A stage is full when its bytes have come, and empty when each warp that multiplies has said so. Loader
 * and warpgroups walk the same items in the same order, so that stages need no names. */
#include <cuda_fp16.h>
#include <type_traits>

#include "kernels/cuda/hopper-tiles.cuh"

#define FOVEA_D96                                                                                  \
    FOVEA_D64 ", %64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, " \
              "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95"
#define FOVEA_D128                                                                                 \
    FOVEA_D96 ", %96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, " \
              "%110, %111, %112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, "     \
              "%123, %124, %125, %126, %127"

/* d (64 x 256) = or += A B in f16, both K-major in shared memory. */
static __device__ inline void
product_wide (float (&d)[128], uint64_t a, uint64_t b, int add)
{
    asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, %130, 0;\n"
                 "wgmma.mma_async.sync.aligned.m64n256k16.f32.f16.f16 {" FOVEA_D128
                 "}, %128, %129, p, 1, 1, 0, 0;\n}\n"
                 : FOVEA_F16 (d, 0), FOVEA_F16 (d, 16), FOVEA_F16 (d, 32), FOVEA_F16 (d, 48),
                   FOVEA_F16 (d, 64), FOVEA_F16 (d, 80), FOVEA_F16 (d, 96), FOVEA_F16 (d, 112)
                 : "l"(a), "l"(b), "r"(add));
}

/* The same in bf16. */
static __device__ inline void
product_wide_bf16 (float (&d)[128], uint64_t a, uint64_t b, int add)
{
    asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, %130, 0;\n"
                 "wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16 {" FOVEA_D128
                 "}, %128, %129, p, 1, 1, 0, 0;\n}\n"
                 : FOVEA_F16 (d, 0), FOVEA_F16 (d, 16), FOVEA_F16 (d, 32), FOVEA_F16 (d, 48),
                   FOVEA_F16 (d, 64), FOVEA_F16 (d, 80), FOVEA_F16 (d, 96), FOVEA_F16 (d, 112)
                 : "l"(a), "l"(b), "r"(add));
}

template <typename T>
static __device__ inline void
product_wide_of (float (&d)[128], uint64_t a, uint64_t b, int add)
{
    if constexpr (std::is_same<T, __half>::value)
        product_wide (d, a, b, add);
    else
        product_wide_bf16 (d, a, b, add);
}

enum {
    WIDE_COLUMNS = 256,
    WIDE_PANEL = 64, /* inputs of a step */
    WIDE_LINE_BYTES = 2 * WIDE_PANEL,
    WIDE_STAGES = 4,
    WIDE_X_BYTES = TILE_ROWS * WIDE_LINE_BYTES,
    WIDE_STAGE_BYTES = WIDE_X_BYTES + WIDE_COLUMNS * WIDE_LINE_BYTES, /* rows, then columns */
    WIDE_BYTES = 1024 + WIDE_STAGES * WIDE_STAGE_BYTES /* the swizzle wants multiples of 1,024 */
};

/* The swizzle's group of eight rows, and the 128-byte swizzle itself. */
static const uint32_t WIDE_HIGH = (8 * WIDE_LINE_BYTES) >> 4 | 1u << 30;

typedef struct {
    uint64_t full[WIDE_STAGES], empty[WIDE_STAGES];
} WideBarriers;

/* Stages in a block's shared memory; what follows them is the caller's. */
static __device__ inline char *
wide_stages (char *raw)
{
    return (char *) (((uintptr_t) raw + 1023) & ~(uintptr_t) 1023);
}

/* For all threads of a block: barriers are there for everybody behind it. */
static __device__ inline void
wide_begin (WideBarriers *b)
{
    if (threadIdx.x == 0) {
        for (int i = 0; i < WIDE_STAGES; i++) {
            barrier_init (&b->full[i], 1);
            barrier_init (&b->empty[i], 4 * CONSUMERS);
        }
        barrier_fence_init ();
    }
    __syncthreads ();
}

/* Parts of a block: @load runs in one thread, @multiply (which) in both warpgroups, which take the registers
 * that the loader's leaves. Each role is one branch, as setmaxnreg asks. */
template <typename Load, typename Multiply>
static __device__ inline void
wide_split (Load load, Multiply multiply)
{
    int warpgroup = __shfl_sync (~0u, (int) threadIdx.x / 128, 0);
    if (warpgroup == 0) {
        asm volatile("setmaxnreg.dec.sync.aligned.u32 40;");
        if (threadIdx.x == 0)
            load ();
    } else {
        asm volatile("setmaxnreg.inc.sync.aligned.u32 232;");
        multiply (warpgroup - 1);
    }
}

/* The loader's next stage, once it is empty; all of its bytes are to be asked for, and then the ring moves on. */
static __device__ inline char *
wide_next_stage (char *stages, const Ring &ring, WideBarriers *b)
{
    barrier_wait (&b->empty[ring.stage], ring.phase);
    barrier_expect (&b->full[ring.stage], WIDE_STAGE_BYTES);
    return stages + ring.stage * WIDE_STAGE_BYTES;
}

/* A warpgroup's 64 rows by all @steps; its rows and the columns of the first stage lie where @x and @w say.
 * @beside () runs while the first step's products are under way. A stage is given back beside the next
 * step's first product, when its own are known to be over. */
template <typename T, typename Beside>
static __device__ inline void
wide_multiply (
    int steps, uint32_t x, uint32_t w, WideBarriers *b, Ring *ring, float (&d)[128], Beside beside)
{
    bool leader = threadIdx.x % 32 == 0;
    int before = -1;
    for (int step = 0; step < steps; step++) {
        uint32_t at = (uint32_t) ring->stage * (WIDE_STAGE_BYTES >> 4);
        barrier_wait (&b->full[ring->stage], ring->phase);
        pin (d);
        product_fence ();
#pragma unroll
        for (int k = 0; k < WIDE_PANEL / 16; k++) {
            product_wide_of<T> (d, descriptor (WIDE_HIGH, x + at + 2 * k),
                                descriptor (WIDE_HIGH, w + at + 2 * k), step > 0 || k > 0);
            if (k > 0)
                continue;
            product_commit ();
            product_wait<1> ();
            if (leader && before >= 0)
                barrier_arrive (&b->empty[before]);
        }
        product_commit ();
        if (step == 0)
            beside ();
        before = ring->stage;
        ring_next<WIDE_STAGES> (ring);
    }
    product_wait<0> ();
    pin (d);
    if (leader)
        barrier_arrive (&b->empty[before]);
}

/* The way of a warpgroup through an item that is the other's alone. */
static __device__ inline void
wide_skip (int steps, WideBarriers *b, Ring *ring)
{
    for (int step = 0; step < steps; step++) {
        barrier_wait (&b->full[ring->stage], ring->phase);
        if (threadIdx.x % 32 == 0)
            barrier_arrive (&b->empty[ring->stage]);
        ring_next<WIDE_STAGES> (ring);
    }
}
