/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The choice of experts: a warp has a row. Exponentials and sums are double, as the other tables have
 * them, so that rows go where they would go there; against the products of the experts it is nothing.
 * Moves: 4 E B a row, 8 with weights.   Work: K E comparisons a row. */
#include <math_constants.h>

#include "kernels/cuda/cuda-device.h"
#include "kernels/cuda/experts.cuh"

enum {
    WARPS = 8, /* of a thread block, at most */
    SHARED = 48 << 10
};

/* What a warp has in shared memory of its row. Registers would do for a few hundred experts, but not
 * for any number of them. */
typedef struct {
    double *values; /* (E): what competes; NaN = is taken */
    double *judged; /* (groups) */
    float *weights; /* (E) */
} Row;

static __host__ __device__ inline size_t
row_bytes (const FoveaRouteArgs &args)
{
    /* Floats behind the doubles, in whole doubles: the next warp's begin at a multiple of eight again. */
    size_t doubles = (size_t) (args.n_experts + args.n_groups);
    return doubles * sizeof (double) + (size_t) (args.n_experts + 1) / 2 * sizeof (double);
}

/* Lanes take experts in turn: lane l has l, l + 32, ... */
static __device__ inline int
lane_of (void)
{
    return (int) threadIdx.x % 32;
}

static __device__ inline double
warp_sum (double x)
{
    for (int other = 16; other > 0; other /= 2)
        x += __shfl_xor_sync (~0u, x, other);
    return x;
}

/* Weights of a row's experts and what they compete by. A NaN competes as the largest, so that it is
 * chosen, met by the check behind the layer, and named. */
static __device__ inline void
weigh (const FoveaRouteArgs &args, const float *scores, const Row &row)
{
    int64_t E = args.n_experts;
    double sum = 0;
    float largest = -CUDART_INF_F; /* less which no exponential overflows */
    for (int64_t e = lane_of (); e < E && !args.sigmoid; e += 32)
        largest = fmaxf (largest, scores[e]);
    for (int other = 16; other > 0; other /= 2)
        largest = fmaxf (largest, __shfl_xor_sync (~0u, largest, other));
    for (int64_t e = lane_of (); e < E && !args.sigmoid; e += 32)
        sum += exp (scores[e] - (double) largest);
    sum = warp_sum (sum);
    for (int64_t e = lane_of (); e < E; e += 32) {
        double score = scores[e];
        float weight =
            (float) (args.sigmoid ? 1 / (1 + exp (-score)) : exp (score - (double) largest) / sum);
        double value = (double) weight + (args.added != NULL ? (double) args.added[e] : 0);
        /* Weights are rounded to f32 first: the same floats compete that are shared out. */
        row.weights[e] = weight;
        row.values[e] = isnan (value) ? CUDART_INF : value;
    }
    __syncwarp ();
}

/* Best of a group's values, or the sum of its best two. */
static __device__ inline double
judge (const double *values, int64_t n, bool two)
{
    double first = -CUDART_INF, second = -CUDART_INF;
    /* A lane alone, as groups are few and short. */
    for (int64_t e = 0; e < n; e++)
        if (values[e] > first) {
            second = first;
            first = values[e];
        } else if (values[e] > second) {
            second = values[e];
        }
    return two && n > 1 ? first + second : first;
}

/* Takes away the values of all groups but the best few. */
static __device__ inline void
keep_groups (const FoveaRouteArgs &args, const Row &row)
{
    int64_t n = args.n_groups, each = args.n_experts / (n > 0 ? n : 1);
    if (n == 0 || args.n_groups_used == n)
        return;
    for (int64_t g = lane_of (); g < n; g += 32)
        row.judged[g] = judge (row.values + g * each, each, args.sigmoid);
    __syncwarp ();
    for (int64_t g = lane_of (); g < n; g += 32) {
        int64_t better = 0; /* the lower of equal groups is */
        for (int64_t o = 0; o < n; o++)
            better += row.judged[o] > row.judged[g] || (row.judged[o] == row.judged[g] && o < g);
        for (int64_t e = 0; e < each && better >= args.n_groups_used; e++)
            row.values[g * each + e] = -CUDART_INF;
    }
    __syncwarp ();
}

/* The largest value that is left, which leaves with it; the same in all lanes. */
static __device__ inline int32_t
take_best (const Row &row, int64_t n)
{
    double value = 0;
    int32_t best = -1;
    for (int32_t e = lane_of (); e < n; e += 32)
        if (!isnan (row.values[e]) && (best < 0 || row.values[e] > value)) {
            best = e;
            value = row.values[e];
        }
    for (int other = 16; other > 0; other /= 2) {
        double its = __shfl_xor_sync (~0u, value, other);
        int32_t e = __shfl_xor_sync (~0u, best, other);
        if (e >= 0 && (best < 0 || its > value || (its == value && e < best))) {
            best = e;
            value = its;
        }
    }
    /* NaN marks who has left: no value is one, since a NaN competes as infinity. */
    if (best % 32 == lane_of ())
        row.values[best] = CUDART_NAN;
    return best;
}

/* Does: softmax or sigmoid of a row's scores, the best of its groups, the K best of these, their shares.
 * Tiles: a warp a row, eight rows a thread block.
 * Moves: 4 E B a row, 8 with weights, 8 K of choices.   Roof: latency: 20 exchanges a choice. */
static __global__ void __launch_bounds__ (32 * WARPS)
    route_kernel (const __grid_constant__ FoveaRouteArgs args)
{
    extern __shared__ __align__ (8) char shared[];
    int64_t E = args.n_experts, K = args.n_used;
    int64_t t = (int64_t) blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32;
    if (t >= args.rows)
        return;
    Row row = {(double *) (shared + threadIdx.x / 32 * row_bytes (args))};
    row.judged = row.values + E;
    row.weights = (float *) (row.judged + args.n_groups);
    weigh (args, args.scores + t * E, row);
    /* Behind the last read of the scores, whose place this may be. */
    for (int64_t e = lane_of (); e < E && args.weights != NULL; e += 32)
        args.weights[t * E + e] = row.weights[e];
    keep_groups (args, row);
    double sum = 0;
    for (int64_t k = 0; k < K; k++) {
        int32_t best = take_best (row, E);
        float weight = row.weights[best];
        sum += weight;
        if (lane_of () == 0) {
            args.chosen[t * K + k] = best;
            args.shares[t * K + k] = weight;
        }
    }
    /* Shares were written unscaled, as their sum is known only now. */
    __syncwarp ();
    for (int64_t k = lane_of (); k < K; k += 32) {
        double weight = args.shares[t * K + k];
        args.shares[t * K + k] =
            (float) ((double) args.scale * (args.add_to_one ? weight / sum : weight));
    }
}

void
fovea_cuda_route (FoveaDevice *device, const FoveaRouteArgs *args)
{
    CudaState *state = cuda_begin_product (device);
    if (state == NULL || args->rows <= 0)
        return;
    size_t bytes = row_bytes (*args), fit = SHARED / bytes;
    if (fit == 0) {
        cuda_fail (device, FOVEA_CUDA_FAILED, "route", "more than 4,000 experts");
        return;
    }
    /* Many experts leave a block fewer rows, not the kernel without room. */
    unsigned warps = fit < WARPS ? (unsigned) fit : (unsigned) WARPS;
    unsigned grid = (unsigned) ((args->rows + warps - 1) / warps);
    route_kernel<<<grid, 32 * warps, warps * bytes, state->stream>>> (*args);
    cuda_check (device, "route", cudaGetLastError ());
}
