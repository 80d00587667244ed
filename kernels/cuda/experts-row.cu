/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Experts of one row of the stream, as when a token is decoded: two kernels, each reading the rows of
 * the chosen experts' weights once. A warp makes an output (of the first product two elements, so
 * that four rows of weights are in flight for each read of x); the second adds the row's experts
 * in their order as it goes, so that no sum of them is left to do.
 * Moves: 3 K M C weights.   Work: 2 flop each.   Roof: memory. */
#include "kernels/cuda/experts.cuh"

/* Four rows of 16 bytes a lane and two steps unrolled are 128 bytes in flight for each of 32 lanes: with
 * the 15 warps that a processor has at the least (a Mixtral's second product), 60 KB, where latency times
 * bandwidth asks for some 25. */
enum {
    THREADS = 256,
    WARPS = THREADS / 32,
    EACH = 8,   /* weights that a lane takes of a row at once */
    AT_ONCE = 4 /* rows of weights of a warp */
};

/* EACH weights as floats, past the first cache: no other warp will ask for them. */
template <typename W>
static __device__ inline void
load_weights (const W *from, FoveaDtype rounding, float *to)
{
    if constexpr (sizeof (W) == 4) {
        *(float4 *) to = __ldg ((const float4 *) from);
        *(float4 *) (to + 4) = __ldg ((const float4 *) from + 1);
    } else {
        uint4 bits = __ldg ((const uint4 *) from);
        const W *eight = (const W *) &bits;
#pragma unroll
        for (int i = 0; i < EACH; i++)
            to[i] = (float) eight[i];
    }
    /* Of another type than the product's. */
    if (rounding != FOVEA_F32)
#pragma unroll
        for (int i = 0; i < EACH; i++)
            to[i] = expert_round (to[i], rounding);
}

/* sums[r] += w[r] . x[r] over the lane's part of @n inputs. @n_rows of the AT_ONCE are there; @shared: all
 * have the x of the first. */
template <typename W, bool SHARED>
static __device__ inline void
multiply (const W *const *w,
          const float *const *x,
          int n_rows,
          int64_t n,
          FoveaDtype rounding,
          FoveaDtype weight_rounding,
          float *sums)
{
#pragma unroll 2
    for (int64_t i = (int64_t) (threadIdx.x % 32) * EACH; i < n; i += 32 * EACH) {
        float weights[AT_ONCE][EACH], input[EACH];
#pragma unroll
        for (int r = 0; r < AT_ONCE; r++)
            if (r < n_rows)
                load_weights (w[r] + i, weight_rounding, weights[r]);
#pragma unroll
        for (int r = 0; r < AT_ONCE; r++) {
            if (r >= n_rows)
                break;
            if (r == 0 || !SHARED) {
                *(float4 *) input = *(const float4 *) (x[r] + i);
                *(float4 *) (input + 4) = *(const float4 *) (x[r] + i + 4);
                if (rounding != FOVEA_F32)
#pragma unroll
                    for (int e = 0; e < EACH; e++)
                        input[e] = expert_round (input[e], rounding);
            }
#pragma unroll
            for (int e = 0; e < EACH; e++)
                sums[r] = fmaf (weights[r][e], input[e], sums[r]);
        }
    }
#pragma unroll
    for (int r = 0; r < AT_ONCE; r++)
        for (int other = 16; other > 0; other /= 2)
            sums[r] += __shfl_xor_sync (~0u, sums[r], other);
}

/* How weights are rounded before they are multiplied: not at all if their type is the product's. */
static __device__ inline FoveaDtype
weight_rounding (const ExpertRow &r, FoveaDtype dtype)
{
    return dtype == r.rounding ? FOVEA_F32 : r.rounding;
}

/* Elements 2 m and 2 m + 1 of h for choice blockIdx.y.
 * Tiles: a warp an element pair, so that gate and up of both are four streams with one x.
 * Moves: 2 K M C weights, 4 K M B of h.   Roof: memory. */
template <typename W>
static __global__ void
__launch_bounds__ (THREADS) row_hidden_kernel (const __grid_constant__ ExpertRow r)
{
    int64_t m = 2 * ((int64_t) blockIdx.x * WARPS + threadIdx.x / 32);
    int64_t k = blockIdx.y, expert = r.chosen[k];
    if (m >= r.hidden)
        return;
    bool both = m + 1 < r.hidden;
    const W *gate = (const W *) r.w[FOVEA_EXPERT_GATE].data[expert] + m * r.w[0].stride;
    const W *up = (const W *) r.w[FOVEA_EXPERT_IN].data[expert] + m * r.w[1].stride;
    const W *w[AT_ONCE] = {gate, up, gate + r.w[0].stride, up + r.w[1].stride};
    float sums[AT_ONCE] = {};
    multiply<W, true> (w, &r.x, both ? 4 : 2, r.width, r.rounding,
                       weight_rounding (r, r.w[0].dtype), sums);
    if (threadIdx.x % 32 > (both ? 1u : 0u))
        return;
    int64_t second = threadIdx.x % 32, at = expert * r.hidden + m + second;
    float a = second ? sums[2] : sums[0], b = second ? sums[3] : sums[1];
    a += r.w[0].bias != NULL ? r.w[0].bias[at] : 0;
    b += r.w[1].bias != NULL ? r.w[1].bias[at] : 0;
    r.h[k * r.hidden + m + second] = expert_activate (r.activation, a, b);
}

/* The choice that stands at @place among the row's, by expert. A handful of choices: counting those
 * before each costs less than sorting them would. */
static __device__ inline int32_t
find_choice (const ExpertRow &r, int32_t place)
{
    for (int32_t k = 0; k < r.n_used; k++) {
        int32_t before = 0;
        for (int32_t other = 0; other < r.n_used; other++)
            before += r.chosen[other] < r.chosen[k];
        if (before == place)
            return k;
    }
    return 0;
}

/* Element c of the sum.
 * Tiles: a warp an element; rows of up to four experts at once, since one alone has too few bytes in
 * flight where M is short (768 in a Qwen 3).
 * Moves: K M C weights.   Roof: memory. */
template <typename W>
static __global__ void
__launch_bounds__ (THREADS) row_out_kernel (const __grid_constant__ ExpertRow r)
{
    extern __shared__ int32_t order[];
    for (int32_t place = (int32_t) threadIdx.x; place < r.n_used; place += THREADS)
        order[place] = find_choice (r, place);
    __syncthreads ();
    int64_t c = (int64_t) blockIdx.x * WARPS + threadIdx.x / 32;
    if (c >= r.width)
        return;
    const ExpertMatrices &out = r.w[FOVEA_EXPERT_OUT];
    float total = 0;
    for (int32_t from = 0; from < r.n_used; from += AT_ONCE) {
        int n = min (AT_ONCE, r.n_used - from);
        const W *w[AT_ONCE];
        const float *x[AT_ONCE];
        float sums[AT_ONCE] = {};
#pragma unroll
        for (int i = 0; i < AT_ONCE; i++) {
            int32_t k = order[i < n ? from + i : from];
            w[i] = (const W *) out.data[r.chosen[k]] + c * out.stride;
            x[i] = r.h + k * r.hidden;
        }
        multiply<W, false> (w, x, n, r.hidden, r.rounding, weight_rounding (r, out.dtype), sums);
#pragma unroll
        for (int i = 0; i < AT_ONCE; i++) {
            if (i >= n)
                break;
            int32_t k = order[from + i];
            float bias = out.bias != NULL ? out.bias[r.chosen[k] * r.width + c] : 0;
            total = __fadd_rn (total, __fmul_rn (r.shares[k], sums[i] + bias));
        }
    }
    if (threadIdx.x % 32 == 0)
        r.out[c] = total;
}

bool
cuda_experts_row_serves (const FoveaExpertsArgs *args)
{
    for (int role = 0; role < FOVEA_N_EXPERT_ROLES; role++) {
        const FoveaWeight *w = &args->weights[role * args->n_experts];
        if (w->input_major || w->n_in % EACH != 0 || w->stride % EACH != 0 ||
            w->dtype != args->weights[0].dtype)
            return false;
        for (int64_t e = 0; e < args->n_experts; e++)
            if ((uintptr_t) w[e].data % 16 != 0)
                return false;
    }
    return args->rows == 1 && (uintptr_t) args->x % 16 == 0;
}

/* Two kernels and not one: all of h must be there before the first sum over it. */
template <typename W>
static cudaError_t
launch (const ExpertRow *r, cudaStream_t stream)
{
    const int64_t elements = 2 * WARPS;
    dim3 grid ((unsigned) ((r->hidden + elements - 1) / elements), (unsigned) r->n_used);
    row_hidden_kernel<W><<<grid, THREADS, 0, stream>>> (*r);
    row_out_kernel<W><<<(unsigned) ((r->width + WARPS - 1) / WARPS), THREADS,
                        (size_t) r->n_used * sizeof (int32_t), stream>>> (*r);
    return cudaGetLastError ();
}

cudaError_t
cuda_experts_row (const ExpertRow *r, cudaStream_t stream)
{
    FoveaDtype dtype = r->w[0].dtype;
    return dtype == FOVEA_F32    ? launch<float> (r, stream)
           : dtype == FOVEA_BF16 ? launch<__nv_bfloat16> (r, stream)
                                 : launch<__half> (r, stream);
}
