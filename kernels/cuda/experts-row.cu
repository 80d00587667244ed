/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Experts of a few rows of the stream, as when a token is decoded: two kernels, each reading the rows of
 * the chosen experts' weights once a choice. A warp has four rows of weights at a time, two steps of
 * which are on their way: of the first product gate and up of two elements, which share x; of the second
 * as many outputs and experts as make four. The second adds a row's experts in their order as it
 * goes, so that no sum of them is left to do.
 * Moves: 3 K M C weights a row.   Work: 2 flop each.   Roof: memory. */
#include "kernels/cuda/experts.cuh"

/* Blocks of four warps, so that the last of them to end hold up little. 24 warps of a processor with 4 KB
 * on their way each are 96 KB, where latency times bandwidth asks for some 25. */
enum {
    THREADS = 128,
    WARPS = THREADS / 32,
    EACH = 8,         /* weights that a lane takes of a row at once */
    STEP = 32 * EACH, /* and a warp */
    AT_ONCE = 4       /* rows of weights of a warp */
};

/* EACH weights as they lie in memory: converted only when they are multiplied, since loads that are on their
 * way hold half of the registers then. */
template <typename W> struct Raw {
    uint4 bits[EACH * sizeof (W) / 16];
};

/* 16 bytes past the first cache, which x should keep: no other warp will ask for them. */
static __device__ inline uint4
load_once (const uint4 *from)
{
    uint4 to;
    asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to.x), "=r"(to.y), "=r"(to.z), "=r"(to.w)
                 : "l"(from));
    return to;
}

template <typename W>
static __device__ inline Raw<W>
load_raw (const W *from)
{
    Raw<W> raw;
#pragma unroll
    for (int i = 0; i < (int) (EACH * sizeof (W) / 16); i++)
        raw.bits[i] = load_once ((const uint4 *) from + i);
    return raw;
}

/* EACH inputs as the product sees them. */
static __device__ inline void
load_inputs (const float *from, FoveaDtype rounding, float *to)
{
    *(float4 *) to = *(const float4 *) from;
    *(float4 *) (to + 4) = *(const float4 *) (from + 4);
    if (rounding != FOVEA_F32)
#pragma unroll
        for (int i = 0; i < EACH; i++)
            to[i] = expert_round (to[i], rounding);
}

/* What rounds inputs, and weights: those not at all if their type is the product's. */
typedef struct {
    FoveaDtype x, w;
} Rounding;

static __device__ inline Rounding
rounding_of (const ExpertRow &r, const ExpertMatrices &w)
{
    return Rounding{r.rounding, w.dtype == r.rounding ? FOVEA_F32 : r.rounding};
}

template <typename W>
static __device__ inline float
add_products (const Raw<W> &raw, const float *x, FoveaDtype rounding, float sum)
{
    const W *w = (const W *) &raw;
#pragma unroll
    for (int i = 0; i < EACH; i++) {
        float weight = (float) w[i];
        /* The branch is the same for a whole grid. */
        if (rounding != FOVEA_F32)
            weight = expert_round (weight, rounding);
        sum = fmaf (weight, x[i], sum);
    }
    return sum;
}

/* sums += w . x for the lane's inputs from @i on; row r has input r / OUTS. */
template <typename W, int OUTS>
static __device__ inline void
add_step (const Raw<W> *raw, const float *const *x, int64_t i, Rounding rounding, float *sums)
{
#pragma unroll
    for (int in = 0; in < AT_ONCE / OUTS; in++) {
        __align__ (16) float input[EACH]; /* of all OUTS rows that share it */
        load_inputs (x[in] + i, rounding.x, input);
#pragma unroll
        for (int out = 0; out < OUTS; out++)
            sums[in * OUTS + out] =
                add_products<W> (raw[in * OUTS + out], input, rounding.w, sums[in * OUTS + out]);
    }
}

/* sums[r] = w[r] . x[r / OUTS] over @n inputs, the same in all lanes. */
template <typename W, int OUTS>
static __device__ inline void
multiply (const W *const *w, const float *const *x, int64_t n, Rounding rounding, float *sums)
{
    int64_t i = (int64_t) (threadIdx.x % 32) * EACH;
    /* Names, not an index into two: registers have no addresses. */
    Raw<W> now[AT_ONCE], next[AT_ONCE];
    for (; i + STEP < n; i += 2 * STEP) {
#pragma unroll
        for (int r = 0; r < AT_ONCE; r++)
            now[r] = load_raw (w[r] + i);
#pragma unroll
        for (int r = 0; r < AT_ONCE; r++)
            next[r] = load_raw (w[r] + i + STEP);
        add_step<W, OUTS> (now, x, i, rounding, sums);
        add_step<W, OUTS> (next, x, i + STEP, rounding, sums);
    }
    for (; i < n; i += STEP) {
#pragma unroll
        for (int r = 0; r < AT_ONCE; r++)
            now[r] = load_raw (w[r] + i);
        add_step<W, OUTS> (now, x, i, rounding, sums);
    }
#pragma unroll
    for (int r = 0; r < AT_ONCE; r++)
        for (int other = 16; other > 0; other /= 2)
            sums[r] += __shfl_xor_sync (~0u, sums[r], other);
}

/* Does: elements 2 m and 2 m + 1 of h for choice blockIdx.y.
 * Moves: 2 M C weights, 4 M B of h a choice.   Roof: memory. */
template <typename W>
static __global__ void
__launch_bounds__ (THREADS) row_hidden_kernel (const __grid_constant__ ExpertRow r)
{
    int64_t m = 2 * ((int64_t) blockIdx.x * WARPS + threadIdx.x / 32);
    int64_t choice = blockIdx.y, expert = r.chosen[choice];
    if (m >= r.hidden)
        return;
    int64_t second = m + 1 < r.hidden ? 1 : 0; /* else the first once more, which nobody keeps */
    const W *gate = (const W *) r.w[FOVEA_EXPERT_GATE].data[expert] + m * r.w[0].stride;
    const W *up = (const W *) r.w[FOVEA_EXPERT_IN].data[expert] + m * r.w[1].stride;
    const W *w[AT_ONCE] = {gate, up, gate + second * r.w[0].stride, up + second * r.w[1].stride};
    const float *x = r.x + choice / r.n_used * r.width;
    float sums[AT_ONCE] = {};
    multiply<W, AT_ONCE> (w, &x, r.width, rounding_of (r, r.w[0]), sums);
    /* All lanes have all sums: the first two finish an element each. */
    int64_t lane = threadIdx.x % 32, at = expert * r.hidden + m + lane;
    if (lane > second)
        return;
    float a = lane > 0 ? sums[2] : sums[0], b = lane > 0 ? sums[3] : sums[1];
    a += r.w[0].bias != NULL ? r.w[0].bias[at] : 0;
    b += r.w[1].bias != NULL ? r.w[1].bias[at] : 0;
    r.h[choice * r.hidden + m + lane] = expert_activate (r.activation, a, b);
}

/* The choice that stands at @place among a row's, by expert. A handful of choices: counting those before
 * each costs less than sorting them would. */
static __device__ inline int32_t
find_choice (const int32_t *chosen, int32_t n, int32_t place)
{
    for (int32_t k = 0; k < n; k++) {
        int32_t before = 0;
        for (int32_t other = 0; other < n; other++)
            before += chosen[other] < chosen[k];
        if (before == place)
            return k;
    }
    return 0;
}

/* Does: OUTS elements of the sum of row blockIdx.y.
 * Tiles: AT_ONCE / OUTS experts at once, since one alone has too few bytes in flight where M is short (768
 * in a Qwen 3).
 * Moves: K M C weights a row.   Roof: memory. */
template <typename W, int OUTS>
static __global__ void
__launch_bounds__ (THREADS) row_out_kernel (const __grid_constant__ ExpertRow r)
{
    constexpr int EXPERTS = AT_ONCE / OUTS;
    extern __shared__ int32_t order[];
    int64_t first = (int64_t) blockIdx.y * r.n_used;
    for (int32_t place = (int32_t) threadIdx.x; place < r.n_used; place += THREADS)
        order[place] = find_choice (r.chosen + first, r.n_used, place);
    __syncthreads ();
    int64_t c = OUTS * ((int64_t) blockIdx.x * WARPS + threadIdx.x / 32);
    if (c >= r.width)
        return;
    const ExpertMatrices &out = r.w[FOVEA_EXPERT_OUT];
    float total[OUTS] = {};
    for (int32_t from = 0; from < r.n_used; from += EXPERTS) {
        const W *w[AT_ONCE];
        const float *x[EXPERTS];
        float sums[AT_ONCE] = {};
#pragma unroll
        for (int i = 0; i < EXPERTS; i++) {
            /* Behind the last choice the last once more: what it makes is not added. */
            int64_t choice = first + order[min (from + i, r.n_used - 1)];
            const W *matrix = (const W *) out.data[r.chosen[choice]];
            x[i] = r.h + choice * r.hidden;
#pragma unroll
            for (int o = 0; o < OUTS; o++)
                w[i * OUTS + o] = matrix + min (c + o, r.width - 1) * out.stride;
        }
        multiply<W, OUTS> (w, x, r.hidden, rounding_of (r, out), sums);
#pragma unroll
        for (int i = 0; i < EXPERTS; i++) {
            if (from + i >= r.n_used)
                break;
            int64_t choice = first + order[from + i];
#pragma unroll
            for (int o = 0; o < OUTS; o++) {
                int64_t at = r.chosen[choice] * r.width + min (c + o, r.width - 1);
                float bias = out.bias != NULL ? out.bias[at] : 0;
                /* Rounded one by one and in the experts' order, as combine_kernel() does for many rows. */
                total[o] =
                    __fadd_rn (total[o], __fmul_rn (r.shares[choice], sums[i * OUTS + o] + bias));
            }
        }
    }
#pragma unroll
    for (int o = 0; o < OUTS; o++)
        if (threadIdx.x % 32 == 0 && c + o < r.width)
            r.out[blockIdx.y * r.width + c + o] = total[o];
}

bool
cuda_experts_row_serves (const FoveaExpertsArgs *args)
{
    /* In f32 padding a tile costs more than reading an expert's weights once for each of a few rows. */
    const int64_t most = args->precision == FOVEA_PRECISION_F32 ? 8 : 1;
    /* Whole pieces of 16 bytes from addresses that are multiples of them, in every role. */
    for (int role = 0; role < FOVEA_N_EXPERT_ROLES; role++) {
        const FoveaWeight *w = &args->weights[role * args->n_experts];
        if (w->input_major || w->n_in % EACH != 0 || w->stride % EACH != 0 ||
            w->dtype != args->weights[0].dtype)
            return false;
        for (int64_t e = 0; e < args->n_experts; e++)
            if ((uintptr_t) w[e].data % 16 != 0)
                return false;
    }
    return args->rows <= most && (uintptr_t) args->x % 16 == 0;
}

template <typename W, int OUTS>
static void
launch_out (const ExpertRow *r, cudaStream_t stream)
{
    const int64_t outs = OUTS * WARPS;
    dim3 grid ((unsigned) ((r->width + outs - 1) / outs), (unsigned) r->rows);
    row_out_kernel<W, OUTS>
        <<<grid, THREADS, (size_t) ((r->n_used + 3) / 4 * 4) * sizeof (int32_t), stream>>> (*r);
}

/* Two kernels and not one: all of h must be there before the first sum over it. */
template <typename W>
static cudaError_t
launch (const ExpertRow *r, cudaStream_t stream)
{
    const int64_t elements = 2 * WARPS;
    dim3 grid ((unsigned) ((r->hidden + elements - 1) / elements),
               (unsigned) (r->rows * r->n_used));
    row_hidden_kernel<W><<<grid, THREADS, 0, stream>>> (*r);
    /* Fewer experts leave a warp more outputs, so that four rows of weights are always under way. */
    if (r->n_used == 1)
        launch_out<W, 4> (r, stream);
    else if (r->n_used == 2)
        launch_out<W, 2> (r, stream);
    else
        launch_out<W, 1> (r, stream);
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
