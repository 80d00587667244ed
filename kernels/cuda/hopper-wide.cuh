/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A warpgroup's product of 64 x 256, the widest there is: A is read once for all of it. */
#include "kernels/cuda/hopper.cuh"

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
