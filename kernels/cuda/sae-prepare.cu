/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What comes before the quick pass of sparse codes (sae-codes.cuh): weights and rows are rounded to f16
 * in units of their own, and what that took off them is measured, not assumed.
 * Moves: 6 B a number.   Roof: memory. */
#include <float.h>

#include "kernels/cuda/sae-products.cuh"
#include "kernels/cuda/sae-split.cuh"

enum {
    WARPS = 4,
    THREADS = 32 * WARPS,
    EACH = 8 /* fours of a lane that are held: lines of up to 1,024 */
};

/* What a warp rounds: a line of @n numbers, less @centre if there is one, to f16 in a unit of its own,
 * padded with zeros; through bf16 first if @rounded. */
typedef struct {
    const float *x, *centre;
    int64_t n, padded;
    float *kept; /* NULL, or where the line goes less its centre */
    __half *to;
    bool rounded;
    bool common; /* take CODES_UNIT if that suits */
} Line;

/* Of the line in f16, of the line, of their difference; and the unit. */
typedef struct {
    float rounded, exact, lost, unit;
} LineSquares;

static __device__ inline float4
read_four (const Line &l, int64_t i)
{
    alignas (16) float v[4] = {0, 0, 0, 0};
    bool vectors = l.n % 4 == 0 && (uintptr_t) l.x % 16 == 0;
    if (vectors && i < l.n)
        *(float4 *) v = *(const float4 *) (l.x + i);
#pragma unroll
    for (int e = 0; e < 4; e++) {
        if (i + e >= l.n)
            continue;
        if (!vectors)
            v[e] = l.x[i + e];
        if (l.centre != NULL)
            v[e] -= l.centre[i + e];
        if (l.kept != NULL && !vectors)
            l.kept[i + e] = v[e];
    }
    if (l.kept != NULL && vectors && i < l.n)
        *(float4 *) (l.kept + i) = *(float4 *) v;
#pragma unroll
    for (int e = 0; e < 4; e++) {
        if (l.rounded)
            v[e] = __bfloat162float (__float2bfloat16_rn (v[e]));
    }
    return *(float4 *) v;
}

/* Whether numbers down to 2^-24 of @most stand in f16 as exactly as bf16 has them. Zeros always do. */
static __device__ inline bool
suits_common (float most)
{
    return most == 0 || (most >= 0x1p7f * CODES_UNIT && most < 0x1p15f * CODES_UNIT);
}

static __device__ inline void
add_squares (LineSquares *s, float v, float r)
{
    float off = r - v;
    s->rounded = fmaf (r, r, s->rounded);
    s->exact = fmaf (v, v, s->exact);
    s->lost = fmaf (off, off, s->lost);
}

static __device__ inline float
largest_of (float4 v)
{
    return fmaxf (fmaxf (fabsf (v.x), fabsf (v.y)), fmaxf (fabsf (v.z), fabsf (v.w)));
}

template <bool MEASURED>
static __device__ inline void
write_four (const Line &l, int64_t i, float4 v, float inverse, LineSquares *s)
{
    __half2 low = __floats2half2_rn (v.x * inverse, v.y * inverse);
    __half2 high = __floats2half2_rn (v.z * inverse, v.w * inverse);
    *(uint2 *) (l.to + i) = make_uint2 (*(unsigned *) &low, *(unsigned *) &high);
    if (!MEASURED)
        return;
    float2 a = __half22float2 (low), b = __half22float2 (high);
    add_squares (s, v.x, a.x * s->unit);
    add_squares (s, v.y, a.y * s->unit);
    add_squares (s, v.z, b.x * s->unit);
    add_squares (s, v.w, b.y * s->unit);
}

/* @HELD: a lane's fours, held in registers; 0 = the line is read twice. @MEASURED: else only the unit. */
template <int HELD, bool MEASURED>
static __device__ inline LineSquares
round_line (const Line &l)
{
    LineSquares s = {0, 0, 0, 1};
    float4 held[HELD > 0 ? HELD : 1];
    float most = 0;
#pragma unroll
    for (int e = 0; e < HELD; e++) {
        int64_t i = 4 * (32 * e + lane_id ());
        held[e] = i < l.padded ? read_four (l, i) : make_float4 (0, 0, 0, 0);
        most = fmaxf (most, largest_of (held[e]));
    }
    for (int64_t i = 4 * lane_id (); HELD == 0 && i < l.n; i += 128)
        most = fmaxf (most, largest_of (read_four (l, i)));
    for (int other = 16; other > 0; other /= 2)
        most = fmaxf (most, __shfl_xor_sync (~0u, most, other));
    s.unit = l.common && suits_common (most) ? CODES_UNIT : codes_unit_of (most);
    float inverse = 1 / s.unit;
#pragma unroll
    for (int e = 0; e < HELD; e++) {
        int64_t i = 4 * (32 * e + lane_id ());
        if (i < l.padded)
            write_four<MEASURED> (l, i, held[e], inverse, &s);
    }
    for (int64_t i = 4 * lane_id (); HELD == 0 && i < l.padded; i += 128)
        write_four<MEASURED> (l, i, read_four (l, i), inverse, &s);
    if (!MEASURED)
        return s;
    s.rounded = sqrtf (warp_sum (s.rounded));
    s.exact = sqrtf (warp_sum (s.exact));
    s.lost = sqrtf (warp_sum (s.lost));
    return s;
}

/* A bias that makes scores of products above a level those above 0; with a little more for the roundings of
 * both sums where a score is no product yet. */
static __device__ inline float
lower_bias (const FoveaCodesWeights &w, int64_t j, float bias)
{
    float level = w.level[j], margin = w.rounded ? 0 : 0x1p-21f * (fabsf (bias) + fabsf (level));
    return bias - level + margin;
}

/* A warp a latent. Moves: 6 B a weight.   Roof: memory. */
template <int HELD>
static __global__ void
__launch_bounds__ (THREADS) weights_kernel (FoveaCodesWeights w, CodesPrepared p)
{
    int64_t j = (int64_t) blockIdx.x * WARPS + threadIdx.x / 32;
    if (j >= p.F)
        return;
    bool in = j < w.n_latents;
    Line line = {w.w + (in ? j : 0) * w.n_in, NULL, in ? w.n_in : 0, p.d, NULL, p.w + j * p.d};
    line.rounded = w.rounded;
    line.common = w.scale == NULL;
    LineSquares s = round_line<HELD, true> (line);
    if (lane_id () != 0)
        return;
    if (in && (w.scale != NULL || s.unit != CODES_UNIT))
        *p.n_odd = 1; /* whoever writes it last */
    float scale = in && w.scale != NULL ? w.scale[j] : 1;
    float bias = !in ? NAN : w.bias != NULL ? scale * w.bias[j] : 0;
    bool level = in && w.level != NULL;
    bias = level ? lower_bias (w, j, bias) : bias;
    p.affine[j] = make_float2 (scale * s.unit, bias);
    p.unit[j] = s.unit;
    p.reach[j] = scale * s.rounded * 1.00001f;
    if (!in)
        return;
    /* Both are at least 0, and such floats order as their bits do. */
    if (s.rounded > 0)
        atomicMax ((unsigned *) p.lost, __float_as_uint (s.lost / s.rounded));
    if (!level)
        atomicMax ((unsigned *) p.most_bias, __float_as_uint (fabsf (bias)));
}

static __global__ void
__launch_bounds__ (THREADS) groups_kernel (CodesPrepared p)
{
    int64_t g = (int64_t) blockIdx.x * THREADS + threadIdx.x;
    if (g >= p.F / FOVEA_CODES_GROUP)
        return;
    int64_t tiles = p.F / FOVEA_CODES_TILE, quad = g % 4;
    const float *reach = p.reach + codes_latent (tiles, g / 4, 2 * quad);
    float most = 0;
    for (int c = 0; c < FOVEA_CODES_TILE; c += 8)
        most = fmaxf (most, fmaxf (reach[c * tiles], reach[(c + 1) * tiles]));
    p.group_reach[g] = most;
}

cudaError_t
cuda_codes_prepare (const FoveaCodesWeights *w, int n_processors, cudaStream_t stream)
{
    CodesPrepared p = codes_prepared (w);
    cudaError_t status = cudaMemsetAsync (p.lost, 0, 3 * sizeof (float), stream);
    if (status != cudaSuccess)
        return status;
    int64_t groups = p.F / FOVEA_CODES_GROUP;
    auto kernel = p.d <= 128 * EACH ? weights_kernel<EACH> : weights_kernel<0>;
    kernel<<<(unsigned) ((p.F + WARPS - 1) / WARPS), THREADS, 0, stream>>> (*w, p);
    groups_kernel<<<(unsigned) ((groups + THREADS - 1) / THREADS), THREADS, 0, stream>>> (p);
    return cudaGetLastError ();
}

/* A warp a row. Sums of tensor cores lose at most 2^-22 of |x| |w| a term. */
template <int HELD, bool MEASURED>
static __global__ void
__launch_bounds__ (THREADS) rows_kernel (CodesRun run, const float *centre, float *centred)
{
    codes_begin (); /* waits for nothing where it is launched as others are */
    int64_t t = (int64_t) blockIdx.x * WARPS + threadIdx.x / 32, n = run.args.weights.n_in;
    if (t == 0 && lane_id () == 0)
        run.redo[0] = run.redo[1] = 0;
    if (t >= run.args.rows)
        return;
    Line line = {run.args.x + t * run.args.x_stride, centre, n, run.prepared.d};
    line.kept = centred != NULL ? centred + t * n : NULL;
    line.to = run.rounded + t * run.prepared.d;
    line.rounded = run.args.weights.rounded;
    LineSquares s = round_line<HELD, MEASURED> (line);
    if (lane_id () != 0)
        return;
    CodesRow row = {.unit = s.unit};
    if (MEASURED) {
        float terms = (float) (n + 16) * 0x1p-22f, lost = *run.prepared.lost;
        row.error = 1.01f * terms * fmaxf (s.exact, s.rounded) * (1 + lost);
        row.error += 1.0001f * (s.lost + s.exact * lost);
        /* Squares of such small numbers are lost, and what is lost of a number by f16 is not. */
        if (run.args.weights.level != NULL && s.unit < 0x1p-70f)
            row.error += 16 * sqrtf ((float) n) * s.unit;
        row.error = fminf (row.error, FLT_MAX); /* times a reach of 0 that is 0 */
        /* The bias is added once, by a rounding of its own on each side. */
        row.slack = s.exact > 0 ? 0x1p-21f * *run.prepared.most_bias + terms * 0x1p-100f : 0;
    }
    run.row[t] = row;
}

cudaError_t
cuda_codes_round (const CodesRun *run, const float *centre, float *centred, cudaStream_t stream)
{
    unsigned grid = (unsigned) ((run->args.rows + WARPS - 1) / WARPS);
    bool held = run->prepared.d <= 128 * EACH, rounded = run->args.weights.rounded;
    auto exact = held ? rows_kernel<EACH, true> : rows_kernel<0, true>;
    auto kernel = !rounded ? exact : held ? rows_kernel<EACH, false> : rows_kernel<0, false>;
    if (run->fused)
        return codes_follow (kernel, grid, THREADS, 0, stream, *run, centre, centred);
    kernel<<<grid, THREADS, 0, stream>>> (*run, centre, centred);
    return cudaGetLastError ();
}
