/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Products of one row, as when a token is decoded: a warp makes one or four outputs, and each weight is
 * read once, past the first cache, which x should keep. cuBLAS reached an eighth of the copy in f32, wants
 * weights of two bytes converted there, and in bf16 a rounded copy of x that is a kernel of its own: a layer
 * has seven such products, and a host that enqueues twice as much is what a token waits for.
 *
 * First weights are asked for before the kernel in front has ended: it may write x, but no kernel writes a
 * matrix that is multiplied here.
 * Inputs of a product in bf16 or f16 are rounded where they are loaded. The order of a sum depends on
 * neither the number of outputs nor that of processors.
 * Moves: the weights once.   Work: 2 n_in n_out flop.   Roof: memory. */
#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include "kernels/cuda/cuda-device.h"
#include "kernels/cuda/early.cuh"

/* Four warps: the 512 outputs of a Llama's keys are blocks for nearly all processors of an H100. */
enum {
    THREADS = 128,
    WARPS = THREADS / 32,
    BLOCKS = 4,  /* a processor */
    OUTPUTS = 4, /* of a warp, where there are enough of them for all warps of a processor */
    WARPS_WANTED = 12
};

/* 16 bytes of weights. */
template <typename W> struct Piece {
    static constexpr int EACH = 16 / (int) sizeof (W);
    uint4 bits;
};

/* Past the first cache: no other warp will ask for them. */
template <typename W>
static __device__ inline Piece<W>
load_piece (const W *from)
{
    Piece<W> p;
    asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
                 : "=r"(p.bits.x), "=r"(p.bits.y), "=r"(p.bits.z), "=r"(p.bits.w)
                 : "l"(from));
    return p;
}

/* AHEAD pieces of each row from element @i on. */
template <typename W, int OUTS, int AHEAD>
static __device__ inline void
load_pieces (const W *const *rows, int64_t i, Piece<W> (&pieces)[AHEAD][OUTS])
{
#pragma unroll
    for (int a = 0; a < AHEAD; a++)
#pragma unroll
        for (int o = 0; o < OUTS; o++)
            pieces[a][o] = load_piece (rows[o] + i + a * 32 * Piece<W>::EACH);
}

/* Inputs that a piece is multiplied by, as the product sees them. */
template <typename W, bool ROUND>
static __device__ inline void
load_inputs (const float *from, float *to)
{
#pragma unroll
    for (int e = 0; e < Piece<W>::EACH; e += 4)
        *(float4 *) (to + e) = *(const float4 *) (from + e);
    if (ROUND)
#pragma unroll
        for (int e = 0; e < Piece<W>::EACH; e++)
            to[e] = (float) (W) to[e];
}

/* A sum for each element of a piece, so that additions do not wait for each other. */
template <typename W>
static __device__ inline void
add_piece (const Piece<W> &piece, const float *x, float *sum)
{
    const W *w = (const W *) &piece.bits;
#pragma unroll
    for (int e = 0; e < Piece<W>::EACH; e++)
        sum[e] = fmaf ((float) w[e], x[e], sum[e]);
}

/* The sums of a lane, then of all lanes. */
template <int EACH>
static __device__ inline float
join (float *sum)
{
#pragma unroll
    for (int half = EACH / 2; half > 0; half /= 2)
#pragma unroll
        for (int e = 0; e < half; e++)
            sum[e] += sum[e + half];
    for (int other = 16; other > 0; other /= 2)
        sum[0] += __shfl_xor_sync (~0u, sum[0], other);
    return sum[0];
}

/* Does: y = w x.
 * Tiles: OUTS rows of weights a warp, eight pieces of a lane on their way: 4 KB a warp, 64 KB a processor. Not
 * more than BLOCKS a processor are asked for, or the compiler takes 44 registers and most loads wait for a sum.
 * Moves: the weights once, x from the caches.   Roof: memory. */
template <typename W, int OUTS, bool ROUND>
static __global__ void
__launch_bounds__ (THREADS, BLOCKS)
    row_kernel (const float *x, const W *w, int64_t stride, int64_t n_out, int64_t n_in, float *y)
{
    constexpr int EACH = Piece<W>::EACH, STEP = 32 * EACH, AHEAD = 8 / OUTS;
    int64_t out = OUTS * ((int64_t) blockIdx.x * WARPS + threadIdx.x / 32);
    int64_t i = (int64_t) (threadIdx.x % 32) * EACH;
    if (out >= n_out)
        return; /* a whole warp: nobody waits for it below */
    const W *rows[OUTS];
    float sums[OUTS][EACH] = {}, input[EACH];
#pragma unroll
    for (int o = 0; o < OUTS; o++) /* behind the last the last once more, which nobody keeps */
        rows[o] = w + min (out + o, n_out - 1) * stride;
    Piece<W> pieces[AHEAD][OUTS];
    bool whole = i + (AHEAD - 1) * STEP < n_in;
    if (whole)
        load_pieces<W, OUTS, AHEAD> (rows, i, pieces);
    early_wait ();
    early_admit ();
    while (whole) {
#pragma unroll
        for (int a = 0; a < AHEAD; a++) {
            load_inputs<W, ROUND> (x + i + a * STEP, input);
#pragma unroll
            for (int o = 0; o < OUTS; o++)
                add_piece (pieces[a][o], input, sums[o]);
        }
        i += AHEAD * STEP;
        whole = i + (AHEAD - 1) * STEP < n_in;
        if (whole)
            load_pieces<W, OUTS, AHEAD> (rows, i, pieces);
    }
    for (; i < n_in; i += STEP) {
        load_inputs<W, ROUND> (x + i, input);
#pragma unroll
        for (int o = 0; o < OUTS; o++)
            add_piece (load_piece (rows[o] + i), input, sums[o]);
    }
#pragma unroll
    for (int o = 0; o < OUTS; o++) {
        float sum = join<EACH> (sums[o]);
        if (threadIdx.x % 32 == 0 && out + o < n_out)
            y[out + o] = sum;
    }
}

/* 16 bytes at a time, from addresses that are multiples of them. */
bool
cuda_linear_row_serves (const FoveaLinearArgs *args)
{
    const FoveaWeight *w = &args->weight;
    int64_t each = w->dtype == FOVEA_F32 ? 4 : 8;
    bool wide = args->precision == FOVEA_PRECISION_F32;
    bool same = (args->precision == FOVEA_PRECISION_BF16 && w->dtype == FOVEA_BF16) ||
                (args->precision == FOVEA_PRECISION_F16 && w->dtype == FOVEA_F16);
    return args->rows == 1 && (wide || same) && !w->input_major && w->n_in % each == 0 &&
           w->stride % each == 0 && (uintptr_t) w->data % 16 == 0 && (uintptr_t) args->x % 16 == 0;
}

template <typename W, int OUTS, bool ROUND>
static cudaError_t
launch (const FoveaLinearArgs *args, cudaStream_t stream)
{
    const FoveaWeight *w = &args->weight;
    const int64_t outputs = OUTS * WARPS;
    return early_launch (row_kernel<W, OUTS, ROUND>,
                         (unsigned) ((w->n_out + outputs - 1) / outputs), THREADS, stream, args->x,
                         (const W *) w->data, w->stride, w->n_out, w->n_in, args->y);
}

/* Outputs that share x save loads of it, but only many are enough for all warps. */
template <typename W, bool ROUND>
static cudaError_t
launch_type (const FoveaLinearArgs *args, int n_processors, cudaStream_t stream)
{
    if (args->weight.n_out >= (int64_t) OUTPUTS * WARPS_WANTED * n_processors)
        return launch<W, OUTPUTS, ROUND> (args, stream);
    return launch<W, 1, ROUND> (args, stream);
}

cudaError_t
cuda_linear_row (const FoveaLinearArgs *args, int n_processors, cudaStream_t stream)
{
    bool round = args->precision != FOVEA_PRECISION_F32;
    FoveaDtype dtype = args->weight.dtype;
    if (dtype == FOVEA_F32)
        return launch_type<float, false> (args, n_processors, stream);
    if (dtype == FOVEA_BF16)
        return round ? launch_type<__nv_bfloat16, true> (args, n_processors, stream)
                     : launch_type<__nv_bfloat16, false> (args, n_processors, stream);
    return round ? launch_type<__half, true> (args, n_processors, stream)
                 : launch_type<__half, false> (args, n_processors, stream);
}
