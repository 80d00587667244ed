/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Products of a row with a few latents by one warp: a candidate's value has the same bits whichever
 * kernel asks for it, and whatever else is asked for with it. Only bf16's products of a row that is redone
 * are sums in another order than its scores. */
#include "kernels/cuda/sae-codes.cuh"

enum {
    MOST_BATCH = 8 /* products that a warp makes at once */
};

static __device__ inline float
warp_sum (float x)
{
    for (int other = 16; other > 0; other /= 2)
        x += __shfl_xor_sync (~0u, x, other);
    return x;
}

static __device__ inline int
lane_id (void)
{
    return (int) threadIdx.x % 32;
}

/* d (16 x 8) += A B in f16. */
static __device__ inline void
product_small (float (&d)[4], uint32_t a0, uint32_t a2, uint32_t b0, uint32_t b1)
{
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, "
                 "{%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};\n"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a0), "r"(a0), "r"(a2), "r"(a2), "r"(b0), "r"(b1));
}

/* Which products a warp makes: of f16 forms on tensor cores, eight at once, or in f32, four. */
template <bool ROUNDED, bool VECTORS> struct Products {
    static constexpr int BATCH = ROUNDED ? 8 : 4;

    /* Products of row @t with latents @name (0) .. @name (BATCH - 1); lane b gets that of the b-th. */
    template <typename Name>
    static __device__ inline float
    make (const CodesRun &run, int64_t t, Name name)
    {
        return ROUNDED ? make_rounded (run, t, name) : make_exact (run, t, name);
    }

    /* All 16 rows of A are the row; a lane's four words of it and of its latent stand for the same
     * columns, and their order does not matter else. */
    template <typename Name>
    static __device__ inline float
    make_rounded (const CodesRun &run, int64_t t, Name name)
    {
        int lane = lane_id (), own = name (lane / 4);
        int64_t d = run.prepared.d;
        const uint4 *x = (const uint4 *) (run.rounded + t * d) + lane % 4;
        const uint4 *w = (const uint4 *) (run.prepared.w + own * d) + lane % 4;
        float sum[4] = {0, 0, 0, 0};
#pragma unroll 8
        for (int64_t i = 0; i < d / 32; i++) {
            uint4 a = x[4 * i], b = __ldg (w + 4 * i);
            product_small (sum, a.x, a.y, b.x, b.y);
            product_small (sum, a.z, a.w, b.z, b.w);
        }
        float even = __shfl_sync (~0u, sum[0], lane / 2), odd = __shfl_sync (~0u, sum[1], lane / 2);
        return (lane % 2 == 0 ? even : odd) * run.row[t].unit * run.prepared.unit[name (lane % 8)];
    }

    template <typename Name>
    static __device__ inline float
    make_exact (const CodesRun &run, int64_t t, Name name)
    {
        constexpr int EACH = VECTORS ? 4 : 1;
        int64_t d = run.args.weights.n_in;
        const float *x = run.x + t * run.x_stride, *w[4];
        float p[4] = {0, 0, 0, 0};
#pragma unroll
        for (int b = 0; b < 4; b++)
            w[b] = run.args.weights.w + name (b) * d;
#pragma unroll 2
        for (int64_t i = EACH * lane_id (); i < d; i += 32 * EACH) {
            float xs[4], ws[4][4];
            if (VECTORS)
                *(float4 *) xs = *(const float4 *) (x + i);
            else
                xs[0] = x[i];
#pragma unroll
            for (int b = 0; b < 4; b++)
                if (VECTORS)
                    *(float4 *) ws[b] = __ldg ((const float4 *) (w[b] + i));
                else
                    ws[b][0] = __ldg (w[b] + i);
#pragma unroll
            for (int b = 0; b < 4; b++)
#pragma unroll
                for (int e = 0; e < EACH; e++)
                    p[b] = fmaf (xs[e], ws[b][e], p[b]);
        }
        return sum_four (p);
    }

    /* Four sums over the warp; lane b gets the b-th. */
    static __device__ inline float
    sum_four (const float (&p)[4])
    {
        bool first = threadIdx.x & 1, second = threadIdx.x & 2;
        float a = (first ? p[1] : p[0]) + __shfl_xor_sync (~0u, first ? p[0] : p[1], 1);
        float b = (first ? p[3] : p[2]) + __shfl_xor_sync (~0u, first ? p[2] : p[3], 1);
        float x = (second ? b : a) + __shfl_xor_sync (~0u, second ? a : b, 2);
        for (int other = 4; other < 32; other *= 2)
            x += __shfl_xor_sync (~0u, x, other);
        return x;
    }
};

static bool
codes_has_vectors (const CodesRun *run)
{
    const FoveaCodesWeights *w = &run->args.weights;
    return w->n_in % 4 == 0 && run->x_stride % 4 == 0 &&
           ((uintptr_t) run->x | (uintptr_t) w->w) % 16 == 0;
}
